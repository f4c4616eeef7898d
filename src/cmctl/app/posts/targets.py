"""What a person means by a reference: a delivery's number, or a post's id."""

from collections.abc import Callable, Iterable, Sequence

from cmctl.core.errors import UsageError
from cmctl.core.model import Delivery
from cmctl.core.settings import Settings
from cmctl.core.show import local
from cmctl.core.state import FINAL
from cmctl.store.base import Query, Store

Wanted = Callable[[Delivery], bool]
#: How many candidates of an ambiguous reference are shown.
_SHOWN = 12


def is_open(delivery: Delivery) -> bool:
    """Tell whether something is still to become of a delivery."""
    return delivery.state not in FINAL


class AmbiguousError(UsageError):
    """A reference that several deliveries answer to where one is meant."""


def targets(
    settings: Settings,
    store: Store,
    ref: str,
    *,
    channel: str = "",
    wanted: Wanted = is_open,
) -> Sequence[Delivery]:
    """Return the deliveries that `ref` means, earliest first, at least one.

    A post's id, `id` or `client/id`, means all its deliveries that are `wanted`, or simply all
    where none is: the caller's own refusal then says why. `channel` keeps those of one account; it
    is written `client/channel`, or without its client.

    Raises:
        UsageError: there is none, or the id is that of two clients' posts.
    """
    found = _by_number(store, ref) or _by_post(settings, store, ref)
    on_channel = [one for one in found if channel in ("", *_names(one.key.channel))]
    if not on_channel:
        raise _unknown(ref, channel, found)
    chosen = [one for one in on_channel if wanted(one)] or on_channel
    if len({one.client for one in chosen}) > 1:
        raise _ambiguous(settings, ref, chosen)
    return chosen


def target(
    settings: Settings,
    store: Store,
    ref: str,
    *,
    channel: str = "",
    wanted: Wanted = is_open,
) -> Delivery:
    """Return the one delivery that `ref` means; see `targets`.

    Raises:
        UsageError: there is none, or more than one.
    """
    found = targets(settings, store, ref, channel=channel, wanted=wanted)
    if len(found) > 1:
        raise _ambiguous(settings, ref, found)
    return found[0]


def split(settings: Settings, ref: str) -> Iterable[tuple[str, str]]:
    """Yield what a post's reference can mean as client and id; an empty client is any."""
    client, _, rest = ref.partition("/")
    if rest and client in settings.clients:
        yield client, rest
    yield "", ref  # an id may have a slash of its own


def _by_number(store: Store, ref: str) -> Sequence[Delivery]:
    number = ref.removeprefix("#")
    delivery = store.delivery(int(number)) if number.isascii() and number.isdecimal() else None
    return [delivery] if delivery else []


def _by_post(settings: Settings, store: Store, ref: str) -> Sequence[Delivery]:
    for client, post in split(settings, ref):
        if found := store.deliveries(Query(client=client, post=post)):
            return found
    return []


def _names(channel: str) -> tuple[str, str]:
    return channel, channel.partition("/")[2]


def _unknown(ref: str, channel: str, found: Sequence[Delivery]) -> UsageError:
    if found:
        names = ", ".join(sorted({one.key.channel for one in found}))
        return UsageError(f"{ref} has no delivery on {channel}", hint=f"it has on {names}")
    message = f"there is no delivery or post {ref!r}"
    return UsageError(message, hint="cmctl queue and cmctl history show numbers and posts")


def _ambiguous(settings: Settings, ref: str, found: Sequence[Delivery]) -> AmbiguousError:
    lines = [_line(settings, one) for one in found[:_SHOWN]]
    if len(found) > _SHOWN:
        lines.append(f"and {len(found) - _SHOWN} more")
    message = f"{ref} means {len(found)} deliveries; name one by its number"
    return AmbiguousError(message, hint="\n       ".join(lines))


def _line(settings: Settings, one: Delivery) -> str:
    client = settings.clients.get(one.client)
    zone = client.zone if client else settings.zone
    why = f", {one.hold.reason}" if one.hold else ""
    when = local(one.due, zone, year=True)
    return f"{one.number}  {when}  {one.key.channel}  {one.key.post}  {one.state}{why}"
