"""docs/networks.md says of every network what its adapter says of itself."""

from docs.network_table import PAGE, table, table_in

RENEW = "python tests/docs/network_table.py writes the table anew"


def test_the_table_is_that_of_the_code() -> None:
    assert table_in(PAGE.read_text(encoding="utf-8")) == table(), RENEW
