"""The entry point, also of `python -m cmctl`."""

import os
import sys


def main() -> None:
    """Run the program and end the process with its exit status."""
    try:
        from cmctl.cli.main import run  # noqa: PLC0415 - Ctrl-C may arrive while this is imported

        status = run(sys.argv[1:], os.environ)
    except KeyboardInterrupt:
        status = 130
    sys.exit(status)


if __name__ == "__main__":
    main()
