"""The contract of every HTTP adapter, kept by Mastodon's against mastodon_mock."""

import pytest

from cmctl.channels.networks.mastodon import MastodonChannel
from docs.requests_made import CountedOnThePage
from servers.mastodon import MastodonMock


class TestMastodon(CountedOnThePage):
    kind = "mastodon"
    options = {"url": "https://mastodon.example", "token": "env:ATLAS_MASTODON"}  # noqa: RUF012 - read only

    @pytest.fixture(autouse=True)
    def _new_account(self, mastodon_server: MastodonMock) -> None:
        self.mock, self.account = mastodon_server, mastodon_server.account()
        self.canary = self.account.token

    def server(self) -> str:
        return self.mock.url

    def classify(self, method: str, path: str) -> str:
        if path.startswith("/api/v2/media"):
            return "upload"
        return super().classify(method, path)

    def open_channel(self, url: str) -> MastodonChannel:
        return MastodonChannel(url=url, token=self.account.token)

    def post_by_hand(self, text: str) -> str:
        return str(self.mock.post(self.account, text)["id"])

    def comment_by_hand(self, post: str, text: str) -> str:
        follower = self.mock.account()
        said = f"@{self.account.name} {text}"
        return str(self.mock.post(follower, said, in_reply_to_id=post)["id"])

    def remote_texts(self) -> list[str]:
        made = reversed(self.mock.statuses(self.account))
        return [self.mock.text(self.account, item["id"]) for item in made]

    def remote_alts(self) -> list[str]:
        made = self.mock.statuses(self.account)
        return [media["description"] for item in made for media in item["media_attachments"]]
