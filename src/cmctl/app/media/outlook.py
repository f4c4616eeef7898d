"""What becomes of the images of posts before they go out, as people are told."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import NamedTuple

from cmctl.app.context import Context
from cmctl.app.media.fitting import Fitted, UnfitError, fitted
from cmctl.app.media.reading import MediaError, attachment
from cmctl.app.posts.planning import ClientPlan
from cmctl.channels.base import ChannelError, MediaRules
from cmctl.core.errors import CmctlError
from cmctl.core.model import Content, Media, Place, Planned, Problem, Severity

#: Pictures that are decoded at once: Pillow lets others work meanwhile, and each takes memory.
_AT_ONCE = 4


class Looked(NamedTuple):
    """What a look at images found."""

    problems: Sequence[Problem]
    #: `photo.jpg: 6.2 MB, 4000x3000 -> 1.1 MB, 2048x1536 (mastodon)`.
    copies: Sequence[str]


class _Copy(NamedTuple):
    """An image for one network."""

    media: Media
    rules: MediaRules
    network: str


def look_at_images(ctx: Context, planned: ClientPlan, left: Iterable[Planned]) -> Looked:
    """Make every copy that the images in the workspace need, and tell what cannot be made.

    One at an address is not read for this.
    """
    wanted: dict[_Copy, list[Planned]] = defaultdict(list)
    for delivery in left:
        if here := [media for media in delivery.content.media if not media.is_remote]:
            rules = _rules(ctx, delivery.key.channel)
            for media in here:
                if rules is not None:
                    wanted[_Copy(media, rules, delivery.network)].append(delivery)
    if not wanted:
        return Looked((), ())
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        made = list(pool.map(lambda copy: _made(ctx, copy), wanted))
    places = {post.id: post.place for post in planned.loaded.posts}
    found, copies = list[Problem](), defaultdict[str, list[str]](list)
    for copy, one in zip(wanted, made, strict=True):
        if problem := _problem(one):
            found += [_of(problem, delivery, places) for delivery in wanted[copy]]
        if isinstance(one, Fitted) and one.change:
            copies[one.change].append(copy.network)
    return Looked(
        found, [f"{said} ({', '.join(dict.fromkeys(names))})" for said, names in copies.items()]
    )


def changes(ctx: Context, channel: str, content: Content) -> list[str] | UnfitError:
    """Return in words what becomes of a content's images on a channel, one line for each changed.

    Those at addresses are not read for this. What cannot be made is returned.
    """
    rules = _rules(ctx, channel) if content.media else None
    if rules is None:
        return []
    network = ctx.settings.channel(channel).network
    made = [_made(ctx, _Copy(one, rules, network)) for one in content.media if not one.is_remote]
    unfit = next((one for one in made if isinstance(one, UnfitError)), None)
    return unfit or [one.change for one in made if isinstance(one, Fitted) and one.change]


def _rules(ctx: Context, channel: str) -> MediaRules | None:
    """Return what a channel takes; None where its adapter cannot be used: told elsewhere."""
    try:
        return ctx.channels.checker(channel).capabilities.media
    except CmctlError:
        return None


def _made(ctx: Context, copy: _Copy) -> Fitted | UnfitError | None:
    try:
        read = attachment(ctx.settings.root, copy.media, ctx.fetch)
        return fitted(read, copy.rules, copy.network)
    except UnfitError as problem:
        return problem
    except (MediaError, ChannelError):  # missing, or another than was meant: told elsewhere
        return None


def _problem(made: Fitted | UnfitError | None) -> Problem | None:
    """Return what is wrong with a copy, or would be better."""
    if isinstance(made, UnfitError):
        return Problem(code="image-unfit", message=str(made), fix=made.fix)
    if made is None or not made.hint:
        return None
    fix = "choose one of that shape, or leave it as it is"
    return Problem(code="image-shape", message=made.hint, fix=fix, severity=Severity.WARNING)


def _of(problem: Problem, delivery: Planned, places: Mapping[str, Place]) -> Problem:
    key = delivery.key
    return replace(problem, place=places.get(key.post), post=key.post, channel=key.channel)
