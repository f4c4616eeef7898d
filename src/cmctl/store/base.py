"""The contract of a store: the facts of a workspace, safe under kills and between processes.

Terminology: a *fact* is what the store knows of one delivery; the *ledger* is all facts of one
client. A *change* is one move of one delivery, decided elsewhere as a value. An *operation* is a
change or an edit of planned rows that taking in the files asks for; these values stand in
`core/ledger.py`. The *outbox* holds notices to people, committed with what they tell of and
delivered later.

Guarantees every store gives:

- A method that writes has committed, durably, when it returns; raising means that nothing of it is
  written. Calls from many threads are committed together, each one whole or not at all.
- A change is executed only where state and fence are still what its maker saw; else it touches
  nothing and says so.
- At most one delivery a channel is `claimed` or `sending`; the database enforces it.
- Each change writes one event, and no event is ever altered.
- Instants are kept to the millisecond.
- Leases begin and end by the store's clock: the instant that is given, where one machine uses the
  store; its server's own, where several do, so that their clocks need not agree.

The parts of it stand in `contract/`, by what each serves; what they ask and answer in
`contract/values.py`.
"""

from typing import Protocol

from cmctl.core.ledger import (
    Add,
    Alter,
    Change,
    Drop,
    Fact,
    Intake,
    Ledger,
    MarkEdited,
    Notice,
    Operation,
    Removal,
    Ruling,
)
from cmctl.store.contract.machines import Care, Daemons, Leases
from cmctl.store.contract.notices import Notices
from cmctl.store.contract.publishing import History, Intakes, Publishing
from cmctl.store.contract.rulings import Removals, Rulings
from cmctl.store.contract.texts import Judgements, Sketches, Texts
from cmctl.store.contract.timelines import Collisions, Timelines
from cmctl.store.contract.values import (
    Around,
    Claim,
    Collision,
    Daemon,
    Event,
    Observed,
    Posted,
    Reading,
    Sketched,
)
from cmctl.store.errors import (
    ReadingLostError,
    ReceiptTakenError,
    StoreBusyError,
    StoreDamagedError,
    StoreError,
    StoreNewerError,
)
from cmctl.store.listing import ClientRow, Listed, Listings, Pause, Query, Source

__all__ = [
    "Add",
    "Alter",
    "Around",
    "Change",
    "Claim",
    "ClientRow",
    "Collision",
    "Daemon",
    "Drop",
    "Event",
    "Fact",
    "Intake",
    "Ledger",
    "Listed",
    "MarkEdited",
    "Notice",
    "Observed",
    "Operation",
    "Pause",
    "Posted",
    "Query",
    "Reading",
    "ReadingLostError",
    "ReceiptTakenError",
    "Removal",
    "Ruling",
    "Sketched",
    "Source",
    "Store",
    "StoreBusyError",
    "StoreDamagedError",
    "StoreError",
    "StoreNewerError",
]


class Store(
    Intakes,
    Publishing,
    History,
    Timelines,
    Collisions,
    Texts,
    Sketches,
    Judgements,
    Rulings,
    Removals,
    Notices,
    Leases,
    Daemons,
    Care,
    Listings,
    Protocol,
):
    """The facts of one workspace."""

    def close(self) -> None:
        """Finish what is being committed and let go; safe to call twice."""
        ...
