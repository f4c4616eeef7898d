"""Certificates are always verified: real handshakes with a server of this machine."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from channels.answers import Answers, answer
from channels.certificates import authority, serving
from cmctl.channels import wire
from cmctl.channels.base import Unavailable
from cmctl.channels.http import Http
from cmctl.channels.registry import kinds, load
from cmctl.config.setting_fields import CONFIG

TOKEN = {"Authorization": "Bearer canary-0123456789"}
NOW = datetime.now(UTC)
DAY = timedelta(days=1)


def stranger() -> trustme.LeafCert:
    return trustme.CA().issue_cert("127.0.0.1")


def expired() -> trustme.LeafCert:
    return authority().issue_cert("127.0.0.1", not_before=NOW - 9 * DAY, not_after=NOW - DAY)


def not_yet() -> trustme.LeafCert:
    return authority().issue_cert("127.0.0.1", not_before=NOW + DAY, not_after=NOW + 9 * DAY)


def other_host() -> trustme.LeafCert:
    return authority().issue_cert("elsewhere.example", "127.0.0.2")


def only_a_common_name() -> trustme.LeafCert:
    return authority().issue_cert("elsewhere.example", common_name="127.0.0.1")


def test_a_certificate_of_an_authority_that_is_trusted_is_accepted() -> None:
    certificate = authority().issue_cert("127.0.0.1")
    with Answers(answer("200 OK", b'{"id":"1"}'), tls=serving(certificate)) as server:
        http = Http(server.url, TOKEN)
        assert http.get("/").text("id") == "1"
        http.close()


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (stranger, "self-signed|unable to get local issuer"),
        (expired, "expired"),
        (not_yet, "not yet valid"),
        (other_host, "mismatch"),
        (only_a_common_name, "mismatch"),
    ],
)
def test_a_certificate_that_does_not_prove_the_host_is_refused_and_told_nothing(
    make, why: str
) -> None:
    with Answers(answer("200 OK"), tls=serving(make())) as server:
        http = Http(server.url, TOKEN)
        with pytest.raises(Unavailable, match=rf"certificate is not accepted \(.*({why})"):
            http.post("/")
        http.close()
        assert server.requests == []


def test_an_old_protocol_is_refused() -> None:
    tls = serving(authority().issue_cert("127.0.0.1"))
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        tls.minimum_version = ssl.TLSVersion.TLSv1
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        tls.maximum_version = ssl.TLSVersion.TLSv1_1
    with Answers(answer("200 OK"), tls=tls) as server:
        http = Http(server.url, TOKEN)
        with pytest.raises(Unavailable, match="no safe connection"):
            http.post("/")
        http.close()
        assert server.requests == []


def test_no_variable_turns_verification_off(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PYTHONHTTPSVERIFY", "NODE_TLS_REJECT_UNAUTHORIZED", "GIT_SSL_NO_VERIFY"):
        monkeypatch.setenv(name, "0")
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    context = wire.tls.__wrapped__()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


WORDS = ("verify", "insecure", "tls", "ssl", "cert", "unsafe", "trust")


def test_no_setting_turns_verification_off() -> None:
    options = {option.name for name in kinds() for option in load(name).options}
    said = str(CONFIG.schema()).lower()
    assert options
    for word in WORDS:
        assert not [name for name in options if word in name.lower()]
        assert word not in said


def test_nothing_in_the_source_turns_verification_off() -> None:
    source = Path(wire.__file__).parents[1]
    for path in source.rglob("*.py"):
        text = path.read_text()
        for word in ("CERT_NONE", "check_hostname = False", "_create_unverified", "verify=False"):
            assert word not in text, path


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_token_follows_a_redirect(status: int) -> None:
    with Answers(answer("200 OK")) as elsewhere:
        moved = answer(f"{status} Moved", b"", f"Location: {elsewhere.url}/")
        for method in ("get", "post"):
            with Answers(moved) as server:
                http = Http(server.url, TOKEN)
                with pytest.raises(Exception, match=str(status)):
                    getattr(http, method)("/")
                http.close()
        assert elsewhere.requests == []
