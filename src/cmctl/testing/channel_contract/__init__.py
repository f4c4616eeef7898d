"""What every channel must keep, as pytest classes: subclass one beside your adapter.

`ChannelContract` is for every adapter, `HttpChannelContract` adds the faults for those that speak
HTTP, `SocketChannelContract` for those that speak something else to a server. A subclass gives the
hooks of `Network`; nothing else is needed:

    class TestMyNet(HttpChannelContract):
        kind = "mynet"
        options = {"url": "https://mynet.example", "token": "env:MYNET_TOKEN"}
        canary = "a-token-that-works-in-the-test"

        @pytest.fixture(autouse=True)
        def _server(self, mynet_server):  # an account of its own for every test
            self.network = mynet_server
        ...
"""

import pytest

pytest.register_assert_rewrite(  # before they are imported, so that a failure shows its values
    *(
        f"{__name__}.{module}"
        for module in ("faults", "publishing", "reading", "sockets", "talking", "words")
    )
)

from cmctl.testing.channel_contract.contract import ChannelContract  # noqa: E402
from cmctl.testing.channel_contract.faults import HttpChannelContract  # noqa: E402
from cmctl.testing.channel_contract.network import Network  # noqa: E402
from cmctl.testing.channel_contract.sockets import SocketChannelContract  # noqa: E402

__all__ = ["ChannelContract", "HttpChannelContract", "Network", "SocketChannelContract"]
