"""Uploading an image to Slack, unseen: an address is asked for, filled, and said to be filled.

docs.slack.dev, methods `files.getUploadURLExternal` and `files.completeUploadExternal`: without a
channel "the file will be private".
"""

from typing import Any
from urllib.parse import urlsplit

from cmctl.channels.base import Attachment, Rejected
from cmctl.channels.body import Body, form_body
from cmctl.channels.http import Http, Request
from cmctl.channels.options import is_safe_address
from cmctl.channels.vendors.slack import message as messages


def uploaded(http: Http, attachment: Attachment) -> str:
    """Upload an image and return its file's id.

    Raises:
        Rejected, Unavailable: nothing was published either way.
    """
    asked = form_body({"filename": attachment.name, "length": str(len(attachment.data))})
    told = _ask(http, "files.getUploadURLExternal", asked)
    _fill(http, str(told.get("upload_url")), attachment)
    file = str(told.get("file_id"))
    ready = messages.json({"files": [{"id": file, "title": attachment.name}]})
    _ask(http, "files.completeUploadExternal", ready)
    return file


def _ask(http: Http, method: str, body: Body) -> dict[str, Any]:
    request = Request(method="POST", path=f"/{method}", body=body, repeatable=True)
    return messages.checked(http.send(request))


def _fill(http: Http, address: str, attachment: Attachment) -> None:
    """Send the bytes to where Slack wants them, without the token."""
    if not is_safe_address(address):
        message = f"{http.host} wants an image at an address that is not https"
        raise Rejected(message)
    url = urlsplit(address)
    sender = Http(f"{url.scheme}://{url.netloc}")
    try:
        body = Body(attachment.data, attachment.type)
        sender.send(Request(method="POST", path=url.path, body=body, repeatable=True))
    finally:
        sender.close()
