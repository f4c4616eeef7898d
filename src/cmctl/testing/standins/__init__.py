"""Stand-ins: servers written from a vendor's published description, where no real one can be had.

A stand-in is not the vendor. It keeps what is posted, refuses in the vendor's own words, and holds
both sides to the vendor's machine-readable description: a request with a field that is not
described or of another type fails the test, and so does an answer of its own.

    with Slack() as slack:                            # on a free port of this machine
        channel = SlackChannel(token=slack.token, channel="C0ATLAS", url=slack.url)
        channel.publish(...)
        slack.calls[-1].values                        # what was asked, field by field
        slack.fault(Fault(kind=FaultKind.THROTTLE))   # the sandbox's faults, all of them
        slack.tokens.expire(slack.token)
        slack.clock.advance(3600)                     # its own clock: keys and tokens end
                                                      # leaving fails where either side was wrong

To write one:

1. `tools/specs/VENDOR.toml` says which operations to keep of the vendor's description, where it
   comes from and under which licence; `python tools/trim_spec.py FOLDER VENDOR` writes
   `specs/VENDOR.json`. What the vendor tells in words only goes under `[by_hand]`, with its page.
   A description whose licence forbids copies is retold by hand in the same form.
2. Subclass `StandIn`. `vendor` names the description; one method for each operation, marked with
   `@answers("POST /chat.postMessage", call="post")`, gets an `Asked` and returns what goes out as
   JSON, a `Reply` for anything else, or raises `Refused` with the vendor's own words. `call` is one
   of `post`, `upload`, `read`, `delete`: what faults and `limits` are about.
3. Say how the vendor refuses in general: `refuse_token`, `refuse_request`, `refuse_throttled`, from
   its documents. Give `limits` as documented, and `tokens` with their lives.
4. Give `post_by_hand`, `texts` and `alts`, and subclass `HttpChannelContract` with it.

They need jsonschema, which is no dependency of cmctl itself.
"""

from cmctl.testing.standins.asked import Asked, Upload
from cmctl.testing.standins.limits import Clock, Tokens, Window
from cmctl.testing.standins.server import Refused, StandIn, answers
from cmctl.testing.standins.spec import Spec

__all__ = [
    "Asked",
    "Clock",
    "Refused",
    "Spec",
    "StandIn",
    "Tokens",
    "Upload",
    "Window",
    "answers",
]
