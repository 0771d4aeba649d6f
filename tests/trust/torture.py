"""`make torture`: each program is killed a hundred times at random moments and started again; what is lost is counted.

    python tests/trust/torture.py --kills 100 --seed 1 [--only merge]      # → results/trust/torture.csv

Kills are by SIGKILL, SIGTERM and ctrl-C, in turn. After each, what was finished before is compared: it must be there,
unchanged. A program that was let finish must have come to what an undisturbed one comes to. Exit code 1 if not.
"""

import argparse
import datetime
import math
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from pathlib import Path

import numpy as np
from torture_troubles import TROUBLES
from torture_victims import MARK, ROOT, VICTIMS, Victim, start

from mcdeconv.errors import InputError
from mcdeconv.files import read_csv, write_csv
from mcdeconv.runs.provenance import commit

TABLE = ROOT / "results/trust/torture.csv"
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
GUARD = 180  # seconds after which a program counts as hung
NONE = {"lost": 0, "damaged": 0, "hung": 0, "left running": 0, "other result": 0, "did not go on": 0}


def descendants(mark: str) -> list[int]:
    """Processes that have the mark of a start, whoever their parent is by now."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and int(entry.name) != os.getpid():
            try:
                if (
                    f"{MARK}={mark}".encode() in (entry / "environ").read_bytes()
                    and (entry / "stat").read_text().split(")")[-1].split()[0] != "Z"
                ):
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def wait_until(true, seconds: float) -> bool:
    """Whether it became true in time; no test of speed: the time is a guard."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.02)
    return bool(true())


def undisturbed(victim: Victim, root: Path) -> tuple[object, float]:
    """What it comes to if it is left alone, and how long it is at work."""
    folder = root / "undisturbed"
    folder.mkdir()
    victim.prepare(folder)
    process = start(victim, folder)
    wait_until(lambda: victim.begun(folder) or process.poll() is not None, GUARD)
    began = time.monotonic()
    if process.wait(GUARD) not in victim.codes:
        raise SystemExit(f"{victim.name} fails by itself:\n{(folder / 'log').read_text()[-2000:]}")
    return victim.result(folder), time.monotonic() - began


def torture(victim: Victim, kills: int, rng: np.random.Generator, root: Path) -> dict[str, object]:
    """Kill a program so many times; what was counted."""
    expected, seconds = undisturbed(victim, root)
    counts: Counter[str] = Counter(NONE)
    number = 0
    while counts["kills"] < kills:
        number += 1
        folder = root / f"life-{number}"
        folder.mkdir()
        victim.prepare(folder)
        while not one_start(victim, folder, seconds if counts["kills"] < kills else math.inf, counts, rng):
            pass
        if not equal(victim, folder, expected):
            counts["other result"] += 1
            print(f"{victim.name}: another result in {folder}", file=sys.stderr)
        else:
            shutil.rmtree(folder)
        counts["finished"] += 1
        print(f"\r{victim.name}: {counts['kills']} kills", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return {"program": victim.name, "trouble": "killed (-9, -15, ctrl-C) at random moments"} | dict(counts)


def one_start(victim: Victim, folder: Path, seconds: float, counts: Counter[str], rng: np.random.Generator) -> bool:
    """Start it, kill it within so many seconds of work, and look; whether it came to its end before."""
    before, mark = victim.finished(folder), uuid.uuid4().hex
    process = start(victim, folder, **{MARK: mark})
    if rng.random() < 0.9:
        wait_until(lambda: victim.begun(folder) or process.poll() is not None, GUARD)
    wait_until(lambda: process.poll() is not None, rng.uniform(0, seconds) if math.isfinite(seconds) else GUARD)
    ended = process.poll() is not None
    if not ended:
        number = SIGNALS[counts["kills"] % len(SIGNALS)]
        if number == signal.SIGINT:  # a terminal sends it to all in the foreground
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
        counts["kills"] += 1
    try:
        code = process.wait(GUARD)
    except subprocess.TimeoutExpired:
        counts["hung"] += 1
        os.killpg(process.pid, signal.SIGKILL)
        code = process.wait()
    if not wait_until(lambda: not descendants(mark), 20):
        counts["left running"] += 1
        for own in descendants(mark):
            os.kill(own, signal.SIGKILL)
    try:
        after = victim.finished(folder)
    except InputError as error:
        counts["damaged"] += 1
        print(f"{victim.name}: {error}", file=sys.stderr)
        after = before
    lost = [name for name, value in before.items() if name not in after or value != after[name]]
    counts["lost"] += len(lost)
    if lost:
        print(f"{victim.name}: lost {lost} in {folder}", file=sys.stderr)
    if ended and code not in victim.codes:
        counts["did not go on"] += 1
        print(f"{victim.name}: exit code {code} in {folder}:\n{(folder / 'log').read_text()[-1000:]}", file=sys.stderr)
        return True
    return ended or code in victim.codes


def equal(victim: Victim, folder: Path, expected: object) -> bool:
    try:
        return victim.result(folder) == expected
    except (OSError, InputError):
        return False


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--kills", type=int, default=100, help="of each program")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="programs whose name has this in it")
    parser.add_argument("--write", type=Path, default=TABLE, help="the table; rows of other programs stay in it")
    options = parser.parse_args()
    made = {"seed": options.seed, "commit": commit(), "date": datetime.date.today().isoformat()}
    root = Path(tempfile.mkdtemp(prefix="torture-"))
    rows = []
    for order, victim in enumerate(VICTIMS):
        if options.only in victim.name:
            place = root / str(order)
            place.mkdir()
            rows.append(torture(victim, options.kills, np.random.default_rng((options.seed, order)), place) | made)
            keep(options.write, rows)
    for trouble in TROUBLES:
        if options.only in trouble.name:
            place = root / f"trouble-{len(rows)}"
            place.mkdir()
            rows.append({"program": trouble.program, "trouble": trouble.name} | NONE | dict(trouble.run(place)) | made)
            keep(options.write, rows)
    faults = 0
    for row in rows:
        print("  ".join(f"{name} {value}" for name, value in row.items() if name not in made))
        faults += sum(int(str(row[name])) for name in NONE)
    print(f"{sum(int(str(row.get('kills', 0))) for row in rows)} kills, {faults} faults")
    if not faults:
        shutil.rmtree(root)
    return 1 if faults else 0


def keep(path: Path, rows: list[dict[str, object]]) -> None:
    """Put rows into the table, each in the place of an older one of the same program and trouble."""
    new = {(row["program"], row["trouble"]) for row in rows}
    old = read_csv(path, dict, f"delete {path}") if path.exists() else []
    write_csv(path, [row for row in old if (row["program"], row["trouble"]) not in new] + rows)


if __name__ == "__main__":
    sys.exit(main())
