"""What a long-running command writes on standard error: one line each, plain, without secrets."""

import json
import logging
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import TextIO

from cmctl.app.about import FIELDS
from cmctl.config.secrets import struck_out
from cmctl.core.plain import escape_json, plain_line

#: Syslog levels, which the journal reads from `<3>` at the beginning of a line, see sd-daemon(3).
_LEVELS = {logging.CRITICAL: 2, logging.ERROR: 3, logging.WARNING: 4, logging.INFO: 6}


class LogFormat(StrEnum):
    """How a log is written."""

    TEXT = "text"
    JSON = "json"


def log_to(stream: TextIO, environment: Mapping[str, str], form: LogFormat) -> None:
    """Log what cmctl does to `stream`; of other libraries only what goes wrong.

    The journal adds the time itself to a text.
    """
    handler = logging.StreamHandler(stream)
    text = _Journal() if environment.get("JOURNAL_STREAM") else _Timed()
    handler.setFormatter(_Json() if form is LogFormat.JSON else text)
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


class _Json(_OneLine):
    """One object a line: `at`, `level`, `message`, and of a delivery what `app/about.py` tells."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC)
        told = {
            "at": at.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": super().format(record),
        }
        told |= {name: record.__dict__[name] for name in FIELDS if name in record.__dict__}
        return escape_json(json.dumps(told, ensure_ascii=False))
