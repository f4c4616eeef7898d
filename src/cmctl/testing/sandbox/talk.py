"""What followers say on the sandbox: comments and mentions, listed, hidden and deleted."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cmctl.testing.sandbox.done import Done
from cmctl.testing.sandbox.oracle import Account, Line, Said
from cmctl.testing.sandbox.rules import NAME, RefusedError, read_instant, read_object, read_text
from cmctl.testing.sandbox.wire import Ask, Reply

#: Makes a line of the oracle: the operation, the account, an id or none, and fields.
MakeLine = Callable[..., Line]


def commented(account: Account, value: Mapping[str, Any], line: MakeLine) -> Done:
    """Take in what a follower says."""
    on, author = str(value.get("on") or ""), str(value.get("author") or "")
    if on and on not in account.statuses and on not in account.comments:
        raise RefusedError(422, "what is commented is not there")
    if not NAME.fullmatch(author):
        raise RefusedError(422, "an author's name is letters, digits, dots and dashes")
    text = read_text(value, has_media=False)
    made = line("comment", account, author=author, text=text, on=on)
    return Done(_json({"id": made["id"]}), made)


def answered(account: Account, names: Sequence[str], ask: Ask, line: MakeLine) -> Done:
    """Answer what a program asks of the comments, or of the one that is named."""
    match (ask.method, *names):
        case ("GET",):
            return Done(_json(_listed(account, ask)))
        case ("PUT" | "DELETE", name):
            return _moderated(account, name, ask, line)
    raise RefusedError(405, "this cannot be done with a comment")


def _listed(account: Account, ask: Ask) -> dict[str, object]:
    on = ask.query.get("on", "")
    if on:
        if on not in account.statuses:
            raise RefusedError(404, "there is no such status")
        return {"items": _below(account, on)}
    since = read_instant(ask.query["since"]) if ask.query.get("since") else None
    said = (one for one in account.comments.values() if since is None or one.at >= since)
    return {"items": [_shown(one) for one in said]}


def _moderated(account: Account, name: str, ask: Ask, line: MakeLine) -> Done:
    if name not in account.comments:
        raise RefusedError(404, "there is no such comment")
    if ask.method == "DELETE":
        return Done(_json({}), line("uncomment", account, name))
    hidden = read_object(ask).get("hidden")
    if not isinstance(hidden, bool):
        raise RefusedError(422, "`hidden` is true or false")
    return Done(_json({}), line("hide", account, name, hidden=hidden))


def count(account: Account, on: str) -> int:
    """Return how many comments and replies stand below a status."""
    return len(_below(account, on))


def _below(account: Account, on: str) -> list[dict[str, object]]:
    """Return comments and own replies below a status, however deep, oldest first."""
    replies = {
        one.id: Said(id=one.id, author=account.name, text=one.text, at=one.at, on=one.reply_to)
        for one in account.statuses.values()
        if one.reply_to
    }
    found, known = [], {on}
    for number in sorted(account.comments | replies, key=int):
        one = replies.get(number) or account.comments[number]
        if one.on in known:
            known.add(number)
            found.append(_shown(one) | {"own": number in replies})
    return found


def _shown(one: Said) -> dict[str, object]:
    return {
        "id": one.id,
        "created_at": one.at.isoformat(),
        "author": one.author,
        "text": one.text,
        "reply_to": one.on,
        "hidden": one.hidden,
        "own": False,
    }


def _json(value: object) -> Reply:
    return Reply(body=json.dumps(value, ensure_ascii=False).encode("utf-8"))
