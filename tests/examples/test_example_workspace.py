import re
import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from cmctl.app.check import check
from cmctl.channels.base import Channel
from cmctl.channels.registry import load
from cmctl.config.load import LoadedPosts, LoadedSettings, past_times, scan, stray_files
from cmctl.core.content import content_for
from cmctl.core.model import At, Every, NextSlot, Post
from cmctl.core.plan import plan
from cmctl.core.settings import Settings
from cmctl.core.text import follower_text
from cmctl.wiring.machine import Machine
from cmctl.wiring.workspace import Workspace

from .conftest import ROOT

#: The example must load for years: nothing in it is over before this day.
LAST_DAY = datetime(2029, 12, 31, tzinfo=UTC)
DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
]
WRITTEN_DAY = re.compile(rf"({'|'.join(DAYS)}) (\d+)(?:er)? ({'|'.join(MONTHS)})", re.IGNORECASE)


def posts_of(clients: list[LoadedPosts]) -> list[Post]:
    return [post for client in clients for post in client.posts]


def test_the_example_config_loads_without_a_problem(loaded: LoadedSettings) -> None:
    assert loaded.problems == ()
    assert loaded.settings


def test_the_example_has_three_clients_with_two_to_four_channels(settings: Settings) -> None:
    assert list(settings.clients) == ["atlas", "odile", "tapis"]
    assert all(2 <= len(client.channels) <= 4 for client in settings.clients.values())


def test_every_channel_takes_its_options(settings: Settings) -> None:
    for channel in settings.channels():
        adapter = load(channel.network)
        assert not list(adapter.check_options(channel.options, channel.option_places))


def test_the_first_check_of_the_example_is_clean(tmp_path: Path) -> None:
    for part in ("posts", "config.example.yaml"):
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, tmp_path / part)
    day = datetime(2026, 11, 23, 8, tzinfo=UTC)
    machine = Machine(now=lambda: day, environment={})
    with Workspace(machine, tmp_path / "config.example.yaml", read_only=True) as workspace:
        found = check(workspace.context)
    assert [f"{one.place} {one.message}" for one in found.problems] == []


def test_policies_are_inherited_and_overridden(settings: Settings) -> None:
    page, mastodon = settings.channel("atlas/page"), settings.channel("atlas/mastodon")
    assert page.guard.freshness < mastodon.guard.freshness
    assert page.guard.on_flag == mastodon.guard.on_flag
    assert page.guard.window == mastodon.guard.window
    assert page.slots == mastodon.slots != settings.channel("atlas/bluesky").slots
    assert mastodon.pace < page.pace
    assert mastodon.guard.on_flag != settings.channel("tapis/page").guard.on_flag


def test_the_example_posts_load_without_a_problem(
    settings: Settings, clients: list[LoadedPosts]
) -> None:
    assert [problem for client in clients for problem in client.problems] == []
    assert not any(client.invalid or client.unreadable for client in clients)
    assert stray_files(settings, scan(settings.root)) == []


def test_there_are_at_least_sixty_posts_in_several_files_a_client(
    clients: list[LoadedPosts],
) -> None:
    assert len(posts_of(clients)) >= 60
    assert all(len({post.place.file for post in client.posts}) >= 3 for client in clients)


def test_the_examples_show_every_field(clients: list[LoadedPosts]) -> None:
    posts = posts_of(clients)
    for schedule in (At, NextSlot, Every):
        assert any(isinstance(post.schedule, schedule) for post in posts)
    fields = [
        "expires",
        "media",
        "link",
        "thread",
        "first_comment",
        "hashtags",
        "variants",
        "labels",
        "draft",
        "note",
    ]
    for name in fields:
        assert any(getattr(post, name) for post in posts), name
    assert any(not post.guard for post in posts)


def test_a_post_alone_in_its_file_is_called_by_its_path(clients: list[LoadedPosts]) -> None:
    ids = {post.id: post.place.file for post in posts_of(clients)}
    assert ids["2030/portes-ouvertes-rennes"] == "posts/atlas/2030/portes-ouvertes-rennes.yaml"


def test_no_time_in_the_examples_is_over_for_years(clients: list[LoadedPosts]) -> None:
    assert past_times(posts_of(clients), LAST_DAY) == []


def test_every_text_fits_its_network(
    settings: Settings, clients: list[LoadedPosts], adapters: Mapping[str, Channel]
) -> None:
    for client in clients:
        channels = settings.clients[client.client].channels
        for post in client.posts:
            for short in post.channels:
                channel = channels[short]
                content = content_for(post, channel)
                problems = list(adapters[channel.name].problems(content))
                assert not problems, f"{post.place} on {short}: {problems}"


def test_no_two_posts_have_the_same_text(clients: list[LoadedPosts]) -> None:
    texts = [post.text for post in posts_of(clients)]
    assert len(set(texts)) == len(texts)


def test_every_image_is_there_is_small_and_has_an_alt_text(
    settings: Settings, clients: list[LoadedPosts]
) -> None:
    images = {media for post in posts_of(clients) for media in post.media}
    assert len(images) == 10
    for image in images:
        path = settings.root / image.file
        assert path.stat().st_size < 60_000, path
        assert path.read_bytes()[:4] in {b"\x89PNG", b"\xff\xd8\xff\xe0"}, path
        assert len(image.alt) >= 40, image.alt


def test_the_apostrophes_are_typographic(clients: list[LoadedPosts]) -> None:
    for post in posts_of(clients):
        assert "'" not in post.text, post.place


def test_a_weekday_beside_a_date_is_the_right_one(clients: list[LoadedPosts]) -> None:
    checked = 0
    for post in posts_of(clients):
        if isinstance(post.schedule, At):
            for weekday, day in written_days(post, post.schedule.instant):
                assert DAYS[day.weekday()] == weekday, f"{post.place}: {weekday} {day}"
                checked += 1
    assert checked > 30


def written_days(post: Post, said: datetime) -> Iterator[tuple[str, date]]:
    """Yield the days that a text names; January said in December is that of the next year."""
    texts = [post.text, *post.thread, *(one.text or "" for one in post.variants.values())]
    for weekday, number, month in WRITTEN_DAY.findall("\n".join(texts)):
        index = MONTHS.index(month.lower()) + 1
        yield weekday.lower(), date(said.year + (index < said.month), index, int(number))


@pytest.mark.parametrize("now", [datetime(2026, 11, 23, 8, tzinfo=UTC), LAST_DAY], ids=str)
def test_the_examples_can_be_planned_for_years(
    settings: Settings, clients: list[LoadedPosts], now: datetime
) -> None:
    for client in clients:
        planned = plan(client.posts, settings.clients[client.client], {}, now)
        assert planned.problems == []
        drafts = {post.id for post in planned.unscheduled}
        in_reach = {post.id for post in client.posts if not isinstance(post.schedule, Every)}
        assert {one.key.post for one in planned.planned} >= in_reach - drafts


def test_followers_read_the_link_and_the_hashtags(
    settings: Settings, clients: list[LoadedPosts]
) -> None:
    [post] = [post for post in posts_of(clients) if post.id == "rennes-entrepot"]
    text = follower_text(content_for(post, settings.channel("atlas/page")))
    assert text.endswith("https://atlas-logistique.example/rennes\n\n#logistique #Rennes")
