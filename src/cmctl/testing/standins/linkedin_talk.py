"""What a stand-in for LinkedIn has below its posts: comments, answers to them, and their counts.

learn.microsoft.com/linkedin, "Comments API", "Reactions and Social Metadata".
"""

from typing import Any

from cmctl.testing.sandbox.wire import Reply
from cmctl.testing.standins.asked import Asked
from cmctl.testing.standins.linkedin_refusals import MISSING, refused
from cmctl.testing.standins.linkedin_uploads import Uploads
from cmctl.testing.standins.server import answers, told

_LIMIT = 1250
_COMMENTS = "/rest/socialActions/{post}/comments"


class Talk(Uploads):
    """Posts, and what stands below them."""

    def __init__(self) -> None:
        super().__init__()
        #: By URN, oldest first.
        self.posts: dict[str, dict[str, Any]] = {}
        #: By their number, oldest first.
        self.comments: dict[str, dict[str, Any]] = {}

    @answers(f"POST {_COMMENTS}", call="post")
    def create_comment(self, asked: Asked) -> object:
        self.known(asked)
        said = asked.values
        if len(said["message"]["text"].encode("utf-16-le")) // 2 > _LIMIT:
            raise refused(400, "ERROR :: /message :: the length exceeds the maximum of 1250")
        if said.get("parentComment", "") != (_answered(asked.path["post"])):
            raise refused(400, "ERROR :: /parentComment :: it is not what is answered")
        made = self.say(asked.path["post"], said["actor"], said["message"]["text"])
        return told(made, 201, {"x-restli-id": made["id"]})

    @answers(f"GET {_COMMENTS}", call="read")
    def list_comments(self, asked: Asked) -> object:
        self.known(asked)
        return self.paged(asked, [self._summed(one) for one in self._below(asked.path["post"])])

    @answers(f"GET {_COMMENTS}/{{comment}}", call="read")
    def get_comment(self, asked: Asked) -> object:
        if asked.path["comment"] not in self.comments:
            raise MISSING
        return self.comments[asked.path["comment"]]

    @answers(f"DELETE {_COMMENTS}/{{comment}}", call="delete")
    def delete_comment(self, asked: Asked) -> object:
        if self.comments.pop(asked.path["comment"], None) is None:
            raise MISSING
        return Reply(status=204)

    @answers("GET /rest/socialMetadata/{post}", call="read")
    def social_metadata(self, asked: Asked) -> object:
        self.known(asked)
        return self._social(asked.path["post"])

    @answers("GET /rest/socialMetadata", call="read")
    def many_social_metadata(self, asked: Asked) -> object:
        urns = asked.query["ids"].removeprefix("List(").removesuffix(")").split(",")
        return {"results": {urn: self._social(urn) for urn in urns}, "errors": {}, "statuses": {}}

    def known(self, asked: Asked) -> dict[str, Any]:
        found = self.posts.get(asked.path["post"]) or self._comment(asked.path["post"])
        if found is None:
            raise MISSING
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

    def say(self, on: str, actor: str, text: str) -> dict[str, Any]:
        number, stamp = self._number(), {"actor": actor, "time": self.now()}
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

    def paged(self, asked: Asked, items: list[dict[str, Any]]) -> dict[str, Any]:
        start, count = asked.query.get("start", 0), asked.query.get("count", 10)
        links = []
        if start + count < len(items):
            href = f"{asked.operation.split(' ')[1]}?start={start + count}"
            links.append({"type": "application/json", "rel": "next", "href": href})
        paging = {"start": start, "count": count, "links": links, "total": len(items)}
        return {"paging": paging, "elements": items[start : start + count]}

    def now(self) -> int:
        """Return the time in milliseconds."""
        return round(self.clock().timestamp() * 1000)


def _answered(urn: str) -> str:
    """Return the URN where it is that of a comment."""
    return urn if urn.startswith("urn:li:comment:") else ""
