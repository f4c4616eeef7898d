"""What a Mastodon server is given before a status names it.

docs.joinmastodon.org, methods `media`. The server answers 202 while it processes a file, and 206
until it is done; nobody sees what no status names, and the server forgets it.
"""

from collections.abc import Callable
from typing import Final
from urllib.parse import quote

from cmctl.channels.base import Attachment, MediaRules, Unavailable
from cmctl.channels.body import file_body
from cmctl.channels.content import refuse_heavy
from cmctl.channels.http import Http, Request

RULES: Final = MediaRules(
    count=4,
    bytes=16_000_000,
    alt_limit=1500,
    # `image_matrix_limit` of /api/v2/instance is this unless a server was changed.
    pixels=33_177_600,
    films=("mp4", "m4v", "mov", "webm"),
    film_bytes=99_000_000,
    film_alt=True,
)
#: How often, once a second, an image or a film that is being processed is asked for.
_POLLS: Final = 30
_FILM_POLLS: Final = 240


def upload(http: Http, attachment: Attachment, sleep: Callable[[float], None]) -> str:
    """Upload an image or a film, and wait until the server has processed it; return its id.

    Raises:
        Rejected: the server does not take it.
        Unavailable: not now.
    """
    refuse_heavy(attachment, RULES, "Mastodon")
    body = file_body({"description": attachment.alt}, {"file": attachment})
    answer = http.send(Request(method="POST", path="/api/v2/media", body=body, repeatable=True))
    media = answer.text("id")
    if answer.status == 202:
        _wait(http, media, _FILM_POLLS if attachment.is_film else _POLLS, sleep)
    return media


def _wait(http: Http, media: str, polls: int, sleep: Callable[[float], None]) -> None:
    for _ in range(polls):
        sleep(1)
        if http.get(f"/api/v1/media/{quote(media, safe='')}").status == 200:
            return
    message = f"{http.host} is still processing an image after {polls} s"
    raise Unavailable(message)
