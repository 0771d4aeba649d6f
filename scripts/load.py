"""How long commands and pages take with thousands of records, or with hundreds of photographs, and in how much memory.

    python scripts/load.py            # → results/trust/load.csv; half an hour

The further records are the committed ones with other seeds, in a copy of the checkout.
"""

import datetime
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from mcdeconv.data.datasets import load_item
from mcdeconv.files import write_csv
from mcdeconv.runs.library import LOCAL
from mcdeconv.runs.provenance import commit
from mcdeconv.runs.records import Store, read_record

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "results/trust/load.csv"
SIZES = (0, 2000, 10_000)  # records together; 0: as they are
PHOTOGRAPHS, SIDE = 200, 128  # px
MCDECONV = ("-m", "mcdeconv")
PAGE = "workflow/run_notebook.py"
COMMANDS: dict[str, tuple[str, ...]] = {
    "`mcdeconv status`": (*MCDECONV, "status", "--tier", "laptop"),
    "numbers in the text": ("-m", "mcdeconv.paper.quotes"),
    "page of Table 1": (PAGE, "notebooks/benchmark.ipynb", "out/levin.ipynb", "--parameters", '{"dataset": "levin"}'),
    "page of claims": (PAGE, "notebooks/claims.ipynb", "out/claims.ipynb"),
}
MERGE = (*MCDECONV, "merge", "out")
DEBLUR = (*MCDECONV, "deblur", "photographs", "-o", "sharp", "--method", "l0", "--kernel-size", "15")
Row = dict[str, object]


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


def measured(folder: Path, command: tuple[str, ...], codes: tuple[int, ...] = (0,)) -> Row:
    """Seconds, and GB at most."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, *command], cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    if (code := os.waitstatus_to_exitcode(status)) not in codes:
        raise SystemExit(f"{' '.join(command)} ended with exit code {code}")
    return {"seconds": round(time.monotonic() - started, 1), "GB": round(used.ru_maxrss / 2**20, 2)}


def with_records(size: int) -> list[Row]:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        copied(folder)
        head: Row = {"of": "records", "number": fill(folder, size)}
        rows = [head | {"command": name} | measured(folder, command) for name, command in COMMANDS.items()]
        if size:
            rows.append(head | {"command": "`mcdeconv merge`"} | measured(folder, MERGE))
        return rows


def with_photographs() -> list[Row]:
    """Parts of one blurred picture; a result that is doubtful counts too."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "photographs").mkdir()
        blurred = (255 * load_item("synthetic", "coffee_kernel_04").blurred).astype(np.uint8)
        rng = np.random.default_rng(0)
        for number in range(PHOTOGRAPHS):
            top, left = (int(rng.integers(length - SIDE + 1)) for length in blurred.shape)
            part = blurred[top : top + SIDE, left : left + SIDE]
            Image.fromarray(part).save(folder / f"photographs/{number:03}.png")
        found = measured(folder, DEBLUR, (0, 3))
        done = {path.name[:3] for path in (folder / "sharp").iterdir()}
        if len(done) != PHOTOGRAPHS:
            raise SystemExit(f"{len(done)} of {PHOTOGRAPHS} photographs have a result")
        head: Row = {"of": "photographs", "number": PHOTOGRAPHS, "command": "mcdeconv deblur FOLDER --method l0"}
        return [head | found]


def main() -> None:
    made = {"commit": commit(), "date": datetime.date.today().isoformat()}
    rows: list[Row] = []
    trials: list[Callable[[], list[Row]]] = [*(partial(with_records, size) for size in SIZES), with_photographs]
    for trial in trials:
        found = trial()
        for row in found:
            print("  ".join(f"{name} {value}" for name, value in row.items()), flush=True)
        rows += [row | made for row in found]
        write_csv(TABLE, rows)


if __name__ == "__main__":
    main()
