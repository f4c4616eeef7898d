"""A stand-in for the Graph API of one Facebook Page.

developers.facebook.com, "Pages API" and the Graph API reference. The words of the duplicate
refusal are those that github.com/arsduo/koala/issues/422 and
github.com/facebook-csharp-sdk/facebook-csharp-sdk/issues/119 recorded.
"""

from datetime import timedelta
from typing import Any, ClassVar

from cmctl.testing.standins.asked import Asked
from cmctl.testing.standins.facebook_films import FacebookFilms
from cmctl.testing.standins.graph import gone, refused, shown, stamp
from cmctl.testing.standins.server import answers


class Facebook(FacebookFilms):
    """The Page `Atlas Logistique`, and a visitor who may write on it."""

    vendor: ClassVar[str] = "facebook"
    token = "EAAGm0PX4ZCpsBA-canary-of-a-page"  # noqa: S105 - made up
    account = "546349135390552"
    use = "pages"
    too_many = (
        80001,
        "(#80001) There have been too many calls to this Page account. Wait a bit and try again.",
    )

    def __init__(self) -> None:
        super().__init__()
        self.tokens.add(self.token)
        #: By id, oldest first.
        self.posts: dict[str, dict[str, Any]] = {}
        self.comments: dict[str, dict[str, Any]] = {}
        #: What others posted in which the account is tagged, in order.
        self.tagged: list[dict[str, Any]] = []
        #: Photos that no post shows, or may show, by id.
        self.photos: dict[str, dict[str, Any]] = {}
        #: Within this time the same message is refused; none: Facebook tells no rule.
        self.no_doubles: timedelta | None = None
        #: Whom the token belongs to.
        self.me = {"id": self.account, "name": "Atlas Logistique"}
        self._last = 1116689038356556

    # --- for tests ---------------------------------------------------------------------------

    def post_by_hand(self, text: str) -> str:
        return str(self._add({"message": text, "from": self._page()})["id"])

    def post_by_visitor(self, text: str) -> str:
        """Write on the Page as somebody else."""
        return str(self._add({"message": text, "from": self._visitor()})["id"])

    def comment_by_hand(self, on: str, text: str) -> str:
        """Comment a post or a comment as a visitor."""
        return str(self._comment(on, text, self._visitor())["id"])

    def is_hidden(self, comment: str) -> bool:
        return bool(self.comments[comment]["is_hidden"])

    def texts(self) -> list[str]:
        items = [*self.posts.values(), *self.comments.values()]
        return [item["message"] for item in items if item.get("message")]

    def alts(self) -> list[str]:
        shown_ = [photo for post in self.posts.values() for photo in post.get("photos", ())]
        return [self.photos[photo].get("alt", "") for photo in shown_]

    def tag_by_hand(self, text: str) -> str:
        """Name the Page in a post of a visitor's own."""
        number = f"10158000000000001_{self.number()}"
        said = {"id": number, "message": text, "created_time": stamp(self.clock())}
        self.tagged.append({**said, "from": self._visitor()})
        return number

    # --- operations --------------------------------------------------------------------------

    @answers("GET /{version}/me", call="read")
    def get_me(self, asked: Asked) -> object:
        return shown(self.me, asked)

    @answers("POST /{version}/{page}/photos", call="upload")
    def add_photo(self, asked: Asked) -> object:
        self._check_page(asked)
        if "source" not in asked.files and "source0" not in asked.files:
            raise refused(324, "(#324) Missing or invalid image file")
        if asked.values.get("published", True):
            raise refused(100, "(#100) this stand-in takes unpublished photos only")
        number = self.number()
        self.photos[number] = {"alt": asked.values.get("alt_text_custom", "")}
        return {"id": number}

    @answers("POST /{version}/{page}/feed", call="post")
    def add_post(self, asked: Asked) -> object:
        self._check_page(asked)
        message, link = asked.values.get("message", ""), asked.values.get("link", "")
        photos = [str(one["media_fbid"]) for one in asked.values.get("attached_media", [])]
        if not (message.strip() or link or photos):
            raise refused(100, "(#100) Param message must be non-empty")
        if len(message.encode("utf-16-le")) // 2 > 63_206:
            raise refused(100, "(#100) Message is too long")
        if link and not link.startswith(("https://", "http://")):
            raise refused(1500, "(#1500) The url you supplied is invalid")
        if not set(photos) <= self.photos.keys():
            raise refused(100, "(#100) Invalid parameter: attached_media")
        self._check_double(message)
        post = self._add({"message": message, "from": self._page(), "photos": photos})
        post["application"] = {"id": "2439131959", "name": "cmctl"}
        post["attachments"] = {"data": _attachments(link, photos)}
        return {"id": post["id"]}

    @answers("GET /{version}/{page}/feed", call="read")
    def list_posts(self, asked: Asked) -> object:
        self._check_page(asked)
        self.read_on()
        return self.paged(
            asked, [one | self._counted(one) for one in reversed(self.posts.values())]
        )

    @answers("GET /{version}/{page}/tagged", call="read")
    def list_tagged(self, asked: Asked) -> object:
        self._check_page(asked)
        return self.paged(asked, self.tagged[::-1])

    @answers("POST /{version}/{post}/comments", call="post")
    def add_comment(self, asked: Asked) -> object:
        made = self._comment(asked.path["post"], asked.values["message"], self._page())
        return {"id": made["id"]}

    @answers("GET /{version}/{post}/comments", call="read")
    def list_comments(self, asked: Asked) -> object:
        on = self._known("get", asked.path["post"])["id"]
        field = "parent" if on in self.comments else "object"
        below = [one for one in self.comments.values() if one.get(field, {}).get("id") == on]
        if asked.query.get("filter") != "stream" and field == "object":
            below = [one for one in below if "parent" not in one]
        return self.paged(asked, below)

    @answers("POST /{version}/{object}", call="hide")
    def update_comment(self, asked: Asked) -> object:
        self._known("post", asked.path["object"])["is_hidden"] = asked.values["is_hidden"]
        return {"success": True}

    @answers("GET /{version}/{object}", call="read")
    def get_object(self, asked: Asked) -> object:
        if asked.path["object"] == self.account:
            return {"id": self.account}
        if asked.path["object"] in self.films:
            return shown(self.video(asked.path["object"]), asked)
        item = self._known("get", asked.path["object"])
        return shown({**item, **self._counted(item)}, asked)

    @answers("DELETE /{version}/{object}", call="delete")
    def delete_object(self, asked: Asked) -> object:
        number = self._known("delete", asked.path["object"])["id"]
        self.posts.pop(number, None)
        self.comments.pop(number, None)
        return {"success": True}

    # --- parts -------------------------------------------------------------------------------

    def _page(self) -> dict[str, str]:
        return {"id": self.account, "name": "Atlas Logistique"}

    def _visitor(self) -> dict[str, str]:
        return {"id": "10158000000000001", "name": "Mme R."}

    def _counted(self, item: dict[str, Any]) -> dict[str, Any]:
        below = [one for one in self.comments.values() if one["object"]["id"] == item["id"]]
        return {"reactions": _summed(0), "comments": _summed(len(below))}

    def _comment(self, on: str, text: str, author: dict[str, str]) -> dict[str, Any]:
        above = self._known("post", on)
        post = above.get("object", above)["id"]
        number = f"{post.rpartition('_')[2]}_{self.number()}"
        comment: dict[str, Any] = {
            "id": number,
            "message": text,
            "created_time": stamp(self.clock()),
            "from": author,
            "is_hidden": False,
            "object": {"id": post},
        }
        if on in self.comments:
            comment["parent"] = {"id": on}
        self.comments[number] = comment
        return comment

    def posted(self, text: str) -> str:
        post = self._add({"message": text, "from": self._page()})
        post["application"] = {"id": "2439131959", "name": "cmctl"}
        address = f"https://www.facebook.com/{self.account}/videos/{self.number()}/"
        attached = {"media_type": "video", "unshimmed_url": address}
        post["attachments"] = {"data": [attached]}
        return str(post["id"])

    def _check_page(self, asked: Asked) -> None:
        if asked.path["page"] != self.account:
            raise gone("get", asked.path["page"])

    def _check_double(self, message: str) -> None:
        for post in self.posts.values() if self.no_doubles else ():
            if post["message"] == message and self.clock() - post["at"] < self.no_doubles:
                raise refused(506, "(#506) Duplicate status message", sub=1455006)

    def _known(self, method: str, number: str) -> dict[str, Any]:
        found = self.posts.get(number) or self.comments.get(number)
        if found is None:
            raise gone(method, number)
        return found

    def number(self) -> str:
        self._last += 1
        return str(self._last)

    def _add(self, post: dict[str, Any]) -> dict[str, Any]:
        number, at = f"{self.account}_{self.number()}", self.clock()
        address = f"https://www.facebook.com/{number}"
        about = {"id": number, "created_time": stamp(at), "at": at, "permalink_url": address}
        self.posts[number] = {**about, **post}
        return self.posts[number]


def _attachments(link: str, photos: list[str]) -> list[dict[str, Any]]:
    if link:
        return [{"media_type": "link", "unshimmed_url": link}]
    if len(photos) > 1:
        below = {"data": [{"media_type": "photo"} for _ in photos]}
        return [{"media_type": "album", "subattachments": below}]
    return [{"media_type": "photo"} for _ in photos]


def _summed(count: int) -> dict[str, Any]:
    return {"data": [], "summary": {"total_count": count}}
