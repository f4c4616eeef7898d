"""One id a delivery through all logs: the fields that a structured log has of each."""

from collections.abc import Mapping

from cmctl.core.model import Delivery

#: What `about` tells, in this order.
FIELDS = ("delivery", "key", "post", "channel", "state", "attempts")


def about(delivery: Delivery) -> Mapping[str, object]:
    """Return what `logging` takes as `extra` for a line about a delivery.

    `delivery` is the store's number, which `cmctl queue show` takes; `key` is the idempotency key,
    the same on every machine and sent to the network with each attempt.
    """
    return {
        "delivery": delivery.number,
        "key": delivery.idempotency_key,
        "post": delivery.key.post,
        "channel": delivery.key.channel,
        "state": delivery.state.value,
        "attempts": delivery.attempts,
    }
