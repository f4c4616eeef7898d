"""What followers say to an account: the part of the contract about comments and mentions.

Beside the protocols of `channels/base.py`, each by itself, and absent where a network lacks it.
Answering is none of them: a reply is published like a post whose content says what it answers
(`content.reply_to`, where `Capabilities.replies`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from cmctl.core.model import Status, aware

#: How old a post may be whose new comments are looked for, where they are listed post by post.
MONTH = timedelta(days=30)


@dataclass(frozen=True, kw_only=True, slots=True)
class Comment:
    """What somebody said to the account."""

    #: What replying, hiding and deleting name.
    remote_id: str
    at: datetime
    #: Plain text, markup taken out.
    text: str
    #: The name as the network gives it.
    author: str
    url: str = ""
    #: Remote id of what it answers; empty for a mention that answers nothing of the account.
    reply_to: str = ""
    #: Followers do not see it: hidden, or not approved yet.
    hidden: bool = False
    #: The account said it itself.
    own: bool = False

    def __post_init__(self) -> None:
        aware(self.at)


def comment(status: Status, *, hidden: bool = False, own: bool = False) -> Comment:
    """Return a status that somebody made as what was said to the account."""
    return Comment(
        remote_id=status.remote_id,
        at=status.at,
        text=status.text,
        author=status.author,
        url=status.url,
        reply_to=status.reply_to,
        hidden=hidden,
        own=own,
    )


@runtime_checkable
class Inbox(Protocol):
    """A network that tells what was said to the account."""

    def inbox(self, since: datetime) -> Iterable[Comment]:
        """Yield comments on the account's posts and mentions of it, made at or after `since`.

        In any order, those of the account itself left out. Complete or raising, as a timeline is.

        Raises:
            Rejected, Unavailable: as for a timeline.
        """
        ...


@runtime_checkable
class Comments(Protocol):
    """A network that lists what stands below one post."""

    def comments(self, remote_id: str) -> Iterable[Comment]:
        """Yield everything that stands below a post, the account's own replies among it.

        Raises:
            Rejected: there is no such post, or it may not be read.
            Unavailable: could not be read now.
        """
        ...


@runtime_checkable
class Hides(Protocol):
    """A network where a comment can be hidden, and shown again."""

    def hide(self, comment: str, *, hidden: bool) -> None:
        """Hide a comment from followers, or show it again; no error where it is so already.

        Raises:
            Rejected, Unavailable, Uncertain: as for deleting.
        """
        ...


@runtime_checkable
class DeletesComments(Protocol):
    """A network where somebody else's comment can be deleted."""

    def delete_comment(self, comment: str) -> bool:
        """Delete a comment for good; no error where it is gone already.

        Tells whether it was there, as far as the network says.

        Raises:
            Rejected, Unavailable, Uncertain: as for deleting a post.
        """
        ...
