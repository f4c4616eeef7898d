"""Slack's text: what is written is what is read.

docs.slack.dev, "Formatting message text": three characters are escaped, and marks are switched off
by `mrkdwn: false`; what comes back has its links and mentions in angle brackets.
"""

import html
import re

_MARK = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_LINK = re.compile(r"(https?://\S+)")
_NAMED = {"@": "@", "#": "#", "!": "@"}


def escaped(text: str) -> str:
    """Return a text that Slack shows as it is written."""
    return html.escape(text, quote=False)


def length(text: str) -> int:
    """Count a text as it goes out, its escapes included."""
    return len(escaped(text))


def plain(text: str) -> str:
    """Return what a reader sees: links as they lead, mentions by the name that is told."""
    return html.unescape(_MARK.sub(_seen, text)) if "<" in text or "&" in text else text


def rich_text(text: str) -> dict[str, object]:
    """Return a block that shows a text as it is written, its links made links."""
    elements = [
        {"type": "link", "url": piece} if index % 2 else {"type": "text", "text": piece}
        for index, piece in enumerate(_LINK.split(text))
        if piece
    ]
    section = {"type": "rich_text_section", "elements": elements}
    return {"type": "rich_text", "elements": [section]}


def _seen(match: re.Match[str]) -> str:
    target, label = match[1], match[2]
    sign = _NAMED.get(target[:1])
    if sign is None:
        return label or target.removeprefix("mailto:")
    return f"{sign}{label or target[1:]}" if not target.startswith("!date") else label or ""
