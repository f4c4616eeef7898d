"""Pinterest: the pins of a board.

github.com/pinterest/api-description, 5.23.0; developers.pinterest.com, "Rate limits", "Access
tiers". There is no key against doubles and no refusal of them: after any doubt the board is read.
In which order a board lists its pins is not documented, and people move them: reading ends with
the first page that has nothing new.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, ClassVar
from urllib.parse import quote

from cmctl.channels.adapter import HttpAdapter
from cmctl.channels.base import Capabilities, Counts, Length, Outgoing, Rejected, TextRules
from cmctl.channels.body import json_body
from cmctl.channels.content import content_problems, measured, parts
from cmctl.channels.evidence import altered, proof, standing
from cmctl.channels.http import Http, Request
from cmctl.channels.options import Form, Option
from cmctl.channels.paging import Fields, Page, pages, recent
from cmctl.channels.refusals import explaining
from cmctl.channels.sign_in import SignIn
from cmctl.channels.vendors.pinterest import pin as pins
from cmctl.core.model import Content, Problem, Receipt, Status

_URL = "https://api.pinterest.com"
_PAGE = "250"
_GONE = (404,)
_LISTING = Fields(items="items", following="bookmark", ask="bookmark")
#: The server's clock and ours may differ by this much.
_SKEW = timedelta(minutes=5)


class PinterestChannel(HttpAdapter):
    """One board; a post's remote id is its pin's."""

    kind: ClassVar[str] = "pinterest"
    options: ClassVar[tuple[Option, ...]] = (
        Option(name="token", what="a reference to an OAuth 2 token", form=Form.SECRET),
        Option(name="board", what="the board's number in quotes, such as '549755885175'"),
        Option(
            name="url",
            what=f"where the API is; {_URL} where nothing is said",
            form=Form.ADDRESS,
            required=False,
        ),
    )
    capabilities: ClassVar[Capabilities] = Capabilities(
        text=TextRules(limit=pins.LIMIT),
        media=pins.MEDIA,
        recovery=frozenset({"lookup"}),
        settling=timedelta(minutes=1),
    )

    def __init__(self, *, token: str, board: str, url: str = _URL) -> None:
        self._board = board
        self._http = Http(
            f"{url.rstrip('/')}/v5",
            {"Authorization": f"Bearer {token}"},
            explain=explaining("message", pins.REFUSALS),
        )

    @classmethod
    def sign_in(cls, options: Mapping[str, object]) -> SignIn:
        """Return where an account signs in; the app's secret is needed."""
        server = str(options.get("url", _URL)).rstrip("/")
        return SignIn(
            authorize=f"{server.replace('//api.', '//www.')}/oauth/",
            token=f"{server}/v5/oauth/token",
            separator=",",
            pkce=False,
            basic=True,
            # For apps that are older than September 2025.
            fields={"continuous_refresh": "true"},
            lasting=True,
            scopes=(
                *("boards:read", "boards:write", "pins:read", "pins:write"),
                "user_accounts:read",
            ),
        )

    def lengths(self, content: Content) -> Iterable[Length]:
        """Yield how long each text is, as Pinterest counts."""
        return measured(content, self.capabilities, count=pins.length, link=False)

    def problems(self, content: Content) -> Iterable[Problem]:
        """Yield what is too long, and a pin without an image or a title."""
        yield from content_problems(content, "Pinterest", self.capabilities, self.lengths(content))
        yield from pins.problems(content)

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Pin once, with the images in the request."""
        content = outgoing.content
        wanted = parts(content, link=False)
        body = pins.pin(wanted[0].text, self._board, content.link, outgoing.attachments)
        answer = self._http.post("/pins", json_body(body))
        number, told = answer.text("id"), answer.record()
        stands = [pins.text(told)] if "description" in told else []
        return Receipt(
            remote_id=number,
            url=pins.address(number),
            parts=(number,),
            altered=altered(wanted, stands),
        )

    def find(self, outgoing: Outgoing) -> Receipt | None:
        """Look for the pin on its board."""
        wanted = parts(outgoing.content, link=False)
        listed = self._listing(outgoing.created_at - _SKEW, link=False)
        return proof(wanted, standing(wanted, len(outgoing.attachments), listed))

    def timeline(self, since: datetime) -> Iterable[Status]:
        """Return the board's pins, whoever made them and with whatever tool, newest first."""
        return self._listing(since.replace(microsecond=0), link=True)  # its times are whole seconds

    def delete(self, remote_id: str) -> None:
        """Delete a pin; one that is gone already is no error."""
        self._http.send(Request(method="DELETE", path=_path(remote_id), accept=_GONE))

    def exists(self, remote_id: str) -> bool:
        """Ask for the pin by its id."""
        answer = self._http.get(_path(remote_id), accept=_GONE)
        return answer.status not in _GONE and bool(answer.text("id"))

    def counts(self, remote_id: str) -> Counts:
        """Return reactions, comments, saves and impressions."""
        return pins.counts(self._http.get(_path(remote_id), {"pin_metrics": "true"}).record())

    def probe(self) -> str:
        """Return the account's name and the board's; where there is none, name those there are."""
        name = self._http.get("/user_account").text("username")
        path = f"/boards/{quote(self._board, safe='')}"
        answer = self._http.get(path, accept=_GONE)
        if answer.status not in _GONE:
            return f"{name}, {answer.text('name')}"
        boards = ", ".join(f"{item.get('name')} ({item.get('id')})" for item in self._boards())
        message = f"{name} has no board {self._board}: write one of {boards or 'none there is'}"
        raise Rejected(message)

    def _boards(self) -> Iterator[dict[str, Any]]:
        return (item for page in self._pages("/boards") for item in page.items)

    def _listing(self, since: datetime, *, link: bool) -> list[Status]:
        listed = self._pages(f"/boards/{quote(self._board, safe='')}/pins")
        found = recent(listed, partial(pins.status, link=link), since)
        return sorted((pin for pin, _ in found), key=lambda status: status.at, reverse=True)

    def _pages(self, path: str) -> Iterator[Page]:
        return pages(self._http, path, {"page_size": _PAGE}, _LISTING)


def _path(remote_id: str) -> str:
    return f"/pins/{quote(remote_id, safe='')}"
