import threading
import time
from concurrent.futures import ThreadPoolExecutor

from cmctl.core.once import once


def test_threads_that_ask_together_make_a_value_once():
    made = []
    start = threading.Barrier(8)

    @once
    def value() -> object:
        time.sleep(0.05)  # long enough for all of them to ask
        made.append(object())
        return made[-1]

    def ask(_: int) -> object:
        start.wait()
        return value()

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(ask, range(8))) == {made[0]}
    assert len(made) == 1


def test_a_value_that_could_not_be_made_is_tried_again():
    tries = iter([ValueError("not yet"), None])

    @once
    def value() -> int:
        if problem := next(tries):
            raise problem
        return 1

    for expected in (ValueError, None):
        try:
            assert value() == 1
            assert expected is None
        except ValueError:
            assert expected is ValueError
