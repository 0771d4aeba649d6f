"""The notebooks of tables and claims: thin, without outputs, and their cells run from any folder of a checkout."""

import shutil
from pathlib import Path

import nbformat
import pytest
from pages import PAGES

from mcdeconv.runs.library import Library

ROOT = Path(__file__).parents[2]
NAMES = ("benchmark", "ablation", "architectures", "running_time", "claims", "study", "seconds")
SHOWN = {
    "benchmark": ("Table 1", "33.32"),
    "ablation": ("Table 5", "21.07"),
    "architectures": ("Table 6", "0,931"),
    "running_time": ("Table 7", "273.12"),
    "claims": ("Verdicts on", "34.42 dB"),
    "study": (),
    "seconds": ("not measured yet", "make study NAME=seconds"),
}


def read(name):
    return nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)


@pytest.fixture
def inside(tmp_path, monkeypatch):
    """A folder inside a checkout that has the paper's numbers and not one record."""
    for part in ("paper", "claims.csv"):
        source = ROOT / "results" / part
        (tmp_path / "results").mkdir(exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / "results" / part)
    (tmp_path / "mcdeconv").mkdir()
    (tmp_path / "notebooks" / "deep").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "notebooks" / "deep")
    assert Library.here().root == tmp_path.resolve()
    return tmp_path


def values_of(name, parameters):
    """What each code cell's last expression gives, as in Jupyter; `parameters` come after the cell of that tag."""
    scope, shown = {}, []
    for cell in read(name).cells:
        if cell.cell_type == "code":
            *lines, last = cell.source.rstrip().split("\n")
            exec("\n".join(lines), scope)
            try:
                shown.append(eval(last, scope))
            except SyntaxError:
                exec(last, scope)
            if "parameters" in cell.metadata.tags:
                scope |= {key: value for key, value in parameters.items() if key in scope}
    return [one for one in shown if one is not None]


@pytest.mark.parametrize("name", NAMES)
def test_it_is_thin_and_has_no_output(name):
    notebook = read(name)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "python3"
    first, *_ = notebook.cells
    assert first.cell_type == "markdown" and first.source.startswith("# ")
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
    assert "parameters" in code[0].metadata.tags and all("hide-input" in cell.metadata.tags for cell in code)
    assert sum(cell.source.count("\n") + 1 for cell in code) < 25 and not any("def " in c.source for c in code)


@pytest.mark.parametrize("name", NAMES)
def test_it_shows_its_table_and_its_card_without_any_record(name, inside):
    shown = values_of(name, {"compute": False})
    for text in SHOWN[name]:
        assert text in shown[0].text()
    assert shown[-1].summary == "Provenance: not run"
    assert all(one._repr_html_().startswith("<d") for one in shown if one._repr_html_())  # a study has no empty table


@pytest.mark.parametrize(
    "page", [page for page in PAGES.values() if page.notebook == "benchmark.ipynb"], ids=lambda p: p.name
)
def test_one_notebook_serves_every_benchmark(page, inside):
    shown = values_of("benchmark", {"compute": False, "dataset": page.dataset})
    assert all(f"Table {number}: " in shown[0].text() for number in page.tables)
    assert f"make table N={page.tables[0]}" in shown[-1].text()


def test_the_page_of_a_sheet_names_the_study_that_makes_it():
    page = PAGES["seconds"]
    assert page.command == f"make study NAME={page.measures}" and page.title == "dB against seconds"
    assert page.reads == ("results/studies/seconds/rows.csv",)
