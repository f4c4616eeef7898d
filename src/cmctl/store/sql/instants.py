"""Instants as the store keeps them: milliseconds since 1970, UTC."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def milliseconds(instant: datetime) -> int:
    """Return an aware instant as milliseconds since 1970."""
    return (instant - _EPOCH) // _MILLISECOND


def maybe_milliseconds(instant: datetime | None) -> int | None:
    """Return an aware instant as milliseconds since 1970, and None as it is."""
    return None if instant is None else (instant - _EPOCH) // _MILLISECOND


def span(length: timedelta) -> int:
    """Return a length of time in milliseconds."""
    return length // _MILLISECOND


def instant(value: int) -> datetime:
    """Return milliseconds since 1970 as an instant in UTC."""
    return _EPOCH + timedelta(milliseconds=value)


def maybe_instant(value: int | None) -> datetime | None:
    """Return milliseconds since 1970 as an instant in UTC, and None as it is."""
    return None if value is None else _EPOCH + timedelta(milliseconds=value)
