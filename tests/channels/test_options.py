import pytest

from cmctl.channels.options import Form, Option, check, is_safe_address, nearest
from cmctl.core.model import Place

KNOWN = (
    Option(name="url", what="the server", form=Form.ADDRESS),
    Option(name="token", what="the token", form=Form.SECRET),
    Option(name="account", what="the account", required=False),
)


def codes(options: dict[str, object]) -> list[str]:
    return [problem.code for problem in check("net", KNOWN, options, {})]


def test_right_options_have_no_problem() -> None:
    assert codes({"url": "https://x.example", "token": "env:TOKEN"}) == []


def test_everything_wrong_is_told_at_once() -> None:
    assert codes({"urll": "x", "token": "s3cret", "account": 5}) == [
        "unknown-option",
        "missing-option",
        "inline-secret",
        "wrong-type",
    ]


def test_each_problem_stands_at_its_own_place() -> None:
    places = {"": Place("config.yaml", 3), "urll": Place("config.yaml", 5, 9)}
    unknown, missing, _ = check("net", KNOWN, {"urll": "x"}, places)
    assert unknown.place == Place("config.yaml", 5, 9)
    assert unknown.fix == "write `url`"
    assert missing.place == Place("config.yaml", 3)


def test_a_secret_written_inline_is_not_repeated() -> None:
    options = {"url": "https://me:hunter2@x.example", "token": "hunter2"}
    told = str(list(check("net", KNOWN, options, {})))
    assert "hunter2" not in told
    assert "env:NAME" in told


@pytest.mark.parametrize(
    "address",
    [
        "https://mastodon.example",
        "https://mastodon.example:8443/base",
        "http://127.0.0.1:8700",
        "http://localhost:3000/",
        "http://[::1]:3000",
    ],
)
def test_a_safe_address_passes(address: str) -> None:
    assert is_safe_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "http://mastodon.example",
        "http://10.0.0.1",
        "http://127.0.0.1.example",
        "http://localhost.example",
        "https://",
        "https://user:pw@x.example",
        "https://x.example/?a=b",
        "https://x.example/#a",
        "https://x.example:99999",
        "https://x.example:0",
        "https://x .example",
        "https://x.example\n",
        "https://[::1",
        "ftp://x.example",
        "mastodon.example",
        "file:///etc/passwd",
    ],
)
def test_an_address_that_would_leak_or_lead_astray_does_not(address: str) -> None:
    assert not is_safe_address(address)


def test_the_nearest_word_is_the_one_that_was_meant() -> None:
    assert nearest("mastodonn", ["bluesky", "mastodon"]) == "mastodon"
    assert nearest("xyz", ["bluesky", "mastodon"]) == ""
