"""The guard: does a text tell news that followers have read already, whoever wrote it first?

One pure function, `judge`, in a clear sequence: normalise, extract, compare, decide, explain.
"""

from cmctl.core.guard.judge import Thresholds, judge, judge_pair
from cmctl.core.guard.meaning import Encoder

__all__ = ["Encoder", "Thresholds", "judge", "judge_pair"]
