"""What accounts on Meta's networks have in common: how their posts are read, found and deleted.

developers.facebook.com, Graph API. Times are whole seconds. Meta answers alike for what is gone and
for what a token may not see: the account itself has to be seen before a post counts as gone.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, NamedTuple
from urllib.parse import quote

from cmctl.channels.adapter import HttpAdapter
from cmctl.channels.answer import Answer
from cmctl.channels.base import Counts, Outgoing
from cmctl.channels.content import Part, parts
from cmctl.channels.evidence import proof, standing
from cmctl.channels.inbox import MONTH, Comment, comment
from cmctl.channels.vendors.meta.graph import Graph, identity
from cmctl.core.model import Receipt, Status

Item = Mapping[str, Any]


class GraphAccount(HttpAdapter):
    """An account whose posts are objects of the Graph API."""

    _http: Graph
    #: The account's own address, such as `/me`.
    _path: str

    def delete(self, remote_id: str) -> None:
        """Delete a post, reply or comment; one that is gone already is no error."""
        self._http.delete(at(remote_id))

    def exists(self, remote_id: str) -> bool:
        """Ask for the post by its id, and for the account itself before it counts as gone."""
        return self._http.stands(at(remote_id), self._path)


class Reading(NamedTuple):
    """What is asked of an account's posts, and how it is read."""

    #: Where they are listed, such as `feed`, and those of others that name the account.
    edge: str
    tagged: str
    #: Fields of a post: for its status, for whether it has comments, for its counts.
    fields: str
    commented: str
    counted: str
    #: Fields of a comment.
    comment_fields: str
    status: Callable[[Answer, Item], Status]
    is_commented: Callable[[Item], bool]
    counts: Callable[[Item], Counts]
    #: Of an answer, the comment and the id of what it stands below.
    comment: Callable[[Answer, Item, str], Status]


class CommentedAccount(GraphAccount):
    """An account whose posts have comments, as on Facebook and Instagram."""

    reading: ClassVar[Reading]
    #: The server lists what others tag the account in.
    _tells_tags = True

    def timeline(self, since: datetime) -> Iterable[Status]:
        """Return the account's posts with whatever tool, newest first."""
        first = since.replace(microsecond=0)
        found = [self.reading.status(answer, item) for answer, item in self._listing(first)]
        return sorted(found, key=lambda status: status.at, reverse=True)

    def counts(self, remote_id: str) -> Counts:
        """Return what followers did with a post."""
        asked = {"fields": self.reading.counted}
        return self.reading.counts(self._http.get(at(remote_id), asked).record())

    def inbox(self, since: datetime) -> Iterable[Comment]:
        """Return comments on the posts of a month, and posts of others in which it is tagged.

        A request for the posts, one for each of these that has comments, and one for the tags.
        """
        first = since.replace(microsecond=0)
        below = (said for post in self._commented(first - MONTH) for said in self.comments(post))
        said = [one for one in below if one.at >= first and not one.own]
        return said + [comment(status) for status in self._tagged(first)]

    def comments(self, remote_id: str) -> Iterable[Comment]:
        """Return the comments on a post and the answers to them."""
        raise NotImplementedError

    def delete_comment(self, comment: str) -> bool:
        """Delete a comment; one that is gone already is no error."""
        return self._http.delete(at(comment))

    def _is_own(self, item: Item) -> bool:
        """Tell whether the account itself made a comment."""
        raise NotImplementedError

    def _say(self, on: str, edge: str, text: str) -> str:
        """Comment once on a post, or answer a comment; return the new one's id."""
        return self._http.form(f"{at(on)}/{edge}", {"message": text}).text("id")

    def _proof(self, wanted: Sequence[Part], images: int, own: Sequence[Status]) -> Receipt | None:
        """Return the proof that a post stands, with its first comment below it."""
        found = standing(wanted, images, own)
        if found and len(wanted) > 1:
            below = self._own_comments(found[0].remote_id, "comments")
            found = standing(wanted, images, [found[0], *below])
        return proof(wanted, found)

    def _proof_of_reply(self, outgoing: Outgoing, edge: str) -> Receipt | None:
        wanted, answers = parts(outgoing.content), outgoing.content.reply_to
        said = list(self._own_comments(answers, edge))
        return proof(wanted, standing(wanted, 0, said, reply_to=answers))

    def _own_comments(self, on: str, edge: str) -> Iterator[Status]:
        for answer, item in self._http.listing(f"{at(on)}/{edge}", self.reading.comment_fields):
            if self._is_own(item):
                yield self.reading.comment(answer, item, on)

    def _tagged(self, since: datetime) -> Iterator[Status]:
        """Yield what others posted since then in which the account is tagged.

        The listing's order is not documented: what is a month older ends it.
        """
        if not self._tells_tags:
            return
        edge = f"{self._path}/{self.reading.tagged}"
        for answer, item in self._http.listing(edge, self.reading.fields):
            status = self.reading.status(answer, item)
            if status.at < since - MONTH:
                return
            if status.at >= since and not self._is_own(item):
                yield status

    def _commented(self, since: datetime) -> Iterator[str]:
        """Yield the posts made since then that have comments."""
        for answer, item in self._since(self.reading.commented, since):
            if self.reading.is_commented(item):
                yield identity(answer, item)

    def _listing(self, since: datetime) -> Iterator[tuple[Answer, dict[str, Any]]]:
        return self._since(self.reading.fields, since)

    def _since(self, fields: str, since: datetime) -> Iterator[tuple[Answer, dict[str, Any]]]:
        """Yield posts, newest first, until they are older than `since`."""
        for answer, item in self._http.listing(f"{self._path}/{self.reading.edge}", fields):
            if self.reading.status(answer, item).at < since:
                return
            yield answer, item


def at(number: str) -> str:
    """Return the address of an object."""
    return f"/{quote(number, safe='')}"
