"""From the files of one client to its plan, against what the store knows; nothing is written."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cmctl.app.context import Channels, Context
from cmctl.app.posts.prices import priced
from cmctl.channels.base import Channel
from cmctl.config.load import FileStamp, LoadedPosts, load_client
from cmctl.core import intake
from cmctl.core.content import content_for
from cmctl.core.errors import CmctlError
from cmctl.core.ledger import Add, Change, Fact, Ledger, Operation
from cmctl.core.model import (
    Content,
    Delivery,
    Hold,
    HoldReason,
    Key,
    Planned,
    Post,
    Problem,
    Severity,
    State,
)
from cmctl.core.plan import Plan, plan
from cmctl.core.settings import AltTexts, ClientSettings
from cmctl.core.state import Move
from cmctl.store.base import Store


@dataclass(frozen=True, kw_only=True, slots=True)
class ClientPlan:
    """What the files of one client say, and what they plan."""

    client: ClientSettings
    loaded: LoadedPosts
    #: What it was planned against.
    ledger: Ledger
    plan: Plan
    #: Everything wrong: with the files, for the networks, with the plan.
    problems: Sequence[Problem]

    def is_open(self, planned: Planned) -> bool:
        """Tell whether something is still to become of a delivery."""
        fact = self.ledger.get(planned.key)
        return fact is None or fact.state in {State.PLANNED, State.HELD}

    def left(self) -> Sequence[Planned]:
        """Return what is left to send, in order of time."""
        return [one for one in self.plan.planned if self.is_open(one)]


def plan_client(
    ctx: Context, client: str, *, files: Mapping[str, FileStamp], write_cache: bool
) -> ClientPlan:
    """Read a client's posts and plan them against what is known of them."""
    settings, channels, now = ctx.settings, ctx.channels, ctx.now()
    loaded = load_client(settings, client, files=files, write_cache=write_cache)
    ledger = ctx.store.ledger(client, {post.id for post in loaded.posts}, now=now)
    own = settings.clients[client]
    refused = faults(loaded.posts, own, channels, hosted=settings.hosting is not None)
    made = plan(loaded.posts, own, ledger, now, faults=refused, keep=lambda key: _keep(loaded, key))
    made = replace(made, planned=priced(made.planned, own, channels))
    problems = [*loaded.problems, *_once_each(refused), *made.problems]
    return ClientPlan(client=own, loaded=loaded, ledger=ledger, plan=made, problems=problems)


def goes_on(ctx: Context, delivery: Delivery) -> bool:
    """Tell whether the files still plan a delivery, so that it would stay once it is released."""
    if delivery.content.reply_to:  # no file plans it
        return True
    client = ctx.settings.clients.get(delivery.client)
    if client is None:
        return False
    key, now = delivery.key, ctx.now()
    loaded = load_client(ctx.settings, client.key, write_cache=False)
    ledger = ctx.store.ledger(client.key, {key.post}, now=now)
    released = {**ledger, key: ledger[key]._replace(state=State.PLANNED, hold=None)}
    meant = [post for post in loaded.posts if post.id == key.post]
    planned = plan(meant, client, released, now).planned
    return _keep(loaded, key) or any(one.key == key for one in planned)


def operations(planned: ClientPlan, store: Store, now: datetime) -> list[Operation]:
    """Return what the store must do so that it says what the files say."""
    loaded = planned.loaded
    ledger = {**store.same(_new(planned)), **planned.ledger}
    found = intake.take_in(planned.plan.planned, ledger, now, keep=lambda key: _keep(loaded, key))
    return [*found, *_unreadable(planned, now)]


def _new(planned: ClientPlan) -> list[Add]:
    """Return what nothing is known of, and may have gone out as a post with another id."""
    return [
        Add(planned=one, digest=intake.digest(one.content))
        for one in planned.plan.planned
        if one.key not in planned.ledger and not one.key.occurrence
    ]


def _keep(loaded: LoadedPosts, key: Key) -> bool:
    """Tell whether a post that is not there may still be meant: its file could not be read."""
    return key.post in loaded.invalid or bool(loaded.unreadable)


def _unreadable(planned: ClientPlan, now: datetime) -> Iterator[Change]:
    """Hold what was planned by a text that can no longer be read: it may say something else now."""
    known = {delivery.key for delivery in planned.plan.planned}
    for key, fact in planned.ledger.items():
        if fact.state is State.PLANNED and key not in known and _keep(planned.loaded, key):
            yield _hold(fact, _why(planned.loaded, key), now)


def _hold(fact: Fact, why: str, now: datetime) -> Change:
    return Change(
        number=fact.number,
        state=fact.state,
        fence=fact.fence,
        move=Move.HOLD,
        at=now,
        hold=Hold(reason=HoldReason.INVALID, detail=why, from_files=True),
        data={"why": "the files changed"},
    )


def _why(loaded: LoadedPosts, key: Key) -> str:
    for problem in loaded.problems:
        if problem.post == key.post or (problem.place and problem.place.file in loaded.unreadable):
            return f"{problem.place}: {problem.message}"
    return f"a file cannot be read: {', '.join(loaded.unreadable)}"


def faults(
    posts: Sequence[Post], client: ClientSettings, channels: Channels, *, hosted: bool
) -> dict[str, list[Problem]]:
    """Return what the networks would refuse, by post; `hosted`: there is a place for images."""
    found: dict[str, list[Problem]] = defaultdict(list)
    for short, channel in client.channels.items():
        try:
            checker = channels.checker(channel.name)
        except CmctlError as error:
            unusable = Problem(code="channel", message=str(error), place=channel.place)
            for post in posts:
                if short in post.channels:
                    found[post.id].append(replace(unusable, channel=channel.name))
            continue
        for post in posts:
            if short in post.channels:
                content = content_for(post, channel)
                problems = [*checker.problems(content), *_homeless(content, checker, hosted=hosted)]
                for problem in _by_policy(problems, channel.alt):
                    found[post.id].append(_placed(problem, post, channel.name))
    return found


def _homeless(content: Content, checker: Channel, *, hosted: bool) -> Iterator[Problem]:
    """Yield the images that a network would fetch, and that stand nowhere in public."""
    if hosted or not checker.capabilities.media.fetched:
        return
    for media in content.media:
        if not media.is_remote:
            yield Problem(
                code="no-public-address",
                message=f"{checker.kind} fetches images itself, and {media.file} has no public "
                "address",
                fix="name a place for images in config.yaml under `hosting`, or put it where "
                "everybody can read it and write `url: https://...` instead of `file:`",
            )


def _by_policy(problems: Iterable[Problem], alt: AltTexts) -> Iterator[Problem]:
    """Yield problems as severe as the client wants a missing alt text to be."""
    for problem in problems:
        if problem.code != "no-alt" or alt is AltTexts.WARN:
            yield problem
        elif alt is AltTexts.REQUIRED:
            yield replace(problem, severity=Severity.ERROR)


def _placed(problem: Problem, post: Post, channel: str) -> Problem:
    return replace(problem, place=problem.place or post.place, post=post.id, channel=channel)


def _once_each(faults: Mapping[str, Sequence[Problem]]) -> list[Problem]:
    """Return the problems of all posts; one of a whole channel is said once, not for each post."""
    every = [problem for problems in faults.values() for problem in problems]
    return list(dict.fromkeys(every))
