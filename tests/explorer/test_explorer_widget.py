"""The explorer in a real browser: by mouse, by keyboard and by touch, with no kernel that answers."""

import fake_runs
import pytest

from mcdeconv.explorer import Explorer, packing, static_figure_html
from mcdeconv.explorer.verdict import grid_verdict

RESTORED = ".mcd-wipe img:not(.mcd-over)"
P0, SIGMA0 = ".mcd-slider:nth-of-type(2) input", ".mcd-slider:nth-of-type(3) input"


@pytest.fixture(scope="module")
def grids():
    def of(image, seeds):
        item = fake_runs.item(image)
        return packing.pack_grid(item, *fake_runs.explorer_runs(item, seeds))

    return [of("camera_kernel_02", (0, 1)), of("coins_kernel_04", (0,))]


@pytest.fixture
def state(grids):
    return {
        "grids": Explorer(grids).grids,
        "image": grids[0]["image"],
        "p0": 0.3,
        "sigma0": 0.01,
        "seed": 0,
        "request": {},
        "progress": {},
    }


@pytest.fixture
def opened(open_widget, state):
    return open_widget(Explorer, state)


def shown(opened):
    """What changes from cell to cell: (picture, PSNR)."""
    page = opened.page
    return page.get_attribute(RESTORED, "src"), page.inner_text(".mcd-number b")


def expected(grid, p0, sigma0, seed=0):
    return next(c for c in grid["cells"] if (c["p0"], c["sigma0"], c["seed"]) == (p0, sigma0, seed))


def assert_shows(opened, grid, p0, sigma0, seed=0):
    """Picture, number, sliders and map agree on one cell."""
    page, cell = opened.page, expected(grid, p0, sigma0, seed)
    picture, number = shown(opened)
    assert picture.endswith(cell["image"]) and number == f"{cell['psnr']:.1f}"
    assert page.input_value(P0) == str(grid["p0"].index(p0))
    assert page.input_value(SIGMA0) == str(grid["sigma0"].index(sigma0))
    marked = page.get_attribute(".mcd-map [aria-selected=true] button", "aria-label")
    assert marked.startswith(f"p0 {p0 or 'off'}, sigma0 {sigma0 or 'off'}: ")
    assert (opened.state("p0"), opened.state("sigma0")) == (p0, sigma0)


def test_it_starts_at_the_papers_setting_without_an_error(opened, grids):
    assert_shows(opened, grids[0], 0.3, 0.01)
    assert opened.page.input_value(P0) == "4"
    assert opened.errors == []


def test_arrow_keys_move_a_slider(opened, grids):
    page = opened.page
    page.focus(P0)
    page.keyboard.press("ArrowLeft")
    assert_shows(opened, grids[0], 0.2, 0.01)
    assert page.get_attribute(P0, "aria-valuetext") == "p0 = 0.2"
    page.focus(SIGMA0)
    page.keyboard.press("Home")
    assert_shows(opened, grids[0], 0.2, 0.0)
    assert page.get_attribute(SIGMA0, "aria-valuetext") == "sigma0 = off"
    assert page.inner_text(".mcd-slider:nth-of-type(3) output") == "off"
    assert opened.errors == []  # although nothing could be saved


def test_the_mouse_moves_a_slider(opened, grids):
    page, before = opened.page, shown(opened)
    box = page.locator(SIGMA0).bounding_box()
    page.mouse.click(box["x"] + box["width"] - 8, box["y"] + box["height"] / 2)
    assert_shows(opened, grids[0], 0.3, 0.1)
    page.mouse.move(box["x"] + box["width"] - 12, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 5, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    assert_shows(opened, grids[0], 0.3, 0.0)
    assert shown(opened) != before


def test_a_cell_of_the_map_moves_both_sliders(opened, grids):
    opened.page.click('.mcd-map button[aria-label^="p0 0.03, sigma0 0.05:"]')
    assert_shows(opened, grids[0], 0.03, 0.05)


def test_the_map_is_one_tab_stop_with_arrow_keys(opened, grids):
    page = opened.page
    assert page.locator('.mcd-map button[tabindex="0"]').count() == 1
    page.focus('.mcd-map button[tabindex="0"]')
    page.keyboard.press("ArrowUp")
    assert_shows(opened, grids[0], 0.5, 0.01)
    page.keyboard.press("ArrowUp")  # already at the top
    page.keyboard.press("ArrowRight")
    assert_shows(opened, grids[0], 0.5, 0.02)
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("p0 0.5, sigma0 0.02")
    page.keyboard.press("End")
    assert_shows(opened, grids[0], 0.5, 0.1)


def test_the_map_shows_the_mean_of_the_seeds(opened, grids):
    scores = [expected(grids[0], 0.1, 0.02, seed)["psnr"] for seed in (0, 1)]
    button = opened.page.locator('.mcd-map button[aria-label^="p0 0.1, sigma0 0.02:"]')
    assert button.inner_text() == f"{sum(scores) / 2:.1f}"
    assert button.get_attribute("title").endswith(f"({scores[0]:.1f}, {scores[1]:.1f})")
    assert "mean of 2 seeds" in button.get_attribute("aria-label")


def test_jumps_go_to_the_named_cells(opened, grids):
    opened.page.click("text=Both off")
    assert_shows(opened, grids[0], 0.0, 0.0)
    opened.page.click(".mcd-jumps >> text=Paper’s setting")
    assert_shows(opened, grids[0], 0.3, 0.01)


def test_the_papers_setting_and_the_best_are_marked(opened, grids):
    page = opened.page
    paper, best = (page.locator(f".mcd-map button.mcd-{mark}") for mark in ("paper", "best"))
    assert paper.count() == best.count() == 1
    assert paper.get_attribute("aria-label").startswith("p0 0.3, sigma0 0.01:")
    assert ", the paper’s setting" in paper.get_attribute("aria-label")
    places = {(c["p0"], c["sigma0"]) for c in grids[0]["cells"]}
    means = {place: sum(expected(grids[0], *place, seed)["psnr"] for seed in (0, 1)) for place in places}
    p0, sigma0 = max(means, key=means.get)
    assert best.get_attribute("aria-label").startswith(f"p0 {p0:g}, sigma0 {sigma0:g}:")


def test_the_second_map_shows_the_kernels_similarity(opened, grids):
    page = opened.page
    page.click(".mcd-where .mcd-choice label:has-text('kernel')")
    values = [expected(grids[0], 0.1, 0.02, seed)["similarity"] for seed in (0, 1)]
    button = page.locator('.mcd-map button[aria-label^="p0 0.1, sigma0 0.02:"]')
    assert button.inner_text() == f"{sum(values) / 2:.2f}"
    assert page.get_attribute(".mcd-map", "aria-label").startswith("Kernel similarity, mean of 2 seeds")
    assert_shows(opened, grids[0], 0.3, 0.01)
    button.click()
    assert_shows(opened, grids[0], 0.1, 0.02)
    similarity = expected(grids[0], 0.1, 0.02)["similarity"]
    assert page.inner_text(".mcd-second") == f"{similarity:.2f} kernel similarity"


def test_it_says_what_the_grid_shows_and_why_it_opens_here(opened, grids):
    page = opened.page
    says = page.inner_text(".mcd-says")
    assert says.startswith("Of 2 images, this is the one where dropout and noise gain most. ")
    assert says.endswith(grid_verdict(grids[0]))
    page.select_option("select", "coins_kernel_04")
    assert page.inner_text(".mcd-says") == grid_verdict(grids[1])


def test_another_seed_and_another_image(opened, grids):
    page = opened.page
    page.click(".mcd-choice label:has-text('1')")
    assert_shows(opened, grids[0], 0.3, 0.01, seed=1)
    page.select_option("select", "coins_kernel_04")
    assert_shows(opened, grids[1], 0.3, 0.01, seed=0)  # it has no seed 1
    assert page.inner_text(".mcd-facts").startswith("seed 0, the only one · ")
    assert page.get_attribute(".mcd-map", "aria-label").startswith("PSNR in dB, one seed,")
    assert opened.state("image") == "coins_kernel_04"


def test_pictures_of_the_first_seed_stand_in_and_it_says_so(open_widget, state, grids):
    grid = grids[0] | {
        "cells": [c | {"image": None, "std": None, "kernel": None} if c["seed"] else c for c in grids[0]["cells"]]
    }
    opened = open_widget(Explorer, state | {"grids": [grid], "seed": 1})
    picture, number = shown(opened)
    assert picture.endswith(expected(grid, 0.3, 0.01, 0)["image"])
    assert number == f"{expected(grid, 0.3, 0.01, 1)['psnr']:.1f}"
    assert "pictures of seed 0" in opened.page.inner_text(".mcd-facts")


def test_the_wipe_follows_mouse_and_keys(opened):
    page = opened.page
    box = page.locator(".mcd-wipe").bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.25 * box["width"], middle, steps=3)
    page.mouse.up()
    assert page.input_value(".mcd-wipe input") == "25"
    assert page.evaluate("getComputedStyle(document.querySelector('.mcd-over')).clipPath") == "inset(0px 75% 0px 0px)"
    page.keyboard.press("ArrowRight")
    assert page.get_attribute(".mcd-wipe input", "aria-valuetext") == "26 % blurred, 74 % restored"


def test_the_wipe_compares_with_the_truth(opened, grids):
    assert opened.page.get_attribute(".mcd-over", "src").endswith(grids[0]["blurred"])
    opened.page.click(".mcd-choice label:has-text('truth')")
    assert opened.page.get_attribute(".mcd-over", "src").endswith(grids[0]["sharp"])
    assert opened.page.get_attribute(".mcd-over", "alt") == "camera, kernel 2, truth"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_phone_shows_it_without_scrolling_sideways_and_by_touch(open_widget, state, grids, theme):
    opened = open_widget(Explorer, state, width=375, height=800, theme=theme, touch=True)
    page = opened.page
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    page.tap('.mcd-map button[aria-label^="p0 0.1, sigma0 0.1:"]')
    assert_shows(opened, grids[0], 0.1, 0.1)
    small = page.evaluate(
        """() => [...document.querySelectorAll('.mcd :is(button, select, summary, input:not(.mcd-wipe input))')]
        .filter((e) => e.checkVisibility() && Math.min(e.offsetWidth, e.offsetHeight) < 24).map((e) => e.outerHTML)"""
    )
    assert small == [] and opened.errors == []


def test_a_phone_shows_picture_and_sliders_on_one_screen(open_widget, state):
    page = open_widget(Explorer, state, width=375, height=740, touch=True).page
    picture = page.locator(".mcd-wipe").bounding_box()
    assert picture["width"] >= 315  # what margins and frame leave of 375 px
    ends = [box["y"] + box["height"] for box in (page.locator(name).bounding_box() for name in (P0, SIGMA0))]
    assert max(ends) - picture["y"] <= 740 - 60  # the book's own bar stays above


def test_the_picture_is_large_on_a_desk(open_widget, state):
    page = open_widget(Explorer, state, width=730).page  # the book's column at 1,280 px
    assert page.locator(".mcd-wipe").bounding_box()["width"] >= 320
    rendering = "name => getComputedStyle(document.querySelector(name)).imageRendering"
    assert page.evaluate(rendering, RESTORED) == "auto"
    assert page.evaluate(rendering, ".mcd-main .mcd-tile img") == "pixelated"  # the kernel's


def test_everything_has_a_name(opened):
    page = opened.page
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll('.mcd :is(input, select, button)')].filter((e) =>
        !(e.getAttribute('aria-label') || e.labels?.length || e.textContent.trim())).map((e) => e.outerHTML)"""
    )
    assert unnamed == []
    assert page.evaluate("[...document.querySelectorAll('.mcd img')].filter((e) => !e.alt).length") == 0
    for chart in page.locator(".mcd-chart").all():
        assert chart.get_attribute("role") == "img" and "over 600 iterations" in chart.get_attribute("aria-label")


def test_charts_have_axes_with_units_and_a_logarithmic_loss(opened):
    loss, score = (chart.text_content() for chart in opened.page.locator(".mcd-chart").all())
    assert "iteration" in loss and "loss (log scale)" in loss and "0.001" in loss
    assert "PSNR (dB)" in score


def contrast(page, selector):
    return page.evaluate(
        """(selector) => {
        const linear = (v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
        const light = (colour) => {
            const [r, g, b] = colour.match(/[\\d.]+/g).map(Number);
            return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
        };
        const own = (e) => getComputedStyle(e).backgroundColor;
        const behind = (e) => (/, 0\\)$/.test(own(e)) ? behind(e.parentElement) : own(e));
        return Math.min(...[...document.querySelectorAll(selector)].map((e) => {
            const [a, b] = [light(getComputedStyle(e).color), light(behind(e))].sort((x, y) => y - x);
            return (a + 0.05) / (b + 0.05);
        }));
    }""",
        selector,
    )


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_can_be_read_in_both_themes(open_widget, state, theme):
    opened = open_widget(Explorer, state, theme=theme, scheme="dark" if theme == "light" else "light")
    texts = (
        ".mcd-eyebrow",
        ".mcd-facts",
        ".mcd-number span",
        ".mcd-ticks span",
        ".mcd-map button",
        ".mcd-jumps button",
        ".mcd-choice label span",
    )
    assert min(contrast(opened.page, text) for text in texts) >= 4.5
    surface = opened.page.evaluate("getComputedStyle(document.querySelector('.mcd')).backgroundColor")
    assert surface == ("rgb(255, 255, 255)" if theme == "light" else "rgb(20, 24, 30)")


def test_without_a_theme_the_system_decides(open_widget, state):
    opened = open_widget(Explorer, state, scheme="dark")
    surface = opened.page.evaluate("getComputedStyle(document.querySelector('.mcd')).backgroundColor")
    assert surface == "rgb(20, 24, 30)"


def test_the_static_figure_gives_way(open_widget, state, grids):
    figure = static_figure_html(grids[0])
    cell = expected(grids[0], 0.3, 0.01)
    assert cell["image"] in figure and f"Restored, {cell['psnr']:.1f} dB" in figure
    assert figure.count("<img") == figure.count('alt="camera_kernel_02: ') == 3
    assert "mean of 2 seeds: " in figure and "seed 0, the only one." in static_figure_html(grids[1])
    opened = open_widget(Explorer, state, fallback=figure)
    assert not opened.page.is_visible(".mcd-fallback")


def test_a_page_without_a_kernel_says_that_nothing_trains_here(opened):
    page = opened.page
    page.click("summary")
    assert page.is_visible(".mcd-note") and not page.is_visible(".mcd-live form")


def alive(opened):
    """Python answers, and the reader opens the form."""
    opened.receive("progress", {"id": opened.state("request")["id"], "state": "ready"})
    opened.page.click("summary")
    return opened.page


def test_live_training_shows_progress_and_result(open_widget, state, grids):
    opened = open_widget(Explorer, state, fails=False)
    page = alive(opened)
    inputs = page.locator(".mcd-field input")
    assert [inputs.nth(n).input_value() for n in range(3)] == ["0.3", "0.01", "0"]
    inputs.nth(0).fill("0.25")
    page.click("text=Train >> visible=true >> nth=-1")
    request = opened.state("request")
    assert request["action"] == "start" and (request["p0"], request["sigma0"]) == (0.25, 0.01)
    assert request["image"] == "camera_kernel_02" and request["std_white"] == grids[0]["std_white"]

    source = expected(grids[0], 0.2, 0.02)
    part = {"iterations": [15, 30], "losses": [0.02, 0.01], "psnr_curve": [18.0, 19.0], "std": None}
    cell = source | {"p0": 0.25, "sigma0": 0.01, "psnr": 19.04} | part
    progress = {"id": request["id"], "state": "running", "iteration": 150, "of": 600, "seconds": 5.0, "cell": cell}
    opened.receive("progress", progress)
    assert page.inner_text(".mcd-status") == "Iteration 150 of 600, 5 s, about 15 s left"
    assert page.evaluate("document.querySelector('progress').position") == 0.25
    assert shown(opened)[1] == "19.0" and shown(opened)[0].endswith(source["image"])

    end = source | {"p0": 0.25, "sigma0": 0.01, "psnr": 23.46, "seconds": 20.2, "iterations": grids[0]["iterations"]}
    opened.receive("progress", {"id": request["id"], "state": "done", "cell": end})
    assert shown(opened)[1] == "23.5" and page.inner_text(".mcd-status") == "Done in 20 s."
    assert "trained here" in page.inner_text(".mcd-facts")
    page.click(".mcd-jumps >> text=Paper’s setting")
    assert_shows(opened, grids[0], 0.3, 0.01)
    page.select_option("select", "coins_kernel_04")
    page.click("text=Show this run again")
    assert shown(opened)[1] == "23.5" and opened.state("image") == "camera_kernel_02"
    assert page.inner_text(".mcd-slider:nth-of-type(2) output") == "0.25"
    page.focus(P0)  # its thumb is at 0.2, the nearest stored value
    page.keyboard.press("ArrowRight")
    assert_shows(opened, grids[0], 0.3, 0.01)
    assert opened.errors == []


def test_live_training_can_be_stopped_and_can_fail(open_widget, state):
    opened = open_widget(Explorer, state, fails=False)
    page = alive(opened)
    page.click(".mcd-live button[type=submit]")
    name = opened.state("request")["id"]
    page.click("text=Stop")
    assert opened.state("request") == {"action": "stop", "id": name}
    opened.receive("progress", {"id": name, "state": "stopped", "message": "stopped after 7 of 600 iterations"})
    assert page.inner_text(".mcd-status") == "stopped after 7 of 600 iterations."
    page.click(".mcd-live button[type=submit]")
    failed = {"id": opened.state("request")["id"], "state": "failed", "message": "the run diverged"}
    opened.receive("progress", failed)
    assert page.inner_text(".mcd-status") == "It failed: the run diverged"
    assert page.is_enabled(".mcd-live button[type=submit]") and not page.is_enabled("text=Stop")


def test_python_can_move_the_sliders(opened, grids):
    opened.receive("p0", 0.5)
    assert_shows(opened, grids[0], 0.5, 0.01)


def test_the_kernels_along_a_slider_show_where_one_is_and_lead_elsewhere(opened, grids):
    page = opened.page
    strips = page.locator(".mcd-strip-of")
    assert strips.count() == 2
    by_p0, by_sigma0 = strips.nth(0).locator("button"), strips.nth(1).locator("button")
    assert (by_p0.count(), by_sigma0.count()) == (len(grids[0]["p0"]), len(grids[0]["sigma0"]))
    for place, p0 in enumerate(grids[0]["p0"]):
        kernel = by_p0.nth(place).locator("img").get_attribute("src")
        assert kernel.endswith(expected(grids[0], p0, 0.01)["kernel"])
    assert page.locator(".mcd-strip-of [aria-pressed=true]").count() == 2
    by_p0.nth(0).click()
    assert_shows(opened, grids[0], 0.0, 0.01)
    assert by_p0.nth(0).get_attribute("aria-pressed") == "true"
    by_sigma0.nth(5).focus()
    page.keyboard.press("Enter")
    assert_shows(opened, grids[0], 0.0, 0.1)
    assert page.evaluate("document.activeElement.getAttribute('aria-pressed')") == "true"
