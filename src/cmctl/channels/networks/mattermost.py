"""Mattermost: a bot's posts in a channel.

api.mattermost.com, "posts" and "files". The key is `pending_post_id`: a post of the same one within
30 seconds is the post that it made (mattermost/mattermost, server/channels/app/post.go,
`deduplicateCreatePost`); one server remembers it, not a cluster of them, so that the channel is
searched before anything is sent again.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import quote

from cmctl.channels.adapter import HttpAdapter
from cmctl.channels.base import (
    Attachment,
    Capabilities,
    Counts,
    Length,
    MediaRules,
    Outgoing,
    TextRules,
)
from cmctl.channels.body import file_body, json_body
from cmctl.channels.content import Part, content_problems, measured, parts, post_in_order
from cmctl.channels.conversation import said_below, said_to_us
from cmctl.channels.evidence import proof, receipt, standing
from cmctl.channels.http import Http, Request
from cmctl.channels.inbox import MONTH, Comment
from cmctl.channels.markdown import MATTERMOST
from cmctl.channels.options import Form, Option
from cmctl.channels.refusals import explaining
from cmctl.channels.vendors.mattermost import post as posts
from cmctl.channels.vendors.mattermost.channel import ChannelPosts
from cmctl.core.model import Content, Problem, Receipt, Status

#: The server's clock and ours may differ by this much.
_SKEW = timedelta(minutes=5)
_GONE = (404,)


class MattermostChannel(HttpAdapter):
    """One channel that a bot writes to; a post's remote id is Mattermost's."""

    kind: ClassVar[str] = "mattermost"
    options: ClassVar[tuple[Option, ...]] = (
        Option(
            name="url",
            what="the server's address, such as https://chat.example",
            form=Form.ADDRESS,
        ),
        Option(name="token", what="a reference to the bot's access token", form=Form.SECRET),
        Option(name="channel", what="the channel's ID (channel menu, View Info)"),
    )
    capabilities: ClassVar[Capabilities] = Capabilities(
        text=TextRules(limit=posts.LIMIT),
        media=MediaRules(count=5, alt=False),
        recovery=frozenset({"key", "lookup"}),
        # Of the 30 seconds; the rest is for the request itself.
        key_life=timedelta(seconds=20),
        threads=True,
        first_comment=True,
        replies=True,
    )

    def __init__(self, *, url: str, token: str, channel: str) -> None:
        self._http = Http(
            f"{url.rstrip('/')}/api/v4",
            {"Authorization": f"Bearer {token}"},
            explain=explaining("id", posts.REFUSALS),
        )
        self._channel = channel
        self._posts = ChannelPosts(self._http, channel, url=url.rstrip("/"))

    def lengths(self, content: Content) -> Iterable[Length]:
        """Yield how long each text is, as Mattermost counts."""
        return measured(content, self.capabilities, count=MATTERMOST.length)

    def problems(self, content: Content) -> Iterable[Problem]:
        """Yield texts that are too long with their escapes, and images that cannot go."""
        return content_problems(content, "Mattermost", self.capabilities, self.lengths(content))

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Post every part under a pending id of its own; a thread is flat under its first part."""
        files = [item.uploaded or self.upload(item) for item in outgoing.attachments]
        above = self._root(outgoing.content.reply_to)

        def post(part: Part, made: list[Status]) -> Status:
            value: dict[str, object] = {
                "channel_id": self._channel,
                "message": MATTERMOST.escaped(part.text),
                "pending_post_id": f"{outgoing.key}-{len(made)}",
            }
            if root := made[0].remote_id if made else above:
                value["root_id"] = root
            if files and not made:
                value["file_ids"] = files
            answer = self._http.post("/posts", json_body(value))
            return self._posts.status(answer, answer.record())

        wanted = parts(outgoing.content, flat=True)
        return receipt(post_in_order(wanted, post), wanted)

    def upload(self, attachment: Attachment) -> str:
        """Upload an image, which nobody sees before a post names it."""
        body = file_body({"channel_id": self._channel}, {"files": attachment})
        answer = self._http.send(Request(method="POST", path="/files", body=body, repeatable=True))
        told: Any = answer.record().get("file_infos")
        if not isinstance(told, list) or not told or not isinstance(told[0].get("id"), str):
            raise answer.malformed("without `file_infos`")
        return str(told[0]["id"])

    def find(self, outgoing: Outgoing) -> Receipt | None:
        """Look for all parts among the bot's own posts."""
        wanted = parts(outgoing.content, flat=True)
        own = [one.status for one in self._posts.said(outgoing.created_at - _SKEW) if one.own]
        count, above = len(outgoing.attachments), self._root(outgoing.content.reply_to)
        return proof(wanted, standing(wanted, count, own, reply_to=above))

    def _root(self, answered: str) -> str:
        """Return the post that begins the thread of another one: threads are flat."""
        if not answered:
            return ""
        told = self._http.get(f"/posts/{quote(answered, safe='')}").record()
        return str(told.get("root_id") or answered)

    def timeline(self, since: datetime) -> Iterable[Status]:
        """Return the channel's posts, answers included, newest first."""
        return list(self._posts.timeline(since))

    def delete(self, remote_id: str) -> None:
        """Delete a post; one that is gone already is no error."""
        self.delete_comment(remote_id)

    def exists(self, remote_id: str) -> bool:
        """Ask for the post by its id."""
        answer = self._http.get(_post(remote_id), accept=_GONE)
        return answer.status not in _GONE and posts.is_post(answer.record())

    def counts(self, remote_id: str) -> Counts:
        """Return a post's reactions and answers."""
        item: dict[str, Any] = self._http.get(_post(remote_id)).record()
        reactions = (item.get("metadata") or {}).get("reactions") or []
        return Counts(likes=len(reactions), comments=int(item.get("reply_count") or 0))

    def inbox(self, since: datetime) -> Iterable[Comment]:
        """Return what was said in the threads of the bot's posts, or calls it by name."""
        return said_to_us(self._posts.said(since - MONTH), since)

    def comments(self, remote_id: str) -> Iterable[Comment]:
        """Return what stands in the thread below a post."""
        return said_below(self._posts.thread(remote_id), remote_id)

    def delete_comment(self, comment: str) -> bool:
        """Delete somebody's post, for which the bot needs the right to."""
        request = Request(method="DELETE", path=_post(comment), accept=_GONE)
        return self._http.send(request).status not in _GONE

    def probe(self) -> str:
        """Return the bot's name, after a look into the channel."""
        self._posts.look()
        return str(self._posts.me().get("username"))


def _post(remote_id: str) -> str:
    return f"/posts/{quote(remote_id, safe='')}"
