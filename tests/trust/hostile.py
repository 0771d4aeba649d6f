"""`make hostile`: thousands of files and arguments as a stranger may send them, and what came of each.

    python tests/trust/hostile.py --count 12000 --seed 1     # → results/trust/hostile.csv

Ends with exit code 1 if anything but "taken" or "refused" came of one.
"""

import argparse
import datetime
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests/trust"), str(ROOT / "workflow")]

import hostile_arguments  # noqa: E402
import hostile_files  # noqa: E402
import hostile_pictures  # noqa: E402
import numpy as np  # noqa: E402
from hostile_runner import FINE, Case, run_cases  # noqa: E402

from mcdeconv.files import write_csv  # noqa: E402
from mcdeconv.runs.provenance import commit  # noqa: E402

TABLE = ROOT / "results/trust/hostile.csv"
SHARES = ((hostile_pictures, 0.6), (hostile_files, 0.25), (hostile_arguments, 0.15))


def made_up(count: int, seed: int) -> list[Case]:
    """So many cases; the same seed makes the same ones."""
    rng = np.random.default_rng(seed)
    return [case for module, share in SHARES for case in module.cases(rng, round(share * count))]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--count", type=int, default=12_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", type=Path, default=TABLE, help="the table")
    options = parser.parse_args()
    import mcdeconv.deblur  # noqa: F401  once, before the processes part

    started = time.monotonic()
    tallies = run_cases(made_up(options.count, options.seed))
    rows = []
    for kind, tally in tallies.items():
        fault = {word: tally.counts[word] for word in ("traceback", "partial", "executed", "killed", "hung")}
        row = {"kind": kind, "cases": sum(tally.counts.values())} | {word: tally.counts[word] for word in FINE} | fault
        rows.append(row | {"most MB": tally.megabytes})
        print("  ".join(f"{name} {value}" for name, value in rows[-1].items()))
        for line in tally.faults:
            print("   ", line, file=sys.stderr)
    made = {"seed": options.seed, "commit": commit(), "date": datetime.date.today().isoformat()}
    write_csv(options.write, [row | made for row in rows])
    faults = sum(len(tally.faults) for tally in tallies.values())
    minutes = (time.monotonic() - started) / 60
    print(f"{sum(row['cases'] for row in rows)} cases in {minutes:.0f} minutes: {faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
