import pytest

from cmctl.core.guard import judge_pair
from cmctl.core.guard.called import called
from cmctl.core.guard.prepare import prepare
from cmctl.core.guard.sides import sides


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Rendez-vous place Sainte-Anne avec Léa Martin", ["Sainte-Anne", "Léa Martin"]),
        ("Merci à Léa, Hugo et Saint-Malo", ["Léa", "Hugo", "Saint-Malo"]),
        ("Bravo Léa Martin ! Martin est ravie, Léa aussi", ["Léa Martin"]),
        ("Bravo Martin ! C'est Léa Martin qui gagne", ["Martin", "Léa Martin"]),
    ],
)
def test_words_that_stand_together_are_one_name(text: str, names: list[str]) -> None:
    prepared = prepare(text)
    assert called(sorted(prepared.names), prepared) == names


def test_a_name_that_no_text_writes_stands_by_its_concept() -> None:
    assert called(["zoe"], prepare("Bonjour Léa")) == ["zoe"]


def test_reasons_and_sides_name_a_place_as_it_is_written() -> None:
    ours = "Samedi, retrouvez-nous au marché, place Sainte-Anne, avec les nouveaux kilims."
    theirs = "samedi on est au marché place sainte-anne avec les nouveaux kilims"
    assert "same name: Sainte-Anne" in judge_pair(ours, theirs).reasons
    seen = sides(ours, theirs)
    assert seen.topic[0] == "Sainte-Anne"
    assert next(f for f in seen.facts if f.kind == "name").both == ("Sainte-Anne",)
