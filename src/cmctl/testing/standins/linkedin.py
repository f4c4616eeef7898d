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
from cmctl.testing.standins.linkedin_refusals import DENIED, TOKENS, USED_UP, refused
from cmctl.testing.standins.linkedin_talk import Talk
from cmctl.testing.standins.server import Refused, answers

_LIMIT = 3000
#: The elements of the "little" format; what follows the first thing that is none of them is lost.
_TAG = r"\{hashtag\|\\#\|(?P<tag>(?:[^\\}]|\\.)+)\}"
_MENTION = r"@\[(?P<name>(?:[^\\\]]|\\.)+)\]\(urn:li:(?:person|organization):[\w-]+\)"
_ELEMENT = re.compile(rf"\\(?P<sign>.)|{_TAG}|{_MENTION}|(?P<text>[^|{{}}@\[\]()<>#\\*_~])", re.S)


class LinkedIn(Talk):
    """The page 5583111 and the member `yrZCpj2Z12`."""

    vendor: ClassVar[str] = "linkedin"
    token = "AQX-canary-of-a-linkedin-token"  # noqa: S105 - made up
    organization = "5583111"
    member = "yrZCpj2Z12"
    #: The app that its tokens are given to.
    app = "86vhj2q7ukf83q"
    app_secret = "canary-of-an-app-of-linkedin"  # noqa: S105 - made up

    def __init__(self) -> None:
        super().__init__()
        self.tokens.add(self.token)
        #: When its token ends, in seconds of the epoch, and what that may do.
        self.token_ends = 1_800_000_000
        self.scopes: tuple[str, ...] = ()
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
        return str(self.say(on, "urn:li:person:uvw987", text)["commentUrn"])

    def texts(self) -> list[str]:
        shown = [read(post["commentary"]) for post in self.posts.values()]
        return shown + [comment["message"]["text"] for comment in self.comments.values()]

    def alts(self) -> list[str]:
        return [one.get("altText", "") for post in self.posts.values() for one in _images(post)]

    # --- refusals ----------------------------------------------------------------------------

    def refuse_token(self, asked: Asked) -> Reply | None:
        if asked.operation.startswith("POST /oauth/"):
            return None  # the app says who it is
        standing = self.tokens.standing(asked.bearer, self.clock())
        if standing != "good":
            return TOKENS[standing].reply
        if not asked.operation.split(" ")[1].startswith("/rest/"):
            return None
        version = asked.headers.get("linkedin-version", "")
        if version not in self.versions:
            return refused(
                426, f"Requested version {version} is not active", code="NONEXISTENT_VERSION"
            ).reply
        if asked.headers.get("x-restli-protocol-version") != "2.0.0":
            return self.refuse_request("the protocol's version is missing")
        return None

    def refuse_request(self, message: str) -> Reply:
        return refused(400, f"ERROR :: {message[:80]}").reply

    def refuse_throttled(self, seconds: int) -> Reply:
        return USED_UP.reply

    # --- posts -------------------------------------------------------------------------------

    @answers("POST /rest/posts", call="post")
    def create_post(self, asked: Asked) -> object:
        said = dict(asked.values)
        if said["author"] not in {self._page, self._person}:
            raise DENIED
        if len(read(said["commentary"]).encode("utf-16-le")) // 2 > _LIMIT:
            raise refused(422, "ERROR :: /commentary :: the length exceeds the maximum of 3000")
        if any(not self.images.get(image["id"]) for image in _images(said)):
            raise refused(422, "ERROR :: /content :: an image is not there")
        self._check_double(said["commentary"])
        post = self._add({**said, "commentary": said["commentary"][: self.cut or None]})
        return Reply(status=201, headers={"x-restli-id": post["id"]})

    @answers("GET /rest/posts", call="read")
    def find_posts(self, asked: Asked) -> object:
        if asked.query["author"] != self._page:
            raise DENIED  # nobody may read a member's posts
        order = "createdAt" if asked.query.get("sortBy") == "CREATED" else "lastModifiedAt"
        own = [post for post in self.posts.values() if post["author"] == self._page]
        own.sort(key=lambda post: (post[order], post["id"]), reverse=True)
        return self.paged(asked, own)

    @answers("GET /rest/posts/{post}", call="read")
    def get_post(self, asked: Asked) -> object:
        return self.known(asked)

    @answers("DELETE /rest/posts/{post}", call="delete")
    def delete_post(self, asked: Asked) -> object:
        gone = self.posts.pop(asked.path["post"], None)
        if gone is not None:
            self._deleted[gone["commentary"]] = gone["id"]
        return Reply(status=204)

    # --- comments and counts -----------------------------------------------------------------

    @answers("POST /oauth/v2/introspectToken", call="read")
    def introspect(self, asked: Asked) -> object:
        said = asked.values
        if said["client_id"] != self.app or not self.tokens.knows(said["token"]):
            words = "The token or the client is not known"
            raise Refused(400, {"error": "invalid_request", "error_description": words})
        if said["client_secret"] != self.app_secret:
            words = "Client authentication failed"
            raise Refused(401, {"error": "invalid_client", "error_description": words})
        is_good = self.tokens.standing(said["token"], self.clock()) == "good"
        about = {"client_id": self.app, "auth_type": "3L", "scope": ",".join(self.scopes)}
        status = {"active": is_good, "status": "active" if is_good else "expired"}
        return {**status, **about, "expires_at": self.token_ends}

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

    def _add(self, said: dict[str, Any]) -> dict[str, Any]:
        urn, now = f"urn:li:share:{self._number()}", self.now()
        about = {"createdAt": now, "publishedAt": now, "lastModifiedAt": now}
        self.posts[urn] = {"id": urn, **about, "visibility": "PUBLIC", **said}
        return self.posts[urn]


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


def _images(said: dict[str, Any]) -> list[dict[str, Any]]:
    content = said.get("content", {})
    one = [content["media"]] if "media" in content else []
    several: list[dict[str, Any]] = content.get("multiImage", {}).get("images", one)
    return several
