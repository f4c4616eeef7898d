"""The entry point, also of `python -m cmctl`."""

import sys


def main() -> None:
    """Run the program and end the process with its exit status."""
    try:
        # Imported here: Ctrl-C may arrive meanwhile.
        from cmctl.cli.main import run  # noqa: PLC0415
        from cmctl.wiring import Machine  # noqa: PLC0415

        status = run(sys.argv[1:], Machine())
    except KeyboardInterrupt:
        status = 130
    sys.exit(status)


if __name__ == "__main__":
    main()
