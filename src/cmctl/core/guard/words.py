"""The words of a text that tell its news: without stop words, in a common form."""

import re
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")
_ELISION = re.compile(r"\b(?:[ldjmtsnc]|qu|jusqu|lorsqu|puisqu|quelqu)'")
_CLITIC = re.compile(r"'(?:s|re|ll|ve|d|m|t)\b")

_STOP_WORDS = """
a ai aie as au aucun aucune auquel aussi autre autres aux avec avez avoir avons bah beaucoup ben
bien bon bonne car ce ceci cela celle celles celui ces cet cette ceux chez ci comme comment dans de
deja des desormais desole desolee desoles dois doit donc dont du elle elles en encore enfin ensuite
est et etait etant etc ete etes etre eu eux fait faire fais faites fois font fut hein hop hui ici il
ils j je jusque l la le les leur leurs lui m ma mais me meme memes merci mes moi moins mon n ne ni
non nos notre nous ok on ont or ou oui par parce pas pendant peu peut peuvent plus pour pourquoi
pouvez pouvoir pr puis qu quand que quel quelle quelles quels qqn qui quoi rdv rien sa sans se sera
serez seront ses si sinon soit soient son sont sous suis sur svp t ta tant te tel telle tellement
tes toi ton tous tout toute toutes tres trop tt tu un une va vais vas venez venir vers via vient
viennent voici voila vont vos votre vous y ya yes
about after again all also am an and any are at be been before being but by can could did do does
doing don down for from get gets got had has have having he her here hers him his how if in into is
isn it its just let ll may me more most my no nor not now of off once one only or other our ours
out over own please re s same she should so some such than that the their theirs them then there
these they this those through to too under until up us ve very was we were what when where which
while who whom why will with won would yet you your yours
"""
#: Words that carry no news, folded.
STOP_WORDS = frozenset(_STOP_WORDS.split())

_ENDINGS = """
issements issement ations ation ements ement ments ment euses euse trices trice ateurs ateur ables
able ences ence ances ance issons issez issent erons eront erez erait eraient aient ions ants ante
antes ant ents ente entes ent ings ing iers iere ieres ier eurs eur ives ive ifs if elles elle els
el ees ee era ers er ez ons ait ais iez ies ie ed es aux al ale ales ir is it ly e s x y
"""
_BY_LENGTH = tuple(sorted(_ENDINGS.split(), key=len, reverse=True))


def words_of(text: str) -> list[str]:
    """Return the words of a folded lower-case text in order, elided articles and clitics gone."""
    text = text.replace("aujourd'hui", "aujourdhui")
    return _WORD.findall(_CLITIC.sub("", _ELISION.sub("", text)))


@lru_cache(maxsize=16_384)
def stem(word: str) -> str:
    """Return a short common form of a French or English word, at least four letters of it."""
    if len(word) <= 4 or not word.isalpha():
        return word.rstrip("sx") if len(word) == 4 and word.isalpha() else word
    for ending in _BY_LENGTH:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word
