"""The figures' notebooks run from top to bottom on made-up runs, and show pages that weigh little."""

from pathlib import Path

import IPython.display
import nbformat
import pytest
from figure_fakes import ITEM, record, run

from mcdeconv import paper
from mcdeconv.data import datasets
from mcdeconv.errors import InputError
from mcdeconv.paper import selection, tables
from mcdeconv.paper.sections import Fold, Heading
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

    root = NOTEBOOKS.parent

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

    def stored(selection, library=None):
        return []

    def gather(selection, compute=True):
        """Of every tier."""
        return [*records["lai"], *beside] if selection.experiment == "lai" else []

    beside = [record(method, tier="laptop", **scores) for method in ("ours", "without-both")]
    shown = []
    for place in (paper, selection):  # the face first: it keeps what it hands on, and must not keep the fake
        monkeypatch.setattr(place, "obtain", obtain)
        monkeypatch.setattr(place, "stored", stored)
    monkeypatch.setattr(tables, "gather", gather)
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


def html_of(thing):
    """What is shown of it; a heading is Markdown."""
    return thing._repr_markdown_() if isinstance(thing, Heading) else thing._repr_html_()


@pytest.mark.parametrize(
    ("name", "drawn", "numbers"),
    [("sampling", 4, {1, 3, 8}), ("networks", 2, {9, 10}), ("diagram", 1, {2})],  # Figure 3: two runs
)
def test_notebooks_show_their_figures_each_with_a_card_of_its_own(world, name, drawn, numbers):
    html = list(map(html_of, execute(name, world)))
    assert sum("<figure" in text for text in html) == drawn
    cards = [text for text in html if "provenance-card" in text]
    assert all(
        sum(f"make figure N={number}<" in text.replace(" TIER=quick", "") for text in cards) == 1 for number in numbers
    )
    assert sum(map(len, html)) < LIMIT


@pytest.mark.parametrize(("name", "folded"), [("sampling", 2), ("networks", 2)])
def test_of_a_real_images_runs_the_kernels_and_curves_come_first_and_embedded_ones_are_folded(
    world, monkeypatch, name, folded
):
    def stored(selection, library=None):
        return paper.obtain(selection)  # here as many as there are of the embedded image

    for place in (paper, selection):
        monkeypatch.setattr(place, "stored", stored)
    shown = execute(name, world)
    assert sum(isinstance(thing, Fold) for thing in shown) == folded
    drawings = [html_of(thing) for thing in shown if "<figure" in html_of(thing)]
    assert "kernels found on" in drawings[0] and "kernels found on" not in "".join(drawings[1:])


def test_one_notebook_compares_on_every_data_set_and_folds_all_but_the_first_tier(world):
    shown = execute("benchmark", world, 'dataset = "lai"')
    html = list(map(html_of, shown))
    assert sum(text.count("<figure") for text in html) == 6  # one image, error ratios, scatter; at two tiers
    figures = [thing for text, thing in zip(html, shown, strict=True) if "<figure" in text]
    assert [isinstance(one, Fold) for one in figures] == [False, True, True]
    further, other = (figure.summary for figure in figures if isinstance(figure, Fold))
    assert further.startswith("Further: ") and other.startswith("Figure 5 at tier ")
    assert [str(one).partition(":")[0] for one in shown if isinstance(one, Heading)] == [
        "Table 2",
        "Table 3",
        "Figure 5",
    ]
    assert "make figure N=5" in html[-1]
    assert sum(map(len, html)) < LIMIT


def test_a_page_of_chosen_images_shows_only_these(world):
    shown = execute("benchmark", world, f'dataset, images = "lai", ["{ITEM.id}"]')
    assert not any("tier laptop. Error" in html_of(thing) for thing in shown)


def test_without_the_photographs_the_page_says_so(world, monkeypatch, tmp_path):
    monkeypatch.setenv("MCDECONV_DATA", str(tmp_path))
    shown = execute("photographs", world, 'tier = "laptop"')
    assert "Not run: the data set is not here" in shown[0]._repr_html_()
    assert "make figure N=7" in shown[-1]._repr_html_()


@pytest.mark.parametrize("name", ["benchmark", "photographs", "sampling", "networks", "diagram"])
def test_notebooks_are_thin_and_without_outputs(name):
    parts = cells(name)
    assert parts[0].cell_type == "markdown" and parts[0].source.startswith("# ")
    code = [cell for cell in parts if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
    assert all({"hide-input", "remove-input"} & {*cell.metadata.tags} for cell in code)
    assert not any("def " in cell.source for cell in code)
    if name != "diagram":
        assert code[0].metadata.tags[0] == "parameters"
