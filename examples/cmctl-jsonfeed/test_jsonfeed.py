import json
from datetime import UTC, datetime

import pytest
from cmctl.channels.base import Unavailable
from cmctl.testing import ChannelContract
from cmctl_jsonfeed import JsonFeedChannel


class TestJsonFeed(ChannelContract):
    kind = "jsonfeed"
    options = {"path": "site/feed.json", "page": "https://atlas.example/news"}

    @pytest.fixture(autouse=True)
    def _an_empty_account(self, tmp_path):
        self.path = tmp_path / "feed.json"

    def open_channel(self, url):
        return JsonFeedChannel.open({"path": str(self.path)})

    def post_by_hand(self, text):
        feed = json.loads(self.path.read_text()) if self.path.exists() else {"items": []}
        item = {"id": f"by-hand-{len(feed['items'])}", "content_text": text}
        item["date_published"] = datetime.now(UTC).isoformat()
        feed["items"].append(item)
        self.path.write_text(json.dumps(feed))
        return item["id"]

    def remote_texts(self):
        if not self.path.exists():
            return []
        return [item["content_text"] for item in json.loads(self.path.read_text())["items"]]

    def remote_alts(self):
        return []  # a feed of texts


def test_a_feed_that_cannot_be_read_is_not_taken_for_an_empty_one(tmp_path):
    (tmp_path / "feed.json").write_text('{"items": [')
    channel = JsonFeedChannel.open({"path": str(tmp_path / "feed.json")})
    with pytest.raises(Unavailable):
        channel.timeline(datetime.now(UTC))
