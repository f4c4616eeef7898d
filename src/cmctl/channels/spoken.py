"""What a server says, fit for a message: plain, short, and without our secrets."""

import json
import re
from collections.abc import Collection
from urllib.parse import quote

from cmctl.channels.decoding import read_json
from cmctl.core.plain import plain_line

_MARKUP = re.compile(r"<[^>]*>")
#: Where APIs put the sentence for people, best first.
_FIELDS = ("error_user_msg", "message", "error_description", "description", "detail", "error")
_LONGEST = 200
#: Of an answer that is kept as it came.
_KEPT = 2000


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


def verbatim(body: bytes, *, secrets: Collection[str] = ()) -> str:
    """Return an answer as it came, on one line and without our secrets.

    JSON is written anew, so that no escape of its own hides a secret from us.
    """
    try:
        raw = json.dumps(read_json(body), ensure_ascii=False)
    except (ValueError, RecursionError):
        raw = body[:10_000].decode("utf-8", "replace")
    text = plain_line(_hidden(raw, secrets))
    return text if len(text) <= _KEPT else text[: _KEPT - 1] + "…"


def redacted(text: str, *, secrets: Collection[str]) -> str:
    """Return other people's text on one line, with markup and secrets taken out."""
    text = plain_line(" ".join(_MARKUP.sub(" ", _hidden(text, secrets)).split()))
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _hidden(text: str, secrets: Collection[str]) -> str:
    for secret in secrets:
        for form in {secret, quote(secret, safe=""), json.dumps(secret)[1:-1]} - {""}:
            text = text.replace(form, "***")
    return text
