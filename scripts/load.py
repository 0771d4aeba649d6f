"""How long the commands and pages take with thousands of records, and how much memory: today's, 2,000 and 10,000.

    python scripts/load.py            # prints a line a command

The further records are the committed ones with other seeds, in a copy of the checkout.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from mcdeconv.runs.library import LOCAL
from mcdeconv.runs.records import Store, read_record

ROOT = Path(__file__).resolve().parents[1]
SIZES = (0, 2000, 10_000)  # records together; 0: as they are
COMMANDS = {
    "status": ("-m", "mcdeconv", "status", "--tier", "laptop"),
    "merge": ("-m", "mcdeconv", "merge", "out"),
    "quotes": ("-m", "mcdeconv.paper.quotes"),
    "page levin": (
        "workflow/run_notebook.py",
        "notebooks/benchmark.ipynb",
        "out/levin.ipynb",
        "--parameters",
        '{"dataset": "levin"}',
    ),
    "page claims": ("workflow/run_notebook.py", "notebooks/claims.ipynb", "out/claims.ipynb"),
}


def copied(folder: Path) -> None:
    for name in ("mcdeconv", "notebooks", "workflow", "book"):
        (folder / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "results", folder / "results")
    shutil.copy(ROOT / "CITATION.cff", folder)


def fill(folder: Path, wanted: int) -> int:
    """Add records until there are so many; their number."""
    own = sorted((folder / "results/records").glob("*/*.json"))
    there, round_ = len(own), 0
    while there < wanted:
        round_ += 1
        for path in own[: wanted - there]:
            record = read_record(path)
            further = replace(record, identity=replace(record.identity, seed=record.identity.seed + 1000 * round_))
            Store(folder / LOCAL).put(further)
            there += 1
    return there


def measured(folder: Path, command: tuple[str, ...]) -> tuple[float, float, int]:
    """Seconds, GB at most, exit code."""
    started = time.monotonic()
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(
        [sys.executable, *command], cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    return time.monotonic() - started, used.ru_maxrss / 2**20, os.waitstatus_to_exitcode(status)


def main() -> None:
    for size in SIZES:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            copied(folder)
            count = fill(folder, size)
            for name, command in COMMANDS.items():
                seconds, memory, code = measured(folder, command)
                print(
                    json.dumps(
                        {
                            "records": count,
                            "command": name,
                            "s": round(seconds, 1),
                            "GB": round(memory, 2),
                            "code": code,
                        }
                    ),
                    flush=True,
                )


if __name__ == "__main__":
    main()
