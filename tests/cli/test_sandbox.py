"""`cmctl sandbox`: served, posted to, and made to misbehave from the command line."""

import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import CMCTL, Run


@pytest.fixture
def served(tmp_path: Path, environ: dict[str, str]) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    command = [*CMCTL, "sandbox", "serve", "--port", "0", "--data", "net"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environ, stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        yield program.stdout.readline().strip(), program
        if program.poll() is None:
            program.terminate()


def test_a_post_by_hand_stands_on_the_timeline(run: Run, served: tuple[str, object]) -> None:
    url, _ = served
    posted = run(CMCTL, "sandbox", "post", "page", "Bonjour Rennes", "--url", url)
    assert posted.status == 0
    spoken = run(CMCTL, "sandbox", "post", "page", "-", "--url", url, stdin="à midi\n")
    listed = run(CMCTL, "sandbox", "timeline", "page", "--url", url, "--json")
    found = json.loads(listed.out)
    assert [one["text"] for one in found] == ["à midi", "Bonjour Rennes"]
    assert [one["id"] for one in found] == [spoken.out.strip(), posted.out.strip()]
    assert {one["tool"] for one in found} == {"by hand"}
    lines = run(CMCTL, "sandbox", "timeline", "page", "--url", url)
    assert "Bonjour Rennes" in lines.out


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_well_and_what_was_posted_stays(
    run: Run, served: tuple[str, subprocess.Popen[str]], tmp_path: Path, end: signal.Signals
) -> None:
    url, program = served
    run(CMCTL, "sandbox", "post", "page", "Bonjour", "--url", url)
    program.send_signal(end)
    assert program.wait(60) == 0
    assert "Bonjour" in (tmp_path / "net/oracle.jsonl").read_text()


def test_faults_come_and_go(run: Run, served: tuple[str, object]) -> None:
    url, _ = served
    args = ("--on", "read", "--account", "page", "--count", "0")
    assert run(CMCTL, "sandbox", "fault", "error", *args, "--url", url).status == 0
    broken = run(CMCTL, "sandbox", "timeline", "page", "--url", url)
    assert broken.status == 4
    assert run(CMCTL, "sandbox", "timeline", "news", "--url", url).status == 0
    assert run(CMCTL, "sandbox", "fault", "--clear", "--url", url).status == 0
    assert run(CMCTL, "sandbox", "timeline", "page", "--url", url).status == 0


@pytest.mark.parametrize("args", [[], ["error", "--clear"], ["error", "--on", "sleep"], ["odd"]])
def test_a_fault_is_named_or_all_are_cleared(run: Run, args: list[str]) -> None:
    refused = run(CMCTL, "sandbox", "fault", *args)
    assert refused.status == 2
    assert "error, " in refused.err or "calls: post, " in refused.err or "'error'" in refused.err


def test_a_second_sandbox_on_the_same_port_or_folder_is_refused(
    run: Run, served: tuple[str, object]
) -> None:
    url, _ = served
    port = url.rpartition(":")[2]
    taken = run(CMCTL, "sandbox", "serve", "--port", port, "--data", "other")
    assert taken.status == 1
    assert "--port" in taken.err
    shared = run(CMCTL, "sandbox", "serve", "--port", "0", "--data", "net")
    assert shared.status == 1
    assert "another sandbox" in shared.err


def test_a_sandbox_that_is_not_there_is_a_network_that_cannot_be_reached(run: Run) -> None:
    alone = run(CMCTL, "sandbox", "post", "page", "x", "--url", "http://127.0.0.1:9")
    assert alone.status == 4
    assert "cannot be reached" in alone.err


@pytest.mark.parametrize("what", [["post", "a", "b"], ["timeline", "a"], ["fault", "--clear"]])
def test_without_a_sandbox_it_is_said_how_one_is_served(run: Run, what: list[str]) -> None:
    away = run(CMCTL, "sandbox", *what, "--url", "http://127.0.0.1:9")
    assert away.status == 4
    assert "cmctl sandbox serve --port 9\n" in away.err


@pytest.mark.parametrize(
    "args",
    [
        ["serve", "--port", "65536"],
        ["serve", "--port", "x"],
        ["fault", "drip", "--count", "-1"],
        ["fault", "drip", "--seconds", "-0.5"],
        ["fault", "drip", "--seconds", "nan"],
    ],
)
def test_a_number_that_cannot_be_meant_is_usage(run: Run, args: list[str]) -> None:
    assert run(CMCTL, "sandbox", *args).status == 2
