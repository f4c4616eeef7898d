"""The contract of every HTTP adapter, kept by Threads' against its stand-in."""

from collections.abc import Iterator

import pytest

from cmctl.channels.networks.threads import ThreadsChannel
from cmctl.core.model import Media
from cmctl.testing.channel_contract import HttpChannelContract
from cmctl.testing.channel_contract.network import picture
from cmctl.testing.standins.threads import Threads


class TestThreads(HttpChannelContract):
    kind = "threads"
    options = {"token": "env:ATLAS_THREADS"}  # noqa: RUF012 - read only
    canary = Threads.token

    @pytest.fixture(autouse=True)
    def _account_of_its_own(self) -> Iterator[None]:
        with Threads() as self.threads:
            yield

    def server(self) -> str:
        return self.threads.url

    def classify(self, method: str, path: str) -> str:
        return (
            "upload"
            if path.endswith("/me/threads") and method == "POST"
            else super().classify(method, path)
        )

    def open_channel(self, url: str) -> ThreadsChannel:
        return ThreadsChannel(token=self.threads.token, url=url)

    def pictures(self, count: int) -> tuple[Media, ...]:
        return tuple(
            Media(file=f"https://atlas.example/{item.name}", alt=item.alt)
            for item in map(picture, range(count))
        )

    def post_by_hand(self, text: str) -> str:
        return self.threads.post_by_hand(text)

    def comment_by_hand(self, post: str, text: str) -> str:
        return self.threads.comment_by_hand(post, text)

    def is_hidden(self, comment: str) -> bool:
        return self.threads.is_hidden(comment)

    def remote_texts(self) -> list[str]:
        return self.threads.texts()

    def remote_alts(self) -> list[str]:
        return self.threads.alts()
