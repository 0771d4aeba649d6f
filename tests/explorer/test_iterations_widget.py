"""The iteration scrubber in a real browser."""

import fake_runs
import pytest

from mcdeconv.data.region import Region
from mcdeconv.explorer import Iterations, packing, static_frames_html
from mcdeconv.explorer.verdict import scrubber_verdict

SLIDER = ".mcd-scrubber input"


@pytest.fixture(scope="module")
def data():
    item = fake_runs.item()
    return packing.scrubber(item, Region(0, 0, *item.blurred.shape), fake_runs.scrubber_runs(item))


@pytest.fixture
def state(data):
    return {"images": Iterations([data]).images, "image": data["image"], "iteration": 120}


@pytest.fixture
def opened(open_widget, state):
    return open_widget(Iterations, state)


def assert_shows(opened, data, moment):
    """Pictures, numbers and cursor of both runs are those of one moment."""
    page = opened.page
    iteration = data["runs"][0]["picture_iterations"][moment]
    last = max(0, sum(i <= iteration for i in data["runs"][0]["iterations"]) - 1)
    for run, kind in zip(data["runs"], "ab", strict=True):
        pictures = [img.get_attribute("src") for img in page.locator(f".mcd-run-{kind} img").all()]
        assert all(
            src.endswith(run[name][moment]) for src, name in zip(pictures, ("images", "kernels", "stds"), strict=True)
        )
        assert page.inner_text(f".mcd-run-{kind} .mcd-number b") == f"{run['psnr'][last]:.1f}"
    assert page.inner_text(".mcd-scrubber output") == str(iteration) == str(opened.state("iteration"))
    assert page.get_attribute(SLIDER, "aria-valuetext") == f"iteration {iteration}"
    assert f"at iteration {iteration} of 600" in page.get_attribute(".mcd-chart >> nth=0", "aria-label")


def test_it_starts_where_the_state_says(opened, data):
    assert_shows(opened, data, 4)
    assert opened.errors == []


def test_keys_and_mouse_move_through_the_iterations(opened, data):
    page = opened.page
    page.focus(SLIDER)
    page.keyboard.press("Home")
    assert_shows(opened, data, 0)
    page.keyboard.press("ArrowRight")
    assert_shows(opened, data, 1)
    box = page.locator(SLIDER).bounding_box()
    page.mouse.click(box["x"] + box["width"] - 6, box["y"] + box["height"] / 2)
    assert_shows(opened, data, 6)
    assert opened.errors == []


def test_dragging_across_a_curve_moves_through_the_iterations(opened, data):
    chart = opened.page.locator(".mcd-chart").nth(1)
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    opened.page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"])
    opened.page.mouse.down()
    opened.page.mouse.move(box["x"] + 0.97 * box["width"], box["y"] + 0.5 * box["height"], steps=3)
    opened.page.mouse.up()
    assert_shows(opened, data, 6)


def test_play_goes_on_to_the_end_and_stops(opened, data):
    page = opened.page
    opened.receive("iteration", 300)
    page.click("text=Play")
    assert page.inner_text(".mcd-play") == "Pause"
    page.wait_for_function("document.querySelector('.mcd-play').textContent === 'Play'", timeout=5000)
    assert_shows(opened, data, 6)


def test_python_can_choose_the_iteration(opened, data):
    opened.receive("iteration", 24)
    assert_shows(opened, data, 2)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_phone_shows_it_without_scrolling_sideways(open_widget, state, theme):
    opened = open_widget(Iterations, state, width=375, height=800, theme=theme, touch=True)
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 375
    tops = [opened.page.locator(f".mcd-run-{kind} .mcd-large").bounding_box()["y"] for kind in "ab"]
    assert tops[0] == pytest.approx(tops[1], abs=1)
    assert opened.errors == []


def test_pictures_are_large_on_a_desk_and_references_stand_below(open_widget, state):
    page = open_widget(Iterations, state, width=730).page  # the book's column at 1,280 px
    tiles = [page.locator(f".mcd-run-{kind} .mcd-large img") for kind in "ab"]
    tiles += [page.locator(f".mcd-references img >> nth={place}") for place in (0, 1)]
    assert min(tile.bounding_box()["width"] for tile in tiles) >= 320


def test_it_says_how_the_runs_end_and_what_the_input_scores(opened, data):
    assert opened.page.inner_text(".mcd-says") == scrubber_verdict(data)
    assert opened.page.inner_text(".mcd-references figcaption >> nth=0") == f"Blurred, {data['psnr_blurred']:.1f} dB"


def test_everything_has_a_name(opened):
    page = opened.page
    assert page.evaluate("[...document.querySelectorAll('.mcd img')].filter((e) => !e.alt).length") == 0
    assert page.locator(".mcd-chart[role=img][aria-label]").count() == page.locator(".mcd-chart").count() == 4
    assert page.locator("label", has_text="Iteration").count() == 1


def test_a_run_without_a_truth_has_no_numbers_that_need_one(open_widget, state, data):
    nothing = [None] * len(data["iterations"])
    runs = [run | {"psnr": nothing, "similarity": nothing} for run in data["runs"]]
    opened = open_widget(Iterations, state | {"images": [data | {"sharp": None, "kernel_true": None, "runs": runs}]})
    assert opened.page.inner_text(".mcd-run-a .mcd-number b") == "–"
    assert not opened.page.is_visible("text=True kernel")
    assert opened.errors == []


def test_the_static_figure_gives_way(open_widget, state, data):
    figure = static_frames_html(data)
    assert figure.count("<img") == 3 and "after 600 iterations" in figure
    opened = open_widget(Iterations, state, fallback=figure)
    assert not opened.page.is_visible(".mcd-fallback")
