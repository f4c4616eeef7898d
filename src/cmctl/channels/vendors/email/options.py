"""What the YAML block of an email channel may hold."""

import re
from collections.abc import Iterator, Mapping
from email.utils import parseaddr
from typing import Final

from cmctl.channels import options as yaml
from cmctl.core.model import Place, Problem

OPTIONS: Final = (
    yaml.Option(name="host", what="the server that takes your mail, such as smtp.example.com"),
    yaml.Option(
        name="port",
        what="its port; 587 where nothing is said, with `security: tls` 465",
        form=yaml.Form.COUNT,
        required=False,
    ),
    yaml.Option(
        name="security",
        what="how the connection is made safe; `starttls` where nothing is said",
        required=False,
        choices=("starttls", "tls", "plain"),
    ),
    yaml.Option(name="user", what="who signs in, such as news@atlas.example", required=False),
    yaml.Option(
        name="password",
        what="a reference to the user's password",
        form=yaml.Form.SECRET,
        required=False,
    ),
    yaml.Option(name="sender", what="such as `Atlas Logistique <news@atlas.example>`"),
    yaml.Option(name="to", what="the list's address, such as clients@lists.atlas.example"),
    yaml.Option(
        name="unsubscribe",
        what="where a reader takes himself off the list, https://... or mailto:...",
    ),
)
_ADDRESS = re.compile(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+", re.ASCII)
_LINK = re.compile(r"(https://|mailto:)[!-~]+")
_LOOPBACK = re.compile(r"localhost|127(\.[0-9]{1,3}){3}|::1")


def unusable(options: Mapping[str, object], places: Mapping[str, Place]) -> Iterator[Problem]:
    """Yield the options that have the right form and still cannot be used."""
    for name, fix in _wrong(options):
        message = f"`{name}: {options.get(name)}` cannot be used"
        place = places.get(name, places.get(""))
        yield Problem(code="bad-value", message=message, fix=fix, place=place)


def _wrong(options: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield options that hold a text which cannot be used, and what to write."""
    texts = {name: value for name, value in options.items() if isinstance(value, str)}
    if "sender" in texts and not _ADDRESS.fullmatch(parseaddr(texts["sender"])[1]):
        yield "sender", "write `Atlas Logistique <news@atlas.example>`"
    if "to" in texts and not _ADDRESS.fullmatch(texts["to"]):
        yield "to", "write one address alone, such as clients@lists.atlas.example"
    if "unsubscribe" in texts and not _LINK.fullmatch(texts["unsubscribe"]):
        yield "unsubscribe", "write an address that begins with https:// or mailto:"
    if texts.get("security") == "plain" and not _LOOPBACK.fullmatch(texts.get("host", "")):
        yield "security", "write `starttls` or `tls`: plain is for a server on this machine"
    if ("user" in options) != ("password" in options):
        missing = "password" if "user" in options else "user"
        yield missing, "write `user` and `password`, or neither"
