"""Metrics and health: what they say, in whose words, and who may ask."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from cmctl.app.health.figures import Figure
from cmctl.core.errors import CmctlError, UsageError
from cmctl.core.model import Content, Delivery, Key, Receipt, State
from cmctl.daemon.counters import Counters
from cmctl.daemon.exposition import FAMILIES, exposition
from cmctl.daemon.listener import Address, Shown, listening, parse_address

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
LOOPBACK = Address("127.0.0.1", 0)


def delivery(state: State, late: float = 0.0) -> Delivery:
    published = state is State.PUBLISHED
    return Delivery(
        number=1,
        key=Key("p", "", "a/x"),
        network="sandbox",
        due=NOON,
        content=Content(text="Bonjour"),
        digest="",
        state=state,
        receipt=Receipt(remote_id="1", at=NOON + timedelta(seconds=late)) if published else None,
    )


def read(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Return every sample as Prometheus' own reader understands it."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_prometheus_reads_what_was_counted() -> None:
    counters = Counters()
    for late in (0.5, 4.0, 4000.0):
        counters.settled(delivery(State.PUBLISHED, late), NOON)
    counters.settled(delivery(State.REFUSED), NOON)
    counters.settled(delivery(State.PLANNED), NOON)
    counters.blind("sandbox")
    seen = read(exposition(counters.figures()))
    network = ("network", "sandbox")
    assert seen["cmctl_attempts_total", (network, ("outcome", "published"))] == 3
    assert seen["cmctl_api_errors_total", (("kind", "refused"), network)] == 1
    assert seen["cmctl_api_errors_total", (("kind", "unavailable"), network)] == 1
    assert seen["cmctl_api_errors_total", (("kind", "timeline"), network)] == 1
    assert seen["cmctl_lateness_seconds_bucket", (("le", "1"),)] == 1
    assert seen["cmctl_lateness_seconds_bucket", (("le", "5"),)] == 2
    assert seen["cmctl_lateness_seconds_bucket", (("le", "+Inf"),)] == 3
    assert seen["cmctl_lateness_seconds_count", ()] == 3
    assert seen["cmctl_lateness_seconds_sum", ()] == 4004.5


def test_a_label_may_hold_any_text() -> None:
    evil = 'a"b\\c\nd} 1'
    seen = read(exposition([Figure("cmctl_held", 2, {"reason": evil})]))
    assert seen == {("cmctl_held", (("reason", evil),)): 2}


def test_every_family_has_words() -> None:
    for name, family in FAMILIES.items():
        assert name.startswith("cmctl_")
        assert family.help.endswith(".")
    with pytest.raises(KeyError):
        exposition([Figure("cmctl_unknown", 1)])


@pytest.fixture
def ails() -> list[str]:
    return []


@pytest.fixture
def url(ails: list[str]) -> Iterator[str]:
    shown = Shown(lambda: exposition([Figure("cmctl_pauses", 1)]), lambda: ails)
    with listening(LOOPBACK, shown) as url:
        yield url


def test_health_is_told_in_words_and_by_the_status(url: str, ails: list[str]) -> None:
    well = httpx.get(f"{url}/healthz")
    assert (well.status_code, well.text) == (200, "ok\n")
    ails.append("a/x makes no progress")
    ill = httpx.get(f"{url}/healthz")
    assert (ill.status_code, ill.text) == (503, "a/x makes no progress\n")


def test_metrics_come_in_the_type_that_prometheus_asks_for(url: str) -> None:
    answer = httpx.get(f"{url}/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert read(answer.text) == {("cmctl_pauses", ()): 1}
    assert httpx.get(f"{url}/").status_code == 404
    assert httpx.post(f"{url}/metrics").status_code == 501


def test_a_page_that_made_its_name_lead_here_learns_nothing(url: str) -> None:
    answer = httpx.get(f"{url}/metrics", headers={"Host": "evil.example"})
    assert answer.status_code == 421
    assert "cmctl_" not in answer.text


def test_a_store_that_does_not_answer_is_told_and_ends_nothing() -> None:
    def broken() -> str:
        raise CmctlError("the store is locked")

    with listening(LOOPBACK, Shown(broken, list)) as url:
        assert httpx.get(f"{url}/metrics").status_code == 503
        assert httpx.get(f"{url}/healthz").status_code == 200


def test_with_a_token_only_who_has_it_is_answered() -> None:
    with listening(LOOPBACK, Shown(lambda: "", list), token="canary-token") as url:
        for given in ({}, {"Authorization": "Bearer x"}, {"Authorization": "canary-token"}):
            refused = httpx.get(f"{url}/healthz", headers=given)
            assert refused.status_code == 401
            assert "canary" not in refused.text
        right = {"Authorization": "Bearer canary-token"}
        assert httpx.get(f"{url}/healthz", headers=right).status_code == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org"])
def test_beyond_this_machine_nothing_listens_without_a_token(host: str) -> None:
    with (
        pytest.raises(UsageError, match="no token is set"),
        listening(Address(host, 0), Shown(str, list)),
    ):
        pass


def test_an_address_that_is_taken_is_told(url: str) -> None:
    taken = parse_address(url.removeprefix("http://"))
    with (
        pytest.raises(CmctlError, match="cannot be served"),
        listening(taken, Shown(str, list)),
    ):
        pass


def test_addresses_are_read_as_people_write_them() -> None:
    assert parse_address("9464") == Address("127.0.0.1", 9464)
    assert parse_address("localhost:0") == Address("localhost", 0)
    assert parse_address("[::1]:9464") == Address("::1", 9464)
    for wrong in ("", "localhost", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:x", ":-1"):
        with pytest.raises(UsageError):
            parse_address(wrong)
