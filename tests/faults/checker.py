"""The checker: what the network's own record and the store say, held against what was planned.

Its rule is stricter than the promise. A delivery that is `published` stands exactly once, and its
receipt is that of the copy. One that is `held` as uncertain stands once or not at all. Any other
hold, and a refusal, means that nothing stands: a person who lets it go on must not double it.
Nothing is still open, nothing is missing, and nothing stands that nobody planned.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from cmctl.core.model import Delivery, HoldReason, State


class Planned(NamedTuple):
    """What was planned: a post's id and text, unique in the campaign, and the account it is for."""

    post: str
    channel: str
    text: str


class Witness:
    """The sandbox's own file, read on from where it was read before."""

    def __init__(self, oracle: Path) -> None:
        self._oracle = oracle
        self._read = 0
        #: The remote ids that stand, by account and text.
        self.copies: dict[tuple[str, str], list[str]] = defaultdict(list)

    def look(self) -> None:
        """Read what was written since the last look; a line that is not whole yet is left."""
        with self._oracle.open("rb") as file:
            file.seek(self._read)
            for raw in file:
                if not raw.endswith(b"\n"):
                    return
                self._read += len(raw)
                self._count(raw)

    def _count(self, raw: bytes) -> None:
        try:
            line = json.loads(raw)
        except ValueError:  # cut short by a kill of the network: nobody was answered
            return
        if line["op"] == "post":
            self.copies[line["account"], line["text"]].append(line["id"])


def outcome(delivery: Delivery) -> str:
    """Return how a delivery turned out, as the table calls it."""
    return f"held: {delivery.hold.reason}" if delivery.hold else delivery.state.value


def violations(
    planned: Collection[Planned],
    deliveries: Iterable[Delivery],
    copies: dict[tuple[str, str], list[str]],
) -> Iterator[str]:
    """Yield every delivery that is lost, doubled, stuck, or not as it is written down."""
    found = {(one.key.post, one.key.channel): one for one in deliveries}
    for one in planned:
        account = one.channel.partition("/")[2]
        there = copies.get((account, one.text), [])
        delivery = found.get((one.post, one.channel))
        if delivery is None:
            yield f"{one.post} on {one.channel} is lost"
        elif wrong := _wrong(delivery, there):
            yield f"{delivery.number} ({one.post} on {one.channel}) {wrong}"


def _wrong(delivery: Delivery, there: list[str]) -> str:
    stands = f"is {outcome(delivery)} and stands {len(there)} times"
    match delivery.state:
        case State.PUBLISHED:
            proof = delivery.receipt.remote_id if delivery.receipt else ""
            if len(there) != 1:
                return stands
            return "" if there == [proof] else f"has {proof} for its proof and stands as {there[0]}"
        case State.HELD if delivery.hold and delivery.hold.reason is HoldReason.UNCERTAIN:
            return stands if len(there) > 1 else ""
        case State.HELD | State.REFUSED:
            return stands if there else ""
    return f"is stuck: {delivery.state}"


def strangers(
    planned: Collection[Planned], copies: dict[tuple[str, str], list[str]]
) -> Iterator[str]:
    """Yield what stands on the network though nobody planned it there."""
    known = Counter((one.channel.partition("/")[2], one.text) for one in planned)
    for account, text in copies.keys() - known.keys():
        yield f"nobody planned what stands on {account}: {text[:60]!r}"
