"""The guard's advice on the files alone: posts of one client's queue that tell the same news."""

from collections.abc import Iterator, Sequence
from itertools import islice

from cmctl.app.context import Context
from cmctl.app.guard.meaning import judged
from cmctl.app.posts.planning import ClientPlan
from cmctl.core.model import Decision, Match, Planned, Post, Problem, Seen, Severity
from cmctl.core.show import local
from cmctl.core.state import FINAL
from cmctl.core.text import follower_text

#: The most posts of all clients together that are compared: a few seconds.
MOST = 600


def repeats(ctx: Context, planned: ClientPlan) -> Iterator[Problem]:
    """Yield a warning for each queued post that tells the news of one before it.

    Each post is compared once, by its first delivery, with the posts that share a channel with it;
    where there are very many, those that go out first. `run` and the daemon judge every one.
    """
    most = max(2, MOST // len(ctx.settings.clients))
    posts = {post.id: post for post in planned.loaded.posts}
    queue = list(islice(_first_deliveries(ctx, planned), most))
    texts = [_seen(delivery) for delivery in queue]
    for index, delivery in enumerate(queue):
        post = posts[delivery.key.post]
        channel = ctx.settings.channel(delivery.key.channel)
        policy = channel.guard
        if not policy.enabled or not post.guard:
            continue
        before = [
            text
            for text, other in zip(texts[:index], queue[:index], strict=True)
            if texts[index].at - text.at <= policy.window
            and set(post.channels) & set(posts[other.key.post].channels)
        ]
        verdict = judged(ctx.encoder, texts[index], before, policy, channel.zone)
        if verdict.matches:
            yield _problem(post, posts, verdict.matches[0], planned)


def _first_deliveries(ctx: Context, planned: ClientPlan) -> Iterator[Planned]:
    seen: set[str] = set()
    now = ctx.now()
    for delivery in planned.plan.planned:
        fact = planned.ledger.get(delivery.key)
        is_open = fact is None or fact.state not in FINAL
        if delivery.due >= now and is_open and delivery.key.post not in seen:
            seen.add(delivery.key.post)
            yield delivery


def _seen(delivery: Planned) -> Seen:
    return Seen(
        source="queue",
        ref=delivery.key.post,
        text=follower_text(delivery.content),
        at=delivery.due,
        post=delivery.key.post,
        evergreen=delivery.evergreen,
    )


def _problem(post: Post, posts: dict[str, Post], match: Match, planned: ClientPlan) -> Problem:
    other = posts[match.seen.post]
    tells = "tells" if match.decision is Decision.BLOCK else "may tell"
    when = local(match.seen.at, planned.client.zone)
    return Problem(
        code="same-news",
        message=f"it {tells} the news of {other.id} ({other.place}, {when}): {_why(match.reasons)}",
        fix="delete or rewrite one of them, or write `guard: off` where both are meant",
        place=post.place,
        severity=Severity.WARNING,
        post=post.id,
    )


def _why(reasons: Sequence[str]) -> str:
    return "; ".join(reasons) or "the same words"
