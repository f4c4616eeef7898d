"""The guard's models as they are trained: boosted trees and a logistic regression, added up."""

from collections import Counter, defaultdict
from collections.abc import Sequence

import lightgbm
import numpy as np
from labelled import Example
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from cmctl.core.guard import meaning, wording

#: Most pairs of a timeline have nothing in common; all together they would drown the hard ones.
OTHER_WEIGHT = 0.5
#: Words and facts alone hold more of them for nothing.
OTHER_WEIGHT_OF_WORDS = 0.8
#: And few tell the same news.
SAME_WEIGHT = 4.0
#: Strangers and lists are easy; more of them, and what tells hard pairs apart is lost.
DRAWN_WEIGHT = 0.15
LINEAR_PART = 0.3
WORDING_PART = 0.3
AXES_PART = 0.3
#: Differences along an axis are small numbers.
AXES_SCALE = 20
#: Fewer authors than this may only share a topic.
HEARD_FROM, HEARD = 3, 8
#: What can only speak for the same news, and what only against it, whoever writes.
FOR = (
    "covered_more", "covered_less", "covered_short", "token_set", "token_sort", "sentence_worst",
    "sentence_best", "facts_agree_part", "facts_cover", "link_same", "m_full", "m_short_in_long",
    "m_sent_mean", "m_covered_0.45", "m_covered_0.6",
)  # fmt: skip
AGAINST = (
    "left_less", "facts_differ", "facts_left_less", "date_differs", "time_differs", "name_differs",
    "title_differs", "number_differs", "result_differs", "states_opposed",
    "states_opposed_surely", "states_apart", "denied_apart", "retracted", "heads_opposed",
    "heads_apart", "m_left_0.45", "m_left_0.6",
)  # fmt: skip
#: The part of the true matches that the first look may lose.
LOST_AT_A_GLANCE = 0.002
#: So much lower for texts of a kind not trained on; in log-odds.
GLANCE_MARGIN = 0.25


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
        self.names = list(seen[0].glance or ())
        labels = np.array([e.label for e in seen])
        self.linear = Linear(self._rows(seen), labels, weights_of(seen), 1.0)
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
        least = round(chance(self.least), 4)
        linear = self.linear.exported(1.0)
        return {"features": self.names, "trees": [], "trees_part": 1.0, **linear,
                "flag": least, "block": 1.0}  # fmt: skip


class Phrases:
    """A logistic regression on the words that both texts have, and on those that one has alone."""

    def __init__(self, examples: Sequence[Example]) -> None:
        told = [e for e in examples if e.file]
        rows = [self._row(e) for e in told]
        heard: dict[str, set[str]] = defaultdict(set)
        for example, row in zip(told, rows, strict=True):
            for name in row:
                heard[name].add(example.file)
        often = Counter(name for row in rows for name in row)
        self.names = {n for n in often if often[n] >= HEARD and len(heard[n]) >= HEARD_FROM}
        self.vectors = DictVectorizer().fit([dict.fromkeys(sorted(self.names), 1.0)])
        self.model = LogisticRegression(C=0.2, max_iter=3000)
        self.model.fit(self.vectors.transform(rows), [e.label for e in told])

    @staticmethod
    def _row(example: Example) -> dict[str, float]:
        both = {f"+{word}": 1.0 for word in example.worded.both}
        return both | {f"-{word}": 1.0 for word in example.worded.alone}

    def margins(self, examples: Sequence[Example]) -> np.ndarray:
        """Return what the wording speaks for, in log-odds."""
        if not examples:
            return np.zeros(0)
        rows = self.vectors.transform([self._row(e) for e in examples])
        return np.minimum(WORDING_PART * self.model.decision_function(rows), wording.MOST)

    def exported(self) -> dict[str, object]:
        """Return what `core/guard/wording.py` reads."""
        weights = dict(zip(self.vectors.feature_names_, self.model.coef_[0], strict=True))
        sides = {
            side: {n[1:]: round(WORDING_PART * w, 3) for n, w in weights.items() if n[0] == sign}
            for side, sign in (("both", "+"), ("alone", "-"))
        }
        return {"bias": round(WORDING_PART * float(self.model.intercept_[0]), 4), **sides}


class Axes:
    """A logistic regression on how far two texts are apart along each axis of meaning."""

    def __init__(self, examples: Sequence[Example]) -> None:
        near = [e for e in examples if e.label or e.glance is not None]
        rows = self._rows(near)
        self.middle = rows.mean(0)
        self.model = LogisticRegression(C=0.01, max_iter=3000)
        self.model.fit(rows - self.middle, [e.label for e in near], sample_weight=weights_of(near))

    @staticmethod
    def _rows(examples: Sequence[Example]) -> np.ndarray:
        return AXES_SCALE * np.array([e.apart for e in examples])

    def margins(self, examples: Sequence[Example]) -> np.ndarray:
        """Return what the axes speak for, in log-odds."""
        if not examples:
            return np.zeros(0)
        found = AXES_PART * self.model.decision_function(self._rows(examples) - self.middle)
        return np.clip(found, -meaning.MOST, meaning.MOST)

    def exported(self) -> dict[str, object]:
        """Return what `core/guard/meaning.py` reads."""
        weights = AXES_PART * self.model.coef_[0]
        bias = AXES_PART * float(self.model.intercept_[0]) - float(weights @ self.middle)
        scaled = [round(float(w), 4) for w in AXES_SCALE * weights]
        return {"bias": round(bias, 4), "weights": scaled}


class Fitted:
    """Boosted trees and a logistic regression, added up, behind a first look."""

    def __init__(self, names: Sequence[str], examples: Sequence[Example]) -> None:
        self.names = list(names)
        read = any(n.startswith("m_") for n in names)
        other = OTHER_WEIGHT if read else OTHER_WEIGHT_OF_WORDS
        self.glance = Glance(examples)
        compared = self.compared(examples)
        kept = [e for e, c in zip(examples, compared, strict=True) if c or e.label]
        rows, labels = self._rows(kept), np.array([e.label for e in kept])
        weights = weights_of(kept, other)
        self.trees = lightgbm.LGBMClassifier(
            n_estimators=100, learning_rate=0.08, num_leaves=16, min_child_samples=8,
            subsample=0.7, subsample_freq=1, colsample_bytree=0.4, reg_lambda=3,
            random_state=0, n_jobs=1, deterministic=True, force_row_wise=True, verbose=-1,
            monotone_constraints=[(n in FOR) - (n in AGAINST) for n in self.names],
        ).fit(rows, labels, sample_weight=weights)  # fmt: skip
        self.linear = Linear(rows, labels, weights, 0.1)
        self.phrases = Phrases(examples)
        #: Only where meaning is read at all.
        self.axes = Axes(examples) if read else None

    def _rows(self, examples: Sequence[Example]) -> np.ndarray:
        return np.array([[e.values[name] for name in self.names] for e in examples], dtype=float)

    def compared(self, examples: Sequence[Example]) -> np.ndarray:
        """Tell which examples are compared: all pairs, and of timelines what a first look tells."""
        pairs = np.array([not e.post[0] for e in examples])
        return pairs | self.glance.passed(examples)

    def margins(self, examples: Sequence[Example]) -> np.ndarray:
        """Return the log-odds of each example; what is not even compared is never a match."""
        rows = self._rows(examples)
        trees = self.trees.predict(rows, raw_score=True)
        margins = (1 - LINEAR_PART) * trees + LINEAR_PART * self.linear.margins(rows)
        margins += self.phrases.margins(examples)
        if self.axes:
            margins += self.axes.margins(examples)
        least, most = (
            _log_odds([getattr(e.bounds, b) for e in examples]) for b in ("least", "most")
        )
        return np.where(self.compared(examples), np.clip(margins, least, most), -9.0)

    def exported(self, flag: float, block: float) -> dict[str, object]:
        """Return what `core/guard/model.py` reads."""
        trees = [_node(t["tree_structure"]) for t in self.trees.booster_.dump_model()["tree_info"]]
        return {
            "features": self.names,
            "trees": trees,
            "trees_part": 1 - LINEAR_PART,
            **self.linear.exported(LINEAR_PART),
            "flag": round(chance(flag), 4),
            "block": round(chance(block), 4),
        }


def weights_of(examples: Sequence[Example], other: float = OTHER_WEIGHT) -> np.ndarray:
    """Return how much each example counts; `other`: a pair of a timeline that tells other news."""
    line = {1: SAME_WEIGHT, 0: other}
    kinds = {"strangers": DRAWN_WEIGHT, "lists": DRAWN_WEIGHT}
    return np.array([line[e.label] if e.post[0] else kinds.get(e.kind, 1.0) for e in examples])


def _log(rows: np.ndarray) -> np.ndarray:
    return np.sign(rows) * np.log1p(np.abs(rows))


def chance(margin: float) -> float:
    return float(1 / (1 + np.exp(-margin)))


def _log_odds(chances: Sequence[float]) -> np.ndarray:
    clipped = np.clip(np.array(chances), 1e-9, 1 - 1e-9)
    return np.log(clipped / (1 - clipped))


def _node(node: dict[str, object]) -> object:
    if "leaf_value" in node:
        return round(float(node["leaf_value"]), 5)
    return [
        node["split_feature"],
        float(f"{node['threshold']:.6g}"),
        _node(node["left_child"]),
        _node(node["right_child"]),
    ]
