"""What was tried against this project: programs killed, strangers' files and arguments, changes to its own code.

The tables of `make torture`, `make hostile` and `make mutants`, from results/trust/, as the book shows them.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from mcdeconv.files import read_csv

FOLDER = Path("results/trust")
NOT_RUN = "This has not been run yet: `make {}` does it.\n"
Counted = Mapping[str, str]


def torture(root: Path) -> str:
    """Markdown: a row for each program and trouble: how often it was tried, and what was lost; under it the sum."""
    columns = {
        "Program": lambda row: row["program"],
        "Trouble": lambda row: row["trouble"],
        "Times": lambda row: row.get("kills") or row.get("tries") or "0",
        "Lost": lambda row: row["lost"],
        "Damaged, and trusted": lambda row: row["damaged"],
        "Hung, or left running": lambda row: str(int(row["hung"]) + int(row["left running"])),
        "Did not go on to the same result": lambda row: str(int(row["did not go on"]) + int(row["other result"])),
    }
    return shown(root, "torture", columns)


def hostile(root: Path) -> str:
    """Markdown: a row for each kind of file or argument, and what came of them; under it the sum."""
    columns = {
        "Kind": lambda row: row["kind"],
        "Tried": lambda row: row["cases"],
        "Refused": lambda row: row["refused"],
        "Taken": lambda row: row["taken"],
        "Traceback": lambda row: row["traceback"],
        "Partial output": lambda row: row["partial"],
        "Executed": lambda row: row["executed"],
        "Killed or hung": lambda row: str(int(row["killed"]) + int(row["hung"])),
        "Most memory, MB": lambda row: row["most MB"],
    }
    return shown(root, "hostile", columns, largest=("Most memory, MB",))


def mutants(root: Path) -> str:
    """Markdown: a row for each module: how many changes its tests noticed, and what the others are."""
    columns = {
        "Module": lambda row: f"`{row['module']}`",
        "Changes": lambda row: row["mutants"],
        "Noticed": lambda row: row["noticed"],
        "Of no consequence": lambda row: row["equivalent"],
        "Missed": lambda row: str(int(row["mutants"]) - int(row["noticed"]) - int(row["equivalent"])),
    }
    return shown(root, "mutants", columns)


def shown(root: Path, name: str, columns: Mapping[str, Callable[[Counted], str]], largest: Sequence[str] = ()) -> str:
    """A table of a file's rows, with their sum, or their largest; what it was made with stands under it."""
    path = root / FOLDER / f"{name}.csv"
    if not path.exists():
        return NOT_RUN.format(name)
    rows = read_csv(path, dict, f"restore it with `git checkout {path}`")
    cells = [[say(row) for say in columns.values()] for row in rows]
    last = []
    for column, values in zip(columns, zip(*cells, strict=True), strict=True):
        numbers = [int(value) for value in values if value.isdecimal()]
        total = max(numbers) if column in largest and numbers else sum(numbers)
        last.append(f"**{total}**" if len(numbers) == len(values) else "")
    last[0] = "**Together**"
    lines = ["| " + " | ".join(line) + " |" for line in (list(columns), ["---"] * len(columns), *cells, last)]
    made = sorted({f"{row['date']}, commit {row['commit'].split()[0]}" for row in rows})
    return "\n".join(lines) + f"\n\nMade by `make {name}` on {'; '.join(made)}.\n"
