"""An adapter that throws something else than the contract's three failures, whatever is asked."""

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import cmctl.app
from cmctl.app import calls
from cmctl.app.accounts import probe, timeline
from cmctl.app.context import Channels, Context
from cmctl.app.publishing.recover import recover
from cmctl.app.run import publish_due, watch_all
from cmctl.channels import base, grant, inbox
from cmctl.channels.base import Attachment, Channel, Outgoing, Rejected, Unavailable, Uncertain
from cmctl.channels.networks.sandbox import SandboxChannel
from cmctl.core.errors import ExitStatus
from cmctl.core.model import Content, Receipt, State, Status

from .desk import Desk

SECRET = "hunter2-hunter2"
#: What an adapter tells of itself.
ASKED_OF_NO_NETWORK = {"cost", "lengths", "server_time", "spent"}
OUT = Outgoing(
    key="0" * 32,
    content=Content(text="x"),
    language="fr",
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
)


class Slip(SandboxChannel):
    """A sandbox whose adapter trips over an answer in every call but the publishing one."""

    def timeline(self, since: datetime) -> Iterator[Status]:
        yield from super().timeline(since)
        raise TypeError(SECRET)

    def find(self, outgoing: Outgoing) -> Receipt | None:
        raise KeyError(SECRET)

    def delete(self, remote_id: str) -> None:
        raise AttributeError(SECRET)

    def exists(self, remote_id: str) -> bool:
        raise IndexError(SECRET)

    def upload(self, attachment: Attachment) -> str:
        raise ValueError(SECRET)

    def probe(self) -> str:
        raise RecursionError(SECRET)


class Trip(SandboxChannel):
    """A sandbox whose adapter trips over the answer to a post that stands."""

    def publish(self, outgoing: Outgoing) -> Receipt:
        super().publish(outgoing)
        raise TypeError(SECRET)


@dataclass
class Slipping:
    """The channels of a context, with `a/x` by another class."""

    real: Channels
    channel: Channel

    def open(self, name: str) -> Channel:
        return self.channel if name == "a/x" else self.real.open(name)

    def renewed(self, name: str, refused: object) -> bool:
        return self.real.renewed(name, refused)

    def forget(self, name: str) -> None:
        self.real.forget(name)

    def checker(self, name: str) -> Channel:
        return self.real.checker(name)

    def close(self) -> None:
        self.channel.close()


@contextmanager
def slipping(desk: Desk, kind: type[SandboxChannel] = Slip) -> Iterator[Context]:
    channel = kind(url=desk.server.url, account="x")
    with desk.context() as ctx:
        yield replace(ctx, channels=Slipping(ctx.channels, channel))
    channel.close()


CALLS: dict[str, tuple[Callable[[Context], object], type[Exception]]] = {
    "TypeError": (lambda ctx: calls.listed(ctx, "a/x", OUT.created_at), Unavailable),
    "KeyError": (lambda ctx: calls.found(ctx, "a/x", OUT), Unavailable),
    "AttributeError": (lambda ctx: calls.delete(ctx, "a/x", "1"), Uncertain),
    "IndexError": (lambda ctx: calls.stands(ctx, "a/x", "1"), Unavailable),
    "ValueError": (
        lambda ctx: calls.upload(ctx, "a/x", Attachment(name="a", data=b"", type="x/y")),
        Unavailable,
    ),
    "RecursionError": (lambda ctx: calls.probed(ctx, "a/x"), Unavailable),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_surprise_is_told_by_its_class_and_never_by_its_words(desk: Desk, name: str) -> None:
    call, failure = CALLS[name]
    with slipping(desk) as ctx, pytest.raises(failure) as raised:
        call(ctx)
    assert str(raised.value) == f"the adapter failed with {name}"
    assert raised.value.__suppress_context__


def test_a_failure_of_the_contract_goes_through_as_it_is(desk: Desk) -> None:
    class Refused(Slip):
        def delete(self, remote_id: str) -> None:
            raise Rejected("no")

    with slipping(desk, Refused) as ctx, pytest.raises(Rejected, match="no"):
        calls.delete(ctx, "a/x", "1")


def test_a_timeline_that_throws_makes_its_channel_blind_and_keeps_no_other_waiting(
    desk: Desk,
) -> None:
    his = desk.network.post_by_hand("y", "Bonjour de Rennes")
    with slipping(desk) as ctx:
        watch_all(ctx, oldest=lambda *_: timedelta())
        seen = ctx.store.statuses("a/y", desk.clock.at - timedelta(days=1))
        assert [one.remote_id for one in seen] == [his]
        told = [one.notice for one in ctx.store.outbox(now=desk.clock.at, limit=9)]
    assert [(one.kind, one.channel) for one in told] == [("blind", "a/x")]
    assert "the adapter failed with TypeError" in told[0].message
    assert SECRET not in told[0].message


def test_what_was_sent_before_an_adapter_threw_is_looked_for_and_never_sent_blindly(
    desk: Desk,
) -> None:
    desk.write({"id": "one", "text": "Bonjour", "channels": ["x"], "in": 1})
    desk.turn()
    desk.clock.forward(minutes=2)
    with slipping(desk, Trip) as ctx:
        publish_due(ctx, lambda _: None)
    assert desk.only().state is State.UNCERTAIN
    desk.clock.forward(minutes=1)
    with slipping(desk) as ctx:
        recover(ctx)  # cannot be looked for: nothing is sent again
        assert desk.only().state is State.UNCERTAIN
    desk.settle()
    assert desk.only().state is State.PUBLISHED
    assert desk.copies()["Bonjour"] == 1


def test_asking_an_account_tells_the_surprise_as_the_networks_fault(desk: Desk) -> None:
    with slipping(desk) as ctx:
        asked = probe(ctx, "a/x")
        assert (asked.problem, asked.status) == (
            "the adapter failed with RecursionError",
            ExitStatus.NETWORK,
        )
        with pytest.raises(Unavailable, match="TypeError"):
            timeline(ctx, "a/x", desk.clock.at)


def test_no_use_case_calls_a_network_beside_the_one_place() -> None:
    """By the names of the contract's methods, called on what is named like a channel."""
    asked = {"publish"} | {
        name
        for part in (base, grant, inbox)
        for kind in vars(part).values()
        if getattr(kind, "_is_runtime_protocol", False)
        for name in vars(kind)
        if not name.startswith("_")
    } - ASKED_OF_NO_NETWORK
    assert {"timeline", "delete", "upload", "hide", "grant", "comments"} <= asked
    beside = [
        f"{path.name}:{node.lineno}"
        for path in sorted(Path(cmctl.app.__file__).parent.rglob("*.py"))
        if path.name != "calls.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in asked
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"channel", "adapter"}
    ]
    assert beside == []
