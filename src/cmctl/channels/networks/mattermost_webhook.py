"""Mattermost: an incoming webhook's posts in a channel.

developers.mattermost.com, "Incoming webhooks". The answer is `ok` and names no post, so the remote
id is the delivery's own key, and nothing can be listed, looked up or deleted: an uncertain attempt
is held. Slack-compatible webhooks of other servers answer alike.
"""

from collections.abc import Iterable
from typing import ClassVar

from cmctl.channels.adapter import WebhookAdapter
from cmctl.channels.answer import Answer
from cmctl.channels.base import Capabilities, Length, MediaRules, Outgoing, TextRules
from cmctl.channels.body import json_body
from cmctl.channels.content import content_problems, measured, parts
from cmctl.channels.markdown import MATTERMOST
from cmctl.channels.refusals import explaining
from cmctl.channels.vendors.mattermost.post import LIMIT, REFUSALS, WEBHOOK_GONE
from cmctl.core.model import Content, Problem, Receipt

explained = explaining("id", REFUSALS)


class MattermostWebhookChannel(WebhookAdapter):
    """One channel that a webhook writes to."""

    kind: ClassVar[str] = "mattermost_webhook"
    capabilities: ClassVar[Capabilities] = Capabilities(
        text=TextRules(limit=LIMIT), media=MediaRules(count=0)
    )
    explain = staticmethod(explained)

    def lengths(self, content: Content) -> Iterable[Length]:
        """Yield how long each text is, as Mattermost counts."""
        return measured(content, self.capabilities, count=MATTERMOST.length)

    def problems(self, content: Content) -> Iterable[Problem]:
        """Yield texts that are too long with their escapes; images and threads cannot go."""
        return content_problems(
            content, "a Mattermost webhook", self.capabilities, self.lengths(content)
        )

    @staticmethod
    def is_over(answer: Answer) -> bool:
        """Tell whether the webhook was deleted, which Mattermost answers with a 400."""
        return WebhookAdapter.is_over(answer) or explained(answer) == WEBHOOK_GONE

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Post once."""
        (part,) = parts(outgoing.content)
        answer = self._posted(json_body({"text": MATTERMOST.escaped(part.text)}))
        if answer.body != b"ok":
            raise answer.malformed("without `ok`")
        return Receipt(remote_id=outgoing.key, parts=(outgoing.key,))
