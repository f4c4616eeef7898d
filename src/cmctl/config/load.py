"""Reading a workspace: its settings, and its posts client by client, from the cache or from YAML.

Nothing here imports PyYAML until a file has to be parsed, so that an unchanged workspace is read in
milliseconds. No function raises for what a person wrote: everything wrong is a `Problem`.
"""

import gc
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from cmctl.config.cache import Cache, key_of
from cmctl.config.files import RawFile, read_file
from cmctl.config.media import missing_media
from cmctl.config.post_values import (
    LoadedFile,
    MediaUse,
    file_from_plain,
    problem_from_plain,
    problem_to_plain,
)
from cmctl.config.scan import CONFIG, POSTS, FileStamp, belongs_to, scan
from cmctl.config.setting_values import settings_from_plain
from cmctl.core.model import At, Place, Post, Problem, Severity
from cmctl.core.settings import ClientSettings, Settings

__all__ = [
    "CONFIG",
    "FileStamp",
    "LoadedPosts",
    "LoadedSettings",
    "load_client",
    "load_posts",
    "load_settings",
    "past_times",
    "scan",
    "stray_files",
]


class LoadedSettings(NamedTuple):
    """What `config.yaml` says."""

    #: None where an error is among the problems.
    settings: Settings | None
    problems: tuple[Problem, ...]
    stamp: FileStamp


class LoadedPosts(NamedTuple):
    """What the posts files of one client say."""

    client: str
    posts: tuple[Post, ...]
    problems: tuple[Problem, ...]
    #: Ids of posts that are written down but have an error; they are not among `posts`.
    invalid: frozenset[str]
    #: Files that could not be read to their end: a post that is missing may still be meant.
    unreadable: tuple[str, ...]
    #: The files as they were when read.
    stamps: Mapping[str, FileStamp]
    #: Images with an address or a hash, which only reading them whole can check.
    unread: tuple[MediaUse, ...]


def load_settings(path: Path, *, write_cache: bool = True) -> LoadedSettings:
    """Read the config at `path`; its folder is the workspace.

    An error anywhere in it leaves no settings: half a policy is no policy.
    """
    root = Path(os.path.realpath(path.parent))
    raw = read_file(root, path.name)
    cache = Cache(root, write=write_cache)
    key = key_of("settings", raw.stamp.sha256)
    data = None if raw.problem else cache.get(path.name, key)
    if data is not None:
        with suppress(KeyError, TypeError, ValueError, AttributeError):
            problems = tuple(problem_from_plain(one) for one in data["problems"])
            settings = settings_from_plain(data["settings"], root=root, file=path.name)
            return LoadedSettings(settings, problems, raw.stamp)
    from cmctl.config.settings import read_settings  # noqa: PLC0415 - imports PyYAML

    plain, found = read_settings(raw, path.name)
    if plain is None:
        return LoadedSettings(None, tuple(found), raw.stamp)
    problems_data = [problem_to_plain(one) for one in found]
    cache.put(path.name, key, {"settings": plain, "problems": problems_data})
    settings = settings_from_plain(plain, root=root, file=path.name)
    return LoadedSettings(settings, tuple(found), raw.stamp)


def load_posts(
    settings: Settings,
    *,
    files: Mapping[str, FileStamp] | None = None,
    write_cache: bool = True,
) -> Iterator[LoadedPosts]:
    """Yield the posts of every client in the order of the config, one client in memory at a time.

    `files` is a `scan`, made now where it is left out.
    """
    found = scan(settings.root) if files is None else files
    for client in settings.clients.values():
        yield load_client(settings, client.key, files=found, write_cache=write_cache)


def load_client(
    settings: Settings,
    client: str,
    *,
    files: Mapping[str, FileStamp] | None = None,
    write_cache: bool = True,
) -> LoadedPosts:
    """Read every posts file of one client; a file that cannot be read never stops the others."""
    found = scan(settings.root) if files is None else files
    own = [file for file in found if belongs_to(file, client)]
    reader = _ClientReader(settings, settings.clients[client], write_cache=write_cache)
    with _collector_paused():
        loaded = [reader.file(file) for file in own]
        reader.prune(own)
        return _merged(client, settings.root, loaded, reader.stamps)


class _ClientReader:
    """Reads files of one client, from the cache where neither they nor what they mean changed."""

    def __init__(self, settings: Settings, client: ClientSettings, *, write_cache: bool) -> None:
        self.stamps: dict[str, FileStamp] = {}
        self._root = settings.root
        self._client = client
        self._cache = Cache(settings.root, write=write_cache)
        channels = [f"{name}={channel.network}" for name, channel in client.channels.items()]
        sets = [f"{name}:{','.join(tags)}" for name, tags in client.hashtags.items()]
        self._context = ("posts", client.key, client.zone.key, *channels, *sets)

    def file(self, file: str) -> LoadedFile:
        raw = read_file(self._root, file)
        self.stamps[file] = raw.stamp
        key = key_of(*self._context, file, raw.stamp.sha256)
        data = None if raw.problem else self._cache.get(self._name(file), key)
        if data is not None:
            with suppress(KeyError, TypeError, ValueError, AttributeError):
                return self._values(data, file)
        return self._values(self._parse(raw, file, key), file)

    def _parse(self, raw: RawFile, file: str, key: str) -> dict[str, object]:
        from cmctl.config.posts import read_posts  # noqa: PLC0415 - imports PyYAML

        data = read_posts(raw, file, self._client)
        if not raw.problem:
            self._cache.put(self._name(file), key, data)
        return data

    def _values(self, data: dict[str, object], file: str) -> LoadedFile:
        return file_from_plain(data, file=file, client=self._client.key, zone=self._client.zone)

    def _name(self, file: str) -> str:
        return f"{self._client.key}/{sha256(file.encode(errors='surrogateescape')).hexdigest()}"

    def prune(self, files: Iterable[str]) -> None:
        self._cache.prune(self._client.key, {self._name(file) for file in files})


def _merged(
    client: str, root: Path, files: list[LoadedFile], stamps: Mapping[str, FileStamp]
) -> LoadedPosts:
    """Put a client's files together, leaving out what is only wrong beside another file."""
    missing = missing_media(root, (use for file in files for use in file.media))
    doubles = list(_duplicates(files))
    problems = [problem for file in files for problem in file.problems] + missing + doubles
    invalid = {problem.post for problem in missing + doubles}.union(*(one.invalid for one in files))
    return LoadedPosts(
        client=client,
        posts=tuple([post for one in files for post in one.posts if post.id not in invalid]),
        problems=tuple(sorted(problems, key=lambda problem: problem.place or Place(""))),
        invalid=frozenset(invalid),
        unreadable=tuple(file.file for file in files if not file.whole),
        stamps=stamps,
        unread=tuple([use for file in files for use in file.media if use.media.is_unread]),
    )


def _duplicates(files: list[LoadedFile]) -> Iterator[Problem]:
    """Refuse every post whose id is not its own: which of them was published cannot be known."""
    with_errors = frozenset[str]().union(*(file.invalid for file in files))
    first: dict[str, Post] = {}
    for file in files:
        for post in file.posts:
            known = first.setdefault(post.id, post)
            if known is not post or post.id in with_errors:
                other = f"the post at {known.place}" if known is not post else "a post with errors"
                yield Problem(
                    code="duplicate-id",
                    message=f'the id "{post.id}" is also that of {other}',
                    fix="give one of the two another id; neither goes out until then",
                    place=post.place,
                    post=post.id,
                )


def stray_files(settings: Settings, files: Mapping[str, FileStamp]) -> list[Problem]:
    """Return a problem for each posts folder that belongs to no client, and each stray file."""
    strays: dict[str, str] = {}
    for file in files:
        parts = file.split("/")
        if len(parts) > 2 and parts[0] == POSTS and parts[1] not in settings.clients:
            strays.setdefault(parts[1], file)
        elif len(parts) == 2 and parts[1] not in settings.clients:
            strays[file] = file
    return [_stray(name, file, settings) for name, file in strays.items()]


def _stray(name: str, file: str, settings: Settings) -> Problem:
    from cmctl.config.wrong import did_you_mean  # noqa: PLC0415 - only for mistakes

    if name == file:
        message = f"{file} is in no client's folder; its posts do not go out"
        fix = "move it into posts/<client>/"
    else:
        near = did_you_mean(name, settings.clients)
        message = f"posts/{name}/ is no client in {settings.config}; its posts do not go out{near}"
        fix = f'rename the folder, or add "{name}" under "clients"'
    return Problem(code="stray-file", message=message, fix=fix, place=Place(file))


def past_times(posts: Iterable[Post], now: datetime) -> list[Problem]:
    """Return a warning for each post whose only time, or whose last moment, is over.

    For `check` on posts that the store has not published; a published post is over by right.
    """
    problems = []
    for post in posts:
        over = _over(post, now)
        if over:
            problems.append(
                Problem(
                    code="past-time",
                    message=f'"{over}" is over: the post does not go out any more',
                    fix="write a later time, or delete the post",
                    place=post.place,
                    severity=Severity.WARNING,
                    post=post.id,
                )
            )
    return problems


def _over(post: Post, now: datetime) -> str:
    """Return the key whose time is over, or an empty text."""
    schedule = post.schedule
    if isinstance(schedule, At):
        later = [one.at for one in post.variants.values() if one.at and one.at > now]
        return "at" if schedule.instant < now and not later else ""
    until = getattr(schedule, "until", None)
    if until is not None and until < now:
        return "until"
    return "expires" if post.expires is not None and post.expires < now else ""


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Keep the cycle collector from walking thousands of new values again and again.

    Measured on 10,000 posts: composing takes a quarter of the time. Nothing here makes cycles.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
