"""The suite that every store must pass.

Subclass `StoreContract` in a test module, and say how a handle on the store in a folder is opened:

    class TestMyStore(StoreContract):
        def open_store(self, folder: Path) -> Store:
            return MyStore(folder / "facts")

Call `pytest.register_assert_rewrite("cmctl.testing.store_contract")` in `conftest.py` to have
failures explained.
"""

from cmctl.testing.store_contract.claims import Claims
from cmctl.testing.store_contract.intakes import Intakes
from cmctl.testing.store_contract.listings import Listings
from cmctl.testing.store_contract.moves import Moves
from cmctl.testing.store_contract.notices import Notices
from cmctl.testing.store_contract.replies import Replies
from cmctl.testing.store_contract.retrieval import Retrieval
from cmctl.testing.store_contract.rulings import Rulings
from cmctl.testing.store_contract.timelines import Timelines
from cmctl.testing.store_contract.together import Together


class StoreContract(
    Intakes, Claims, Moves, Listings, Timelines, Retrieval, Notices, Rulings, Replies, Together
):
    """What every store promises, as tests; a subclass says how one is opened."""


__all__ = ["StoreContract"]
