"""Runs cases that a stranger may cause, each in a process that is watched, and counts what comes of them.

A case may end well, or be refused in one line (InputError, RunFailed, exit code 1 to 3). It may not end in anything
else, leave parts of files behind, start what is written in a file, hang, or take more memory than there is.
"""

import json
import os
import resource
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

from mcdeconv.errors import InputError, RunFailed

SECONDS = 60  # that a case may take on a busy machine
EXTRA = 3 << 30  # bytes of address space that a case may ask for beyond those of this process
CANARY = "executed"  # the file that hostile content tries to make, in the case's folder
FINE = ("taken", "refused")


@dataclass(frozen=True)
class Case:
    """One thing to try."""

    kind: str
    name: str
    run: Callable[[Path], object]  # in a folder of its own, which is the current one; files it makes go to out/


@dataclass
class Tally:
    """What came of the cases of a kind."""

    counts: Counter[str] = field(default_factory=Counter)
    megabytes: int = 0  # the most that one took beyond what was there
    faults: list[str] = field(default_factory=list)


def command_line(*arguments: str) -> int:
    """`mcdeconv` with some arguments, in this process; the exit code.

    Raises
    ------
    AssertionError
        If it refuses in another way than with one line.
    """
    from mcdeconv.cli import main as cli

    before, sys.argv = sys.argv, ["mcdeconv", *arguments]
    out, err = StringIO(), StringIO()
    try:
        with redirect_stdout(out), redirect_stderr(err):
            cli.main()
        code = 0
    except SystemExit as stopped:
        code = stopped.code if isinstance(stopped.code, int) else 0 if stopped.code is None else 1
    finally:
        sys.argv = before
    said = [line for line in err.getvalue().splitlines() if line.startswith(("error: ", "failed: ", "not sharp: "))]
    usage = "Usage:" in err.getvalue()
    assert code in (0, 1, 2, 3), f"exit code {code}"
    assert code == 0 or usage or len(said) == 1 or "problem" in out.getvalue(), f"exit code {code}: {err.getvalue()!r}"
    if code in (1, 2):
        raise Refused
    return code


class Refused(Exception):
    """The command line refused, as it should."""


def tried(case: Case, folder: Path) -> tuple[str, str]:
    """A word for what came of a case, and why, where it is a fault."""
    (folder / "out").mkdir(parents=True)
    os.chdir(folder)
    verdict, why = "taken", ""
    try:
        case.run(folder)
    except (InputError, RunFailed, Refused):
        verdict = "refused"
    except MemoryError:
        verdict, why = "traceback", "MemoryError"
    except BaseException as error:
        verdict, why = "traceback", f"{type(error).__name__}: {error}"
    left = [path.name for path in folder.rglob(".*") if "theirs" not in path.parts]
    if verdict == "refused":
        left += [path.name for path in (folder / "out").rglob("*") if path.is_file()]
    if left:
        verdict, why = "partial", f"{verdict}, and left {left[:3]}"
    if (folder / CANARY).exists():
        verdict, why = "executed", "the file's content was executed"
    return verdict, why


def run_cases(cases: Sequence[Case], at_a_time: int = 40) -> dict[str, Tally]:
    """Try all cases, some in one process after another; what a process dies of counts for the case it was at."""
    tallies: dict[str, Tally] = {}
    waiting = list(cases)
    while waiting:
        batch = waiting[:at_a_time]
        done = list(in_a_child(batch))
        for case, (verdict, why, megabytes) in zip(batch, done, strict=False):
            tally = tallies.setdefault(case.kind, Tally())
            tally.counts[verdict] += 1
            tally.megabytes = max(tally.megabytes, megabytes)
            if verdict not in FINE:
                tally.faults.append(f"{case.name}: {verdict}: {why}")
        waiting = waiting[len(done) :]
        print(f"\r{len(cases) - len(waiting)} of {len(cases)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return tallies


def in_a_child(batch: Sequence[Case]) -> Iterator[tuple[str, str, int]]:
    """What came of each case of a batch, up to the one that the process died of."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            with os.fdopen(writing, "w") as pipe:
                report(batch, pipe)
        finally:
            os._exit(0)
    os.close(writing)
    seen = 0
    with os.fdopen(reading) as pipe:
        for line in pipe:
            seen += 1
            yield tuple(json.loads(line))
    _, status = os.waitpid(child, 0)
    if seen < len(batch):
        number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        yield ("hung" if number == signal.SIGALRM else "killed", f"signal {number}", 0)


def report(batch: Sequence[Case], pipe) -> None:
    """In the child: try each case, and tell."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for stream in (1, 2):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + EXTRA, size + EXTRA))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory(prefix="hostile-") as root:
        for number, case in enumerate(batch):
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            signal.alarm(SECONDS)
            verdict, why = tried(case, Path(root) / str(number))
            signal.alarm(0)
            more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
            pipe.write(json.dumps([verdict, why[:300], more // 1024]) + "\n")
            pipe.flush()
