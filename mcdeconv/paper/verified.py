"""What `make verify` found: the last check of all records, and the same runs on different processors."""

from collections import defaultdict
from pathlib import Path

import numpy as np

from mcdeconv.files import read_csv
from mcdeconv.methods import FULL
from mcdeconv.runs.wording import count

WAY_OUT = "move it away and run `make verify`"
NOT_YET = "No check has been kept yet; `make verify` makes one.\n"
Cells = dict[str, str]


def last_check(root: Path) -> str:
    """Markdown: when, where and on what, in sentences of two numbers at most."""
    if not (rows := _read(root, "checks.csv")):
        return NOT_YET
    row = rows[-1]
    number = {name: float(cell) for name, cell in row.items() if name not in ("date", "commit", "device", "torch")}
    verdict = "found no fault" if not number["faults"] else f"found {count(int(number['faults']), 'fault')}"
    said = (
        f"The last check was on {row['date']}, on {row['device']}, at commit `{row['commit']}`, and {verdict}",
        f"Of {row['records']} records the input of {row['inputs_equal']} was made again and is the same",
        f"{row['rescored']} were scored again from their kernels, with differences of at most "
        f"{number['rescored_difference']:.0e}".replace("e-0", "e-"),
        f"{row['sample']} runs were computed anew, of which {row['off']} lie outside the tolerance",
    )
    return ". ".join(said) + ".\n"


def across_machines(root: Path) -> str:
    """Markdown: a row a pair of processors and kind of method, and the tolerance."""
    from mcdeconv.runs.verify import TRAINED  # torch, for which who asks for nothing else need not wait

    pairs: dict[tuple[str, ...], list[Cells]] = defaultdict(list)
    for row in _read(root, "runs.csv"):
        kind = "rivals" if row["tier"] == FULL else f"networks, {row['precision']}"
        pairs[row["stored_device"], row["device"], row["threads"], kind].append(row)
    if not pairs:
        return "No run has been computed anew yet.\n"
    lines = [
        "| Stored on | Computed anew on | Threads | Methods | Runs | Equal to the last digit | Median difference, dB | "
        "Largest, dB | Kernels alike, at least |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for place, rows in sorted(pairs.items()):
        difference, similarity = (np.array([float(row[name]) for row in rows]) for name in ("difference", "similarity"))
        equal = sum(row["verdict"] == "equal" for row in rows)
        numbers = f"{np.median(difference):.3f} | {difference.max():.3f} | {similarity.min():.4f}"
        lines.append(f"| {' | '.join(place)} | {len(rows)} | {equal} | {numbers} |")
    held = (
        f"In float32 kernels have to be at least {TRAINED.similarity} alike, and PSNRs at most {TRAINED.psnr} dB off."
    )
    return "\n".join([*lines, "", held, ""])


def _read(root: Path, name: str) -> list[Cells]:
    path = root / "results" / "verified" / name
    return read_csv(path, dict, WAY_OUT) if path.exists() else []
