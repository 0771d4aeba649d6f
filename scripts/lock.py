"""Write requirements.lock, and the same versions into environment.yml, from pip's report of a fresh resolution.

`make lock` has pip write the report (`pip install --dry-run --ignore-installed --report`) and gives it to this.
"""

import json
import re
import sys
from pathlib import Path

# What a CUDA build of torch asks for with exact versions of its own; a CPU build has none of it.
ACCELERATOR = re.compile(r"(nvidia|cuda)-|triton$")
PROJECT = "mcdeconv"
HEADER = """\
# Exact versions of everything that mcdeconv, its book and its tests need. Made by `make lock`; do not edit.
# A CUDA build of torch brings its own nvidia-* packages in addition.
"""


def normalised(name: str) -> str:
    """Name of a package as the registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked_versions(report: dict[str, list[dict[str, dict[str, str]]]]) -> dict[str, str]:
    """Versions by package, without local tags such as +cpu, which a registry does not have."""
    found = {normalised(item["metadata"]["name"]): item["metadata"]["version"] for item in report["install"]}
    return {
        name: version.split("+")[0]
        for name, version in sorted(found.items())
        if name != PROJECT and not ACCELERATOR.match(name)
    }


def main() -> None:
    """Read the report from standard input and write both files."""
    root = Path(__file__).parents[1]
    versions = locked_versions(json.load(sys.stdin))
    (root / "requirements.lock").write_text(HEADER + "".join(f"{name}=={versions[name]}\n" for name in versions))
    environment = root / "environment.yml"
    pin = re.compile(r"(- ([\w.-]+)==)\S+")
    environment.write_text(pin.sub(lambda hit: hit[1] + versions[normalised(hit[2])], environment.read_text()))


if __name__ == "__main__":
    main()
