"""How Threads and Instagram publish: a container that nobody sees, then one request that shows it.

developers.facebook.com, "Threads API: Posts", "Instagram Platform: Content Publishing". Meta
fetches images itself, so that each must stand at a public address; a container lives for 24 hours.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final
from urllib.parse import quote

from cmctl.channels.base import ChannelError, Outgoing, Rejected, Unavailable
from cmctl.channels.content import Part
from cmctl.channels.decoding import whole
from cmctl.channels.evidence import altered
from cmctl.channels.fetched import address
from cmctl.channels.spoken import redacted
from cmctl.channels.vendors.meta.graph import Graph, inner, objects
from cmctl.core.model import Receipt

#: How often, once a second, a container that is being processed is asked for.
_POLLS: Final = 30
#: The same of a film, which Meta makes anew in several sizes.
FILM_POLLS: Final = 240
#: Endings of films, and the most bytes: more is never read (app/media/reading.py).
FILMS: Final = ("mp4", "mov")
FILM_BYTES: Final = 100_000_000


class Containers:
    """The containers of one account.

    `account` is its path, `edge` where containers are made, and `state` the field in which one
    tells how far it is.
    """

    def __init__(
        self,
        graph: Graph,
        account: str,
        *,
        edge: str,
        state: str,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._graph = graph
        self._account = account
        self._edge = edge
        self._state = state
        self._sleep = sleep

    def made(self, fields: Mapping[str, str]) -> str:
        """Make a container and wait until Meta has read all that it names; return its id.

        Raises:
            Rejected: Meta cannot make a post of it.
            Unavailable: not now; nothing is published either way.
        """
        path = f"{self._account}/{self._edge}"
        number = self._graph.form(path, fields, unseen=True).text("id")
        polls = FILM_POLLS if "video_url" in fields else _POLLS
        for _ in range(polls):
            if self._is_ready(number):
                return number
            self._sleep(1)
        message = f"{self._graph.host} is still reading what it is to show after {polls} s"
        raise Unavailable(message)

    def media(
        self, outgoing: Outgoing, kind: Mapping[str, str], film: Mapping[str, str]
    ) -> dict[str, str]:
        """Return what makes a post an image, a carousel or a film.

        `kind` is what each image says of itself, `film` what a film does.
        """
        count = len(outgoing.content.media)
        if count and outgoing.content.media[0].name.lower().endswith(FILMS):
            return {**film, "video_url": address(outgoing, 0)}
        if count == 1:
            return {**kind, **picture(outgoing, 0)}
        item = {**kind, "is_carousel_item": "true"}
        children = [self.made(item | picture(outgoing, index)) for index in range(count)]
        return {"media_type": "CAROUSEL", "children": ",".join(children)}

    def publish(self, container: str) -> str:
        """Show a container to followers, once; return the post's id."""
        path = f"{self._account}/{self._edge}_publish"
        return self._graph.form(path, {"creation_id": container}).text("id")

    def receipt(
        self,
        made: Sequence[str],
        wanted: Sequence[Part],
        fields: str,
        text: Callable[[Mapping[str, Any]], str],
    ) -> Receipt:
        """Return the receipt of what was published, after one look at it.

        The look tells where a person sees it, and in `fields`, which `text` reads, what its first
        part says. Where Meta does not tell now, it is published all the same.
        """
        url = changed = ""
        with suppress(ChannelError):
            query = {"fields": f"permalink,{fields}"}
            told = self._graph.get(f"/{quote(made[0], safe='')}", query).record()
            url = str(told.get("permalink") or "")
            changed = altered(wanted[:1], [text(told)])
        return Receipt(remote_id=made[0], url=url, parts=tuple(made), altered=changed)

    def quota(self, edge: str) -> str:
        """Return in words how much of what may be published in a day is published."""
        path, fields = f"{self._account}/{edge}", {"fields": "quota_usage,config"}
        told = next(iter(objects(self._graph.get(path, fields).record())), {})
        config = inner(told, "config")
        hours = whole(config.get("quota_duration")) // 3600 or 24
        used, most = whole(told.get("quota_usage")), whole(config.get("quota_total"))
        return f"{used} of {most} posts in {hours} h"

    def _is_ready(self, number: str) -> bool:
        """Ask how far a container is."""
        fields = f"id,{self._state},{_WHY[self._state]}"
        answer = self._graph.get(f"/{quote(number, safe='')}", {"fields": fields})
        told = answer.record()
        state = str(told.get(self._state))
        if state in {"ERROR", "EXPIRED"}:
            why = redacted(str(told.get(_WHY[self._state]) or state), secrets=answer.secrets)
            message = f"{answer.host} cannot make a post of it ({why})"
            raise Rejected(f"{message}: are its images whole, and their addresses public?")
        if state not in {"FINISHED", "IN_PROGRESS"}:
            raise answer.malformed(f"with a container that is `{state}`")
        return state == "FINISHED"


#: Where each API says why a container failed.
_WHY: Final = {"status": "error_message", "status_code": "status"}


def picture(outgoing: Outgoing, index: int) -> dict[str, str]:
    """Return the fields of one image."""
    alt = outgoing.content.media[index].alt
    return {"image_url": address(outgoing, index)} | ({"alt_text": alt} if alt else {})
