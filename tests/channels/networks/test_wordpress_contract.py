"""WordPress against a real one: the contract of every HTTP adapter, and what is its own."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import escape, unescape
from pathlib import Path

import httpx
import pytest

from cmctl.channels.base import Rejected, Unavailable
from cmctl.channels.hosting.wordpress import WordPressHost
from cmctl.channels.networks.wordpress import WordPressChannel
from cmctl.core.model import Content, Severity, State
from cmctl.testing import FaultProxy
from cmctl.testing.channel_contract.network import outgoing, picture
from cmctl.testing.sandbox import Fault, FaultKind
from docs.requests_made import CountedOnThePage
from servers.newsroom import Newsroom
from servers.wordpress import WordPress, as_read


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WordPress]:
    server = WordPress(tmp_path_factory.mktemp("wordpress"))
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def site(server: WordPress) -> WordPress:
    """The site, with nothing on it."""
    server.wipe()
    return server


class TestWordPress(CountedOnThePage):
    kind = "wordpress"
    options = {  # noqa: RUF012 - read only
        "url": "https://atlas.example",
        "user": "cm",
        "password": "env:ATLAS_WORDPRESS",
        "status": "publish",
        "categories": "Actualités",
    }

    @pytest.fixture(autouse=True)
    def _empty_site(self, site: WordPress) -> None:
        self.site = site
        self.canary = site.password

    def server(self) -> str:
        return self.site.url

    def classify(self, method: str, path: str) -> str:
        if method != "POST":
            return super().classify(method, path)
        if "/media" in path:
            return "upload"
        # A draft is unseen; what publishes it names it.
        return "post" if re.search(r"/posts/\d+", path) else ""

    def open_channel(self, url: str) -> WordPressChannel:
        return WordPressChannel(url=url, user="cm", password=self.site.password)

    def post_by_hand(self, text: str) -> str:
        return str(self.site.post(text)["id"])

    def comment_by_hand(self, post: str, text: str) -> str:
        said = {"post": int(post), "content": escape(text), "author_name": "Mme R."}
        more = {"author_email": "r@example.com", "status": "approved"}
        return f"comment-{self.site.call('POST', 'comments', said | more)['id']}"

    def is_hidden(self, comment: str) -> bool:
        found = self.site.call("GET", f"comments/{comment.removeprefix('comment-')}?context=edit")
        return found["status"] != "approved"

    def remote_texts(self) -> list[str]:
        return [as_read(item) for item in self.site.posts()]

    def remote_alts(self) -> list[str]:
        content = "".join(item["content"]["raw"] for item in self.site.posts())
        return [unescape(alt) for alt in re.findall(r'<img [^>]*alt="([^"]*)"', content)]


@pytest.fixture
def channel(site: WordPress) -> Iterator[WordPressChannel]:
    channel = opened(site)
    yield channel
    channel.close()


def opened(site: WordPress, url: str = "", **more: str) -> WordPressChannel:
    return WordPressChannel(url=url or site.url, user="cm", password=site.password, **more)


def test_the_first_line_is_the_title(site: WordPress, channel: WordPressChannel) -> None:
    channel.publish(outgoing("Un entrepôt & <deux> quais\n\nDès lundi,\nà Rennes.\n\nVenez !"))
    (post,) = site.posts()
    assert post["title"]["raw"] == "Un entrepôt &amp; &lt;deux&gt; quais"
    assert "<p>Dès lundi,<br>à Rennes.</p>" in post["content"]["raw"]
    assert post["slug"].startswith("un-entrepot-deux-quais-")


def test_a_text_without_a_title_is_told_and_published(channel: WordPressChannel) -> None:
    (problem,) = channel.problems(Content(text="Un texte sans titre."))
    assert problem.severity is Severity.WARNING
    assert "without a title" in problem.message


def test_what_looks_like_a_shortcode_is_text(site: WordPress, channel: WordPressChannel) -> None:
    channel.publish(outgoing("Titre\n\n[gallery] et https://atlas.example/?a=1&b=2."))
    page = site.posts()[0]["content"]["rendered"]
    assert "[gallery]" in unescape(page)
    assert '<a href="https://atlas.example/?a=1&amp;b=2">' in page


def test_categories_and_tags_are_the_sites_own(site: WordPress) -> None:
    channel = opened(site, categories="actualités & co")
    for text in ("Une\n\nfois", "Deux\n\nfois"):
        channel.publish(outgoing(Content(text=text, hashtags=("Rennes", "Entrepôt"))))
    channel.close()
    first, second = site.posts()
    names = {item["id"]: item["name"] for item in site.call("GET", "tags")}
    assert sorted(names[tag] for tag in first["tags"]) == ["Entrepôt", "Rennes"]
    assert first["tags"] == second["tags"]
    assert first["categories"] == second["categories"] != [1]
    assert "#" not in as_read(first)


def test_a_category_that_is_missing_is_told_before_anything_stands(site: WordPress) -> None:
    channel = opened(site, categories="Actualités & co, Conseils")
    for call in (channel.probe, lambda: channel.publish(outgoing("Rien"))):
        with pytest.raises(Rejected, match="no category 'Conseils'"):
            call()
    assert site.posts() == []
    channel.close()


@pytest.mark.parametrize("status", ["pending", "private", "draft"])
def test_a_post_becomes_what_the_options_say_once(site: WordPress, status: str) -> None:
    channel = opened(site, status=status)
    out = outgoing("Titre\n\nÀ relire")
    assert channel.find(out) is None
    receipt = channel.publish(out)
    assert channel.publish(out) == receipt
    found = channel.find(out)
    assert found is not None
    assert found.remote_id == receipt.remote_id
    channel.close()
    assert [as_read(post) for post in site.posts(status)] == ["Titre\n\nÀ relire"]


def test_a_draft_that_an_attempt_left_is_filled_with_what_is_sent(site: WordPress) -> None:
    with FaultProxy(site.url, TestWordPress().classify) as proxy:
        channel = opened(site, proxy.url)
        proxy.fault(Fault(kind=FaultKind.THROTTLE))
        with pytest.raises(Unavailable):
            channel.publish(outgoing("Titre\n\nAvant la correction", key="a" * 32))
        channel.publish(outgoing("Titre\n\nAprès la correction", key="a" * 32))
        channel.close()
    assert [as_read(post) for post in site.posts()] == ["Titre\n\nAprès la correction"]
    assert site.posts("draft") == []


def test_a_post_in_the_trash_does_not_stand(site: WordPress, channel: WordPressChannel) -> None:
    post = site.post("À la corbeille")
    site.call("DELETE", f"posts/{post['id']}")
    assert not channel.exists(str(post["id"]))
    assert list(channel.timeline(datetime.now(UTC) - timedelta(hours=1))) == []


def test_the_timeline_names_who_wrote_and_reads_several_pages(
    site: WordPress, channel: WordPressChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cmctl.channels.vendors.wordpress.site.PAGE", 2)
    texts = [f"Nouvelle {number}" for number in range(5)]
    for number, text in enumerate(texts):
        site.post(text, date_gmt=f"2026-01-0{number + 1}T08:00:00")
    listed = list(channel.timeline(datetime(2026, 1, 2, 8, tzinfo=UTC)))
    assert [status.text for status in listed] == texts[:0:-1]
    assert {status.author for status in listed} == {"cm"}


def test_comments_are_counted(site: WordPress, channel: WordPressChannel) -> None:
    post = site.post("Des avis ?")
    site.call("POST", "comments", {"post": post["id"], "content": "Oui"})
    assert channel.counts(str(post["id"])).comments == 1


def test_a_reply_to_what_is_not_there_says_so(site: WordPress, channel: WordPressChannel) -> None:
    for answered, why in (("comment-999999", "was it deleted"), ("999-x", "neither a post's")):
        with pytest.raises(Rejected, match=why):
            channel.publish(outgoing(Content(text="Merci", reply_to=answered)))
    assert site.call("GET", "comments") == []


def test_a_comment_that_waits_for_approval_is_told_as_hidden_and_approved(
    site: WordPress, channel: WordPressChannel
) -> None:
    said = {"post": site.post("Des avis ?")["id"], "content": "Oui", "author_name": "Mme R."}
    site.call("POST", "comments", {**said, "author_email": "r@example.com", "status": "hold"})
    (waiting,) = channel.inbox(datetime.now(UTC) - timedelta(minutes=5))
    assert (waiting.hidden, waiting.author, waiting.text) == (True, "Mme R.", "Oui")
    channel.hide(waiting.remote_id, hidden=False)
    assert channel.counts(str(said["post"])).comments == 1


def test_a_wrong_password_says_so(site: WordPress) -> None:
    channel = WordPressChannel(url=site.url, user="cm", password="wrong")
    with pytest.raises(Rejected, match="401"):
        channel.probe()
    channel.close()


def test_a_site_without_its_rest_api_says_what_to_choose(site: WordPress) -> None:
    channel = opened(site, f"{site.url}/not-here")
    with pytest.raises(Rejected, match="Permalinks"):
        channel.probe()
    channel.close()


def test_an_answer_that_is_lost_leaves_one_copy_and_a_ledger_that_says_how(
    site: WordPress, tmp_path: Path
) -> None:
    with FaultProxy(site.url, TestWordPress().classify) as proxy:
        options = {"url": proxy.url, "user": "cm", "password": "env:ATLAS_SECRET"}
        desk = Newsroom(tmp_path, "wordpress", options, secret=site.password)
        desk.write("Ouverture à Rennes\n\nNotre entrepôt ouvre lundi.")
        proxy.fault(Fault(kind=FaultKind.DROP))
        assert desk.turn() == State.UNCERTAIN
        desk.forward(minutes=2)
        assert desk.turn() == State.PUBLISHED

        assert proxy.requests["post"] == 1
    (post,) = site.posts()
    told = desk.story()
    assert "may have been sent: nobody knows" in told
    assert "broke before its answer was whole" in told
    assert "published: found on the network" in told
    assert post["link"] in told


def test_the_media_library_is_a_place_for_images_of_other_networks(site: WordPress) -> None:
    host = WordPressHost(url=site.url, user="cm", password=site.password)
    image = replace(picture(1), name="cmctl-1-0123456789abcdef-1-1.png")
    try:
        host.put(image)
        address = host.put(image)  # in place of the one before
        assert list(host.names()) == [image.name]
        assert httpx.get(address).content == image.data
        host.remove(image.name)
        host.remove(image.name)
        assert list(host.names()) == []
        assert not httpx.get(address).is_success
    finally:
        host.close()


def test_a_site_that_does_not_let_us_in_takes_no_image(site: WordPress) -> None:
    host = WordPressHost(url=site.url, user="cm", password="faux-mot-de-passe")
    with pytest.raises(Rejected) as refused:
        host.put(picture(1))
    assert "faux-mot-de-passe" not in str(refused.value)
    host.close()
