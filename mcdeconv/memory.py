"""Keep the memory that an iteration frees for the next one, instead of asking the system for it anew.

glibc returns every block above 32 MB to the system when it is freed. An iteration has dozens of them, and each new one
costs a page fault every 4 kB: half of the time of an iteration on an image of 1024 px.
"""

import ctypes
import platform

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_MMAP_MAX = -1, -3, -4  # mallopt(3)
USUAL = {M_MMAP_MAX: 65536, M_MMAP_THRESHOLD: 32 * 2**20, M_TRIM_THRESHOLD: 64 * 2**20}  # what glibc adapts itself to


def keep_freed_memory() -> bool:
    """Let this process reuse what it frees, until `return_freed_memory`; whether the C library can do so (glibc)."""
    if platform.libc_ver()[0] != "glibc":
        return False
    library = ctypes.CDLL(None)
    return bool(library.mallopt(M_MMAP_MAX, 0) and library.mallopt(M_TRIM_THRESHOLD, -1))


def return_freed_memory() -> None:
    """End that, and give the system what is free."""
    if platform.libc_ver()[0] == "glibc":
        library = ctypes.CDLL(None)
        for parameter, value in USUAL.items():
            library.mallopt(parameter, value)
        library.malloc_trim(0)
