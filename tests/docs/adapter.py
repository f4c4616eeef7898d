"""Install a package of the pages as a wheel would be, without a build and without the network."""

import tomllib
from pathlib import Path


def installed(project: Path, target: Path) -> None:
    """Make the package beside `project` (a pyproject.toml) and its entry points importable."""
    told = tomllib.loads(project.read_text(encoding="utf-8"))["project"]
    name, version = told["name"].replace("-", "_"), told["version"]
    facts = target / f"{name}-{version}.dist-info"
    facts.mkdir(parents=True)
    (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    groups = told["entry-points"].items()
    lines = [f"[{group}]\n" + "\n".join(_lines(entries)) for group, entries in groups]
    (facts / "entry_points.txt").write_text("\n".join(lines) + "\n")
    (target / f"{name}.py").symlink_to(project.parent / f"{name}.py")


def _lines(entries: dict[str, str]) -> list[str]:
    return [f"{name} = {value}" for name, value in entries.items()]
