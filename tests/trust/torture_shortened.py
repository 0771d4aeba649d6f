"""The project's own programs on less work, so that a hundred of their runs can be killed: same code, shorter loops.

python torture_shortened.py deblur ARGUMENT... | book FOLDER | make FOLDER
"""

import sys
from dataclasses import replace
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests/workflow"), str(ROOT / "workflow")]
ITERATIONS, SAVE_EVERY = 400, 0.2  # the second in seconds, instead of 30


def deblur(*arguments: str) -> None:
    from tiny import NETS

    from mcdeconv.cli import main as cli
    from mcdeconv.core import solve
    from mcdeconv.core.presets import PRESETS, TIERS

    own = solve.solving.__kwdefaults__ | {"checkpoint_seconds": SAVE_EVERY}
    shorter = replace(PRESETS["ours"], **NETS).with_iterations(ITERATIONS)
    with (
        mock.patch.object(solve.solving, "__kwdefaults__", own),
        mock.patch.dict(PRESETS, ours=shorter),
        mock.patch.dict(TIERS, quick=replace(TIERS["paper"], name="quick", region=40)),
        mock.patch.object(sys, "argv", ["mcdeconv", "deblur", *arguments]),
    ):
        cli.main()


def book(folder: str) -> None:
    import build_book

    root = Path(folder)
    nothing: dict[Path, bytes] = {}
    with (
        mock.patch.object(build_book, "ROOT", root),
        mock.patch.object(build_book, "PAGES", {}),
        mock.patch.object(build_book, "included", return_value=nothing),
        mock.patch.object(build_book, "write_slides"),
    ):
        out = root / "out"
        sys.exit(
            build_book.main(["--pages", str(out), "--quotes", str(out / "quotes.json"), "--output", str(out / "site")])
        )


def make(folder: str) -> None:
    import make as workflow
    import pages
    import plan
    from pages import ResultPage, figure, table
    from workflow_cases import SMALL

    from mcdeconv.paper import plans

    few = (
        ResultPage("levin", "", "benchmark.ipynb", (table(1, "levin"),), dataset="levin"),
        ResultPage("networks", "", "networks.ipynb", (figure(9, "regularisation"),), needs_runs=True),
    )
    shown = {page.name: page for page in few}
    with (
        mock.patch.object(pages, "PAGES", shown),
        mock.patch.object(plan, "PAGES", shown),
        mock.patch.object(plans, "EXPERIMENTS", {name: SMALL.get(name, {}) for name in plans.EXPERIMENTS}),
    ):
        sys.exit(workflow.main(["reproduce"]))


if __name__ == "__main__":
    {"deblur": deblur, "book": book, "make": make}[sys.argv[1]](*sys.argv[2:])
