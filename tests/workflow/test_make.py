"""From records to the book by the real Snakemake, with notebooks and an experiment that take no time."""

import json
import sys

import make
import nbformat
import pages
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from pages import Page
from workflow_cases import records_in

PAGES = {
    page.name: page
    for page in (
        Page("table-1", "benchmark.ipynb", ("levin",), "levin", tables=(1,)),
        Page("figure-2", "diagram.ipynb", figures=(2,)),
        Page("figure-1", "regularisation.ipynb", ("regularisation",), figures=(1,), needs_runs=True),
    )
}
# In the place of `mcdeconv solve`: takes the records from where the test has put them, and tells of it.
SOLVE = """
import hashlib, json, shutil, sys
from pathlib import Path
with open("solved.log", "a") as log:
    print(*sys.argv[1:], file=log)
if Path("crash").exists():
    sys.exit("it crashed")
shutil.copytree("prepared", "out/records", dirs_exist_ok=True)
manifest = Path(sys.argv[sys.argv.index("--manifest") + 1])
manifest.write_text(json.dumps({"files": {}, "missing": []}))
"""
BOOK = """
from pathlib import Path
Path("out/site").mkdir(parents=True, exist_ok=True)
names = sorted(path.stem for path in Path("out/pages").glob("*.ipynb"))
Path("out/site/index.html").write_text(" ".join(names))
"""
TABLE = "from IPython.display import HTML\nHTML('<table><tr><th>method</th></tr><tr><td>ours</td></tr></table>')"


@pytest.fixture
def small(project, monkeypatch):
    """Three pages, and experiments whose runs are there to be taken, and a book in a moment."""
    for module in (pages, sys.modules["request"], sys.modules["plan"]):
        monkeypatch.setattr(module, "PAGES", PAGES)
    (project.root / "mcdeconv/__init__.py").touch()
    (project.root / "mcdeconv/__main__.py").write_text(SOLVE)
    (project.root / "workflow/build_book.py").write_text(BOOK)
    for name, source in (("benchmark", TABLE), ("diagram", "print(2)"), ("regularisation", "print('drawn')")):
        write(project, name, source)
    project.solve("levin", "lai", "regularisation")
    (project.root / "out/records").rename(project.root / "prepared")
    return project


def write(project, name, source):
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = new_notebook(
        metadata=kernel, cells=[new_code_cell("tier = ''", metadata={"tags": ["parameters"]}, id="parameters")]
    )
    notebook.cells.append(new_code_cell(source, id="source"))
    nbformat.write(notebook, project.root / f"notebooks/{name}.ipynb")


def executed(project):
    return {path.stem: path.stat().st_mtime_ns for path in (project.root / "out/pages").glob("*.ipynb")}


def solved(project):
    log = project.root / "solved.log"
    return [line.split()[1] for line in log.read_text().splitlines()] if log.exists() else []


@pytest.mark.slow
def test_from_nothing_to_the_book_and_on(small, capfd):
    write(small, "regularisation", "raise RuntimeError('a failing notebook')")
    # a page that fails does not stop the others
    assert make.main(["reproduce"]) == 1
    assert executed(small).keys() == {"table-1", "figure-2"}
    assert (small.root / "out/site/index.html").read_text() == "figure-2 table-1"
    assert sorted(solved(small)) == ["lai", "levin", "regularisation"]
    said = capfd.readouterr()
    assert "6 runs, 0 done" in said.out
    assert (
        "failed: page figure-1: notebooks/regularisation.ipynb, cell" in said.err and "a failing notebook" in said.err
    )
    assert json.loads((small.root / "out/pages/failed/figure-1.ipynb").read_text())["cells"]
    # mended, it goes on with what is missing
    first = executed(small)
    write(small, "regularisation", "print('drawn')")
    assert make.main(["reproduce"]) == 0
    second = executed(small)
    assert len(solved(small)) == 3 and "figure-1" in second
    assert "6 runs, all done" in capfd.readouterr().out
    assert (small.root / "out/site/index.html").read_text() == "figure-1 figure-2 table-1"
    assert second["figure-2"] == first["figure-2"]
    # nothing changed: nothing is done, by reproduce or by book
    for what in ("reproduce", "book"):
        assert make.main([what]) == 0
        assert len(solved(small)) == 3 and executed(small) == second
    # a deleted record asks for its own experiment only
    next((small.root / "out/records/synthetic-levin").glob("*.json")).unlink()
    assert make.main(["reproduce"]) == 0
    assert solved(small)[3:] == ["levin"]
    # a data set concerns its own page; the others stay, and in the book
    third = executed(small)
    assert make.main(["reproduce", "--dataset", "levin", "--images", "coins_kernel_01"]) == 0
    fourth = executed(small)
    assert {name for name in fourth if fourth[name] != third[name]} == {"table-1"}
    assert (small.root / "out/site/index.html").read_text() == "figure-1 figure-2 table-1"


@pytest.mark.slow
def test_a_table_is_computed_and_printed(small, capfd):
    assert make.main(["table", "1", "--dataset", ""]) == 0
    assert capfd.readouterr().out.split()[-3:] == ["method", "--------", "ours"]
    assert solved(small) == ["levin"] and not (small.root / "out/site").exists()


@pytest.mark.slow
def test_an_experiment_that_crashes_is_named_and_stops_no_other_page(small, capfd):
    (small.root / "crash").touch()
    assert make.main(["reproduce"]) == 1
    assert executed(small).keys() == {"figure-2"}
    said = capfd.readouterr().err
    assert "failed: quick/levin: not solved" in said and "failed: page table-1: not made" in said
    assert "it crashed" in said and "figure-2: made" in said


@pytest.mark.slow
def test_the_book_alone_solves_nothing(small, capfd):
    assert make.main(["book"]) == 0
    assert solved(small) == [] and executed(small).keys() == {"table-1", "figure-2"}
    assert records_in(small.library.local) == 0


@pytest.mark.slow
def test_a_graph_that_snakemake_refuses_is_said(small, capfd):
    (small.root / "notebooks/diagram.ipynb").unlink()
    assert make.main(["book"]) == 1
    said = capfd.readouterr().err
    assert "failed: Snakemake cannot start: " in said and "notebooks/diagram.ipynb" in said and "Traceback" not in said


def test_a_book_that_snakemake_refuses_is_said(small, capfd, monkeypatch):
    real = make.command
    refusal = [sys.executable, "-c", "print('Building DAG of jobs...\\nno such rule'); raise SystemExit(1)"]
    monkeypatch.setattr(make, "command", lambda target, *rest: refusal if target == "book" else real(target, *rest))
    assert make.main(["book"]) == 1
    assert "failed: the book could not be built: Snakemake cannot start: no such rule" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["table", "9"], "the paper has no table 9; choose one of 1, 2, 3, 4, 5, 6, 7"),
        (["figure", "0"], "the paper has no figure 0; choose one of 1, 2"),
        (["table", ""], "N is ''; give a whole number"),
        (["table", "five"], "N is 'five'"),
        (["reproduce", "--tier", "huge"], "unknown tier 'huge'; choose one of quick"),
        (["reproduce", "--dataset", "imagenet"], "unknown data set 'imagenet'; choose one of levin"),
        (["reproduce", "--images", "nope"], "there is no image 'nope'"),
        (["reproduce", "--seeds", "0"], "seeds is 0"),
        (["reproduce", "--seeds", "two"], "SEEDS is 'two'"),
        (["reproduce", "--profile", "cloud"], "unknown profile 'cloud'; choose one of local, slurm"),
        (["reproduce", "--tier", "laptop", "--dataset", "levin"], "mcdeconv data fetch levin"),
    ],
)
def test_wrong_input_is_one_line_and_exit_code_2(project, capfd, arguments, message):
    assert make.main(arguments) == 2
    said = capfd.readouterr()
    assert said.err.startswith("error: ") and said.err.count("\n") == 1 and message in said.err and said.out == ""
    assert not (project.root / "out/pages").exists()


def test_two_at_a_time_are_refused(project, capfd):
    with make.only_one():
        assert make.main(["book"]) == 2
    assert "another make is at work in this checkout" in capfd.readouterr().err


def test_outside_a_checkout(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    assert make.main(["book"]) == 2
    assert capfd.readouterr().err.startswith("error: ")
