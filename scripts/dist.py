"""Build wheel and sdist of the last commit twice, in two fresh checkouts, and keep them only if the bytes are equal.

python scripts/dist.py [FOLDER]     FOLDER: default dist
"""

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main(folder: str = "dist") -> int:
    with tempfile.TemporaryDirectory() as work:
        first, second = (built(Path(work) / name) for name in ("first", "second"))
        if first != second:
            differing = ", ".join(sorted(name for name in first | second if first.get(name) != second.get(name)))
            print(f"dist: two builds of one commit differ: {differing}", file=sys.stderr)
            return 1
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name, content in first.items():
        Path(folder, name).write_bytes(content)
        print(f"{hashlib.sha256(content).hexdigest()}  {name}")
    return 0


def built(folder: Path) -> dict[str, bytes]:
    """Wheel and sdist by name, from a checkout of the last commit in a new folder."""
    folder.mkdir()
    committed = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, capture_output=True, check=True).stdout
    subprocess.run(["tar", "-x"], cwd=folder, input=committed, check=True)
    return wheel_and_sdist(folder)


def wheel_and_sdist(checkout: Path) -> dict[str, bytes]:
    """What hatchling, as it is installed here, builds in a folder; its files bear the time of the last commit."""
    when = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=True)
    environment = os.environ | {"SOURCE_DATE_EPOCH": when.stdout.strip(), "HATCH_QUIET": "1"}
    subprocess.run([sys.executable, "-m", "hatchling", "build"], cwd=checkout, env=environment, check=True)
    return {path.name: path.read_bytes() for path in sorted((checkout / "dist").iterdir())}


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
