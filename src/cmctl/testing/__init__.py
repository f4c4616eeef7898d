"""Public: the contract suites for channels and stores, and the sandbox network.

Names are imported when they are asked for: the sandbox needs no pytest.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cmctl.testing.channel_contract import (
        ChannelContract,
        HttpChannelContract,
        SocketChannelContract,
    )
    from cmctl.testing.cut_proxy import CutProxy
    from cmctl.testing.proxy import FaultProxy
    from cmctl.testing.store_contract import StoreContract

__all__ = [
    "ChannelContract",
    "CutProxy",
    "FaultProxy",
    "HttpChannelContract",
    "SocketChannelContract",
    "StoreContract",
]

_HOMES = {
    "ChannelContract": "channel_contract",
    "CutProxy": "cut_proxy",
    "FaultProxy": "proxy",
    "HttpChannelContract": "channel_contract",
    "SocketChannelContract": "channel_contract",
    "StoreContract": "store_contract",
}


def __getattr__(name: str) -> object:
    """Import a name's module when it is first asked for."""
    from importlib import import_module  # noqa: PLC0415 - as the docstring promises

    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
