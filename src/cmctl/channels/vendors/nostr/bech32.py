"""Bech32, as people are shown Nostr's keys and notes (BIP-173; NIP-19)."""

from collections.abc import Iterable, Sequence
from typing import Final

_SIGNS: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def encode(kind: str, data: bytes) -> str:
    """Return bytes as `kind1...`."""
    values = _regroup(data, 8, 5)
    return f"{kind}1" + "".join(_SIGNS[value] for value in (*values, *_checksum(kind, values)))


def decode(kind: str, text: str) -> bytes:
    """Return the bytes of `kind1...`.

    Raises:
        ValueError: it is of another kind, or was not copied whole.
    """
    found, _, rest = text.lower().rpartition("1")
    values = [_SIGNS.find(sign) for sign in rest]
    if found != kind or len(values) < 6 or -1 in values or _polymod(kind, values) != 1:
        message = f"not a whole {kind}1..."
        raise ValueError(message)
    return bytes(_regroup(values[:-6], 5, 8))


def _checksum(kind: str, values: Sequence[int]) -> list[int]:
    polymod = _polymod(kind, [*values, 0, 0, 0, 0, 0, 0]) ^ 1
    return [polymod >> 5 * (5 - place) & 31 for place in range(6)]


def _polymod(kind: str, values: Iterable[int]) -> int:
    expanded = [ord(sign) >> 5 for sign in kind] + [0] + [ord(sign) & 31 for sign in kind]
    check = 1
    for value in (*expanded, *values):
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for place, generator in enumerate(_GENERATOR):
            check ^= generator if top >> place & 1 else 0
    return check


def _regroup(values: Iterable[int], bits: int, into: int) -> list[int]:
    """Cut a row of `bits` wide values into values `into` wide; what is left over is padding."""
    number = width = 0
    found = []
    for value in values:
        number, width = number << bits | value, width + bits
        while width >= into:
            width -= into
            found.append(number >> width & ((1 << into) - 1))
    if into < bits and width:
        found.append(number << into - width & ((1 << into) - 1))
    return found
