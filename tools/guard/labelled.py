"""Labelled examples for the guard's models: files of pairs and of timelines, as features."""

import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from cmctl.core.guard.certain import Bounds, bounds
from cmctl.core.guard.compare import compare
from cmctl.core.guard.features import features
from cmctl.core.guard.glance import glance
from cmctl.core.guard.meaning import meanings, whole
from cmctl.core.guard.prepare import Prepared, prepare
from cmctl.core.guard.terms import Encoder
from cmctl.core.guard.weigh import Client
from cmctl.core.guard.wording import Worded, worded

WINDOW = timedelta(days=14)
#: So many words a list has, and what may stand between them.
_LISTED, _BETWEEN = range(3, 8), (" ", ", ", " #", "\n", " - ")
_WORD = re.compile(r"[^\W\d_]{4,}")
_SENTENCE = re.compile(r"(?<=[.!?])\s|\n")


@dataclass(frozen=True)
class Example:
    """One pair of texts with its label."""

    label: int
    kind: str
    language: str
    a: str
    b: str
    #: Timeline and number of the later post; empty for a pair.
    post: tuple[str, int]
    values: dict[str, float]
    worded: Worded
    #: How far the texts are apart along each axis of meaning.
    apart: np.ndarray
    #: The file that it comes from; empty for a timeline.
    file: str = ""
    #: What is seen at once; None: the guard looks no further.
    glance: dict[str, float] | None = None
    #: What is certain of the score.
    bounds: Bounds = field(default_factory=Bounds)


def pairs(path: Path, encoder: Encoder) -> list[Example]:
    """Return the examples of a JSONL file of pairs, or of a TSV file: label, kind, a, b."""
    return [_pair(row, encoder, path.stem) for row in _rows(path)]


def _rows(path: Path) -> Iterator[dict[str, object]]:
    for line in path.read_text("utf-8").splitlines():
        if path.suffix == ".jsonl":
            yield json.loads(line)
        else:
            label, kind, a, b = line.split("\t")
            yield {"label": int(label), "kind": kind, "lang": "", "a": a, "b": b}


def _pair(row: dict[str, object], encoder: Encoder, file: str) -> Example:
    a, b = prepare(str(row["a"])), prepare(str(row["b"]))
    client = Client([b], a)
    return _example(
        a, b, client, (None, None), encoder, label=int(row["label"]), kind=str(row["kind"]),
        language=str(row["lang"]), a=str(row["a"]), b=str(row["b"]), post=("", 0), file=file,
    )  # fmt: skip


def strangers(examples: Sequence[Example], encoder: Encoder, many: int) -> list[Example]:
    """Return pairs of texts that have nothing to do with each other, though they share something.

    Sentences too: what a shop says in one line shares a word or two small numbers with anything.
    Drawn anew the same way for the same examples.
    """
    drawn = random.Random(many)
    whole = [(number, text) for number, e in enumerate(examples) for text in (e.a, e.b)]
    lines = [(number, part) for number, text in whole for part in _SENTENCE.split(text)]
    texts = whole + [(number, line.strip()) for number, line in lines if line.strip()]
    found: list[Example] = []
    while len(found) < many:
        (first, a), (second, b) = drawn.sample(texts, 2)
        if first != second:
            row = {"label": 0, "kind": "strangers", "lang": "", "a": a, "b": b}
            found += [made for made in [_pair(row, encoder, "")] if made.glance is not None]
    return found


def lists(examples: Sequence[Example], encoder: Encoder, many: int) -> list[Example]:
    """Return pairs of bare lists of words, drawn anew the same way for the same examples.

    Of two that share at most half of their words each is another list; every fourth pair is one
    list in two orders.
    """
    drawn = random.Random(many)
    words = sorted({w.lower() for e in examples for t in (e.a, e.b) for w in _WORD.findall(t)})
    found: list[Example] = []
    while len(found) < many:
        label, size = int(len(found) % 4 == 0), drawn.choice(_LISTED)
        common = size if label else drawn.randint(1, size // 2)
        pool = drawn.sample(words, 2 * size - common)
        sides = (drawn.sample(part, size) for part in (pool[:size], pool[-size:]))
        a, b = map(drawn.choice(_BETWEEN).join, sides)
        row = {"label": label, "kind": "lists", "lang": "", "a": a, "b": b}
        found += [made for made in [_pair(row, encoder, "")] if made.glance is not None]
    return found


def timelines(path: Path, encoder: Encoder) -> list[Example]:
    """Return an example for each post and each one before it within the window."""
    found: list[Example] = []
    for number, line in enumerate(path.read_text("utf-8").splitlines()):
        found.extend(_timeline(f"{path.stem}/{number}", json.loads(line), encoder))
    return found


def _timeline(name: str, row: dict[str, list], encoder: Encoder) -> Iterable[Example]:
    items = [(datetime.fromisoformat(i["at"]), prepare(i["text"]), i["text"]) for i in row["items"]]
    duplicates = {tuple(pair) for pair in row["duplicates"]}
    for later, (at, text, raw) in enumerate(items):
        client = Client([other for _, other, _ in items[:later]], text)
        for earlier, (before, other, other_raw) in enumerate(items[:later]):
            if at - before <= WINDOW:
                label = int((earlier, later) in duplicates)
                yield _example(
                    client.news_of(text), client.news_of(other), client,
                    (at.date(), before.date()), encoder, label=label, language="",
                    kind="timeline same" if label else "timeline other", a=raw, b=other_raw,
                    post=(name, later),
                )  # fmt: skip


def _example(
    ours: Prepared, theirs: Prepared, client: Client, posted, encoder: Encoder, **rest
) -> Example:
    found = compare(ours, theirs, posted)
    values = features(ours, theirs, found, client, posted)
    values |= meanings(ours, theirs, found, client, encoder)
    seen = glance(ours, theirs, client.weights, client.weights(ours.anchors))
    apart = np.array(encoder.apart(whole(ours), whole(theirs)), np.float32)
    return Example(
        values=values, worded=worded(ours, theirs), apart=apart, glance=seen,
        bounds=bounds(ours, theirs, values), **rest,
    )  # fmt: skip
