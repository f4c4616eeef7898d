"""Stores copied row by row between engines, whole or not at all, and compared afterwards."""

from cmctl.store.copying.copy import Copied, copy

__all__ = ["Copied", "copy"]
