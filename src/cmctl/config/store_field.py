"""`store` in `config.yaml`: a file's path, or a database's address without its password."""

from pathlib import PurePath
from urllib.parse import parse_qsl, urlsplit

from yaml.nodes import MappingNode, Node

from cmctl.config.kinds import Schema, Text
from cmctl.config.records import Field, Record
from cmctl.config.report import Report
from cmctl.config.secrets import is_reference, parse_reference
from cmctl.config.wrong import Wrong, quoted
from cmctl.core.settings import is_database

_SECRET = {"password", "sslpassword"}
_FIX = (
    "write store: {url: postgresql://USER@HOST/DATABASE, password: env:CMCTL_STORE_PASSWORD}, or"
    " leave it to a PGPASSFILE; change the password if it was ever pushed"
)


def parse_place(text: str) -> str:
    """Return where a store is, as it is written.

    Raises:
        Wrong: it is neither a path nor an address, or holds a password.
    """
    if is_database(text):
        return _parse_address(text)
    if "://" in text or text.startswith("~") or PurePath(text.strip()).name in {"", ".."}:
        message = f"{quoted(text.partition('@')[0])} is not the path of a file"
        raise Wrong(message, "write it like .cmctl/cmctl.db, or postgresql://USER@HOST/DATABASE")
    return text


def _parse_address(text: str) -> str:
    if not is_database(text):
        message = f"{quoted(text.partition('@')[0])} is not the address of a database"
        raise Wrong(message, "write it like postgresql://USER@HOST/DATABASE")
    try:
        parts = urlsplit(text)
        inline = bool(parts.password) or _SECRET & {key for key, _ in parse_qsl(parts.query)}
    except ValueError:
        message, fix = "this is no address", "write it like postgresql://USER@HOST/DATABASE"
        raise Wrong(message, fix) from None
    if inline:
        message = '"store" holds a password, which does not belong into a file that git keeps'
        raise Wrong(message, _FIX, "inline-secret")
    return text


def _parse_password(text: str) -> str:
    if not is_reference(text):
        message = '"password" is a secret and does not belong into a file that git keeps'
        raise Wrong(message, _FIX, "inline-secret")
    return str(parse_reference(text))


_PLACE = Text(what="a path or an address", parse=parse_place)
_DATABASE = Record(
    "the store",
    (
        Field(
            "url",
            Text(what="an address", parse=_parse_address),
            "The PostgreSQL database: postgresql://USER@HOST/DATABASE.",
            required=True,
        ),
        Field(
            "password",
            Text(what="a reference", parse=_parse_password),
            "A reference to its password, such as env:CMCTL_STORE_PASSWORD.",
        ),
    ),
)


class StoreField:
    """A path, an address, or an address with a reference to its password."""

    def read(self, node: Node, report: Report) -> dict[str, str] | None:
        """Return `url`, and `password` where there is a reference to one."""
        if isinstance(node, MappingNode):
            fields = _DATABASE.read(node, report)
            return dict(fields) if fields and "url" in fields else None
        place = _PLACE.read(node, report)
        return None if place is None else {"url": str(place)}

    def schema(self) -> Schema:
        """Return a text or the record."""
        return {"oneOf": [_PLACE.schema(), _DATABASE.schema()]}
