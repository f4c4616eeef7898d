"""Posts files to plain data: what each post says, checked against its client's channels."""

import posixpath
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from yaml.nodes import MappingNode, Node, SequenceNode

from cmctl.config.events import invitation
from cmctl.config.every import needs_since
from cmctl.config.files import RawFile
from cmctl.config.hashtags import default_set, spelled_out
from cmctl.config.kinds import Items
from cmctl.config.post_fields import POST, parse_id
from cmctl.config.post_values import Plain, instant_to_plain, path_id, problem_to_plain
from cmctl.config.reader import compose, decode, is_nothing, kind_of
from cmctl.config.records import Entries, Fields
from cmctl.config.report import Report
from cmctl.config.slugs import slug
from cmctl.config.times import Wall, explain, instant_of
from cmctl.config.wrong import Wrong, did_you_mean
from cmctl.core.content import media_fields
from cmctl.core.model import Media, Problem
from cmctl.core.settings import ClientSettings


def read_posts(raw: RawFile, file: str, client: ClientSettings) -> Plain:
    """Return what a posts file says as plain data (see `post_values`), with all its problems."""
    text = decode(raw, file)
    root = text if isinstance(text, Problem) else compose(text, file)
    if isinstance(root, Problem):
        return _plain([], [root], invalid=[], whole=False)
    reader = _FileReader(file, client)
    if root is not None and not is_nothing(root):
        reader.read(root)
    return _plain(reader.posts, reader.report.problems, invalid=reader.invalid, whole=reader.whole)


def _plain(
    posts: list[Plain], problems: list[Problem], *, invalid: list[str], whole: bool
) -> Plain:
    return {
        "posts": posts,
        "problems": [problem_to_plain(problem) for problem in problems],
        "invalid": invalid,
        "whole": whole,
    }


class _FileReader:
    """Reads the posts of one file one by one, so that a bad one never stops the others."""

    def __init__(self, file: str, client: ClientSettings) -> None:
        self.report = Report(file)
        self.posts: list[Plain] = []
        self.invalid: list[str] = []
        self.whole = True
        self._client = client

    def read(self, root: Node) -> None:
        if isinstance(root, SequenceNode):
            for node in root.value:
                self._post(node, default="")
        elif isinstance(root, MappingNode):
            self._post(root, default=path_id(self.report.file))
        else:
            message = f"a post or a list of posts is expected here, not {kind_of(root)}"
            self.report.error(root, "wrong-type", message, "write `- id: ...` and `  text: ...`")
            self.whole = False

    def _post(self, node: Node, *, default: str) -> None:
        report = self.report
        start = len(report.problems)
        report.key = ""
        fields = POST.read(node, report)
        if fields is None:
            self.whole = False
            return
        identity = self._id(fields, default)
        post = _PostReader(fields, self._client, report, start).read(identity)
        bad = report.has_errors(start)
        if report.problems[start:]:
            report.name_post(start, identity)
        if not identity:
            self.whole = False
        elif bad:
            self.invalid.append(identity)
        else:
            self.posts.append(post)

    def _id(self, fields: Fields, default: str) -> str:
        if "id" in fields.nodes:
            return str(fields.get("id", ""))
        if not default:
            fix = "type cmctl check --fix, which writes the missing ids"
            self.report.error(fields.node, "missing-id", 'a post in a list has no "id"', fix)
            return ""
        try:
            return str(parse_id(default))
        except Wrong:
            message = f'the file\'s path gives the id "{default}", which an id cannot be'
            self.report.error(fields.node, "missing-id", message, f"add id: {slug(default)}")
            return ""


class _PostReader:
    """Checks what the fields of one post mean together and makes them plain."""

    def __init__(self, fields: Fields, client: ClientSettings, report: Report, start: int) -> None:
        self._fields = fields
        self._start = start  # the number of this post's first problem
        self._client = client
        self._zone: ZoneInfo = client.zone
        self._report = report

    def read(self, identity: str) -> Plain:
        fields = self._fields
        place = self._report.place(fields.node)
        post: Plain = {"id": identity, "place": [place.line, place.column]}
        post["text"] = fields.get("text", "")
        post["channels"] = self._channels()
        for name in ("link", "first_comment", "draft", "guard", "evergreen", "note"):
            if name in fields:
                post[name] = fields[name]
        for name in ("thread", "labels"):
            if name in fields:
                post[name] = fields[name].values()
        if "hashtags" in fields:
            post["hashtags"] = spelled_out(fields["hashtags"], self._client.hashtags, self._report)
        self._schedule(post)
        uses: list[Any] = []
        if "media" in fields:
            post["media"] = self._media(fields["media"], uses)
        if "variants" in fields:
            post["variants"] = self._variants(fields["variants"], post, uses)
        if "hashtags" not in fields and (tags := default_set(post, self._client.hashtags)):
            post["hashtags"] = tags
        if uses:
            post["uses"] = uses
        return post

    # Where it goes.

    def _channels(self) -> list[str]:
        fields, known = self._fields, self._client.channels
        if "channels" not in fields:
            return list(known)
        found: list[str] = []
        for name, node in fields["channels"]:
            if name not in known:
                near = did_you_mean(name, known)
                message = f'{self._client.key} has no channel "{name}"{near}'
                fix = "" if near else f"its channels: {', '.join(known) or 'none yet'}"
                self._report.error(node, "unknown-channel", message, fix)
            elif name in found:
                message = f'the channel "{name}" stands here twice'
                self._report.error(node, "duplicate-channel", message, "keep one of the two")
            else:
                found.append(name)
        node = fields.nodes["channels"]
        if not node.value:
            fix = "name one, or remove the line for all of the client's"
            self._report.error(node, "no-channel", "this post goes to no channel", fix)
        return found

    # When it goes out.

    def _schedule(self, post: Plain) -> None:
        fields = self._fields
        given = [name for name in ("at", "slot", "every") if name in fields.nodes]
        if len(given) > 1:
            message = f'a post has one of "at", "slot" and "every", not {" and ".join(given)}'
            self._report.error(fields.nodes[given[1]], "two-schedules", message, "keep one")
        elif not given and not fields.get("draft"):
            message = 'a post that is not a draft needs "at", "slot" or "every"'
            fix = 'add "at: 2026-11-24 10:15", "slot: next" or "draft: true"'
            self._report.error(fields.node, "no-schedule", message, fix)
        if "slot" in fields:
            post["slot"] = fields["slot"]
        times = {
            name: self._instant(fields[name], fields.nodes[name], end=name != "at")
            for name in ("at", "until", "expires")
            if name in fields
        }
        post.update((name, instant_to_plain(instant)) for name, instant in times.items())
        if "at" in times and "expires" in times and _before(times["expires"], times["at"]):
            message = '"expires" is before "at": it could never go out'
            node = fields.nodes["expires"]
            self._report.error(node, "expires-first", message, "move one of the two")
        self._recurrence(post)

    def _recurrence(self, post: Plain) -> None:
        fields = self._fields
        if "every" not in fields.nodes:
            for name in ("since", "until"):
                if name in fields.nodes:
                    message = f'"{name}" goes with "every", which this post has not'
                    fix = 'write "expires" for the last moment' if name == "until" else "remove it"
                    self._report.error(fields.nodes[name], "needs-every", message, fix)
            return
        if "since" in fields:
            post["since"] = fields["since"].isoformat()
        if "every" not in fields:
            return
        post["every"] = fields["every"]
        if needs_since(post["every"]) and "since" not in fields.nodes:
            message = "a rule with INTERVAL or COUNT counts from a first day"
            fix = 'add "since: 2026-11-24"'
            self._report.error(fields.nodes["every"], "needs-since", message, fix)
        if post.get("until", "~") < post.get("since", ""):
            message = '"until" is before "since": it could never go out'
            node = fields.nodes["until"]
            self._report.error(node, "until-first", message, "move one of the two")

    def _instant(self, wall: Wall, node: Node, *, end: bool = False) -> datetime:
        resolved = instant_of(wall, self._zone, end=end)
        if resolved.note:
            message = explain(resolved.note, wall, resolved)
            fix = "write another time, or one with an offset, if that is not meant"
            self._report.warn(node, f"dst-{resolved.note}", message, fix)
        return resolved.instant

    # What goes with it.

    def _media(self, items: Items, uses: list[Any]) -> list[list[str]]:
        found: list[list[str]] = []
        for media, _ in items:
            if not ("file" in media or "url" in media):
                continue
            where = media.nodes["url" if "url" in media else "file"]
            file = media["url"] if "url" in media else self._inside(media["file"], where)
            if file:
                image = Media(file=file, alt=media.get("alt", ""), sha256=media.get("sha256", ""))
                found.append(media_fields(image))
                place = self._report.place(where)
                uses.append([media_fields(image), place.line, place.column])
        return found

    def _inside(self, path: str, node: Node) -> str:
        folder = posixpath.dirname(self._report.file)
        file = posixpath.normpath(f"{folder}/{path}")
        if not file.startswith("../"):
            return file
        message = f'"{path}" leads out of the workspace'
        self._report.error(node, "outside", message, "copy the file into the workspace")
        return ""

    def _variants(self, entries: Entries, post: Plain, uses: list[Any]) -> Plain:
        known = self._client.channels
        networks = {channel.network for channel in known.values()}
        reached = {known[name].network for name in post["channels"]} | set(post["channels"])
        found: Plain = {}
        for name, (variant, node) in entries.items():
            if name not in known and name not in networks:
                near = did_you_mean(name, [*known, *networks])
                message = f'{self._client.key} has no channel or network "{name}"{near}'
                names = ", ".join(sorted({*known, *networks}))
                self._report.error(node, "unknown-channel", message, f"one of {names}")
            elif name not in reached and not self._report.has_errors(self._start):
                message = f'the post does not go to "{name}", so this variant is not used'
                self._report.warn(node, "unused-variant", message, 'add it to "channels"')
            if variant is not None:
                found[name] = self._variant(variant, uses)
        return found

    def _variant(self, variant: Fields, uses: list[Any]) -> Plain:
        plain: Plain = {}
        if "text" in variant:
            plain["text"] = variant["text"]
        if "media" in variant:
            plain["media"] = self._media(variant["media"], uses)
        if "hashtags" in variant:
            sets = self._client.hashtags
            plain["hashtags"] = spelled_out(variant["hashtags"], sets, self._report)
        if "event" in variant:
            plain["event"] = invitation(variant["event"], self._report)
        if "at" in variant:
            node = variant.nodes["at"]
            plain["at"] = instant_to_plain(self._instant(variant["at"], node))
            if "every" in self._fields.nodes:
                message = 'a variant of a post with "every" cannot have its own "at"'
                self._report.error(node, "two-schedules", message, "write a post of its own")
        return plain


def _before(one: datetime, other: datetime) -> bool:
    """Compare instants; within one zone, aware values compare by their wall time only."""
    return one.timestamp() < other.timestamp()
