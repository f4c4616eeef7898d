from cmctl.channels.base import Capabilities, MediaRules, TextRules
from cmctl.channels.content import Part, content_problems, parts
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
