"""The headline of a text, for networks that have a place of their own for it."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from cmctl.core.model import Problem, Severity
from cmctl.core.text import graphemes

#: A longer first line is a paragraph.
_LONGEST: Final = 120


class Headed(NamedTuple):
    """A text in two."""

    #: Empty where the text does not begin with one.
    headline: str
    body: str


def headed(text: str, longest: int = _LONGEST) -> Headed:
    """Part the first line from a text, where a blank line follows it."""
    first, _, rest = text.partition("\n\n")
    if "\n" in first or not rest.strip() or graphemes(first) > longest:
        return Headed("", text)
    return Headed(first, rest.strip("\n"))


def headline_problems(
    text: str, network: str, instead: str, longest: int = _LONGEST
) -> Iterator[Problem]:
    """Yield the warning that a text has no headline, and what a network does `instead`."""
    if text and not headed(text, longest).headline:
        yield Problem(
            code="no-headline",
            message=f"no headline for {network}: {instead}",
            fix=f"begin with a line of at most {longest} characters, then a blank line",
            severity=Severity.WARNING,
        )
