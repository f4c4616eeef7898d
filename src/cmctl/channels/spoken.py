"""What a server says, fit for a message: plain, short, and without our secrets."""

import re
from collections.abc import Collection
from urllib.parse import quote

from cmctl.channels.decoding import read_json
from cmctl.core.plain import plain_line

_MARKUP = re.compile(r"<[^>]*>")
#: Where APIs put the sentence for people, best first.
_FIELDS = ("error_user_msg", "message", "error_description", "description", "detail", "error")
_LONGEST = 200


def spoken(body: bytes, *, secrets: Collection[str] = ()) -> str:
    """Return what the body of an error says; empty where it says nothing."""
    try:
        value = read_json(body)
    except (ValueError, RecursionError):
        return redacted(body[:10_000].decode("utf-8", "replace"), secrets=secrets)
    if isinstance(value, dict) and isinstance(value.get("error"), dict):
        value = value["error"]  # Meta's and Google's way
    words = [value.get(name) for name in _FIELDS] if isinstance(value, dict) else []
    return redacted(
        next((word for word in words if isinstance(word, str) and word), ""), secrets=secrets
    )


def redacted(text: str, *, secrets: Collection[str]) -> str:
    """Return other people's text on one line, with markup and secrets taken out."""
    for secret in secrets:
        for form in {secret, quote(secret, safe="")} - {""}:
            text = text.replace(form, "***")
    text = plain_line(" ".join(_MARKUP.sub(" ", text).split()))
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
