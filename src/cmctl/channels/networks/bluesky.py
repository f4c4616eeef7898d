"""Bluesky, or any other PDS of the AT Protocol.

The safe key is a record key of our own, written with `putRecord`: the same record written again is
the same post (docs.bsky.app, HTTP Reference; lexicons `com.atproto.repo.putRecord` and
`app.bsky.feed.post`). Followers' counts need an app view, which a PDS is not, so there are none.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar, NamedTuple

from cmctl.channels import bluesky_record as records
from cmctl.channels import options as yaml
from cmctl.channels.adapter import Adapter
from cmctl.channels.base import (
    Attachment,
    Capabilities,
    ChannelError,
    Length,
    MediaRules,
    Outgoing,
    Rejected,
    TextRules,
    Uncertain,
)
from cmctl.channels.bluesky_facets import facets
from cmctl.channels.bluesky_session import Session
from cmctl.channels.bluesky_tid import instant, tid
from cmctl.channels.body import Body, json_body
from cmctl.channels.content import Part, content_problems, measured, parts, refuse_heavy, too_long
from cmctl.channels.http import Http
from cmctl.core.model import Content, Place, Problem, Receipt, Status

_URL = "https://bsky.social"
_OPTIONS = (
    yaml.Option(name="handle", what="the account's handle, such as atlas.bsky.social"),
    yaml.Option(
        name="password",
        what="a reference to an app password (made in Settings, App passwords)",
        form=yaml.Form.SECRET,
    ),
    yaml.Option(
        name="url",
        what=f"the account's PDS; {_URL} where nothing is said",
        form=yaml.Form.ADDRESS,
        required=False,
    ),
)
_BYTES = TextRules(limit=3000, unit="bytes")
#: A post's address and the hash of what it says, as a reply names it.
Ref = dict[str, str]
_PAGE = "100"
#: How much older than its key a record may say it is, in the same listing.
_BACKDATED = timedelta(days=1)


class BlueskyChannel(Adapter):
    """One account; a post's remote id is its record key."""

    kind: ClassVar[str] = "bluesky"
    options: ClassVar[tuple[yaml.Option, ...]] = _OPTIONS
    capabilities: ClassVar[Capabilities] = Capabilities(
        text=TextRules(limit=300, unit="graphemes"),
        # More than 100 MB is never read (app/media.py); Bluesky itself takes 300.
        media=MediaRules(
            count=4, bytes=2_000_000, films=("mp4",), film_bytes=100_000_000, film_alt=True
        ),
        recovery=frozenset({"key", "lookup"}),
        threads=True,
        first_comment=True,
        replies=True,
    )

    def __init__(self, *, handle: str, password: str, url: str = _URL) -> None:
        self._url = url.rstrip("/")
        self._http = Http(url, secrets=(password,))
        self._session = Session(self._http, handle=handle, password=password)
        self._handle = handle

    def __repr__(self) -> str:
        return f"BlueskyChannel({self._handle})"

    @classmethod
    def check_options(
        cls, options: Mapping[str, object], places: Mapping[str, Place]
    ) -> Iterable[Problem]:
        """Yield what is wrong with `handle`, `password` and `url`."""
        yield from super().check_options(options, places)
        handle = options.get("handle")
        if isinstance(handle, str) and ("." not in handle or "@" in handle):
            yield Problem(
                code="bad-handle",
                message=f"`handle: {handle}` is not a handle",
                fix="write it with its domain and without @, such as atlas.bsky.social",
                place=places.get("handle", places.get("")),
            )

    def lengths(self, content: Content) -> Iterable[Length]:
        """Yield how long each text is, as Bluesky counts."""
        return measured(content, self.capabilities, link=_link_in_text(content))

    def problems(self, content: Content) -> Iterable[Problem]:
        """Yield texts that are too long, in graphemes or bytes, and images that cannot go."""
        yield from content_problems(content, "Bluesky", self.capabilities, self.lengths(content))
        for one in self.lengths(content):
            yield from too_long("Bluesky", replace(one, rules=_BYTES, count=_size))

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Write one record a part; a record that stands already is left as it is."""
        ready = self._records(outgoing)
        above = self._above(outgoing.content.reply_to)
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
        refuse_heavy(attachment, self.capabilities.media, "Bluesky")
        body = Body(attachment.data, attachment.type)
        answer = self._session.call("com.atproto.repo.uploadBlob", body, repeatable=True)
        blob = answer.record().get("blob")
        if not isinstance(blob, dict):
            raise answer.malformed("without `blob`")
        return json.dumps(blob)

    def find(self, outgoing: Outgoing) -> Receipt | None:
        """Ask for every record key of this delivery."""
        rkeys = _rkeys(outgoing)
        standing = sum(self.exists(rkey) for rkey in rkeys)
        if standing == 0:
            return None
        if standing < len(rkeys):
            message = f"{standing} of {len(rkeys)} parts stand on the account"
            raise Uncertain(message)
        return self._receipt(outgoing)

    def timeline(self, since: datetime) -> Iterable[Status]:
        """Return the account's posts as its repository lists them, which needs no app view."""
        who = self._session.tokens()
        listed = (
            records.status(item, who.did, who.handle, server=self._url)
            for item in self._listing(since)
        )
        posts = (post for post in listed if post is not None and post.at >= since)
        return sorted(posts, key=lambda post: post.at, reverse=True)

    def delete(self, remote_id: str) -> None:
        """Delete a post by its record key; deleting it again is no error."""
        self._session.call("com.atproto.repo.deleteRecord", json_body(self._named(remote_id)))

    def exists(self, remote_id: str) -> bool:
        """Ask for the record by its key."""
        method = "com.atproto.repo.getRecord"
        answer = self._session.look_up(method, self._named(remote_id), "RecordNotFound")
        return answer is not None and bool(answer.text("uri"))

    def probe(self) -> str:
        """Return the account's handle."""
        return self._session.query("com.atproto.server.getSession", {}).text("handle")

    def close(self) -> None:
        """Let go of connections; the session lapses by itself."""
        self._http.close()

    def _records(self, outgoing: Outgoing) -> list[tuple[str, dict[str, object], int | None]]:
        """Return key, record and parent of every part; nothing is published by it."""
        content = outgoing.content
        ready: list[tuple[str, dict[str, object], int | None]] = []
        for rkey, part in zip(_rkeys(outgoing), _parts(content), strict=True):
            marks = facets(part.text, self._resolve)
            record = records.post(part.text, outgoing.created_at, outgoing.language, marks)
            ready.append((rkey, record, part.parent))
        if outgoing.attachments:
            shown = [self._blob(item) for item in outgoing.attachments]
            is_film = outgoing.attachments[0].is_film
            ready[0][1]["embed"] = records.video(*shown[0]) if is_film else records.images(shown)
        elif content.link:
            ready[0][1]["embed"] = records.card(content.link)
        return ready

    def _above(self, answered: str) -> "Above | None":
        """Return what a reply to a post, ours by its key or any by its `at://` address, names.

        Raises:
            Rejected: there is no such post.
        """
        if not answered:
            return None
        own = f"at://{self._session.tokens().did}/{records.POST}/{answered}"
        uri = answered if answered.startswith("at://") else own
        repo, collection, rkey = [*uri.removeprefix("at://").split("/"), "", ""][:3]
        named = {"repo": repo, "collection": collection, "rkey": rkey}
        answer = self._session.look_up("com.atproto.repo.getRecord", named, "RecordNotFound")
        if answer is None:
            message = f"Bluesky has no post {answered}: was it deleted?"
            raise Rejected(message)
        parent = {"uri": answer.text("uri"), "cid": answer.text("cid")}
        return Above(records.root(answer.record().get("value")) or parent, parent)

    def _blob(self, attachment: Attachment) -> tuple[object, str]:
        return json.loads(attachment.uploaded or self.upload(attachment)), attachment.alt

    def _resolve(self, handle: str) -> str | None:
        """Return the DID of a handle; an unknown or impossible one is an `InvalidRequest`."""
        method = "com.atproto.identity.resolveHandle"
        answer = self._session.look_up(method, {"handle": handle}, "InvalidRequest")
        return answer.text("did") if answer else None

    def _put(self, rkey: str, record: dict[str, object], *, first: bool) -> Ref:
        """Write one record and return how a reply refers to it."""
        body = json_body(self._named(rkey) | {"record": record})
        try:
            answer = self._session.call("com.atproto.repo.putRecord", body)
            return {"uri": answer.text("uri"), "cid": answer.text("cid")}
        except ChannelError as problem:
            if first:
                raise
            message = f"the thread stands in part: {problem}"
            raise Uncertain(message) from problem

    def _named(self, rkey: str) -> dict[str, str]:
        return {"repo": self._session.tokens().did, "collection": records.POST, "rkey": rkey}

    def _receipt(self, outgoing: Outgoing) -> Receipt:
        rkeys = _rkeys(outgoing)
        handle = self._session.tokens().handle
        return Receipt(
            remote_id=rkeys[0],
            url=f"https://bsky.app/profile/{handle}/post/{rkeys[0]}",
            at=outgoing.created_at,
            parts=tuple(rkeys),
        )

    def _listing(self, since: datetime) -> Iterator[Mapping[str, object]]:
        """Yield records by key, newest first, until the keys are safely older than `since`."""
        query = {"repo": self._session.tokens().did, "collection": records.POST, "limit": _PAGE}
        while True:
            answer = self._session.query("com.atproto.repo.listRecords", query)
            page, cursor = records.page(answer)
            yield from page
            made = instant(records.rkey(page[-1])) if page else None
            if not cursor or (made and made < since - _BACKDATED):
                return
            if cursor == query.get("cursor"):
                raise answer.malformed("with a listing that does not advance")
            query["cursor"] = cursor


class Above(NamedTuple):
    """What a reply stands below."""

    #: The first post of the conversation.
    root: Ref
    #: The post that is answered.
    parent: Ref


def _link_in_text(content: Content) -> bool:
    """Tell whether the link goes into the text: a card has no room beside images."""
    return bool(content.media)


def _parts(content: Content) -> list[Part]:
    return parts(content, link=_link_in_text(content))


def _rkeys(outgoing: Outgoing) -> list[str]:
    """Return the record key of every part, the same in every attempt."""
    count = len(_parts(outgoing.content))
    return [tid(outgoing.created_at, outgoing.key, index) for index in range(count)]


def _size(text: str) -> int:
    return len(text.encode())
