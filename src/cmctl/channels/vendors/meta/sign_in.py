"""Signing in at Meta's networks.

developers.facebook.com: "Manually Build a Login Flow", "Long-Lived Access Tokens", "Business Login
for Instagram", "Threads API: Get Access Tokens", "Long-Lived Tokens". None knows refresh tokens: a
code gives a token for an hour, which is changed for one of 60 days. That one renews itself, or,
on Facebook, shows the Page's own token, which does not end.
"""

from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from cmctl.channels.base import Rejected
from cmctl.channels.sign_in import SignIn, Swap
from cmctl.channels.vendors.meta.graph import Graph, inner

#: They may be renewed from their second day on; with half of their life left nothing is lost by it.
_MARGIN: Final = timedelta(days=30)
#: The address that an account of Instagram Login has in its options.
INSTAGRAM: Final = "https://graph.instagram.com"

#: What each adapter asks for; of Instagram by its own login, and by that of a Page.
PAGE_SCOPES: Final = (
    "pages_show_list",
    "pages_manage_posts",
    "pages_read_engagement",
    "pages_read_user_content",
    "pages_manage_engagement",
)
INSTAGRAM_SCOPES: Final = (
    "instagram_business_basic",
    "instagram_business_content_publish",
    "instagram_business_manage_comments",
)
INSTAGRAM_BY_PAGE_SCOPES: Final = (
    "instagram_basic",
    "instagram_content_publish",
    "instagram_manage_comments",
    "pages_show_list",
    "pages_read_engagement",
)
THREADS_SCOPES: Final = (
    "threads_basic",
    "threads_content_publish",
    "threads_manage_replies",
    "threads_read_replies",
    "threads_manage_mentions",
    "threads_manage_insights",
    "threads_delete",
)


def facebook(url: str, version: str, scopes: tuple[str, ...]) -> SignIn:
    """Return where a person of Facebook lets us in to what they manage."""
    graph = f"{url.rstrip('/')}/{version}"
    www = graph.replace("//graph.", "//www.", 1)
    token = f"{graph}/oauth/access_token"
    return SignIn(
        authorize=f"{www}/dialog/oauth",
        token=token,
        scopes=scopes,
        # The one address without https, and only for apps in development.
        host="localhost",
        separator=",",
        pkce=False,
        by_get=True,
        exchange=Swap(
            token, "fb_exchange_token", "fb_exchange_token", ("client_id", "client_secret")
        ),
    )


def instagram(scopes: tuple[str, ...]) -> SignIn:
    """Return where a professional account of Instagram lets us in by itself."""
    authorize = "https://www.instagram.com/oauth/authorize"
    token = "https://api.instagram.com/oauth/access_token"  # noqa: S105 - an address
    return _lasting(authorize, token, INSTAGRAM, "ig", scopes)


def threads(url: str, scopes: tuple[str, ...]) -> SignIn:
    """Return where an account of Threads lets us in."""
    graph = url.rstrip("/")
    where = urlsplit(graph)
    authorize = f"{where.scheme}://{where.netloc.removeprefix('graph.')}/oauth/authorize"
    return _lasting(authorize, f"{graph}/oauth/access_token", graph, "th", scopes)


def _lasting(
    authorize: str, token: str, graph: str, prefix: str, scopes: tuple[str, ...]
) -> SignIn:
    """Return where an account lets us in whose token is changed for a long one and renewed."""
    long = Swap(f"{graph}/access_token", f"{prefix}_exchange_token", client=("client_secret",))
    return SignIn(
        authorize=authorize,
        token=token,
        scopes=scopes,
        separator=",",
        pkce=False,
        exchange=long,
        renewal=Swap(f"{graph}/refresh_access_token", f"{prefix}_refresh_token"),
        margin=_MARGIN,
        lasting=True,
    )


def token_of_page(graph: Graph, account: str) -> str:
    """Return the own token of the Page that an Instagram account belongs to (`/me/accounts`).

    Raises:
        Rejected: nobody let us in to such a Page.
    """
    fields = "access_token,instagram_business_account"
    for answer, page in graph.listing("/me/accounts", fields):
        if inner(page, "instagram_business_account").get("id") == account:
            if not isinstance(token := page.get("access_token"), str) or not token:
                raise answer.malformed("without the Page's token")
            return token
    message = f"no Page that you let us in to belongs to the Instagram account {account}"
    raise Rejected(message)
