"""A post that a person types at the command line, as the keys of a YAML file."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from cmctl.app.context import Context
from cmctl.app.posts.moments import is_past
from cmctl.app.posts.taken_ids import TakenIds
from cmctl.config.emit import Value
from cmctl.config.load import load_client
from cmctl.config.slugs import slug, unique
from cmctl.core.errors import UsageError
from cmctl.core.show import local
from cmctl.core.when import resolve

#: Where a post goes when no file is named, below the client's folder.
QUEUE = "queue.yaml"


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """A new post as a person typed it."""

    client: str
    text: str
    #: Short names; empty: all channels of the client.
    channels: Sequence[str] = ()
    #: One of the three, or none for a draft.
    at: datetime | None = None
    next_slot: bool = False
    every: str = ""
    #: Empty: made of the text's first words.
    id: str = ""
    #: Absolute paths with their alt texts.
    media: Sequence[tuple[Path, str]] = ()
    link: str = ""
    draft: bool = False
    #: Relative to the workspace; empty: `posts/<client>/queue.yaml`.
    file: str = ""


def file_of(ctx: Context, draft: Draft) -> str:
    """Return the file that a post goes into, relative to the workspace.

    Raises:
        UsageError: there is no such client, or the file is not in its folder.
    """
    if draft.client not in ctx.settings.clients:
        message = f"there is no client {draft.client!r}"
        raise UsageError(message, hint=f"one of {', '.join(ctx.settings.clients)}")
    folder = f"posts/{draft.client}/"
    if not draft.file:
        return folder + QUEUE
    root = ctx.settings.root
    path = (root / draft.file).resolve()
    file = path.relative_to(root).as_posix() if path.is_relative_to(root) else draft.file
    if not file.startswith(folder) or path.suffix not in {".yaml", ".yml"}:
        message = f"--file {draft.file}: not a YAML file in {folder}"
        raise UsageError(message, hint=f"name one such as {folder}{QUEUE}, or leave --file out")
    return file


def identity_of(ctx: Context, draft: Draft) -> str:
    """Return an id that no post of the client has, or ever had: the store remembers those.

    Raises:
        UsageError: the one that was asked for is taken.
    """
    loaded = load_client(ctx.settings, draft.client)
    ids = {post.id for post in loaded.posts} | loaded.invalid
    taken = TakenIds(ctx.store, draft.client, ids)
    free = unique(draft.id or slug(draft.text), taken)
    if draft.id and draft.id != free:
        message = f"{draft.client} has, or had, a post {draft.id!r}"
        raise UsageError(message, hint=f"for example --id {free}")
    return free


def values_of(ctx: Context, draft: Draft, file: str, identity: str) -> Mapping[str, Value]:
    """Return the post's keys in the order in which people read them.

    Raises:
        UsageError: there is no such channel, or its time is past.
    """
    client = ctx.settings.clients[draft.client]
    values: dict[str, Value] = {"id": identity, "text": draft.text}
    if draft.channels:
        values["channels"] = [_channel(client.channels, name, draft) for name in draft.channels]
    if draft.at is not None:
        must_come(ctx, draft.at, draft.client)
        values["at"] = wall_time(draft.at, client.zone)
    elif draft.next_slot:
        values["slot"] = "next"
    elif draft.every:
        values["every"] = draft.every
    if draft.media:
        folder = (ctx.settings.root / file).parent
        values["media"] = [_media(path, alt, folder) for path, alt in draft.media]
    if draft.link:
        values["link"] = draft.link
    if draft.draft:
        values["draft"] = True
    return values


def _channel(known: Iterable[str], name: str, draft: Draft) -> str:
    short = name.removeprefix(f"{draft.client}/")
    if short in known:
        return short
    message = f"{draft.client} has no channel {name!r}"
    raise UsageError(message, hint=f"one of {', '.join(known)}")


def _media(path: Path, alt: str, folder: Path) -> Mapping[str, Value]:
    file = Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
    return {"file": file, "alt": alt} if alt else {"file": file}


def must_come(ctx: Context, at: datetime, client: str) -> None:
    """Refuse a time that is over.

    Raises:
        UsageError: it is.
    """
    if is_past(at, ctx.now()):
        zone = ctx.settings.clients[client].zone
        message = f"{local(at, zone, year=True)} is past; nothing was written"
        raise UsageError(message, hint='a time to come, such as "tomorrow 9:00"')


def wall_time(at: datetime, zone: ZoneInfo) -> str:
    """Return an instant as `at` is written: wall time, with its offset only where that is needed.

    It is needed for the second of two passings of the clock in autumn.
    """
    here = at.astimezone(zone)
    if resolve(here.date(), here.time(), zone).instant == at:
        return f"{here:%Y-%m-%d %H:%M}"
    return here.isoformat(timespec="minutes")
