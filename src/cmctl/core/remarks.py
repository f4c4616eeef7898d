"""What planning has to say to a person, one function a sentence."""

from datetime import datetime, timedelta

from cmctl.core.ledger import Fact
from cmctl.core.model import Key, Planned, Post, Problem, Severity
from cmctl.core.settings import ChannelSettings
from cmctl.core.show import duration, local


def bad_rule(post: Post, error: Exception) -> Problem:
    """Say that a recurrence cannot be followed."""
    fix = "write it like `every: tue,fri 12:00`"
    return _error(post, "", "bad-rule", str(error), fix)


def too_many(post: Post, most: int, span: timedelta) -> Problem:
    """Say that a recurring post is planned in part only."""
    message = f"it recurs more than {most} times in {duration(span)}"
    return _warning(post, "", "too-many-occurrences", message, "let it recur less often")


def no_slots(post: Post, channel: ChannelSettings) -> Problem:
    """Say that a slot post is on a channel without slots."""
    fix = "add `slots: [mon-fri 09:00]` in config.yaml, or write `at:`"
    message = f"{channel.name} has no weekly slots"
    return _error(post, channel.name, "no-slots", message, fix)


def all_taken(post: Post, channel: ChannelSettings, end: datetime) -> Problem:
    """Say that no slot is free as far as is planned; one comes as time goes on."""
    message = f"{channel.name} has no free slot until {local(end, channel.zone, year=True)}"
    fix = "it waits for a later one; for an earlier one add slots in config.yaml or write `at:`"
    return _warning(post, channel.name, "slots-run-out", message, fix)


def expires_first(post: Post, channel: ChannelSettings, free: datetime) -> Problem:
    """Say that a slot post expires before the first slot that is free."""
    message = (
        f"it expires before the next free slot of {channel.name},"
        f" {local(free, channel.zone, year=True)}"
    )
    fix = "put it before other posts, move `expires`, or write `at:`"
    return _error(post, channel.name, "slots-run-out", message, fix)


def past(post: Post, channel: ChannelSettings, due: datetime) -> Problem:
    """Say that a new delivery comes too late already."""
    message = (
        f"{local(due, channel.zone, year=True)} is past by more than the grace of {channel.name},"
        f" {duration(channel.grace)}: it will be held"
    )
    return _warning(post, channel.name, "past", message, "write a time to come")


def cancelled(post: Post, key: Key, fact: Fact) -> Problem:
    """Say that a person cancelled what the file still plans."""
    message = f"delivery {fact.number} on {key.channel} is cancelled and does not go out"
    fix = f"`cmctl queue release {fact.number}` brings it back"
    return _warning(post, key.channel, "cancelled", message, fix)


def too_close(post: Post, channel: ChannelSettings, first: Planned, second: Planned) -> Problem:
    """Say that two deliveries are closer together than the channel's pace."""
    apart = second.due - first.due
    message = (
        f"{local(second.due, channel.zone, year=True)} is"
        f" {f'{duration(apart)} after' if apart else 'the same time as'} {first.key.post},"
        f" and the pace of {channel.name} is {duration(channel.pace)}"
    )
    fix = "move one of them; as they stand, the second goes out later"
    return _warning(post, channel.name, "closer-than-pace", message, fix)


def _error(post: Post, channel: str, code: str, message: str, fix: str) -> Problem:
    return Problem(
        code=code, message=message, fix=fix, place=post.place, post=post.id, channel=channel
    )


def _warning(post: Post, channel: str, code: str, message: str, fix: str) -> Problem:
    return Problem(
        code=code,
        message=message,
        fix=fix,
        place=post.place,
        severity=Severity.WARNING,
        post=post.id,
        channel=channel,
    )
