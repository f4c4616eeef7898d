"""Networks of the campaign: the sandbox with less to find evidence by, and the two controls.

A plan that only works where the network honours keys would not be seen to fail on the sandbox
alone, so some accounts have no key, and some nothing at all.
"""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

from cmctl.channels.base import Capabilities, Outgoing, Uncertain
from cmctl.channels.networks.sandbox import SandboxChannel
from cmctl.core.model import Receipt

_CAN = SandboxChannel.capabilities
#: How much longer than an attempt its server may take to show what it stored.
_SLACK = timedelta(minutes=1)


class Lookup(SandboxChannel):
    """A network that knows no key: evidence is the text on the timeline since the attempt."""

    kind: ClassVar[str] = "sandbox_lookup"
    capabilities: ClassVar[Capabilities] = replace(
        _CAN, recovery=frozenset({"lookup"}), key_life=None
    )

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Post under no key."""
        return super().publish(replace(outgoing, key=""))

    def find(self, outgoing: Outgoing) -> Receipt | None:
        """Return the newest status with the same text since the attempt."""
        found = [
            status
            for status in self.timeline(outgoing.created_at - timedelta(days=800))
            if status.text == outgoing.content.text
        ]
        return Receipt(remote_id=found[0].remote_id, parts=(found[0].remote_id,)) if found else None


class Silent:
    """A network that tells nobody what stands on it, as Telegram: it cannot be asked."""

    kind: ClassVar[str] = "sandbox_silent"
    capabilities: ClassVar[Capabilities] = replace(_CAN, recovery=frozenset(), key_life=None)

    def __init__(self, behind: Lookup) -> None:
        self._behind = behind
        self.problems = behind.problems
        self.publish = behind.publish
        self.probe = behind.probe
        self.close = behind.close

    check_options = SandboxChannel.check_options

    @classmethod
    def open(cls, options: dict[str, object]) -> "Silent":
        """Build the channel from checked options."""
        return cls(Lookup.open(options))


class Retrying(SandboxChannel):
    """The first negative control: a client that sends again when an answer is lost."""

    kind: ClassVar[str] = "control_retrying"

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Post, and once more where it is not known whether that was done."""
        try:
            return super().publish(outgoing)
        except Uncertain:
            return super().publish(replace(outgoing, key=outgoing.key + "-again"))


class Believing(SandboxChannel):
    """The second negative control: a client that takes a failure of the server for done."""

    kind: ClassVar[str] = "control_believing"

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Post, and call it published where it is not known whether that was done."""
        try:
            return super().publish(outgoing)
        except Uncertain:
            return Receipt(remote_id=outgoing.key, parts=(outgoing.key,))


ALL = (Lookup, Silent, Retrying, Believing)


def install(folder: Path) -> None:
    """Declare these in `folder` as an installed package would; it must be on the path then."""
    facts = folder / "cmctl_campaign-1.0.dist-info"
    facts.mkdir(parents=True)
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: cmctl_campaign\nVersion: 1.0\n")
    lines = [f"{one.kind} = {__name__}:{one.__name__}" for one in ALL]
    (facts / "entry_points.txt").write_text("\n".join(["[cmctl.channels]", *lines]) + "\n")
