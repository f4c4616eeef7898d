"""Copy a store, and prove row by row that nothing was lost."""

from itertools import zip_longest
from typing import NamedTuple

from cmctl.store.copying.tables import Place, Source, tables
from cmctl.store.errors import StoreError


class Copied(NamedTuple):
    """What a copy did."""

    #: False: the same rows stood there already.
    is_new: bool
    #: How many rows were compared, by table.
    rows: dict[str, int]


def copy(source: Place, target: Place) -> Copied:
    """Copy a store to where none is; repeated, compare what stands there with it.

    The target is made whole or not at all: a copy that was cut off is begun again.

    Raises:
        StoreError: the target holds something else, or one of the two cannot be used.
    """
    with source.read() as ours, target.make() as theirs:
        is_new = theirs.is_new()
        if is_new:
            for table in tables():
                theirs.fill(table, ours.rows(table))
        compared = _compared(ours, theirs)
        if is_new:
            theirs.keep()
        return Copied(is_new, compared)


def _compared(ours: Source, theirs: Source) -> dict[str, int]:
    """Return how many rows each table has, all equal.

    Raises:
        StoreError: two rows differ.
    """
    counted = {}
    for table in tables():
        rows = 0
        for mine, its in zip_longest(ours.rows(table), theirs.rows(table)):
            if mine != its:
                key = (mine or its or ())[: len(table.key)]
                message = (
                    f"{theirs.label} holds another store than {ours.label}: row {key} of "
                    f"{table.name} differs; nothing was written"
                )
                hint = "name an empty place, or take away what stands there"
                raise StoreError(message, hint=hint)
            rows += 1
        counted[table.name] = rows
    return counted
