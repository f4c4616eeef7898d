"""The contract of every HTTP adapter, kept by LinkedIn's two against their stand-in."""

from collections.abc import Iterator

import pytest

from cmctl.channels.base import Channel
from cmctl.channels.networks.linkedin import LinkedInChannel
from cmctl.channels.networks.linkedin_member import LinkedInMemberChannel
from cmctl.testing.channel_contract import HttpChannelContract
from cmctl.testing.standins.linkedin import LinkedIn


class OnLinkedIn(HttpChannelContract):
    canary = LinkedIn.token
    refuses_doubles = True

    @pytest.fixture(autouse=True)
    def _account_of_its_own(self) -> Iterator[None]:
        with LinkedIn() as self.linkedin:
            yield

    def server(self) -> str:
        return self.linkedin.url

    def classify(self, method: str, path: str) -> str:
        if path.startswith("/v2/"):
            return ""
        return "upload" if "/images?" in path else super().classify(method, path)

    def post_by_hand(self, text: str) -> str:
        return self.linkedin.post_by_hand(text)

    def remote_texts(self) -> list[str]:
        return self.linkedin.texts()

    def comment_by_hand(self, post: str, text: str) -> str:
        return self.linkedin.comment_by_hand(post, text)

    def remote_alts(self) -> list[str]:
        return self.linkedin.alts()


class TestLinkedIn(OnLinkedIn):
    kind = "linkedin"
    options = {"token": "env:ATLAS_LINKEDIN", "organization": LinkedIn.organization}  # noqa: RUF012

    def open_channel(self, url: str) -> Channel:
        return LinkedInChannel(
            token=self.linkedin.token, organization=LinkedIn.organization, url=url
        )


class TestLinkedInMember(OnLinkedIn):
    kind = "linkedin_member"
    options = {"token": "env:ATLAS_LINKEDIN_MEMBER"}  # noqa: RUF012

    def open_channel(self, url: str) -> Channel:
        return LinkedInMemberChannel(token=self.linkedin.token, url=url)
