"""What is fed with anything at all, and what it may do with it: refuse in its own words.

Each target takes bytes and returns; whatever else it raises is a bug.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import httpcore

from cmctl.channels.adapter import HttpAdapter
from cmctl.channels.base import ChannelError, Outgoing
from cmctl.channels.http import Http
from cmctl.channels.kept import Whole
from cmctl.channels.options import Form
from cmctl.channels.registry import kinds, load
from cmctl.channels.retry_after import wish
from cmctl.channels.spoken import spoken
from cmctl.channels.wire import Route
from cmctl.config.files import FileStamp, RawFile
from cmctl.config.post_values import file_from_plain
from cmctl.config.posts import read_posts
from cmctl.config.settings import read_settings
from cmctl.core.guard.normalise import canonical_link, plain
from cmctl.core.guard.prepare import prepare
from cmctl.core.model import Content, Place, Status
from cmctl.core.plain import is_plain, plain_line, plain_lines
from cmctl.core.settings import ChannelSettings, ClientSettings, GuardPolicy
from cmctl.core.text import compose, graphemes

from .draw import Draw
from .examples import EXAMPLES

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SINCE = NOW - timedelta(days=14)
Target = Callable[[bytes], None]

#: Those that ask with `Http`; what others hear is read by libraries.
NETWORKS = tuple(
    kind for kind in kinds() if kind == "bluesky" or issubclass(load(kind), HttpAdapter)
)


# --- files ---------------------------------------------------------------------------------------


def _raw(data: bytes) -> RawFile:
    return RawFile(data, FileStamp(len(data), 0, 0))


def config(data: bytes) -> None:
    """A configuration."""
    plain_values, problems = read_settings(_raw(data), "config.yaml")
    assert plain_values is not None or problems


@cache
def _client() -> ClientSettings:
    place = Place("config.yaml")
    zone = ZoneInfo("Europe/Paris")
    channel = ChannelSettings(
        name="a/x",
        client="a",
        network="mastodon",
        zone=zone,
        language="fr",
        slots=(),
        grace=timedelta(hours=2),
        pace=timedelta(minutes=10),
        guard=GuardPolicy(),
        notifiers=(),
        options={},
        place=place,
    )
    return ClientSettings(
        key="a",
        name="A",
        zone=zone,
        language="fr",
        guard=channel.guard,
        channels={"x": channel},
        place=place,
    )


def posts(data: bytes) -> None:
    """A file of posts, read whole, to values."""
    client = _client()
    said = read_posts(_raw(data), "posts/a/posts.yaml", client)
    file_from_plain(said, file="posts/a/posts.yaml", client="a", zone=client.zone)


# --- texts ---------------------------------------------------------------------------------------


def text(data: bytes) -> None:
    """A text from anywhere: for the guard, the networks and the terminal."""
    said = data.decode("utf-8", "replace")
    prepare(said)
    plain(said)
    canonical_link(said)
    graphemes(compose(Content(text=said, link="https://example.org/", hashtags=("a",))))
    shown = plain_line(said)
    assert is_plain(shown) or shown == plain_line(shown)
    assert plain_lines(plain_lines(said)) == plain_lines(said)
    assert "\x1b" not in shown


# --- answers -------------------------------------------------------------------------------------


def wire(data: bytes) -> None:
    """What comes over the wire in place of an HTTP answer."""
    route = Route(lambda _host, _port: ["192.0.2.1"], httpcore.MockBackend([data]))
    http = Http("http://192.0.2.1", {"Authorization": "Bearer canary-token"}, route=route)
    try:
        http.get("/").record()
    except ChannelError as problem:
        assert "canary" not in str(problem)  # noqa: PT017 - a target is no test
        assert plain_line(str(problem)) == str(problem)  # noqa: PT017
    finally:
        http.close()


def words(data: bytes) -> None:
    """The words and headers of a refusal."""
    draw = Draw(data)
    names = ("retry-after", "x-ratelimit-reset", "ratelimit-reset", "date")
    found = wish({draw.one(names): draw.text(), draw.one(names): draw.text()})
    assert found is None or timedelta() <= found <= timedelta(days=1)
    shown = spoken(draw.rest(), secrets=("canary",))
    assert plain_line(shown) == shown
    assert "canary" not in shown


def _options(network: str) -> Mapping[str, object]:
    made: dict[str, object] = {}
    for option in load(network).options:  # type: ignore[attr-defined]
        if option.required or option.form is Form.ADDRESS:
            address = option.form is Form.ADDRESS or option.name == "webhook"
            secret = "canary123456" if option.form is Form.SECRET else "1088210987654321098"
            made[option.name] = "https://example.org/hook/x" if address else secret
    return made


@contextmanager
def _answering(draw: Draw, examples: tuple[object, ...]) -> Iterator[None]:
    """Let every request be answered out of `draw`; the bytes on the wire are `wire`'s matter."""

    def exchange(*_: object, **__: object) -> Whole:
        asked[0] += 1
        if asked[0] > 40:
            raise TooManyRequestsError
        status = draw.one((200, 200, 200, 200, 200, 201, 400, 401, 404, 429, 500, 302))
        link = "<https://example.org/api/v1/next?max_id=1>; rel=next" if draw.number(2) else ""
        headers = {"link": link, "date": "Tue, 24 Nov 2026 12:00:00 GMT"}
        return Whole(status, headers, draw.body(examples))

    asked = [0]
    kept, Http._exchange = Http._exchange, exchange  # type: ignore[assignment,method-assign]
    try:
        yield
    finally:
        Http._exchange = kept  # type: ignore[method-assign]


class TooManyRequestsError(Exception):
    """A network that always has one more page."""


def network(name: str, data: bytes) -> None:
    """Everything that an adapter asks, with anything as the answer."""
    draw = Draw(data)
    channel: Any = load(name).open(_options(name))
    outgoing = Outgoing(
        key="0" * 32,
        content=Content(text="Bonjour", thread=("La suite",) * channel.capabilities.threads),
        language="fr",
        created_at=NOW,
    )
    calls: tuple[Callable[[], object], ...] = tuple(
        call
        for method, call in (
            ("publish", lambda: channel.publish(outgoing)),
            ("find", lambda: channel.find(outgoing)),
            ("timeline", lambda: [_checked(one) for one in channel.timeline(SINCE)]),
            ("probe", lambda: str(channel.probe())),
            ("counts", lambda: channel.counts("1")),
            ("exists", lambda: channel.exists("1")),
            ("delete", lambda: channel.delete("1")),
        )
        if hasattr(channel, method)
    )
    with _answering(draw, EXAMPLES.get(name, ())):
        try:
            draw.one(calls)()
        except (ChannelError, TooManyRequestsError) as problem:
            assert "canary" not in str(problem) or name == "sandbox"  # noqa: PT017
        finally:
            channel.close()


def _checked(status: object) -> None:
    assert isinstance(status, Status)
    for said in (status.remote_id, status.text, status.url, status.author, status.tool):
        assert isinstance(said, str)
    assert not math.isnan(status.at.timestamp())


TARGETS: Mapping[str, Target] = {
    "config": config,
    "posts": posts,
    "text": text,
    "wire": wire,
    "words": words,
    **{name: (lambda data, name=name: network(name, data)) for name in NETWORKS},
}
