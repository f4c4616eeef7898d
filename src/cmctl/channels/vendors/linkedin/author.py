"""What a page and a member have in common on LinkedIn: how they post."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import ClassVar

from cmctl.channels.adapter import HttpAdapter
from cmctl.channels.base import Attachment, Capabilities, Length, Outgoing, TextRules
from cmctl.channels.content import Part, content_problems, measured, parts, post_in_order
from cmctl.channels.grant import Grant
from cmctl.channels.options import Form, Option
from cmctl.channels.sign_in import SignIn
from cmctl.channels.vendors.linkedin import post as posts
from cmctl.channels.vendors.linkedin.introspection import App, grant
from cmctl.channels.vendors.linkedin.media import film, picture
from cmctl.channels.vendors.linkedin.rest import URL, VERSION, Rest
from cmctl.channels.vendors.linkedin.text import COMMENT_LIMIT, shown
from cmctl.core.model import Content, Problem, Receipt
from cmctl.core.text import utf16_units

_COMMENT = TextRules(limit=COMMENT_LIMIT)
TOKEN = Option(name="token", what="a reference to an OAuth 2 token", form=Form.SECRET)
#: What both may say beside that.
OPTIONS = (
    Option(
        name="version",
        what=f"the version of the API, such as '{VERSION}', which is it where nothing is said",
        required=False,
    ),
    Option(
        name="url",
        what=f"where the API is; {URL} where nothing is said",
        form=Form.ADDRESS,
        required=False,
    ),
    Option(name="client_id", what="the app's, to ask when its tokens end", required=False),
    Option(
        name="client_secret",
        what="a reference to the app's secret, to ask when its tokens end",
        form=Form.SECRET,
        required=False,
    ),
)


class LinkedInAuthor(HttpAdapter):
    """Somebody who posts; a post's remote id is its URN, and so is that of a comment."""

    capabilities: ClassVar[Capabilities]
    #: What a token needs.
    scopes: ClassVar[tuple[str, ...]]

    def __init__(  # noqa: PLR0913 - options, each with its default
        self,
        *,
        token: str,
        version: str = VERSION,
        url: str = URL,
        client_id: str = "",
        client_secret: str = "",
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._http: Rest = Rest(url, token, version)
        self._token = token
        self._app = App(client_id, client_secret)
        self._home = _home(url)
        self._sleep = sleep

    @classmethod
    def sign_in(cls, options: Mapping[str, object]) -> SignIn:
        """Return where a member signs in; the app's client secret is needed.

        learn.microsoft.com/linkedin, "Authorization Code Flow (3-legged OAuth)"; the flow with PKCE
        is for native apps that LinkedIn has let use it.
        """
        server = _home(str(options.get("url", URL)))
        return SignIn(
            authorize=f"{server}/oauth/v2/authorization",
            token=f"{server}/oauth/v2/accessToken",
            scopes=cls.scopes,
            pkce=False,
        )

    def lengths(self, content: Content) -> Iterator[Length]:
        """Yield how long each text is, as LinkedIn counts: a comment may have less than a post."""
        own = measured(content, self.capabilities, count=length, link=bool(content.media))
        for one in own:
            is_comment = content.reply_to or one.part
            yield replace(one, rules=_COMMENT, count=utf16_units) if is_comment else one

    def problems(self, content: Content) -> Iterable[Problem]:
        """Yield texts and comments that are too long, and images that cannot go."""
        return content_problems(content, "LinkedIn", self.capabilities, self.lengths(content))

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Post once, with images that were uploaded unseen; then the first comment."""
        author = self._author()
        urns = [item.uploaded or self.upload(item) for item in outgoing.attachments]
        images = list(zip(urns, outgoing.attachments, strict=True))

        link, answers = outgoing.content.link, outgoing.content.reply_to

        def post(part: Part, made: list[str]) -> str:
            if made or answers:
                return self._http.comment(answers or made[0], author, part.text)
            return self._http.publish(posts.post(part.text, author, images, link))

        made = post_in_order(parts(outgoing.content, link=bool(images)), post)
        return Receipt(remote_id=made[0], url=posts.address(made[0]), parts=tuple(made))

    def upload(self, attachment: Attachment) -> str:
        """Upload an image or a film, which nobody sees before a post names it; return its URN."""
        if attachment.is_film:
            return film(self._http, self._author(), attachment, self._sleep)
        return picture(self._http, self._author(), attachment)

    def grant(self) -> Grant | None:
        """Return what LinkedIn says of the token; None: it says so to the app alone."""
        if not (self._app.id and self._app.secret):
            return None
        return grant(self._home, self._token, self._app, self.scopes)

    def _author(self) -> str:
        """Return the author's URN."""
        raise NotImplementedError


def _home(url: str) -> str:
    """Return where tokens are given and asked about."""
    return url.rstrip("/").replace("//api.", "//www.")


def length(text: str) -> int:
    """Count as LinkedIn does where it says "characters": of a mention its name."""
    return utf16_units(shown(text))
