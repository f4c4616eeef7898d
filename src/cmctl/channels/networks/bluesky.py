"""Bluesky, or any other PDS of the AT Protocol.

The safe key is a record key of our own, written with `putRecord`: the same record written again is
the same post (docs.bsky.app, HTTP Reference; lexicons `com.atproto.repo.putRecord` and
`app.bsky.feed.post`). What others did with a post is asked of the PDS's app view.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from cmctl.channels import options as yaml
from cmctl.channels.adapter import Adapter
from cmctl.channels.base import (
    Attachment,
    Capabilities,
    ChannelError,
    Counts,
    Length,
    MediaRules,
    Outgoing,
    TextRules,
    Uncertain,
)
from cmctl.channels.content import content_problems, measured, too_long
from cmctl.channels.http import Http
from cmctl.channels.inbox import Comment
from cmctl.channels.vendors.bluesky import record as records
from cmctl.channels.vendors.bluesky.draft import Drafts, link_in_text, rkeys
from cmctl.channels.vendors.bluesky.gate import Gates
from cmctl.channels.vendors.bluesky.options import OPTIONS, URL, handle_problems
from cmctl.channels.vendors.bluesky.repository import Ref, Repository
from cmctl.channels.vendors.bluesky.session import Session
from cmctl.channels.vendors.bluesky.view import AppView
from cmctl.core.model import Content, Place, Problem, Receipt, Status

_BYTES = TextRules(limit=3000, unit="bytes")


class BlueskyChannel(Adapter):
    """One account; a post's remote id is its record key."""

    kind: ClassVar[str] = "bluesky"
    options: ClassVar[tuple[yaml.Option, ...]] = OPTIONS
    capabilities: ClassVar[Capabilities] = Capabilities(
        text=TextRules(limit=300, unit="graphemes"),
        # More than 100 MB is never read (app/media/reading.py); Bluesky itself takes 300.
        media=MediaRules(
            count=4, bytes=2_000_000, films=("mp4",), film_bytes=100_000_000, film_alt=True
        ),
        recovery=frozenset({"key", "lookup"}),
        threads=True,
        first_comment=True,
        replies=True,
    )

    def __init__(
        self,
        *,
        handle: str,
        password: str,
        url: str = URL,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._url = url.rstrip("/")
        self._http = Http(url, secrets=(password,))
        self._session = Session(self._http, handle=handle, password=password)
        self._repository = Repository(self._session)
        self._drafts = Drafts(self._session, self._repository, self.capabilities.media)
        self._gates = Gates(self._repository, clock)
        self._view = AppView(self._session)
        self._handle = handle

    def __repr__(self) -> str:
        return f"BlueskyChannel({self._handle})"

    @classmethod
    def check_options(
        cls, options: Mapping[str, object], places: Mapping[str, Place]
    ) -> Iterable[Problem]:
        """Yield what is wrong with `handle`, `password` and `url`."""
        yield from super().check_options(options, places)
        yield from handle_problems(options, places)

    def lengths(self, content: Content) -> Iterable[Length]:
        """Yield how long each text is, as Bluesky counts."""
        return measured(content, self.capabilities, link=link_in_text(content))

    def problems(self, content: Content) -> Iterable[Problem]:
        """Yield texts that are too long, in graphemes or bytes, and images that cannot go."""
        yield from content_problems(content, "Bluesky", self.capabilities, self.lengths(content))
        for one in self.lengths(content):
            yield from too_long("Bluesky", replace(one, rules=_BYTES, count=_size))

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Write one record a part; a record that stands already is left as it is."""
        ready = self._drafts.records(outgoing)
        above = self._drafts.above(outgoing.content.reply_to)
        refs: list[Ref] = []
        for rkey, record, parent in ready:
            answered = above.parent if parent is None and above else None
            if parent is not None:
                answered = refs[parent]
            if answered:
                root = above.root if above else refs[0]
                record["reply"] = {"root": root, "parent": answered}
            refs.append(self._put(rkey, record, first=not refs))
        return self._receipt(outgoing)

    def upload(self, attachment: Attachment) -> str:
        """Upload an image and return its reference as JSON: equal bytes, equal reference."""
        return self._drafts.upload(attachment)

    def find(self, outgoing: Outgoing) -> Receipt | None:
        """Ask for every record key of this delivery."""
        keys = rkeys(outgoing)
        standing = sum(self.exists(rkey) for rkey in keys)
        if standing == 0:
            return None
        if standing < len(keys):
            message = f"{standing} of {len(keys)} parts stand on the account"
            raise Uncertain(message)
        return self._receipt(outgoing)

    def timeline(self, since: datetime) -> Iterable[Status]:
        """Return the account's posts as its repository lists them, which needs no app view."""
        who = self._session.tokens()
        listed = (
            records.status(item, who.did, who.handle, server=self._url)
            for item in self._repository.posts(since)
        )
        posts = (post for post in listed if post is not None and post.at >= since)
        return sorted(posts, key=lambda post: post.at, reverse=True)

    def delete(self, remote_id: str) -> None:
        """Delete a post by its record key; deleting it again is no error."""
        self._repository.delete(remote_id)

    def exists(self, remote_id: str) -> bool:
        """Ask for the record by its key."""
        return self._repository.get(self._repository.uri(remote_id)) is not None

    def counts(self, remote_id: str) -> Counts:
        """Return what an app view counts: likes, replies, and reposts with quotes."""
        return self._view.counts(self._repository.uri(remote_id))

    def inbox(self, since: datetime) -> Iterable[Comment]:
        """Return replies, mentions and quotes, as an app view lists them."""
        return list(self._view.inbox(since, self._gates.hidden()))

    def comments(self, remote_id: str) -> Iterable[Comment]:
        """Return what stands below a post, as an app view shows it."""
        return list(self._view.below(self._repository.uri(remote_id), self._gates.hidden()))

    def hide(self, comment: str, *, hidden: bool) -> None:
        """Put a reply below a post of ours out of sight, or show it again."""
        self._gates.hide(self._repository.uri(comment), hidden=hidden)

    def probe(self) -> str:
        """Return the account's handle."""
        return self._session.query("com.atproto.server.getSession", {}).text("handle")

    def close(self) -> None:
        """Let go of connections; the session lapses by itself."""
        self._http.close()

    def _put(self, rkey: str, record: dict[str, object], *, first: bool) -> Ref:
        """Write one record and return how a reply refers to it."""
        try:
            return self._repository.put(rkey, record)
        except ChannelError as problem:
            if first:
                raise
            message = f"the thread stands in part: {problem}"
            raise Uncertain(message) from problem

    def _receipt(self, outgoing: Outgoing) -> Receipt:
        keys = rkeys(outgoing)
        handle = self._session.tokens().handle
        return Receipt(
            remote_id=keys[0],
            url=f"https://bsky.app/profile/{handle}/post/{keys[0]}",
            at=outgoing.created_at,
            parts=tuple(keys),
        )


def _size(text: str) -> int:
    return len(text.encode())
