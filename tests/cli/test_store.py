"""`cmctl store`: status, copies between engines, backups, and what a backup does not know."""

import json
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from servers.postgres import Postgres, programs

from .conftest import CMCTL, Run
from .shop import Shop, opened, post, until

HOUR = timedelta(hours=1)
AGO = -timedelta(minutes=5)


@pytest.fixture
def shop(tmp_path: Path, run: Run) -> Iterator[Shop]:
    with opened(tmp_path, run) as shop:
        yield shop


@pytest.fixture
def empty(postgres: Postgres) -> Postgres:
    postgres.forget()
    return postgres


def path(shop: Shop) -> Path:
    return shop.root / ".cmctl/cmctl.db"


def use(shop: Shop, store: str) -> None:
    config = shop.root / "config.yaml"
    config.write_text(config.read_text() + f"store: {json.dumps(store)}\n")


def test_its_status_says_where_it_is_and_what_is_in_it(shop: Shop) -> None:
    shop.posts(post("one", "Bonjour", AGO), post("two", "Bonsoir", HOUR))
    shop.cmctl("run")
    ((found),) = shop.listed("store")
    assert found["path"] == str(path(shop))
    assert (found["published"], found["planned"], found["daemons"]) == (2, 2, 0)
    assert shop.cmctl("store", "verify").status == 0


def test_a_store_goes_to_postgresql_and_back_row_by_row(shop: Shop, empty: Postgres) -> None:
    shop.posts(post("one", "L'entrepôt 🚚", AGO), post("two", "Bonsoir", HOUR))
    shop.cmctl("run")
    there = shop.cmctl("store", "copy", str(path(shop)), empty.url())
    assert there.status == 0, there.err
    again = shop.cmctl("store", "copy", str(path(shop)), empty.url())
    assert "stood there already" in again.err
    back = shop.root / "back.db"
    assert shop.cmctl("store", "copy", empty.url(), str(back)).status == 0
    with closing(sqlite3.connect(path(shop))) as old, closing(sqlite3.connect(back)) as new:
        assert [*old.iterdump()] == [*new.iterdump()]
    assert back.stat().st_mode & 0o077 == 0


def test_the_same_program_runs_on_postgresql(shop: Shop, empty: Postgres) -> None:
    use(shop, empty.url())
    shop.posts(post("one", "Bonjour", AGO), post("two", "Bonsoir", HOUR))
    ran = shop.cmctl("run")
    assert ran.status == 0, ran.err
    assert shop.standing("page") == ["Bonjour"]
    assert [row["post"] for row in shop.listed("history")] == ["one", "one"]
    assert [row["post"] for row in shop.listed("queue")] == ["two", "two"]
    rows = json.loads(shop.cmctl("doctor", "--json").out)
    assert {row["health"] for row in rows} == {"ok"}
    assert any("PostgreSQL" in row["detail"] for row in rows if row["what"] == "store")
    assert not path(shop).exists()
    backup = shop.root / "backup.db"
    assert shop.cmctl("store", "backup", str(backup)).status == 0
    assert shop.cmctl("store", "backup", str(backup)).status != 0


def test_nothing_is_copied_over_another_store(shop: Shop, empty: Postgres) -> None:
    shop.posts(post("one", "Bonjour", AGO))
    shop.cmctl("run")
    assert shop.cmctl("store", "copy", str(path(shop)), empty.url()).status == 0
    shop.posts(post("two", "Bonsoir", HOUR), file="more.yaml")
    shop.cmctl("run")
    refused = shop.cmctl("store", "copy", str(path(shop)), empty.url())
    assert refused.status != 0
    assert "another store" in refused.err


def test_nothing_is_copied_while_a_daemon_works_on_it(shop: Shop) -> None:
    shop.posts(post("one", "Bonjour", HOUR))
    shop.cmctl("run")
    clock = "strftime('%s') * 1000"
    with closing(sqlite3.connect(path(shop))) as store:
        store.execute(f"INSERT INTO daemons VALUES ('elsewhere/1/1', '1', {clock}, {clock}, '')")
        store.commit()
    refused = shop.cmctl("store", "copy", str(path(shop)), str(shop.root / "copy.db"))
    assert refused.status != 0
    assert "elsewhere/1/1" in refused.err
    assert not (shop.root / "copy.db").exists()


def test_an_address_with_a_password_is_refused_without_repeating_it(shop: Shop) -> None:
    address = "postgresql://cm:hunter2-canary@db/cmctl"
    refused = shop.cmctl("store", "copy", str(path(shop)), address)
    assert refused.status == 2
    assert "canary" not in refused.err


# --- what goes wrong ---


def test_where_there_is_no_store_nothing_is_called_sound(shop: Shop) -> None:
    said = shop.cmctl("store", "verify")
    assert said.status == 1
    assert "no store" in said.err


@pytest.mark.parametrize("command", ["status", "migrate"])
def test_a_server_that_is_not_there_is_told_without_the_password(shop: Shop, command: str) -> None:
    config = shop.root / "config.yaml"
    url = "postgresql://cm@127.0.0.1:1/cmctl"
    config.write_text(config.read_text() + f"store: {{url: '{url}', password: env:P}}\n")
    said = shop.cmctl("store", command, env={"P": "hunter2-canary"})
    assert said.status == 1
    assert "cannot be reached" in said.err
    assert "127.0.0.1:1/cmctl" in said.err
    assert "canary" not in said.err


def test_a_user_without_rights_is_told_which_are_missing(shop: Shop, empty: Postgres) -> None:
    use(shop, empty.url())
    assert shop.cmctl("store", "migrate").status == 0
    empty.execute("DROP ROLE IF EXISTS stranger; CREATE ROLE stranger LOGIN")
    config = shop.root / "config.yaml"
    config.write_text(config.read_text().replace("//cmctl@", "//stranger@"))
    for command in ("status", "migrate"):
        said = shop.cmctl("store", command)
        assert said.status == 1, said.err
        assert "may not use the schema" in said.err
    empty.execute("GRANT USAGE ON SCHEMA cmctl TO stranger")
    said = shop.cmctl("store")
    assert said.status == 1
    assert "may not do that" in said.err
    empty.execute("DROP OWNED BY stranger; DROP ROLE stranger")


def test_a_copy_that_is_killed_leaves_no_half_a_store_and_is_repeated(
    shop: Shop, empty: Postgres, environ: dict[str, str]
) -> None:
    shop.posts(post("one", "Bonjour", HOUR))
    shop.cmctl("run")
    with closing(sqlite3.connect(path(shop))) as store:  # so much that a copy takes a while
        store.execute(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000) "
            "INSERT INTO events (at, number, kind, before, after, fence, data) "
            "SELECT i, 0, 'note', '', '', 0, '{}' FROM n"
        )
        store.commit()
    for target in (empty.url(), str(shop.root / "copy.db")):
        copy = ["store", "copy", str(path(shop)), target]
        with subprocess.Popen([*CMCTL, "-C", str(shop.root), *copy], env=environ) as begun:
            wait_for_rows(begun, shop, empty, target)
            begun.kill()
        again = shop.cmctl(*copy)
        assert again.status == 0, again.err
        assert "stood there already" in shop.cmctl(*copy).err
    assert not [*shop.root.glob(".copy.db*")]


def wait_for_rows(
    copy: subprocess.Popen[bytes], shop: Shop, postgres: Postgres, target: str
) -> None:
    """Return while a copy is being written, or when it has ended."""
    until(lambda: is_filling(shop, postgres, target) or copy.poll() is not None)


def is_filling(shop: Shop, postgres: Postgres, target: str) -> bool:
    if target != postgres.url():
        return bool([*shop.root.glob(".copy.db*")])
    with psycopg.connect(postgres.url()) as connection:
        asked = "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'COPY %'"
        return connection.execute(asked).fetchone() is not None


# --- a store that is put back (window W11) ---


@pytest.mark.parametrize("how", ["backup", "file"])
def test_what_a_backup_does_not_know_is_held_until_it_was_looked_for(shop: Shop, how: str) -> None:
    shop.posts(post("old", "Bonjour", AGO))
    shop.cmctl("run")
    kept = shop.root / "kept.db"
    if how == "backup":
        assert shop.cmctl("store", "backup", str(kept)).status == 0
    else:
        shutil.copy(path(shop), kept)
    shop.posts(post("new", "La nouvelle", AGO), file="more.yaml")
    shop.cmctl("run")
    assert shop.standing("page") == ["Bonjour", "La nouvelle"]

    for ending in ("", "-wal", "-shm"):
        (shop.root / f".cmctl/cmctl.db{ending}").unlink(missing_ok=True)
    shutil.copy(kept, path(shop))
    shop.posts(post("other", "Jamais parti", AGO), file="other.yaml")
    shop.cmctl("run")
    assert shop.standing("page") == ["Bonjour", "La nouvelle"], "nothing goes out a second time"
    holds = shop.listed("holds")
    assert {row["post"] for row in holds} == {"new", "other"}
    assert "put back from a backup" in shop.cmctl("holds").out
    assert "cmctl store reconcile" in shop.cmctl("holds").out

    looked = {row["post"]: row["outcome"] for row in shop.listed("store", "reconcile")}
    assert looked == {"new": "published", "other": "planned"}
    shop.cmctl("run")
    assert shop.standing("page") == ["Bonjour", "La nouvelle", "Jamais parti"]
    assert shop.cmctl("run").status == 0
    assert not shop.listed("holds")


def test_a_backup_that_is_put_on_a_machine_that_never_saw_the_store_knows_what_it_is(
    shop: Shop,
) -> None:
    shop.posts(post("old", "Bonjour", AGO))
    shop.cmctl("run")
    kept = shop.root / "kept.db"
    assert shop.cmctl("store", "backup", str(kept)).status == 0
    shop.posts(post("new", "La nouvelle", AGO), file="more.yaml")
    shop.cmctl("run")
    shutil.rmtree(shop.root / ".cmctl")
    path(shop).parent.mkdir()
    shutil.copy(kept, path(shop))
    shop.cmctl("run")
    assert shop.standing("page") == ["Bonjour", "La nouvelle"], "nothing goes out a second time"
    holds = shop.listed("holds")
    assert {(row["post"], row["reason"]) for row in holds} == {("new", "uncertain")}
    assert all("put back from a backup of" in str(row["detail"]) for row in holds)


def test_another_store_in_the_place_of_the_one_that_was_known_publishes_nothing_past_due(
    shop: Shop,
) -> None:
    """It is no shorter; only its epoch tells that it is another one."""
    shop.posts(post("old", "Bonjour", AGO))
    shop.cmctl("run")
    with closing(sqlite3.connect(path(shop))) as raw, raw:
        raw.execute("UPDATE meta SET value = 'another' WHERE key = 'epoch'")
    shop.posts(post("new", "La nouvelle", AGO), file="more.yaml")
    shop.cmctl("run")
    assert shop.standing("page") == ["Bonjour"]
    holds = shop.listed("holds")
    assert {(row["post"], row["reason"]) for row in holds} == {("new", "uncertain")}
    assert all("another one was begun" in str(row["detail"]) for row in holds)


def test_a_database_that_was_put_back_publishes_nothing_also_from_a_machine_that_is_new_to_it(
    shop: Shop, empty: Postgres
) -> None:
    use(shop, empty.url())
    shop.posts(post("old", "Bonjour", AGO))
    shop.cmctl("run")
    dump = subprocess.run(
        [programs() / "pg_dump", "--no-owner", empty.url()], capture_output=True, check=True
    ).stdout
    shop.posts(post("new", "La nouvelle", AGO), file="more.yaml")
    shop.cmctl("run")
    empty.forget()
    restored = subprocess.run(
        [programs() / "psql", "-q", "-v", "ON_ERROR_STOP=1", empty.url()],
        input=dump,
        capture_output=True,
        check=False,
    )
    assert restored.returncode == 0, restored.stderr
    shutil.rmtree(shop.root / ".cmctl")
    shop.cmctl("run")
    assert shop.standing("page") == ["Bonjour", "La nouvelle"], "nothing goes out a second time"
    assert {row["post"] for row in shop.listed("holds")} == {"new"}
    looked = {row["post"]: row["outcome"] for row in shop.listed("store", "reconcile")}
    assert looked == {"new": "published"}
    shop.posts(post("later", "Plus tard", AGO), file="later.yaml")
    assert shop.cmctl("run").status == 0
    assert shop.standing("page") == ["Bonjour", "La nouvelle", "Plus tard"]


def test_a_backup_that_is_put_back_into_a_database_is_known_there(
    shop: Shop, empty: Postgres
) -> None:
    use(shop, empty.url())
    shop.posts(post("old", "Bonjour", AGO))
    shop.cmctl("run")
    kept = shop.root / "kept.db"
    assert shop.cmctl("store", "backup", str(kept)).status == 0
    shop.posts(post("new", "La nouvelle", AGO), file="more.yaml")
    shop.cmctl("run")
    empty.forget()
    assert shop.cmctl("store", "copy", str(kept), empty.url()).status == 0
    shutil.rmtree(shop.root / ".cmctl")
    shop.cmctl("run")
    assert shop.standing("page") == ["Bonjour", "La nouvelle"]
    assert {row["post"] for row in shop.listed("holds")} == {"new"}
