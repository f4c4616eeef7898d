"""What Meta's Graph API says of a request, and listings that cannot be believed."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from cmctl.channels.base import ChannelError, Rejected, Unauthorized, Unavailable, Uncertain
from cmctl.channels.vendors.meta.graph import Graph

from .answers import Answers, answer

TOKEN = "EAAG-canary"


@pytest.fixture
def asked(request: pytest.FixtureRequest) -> Iterator[Graph]:
    """Return a sender whose server says what the test's parameter is."""
    with Answers(request.param) as server:
        graph = Graph(server.url, TOKEN, permission="pages_manage_posts", refusals={})
        yield graph
        graph.close()


def page(**told: object) -> bytes:
    return answer("200 OK", json.dumps(told).encode())


def refusal(status: str, body: object, *headers: str) -> bytes:
    return answer(status, json.dumps(body).encode(), *headers)


def error(code: int, words: str = "In Meta's words.") -> dict[str, object]:
    return {"error": {"message": words, "code": code}}


NEXT = {"cursors": {"after": "again"}, "next": "https://graph.example/?access_token=x"}


@pytest.mark.parametrize(
    "asked",
    [
        page(data=[{"id": "1"}], paging=NEXT),
        page(data={"id": "1"}),
        page(paging={}),
        page(data=[], paging={"cursors": {"after": 5}, "next": "x"}),
    ],
    indirect=True,
    ids=["the same page for ever", "no list", "nothing", "no cursor"],
)
def test_a_listing_that_cannot_be_believed_never_looks_short(asked: Graph) -> None:
    with pytest.raises(Unavailable):
        list(asked.listing("/1/feed", "id"))


def usage(*minutes: object) -> str:
    told = {"1": [{"type": "pages", "estimated_time_to_regain_access": one} for one in minutes]}
    return f"X-Business-Use-Case-Usage: {json.dumps(told)}"


@pytest.mark.parametrize(
    ("asked", "wait"),
    [
        (refusal("400 Bad Request", error(80001), usage(7)), timedelta(minutes=7)),
        (refusal("400 Bad Request", error(80001), usage(7, 9)), timedelta(minutes=9)),
        (refusal("400 Bad Request", error(80001), usage(10**9)), timedelta(days=1)),
        (refusal("400 Bad Request", error(4), usage("soon")), None),
        (refusal("400 Bad Request", error(4), "X-Business-Use-Case-Usage: []"), None),
        (refusal("400 Bad Request", error(4)), None),
        (refusal("400 Bad Request", error(4), "Retry-After: 60"), timedelta(minutes=1)),
        (refusal("429 Too Many Requests", {}, "Retry-After: 60"), timedelta(minutes=1)),
    ],
    indirect=["asked"],
)
def test_a_limit_is_waited_for_as_long_as_meta_says(asked: Graph, wait: timedelta | None) -> None:
    with pytest.raises(Unavailable) as raised:
        asked.form("/1/feed", {"message": "Un"})
    assert raised.value.retry_after == wait


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        (refusal("400 Bad Request", error(100)), Rejected),
        (refusal("400 Bad Request", {"error": "none of Meta's"}), Rejected),
        (refusal("400 Bad Request", {"error": {"code": "4"}}), Rejected),
        (answer("404 Not Found", b"<html>"), Rejected),
        (refusal("400 Bad Request", error(190)), Unauthorized),
        (refusal("400 Bad Request", error(102)), Unauthorized),
        (refusal("400 Bad Request", error(2)), Uncertain),
        (refusal("400 Bad Request", error(-1)), Uncertain),
        (refusal("400 Bad Request", error(506)), Uncertain),
        (refusal("500 Internal Server Error", error(190)), Uncertain),
    ],
    indirect=["asked"],
)
def test_a_code_says_what_is_known_of_a_post(asked: Graph, known: type[ChannelError]) -> None:
    with pytest.raises(ChannelError) as raised:
        asked.form("/1/feed", {"message": "Un"})
    assert raised.type is known


@pytest.mark.parametrize(
    "asked", [refusal("400 Bad Request", error(190, f"bad {TOKEN}!"))], indirect=True
)
def test_a_token_that_meta_repeats_is_struck_out(asked: Graph) -> None:
    with pytest.raises(Rejected) as raised:
        asked.delete("/1_2")
    assert TOKEN not in str(raised.value)
    assert "make a new one" in str(raised.value)
