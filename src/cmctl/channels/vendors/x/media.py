"""What X is given before a post names it: images in one request, films in segments.

docs.x.com, API 2.167: `POST /2/media/upload` and `/2/media/metadata`; of films
`/2/media/upload/initialize`, `/{id}/append` and `/{id}/finalize`, then `GET /2/media/upload`.
Followers see nothing of it; what was begun and not ended is forgotten within a day.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote

from cmctl.channels.answer import Answer
from cmctl.channels.base import Attachment, MediaRules, Rejected, Unavailable
from cmctl.channels.body import Body, file_body, json_body
from cmctl.channels.content import refuse_heavy
from cmctl.channels.decoding import whole
from cmctl.channels.http import Http, Request
from cmctl.channels.vendors.x import post as posts

#: More than 100 MB is never read (app/media/reading.py); X itself takes 512.
RULES: Final = MediaRules(
    count=4,
    bytes=5_000_000,
    alt_limit=1000,
    films=("mp4", "mov"),
    film_bytes=100_000_000,
)
#: One segment, in bytes; X takes 5 MB.
SEGMENT: Final = 4_000_000
#: How long X may make a film ready, in seconds, and between two looks at least.
_PATIENCE, _PAUSE = 240, 1
_PATH: Final = "/media/upload"


class Uploads:
    """The uploads of one account."""

    def __init__(self, http: Http, sleep: Callable[[float], None]) -> None:
        self._http = http
        self._sleep = sleep

    def upload(self, attachment: Attachment) -> str:
        """Upload an image with its alt text, or a film; return its id.

        Raises:
            Rejected: X cannot make anything of it.
            Unavailable: not now.
        """
        refuse_heavy(attachment, RULES, "X")
        if attachment.is_film:
            return self._film(attachment)
        category = "tweet_gif" if attachment.type == "image/gif" else "tweet_image"
        body = file_body({"media_category": category}, {"media": attachment})
        media = _id(self._send(_PATH, body))
        if attachment.alt:
            metadata = {"alt_text": {"text": attachment.alt}}
            self._send("/media/metadata", json_body({"id": media, "metadata": metadata}))
        return media

    def _film(self, film: Attachment) -> str:
        about = {"media_category": "tweet_video", "media_type": film.type}
        begun = json_body({**about, "total_bytes": len(film.data)})
        media = _id(self._send(f"{_PATH}/initialize", begun))
        path = f"{_PATH}/{quote(media, safe='')}"
        for index, start in enumerate(range(0, len(film.data), SEGMENT)):
            segment = replace(film, data=film.data[start : start + SEGMENT])
            self._send(
                f"{path}/append", file_body({"segment_index": str(index)}, {"media": segment})
            )
        answer = self._send(f"{path}/finalize", None)
        waited = 0
        while (pause := _unready(answer, film.name)) and waited < _PATIENCE:
            self._sleep(pause)
            waited += pause
            answer = self._http.get(_PATH, {"media_id": media, "command": "STATUS"})
        if pause:
            message = f"{self._http.host} is still reading {film.name} after {waited} s"
            raise Unavailable(message)
        return media

    def _send(self, path: str, body: Body | None) -> Answer:
        return self._http.send(Request(method="POST", path=path, body=body, repeatable=True))


def _id(answer: Answer) -> str:
    media = posts.data(answer).get("id")
    if not isinstance(media, str) or not media:
        raise answer.malformed("without an id")
    return media


def _unready(answer: Answer, name: str) -> int:
    """Return in how many seconds X wants to be asked again; 0: it can be posted."""
    told: Any = posts.data(answer).get("processing_info")
    state = told.get("state") if isinstance(told, dict) else "succeeded"
    if state == "failed":
        message = f"X cannot show {name}: is it an MP4 or MOV of 0.5 to 140 seconds?"
        raise Rejected(message)
    if state == "succeeded":
        return 0
    return min(max(whole(told.get("check_after_secs")), _PAUSE), _PATIENCE)
