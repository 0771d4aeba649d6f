"""From records to the book by the real Snakemake, with notebooks and an experiment that take no time."""

import json
import shutil
import sys

import make
import nbformat
import pages
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from pages import ResultPage, figure, table
from workflow_cases import ROOT, records_in

PAGES = {
    page.name: page
    for page in (
        ResultPage("levin", "", "benchmark.ipynb", (table(1, "levin"),), dataset="levin"),
        ResultPage("diagram", "", "diagram.ipynb", (figure(2),)),
        ResultPage("networks", "", "networks.ipynb", (figure(9, "regularisation"),), needs_runs=True),
    )
}
# In the place of `mcdeconv solve`: takes the records from where the test has put them, and tells of it.
SOLVE = """
import os, shutil, sys
from pathlib import Path
with open("solved.log", "a") as log:
    print(*sys.argv[1:], file=log)
Path("threads.log").write_text(os.environ["OPENBLAS_NUM_THREADS"])
if Path("crash").exists():
    sys.exit("it crashed")
shutil.copytree("prepared", "out/records", dirs_exist_ok=True)
"""
BOOK = """
import json
from pathlib import Path
Path("out/site").mkdir(parents=True, exist_ok=True)
pages = {path.stem: json.loads(path.read_text()) for path in Path("out/pages").glob("*.ipynb")}
marks = [name + "!" * ("failed" in page["metadata"]) for name, page in pages.items()]
Path("out/site/index.html").write_text(" ".join([*sorted(marks), *json.loads(Path("out/quotes.json").read_text())]))
"""
QUOTE = "import pathlib\npathlib.Path('out/quotes.json').write_text('{\"quoted\": 1}')"
SHOW = """
from IPython.display import HTML, Markdown, display
display(HTML("<table><tr><th>another section's</th></tr></table>"), Markdown("## {}: what it is"), HTML({!r}))
"""
TABLE = SHOW.format("Table 1", "<table><tr><th>method</th></tr><tr><td>ours</td></tr></table>")
PICTURE = SHOW.format("Figure 2", '<img alt="A line." src="data:image/svg+xml;base64,PHN2Zy8+">')


@pytest.fixture
def small(project, monkeypatch):
    """Three pages, and experiments whose runs are there to be taken, and a book in a moment."""
    for module in (pages, sys.modules["plan"]):
        monkeypatch.setattr(module, "PAGES", PAGES)
    (project.root / "mcdeconv/paper").mkdir()
    for package in ("mcdeconv", "mcdeconv/paper"):
        (project.root / package / "__init__.py").touch()
    (project.root / "mcdeconv/__main__.py").write_text(SOLVE)
    (project.root / "mcdeconv/paper/quotes.py").write_text(QUOTE)
    shutil.copy(ROOT / "mcdeconv/machine.py", project.root / "mcdeconv")
    (project.root / "workflow/build_book.py").write_text(BOOK)
    for name, source in (("benchmark", TABLE), ("diagram", PICTURE), ("networks", "print('drawn')")):
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


def failed_pages(project):
    return {name for name in executed(project) if "failed" in page_of(project, name)["metadata"]}


def page_of(project, name):
    return json.loads((project.root / f"out/pages/{name}.ipynb").read_text())


def site(project):
    return (project.root / "out/site/index.html").read_text()


@pytest.mark.slow
def test_from_nothing_to_the_book_and_on(small, capfd):
    write(small, "networks", "raise RuntimeError('a failing notebook')")
    # a page that fails stops neither the others nor the book, which shows why
    assert make.main(["reproduce"]) == 1
    assert executed(small).keys() == {"levin", "diagram", "networks"} and failed_pages(small) == {"networks"}
    assert site(small) == "diagram levin networks! quoted"
    assert sorted(solved(small)) == ["lai", "levin", "regularisation"]
    said = capfd.readouterr()
    assert "6 runs, 0 done" in said.out
    assert "failed: page networks: The last try failed: notebooks/networks.ipynb, cell" in said.err
    assert "a failing notebook" in said.err
    # mended, it goes on with what is missing
    first = executed(small)
    write(small, "networks", "print('drawn')")
    assert make.main(["reproduce"]) == 0
    second = executed(small)
    assert len(solved(small)) == 3 and failed_pages(small) == set()
    assert "6 runs, all done" in capfd.readouterr().out
    assert site(small) == "diagram levin networks quoted"
    assert {name for name in first if first[name] != second[name]} == {"networks"}
    # nothing changed: nothing is done, by reproduce or by book
    built = (small.root / "out/site/index.html").stat().st_mtime_ns
    for what in ("reproduce", "book"):
        assert make.main([what]) == 0
        assert len(solved(small)) == 3 and executed(small) == second
        assert (small.root / "out/site/index.html").stat().st_mtime_ns == built
    # a deleted record asks for its own experiment only
    next((small.root / "out/records/synthetic-levin").glob("*.json")).unlink()
    assert make.main(["reproduce"]) == 0
    assert solved(small)[3:] == ["levin"]
    # a data set concerns its own page; the others stay, and in the book
    third = executed(small)
    assert make.main(["reproduce", "--dataset", "levin", "--images", "coins_kernel_01"]) == 0
    fourth = executed(small)
    assert {name for name in fourth if fourth[name] != third[name]} == {"levin"}
    assert site(small) == "diagram levin networks quoted"


@pytest.mark.slow
def test_a_table_is_computed_and_printed(small, capfd):
    assert make.main(["table", "1", "--dataset", ""]) == 0
    assert capfd.readouterr().out.splitlines()[-3:] == ["method", "------", "ours"]
    assert solved(small) == ["levin"] and not (small.root / "out/site").exists()
    assert (small.root / "threads.log").read_text() == "1"  # else scores' last digits depend on the machine's cores


@pytest.mark.slow
def test_a_figure_is_saved_and_said(small, capfd):
    assert make.main(["figure", "2"]) == 0
    assert capfd.readouterr().out.splitlines()[-2:] == ["out/figures/figure-2-1.svg", "  A line."]
    assert (small.root / "out/figures/figure-2-1.svg").read_text() == "<svg/>"
    assert solved(small) == []


@pytest.mark.slow
def test_an_experiment_that_crashes_is_named_and_stops_neither_a_page_nor_the_book(small, capfd):
    (small.root / "crash").touch()
    assert make.main(["reproduce"]) == 1
    assert site(small) == "diagram levin networks quoted"
    said = capfd.readouterr().err
    assert "failed: levin: 4 runs failed, see above: coins_kernel_01 ours" in said and "it crashed" in said
    assert solved(small) and make.main(["reproduce"]) == 1
    assert len(solved(small)) == 2 * 3  # tried again


@pytest.mark.slow
def test_the_book_alone_solves_nothing(small, capfd):
    assert make.main(["book"]) == 0
    assert solved(small) == [] and executed(small).keys() == {"levin", "diagram"}
    assert records_in(small.library.local) == 0


@pytest.mark.slow
def test_a_book_that_cannot_be_built_is_said_and_the_old_one_stays(small, capfd):
    assert make.main(["book"]) == 0
    (small.root / "workflow/build_book.py").write_text("raise SystemExit('book: a page is wrong')")
    assert make.main(["book"]) == 1
    said = capfd.readouterr().err
    assert "book: a page is wrong" in said and "failed: the book could not be built; see above" in said
    assert site(small) == "diagram levin quoted"


@pytest.mark.slow
def test_a_graph_that_snakemake_refuses_is_said(small, capfd):
    (small.root / "notebooks/diagram.ipynb").unlink()
    assert make.main(["book"]) == 1
    said = capfd.readouterr().err
    assert "failed: Snakemake cannot start: " in said and "notebooks/diagram.ipynb" in said and "Traceback" not in said


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["table", "9"], "the paper has no table 9; choose one of 1, 2, 3, 4, 5, 6, 7"),
        (["figure", "0"], "the paper has no figure 0; choose one of 1, 2"),
        (["table", ""], "N is ''; give a whole number"),
        (["table", "five"], "N is 'five'"),
        (["reproduce", "--tier", "huge"], "unknown tier 'huge'; choose one of quick"),
        (["reproduce", "--dataset", "imagenet"], "unknown data set 'imagenet'; choose one of levin"),
        (["reproduce", "--images", "nope"], "with images nope; choose such as coins_kernel_01"),
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
