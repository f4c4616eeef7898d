"""How Mastodon counts and renders, without a server.

The counting cases are those of Mastodon's own `spec/validators/status_length_validator_spec.rb` and
of docs.joinmastodon.org, "Posting to your profile": links are 23 characters, and of a mention only
the local part counts. The HTML is what Mastodon 4 renders.
"""

import time
from datetime import UTC, datetime, timedelta

import pytest

from cmctl.channels.content import parts
from cmctl.channels.evidence import standing
from cmctl.channels.markup import plain
from cmctl.channels.vendors.mastodon.status import essence
from cmctl.channels.vendors.mastodon.text import counted
from cmctl.core.model import Content, Status


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("a" * 500, 500),
        # "counts URLs as 23 characters flat"
        ("a" * 476 + f" http://{'b' * 30}.com/example", 500),
        # "does not count non-autolinkable URLs as 23 characters flat"
        ("a" * 476 + f"http://{'b' * 30}.com/example", 476 + 49),
        # "does not count overly long URLs as 23 characters flat"
        (f"http://example.com/valid?{'#foo?' * 1000}", 25 + 5000),
        # "counts only the front part of remote usernames"
        ("a" * 475 + f" @alice@{'b' * 30}.com", 482),
        # "counts multi byte emoji as single character", "ZWJ sequence emoji"
        ("✨" * 500, 500),
        ("🏳️‍⚧️" * 500, 500),
        # As people write
        ("https://a.fr", 23),
        ("Voir https://atlas.example/rennes, ici", 5 + 23 + 5),
        ("(https://atlas.example/rennes)", 1 + 23 + 1),
        ("https://fr.example.org/wiki/Rennes_(Bretagne)", 23),
        ("https://atlas.example/?q=été&p=1#haut", 23),
        ("atlas.example/rennes", 20),
        ("http://localhost/x", 18),
        ("https://atlas.example:8443/x", 23),
        ("https://été-à-rennes.example/", 23),
        ("@atlas bonjour", 14),
        ("mail@atlas.example", 18),
        ("@atlas@mastodon.example et @odile@mastodon.example", 16),
        ("https://a.example https://b.example", 47),
        ("Merci à @atlas@mastodon.example.", 8 + 6 + 1),
    ],
)
def test_characters_are_counted_as_mastodon_counts_them(text: str, count: int) -> None:
    assert counted(text) == count


def test_a_server_may_count_links_otherwise() -> None:
    assert counted("https://atlas.example/rennes", link_length=25) == 25


@pytest.mark.parametrize("text", ["@" + "a.-" * 20_000, "https://" + "a." * 20_000, "@a" * 20_000])
def test_counting_a_hostile_text_takes_no_time(text: str) -> None:
    start = time.perf_counter()
    counted(text)
    assert time.perf_counter() - start < 30  # not for ever, however slow the machine


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Un</p><p>Deux</p>", "Un\n\nDeux"),
        ("<p>Un<br>Deux<br />Trois</p>", "Un\nDeux\nTrois"),
        ("<p>L&#39;été &amp; l&apos;hiver &lt;3</p>", "L'été & l'hiver <3"),
        (
            '<p>Voir <a href="https://atlas.example/tres/long/chemin" rel="nofollow">'
            '<span class="invisible">https://</span>'
            '<span class="ellipsis">atlas.example/tres/lo</span>'
            '<span class="invisible">ng/chemin</span></a> !</p>',
            "Voir https://atlas.example/tres/long/chemin !",
        ),
        (
            '<p><span class="h-card"><a href="https://m.example/@odile" class="u-url mention">'
            "@<span>odile</span></a></span> merci</p>",
            "@odile merci",
        ),
        (
            '<p><a href="https://m.example/tags/rennes" class="mention hashtag" rel="tag">'
            "#<span>rennes</span></a></p>",
            "#rennes",
        ),
        ('<p><a href="https://atlas.example/r">lire</a></p>', "lire https://atlas.example/r"),
        ("<ul><li>un</li><li>deux</li></ul>", "un\ndeux"),
        ("<p>Avant</p><blockquote><p>cité</p></blockquote><p>Après</p>", "Avant\n\ncité\n\nAprès"),
        ("texte nu", "texte nu"),
        ("", ""),
        ("<p>non fermé <b>gras", "non fermé gras"),
        ("<p>a &lt;script&gt;alert(1)&lt;/script&gt;</p>", "a <script>alert(1)</script>"),
    ],
)
def test_html_becomes_the_text_a_reader_sees(html: str, text: str) -> None:
    assert plain(html) == text


def test_the_same_text_is_recognised_however_a_server_renders_it() -> None:
    sent = "Été à Rennes :\n\n@odile@m.example *vraiment* https://atlas.example/r #rennes"
    shown = plain(
        "<p>Été à Rennes :</p><p>@odile <em>vraiment</em> "
        '<a href="https://atlas.example/r">https://atlas.example/r</a> #rennes</p>'
    )

    assert essence(sent) == essence(shown)


def test_another_price_is_another_text() -> None:
    assert essence("Le menu à 14 €") != essence("Le menu à 15 €")


def test_texts_of_signs_alone_are_told_apart() -> None:
    assert essence("🎉🎉") == essence("🎉 🎉") != essence("🎊🎊")


def status(number: int, text: str, *, reply_to: str = "", images: int = 0) -> Status:
    at = datetime(2026, 11, 24, tzinfo=UTC) + timedelta(minutes=number)
    return Status(
        channel="",
        remote_id=str(number),
        at=at,
        text=text,
        reply_to=reply_to,
        media_count=images,
    )


def found(content: Content, *newest_first: Status, images: int = 0) -> list[str]:
    return [item.remote_id for item in standing(parts(content), images, newest_first, read=essence)]


def test_of_two_equal_posts_the_newer_is_the_evidence() -> None:
    assert found(Content(text="Menu"), status(2, "Menu"), status(1, "Menu")) == ["2"]


def test_of_two_equal_beginnings_the_one_with_its_thread_is_the_evidence() -> None:
    thread = Content(text="Un", thread=("Deux",))

    listed = (status(3, "Un"), status(2, "Deux", reply_to="1"), status(1, "Un"))

    assert found(thread, *listed) == ["1", "2"]


def test_a_reply_with_the_same_words_is_no_evidence() -> None:
    assert found(Content(text="Merci"), status(1, "Merci", reply_to="9")) == []


def test_a_post_with_other_images_is_no_evidence() -> None:
    assert found(Content(text="Menu"), status(1, "Menu", images=1)) == []
    assert found(Content(text="Menu"), status(1, "Menu", images=2), images=2) == ["1"]
