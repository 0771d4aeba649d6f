"""The ranking in a real browser: lines change places, by mouse and by keyboard, with no kernel that answers."""

import pytest

from mcdeconv.explorer import Ranking, static_ranking_html

SHARED = {"finals": ["sparse", "hyper-laplacian"]}


def cell(mean, images=32, bound=33.0):
    return {"mean": mean, "low": mean - 1, "high": mean + 1, "images": images, "bound": bound}


def line(name, kind, stage, cells, printed=None):
    mark = printed and {"value": float(printed), "text": printed}
    own = {"id": f"{name}/{stage}", "name": name, "detail": "run here", "kind": kind, "stage": stage}
    return own | {"cells": cells, "printed": mark}


def reading(name, truth, shift, luma):
    return {"name": name, "truth": truth, "shift": shift, "luma": luma}


LEVIN = SHARED | {
    "dataset": "levin",
    "title": "Levin et al.",
    "table": "Table 1",
    "images": 32,
    "most": 32,
    "readings": [
        reading("levin", "own", 5, "full"),
        reading("levin-shift10", "own", 10, "full"),
        reading("levin-scene", "scene", 5, "full"),
        reading("levin-scene-shift10", "scene", 10, "full"),
    ],
    "own": {"truth": "own", "shift": 5, "luma": "full", "final": "sparse"},
    "lines": [
        line("true kernel", "bound", "kernel", {"sparse/levin": cell(33.0), "hyper-laplacian/levin-scene": cell(30.9)}),
        line(
            "ours", "ours", "kernel", {"sparse/levin": cell(31.0), "hyper-laplacian/levin-scene": cell(32.5)}, "34.42"
        ),
        line("Alpha", "rival", "kernel", {"sparse/levin": cell(31.5), "hyper-laplacian/levin-scene": cell(31.0)}),
        line("Delta", "rival", "kernel", {"sparse/levin": cell(34.0, 8)}),
        line("Beta", "external", "direct", {"direct/levin": cell(30.0), "direct/levin-scene": cell(32.0)}, "33.07"),
    ],
    "printed": [{"name": "Gamma [9]", "detail": "printed, own picture", "value": 28.5, "text": "28.5"}],
}
LAI = SHARED | {
    "dataset": "lai",
    "title": "Lai et al.",
    "table": "Table 2",
    "images": 100,
    "most": 32,
    "readings": [reading("lai", "own", 10, "studio"), reading("lai-full-luma", "own", 10, "full")],
    "own": {"truth": "own", "shift": 10, "luma": "studio", "final": "hyper-laplacian"},
    "lines": [
        line("ours", "ours", "kernel", {"hyper-laplacian/lai": cell(22.0), "hyper-laplacian/lai-full-luma": cell(20.7)})
    ],
    "printed": [],
}


@pytest.fixture
def state():
    return {"data": [LEVIN, LAI], "dataset": "levin", **LEVIN["own"]}


@pytest.fixture
def opened(open_widget, state):
    return open_widget(Ranking, state)


def order(opened):
    """Place and name of each line, from above."""
    items = opened.page.locator("ol.mcd-ranking li").all()
    return [(item.locator(".mcd-place").inner_text(), item.locator("b").first.inner_text()) for item in items]


def radio(opened, value):
    return opened.page.locator(f'input[type=radio][value="{value}"]')


AT_FIRST = [("bound", "true kernel"), ("1", "Alpha"), ("2", "ours"), ("3", "Beta")]


def test_it_starts_at_the_data_sets_own_reading(opened):
    assert order(opened) == AT_FIRST
    status = opened.page.locator("[role=status][aria-live=polite]").inner_text()
    assert status.startswith(
        "With truth each file's own, shifts up to 5 px, final deconvolution sparse: 1 Alpha, 31.50 dB"
    )
    assert "Ours has place 2 of 3. The order is that of the data set's own reading." in status
    assert opened.errors == []


def test_choices_sort_the_lines_anew_and_say_so(opened):
    radio(opened, "one a scene").check()
    assert order(opened) == [("1", "Beta"), ("–", "true kernel"), ("–", "ours"), ("–", "Alpha"), ("–", "Delta")]
    assert opened.page.locator("text=not scored so").count() == 4
    radio(opened, "hyper-laplacian").check()
    assert order(opened) == [("1", "ours"), ("2", "Beta"), ("3", "Alpha"), ("bound", "true kernel"), ("–", "Delta")]
    assert opened.page.locator(".mcd-of-ours .mcd-moved").inner_text() == "▲ 1 place up"
    assert opened.page.locator(".mcd-of-rival .mcd-moved").inner_text() == "▼ 2 places down"
    assert "3 of them are elsewhere than under" in opened.page.inner_text(".mcd-status")
    assert ": 1 ours, 32.50 dB; 2 Beta, own picture, 32.00 dB; 3 Alpha" in opened.page.inner_text(".mcd-status")
    assert (opened.state("truth"), opened.state("shift"), opened.state("final")) == ("scene", 5, "hyper-laplacian")
    assert opened.errors == []


def test_keys_choose_and_the_focus_stays(opened):
    radio(opened, "each file's own").focus()
    opened.page.keyboard.press("ArrowRight")
    assert opened.state("truth") == "scene" and order(opened)[0] == ("1", "Beta")
    assert opened.page.evaluate("document.activeElement.value") == "one a scene"
    opened.page.keyboard.press("Tab")
    opened.page.keyboard.press("ArrowRight")
    assert opened.state("shift") == 10


def test_python_can_choose(opened):
    opened.receive("truth", "scene")
    opened.receive("final", "hyper-laplacian")
    assert order(opened)[0] == ("1", "ours") and radio(opened, "one a scene").is_checked()


def test_marks_lie_where_their_numbers_are(opened):
    """Printed 34.42 right of the bound, 33, that right of the mean, 31, on an axis from 28 to 35 dB."""
    strip = opened.page.locator(".mcd-of-ours .mcd-strip")
    box = strip.bounding_box()

    def middle(kind):
        mark = strip.locator(f".mcd-{kind}").bounding_box()
        return (mark["x"] + mark["width"] / 2 - box["x"]) / box["width"]

    for kind, value in (("mean", 31.0), ("bound", 33.0), ("printed", 34.42), ("whisker", 31.0)):
        assert middle(kind) == pytest.approx((value - 28) / 7, abs=0.01), kind
    assert strip.locator(".mcd-whisker").bounding_box()["width"] == pytest.approx(2 / 7 * box["width"], abs=2)


def test_few_images_and_printed_numbers_are_said(opened):
    page = opened.page
    assert page.locator(".mcd-few").all_inner_texts() == ["only 8 of 32 images"]
    below = page.get_by_role("list", name="On fewer images, without a place").locator("li")
    assert [below.nth(n).locator("b").first.inner_text() for n in range(below.count())] == ["Delta"]
    assert "34.00 dB" in below.inner_text() and below.locator(".mcd-place").inner_text() == "–"  # above all, unranked
    assert "printed 34.42" in page.locator(".mcd-of-ours").inner_text()
    assert page.get_by_role("list", name="Printed numbers").locator("li").all_inner_texts()[0].split("\n")[:2] == [
        "Gamma [9]",
        "printed, own picture",
    ]


def test_another_data_set_has_other_choices(opened):
    radio(opened, "Lai et al.").check()
    labels = opened.page.locator("[role=radiogroup]").all()
    names = [opened.page.inner_text(f"#{group.get_attribute('aria-labelledby')}") for group in labels]
    assert names == ["Data set", "Luma", "Final deconvolution"]
    assert opened.state("luma") == "studio" and "22.00 dB" in opened.page.inner_text(".mcd-of-ours")
    radio(opened, "full range").check()
    assert "20.70 dB" in opened.page.inner_text(".mcd-of-ours")
    radio(opened, "Levin et al.").check()
    assert order(opened) == AT_FIRST
    assert opened.errors == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_phone_shows_it_without_scrolling_sideways(open_widget, state, theme):
    opened = open_widget(Ranking, state, width=375, height=800, theme=theme, touch=True)
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 375
    assert opened.page.locator(".mcd-of-ours .mcd-strip").bounding_box()["width"] > 200
    assert opened.errors == []


def test_without_javascript_there_is_a_table_and_it_gives_way(open_widget, state, browser):
    table = static_ranking_html(LEVIN)
    page = browser.new_page(java_script_enabled=False)
    page.set_content(table)
    rows = [row.inner_text().split("\t") for row in page.locator("tbody tr").all()]
    page.close()
    assert [row[0].split(",")[0] for row in rows] == ["true kernel", "Alpha", "ours", "Beta", "Delta"]
    assert rows[2][1:] == ["31.00 (30.00 to 32.00)", "32 of 32", "34.42"] and rows[4][2] == "8 of 32"
    opened = open_widget(Ranking, state, fallback=table)
    assert not opened.page.is_visible(".mcd-fallback")
