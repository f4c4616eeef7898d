"""Other processes that judge too, where there is more to judge than a person waits for.

Each is this very program, started with nothing but the modules that judging needs: it opens no
store, is told no secret, and takes cases from its standard input until that ends, as it does too
when the one that started it is killed. What a process leaves unanswered is judged here.
"""

import pickle
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from select import select
from subprocess import PIPE, Popen
from typing import IO, cast

from cmctl.app.guard.cases import Case, judged_case
from cmctl.app.guard.meaning import installed
from cmctl.core.guard import Encoder
from cmctl.core.model import Verdict

#: Fewer are judged before another process is ready to help.
WORTH = 400
#: So many others at most: each takes memory of its own, and with an encoder far more.
MOST, MOST_WITH_MEANING = 3, 1
#: So many cases are sent at once.
_TOGETHER = 20
_PROGRAM = "from cmctl.app.guard.judges import answer_all; answer_all(with_meaning={})"


class Judges:
    """Judges cases in some other processes and in this one; a context manager, as processes are."""

    def __init__(
        self, count: int, environment: Mapping[str, str], encoder: Encoder | None = None
    ) -> None:
        """`count` other processes, with no more than `environment`.

        With an `encoder` each of them loads the installed one for itself.
        """
        self._encoder = encoder
        self._processes: list[_Process] = []
        with suppress(OSError):  # no room for more: those that are there do it
            for _ in range(count):
                self._processes.append(_Process(environment, encoder))

    @property
    def pids(self) -> Sequence[int]:
        """The other processes."""
        return [one.pid for one in self._processes]

    def __enter__(self) -> "Judges":
        return self

    def __exit__(self, *_: object) -> None:
        for one in self._processes:
            one.close()

    def __call__(self, cases: Iterable[Case]) -> Iterator[Verdict]:
        """Yield the verdicts on cases, in their order."""
        waiting: deque[_Part] = deque()
        every = iter(cases)
        while some := tuple(islice(every, _TOGETHER)):
            free = next((one for one in self._processes if one.is_free()), None)
            waiting.append(free.ask(some) if free else _Part(_judged(self._encoder, some)))
            while waiting and waiting[0].is_there():
                yield from waiting.popleft().verdicts()
        for part in waiting:
            yield from part.verdicts()


class _Part:
    """The verdicts on some cases, here already."""

    def __init__(self, found: Sequence[Verdict]) -> None:
        self._found = found

    def is_there(self) -> bool:
        return True

    def verdicts(self) -> Sequence[Verdict]:
        return self._found


class _Asked(_Part):
    """The verdicts on some cases that another process was sent."""

    def __init__(self, cases: Sequence[Case], process: "_Process") -> None:
        super().__init__(())
        self._cases = cases
        self._process = process

    def is_there(self) -> bool:
        return not self._cases or self._process.has_answered()

    def verdicts(self) -> Sequence[Verdict]:
        if self._cases:
            self._found = self._process.answer() or _judged(self._process.encoder, self._cases)
            self._cases = ()
        return self._found


class _Process:
    """Another process that judges; one that ends too early is asked no more."""

    def __init__(self, environment: Mapping[str, str], encoder: Encoder | None) -> None:
        #: What the same cases are judged with here.
        self.encoder = encoder
        # A session of its own: Ctrl-C is for this process, which then lets go of the others.
        self._process = Popen(  # noqa: S603 - this very program
            [sys.executable, "-P", "-c", _PROGRAM.format(encoder is not None)],
            stdin=PIPE,
            stdout=PIPE,
            env=dict(environment),
            start_new_session=True,
        )
        self._to = cast("IO[bytes]", self._process.stdin)
        self._from = cast("IO[bytes]", self._process.stdout)
        self.pid = self._process.pid
        self._asked: _Asked | None = None
        self._has_ended = False

    def is_free(self) -> bool:
        """Tell whether it can be asked; what it has answered is taken first."""
        if self._asked is not None and self._asked.is_there():
            self._asked.verdicts()
        return not self._has_ended and self._asked is None

    def ask(self, cases: Sequence[Case]) -> _Part:
        """Send cases."""
        self._asked = asked = _Asked(cases, self)
        try:
            _send(cases, self._to)
        except OSError:
            self.close()
        return asked

    def has_answered(self) -> bool:
        """Tell whether what was asked need not be waited for."""
        return self._has_ended or bool(select([self._from], [], [], 0)[0])

    def answer(self) -> Sequence[Verdict]:
        """Return what it says to what it was asked; nothing where it has ended."""
        self._asked = None
        if self._has_ended:
            return ()
        try:
            return cast("Sequence[Verdict]", pickle.load(self._from))  # noqa: S301 - our own child
        except (OSError, EOFError, pickle.UnpicklingError):
            self.close()
            return ()

    def close(self) -> None:
        """End it, whatever it does."""
        self._has_ended = True
        self._process.kill()
        with suppress(OSError):  # what was not sent yet cannot be any more
            self._to.close()
        self._from.close()
        self._process.wait()


def answer_all(*, with_meaning: bool) -> None:
    """Judge what comes on standard input until it ends; what such a process does."""
    encoder = installed() if with_meaning else None
    with suppress(EOFError, BrokenPipeError):
        while True:
            cases = pickle.load(sys.stdin.buffer)  # noqa: S301 - ours
            _send(_judged(encoder, cases), sys.stdout.buffer)


def _judged(encoder: Encoder | None, cases: Sequence[Case]) -> Sequence[Verdict]:
    return [judged_case(encoder, case) for case in cases]


def _send(values: object, where: IO[bytes]) -> None:
    pickle.dump(values, where, protocol=pickle.HIGHEST_PROTOCOL)
    where.flush()
