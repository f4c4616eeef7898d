"""Checking a channel's YAML block against what its adapter knows, all problems at once."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from urllib.parse import urlsplit

from cmctl.core.model import Place, Problem

_REFERENCE = re.compile(r"(env|file|credential|keyring):\S.*")
_LOOPBACK = re.compile(r"localhost|127(\.[0-9]{1,3}){3}|::1")


class Form(Enum):
    """What an option's value must look like."""

    TEXT = auto()
    #: An https address; http where it leads to this machine only.
    ADDRESS = auto()
    #: A reference such as `env:NAME`, never the secret itself.
    SECRET = auto()
    #: A whole number from 1 on.
    COUNT = auto()


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """One option of an adapter."""

    name: str
    #: What it is, and an example of how it is written: `the account's address, such as ...`.
    what: str
    form: Form = Form.TEXT
    required: bool = True
    #: The only texts it may be; empty: any.
    choices: tuple[str, ...] = ()


def check(
    network: str,
    known: Sequence[Option],
    options: Mapping[str, object],
    places: Mapping[str, Place],
) -> Iterator[Problem]:
    """Yield everything that is wrong with a channel's block."""
    by_name = {option.name: option for option in known}
    for name in options:
        if name not in by_name:
            yield _unknown(network, name, by_name, places)
    for option in known:
        if option.name in options:
            yield from _wrong(option, options[option.name], places)
        elif option.required:
            yield Problem(
                code="missing-option",
                message=f"{network} needs `{option.name}`: {option.what}",
                fix=f"{option.name}: ...",
                place=places.get(""),
            )


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word that was probably meant, or nothing."""
    from difflib import get_close_matches  # noqa: PLC0415 - only for mistakes

    return next(iter(get_close_matches(word, list(known), n=1, cutoff=0.6)), "")


def is_safe_address(value: str) -> bool:
    """Tell whether an address is https, or http to this machine, and names no user or password."""
    try:
        url = urlsplit(value)
        port_is_fine = url.port is None or url.port > 0
    except ValueError:
        return False
    host = url.hostname or ""
    if not host or not port_is_fine or url.query or url.fragment or "@" in url.netloc:
        return False
    if re.search(r"[\s\x00-\x1f\x7f]", value) or not url.netloc.isascii():
        return False
    return url.scheme == "https" or (url.scheme == "http" and bool(_LOOPBACK.fullmatch(host)))


def _unknown(
    network: str, name: str, known: Mapping[str, Option], places: Mapping[str, Place]
) -> Problem:
    meant = nearest(name, known)
    return Problem(
        code="unknown-option",
        message=f"{network} has no option `{name}`",
        fix=f"write `{meant}`" if meant else f"it has {', '.join(known)}",
        place=places.get(name, places.get("")),
    )


def _wrong(option: Option, value: object, places: Mapping[str, Place]) -> Iterator[Problem]:
    """Yield what is wrong with one value; a secret's value is never repeated."""
    place = places.get(option.name, places.get(""))
    if option.form is Form.COUNT:
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            message = f"`{option.name}` must be a whole number from 1 on: {option.what}"
            yield Problem(code="wrong-type", message=message, place=place)
    elif not isinstance(value, str) or not value.strip():
        message = f"`{option.name}` must be a text: {option.what}"
        yield Problem(code="wrong-type", message=message, place=place)
    elif option.choices and value not in option.choices:
        meant = nearest(value, option.choices)
        yield Problem(
            code="unknown-choice",
            message=f"`{option.name}: {value}` is not known: {option.what}",
            fix=f"write {meant or ', '.join(option.choices)}",
            place=place,
        )
    elif option.form is Form.SECRET and not _REFERENCE.fullmatch(value):
        yield Problem(
            code="inline-secret",
            message=f"`{option.name}` holds a secret, and secrets never stand in the workspace",
            fix=f"put it into an environment variable and write `{option.name}: env:NAME`, "
            f"or into a file that only you can read and write `{option.name}: file:PATH`",
            place=place,
        )
    elif option.form is Form.ADDRESS and not is_safe_address(value):
        yield Problem(
            code="bad-address",
            message=f"`{option.name}: {_shown(value)}` is not an https address: {option.what}",
            fix="write https://, a host and nothing after the path (http:// only for 127.0.0.1)",
            place=place,
        )


def _shown(value: str) -> str:
    """Leave out a user and password that somebody wrote into an address."""
    return re.sub(r"//[^/]*@", "//***@", value)
