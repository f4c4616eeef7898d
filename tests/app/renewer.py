"""Ask `a/m` who we are, in a process of its own, as soon as a line is read: CONFIG, TIME."""

import sys
from datetime import datetime
from pathlib import Path

from cmctl.app.adapters import Adapters
from cmctl.config.load import load_settings

config, at = Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2])
settings = load_settings(config, write_cache=False).settings
assert settings is not None
adapters = Adapters(settings, {}, lambda: at, may_write=False)
sys.stdin.readline()
sys.stdout.write(adapters.open("a/m").probe())  # type: ignore[attr-defined]
adapters.close()
