"""Write requirements.lock from uv's resolution for all systems, which `make lock` gives on standard input.

PyTorch is left out, and what its CUDA builds bring: which build is right, and so its hash, depends on the machine.
"""

import re
import sys
from pathlib import Path

MACHINES_OWN = re.compile(r"torch==|triton==|(nvidia|cuda)-")
HEADER = """\
# Everything that mcdeconv, its book and its tests need, with the SHA-256 of every file that may be installed. Made by
# `make lock`; do not edit. Only PyTorch is not in here: its builds differ by machine, the Makefile has its version.
"""


def without_torch(resolved: str) -> str:
    """The lock's text: a package begins at the start of a line, its hashes are indented."""
    packages = re.split(r"^(?=\S)", resolved, flags=re.MULTILINE)
    return HEADER + "".join(one for one in packages if not MACHINES_OWN.match(one) and not one.startswith("#"))


if __name__ == "__main__":
    Path(__file__).parents[1].joinpath("requirements.lock").write_text(without_torch(sys.stdin.read()))
