"""How many processors there are to work on."""

import os


def usable_cores() -> int:
    """Those that this process may use: on a cluster fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
