"""Find everything that is wrong with a workspace, before anything is published."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from cmctl.app.context import Context
from cmctl.app.guard.repeats import repeats
from cmctl.app.media.outlook import look_at_images
from cmctl.app.media.reading import image_problems
from cmctl.app.posts.planning import ClientPlan, plan_client
from cmctl.channels.hosting import check_host, hosts
from cmctl.channels.registry import ClosedNetworkError, load
from cmctl.config.load import past_times, scan, stray_files
from cmctl.config.post_values import MediaUse
from cmctl.core.errors import CmctlError
from cmctl.core.model import At, Place, Problem, Severity
from cmctl.core.settings import ChannelSettings


class Checked(NamedTuple):
    """What a check found."""

    #: In order of place.
    problems: Sequence[Problem]
    posts: int
    files: int
    #: Which copies of images will be made, and for which networks.
    copies: Sequence[str] = ()


def check(ctx: Context) -> Checked:
    """Check channels, posts, plan and queue of every client; the store is only read."""
    files = scan(ctx.settings.root, ctx.settings.config)
    found = [*_options(ctx), *stray_files(ctx.settings, files)]
    wrong_channels = {problem.channel for problem in found if problem.severity is Severity.ERROR}
    posts, copies = 0, list[str]()
    for client in ctx.settings.clients:
        # The cache is written even here: it only spares the next command the reading.
        planned = plan_client(ctx, client, files=files, write_cache=True)
        # Said already, and better: option by option.
        said = (
            p for p in planned.problems if p.code != "channel" or p.channel not in wrong_channels
        )
        found += [*said, *_over(ctx, planned), *repeats(ctx, planned)]
        found += image_problems(ctx.settings.root, _open_media(planned), ctx.fetch)
        looked = look_at_images(ctx, planned, planned.left())
        found += looked.problems
        copies += looked.copies
        posts += len(planned.loaded.posts) + len(planned.loaded.invalid)
    return Checked(in_order(found), posts, len(files), copies)


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems by place, errors before warnings, none twice."""
    return sorted(
        dict.fromkeys(problems),
        key=lambda problem: (problem.place or Place(""), problem.severity.value, problem.message),
    )


def client_of(problem: Problem) -> str:
    """Return the client that a problem is about, or an empty text."""
    if problem.channel:
        return problem.channel.partition("/")[0]
    parts = problem.place.file.split("/") if problem.place else []
    return parts[1] if len(parts) > 2 and parts[0] == "posts" else ""


def _options(ctx: Context) -> Iterator[Problem]:
    """Yield what is wrong with the blocks of the channels, and of the host of images."""
    if ctx.settings.hosting is not None:
        yield from check_host(hosts(), ctx.settings.hosting)
    for settings in ctx.settings.channels():
        for problem in _of_channel(settings):
            yield Problem(
                code=problem.code,
                message=problem.message,
                fix=problem.fix,
                place=problem.place or settings.place,
                severity=problem.severity,
                channel=settings.name,
            )


def _of_channel(settings: ChannelSettings) -> Sequence[Problem]:
    try:
        adapter = load(settings.network)
    except CmctlError as error:
        code = "closed-network" if isinstance(error, ClosedNetworkError) else "unknown-network"
        return [Problem(code=code, message=error.message, fix=error.hint)]
    return list(adapter.check_options(settings.options, settings.option_places))


def _open_media(planned: ClientPlan) -> list[MediaUse]:
    """Return the images to be read of posts that have something left to send."""
    left = {delivery.key.post for delivery in planned.left()}
    return [use for use in planned.loaded.unread if use.post in left]


def _over(ctx: Context, planned: ClientPlan) -> list[Problem]:
    """Return posts whose last moment is over and that never went out.

    Where a post has a time of its own the plan says so already, with its grace.
    """
    known = {key.post for key in planned.ledger}
    posts = [
        post
        for post in planned.loaded.posts
        if post.id not in known and not isinstance(post.schedule, At)
    ]
    return past_times(posts, ctx.now())
