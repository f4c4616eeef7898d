"""Pinterest's adapter, beyond the contract, against its stand-in."""

from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from cmctl.channels.base import Rejected, Unauthorized, Unavailable
from cmctl.channels.networks.pinterest import PinterestChannel
from cmctl.core.model import Content, Media, Severity
from cmctl.testing.channel_contract.network import errors, outgoing, picture, pictures
from cmctl.testing.standins import Refused
from cmctl.testing.standins.pinterest import TRIAL, Pinterest

LINK = "https://atlas.example/rennes"


@pytest.fixture
def pinterest() -> Iterator[Pinterest]:
    with Pinterest() as server:
        yield server


@pytest.fixture
def channel(pinterest: Pinterest) -> Iterator[PinterestChannel]:
    channel = PinterestChannel(token=pinterest.token, board=pinterest.board, url=pinterest.url)
    yield channel
    channel.close()


def shown(text: str, count: int = 1, **more: object) -> Content:
    return Content(text=text, media=pictures(count), **more)  # type: ignore[arg-type]


def test_the_headline_becomes_the_title_and_the_link_has_its_place(
    pinterest: Pinterest, channel: PinterestChannel
) -> None:
    content = shown("Rennes ouvre\n\nDès lundi.", link=LINK, hashtags=("logistique",))
    out = outgoing(content, images=1)
    receipt = channel.publish(out)

    (pin,) = pinterest.pins.values()
    told = {name: pin[name] for name in ("title", "description", "link", "alt_text")}
    assert told == {
        "title": "Rennes ouvre",
        "description": "Dès lundi.\n\n#logistique",
        "link": LINK,
        "alt_text": picture(0).alt,
    }
    (status,) = channel.timeline(out.created_at)
    assert status.text == f"Rennes ouvre\n\nDès lundi.\n\n#logistique\n\n{LINK}"
    found = channel.find(out)
    assert found is not None
    assert found.remote_id == receipt.remote_id


def test_a_description_that_was_cut_is_said(
    pinterest: Pinterest, channel: PinterestChannel
) -> None:
    assert channel.publish(outgoing(shown("Titre\n\nEntier"), images=1)).altered == ""
    pinterest.cut = 10
    receipt = channel.publish(outgoing(shown("Titre\n\nOuvert lundi à huit heures"), images=1))
    assert receipt.altered == "the text was cut by the network: it ends with “Titre Ouvert lun”"


def test_the_images_go_in_the_request(pinterest: Pinterest, channel: PinterestChannel) -> None:
    channel.publish(outgoing(shown("Deux", 2), images=2))
    (call,) = pinterest.calls
    source = call.values["media_source"]
    assert source["source_type"] == "multiple_image_base64"
    assert [b64decode(item["data"]) for item in source["items"]] == [
        picture(0).data,
        picture(1).data,
    ]
    assert pinterest.alts() == [picture(0).alt, picture(1).alt]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (Content(text="Sans image"), "no-image"),
        (shown("é" * 801), "text-too-long"),
        (shown("Titre\n\n" + "é" * 801), "text-too-long"),
        (shown("Un", link="https://atlas.example/" + "a" * 2048), "text-too-long"),
        (shown("Un", 6), "too-many-images"),
        (Content(text="Un", media=(Media(file="a.jpg", alt="é" * 501),)), "text-too-long"),
        (Content(text="Un", media=(Media(file="a.jpg", alt="é" * 300),) * 2), "text-too-long"),
        (shown("Un", thread=("Deux",)), "unsupported"),
        (shown("Un", first_comment="Deux"), "unsupported"),
    ],
)
def test_what_pinterest_would_refuse_is_told_before_the_slot(
    channel: PinterestChannel, content: Content, code: str
) -> None:
    assert [problem.code for problem in errors(channel, content)] == [code]


def test_a_title_and_a_description_have_each_their_limit(
    pinterest: Pinterest, channel: PinterestChannel
) -> None:
    text = "T" * 100 + "\n\n" + "é" * 800
    assert errors(channel, shown(text)) == []
    channel.publish(outgoing(shown(text), images=1))
    assert pinterest.texts() == [text]


def test_a_pin_without_a_title_is_warned_of(channel: PinterestChannel) -> None:
    long = "T" * 101 + "\n\nLe reste"
    for text in ("Sans titre", long):
        (told,) = channel.problems(shown(text))
        assert (told.code, told.severity) == ("no-headline", Severity.WARNING)
        assert "at most 100" in told.fix


def test_a_long_board_is_read_until_nothing_is_new(
    pinterest: Pinterest, channel: PinterestChannel
) -> None:
    for number in range(300):
        pinterest.post_by_hand(f"Ancienne {number}")
    old = datetime.now(UTC) - timedelta(days=30)
    for pin in pinterest.pins.values():
        pin["created_at"] = f"{old:%Y-%m-%dT%H:%M:%S}"
    for number in range(300):
        pinterest.post_by_hand(f"Nouvelle {number}")

    read = list(channel.timeline(datetime.now(UTC) - timedelta(hours=1)))

    assert len({status.remote_id for status in read}) == 300
    assert len(pinterest.calls) == 3


def test_a_new_pin_moved_behind_older_ones_is_read(
    pinterest: Pinterest, channel: PinterestChannel
) -> None:
    pinterest.post_by_hand("Nouvelle")
    number = pinterest.post_by_hand("Ancienne")
    pinterest.pins[number]["created_at"] = "2020-01-01T20:10:40"
    read = channel.timeline(datetime.now(UTC) - timedelta(hours=1))
    assert [status.text for status in read] == ["Nouvelle"]


def test_the_probe_names_the_boards_where_the_one_is_not_there(pinterest: Pinterest) -> None:
    for board, said in ((Pinterest.board, "atlaslog, Nos chantiers"), ("1", "")):
        channel = PinterestChannel(token=pinterest.token, board=board, url=pinterest.url)
        if said:
            assert channel.probe() == said
        else:
            with pytest.raises(Rejected, match=r"Nos chantiers \(549755885175\), Nos équipes"):
                channel.probe()
        channel.close()


def test_counts_that_are_not_there_yet_are_said(
    pinterest: Pinterest, channel: PinterestChannel
) -> None:
    number = channel.publish(outgoing(shown("Un"), images=1)).remote_id
    pinterest.counted = False
    with pytest.raises(Rejected, match="not yet"):
        channel.counts(number)


def test_a_limit_is_waited_for_as_long_as_its_header_says(
    pinterest: Pinterest, channel: PinterestChannel
) -> None:
    pinterest.limits["post"].most = 1
    channel.publish(outgoing(shown("Un"), images=1))
    with pytest.raises(Unavailable, match="too much for now") as raised:
        channel.publish(outgoing(shown("Deux"), images=1))
    assert raised.value.retry_after is not None
    assert timedelta(0) < raised.value.retry_after <= timedelta(minutes=1)


@pytest.mark.parametrize(
    ("refusal", "told"),
    [
        (TRIAL, "ask Pinterest for Standard access"),
        (Refused(404, {"code": 40, "message": "Board not found."}), "no such board"),
        (
            Refused(400, {"code": 1, "message": "Sorry! We blocked this link because it may lead"}),
            "blocks the link",
        ),
        (Refused(403, {"code": 7, "message": "Missing permission pins:write"}), "pins:write"),
    ],
)
def test_a_refusal_becomes_a_sentence_with_what_to_do(
    pinterest: Pinterest, channel: PinterestChannel, refusal: Refused, told: str
) -> None:
    pinterest.refuse("post", refusal)
    with pytest.raises(Rejected) as raised:
        channel.publish(outgoing(shown("Refusé"), images=1))
    assert told in str(raised.value)


def test_a_token_that_ended_is_told(pinterest: Pinterest, channel: PinterestChannel) -> None:
    pinterest.tokens.expire(pinterest.token)
    with pytest.raises(Unauthorized, match="30 days; sign in again"):
        channel.publish(outgoing(shown("Trop tard"), images=1))
