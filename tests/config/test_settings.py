"""`config.yaml`: what it says, what is inherited, and everything that can be wrong with it."""

from datetime import timedelta
from pathlib import Path

import pytest

from cmctl.core.model import Decision, Place
from cmctl.core.settings import EVER, GuardPolicy, Notifier, OnBlind, OnMatch, WeeklySlot

FULL = """\
timezone: Europe/Paris
language: fr
store: state/facts.db
grace: 3h
slots: ["mon-fri 09:00"]
guard: {window: 7d, on_flag: hold}
notify:
  - command: [notify-send, cmctl]
  - webhook: env:HOOK
clients:
  atlas:
    name: Atlas
    timezone: Indian/Reunion
    guard: {on_blind: publish}
    channels:
      mastodon:
        url: https://mastodon.example
        token: env:ATLAS_TOKEN
        limit: 500
        pace: 1h30m
        slots: [daily 18:00]
        guard: {window: 1d}
        notify: []
      second: {network: mastodon, token: env:OTHER}
  bistro:
    name: Bistro
    channels: {}
"""


def problems(workspace, content: str) -> list[str]:
    loaded = workspace.load_settings(content)
    assert loaded.settings is None
    return [f"{problem.place}: {problem.message}" for problem in loaded.problems]


def fixes(workspace, content: str) -> list[str]:
    return [problem.fix for problem in workspace.load_settings(content).problems]


def minimal(channel: str = "{}", top: str = "") -> str:
    start = f"timezone: Europe/Paris\n{top}clients:\n  a:\n    name: A\n    channels:\n"
    return f"{start}      mastodon: {channel}\n"


def test_the_nearest_section_counts_and_the_guard_is_merged_key_by_key(workspace) -> None:
    settings = workspace.load_settings(FULL).settings
    near, far = settings.channel("atlas/mastodon"), settings.channel("atlas/second")
    assert (near.zone.key, near.language) == ("Indian/Reunion", "fr")
    assert (near.grace, near.pace) == (timedelta(hours=3), timedelta(minutes=90))
    assert near.guard == GuardPolicy(
        window=timedelta(days=1), on_flag=OnMatch.HOLD, on_blind=OnBlind.PUBLISH
    )
    assert far.guard.window == timedelta(days=7)
    assert [slot.hour for slot in near.slots] == [18] * 7
    assert far.slots == tuple(WeeklySlot(weekday=day, hour=9, minute=0) for day in range(5))
    assert near.notifiers == ()
    assert far.notifiers == (
        Notifier(kind="command", command=("notify-send", "cmctl")),
        Notifier(kind="webhook", url="env:HOOK"),
    )
    assert far.pace == timedelta(minutes=10)
    assert far.network == "mastodon"


def test_how_strict_the_guard_is_is_inherited_too(workspace) -> None:
    text = """\
timezone: Europe/Paris
guard: {window: ever, translations: allow, cooldown: 30d}
clients:
  a:
    name: A
    guard: {teasers: flag, community_limit: 5, flag: .3, block: 0.9}
    channels:
      mastodon: {guard: {translations: block, flag: 0.5}}
"""
    assert workspace.load_settings(text).settings.channel("a/mastodon").guard == GuardPolicy(
        window=EVER,
        translations=Decision.BLOCK,
        teasers=Decision.FLAG,
        cooldown=timedelta(days=30),
        community_limit=5,
        flag=0.5,
        block=0.9,
    )


def test_a_threshold_is_a_score_and_flag_stands_below_block(workspace) -> None:
    assert problems(workspace, minimal(top="guard: {flag: 45, block: high}\n")) == [
        'config.yaml:2:15: "45" is not a score',
        'config.yaml:2:26: "high" is not a score',
    ]
    crossed = minimal(top="guard: {block: 0.6}\n", channel="{guard: {flag: 0.7}}")
    assert problems(workspace, crossed) == [
        'config.yaml:7:32: "flag" (0.7) stands above "block" (0.6): nothing is ever flagged'
    ]


def test_a_window_and_a_limit_say_how_they_are_written(workspace) -> None:
    text = minimal(top="guard: {window: always, community_limit: many}\n")
    assert problems(workspace, text) == [
        'config.yaml:2:17: "always" is not a duration',
        'config.yaml:2:42: "many" is not a number of channels',
    ]
    assert fixes(workspace, text) == [
        "write it like 90s, 2h or 14d, or ever",
        "write it like 3; 0: no limit",
    ]


def test_paths_and_names_are_those_of_the_workspace(workspace) -> None:
    settings = workspace.load_settings(FULL).settings
    root = Path(workspace.root).resolve()
    assert settings.root == root
    assert settings.config == "config.yaml"
    assert settings.store == str(root / "state/facts.db")
    assert [channel.name for channel in settings.channels()] == [
        "atlas/mastodon",
        "atlas/second",
    ]
    assert settings.clients["bistro"].zone.key == "Europe/Paris"
    assert settings.clients["atlas"].place == Place("config.yaml", 11, 3)


def test_options_are_the_networks_own_with_their_places(workspace) -> None:
    channel = workspace.load_settings(FULL).settings.channel("atlas/mastodon")
    assert channel.options == {
        "url": "https://mastodon.example",
        "token": "env:ATLAS_TOKEN",
        "limit": 500,
    }
    assert channel.option_places[""] == channel.place == Place("config.yaml", 16, 7)
    assert channel.option_places["token"] == Place("config.yaml", 18, 16)


def test_all_problems_come_at_once_each_at_its_place(workspace) -> None:
    text = """\
timezone: Europe/Pariss
grase: 2h
pace: ten minutes
guard: {on_block: hols}
slots: mon 9
clients:
  Atlas!: {}
  bistro:
    chanels: {}
    channels:
      mastodon: [a]
"""
    assert problems(workspace, text) == [
        'config.yaml:1:11: "Europe/Pariss" is not a time zone; did you mean "Europe/Paris"?',
        'config.yaml:2:1: unknown key "grase" in the config; did you mean "grace"?',
        'config.yaml:3:7: "ten minutes" is not a duration',
        'config.yaml:4:19: "on_block" cannot be "hols"; did you mean "hold"?',
        'config.yaml:5:8: "slots": a list is expected here, not a text',
        'config.yaml:7:3: "Atlas!" cannot be the name of a client',
        'config.yaml:9:5: unknown key "chanels" in a client; did you mean "channels"?',
        'config.yaml:9:5: a client has no "name"',
        'config.yaml:11:17: "mastodon": a channel (a mapping) is expected here, not a list',
    ]


def test_what_is_required_is_asked_for(workspace) -> None:
    assert problems(workspace, "language: fr\n") == [
        'config.yaml:1:1: the config has no "timezone"',
        'config.yaml:1:1: the config has no "clients"',
    ]
    assert problems(workspace, "") == ["config.yaml:1:1: config.yaml says nothing"]
    assert problems(workspace, "[]") == [
        "config.yaml:1:1: the config (a mapping) is expected here, not a list"
    ]


def test_a_missing_config_is_a_problem(workspace) -> None:
    (workspace.root / "config.yaml").unlink()
    loaded = workspace.load_settings()
    assert loaded.settings is None
    assert loaded.problems[0].message == "config.yaml does not exist"


def test_duplicate_keys_are_refused_also_in_options(workspace) -> None:
    assert problems(
        workspace, minimal("{x: a, x: b, y: {z: 1, z: 2}}", "pace: 1m\npace: 2m\n")
    ) == [
        'config.yaml:3:1: the key "pace" stands here a second time',
        'config.yaml:8:24: the key "x" stands here a second time',
        'config.yaml:8:40: the key "z" stands here a second time',
    ]


def test_an_empty_value_is_refused_as_it_may_be_half_written(workspace) -> None:
    assert problems(workspace, minimal(top="grace:\n")) == ['config.yaml:2:7: "grace" says nothing']
    assert workspace.load_settings(minimal(top="grace: ~\n")).settings


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("token", "abc"),
        ("password", "hunter2"),
        ("app_password", "x"),
        ("api_key", "12"),
        ("apikey", "12"),
        ("access-token", "x"),
        ("client_secret", "x"),
        ("note", "ghp_0123456789abcdefghijABCDEFGHIJ012345"),
        ("id", "EAAGm0PX4ZCpsBAKZBqQwertyuiopasdfghjkl"),
        ("login", "abcd-efgh-ijkl-mnop"),
        ("bot", "123456789:AAF-abcdefghijklmnopqrstuvwxyz01234"),
        ("header", "Bearer abcdefghijklmnopqrst"),
        ("url", "https://user:hunter2@example.org/x"),
        ("x", "https://hooks.slack.com/services/T00/B00/abcdefghijklmnop"),
        ("x", "https://chat.example/hooks?token=0123456789abcdef0123456789abcdef"),
        ("x", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc"),
        ("x", "d41d8cd98f00b204e9800998ecf8427e"),
    ],
)
def test_an_inline_secret_is_refused_without_repeating_it(
    workspace, option: str, value: str
) -> None:
    loaded = workspace.load_settings(minimal(f'{{{option}: "{value}"}}'))
    (problem,) = loaded.problems
    assert loaded.settings is None
    assert problem.code == "inline-secret"
    assert str(problem.place).startswith("config.yaml:6:")
    assert f'write "{option}: env:A_MASTODON_{option.upper().replace("-", "_")}"' in problem.fix
    if len(value) > 3:
        assert value not in repr(loaded)


def test_a_secret_deep_inside_an_option_is_found(workspace) -> None:
    loaded = workspace.load_settings(minimal("{auth: [{token: abc}]}"))
    assert [problem.code for problem in loaded.problems] == ["inline-secret"]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("token", "env:NAME"),
        ("token", "file:/etc/cmctl/token"),
        ("token", "credential:atlas"),
        ("token", "keyring:cmctl/atlas"),
        ("url", "https://mastodon.example/very/long/path/0123456789abcdefghijklmnop"),
        ("handle", "atlas.bsky.social"),
        ("did", "did:plc:abcdefghijklmnopqrstuvwx"),
        ("page", "1234567890123456"),
        ("path", "outbox/my-client"),
        ("board", "8d3b4c1e-1111-4222-8333-123456789abc"),
    ],
)
def test_what_is_no_secret_passes(workspace, option: str, value: str) -> None:
    assert workspace.load_settings(minimal(f"{{{option}: '{value}'}}")).problems == ()


def test_a_wrong_reference_is_refused(workspace) -> None:
    loaded = workspace.load_settings(minimal("{token: 'env:NOT A NAME'}"))
    (problem,) = loaded.problems
    assert problem.message == 'what stands behind "env:" is not a name'
    assert problem.fix == "write env:NAME"


def test_a_notifier_is_one_thing_and_a_webhook_is_safe(workspace) -> None:
    top = "notify: [{command: [a], webhook: 'env:X'}, {webhook: 'http://x.example'}, {}]\n"
    assert problems(workspace, minimal(top=top)) == [
        'config.yaml:2:10: a notifier has one of "command", "webhook" and "apprise"',
        "config.yaml:2:54: a webhook is a reference to a secret or an https address",
        'config.yaml:2:75: a notifier has one of "command", "webhook" and "apprise"',
    ]


def test_a_comma_in_an_unquoted_slot_says_to_quote_it(workspace) -> None:
    assert fixes(workspace, minimal(top="slots: [tue,fri 12:00]\n")) == [
        'a comma parts the items of a list: put the slot in quotes, "tue,…"'
    ]


def test_a_second_reading_comes_from_the_cache_and_says_the_same(workspace) -> None:
    first = workspace.load_settings(FULL)
    assert (workspace.root / ".cmctl/cache/config.yaml.json").exists()
    assert workspace.load_settings() == first


def test_a_misspelt_key_is_one_problem_and_not_a_missing_one_too(workspace) -> None:
    content = minimal().replace("channels:", "chanels:")
    assert problems(workspace, content) == [
        'config.yaml:5:5: unknown key "chanels" in a client; did you mean "channels"?'
    ]


@pytest.mark.parametrize(
    ("written", "store", "password"),
    [
        ("postgresql://cm@db.example/cmctl", "postgresql://cm@db.example/cmctl", ""),
        ("{url: postgres:///cmctl}", "postgres:///cmctl", ""),
        ("{url: postgresql://cm@db/c, password: env:DB}", "postgresql://cm@db/c", "env:DB"),
    ],
)
def test_a_store_is_a_database_too(workspace, written, store, password) -> None:
    settings = workspace.load_settings(minimal(top=f"store: {written}\n")).settings
    assert (settings.store, settings.store_password) == (store, password)
    assert settings.store_file is None
    assert settings.home == settings.root / ".cmctl"


@pytest.mark.parametrize(
    "written",
    [
        "postgresql://cm:hunter2-canary@db/cmctl",
        "postgresql://cm@db/cmctl?password=hunter2-canary",
        "{url: postgresql://cm:hunter2-canary@db/cmctl}",
        "{url: postgresql://cm@db/cmctl, password: hunter2-canary}",
    ],
)
def test_a_password_in_the_file_is_refused_without_repeating_it(workspace, written) -> None:
    (problem,) = workspace.load_settings(minimal(top=f"store: {written}\n")).problems
    assert problem.code == "inline-secret"
    assert "canary" not in problem.message + problem.fix
    assert "env:CMCTL_STORE_PASSWORD" in problem.fix


@pytest.mark.parametrize("written", ["/", ".", "..", "state/..", "~/facts.db", "' '"])
def test_what_names_no_file_cannot_be_the_store(workspace, written) -> None:
    (problem,) = workspace.load_settings(minimal(top=f"store: {written}\n")).problems
    assert "is not the path of a file" in problem.message
    assert problem.place.line


def test_the_zone_of_each_machine_is_no_zone_of_a_workspace(workspace) -> None:
    (problem,) = workspace.load_settings("timezone: localtime\nclients: {}\n").problems[:1]
    assert problem.message == '"localtime" is not a time zone'
