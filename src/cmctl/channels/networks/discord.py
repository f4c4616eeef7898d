"""Discord: a bot's messages in a channel.

Its key is `nonce` with `enforce_nonce`: where the same author made a message with the same nonce in
the past few minutes, that one is returned and no new one is made (docs.discord.com, "Create
Message"). Requests as in discord/discord-api-spec, API v10.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import ClassVar
from urllib.parse import quote

from cmctl.channels.adapter import HttpAdapter
from cmctl.channels.base import Capabilities, Counts, Length, Outgoing, TextRules
from cmctl.channels.content import Part, content_problems, measured, parts, post_in_order
from cmctl.channels.conversation import said_below, said_to_us
from cmctl.channels.decoding import tally
from cmctl.channels.evidence import proof, receipt, standing
from cmctl.channels.grant import Grant
from cmctl.channels.http import Http, Request
from cmctl.channels.inbox import MONTH, Comment
from cmctl.channels.markdown import DISCORD
from cmctl.channels.options import Form, Option
from cmctl.channels.refusals import explaining
from cmctl.channels.vendors.discord import message as messages
from cmctl.channels.vendors.discord.channel import ChannelMessages
from cmctl.core.model import Content, Problem, Receipt, Status

_URL = "https://discord.com"
#: The server's clock and ours may differ by this much.
_SKEW = timedelta(minutes=5)
_GONE = (404,)
_EXPLAIN = explaining("code", messages.REFUSALS)


class DiscordChannel(HttpAdapter):
    """One channel that a bot writes to; a post's remote id is the message's id."""

    kind: ClassVar[str] = "discord"
    options: ClassVar[tuple[Option, ...]] = (
        Option(
            name="token",
            what="a reference to the bot's token (Developer Portal, Bot)",
            form=Form.SECRET,
        ),
        Option(
            name="channel", what="the channel's number in quotes, such as '1088210987654321098'"
        ),
        Option(
            name="server",
            what="the server's number in quotes, so that posts have an address",
            required=False,
        ),
        Option(
            name="url",
            what=f"where the API is; {_URL} where nothing is said",
            form=Form.ADDRESS,
            required=False,
        ),
    )
    capabilities: ClassVar[Capabilities] = Capabilities(
        text=TextRules(limit=messages.LIMIT),
        media=messages.MEDIA,
        recovery=frozenset({"key", "lookup"}),
        # "The past few minutes" is all that is promised.
        key_life=timedelta(minutes=2),
        threads=True,
        first_comment=True,
        replies=True,
    )

    def __init__(self, *, token: str, channel: str, server: str = "", url: str = _URL) -> None:
        self._http = Http(
            f"{url.rstrip('/')}/api/v10", {"Authorization": f"Bot {token}"}, explain=_EXPLAIN
        )
        self._messages = ChannelMessages(self._http, channel, server)

    def lengths(self, content: Content) -> Iterable[Length]:
        """Yield how long each text is, as Discord counts."""
        return measured(content, self.capabilities, count=DISCORD.length)

    def problems(self, content: Content) -> Iterable[Problem]:
        """Yield texts that are too long with their escapes, and images that cannot go."""
        return content_problems(content, "Discord", self.capabilities, self.lengths(content))

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Post every part under a nonce of its own; what stands under one is not doubled."""

        def post(part: Part, made: list[Status]) -> Status:
            fields: dict[str, object] = {
                "nonce": f"{outgoing.key[:22]}-{len(made)}",
                "enforce_nonce": True,
            }
            above = outgoing.content.reply_to
            if part.parent is not None:
                above = made[part.parent].remote_id
            if above:
                fields["message_reference"] = {"message_id": above}
            images = outgoing.attachments if not made else ()
            answer = self._http.post(self._messages.path, messages.body(part.text, images, fields))
            return self._messages.status(answer, answer.record())

        wanted = parts(outgoing.content)
        return receipt(post_in_order(wanted, post), wanted)

    def find(self, outgoing: Outgoing) -> Receipt | None:
        """Look for all parts among the bot's own messages."""
        wanted = parts(outgoing.content)
        own = list(self._messages.own(outgoing.created_at - _SKEW))
        count, answers = len(outgoing.attachments), outgoing.content.reply_to
        return proof(wanted, standing(wanted, count, own, reply_to=answers))

    def timeline(self, since: datetime) -> Iterable[Status]:
        """Return the channel's messages, answers included, newest first."""
        return list(self._messages.timeline(since))

    def delete(self, remote_id: str) -> None:
        """Delete a message; one that is gone already is no error."""
        self.delete_comment(remote_id)

    def exists(self, remote_id: str) -> bool:
        """Ask for the message by its id."""
        answer = self._http.get(self._message(remote_id), accept=_GONE)
        return answer.status not in _GONE and bool(answer.text("id"))

    def counts(self, remote_id: str) -> Counts:
        """Return how many reactions a message has."""
        told = self._http.get(self._message(remote_id)).record()
        return Counts(likes=tally(told.get("reactions"), "count"))

    def inbox(self, since: datetime) -> Iterable[Comment]:
        """Return what others answer to the bot's messages, and messages that call it."""
        return said_to_us(self._messages.said(since - MONTH), since)

    def comments(self, remote_id: str) -> Iterable[Comment]:
        """Return the answers to a message, and the answers to them."""
        answer = self._http.get(self._message(remote_id))
        at = self._messages.status(answer, answer.record()).at
        return said_below(self._messages.said(at), remote_id)

    def delete_comment(self, comment: str) -> bool:
        """Delete somebody's message, for which the bot needs Manage Messages."""
        request = Request(method="DELETE", path=self._message(comment), accept=_GONE)
        return self._http.send(request).status not in _GONE

    def grant(self) -> Grant | None:
        """Return whether the bot lacks the intent without which it does not read others."""
        flags = self._http.get("/applications/@me").record().get("flags")
        sees = isinstance(flags, int) and flags & messages.SEES_CONTENT
        return Grant(missing=() if sees else ("the Message Content Intent",))

    def probe(self) -> str:
        """Return the bot's name, after a look into the channel."""
        name = self._http.get("/users/@me").text("username")
        self._http.get(self._messages.path, {"limit": "1"})
        return name

    def _message(self, remote_id: str) -> str:
        return f"{self._messages.path}/{quote(remote_id, safe='')}"
