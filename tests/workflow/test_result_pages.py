"""The pages of the book: every table and figure of the paper is on one, with a notebook and planned runs."""

from pathlib import Path

import pytest
from pages import PAGES, page_of_figure, page_of_table

from mcdeconv.data import datasets
from mcdeconv.errors import InputError
from mcdeconv.paper import plans
from mcdeconv.studies import STUDIES

ROOT = Path(__file__).parents[2]


def test_every_table_and_figure_of_the_paper_is_on_one_page():
    assert sorted(number for page in PAGES.values() for number in page.tables) == list(range(1, 8))
    assert sorted(number for page in PAGES.values() for number in page.figures) == list(range(1, 11))


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_page_has_a_notebook_known_experiments_and_a_known_data_set(page):
    assert (ROOT / "notebooks" / page.notebook).is_file()
    assert set(page.experiments) <= plans.EXPERIMENTS.keys()
    assert page.dataset is None or page.dataset in (STUDIES if page.notebook == "study.ipynb" else datasets.DATASETS)


def test_every_notebook_and_every_experiment_is_shown():
    assert {page.notebook for page in PAGES.values()} == {path.name for path in (ROOT / "notebooks").glob("*.ipynb")}
    shown = {name for page in PAGES.values() for name in page.experiments}
    assert shown == plans.EXPERIMENTS.keys()


def test_pages_are_found_by_number():
    assert page_of_table(3).name == "tables-2-3" and page_of_figure(10).name == "figures-9-10"


@pytest.mark.parametrize(("find", "kind", "last"), [(page_of_table, "table", 7), (page_of_figure, "figure", 10)])
@pytest.mark.parametrize("number", [0, -1, 11])
def test_a_number_that_the_paper_has_not(find, kind, last, number):
    with pytest.raises(InputError, match=f"the paper has no {kind} {number}; choose one of 1, .*, {last}$"):
        find(number)
