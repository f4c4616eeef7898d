"""Two machines on one database, each with its own copy of the files."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from errno import EMFILE
from pathlib import Path
from typing import Any

import pytest

from cmctl.app.context import LEASE, Context
from cmctl.app.health.daemons import findings
from cmctl.app.posts.copies import PLANNING, fingerprint_here
from cmctl.app.posts.take_in import take_in
from cmctl.app.publishing.points import Point
from cmctl.config import files
from cmctl.store.base import Query, Store
from cmctl.wiring.machine import Machine
from cmctl.wiring.workspace import Workspace
from servers.postgres import Postgres

CONFIG = """\
timezone: UTC
store: "{store}"
clients:
  a:
    name: A
    channels:
      x: {{network: sandbox, url: "http://127.0.0.1:1", account: x}}
"""


class Host:
    """One machine with its own folder."""

    def __init__(self, root: Path, name: str, store: str) -> None:
        self.root, self.name = root, name
        (root / "posts/a").mkdir(parents=True)
        (root / "config.yaml").write_text(CONFIG.format(store=store))

    def write(self, *names: str) -> None:
        """Have exactly these posts, a file each."""
        shutil.rmtree(self.root / "posts/a")
        (self.root / "posts/a").mkdir()
        for name in names:
            self.say(name, name)

    def say(self, name: str, text: str) -> None:
        post = f"- id: {name}\n  text: {text}\n  at: 2030-01-01 12:00\n"
        (self.root / f"posts/a/{name}.yaml").write_text(post)

    def pull(self, other: "Host") -> None:
        """Have the posts of another one, written at another time, as git does."""
        shutil.rmtree(self.root / "posts")
        shutil.copytree(other.root / "posts", self.root / "posts", copy_function=shutil.copyfile)

    @contextmanager
    def context(self) -> Iterator[Context]:
        machine = Machine(host=self.name, environment={}, wait=lambda _: None)
        with Workspace(machine, self.root / "config.yaml") as workspace:
            yield workspace.context

    def plan(self, *, whole: bool = False, anyway: bool = False) -> list[str]:
        """Take in the files; return the files that it is told to be behind on."""
        with self.context() as ctx:
            found = take_in(ctx, whole=whole, anyway=anyway).problems
            ctx.store.beat(ctx.worker, version="1", at=ctx.now(), files=fingerprint_here(ctx))
        return [str(one.place and one.place.file) for one in found if one.code == "other-copy"]


def planned(host: Host) -> dict[str, str]:
    with host.context() as ctx:
        return {one.key.post: one.content.text for one in ctx.store.deliveries(Query())}


@pytest.fixture
def hosts(tmp_path: Path, postgres: Postgres) -> tuple[Host, Host]:
    postgres.forget()
    here, there = (Host(tmp_path / name, name, postgres.url()) for name in ("here", "there"))
    here.write("one")
    there.pull(here)
    assert here.plan() == there.plan() == []
    return here, there


def test_a_machine_with_an_older_copy_drops_nothing_of_what_a_newer_one_planned(
    hosts: tuple[Host, Host],
) -> None:
    newer, older = hosts
    newer.write("one", "two")
    newer.say("one", "mended")
    assert newer.plan() == []
    for whole in (False, True):
        assert older.plan(whole=whole) == ["posts/a/one.yaml", "posts/a/two.yaml"]
    assert planned(older) == {"one": "mended", "two": "two"}

    older.pull(newer)
    older.say("three", "three")
    assert older.plan() == [], "it has all that was planned, and more"
    assert newer.plan() == ["posts/a/three.yaml"]
    assert set(planned(newer)) == {"one", "two", "three"}


def test_a_machine_that_dies_before_its_files_are_written_down_is_not_behind_itself(
    hosts: tuple[Host, Host],
) -> None:
    host, _ = hosts
    host.say("one", "mended")
    with pytest.raises(KeyboardInterrupt), host.context() as ctx:
        take_in(replace(ctx, reach=dies))
    assert host.plan() == []
    assert planned(host) == {"one": "mended"}
    host.say("one", "mended again")
    with pytest.raises(KeyboardInterrupt), host.context() as ctx:
        take_in(replace(ctx, store=Dying(ctx.store)))
    assert host.plan() == []
    assert planned(host) == {"one": "mended again"}


def test_a_file_that_changes_while_it_is_taken_in_is_no_other_machines(
    hosts: tuple[Host, Host],
) -> None:
    host, _ = hosts
    for is_killed in (False, True):
        host.say("one", "half a senten")
        with suppress(KeyboardInterrupt), host.context() as ctx:
            take_in(replace(ctx, store=Saying(ctx.store, host, is_killed=is_killed)))
        assert host.plan() == []
        assert planned(host) == {"one": "half a sentence, and the rest"}
        (host.root / "posts/a/one.yaml").unlink()
        with suppress(KeyboardInterrupt), host.context() as ctx:
            take_in(replace(ctx, store=Saying(ctx.store, host, is_killed=is_killed)))
        assert host.plan() == []
        assert planned(host) == {"one": "half a sentence, and the rest"}


class Saying:
    """A store during whose last commit somebody saves a file; its process may end after that."""

    def __init__(self, store: Store, host: Host, *, is_killed: bool) -> None:
        self._store, self._host, self._is_killed = store, host, is_killed

    def set_sources(self, *what: Any, at: datetime) -> None:
        self._store.set_sources(*what, at=at)
        self._host.say("one", "half a sentence, and the rest")
        if self._is_killed:
            raise KeyboardInterrupt

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def test_a_file_that_cannot_be_read_for_a_moment_is_planned_from_afterwards(
    hosts: tuple[Host, Host], monkeypatch: pytest.MonkeyPatch
) -> None:
    host, other = hosts
    host.say("one", "mended")
    with host.context() as ctx, monkeypatch.context() as patch:
        assert ctx.settings  # the configuration is read
        patch.setattr(files, "_open_inside", no_descriptor)
        take_in(ctx)
    assert planned(host) == {"one": "one"}
    assert host.plan() == []
    assert planned(host) == {"one": "mended"}
    other.pull(host)
    assert other.plan() == []


def no_descriptor(*_: object) -> int:
    raise OSError(EMFILE, "Too many open files")


def dies(point: Point) -> None:
    if point is Point.AFTER_INTAKE:
        raise KeyboardInterrupt


class Dying:
    """A store whose process ends before the files are written down."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        if name == "set_sources":
            raise KeyboardInterrupt
        return getattr(self._store, name)


def test_a_post_deleted_on_one_machine_is_not_brought_back_by_another(
    hosts: tuple[Host, Host],
) -> None:
    newer, older = hosts
    newer.write("other")
    newer.plan()
    assert older.plan() == ["posts/a/one.yaml", "posts/a/other.yaml"]
    assert set(planned(older)) == {"other"}
    older.pull(newer)
    assert older.plan() == []
    newer.write("one", "other")  # as it was
    newer.plan()
    assert older.plan() == ["posts/a/one.yaml"]
    assert set(planned(older)) == {"one", "other"}


def test_two_that_changed_one_file_wait_until_a_person_says_which_is_right(
    hosts: tuple[Host, Host],
) -> None:
    first, second = hosts
    first.say("one", "mine")
    second.say("one", "no, mine")
    assert first.plan() == []
    assert second.plan() == ["posts/a/one.yaml"]
    assert planned(second) == {"one": "mine"}
    assert second.plan(anyway=True) == []
    assert planned(second) == {"one": "no, mine"}
    assert first.plan() == ["posts/a/one.yaml"]


def test_a_new_machine_plans_nothing_older_while_another_one_works(
    hosts: tuple[Host, Host],
) -> None:
    newer, other = hosts
    newer.write("one", "two")
    newer.plan()
    shutil.rmtree(other.root / ".cmctl")
    assert other.plan() == ["posts/a/two.yaml"]
    with newer.context() as ctx:
        for daemon in ctx.store.daemons():
            ctx.store.rest(daemon.name)
    other.write("one", "three")
    assert other.plan() == [], "nobody else is there: its files are the plan"
    assert set(planned(other)) == {"one", "three"}


def test_doctor_names_the_machine_that_has_other_files(hosts: tuple[Host, Host]) -> None:
    newer, older = hosts
    newer.write("one", "two")
    newer.plan()
    older.plan()
    with newer.context() as ctx:
        found = {one.what.split("/")[0]: one for one in findings(ctx)}
    assert "other files" in found["daemon there"].detail
    assert "on there" in found["daemon there"].todo


def test_files_are_taken_in_by_one_machine_at_a_time(hosts: tuple[Host, Host]) -> None:
    first, second = hosts
    second.say("two", "two")
    with first.context() as ctx:
        held = ctx.store.lease(PLANNING, owner="elsewhere/1/1-x/1", at=ctx.now(), life=LEASE)
        assert held == "elsewhere/1/1-x/1"
        assert second.plan() == []
        assert set(planned(second)) == {"one"}
        ctx.store.end_lease(PLANNING, owner=held)
    second.plan()
    assert set(planned(second)) == {"one", "two"}
