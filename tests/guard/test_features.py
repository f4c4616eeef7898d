"""What the models read of two texts."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cmctl.core.guard.compare import compare
from cmctl.core.guard.features import features
from cmctl.core.guard.prepare import prepare
from cmctl.core.guard.weigh import Client

DAY = date(2026, 3, 2)


def read(a: str, b: str, *, apart: int | None = None) -> dict[str, float]:
    ours, theirs = prepare(a), prepare(b)
    posted = (None, None) if apart is None else (DAY + timedelta(days=apart), DAY)
    return features(ours, theirs, compare(ours, theirs, posted), Client([theirs], ours), posted)


@given(st.integers(-400, 400))
def test_days_apart_count_up_to_a_fortnight_in_either_direction(apart: int) -> None:
    found = read("Fermé", "Le magasin est fermé", apart=apart)
    assert (found["days_known"], found["days_apart"]) == (1.0, min(abs(apart), 14))


def test_where_a_day_is_not_known_none_is_made_up() -> None:
    found = read("Fermé", "Le magasin est fermé")
    assert (found["days_known"], found["days_apart"]) == (0.0, 0.0)


@given(st.integers(0, 20), st.text(max_size=60), st.text(max_size=60))
def test_the_models_read_the_same_whichever_text_is_called_ours(apart: int, a: str, b: str) -> None:
    client = Client([], prepare(""))
    one, other = prepare(a), prepare(b)
    days = (DAY, DAY + timedelta(days=apart))
    there = features(one, other, compare(one, other, days), client, days)
    back = days[::-1]
    assert there == features(other, one, compare(other, one, back), client, back)
