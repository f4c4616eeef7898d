"""Where a post is written: from a reference to its file, line and text."""

from collections.abc import Iterator
from typing import NamedTuple

from cmctl.app.context import Context
from cmctl.app.posts.targets import split
from cmctl.config.load import load_client
from cmctl.core.errors import UsageError
from cmctl.core.model import Delivery, Place, Post


def find_post(ctx: Context, ref: str) -> Post:
    """Return the post that `ref` means: the number of a delivery, or an id as in `targets`.

    Raises:
        UsageError: no file has it, or two clients' files do.
    """
    delivery = _delivery(ctx, ref)
    found = [post] if delivery and (post := post_of(ctx, delivery)) else list(_by_id(ctx, ref))
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(f"{post.client}/{post.id}" for post in found)
        raise UsageError(f"{len(found)} clients have a post {ref!r}", hint=f"name one: {names}")
    where = (
        f"no file has the post of delivery {ref} any more" if delivery else f"no file has {ref!r}"
    )
    raise UsageError(where, hint="cmctl check tells of posts that cannot be read")


class Found(NamedTuple):
    """Where a post stands."""

    client: str
    id: str
    place: Place


def find_place(ctx: Context, ref: str) -> Found:
    """Return where the post that `ref` means is written, also where it has errors.

    Raises:
        UsageError: as for `find_post`.
    """
    try:
        post = find_post(ctx, ref)
    except UsageError:
        found = list(_with_errors(ctx, ref))
        if len(found) != 1:
            raise
        return found[0]
    return Found(post.client, post.id, post.place)


def channel_of(ctx: Context, ref: str) -> str:
    """Return the channel, without its client, of the delivery whose number `ref` is; else none."""
    delivery = _delivery(ctx, ref)
    return delivery.key.channel.partition("/")[2] if delivery else ""


def post_of(ctx: Context, delivery: Delivery) -> Post | None:
    """Return the post of a delivery as its file has it now; None where it is gone or has errors."""
    return _post(ctx, delivery.client, delivery.key.post)


def _delivery(ctx: Context, ref: str) -> Delivery | None:
    number = ref.removeprefix("#")
    return ctx.store.delivery(int(number)) if number.isascii() and number.isdecimal() else None


def _with_errors(ctx: Context, ref: str) -> Iterator[Found]:
    delivery = _delivery(ctx, ref)
    meant = [(delivery.client, delivery.key.post)] if delivery else split(ctx.settings, ref)
    for client, post in meant:
        for one in [client] if client else ctx.settings.clients:
            problems = load_client(ctx.settings, one, write_cache=False).problems
            places = [problem.place for problem in problems if problem.post == post]
            if places and places[0]:
                yield Found(one, post, places[0])


def _by_id(ctx: Context, ref: str) -> Iterator[Post]:
    for client, post in split(ctx.settings, ref):
        found = [_post(ctx, one, post) for one in ([client] if client else ctx.settings.clients)]
        known = [post for post in found if post is not None]
        yield from known
        if known:
            return


def _post(ctx: Context, client: str, identity: str) -> Post | None:
    if client not in ctx.settings.clients:
        return None
    posts = load_client(ctx.settings, client, write_cache=False).posts
    return next((post for post in posts if post.id == identity), None)
