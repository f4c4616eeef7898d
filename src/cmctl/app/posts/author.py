"""Changes to a post, made in its YAML file: what a person could have typed there.

A change is tried on the file's text first; where it brings an error nothing is written. Then it is
taken in, and the guard looks at it at once.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from cmctl.app.context import Context
from cmctl.app.guard.advise import reconsider
from cmctl.app.posts.new_post import Draft, file_of, identity_of, must_come, values_of, wall_time
from cmctl.app.posts.planning import faults
from cmctl.app.posts.take_in import take_in
from cmctl.config.edit import append_post, remove_key, set_key
from cmctl.config.load import load_client
from cmctl.config.post_values import path_id
from cmctl.config.trial import read_as
from cmctl.config.writing import edit_file
from cmctl.core.errors import CmctlError
from cmctl.core.model import Delivery, Every, Place, Post, Problem, Severity, State
from cmctl.store.base import Query


class Written(NamedTuple):
    """What a change led to."""

    place: Place
    #: Of the post, ahead, in order of time.
    deliveries: Sequence[Delivery]
    #: Channels (short names) that go on with what they have of their own.
    kept: Sequence[str] = ()


def add(ctx: Context, draft: Draft) -> Written:
    """Write a new post at the end of a file.

    Raises:
        UsageError: the client, a channel, the file or the id cannot be meant.
        CmctlError: the post would have an error; nothing is written.
    """
    file = file_of(ctx, draft)
    identity = identity_of(ctx, draft)
    depth = file.count("/")
    schema = f"{'../' * depth}.cmctl/schemas/posts.json"
    values = values_of(ctx, draft, file, identity)
    return _write(
        ctx,
        Place(file),
        _Target(draft.client, identity),
        lambda text: append_post(text, values, schema=schema),
    )


def set_text(ctx: Context, post: Post, text: str, *, channel: str = "") -> Written:
    """Give a post another text; `channel` (short name) is where it is meant to change.

    Raises:
        CmctlError: the channel has a text of its own, or the new one has an error.
    """
    kept = _kept(ctx, post, channel, "text")
    path = path_id(post.place.file)
    written = _write(
        ctx,
        post.place,
        _Target(post.client, post.id),
        lambda old: set_key(old, post.id, "text", text, path_id=path),
    )
    return written._replace(kept=kept)


def move(ctx: Context, post: Post, at: datetime | None, *, channel: str = "") -> Written:
    """Give a post another time, on all its channels; None: the next free slot.

    Raises:
        CmctlError: it recurs, the channel has a time of its own, or the time has an error.
    """
    if isinstance(post.schedule, Every):
        message = f"{post.id} recurs: one time of it cannot be moved"
        hint = "cancel that one and add a post: cmctl queue cancel NUMBER, cmctl queue add"
        raise CmctlError(message, hint=hint, place=post.place)
    kept = _kept(ctx, post, channel, "at")
    if at is not None:
        must_come(ctx, at, post.client)
    path = path_id(post.place.file)

    def change(text: str) -> str:
        if at is None:
            return set_key(_without(text, "at"), post.id, "slot", "next", path_id=path)
        wall = wall_time(at, ctx.settings.clients[post.client].zone)
        return set_key(_without(text, "slot"), post.id, "at", wall, path_id=path)

    def _without(text: str, key: str) -> str:
        return remove_key(text, post.id, key, path_id=path)

    return _write(ctx, post.place, _Target(post.client, post.id), change)._replace(kept=kept)


def approve(ctx: Context, post: Post) -> Written:
    """Make a draft a post.

    Raises:
        CmctlError: it is none, or has no time yet.
    """
    if not post.draft:
        raise CmctlError(f"{post.id} is no draft", hint=f"cmctl queue show {post.id}")
    if post.schedule is None:
        message = f"{post.id} has no time yet"
        hint = f'cmctl queue move {post.id} --at "tomorrow 9:00"'
        raise CmctlError(message, hint=hint, place=post.place)
    path = path_id(post.place.file)
    return _write(
        ctx,
        post.place,
        _Target(post.client, post.id),
        lambda text: remove_key(text, post.id, "draft", path_id=path),
    )


def edited(ctx: Context, place: Place, client: str, identity: str) -> Written:
    """Take in what a person changed in a file by hand, and let the guard look at one post of it."""
    return _taken(ctx, place, _Target(client, identity))


def errors_at(ctx: Context, client: str, file: str) -> Sequence[Problem]:
    """Return the errors that a file of a client has now, in the order of its lines."""
    problems = load_client(ctx.settings, client).problems
    own = [one for one in problems if one.place and one.place.file == file]
    return [one for one in own if one.severity is Severity.ERROR]


# --- how -----------------------------------------------------------------------------------------


class _Target(NamedTuple):
    """The post that a change is about."""

    client: str
    id: str


def _write(ctx: Context, place: Place, target: _Target, change: Callable[[str], str]) -> Written:
    def tried(old: str) -> str:
        new = change(old)
        _refuse_errors(ctx, target, place.file, old, new)
        return new

    path = ctx.settings.root / place.file
    try:
        edit_file(path, tried)
    except UnicodeDecodeError:
        message = f"{place.file} is not UTF-8"
        raise CmctlError(message, hint=f"iconv -f latin1 -t utf-8 {place.file}") from None
    return _taken(ctx, place, target)


def _refuse_errors(ctx: Context, target: _Target, file: str, old: str, new: str) -> None:
    """Refuse a change that brings an error which the file did not have before."""
    before = {problem.message for problem in _errors(ctx, target, file, old)}
    for problem in _errors(ctx, target, file, new):
        if problem.message not in before:
            raise CmctlError(f"nothing was written: {problem.message}", hint=problem.fix)


def _errors(ctx: Context, target: _Target, file: str, text: str) -> Iterable[Problem]:
    found = read_as(ctx.settings, target.client, file, text)
    own = [post for post in found.posts if post.id == target.id]
    client = ctx.settings.clients[target.client]
    refused = faults(own, client, ctx.channels, hosted=ctx.settings.hosting is not None).get(
        target.id, ()
    )
    every = (*found.problems, *refused)
    return [problem for problem in every if problem.severity is Severity.ERROR]


def _taken(ctx: Context, place: Place, target: _Target) -> Written:
    take_in(ctx)
    ahead = frozenset({State.PLANNED, State.HELD})
    query = Query(client=target.client, post=target.id, states=ahead)
    judged = [reconsider(ctx, one) for one in ctx.store.deliveries(query)]
    ctx.store.judged([one.number for one in judged])
    known = load_client(ctx.settings, target.client).posts
    places = (post.place for post in known if post.id == target.id)
    return Written(next(places, place), judged)


def _kept(ctx: Context, post: Post, channel: str, what: str) -> Sequence[str]:
    """Return the post's channels that a change of the whole post does not reach.

    Raises:
        CmctlError: it would reach none of those that are meant.
    """
    kept = [one for one in post.channels if _varies(ctx, post, one, what)]
    meant = {channel} if channel else set(post.channels)
    if meant and meant <= set(kept):
        word = "text" if what == "text" else "time"
        message = f"{post.id} has a {word} of its own for {', '.join(sorted(meant))}"
        hint = f"open its file: cmctl queue edit {post.id}"
        raise CmctlError(message, hint=hint, place=post.place)
    return kept


def _varies(ctx: Context, post: Post, channel: str, what: str) -> bool:
    settings = ctx.settings.clients[post.client].channels.get(channel)
    names = (channel, settings.network) if settings else (channel,)
    return any(
        getattr(post.variants[name], what) is not None for name in names if name in post.variants
    )
