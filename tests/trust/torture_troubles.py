"""What else goes wrong with machines: full and read-only disks, clocks that jump, two at a time, workers that go."""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from torture_victims import CAMPAIGN, DEBLUR, FETCH, MARK, MERGE, SNAKEMAKE, Victim, start

from mcdeconv.errors import InputError

GUARD = 300  # seconds
# Python imports this by itself: the clock that people set goes to and fro by days.
JUMPY = """
import random, time
real = time.time
time.time = lambda: real() + random.uniform(-1e6, 1e6)
"""


@dataclass(frozen=True)
class Trouble:
    """One thing that goes wrong, and what is done to see it."""

    name: str
    program: str
    run: Callable[[Path], Mapping[str, int]]


def fresh(victim: Victim, root: Path, name: str) -> Path:
    folder = root / name
    folder.mkdir(parents=True)
    victim.prepare(folder)
    return folder


def ended(process: subprocess.Popen, counts: Counter[str]) -> int:
    """Its exit code; one that hangs is counted and killed."""
    try:
        return process.wait(GUARD)
    except subprocess.TimeoutExpired:
        counts["hung"] += 1
        os.killpg(process.pid, signal.SIGKILL)
        return process.wait()


def look(victim: Victim, folder: Path, before: Mapping[str, object], counts: Counter[str]) -> Mapping[str, object]:
    """What is finished now; what is damaged or lost is counted."""
    try:
        after = victim.finished(folder)
    except InputError as error:
        print(f"{victim.name}: {error} in {folder}", file=sys.stderr)
        counts["damaged"] += 1
        return before
    lost = [name for name, value in before.items() if name not in after or value != after[name]]
    counts["lost"] += len(lost)
    return after


def finish(
    victim: Victim, folder: Path, expected: object, counts: Counter[str], allowed: tuple[int, ...] = (0,)
) -> None:
    """Let it come to its end, which must be the undisturbed one."""
    before = look(victim, folder, {}, counts)
    if ended(start(victim, folder), counts) not in victim.codes:
        counts["did not go on"] += 1
        print(f"{victim.name} in {folder}: {(folder / 'log').read_text()[-800:]}", file=sys.stderr)
        return
    look(victim, folder, before, counts)
    if victim.result(folder) != expected:
        counts["other result"] += 1
        print(f"{victim.name}: another result in {folder}", file=sys.stderr)


def of_undisturbed(victim: Victim, root: Path) -> object:
    folder = fresh(victim, root, "undisturbed")
    if start(victim, folder).wait(GUARD) not in victim.codes:
        raise SystemExit(f"{victim.name} fails by itself:\n{(folder / 'log').read_text()[-2000:]}")
    return victim.result(folder)


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    """A disk of its own, mounted on a folder; needs root on Linux."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def full(victim: Victim) -> Callable[[Path], Mapping[str, int]]:
    """The disk is full but for a few blocks, each time other ones; then there is room again."""

    def on(root: Path) -> Counter[str]:
        expected, counts = of_undisturbed(victim, root), Counter[str]()
        for blocks in (0, 1, 3, 8, 21, 55):
            folder = root / f"full-{blocks}"
            folder.mkdir()
            with small_disk(folder, 64):
                victim.prepare(folder)
                for name in ("out", "results"):
                    (folder / name).mkdir(exist_ok=True)
                filler = folder / "filler"
                with filler.open("wb", buffering=0) as stream:
                    try:
                        while True:
                            stream.write(bytes(1 << 16))
                    except OSError:
                        pass
                    stream.truncate(max(0, filler.stat().st_size - 4096 * blocks))
                before = victim.finished(folder)
                process = start(victim, folder, logged=False)
                code = ended(process, counts)
                counts["tries"] += 1
                counts["did not go on"] += code not in (1, 2, *victim.codes)
                look(victim, folder, before, counts)
                filler.unlink()
                finish(victim, folder, expected, counts)
        return counts

    return on


def read_only(victim: Victim) -> Callable[[Path], Mapping[str, int]]:
    """The disk can be read and not written; then it can."""

    def on(root: Path) -> Counter[str]:
        expected, counts = of_undisturbed(victim, root), Counter[str]()
        for number in range(5):
            folder = root / f"read-only-{number}"
            folder.mkdir()
            with small_disk(folder, 64):
                victim.prepare(folder)
                subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
                code = ended(start(victim, folder, logged=False), counts)
                counts["tries"] += 1
                counts["did not go on"] += code not in (1, 2)
                subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True)
                finish(victim, folder, expected, counts)
        return counts

    return on


def jumping(victim: Victim) -> Callable[[Path], Mapping[str, int]]:
    """The clock jumps by days at every look, and the files' times do so between two starts."""

    def on(root: Path) -> Counter[str]:
        expected, counts = of_undisturbed(victim, root), Counter[str]()
        (root / "clock").mkdir()
        (root / "clock/sitecustomize.py").write_text(JUMPY)
        for number in range(5):
            folder = fresh(victim, root, f"clock-{number}")
            process = start(victim, folder, PYTHONPATH=str(root / "clock"))
            if number % 2:  # killed in the middle; then all files are from another day
                while process.poll() is None and not victim.begun(folder):
                    time.sleep(0.02)
                time.sleep(0.3 * number)
                process.kill()
                process.wait()
                day = time.time() + (-1) ** (number // 2) * 86400 * number
                for path in folder.rglob("*"):
                    if path.is_file() and "out" in path.parts:
                        os.utime(path, (day, day))
            elif ended(process, counts) not in victim.codes:
                counts["did not go on"] += 1
            counts["tries"] += 1
            finish(victim, folder, expected, counts)
        return counts

    return on


def two_at_once(victim: Victim, allowed: tuple[int, ...] = (0,)) -> Callable[[Path], Mapping[str, int]]:
    """Two of it in one folder, the second a moment later than the first."""

    def on(root: Path) -> Counter[str]:
        expected, counts = of_undisturbed(victim, root), Counter[str]()
        for number in range(8):
            folder = fresh(victim, root, f"two-{number}")
            both = [start(victim, folder)]
            time.sleep(0.1 * number)
            both.append(start(victim, folder))
            codes = [ended(process, counts) for process in both]
            counts["tries"] += 1
            if not set(codes) <= {0, *allowed} or 0 not in codes:
                counts["did not go on"] += 1
                print(
                    f"{victim.name} in {folder}: exit codes {codes}: {(folder / 'log').read_text()[-800:]}",
                    file=sys.stderr,
                )
            finish(victim, folder, expected, counts)
        return counts

    return on


def worker_killed(root: Path) -> Counter[str]:
    """The system kills one of the campaign's processes, as it does when memory is short."""
    expected, counts = of_undisturbed(CAMPAIGN, root), Counter[str]()
    for number in range(8):
        folder, mark = fresh(CAMPAIGN, root, f"worker-{number}"), uuid.uuid4().hex
        process = start(CAMPAIGN, folder, **{MARK: mark})
        while process.poll() is None and not (workers := workers_of(process.pid)):
            time.sleep(0.02)
        time.sleep(0.15 * number)
        if process.poll() is None and (workers := workers_of(process.pid)):
            os.kill(workers[number % len(workers)], signal.SIGKILL)
            counts["tries"] += 1
        if ended(process, counts) not in (0, 1):
            counts["did not go on"] += 1
        finish(CAMPAIGN, folder, expected, counts)
    return counts


def workers_of(pid: int) -> list[int]:
    """Its processes that solve: not the one that watches over shared things."""
    found = []
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        try:
            command = Path(f"/proc/{child}/cmdline").read_bytes()
        except OSError:
            continue
        if b"spawn_main" in command or b"forkserver" in command:
            found.append(int(child))
    return found


TROUBLES = (
    *(Trouble("full disk", victim.name, full(victim)) for victim in (CAMPAIGN, DEBLUR, MERGE, FETCH)),
    *(Trouble("read-only disk", victim.name, read_only(victim)) for victim in (CAMPAIGN, DEBLUR, MERGE)),
    *(Trouble("clock that jumps", victim.name, jumping(victim)) for victim in (CAMPAIGN, DEBLUR, SNAKEMAKE)),
    *(Trouble("two at once", victim.name, two_at_once(victim)) for victim in (CAMPAIGN, MERGE)),
    Trouble("two at once", FETCH.name, two_at_once(FETCH, (1,))),
    Trouble("two at once", SNAKEMAKE.name, two_at_once(SNAKEMAKE, (2,))),
    Trouble("a worker killed, as for want of memory", CAMPAIGN.name, worker_killed),
)
