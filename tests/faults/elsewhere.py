"""cmctl as on another machine: with the name in HOST, and a clock that is AHEAD seconds ahead.

Here a process can be seen by its pid whatever machine it plays; by another name nobody looks.
"""

import os
import sys
from datetime import timedelta

from cmctl.cli.main import run
from cmctl.wiring.machine import Machine
from faults.clock import SharedClock

if __name__ == "__main__":
    clock = SharedClock()
    clock.step(timedelta(seconds=float(os.environ.get("AHEAD", "0"))))
    clock.shift_ticks()
    sys.exit(run(sys.argv[1:], Machine(host=os.environ["HOST"], now=clock.now)))
