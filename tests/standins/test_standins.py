"""The framework under the stand-ins holds both sides to the vendor's description."""

import json
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from cmctl.channels.body import file_body
from cmctl.testing.sandbox.faults import Fault, FaultKind
from cmctl.testing.sandbox.wire import Ask
from cmctl.testing.standins import Asked, Refused, StandIn, Tokens, Upload, Window, answers
from cmctl.testing.standins.asked import read_form
from cmctl.testing.standins.limits import Clock
from cmctl.testing.standins.telegram import Telegram
from servers.pictures import picture


@pytest.fixture
def telegram() -> Iterator[Telegram]:
    with Telegram() as server:
        yield server
        server.violations.clear()  # each test says itself which ones it meant


def ask(telegram: Telegram, method: str, **values: object) -> httpx.Response:
    return httpx.post(f"{telegram.url}/bot{telegram.token}/{method}", json=values, timeout=30)


def test_a_request_as_described_breaks_nothing(telegram: Telegram) -> None:
    assert ask(telegram, "sendMessage", chat_id="@atlas", text="Bonjour").json()["ok"] is True
    assert telegram.violations == []
    assert telegram.calls[-1].values == {"chat_id": "@atlas", "text": "Bonjour"}


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"chat_id": "@atlas", "text": "x", "colour": "red"}, "colour"),
        ({"chat_id": "@atlas", "text": 5}, "$.text: 5 is not of type 'string'"),
        ({"chat_id": "@atlas"}, "'text' is a required property"),
        (
            {"chat_id": "@atlas", "text": "x", "reply_parameters": {"message_id": "1"}},
            "$.reply_parameters.message_id",
        ),
    ],
    ids=["unknown field", "wrong type", "missing field", "deep down"],
)
def test_a_request_that_is_not_described_is_refused_and_noted(
    telegram: Telegram, values: dict[str, object], told: str
) -> None:
    assert ask(telegram, "sendMessage", **values).status_code == 400
    (violation,) = telegram.violations
    assert told in violation
    assert telegram.texts() == []


def test_an_address_that_is_not_described_is_noted(telegram: Telegram) -> None:
    assert ask(telegram, "sendTelegram").status_code == 404
    assert "sendTelegram" in telegram.violations[0]


def test_an_answer_that_is_not_described_is_noted() -> None:
    class Wrong(Telegram):
        @answers("POST /bot{token}/getMe")
        def get_me(self, asked: Asked) -> object:
            return {"ok": True, "result": {"id": "one"}}

    with Wrong() as wrong:
        ask(wrong, "getMe")
        assert wrong.violations[0].startswith("answer of POST /bot{token}/getMe: $.result")
        wrong.violations.clear()


def test_leaving_fails_where_the_description_was_broken() -> None:
    with pytest.raises(AssertionError, match="colour"), Telegram() as telegram:
        ask(telegram, "sendMessage", chat_id="@atlas", text="x", colour="red")


def test_an_operation_that_is_not_described_cannot_be_answered() -> None:
    class Dreaming(Telegram):
        @answers("POST /bot{token}/sendDream")
        def send_dream(self, asked: Asked) -> object:
            return {}

    with pytest.raises(LookupError, match="sendDream"):
        Dreaming()


def test_a_token_that_has_died_is_refused_in_the_vendors_words(telegram: Telegram) -> None:
    telegram.tokens.expire(telegram.token)
    answer = ask(telegram, "sendMessage", chat_id="@atlas", text="x")
    assert (answer.status_code, answer.json()["description"]) == (401, "Unauthorized")


def test_a_rate_limit_is_kept_and_ends_by_the_clock(telegram: Telegram) -> None:
    telegram.limits["post"] = Window(1, 60)
    assert ask(telegram, "sendMessage", chat_id="@atlas", text="1").status_code == 200
    throttled = ask(telegram, "sendMessage", chat_id="@atlas", text="2")
    assert throttled.status_code == 429
    assert 1 <= int(throttled.headers["Retry-After"]) <= 60
    telegram.clock.advance(60)
    assert ask(telegram, "sendMessage", chat_id="@atlas", text="2").status_code == 200


def test_a_fault_of_the_sandbox_strikes(telegram: Telegram) -> None:
    telegram.fault(Fault(kind=FaultKind.ERROR_STORED))
    assert ask(telegram, "sendMessage", chat_id="@atlas", text="x").status_code == 500
    assert telegram.texts() == ["x"]
    telegram.fault(Fault(kind=FaultKind.DROP, on="post", count=0))
    with pytest.raises(httpx.TransportError):
        ask(telegram, "sendMessage", chat_id="@atlas", text="y")
    telegram.clear_faults()
    assert ask(telegram, "sendMessage", chat_id="@atlas", text="z").status_code == 200


def test_a_refusal_that_a_test_asks_for_comes_once(telegram: Telegram) -> None:
    words = {"ok": False, "error_code": 403, "description": "Forbidden: bot was kicked"}
    telegram.refuse("post", Refused(403, words))
    assert ask(telegram, "sendMessage", chat_id="@atlas", text="x").json() == words
    assert ask(telegram, "sendMessage", chat_id="@atlas", text="x").status_code == 200


def test_a_token_ends_when_it_is_told_to() -> None:
    clock, tokens = Clock(), Tokens("forever")
    tokens.add("short", clock() + timedelta(seconds=10))
    assert [tokens.standing(one, clock()) for one in ("forever", "short", "x")] == [
        "good",
        "good",
        "unknown",
    ]
    clock.advance(11)
    assert tokens.standing("short", clock()) == "expired"


def test_a_form_with_files_is_read_as_it_was_written() -> None:
    body = file_body({"caption": 'Été\r\n--"x"'}, {"photo": picture("alt", size=100)})
    fields, files = read_form(
        Ask(
            method="POST",
            target="/",
            path=(),
            query={},
            headers={"content-type": body.type},
            body=body.data,
        )
    )
    assert fields == {"caption": 'Été\r\n--"x"'}
    assert files == {"photo": Upload("image.png", "image/png", picture("alt", size=100).data)}


def test_texts_of_a_form_are_read_as_the_types_that_are_described(telegram: Telegram) -> None:
    reply = json.dumps({"message_id": 1, "allow_sending_without_reply": True})
    told = telegram.spec.read(
        "POST /bot{token}/sendMessage",
        "body",
        {"text": "5", "disable_notification": "true", "reply_parameters": reply},
    )
    assert told == {
        "text": "5",
        "disable_notification": True,
        "reply_parameters": {"message_id": 1, "allow_sending_without_reply": True},
    }


def test_every_stand_in_says_where_its_description_comes_from(telegram: Telegram) -> None:
    assert issubclass(Telegram, StandIn)
    assert "160fd99" in telegram.spec.source
