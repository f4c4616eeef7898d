import subprocess
import sys

import pytest

from cmctl.channels import registry
from cmctl.channels.networks.sandbox import SandboxChannel


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def test_every_network_is_listed() -> None:
    assert {"bluesky", "folder", "mastodon", "sandbox"} <= set(registry.kinds())


def test_a_kind_leads_to_its_adapter() -> None:
    assert registry.load("sandbox") is SandboxChannel


def test_an_unknown_network_names_the_nearest_and_all() -> None:
    with pytest.raises(registry.UnknownNetworkError) as caught:
        registry.load("mastodonn")
    assert "network: mastodon`" in caught.value.hint
    assert f"known: {', '.join(registry.kinds())}" in caught.value.hint


@pytest.mark.parametrize(
    ("kind", "year", "instead"),
    [("google_plus", "2019", "Google Business Profile"), ("viadeo", "2016", "LinkedIn")],
)
def test_a_network_that_has_ended_says_since_when_and_what_people_use(
    kind: str, year: str, instead: str
) -> None:
    assert kind not in registry.kinds()
    with pytest.raises(registry.ClosedNetworkError, match=year) as caught:
        registry.load(kind)
    assert instead in caught.value.hint


def test_listing_imports_no_adapter_and_no_http() -> None:
    code = (
        "import sys; from cmctl.channels import registry; registry.kinds();"
        "print([m for m in sys.modules if 'networks.' in m or m in ('httpcore', 'h11', 'ssl')])"
    )
    assert run(code) == "[]"


def test_an_adapter_is_imported_without_http_until_it_sends() -> None:
    code = (
        "import sys; from cmctl.channels import registry; registry.load('sandbox')"
        ".open({'url': 'http://127.0.0.1:1', 'account': 'a'});"
        "print('httpcore' in sys.modules, 'cmctl.channels.networks.mastodon' in sys.modules)"
    )
    assert run(code) == "False False"


BROKEN = """
import sys, pathlib
folder = pathlib.Path(sys.argv[1]); (folder / "other.dist-info").mkdir()
(folder / "other.dist-info/METADATA").write_text("Metadata-Version: 2.1\\nName: other\\nVersion: 1")
(folder / "other.dist-info/entry_points.txt").write_text("[cmctl.channels]\\n" + sys.argv[2])
(folder / "othernet.py").write_text("class Other:\\n    kind = 'else'\\n1 / int(__name__ == 'x')")
(folder / "named.py").write_text("class Other:\\n    kind = 'else'\\n")
sys.path.insert(0, sys.argv[1])
from cmctl.channels import registry
try:
    registry.load(sys.argv[3])
except registry.BrokenAdapterError as problem:
    print(problem)
"""


@pytest.mark.parametrize(
    ("entry", "kind", "told"),
    [
        ("other = othernet:Other", "other", "fails on import with ZeroDivisionError"),
        ("other = gone:Other", "other", "fails on import with ModuleNotFoundError"),
        ("other = named:Other", "other", "calls itself 'else'"),
        ("folder = named:Other", "folder", "uninstall one of them"),
    ],
)
def test_a_broken_adapter_is_named(tmp_path, entry: str, kind: str, told: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BROKEN, str(tmp_path), entry, kind],
        check=True,
        capture_output=True,
        text=True,
    )
    assert told in done.stdout


def test_a_broken_adapter_does_not_stop_the_others(tmp_path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BROKEN, str(tmp_path), "other = gone:Other", "folder"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout == ""
