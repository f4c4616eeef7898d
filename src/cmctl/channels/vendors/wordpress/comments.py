"""The comments of a WordPress site.

developer.wordpress.org, "REST API Handbook": comments. Posts and comments are numbered each by
themselves, so that a comment's remote id is `comment-N`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final
from urllib.parse import quote

from cmctl.channels.base import Outgoing, Rejected, Uncertain
from cmctl.channels.body import json_body
from cmctl.channels.evidence import essence
from cmctl.channels.http import Request
from cmctl.channels.inbox import Comment
from cmctl.channels.markup import lines, plain
from cmctl.channels.vendors.wordpress.post import ZONES, made_at, remote_id
from cmctl.channels.vendors.wordpress.site import API, Site, read
from cmctl.core.model import Receipt

_PREFIX: Final = "comment-"
_GONE: Final = frozenset({404, 410})
#: "Duplicate comment detected"; the same words of one author below one post.
_DUPLICATE: Final = 409


def is_comment(remote: str) -> bool:
    """Tell whether a remote id is that of a comment."""
    return remote.startswith(_PREFIX)


def path(remote: str) -> str:
    """Return the address of a comment."""
    return f"{API}/comments/{quote(remote.removeprefix(_PREFIX), safe='')}"


class Discussion:
    """What is said below the posts of one site, as one of its users sees it."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._me = 0

    def reply(self, outgoing: Outgoing) -> Receipt:
        """Answer a post or a comment; what stands already is left as it is."""
        if found := self.find(outgoing):
            return found
        post, parent = self._above(outgoing.content.reply_to)
        body = {"post": post, "parent": parent, "content": lines(outgoing.content.text)}
        request = Request(
            method="POST", path=f"{API}/comments", body=json_body(body), accept={_DUPLICATE}
        )
        answer = self._site.http.send(request)
        if answer.status == _DUPLICATE:
            message = f"{answer.host} says that these words stand there already"
            raise Uncertain(message)
        return _receipt(read(answer, _comment, answer.record()))

    def find(self, outgoing: Outgoing) -> Receipt | None:
        """Look for the reply below what it answers."""
        content = outgoing.content
        post, _ = self._above(content.reply_to)
        wanted = essence(content.text)
        for one in self.below(str(post)):
            if one.own and one.reply_to == content.reply_to and essence(one.text) == wanted:
                return _receipt(one)
        return None

    def below(self, post: str) -> list[Comment]:
        """Return all comments below a post, those that wait for approval too."""
        return list(self._listed({"post": post, "order": "asc"}))

    def since(self, since: datetime) -> list[Comment]:
        """Return what others said on the site since then; its times are whole seconds."""
        first = since.replace(microsecond=0)
        said = self._listed({"after": (first - ZONES).isoformat()})
        return [one for one in said if one.at >= first and not one.own]

    def hide(self, comment: str, *, hidden: bool) -> None:
        """Take a comment's approval away, or approve it."""
        body = json_body({"status": "hold" if hidden else "approved"})
        self._site.unseen(path(comment), body)

    def delete(self, comment: str) -> bool:
        """Delete a comment for good, past the trash; tell whether it was there."""
        request = Request(
            method="DELETE", path=path(comment), query={"force": "true"}, accept=_GONE
        )
        return self._site.http.send(request).status not in _GONE

    def _above(self, remote: str) -> tuple[int, int]:
        """Return the post and the comment, 0 for none, that an answer stands below."""
        if remote.isdecimal():
            return int(remote), 0
        if not is_comment(remote):
            message = f"{remote} is neither a post's number nor a comment's, such as comment-12"
            raise Rejected(message)
        answer = self._site.http.get(path(remote), {"context": "edit"}, accept=_GONE)
        if answer.status in _GONE:
            message = f"{answer.host} has no comment {remote}: was it deleted?"
            raise Rejected(message)
        post, parent = answer.record().get("post"), int(read(answer, remote_id, answer.record()))
        if not isinstance(post, int):
            raise answer.malformed("with a comment on no post")
        return post, parent

    def _listed(self, query: Mapping[str, str]) -> Iterable[Comment]:
        own = self._own()
        every = {"context": "edit", "status": "all", **query}
        for answer, item in self._site.listing(f"{API}/comments", every):
            yield replace(read(answer, _comment, item), own=item.get("author") == own)

    def _own(self) -> int:
        if not self._me:
            answer = self._site.http.get(f"{API}/users/me", {"_fields": "id"})
            self._me = int(read(answer, remote_id, answer.record()))
        return self._me


def _comment(item: Mapping[str, object]) -> Comment:
    """Return a comment, asked for with `context=edit`.

    Raises:
        ValueError: it lacks its id or its time.
    """
    content, parent = item.get("content"), item.get("parent")
    rendered = content.get("rendered") if isinstance(content, dict) else ""
    return Comment(
        remote_id=f"{_PREFIX}{remote_id(item)}",
        at=made_at(item),
        text=plain(str(rendered or "")),
        author=str(item.get("author_name") or ""),
        url=str(item.get("link") or ""),
        reply_to=f"{_PREFIX}{parent}" if parent else str(item.get("post") or ""),
        hidden=item.get("status") != "approved",
    )


def _receipt(comment: Comment) -> Receipt:
    number = comment.remote_id
    return Receipt(remote_id=number, url=comment.url, at=comment.at, parts=(number,))
