"""The words of a text that tell its news: without stop words, in a form common to both languages.

The stems are rough on purpose (a stem too short joins two words that a context tells apart; one
too long parts two forms of one word, which is worse here). Words of one meaning in French and
English share a concept, from `data/concepts.txt`.
"""

import re
from enum import StrEnum
from functools import lru_cache

from cmctl.core.guard.learned import learned
from cmctl.core.once import once

_WORD = re.compile(r"[^\W_]+")
_ELISION = re.compile(r"\b(?:[ldjmtsnc]|qu|jusqu|lorsqu|puisqu|quelqu)'")
_CLITIC = re.compile(r"'(?:s|re|ll|ve|d|m|t)\b")

_FRENCH = """
a ai aie as au aucun aucune auquel aussi autre autres aux avec avez avoir avons bah beaucoup ben
bien bon bonne car ce ceci cela celle celles celui ces cet cette ceux chez ci comme comment dans de
deja des desormais desole desolee desoles dois doit donc dont du elle elles en encore enfin ensuite
est et etait etant etc ete etes etre eu eux fait faire fais faites fois font fut hein hop hui ici
il ils j je jusque l la le les leur leurs lui m ma mais me meme memes merci mes moi moins mon n ne
ni non nos notre nous ok on ont or ou oui par parce pas pendant peu peut peuvent plus pour pourquoi
pouvez pouvoir pr puis qu quand que quel quelle quelles quels qqn qui quoi rdv rendez rien sa sans
se sera serez seront ses si sinon soit soient son sont sous suis sur svp t ta tant te tel telle
tellement tes toi ton tous tout toute toutes tres trop tt tu un une va vais vas venez venir vers
via vient viennent voici voila vont vos votre vous y ya yes
"""
_ENGLISH = """
a about after again all also am an and any are as at be been before being but by can could did do
does doing don down for from get gets got had has have having he her here hers him his how i if in
into is isn it its just let ll may me more most my no nor not now of off on once one only or other
our ours out over own please re s same she should so some such than that the their theirs them then
there these they this those through to too under until up us ve very was we were what when where
which while who whom why will with won would yet you your yours thanks
"""
_SHORT_FORMS = {
    "ajd": "aujourdhui", "auj": "aujourdhui", "aprem": "apres-midi", "pr": "pour", "ds": "dans",
    "bcp": "beaucoup", "tte": "toute", "dsl": "desole", "stp": "svp", "qq": "quelques",
    "jusq": "jusque", "pls": "please", "plz": "please", "tmrw": "tomorrow", "tmr": "tomorrow",
    "yr": "year", "yrs": "years", "hr": "hour", "hrs": "hours", "min": "minutes", "mins": "minutes",
    "exams": "examens", "anniv": "anniversaire", "dispo": "disponible", "dispos": "disponibles",
    "resto": "restaurant", "biblio": "bibliotheque", "bu": "bibliotheque", "appart": "appartement",
    "frigo": "refrigerateur", "velos": "velo", "veto": "veterinaire",
}  # fmt: skip
_ENDINGS = """
issements issement ations ation ements ement ments ment euses euse trices trice ateurs ateur ables
able ences ence ances ance issons issez issent erons eront erez erait eraient aient ions ants ante
antes ant ents ente entes ent ings ing iers iere ieres ier eurs eur ives ive ifs if elles elle els
el ees ee era ers er ez ons ait ais iez ies ie ed es aux al ale ales ir is it ly e s x y
"""
_ALL_ENDINGS = frozenset(_ENDINGS.split())
_LONGEST = max(map(len, _ALL_ENDINGS))
_SPEAKS_FRENCH = frozenset(_FRENCH.split()) - frozenset(_ENGLISH.split())
#: `don` is what is left of `don't`, and the blood that the French give.
_SPEAKS_ENGLISH = frozenset(_ENGLISH.split()) - frozenset(_FRENCH.split()) - {"don"}


class Language(StrEnum):
    """Which language a text seems to be in."""

    FRENCH = "fr"
    ENGLISH = "en"
    UNKNOWN = ""


_STOP_WORDS = {
    Language.FRENCH: frozenset(_FRENCH.split()),
    Language.ENGLISH: frozenset(_ENGLISH.split()),
    Language.UNKNOWN: frozenset(_FRENCH.split()) | frozenset(_ENGLISH.split()),
}


def words_of(text: str) -> list[str]:
    """Return the words of a folded lower-case text in order, elided articles and clitics gone."""
    if "'" in text:
        text = text.replace("aujourd'hui", "aujourdhui")
        text = _CLITIC.sub("", _ELISION.sub("", text))
    found = _WORD.findall(text)
    return [_SHORT_FORMS.get(word, word) for word in found]


def language_of(words: list[str]) -> Language:
    """Return the language whose small words stand in a text, or UNKNOWN."""
    french = len([word for word in words if word in _SPEAKS_FRENCH])
    english = len([word for word in words if word in _SPEAKS_ENGLISH])
    if french == english:
        return Language.UNKNOWN
    return Language.FRENCH if french > english else Language.ENGLISH


@lru_cache(maxsize=4096)
def told(word: str, language: Language) -> str:
    """Return what a word is compared by; empty where it carries no news."""
    return concept(word, language) if tells(word, language) else ""


def tells(word: str, language: Language) -> bool:
    """Tell whether a word carries news."""
    return word not in _STOP_WORDS[language] and (len(word) > 1 or not word.isascii())


def concept(word: str, language: Language) -> str:
    """Return what a word is compared by: its concept where it has one, else its stem."""
    root = stem(word)
    french, english = _concepts()
    if language is Language.ENGLISH:
        return english.get(root) or root
    if language is Language.FRENCH:
        return french.get(root) or root
    return french.get(root) or english.get(root) or root


def stem(word: str) -> str:
    """Return a short common form of a French or English word, at least four letters of it."""
    if len(word) <= 4 or not word.isalpha():
        return word.rstrip("sx") if len(word) == 4 and word.isalpha() else word
    for length in range(min(_LONGEST, len(word) - 4), 0, -1):
        if word[-length:] in _ALL_ENDINGS:
            return word[:-length]
    return word


@once
def _concepts() -> tuple[dict[str, str], dict[str, str]]:
    """Return stem to concept, for French and for English; the first line that has a stem wins."""
    tables: tuple[dict[str, str], dict[str, str]] = ({}, {})
    with learned("concepts.txt") as text:
        for line in text.splitlines():
            if line.startswith("#") or "|" not in line:
                continue
            sides = [side.split() for side in line.split("|")]
            for table, side in zip(tables, sides, strict=True):
                for word in side:
                    table.setdefault(stem(word), f"~{sides[1][0]}")
    return tables
