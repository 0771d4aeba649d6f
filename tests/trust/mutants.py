"""`make mutants`: changes one small thing at a time in what every number rests on, and sees whether the tests notice.

    python tests/trust/mutants.py                          # → results/trust/mutants.csv and survivors.csv
    python tests/trust/mutants.py "mcdeconv.scoring.*"     # these changes alone; the others' rows stay
    python tests/trust/mutants.py --read                   # no tests, only what earlier runs found

mutmut makes the changes (its settings are in pyproject.toml) and keeps what came of each in mutants/, so it goes on
where it stopped; what survived is tried again, for tests may have grown. After one was taken away, `make clean` first.
judged.csv says of a survivor why it is of no consequence. Ends with exit code 1 below 85%, or with changes not tried.
"""

import argparse
import ast
import datetime
import difflib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from mcdeconv.files import read_csv, write_csv  # noqa: E402
from mcdeconv.runs.provenance import commit  # noqa: E402

TABLE, SURVIVORS = ROOT / "results/trust/mutants.csv", ROOT / "results/trust/survivors.csv"
JUDGED = ROOT / "tests/trust/judged.csv"
WANTED = 0.85
# mutmut's exit codes: tests failed, crashed, or did not end; none failed, or none goes there
ENDLESS = {36, 24, -24, 152, 255}
NOTICED, UNNOTICED = {1, 3, -11} | ENDLESS, {0, 5, 33}


class Mutant(NamedTuple):
    """One change, and the exit code of the tests with it; None before they were run."""

    module: str
    function: str
    change: str  # "old line → new line"
    code: int | None


def mutants_of(folder: Path) -> Iterator[Mutant]:
    """Every change that mutmut made in the modules of a folder."""
    for meta in sorted(folder.glob("**/*.py.meta")):
        codes = json.loads(meta.read_text())["exit_code_by_key"]
        text = meta.with_suffix("").read_text()
        nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        lines = text.splitlines()
        sources = {node.name: lines[node.lineno - 1 : node.end_lineno] for node in nodes}
        for key, code in codes.items():
            name, _, number = key.rpartition(".")[2].rpartition("__mutmut_")
            function = name.removeprefix("x_").removeprefix("xǁ").replace("ǁ", ".")  # as mutmut writes Class.method
            names, own = (f"{name}__mutmut_orig", f"{name}__mutmut_{number}"), function.rpartition(".")[2]
            before, after = ([line.strip().replace(one, own) for line in sources[one]] for one in names)
            differing = list(difflib.unified_diff(before, after, n=0, lineterm=""))[2:]
            old, new = (" ".join(line[1:] for line in differing if line[0] == sign) for sign in "-+")
            yield Mutant(str(meta.relative_to(folder).with_suffix("")), function, f"{old} → {new}", code)


def try_survivors_again(folder: Path) -> None:
    """mutmut lets results stand; new tests may notice what the old ones did not."""
    for meta in folder.glob("**/*.py.meta"):
        content = json.loads(meta.read_text())
        codes = content["exit_code_by_key"]
        content["exit_code_by_key"] = {key: None if code in UNNOTICED else code for key, code in codes.items()}
        meta.write_text(json.dumps(content, indent=4))


def counted(mutants: list[Mutant], judged: dict[tuple, str]) -> tuple[list[dict], list[dict]]:
    """A row for each module, and one for each change that no test notices."""
    rows, survivors = [], []
    for module in sorted({mutant.module for mutant in mutants}):
        of_module = [mutant for mutant in mutants if mutant.module == module]
        tried = [mutant for mutant in of_module if mutant.code in NOTICED | UNNOTICED]
        left = [
            mutant._asdict() | {"judgement": judged.get(mutant[:3])} for mutant in tried if mutant.code in UNNOTICED
        ]
        numbers = {"mutants": len(tried), "noticed": len(tried) - len(left)}
        numbers |= {"equivalent": sum(1 for one in left if one["judgement"]), "not tried": len(of_module) - len(tried)}
        numbers |= {"endless": sum(1 for mutant in tried if mutant.code in ENDLESS)}
        rows.append({"module": module} | numbers)
        survivors += [one | {"judgement": one["judgement"] or "not judged"} for one in left]
    return rows, survivors


def with_others(new: list[dict], path: Path, here: set[str]) -> list[dict]:
    """What was found here, and of the modules that nothing was tried in here what stands in the file."""
    old = read_csv(path, dict, f"restore {path} from git") if path.exists() else []
    rows = [row for row in new if row["module"] in here] + [row for row in old if row["module"] not in here]
    return sorted(rows, key=lambda row: str(row["module"]))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("names", nargs="*", help="patterns of mutmut's names; by default all")
    parser.add_argument("--max-children", type=int, default=2, help="processes at a time")
    parser.add_argument("--read", action="store_true", help="run no tests")
    options = parser.parse_args()
    if not options.read:
        if not options.names:
            try_survivors_again(ROOT / "mutants")
        mutmut = [Path(sys.executable).parent / "mutmut", "run", "--max-children", str(options.max_children)]
        subprocess.run([*mutmut, *options.names], cwd=ROOT, env=os.environ | {"OMP_NUM_THREADS": "1"}, check=True)
    judged = read_csv(JUDGED, lambda row: (tuple(row.values())[:3], row["judgement"]), f"restore {JUDGED} from git")
    rows, survivors = counted(list(mutants_of(ROOT / "mutants")), dict(judged))
    made = {"commit": commit(), "date": datetime.date.today().isoformat()}
    here = {row["module"] for row in rows if row["mutants"]}
    write_csv(TABLE, with_others([row | made for row in rows], TABLE, here))
    left = [{name: value for name, value in one.items() if name != "code"} for one in survivors]
    write_csv(SURVIVORS, with_others(left, SURVIVORS, here))
    names = ("mutants", "noticed", "equivalent", "not tried")
    total, noticed, equivalent, untried = (sum(row[name] for row in rows) for name in names)
    print(TABLE.read_text() + f"{noticed} of {total} noticed: {noticed / max(total, 1):.1%};", end=" ")
    print(f"of those with a consequence {noticed / max(total - equivalent, 1):.1%}; {untried} not tried")
    return 1 if noticed < WANTED * total or untried else 0


if __name__ == "__main__":
    sys.exit(main())
