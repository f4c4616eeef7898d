"""Discord: a webhook's messages in a channel.

docs.discord.com, "Execute Webhook". There is no key and no listing, so an uncertain attempt is
held; what it made itself can be asked for and deleted by its id.
"""

from collections.abc import Iterable
from typing import ClassVar
from urllib.parse import quote

from cmctl.channels.adapter import WebhookAdapter
from cmctl.channels.base import Capabilities, Length, Outgoing, TextRules
from cmctl.channels.content import content_problems, measured, parts
from cmctl.channels.evidence import receipt
from cmctl.channels.http import Request
from cmctl.channels.markdown import DISCORD
from cmctl.channels.refusals import explaining
from cmctl.channels.vendors.discord import message as messages
from cmctl.core.model import Content, Problem, Receipt

_GONE = (404,)


class DiscordWebhookChannel(WebhookAdapter):
    """One channel that a webhook writes to; it reads and deletes its own messages only."""

    kind: ClassVar[str] = "discord_webhook"
    capabilities: ClassVar[Capabilities] = Capabilities(
        text=TextRules(limit=messages.LIMIT), media=messages.MEDIA
    )
    explain = staticmethod(explaining("code", messages.REFUSALS))

    def __init__(self, *, webhook: str) -> None:
        # As Discord shows it, it names no version of the API, which means one that has ended.
        super().__init__(webhook=webhook.replace("/api/webhooks/", "/api/v10/webhooks/", 1))

    def lengths(self, content: Content) -> Iterable[Length]:
        """Yield how long each text is, as Discord counts."""
        return measured(content, self.capabilities, count=DISCORD.length)

    def problems(self, content: Content) -> Iterable[Problem]:
        """Yield texts that are too long with their escapes, and images that cannot go."""
        return content_problems(
            content, "a Discord webhook", self.capabilities, self.lengths(content)
        )

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Post once and wait for the message that it made."""
        (part,) = parts(outgoing.content)
        body = messages.body(part.text, outgoing.attachments, {})
        answer = self._posted(body, {"wait": "true"})
        try:
            return receipt([messages.status(answer.record())])
        except ValueError as problem:
            raise answer.malformed(f"with {problem}") from None

    def delete(self, remote_id: str) -> None:
        """Delete a message of this webhook; one that is gone already is no error."""
        path = f"/messages/{quote(remote_id, safe='')}"
        self._ready().send(Request(method="DELETE", path=path, accept=_GONE))

    def exists(self, remote_id: str) -> bool:
        """Ask for the message by its id."""
        answer = self._ready().get(f"/messages/{quote(remote_id, safe='')}", accept=_GONE)
        return answer.status not in _GONE and bool(answer.text("id"))

    def probe(self) -> str:
        """Return the webhook's name."""
        return self._ready().get("").text("name")
