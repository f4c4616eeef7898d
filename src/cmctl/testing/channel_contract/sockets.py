"""Networks that are reached over a connection, whatever is spoken on it: lines that break."""

import socket
import threading
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from cmctl.channels import sockets
from cmctl.channels.base import Channel, ChannelError, Finds, Timeline, Unavailable, Uncertain
from cmctl.testing.channel_contract.contract import ChannelContract
from cmctl.testing.cut_proxy import CutProxy


class Reached(ChannelContract):
    """The contract of an adapter whose server is given by `server`."""

    def test_a_refused_connection_is_certainly_not_published(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        channel = self.open_channel(f"http://127.0.0.1:{port}")
        out = self.outgoing("Personne")
        with pytest.raises(Unavailable):
            channel.publish(out)
        if isinstance(channel, Finds):
            with pytest.raises(Unavailable):
                channel.find(out)
        if isinstance(channel, Timeline):
            with pytest.raises(Unavailable):
                list(channel.timeline(out.created_at))
        channel.close()


class Alarms:
    """Timers that ring when a test says that the time is over, however slow the machine is."""

    def __init__(self) -> None:
        self._set: list[Callable[[], None]] = []

    def timer(self, _: float, call: Callable[[], None]) -> threading.Thread:
        """Stand in for `threading.Timer`."""
        alarms = self._set

        class Timer(threading.Thread):
            def start(self) -> None:
                alarms.append(call)

            def cancel(self) -> None:
                alarms.remove(call)

        return Timer()

    def ring(self) -> bool:
        """Let the time be over for every timer that is running."""
        for call in list(self._set):
            call()
        return True


class SocketChannelContract(Reached):
    """The whole contract for an adapter that does not speak HTTP; `server` must be given.

    `open_channel` is given addresses of which only host and port count.
    """

    def answers(self, said: bytes) -> bool:
        """Tell whether all that a server said on a connection has its answer to publishing."""
        raise NotImplementedError

    @pytest.fixture
    def line(self) -> Iterator[CutProxy]:
        """Stand between the adapter and the server."""
        with CutProxy(self.server()) as line:
            yield line

    @pytest.fixture
    def behind(self, line: CutProxy) -> Iterator[Channel]:
        """Open a channel that reaches the server through the line."""
        channel = self.open_channel(line.url)
        yield channel
        channel.close()

    def test_an_answer_that_is_lost_leaves_it_unknown(
        self, behind: Channel, line: CutProxy
    ) -> None:
        line.cut(lambda _, said: self.answers(said))
        out = self.outgoing("Une seule fois")
        with pytest.raises(Uncertain):
            behind.publish(out)
        assert line.connections == 1
        assert self.remote_texts() == ["Une seule fois"]
        line.heal()
        if isinstance(behind, Finds):
            assert behind.find(out)
        if "key" in behind.capabilities.recovery:
            behind.publish(out)
            assert self.remote_texts() == ["Une seule fois"]

    def test_an_answer_that_does_not_come_meets_the_deadline(
        self, behind: Channel, line: CutProxy, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        alarms = Alarms()
        monkeypatch.setattr(sockets, "Timer", alarms.timer)
        line.fall_silent(lambda _, said: self.answers(said) and alarms.ring())
        with pytest.raises(Uncertain):
            behind.publish(self.outgoing("Sans réponse"))
        assert self.remote_texts() == ["Sans réponse"]

    @pytest.mark.parametrize("silent", [False, True], ids=["hangs-up", "says-nothing"])
    def test_a_server_that_does_not_greet_has_published_nothing(
        self,
        behind: Channel,
        line: CutProxy,
        monkeypatch: pytest.MonkeyPatch,
        silent: bool,
    ) -> None:
        monkeypatch.setattr(sockets, "CONNECT", 2.0)  # a setting, to keep the suite short
        (line.fall_silent if silent else line.cut)(lambda *_: True)
        with pytest.raises(Unavailable):
            behind.publish(self.outgoing("Personne"))
        assert self.remote_texts() == []

    def test_a_timeline_that_breaks_off_never_looks_short(
        self, behind: Channel, line: CutProxy
    ) -> None:
        out = self.outgoing("Visible")
        behind.publish(out)
        line.cut(lambda *_: True)
        if isinstance(behind, Timeline):
            with pytest.raises(Unavailable):
                list(behind.timeline(datetime.now(UTC) - timedelta(minutes=1)))
        if isinstance(behind, Finds):
            with pytest.raises(Unavailable):
                behind.find(out)

    def test_no_failure_shows_the_secret(self, behind: Channel, line: CutProxy) -> None:
        for rule in (lambda *_: True, lambda _, said: self.answers(said)):
            line.cut(rule)
            with pytest.raises(ChannelError) as raised:
                behind.publish(self.outgoing("Secret"))
            told = "".join(traceback.format_exception(raised.value)) + repr(raised.value)
            assert not self.canary or self.canary not in told
