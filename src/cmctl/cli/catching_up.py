"""Bring the store to what the files say before something is listed, and say what was found."""

from typing import TYPE_CHECKING

from cmctl.cli.invocation import Invocation
from cmctl.core.show import counted
from cmctl.store.errors import StoreError
from cmctl.wiring.workspace import Workspace

if TYPE_CHECKING:
    from cmctl.store.listing import Listings


def listings(asked: Invocation, workspace: Workspace) -> "Listings":
    """Return what a listing reads, changed files taken in first.

    Where the store cannot be written it is read as it stands, and that is said.
    """
    found = workspace.listings() or caught_up(asked, workspace).store
    _say_errors(asked, found)
    return found


def caught_up(asked: Invocation, workspace: Workspace) -> Workspace:
    """Take in what changed, and return the workspace to read: `workspace`, or as it stands."""
    from cmctl.app.posts.catch_up import catch_up  # noqa: PLC0415 - an unchanged listing skips it

    try:
        done = catch_up(workspace.context)
    except StoreError as problem:
        looking = workspace.onlooker()
        looking.store.taken_at()  # where not even that can be read, its own error says more
        asked.output.warn(f"{problem.message}; shown as it was last taken in")
        return looking
    if done.held:
        asked.output.warn(f"the guard holds {done.held} of what changed: cmctl holds")
    if done.left:
        names = ", ".join(done.left)
        asked.output.say(
            f"the guard has much to look at ({names}): cmctl run or the daemon does it"
        )
    return workspace


def _say_errors(asked: Invocation, found: "Listings") -> None:
    errors = sum(client.errors for client in found.clients())
    if errors:
        asked.output.warn(f"{counted(errors, 'problem')} in the files: cmctl check")
