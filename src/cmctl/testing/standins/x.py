"""A stand-in for X: one account with one app.

docs.x.com, API 2.167; how links and signs look in a text that is read, from "Data dictionary".
"""

import html
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from cmctl.channels.vendors.x.text import LIMIT, length
from cmctl.testing.sandbox.wire import Reply
from cmctl.testing.standins.asked import Asked
from cmctl.testing.standins.limits import Window
from cmctl.testing.standins.server import Refused, StandIn, answers, told

_PROBLEMS = "https://api.x.com/2/problems"
_METRICS = ("like", "reply", "repost", "quote", "bookmark", "impression")
DUPLICATE = "You are not allowed to create a Tweet with duplicate content."


#: The largest segment of a film, in bytes.
SEGMENT = 5_000_000


@dataclass
class Film:
    """A film on its way, and how often it is still not ready."""

    size: int
    looks: int
    segments: dict[int, bytes] = field(default_factory=dict)

    @property
    def data(self) -> bytes:
        return b"".join(self.segments[index] for index in sorted(self.segments))


class X(StandIn):
    """The account `atlas`."""

    vendor: ClassVar[str] = "x"
    token = "canary-of-an-x-token-Wk9QdGJ3"  # noqa: S105 - made up
    account = "1460323737035677698"
    name = "atlas"

    def __init__(self) -> None:
        super().__init__()
        self.tokens.add(self.token)
        # docs.x.com, "Rate limits".
        self.limits["post"] = Window(100, 900)
        self.limits["delete"] = Window(50, 900)
        #: By id, in order.
        self.posts: dict[str, dict[str, Any]] = {}
        #: Answers that nobody sees.
        self.hidden: set[str] = set()
        #: By id: films that were begun.
        self.films: dict[str, Film] = {}
        #: How often a film is asked for in vain before it is ready.
        self.looks = 2
        #: What a film is once X has read it: `succeeded` or `failed`.
        self.films_become = "succeeded"
        #: By id: the alt text.
        self.media: dict[str, str] = {}
        self._last = 1_700_000_000_000_000_000

    # --- for tests ---------------------------------------------------------------------------

    def post_by_hand(self, text: str) -> str:
        return str(self._add(text, [], "")["id"])

    def comment_by_hand(self, on: str, text: str) -> str:
        """Answer a post as somebody else, which names its author."""
        return str(self._add(f"@{self.name} {text}", [], on, author="2244994945")["id"])

    def is_hidden(self, comment: str) -> bool:
        return comment in self.hidden

    def texts(self) -> list[str]:
        return [post["written"] for post in self.posts.values()]

    def alts(self) -> list[str]:
        return [self.media[one] for post in self.posts.values() for one in post["media"]]

    # --- refusals ----------------------------------------------------------------------------

    def refuse_token(self, asked: Asked) -> Reply | None:
        good = self.tokens.standing(asked.bearer, self.clock()) == "good"
        return None if good else _problem(401, "Unauthorized", "Unauthorized", "about:blank").reply

    def refuse_request(self, message: str) -> Reply:
        about = "One or more parameters to your request was invalid."
        return _problem(400, "Invalid Request", about, f"{_PROBLEMS}/invalid-request").reply

    def told_left(self, window: Window) -> Mapping[str, str]:
        reset = str(math.ceil((self.clock() + window.ends(self.clock())).timestamp()))
        return {"x-rate-limit-remaining": str(window.left), "x-rate-limit-reset": reset}

    def refuse_throttled(self, seconds: int) -> Reply:
        reset = str(int(self.clock().timestamp()) + seconds)
        headers = {"x-rate-limit-reset": reset, "x-rate-limit-remaining": "0"}
        value = {"title": "Too Many Requests", "detail": "Too Many Requests", "type": "about:blank"}
        return told({**value, "status": 429}, 429, headers)

    # --- operations --------------------------------------------------------------------------

    @answers("GET /2/users/me", call="read")
    def me(self, asked: Asked) -> object:
        return {"data": {"id": self.account, "name": "Atlas Logistique", "username": self.name}}

    @answers("POST /2/tweets", call="post")
    def create(self, asked: Asked) -> object:
        said = asked.values
        text, media = said.get("text", "").strip(), said.get("media", {}).get("media_ids", [])
        parent = said.get("reply", {}).get("in_reply_to_tweet_id", "")
        if not text and not media:
            raise _invalid("Your Tweet has no text.")
        if length(text) > LIMIT:
            raise _problem(403, "Forbidden", "Your Tweet text is too long.", "about:blank")
        if not self.media.keys() >= set(media):
            raise _invalid("Your media IDs are invalid.")
        if parent and parent not in self.posts:
            detail = "You attempted to reply to a Tweet that is deleted or not visible to you."
            raise _problem(403, "Forbidden", detail, "about:blank")
        if text in self.texts():
            raise _problem(403, "Forbidden", DUPLICATE, "about:blank")
        post = self._add(text, media, parent)
        made = {"id": post["id"], "text": self._seen(post)["text"]}
        return told({"data": made}, 201)

    @answers("GET /2/tweets/{id}", call="read")
    def get(self, asked: Asked) -> object:
        post = self.posts.get(asked.path["id"])
        if post is None:
            return {"errors": [_missing(asked.path["id"])]}
        return {"data": self._seen(post)}

    @answers("DELETE /2/tweets/{id}", call="delete")
    def delete(self, asked: Asked) -> object:
        gone = self.posts.pop(asked.path["id"], None)
        return {"data": {"deleted": True}} if gone else {"errors": [_missing(asked.path["id"])]}

    @answers("GET /2/users/{id}/tweets", call="read")
    def listing(self, asked: Asked) -> object:
        if asked.path["id"] != self.account:
            return {"errors": [_missing(asked.path["id"])]}
        own = [one for one in self.posts.values() if one["author"] == self.account]
        return self._page(asked, own)

    @answers("GET /2/users/{id}/mentions", call="read")
    def mentions(self, asked: Asked) -> object:
        named = [one for one in self.posts.values() if f"@{self.name}" in one["written"]]
        users = [{"id": "2244994945", "name": "Mme R.", "username": "mme_r"}]
        return self._page(asked, named) | {"includes": {"users": users}}

    @answers("PUT /2/tweets/{tweet_id}/hidden", call="hide")
    def hide(self, asked: Asked) -> object:
        hidden = asked.values["hidden"]
        (self.hidden.add if hidden else self.hidden.discard)(asked.path["tweet_id"])
        return {"data": {"hidden": hidden}}

    def _page(self, asked: Asked, posts: list[dict[str, Any]]) -> dict[str, Any]:
        """Return one page of posts, newest first, made since the time that is asked for."""
        since = asked.query.get("start_time", "1970-01-01T00:00:00Z")
        found = [
            self._seen(post)
            for post in reversed(posts)
            if datetime.fromisoformat(post["created_at"]) >= datetime.fromisoformat(since)
        ]
        start = int(asked.query.get("pagination_token", "0"))
        end = start + asked.query.get("max_results", 10)
        meta: dict[str, Any] = {"result_count": len(found[start:end])}
        if end < len(found):
            meta["next_token"] = str(end)
        return {"data": found[start:end], "meta": meta} if found[start:end] else {"meta": meta}

    @answers("POST /2/media/upload", call="upload")
    def upload(self, asked: Asked) -> object:
        self._last += 1
        number, file = str(self._last), asked.files["media"]
        self.media[number] = ""
        size = len(file.data)
        about = {"id": number, "media_key": f"3_{number}", "size": size}
        return {"data": {**about, "expires_after_secs": 86400}}

    @answers("POST /2/media/upload/initialize", call="upload")
    def initialize(self, asked: Asked) -> object:
        self._last += 1
        number = str(self._last)
        self.films[number] = Film(asked.values["total_bytes"], self.looks)
        about = {"id": number, "media_key": f"7_{number}"}
        return {"data": {**about, "expires_after_secs": 86400}}

    @answers("POST /2/media/upload/{id}/append", call="upload")
    def append(self, asked: Asked) -> object:
        segment = asked.files["media"].data
        if len(segment) > SEGMENT:
            raise _invalid("The segment is larger than 5 MB.")
        self._film(asked).segments[asked.values["segment_index"]] = segment
        return {"data": {"expires_at": int(self.clock().timestamp()) + 86400}}

    @answers("POST /2/media/upload/{id}/finalize", call="upload")
    def finalize(self, asked: Asked) -> object:
        film = self._film(asked)
        if len(film.data) != film.size:
            raise _invalid("Segments do not add up to provided total file size.")
        return self._processed(asked.path["id"], film)

    @answers("GET /2/media/upload", call="read")
    def upload_status(self, asked: Asked) -> object:
        number = asked.query["media_id"]
        return self._processed(number, self.films[number])

    def _processed(self, number: str, film: "Film") -> object:
        """Say how far a film is: it is ready when it was asked for often enough."""
        film.looks -= 1
        state = self.films_become if film.looks < 0 else "in_progress"
        if state == "succeeded":
            self.media[number] = ""
        info = {"state": state, "check_after_secs": 2, "progress_percent": 50}
        about = {"id": number, "media_key": f"7_{number}", "size": film.size}
        return {"data": {**about, "processing_info": info}}

    def _film(self, asked: Asked) -> "Film":
        film = self.films.get(asked.path["id"])
        if film is None:
            raise _invalid("Your media IDs are invalid.")
        return film

    @answers("POST /2/media/metadata", call="upload")
    def metadata(self, asked: Asked) -> object:
        number = asked.values["id"]
        if number not in self.media:
            raise _invalid("Your media IDs are invalid.")
        self.media[number] = asked.values["metadata"]["alt_text"]["text"]
        return {"data": {"id": number}}

    # --- parts -------------------------------------------------------------------------------

    def _add(
        self, text: str, media: list[str], parent: str, author: str = account
    ) -> dict[str, Any]:
        self._last += 1
        number, at = str(self._last), self.clock().isoformat(timespec="milliseconds")
        post = {"id": number, "created_at": at.replace("+00:00", "Z"), "written": text}
        self.posts[number] = {**post, "media": media, "parent": parent, "author": author}
        return self.posts[number]

    def _seen(self, post: dict[str, Any]) -> dict[str, Any]:
        """Return a post as it is read: signs escaped, links made short, images as links."""
        from twitter_text import extract_urls  # noqa: PLC0415 - heavy

        text, links = html.escape(post["written"], quote=False), []
        for index, url in enumerate(map(str, extract_urls(text[:1000]))):
            short = f"https://t.co/{post['id'][-6:]}{index:04d}"
            text = text.replace(url, short, 1)
            links.append({"start": 0, "end": 0, "url": short, "expanded_url": url})
        short = f"https://t.co/{post['id'][-6:]}pict"
        pictures = [
            {"start": 0, "end": 0, "url": short, "media_key": f"3_{one}"} for one in post["media"]
        ]
        text = f"{text} {short}" if pictures else text
        answers = sum(one["parent"] == post["id"] for one in self.posts.values())
        counts = {f"{name}_count": 0 for name in _METRICS} | {"reply_count": answers}
        seen = {"id": post["id"], "text": text, "created_at": post["created_at"]}
        seen |= {"author_id": post["author"], "public_metrics": counts}
        if links or pictures:
            seen["entities"] = {"urls": [*links, *pictures]}
        if pictures:
            seen["attachments"] = {"media_keys": [one["media_key"] for one in pictures]}
        if post["parent"]:
            seen["referenced_posts"] = [{"type": "replied_to", "id": post["parent"]}]
        return seen


def _problem(status: int, title: str, detail: str, kind: str) -> Refused:
    value = {"title": title, "detail": detail, "type": kind, "status": status}
    return Refused(status, value)


def _invalid(detail: str) -> Refused:
    return _problem(400, "Invalid Request", detail, f"{_PROBLEMS}/invalid-request")


def _missing(number: str) -> dict[str, str]:
    detail = f"Could not find post with id: [{number}]."
    about = {
        "title": "Not Found Error",
        "detail": detail,
        "type": f"{_PROBLEMS}/resource-not-found",
    }
    return {**about, "resource_type": "post", "resource_id": number}
