# /// script
# requires-python = ">=3.11"
# dependencies = ["cmctl[meaning]", "lightgbm>=4.6", "scikit-learn>=1.7"]
#
# [tool.uv.sources]
# cmctl = { path = "../.." }
# ///
"""Train the guard's models, cross-validate them by author, and write `data/model.json`.

    uv run tools/guard/train.py DATA [--write]

DATA holds `dev-pairs-a|b|c.jsonl` and `dev-streams-a|b.jsonl`; a third author's pairs and timelines
and some more pairs are beside this script (see README.md there). What is printed is measured on
authors and trades that neither the model nor its thresholds have seen: each of the three authors in
turn is left out, the model is trained on the others, and the thresholds are those that a
cross-validation within the others finds. What is written is trained on all of it, with the
thresholds that leaving out one author at a time finds.
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
from labelled import Example, pairs, timelines
from sklearn.metrics import average_precision_score, roc_auc_score

from cmctl.app.guard.meaning import SentenceEncoder

HERE = Path(__file__).parent
MODEL = HERE.parents[1] / "src/cmctl/core/guard/data/model.json"
VERSION = 2
#: Those who wrote pairs and timelines; the third one's are beside this script.
AUTHORS = ("a", "b", "own")
# What the thresholds aim at: more than what is asked for, as unseen authors write otherwise.
BLOCK_PRECISION = 0.985
FOLDS = 5
FALSE_HOLDS = 1 / 250
FLAG_RECALL = 0.965
FLAG_PRECISION = 0.92


class Data:
    """All examples, by author."""

    def __init__(self, folder: Path) -> None:
        collector = Collector()
        self._read(folder, collector)
        encoder = SentenceEncoder(kept=len(collector.texts))
        encoder.learn(sorted(collector.texts))
        self._read(folder, encoder)

    def _read(self, folder: Path, encoder: Callable) -> None:  # type: ignore[type-arg]
        self.pairs = {f: pairs(folder / f"dev-pairs-{f}.jsonl", encoder) for f in "abc"}
        self.timelines = {f: timelines(folder / f"dev-streams-{f}.jsonl", encoder) for f in "ab"}
        self.pairs["own"] = pairs(HERE / "own-pairs.jsonl", encoder)
        self.timelines["own"] = timelines(HERE / "own-streams.jsonl", encoder)
        self.extra = pairs(HERE / "extra.tsv", encoder)

    def names(self, *, meaning: bool) -> list[str]:
        """Return the names of the features, with or without those of meaning."""
        return [n for n in self.extra[0].values if meaning or not n.startswith("m_")]

    def training(self, authors: Sequence[str]) -> list[Example]:
        """Return what may be trained on where these authors' texts may be seen."""
        own = [e for f in authors for e in (*self.pairs[f], *self.timelines[f])]
        return [*own, *self.pairs["c"], *self.extra]


class Seen(NamedTuple):
    """Examples of authors left out, with their margins."""

    pairs: list[Example]
    margins: np.ndarray
    posts: list[Example]
    lines: np.ndarray


def left_out(data: Data, authors: Sequence[str], *, meaning: bool) -> dict[str, Seen]:
    """Return, for each author, what the model of the other ones makes of the texts."""
    names, found = data.names(meaning=meaning), {}
    for author in authors:
        fitted = Fitted(names, data.training([a for a in authors if a != author]))
        own, posts = data.pairs[author], data.timelines[author]
        found[author] = Seen(own, fitted.margins(own), posts, fitted.margins(posts))
    return found


def folded(data: Data, authors: Sequence[str], *, meaning: bool) -> list[Seen]:
    """Return what models make of folds of these authors' texts that they were not trained on.

    A pair, and a timeline, is in one fold alone.
    """
    names, found = data.names(meaning=meaning), []
    for fold in range(FOLDS):
        seen, posts, rest = [], [], [*data.pairs["c"], *data.extra]
        for author in authors:
            for number, pair in enumerate(data.pairs[author]):
                (seen if number % FOLDS == fold else rest).append(pair)
            for post in data.timelines[author]:
                (posts if int(post.post[0].split("/")[1]) % FOLDS == fold else rest).append(post)
        fitted = Fitted(names, rest)
        found.append(Seen(seen, fitted.margins(seen), posts, fitted.margins(posts)))
    return found


def thresholds(seen: Sequence[Seen]) -> tuple[float, float]:
    """Return the margins from which on to flag and to block."""
    found = _together(seen)
    labels = np.array([e.label for e in found.pairs])
    order = np.argsort(-found.margins)
    precision = np.cumsum(labels[order]) / np.arange(1, len(labels) + 1)
    by_pairs = found.margins[order][max(np.flatnonzero(precision >= BLOCK_PRECISION))]
    false = _false_posts(found.posts, found.lines)
    by_lines = false[int(FALSE_HOLDS * len({e.post for e in found.posts}))] + 1e-6
    flag = min(_found(found.pairs, found.margins), _found(found.posts, found.lines))
    precise = found.margins[order][max(np.flatnonzero(precision >= FLAG_PRECISION))]
    return float(max(flag, precise)), float(max(by_pairs, by_lines))


def _found(examples: Sequence[Example], margins: np.ndarray) -> float:
    """Return the margin from which on so many of the duplicates are found."""
    return float(np.quantile(margins[[bool(e.label) for e in examples]], 1 - FLAG_RECALL))


def _together(seen: Sequence[Seen]) -> Seen:
    return Seen(
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
    seen = left_out(data, AUTHORS, meaning=meaning)
    print(f"\n{'with' if meaning else 'without'} meaning, each author unseen:")
    moved = []
    for author, own in seen.items():
        others = [a for a in AUTHORS if a != author]
        flag, block = thresholds(folded(data, others, meaning=meaning))
        print(f"  {author}: flag from {chance(flag):.3f}, block from {chance(block):.3f}")
        moved.append((own, flag, block))
    whole = _together(list(seen.values()))
    labels = [e.label for e in whole.pairs]
    auc, ap = roc_auc_score(labels, whole.margins), average_precision_score(labels, whole.margins)
    print(f"  {len(labels)} pairs: AUC {auc:.3f}, average precision {ap:.3f}")
    for name, at in (("flag or block", 1), ("block", 2)):
        held = np.concatenate([own[0].margins >= own[at] for own in moved])
        right = int((held & (np.array(labels) == 1)).sum())
        print(
            f"  {name}: precision {_share(right, held.sum())}, recall {_share(right, sum(labels))}"
        )
    _report_kinds(moved)
    _report_timelines(moved)
    return thresholds(list(seen.values()))


Moved = Sequence[tuple[Seen, float, float]]


def _report_kinds(moved: Moved) -> None:
    right: dict[str, list[bool]] = defaultdict(list)
    for own, flag, _ in moved:
        for example, margin in zip(own.pairs, own.margins, strict=True):
            right[example.kind].append((margin >= flag) == bool(example.label))
    for kind, found in sorted(right.items()):
        print(f"    {kind:24} {_share(sum(found), len(found))}")


def _report_timelines(moved: Moved) -> None:
    posts = same = found = held = holds = flags = 0
    for own, flag, block in moved:
        true = np.array([m for e, m in zip(own.posts, own.lines, strict=True) if e.label])
        false = np.array(_false_posts(own.posts, own.lines))
        posts, same = posts + len({e.post for e in own.posts}), same + len(true)
        found, held = found + (true >= flag).sum(), held + (true >= block).sum()
        holds, flags = holds + (false >= block).sum(), flags + (false >= flag).sum()
    print(
        f"  timelines: {posts} posts, {same} duplicates, found {_share(found, same)},"
        f" {held} of them held; {holds} false holds, {flags} false flags or holds"
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
            written[name] = fitted.exported(flag, block)
            print(f"  written: flag from {chance(flag):.3f}, block from {chance(block):.3f}")
    if arguments.write:
        MODEL.write_text(json.dumps(written, separators=(",", ":")) + "\n", "utf-8")
        print(f"\nwrote {MODEL}: {MODEL.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
