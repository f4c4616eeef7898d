"""The guard: does a text tell news that followers have read already, whoever wrote it first?

One pure function, `judge`, in a clear sequence: normalise, extract, compare, decide, explain.
"""

from cmctl.core.guard.judge import judge

__all__ = ["judge"]
