"""A small program on the foundation of cmctl, run in a process of its own by the tests.

The variable SAMPLE_IMPORTED names a file that each imported command module adds its name to.
"""

import sys

from cmctl.cli.lazy import Entry
from cmctl.cli.main import run
from cmctl.wiring.machine import Machine

SAMPLE = Entry(
    "sample",
    "Show what the foundation does.",
    entries=(
        Entry(
            "posts",
            "Work with posts.",
            default="list",
            entries=(
                Entry("list", "List posts.", "sample_posts:list_posts"),
                Entry("add", "Add a post.", "sample_posts:add"),
            ),
        ),
        Entry("fail", "Fail in a way of one's choice.", "sample_failures:fail"),
        Entry("sides", "Show two texts beside each other.", "sample_posts:sides"),
    ),
)

if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], Machine(), SAMPLE))
