"""What a request carries: JSON, a form with files, or bytes as they are."""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import urlencode

from cmctl.channels.base import Attachment


class Body(NamedTuple):
    """Bytes and their MIME type."""

    data: bytes
    type: str


def json_body(value: object) -> Body:
    """Return a value as JSON, with text as it is written."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Body(text.encode("utf-8"), "application/json")


def form_body(fields: Mapping[str, str] | Sequence[tuple[str, str]]) -> Body:
    """Return fields as `application/x-www-form-urlencoded`."""
    return Body(urlencode(fields).encode("ascii"), "application/x-www-form-urlencoded")


def file_body(fields: Mapping[str, str], files: Mapping[str, Attachment]) -> Body:
    """Return fields and files as `multipart/form-data` (RFC 7578).

    The boundary is a digest of what it separates, so that the same form is the same request.
    """
    parts = [(f'name="{_escape(k)}"', "", v.encode("utf-8")) for k, v in fields.items()]
    for name, file in files.items():
        disposition = f'name="{_escape(name)}"; filename="{_escape(file.name)}"'
        parts.append((disposition, f"Content-Type: {file.type}\r\n", file.data))
    boundary = sha256(b"\0".join(data for _, _, data in parts)).hexdigest()[:40]
    pieces = [
        f"--{boundary}\r\nContent-Disposition: form-data; {disposition}\r\n{type_}\r\n".encode()
        + data
        for disposition, type_, data in parts
    ]
    whole = b"\r\n".join([*pieces, f"--{boundary}--\r\n".encode()])
    return Body(whole, f"multipart/form-data; boundary={boundary}")


def _escape(name: str) -> str:
    """Escape a name as browsers do (HTML Standard, multipart/form-data)."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
