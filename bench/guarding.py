"""How long the guard takes among very many texts, without a sentence encoder.

    python bench/guarding.py [--quick]

A check in a store of 1,000,000 statuses over 10,000 channels, and one against 100,000 statuses of
one account with the window `ever`, beside `rapidfuzz.process.extract` over the same texts; taking
in 1,000 statuses; judging a queue of 10,000. Wall time, and the processor's own where somebody
else may have used it meanwhile. JSON on standard output.
"""

import argparse
import json
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from heapq import nlargest
from pathlib import Path

import workspace
from material import Material
from rapidfuzz import fuzz, process
from timelines import Author, percentiles

from cmctl.app.guard.corpus import corpus, index_some
from cmctl.app.guard.meaning import judged
from cmctl.app.posts.take_in import take_in
from cmctl.app.run import advise_all
from cmctl.core.guard.prepare import prepare
from cmctl.core.guard.retrieval import look
from cmctl.core.guard.terms import LIKEST, NEAREST
from cmctl.core.model import Seen, Status, Verdict
from cmctl.core.settings import EVER, GuardPolicy
from cmctl.store.base import Store
from cmctl.store.sqlite import open_store
from cmctl.wiring.machine import Machine
from cmctl.wiring.workspace import Workspace

NOW = datetime(2030, 1, 7, 12, tzinfo=UTC)
LONG = "one/account"
#: So many checks on channels, rewrites in the long history, and checks beside judging all of it.
OFTEN, PLANTED, ALL = 200, 1000, 20
#: Between two statuses of the long history.
APART = timedelta(minutes=15)
DAYS = 14
Work = Callable[[], object]


def measure(folder: Path, *, scale: int) -> dict[str, object]:
    """Return all figures; everything is `scale` times smaller."""
    store = open_store(folder / "cmctl.db", epoch="bench")
    author = Author(1)
    channels = 10_000 // scale
    say(f"{channels * 100} statuses over {channels} channels ...")
    for number in range(min(channels, OFTEN)):
        add(store, name(number), author.texts(100), DAYS * 86_400 // 100)
        index_some(store, name(number))
    spread(folder / "cmctl.db", channels)
    wide = among_many(store, channels)
    say("taking in ...")
    taking = timed(lambda: [take(store, name(n), author.texts(100)) for n in range(10)])
    say(f"{100_000 // scale} statuses of one account ...")
    material = Material(seed=3)
    texts = list(material.texts(100_000 // scale))
    planted = plant(texts, material.same(PLANTED // scale))
    add(store, LONG, texts, int(APART.total_seconds()))
    indexing = timed(lambda: index_all(store))
    figures = {
        "a check among 1,000,000 statuses": wide,
        "a check against 100,000 of one account": against_all(store, texts, planted, material),
        "taking in 1,000 statuses": taking,
        "indexing 100,000": indexing,
    }
    store.close()
    figures["a fresh process"] = [fresh(folder, name(number), DAYS) for number in (3, 5, 7)]
    figures["a fresh process, 100,000"] = [fresh(folder, LONG, EVER.days) for _ in range(3)]
    tell(figures)
    for helpers in (0, 1):
        where = folder / f"queue-{helpers}"
        figures[f"a queue of 10,000, {helpers} helpers"] = queue(where, 10_000 // scale, helpers)
    return figures | {"scale": scale}


def name(number: int) -> str:
    """Return a channel's name."""
    return f"client-{number // 3}/channel-{number}"


def add(store: Store, channel: str, texts: Iterable[str], apart: int, prefix: str = "s") -> None:
    """Write down a timeline, `apart` seconds between two texts, the first one the latest."""
    step = timedelta(seconds=apart)
    statuses = [
        Status(channel=channel, remote_id=f"{prefix}{n}", at=NOW - n * step, text=text)
        for n, text in enumerate(texts)
    ]
    store.observe(channel, statuses, since=NOW, at=NOW, whole=False)


def take(store: Store, channel: str, texts: Iterable[str]) -> None:
    """Write down new statuses, and note what the first look looks at, as who reads them does."""
    add(store, channel, texts, 60, "x")
    index_some(store, channel)


def spread(path: Path, channels: int) -> None:
    """Give all other channels the timelines of the first ones, in two statements.

    Writing a million statuses one by one takes many minutes, and those of the channels that are
    checked are written so.
    """
    copies = [(name(number % OFTEN), name(number)) for number in range(OFTEN, channels)]
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TEMP TABLE copies (old TEXT, new TEXT)")
        db.executemany("INSERT INTO copies VALUES (?, ?)", copies)
        for table in ("statuses", "texts"):
            names = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
            columns = ", ".join(one for one in names if one not in {"id", "channel"})
            db.execute(
                f"INSERT INTO {table} (channel, {columns}) "
                f"SELECT new, {columns} FROM copies JOIN {table} ON channel = old ORDER BY new"
            )


def index_all(store: Store) -> None:
    """Let all of the long history be found."""
    while index_some(store, LONG):
        pass


def check(store: Store, channel: str, text: str, window: timedelta) -> Verdict:
    """Judge a text as a delivery of this channel is judged before it is sent."""
    ours = Seen(source="queue", ref="0", text=text, at=NOW)
    others, _ = corpus(store, channel, ours, window)
    return judged(None, ours, others, GuardPolicy(window=window))


def among_many(store: Store, channels: int) -> object:
    """Check texts on channels that nobody has looked at before, all over the store.

    No two of them have the same texts, so that nothing is known of any.
    """
    author = Author(2)
    draw = random.Random(1)
    numbers = [draw.randrange(first, channels, OFTEN) for first in range(min(channels, OFTEN))]
    window = timedelta(days=DAYS)
    work = [lambda n=n: check(store, name(n), author.text(), window) for n in numbers]
    return each(work[5:], warm=work[:5])


def plant(texts: list[str], pairs: Sequence[tuple[str, str]]) -> dict[int, str]:
    """Put one text of each pair among old ones; return the other, by the place of the first."""
    draw = random.Random(2)
    places = draw.sample(range(NEAREST + 1, len(texts)), len(pairs))
    for place, (_, there) in zip(places, pairs, strict=True):
        texts[place] = there
    return {place: ours for place, (ours, _) in zip(places, pairs, strict=True)}


def against_all(
    store: Store, texts: list[str], planted: dict[int, str], material: Material
) -> object:
    """Check rewrites of old texts and look what is found; tell what comparing more would find."""
    window = store.around(LONG, since=NOW - EVER, until=NOW, latest=NEAREST).seen
    found: dict[str, list[str]] = {}

    def one(text: str) -> None:
        found[text] = [match.seen.ref for match in check(store, LONG, text, EVER).matches]

    queries = list(planted.values())
    figures = each([lambda q=q: one(q) for q in queries], [lambda: one(material.text())] * 3)
    told = [n for n, text in planted.items() if f"s{n}" in found[text]]
    alone = [n for n, text in planted.items() if is_told(text, texts[n], n, window)]
    some = [*queries[: ALL // 2], *material.texts(ALL // 2)]
    for text in some[ALL // 2 :]:
        one(text)
    return {
        **figures,
        "rewrites": len(planted),
        "told_where_that_text_alone_is_compared": len(alone),
        "of_these_found_among_all": len({*told} & {*alone}),
        "beside_judging_all": completeness(store, texts, some, [found[text] for text in some]),
        "rapidfuzz_extract": each([lambda q=q: extract(q, texts) for q in queries[:20]]),
    }


def is_told(text: str, other: str, place: int, near: Sequence[Seen]) -> bool:
    """Tell whether an old text is a match where it is compared with the latest ones alone."""
    old = Seen(source="timeline", ref=f"s{place}", text=other, at=NOW - place * APART)
    ours = Seen(source="queue", ref="0", text=text, at=NOW)
    said = judged(None, ours, [*near, old], GuardPolicy(window=EVER))
    return any(match.seen.ref == old.ref for match in said.matches)


def completeness(
    store: Store, texts: list[str], queries: list[str], found: list[list[str]]
) -> dict[str, object]:
    """Look at every text there is; tell what is compared, and what comparing more would find.

    What is compared has to be what `judge` would choose from all. Without its limit every text that
    is worth comparing is compared, in parts so small that it leaves out none.
    """
    say("looking at all ...")
    some = range(len(queries))
    everything = [
        Seen(source="timeline", ref=f"s{n}", text=text, at=NOW - n * APART)
        for n, text in enumerate(texts)
    ]
    near, far = everything[: NEAREST + 1], everything[NEAREST + 1 :]
    ours = {n: Seen(source="queue", ref="0", text=queries[n], at=NOW) for n in some}
    looks = {n: look(text, near) for n, text in ours.items()}
    worth: dict[int, list[tuple[float, datetime, Seen]]] = {n: [] for n in some}
    for one in far:
        theirs = prepare(one.text)
        for n, looking in looks.items():
            if (value := looking.worth(theirs)) is not None:
                worth[n].append((value, one.at, one))
    say("judging what is worth it ...")
    told = {n: unlimited(ours[n], near, [one for *_, one in sorted(worth[n])]) for n in some}
    chosen = {n: {one.ref for *_, one in nlargest(LIKEST, worth[n])} for n in some}
    read = {n: {one.ref for one in corpus(store, LONG, ours[n], EVER)[0]} for n in some}
    nearest = {one.ref for one in near}
    return {
        "queries": len(some),
        "same_texts_compared": sum(read[n] - nearest == chosen[n] for n in some),
        "worth_comparing": sorted(map(len, worth.values())),
        "without_limit": {
            "same_decision": sum(bool(told[n]) == bool(found[n]) for n in some),
            "same_first_match": sum(told[n][:1] == found[n][:1] for n in some),
            "pairs": sum(map(len, told.values())),
            "pairs_found": sum(len({*told[n]} & {*found[n]}) for n in some),
        },
    }


def unlimited(ours: Seen, near: list[Seen], worth: list[Seen]) -> list[str]:
    """Return the refs of all that a text repeats, the surest first."""
    matches = {}
    for start in range(0, max(1, len(worth)), LIKEST):
        part = [*near, *worth[start : start + LIKEST]]
        said = judged(None, ours, part, GuardPolicy(window=EVER))
        matches |= {match.seen.ref: match for match in said.matches}
    order = sorted(
        matches.values(), key=lambda m: (m.decision != "block", -m.score, m.seen.at, m.seen.ref)
    )
    return [match.seen.ref for match in order]


def extract(text: str, texts: list[str]) -> object:
    """Look for a text with rapidfuzz alone."""
    return process.extract(text, texts, scorer=fuzz.token_set_ratio, limit=5)


def queue(folder: Path, posts: int, helpers: int) -> dict[str, object]:
    """Judge a whole queue from nothing, and again after one file changed."""
    workspace.write(folder, posts=posts, files=100, clients=20, start=date(2030, 1, 7))
    with Workspace(Machine(environment={}), folder / "config.yaml") as opened:
        ctx = replace(opened.context, encoder=None, helpers=helpers)
        take_in(ctx)
        say("judging a queue ...")
        whole = timed(lambda: list(advise_all(ctx)))
        file = sorted((folder / "posts").rglob("*.yaml"))[0]
        file.write_text(file.read_text("utf-8").replace(" !\n", " !!\n", 1), encoding="utf-8")
        take_in(ctx)
        return {"from_nothing": whole, "one_file_changed": timed(lambda: list(advise_all(ctx)))}


def fresh(folder: Path, channel: str, days: int) -> dict[str, float]:
    """Check one text in a process of its own, all of it counted."""
    before = children()
    script = str(Path(__file__).with_name("one_check.py"))
    command = [sys.executable, script, str(folder / "cmctl.db"), channel, str(days)]
    began = time.perf_counter()
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    wall = time.perf_counter() - began
    cpu = children() - before
    return {"wall_ms": round(wall * 1000), "cpu_ms": round(cpu * 1000), "mib": int(done.stdout)}


def each(work: Sequence[Work], warm: Sequence[Work] = ()) -> dict[str, object]:
    """Time each piece of work, after some that do not count."""
    for call in warm:
        call()
    walls, cpus = [], []
    for call in work:
        cpu, began = time.process_time(), time.perf_counter()
        call()
        walls.append(time.perf_counter() - began)
        cpus.append(time.process_time() - cpu)
    return {"wall": percentiles(walls), "cpu": percentiles(cpus), "times": len(walls)}


def timed(work: Work) -> dict[str, float]:
    """Time something that is done once, in this process and in those that it started."""
    before, cpu, began = children(), time.process_time(), time.perf_counter()
    work()
    wall, own = time.perf_counter() - began, time.process_time() - cpu
    others = children() - before
    return {"wall_s": round(wall, 2), "cpu_s": round(own, 2), "others_cpu_s": round(others, 2)}


def children() -> float:
    """Return the processor seconds of all processes that were started and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def tell(figures: dict[str, object]) -> None:
    """Tell who waits what is known already."""
    say(json.dumps(figures))


def say(what: str) -> None:
    """Tell who waits what is being done."""
    print(what, file=sys.stderr)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="everything a twentieth of its size")
    quick = parser.parse_args().quick
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(measure(Path(folder), scale=20 if quick else 1), indent=2))


if __name__ == "__main__":
    main()
