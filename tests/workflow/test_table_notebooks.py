"""The notebooks of tables and claims: thin, without outputs, and their cells run from any folder of a checkout."""

import shutil
from pathlib import Path

import IPython.display
import nbformat
import pytest
from pages import PAGES

from mcdeconv.paper import tables
from mcdeconv.paper.card import Card
from mcdeconv.paper.sections import Heading
from mcdeconv.runs.library import Library

ROOT = Path(__file__).parents[2]
SHOWN = {
    "benchmark": ("Table 1", "33.32"),
    "sampling": ("Table 5", "21.07"),
    "architecture": ("Table 6", "0,931"),
    "time": ("Table 7", "273.12"),
    "claims": ("Verdicts by", "34.42 dB"),
    "study": (),
}
NAMES = tuple(SHOWN)


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


@pytest.fixture
def displayed(monkeypatch):
    """What is displayed on the way."""
    shown = []
    monkeypatch.setattr(IPython.display, "display", lambda *things: shown.extend(things))
    return shown


def values_of(name, parameters, shown):
    """What the cells display and end in, as in Jupyter; `parameters` come after the cell of that tag."""
    scope = {}
    for cell in read(name).cells:
        if cell.cell_type == "code":
            *lines, last = cell.source.rstrip().split("\n")
            try:
                ending = compile(last, name, "eval")
            except SyntaxError:  # no expression, or the end of one
                exec(cell.source, scope)
            else:
                exec("\n".join(lines), scope)
                shown.append(eval(ending, scope))
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
    assert "parameters" in code[0].metadata.tags and all(
        {"hide-input", "remove-input"} & {*cell.metadata.tags} for cell in code
    )
    assert sum(cell.source.count("\n") + 1 for cell in code) < 40 and not any("def " in c.source for c in code)


@pytest.mark.parametrize("name", NAMES)
def test_it_shows_its_table_and_its_card_without_any_record(name, inside, displayed):
    shown = values_of(name, {"compute": False}, displayed)
    text = "\n".join(one.text() for one in shown if isinstance(one, tables.Tables | tables.Table))
    for words in SHOWN[name]:
        assert words in text
    assert shown[-1].summary == "Provenance: not run"


@pytest.mark.parametrize(
    "page", [page for page in PAGES.values() if page.notebook == "benchmark.ipynb"], ids=lambda p: p.name
)
def test_one_notebook_serves_every_benchmark(page, inside, displayed):
    """Below each heading its own table and its own card."""
    shown = values_of("benchmark", {"compute": False, "dataset": page.dataset}, displayed)
    assert [one for one in shown if isinstance(one, Heading)] == [one.heading for one in page.shows]
    cards = [one for one in shown if isinstance(one, Card)]
    assert [card.facts[0][1] for card in cards] == [f"{one.command} TIER=quick" for one in page.shows]
    for place, one in enumerate(page.shows[:-1]):
        assert shown[3 * place] == one.heading and f"{one.heading.name}: " in shown[3 * place + 1].text()


def test_the_page_of_a_study_names_it():
    page = PAGES["study-ssim"]
    assert page.command == "make study NAME=ssim" and page.dataset == page.study == "ssim"
