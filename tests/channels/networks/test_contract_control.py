"""The contract is strict: adapters that are wrong in known ways fail it."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
WRONG = """
import sys
sys.path.insert(0, {folder!r})
import pytest
from dataclasses import replace
from test_sandbox_contract import TestSandbox as Right
from cmctl.channels.base import Unavailable, Uncertain
from cmctl.channels.networks.sandbox import SandboxChannel

class RetriesUnderAnotherKey(SandboxChannel):
    def publish(self, outgoing):
        try:
            return super().publish(outgoing)
        except Uncertain:
            return super().publish(replace(outgoing, key="0" * 32))

class CallsALostAnswerUnsent(SandboxChannel):
    def publish(self, outgoing):
        try:
            return super().publish(outgoing)
        except Uncertain as problem:
            raise Unavailable(str(problem)) from None

class TakesAnErrorForAnEmptyTimeline(SandboxChannel):
    def timeline(self, since):
        try:
            return super().timeline(since)
        except Unavailable:
            return []

class ShowsItsToken(SandboxChannel):
    @classmethod
    def open(cls, options):
        channel = super().open(options)
        channel.token = options["token"]
        return channel
    def __repr__(self):
        return f"{{self.token}}"

def through(wrong):
    class Wrong(Right):
        def open_channel(self, url):
            return wrong.open({{"url": url, "account": "atlas", "token": self.canary}})
    return Wrong

TestRetries = through(RetriesUnderAnotherKey)
TestUnsent = through(CallsALostAnswerUnsent)
TestShort = through(TakesAnErrorForAnEmptyTimeline)
TestToken = through(ShowsItsToken)
del Right
"""
CAUGHT = {
    "TestRetries": "test_a_fault_says_what_is_known_after_one_request[drop]",
    "TestUnsent": "test_a_fault_says_what_is_known_after_one_request[drop]",
    "TestShort": "test_a_timeline_that_cannot_be_read_never_looks_short[html]",
    "TestToken": "test_nothing_shows_its_secret",
}


def test_wrong_adapters_fail_and_only_where_they_are_wrong(tmp_path: Path) -> None:
    suite = tmp_path / "test_wrong.py"
    suite.write_text(WRONG.format(folder=str(HERE)))
    wanted = [f"{suite}::{name}::{test}" for name in CAUGHT for test in sorted({*CAUGHT.values()})]
    command = [sys.executable, "-m", "pytest", *wanted, "-q", "-c", "/dev/null", "--tb=no", "-rf"]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider", "--rootdir", str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    failed = {line.split(" ")[1] for line in done.stdout.splitlines() if "FAILED " in line}
    assert failed == {f"test_wrong.py::{name}::{test}" for name, test in CAUGHT.items()}
