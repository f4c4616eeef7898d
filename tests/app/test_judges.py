"""Other processes that judge too: they say what this one would, and cost nothing where they die."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from cmctl.app.guard.advise import advise_all
from cmctl.app.guard.cases import Case, alone
from cmctl.app.guard.judges import WORTH, Judges
from cmctl.app.guard.meaning import installed
from cmctl.app.posts.take_in import take_in
from cmctl.core.guard import WITHOUT_MEANING
from cmctl.core.model import Decision, Seen, State
from cmctl.core.settings import GuardPolicy
from cmctl.store.base import Query

from .desk import Desk

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
WHERE = ("à Rennes", "à Nantes", "au marché du samedi", "in Brest", "")
WHAT = ("L'entrepôt ouvre", "Le café est fermé", "Our new shop opens", "La braderie est annulée")
WHEN = ("le 1er décembre", "demain à 18 h", "on Monday", "dès 9 h 30 !", "(n° 12), 45 emplois")
ODD = (
    "",
    "🎉🎉",
    "\ud800 \udfff",
    "https://a.example/x?utm_source=b",
    "\x1b[31m[bold]\x00",
    "مرحبا",
)


def texts(count: int, seed: int) -> list[Seen]:
    draw = random.Random(seed)
    made = []
    for number in range(count):
        text = " ".join(draw.choice(part) for part in (WHAT, WHERE, WHEN))
        text = draw.choice(ODD) if draw.random() < 0.15 else text
        at = NOW + timedelta(hours=draw.randrange(-400, 400))
        source = draw.choice(("timeline", "history", "queue"))
        made.append(Seen(source=source, ref=str(number), text=text, at=at))
    return made


def cases(count: int, seed: int = 1) -> list[Case]:
    """Return questions of which many are repetitions, some odd, and some limited already."""
    made = []
    for number, text in enumerate(texts(count, seed)):
        known = texts(12, seed + number)
        notes = ("judged without the picture a.jpg",) if number % 7 == 0 else ()
        elsewhere = {f"a/{n}": [known[n]] for n in range(3)}
        policy = GuardPolicy(community_limit=1 + number % 3)
        made.append(Case(replace(text, ref="ours"), known, elsewhere, policy, notes))
    return made


def test_other_processes_say_what_this_one_would_in_the_same_order() -> None:
    asked = cases(150)
    expected = list(alone(None)(asked))
    assert {one.decision for one in expected} == set(Decision)
    with Judges(2, {}) as judges:
        assert list(judges(iter(asked))) == expected
        assert list(judges(asked[:3])) == expected[:3]
        assert list(judges([])) == []


def test_another_process_reads_meaning_too() -> None:
    encoder, asked = installed(), cases(60)
    assert encoder is not None
    with Judges(1, {}, encoder) as judges:
        found = list(judges(iter(asked)))
    assert found == list(alone(encoder)(asked))
    assert not any(WITHOUT_MEANING in said.notes for said in found)


@settings(max_examples=5, deadline=None)
@given(st.lists(st.text(max_size=80), max_size=50), st.integers(0, 2))
def test_whatever_the_texts_and_however_many_processes(found: list[str], processes: int) -> None:
    seen = [Seen(source="timeline", ref=str(n), text=x, at=NOW) for n, x in enumerate(found)]
    ours = [replace(one, source="queue") for one in seen]
    asked = [Case(one, seen, {}, GuardPolicy(), ()) for one in ours]
    with Judges(processes, {}) as judges:
        assert list(judges(asked)) == list(alone(None)(asked))


def test_what_a_process_that_dies_leaves_unanswered_is_judged_here() -> None:
    asked = cases(200)
    expected = list(alone(None)(asked))
    with Judges(2, {}) as judges:
        answers = judges(asked)
        first = next(answers)
        for pid in judges.pids:
            os.kill(pid, signal.SIGKILL)
        assert [first, *answers] == expected


def test_a_process_ends_with_the_one_that_started_it() -> None:
    program = (
        "import time; from cmctl.app.guard.judges import Judges\n"
        "with Judges(1, {}) as judges:\n"
        "    print(*judges.pids, flush=True); time.sleep(600)\n"
    )
    starter = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert starter.stdout is not None
    stat = Path(f"/proc/{int(starter.stdout.readline())}/stat")
    assert lives(stat)
    os.kill(starter.pid, signal.SIGKILL)
    starter.wait()
    starter.stdout.close()
    deadline = time.monotonic() + 60
    while lives(stat):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def lives(stat: Path) -> bool:
    """Tell whether a process runs; one that nobody waits for stays as a zombie (proc(5))."""
    try:
        return stat.read_text("utf-8", "replace").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_large_queue_is_held_alike_with_help_and_without(tmp_path: Path) -> None:
    """And a bar goes through as many steps as there are deliveries."""
    seen = []
    for helpers in (0, 1):
        desk = Desk(tmp_path / str(helpers), channels=" ".join(f"c{n}" for n in range(12)))
        try:
            desk.write(*({**post, "id": f"p{n}"} for n, post in enumerate(many())))
            with desk.context() as found:
                ctx = replace(found, encoder=None, helpers=helpers)
                take_in(ctx)
                bar = Bar()
                held = list(advise_all(ctx, watched=bar))
                assert bar.steps == len(ctx.store.deliveries(Query())) >= WORTH
                waiting = ctx.store.deliveries(Query(states=frozenset({State.HELD})))
                assert [one.number for one in waiting] == [one.number for one in held]
                seen.append([(one.key.post, one.key.channel, one.hold) for one in waiting])
                assert list(advise_all(ctx)) == []
        finally:
            desk.close()
    assert seen[0] == seen[1] != []


class Bar:
    """Counts its steps."""

    steps = 0

    def __call__(self, work: Iterable[int]) -> Iterator[int]:
        for one in work:
            self.steps += 1
            yield one


def many() -> list[dict[str, object]]:
    """Return posts of which some tell the same news, for twelve channels each."""
    names = [f"c{n}" for n in range(12)]
    news = [one.text for one in texts(34, 3) if one.text not in ODD]
    return [
        {"text": text, "channels": names, "in": 60 * number} for number, text in enumerate(news * 2)
    ][:36]
