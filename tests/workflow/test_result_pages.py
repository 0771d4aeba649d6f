"""The pages of the book: every table and figure of the paper is on one, with a notebook and planned runs."""

import json
import re
from pathlib import Path

import pytest
import yaml
from pages import PAGES, numbered, page_of

from mcdeconv.data import datasets
from mcdeconv.errors import InputError
from mcdeconv.paper import plans
from mcdeconv.paper.sections import PICTURES_OF
from mcdeconv.paper.tables import OF_DATASET
from mcdeconv.studies import STUDIES

ROOT = Path(__file__).parents[2]
RESULTS = ["levin", "lai", "kohler", "photographs", "sampling", "networks", "architecture", "time"]
HEADING = re.compile(r"^#{1,2} ((?:Table|Figure) \d+: .*)", flags=re.MULTILINE)


@pytest.mark.parametrize(("kind", "last"), [("table", 7), ("figure", 10)])
def test_every_table_and_figure_of_the_paper_is_on_one_page(kind, last):
    shown = [one.heading for page in PAGES.values() for one in page.shows]
    assert sorted(heading.number for heading in shown if heading.kind == kind) == list(range(1, last + 1))


def test_the_results_are_eight_pages_and_levin_comes_first():
    parts = yaml.safe_load((ROOT / "book/_toc.yml").read_text())["parts"]
    (results,) = (part["chapters"] for part in parts if part["caption"] == "Results")
    assert [chapter["file"] for chapter in results] == [f"results/{name}" for name in RESULTS]
    assert {name for name, page in PAGES.items() if page.shows} == {*RESULTS, "diagram"}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_page_has_a_notebook_known_experiments_and_a_known_data_set(page):
    assert (ROOT / "notebooks" / page.notebook).is_file()
    assert set(page.experiments) <= plans.EXPERIMENTS.keys()
    assert page.dataset is None or page.dataset in (STUDIES if page.notebook == "study.ipynb" else datasets.DATASETS)


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_the_headings_of_a_notebook_are_those_of_its_page(page):
    cells = json.loads((ROOT / "notebooks" / page.notebook).read_text())["cells"]
    text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    if page.notebook == "benchmark.ipynb":  # it shows those of its data set
        shown = [("table", number) for number in OF_DATASET[page.dataset]] + [("figure", PICTURES_OF[page.dataset])]
        assert [(one.heading.kind, one.heading.number) for one in page.shows] == shown
    else:
        assert HEADING.findall(text) == [str(one.heading) for one in page.shows]


def test_every_notebook_and_every_experiment_is_shown():
    assert {page.notebook for page in PAGES.values()} == {
        str(path.relative_to(ROOT / "notebooks")) for path in (ROOT / "notebooks").rglob("*.ipynb")
    }
    shown = {name for page in PAGES.values() for name in page.experiments}
    assert shown == plans.EXPERIMENTS.keys()


def test_they_are_found_by_number():
    assert page_of(numbered("table", 3)).name == "lai" and page_of(numbered("figure", 10)).name == "networks"
    assert numbered("figure", 3).command == "make figure N=3"


@pytest.mark.parametrize(("kind", "last"), [("table", 7), ("figure", 10)])
@pytest.mark.parametrize("number", [0, -1, 11])
def test_a_number_that_the_paper_has_not(kind, last, number):
    with pytest.raises(InputError, match=f"the paper has no {kind} {number}; choose one of 1, .*, {last}$"):
        numbered(kind, number)
