"""One Discord channel as one bot reads it.

docs.discord.com, "Get Channel Messages", "Message Content Intent".
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from cmctl.channels.answer import Answer
from cmctl.channels.base import Rejected
from cmctl.channels.conversation import Said
from cmctl.channels.http import Http
from cmctl.channels.paging import backwards
from cmctl.channels.vendors.discord import message as messages
from cmctl.core.model import Status

_PAGE: Final = 100


class ChannelMessages:
    """A channel by its number; nothing is asked before it is needed."""

    def __init__(self, http: Http, channel: str, server: str) -> None:
        self._http = http
        #: Where messages are listed and made.
        self.path = f"/channels/{quote(channel, safe='')}/messages"
        self._server = server
        self._bot = ""

    def me(self) -> str:
        """Return the bot's id."""
        if not self._bot:
            self._bot = self._http.get("/users/@me").text("id")
        return self._bot

    def own(self, since: datetime) -> Iterator[Status]:
        """Yield the bot's messages made since then, and some before, newest first."""
        bot = self.me()
        for answer, item in self._listed(since):
            if messages.author(item) == bot:
                yield self.status(answer, item)

    def timeline(self, since: datetime) -> Iterator[Status]:
        """Yield what the channel's messages made since then tell their readers, newest first.

        Raises:
            Rejected: the bot may not read what others write.
        """
        told = (self.status(answer, item) for answer, item in self._readable(since))
        return (status for status in told if status.at >= since)

    def said(self, since: datetime) -> Iterator[Said]:
        """Yield the channel's messages made since then, and some before, newest first.

        Raises:
            Rejected: the bot may not read what others write.
        """
        bot = self.me()
        for answer, item in self._readable(since):
            own, called = messages.author(item) == bot, messages.calls(item, bot)
            yield Said(self.status(answer, item), own, called)

    def status(self, answer: Answer, item: dict[str, Any]) -> Status:
        """Return what a message of an answer tells its readers."""
        try:
            return messages.status(item, self._server)
        except ValueError as problem:
            raise answer.malformed(f"with {problem}") from None

    def _readable(self, since: datetime) -> Iterator[tuple[Answer, dict[str, Any]]]:
        for answer, item in self._listed(since):
            if messages.is_withheld(item):
                message = (
                    "Discord withholds other people's messages from the bot: switch its Message "
                    "Content Intent on (Developer Portal, Bot)"
                )
                raise Rejected(message)
            yield answer, item

    def _listed(self, since: datetime) -> Iterator[tuple[Answer, dict[str, Any]]]:
        """Yield messages, newest first, until they are older than `since`."""
        size = ("limit", _PAGE)
        listed = backwards(self._http, self.path, size, Answer.items, self.status, since)
        return ((answer, item) for answer, item in listed if messages.is_post(item))
