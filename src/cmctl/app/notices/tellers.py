"""The ways over the network to tell people: a webhook, and Apprise's hundred services."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from cmctl.app.notices.apprise_send import MISSING, REFUSED, UNKNOWN
from cmctl.app.notices.notify import DEADLINE, NotifierError, Webhook
from cmctl.app.notices.webhook import webhook
from cmctl.config.secrets import resolve_secret
from cmctl.core.errors import CmctlError
from cmctl.core.settings import Notifier

#: All that the process of its own gets of the environment: no secret of ours.
_PASSED = (
    *("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"),
    *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
)
_WHY = {
    REFUSED: "the service of the Apprise address did not take it",
    UNKNOWN: "Apprise does not know such an address; see https://appriseit.com/services/",
    MISSING: "Apprise is not installed; pip install 'cmctl[notify]'",
}


def tellers(environment: Mapping[str, str], root: Path) -> Webhook:
    """Return what tells a notice to a webhook or through Apprise."""
    post = webhook(environment, root)

    def tell(notifier: Notifier, body: bytes) -> None:
        if notifier.kind == "apprise":
            _apprise(notifier, body, environment, root)
        else:
            post(notifier, body)

    return tell


def _apprise(notifier: Notifier, body: bytes, environment: Mapping[str, str], root: Path) -> None:
    try:
        url = resolve_secret(notifier.url, environment=environment, root=root).reveal()
    except CmctlError as problem:
        raise NotifierError(str(problem)) from None
    notice = json.loads(body)
    told = json.dumps({"url": url, "title": notice["title"], "body": notice["text"]})
    ended = subprocess.run(
        [sys.executable, "-m", "cmctl.app.notices.apprise_send"],
        input=told.encode(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,  # it may hold the address
        timeout=DEADLINE,
        env={name: environment[name] for name in _PASSED if name in environment},
        check=False,
    )
    if ended.returncode:
        raise NotifierError(_WHY.get(ended.returncode, "Apprise failed"))
