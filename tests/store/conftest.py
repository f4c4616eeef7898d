import pytest

pytest.register_assert_rewrite("cmctl.testing.store_contract")
