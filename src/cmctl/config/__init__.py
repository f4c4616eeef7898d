"""YAML to values: `Settings` and `Post`s, and every problem with its place, all at once.

The ways in, for the floors above:

- `load.py`: `scan`, `load_settings`, `load_client`, `load_posts`, `stray_files`, `past_times`;
- `secrets.py`: `parse_reference`, `resolve_secret`, `Secret`;
- `edit.py` and `writing.py`: changes to a posts file that keep its comments, and writing it;
- `schemas.py`, `template.py`: what `cmctl init` writes.

Importing `load` does not import PyYAML; only a file that is not in the cache does.
"""
