"""Signing in at Mastodon's independent mock: registration, code and token over HTTP."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import httpx

from cmctl.channels import oauth
from cmctl.channels.networks.mastodon import MastodonChannel
from servers.mastodon import Account, MastodonMock

REDIRECT = "http://127.0.0.1:1/"


def test_the_mock_registers_us_and_gives_a_token_that_its_account_answers_to(
    mastodon_server: MastodonMock, customer: Account
) -> None:
    sign_in = MastodonChannel.sign_in({"url": f"{mastodon_server.url}/"})
    client = oauth.register(sign_in, REDIRECT)
    verifier = "v" * 43
    address = urlsplit(oauth.address(sign_in, client, REDIRECT, state="st", verifier=verifier))
    fields = {name: values[0] for name, values in parse_qs(address.query).items()}
    there = f"{mastodon_server.url}{address.path}"
    assert customer.name in httpx.get(f"{there}?{address.query}").text
    sent = httpx.post(there, data={**fields, "username": customer.name}).headers["location"]
    said = {name: values[0] for name, values in parse_qs(urlsplit(sent).query).items()}
    assert said["state"] == "st"
    now = datetime.now(UTC)
    token = oauth.exchange(sign_in, client, REDIRECT, code=said["code"], verifier=verifier, now=now)
    channel = MastodonChannel(url=mastodon_server.url, token=token.access)
    assert customer.name in channel.probe()
    channel.close()
    assert token.access not in repr(token)


def test_the_challenge_is_that_of_rfc_7636_appendix_b() -> None:
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert oauth.challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
