r"""A stand-in for LinkedIn: one organisation's page and the member who administers it.

learn.microsoft.com/linkedin, as `specs/linkedin.json` names it. The words of the duplicate refusal
are those that github.com/Arisamiga/Linkedin-RSS/issues/5 recorded; that a text is cut at a reserved
character without its backslash, and that a deleted post still counts as a double,
github.com/ComposioHQ/composio/issues/2710.
"""

import re
from typing import Any, ClassVar

from cmctl.testing.sandbox.wire import Reply
from cmctl.testing.standins.asked import Asked
from cmctl.testing.standins.linkedin_uploads import Uploads
from cmctl.testing.standins.server import Refused, answers, told

_LIMIT, _COMMENT_LIMIT = 3000, 1250
_COMMENTS = "/rest/socialActions/{post}/comments"
#: The elements of the "little" format; what follows the first thing that is none of them is lost.
_TAG = r"\{hashtag\|\\#\|(?P<tag>(?:[^\\}]|\\.)+)\}"
_MENTION = r"@\[(?P<name>(?:[^\\\]]|\\.)+)\]\(urn:li:(?:person|organization):[\w-]+\)"
_ELEMENT = re.compile(rf"\\(?P<sign>.)|{_TAG}|{_MENTION}|(?P<text>[^|{{}}@\[\]()<>#\\*_~])", re.S)


class LinkedIn(Uploads):
    """The page 5583111 and the member `yrZCpj2Z12`."""

    vendor: ClassVar[str] = "linkedin"
    token = "AQX-canary-of-a-linkedin-token"  # noqa: S105 - made up
    organization = "5583111"
    member = "yrZCpj2Z12"

    def __init__(self) -> None:
        super().__init__()
        self.tokens.add(self.token)
        #: By URN, oldest first.
        self.posts: dict[str, dict[str, Any]] = {}
        #: By their number, oldest first.
        self.comments: dict[str, dict[str, Any]] = {}
        #: The versions that still work.
        self.versions = {"202607"}
        #: Texts are cut there, and nothing is said of it; 0: they are not.
        self.cut = 0
        #: True: a text of a post that was deleted is refused like that of one that stands.
        self.remembers = False
        self._deleted: dict[str, str] = {}

    # --- for tests ---------------------------------------------------------------------------

    def post_by_hand(self, text: str, **more: Any) -> str:
        commentary = re.sub(r"([|{}@\[\]()<>#\\*_~])", r"\\\1", text)
        said = {"author": self._page, "commentary": commentary, "lifecycleState": "PUBLISHED"}
        return str(self._add({**said, **more})["id"])

    def comment_by_hand(self, on: str, text: str) -> str:
        """Answer a post, or a comment, as a follower does; return the comment's URN."""
        return str(self._say(on, "urn:li:person:uvw987", text)["commentUrn"])

    def texts(self) -> list[str]:
        shown = [read(post["commentary"]) for post in self.posts.values()]
        return shown + [comment["message"]["text"] for comment in self.comments.values()]

    def alts(self) -> list[str]:
        return [one.get("altText", "") for post in self.posts.values() for one in _images(post)]

    # --- refusals ----------------------------------------------------------------------------

    def refuse_token(self, asked: Asked) -> Reply | None:
        standing = self.tokens.standing(asked.bearer, self.clock())
        if standing != "good":
            return _TOKENS[standing].reply
        if not asked.operation.split(" ")[1].startswith("/rest/"):
            return None
        version = asked.headers.get("linkedin-version", "")
        if version not in self.versions:
            return _refused(
                426, f"Requested version {version} is not active", code="NONEXISTENT_VERSION"
            ).reply
        if asked.headers.get("x-restli-protocol-version") != "2.0.0":
            return self.refuse_request("the protocol's version is missing")
        return None

    def refuse_request(self, message: str) -> Reply:
        return _refused(400, f"ERROR :: {message[:80]}").reply

    def refuse_throttled(self, seconds: int) -> Reply:
        return USED_UP.reply

    # --- posts -------------------------------------------------------------------------------

    @answers("POST /rest/posts", call="post")
    def create_post(self, asked: Asked) -> object:
        said = dict(asked.values)
        if said["author"] not in {self._page, self._person}:
            raise _DENIED
        if len(read(said["commentary"]).encode("utf-16-le")) // 2 > _LIMIT:
            raise _refused(422, "ERROR :: /commentary :: the length exceeds the maximum of 3000")
        if any(not self.images.get(image["id"]) for image in _images(said)):
            raise _refused(422, "ERROR :: /content :: an image is not there")
        self._check_double(said["commentary"])
        post = self._add({**said, "commentary": said["commentary"][: self.cut or None]})
        return Reply(status=201, headers={"x-restli-id": post["id"]})

    @answers("GET /rest/posts", call="read")
    def find_posts(self, asked: Asked) -> object:
        if asked.query["author"] != self._page:
            raise _DENIED  # nobody may read a member's posts
        order = "createdAt" if asked.query.get("sortBy") == "CREATED" else "lastModifiedAt"
        own = [post for post in self.posts.values() if post["author"] == self._page]
        own.sort(key=lambda post: (post[order], post["id"]), reverse=True)
        return self._paged(asked, own)

    @answers("GET /rest/posts/{post}", call="read")
    def get_post(self, asked: Asked) -> object:
        return self._known(asked)

    @answers("DELETE /rest/posts/{post}", call="delete")
    def delete_post(self, asked: Asked) -> object:
        gone = self.posts.pop(asked.path["post"], None)
        if gone is not None:
            self._deleted[gone["commentary"]] = gone["id"]
        return Reply(status=204)

    # --- comments and counts -----------------------------------------------------------------

    @answers(f"POST {_COMMENTS}", call="post")
    def create_comment(self, asked: Asked) -> object:
        self._known(asked)
        said = asked.values
        if len(said["message"]["text"].encode("utf-16-le")) // 2 > _COMMENT_LIMIT:
            raise _refused(400, "ERROR :: /message :: the length exceeds the maximum of 1250")
        if said.get("parentComment", "") != (_answered(asked.path["post"])):
            raise _refused(400, "ERROR :: /parentComment :: it is not what is answered")
        made = self._say(asked.path["post"], said["actor"], said["message"]["text"])
        return told(made, 201, {"x-restli-id": made["id"]})

    @answers(f"GET {_COMMENTS}", call="read")
    def list_comments(self, asked: Asked) -> object:
        self._known(asked)
        return self._paged(asked, [self._summed(one) for one in self._below(asked.path["post"])])

    @answers(f"GET {_COMMENTS}/{{comment}}", call="read")
    def get_comment(self, asked: Asked) -> object:
        if asked.path["comment"] not in self.comments:
            raise _MISSING
        return self.comments[asked.path["comment"]]

    @answers(f"DELETE {_COMMENTS}/{{comment}}", call="delete")
    def delete_comment(self, asked: Asked) -> object:
        if self.comments.pop(asked.path["comment"], None) is None:
            raise _MISSING
        return Reply(status=204)

    @answers("GET /rest/socialMetadata/{post}", call="read")
    def social_metadata(self, asked: Asked) -> object:
        self._known(asked)
        return self._social(asked.path["post"])

    @answers("GET /rest/socialMetadata", call="read")
    def many_social_metadata(self, asked: Asked) -> object:
        urns = asked.query["ids"].removeprefix("List(").removesuffix(")").split(",")
        return {"results": {urn: self._social(urn) for urn in urns}, "errors": {}, "statuses": {}}

    @answers("GET /v2/userinfo", call="read")
    def userinfo(self, asked: Asked) -> object:
        return {"sub": self.member, "name": "Camille M.", "given_name": "Camille"}

    # --- parts -------------------------------------------------------------------------------

    @property
    def _page(self) -> str:
        return f"urn:li:organization:{self.organization}"

    @property
    def _person(self) -> str:
        return f"urn:li:person:{self.member}"

    def _check_double(self, commentary: str) -> None:
        standing = {post["commentary"]: post["id"] for post in self.posts.values()}
        known = {**(self._deleted if self.remembers else {}), **standing}
        if commentary in known:
            words = "com.linkedin.content.common.exception.BadRequestResponseException: "
            error = {"description": "Duplicate post is detected", "input": {}}
            raise Refused(
                422,
                {
                    "errorDetailType": "com.linkedin.common.error.BadRequest",
                    "message": f"{words}Content is a duplicate of {known[commentary]}",
                    "errorDetails": {"inputErrors": [{**error, "code": "DUPLICATE_POST"}]},
                    "status": 422,
                },
            )

    def _known(self, asked: Asked) -> dict[str, Any]:
        found = self.posts.get(asked.path["post"]) or self._comment(asked.path["post"])
        if found is None:
            raise _MISSING
        return found

    def _comment(self, urn: str) -> dict[str, Any] | None:
        return self.comments.get(urn.rpartition(",")[2].removesuffix(")"))

    def _below(self, urn: str) -> list[dict[str, Any]]:
        """Return the comments on a post, or the answers to a comment."""
        said = self.comments.values()
        if _answered(urn):
            return [one for one in said if one.get("parentComment") == urn]
        number = urn.rpartition(":")[2]
        below = [one for one in said if one["object"].endswith(f":{number}")]
        return [one for one in below if "parentComment" not in one]

    def _summed(self, comment: dict[str, Any]) -> dict[str, Any]:
        count = len(self._below(comment["commentUrn"]))
        return {**comment, "commentsSummary": {"aggregatedTotalComments": count}}

    def _social(self, urn: str) -> dict[str, Any]:
        first = self._below(urn)
        count = len(first) + sum(len(self._below(one["commentUrn"])) for one in first)
        return {
            "entity": urn,
            "commentsState": "OPEN",
            "commentSummary": {"count": count, "topLevelCount": len(first)},
            "reactionSummaries": {},
        }

    def _say(self, on: str, actor: str, text: str) -> dict[str, Any]:
        number, stamp = self._number(), {"actor": actor, "time": self._now()}
        answered = self._comment(on)
        thing = answered["object"] if answered else f"urn:li:activity:{on.rpartition(':')[2]}"
        about = {"id": number, "actor": actor, "object": thing, "message": {"text": text}}
        self.comments[number] = {
            **about,
            **({"parentComment": on} if answered else {}),
            "created": stamp,
            "lastModified": stamp,
            "commentUrn": f"urn:li:comment:({thing},{number})",
        }
        return self.comments[number]

    def _paged(self, asked: Asked, items: list[dict[str, Any]]) -> dict[str, Any]:
        start, count = asked.query.get("start", 0), asked.query.get("count", 10)
        links = []
        if start + count < len(items):
            href = f"{asked.operation.split(' ')[1]}?start={start + count}"
            links.append({"type": "application/json", "rel": "next", "href": href})
        paging = {"start": start, "count": count, "links": links, "total": len(items)}
        return {"paging": paging, "elements": items[start : start + count]}

    def _add(self, said: dict[str, Any]) -> dict[str, Any]:
        urn, now = f"urn:li:share:{self._number()}", self._now()
        about = {"createdAt": now, "publishedAt": now, "lastModifiedAt": now}
        self.posts[urn] = {"id": urn, **about, "visibility": "PUBLIC", **said}
        return self.posts[urn]

    def _now(self) -> int:
        return round(self.clock().timestamp() * 1000)


def read(commentary: str) -> str:
    """Return what followers see of a `commentary`, which ends where it is not well formed."""
    shown, at = [], 0
    while (match := _ELEMENT.match(commentary, at)) is not None:
        tag = match["tag"] and f"#{match['tag']}"
        written = tag or match["name"]
        piece = re.sub(r"\\(.)", r"\1", written) if written else match["sign"] or match["text"]
        shown.append(piece)
        at = match.end()
    return "".join(shown)


def _answered(urn: str) -> str:
    """Return the URN where it is that of a comment."""
    return urn if urn.startswith("urn:li:comment:") else ""


def _images(said: dict[str, Any]) -> list[dict[str, Any]]:
    content = said.get("content", {})
    one = [content["media"]] if "media" in content else []
    several: list[dict[str, Any]] = content.get("multiImage", {}).get("images", one)
    return several


def _refused(status: int, message: str, *, service: int = 0, code: str = "") -> Refused:
    value: dict[str, Any] = {"message": message, "status": status}
    if service:
        value["serviceErrorCode"] = service
    if code:
        value["code"] = code
    return Refused(status, value)


_TOKENS = {
    "expired": _refused(
        401,
        "The token used in the request has expired",
        service=65602,
        code="EXPIRED_ACCESS_TOKEN",
    ),
    "unknown": _refused(401, "Invalid access token", service=65600, code="INVALID_ACCESS_TOKEN"),
}
USED_UP = _refused(
    429,
    "Resource level throttle APPLICATION DAY limit for calls to this resource is reached.",
    service=101,
    code="TOO_MANY_REQUESTS",
)
_DENIED = _refused(
    403,
    "Not enough permissions to access: posts.CREATE.20260701",
    service=100,
    code="ACCESS_DENIED",
)
_MISSING = _refused(404, "Could not find entity", code="NOT_FOUND")
