"""The figures' notebooks run from top to bottom on made-up runs, and show pages that weigh little."""

from pathlib import Path

import IPython.display
import nbformat
import pytest
from figure_fakes import ITEM, record, run

from mcdeconv import paper
from mcdeconv.data import datasets
from mcdeconv.errors import InputError
from mcdeconv.paper import selection
from mcdeconv.runs.library import Library

NOTEBOOKS = Path(__file__).parents[3] / "notebooks"
METHODS = {
    "regularisation": ("without-both", "early-stopping", "tv", "ours"),
    "schedules": ("S1", "S2", "S3", "S4", "S5", "S6", "ours"),
    "randomisation": ("ours", "random-both-nets", "random-kernel-net"),
}
LIMIT = 3_000_000  # bytes a page


class FakeLibrary:
    """Every record was traced."""

    def __init__(self, runs):
        self.runs = {one.record.identity: one.trajectory for one in runs}

    def trajectory(self, wanted):
        return self.runs.get(wanted.identity)


@pytest.fixture
def world(monkeypatch):
    """Runs of every experiment, and what the notebook displays."""
    runs = {
        name: [run(method, seed, end=20 + i) for i, method in enumerate(methods) for seed in (0, 1)]
        for name, methods in METHODS.items()
    }
    records = {name: [one.record for one in group] for name, group in runs.items()}
    scores = {"psnr_hyper-laplacian": 22.0, "ssim_hyper-laplacian": 0.7, "known_psnr_hyper-laplacian": 25.0}
    records["lai"] = [record(method, **scores) for method in ("ours", "without-both")]

    def obtain(selection, compute=True):
        if selection.experiment not in records and compute:
            raise InputError(f"no runs of {selection.experiment}")
        return records.get(selection.experiment, [])

    def stored(selection):
        return beside if (selection.experiment, selection.tier) == ("lai", "laptop") else []

    beside = [record(method, tier="laptop", **scores) for method in ("ours", "without-both")]
    shown = []
    for place in (selection, paper):  # the face keeps what it has handed on once
        monkeypatch.setattr(place, "obtain", obtain)
        monkeypatch.setattr(place, "stored", stored)
    library = FakeLibrary([one for group in runs.values() for one in group])
    monkeypatch.setattr(Library, "here", lambda: library)
    monkeypatch.setattr(
        "mcdeconv.paper.figures.restorations.deconvolve_with_kernel", lambda blurred, kernel, method: blurred
    )
    monkeypatch.setattr(datasets, "load_item", lambda dataset, name: ITEM)
    monkeypatch.setattr("mcdeconv.paper.figures.runs.load_item", lambda dataset, name: ITEM)
    monkeypatch.setattr(IPython.display, "display", lambda *things: shown.extend(things))
    return shown


def cells(name):
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", 4)
    nbformat.validate(notebook)
    return notebook.cells


def execute(name, shown, parameters=""):
    """Run a notebook's cells as papermill would, and keep what its cells end in."""
    space = {}
    for cell in cells(name):
        if cell.cell_type != "code":
            continue
        exec(cell.source, space)
        if "parameters" in cell.metadata.tags:
            exec(parameters, space)
        last = cell.source.strip().splitlines()[-1]
        if not last.startswith((" ", "display(")) and "=" not in last.split("(")[0]:
            shown.append(eval(last, space))
    return [thing for thing in shown if thing is not None]


@pytest.mark.parametrize(
    ("name", "figures"), [("regularisation", 1), ("sampling", 2), ("schedules", 1), ("randomisation", 2)]
)
def test_notebooks_show_their_figures_and_a_card(world, name, figures):
    shown = execute(name, world)
    html = [thing._repr_html_() for thing in shown]
    assert sum("<figure" in text for text in html) == figures
    assert "make figure N=" in html[-1]
    assert sum(map(len, html)) < LIMIT


def test_the_diagram_needs_no_runs(world):
    (drawn,) = execute("diagram", world)
    assert "<svg" in drawn._repr_html_()


def test_one_notebook_compares_on_every_data_set(world):
    shown = execute("comparison", world, 'dataset = "lai"')
    html = [thing._repr_html_() for thing in shown]
    assert sum("<figure" in text for text in html) == 6  # one image, error ratios, scatter; at two tiers
    assert [tier for text in html for tier in ("quick", "laptop") if f"tier {tier}. Error ratio" in text] == [
        "quick",
        "laptop",
    ]
    assert "make figure N=5" in html[-1]
    assert sum(map(len, html)) < LIMIT


def test_a_page_of_chosen_images_shows_only_these(world):
    shown = execute("comparison", world, f'dataset, images = "lai", ["{ITEM.id}"]')
    assert not any("tier laptop" in thing._repr_html_() for thing in shown)


def test_without_the_photographs_the_page_says_so(world, monkeypatch, tmp_path):
    monkeypatch.setenv("MCDECONV_DATA", str(tmp_path))
    shown = execute("comparison", world, 'dataset, tier = "lai_real", "laptop"')
    assert "Not run: the data set is not here" in shown[0]._repr_html_()
    assert "make figure N=7" in shown[-1]._repr_html_()


@pytest.mark.parametrize("name", ["regularisation", "diagram", "sampling", "comparison", "schedules", "randomisation"])
def test_notebooks_are_thin_and_without_outputs(name):
    parts = cells(name)
    assert parts[0].cell_type == "markdown" and parts[0].source.startswith("# Figure")
    code = [cell for cell in parts if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
    assert all("hide-input" in cell.metadata.tags for cell in code)
    assert not any("def " in cell.source for cell in code)
    if name != "diagram":
        assert code[0].metadata.tags[0] == "parameters"
