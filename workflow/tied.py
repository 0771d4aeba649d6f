"""Run a command that ends when its parent does: `kill -9` of one step leaves none of its steps behind.

    python workflow/tied.py COMMAND [ARGUMENT]...

Without it, what was started by a killed process would go on unseen and compete with the next start for the cores.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # prctl(2); Linux only, elsewhere the command just runs


def main() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    os.execvp(sys.argv[1], sys.argv[1:])


if __name__ == "__main__":
    main()
