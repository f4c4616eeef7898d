from cmctl.channels.base import Capabilities, MediaRules, TextRules
from cmctl.channels.content import Part, content_problems, measured, parts
from cmctl.core.model import Content, Media, Severity

POOR = Capabilities(text=TextRules(limit=10), media=MediaRules(count=0, alt=False))
RICH = Capabilities(
    text=TextRules(limit=0), media=MediaRules(count=1, formats=("png",)), threads=True
)


def codes(content: Content, can: Capabilities) -> list[tuple[str, Severity]]:
    return [(p.code, p.severity) for p in content_problems(content, "Ici", can)]


def test_a_thread_is_a_chain_and_the_comment_answers_the_first_part() -> None:
    content = Content(
        text="Un", thread=("Deux\n", "Trois"), first_comment="Et ?", link="https://a.fr"
    )

    assert parts(content, link=False) == [
        Part("Un", None),
        Part("Deux", 0),
        Part("Trois", 1),
        Part("Et ?", 0),
    ]
    assert parts(content)[0].text == "Un\n\nhttps://a.fr"


def test_what_a_network_cannot_do_is_said_and_not_dropped() -> None:
    content = Content(
        text="Un", thread=("Deux",), first_comment="Et ?", media=(Media(file="a.png"),)
    )

    assert codes(content, POOR) == [
        ("unsupported", Severity.ERROR),
        ("unsupported", Severity.ERROR),
        ("too-many-images", Severity.ERROR),
    ]


def test_every_part_is_measured_and_none_may_be_empty() -> None:
    content = Content(text="x" * 11, thread=("y" * 12, " "))
    can = Capabilities(text=TextRules(limit=10), media=MediaRules(count=0), threads=True)

    found = list(content_problems(content, "Ici", can))

    assert [problem.message for problem in found] == [
        "11 characters, and Ici takes 10",
        "12 characters, and Ici (part 2) takes 10",
        "nothing to publish on Ici (part 3): no text",
    ]


def test_an_image_without_alt_text_is_a_warning_and_of_another_kind_an_error() -> None:
    assert codes(Content(text="", media=(Media(file="a.PNG"),)), RICH) == [
        ("no-alt", Severity.WARNING)
    ]
    assert codes(Content(text="", media=(Media(file="a.pdf", alt="Un plan"),)), RICH) == [
        ("image-format", Severity.ERROR)
    ]


def test_what_is_too_long_shows_where_the_limit_is_in_each_part() -> None:
    can = Capabilities(
        text=TextRules(limit=30),
        caption=TextRules(limit=20),
        media=MediaRules(count=1, alt_limit=10),
        threads=True,
        first_comment=True,
    )
    content = Content(
        text="Ouverture de l'entrepôt à Rennes",
        thread=("Des chariots électriques et un concert",),
        first_comment="Le plan est à l'accueil, comme toujours",
        media=(Media(file="a.png", alt="Une façade"),),
    )

    found = [(one.message, one.fix) for one in content_problems(content, "Ici", can)]

    assert found == [
        (
            "32 characters, and Ici with images takes 20",
            "shorten it by 12; the limit is at the |: Ouverture de l'entre|pôt à Rennes",
        ),
        (
            "38 characters, and Ici (part 2) takes 30",
            "shorten it by 8; the limit is at the |: …ariots électriques et un| concert",
        ),
        (
            "39 characters, and Ici (first comment) takes 30",
            "shorten it by 9; the limit is at the |: …n est à l'accueil, comme| toujours",
        ),
    ]
    assert [(one.part, str(one)) for one in measured(content, can)] == [
        ("", "32 of 20 characters"),
        ("part 2", "38 of 30 characters"),
        ("first comment", "39 of 30 characters"),
    ]
