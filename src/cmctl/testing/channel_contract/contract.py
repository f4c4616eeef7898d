"""The contract of every adapter."""

from cmctl.testing.channel_contract.publishing import Publishing
from cmctl.testing.channel_contract.reading import Reading
from cmctl.testing.channel_contract.talking import Talking
from cmctl.testing.channel_contract.words import Words


class ChannelContract(Publishing, Reading, Talking, Words):
    """The promises of `channels/base.py` that can be proved without breaking the network."""
