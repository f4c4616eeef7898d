"""The contract of every HTTP adapter, kept by Google Business's against its stand-in."""

from collections.abc import Iterator

import pytest

from cmctl.channels.base import Channel
from cmctl.channels.networks.google_business import GoogleBusinessChannel
from cmctl.core.model import Media
from cmctl.testing.channel_contract import HttpChannelContract
from cmctl.testing.standins.google_business import GoogleBusiness


class TestGoogleBusiness(HttpChannelContract):
    kind = "google_business"
    options = {  # noqa: RUF012 - read only
        "token": "env:ATLAS_GOOGLE",
        "account": GoogleBusiness.account,
        "location": GoogleBusiness.location,
    }
    canary = GoogleBusiness.token

    @pytest.fixture(autouse=True)
    def _location_of_its_own(self) -> Iterator[None]:
        with GoogleBusiness() as self.google:
            yield

    def server(self) -> str:
        return self.google.url

    def open_channel(self, url: str) -> Channel:
        return GoogleBusinessChannel(
            token=self.google.token,
            account=GoogleBusiness.account,
            location=GoogleBusiness.location,
            url=url,
        )

    def pictures(self, count: int) -> tuple[Media, ...]:
        return tuple(Media(file=f"https://atlas.example/{n}.jpg") for n in range(count))

    def post_by_hand(self, text: str) -> str:
        return self.google.post_by_hand(text)

    def remote_texts(self) -> list[str]:
        return self.google.texts()

    def remote_alts(self) -> list[str]:
        return self.google.alts()
