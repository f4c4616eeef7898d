"""One Slack channel as one app reads it.

docs.slack.dev, methods `auth.test`, `conversations.history` and `.replies`.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from cmctl.channels.answer import Answer
from cmctl.channels.conversation import Said
from cmctl.channels.grant import Grant, lacking
from cmctl.channels.http import Http
from cmctl.channels.vendors.slack import message as messages
from cmctl.core.model import Status

_PAGE: Final = "200"
_HISTORY: Final = "conversations.history"
_REPLIES: Final = "conversations.replies"

#: The fewest that all of the adapter needs, beside the one to read its kind of channel.
_SCOPES: Final = ("chat:write", "files:write", "reactions:read")
_ANY_HISTORY: Final = frozenset({"channels:history", "groups:history"})

Message = Mapping[str, Any]


class Conversation:
    """A channel by its number; nothing is asked before it is needed."""

    def __init__(self, http: Http, channel: str) -> None:
        self._http = http
        self._channel = channel
        self._account: dict[str, Any] = {}

    def me(self) -> Mapping[str, Any]:
        """Return what Slack tells of the app and its workspace."""
        if not self._account:
            answer = self._http.get("/auth.test")
            told = messages.checked(answer)
            answer.text("user_id")
            self._account = told
        return self._account

    def grant(self) -> Grant | None:
        """Return which scopes the token lacks; Slack names those it has beside every answer."""
        answer = self._http.get("/auth.test")
        messages.checked(answer)
        said = answer.headers.get("x-oauth-scopes")
        if said is None:
            return None
        has = {scope.strip() for scope in said.split(",")}
        needed = _SCOPES if has & _ANY_HISTORY else (*_SCOPES, "channels:history")
        return Grant(missing=lacking(needed, has))

    def look(self) -> None:
        """Read one message, which raises where the app may not."""
        query = {"channel": self._channel, "limit": "1"}
        messages.checked(self._http.get(f"/{_HISTORY}", query))

    def message(self, ts: str) -> Message | None:
        """Return a message by its `ts`; None where it is gone."""
        query = {"channel": self._channel, "ts": ts, "limit": "1", "inclusive": "true"}
        answer = self._http.get(f"/{_REPLIES}", query)
        if answer.record().get("error") == "thread_not_found":
            return None
        told: list[Message] = messages.checked(answer).get("messages") or []
        found = (item for item in told if item.get("ts") == ts and messages.is_post(item))
        return next(found, None)

    def root(self, ts: str) -> str:
        """Return the message that begins the thread of another one; empty where that is gone."""
        item = self.message(ts)
        return "" if item is None else str(item.get("thread_ts") or ts)

    def posts(self, since: datetime) -> Iterator[Said]:
        """Yield messages made at or after `since`, each thread of ours with our answers in it."""
        for one, item in self._roots(since):
            yield one
            if item.get("reply_count") and one.own:
                yield from (answer for answer in self.thread(str(item.get("ts"))) if answer.own)

    def everything(self, since: datetime, told: datetime) -> Iterator[Said]:
        """Yield messages made at or after `since`, with their answers where new ones are `told`."""
        for one, item in self._roots(since):
            yield one
            if item.get("reply_count") and messages.at(item.get("latest_reply"), told) >= told:
                yield from self.thread(str(item.get("ts")))

    def thread(self, root: str, since: datetime | None = None) -> Iterator[Said]:
        """Yield the answers in a thread, without the message that begins it."""
        query = {"ts": root} | ({"oldest": _ts(since)} if since else {})
        for answer, item in self._pages(_REPLIES, query):
            if item.get("ts") != root:
                yield self._said(answer, item)

    def status(self, answer: Answer, item: Message) -> Status:
        """Return what a message of an answer tells its readers."""
        try:
            return messages.status(item, self._channel, str(self.me().get("url") or ""))
        except ValueError:
            raise answer.malformed("with a message without its `ts`") from None

    def _roots(self, since: datetime) -> Iterator[tuple[Said, Message]]:
        query = {"oldest": _ts(since), "inclusive": "true"}
        for answer, item in self._pages(_HISTORY, query):
            yield self._said(answer, item), item

    def _pages(self, method: str, query: Mapping[str, str]) -> Iterator[tuple[Answer, Message]]:
        asked = {"channel": self._channel, "limit": _PAGE, **query}
        while True:
            answer = self._http.get(f"/{method}", asked)
            told = messages.checked(answer)
            page = told.get("messages")
            if not isinstance(page, list):
                raise answer.malformed("without `messages`")
            yield from ((answer, item) for item in page if messages.is_post(item))
            following = str((told.get("response_metadata") or {}).get("next_cursor") or "")
            if not following:
                return
            if following == asked.get("cursor"):
                raise answer.malformed("with a listing that does not advance")
            asked["cursor"] = following

    def _said(self, answer: Answer, item: Message) -> Said:
        me = self.me()
        own = item.get("user") == me["user_id"] or item.get("bot_id") == me.get("bot_id", "")
        called = f"<@{me['user_id']}" in str(item.get("text") or "")
        return Said(self.status(answer, item), own, called)


def _ts(at: datetime) -> str:
    return f"{at.timestamp():.6f}"
