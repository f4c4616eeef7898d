"""The contract of every HTTP adapter, kept by Bluesky's against a real PDS."""

from datetime import UTC, datetime

import pytest

from cmctl.channels.base import Rejected
from cmctl.channels.networks.bluesky import BlueskyChannel
from cmctl.core.model import Content
from docs.requests_made import CountedOnThePage
from servers.pds import Account, Pds

CANARY = "canary-of-the-bluesky-contract"


@pytest.fixture(scope="module")
def reused(pds: Pds) -> Account:
    return pds.create_account("contract", CANARY)


@pytest.fixture(scope="module")
def follower(pds: Pds) -> Account:
    return pds.create_account("follower")


class TestBluesky(CountedOnThePage):
    kind = "bluesky"
    options = {  # noqa: RUF012 - read only
        "handle": "atlas.bsky.social",
        "password": "env:ATLAS_BLUESKY",
        "url": "https://bsky.social",
    }
    canary = CANARY

    @pytest.fixture(autouse=True)
    def _empty_account(self, pds: Pds, reused: Account, follower: Account) -> None:
        self.pds, self.account, self.follower = pds, reused, follower
        pds.wipe(reused)
        pds.wipe(follower)

    def server(self) -> str:
        return self.pds.url

    def classify(self, method: str, path: str) -> str:
        name = path.partition("?")[0].rpartition(".")[2]
        calls = {"putRecord": "post", "uploadBlob": "upload", "deleteRecord": "delete"}
        return "read" if method == "GET" else calls.get(name, "")

    def open_channel(self, url: str) -> BlueskyChannel:
        account = self.account
        return BlueskyChannel(handle=account.handle, password=account.password, url=url)

    def post_by_hand(self, text: str) -> str:
        now = datetime.now(UTC).isoformat()
        (rkey,) = self.pds.write(self.account, {"text": text, "createdAt": now})
        return rkey

    def comment_by_hand(self, post: str, text: str) -> str:
        (named,) = (r for r in self.pds.records(self.account) if r["uri"].endswith(post))
        above = {"uri": named["uri"], "cid": named["cid"]}
        said = {"text": text, "createdAt": datetime.now(UTC).isoformat()}
        (rkey,) = self.pds.write(self.follower, {**said, "reply": {"root": above, "parent": above}})
        return f"at://{self.follower.did}/app.bsky.feed.post/{rkey}"

    def test_an_answer_to_what_is_gone_says_so(self, channel: BlueskyChannel) -> None:
        gone = f"at://{self.follower.did}/app.bsky.feed.post/3kabcdefghij2"
        for answered in (gone, "3kabcdefghij2"):
            with pytest.raises(Rejected, match="was it deleted"):
                channel.publish(self.outgoing(Content(text="Merci", reply_to=answered)))
        assert self.remote_texts() == []

    def is_hidden(self, comment: str) -> bool:
        gates = self.pds.listed(self.account, "app.bsky.feed.threadgate")
        return any(comment in gate["value"].get("hiddenReplies", ()) for gate in gates)

    def remote_texts(self) -> list[str]:
        return [item["value"]["text"] for item in self.pds.records(self.account)]

    def remote_alts(self) -> list[str]:
        embeds = [item["value"].get("embed", {}) for item in self.pds.records(self.account)]
        return [image["alt"] for embed in embeds for image in embed.get("images", [])]
