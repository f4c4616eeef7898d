"""A bulk file as drafts: what each row becomes, what the guard says of it, and the file of posts.

Everything is decided before anything is written: a dry run and the real one differ by one write.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from cmctl.app.context import Context
from cmctl.app.guard.meaning import judged
from cmctl.app.posts.bulk.dates import Order, wall_of
from cmctl.app.posts.bulk.entry import Entry, RowError
from cmctl.app.posts.bulk.tables import labels_of
from cmctl.app.posts.moments import is_past
from cmctl.app.posts.new_post import wall_time
from cmctl.app.posts.planning import faults
from cmctl.app.posts.take_in import take_in
from cmctl.app.posts.taken_ids import TakenIds
from cmctl.config.edit import SCHEMA_LINE
from cmctl.config.emit import Value, entries
from cmctl.config.load import load_client
from cmctl.config.slugs import slug, unique
from cmctl.config.trial import read_as
from cmctl.config.writing import write_file
from cmctl.core.errors import CmctlError, UsageError
from cmctl.core.model import Decision, Match, Seen, Severity
from cmctl.core.when import resolve


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What a person asked for."""

    client: str
    #: Short names; empty: as each row says.
    channels: Sequence[str]
    #: Of times without one; None: nobody said.
    zone: ZoneInfo | None
    order: Order
    #: Relative to the workspace.
    file: str
    #: A row without a date takes the next free slot.
    empty_is_next: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """What a row becomes."""

    entry: Entry
    id: str = ""
    at: datetime | None = None
    channels: Sequence[str] = ()
    values: Mapping[str, Value] = field(default_factory=dict)
    #: Why it cannot be taken in.
    problem: CmctlError | None = None
    #: What tells the same news.
    match: Match | None = None
    #: What a change of the clock made of its time.
    moved: str = ""


class Outcome(NamedTuple):
    """What an import would write, or wrote."""

    rows: Sequence[Row]
    #: The whole posts file; empty: there is nothing to write.
    text: str


def plan(
    ctx: Context, found: Iterable[Entry], wanted: Wanted, *, repeated: bool = False
) -> Outcome:
    """Return what each row becomes; with `repeated` also those that tell what is told already.

    Raises:
        UsageError: there is no such client or channel.
    """
    client = ctx.settings.clients.get(wanted.client)
    if client is None:
        message = f"there is no client {wanted.client!r}"
        raise UsageError(message, hint=f"one of {', '.join(ctx.settings.clients)}")
    rows = list(_judged(ctx, wanted.client, _made(ctx, found, wanted)))
    text = _text(rows, wanted.file, repeated=repeated)
    return Outcome(_checked(ctx, rows, wanted, text), text)


def write(ctx: Context, wanted: Wanted, text: str) -> None:
    """Write the posts file and take it in.

    Raises:
        FileChangedError: the file is there already.
    """
    write_file(ctx.settings.root / wanted.file, text.encode(), expected=None)
    take_in(ctx)


def goes_in(row: Row, *, repeated: bool) -> bool:
    """Tell whether a row is written: it can be, and what is there already only when asked."""
    if row.problem is not None:
        return False
    return repeated or row.match is None or row.match.decision is not Decision.BLOCK


# --- a row ---------------------------------------------------------------------------------------


def _made(ctx: Context, found: Iterable[Entry], wanted: Wanted) -> Iterator[Row]:
    loaded = load_client(ctx.settings, wanted.client)
    ids = {post.id for post in loaded.posts} | loaded.invalid
    taken = TakenIds(ctx.store, wanted.client, ids)
    for entry in found:
        try:
            row = _row(ctx, entry, wanted, unique(slug(entry.text), taken))
        except CmctlError as problem:
            yield Row(entry=entry, problem=problem)
        else:
            taken.add(row.id)
            yield row


def _row(ctx: Context, entry: Entry, wanted: Wanted, identity: str) -> Row:
    if not entry.text:
        raise RowError("it has no text", hint="write one, or take the row out")
    channels = _channels(ctx, entry, wanted)
    at, moved = _instant(entry, wanted)
    if at is not None and is_past(at, ctx.now()):
        message = f"{entry.when or at.isoformat()} is past"
        raise RowError(message, hint="give it a time to come, or take the row out")
    values: dict[str, Value] = {"id": identity, "text": entry.text, "channels": list(channels)}
    if at is not None:
        values["at"] = wall_time(at, ctx.settings.clients[wanted.client].zone)
    elif wanted.empty_is_next:
        values["slot"] = "next"
    if entry.images:
        values["media"] = [_image(url, alt) for url, alt in entry.images]
    values |= {
        name: value
        for name, value in (
            ("link", entry.link),
            ("first_comment", entry.first_comment),
            ("labels", [label for label in labels_of(entry.labels) if label]),
        )
        if value
    }
    values["draft"] = True
    if entry.left_out:
        values["note"] = f"Not imported: {'; '.join(entry.left_out)}"
    return Row(entry=entry, id=identity, at=at, channels=channels, values=values, moved=moved)


def _image(address: str, alt: str) -> Mapping[str, Value]:
    key = "url" if "://" in address else "file"
    return {key: address, "alt": alt} if alt else {key: address}


def _instant(entry: Entry, wanted: Wanted) -> tuple[datetime | None, str]:
    if entry.at is not None or not entry.when:
        return entry.at, ""
    wall = wall_of(entry.when, wanted.order)
    if wanted.zone is None:
        raise UsageError("its time has no zone", hint="say it: --timezone Europe/Paris")
    found = resolve(wall.date(), wall.time(), wanted.zone)
    return found.instant, found.note


def _channels(ctx: Context, entry: Entry, wanted: Wanted) -> Sequence[str]:
    """Return the short names of the channels: those asked for, else those that the row names."""
    known = ctx.settings.clients[wanted.client].channels
    asked = [name.removeprefix(f"{wanted.client}/") for name in wanted.channels]
    if unknown := [name for name in asked if name not in known]:
        message = f"{wanted.client} has no channel {unknown[0]!r}"
        raise UsageError(message, hint=f"one of {', '.join(known)}")
    if asked:
        return asked
    if not entry.channels:
        message = "neither the row nor --channel says where it goes"
        raise RowError(message, hint=f"--channel, one of {', '.join(known)}")
    networks = {short: channel.network for short, channel in known.items()}
    found: list[str] = []
    for name in entry.channels:
        word = name.casefold().lstrip("@")
        meant = [short for short in known if word in {short.casefold(), networks[short]}]
        if not meant:
            message = f"{wanted.client} has no channel {name!r}"
            raise RowError(message, hint=f"--channel, one of {', '.join(known)}")
        found += [short for short in meant if short not in found]
    return found


# --- what the guard says -------------------------------------------------------------------------


def _judged(ctx: Context, client: str, rows: Iterable[Row]) -> Iterator[Row]:
    """Judge each row against the file before it, the queue, history and the timeline as known."""
    before: dict[str, list[Seen]] = {}
    for row in rows:
        if row.problem is not None:
            yield row
            continue
        at = row.at or ctx.now()
        text = Seen(source="file", ref=row.id, text=_followers(row), at=at, post=row.id)
        found = [_match(ctx, f"{client}/{short}", text, before) for short in row.channels]
        for short in row.channels:
            before.setdefault(f"{client}/{short}", []).append(text)
        matches = sorted((m for m in found if m), key=lambda m: -m.score)
        yield replace(row, match=matches[0]) if matches else row


def _match(
    ctx: Context, channel: str, text: Seen, before: Mapping[str, Sequence[Seen]]
) -> Match | None:
    where = ctx.settings.channel(channel)
    policy = where.guard
    if not policy.enabled:
        return None
    span = policy.window
    known = ctx.store.seen(channel, since=text.at - span, until=text.at + span)
    corpus = [*known, *before.get(channel, ())]
    said = judged(ctx.encoder, text, corpus, policy, where.zone)
    return said.matches[0] if said.matches else None


def _followers(row: Row) -> str:
    entry = row.entry
    return "\n\n".join(part for part in (entry.text, entry.link, entry.first_comment) if part)


# --- the file ------------------------------------------------------------------------------------


def _text(rows: Sequence[Row], file: str, *, repeated: bool) -> str:
    depth = file.count("/")
    head = SCHEMA_LINE.format(f"{'../' * depth}.cmctl/schemas/posts.json")
    posts = [f"- {entries(_noted(row), 2)}\n" for row in rows if goes_in(row, repeated=repeated)]
    return head + "\n".join(posts) if posts else ""


def _noted(row: Row) -> Mapping[str, Value]:
    if row.match is None:
        return row.values
    why = f"The guard: {'; '.join(row.match.reasons) or 'the same news'}"
    return {**row.values, "note": ". ".join(filter(None, [str(row.values.get("note", "")), why]))}


def _checked(ctx: Context, rows: Sequence[Row], wanted: Wanted, text: str) -> Sequence[Row]:
    """Return the rows with the errors that `check` would find in their posts."""
    found = read_as(ctx.settings, wanted.client, wanted.file, text)
    client = ctx.settings.clients[wanted.client]
    refused = faults(found.posts, client, ctx.channels, hosted=ctx.settings.hosting is not None)
    wrong = {
        problem.post: problem
        for problem in (*found.problems, *(one for many in refused.values() for one in many))
        if problem.severity is Severity.ERROR
    }
    return [
        replace(row, problem=RowError(wrong[row.id].message, hint=wrong[row.id].fix))
        if row.problem is None and row.id in wrong
        else row
        for row in rows
    ]
