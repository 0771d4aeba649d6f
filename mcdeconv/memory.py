"""Keep the memory that an iteration frees for the next one, instead of asking the system for it anew.

glibc returns every block above 32 MB to the system when it is freed. An iteration has dozens of them, and each new one
costs a page fault every 4 kB: half of the time of an iteration on an image of 1024 px.
"""

import ctypes
import platform

M_TRIM_THRESHOLD, M_MMAP_MAX = -1, -4  # mallopt(3)


def keep_freed_memory() -> bool:
    """Let this process reuse what it frees, until `return_freed_memory`; whether the C library can do so (glibc)."""
    if platform.libc_ver()[0] != "glibc":
        return False
    library = ctypes.CDLL(None)
    return bool(library.mallopt(M_MMAP_MAX, 0) and library.mallopt(M_TRIM_THRESHOLD, -1))


def return_freed_memory() -> None:
    """Give the system what is free, at the end of a run."""
    if platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).malloc_trim(0)
