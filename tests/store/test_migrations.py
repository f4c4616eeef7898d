import re
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from cmctl.store.sqlite import opening
from cmctl.store.sqlite.sql import queries, schema, statements

#: The schema as version 1 had it; frozen, never edited.
FIRST = Path(__file__).with_name("schema_0001.sql").read_text(encoding="utf-8")


def shape(connection: sqlite3.Connection) -> list[tuple[str, str, str]]:
    """What the database holds, without the comments and spaces that ALTER TABLE may not keep."""
    rows = connection.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_schema")
    bare = ((kind, name, re.sub(r"--[^\n]*", "", sql)) for kind, name, sql in rows)
    return sorted((kind, name, re.sub(r"\s+", "", sql)) for kind, name, sql in bare)


def shape_of(path: Path) -> list[tuple[str, str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        return shape(connection)


def made(script: str) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    for statement in statements(script):
        connection.execute(statement)
    return connection


def test_migrations_from_version_1_equal_the_schema():
    old = made(FIRST)
    opening.migrate(old, 1, opening.VERSION, opening.MIGRATIONS)
    assert shape(old) == shape(made(schema()))


def test_steps_run_in_order_and_only_those_after_the_version_found(tmp_path):
    (tmp_path / "0002_broken.sql").write_text("not run again;")
    (tmp_path / "0003_colour.sql").write_text(
        "ALTER TABLE lanes ADD COLUMN colour TEXT;\n-- why\nUPDATE lanes SET colour = 'a;b';\n"
    )
    (tmp_path / "0004_index.sql").write_text("CREATE INDEX by_colour ON lanes (colour);")
    store = made(FIRST)
    store.execute("INSERT INTO lanes (channel) VALUES ('a/b')")
    opening.migrate(store, 2, 4, tmp_path)
    assert store.execute("SELECT colour FROM lanes").fetchall() == [("a;b",)]
    assert ("index", "by_colour") in [row[:2] for row in shape(store)]


def test_an_older_store_is_brought_up_to_date_when_it_is_opened(tmp_path, monkeypatch):
    path = tmp_path / "cmctl.db"
    opening.prepared(path, "e1").close()
    steps = tmp_path / "steps"
    steps.mkdir()
    step = steps / f"{opening.VERSION + 1:04}_colour.sql"
    step.write_text("ALTER TABLE lanes ADD COLUMN colour TEXT;\nbroken;")
    monkeypatch.setattr(opening, "VERSION", opening.VERSION + 1)
    monkeypatch.setattr(opening, "MIGRATIONS", steps)
    before = shape_of(path)
    with pytest.raises(opening.StoreError, match="syntax error"):
        opening.prepared(path, "e1")
    assert shape_of(path) == before, "a step that fails half-way leaves nothing"
    step.write_text("ALTER TABLE lanes ADD COLUMN colour TEXT;")
    connection = opening.prepared(path, "e1")
    assert opening.version(connection, path) == opening.VERSION
    assert connection.execute("SELECT colour FROM lanes").fetchall() == []
    connection.close()


DYING = """
import os, signal, sys
from pathlib import Path
from cmctl.store.sqlite import opening
def dying(text, real=opening.statements):
    yield from list(real(text))[:1]
    os.kill(os.getpid(), signal.SIGKILL)
opening.VERSION += 1
opening.MIGRATIONS = Path(sys.argv[2])
opening.statements = dying
opening.prepared(Path(sys.argv[1]), "e1")
"""


def test_a_kill_in_the_middle_of_a_migration_leaves_the_older_store_whole(tmp_path, monkeypatch):
    path = tmp_path / "cmctl.db"
    opening.prepared(path, "e1").close()
    steps = tmp_path / "steps"
    steps.mkdir()
    (steps / f"{opening.VERSION + 1:04}_colour.sql").write_text(
        "ALTER TABLE lanes ADD COLUMN colour TEXT;\nALTER TABLE lanes ADD COLUMN shade TEXT;"
    )
    before = shape_of(path)
    command = [sys.executable, "-c", DYING, str(path), str(steps)]
    ended = subprocess.run(command, check=False, timeout=60, capture_output=True, text=True)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    opening.prepared(path, "e1").close()  # the older program goes on
    assert shape_of(path) == before
    monkeypatch.setattr(opening, "VERSION", opening.VERSION + 1)
    monkeypatch.setattr(opening, "MIGRATIONS", steps)
    connection = opening.prepared(path, "e1")
    assert connection.execute("SELECT colour, shade FROM lanes").fetchall() == []
    connection.close()


def test_every_statement_is_sound():
    store = made(schema())
    for name, statement in queries().items():
        values = dict.fromkeys(re.findall(r":(\w+)", statement))
        store.execute(f"EXPLAIN {statement}", values or (None,) * statement.count("?"))
        assert name
