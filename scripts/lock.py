"""Write requirements.lock, and the same versions into environment.yml, from uv's resolution for all systems.

`make lock` gives it on standard input. PyTorch is left out of the lock, and what its CUDA builds bring: which build is
right, and so its hash, depends on the machine.
"""

import re
import sys
from pathlib import Path

from packaging.requirements import Requirement

MACHINES_OWN = re.compile(r"torch==|triton==|(nvidia|cuda)-")
HEADER = """\
# Everything that mcdeconv, its book and its tests need, with the SHA-256 of every file that may be installed. Made by
# `make lock`; do not edit. Only PyTorch is not in here: its builds differ by machine, the Makefile has its version.
"""


def without_torch(resolved: str) -> str:
    """The lock's text: a package begins at the start of a line, its hashes are indented."""
    packages = re.split(r"^(?=\S)", resolved, flags=re.MULTILINE)
    return HEADER + "".join(one for one in packages if not MACHINES_OWN.match(one) and not one.startswith("#"))


def pins(lock: str) -> list[str]:
    """A line for each package of the lock that this Python may need, without hashes; pip takes no others from conda."""
    lines = [line.removesuffix(" \\") for line in lock.splitlines() if re.match(r"[a-z0-9]", line)]
    return [line for line in lines if may_be_needed(Requirement(line))]


def may_be_needed(requirement: Requirement) -> bool:
    """Whether it is of the Python of environment.yml, on any system."""
    systems = ({"sys_platform": "linux"}, {"sys_platform": "darwin"})
    python = {"python_version": "3.11", "python_full_version": "3.11.15"}
    return requirement.marker is None or any(requirement.marker.evaluate(python | system) for system in systems)


def with_pins(environment: str, torch: str, lines: list[str]) -> str:
    """environment.yml with these lines in its section of pip."""
    head = environment.partition("  - pip:\n")[0]
    return head + "  - pip:\n" + "".join(f"      - {line}\n" for line in (f"torch=={torch}", *lines, "-e ."))


def main() -> None:
    """Write both files."""
    root = Path(__file__).parents[1]
    lock = without_torch(sys.stdin.read())
    (root / "requirements.lock").write_text(lock)
    torch = re.search(r"^TORCH \?= (\S+)$", (root / "Makefile").read_text(), flags=re.MULTILINE)
    assert torch is not None
    environment = root / "environment.yml"
    environment.write_text(with_pins(environment.read_text(), torch[1], pins(lock)))


if __name__ == "__main__":
    main()
