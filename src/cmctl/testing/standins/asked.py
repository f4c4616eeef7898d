"""What is asked of a stand-in, read from whatever form it came in."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from cmctl.testing.sandbox.wire import JSON, Ask

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"


class Upload(NamedTuple):
    """One file of a form."""

    name: str
    type: str
    data: bytes


class UnreadableError(Exception):
    """The body is not what its type says."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """One request to an operation, as the description names its parts."""

    #: Such as `POST /chat.postMessage`.
    operation: str
    #: What stands in the braces of the path.
    path: Mapping[str, str]
    #: By lower-case name.
    headers: Mapping[str, str]
    #: The body's MIME type without parameters; empty: no body.
    type: str = ""
    query: Mapping[str, Any] = field(default_factory=dict)
    #: The body's fields: of a form, as the types that the description gives.
    values: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, Upload] = field(default_factory=dict)
    #: The body as it came.
    body: bytes = b""

    @property
    def bearer(self) -> str:
        """The token of the `Authorization` header, whatever its scheme."""
        return self.headers.get("authorization", "").rpartition(" ")[2]


def read_form(ask: Ask) -> tuple[dict[str, Any], dict[str, Upload]]:
    """Return the fields and the files of a body; texts are not read further, JSON is.

    Raises:
        UnreadableError: it is none.
    """
    if ask.type == MULTIPART:
        return _multipart(ask)
    try:
        if ask.type == FORM:
            return dict(parse_qsl(ask.body.decode(), keep_blank_values=True)), {}
        value = json.loads(ask.body) if ask.type == JSON and ask.body else {}
    except ValueError:
        message = f"the body is not {ask.type}"
        raise UnreadableError(message) from None
    if not isinstance(value, dict):
        message = "the body is not a JSON object"
        raise UnreadableError(message)
    return value, {}


def _multipart(ask: Ask) -> tuple[dict[str, Any], dict[str, Upload]]:
    """Read `multipart/form-data` (RFC 7578)."""
    boundary = re.search(r'boundary="?([^";]+)', ask.headers["content-type"])
    if boundary is None:
        message = "a form without its boundary"
        raise UnreadableError(message)
    pieces = (b"\r\n" + ask.body).split(b"\r\n--" + boundary[1].encode())
    fields: dict[str, Any] = {}
    files: dict[str, Upload] = {}
    for piece in pieces[1:-1]:
        head, _, data = piece.partition(b"\r\n\r\n")
        told = head.decode()
        name = re.search(r'\bname="([^"]*)"', told)
        if name is None:
            message = "a part of the form without its name"
            raise UnreadableError(message)
        file = re.search(r'\bfilename="([^"]*)"', told)
        type_ = re.search(r"(?i)content-type: *([^\r\n]+)", told)
        if file is None:
            fields[name[1]] = data.decode()
        else:
            files[name[1]] = Upload(file[1], type_[1] if type_ else "", data)
    return fields, files
