"""A social network of our own: a real HTTP server for demos, trials and tests.

It keeps its own record of every post it accepted, so that it can bear witness, and misbehaves on
request in every way that real networks were seen to. `python -m cmctl sandbox serve` runs one.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cmctl.testing.sandbox.client import SandboxClient, post_by_hand
    from cmctl.testing.sandbox.faults import Fault, FaultKind
    from cmctl.testing.sandbox.rules import Rules
    from cmctl.testing.sandbox.server import SandboxServer, serve

__all__ = [
    "Fault",
    "FaultKind",
    "Rules",
    "SandboxClient",
    "SandboxServer",
    "post_by_hand",
    "serve",
]

_HOMES = {
    "Fault": "faults",
    "FaultKind": "faults",
    "Rules": "rules",
    "SandboxClient": "client",
    "SandboxServer": "server",
    "post_by_hand": "client",
    "serve": "server",
}


def __getattr__(name: str) -> object:
    """Import a name's module when it is first asked for."""
    from importlib import import_module  # noqa: PLC0415 - as this function promises

    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
