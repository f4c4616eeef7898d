"""A stand-in for the Graph API of one professional Instagram account.

developers.facebook.com, "Instagram Platform: Content Publishing", "Error Codes", and the Graph API
reference.
"""

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from cmctl.testing.standins.asked import Asked
from cmctl.testing.standins.container import Waiting
from cmctl.testing.standins.graph import GraphStandIn, gone, refused, shown, stamp
from cmctl.testing.standins.server import answers

_DAY = 86_400
_TOO_LONG = "The caption was too long."

#: What is published, by what its container was.
_KINDS = {"CAROUSEL": "CAROUSEL_ALBUM", "REELS": "VIDEO"}


class Instagram(GraphStandIn):
    """The account `atlas.logistique`."""

    vendor: ClassVar[str] = "instagram"
    token = "EAAIbZ-canary-of-an-account"  # noqa: S105 - made up
    account = "17841400008460056"
    use = "instagram"
    too_many = (80002, "(#80002) There have been too many calls to this Instagram account.")

    def __init__(self) -> None:
        super().__init__()
        self.tokens.add(self.token)
        #: By id, oldest first.
        self.media: dict[str, dict[str, Any]] = {}
        self.comments: dict[str, dict[str, Any]] = {}
        #: What others posted in which the account is tagged, in order.
        self.tagged: list[dict[str, Any]] = []
        self.waiting = Waiting(self.clock, "status_code", "status")
        #: What may be published in a day.
        self.quota = 50
        self._last = 17_889_455_560_051_444

    # --- for tests ---------------------------------------------------------------------------

    def post_by_hand(self, text: str, *, image: str = "https://cdn.example/1.jpg") -> str:
        shown = {"caption": text, "media_type": "IMAGE", "media_url": image}
        return str(self._add(shown)["id"])

    def comment_by_hand(self, on: str, text: str) -> str:
        """Comment a post or a comment as a follower."""
        return str(self._comment(on, text, "mme.r")["id"])

    def is_hidden(self, comment: str) -> bool:
        return bool(self.comments[comment]["hidden"])

    def texts(self) -> list[str]:
        captions = [item["caption"] for item in self.media.values() if item.get("caption")]
        return captions + [comment["text"] for comment in self.comments.values()]

    def alts(self) -> list[str]:
        return [alt for item in self.media.values() for alt in item.get("alts", ())]

    def tag_by_hand(self, text: str) -> str:
        """Tag the account in a post of somebody else's."""
        number = self._number()
        said = {"id": number, "caption": text, "timestamp": stamp(self.clock())}
        self.tagged.append({**said, "username": "mme.r", "media_type": "IMAGE"})
        return number

    # --- reading -----------------------------------------------------------------------------

    @answers("GET /{version}/{account}/media", call="read")
    def list_media(self, asked: Asked) -> object:
        self._check_account(asked)
        newest_first = [*reversed(self.media.values())]
        return self.paged(asked, [one | self._counted(one) for one in newest_first])

    @answers("GET /{version}/{account}/tags", call="read")
    def list_tags(self, asked: Asked) -> object:
        self._check_account(asked)
        return self.paged(asked, self.tagged[::-1])

    @answers("GET /{version}/{account}/content_publishing_limit", call="read")
    def get_quota(self, asked: Asked) -> object:
        self._check_account(asked)
        config = {"quota_total": self.quota, "quota_duration": _DAY}
        return {"data": [{"quota_usage": len(self.media), "config": config}]}

    @answers("GET /{version}/{object}", call="read")
    def get_object(self, asked: Asked) -> object:
        number = asked.path["object"]
        if number == self.account:
            return shown({"id": self.account, "username": "atlas.logistique"}, asked)
        if number in self.waiting:
            return shown(self.waiting.progress(number), asked)
        item = self._known("get", number)
        return shown({**item, **self._counted(item), "like_count": 0}, asked)

    @answers("GET /{version}/{media}/comments", call="read")
    def list_comments(self, asked: Asked) -> object:
        below = self._below(self._known("get", asked.path["media"])["id"])
        return self.paged(asked, [self._with_replies(one) for one in below])

    @answers("GET /{version}/{comment}/replies", call="read")
    def list_replies(self, asked: Asked) -> object:
        return self.paged(asked, self._below(self._known("get", asked.path["comment"])["id"]))

    # --- writing -----------------------------------------------------------------------------

    @answers("POST /{version}/{account}/media", call="upload")
    def add_container(self, asked: Asked) -> object:
        self._check_account(asked)
        said = asked.values
        if len(said.get("caption", "").encode("utf-16-le")) // 2 > 2200:
            raise refused(36004, _TOO_LONG, sub=2207010, user=_TOO_LONG)
        children = children_of(said)
        if said.get("media_type") == "CAROUSEL":
            if not 2 <= len(children) <= 10 or not all(one in self.waiting for one in children):
                raise refused(100, "(#100) Invalid parameter: children")
        elif said.get("media_type") == "REELS":
            if not said.get("video_url", "").startswith("https://"):
                raise refused(100, "(#100) The parameter video_url is required")
        elif not said.get("image_url", "").startswith("https://"):
            raise refused(100, "(#100) The parameter image_url is required")
        number = self._number()
        self.waiting.add(number, said)
        return {"id": number}

    @answers("POST /{version}/{account}/media_publish", call="post")
    def publish(self, asked: Asked) -> object:
        self._check_account(asked)
        if len(self.media) >= self.quota:
            words = "You reached maximum number of posts that is allowed to be published."
            raise refused(9, "Application request limit reached", sub=2207042, user=words)
        number = str(asked.values["creation_id"])
        said = self.waiting.taken(number)
        if said is None:
            words = "The media with id cannot be found."
            raise refused(24, "The requested resource does not exist", sub=2207006, user=words)
        children = children_of(said)
        images = [self.waiting.taken(one) or {} for one in children] or [said]
        made: dict[str, Any] = {
            "caption": said.get("caption", ""),
            "media_type": _KINDS.get(said.get("media_type", ""), "IMAGE"),
            "alts": [image.get("alt_text", "") for image in images],
            "images": [image.get("image_url", "") for image in images],
            "media_url": images[0].get("image_url") or images[0].get("video_url", ""),
        }
        if children:
            made["children"] = {"data": [{"id": one} for one in children]}
        return {"id": self._add(made)["id"]}

    @answers("POST /{version}/{media}/comments", call="post")
    def add_comment(self, asked: Asked) -> object:
        return self._own_comment(asked, asked.path["media"])

    @answers("POST /{version}/{comment}/replies", call="post")
    def add_reply(self, asked: Asked) -> object:
        return self._own_comment(asked, asked.path["comment"])

    @answers("POST /{version}/{object}", call="hide")
    def update_comment(self, asked: Asked) -> object:
        self._known("post", asked.path["object"])["hidden"] = asked.values["hide"]
        return {"success": True}

    @answers("DELETE /{version}/{object}", call="delete")
    def delete_object(self, asked: Asked) -> object:
        number = self._known("delete", asked.path["object"])["id"]
        self.media.pop(number, None)
        self.comments.pop(number, None)
        return {"success": True}

    # --- parts -------------------------------------------------------------------------------

    def _check_account(self, asked: Asked) -> None:
        if asked.path["account"] != self.account:
            raise gone("get", asked.path["account"])

    def _own_comment(self, asked: Asked, on: str) -> dict[str, str]:
        made = self._comment(on, asked.values["message"], "atlas.logistique")
        return {"id": made["id"]}

    def _comment(self, on: str, text: str, name: str) -> dict[str, Any]:
        self._known("post", on)
        number = self._number()
        about = {"id": number, "timestamp": stamp(self.clock()), "username": name, "text": text}
        self.comments[number] = {**about, "hidden": False, "on": on}
        return self.comments[number]

    def _counted(self, item: dict[str, Any]) -> dict[str, Any]:
        below = self._below(item["id"])
        return {"comments_count": sum(1 + len(self._below(one["id"])) for one in below)}

    def _with_replies(self, comment: dict[str, Any]) -> dict[str, Any]:
        replies = self._below(comment["id"])
        if not replies:
            return comment
        told = [{name: one[name] for name in one if name != "on"} for one in replies]
        return comment | {"replies": {"data": told}}

    def _below(self, number: str) -> list[dict[str, Any]]:
        return [comment for comment in self.comments.values() if comment["on"] == number]

    def _known(self, method: str, number: str) -> dict[str, Any]:
        found = self.media.get(number) or self.comments.get(number)
        if found is None:
            raise gone(method, number)
        return found

    def _number(self) -> str:
        self._last += 1
        return str(self._last)

    def _add(self, item: dict[str, Any]) -> dict[str, Any]:
        number = self._number()
        about = {
            "id": number,
            "timestamp": stamp(self.clock()),
            "username": "atlas.logistique",
            "permalink": f"https://www.instagram.com/p/{number}/",
        }
        self.media[number] = {**about, **item}
        return self.media[number]


def children_of(said: Mapping[str, Any]) -> list[str]:
    """Return the children that a carousel names, by commas or as a JSON list."""
    named = said.get("children", "")
    if named.startswith("["):
        return [str(one) for one in json.loads(named)]
    return named.split(",") if named else []
