# /// script
# requires-python = ">=3.11"
# dependencies = ["cmctl[meaning]", "lightgbm>=4.6", "scikit-learn>=1.7"]
#
# [tool.uv.sources]
# cmctl = { path = "../.." }
# ///
"""Train the guard's models, cross-validate them by author, and write `data/model.json`.

    uv run tools/guard/train.py DATA [--write]

DATA holds `dev-pairs-a|b|c.jsonl` and `dev-streams-a|b.jsonl`. What is printed is measured on the
author and the trades that the model has not seen: trained on a (and c, and `extra.tsv`), tested on
b, and the reverse. What is written is trained on all of it, with the thresholds that the
cross-validation found.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import lightgbm
import numpy as np
from collector import Collector
from labelled import Example, pairs, timelines
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.preprocessing import StandardScaler

from cmctl.app.guard.meaning import SentenceEncoder

HERE = Path(__file__).parent
MODEL = HERE.parents[1] / "src/cmctl/core/guard/data/model.json"
VERSION = 1
#: Most pairs of a timeline have nothing in common; all together they would drown the hard ones.
OTHER_WEIGHT = 0.15
LINEAR_PART = 0.3
#: The part of the true matches that the first look may lose.
LOST_AT_A_GLANCE = 0.002
#: So much lower for texts of a kind not trained on; in log-odds.
GLANCE_MARGIN = 0.7
#: Trained on both authors the margins are wider than in the cross-validation.
BLOCK_PRECISION = 0.98
FALSE_HOLDS = 1 / 200
FLAG_RECALL = 0.957
FLAG_PRECISION = 0.905


class Linear:
    """A logistic regression on the logarithms of features."""

    def __init__(self, rows: np.ndarray, labels: np.ndarray, weights: np.ndarray, c: float) -> None:
        self.scaler = StandardScaler().fit(_log(rows))
        self.model = LogisticRegression(C=c, max_iter=3000)
        self.model.fit(self.scaler.transform(_log(rows)), labels, sample_weight=weights)

    def margins(self, rows: np.ndarray) -> np.ndarray:
        """Return the log-odds of each row."""
        return self.model.decision_function(self.scaler.transform(_log(rows)))

    def exported(self, part: float) -> dict[str, object]:
        """Return weights and bias with the scaling worked in."""
        scaled = self.model.coef_[0] / self.scaler.scale_ * part
        bias = self.model.intercept_[0] * part - float(scaled @ self.scaler.mean_)
        return {"weights": [round(float(w), 6) for w in scaled], "bias": round(float(bias), 6)}


class Glance:
    """The first look: a regression on what is seen at once."""

    def __init__(self, examples: Sequence[Example]) -> None:
        seen = [e for e in examples if e.glance is not None]
        self.names = list(seen[0].glance)
        labels = np.array([e.label for e in seen])
        self.linear = Linear(self._rows(seen), labels, _weights(seen), 1.0)
        margins = self.linear.margins(self._rows(seen))
        self.least = float(np.quantile(margins[labels == 1], LOST_AT_A_GLANCE)) - GLANCE_MARGIN

    def _rows(self, examples: Sequence[Example]) -> np.ndarray:
        nothing = dict.fromkeys(self.names, 0.0)
        return np.array([[(e.glance or nothing)[n] for n in self.names] for e in examples])

    def passed(self, examples: Sequence[Example]) -> np.ndarray:
        """Tell which examples are worth comparing."""
        margins = self.linear.margins(self._rows(examples))
        return np.array([e.glance is not None for e in examples]) & (margins >= self.least)

    def exported(self) -> dict[str, object]:
        """Return what `core/guard/model.py` reads."""
        least = round(_chance(self.least), 4)
        linear = self.linear.exported(1.0)
        return {"features": self.names, "trees": [], "trees_part": 1.0, **linear,
                "flag": least, "block": 1.0}  # fmt: skip


class Fitted:
    """Boosted trees and a logistic regression, added up, behind a first look."""

    def __init__(self, names: Sequence[str], examples: Sequence[Example]) -> None:
        self.names = list(names)
        self.glance = Glance(examples)
        passed = self.glance.passed(examples)
        kept = [e for e, p in zip(examples, passed, strict=True) if p or e.label or not e.post[0]]
        rows, labels = self._rows(kept), np.array([e.label for e in kept])
        self.trees = lightgbm.LGBMClassifier(
            n_estimators=100, learning_rate=0.08, num_leaves=8, min_child_samples=8,
            subsample=0.7, subsample_freq=1, colsample_bytree=0.4, reg_lambda=3,
            random_state=0, n_jobs=1, deterministic=True, force_row_wise=True, verbose=-1,
        ).fit(rows, labels, sample_weight=_weights(kept))  # fmt: skip
        self.linear = Linear(rows, labels, _weights(kept), 0.02)

    def _rows(self, examples: Sequence[Example]) -> np.ndarray:
        return np.array([[e.values[name] for name in self.names] for e in examples], dtype=float)

    def margins(self, examples: Sequence[Example]) -> np.ndarray:
        """Return the log-odds of each example; what is not even compared is never a match."""
        rows = self._rows(examples)
        trees = self.trees.predict(rows, raw_score=True)
        margins = (1 - LINEAR_PART) * trees + LINEAR_PART * self.linear.margins(rows)
        return np.where(self.glance.passed(examples), margins, -9.0)

    def exported(self, flag: float, block: float) -> dict[str, object]:
        """Return what `core/guard/model.py` reads."""
        trees = [_node(t["tree_structure"]) for t in self.trees.booster_.dump_model()["tree_info"]]
        return {
            "features": self.names,
            "trees": trees,
            "trees_part": 1 - LINEAR_PART,
            **self.linear.exported(LINEAR_PART),
            "flag": round(_chance(flag), 4),
            "block": round(_chance(block), 4),
        }


def _weights(examples: Sequence[Example]) -> np.ndarray:
    return np.array([OTHER_WEIGHT if e.post[0] and not e.label else 1.0 for e in examples])


def _log(rows: np.ndarray) -> np.ndarray:
    return np.sign(rows) * np.log1p(np.abs(rows))


def _chance(margin: float) -> float:
    return float(1 / (1 + np.exp(-margin)))


def _node(node: dict[str, object]) -> object:
    if "leaf_value" in node:
        return round(float(node["leaf_value"]), 5)
    return [
        node["split_feature"],
        float(f"{node['threshold']:.6g}"),
        _node(node["left_child"]),
        _node(node["right_child"]),
    ]


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
        self.extra = pairs(HERE / "extra.tsv", encoder)

    def names(self, *, meaning: bool) -> list[str]:
        """Return the names of the features, with or without those of meaning."""
        return [n for n in self.extra[0].values if meaning or not n.startswith("m_")]

    def training(self, *authors: str) -> list[Example]:
        """Return what may be trained on where these authors' texts may be seen."""
        own = [e for f in authors for e in (*self.pairs[f], *self.timelines[f])]
        return [*own, *self.pairs["c"], *self.extra]


def cross_validated(
    data: Data, *, meaning: bool
) -> tuple[list[Example], np.ndarray, list[Example], np.ndarray]:
    """Return pairs and timelines of both authors with the margins of the model of the other."""
    names = data.names(meaning=meaning)
    pair_margins, line_margins = [], []
    for known, unknown in (("a", "b"), ("b", "a")):
        fitted = Fitted(names, data.training(known))
        pair_margins.append(fitted.margins(data.pairs[unknown]))
        line_margins.append(fitted.margins(data.timelines[unknown]))
    return (
        [*data.pairs["b"], *data.pairs["a"]], np.concatenate(pair_margins),
        [*data.timelines["b"], *data.timelines["a"]], np.concatenate(line_margins),
    )  # fmt: skip


def thresholds(
    found: Sequence[Example], margins: np.ndarray, posts: Sequence[Example], lines: np.ndarray
) -> tuple[float, float]:
    """Return the margins from which on to flag and to block."""
    labels = np.array([e.label for e in found])
    order = np.argsort(-margins)
    precision = np.cumsum(labels[order]) / np.arange(1, len(labels) + 1)
    by_pairs = margins[order][max(np.flatnonzero(precision >= BLOCK_PRECISION))]
    false = _false_posts(posts, lines)
    by_lines = false[int(FALSE_HOLDS * len({e.post for e in posts}))] + 1e-6
    same = lines[np.array([e.label for e in posts]) == 1]
    flag = min(np.quantile(found, 1 - FLAG_RECALL) for found in (margins[labels == 1], same))
    precise = margins[order][max(np.flatnonzero(precision >= FLAG_PRECISION))]
    return float(max(flag, precise)), float(max(by_pairs, by_lines))


def _false_posts(posts: Sequence[Example], margins: np.ndarray) -> list[float]:
    """Return, highest first, the worst margin of each post that repeats nothing."""
    worst: dict[tuple[str, int], float] = defaultdict(lambda: -9.0)
    for example, margin in zip(posts, margins, strict=True):
        worst[example.post] = max(worst[example.post], float(margin))
    same = {e.post for e in posts if e.label}
    return sorted((m for post, m in worst.items() if post not in same), reverse=True)


def report(data: Data, *, meaning: bool) -> tuple[float, float]:
    """Print what the cross-validation found and return the thresholds."""
    found, margins, posts, lines = cross_validated(data, meaning=meaning)
    flag, block = thresholds(found, margins, posts, lines)
    labels = np.array([e.label for e in found])
    print(f"\n{'with' if meaning else 'without'} meaning, {len(found)} pairs of unseen authors:")
    auc, ap = roc_auc_score(labels, margins), average_precision_score(labels, margins)
    print(f"  AUC {auc:.3f}, average precision {ap:.3f}")
    for name, least in (("block", block), ("flag or block", flag)):
        held = margins >= least
        right = int((held & (labels == 1)).sum())
        print(
            f"  {name} from {_chance(least):.3f}: precision {right / held.sum():.3f}"
            f" {_interval(right, held.sum())}, recall {right / labels.sum():.3f}"
            f" {_interval(right, labels.sum())}"
        )
    for kind in sorted({e.kind for e in found}):
        ours = [
            (m >= flag) == bool(e.label)
            for e, m in zip(found, margins, strict=True)
            if e.kind == kind
        ]
        print(f"    {kind:24} {np.mean(ours):.3f} {_interval(sum(ours), len(ours))}")
    false = np.array(_false_posts(posts, lines))
    same = np.array([m for e, m in zip(posts, lines, strict=True) if e.label])
    print(
        f"  timelines: {len({e.post for e in posts})} posts, {len(same)} duplicates,"
        f" {(same >= flag).mean():.3f} found ({(same >= block).mean():.3f} held);"
        f" {(false >= block).sum()} false holds, {(false >= flag).sum()} false flags or holds"
    )
    return flag, block


def _interval(right: int, of: int) -> str:
    """Return Wilson's interval of 95 %."""
    z, share = 1.96, right / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * np.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return f"[{middle - half:.3f}, {min(1.0, middle + half):.3f}]"


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
            fitted = Fitted(data.names(meaning=meaning), data.training("a", "b"))
            written["glance"] = fitted.glance.exported()
            written[name] = fitted.exported(flag, block)
    if arguments.write:
        MODEL.write_text(json.dumps(written, separators=(",", ":")) + "\n", "utf-8")
        print(f"\nwrote {MODEL}: {MODEL.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
