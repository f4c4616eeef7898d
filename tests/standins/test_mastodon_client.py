"""An independent check: Mastodon.py sends the same post to the same server.

Every difference stands in `EXPLAINED` with its reason, and no other is allowed.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from mastodon import Mastodon

from cmctl.channels.networks.mastodon import MastodonChannel
from cmctl.core.model import Content
from cmctl.testing.channel_contract.network import outgoing, picture, pictures
from cmctl.testing.sandbox.wire import Ask
from cmctl.testing.standins import Asked
from cmctl.testing.standins.asked import read_form
from servers.local import JsonHandler, Local
from standins.compare import KEY, differences

TEXT = "Notre entrepôt ouvre à Rennes & Brest :\n\n#logistique 🏭"
STATUS = {
    "id": "112",
    "created_at": "2026-11-24T09:15:00.000Z",
    "content": "",
    "url": "https://mastodon.example/@atlas/112",
    "account": {"id": "7", "acct": "atlas"},
    "media_attachments": [],
}
#: By which the client knows what it may ask.
INSTANCE = {"version": "4.2.0", "uri": "mastodon.example"}
MEDIA = {"id": "22", "type": "image", "url": "https://mastodon.example/22.png"}


class Recorder(Local):
    """Says yes to everything, and keeps what it was asked."""

    def __init__(self) -> None:
        self.calls: list[Asked] = []
        self.listen(self._handler())

    def body(self, asked: Asked) -> Mapping[str, Any]:
        return {**asked.values, **dict.fromkeys(asked.files, "")}

    def _handler(self) -> type[JsonHandler]:
        recorder = self

        class Handler(JsonHandler):
            def _answer(self) -> None:
                data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                ask = Ask(
                    method=self.command,
                    target=self.path,
                    path=(),
                    query={},
                    headers=headers,
                    body=data,
                )
                values, files = read_form(ask)
                operation = f"{self.command} {self.path}"
                recorder.calls.append(
                    Asked(
                        operation=operation,
                        path={},
                        headers=headers,
                        type=ask.type,
                        values=values,
                        files=files,
                        body=data,
                    )
                )
                told = {"media": MEDIA, "statuses": STATUS, "instance": INSTANCE}
                self.say(200, told.get(self.path.rstrip("/").rpartition("/")[2], {}))

            do_GET = do_POST = _answer  # noqa: N815 - the names http.server calls

        return Handler


FORM = "we write JSON, they a form; Mastodon reads both alike"
EXPLAINED = {
    "type": FORM,
    "sensitive": "false is what it is without it; the account's own setting may say otherwise",
}
LIST = {"media_ids": FORM, "media_ids[]": "how a form names a list, for which we have JSON"}


@pytest.fixture
def server() -> Iterator[Recorder]:
    with Recorder() as server:
        yield server


def ours(server: Recorder, content: Content, images: int = 0) -> list[Asked]:
    channel = MastodonChannel(url=server.url, token="t")
    channel.publish(outgoing(content, key=KEY, images=images))
    channel.close()
    return server.calls[:]


def theirs(server: Recorder) -> Mastodon:
    return Mastodon(access_token="t", api_base_url=server.url)


def test_a_post(server: Recorder) -> None:
    (call,) = ours(server, Content(text=TEXT))
    theirs(server).status_post(TEXT, language="fr", idempotency_key=KEY)
    assert differences(server, call, server.calls[-1]).keys() == EXPLAINED.keys()
    for name in ("authorization", "idempotency-key"):
        assert call.headers[name] == server.calls[-1].headers[name]


def test_a_post_with_images(server: Recorder) -> None:
    first, second, call = ours(server, Content(text=TEXT, media=pictures(2)), 2)
    image, api = picture(0), theirs(server)
    told = {"description": image.alt, "file_name": image.name}
    api.media_post(image.data, image.type, **told)
    assert differences(server, first, server.calls[-1]) == {}
    assert second.values["description"] == picture(1).alt
    api.status_post(TEXT, media_ids=["22", "22"], language="fr", idempotency_key=KEY)
    found = differences(server, call, server.calls[-1])
    assert found.keys() == (EXPLAINED | LIST).keys()
