"""Two requests to a stand-in, field by field."""

from collections.abc import Mapping

from cmctl.channels.base import Channel
from cmctl.core.model import Content
from cmctl.testing.channel_contract.network import outgoing
from cmctl.testing.standins import Asked, StandIn

ABSENT = "absent"
KEY = "0" * 32


def differences(server: StandIn, ours: Asked, theirs: Asked) -> dict[str, tuple[object, object]]:
    """Return the fields in which two requests differ, with both values."""
    assert ours.operation == theirs.operation
    assert ours.path == theirs.path
    return apart(told(server, ours), told(server, theirs))


def apart(
    left: Mapping[str, object], right: Mapping[str, object]
) -> dict[str, tuple[object, object]]:
    """Return the fields in which two are not the same, with both values."""
    return {
        name: (left.get(name, ABSENT), right.get(name, ABSENT))
        for name in sorted({*left, *right})
        if left.get(name, ABSENT) != right.get(name, ABSENT)
    }


def told(server: StandIn, asked: Asked) -> dict[str, object]:
    """Return everything that a request says, objects of objects by their dotted names."""
    fields: dict[str, object] = {}
    for name, value in {**asked.query, **server.body(asked)}.items():
        if isinstance(value, dict):
            fields |= {f"{name}.{inner}": one for inner, one in value.items()}
        else:
            fields[name] = value
    data = [(file.name, file.data) for _, file in sorted(asked.files.items())]
    return {**fields, "type": asked.type, "files": data}


def explained(reasons: dict[str, str], server: StandIn, ours: Asked, theirs: Asked) -> None:
    found = differences(server, ours, theirs)
    assert found.keys() == reasons.keys(), found


def sent(server: StandIn, channel: Channel, content: Content, images: int = 0) -> list[Asked]:
    """Publish and return what that asked."""
    before = len(server.calls)
    channel.publish(outgoing(content, key=KEY, images=images))
    channel.close()
    return server.calls[before:]
