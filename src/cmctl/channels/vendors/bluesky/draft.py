"""Posts of Bluesky before they are written: their keys, their records, what they answer."""

import json
from typing import NamedTuple

from cmctl.channels.base import Attachment, MediaRules, Outgoing
from cmctl.channels.body import Body
from cmctl.channels.content import Part, parts, refuse_heavy
from cmctl.channels.vendors.bluesky import record as records
from cmctl.channels.vendors.bluesky.facets import facets
from cmctl.channels.vendors.bluesky.repository import Ref, Repository
from cmctl.channels.vendors.bluesky.session import Session
from cmctl.channels.vendors.bluesky.tid import tid
from cmctl.core.model import Content


class Above(NamedTuple):
    """What a reply stands below."""

    #: The first post of the conversation.
    root: Ref
    #: The post that is answered.
    parent: Ref


class Drafts:
    """What an account is about to write."""

    def __init__(self, session: Session, repository: Repository, media: MediaRules) -> None:
        self._session = session
        self._repository = repository
        self._media = media

    def records(self, outgoing: Outgoing) -> list[tuple[str, dict[str, object], int | None]]:
        """Return key, record and parent of every part; nothing is published by it."""
        content = outgoing.content
        ready: list[tuple[str, dict[str, object], int | None]] = []
        for rkey, part in zip(rkeys(outgoing), parts_of(content), strict=True):
            marks = facets(part.text, self._resolve)
            record = records.post(part.text, outgoing.created_at, outgoing.language, marks)
            ready.append((rkey, record, part.parent))
        if outgoing.attachments:
            shown = [self._blob(item) for item in outgoing.attachments]
            is_film = outgoing.attachments[0].is_film
            ready[0][1]["embed"] = records.video(*shown[0]) if is_film else records.images(shown)
        elif content.link:
            ready[0][1]["embed"] = records.card(content.link)
        return ready

    def above(self, answered: str) -> Above | None:
        """Return what a reply to a post, ours by its key or any by its `at://` address, names.

        Raises:
            Rejected: there is no such post.
        """
        if not answered:
            return None
        found = self._repository.get(self._repository.uri(answered))
        if found is None:
            raise records.gone(answered)
        parent = {"uri": str(found["uri"]), "cid": str(found["cid"])}
        return Above(records.root(found.get("value")) or parent, parent)

    def _blob(self, attachment: Attachment) -> tuple[object, str]:
        return json.loads(attachment.uploaded or self.upload(attachment)), attachment.alt

    def _resolve(self, handle: str) -> str | None:
        """Return the DID of a handle; an unknown or impossible one is an `InvalidRequest`."""
        method = "com.atproto.identity.resolveHandle"
        answer = self._session.look_up(method, {"handle": handle}, "InvalidRequest")
        return answer.text("did") if answer else None

    def upload(self, attachment: Attachment) -> str:
        """Upload an image and return its reference as JSON: equal bytes, equal reference."""
        refuse_heavy(attachment, self._media, "Bluesky")
        body = Body(attachment.data, attachment.type)
        answer = self._session.call("com.atproto.repo.uploadBlob", body, repeatable=True)
        blob = answer.record().get("blob")
        if not isinstance(blob, dict):
            raise answer.malformed("without `blob`")
        return json.dumps(blob)


def link_in_text(content: Content) -> bool:
    """Tell whether the link goes into the text: a card has no room beside images."""
    return bool(content.media)


def parts_of(content: Content) -> list[Part]:
    """Return what is written of a content, a record each."""
    return parts(content, link=link_in_text(content))


def rkeys(outgoing: Outgoing) -> list[str]:
    """Return the record key of every part, the same in every attempt."""
    count = len(parts_of(outgoing.content))
    return [tid(outgoing.created_at, outgoing.key, index) for index in range(count)]
