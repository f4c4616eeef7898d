"""A stand-in for the local posts of Google Business Profile: one location.

developers.google.com/my-business, reference of v4. The form of refusals is the one that
github.com/spotonlive/php-google-my-business/issues/26 and /issues/25 recorded.
"""

from datetime import timedelta
from typing import Any, ClassVar

from cmctl.testing.sandbox.wire import Reply
from cmctl.testing.standins.asked import Asked
from cmctl.testing.standins.limits import Window
from cmctl.testing.standins.server import Refused, StandIn, answers

_POSTS = "/v4/accounts/{account}/locations/{location}/localPosts"
_VALIDATION = "type.googleapis.com/google.mybusiness.v4.ValidationError"


class GoogleBusiness(StandIn):
    """The location of `Atlas Logistique`."""

    vendor: ClassVar[str] = "google_business"
    token = "ya29.canary-of-a-google-token"  # noqa: S105 - made up
    account = "106215447183502921046"
    location = "4291502377431680123"

    def __init__(self) -> None:
        super().__init__()
        self.tokens.add(self.token)
        # developers.google.com/my-business, "Usage limits": edits of one profile.
        self.limits["post"] = Window(10, 60)
        #: By name, oldest first.
        self.posts: dict[str, dict[str, Any]] = {}
        #: What its token may do.
        self.scopes: tuple[str, ...] = ("https://www.googleapis.com/auth/business.manage",)
        #: What becomes of the next posts.
        self.state = "LIVE"
        #: Texts are cut there, and nothing is said of it; 0: they are not.
        self.cut = 0
        #: Addresses that Google cannot fetch.
        self.unreachable: set[str] = set()
        self._last = 7_000_000_000_000_000_000

    # --- for tests ---------------------------------------------------------------------------

    def post_by_hand(self, text: str, **more: Any) -> str:
        return str(self._add({"summary": text, "topicType": "STANDARD", **more})["name"])

    def texts(self) -> list[str]:
        return [post["summary"] for post in self.posts.values() if post["state"] == "LIVE"]

    def alts(self) -> list[str]:
        return []  # there are none

    # --- refusals ----------------------------------------------------------------------------

    def refuse_token(self, asked: Asked) -> Reply | None:
        if asked.operation == "POST /tokeninfo":
            return None  # it says so itself
        if self.tokens.standing(asked.bearer, self.clock()) == "good":
            return None
        words = "Request had invalid authentication credentials. Expected OAuth 2 access token."
        return refused(401, "UNAUTHENTICATED", words).reply

    def refuse_request(self, message: str) -> Reply:
        return invalid("", message[:80]).reply

    def refuse_throttled(self, seconds: int) -> Reply:
        return refused(429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric").reply

    # --- operations --------------------------------------------------------------------------

    @answers(f"POST {_POSTS}", call="post")
    def create_post(self, asked: Asked) -> object:
        self._check_location(asked)
        said = dict(asked.values)
        if len(said["summary"].encode("utf-16-le")) // 2 > 1500:
            raise invalid("summary", "Summary must be at most 1500 characters.")
        images = [image["sourceUrl"] for image in said.get("media", ())]
        if len(images) > 1 or self.unreachable & set(images):
            raise invalid("media[0].source_url", "Could not fetch the image.")
        if said["topicType"] in {"EVENT", "OFFER"} and "event" not in said:
            raise invalid("event", "Event is required for this topic type.")
        said["summary"] = said["summary"][: self.cut or None]
        if images:
            address = "https://lh3.googleusercontent.com/p/"
            said["media"] = [{"mediaFormat": "PHOTO", "googleUrl": f"{address}{len(self.posts)}"}]
        return self._add(said)

    @answers(f"GET {_POSTS}", call="read")
    def list_posts(self, asked: Asked) -> object:
        self._check_location(asked)
        newest = [*reversed(self.posts.values())]
        start = int(asked.query.get("pageToken", 0))
        end = start + asked.query.get("pageSize", 20)
        page: dict[str, Any] = {"localPosts": newest[start:end]} if newest[start:end] else {}
        return {**page, "nextPageToken": str(end)} if end < len(newest) else page

    @answers(f"GET {_POSTS}/{{post}}", call="read")
    def get_post(self, asked: Asked) -> object:
        return self.posts[self._known(asked)]

    @answers(f"DELETE {_POSTS}/{{post}}", call="delete")
    def delete_post(self, asked: Asked) -> object:
        del self.posts[self._known(asked)]
        return {}

    @answers("POST /tokeninfo", call="read")
    def token_info(self, asked: Asked) -> object:
        standing = self.tokens.standing(asked.bearer, self.clock())
        if standing != "good":
            raise Refused(400, {"error": "invalid_token", "error_description": "Invalid Value"})
        ends = self.clock() + timedelta(minutes=50)
        life = {"exp": str(int(ends.timestamp())), "expires_in": "3000"}
        about = {"azp": "32555940559.apps.googleusercontent.com", "access_type": "offline"}
        return {**about, "aud": about["azp"], "scope": " ".join(self.scopes), **life}

    # --- parts -------------------------------------------------------------------------------

    def _check_location(self, asked: Asked) -> None:
        if (asked.path["account"], asked.path["location"]) != (self.account, self.location):
            raise _MISSING

    def _known(self, asked: Asked) -> str:
        self._check_location(asked)
        name = f"{self._parent}/localPosts/{asked.path['post']}"
        if name not in self.posts:
            raise _MISSING
        return name

    @property
    def _parent(self) -> str:
        return f"accounts/{self.account}/locations/{self.location}"

    def _add(self, said: dict[str, Any]) -> dict[str, Any]:
        self._last += 1
        name, at = f"{self._parent}/localPosts/{self._last}", self.clock()
        stamp = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        address = f"https://local.google.com/place?id=1&lpsid={self._last}"
        about = {"createTime": stamp, "updateTime": stamp, "state": self.state}
        self.posts[name] = {"name": name, **about, "searchUrl": address, **said}
        return self.posts[name]


def refused(status: int, name: str, message: str, details: list[Any] | None = None) -> Refused:
    """Return a refusal in the form of all of Google's APIs."""
    error: dict[str, Any] = {"code": status, "message": message, "status": name}
    return Refused(status, {"error": error | ({"details": details} if details else {})})


def invalid(field: str, message: str) -> Refused:
    """Return a refusal for what stands in a field."""
    said = {"code": 2, "field": field, "message": message}
    details = [{"@type": _VALIDATION, "errorDetails": [said]}]
    return refused(400, "INVALID_ARGUMENT", "Request contains an invalid argument.", details)


_MISSING = refused(404, "NOT_FOUND", "Requested entity was not found.")
