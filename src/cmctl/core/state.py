"""The state machine of a delivery: every transition stands in this one table.

A move is named by what happened. `sending` is committed before the request leaves; the way back to
`planned` exists only for moves that are certain that nothing was sent; only evidence, that of the
worker itself included, or a person leaves `uncertain`.
"""

from enum import StrEnum

from cmctl.core.model import State


class Move(StrEnum):
    """What happens to a delivery."""

    CLAIM = "claim"  # a worker takes the right to send
    HOLD = "hold"  # it waits for a person from here on
    RELEASE = "release"  # a person, or the end of the cause, lets it go on
    CANCEL = "cancel"  # a person decides that it never goes out
    KEEP = "keep"  # the claim lasts longer, while large files are uploaded
    GIVE_BACK = "give-back"  # the claim ends before any request
    SEND = "send"  # the intent: the request leaves after this commit
    PUBLISH = "publish"  # the network proved it
    REFUSE = "refuse"  # the network said no, trying again is useless
    UNSENT = "unsent"  # certain that nothing was published
    DOUBT = "doubt"  # the request may have arrived
    LOOK = "look"  # evidence was asked for and did not settle it; look again later
    RESEND = "resend"  # the same key again, while the network honours it
    RETRY = "retry"  # a person, after looking, says that it is not there


TABLE: dict[tuple[State, Move], State] = {
    (State.PLANNED, Move.CLAIM): State.CLAIMED,
    (State.PLANNED, Move.HOLD): State.HELD,
    (State.PLANNED, Move.CANCEL): State.CANCELLED,
    (State.HELD, Move.HOLD): State.HELD,  # another reason, or more evidence
    (State.HELD, Move.RELEASE): State.PLANNED,
    (State.HELD, Move.CANCEL): State.CANCELLED,
    (State.HELD, Move.PUBLISH): State.PUBLISHED,  # found after all, or confirmed by a person
    (State.HELD, Move.UNSENT): State.PLANNED,  # whoever was given up knows that it did not send
    (State.CANCELLED, Move.RELEASE): State.PLANNED,
    (State.CLAIMED, Move.KEEP): State.CLAIMED,
    (State.CLAIMED, Move.GIVE_BACK): State.PLANNED,
    (State.CLAIMED, Move.HOLD): State.HELD,
    (State.CLAIMED, Move.REFUSE): State.REFUSED,
    (State.CLAIMED, Move.SEND): State.SENDING,
    (State.SENDING, Move.PUBLISH): State.PUBLISHED,
    (State.SENDING, Move.REFUSE): State.REFUSED,
    (State.SENDING, Move.UNSENT): State.PLANNED,
    (State.SENDING, Move.HOLD): State.HELD,  # certain that nothing was published, as for `unsent`
    (State.SENDING, Move.DOUBT): State.UNCERTAIN,
    (State.UNCERTAIN, Move.PUBLISH): State.PUBLISHED,
    (State.UNCERTAIN, Move.UNSENT): State.PLANNED,  # as from `held`
    (State.UNCERTAIN, Move.LOOK): State.UNCERTAIN,
    (State.UNCERTAIN, Move.RESEND): State.SENDING,
    (State.UNCERTAIN, Move.HOLD): State.HELD,
    (State.UNCERTAIN, Move.RETRY): State.PLANNED,
    (State.UNCERTAIN, Move.CANCEL): State.CANCELLED,
    (State.REFUSED, Move.RETRY): State.PLANNED,
    (State.REFUSED, Move.CANCEL): State.CANCELLED,
}

#: Nobody works on these any more, and no file changes them.
FINAL = frozenset({State.PUBLISHED, State.REFUSED, State.CANCELLED})
#: The channel's one right to send is taken while a delivery is in one of these.
IN_FLIGHT = frozenset({State.CLAIMED, State.SENDING})


class IllegalMoveError(Exception):
    """A move that the table does not have; a bug or a race, never retried blindly."""


def after(state: State, move: Move) -> State:
    """Return the state that `move` leads to.

    Raises:
        IllegalMoveError: the table has no such move from `state`.
    """
    try:
        return TABLE[state, move]
    except KeyError:
        message = f"a delivery that is {state} cannot {move}"
        raise IllegalMoveError(message) from None
