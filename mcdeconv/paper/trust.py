"""What was tried against this project: programs killed, strangers' files and arguments, changes to its own code.

The tables of `make torture`, `make hostile`, `make mutants` and `scripts/load.py`, from results/trust/, as the book
shows them.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from mcdeconv.files import read_csv
from mcdeconv.runs.progress import duration

FOLDER = Path("results/trust")
NOT_RUN = "This has not been run yet: `make {}` does it.\n"
Counted = Mapping[str, str]
Heads = dict[str, Callable[[Counted], str]]


TROUBLES = {
    "killed (": "Killed",
    "full": "Full disk",
    "read-only": "Read only",
    "clock": "Clock",
    "two": "Two at once",
    "a worker": "Memory",
}


def torture(root: Path) -> str:
    """Markdown: a row for each program: how often each trouble was tried, and what was lost; under it the sum."""
    columns: Heads = {"Program": lambda row: row["program"]}
    columns |= {head: partial(lambda head, row: row[head], head) for head in TROUBLES.values()}
    columns |= {
        "Lost": lambda row: row["lost"],
        "Damaged": lambda row: row["damaged"],
        "Hung": lambda row: str(int(row["hung"]) + int(row["left running"])),
        "Other end": lambda row: str(int(row["did not go on"]) + int(row["other result"])),
    }
    return shown(root, "torture", columns, gather=by_program)


def by_program(rows: Sequence[Counted]) -> list[Counted]:
    """Summed over troubles, with how often each was tried; empty where it was not."""
    found: list[Counted] = []
    for program in dict.fromkeys(row["program"] for row in rows):
        own = [row for row in rows if row["program"] == program]
        summed = {"program": program} | dict.fromkeys(TROUBLES.values(), "")
        for fault in ("lost", "damaged", "hung", "left running", "did not go on", "other result"):
            summed[fault] = str(sum(int(row[fault]) for row in own))
        for row in own:
            [head] = [head for start, head in TROUBLES.items() if row["trouble"].startswith(start)]
            summed[head] = row.get("kills") or row.get("tries") or "0"
        found.append(summed)
    return found


COUNTED = ("cases", "refused", "taken", "traceback", "partial", "executed", "killed", "hung", "most MB")


def hostile(root: Path) -> str:
    """Markdown: a row for each kind of file or argument, and what came of them; under it the sum."""
    columns: Heads = {
        "Kind": lambda row: row["kind"],
        "Tried": lambda row: row["cases"],
        "Refused": lambda row: row["refused"],
        "Taken": lambda row: row["taken"],
        "Traceback": lambda row: row["traceback"],
        "Partial": lambda row: row["partial"],
        "Executed": lambda row: row["executed"],
        "Hung": lambda row: str(int(row["killed"]) + int(row["hung"])),
        "MB": lambda row: row["most MB"],
    }
    return shown(root, "hostile", columns, largest=("MB",), gather=by_kind)


def by_kind(rows: Sequence[Counted]) -> list[Counted]:
    """Summed over whether the command line was given it or what reads it; of memory the most."""
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        own = found.setdefault(row["kind"].partition(":")[0], dict.fromkeys(COUNTED, 0))
        for name in COUNTED:
            own[name] = max(own[name], int(row[name])) if name == "most MB" else own[name] + int(row[name])
    return [{"kind": kind} | {name: str(value) for name, value in own.items()} for kind, own in found.items()]


def mutants(root: Path) -> str:
    """Markdown: a row for each module: how many changes its tests noticed, and what the others are."""
    columns: Heads = {
        "Module": lambda row: f"`{row['module']}`",
        "Changes": lambda row: row["mutants"],
        "Noticed": lambda row: row["noticed"],
        "Of no consequence": lambda row: row["equivalent"],
        "Missed": lambda row: str(int(row["mutants"]) - int(row["noticed"]) - int(row["equivalent"])),
    }
    return shown(root, "mutants", columns)


def load(root: Path) -> str:
    """Markdown: a row for each command, with the seconds it took for each number of records or photographs."""
    path = root / FOLDER / "load.csv"
    if not path.exists():
        return "This has not been run yet: `python scripts/load.py` does it.\n"
    rows = read_csv(path, dict, f"restore it with `git checkout {path}`")
    sizes = sorted({int(row["number"]) for row in rows if row["of"] == "records"})
    heads = ["Command", *(f"{size:,} records, s" for size in sizes), "Most memory, GB"]
    lines = [heads, ["---"] * len(heads)]
    for command in dict.fromkeys(row["command"] for row in rows if row["of"] == "records"):
        own = {int(row["number"]): row for row in rows if row["command"] == command}
        seconds = [f"{float(own[size]['seconds']):.0f}" if size in own else "" for size in sizes]
        lines.append([command, *seconds, f"{max(float(row['GB']) for row in own.values()):.1f}"])
    said = "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
    for row in rows:
        if row["of"] == "photographs":
            said += f"\nA folder of {row['number']} small photographs took {duration(float(row['seconds']))}"
            said += f" and {float(row['GB']):.1f} GB (`{row['command']}`).\n"
    return said + f"\nMade by `python scripts/load.py` on {rows[0]['date']}, commit {rows[0]['commit'].split()[0]}.\n"


def shown(
    root: Path,
    name: str,
    columns: Heads,
    largest: Sequence[str] = (),
    gather: Callable[[Sequence[Counted]], Sequence[Counted]] = lambda rows: rows,
) -> str:
    """A table of a file's rows, with their sum, or their largest; what it was made with stands under it."""
    path = root / FOLDER / f"{name}.csv"
    if not path.exists():
        return NOT_RUN.format(name)
    rows = read_csv(path, dict, f"restore it with `git checkout {path}`")
    cells = [[say(row) for say in columns.values()] for row in gather(rows)]
    last = []
    for column, values in zip(columns, zip(*cells, strict=True), strict=True):
        numbers = [int(value) for value in values if value.isdecimal()]
        total = max(numbers) if column in largest and numbers else sum(numbers)
        last.append(f"**{total}**" if len(numbers) == len([value for value in values if value]) else "")
    last[0] = "**Together**"
    lines = ["| " + " | ".join(line) + " |" for line in (list(columns), ["---"] * len(columns), *cells, last)]
    commits: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        commits[row["date"]].add(row["commit"].split()[0])
    made = "; ".join(
        f"{date}, commit{'s' * (len(own) > 1)} {', '.join(sorted(own))}" for date, own in sorted(commits.items())
    )
    return "\n".join(lines) + f"\n\nMade by `make {name}` on {made}.\n"
