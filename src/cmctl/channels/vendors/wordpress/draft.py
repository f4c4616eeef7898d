"""The place that a delivery keeps on a WordPress site before its post is published.

developer.wordpress.org, "REST API Handbook": posts. WordPress honours no key: a draft under a slug
that only one delivery has is asked for first, and followers see nothing of it.
"""

from collections.abc import Mapping
from typing import Final

from cmctl.channels.base import Outgoing
from cmctl.channels.body import json_body
from cmctl.channels.vendors.wordpress import post as posts
from cmctl.channels.vendors.wordpress.site import API, Site, read

_STANDING: Final = "publish,future,draft,pending,private"


class Drafts:
    """The drafts of one site; `status` is what becomes of a post."""

    def __init__(self, site: Site, status: str) -> None:
        self._site = site
        self._status = status

    def of(self, outgoing: Outgoing) -> dict[str, object]:
        """Return what has this delivery's slug; where nothing has, make the draft.

        One draft too many does no harm.
        """
        found = self.standing(outgoing)
        if found is not None:
            return found
        path = f"{API}/posts?context=edit"
        answer = self._site.unseen(path, json_body(posts.placeholder(outgoing)))
        draft = answer.record()
        read(answer, posts.remote_id, draft)
        read(answer, posts.is_placeholder, draft)
        return draft

    def standing(self, outgoing: Outgoing) -> dict[str, object] | None:
        """Return the oldest post that has this delivery's slug, published or not."""
        query = {"slug": posts.slug(outgoing), "status": _STANDING, "context": "edit"}
        answer = self._site.http.get(f"{API}/posts", query | {"orderby": "id", "order": "asc"})
        found = answer.items()
        for item in found:
            read(answer, posts.remote_id, item)
            read(answer, posts.is_placeholder, item)
        return found[0] if found else None

    def is_done(self, post: Mapping[str, object]) -> bool:
        """Tell whether a post is filled and has become what it should."""
        return post.get("status") == self._status and not posts.is_placeholder(post)
