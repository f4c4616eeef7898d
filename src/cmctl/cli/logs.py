"""What a long-running command writes on standard error: one line each, plain, without secrets."""

import logging
import traceback
from collections.abc import Mapping
from typing import TextIO

from cmctl.config.secrets import struck_out
from cmctl.core.plain import plain_line

#: Syslog levels, which the journal reads from `<3>` at the beginning of a line, see sd-daemon(3).
_LEVELS = {logging.CRITICAL: 2, logging.ERROR: 3, logging.WARNING: 4, logging.INFO: 6}


def log_to(stream: TextIO, environment: Mapping[str, str]) -> None:
    """Log what cmctl does to `stream`; of other libraries only what goes wrong.

    The journal adds the time itself.
    """
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_Journal() if environment.get("JOURNAL_STREAM") else _Timed())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("cmctl").setLevel(logging.INFO)
    # That a tick is still at work when its time comes again is no news.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


class _OneLine(logging.Formatter):
    """A message on one line; of an exception its type and place, for its words may quote a text."""

    def format(self, record: logging.LogRecord) -> str:
        message = record.getMessage()
        if record.exc_info and record.exc_info[2]:
            frame = traceback.extract_tb(record.exc_info[2])[-1]
            message += f" at {frame.filename}:{frame.lineno}"
        return plain_line(struck_out(message))


class _Journal(_OneLine):
    def format(self, record: logging.LogRecord) -> str:
        return f"<{_LEVELS.get(record.levelno, 7)}>{super().format(record)}"


class _Timed(_OneLine):
    default_time_format = "%Y-%m-%d %H:%M:%S"
    default_msec_format = ""

    def format(self, record: logging.LogRecord) -> str:
        level = record.levelname.lower()
        return f"{self.formatTime(record)} {level}: {super().format(record)}"
