"""Run a command that ends when its parent does: `kill -9` of one step leaves none of its steps behind.

    python workflow/tied.py COMMAND [ARGUMENT]...

Without it, what was started by a killed process would go on unseen and compete with the next start for the cores.
"""

import os
import sys

from mcdeconv.machine import tie


def main() -> None:
    tie()
    os.execvp(sys.argv[1], sys.argv[1:])


if __name__ == "__main__":
    main()
