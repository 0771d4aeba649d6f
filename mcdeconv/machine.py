"""The machine: its cores, the memory that a process keeps, and what ends with its parent."""

import ctypes
import os
import platform
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper


def usable_cores() -> int:
    """Those that this process may use: on a cluster fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_MMAP_MAX = -1, -3, -4  # mallopt(3)
USUAL = {M_MMAP_MAX: 65536, M_MMAP_THRESHOLD: 32 * 2**20, M_TRIM_THRESHOLD: 64 * 2**20}  # what glibc adapts itself to


def keep_freed_memory() -> bool:
    """Let this process reuse what it frees instead of asking the system anew; whether the C library can (glibc).

    glibc returns every block above 32 MB to the system when it is freed. An iteration has dozens of them, and each new
    one costs a page fault every 4 kB: half of the time of an iteration on an image of 1024 px.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    library = ctypes.CDLL(None)
    return bool(library.mallopt(M_MMAP_MAX, 0) and library.mallopt(M_TRIM_THRESHOLD, -1))


@contextmanager
def kept_memory() -> Iterator[None]:
    """`keep_freed_memory` for a while; at the end the system gets what is free."""
    kept = keep_freed_memory()
    try:
        yield
    finally:
        if kept:
            library = ctypes.CDLL(None)
            for parameter, value in USUAL.items():
                library.mallopt(parameter, value)
            library.malloc_trim(0)


def write_any_character() -> None:
    """Write "?" for what the terminal or file at the other end cannot show, rather than end with an error there."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


PR_SET_PDEATHSIG = 1  # prctl(2); Linux only, elsewhere nothing happens


def tie(parent: int | None = None) -> None:
    """From now on this process, and what it becomes by exec, is killed when its parent ends, however that ends.

    Parameters
    ----------
    parent : the process that it is tied to, optional; if that ended before it could be tied, it ends at once
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if parent is not None and os.getppid() != parent:
        os._exit(1)


if __name__ == "__main__":  # python -m mcdeconv.machine COMMAND [ARGUMENT]...: the command ends when its parent does
    tie()
    os.execvp(sys.argv[1], sys.argv[1:])
