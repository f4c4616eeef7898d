"""Publish into a JSON Feed (jsonfeed.org, version 1.1) that a website shows."""

import json
import os
from datetime import datetime
from pathlib import Path

from cmctl.channels import options
from cmctl.channels.base import Capabilities, MediaRules, TextRules, Unavailable, Uncertain
from cmctl.channels.content import content_problems
from cmctl.core.model import Receipt, Status
from cmctl.core.text import compose

OPTIONS = (
    options.Option(name="path", what="the feed, relative to the workspace, such as site/feed.json"),
    options.Option(
        name="page", what="the page that shows it", form=options.Form.ADDRESS, required=False
    ),
)


class JsonFeedChannel:
    """One feed; an item's id is the delivery's key."""

    kind = "jsonfeed"
    # Options that hold a path: they are absolute when the channel is opened.
    paths = frozenset({"path"})
    capabilities = Capabilities(
        text=TextRules(limit=0),
        media=MediaRules(count=0),
        # The key is the item's id: it is found by it, and written once however often it is sent.
        recovery=frozenset({"key", "lookup"}),
    )

    def __init__(self, path, page=""):
        self._path = Path(path)
        self._page = page

    @classmethod
    def check_options(cls, given, places):
        return options.check(cls.kind, OPTIONS, given, places)

    @classmethod
    def open(cls, given):
        return cls(str(given["path"]), str(given.get("page", "")))

    def problems(self, content):
        return content_problems(content, "the feed", self.capabilities)

    def publish(self, outgoing):
        receipt = self.find(outgoing)
        if receipt is not None:
            return receipt
        item = {
            "id": outgoing.key,
            "content_text": compose(outgoing.content),
            "date_published": outgoing.created_at.isoformat(),
            "language": outgoing.language,
        }
        self._write([item, *self._items()])
        return self._receipt(item)

    def find(self, outgoing):
        for item in self._items():
            if item["id"] == outgoing.key:
                return self._receipt(item)
        return None

    def timeline(self, since):
        statuses = [_status(item) for item in self._items()]
        statuses.sort(key=lambda status: status.at, reverse=True)
        return [status for status in statuses if status.at >= since]

    def delete(self, remote_id):
        self._write([item for item in self._items() if item["id"] != remote_id])

    def exists(self, remote_id):
        return any(item["id"] == remote_id for item in self._items())

    def close(self):
        pass

    def _items(self):
        # A feed that cannot be read is `Unavailable` and never looks like an empty one.
        try:
            return json.loads(self._path.read_bytes())["items"]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, LookupError, TypeError) as problem:
            raise Unavailable(f"{self._path} cannot be read as a feed") from problem

    def _write(self, items):
        feed = {"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": items}
        new = self._path.with_name(f".{self._path.name}.new")
        try:
            with new.open("w", encoding="utf-8") as file:
                json.dump(feed, file, ensure_ascii=False, indent=2)
                file.flush()
                os.fsync(file.fileno())
        except OSError as problem:  # nobody sees this file: certainly not published
            raise Unavailable(f"{new} cannot be written") from problem
        try:
            new.replace(self._path)
        except OSError as problem:
            raise Uncertain(f"{self._path} may be written") from problem

    def _receipt(self, item):
        at = datetime.fromisoformat(item["date_published"])
        parts = (item["id"],)
        return Receipt(remote_id=item["id"], url=self._page, at=at, parts=parts)


def _status(item):
    try:
        return Status(
            channel="",
            remote_id=str(item["id"]),
            at=datetime.fromisoformat(item["date_published"]),
            text=item.get("content_text", ""),
        )
    except (LookupError, ValueError) as problem:  # a time without its zone is refused too
        raise Unavailable("the feed has an item that cannot be read") from problem
