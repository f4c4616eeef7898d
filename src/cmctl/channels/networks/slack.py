"""Slack: an app's messages in a channel.

docs.slack.dev, methods `chat.postMessage`, `chat.delete`, `conversations.history` and `.replies`,
`files.getUploadURLExternal` and `.completeUploadExternal`; "Image block". No key is documented, so
evidence is looked for in the channel. Images are uploaded unseen and shown by the message itself,
so that the text, the images and their alt texts are one request with one answer.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from cmctl.channels import slack_message as messages
from cmctl.channels.adapter import HttpAdapter
from cmctl.channels.answer import Answer
from cmctl.channels.base import (
    Attachment,
    Capabilities,
    Counts,
    Length,
    MediaRules,
    Outgoing,
    Rate,
    Rejected,
    TextRules,
)
from cmctl.channels.content import Part, content_problems, measured, parts, post_in_order
from cmctl.channels.decoding import tally, whole
from cmctl.channels.evidence import proof, receipt, standing
from cmctl.channels.http import Http
from cmctl.channels.options import Form, Option
from cmctl.channels.slack_text import length
from cmctl.channels.slack_upload import uploaded
from cmctl.core.model import Content, Problem, Receipt, Status

_URL = "https://slack.com"
_PAGE = "200"
#: The server's clock and ours may differ by this much.
_SKEW = timedelta(minutes=5)


class SlackChannel(HttpAdapter):
    """One channel that an app writes to; a post's remote id is the message's `ts`."""

    kind: ClassVar[str] = "slack"
    options: ClassVar[tuple[Option, ...]] = (
        Option(name="token", what="a reference to the bot's token (xoxb-)", form=Form.SECRET),
        Option(name="channel", what="the channel's number, such as C1H9RESGL"),
        Option(
            name="url",
            what=f"where the API is; {_URL} where nothing is said",
            form=Form.ADDRESS,
            required=False,
        ),
    )
    capabilities: ClassVar[Capabilities] = Capabilities(
        text=TextRules(limit=messages.LIMIT),
        media=MediaRules(count=10, formats=("jpg", "jpeg", "png", "gif"), alt_limit=2000),
        # docs.slack.dev, "Rate limits": one message a second and channel.
        rate=Rate(most=1, per=timedelta(seconds=1)),
        recovery=frozenset({"lookup"}),
        threads=True,
        first_comment=True,
    )

    def __init__(self, *, token: str, channel: str, url: str = _URL) -> None:
        self._http = Http(f"{url.rstrip('/')}/api", {"Authorization": f"Bearer {token}"})
        self._channel = channel
        self._account: dict[str, Any] = {}

    def lengths(self, content: Content) -> Iterable[Length]:
        """Yield how long each text is, as Slack counts."""
        return measured(content, self.capabilities, count=length)

    def problems(self, content: Content) -> Iterable[Problem]:
        """Yield texts that are too long and images that cannot go."""
        return content_problems(content, "Slack", self.capabilities, self.lengths(content))

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Post every part once; the parts of a thread all answer the first one."""
        files = [item.uploaded or self.upload(item) for item in outgoing.attachments]
        images = list(zip(files, outgoing.attachments, strict=True))
        self._me()  # asked for before anything can be in doubt

        def post(part: Part, made: list[Status]) -> Status:
            value = messages.message(part.text, [] if made else images)
            value["channel"] = self._channel
            if made:
                value["thread_ts"] = made[0].remote_id
            answer = self._http.post("/chat.postMessage", messages.json(value))
            told = messages.checked(answer)
            return self._status(answer, {**told, **(told.get("message") or {})})

        wanted = parts(outgoing.content, flat=True)
        return receipt(post_in_order(wanted, post), wanted)

    def upload(self, attachment: Attachment) -> str:
        """Upload an image that nobody sees yet, and return its file's id."""
        return uploaded(self._http, attachment)

    def find(self, outgoing: Outgoing) -> Receipt | None:
        """Look for all parts among the app's own messages."""
        wanted = parts(outgoing.content, flat=True)
        listed = self._listing(outgoing.created_at - _SKEW)
        own = [self._status(answer, item) for answer, item in listed if self._is_own(item)]
        return proof(wanted, standing(wanted, len(outgoing.attachments), own))

    def timeline(self, since: datetime) -> Iterable[Status]:
        """Return the channel's messages and the app's own answers, newest first."""
        found = [self._status(answer, item) for answer, item in self._listing(since)]
        found.sort(key=lambda status: status.at, reverse=True)
        return [status for status in found if status.at >= since]

    def delete(self, remote_id: str) -> None:
        """Delete a message; one that is gone already is no error."""
        value = {"channel": self._channel, "ts": remote_id}
        answer = self._http.post("/chat.delete", messages.json(value))
        if answer.record().get("error") != "message_not_found":
            messages.checked(answer)

    def exists(self, remote_id: str) -> bool:
        """Ask for the message by its `ts`."""
        return self._message(remote_id) is not None

    def counts(self, remote_id: str) -> Counts:
        """Return a message's reactions and answers.

        Raises:
            Rejected: it is gone.
        """
        item = self._message(remote_id)
        if item is None:
            message = "the message is gone"
            raise Rejected(message)
        likes = tally(item.get("reactions"), "count")
        return Counts(likes=likes, comments=whole(item.get("reply_count")))

    def probe(self) -> str:
        """Return the app's name and its workspace, after a look into the channel."""
        me = self._me()
        messages.checked(
            self._http.get("/conversations.history", {"channel": self._channel, "limit": "1"})
        )
        return f"{me.get('user')} in {me.get('team')}"

    def _listing(self, since: datetime) -> Iterator[tuple[Answer, dict[str, Any]]]:
        """Yield messages made at or after `since`, each thread of ours with our answers in it."""
        query = {"oldest": f"{since.timestamp():.6f}", "inclusive": "true"}
        for answer, item in self._pages("conversations.history", query):
            yield answer, item
            if item.get("reply_count") and self._is_own(item):
                thread = self._pages("conversations.replies", {"ts": str(item.get("ts"))})
                yield from (
                    (page, one)
                    for page, one in thread
                    if one.get("ts") != item.get("ts") and self._is_own(one)
                )

    def _pages(
        self, method: str, query: Mapping[str, str]
    ) -> Iterator[tuple[Answer, dict[str, Any]]]:
        asked = {"channel": self._channel, "limit": _PAGE, **query}
        while True:
            answer = self._http.get(f"/{method}", asked)
            told = messages.checked(answer)
            page = told.get("messages")
            if not isinstance(page, list):
                raise answer.malformed("without `messages`")
            yield from ((answer, item) for item in page if messages.is_post(item))
            following = str((told.get("response_metadata") or {}).get("next_cursor") or "")
            if not following:
                return
            if following == asked.get("cursor"):
                raise answer.malformed("with a listing that does not advance")
            asked["cursor"] = following

    def _message(self, remote_id: str) -> dict[str, Any] | None:
        query = {"channel": self._channel, "ts": remote_id, "limit": "1", "inclusive": "true"}
        answer = self._http.get("/conversations.replies", query)
        if answer.record().get("error") == "thread_not_found":
            return None
        told: list[dict[str, Any]] = messages.checked(answer).get("messages") or []
        found = (item for item in told if item.get("ts") == remote_id and messages.is_post(item))
        return next(found, None)

    def _is_own(self, item: Mapping[str, Any]) -> bool:
        me = self._me()
        ids = (item.get("user") == me["user_id"], item.get("bot_id") == me.get("bot_id", ""))
        return any(ids)

    def _me(self) -> dict[str, Any]:
        if not self._account:
            answer = self._http.get("/auth.test")
            told = messages.checked(answer)
            answer.text("user_id")
            self._account = told
        return self._account

    def _status(self, answer: Answer, item: dict[str, Any]) -> Status:
        try:
            return messages.status(item, self._channel, str(self._me().get("url") or ""))
        except ValueError:
            raise answer.malformed("with a message without its `ts`") from None
