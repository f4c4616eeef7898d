"""The table of commands: what there is, what each is for, and where it stands."""

from cmctl.cli.lazy import Entry

PROGRAM = Entry(
    "cmctl",
    "Keep every queued post in YAML in git, publish each one once, and never tell the same news "
    "twice.",
    entries=(),
)
