"""What words mean, and how near two texts are word by word."""

import mmap
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmctl.core.guard.compare import compare
from cmctl.core.guard.kinship import kinships
from cmctl.core.guard.lexicon import COSINES, KEY, RECORD, START, _mapped, entry
from cmctl.core.guard.prepare import prepare
from cmctl.core.guard.weigh import Client
from cmctl.core.guard.words import Language

FRENCH, ENGLISH = Language.FRENCH, Language.ENGLISH


def cosine(one: str, other: str, languages: tuple[Language, Language] = (FRENCH, FRENCH)) -> float:
    bits = [entry(w, lang).bits for w, lang in zip((one, other), languages, strict=True)]
    return COSINES[(bits[0] ^ bits[1]).bit_count()]


def of(ours: str, theirs: str) -> dict[str, float]:
    a, b = prepare(ours), prepare(theirs)
    return kinships(a, b, compare(a, b), Client([b], a))


@pytest.mark.parametrize(
    ("near", "word", "far"),
    [
        ("boulanger", "boulangerie", "radiologie"),
        ("livraison", "expedition", "piscine"),
        ("dentiste", "dents", "camion"),
    ],
)
def test_words_of_near_meaning_are_nearer_than_others(near: str, word: str, far: str) -> None:
    assert cosine(word, near) > 0.45
    assert cosine(word, far) < 0.25


@pytest.mark.parametrize(
    ("french", "english"),
    [("dentiste", "dentist"), ("vente", "sale"), ("ceinture", "belt"), ("livraison", "shipping")],
)
def test_a_word_and_its_translation_are_near(french: str, english: str) -> None:
    assert cosine(french, english, (FRENCH, ENGLISH)) > 0.5


@pytest.mark.parametrize("forms", [("camion", "camions"), ("livraison", "livraisons")])
def test_forms_of_one_word_are_near(forms: tuple[str, str]) -> None:
    assert cosine(*forms) > 0.6


def test_a_common_word_tells_less_than_a_rare_one() -> None:
    assert entry("jour", FRENCH).rarity < entry("brocante", FRENCH).rarity


@given(st.text(min_size=1, max_size=30), st.sampled_from(list(Language)))
@settings(max_examples=200)
def test_any_word_has_an_entry(word: str, language: Language) -> None:
    found = entry(word, language)
    assert 0 < found.rarity <= 1
    assert entry(word, language) == found


def test_a_word_that_nobody_knows_is_near_to_itself_alone() -> None:
    assert not entry("zorglubix", FRENCH).known
    assert cosine("zorglubix", "zorglubix") == pytest.approx(1)
    for other in ("kwyjibo", "boulangerie", "camion"):
        assert abs(cosine("zorglubix", other)) < 0.25


def test_the_records_are_in_order_and_each_is_found_once() -> None:
    data = _mapped()
    assert isinstance(data, mmap.mmap)
    keys = [data[at : at + KEY] for at in range(START, len(data), RECORD)]
    assert keys == sorted(set(keys))


def test_other_words_for_the_same_news_cover_it_and_other_news_does_not() -> None:
    ours = "Le camion de livraison est en panne"
    same = of(ours, "Notre véhicule est immobilisé, expéditions suspendues")
    other = of(ours, "La piscine accueille les enfants mercredi")
    for name in ("w_short", "w_centre", "w_cosine_short", "w_head_more"):
        assert same[name] > other[name], name
    assert same["w_unsaid_more"] < other["w_unsaid_more"]


def test_the_same_words_cover_each_other_wholly() -> None:
    found = of("Brocante samedi au gymnase", "samedi, BROCANTE au gymnase !")
    assert found["w_less"] == found["w_same_less"] == found["w_short"] == pytest.approx(1)
    assert found["w_centre"] == pytest.approx(1)
    assert found["w_unsaid_more"] == 0


texts = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(["le", "camion", "piscine", "zorglub", "12h", "delivery", ".", "!", "#a"]),
        max_size=60,
    ).map(" ".join),
)


@given(texts, texts)
@settings(max_examples=100, deadline=None)
def test_it_is_the_same_whichever_text_is_first_and_stays_in_its_bounds(a: str, b: str) -> None:
    found = of(a, b)
    assert found == of(a, b)
    x, y = prepare(a), prepare(b)
    client = Client([y], x)
    assert kinships(x, y, compare(x, y), client) == kinships(y, x, compare(y, x), client)
    for name, value in found.items():
        assert -1.001 <= value <= 1.001 or name in {
            "w_sum", "w_unsaid_less", "w_unsaid_more", "w_whole_short"
        }, name  # fmt: skip


def test_accents_make_no_difference() -> None:
    text = "Marché d'été annulé"
    plain = unicodedata.normalize("NFD", text)
    assert of(text, "Le marché n'aura pas lieu") == of(plain, "Le marché n'aura pas lieu")
