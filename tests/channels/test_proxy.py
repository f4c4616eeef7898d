"""The proxy stands unseen, until it is told to misbehave."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cmctl.channels.base import Outgoing, Uncertain
from cmctl.channels.http import Http
from cmctl.channels.networks.sandbox import SandboxChannel
from cmctl.core.model import Content
from cmctl.testing import FaultProxy
from cmctl.testing.sandbox import Fault, FaultKind, SandboxServer


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[SandboxServer]:
    with SandboxServer(tmp_path) as server:
        yield server


def out(text: str) -> Outgoing:
    now = datetime.now(UTC)
    return Outgoing(key="a" * 32, content=Content(text=text), language="fr", created_at=now)


def test_what_passes_is_unchanged_and_counted(sandbox: SandboxServer) -> None:
    with FaultProxy(sandbox.url) as proxy:
        channel = SandboxChannel(proxy.url, "atlas")
        receipt = channel.publish(out("Été 🚚 & <b>"))
        (status,) = channel.timeline(datetime.now(UTC) - timedelta(minutes=1))
        channel.close()
        assert (status.remote_id, status.text) == (receipt.remote_id, "Été 🚚 & <b>")
        assert proxy.requests == {"post": 1, "read": 1}


def test_statuses_and_headers_pass(sandbox: SandboxServer) -> None:
    with FaultProxy(sandbox.url) as proxy:
        http = Http(proxy.url)
        got = http.get("/@nobody", accept={404})
        http.close()
        assert got.status == 404
        assert got.headers["x-content-type-options"] == "nosniff"


def test_a_fault_hits_only_what_it_is_about(sandbox: SandboxServer) -> None:
    def classify(method: str, path: str) -> str:
        return "post" if path.endswith("/statuses") and method == "POST" else ""

    with FaultProxy(sandbox.url, classify) as proxy:
        proxy.fault(Fault(kind=FaultKind.DROP, on="any"))
        channel = SandboxChannel(proxy.url, "atlas")
        assert channel.probe() == "atlas"
        with pytest.raises(Uncertain):
            channel.publish(out("Une fois"))
        assert channel.find(out("Une fois"))
        channel.close()
        assert proxy.requests == {"GET": 2, "post": 1}


def test_a_server_that_is_gone_is_a_bad_gateway(sandbox: SandboxServer) -> None:
    sandbox.stop()
    with FaultProxy(sandbox.url) as proxy:
        channel = SandboxChannel(proxy.url, "atlas")
        with pytest.raises(Uncertain, match="502"):
            channel.publish(out("Personne"))
        channel.close()


def test_it_does_not_pretend_to_ignore_keys() -> None:
    with FaultProxy("http://127.0.0.1:1") as proxy, pytest.raises(ValueError, match="ignore"):
        proxy.fault(Fault(kind=FaultKind.IGNORE_KEYS))
