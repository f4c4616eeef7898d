"""No adapter escapes the contract."""

import importlib.util
from importlib.metadata import entry_points
from pathlib import Path

from cmctl.channels.registry import GROUP
from cmctl.testing import ChannelContract


def proved() -> set[str]:
    """Return the kinds of the contract's subclasses in this folder."""
    kinds: set[str] = set()
    for path in sorted(Path(__file__).parent.glob("test_*contract*.py")):
        spec = importlib.util.spec_from_file_location(f"_{path.stem}", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        classes = [value for value in vars(module).values() if isinstance(value, type)]
        kinds |= {
            cls.kind for cls in classes if issubclass(cls, ChannelContract) and "kind" in vars(cls)
        }
    return kinds


def test_every_registered_adapter_proves_the_contract() -> None:
    ours = {
        entry.name
        for entry in entry_points(group=GROUP)
        if entry.dist is not None and entry.dist.name == "cmctl"
    }
    assert ours == proved()
