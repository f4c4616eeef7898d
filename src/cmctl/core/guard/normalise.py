"""Bring a text into the form in which texts are compared; nothing of it is ever shown or published.

Styled letters, case, accents, emoji and invisible characters go; hashtags and mentions become
words; links, mail addresses and telephone numbers are taken out and kept apart. Unicode forms are
those of UAX #15 (NFKC to undo styled letters, NFD to part accents from letters).
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

#: What is looked at of one text; a post longer than that is compared by its beginning.
LIMIT = 12_000

_SMALL_CAPITALS = str.maketrans("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz")
_SMALL_CAPITAL = re.compile("[ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LETTERS = str.maketrans(
    {"œ": "oe", "Œ": "Oe", "æ": "ae", "Æ": "Ae", "ß": "ss", "ø": "o", "Ø": "O", "ł": "l"}
    | dict.fromkeys("’‘ʼ`´′", "'")
    | dict.fromkeys("–—−‑‐", "-")
    | {"\u00ad": None}
)
_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"«»]+", re.IGNORECASE)
_BARE_LINK = re.compile(
    r"(?<![\w@.-])(?:(?:[\w-]{1,63}\.){1,5}(?:fr|com|org|net|eu|be|ch|ca|io|info|bzh|uk|paris|shop|app)"
    r"(?:/[^\s<>\"«»]*)?(?![\w@])"
    # Shorteners: what they lead to is not asked, and one short link is one page.
    r"|(?:bit\.ly|t\.co|goo\.gl|ow\.ly|buff\.ly|lnkd\.in|fb\.me|is\.gd|dlvr\.it|amzn\.to|forms\.gle)"
    r"/[^\s<>\"«»]+)",
    re.IGNORECASE,
)
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_PHONE = re.compile(r"(?<!\d)(?:\+\d{2}[ .]?|0)[1-9](?:[ .-]?\d{2}){4}(?!\d)")
_TAG = re.compile(r"(?<!\w)[#@](\w+(?:\.\w+)*)")
_LAST_TAGS = re.compile(r"(?:[ •\n]{0,9}#\w{1,99}){1,40}[ •]{0,9}(?=\n|$)")
_HUMP = re.compile(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])|(?<=[A-ZÀ-Þ])(?=[A-ZÀ-Þ][a-zà-ÿ])|_")
_TRACKING = re.compile(
    r"^(?:utm_\w+|fbclid|gclid|dclid|msclkid|igshid?|mc_[ce]id|ref|source|si|s)$"
)
_INCLUSIVE = re.compile(
    r"(?<=\w)(?:[·•]|\((?=(?:e|s|es|rice|ice|trice|euse|ne|le)\)))(\w{1,5})\)?(?:[·•]s)?"
)
_EMPTY: frozenset[Any] = frozenset()
_WORD = re.compile(r"\w+")
_BLANK = re.compile(r"[^\S\n]+")
_DOTTED = re.compile(r"[\w-]\.\w")
_DIALLED = re.compile(r"\+\d|0[1-9]")
_FOLDED = re.compile(r"[`\x80-\U0010ffff]")
_PICTURE = re.compile("[^\0-\u02ff’‘–—…«»“”€]")


@dataclass(frozen=True, slots=True)
class Plain:
    """A text ready for comparison."""

    #: Styles, pictures, links and contacts gone; accents and case kept.
    text: str
    #: Canonical links, without scheme, `www.` and tracking parameters.
    links: frozenset[str]
    #: Mail addresses and telephone numbers, the latter as digits.
    contacts: frozenset[str]
    #: Words of hashtags as they were written, folded: `portesouvertes`.
    tags: frozenset[str]


def plain(text: str) -> Plain:
    """Return `text` as it is compared; any string will do, lone surrogates included."""
    whole, links, contacts = _parted(_readable(text[:LIMIT]))
    tags: frozenset[str] = _EMPTY
    if "#" in whole or "@" in whole:
        tags = frozenset(fold(m).casefold() for m in _TAG.findall(whole))
        whole = _TAG.sub(_as_words, _without_last_tags(whole))
    return Plain(whole, lean(frozenset(links - {""})), lean(frozenset(contacts)), lean(tags))


def _parted(text: str) -> tuple[str, set[str], set[str]]:
    """Return a text without its links and contacts, and these.

    Each pattern tries every place of a text, so it is asked only where what it needs stands there.
    """
    links: set[str] = set()
    contacts: set[str] = set()
    if "://" in text or "www." in text.lower():
        links.update(canonical_link(m) for m in _LINK.findall(text))
        text = _LINK.sub(" \n", text)
    if "@" in text:
        contacts.update(m.lower() for m in _MAIL.findall(text))
        text = _MAIL.sub(" ", text)
    if _DOTTED.search(text):
        links.update(canonical_link(m.group()) for m in _BARE_LINK.finditer(text))
        text = _BARE_LINK.sub(" ", text)
    if _DIALLED.search(text):
        contacts.update(_digits(m) for m in _PHONE.findall(text))
        text = _PHONE.sub(" ", text)
    return text, links, contacts


def bare(text: str) -> str:
    """Return the words of a text alone: no case, no accents, no links, no closing hashtags."""
    return " ".join(_WORD.findall(fold(plain(text).text).lower()))


def _without_last_tags(text: str) -> str:
    """Drop the hashtags that close a text or a line: they file it, and tell no news."""
    rest = _LAST_TAGS.sub("", text)
    return rest if rest.strip(" \n•") else text


def lean(found: frozenset[Any]) -> frozenset[Any]:
    """Return the one empty set for every empty set: each costs 216 bytes, and a text has thirty."""
    return found or _EMPTY


def fold(text: str) -> str:
    """Take accents off and undo ligatures and typographic marks, keeping case."""
    return _FOLDED.sub(_folded, text)


def _folded(match: re.Match[str]) -> str:
    return _plain_letter(match.group())


@lru_cache(maxsize=2048)
def _plain_letter(char: str) -> str:
    parted = unicodedata.normalize("NFD", char.translate(_LETTERS))
    return "".join(c for c in parted if not unicodedata.combining(c))


def canonical_link(link: str) -> str:
    """Return what names the page: host and path and what is left of the query, in order."""
    try:
        parts = urlsplit(link if "//" in link else f"//{link}")
    except ValueError:
        return ""
    host = parts.netloc.lower().removeprefix("www.")
    kept = sorted(p for p in parse_qsl(parts.query) if not _TRACKING.match(p[0].lower()))
    path = parts.path.rstrip("/.,;:!?)…")
    return f"{host.rstrip('.,;:!?)…')}{path}{'?' if kept else ''}{urlencode(kept)}"


def _readable(text: str) -> str:
    """Join surrogate pairs, drop lone ones, undo styled letters, blank out pictures."""
    if not text.isascii():
        if _SURROGATE.search(text):
            text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        text = _SMALL_CAPITAL.sub(_capital, unicodedata.normalize("NFKC", text))
        text = _PICTURE.sub(_visible, _INCLUSIVE.sub("", text))
    return _BLANK.sub(" ", text)


def _capital(match: re.Match[str]) -> str:
    return match.group().translate(_SMALL_CAPITALS)


def _visible(match: re.Match[str]) -> str:
    return _shown(match.group())


@lru_cache(maxsize=2048)
def _shown(char: str) -> str:
    category = unicodedata.category(char)
    if category in ("So", "Co") or char == "\ufffd":
        return " \u2022 "  # a picture parts sentences as a bullet does
    return "" if category in ("Cf", "Cn", "Cs", "Sk") or "\ufe00" <= char <= "\ufe0f" else char


def _as_words(match: re.Match[str]) -> str:
    return _HUMP.sub(" ", match.group(1).replace(".", " "))


def _digits(phone: str) -> str:
    digits = re.sub(r"\D", "", phone)
    return "0" + digits[2:] if phone.startswith("+33") else digits
