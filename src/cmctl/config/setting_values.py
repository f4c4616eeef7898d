"""Settings as plain data: what the cache holds, and the one way from there to `Settings`."""

from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from cmctl.core.links import UTM_PARAMETERS, Utm
from cmctl.core.model import Decision, Place
from cmctl.core.settings import (
    AltTexts,
    ChannelSettings,
    ClientSettings,
    GuardPolicy,
    Hosting,
    Notifier,
    OnBlind,
    OnGone,
    OnMatch,
    Settings,
    WeeklySlot,
    is_database,
)

Plain = dict[str, Any]


def settings_from_plain(data: Plain, *, root: Path, file: str) -> Settings:
    """Build the settings of the workspace at `root`.

    Raises:
        KeyError, TypeError, ValueError: `data` is not what this version writes.
    """
    url = data["store"]["url"]
    return Settings(
        root=root,
        config=file,
        store=url if is_database(url) else str(root / url),
        store_password=data["store"].get("password", ""),
        zone=ZoneInfo(data["zone"]),
        clients=MappingProxyType(
            {key: _client(key, client, file) for key, client in data["clients"].items()}
        ),
        ping=data["ping"],
        hosting=_hosting(data["hosting"], file) if data["hosting"] else None,
    )


def _hosting(data: Plain, file: str) -> Hosting:
    return Hosting(
        kind=data["kind"],
        options=MappingProxyType(data["options"]),
        places={name: Place(file, *place) for name, place in data["places"].items()},
    )


def _client(key: str, data: Plain, file: str) -> ClientSettings:
    return ClientSettings(
        key=key,
        name=data["name"],
        zone=ZoneInfo(data["zone"]),
        language=data["language"],
        guard=_guard(data["guard"]),
        channels=MappingProxyType(
            {name: _channel(key, name, one, file) for name, one in data["channels"].items()}
        ),
        place=Place(file, *data["place"]),
        hashtags=MappingProxyType({name: tuple(tags) for name, tags in data["hashtags"].items()}),
    )


def _channel(client: str, name: str, data: Plain, file: str) -> ChannelSettings:
    places = {option: Place(file, *place) for option, place in data["option_places"].items()}
    return ChannelSettings(
        name=f"{client}/{name}",
        client=client,
        network=data["network"],
        zone=ZoneInfo(data["zone"]),
        language=data["language"],
        slots=tuple(WeeklySlot(weekday=d, hour=h, minute=m) for d, h, m in data["slots"]),
        grace=timedelta(seconds=data["grace"]),
        pace=timedelta(seconds=data["pace"]),
        guard=_guard(data["guard"]),
        notifiers=tuple(_notifier(one) for one in data["notify"]),
        alt=AltTexts(data["alt"]),
        utm=_utm(data["utm"]),
        options=MappingProxyType(data["options"]),
        place=Place(file, *data["place"]),
        option_places=MappingProxyType(places),
    )


def _utm(data: Plain) -> Utm:
    parameters = tuple((name, data[name]) for name in UTM_PARAMETERS if name in data)
    return Utm(parameters=parameters, sites=tuple(data.get("sites", ())))


def _guard(data: Plain) -> GuardPolicy:
    return GuardPolicy(
        enabled=data["enabled"],
        window=timedelta(seconds=data["window"]),
        on_block=OnMatch(data["on_block"]),
        on_flag=OnMatch(data["on_flag"]),
        on_blind=OnBlind(data["on_blind"]),
        on_gone=OnGone(data["on_gone"]),
        translations=Decision(data["translations"]),
        teasers=Decision(data["teasers"]),
        cooldown=None if data["cooldown"] is None else timedelta(seconds=data["cooldown"]),
        flag=data["flag"],
        block=data["block"],
        community_limit=data["community_limit"],
        budget=data["budget"],
        freshness=timedelta(seconds=data["freshness"]),
    )


def _notifier(data: Plain) -> Notifier:
    return Notifier(kind=data["kind"], command=tuple(data["command"]), url=data["url"])
