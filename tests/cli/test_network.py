"""`cmctl network`: what each network can do, asked of the code alone."""

import json

from .conftest import CMCTL, Run


def test_networks_are_listed_without_a_workspace(run: Run) -> None:
    found = {one["network"]: one for one in json.loads(run(CMCTL, "network", "--json").out)}
    assert {"linkedin", "linkedin_member", "pinterest", "google_business"} <= found.keys()
    assert [name for name, one in found.items() if not one["verified"]] == [
        *("google_business", "linkedin", "linkedin_member")
    ]
    assert [name for name, one in found.items() if one["events"]] == ["google_business"]
    assert not found["linkedin_member"]["timeline"]
    assert found["linkedin"]["timeline"]


def test_what_nothing_could_be_held_to_is_called_not_verified(run: Run) -> None:
    lines = run(CMCTL, "network").out.splitlines()
    shown = {line.split()[0]: line for line in lines}
    assert shown["google_business"].endswith("not verified")
    assert "not verified" not in shown["pinterest"]
