"""`config.yaml` to plain data, everything inherited, with all problems at once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from cmctl.config.files import RawFile
from cmctl.config.inline_secrets import refuse_inline
from cmctl.config.kinds import Items
from cmctl.config.reader import compose, decode, is_nothing, kind_of, plain_value, text_of
from cmctl.config.records import Entries, Fields, Record, duplicate_key
from cmctl.config.report import Report
from cmctl.config.secrets import is_reference, parse_reference
from cmctl.config.setting_fields import CHANNEL, CONFIG, HOSTING
from cmctl.config.setting_values import Plain
from cmctl.config.wrong import Wrong
from cmctl.core.model import Place, Problem
from cmctl.core.settings import AltTexts, GuardPolicy

_GUARD = GuardPolicy()
_DEFAULTS: Plain = {
    "language": "en",
    "slots": [],
    "grace": 2 * 3600,
    "pace": 10 * 60,
    "alt": AltTexts.WARN.value,
    "guard": {
        "enabled": _GUARD.enabled,
        "window": _GUARD.window.total_seconds(),
        "on_block": _GUARD.on_block.value,
        "on_flag": _GUARD.on_flag.value,
        "on_blind": _GUARD.on_blind.value,
        "on_gone": _GUARD.on_gone.value,
        "translations": _GUARD.translations.value,
        "teasers": _GUARD.teasers.value,
        "cooldown": None,
        "flag": _GUARD.flag,
        "block": _GUARD.block,
        "community_limit": _GUARD.community_limit,
        "budget": _GUARD.budget,
        "freshness": _GUARD.freshness.total_seconds(),
    },
    "utm": {},
    "hashtags": {},
    "notify": [],
}
_STORE = ".cmctl/cmctl.db"


def read_settings(raw: RawFile, file: str) -> tuple[Plain | None, list[Problem]]:
    """Return the settings as plain data, None where an error is among the problems."""
    text = decode(raw, file)
    root = text if isinstance(text, Problem) else compose(text, file)
    if isinstance(root, Problem):
        return None, [root]
    if root is None or is_nothing(root):
        fix = "type cmctl init in an empty folder to see what belongs there"
        message = f"{file} says nothing"
        return None, [Problem(code="empty", message=message, fix=fix, place=Place(file))]
    report = Report(file)
    fields = CONFIG.read(root, report)
    plain = _Inheritance(report).workspace(fields) if fields is not None else None
    return None if report.has_errors() else plain, report.sorted()


class _Inheritance:
    """Hands every section down from the workspace to its clients and their channels."""

    def __init__(self, report: Report) -> None:
        self._report = report

    def workspace(self, fields: Fields) -> Plain:
        policy = self._policy(_DEFAULTS, fields)
        clients = fields.get("clients", {})
        return {
            "store": fields.get("store", {"url": _STORE}),
            "zone": policy.get("zone"),
            "ping": fields["daemon"].get("ping", "") if "daemon" in fields else "",
            "hosting": self._hosting(fields["hosting"]) if "hosting" in fields else None,
            "clients": {
                key: self._client(key, client, node, policy)
                for key, (client, node) in clients.items()
                if client is not None
            },
        }

    def _hosting(self, fields: Fields) -> Plain:
        options, places = self._options("hosting", fields.node, HOSTING)
        places = {"": self._place(fields.node), **places}
        return {"kind": fields.get("kind", ""), "options": options, "places": places}

    def _client(self, key: str, fields: Fields, node: Node, above: Plain) -> Plain:
        policy = self._policy(above, fields)
        channels = fields.get("channels", {})
        return {
            "name": fields.get("name"),
            "zone": policy.get("zone"),
            "language": policy["language"],
            "guard": policy["guard"],
            "hashtags": policy["hashtags"],
            "place": self._place(node),
            "channels": {
                name: self._channel(key, name, channel, where, policy)
                for name, (channel, where) in channels.items()
                if channel is not None
            },
        }

    def _channel(self, client: str, name: str, fields: Fields, node: Node, above: Plain) -> Plain:
        options, places = self._options(f"{client}_{name}", fields.node, CHANNEL)
        return {
            **self._policy(above, fields),
            "network": fields.get("network", name),
            "options": options,
            "option_places": {"": self._place(node), **places},
            "place": self._place(node),
        }

    def _policy(self, above: Plain, fields: Fields) -> Plain:
        own: Plain = {
            _PLAIN_NAMES.get(name, name): to_plain(fields[name])
            for name, to_plain in _TO_PLAIN.items()
            if name in fields
        }
        if "guard" in fields:
            own["guard"] = self._guard(above["guard"], fields["guard"])
        if "hashtags" in fields:
            own["hashtags"] = {**above["hashtags"], **_sets(fields["hashtags"])}
        if "notify" in fields:
            own["notify"] = [self._notifier(*item) for item in fields["notify"]]
        return {**above, **own}

    def _guard(self, above: Plain, fields: Fields) -> Plain:
        policy = {**above, **_seconds(fields)}
        flag, block = policy["flag"], policy["block"]
        if flag is not None and block is not None and flag > block:
            node = fields.nodes.get("flag", fields.node)
            message = f'"flag" ({flag:g}) stands above "block" ({block:g}): nothing is ever flagged'
            self._report.error(node, "wrong-value", message, f"write flag: {block:g} or less")
        return policy

    def _notifier(self, fields: Fields, node: Node) -> Plain:
        if len(fields.nodes) != 1:
            message = 'a notifier has one of "command", "webhook" and "apprise"'
            self._report.error(node, "wrong-value", message, "write each as an item of its own")
        command: Items = fields.get("command", Items())
        kind = next(iter(fields.nodes), "webhook")
        url = fields.get("webhook", "") or fields.get("apprise", "")
        return {"kind": kind, "command": command.values(), "url": url}

    # The options of a network or of a host.

    def _options(self, owner: str, node: Node, known: Record) -> tuple[Plain, Plain]:
        """Return what is somebody else's in a block, and where each of it stands."""
        options: Plain = {}
        places: Plain = {}
        for key, value in node.value:
            name = key.value if isinstance(key, ScalarNode) else ""
            if not name or name in known.fields:
                continue
            if name in options:
                duplicate_key(key, name, self._report)
            self._check(name, value, f"{owner}_{name}".upper().replace("-", "_"))
            if not is_nothing(value):
                options[name] = plain_value(value)
                places[name] = self._place(value)
        return options, places

    def _check(self, name: str, node: Node, variable: str) -> None:
        """Refuse inline secrets and duplicate keys, however deep they stand."""
        if isinstance(node, MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                inner = key.value if isinstance(key, ScalarNode) else kind_of(key)
                if inner in seen:
                    duplicate_key(key, inner, self._report)
                seen.add(inner)
                self._check(inner, value, variable)
        elif isinstance(node, SequenceNode):
            for item in node.value:
                self._check(name, item, variable)
        elif isinstance(node, ScalarNode) and not is_nothing(node):
            self._check_text(name, node, variable)

    def _check_text(self, name: str, node: ScalarNode, variable: str) -> None:
        text = text_of(node)
        try:
            refuse_inline(name, text, variable=variable)
            if is_reference(text):
                parse_reference(text)
        except Wrong as wrong:
            self._report.error(node, wrong.code, wrong.message, wrong.fix)

    def _place(self, node: Node) -> list[int]:
        place = self._report.place(node)
        return [place.line, place.column]


def _week(items: Items) -> list[list[int]]:
    slots = {(one.weekday, one.hour, one.minute) for slot in items.values() for one in slot}
    return [list(slot) for slot in sorted(slots)]


def _utm(fields: Fields) -> Plain:
    return {
        name: value.values() if isinstance(value, Items) else value
        for name, value in fields.items()
    }


def _sets(entries: Entries) -> Plain:
    return {name: tags.values() for name, (tags, _) in entries.items() if tags is not None}


def _seconds(fields: Fields) -> dict[str, Any]:
    return {
        name: value.total_seconds() if isinstance(value, timedelta) else value
        for name, value in fields.items()
    }


#: What a channel takes over from its client as it is, and how it becomes plain.
_TO_PLAIN: dict[str, Callable[[Any], object]] = {
    "timezone": str,
    "language": str,
    "grace": timedelta.total_seconds,
    "pace": timedelta.total_seconds,
    "alt": str,
    "slots": _week,
    "utm": _utm,
}
_PLAIN_NAMES = {"timezone": "zone"}
