"""The contract is strict: adapters that are wrong in known ways fail it."""

import subprocess
import sys
from pathlib import Path

import pytest

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

class TestWrong(Right):
    def open_channel(self, url):
        return {wrong}.open({{"url": url, "account": "atlas", "token": self.canary}})

del Right
"""


@pytest.mark.parametrize(
    ("wrong", "test"),
    [
        ("RetriesUnderAnotherKey", "fault_says_what_is_known and drop"),
        ("CallsALostAnswerUnsent", "fault_says_what_is_known and reset"),
        ("TakesAnErrorForAnEmptyTimeline", "timeline_that_cannot_be_read and html"),
        ("ShowsItsToken", "nothing_shows_its_secret"),
    ],
)
def test_a_wrong_adapter_fails(tmp_path: Path, wrong: str, test: str) -> None:
    suite = tmp_path / "test_wrong.py"
    for adapter, failed in ((wrong, 1), ("SandboxChannel", 0)):
        suite.write_text(WRONG.format(folder=str(HERE), wrong=adapter))
        command = [sys.executable, "-m", "pytest", str(suite), "-q", "-p", "no:cacheprovider"]
        done = subprocess.run(
            [*command, "-c", "/dev/null", "-k", test],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            check=False,
        )
        assert done.returncode == failed, done.stdout
        assert ("1 failed" in done.stdout) == bool(failed)
