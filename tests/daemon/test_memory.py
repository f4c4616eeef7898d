"""The heap of the daemon, asked of the C library itself, in a process of its own."""

import subprocess
import sys
from pathlib import Path

#: Lets go of one large thing, by which glibc learns to put such into the heap; then keeps one of
#: the size of an answer, and lets some threads allocate. Prints what was mapped, and the arenas.
_PROGRAM = """
import ctypes, re, sys, threading
from cmctl.daemon.memory import LARGE, keep_heap_dense

class Info(ctypes.Structure):
    names = "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost"
    _fields_ = [(name, ctypes.c_size_t) for name in names.split()]

libc = ctypes.CDLL(None)
libc.malloc.restype, libc.mallinfo2.restype = ctypes.c_void_p, Info
libc.malloc.argtypes, libc.free.argtypes = [ctypes.c_size_t], [ctypes.c_void_p]
if sys.argv[1] == "dense":
    keep_heap_dense()
libc.free(libc.malloc(1 << 20))
before = libc.mallinfo2().hblks
kept = [libc.malloc(LARGE) for _ in range(100)]
mapped = libc.mallinfo2().hblks - before
meeting = threading.Barrier(4)

def work():
    libc.malloc(100)
    meeting.wait()

for _ in range(3):
    threading.Thread(target=work).start()
meeting.wait()
libc.fopen.restype = ctypes.c_void_p
told = libc.fopen(sys.argv[2].encode(), b"w")
libc.malloc_info(0, ctypes.c_void_p(told))
libc.fclose(ctypes.c_void_p(told))
arenas = len(re.findall("<heap nr", open(sys.argv[2]).read()))
print(mapped, arenas)
"""


def _asked(how: str, where: Path) -> tuple[int, int]:
    """Return how many of a hundred things were mapped, and how many arenas there are."""
    command = [sys.executable, "-c", _PROGRAM, how, str(where / "malloc.xml")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    mapped, arenas = done.stdout.split()
    return int(mapped), int(arenas)


def test_what_is_as_large_as_an_answer_leaves_no_hole_in_the_heap(tmp_path: Path) -> None:
    mapped, arenas = _asked("dense", tmp_path)
    assert mapped > 90  # the others fit into what was free
    assert arenas == 1
    mapped, arenas = _asked("as it is", tmp_path)
    assert mapped == 0
    assert arenas > 1
