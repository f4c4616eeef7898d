"""What a vendor's refusals mean: a sentence each, with what to do."""

from collections.abc import Callable, Mapping

from cmctl.channels.answer import Answer
from cmctl.channels.decoding import read_json


def meaning(said: str, known: Mapping[str, str]) -> str:
    """Return the sentence of the first known word that stands in what was said; else nothing."""
    said = said.casefold()
    return next((sentence for word, sentence in known.items() if word.casefold() in said), "")


def explaining(field: str, known: Mapping[str, str]) -> Callable[[Answer], str]:
    """Return what explains answers whose JSON says in `field` why they refuse."""

    def explain(answer: Answer) -> str:
        try:
            value = read_json(answer.body)
        except (ValueError, RecursionError):
            return ""
        return meaning(str(value.get(field, "")), known) if isinstance(value, dict) else ""

    return explain


def explaining_text(known: Mapping[str, str]) -> Callable[[Answer], str]:
    """Return what explains answers whose whole body is the reason, in plain text."""
    return lambda answer: meaning(answer.body[:1000].decode("utf-8", "replace"), known)
