"""Saying what is wrong with a text, and which right one is near."""

from collections.abc import Iterable


class Wrong(ValueError):  # noqa: N818 - a verdict on what a person wrote, caught where it is read
    """A text that does not say what it should; the reader adds the place."""

    def __init__(self, message: str, fix: str = "", code: str = "wrong-value") -> None:
        """`message` is one sentence without the place; `fix` what to write instead."""
        super().__init__(message)
        self.message = message
        self.fix = fix
        self.code = code


def nearest(word: str, choices: Iterable[str]) -> str:
    """Return the choice that `word` was probably meant to be, or an empty text."""
    from difflib import get_close_matches  # noqa: PLC0415 - only what is misspelt pays for it

    return next(iter(get_close_matches(word.lower(), list(choices), n=1, cutoff=0.6)), "")


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """Return `; did you mean "..."?`, or an empty text where nothing is near."""
    near = nearest(word, choices)
    return f'; did you mean "{near}"?' if near else ""


def quoted(text: str, limit: int = 40) -> str:
    """Return what a person wrote in quotes, on one line and cut, for a message."""
    line = " ".join(text.split())
    line = "".join(sign if sign.isprintable() else "�" for sign in line)
    return f'"{line if len(line) <= limit else line[: limit - 1] + "…"}"'
