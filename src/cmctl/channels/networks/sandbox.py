"""The sandbox network of `cmctl.testing.sandbox`: a real server for demos, trials and tests.

It honours an `Idempotency-Key` for an hour and tells which key made a status, so that after an
uncertain attempt the evidence is exact. Each part of a thread has the delivery's key and its own
number, so that publishing again goes on where it stopped.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar
from urllib.parse import quote, urlencode

from cmctl.channels.adapter import HttpAdapter
from cmctl.channels.answer import Answer
from cmctl.channels.base import (
    Attachment,
    Capabilities,
    Counts,
    Length,
    MediaRules,
    Outgoing,
    TextRules,
    Uncertain,
)
from cmctl.channels.body import Body, json_body
from cmctl.channels.content import Part, content_problems, measured, parts, post_in_order
from cmctl.channels.evidence import altered
from cmctl.channels.http import Http, Request
from cmctl.channels.inbox import Comment
from cmctl.channels.options import Form, Option
from cmctl.core.model import Content, Problem, Receipt, Status

OPTIONS = (
    Option(
        name="url",
        what="where the sandbox listens, such as `http://127.0.0.1:8700`",
        form=Form.ADDRESS,
    ),
    Option(name="account", what="the account's name, made at its first use"),
    Option(name="token", what="such as `env:NAME`", form=Form.SECRET, required=False),
)


class SandboxChannel(HttpAdapter):
    """One account on a sandbox."""

    kind: ClassVar[str] = "sandbox"
    options: ClassVar[tuple[Option, ...]] = OPTIONS
    capabilities: ClassVar[Capabilities] = Capabilities(
        text=TextRules(limit=500),
        media=MediaRules(
            count=4, bytes=8 << 20, formats=("jpg", "jpeg", "png", "gif", "webp"), alt_limit=1500
        ),
        recovery=frozenset({"key", "lookup"}),
        key_life=timedelta(hours=1),
        threads=True,
        first_comment=True,
        replies=True,
        settling=timedelta(seconds=1),
    )

    def __init__(self, url: str, account: str, token: str = "") -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = Http(url, headers)
        self._account = f"/api/{quote(account, safe='')}"

    def __repr__(self) -> str:
        return f"SandboxChannel({self._account} on {self._http.host})"

    def lengths(self, content: Content) -> Iterable[Length]:
        """Yield how long each text is, as the sandbox counts."""
        return measured(content, self.capabilities, count=len)

    def problems(self, content: Content) -> Iterable[Problem]:
        """Yield everything that is wrong with this content here."""
        return content_problems(content, "the sandbox", self.capabilities, self.lengths(content))

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Post every part once; a failure after the first one is `Uncertain`."""
        media = [item.uploaded or self.upload(item) for item in outgoing.attachments]
        wanted = parts(outgoing.content)
        keys = list(_keys(outgoing))

        def post(part: Part, made: list[dict[str, object]]) -> dict[str, object]:
            body: dict[str, object] = {
                "text": part.text,
                "language": outgoing.language,
                "tool": "cmctl",
            }
            answers = outgoing.content.reply_to if part.parent is None else made[part.parent]["id"]
            where = {"reply_to": answers} if answers else {}
            if part.parent is None:
                where["media"] = media
            return self._post(keys[len(made)], body | where)

        made = post_in_order(wanted, post)
        standing = [str(item.get("text") or "") for item in made]
        return replace(_receipt(made), altered=altered(wanted, standing))

    def _post(self, key: str, body: Mapping[str, object]) -> dict[str, object]:
        headers = {"Idempotency-Key": key}
        answer = self._http.post(f"{self._account}/statuses", json_body(body), headers=headers)
        answer.text("id")
        return answer.record()

    def find(self, outgoing: Outgoing) -> Receipt | None:
        """Return what the delivery's key made."""
        answer = self._http.get(f"{self._account}/statuses", {"key": outgoing.key})
        made = {str(item.get("key")): item for item in _items(answer)}
        wanted = list(_keys(outgoing))
        if not made:
            return None
        if not all(key in made for key in wanted):
            message = f"{len(made)} of its {len(wanted)} parts are published"
            raise Uncertain(message)
        return _receipt([made[key] for key in wanted])

    def upload(self, attachment: Attachment) -> str:
        """Upload an image and return its id."""
        query = urlencode({"name": attachment.name, "alt": attachment.alt})
        request = Request(
            method="POST",
            path=f"{self._account}/media?{query}",
            body=Body(attachment.data, attachment.type),
            repeatable=True,
        )
        return self._http.send(request).text("id")

    def timeline(self, since: datetime) -> Iterable[Status]:
        """Return own and foreign posts, newest first."""
        found: list[Status] = []
        query = {"since": since.isoformat()}
        while True:
            answer = self._http.get(f"{self._account}/statuses", query)
            found += [_status(answer, item) for item in _items(answer)]
            following = answer.record().get("next")
            if not following:
                return found
            query["before"] = str(following)

    def delete(self, remote_id: str) -> None:
        """Delete a status; no error where it is gone already."""
        self._http.send(Request(method="DELETE", path=self._status(remote_id), accept=(404,)))

    def exists(self, remote_id: str) -> bool:
        """Tell whether a status still stands."""
        return self._http.get(self._status(remote_id), accept=(404,)).status != 404

    def counts(self, remote_id: str) -> Counts:
        """Return the counts of one status."""
        counted = self._http.get(f"{self._status(remote_id)}/counts").record()
        known = {name: counted.get(name) for name in ("likes", "comments", "shares", "views")}
        return Counts(**{name: n for name, n in known.items() if isinstance(n, int)})

    def inbox(self, since: datetime) -> Iterable[Comment]:
        """Return comments and mentions since then."""
        return self._comments({"since": since.isoformat()})

    def comments(self, remote_id: str) -> Iterable[Comment]:
        """Return what stands below a status."""
        return self._comments({"on": remote_id})

    def hide(self, comment: str, *, hidden: bool) -> None:
        """Hide a comment, or show it again."""
        body = json_body({"hidden": hidden})
        self._http.send(Request(method="PUT", path=self._comment(comment), body=body))

    def delete_comment(self, comment: str) -> bool:
        """Delete a comment; no error where it is gone already."""
        request = Request(method="DELETE", path=self._comment(comment), accept=(404,))
        return self._http.send(request).status != 404

    def probe(self) -> str:
        """Return the account's name."""
        return self._http.get(self._account).text("account")

    def _comments(self, query: Mapping[str, str]) -> list[Comment]:
        answer = self._http.get(f"{self._account}/comments", query)
        return [_said(answer, item) for item in _items(answer)]

    def _comment(self, comment: str) -> str:
        return f"{self._account}/comments/{quote(comment, safe='')}"

    def _status(self, remote_id: str) -> str:
        return f"{self._account}/statuses/{quote(remote_id, safe='')}"


def _keys(outgoing: Outgoing) -> Iterator[str]:
    """Yield the key of each part."""
    yield outgoing.key
    for number in range(2, len(parts(outgoing.content)) + 1):
        yield f"{outgoing.key}.{number}"


def _receipt(made: list[dict[str, object]]) -> Receipt:
    first = made[0]
    try:
        at = datetime.fromisoformat(str(first.get("created_at")))
    except ValueError:
        at = None  # its id alone is proof
    return Receipt(
        remote_id=str(first["id"]),
        url=str(first.get("url") or ""),
        at=at,
        parts=tuple(str(item["id"]) for item in made),
    )


def _items(answer: Answer) -> list[dict[str, object]]:
    items = answer.record().get("items")
    if not isinstance(items, list):
        raise answer.malformed("without `items`")
    return items


def _said(answer: Answer, item: Mapping[str, object]) -> Comment:
    try:
        return Comment(
            remote_id=str(item["id"]),
            at=datetime.fromisoformat(str(item["created_at"])),
            text=str(item["text"]),
            author=str(item["author"]),
            reply_to=str(item["reply_to"]),
            hidden=item["hidden"] is True,
            own=item["own"] is True,
        )
    except (KeyError, ValueError):
        raise answer.malformed("with a comment that cannot be read") from None


def _status(answer: Answer, item: Mapping[str, object]) -> Status:
    media = item.get("media")
    try:
        return Status(
            channel="",
            remote_id=str(item["id"]),
            at=datetime.fromisoformat(str(item["created_at"])),
            text=str(item["text"]),
            url=str(item.get("url") or ""),
            author=str(item.get("author") or ""),
            tool=str(item.get("tool") or ""),
            media_count=len(media) if isinstance(media, list) else 0,
            reply_to=str(item.get("reply_to") or ""),
        )
    except (KeyError, ValueError):
        raise answer.malformed("with a status that cannot be read") from None
