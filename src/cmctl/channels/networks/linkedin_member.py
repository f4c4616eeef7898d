"""LinkedIn: the posts of a member.

learn.microsoft.com/linkedin, "Share on LinkedIn", "Sign In with LinkedIn using OpenID Connect",
"Posts API". Reading what a member has posted needs `r_member_social`, which LinkedIn gives to few:
nothing is watched, found, counted or deleted with proof, and an uncertain attempt is held.
"""

from datetime import timedelta
from typing import ClassVar

from cmctl.channels.base import Capabilities, Rate, TextRules
from cmctl.channels.options import Option
from cmctl.channels.vendors.linkedin.author import OPTIONS, TOKEN, LinkedInAuthor
from cmctl.channels.vendors.linkedin.media import RULES
from cmctl.channels.vendors.linkedin.text import LIMIT

_ME = "/v2/userinfo"


class LinkedInMemberChannel(LinkedInAuthor):
    """The member that a token belongs to."""

    kind: ClassVar[str] = "linkedin_member"
    options: ClassVar[tuple[Option, ...]] = (TOKEN, *OPTIONS)
    scopes: ClassVar[tuple[str, ...]] = ("openid", "profile", "w_member_social")
    capabilities: ClassVar[Capabilities] = Capabilities(
        text=TextRules(limit=LIMIT),
        media=RULES,
        rate=Rate(most=150, per=timedelta(days=1)),  # all requests of a member together
        first_comment=True,
        verified=False,
    )

    #: Its URN, asked for once.
    _member = ""

    def probe(self) -> str:
        """Return the member's name."""
        return self._http.get(_ME).text("name")

    def _author(self) -> str:
        if not self._member:
            self._member = f"urn:li:person:{self._http.get(_ME).text('sub')}"
        return self._member
