"""What LinkedIn is given before a post names it: images in one request, films in parts.

learn.microsoft.com/linkedin, "Images API", "Videos API". Nobody sees what no post names.
"""

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote, urlsplit

from cmctl.channels.answer import Answer
from cmctl.channels.base import Attachment, MediaRules, Rejected, Unavailable
from cmctl.channels.body import Body, json_body
from cmctl.channels.content import refuse_heavy
from cmctl.channels.http import Http, Request
from cmctl.channels.vendors.linkedin.rest import Rest

#: "Less than 36,152,320 pixels"; of images the documents give no size in bytes. A film may have 500
#: MB there; more than 100 is never read (app/media/reading.py).
RULES: Final = MediaRules(
    count=20,
    formats=("jpg", "jpeg", "png", "gif"),
    alt_limit=4086,
    pixels=36_152_319,
    films=("mp4",),
    film_bytes=100_000_000,
)
_VIDEOS: Final = "/rest/videos"
#: How often, once in ten seconds, a film that is being processed is asked for: a member has 150
#: requests a day.
_POLLS: Final = 24
_PAUSE: Final = 10.0


def picture(rest: Rest, owner: str, image: Attachment) -> str:
    """Upload an image; return its URN.

    Raises:
        Rejected, Unavailable: nothing was published either way.
    """
    told = _begun(rest, "/rest/images", {"owner": owner}, "image")
    address = told.get("uploadUrl")
    _fill(rest, str(address), image.data, image.type)
    return str(told["image"])


def film(rest: Rest, owner: str, item: Attachment, sleep: Callable[[float], None]) -> str:
    """Upload a film, and wait until LinkedIn can show it; return its URN.

    Raises:
        Rejected, Unavailable: nothing was published either way.
    """
    refuse_heavy(item, RULES, "LinkedIn")
    size = len(item.data)
    asked = {"owner": owner, "fileSizeBytes": size}
    told = _begun(
        rest, _VIDEOS, {**asked, "uploadCaptions": False, "uploadThumbnail": False}, "video"
    )
    urn, ids = str(told["video"]), []
    for address, first, last in _parts(rest, told, size):
        part = item.data[first : last + 1]
        answer = _fill(rest, address, part, "application/octet-stream")
        ids.append(answer.headers.get("etag", ""))
    done = {"video": urn, "uploadToken": told.get("uploadToken", ""), "uploadedPartIds": ids}
    _act(rest, _VIDEOS, "finalizeUpload", {"finalizeUploadRequest": done})
    _wait(rest, urn, item.name, sleep)
    return urn


def _begun(rest: Rest, path: str, asked: dict[str, object], name: str) -> dict[str, Any]:
    """Begin an upload; return what LinkedIn says of it, with the URN under `name`."""
    answer = _act(rest, path, "initializeUpload", {"initializeUploadRequest": asked})
    told: Any = answer.record().get("value")
    if not isinstance(told, dict) or not isinstance(told.get(name), str):
        raise answer.malformed(f"without `{name}`")
    return told


def _act(rest: Rest, path: str, action: str, value: dict[str, object]) -> Answer:
    query = {"action": action}
    body = json_body(value)
    return rest.send(Request(method="POST", path=path, query=query, body=body, repeatable=True))


def _parts(rest: Rest, told: dict[str, Any], size: int) -> list[tuple[str, int, int]]:
    """Return where each part goes, and its first and last byte: together they are the film."""
    found = [
        (str(one.get("uploadUrl")), one.get("firstByte"), one.get("lastByte"))
        for one in told.get("uploadInstructions") or ()
    ]
    follows = 0
    for _, first, last in found:
        if first != follows or not isinstance(last, int) or last < first:
            break
        follows = last + 1
    if follows != size:
        message = f"{rest.host} wants other parts than the film has"
        raise Unavailable(message)
    return found


def _wait(rest: Rest, urn: str, name: str, sleep: Callable[[float], None]) -> None:
    for _ in range(_POLLS):
        state = rest.get(f"{_VIDEOS}/{quote(urn, safe='')}").record().get("status")
        if state == "AVAILABLE":
            return
        if state == "PROCESSING_FAILED":
            message = f"LinkedIn cannot show {name}: is it an MP4 of 3 seconds to 30 minutes?"
            raise Rejected(message)
        sleep(_PAUSE)
    message = f"{rest.host} is still reading {name} after {_POLLS * _PAUSE:.0f} s"
    raise Unavailable(message)


def _fill(rest: Rest, address: str, data: bytes, kind: str) -> Answer:
    """Send bytes where LinkedIn says; the token goes to its own hosts only."""
    url, home = urlsplit(address), urlsplit(f"//{rest.host}").hostname
    trusted = url.scheme == "https" and (url.hostname or "").endswith(".linkedin.com")
    if not trusted and url.hostname != home:
        message = f"LinkedIn wants the file to be sent to {url.hostname}, which is not its own"
        raise Rejected(message)
    path = f"{url.path}?{url.query}" if url.query else url.path
    http = Http(f"{url.scheme}://{url.netloc}", rest.own_headers)
    try:
        body = Body(data, kind)
        return http.send(Request(method="PUT", path=path, body=body, repeatable=True))
    finally:
        http.close()
