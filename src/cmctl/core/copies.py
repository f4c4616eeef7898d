"""Copies of one workspace's files on several machines: whose is newer, told without a clock.

Each machine remembers, file by file, on what it last agreed with the plan. Where the plan is made
from another copy than that, the file was changed elsewhere since: a machine that does not have that
copy is behind on it, and must not plan from what it has. By this rule git refuses a push.
"""

from collections.abc import Mapping
from hashlib import sha256

#: By path: what tells one content from another.
Digests = Mapping[str, str]


def behind(own: Digests, agreed: Digests, planned: Digests) -> frozenset[str]:
    """Return the files, deleted ones too, that another machine planned from a copy not had here."""
    return frozenset(
        path
        for path in own.keys() | planned.keys()
        if own.get(path) != planned.get(path) and planned.get(path) != agreed.get(path)
    )


def differing(own: Digests, planned: Digests) -> frozenset[str]:
    """Return the files that the plan is not made from as they are here."""
    return frozenset(
        path for path in own.keys() | planned.keys() if own.get(path) != planned.get(path)
    )


def fingerprint(digests: Digests) -> str:
    """Return 16 hex digits that tell one state of all files from another."""
    lines = "\n".join(f"{path}\0{digest}" for path, digest in sorted(digests.items()))
    return sha256(lines.encode()).hexdigest()[:16]
