"""What an app view tells of the network, asked through the account's PDS.

Lexicons `app.bsky.feed.getPosts` and `.getPostThread`, `app.bsky.notification.listNotifications`.
A PDS has the records of its own accounts only; likes, replies and mentions are counted by an app
view, which the PDS hands the question on to, where it has one.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from cmctl.channels.answer import Answer
from cmctl.channels.base import Counts, Rejected
from cmctl.channels.decoding import whole
from cmctl.channels.inbox import Comment, comment
from cmctl.channels.vendors.bluesky import record as records
from cmctl.channels.vendors.bluesky.session import Session

_NOTIFICATIONS: Final = "app.bsky.notification.listNotifications"
#: What is said to the account; others are likes, reposts, follows.
_SAID: Final = frozenset({"reply", "mention", "quote"})
_NO_VIEW: Final = "No service configured"

View = Mapping[str, Any]


class AppView:
    """The app view of an account's PDS."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def counts(self, uri: str) -> Counts:
        """Return the counts of a post; its shares are reposts and quotes.

        Raises:
            Rejected: the app view does not have it.
        """
        posts = _objects(self._asked("app.bsky.feed.getPosts", {"uris": uri}), "posts")
        if not posts:
            raise records.gone(uri)
        told = posts[0]
        return Counts(
            likes=whole(told.get("likeCount")),
            comments=whole(told.get("replyCount")),
            shares=whole(told.get("repostCount")) + whole(told.get("quoteCount")),
        )

    def inbox(self, since: datetime, hidden: Collection[str]) -> Iterator[Comment]:
        """Yield replies, mentions and quotes; those whose address is in `hidden` as such."""
        query = {"limit": "100"}
        while True:
            answer = self._asked(_NOTIFICATIONS, query)
            for told in _objects(answer, "notifications"):
                said = self._comment(answer, told, hidden)
                if said.at < since:  # the newest come first
                    return
                if told.get("reason") in _SAID and not said.own:
                    yield said
            cursor = str(answer.record().get("cursor") or "")
            if not cursor:
                return
            if cursor == query.get("cursor"):
                raise answer.malformed("with a listing that does not advance")
            query["cursor"] = cursor

    def below(self, uri: str, hidden: Collection[str]) -> Iterator[Comment]:
        """Yield what stands below a post, answers to answers too.

        Raises:
            Rejected: the app view does not have it.
        """
        query = {"uri": uri, "depth": "1000", "parentHeight": "0"}
        answer = self._asked("app.bsky.feed.getPostThread", query, absent="NotFound")
        waiting = [answer.record().get("thread")]
        while waiting:
            node = waiting.pop(0)
            if not isinstance(node, dict):
                raise answer.malformed("with a thread that is none")
            post = node.get("post")
            if isinstance(post, dict):  # others are blocked, or gone
                waiting += node.get("replies") or []
                if post.get("uri") != uri:
                    yield self._comment(answer, post, hidden)

    def _comment(self, answer: Answer, told: View, hidden: Collection[str]) -> Comment:
        did = self._session.tokens().did
        try:
            status = records.viewed(told, did)
        except ValueError as problem:
            raise answer.malformed(f"with {problem}") from None
        own = records.author(told) == did
        return comment(status, hidden=told.get("uri") in hidden, own=own)

    def _asked(self, method: str, query: Mapping[str, str], *, absent: str = "") -> Answer:
        try:
            answer = self._session.look_up(method, query, absent or "-")
        except Rejected as problem:
            if _NO_VIEW in str(problem):
                message = "the account's PDS has no app view, which alone knows what others said"
                raise Rejected(f"{message} ({problem})") from None
            raise
        if answer is None:
            raise records.gone(query["uri"])
        return answer


def _objects(answer: Answer, name: str) -> list[View]:
    listed = answer.record().get(name)
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise answer.malformed(f"without `{name}`")
    return listed
