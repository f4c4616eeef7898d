"""cmctl: queued social posts as YAML in git, published once, never the same news twice."""

__version__ = "0.1.0"
