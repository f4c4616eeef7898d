"""Send one notice through Apprise, in a process of its own.

`python -m cmctl.app.notices.apprise_send` reads `{"url", "title", "body"}` as JSON and ends with 0
where the service took it, 1 where it did not, 2 where the address is none that Apprise knows, 3
where Apprise is not installed.

A process of its own, because Apprise takes seconds and some 60 MiB to load, and because it and what
it uses write whole addresses, passwords included, into their logs: here nobody hears them. The
address comes by standard input, where no list of processes shows it.
"""

import json
import logging
import sys

TOOK, REFUSED, UNKNOWN, MISSING = range(4)


def main() -> int:
    """Send what standard input says."""
    logging.disable(logging.CRITICAL)
    told = json.load(sys.stdin)
    try:
        from apprise import Apprise  # noqa: PLC0415 - the one place that pays for it
    except ImportError:
        return MISSING
    service = Apprise()
    if not service.add(told["url"]):
        return UNKNOWN
    return TOOK if service.notify(title=told["title"], body=told["body"]) else REFUSED


if __name__ == "__main__":
    sys.exit(main())
