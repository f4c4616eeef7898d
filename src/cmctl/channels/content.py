"""What goes out of a content, part by part, and what is wrong with it on a network."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import PurePath
from typing import NamedTuple, TypeVar

from cmctl.channels.base import (
    Attachment,
    Capabilities,
    ChannelError,
    Length,
    MediaRules,
    Rejected,
    TextRules,
    Uncertain,
)
from cmctl.core.model import Content, Media, Problem, Severity
from cmctl.core.show import counted
from cmctl.core.text import compose, cut_shown, fitting, graphemes

#: Endings of images that a copy can be made of, and of such copies.
_READABLE = frozenset({"jpg", "jpeg", "png", "gif", "webp"})
_WRITTEN = frozenset({"jpg", "jpeg", "png", "webp"})
#: What posting a part gives back.
Made = TypeVar("Made")


class Part(NamedTuple):
    """One status of a delivery."""

    text: str
    #: The index of the part that it answers; None for the first.
    parent: int | None


def parts(content: Content, *, link: bool = True, flat: bool = False) -> list[Part]:
    """Return the post, its thread as a chain of replies, and the first comment, which comes last.

    `link` as for `compose`. `flat`: every part answers the first, on a network without chains.
    """
    first = Part(compose(content, link=link), None)
    chain = (Part(text.strip(), 0 if flat else n) for n, text in enumerate(content.thread))
    comment = [Part(content.first_comment.strip(), 0)] if content.first_comment else []
    return [first, *chain, *comment]


def measured(
    content: Content,
    can: Capabilities,
    *,
    count: Callable[[str], int] = graphemes,
    link: bool = True,
) -> Iterator[Length]:
    """Yield how long every part is on a network that can do this and counts like that."""
    for number, part in enumerate(parts(content, link=link), start=1):
        captioned = number == 1 and content.media and can.caption
        comment = number == 2 + len(content.thread)
        name = "" if number == 1 else "first comment" if comment else f"part {number}"
        yield Length(part=name, text=part.text, rules=captioned or can.text, count=count)


def content_problems(
    content: Content, network: str, can: Capabilities, lengths: Iterable[Length] | None = None
) -> Iterator[Problem]:
    """Yield what is wrong with a content on a network that can do this.

    `lengths`: what the adapter measures; else what `measured` does.
    """
    if content.thread and not can.threads:
        yield _unsupported(network, "no threads", "put it into one text, or leave `thread` out")
    if content.first_comment and not can.first_comment:
        yield _unsupported(network, "no comments", "leave `first_comment` out")
    if content.event and not can.events:
        yield _unsupported(network, "no events", "leave `event` out of its variant")
    if content.reply_to and not can.replies:
        yield _unsupported(network, "no replies by programs", "answer by hand, on its pages")
    for one in measured(content, can) if lengths is None else lengths:
        where = f" ({one.part})" if one.part else ""
        captioned = " with images" if not one.part and content.media and can.caption else ""
        yield from too_long(f"{network}{captioned}{where}", one)
        if not one.text and (one.part or not (content.media or content.link)):
            yield Problem(
                code="empty-text", message=f"nothing to publish on {network}{where}: no text"
            )
    yield from _media_problems(content, network, can.media)


def post_in_order(
    wanted: Sequence[Part],
    post: Callable[[Part, list[Made]], Made],
    stands: Sequence[Made] = (),
) -> list[Made]:
    """Post part after part, after those that stand already, each knowing those before it.

    Raises:
        ChannelError: as `post` does for the first part.
        Uncertain: a part after the first failed, so that the thread stands in part.
    """
    made = list(stands)
    for part in wanted[len(made) :]:
        try:
            made.append(post(part, made))
        except ChannelError as problem:
            if not made:
                raise
            message = f"{len(made)} of its {len(wanted)} parts are published: {problem}"
            raise Uncertain(message) from problem
    return made


def refuse_heavy(item: Attachment, rules: MediaRules, network: str) -> None:
    """Refuse an image or a film that a network would refuse after it was sent whole.

    Raises:
        Rejected: it has too many bytes.
    """
    most = rules.film_bytes if item.is_film else rules.bytes
    if len(item.data) > most:
        message = f"{item.name} has {len(item.data)} bytes; {network} takes {most}"
        raise Rejected(message)


def too_long(network: str, one: Length) -> Iterator[Problem]:
    """Yield the problem of a text that a network would refuse, with the place of its limit."""
    limit = one.rules.limit
    if limit and (length := one.count(one.text)) > limit:
        shown = cut_shown(one.text, fitting(one.text, limit, one.count))
        yield Problem(
            code="text-too-long",
            message=f"{length} {one.rules.unit}, and {network} takes {limit}",
            fix=f"shorten it by {length - limit}; the limit is at the |: {shown}",
        )


def _media_problems(content: Content, network: str, rules: MediaRules) -> Iterator[Problem]:
    if len(content.media) > rules.count:
        yield Problem(
            code="too-many-images",
            message=f"{counted(len(content.media), 'image')}, and {network} takes {rules.count}",
            fix=f"leave {len(content.media) - rules.count} out",
        )
    for media in content.media:
        ending = PurePath(media.name).suffix.lower().lstrip(".")
        if ending in rules.films:
            yield from _film_problems(content, media, network, rules)
            continue
        if not _can_go(ending, rules):
            yield Problem(
                code="image-format",
                message=f"{network} does not take {media.file}",
                fix=f"make it one of {', '.join((*rules.formats, *rules.films))}",
            )
        if rules.alt and not media.alt.strip():
            yield _no_alt(media)
        elif not rules.alt and media.alt.strip():
            yield Problem(
                code="alt-left-out",
                message=f"{network} has no alt texts: the one of {media.file} is left out there",
                fix="say in the text what the picture shows",
                severity=Severity.WARNING,
            )
        else:
            yield from _long_alt(media, network, rules)


def _no_alt(media: Media) -> Problem:
    return Problem(
        code="no-alt",
        message=f"{media.file} has no alt text: who does not see it learns nothing",
        fix="write `alt:` below `file:`",
        severity=Severity.WARNING,
    )


def _long_alt(media: Media, network: str, rules: MediaRules) -> Iterator[Problem]:
    limit = TextRules(limit=rules.alt_limit)
    alt = Length(part="", text=media.alt, rules=limit, count=graphemes)
    yield from too_long(f"{network}'s alt text", alt)


def _film_problems(
    content: Content, film: Media, network: str, rules: MediaRules
) -> Iterator[Problem]:
    if len(content.media) > 1:
        yield Problem(
            code="film-alone",
            message=f"{film.file} is a film, which cmctl sends to {network} alone",
            fix="leave the other images out, or write a post of its own for it",
        )
    if rules.film_alt and not film.alt.strip():
        yield _no_alt(film)
    elif rules.film_alt:
        yield from _long_alt(film, network, rules)
    elif film.alt.strip():
        yield Problem(
            code="alt-left-out",
            message=f"a film has no alt text: the one of {film.file} is left out on {network}",
            fix="say in the text what it shows, and put subtitles into it",
            severity=Severity.WARNING,
        )


def _can_go(ending: str, rules: MediaRules) -> bool:
    """Tell whether a network takes an image, or the copy of it that is made before it is sent."""
    convertible = ending in _READABLE and not _WRITTEN.isdisjoint(rules.formats)
    return convertible or ending in rules.formats


def _unsupported(network: str, what: str, fix: str) -> Problem:
    return Problem(code="unsupported", message=f"{network} has {what}", fix=fix)
