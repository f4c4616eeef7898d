"""The contract of a host: files with names of ours, put, listed and removed again."""

from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar, Protocol, Self

from cmctl.channels.base import Attachment
from cmctl.channels.options import Form, Option, check
from cmctl.core.model import Problem
from cmctl.core.settings import Hosting

#: Where followers' networks find what was put into the folder.
ADDRESS = Option(
    name="address",
    what="the public address of the folder, such as https://media.atlas.example/cmctl",
    form=Form.ADDRESS,
)


class Host(Protocol):
    """A folder that everybody can read, and only we can write."""

    kind: ClassVar[str]
    options: ClassVar[tuple[Option, ...]]

    @classmethod
    def open(cls, options: Mapping[str, object]) -> Self:
        """Build it from checked options whose secrets are resolved; no network yet."""
        ...

    def put(self, file: Attachment) -> str:
        """Put a file there, in place of one of its name, and return its public address.

        Raises:
            Rejected: it is refused; trying again is useless.
            Unavailable: not now.
        """
        ...

    def remove(self, name: str) -> None:
        """Remove a file; no error where it is gone already.

        Raises:
            Rejected, Unavailable: as for `put`.
        """
        ...

    def names(self) -> Iterable[str]:
        """Return the names of the files there, others' files too.

        Raises:
            Rejected, Unavailable: as for `put`.
        """
        ...

    def close(self) -> None:
        """Let go of connections; safe to call twice."""
        ...


class Opening:
    """A host whose constructor takes its options by their names in YAML."""

    @classmethod
    def open(cls, options: Mapping[str, object]) -> Self:
        """Build it from checked options whose secrets are resolved; no network yet."""
        return cls(**options)


def check_host(kinds: Mapping[str, type[Host]], hosting: Hosting) -> Iterator[Problem]:
    """Yield everything that is wrong with the block of a host."""
    kind = hosting.kind
    if kind in kinds:
        yield from check(kind, kinds[kind].options, hosting.options, hosting.places)
        return
    yield Problem(
        code="unknown-kind",
        message=f'there is no kind of hosting called "{kind}"',
        fix=f"write kind: {' or '.join(sorted(kinds))}",
        place=hosting.places.get(""),
    )
