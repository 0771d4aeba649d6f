"""Requests: what may be asked for, and which experiments and pages it concerns."""

import pytest
from pages import PAGES, page_of_table
from request import Request

from mcdeconv.errors import InputError
from mcdeconv.paper import plans


def names(pages):
    return {page.name for page in pages}


def test_the_quick_tier_is_the_whole_book():
    request = Request("reproduce")
    assert request.experiments() == list(plans.EXPERIMENTS)
    assert names(request.pages(request.experiments())) == set(PAGES)
    assert request.selection() == ""


def test_a_data_set_concerns_its_own_pages_and_those_that_show_it_too():
    request = Request("reproduce", "laptop", "levin", ("im05_flit01",))
    assert request.experiments() == ["levin"]
    concerned = names(request.pages(["levin"]))
    assert concerned >= {"table-1", "figure-4", "claims"}
    assert not concerned & {"tables-2-3", "table-4", "table-5", "figure-5", "figure-8", "explorer"}


def test_a_stand_in_is_its_benchmark():
    request = Request("reproduce", "quick", "synthetic-levin")
    assert request.benchmark == "levin" and request.experiments() == ["levin"]


def test_a_page_asks_for_its_own_experiments():
    request = Request("page", page=page_of_table(5))
    assert request.experiments() == ["ablation"]
    assert names(request.pages([])) == {"table-5"}


def test_the_book_has_every_page_whatever_was_solved():
    assert names(Request("book", "laptop").pages([])) == set(PAGES)


def test_every_selection_has_manifests_of_its_own():
    selections = (
        Request("reproduce"),
        Request("reproduce", seeds=2),
        Request("reproduce", dataset="levin"),
        Request("reproduce", dataset="levin", images=("coins_kernel_03",)),
    )
    assert len({request.selection() for request in selections}) == len(selections)
    again = Request("reproduce", dataset="levin", images=("coins_kernel_03",))
    assert again.selection() == selections[-1].selection()


def test_the_selection_is_handed_on():
    request = Request("reproduce", "laptop", "levin", ("im05_flit01", "im05_flit02"), 3)
    options = request.options()
    assert options[:2] == ["--tier", "laptop"] and "--local-only" in options
    assert options[options.index("--images") + 1] == "im05_flit01,im05_flit02"
    assert options[options.index("--seeds") + 1] == "3"
    assert "--local-only" not in Request("page", page=page_of_table(1)).options()
    parameters = request.parameters(PAGES["table-1"])
    assert parameters["images"] == ["im05_flit01", "im05_flit02"] and parameters["compute"] is False


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"tier": "huge"}, "unknown tier 'huge'; choose one of quick, laptop, paper"),
        ({"dataset": "imagenet"}, "unknown data set 'imagenet'; choose one of levin, lai, kohler"),
        ({"seeds": 0}, "seeds is 0"),
        ({"shards": 0}, "shards is 0"),
        ({"dataset": "levin", "images": ("im05_flit01",)}, "there is no image 'im05_flit01' in synthetic-levin"),
    ],
)
def test_what_there_is_not_is_refused_in_a_line(wrong, message):
    with pytest.raises(InputError, match=message) as caught:
        Request(**{"mode": "reproduce"} | wrong)
    assert "\n" not in str(caught.value)
