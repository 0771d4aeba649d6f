"""Goals: what may be asked for, and which experiments and pages it concerns."""

import pytest
from pages import PAGES, numbered
from plan import Goal

from mcdeconv.errors import InputError
from mcdeconv.paper import plans


def names(pages):
    return {page.name for page in pages}


def test_the_quick_tier_is_the_whole_book():
    goal = Goal("reproduce")
    assert goal.experiments == list(plans.EXPERIMENTS) == list(goal.selections)
    assert names(goal.pages(goal.experiments)) == set(PAGES)


def test_a_data_set_concerns_its_own_pages_and_those_that_show_it_too():
    goal = Goal("reproduce", "laptop", "levin", ("im05_flit01",))
    assert goal.experiments == ["levin"]
    concerned = names(goal.pages(["levin"]))
    assert concerned >= {"levin", "claims", "time"}
    assert not concerned & {"lai", "kohler", "sampling", "networks", "explorer"}


def test_a_stand_in_is_its_benchmark():
    goal = Goal("reproduce", "quick", "synthetic-levin")
    assert goal.benchmark == "levin" and goal.experiments == ["levin"]


@pytest.mark.parametrize(
    ("kind", "number", "experiment"),
    [("table", 5, "ablation"), ("figure", 1, "regularisation"), ("figure", 8, "schedules")],
)
def test_a_table_or_figure_asks_for_its_own_experiments_and_makes_the_page_that_it_shares(kind, number, experiment):
    goal = Goal("page", wanted=numbered(kind, number))
    assert goal.experiments == [experiment]
    assert names(goal.pages([])) == {"sampling"}


def test_the_book_has_every_page_whatever_was_solved():
    assert names(Goal("book", "laptop").pages([])) == set(PAGES)


def test_images_leave_the_experiments_that_have_them():
    assert Goal("reproduce", images=("coins_kernel_03",)).selections.keys() == {"levin", "architectures"}


def test_the_selection_is_handed_on():
    goal = Goal("reproduce", "laptop", "levin", ("im05_flit01", "im05_flit02"), 3)
    options = "--tier laptop --dataset levin --images im05_flit01,im05_flit02 --seeds 3 --local-only"
    assert goal.options() == options.split()
    assert Goal("page", wanted=numbered("table", 1)).options() == ["--tier", "quick"]
    parameters = goal.parameters(PAGES["levin"])
    assert parameters["images"] == ["im05_flit01", "im05_flit02"] and parameters["compute"] is False


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"tier": "huge"}, "unknown tier 'huge'; choose one of quick, laptop, paper"),
        ({"dataset": "imagenet"}, "unknown data set 'imagenet'; choose one of levin, lai, kohler, lai_real$"),
        ({"seeds": 0}, "seeds is 0"),
        ({"shards": 0}, "shards is 0"),
        ({"images": ("coins_kernel_03", "typo")}, "with images typo; choose such as camera_kernel_03, "),
        ({"dataset": "levin", "images": ("im05_flit01",)}, "with images im05_flit01; choose such as camera_kernel_03"),
    ],
)
def test_what_there_is_not_is_refused_in_a_line(wrong, message):
    with pytest.raises(InputError, match=message) as caught:
        Goal(**{"mode": "reproduce"} | wrong)
    assert "\n" not in str(caught.value)
