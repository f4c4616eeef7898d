"""Ctrl-C and SIGTERM while something is being sent: one ends after the calls, two at once."""

import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def once(stop: Callable[[], object]) -> None:
    """Have the first of the signals call `stop`, and the second end the process at once.

    At once is the kernel's own way, which waits for nothing: what was on its way is settled by
    evidence, as after any crash.
    """

    def first(_signal: int, _frame: FrameType | None) -> None:
        for number in SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        stop()

    for number in SIGNALS:
        signal.signal(number, first)


@contextmanager
def stopping(told: Callable[[], object]) -> Generator[Callable[[], bool]]:
    """Yield what says whether somebody asked to end; `told` is called when that happens.

    Only the main thread hears signals; in another one nothing is changed.
    """
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop.is_set
        return
    before = {number: signal.getsignal(number) for number in SIGNALS}

    def ask() -> None:
        stop.set()
        told()

    once(ask)
    try:
        yield stop.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
