"""Google Business Profile: the local posts of one location.

developers.google.com/my-business, v4 reference (accounts.locations.localPosts) and "Usage limits".
There is no key against doubles: after any doubt the location's posts are read, in an order that is
not documented. Google's machine-readable descriptions lack local posts, so that none of this is
verified.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import ClassVar
from urllib.parse import quote

from cmctl.channels.adapter import HttpAdapter
from cmctl.channels.answer import Answer
from cmctl.channels.base import (
    Capabilities,
    Length,
    MediaRules,
    Outgoing,
    Rate,
    Rejected,
    TextRules,
)
from cmctl.channels.body import json_body
from cmctl.channels.content import content_problems, measured, parts
from cmctl.channels.evidence import altered, proof, standing
from cmctl.channels.fetched import address, address_problems
from cmctl.channels.grant import Grant
from cmctl.channels.http import Http, Request
from cmctl.channels.options import Form, Option
from cmctl.channels.paging import Fields, Page, pages, recent
from cmctl.channels.refusals import explaining
from cmctl.channels.sign_in import SignIn
from cmctl.channels.vendors.google import post as posts
from cmctl.channels.vendors.google import tokens
from cmctl.core.model import Content, Problem, Receipt, Status
from cmctl.core.text import utf16_units

_URL = "https://mybusiness.googleapis.com"
_PAGE = "100"
_GONE = (404,)
_LISTING = Fields(items="localPosts", following="nextPageToken", ask="pageToken", may_lack=True)
_SKEW = timedelta(minutes=5)


class GoogleBusinessChannel(HttpAdapter):
    """One location; a post's remote id is its name, `accounts/.../localPosts/...`."""

    kind: ClassVar[str] = "google_business"
    options: ClassVar[tuple[Option, ...]] = (
        Option(name="token", what="a reference to an OAuth 2 token", form=Form.SECRET),
        Option(name="account", what="the account's number in quotes"),
        Option(name="location", what="the location's number in quotes"),
        Option(
            name="button",
            what="what a post's button says; LEARN_MORE where nothing is said",
            required=False,
            choices=posts.BUTTONS,
        ),
        Option(
            name="url",
            what=f"where the API is; {_URL} where nothing is said",
            form=Form.ADDRESS,
            required=False,
        ),
    )
    capabilities: ClassVar[Capabilities] = Capabilities(
        text=TextRules(limit=posts.LIMIT),
        media=MediaRules(
            count=1,
            bytes=5_000_000,
            formats=("jpg", "jpeg", "png"),
            alt=False,
            least=(400, 300),
            fetched=True,
        ),
        rate=Rate(most=10, per=timedelta(minutes=1)),  # "edits" of one profile
        recovery=frozenset({"lookup"}),
        events=True,
        settling=timedelta(minutes=1),
        verified=False,
    )

    def __init__(
        self,
        *,
        token: str,
        account: str,
        location: str,
        button: str = posts.BUTTONS[0],
        url: str = _URL,
    ) -> None:
        self._parent = f"accounts/{account}/locations/{location}"
        self._button = button
        self._token = token
        self._other = _other(url)
        self._http = Http(
            f"{url.rstrip('/')}/v4",
            {"Authorization": f"Bearer {token}"},
            explain=explaining("error", posts.REFUSALS),
        )

    @classmethod
    def sign_in(cls, options: Mapping[str, object]) -> SignIn:
        """Return where an owner or manager of the profile signs in."""
        return tokens.sign_in(_other(str(options.get("url", _URL))))

    def lengths(self, content: Content) -> Iterable[Length]:
        """Yield how long each text is, as Google counts."""
        link = self._link_in_text(content)
        return measured(content, self.capabilities, count=utf16_units, link=link)

    def problems(self, content: Content) -> Iterable[Problem]:
        """Yield what is too long or lacks a text, and images that cannot be fetched."""
        network, can = "Google Business", self.capabilities
        yield from content_problems(content, network, can, self.lengths(content))
        yield from posts.problems(content)
        yield from address_problems(content, network, can.media)

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Post once; Google says at once where it does not want a post."""
        content = outgoing.content
        wanted = parts(content, link=self._link_in_text(content))
        images = [address(outgoing, index) for index in range(len(content.media))]
        body = posts.post(wanted[0].text, content, outgoing.language, images, self._button)
        answer = self._http.post(f"{_path(self._parent)}/localPosts", json_body(body))
        name, made = answer.text("name"), answer.record()
        if not posts.is_seen(made):
            message = "Google has rejected the post: it goes by rules of its own, which it names "
            raise Rejected(f"{message}on the profile's page")
        stands = [str(made["summary"])] if made.get("summary") else []
        return Receipt(
            remote_id=name,
            url=str(made.get("searchUrl") or ""),
            parts=(name,),
            altered=altered(wanted, stands),
        )

    def find(self, outgoing: Outgoing) -> Receipt | None:
        """Look for the post among the location's."""
        content = outgoing.content
        (part,) = parts(content, link=self._link_in_text(content))
        title = content.event.title if content.event else ""
        wanted = [part._replace(text=f"{title}\n\n{part.text}".strip())]
        own = self._own(outgoing.created_at - _SKEW, link=False)
        return proof(wanted, standing(wanted, len(content.media), own))

    def timeline(self, since: datetime) -> Iterable[Status]:
        """Return the location's posts of every kind and with whatever tool, newest first."""
        return self._own(since, link=True)

    def delete(self, remote_id: str) -> None:
        """Delete a post; one that is gone already is no error."""
        self._http.send(Request(method="DELETE", path=_path(remote_id), accept=_GONE))

    def exists(self, remote_id: str) -> bool:
        """Ask for the post by its name; one that Google has rejected does not stand."""
        answer = self._http.get(_path(remote_id), accept=_GONE)
        return answer.status not in _GONE and bool(answer.text("name")) and _is_seen(answer)

    def probe(self) -> str:
        """Return the location's name, after a look at its posts."""
        next(self._pages(), None)
        return self._parent

    def grant(self) -> Grant:
        """Return what Google says of the token."""
        return tokens.grant(self._other, self._token)

    def _link_in_text(self, content: Content) -> bool:
        """Tell whether the link has no place of its own: a button that rings leads nowhere."""
        return self._button == posts.CALL and not posts.is_offer(content)

    def _own(self, since: datetime, *, link: bool) -> list[Status]:
        """Return what followers see."""
        listed = recent(self._pages(), partial(posts.status, link=link), since)
        found = [status for status, item in listed if posts.is_seen(item)]
        return sorted(found, key=lambda status: status.at, reverse=True)

    def _pages(self) -> Iterator[Page]:
        path = f"{_path(self._parent)}/localPosts"
        return pages(self._http, path, {"pageSize": _PAGE}, _LISTING)


def _is_seen(answer: Answer) -> bool:
    return posts.is_seen(answer.record())


def _other(url: str) -> str:
    """Return the server where all is that is Google's else; empty: Google's own, each by itself."""
    return "" if url == _URL else url.rstrip("/")


def _path(name: str) -> str:
    return f"/{quote(name)}"
