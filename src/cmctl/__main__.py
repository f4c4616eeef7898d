"""The entry point, also of `python -m cmctl`."""

import gc
import os
import sys
from contextlib import suppress
from typing import NoReturn


def main() -> NoReturn:
    """Run the program and end the process with its exit status."""
    # What is imported stays, so looking for garbage in it only costs time.
    gc.disable()
    try:
        # Imported here: Ctrl-C may arrive meanwhile.
        from cmctl.cli.main import run  # noqa: PLC0415
        from cmctl.wiring.machine import Machine  # noqa: PLC0415

        gc.freeze()
        gc.enable()
        status = run(sys.argv[1:], Machine())
    except KeyboardInterrupt:
        status = 130
    _end(status)


def _end(status: int) -> NoReturn:
    """End now: everything is closed, and to take the modules apart costs a bare Python's time."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):  # closed by the caller or the reader
            stream.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
