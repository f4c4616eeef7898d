"""Record keys of our own: the same delivery has the same key in every attempt.

A TID is 13 characters of a sortable base 32 for 64 bits: a zero, 53 bits of microseconds since
1970, 10 bits that tell writers apart (atproto.com, Timestamp Identifiers).
"""

from datetime import UTC, datetime, timedelta

_DIGITS = "234567abcdefghijklmnopqrstuvwxyz"
_LENGTH = 13
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_MICROSECOND = timedelta(microseconds=1)
#: Parts of one post take successive microseconds; no thread is longer.
_PARTS = 100


def tid(created_at: datetime, key: str, index: int = 0) -> str:
    """Return the record key of part `index` (0 to 99) of the delivery with this key (hex).

    Only the milliseconds of `created_at` count, which is what a store keeps of it. The rest of the
    53 bits, and the writer's 10, come from the key, so that two deliveries made in the same
    millisecond differ.
    """
    seed = int(key[:16], 16)
    within = seed % (1000 - _PARTS) + index
    micros = (created_at - _EPOCH) // _MILLISECOND * 1000 + within
    return _encode(micros << 10 | seed >> 20 & 0x3FF)


def instant(rkey: str) -> datetime | None:
    """Return when a TID was made, or None for a record key of another kind."""
    if len(rkey) != _LENGTH or rkey[0] not in "234567abcdefghij" or not set(rkey) <= set(_DIGITS):
        return None
    value = 0
    for digit in rkey:
        value = value << 5 | _DIGITS.index(digit)
    return _EPOCH + (value >> 10) * _MICROSECOND


def _encode(value: int) -> str:
    return "".join(_DIGITS[value >> 5 * place & 31] for place in reversed(range(_LENGTH)))
