"""A lost answer on each stand-in: found, sent again under its key, or held; never doubled."""

from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

import pytest

from cmctl.core.model import HoldReason, State
from cmctl.testing.sandbox.faults import Fault, FaultKind
from cmctl.testing.standins import StandIn
from cmctl.testing.standins.discord import Discord
from cmctl.testing.standins.facebook import Facebook
from cmctl.testing.standins.google_business import GoogleBusiness
from cmctl.testing.standins.linkedin import LinkedIn
from cmctl.testing.standins.mattermost import Mattermost
from cmctl.testing.standins.slack import Slack
from cmctl.testing.standins.telegram import Telegram
from cmctl.testing.standins.threads import Threads
from cmctl.testing.standins.x import X

from .desk import Desk

PUBLISHED, HELD = State.PUBLISHED, State.HELD
#: By network: its stand-in, its secret, its other options, and what becomes of a post whose answer
#: was lost after it was stored, and of one that was not stored though nobody could know.
NETWORKS: dict[str, tuple[type[StandIn], Callable[[StandIn], str], str, State, State]] = {
    "telegram": (Telegram, lambda s: f"token:{s.token}", "chat: '@atlas'", HELD, HELD),
    "discord": (
        Discord,
        lambda s: f"token:{s.token}",
        f"channel: '{Discord.channel}'",
        PUBLISHED,
        PUBLISHED,
    ),
    "discord_webhook": (Discord, lambda s: f"webhook:{s.webhook_url}", "", HELD, HELD),
    "slack": (Slack, lambda s: f"token:{s.token}", f"channel: {Slack.channel}", PUBLISHED, HELD),
    "threads": (Threads, lambda s: f"token:{s.token}", "", PUBLISHED, HELD),
    "facebook_page": (
        Facebook,
        lambda s: f"token:{s.token}",
        f"page: '{Facebook.account}'",
        PUBLISHED,
        HELD,
    ),
    "slack_webhook": (Slack, lambda s: f"webhook:{s.webhook_url}", "", HELD, HELD),
    "mattermost": (
        Mattermost,
        lambda s: f"token:{s.token}",
        f"channel: {Mattermost.channel}",
        PUBLISHED,
        PUBLISHED,
    ),
    "mattermost_webhook": (Mattermost, lambda s: f"webhook:{s.webhook_url}", "", HELD, HELD),
    "linkedin": (
        LinkedIn,
        lambda s: f"token:{s.token}",
        f"organization: '{LinkedIn.organization}'",
        PUBLISHED,
        HELD,
    ),
    "google_business": (
        GoogleBusiness,
        lambda s: f"token:{s.token}",
        f"account: '{GoogleBusiness.account}', location: '{GoogleBusiness.location}'",
        PUBLISHED,
        HELD,
    ),
    "x": (X, lambda s: f"token:{s.token}", "", PUBLISHED, HELD),
}


@contextmanager
def at_work(root: Path, network: str):
    """Yield a desk with one channel on a stand-in, and the stand-in."""
    kind, secret, more, *_ = NETWORKS[network]
    desk = Desk(root, channels="x")
    try:
        with kind() as server:
            name, _, value = secret(server).partition(":")
            (desk.config.parent / "secret").write_text(value)
            (desk.config.parent / "secret").chmod(0o600)
            options = [f"network: {network}", f"{name}: 'file:secret'", more]
            if name == "token":
                options.append(f"url: '{server.url}'")
            line = f"      chat: {{{', '.join(filter(None, options))}}}\n"
            with desk.config.open("a") as config:
                config.write(line)
            yield desk, server
    finally:
        desk.close()


def after(root: Path, network: str, kind: FaultKind | None) -> tuple[State, list[str], str]:
    """Publish with a fault, go on until nothing is open; return what became of it."""
    with at_work(root, network) as (desk, server):
        desk.write({"id": "news", "text": "Une fois", "channels": ["chat"], "in": 1})
        desk.turn()
        if kind is not None:
            server.fault(Fault(kind=kind))
        desk.clock.forward(minutes=1)
        desk.turn()
        for _ in range(5):
            desk.clock.forward(seconds=15)
            desk.turn()
        delivery = desk.only()
        assert delivery.hold is None or delivery.hold.reason is HoldReason.UNCERTAIN
        told = delivery.hold.detail if delivery.hold else ""
        return delivery.state, server.texts(), told


@pytest.mark.parametrize("network", NETWORKS)
def test_a_post_goes_out(tmp_path: Path, network: str) -> None:
    assert after(tmp_path, network, None) == (PUBLISHED, ["Une fois"], "")


@pytest.mark.parametrize("network", NETWORKS)
def test_a_lost_answer_never_makes_a_second_post(tmp_path: Path, network: str) -> None:
    state, texts, told = after(tmp_path, network, FaultKind.DROP)
    assert (state, texts) == (NETWORKS[network][3], ["Une fois"])
    assert bool(told) == (state is HELD)


@pytest.mark.parametrize("network", NETWORKS)
def test_an_error_after_which_nobody_knows_is_settled_by_evidence_or_by_a_person(
    tmp_path: Path, network: str
) -> None:
    state, texts, told = after(tmp_path, network, FaultKind.ERROR)
    assert state is NETWORKS[network][4]
    assert texts == (["Une fois"] if state is PUBLISHED else [])
    assert bool(told) == (state is HELD)
