"""A stand-in for the Threads API: one account.

developers.facebook.com, "Threads API"; the vendor's own collection of requests,
github.com/fbsamples/threads_api. That a container may be lost again is recorded there as issue 70.
"""

from typing import Any, ClassVar

from cmctl.channels.vendors.meta.threads_post import METRICS, length
from cmctl.testing.standins.asked import Asked
from cmctl.testing.standins.container import Waiting
from cmctl.testing.standins.graph import GraphStandIn, gone, refused, shown, stamp
from cmctl.testing.standins.limits import Window
from cmctl.testing.standins.server import answers

_DAY = 86_400
_KINDS = {
    "TEXT": "TEXT_POST",
    "IMAGE": "IMAGE",
    "VIDEO": "VIDEO",
    "CAROUSEL": "CAROUSEL_ALBUM",
}


class Threads(GraphStandIn):
    """The account `atlas.logistique`."""

    vendor: ClassVar[str] = "threads"
    token = "THQWJYT0-canary-of-an-account"  # noqa: S105 - made up
    account = "25012345678901234"
    use = "threads"
    too_many = (4, "Application request limit reached")

    def __init__(self) -> None:
        super().__init__()
        self.tokens.add(self.token)
        self.limits["post"] = Window(250, _DAY)
        #: By id, oldest first: posts and replies.
        self.posts: dict[str, dict[str, Any]] = {}
        self.waiting = Waiting(self.clock, "status", "error_message")
        self._last = 18_000_000_000_000_000

    # --- for tests ---------------------------------------------------------------------------

    def post_by_hand(self, text: str) -> str:
        return str(self._add({"text": text, "media_type": "TEXT_POST"})["id"])

    def comment_by_hand(self, on: str, text: str) -> str:
        """Reply to a post as a follower."""
        return str(self._add_of("mme.r", {"text": text, "replied_to": {"id": on}})["id"])

    def is_hidden(self, comment: str) -> bool:
        return bool(self.posts[comment]["hide_status"] == "HIDDEN")

    def texts(self) -> list[str]:
        return [post["text"] for post in self.posts.values() if post["text"]]

    def alts(self) -> list[str]:
        return [alt for post in self.posts.values() for alt in post.get("alts", ())]

    # --- reading -----------------------------------------------------------------------------

    @answers("GET /{version}/me", call="read")
    def get_me(self, asked: Asked) -> object:
        return shown({"id": self.account, "username": "atlas.logistique"}, asked)

    @answers("GET /{version}/me/threads", call="read")
    def list_posts(self, asked: Asked) -> object:
        answered = {p["replied_to"]["id"] for p in self.posts.values() if "replied_to" in p}
        own = [p for p in self._newest() if "replied_to" not in p]
        return self.paged(asked, [p | {"has_replies": p["id"] in answered} for p in own])

    @answers("GET /{version}/me/replies", call="read")
    def list_replies(self, asked: Asked) -> object:
        replies = [p for p in self._newest() if "replied_to" in p]
        return self.paged(asked, [p for p in replies if p["username"] == "atlas.logistique"])

    @answers("GET /{version}/me/mentions", call="read")
    def list_mentions(self, asked: Asked) -> object:
        return self.paged(asked, [p for p in self._newest() if "@atlas.logistique" in p["text"]])

    @answers("GET /{version}/{object}/conversation", call="read")
    def list_conversation(self, asked: Asked) -> object:
        known, below = {self._known("get", asked.path["object"])["id"]}, []
        for post in self.posts.values():
            if post.get("replied_to", {}).get("id") in known:
                known.add(post["id"])
                own = post["username"] == "atlas.logistique"
                below.append({**post, "is_reply": True, "is_reply_owned_by_me": own})
        return self.paged(asked, [*reversed(below)])

    @answers("POST /{version}/{object}/manage_reply", call="hide")
    def manage_reply(self, asked: Asked) -> object:
        hide = asked.values["hide"]
        self._known("post", asked.path["object"])["hide_status"] = "HIDDEN" if hide else "UNHUSHED"
        return {"success": True}

    @answers("GET /{version}/me/threads_publishing_limit", call="read")
    def get_quota(self, asked: Asked) -> object:
        config = {"quota_total": 250, "quota_duration": _DAY}
        return {"data": [{"quota_usage": len(self.posts), "config": config}]}

    @answers("GET /{version}/{object}", call="read")
    def get_object(self, asked: Asked) -> object:
        number = asked.path["object"]
        if number in self.waiting:
            return shown(self.waiting.progress(number), asked)
        return shown(self._known("get", number), asked)

    @answers("GET /{version}/{object}/insights", call="read")
    def get_insights(self, asked: Asked) -> object:
        number = self._known("get", asked.path["object"])["id"]
        replies = sum(p.get("replied_to", {}).get("id") == number for p in self.posts.values())
        wanted = asked.query["metric"].split(",")
        if not set(wanted) <= set(METRICS.split(",")):
            raise refused(100, "(#100) metric must be one of the following values")
        told = [(name, replies if name == "replies" else 0) for name in wanted]
        return {
            "data": [{"name": n, "period": "lifetime", "values": [{"value": v}]} for n, v in told]
        }

    # --- writing -----------------------------------------------------------------------------

    @answers("POST /{version}/me/threads", call="upload")
    def add_container(self, asked: Asked) -> object:
        said = asked.values
        kind, text = said["media_type"], said.get("text", "")
        if length(text) > 500:
            raise refused(100, "Param text must be at most 500 characters long.")
        if kind == "TEXT" and not text.strip():
            raise refused(100, "(#100) The parameter text is required")
        if kind == "IMAGE" and not said.get("image_url", "").startswith("https://"):
            raise refused(100, "(#100) The parameter image_url is required")
        if kind == "VIDEO" and not said.get("video_url", "").startswith("https://"):
            raise refused(100, "(#100) The parameter video_url is required")
        children = said["children"].split(",") if "children" in said else []
        if kind == "CAROUSEL" and not 2 <= len(children) <= 20:
            raise refused(100, "(#100) A carousel has 2 to 20 children")
        if not all(child in self.waiting for child in children):
            raise refused(24, "The requested resource does not exist", sub=4279009)
        answered = said.get("reply_to_id")
        if answered is not None:
            self._known("get", answered)
        number = self._number()
        self.waiting.add(number, said)
        return {"id": number}

    @answers("POST /{version}/me/threads_publish", call="post")
    def publish(self, asked: Asked) -> object:
        said = self.waiting.taken(asked.values["creation_id"])
        if said is None:
            raise refused(24, "The requested resource does not exist", sub=4279009)
        children = said["children"].split(",") if "children" in said else []
        images = [self.waiting.taken(child) or {} for child in children]
        if "image_url" in said:
            images = [said]
        post: dict[str, Any] = {
            "text": said.get("text", ""),
            "media_type": _KINDS[said["media_type"]],
            "alts": [image.get("alt_text", "") for image in images],
        }
        if children:
            post["children"] = {"data": [{"id": child} for child in children]}
        if "reply_to_id" in said:
            post["replied_to"] = {"id": said["reply_to_id"]}
        return {"id": self._add(post)["id"]}

    @answers("DELETE /{version}/{object}", call="delete")
    def delete_post(self, asked: Asked) -> object:
        number = self._known("delete", asked.path["object"])["id"]
        del self.posts[number]
        return {"success": True, "deleted_id": number}

    # --- parts -------------------------------------------------------------------------------

    def _newest(self) -> list[dict[str, Any]]:
        return [*reversed(self.posts.values())]

    def _known(self, method: str, number: str) -> dict[str, Any]:
        if number not in self.posts:
            raise gone(method, number)
        return self.posts[number]

    def _number(self) -> str:
        self._last += 1
        return str(self._last)

    def _add(self, post: dict[str, Any]) -> dict[str, Any]:
        return self._add_of("atlas.logistique", post)

    def _add_of(self, name: str, post: dict[str, Any]) -> dict[str, Any]:
        number = self._number()
        about = {
            "id": number,
            "timestamp": stamp(self.clock()),
            "username": name,
            "permalink": f"https://www.threads.net/@{name}/post/{number}",
        }
        self.posts[number] = {**about, **post}
        return self.posts[number]
