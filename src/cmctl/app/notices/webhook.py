"""Tell others by their addresses: a notice as JSON, or only that we live; never repeated here.

The address is often the only secret there is, so no message shows more of it than its host.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from cmctl.app.notices.notify import DEADLINE, NotifierError, Webhook
from cmctl.channels.base import ChannelError
from cmctl.channels.body import Body
from cmctl.channels.http import Http, Request
from cmctl.channels.options import is_safe_address
from cmctl.config.secrets import is_reference, resolve_secret
from cmctl.core.errors import CmctlError
from cmctl.core.settings import Notifier


def webhook(environment: Mapping[str, str], root: Path) -> Webhook:
    """Return what posts a notice to a notifier's address."""

    def post(notifier: Notifier, body: bytes) -> None:
        try:
            address = _address(notifier.url, environment, root)
        except CmctlError as problem:
            raise NotifierError(str(problem)) from None
        _send(address, "POST", Body(body, "application/json"))

    return post


def pinger(environment: Mapping[str, str], root: Path) -> Callable[[str], None]:
    """Return what asks for an address, given as a secret reference or itself, once.

    It raises `CmctlError`, with no more of the address than its host.
    """

    def ping(url: str) -> None:
        try:
            _send(_address(url, environment, root), "GET", None)
        except NotifierError as problem:
            raise CmctlError(str(problem)) from None

    return ping


def _address(url: str, environment: Mapping[str, str], root: Path) -> str:
    if not is_reference(url):
        return url
    return resolve_secret(url, environment=environment, root=root).reveal()


def _send(address: str, method: str, body: Body | None) -> None:
    url = urlsplit(address)
    base = f"{url.scheme}://{url.netloc}"
    if not is_safe_address(base):
        message = "the webhook's address is not https"
        raise NotifierError(message)
    http = Http(base, secrets=[url.path, url.query], deadline=DEADLINE)
    try:
        query = f"?{url.query}" if url.query else ""
        path = f"{url.path or '/'}{query}"
        http.send(Request(method=method, path=path, body=body))
    except ChannelError as problem:
        raise NotifierError(f"the webhook: {problem}") from None
    finally:
        http.close()
