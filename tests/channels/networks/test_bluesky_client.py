"""An independent check: the atproto client sends the same posts to the same server.

What both leave there is compared field by field, as the server gives it back. Every difference
stands with its reason, and no other is allowed.
"""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pytest
from atproto import Client, client_utils, models

from cmctl.channels.networks.bluesky import BlueskyChannel
from cmctl.core.model import Content
from cmctl.testing.channel_contract.network import outgoing, pictures
from servers.pds import Account, Pds
from standins.compare import ABSENT, apart

TEXT = "L'entrepôt de Rennes 🏭 ouvre : "
LINK = "https://atlas.example/rennes"
TAG = "logistique"
#: Of every post.
ALWAYS = {"createdAt": "each at its own time"}
#: Of what answers another post.
ANSWERS = {
    f"reply.{which}.{part}": "each answers the post of its own account"
    for which in ("root", "parent")
    for part in ("cid", "uri")
}


class Theirs(NamedTuple):
    """The client, and an account of its own."""

    client: Client
    account: Account

    def post(self, text: object, **more: object) -> object:
        """Publish as the client does; return how others refer to it."""
        did = self.account.did
        made = self.client.send_post(text, profile_identify=did, langs=["fr"], **more)
        return models.create_strong_ref(made)


@pytest.fixture
def theirs(pds: Pds) -> Iterator[Theirs]:
    account = pds.create_account(f"c{uuid.uuid4().hex[:12]}")
    client = Client(base_url=pds.url)
    # The profile is the app view's, which a server of accounts alone has not.
    client.login(account.handle, account.password, fetch_bsky_profile=False)
    yield Theirs(client, account)
    client.request.close()


def fields(value: object, name: str = "") -> dict[str, object]:
    """Return every field of a record by its dotted name."""
    if isinstance(value, Mapping):
        parts = [(f"{name}.{key}", one) for key, one in value.items()]
    elif isinstance(value, list):
        parts = [(f"{name}.{place}", one) for place, one in enumerate(value)]
    else:
        return {name.removeprefix("."): value}
    return {key: one for part, inner in parts for key, one in fields(inner, part).items()}


def differing(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> set[str]:
    """Return the fields in which two records differ.

    The client names the type of an object also where the lexicon has only one for its place, and
    asks for no name; where there are several, both name it.
    """
    found = apart(fields(ours), fields(theirs))
    return {
        name for name, (one, _) in found.items() if not (name.endswith(".$type") and one == ABSENT)
    }


def standing(pds: Pds, account: Account) -> list[Mapping[str, Any]]:
    """Return the posts of an account, the first one first."""
    found = sorted(pds.records(account), key=lambda one: one["uri"])
    return [one["value"] for one in found]


def test_links_and_tags_are_marked_at_the_same_bytes(
    pds: Pds, account: Account, bluesky: BlueskyChannel, theirs: Theirs
) -> None:
    bluesky.publish(outgoing(Content(text=f"{TEXT}{LINK} #{TAG}")))
    theirs.post(
        client_utils.TextBuilder().text(TEXT).link(LINK, LINK).text(" ").tag(f"#{TAG}", TAG)
    )
    (one,), (other,) = standing(pds, account), standing(pds, theirs.account)
    assert len(one["facets"]) == 2
    assert differing(one, other) == ALWAYS.keys()


# The client hands bytes to httpx in a way that httpx calls old.
@pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")
def test_images_stand_alike(
    pds: Pds, account: Account, bluesky: BlueskyChannel, theirs: Theirs
) -> None:
    out = outgoing(Content(text="Deux", media=pictures(2)), images=2)
    bluesky.publish(out)
    data = [image.data for image in out.attachments]
    alts = [image.alt for image in out.attachments]
    theirs.client.send_images("Deux", data, alts, theirs.account.did, langs=["fr"])
    (one,), (other,) = standing(pds, account), standing(pds, theirs.account)
    assert len(one["embed"]["images"]) == 2
    assert differing(one, other) == ALWAYS.keys()


def test_a_card_stands_alike(
    pds: Pds, account: Account, bluesky: BlueskyChannel, theirs: Theirs
) -> None:
    bluesky.publish(outgoing(Content(text="Lire", link=LINK)))
    card = models.AppBskyEmbedExternal.External(uri=LINK, title="atlas.example", description="")
    theirs.post("Lire", embed=models.AppBskyEmbedExternal.Main(external=card))
    (one,), (other,) = standing(pds, account), standing(pds, theirs.account)
    assert differing(one, other) == ALWAYS.keys()


def test_the_parts_of_a_thread_answer_alike(
    pds: Pds, account: Account, bluesky: BlueskyChannel, theirs: Theirs
) -> None:
    bluesky.publish(outgoing(Content(text="Un", thread=("Deux", "Trois"))))
    first = above = theirs.post("Un")
    for text in ("Deux", "Trois"):
        answer = models.AppBskyFeedPost.ReplyRef(root=first, parent=above)
        above = theirs.post(text, reply_to=answer)
    pairs = list(zip(standing(pds, account), standing(pds, theirs.account), strict=True))
    assert [one["text"] for one, _ in pairs] == ["Un", "Deux", "Trois"]
    assert differing(*pairs[0]) == ALWAYS.keys()
    for one, other in pairs[1:]:
        assert differing(one, other) == ALWAYS.keys() | ANSWERS.keys()
