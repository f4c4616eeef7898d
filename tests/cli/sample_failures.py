"""A command of the sample that fails."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import typer

from cmctl.channels.base import Rejected, Unavailable
from cmctl.cli.invocation import invocation
from cmctl.config.secrets import resolve_secret
from cmctl.core.errors import CmctlError, ExitStatus, UsageError
from cmctl.core.model import Place
from cmctl.store.base import StoreBusyError

with Path(os.environ.get("SAMPLE_IMPORTED", os.devnull)).open("a") as log:
    log.write("failures\n")


def secretive() -> NoReturn:
    password = "canary-5ecret"
    try:
        raise ValueError(password)
    except ValueError as error:
        raise KeyError(password) from error


def unexpected() -> NoReturn:
    secret = resolve_secret("env:TOKEN", environment=os.environ, root=Path())
    raise ValueError(f"\x1b[31m{secret.reveal()} is not \u202eunderstood")


def interrupted() -> NoReturn:
    raise KeyboardInterrupt


def problem() -> NoReturn:
    message = "no channel atlas/mastodn"
    raise CmctlError(message, hint="write mastodon", place=Place("posts/a.yaml", 3, 5))


def store() -> NoReturn:
    raise StoreBusyError("the store is locked")


def network() -> NoReturn:
    raise Unavailable("mastodon.example did not answer: \x1b[31mred")


def rejected() -> NoReturn:
    raise Rejected("the token is not accepted")


def usage() -> NoReturn:
    raise UsageError("--at lies in the past")


def file() -> NoReturn:
    Path("/nowhere/at/all").read_text()
    raise AssertionError


def held() -> ExitStatus:
    return ExitStatus.HELD


WAYS: dict[str, Callable[[], ExitStatus]] = {
    way.__name__: way
    for way in (
        secretive,
        unexpected,
        interrupted,
        problem,
        store,
        network,
        rejected,
        usage,
        file,
        held,
    )
}


def fail(ctx: typer.Context, way: str) -> ExitStatus:
    """Fail in a way of one's choice."""
    invocation(ctx).output.line("a result")
    return WAYS[way]()
