"""Which languages a text is written in, by its small words and its script.

A word of several languages counts for each in part; a sentence is in the language that its words
speak for most.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

_SMALL_WORDS = """
de der die das und ist nicht mit ein eine einen den dem des zu auf für wir ihr sie sich von im am
auch wird sind unser unsere unseren uns euch euer heute morgen ab bei nach zum zur

en the and is of to in we our you your are for with on at from this that it be have will has was
by an as all now not come join us today tomorrow open opens new

es el la los las y es de que en un una para con por del al se su nuestro nuestra nuestros nuestras
este esta hoy mañana abre desde más os te lo

fr le la les et est de des du un une pour avec dans nous notre nos vous votre vos en au aux ce
cette qui que sur pas il ouvre demain à dès chez se son sa ses l d c qu on va fait plus sa

it il lo la gli le e è di del della dei delle che in un una per con non nostro nostra nostri vi ci
oggi domani apre dal alla sono si più questa questo

nl de het een en is van voor met niet wij we ons onze jullie op in aan bij dat deze dit zijn
worden vandaag morgen opent ook naar om te

pl i w z na do nie jest się że o od dla po jak są nasz nasza nasze naszego zapraszamy dziś jutro
już także to ten ta przez

pt o a os as e é de do da dos das em no na um uma para com por que não nosso nossa nossos hoje
amanhã abre ao à mais seu sua

br ar an ur hag eo e da gant evit war en deus hor ho hon c'hwi ni hiziv warc'hoazh a vo
"""
_SPOKEN_BY: dict[str, tuple[str, ...]] = {}
for _paragraph in _SMALL_WORDS.split("\n\n"):
    _language, *_words = _paragraph.split()
    for _word in _words:
        _SPOKEN_BY[_word] = (*_SPOKEN_BY.get(_word, ()), _language)
#: Scripts that tell their language well enough, by the first word of a letter's Unicode name.
_SCRIPTS = {
    "ARABIC": "ar", "HEBREW": "he", "CYRILLIC": "ru", "GREEK": "el", "HIRAGANA": "ja",
    "KATAKANA": "ja", "HANGUL": "ko", "CJK": "zh", "THAI": "th", "ARMENIAN": "hy", "GEORGIAN": "ka",
    "DEVANAGARI": "hi",
}  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+(?:'hoazh|'hwi)?")
#: What a word of one language alone counts for; so much is needed to know a language.
_WHOLE = 60
#: What a letter of another script counts for.
_LETTER = 10
#: A language that fewer of the words speak for is a quotation or a name.
_PART = 0.25
#: Fewer words of another script are a name.
_LETTERS = 4


def languages_of(sentences: Iterable[str]) -> frozenset[str]:
    """Return the languages (ISO 639-1) of a text, given as its sentences; empty: nobody can tell.

    More than one is a text that says everything twice, as bilingual pages do.
    """
    found: Counter[str] = Counter()
    for sentence in sentences:
        found.update(_by_script(sentence) or _by_words(sentence))
    whole = found.total()
    return frozenset(language for language, words in found.items() if words >= _PART * whole)


def _by_words(sentence: str) -> Counter[str]:
    words = _WORD.findall(sentence.lower())
    spoken: Counter[str] = Counter()
    for word in words:
        languages = _SPOKEN_BY.get(word, ())
        spoken.update(dict.fromkeys(languages, _WHOLE // max(1, len(languages))))
    best = spoken.most_common(2)
    if not best or best[0][1] < _WHOLE or (len(best) == 2 and best[0][1] == best[1][1]):
        return Counter()
    return Counter({best[0][0]: best[0][1]})


def _by_script(sentence: str) -> Counter[str]:
    if sentence.isascii():
        return Counter()
    letters = [char for char in sentence if char.isalpha()]
    known = Counter(
        _SCRIPTS.get(unicodedata.name(char, "").partition(" ")[0], "")
        for char in letters
        if char > "\u036f"
    )
    del known[""]
    if known.total() < max(_LETTERS, len(letters) / 2):
        return Counter()
    if known["ja"]:
        return Counter({"ja": _LETTER * known.total()})
    return Counter({language: _LETTER * n for language, n in known.most_common(1)})
