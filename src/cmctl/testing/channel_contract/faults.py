"""The faults of real networks, in front of a server that works: what is known must be said."""

import time
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest

from cmctl.channels import http
from cmctl.channels.base import (
    Channel,
    ChannelError,
    Deletes,
    Finds,
    Rejected,
    Throttled,
    Timeline,
    Unauthorized,
    Unavailable,
    Uncertain,
    Uploads,
)
from cmctl.core.model import Content
from cmctl.testing.channel_contract.network import picture
from cmctl.testing.channel_contract.sockets import Reached
from cmctl.testing.proxy import FaultProxy, by_method
from cmctl.testing.sandbox.faults import NOT_STORED, Fault, FaultKind

#: What each fault of the publishing request must be raised as.
PUBLISHING = {
    FaultKind.ERROR: Uncertain,
    FaultKind.BAD_GATEWAY: Uncertain,
    FaultKind.GATEWAY_TIMEOUT: Uncertain,
    FaultKind.THROTTLE: Throttled,
    FaultKind.UNAUTHORIZED: Unauthorized,
    FaultKind.REFUSED: Rejected,
    FaultKind.ERROR_STORED: Uncertain,
    FaultKind.TIMEOUT_STORED: Uncertain,
    FaultKind.DROP: Uncertain,
    FaultKind.RESET: Uncertain,
    FaultKind.HTML: Uncertain,
    FaultKind.CUT: Uncertain,
    FaultKind.NO_ID: Uncertain,
    FaultKind.HUGE: Uncertain,
    FaultKind.BOMB: Uncertain,
}
#: Each of these makes a listing unreadable; none may make it look short.
READING = (
    FaultKind.ERROR,
    FaultKind.BAD_GATEWAY,
    FaultKind.THROTTLE,
    FaultKind.DROP,
    FaultKind.RESET,
    FaultKind.HTML,
    FaultKind.CUT,
    FaultKind.NO_ID,
    FaultKind.BOMB,
)


class HttpChannelContract(Reached):
    """The whole contract for an adapter over HTTP; `server` must be given."""

    #: Where the vendor's documents let an adapter say more; None: it is published all the same.
    narrowed: ClassVar[dict[FaultKind, type[ChannelError] | None]] = {}

    def classify(self, method: str, path: str) -> str:
        """Say what a request is: `post`, `upload`, `read`, `delete`, or empty for a login."""
        return by_method(method, path)

    @pytest.fixture
    def proxy(self) -> Iterator[FaultProxy]:
        """Stand between the adapter and the server."""
        with FaultProxy(self.server(), self.classify) as proxy:
            yield proxy

    @pytest.fixture
    def behind(self, proxy: FaultProxy) -> Iterator[Channel]:
        """Open a channel that reaches the server through the proxy."""
        channel = self.open_channel(proxy.url)
        yield channel
        channel.close()

    @pytest.mark.parametrize("kind", PUBLISHING)
    def test_a_fault_says_what_is_known_after_one_request(
        self, behind: Channel, proxy: FaultProxy, kind: FaultKind
    ) -> None:
        out = self.outgoing("Une seule fois")
        expected = self.narrowed.get(kind, PUBLISHING[kind])
        proxy.fault(Fault(kind=kind, retry_after="120"))

        if expected is None:
            behind.publish(out)
        else:
            with pytest.raises(ChannelError) as raised:
                behind.publish(out)
            assert raised.type is expected

        assert proxy.requests["post"] == 1
        stored = [] if kind in NOT_STORED else ["Une seule fois"]
        assert self.remote_texts() == stored
        proxy.clear_faults()
        if isinstance(behind, Finds):
            assert (behind.find(out) is not None) == bool(stored)
        if "key" in behind.capabilities.recovery:
            behind.publish(out)
            assert self.remote_texts() == ["Une seule fois"]

    def test_a_throttle_tells_when_to_come_back(self, behind: Channel, proxy: FaultProxy) -> None:
        proxy.fault(Fault(kind=FaultKind.THROTTLE, retry_after="120"))
        with pytest.raises(Unavailable) as raised:
            behind.publish(self.outgoing("Trop vite"))
        assert raised.value.retry_after == timedelta(seconds=120)

    def test_an_answer_that_drips_meets_the_deadline(
        self, proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(http, "DEADLINE", 1.5)  # a setting, to keep the suite short
        channel = self.open_channel(proxy.url)
        proxy.fault(Fault(kind=FaultKind.DRIP, seconds=0.2))
        out = self.outgoing("Goutte à goutte")
        start = time.monotonic()
        with pytest.raises(Uncertain):
            channel.publish(out)
        assert time.monotonic() - start < 5
        assert proxy.requests["post"] == 1
        assert self.remote_texts() == ["Goutte à goutte"]
        channel.close()

    @pytest.mark.parametrize("kind", [FaultKind.DROP, FaultKind.ERROR, FaultKind.THROTTLE])
    def test_a_thread_that_broke_off_is_finished_without_a_double(
        self, behind: Channel, proxy: FaultProxy, kind: FaultKind
    ) -> None:
        if not behind.capabilities.threads or "key" not in behind.capabilities.recovery:
            return
        out = self.outgoing(Content(text="Un", thread=("Deux", "Trois")))
        proxy.fault(Fault(kind=kind, skip=1))
        with pytest.raises(Uncertain):
            behind.publish(out)
        if isinstance(behind, Finds):
            with pytest.raises(Uncertain):
                behind.find(out)

        receipt = behind.publish(out)

        assert len(set(receipt.parts)) == 3
        assert sorted(self.remote_texts()) == ["Deux", "Trois", "Un"]

    @pytest.mark.parametrize("kind", READING)
    def test_a_timeline_that_cannot_be_read_never_looks_short(
        self, behind: Channel, proxy: FaultProxy, kind: FaultKind
    ) -> None:
        if not isinstance(behind, Timeline):
            return
        behind.publish(self.outgoing("Visible"))
        proxy.fault(Fault(kind=kind, on="read"))
        with pytest.raises(Unavailable):
            list(behind.timeline(datetime.now(UTC) - timedelta(minutes=1)))

    @pytest.mark.parametrize("kind", READING)
    def test_evidence_that_cannot_be_read_is_not_taken_for_none(
        self, behind: Channel, proxy: FaultProxy, kind: FaultKind
    ) -> None:
        if not isinstance(behind, Finds):
            return
        out = self.outgoing("À retrouver")
        behind.publish(out)
        proxy.fault(Fault(kind=kind, on="read"))
        with pytest.raises(Unavailable):
            behind.find(out)

    def test_an_upload_that_failed_has_published_nothing(
        self, behind: Channel, proxy: FaultProxy
    ) -> None:
        if not isinstance(behind, Uploads):
            return
        proxy.fault(Fault(kind=FaultKind.DROP, on="upload"))
        with pytest.raises(Unavailable):
            behind.upload(picture(1))
        assert behind.upload(picture(1))
        assert self.remote_texts() == []

    def test_a_deletion_whose_answer_is_lost_can_be_asked_again(
        self, behind: Channel, proxy: FaultProxy
    ) -> None:
        if not isinstance(behind, Deletes):
            return
        remote_id = behind.publish(self.outgoing("À effacer")).remote_id
        proxy.fault(Fault(kind=FaultKind.DROP, on="delete"))
        with pytest.raises(ChannelError):
            behind.delete(remote_id)
        assert not behind.exists(remote_id)
        behind.delete(remote_id)

    @pytest.mark.parametrize("on", ["post", "read", "upload"])
    def test_no_failure_shows_the_secret_that_a_server_repeats(
        self, behind: Channel, proxy: FaultProxy, on: str
    ) -> None:
        if not self.canary:
            return
        proxy.fault(Fault(kind=FaultKind.REFUSED, on=on, count=0, text=f"bad {self.canary}!"))
        for failure in self._failures(behind):
            told = "".join(traceback.format_exception(failure)) + repr(failure)
            assert self.canary not in told

    def _failures(self, channel: Channel) -> Iterator[ChannelError]:
        """Yield what the calls of a channel raise."""
        out = self.outgoing("Secret", images=min(channel.capabilities.media.count, 1))
        try:
            channel.publish(out)
        except ChannelError as failure:
            yield failure
        if isinstance(channel, Timeline):
            try:
                list(channel.timeline(out.created_at))
            except ChannelError as failure:
                yield failure
