"""Slack: an app's messages in a channel.

docs.slack.dev, methods `chat.postMessage`, `chat.delete`, `conversations.history` and `.replies`,
`files.getUploadURLExternal` and `.completeUploadExternal`; "Image block". No key is documented, so
evidence is looked for in the channel. Images are uploaded unseen and shown by the message itself,
so that the text, the images and their alt texts are one request with one answer.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import ClassVar

from cmctl.channels.adapter import HttpAdapter
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
from cmctl.channels.conversation import said_below, said_to_us
from cmctl.channels.decoding import tally, whole
from cmctl.channels.evidence import proof, receipt, standing
from cmctl.channels.grant import Grant
from cmctl.channels.http import Http
from cmctl.channels.inbox import MONTH, Comment
from cmctl.channels.options import Form, Option
from cmctl.channels.vendors.slack import message as messages
from cmctl.channels.vendors.slack.conversation import Conversation
from cmctl.channels.vendors.slack.text import length
from cmctl.channels.vendors.slack.upload import uploaded
from cmctl.core.model import Content, Problem, Receipt, Status

_URL = "https://slack.com"
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
        replies=True,
    )

    def __init__(self, *, token: str, channel: str, url: str = _URL) -> None:
        self._http = Http(f"{url.rstrip('/')}/api", {"Authorization": f"Bearer {token}"})
        self._channel = channel
        self._conversation = Conversation(self._http, channel)

    def lengths(self, content: Content) -> Iterable[Length]:
        """Yield how long each text is, as Slack counts."""
        return measured(content, self.capabilities, count=length)

    def problems(self, content: Content) -> Iterable[Problem]:
        """Yield texts that are too long and images that cannot go."""
        return content_problems(content, "Slack", self.capabilities, self.lengths(content))

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Post every part once; the parts of a thread all answer the first one."""
        above = self._above(outgoing.content.reply_to)
        files = [item.uploaded or self.upload(item) for item in outgoing.attachments]
        images = list(zip(files, outgoing.attachments, strict=True))
        self._conversation.me()  # asked for before anything can be in doubt

        def post(part: Part, made: list[Status]) -> Status:
            value = messages.message(part.text, [] if made else images)
            value["channel"] = self._channel
            if root := above or (made[0].remote_id if made else ""):
                value["thread_ts"] = root
            answer = self._http.post("/chat.postMessage", messages.json(value))
            told = messages.checked(answer)
            return self._conversation.status(answer, {**told, **(told.get("message") or {})})

        wanted = parts(outgoing.content, flat=True)
        return receipt(post_in_order(wanted, post), wanted)

    def upload(self, attachment: Attachment) -> str:
        """Upload an image that nobody sees yet, and return its file's id."""
        return uploaded(self._http, attachment)

    def find(self, outgoing: Outgoing) -> Receipt | None:
        """Look for all parts among the app's own messages, of a reply in the thread it is for."""
        wanted, since = parts(outgoing.content, flat=True), outgoing.created_at - _SKEW
        above = self._above(outgoing.content.reply_to)
        listed = (
            self._conversation.thread(above, since) if above else self._conversation.posts(since)
        )
        own = [one.status for one in listed if one.own]
        return proof(wanted, standing(wanted, len(outgoing.attachments), own, reply_to=above))

    def timeline(self, since: datetime) -> Iterable[Status]:
        """Return the channel's messages and the app's own answers, newest first."""
        found = [one.status for one in self._conversation.posts(since)]
        found.sort(key=lambda status: status.at, reverse=True)
        return [status for status in found if status.at >= since]

    def inbox(self, since: datetime) -> Iterable[Comment]:
        """Return what was said in the threads of the app's messages, or calls it by name."""
        return said_to_us(self._conversation.everything(since - MONTH, since), since)

    def comments(self, remote_id: str) -> Iterable[Comment]:
        """Return what stands in the thread below a message.

        Raises:
            Rejected: it is gone.
        """
        return said_below(self._conversation.thread(self._above(remote_id)), remote_id)

    def delete(self, remote_id: str) -> None:
        """Delete a message; one that is gone already is no error."""
        value = {"channel": self._channel, "ts": remote_id}
        answer = self._http.post("/chat.delete", messages.json(value))
        if answer.record().get("error") != "message_not_found":
            messages.checked(answer)

    def exists(self, remote_id: str) -> bool:
        """Ask for the message by its `ts`."""
        return self._conversation.message(remote_id) is not None

    def counts(self, remote_id: str) -> Counts:
        """Return a message's reactions and answers.

        Raises:
            Rejected: it is gone.
        """
        item = self._conversation.message(remote_id)
        if item is None:
            raise _gone(remote_id)
        likes = tally(item.get("reactions"), "count")
        return Counts(likes=likes, comments=whole(item.get("reply_count")))

    def grant(self) -> Grant | None:
        """Return which scopes the token lacks."""
        return self._conversation.grant()

    def probe(self) -> str:
        """Return the app's name and its workspace, after a look into the channel."""
        me = self._conversation.me()
        self._conversation.look()
        return f"{me.get('user')} in {me.get('team')}"

    def _above(self, answered: str) -> str:
        """Return the message that begins the thread of the one that is answered.

        Raises:
            Rejected: it is gone.
        """
        root = self._conversation.root(answered) if answered else ""
        if answered and not root:
            raise _gone(answered)
        return root


def _gone(remote_id: str) -> Rejected:
    return Rejected(f"the channel has no message {remote_id}: was it deleted?")
