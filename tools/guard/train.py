# /// script
# requires-python = ">=3.11"
# dependencies = ["cmctl[meaning]", "lightgbm>=4.6", "scikit-learn>=1.7"]
#
# [tool.uv.sources]
# cmctl = { path = "../.." }
# ///
"""Train the guard's models, cross-validate them by author, and write `data/model.json`.

    uv run tools/guard/train.py DATA [--write]

DATA holds `dev-pairs-a|b|c.jsonl` and `dev-streams-a|b.jsonl`; the pairs and timelines of six
more authors and some more pairs are beside this script (see README.md there). What is printed is
measured on authors and trades that the model has not seen: each of the eight authors in turn is
left out, and the model is trained on the others. The two thresholds are chosen on what all eight
models make of the authors that they do not know; the model that is written is trained on all of it.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from collector import Collector
from fitting import Fitted, chance
from labelled import Example, lists, pairs, strangers, timelines
from sklearn.metrics import average_precision_score, roc_auc_score

from cmctl.app.guard.meaning import SentenceEncoder

HERE = Path(__file__).parent
MODEL = HERE.parents[1] / "src/cmctl/core/guard/data/model.json"
VERSION = 6
#: Those who wrote pairs and timelines, in DATA and beside this script.
GIVEN, BESIDE = ("a", "b"), ("own", "d", "e", "f", "j", "k")
AUTHORS = (*GIVEN, *BESIDE)
#: So many pairs of texts of each author that only share a word or a figure.
STRANGERS = 200
#: And so many pairs of bare lists of words.
LISTS = 120
# What the thresholds aim at: more than what is asked for, as unseen authors write otherwise.
BLOCK_PRECISION = 0.988
FALSE_HOLDS = 1 / 200
FLAG_RECALL = 0.965
#: Without meaning, more of the same news would be missed for it.
FLAG_PRECISION = {"meaning": 0.93, "words": 0.905}


class Data:
    """All examples, by author."""

    def __init__(self, folder: Path) -> None:
        collector = Collector()
        self._read(folder, collector)
        encoder = SentenceEncoder(kept=len(collector.texts))
        encoder.learn(sorted(collector.texts))
        self._read(folder, encoder)

    def _read(self, folder: Path, encoder: Callable) -> None:  # type: ignore[type-arg]
        names = {a: (folder, f"dev-{{}}-{a}.jsonl") for a in GIVEN}
        names |= {a: (HERE, f"{a}-{{}}.jsonl") for a in BESIDE}
        self.pairs = {a: pairs(f / name.format("pairs"), encoder) for a, (f, name) in names.items()}
        self.timelines = {
            a: timelines(f / name.format("streams"), encoder) for a, (f, name) in names.items()
        }
        self.strangers = {a: strangers(self.pairs[a], encoder, STRANGERS) for a in AUTHORS}
        self.lists = {a: lists(self.pairs[a], encoder, LISTS) for a in AUTHORS}
        #: Easier ones, trained on and never measured on.
        self.more = [
            *pairs(folder / "dev-pairs-c.jsonl", encoder),
            *pairs(HERE / "extra.tsv", encoder),
            *pairs(HERE / "g-pairs.jsonl", encoder),
            *pairs(HERE / "q-pairs.jsonl", encoder),
        ]

    def names(self, *, meaning: bool) -> list[str]:
        """Return the names of the features, with or without those of meaning."""
        return [n for n in self.more[0].values if meaning or not n.startswith("m_")]

    def _of(self, author: str) -> list[Example]:
        kinds = (self.pairs, self.timelines, self.strangers, self.lists)
        return [example for kind in kinds for example in kind[author]]

    def training(self, authors: Sequence[str]) -> list[Example]:
        """Return what may be trained on where these authors' texts may be seen."""
        own = [e for a in authors for e in self._of(a)]
        return [*own, *self.more]


class Seen(NamedTuple):
    """Examples of authors left out, with their margins."""

    #: Those of texts that have nothing to do with each other.
    strange: np.ndarray

    pairs: list[Example]
    margins: np.ndarray
    posts: list[Example]
    lines: np.ndarray


def left_out(data: Data, *, meaning: bool) -> dict[str, Seen]:
    """Return, for each author, what the model of the other ones makes of the texts."""
    names, found = data.names(meaning=meaning), {}
    for author in AUTHORS:
        fitted = Fitted(names, data.training([a for a in AUTHORS if a != author]))
        own, posts = data.pairs[author], data.timelines[author]
        strange = fitted.margins(data.strangers[author])
        found[author] = Seen(strange, own, fitted.margins(own), posts, fitted.margins(posts))
    return found


def thresholds(seen: Sequence[Seen], flag_precision: float) -> tuple[float, float]:
    """Return the margins from which on to flag and to block."""
    found = _together(seen)
    labels = np.array([e.label for e in found.pairs])
    order = np.argsort(-found.margins)
    precision = np.cumsum(labels[order]) / np.arange(1, len(labels) + 1)
    by_pairs = found.margins[order][max(np.flatnonzero(precision >= BLOCK_PRECISION))]
    false = _false_posts(found.posts, found.lines)
    by_lines = false[int(FALSE_HOLDS * len({e.post for e in found.posts}))] + 1e-6
    flag = min(_found(found.pairs, found.margins), _found(found.posts, found.lines))
    precise = found.margins[order][max(np.flatnonzero(precision >= flag_precision))]
    return float(max(flag, precise)), float(max(by_pairs, by_lines))


def _found(examples: Sequence[Example], margins: np.ndarray) -> float:
    """Return the margin from which on so many of the duplicates are found."""
    return float(np.quantile(margins[[bool(e.label) for e in examples]], 1 - FLAG_RECALL))


def _together(seen: Sequence[Seen]) -> Seen:
    return Seen(
        np.concatenate([s.strange for s in seen]),
        [e for s in seen for e in s.pairs], np.concatenate([s.margins for s in seen]),
        [e for s in seen for e in s.posts], np.concatenate([s.lines for s in seen]),
    )  # fmt: skip


def _false_posts(posts: Sequence[Example], margins: np.ndarray) -> list[float]:
    """Return, highest first, the worst margin of each post that repeats nothing."""
    worst: dict[tuple[str, int], float] = defaultdict(lambda: -9.0)
    for example, margin in zip(posts, margins, strict=True):
        worst[example.post] = max(worst[example.post], float(margin))
    same = {e.post for e in posts if e.label}
    return sorted((m for post, m in worst.items() if post not in same), reverse=True)


def report(data: Data, *, meaning: bool) -> tuple[float, float]:
    """Print what was found of authors left out, and return the thresholds to write."""
    seen = left_out(data, meaning=meaning)
    precision = FLAG_PRECISION["meaning" if meaning else "words"]
    flag, block = thresholds(list(seen.values()), precision)
    print(f"\n{'with' if meaning else 'without'} meaning, each author unseen:", end=" ")
    print(f"flag from {chance(flag):.3f}, block from {chance(block):.3f}")
    for author, own in {**seen, "all": _together(list(seen.values()))}.items():
        _report_author(author, own, flag, block)
    return flag, block


def _report_author(author: str, own: Seen, flag: float, block: float) -> None:
    labels = np.array([e.label for e in own.pairs])
    auc = roc_auc_score(labels, own.margins)
    ap = average_precision_score(labels, own.margins)
    print(f"{author}: {len(labels)} pairs, AUC {auc:.3f}, average precision {ap:.3f}")
    for name, least in (("flag or block", flag), ("block", block)):
        held = own.margins >= least
        right = labels[held].sum()
        precision, recall = _share(right, held.sum()), _share(right, labels.sum())
        print(f"  {name}: precision {precision}, recall {recall}")
    strange = [(own.strange >= least).sum() for least in (flag, block)]
    print(
        f"  {len(own.strange)} pairs of strangers: {strange[0]} flagged, {strange[1]} of them held"
    )
    _report_timelines(own, flag, block)
    _report_kinds(own, flag)


def _report_kinds(own: Seen, flag: float) -> None:
    right: dict[str, list[bool]] = defaultdict(list)
    for example, margin in zip(own.pairs, own.margins, strict=True):
        right[example.kind].append((margin >= flag) == bool(example.label))
    for kind, found in sorted(right.items()):
        print(f"    {kind:24} {_share(sum(found), len(found))}")


def _report_timelines(own: Seen, flag: float, block: float) -> None:
    true = np.array([m for e, m in zip(own.posts, own.lines, strict=True) if e.label])
    false = np.array(_false_posts(own.posts, own.lines))
    print(
        f"  timelines: {len({e.post for e in own.posts})} posts, {len(true)} duplicates,"
        f" found {_share((true >= flag).sum(), len(true))}, {(true >= block).sum()} of them held;"
        f" {(false >= block).sum()} false holds, {(false >= flag).sum()} false flags or holds"
    )


def _share(right: int, of: int) -> str:
    """Return a share with Wilson's interval of 95 %."""
    z, share = 1.96, right / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * np.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return f"{share:.3f} [{middle - half:.3f}, {min(1.0, middle + half):.3f}]"


def main() -> None:
    """Cross-validate; with `--write`, train on everything and write the models."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    data = Data(arguments.data)
    written: dict[str, object] = {"version": VERSION}
    for name, meaning in (("words", False), ("meaning", True)):
        flag, block = report(data, meaning=meaning)
        if arguments.write:
            fitted = Fitted(data.names(meaning=meaning), data.training(AUTHORS))
            written["glance"] = fitted.glance.exported()
            written["wording"] = fitted.phrases.exported()
            written[name] = fitted.exported(flag, block)
            if fitted.axes:
                written["axes"] = fitted.axes.exported()
            print(f"  written: flag from {chance(flag):.3f}, block from {chance(block):.3f}")
    if arguments.write:
        MODEL.write_text(json.dumps(written, separators=(",", ":")) + "\n", "utf-8")
        print(f"\nwrote {MODEL}: {MODEL.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
