"""Slack: an incoming webhook's messages in a channel.

docs.slack.dev, "Sending messages using incoming webhooks". The answer is `ok` and names no message,
so the remote id is the delivery's own key, and nothing can be listed, looked up or deleted: an
uncertain attempt is held.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import ClassVar

from cmctl.channels.adapter import WebhookAdapter
from cmctl.channels.base import Capabilities, Length, MediaRules, Outgoing, Rate, TextRules
from cmctl.channels.content import content_problems, measured, parts
from cmctl.channels.refusals import explaining_text
from cmctl.channels.vendors.slack.message import LIMIT, json, message
from cmctl.channels.vendors.slack.text import length
from cmctl.core.model import Content, Problem, Receipt

_REFUSALS = {
    "no_service": "the webhook was removed: make a new one in the app's settings",
    "no_active_hooks": "the webhook is switched off: make a new one in the app's settings",
    "invalid_token": "the webhook's address is not right any more: copy it again",
    "no_team": "the webhook's address is not whole: copy it again",
    "channel_not_found": "the webhook's channel is gone: make a new webhook",
    "channel_is_archived": "the webhook's channel is archived: unarchive it",
    "action_prohibited": "the workspace's admin does not let the webhook post there",
    "posting_to_general_channel_denied": "the workspace lets only some people post there",
    "invalid_payload": "Slack does not take the message as it is",
    "no_text": "Slack takes no empty message: write a text",
}


class SlackWebhookChannel(WebhookAdapter):
    """One channel that a webhook writes to."""

    kind: ClassVar[str] = "slack_webhook"
    capabilities: ClassVar[Capabilities] = Capabilities(
        text=TextRules(limit=LIMIT),
        media=MediaRules(count=0),
        rate=Rate(most=1, per=timedelta(seconds=1)),
    )
    explain = staticmethod(explaining_text(_REFUSALS))

    def lengths(self, content: Content) -> Iterable[Length]:
        """Yield how long each text is, as Slack counts."""
        return measured(content, self.capabilities, count=length)

    def problems(self, content: Content) -> Iterable[Problem]:
        """Yield texts that are too long; images and threads cannot go."""
        return content_problems(
            content, "a Slack webhook", self.capabilities, self.lengths(content)
        )

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Post once."""
        (part,) = parts(outgoing.content)
        answer = self._posted(json(message(part.text, [])))
        if answer.body != b"ok":
            raise answer.malformed("without `ok`")
        return Receipt(remote_id=outgoing.key, parts=(outgoing.key,))
