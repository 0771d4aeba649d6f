"""A process that ends when its parent does: `kill -9` of a campaign leaves none of its workers behind.

Without it, what was started by a killed process would go on unseen and compete with the next start for the cores.
"""

import ctypes
import os
import signal
import sys

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
