"""What a store cannot do; every message says which store and what to type next.

StoreError                  nothing of the call was written
+-- StoreBusyError          another program holds the lock
+-- StoreNewerError         written by a newer cmctl
+-- StoreDamagedError       fails its integrity check
+-- ReceiptTakenError       one remote status cannot prove two deliveries
+-- ReadingLostError        somebody else reads the timeline by now
"""

from cmctl.core.errors import CmctlError


class StoreError(CmctlError):
    """The store cannot do its work; the message says which and what to type next."""


class StoreBusyError(StoreError):
    """Another program holds the store's lock for too long."""


class StoreNewerError(StoreError):
    """The store was written by a newer cmctl."""


class StoreDamagedError(StoreError):
    """The store fails its integrity check; nothing was written to it."""


class ReceiptTakenError(StoreError):
    """A receipt proves another delivery already: one remote status proves one delivery."""


class ReadingLostError(StoreError):
    """The right to read a timeline went to another reader, whose word counts."""
