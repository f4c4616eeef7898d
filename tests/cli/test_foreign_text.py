"""What strangers and networks write, in every command that shows it: it is shown, never obeyed.

The owner's status, the account's answers and a post itself hold what a terminal or a renderer would
act upon: markup, colours, a link that lies (OSC 8), a write to the clipboard (OSC 52), a title, and
marks that turn the reading order.
"""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from cmctl.core.plain import is_plain

from .conftest import CMCTL, Run
from .shop import Shop, opened, post

EVIL = (
    "\x1b]52;c;ZXZpbA==\x07\x1b]8;;https://evil.example\x1b\\Atlas\x1b]8;;\x1b\\"
    "\x1b]0;title\x07\x1b[2J\x9b31m\u202eexe.tropxe\u202c\u2066\u200f"
)
NEWS = "Our new warehouse in Rennes opens on 1 December with 45 jobs and 12 000 m2"
MARKUP = (
    "[bold red]not bold[/] [link=https://evil.example]x[/link] :warning: <script>alert(1)</script>"
)
TEXT = f"{EVIL} {NEWS} {MARKUP}"
#: Colours of our own, which a terminal gets.
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture
def shop(tmp_path: Path, run: Run) -> Iterator[Shop]:
    """A workspace whose post repeats what a stranger wrote on the account."""
    with opened(tmp_path, run) as shop:
        shop.by_hand("page", TEXT)
        shop.posts(
            post("one", NEWS, more="  channels: [page]\n"),
            post("two", "Bonsoir", timedelta(hours=1), more="  channels: [news]\n"),
        )
        assert shop.cmctl("run").status == 3
        yield shop


def shown(text: str) -> str:
    """Check that nothing in `text` is obeyed, and return it."""
    bare = COLOUR.sub("", text).replace("\n", "").replace("\t", "")
    assert is_plain(re.sub(r"[\u2500-\u257f]", "", bare)), ascii(bare)
    return bare


COMMANDS = ["holds", "queue show 1", "resolve 1", "channel timeline atlas/page", "queue", "history"]


def test_it_is_shown_and_not_obeyed_in_a_pipe_and_on_a_terminal(shop: Shop, watch: Run) -> None:
    seen = [shown((ended := shop.cmctl(*command.split())).out + ended.err) for command in COMMANDS]
    # Beside another text it is parted: by lines, and by brackets around what it says alone.
    evidence = [text for text in seen if "␛]" in text]
    assert len(evidence) >= 4
    assert all("warning" in text for text in evidence)

    for command in ("holds", "channel timeline atlas/page"):
        name, *more = command.split()
        seen = shown(watch(CMCTL, name, "-C", str(shop.root), *more, columns=200).out)
        assert "␛]" in seen


def test_json_keeps_it_and_what_a_network_repeats_is_plain(shop: Shop) -> None:
    for command in ("holds", "channel timeline atlas/page"):
        ended = shop.cmctl(*command.split(), "--json")
        shown(ended.out)
        assert TEXT in [value for row in json.loads(ended.out) for value in row.values()]
    config = shop.root / "config.yaml"
    config.write_text(config.read_text().replace("account: page", f"account: {json.dumps(TEXT)}"))
    # Names of files come from outside too.
    shop.posts("- {id: one, text: }\n", file=f"a{EVIL.replace('/', '')[:60]}.yaml")
    for command in ("channel test", "doctor", "run --dry-run", "check"):
        ended = shop.cmctl(*command.split())
        assert ended.status != 70
        told = shown(ended.out + ended.err)
    assert "␛]52;c;" in told
