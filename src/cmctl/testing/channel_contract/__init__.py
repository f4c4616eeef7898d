"""What every channel must keep, as pytest classes: subclass one beside your adapter.

`ChannelContract` is for every adapter, `HttpChannelContract` adds the faults for those that speak
HTTP. A subclass gives the hooks of `Network`; nothing else is needed:

    class TestMyNet(HttpChannelContract):
        kind = "mynet"
        options = {"url": "https://mynet.example", "token": "env:MYNET_TOKEN"}
        canary = "a-token-that-works-in-the-test"

        @pytest.fixture(autouse=True)
        def _server(self, mynet_server):  # an account of its own for every test
            self.network = mynet_server
        ...
"""

from cmctl.testing.channel_contract.contract import ChannelContract
from cmctl.testing.channel_contract.faults import HttpChannelContract
from cmctl.testing.channel_contract.network import Network

__all__ = ["ChannelContract", "HttpChannelContract", "Network"]
