"""What the listings share: which rows are meant, and how a row's times are shown."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from cmctl.core.errors import UsageError
from cmctl.core.faces import Face
from cmctl.store.listing import Query

if TYPE_CHECKING:
    from cmctl.store.listing import ClientRow, Listings
    from cmctl.wiring.workspace import Workspace


class Narrowed(NamedTuple):
    """The options that every listing of deliveries takes."""

    client: str
    channel: str
    post: str
    since: str
    until: str


class Faces(dict[str, Face]):
    """The face of each channel, by `client/channel`; UTC for a client that is gone."""

    def __init__(self, clients: "Sequence[ClientRow]", now: datetime) -> None:
        super().__init__()
        self._by_zone: dict[str, Face] = {}
        self._zones = {client.key: client.zone for client in clients}
        self._now = now

    def __missing__(self, channel: str) -> Face:
        zone = self._zones.get(channel.partition("/")[0], "UTC")
        if zone not in self._by_zone:
            self._by_zone[zone] = Face(ZoneInfo(zone), self._now)
        self[channel] = face = self._by_zone[zone]
        return face


def narrowed(wanted: Narrowed, query: Query, found: "Listings", workspace: "Workspace") -> Query:
    """Return `query` with what a person wants to see of it.

    Raises:
        UsageError: there is no such client, channel or post, or a time says nothing.
    """
    clients = {row.key: row for row in found.clients()}
    client, channel = wanted.client, wanted.channel
    prefix, _, rest = wanted.post.partition("/")
    of_client = prefix in clients and bool(rest)
    post = rest if of_client else wanted.post
    client = client or (prefix if of_client else "")
    if channel and "/" not in channel and client:
        channel = f"{client}/{channel}"
    for named in filter(None, (client, channel.partition("/")[0])):
        if named not in clients:
            message = f"there is no client {named!r}"
            raise UsageError(message, hint=f"one of {', '.join(clients)}")
    if channel and "/" not in channel:
        message = f"{channel!r} lacks its client"
        raise UsageError(message, hint=f"write it like {next(iter(clients), 'client')}/{channel}")
    if post and not found.count(Query(client=client, post=post)):
        message = f"no delivery is of a post {wanted.post!r}"
        raise UsageError(message, hint="cmctl queue and cmctl history show the ids of posts")
    own = clients.get(client or channel.partition("/")[0])
    return query._replace(
        client=client,
        channel=channel,
        post=post,
        since=_bound(wanted.since, own, workspace, end=False),
        until=_bound(wanted.until, own, workspace, end=True),
    )


def _bound(
    text: str, own: "ClientRow | None", workspace: "Workspace", *, end: bool
) -> datetime | None:
    if not text:
        return None
    from cmctl.app.posts.moments import bound  # noqa: PLC0415 - few listings are limited in time

    zone = ZoneInfo(own.zone) if own else workspace.settings.zone
    return bound(text, zone, workspace.machine.now(), end=end)


def state_of(state: str, reason: str) -> str:
    """Return a state with the reason of its hold."""
    return f"{state}, {reason}" if reason else state
