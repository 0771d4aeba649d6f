"""Sheets of pictures: what is framed is what is enlarged, and nothing lies on anything else."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import Rectangle
from matplotlib.textpath import TextPath

from mcdeconv.data.region import Region
from mcdeconv.paper.figures.panels import BOLD, TITLE_SIZE, Panel, described, free_corner, sheet, wrapped
from mcdeconv.paper.figures.style import FRAMES, applied, kernel_as_shown

IMAGE = np.random.default_rng(0).random((40, 60))
CROPS = (Region(5, 10, 12, 12), Region(20, 40, 10, 15))
KERNEL = np.diag([1.0, 3.0, 2.0]) / 6


def picture_of(figure, title):
    return next(axes for axes in figure.axes if axes.get_label() == f"picture: {title}")


def overlap(one, two):
    return min(one.x1, two.x1) - max(one.x0, two.x0) > 1e-6 and min(one.y1, two.y1) - max(one.y0, two.y0) > 1e-6


def test_a_crop_is_framed_where_it_is_and_enlarged_pixel_by_pixel():
    figure = sheet([Panel("ours", IMAGE, KERNEL, "24.00 dB", CROPS)], 1, 3.0)
    picture = picture_of(figure, "ours")
    *enlargements, _ = picture.child_axes
    np.testing.assert_array_equal(picture.images[0].get_array(), IMAGE)
    frames = [patch for patch in picture.patches if isinstance(patch, Rectangle)]
    for crop, colour, enlarged in zip(CROPS, FRAMES, enlargements, strict=True):
        mine = [f for f in frames if f.get_xy() == (crop.left - 0.5, crop.top - 0.5)]
        assert {(f.get_width(), f.get_height()) for f in mine} == {(crop.width, crop.height)}
        assert np.allclose(
            mine[-1].get_edgecolor()[:3], np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
        )
        np.testing.assert_array_equal(enlarged.images[0].get_array(), IMAGE[crop.slices])
        assert enlarged.images[0].get_interpolation() == "nearest"
        np.testing.assert_allclose(enlarged.spines["top"].get_edgecolor(), mine[-1].get_edgecolor())


def test_pictures_keep_their_proportions_and_their_range():
    figure = sheet([Panel("dark", 0.4 * IMAGE), Panel("bright", IMAGE)], 2, 6.0)
    for name in ("dark", "bright"):
        axes = picture_of(figure, name)
        box = axes.get_window_extent()
        assert box.width / box.height == pytest.approx(60 / 40, rel=1e-6)
        assert axes.images[0].get_clim() == (0, 1)  # not stretched: a dark picture looks dark


def test_the_kernel_is_square_in_a_free_corner_of_its_picture():
    figure = sheet([Panel("ours", IMAGE, KERNEL, crops=(Region(0, 0, 12, 12),))], 1, 3.0)
    picture = picture_of(figure, "ours")
    _, inset = picture.child_axes
    outer, inner = picture.get_window_extent(), inset.get_window_extent()
    assert inner.width == pytest.approx(inner.height)
    assert outer.x0 <= inner.x0 and inner.x1 <= outer.x1 + 1e-6 and inner.y1 <= outer.y1 + 1e-6
    assert inner.x1 == pytest.approx(outer.x1)  # the crop is upper left, so the kernel is upper right
    np.testing.assert_allclose(inset.images[0].get_array(), kernel_as_shown(KERNEL))


@pytest.mark.parametrize(
    ("crops", "corner"),
    [
        ((), (0, 0)),
        ((Region(0, 0, 20, 20),), (70, 0)),
        ((Region(0, 0, 20, 20), Region(0, 80, 20, 20)), (70, 70)),
        ((Region(0, 0, 20, 20), Region(0, 80, 20, 20), Region(80, 80, 20, 20)), (0, 70)),
    ],
)
def test_the_corner_that_hides_least_is_taken(crops, corner):
    assert free_corner((100, 100), crops) == corner


@pytest.mark.parametrize(("columns", "width"), [(1, 2.0), (2, 3.55), (3, 7.5), (4, 7.5)])
def test_nothing_overlaps_and_nothing_leaves_the_sheet(columns, width):
    titles = ["input", "without dropout and noise", "both networks randomised", "ours", "truth"]
    panels = [Panel(title, IMAGE, KERNEL, "24.00 dB / 0.812", CROPS) for title in titles]
    with applied():
        figure = sheet(panels, columns, width)
    assert figure.get_figwidth() == width
    renderer = FigureCanvasAgg(figure).get_renderer()
    drawn = [*figure.axes, *(crop for axes in figure.axes for crop in axes.child_axes[: len(CROPS)])]
    assert len(drawn) == 3 * len(panels)
    solid = [axes.get_window_extent() for axes in drawn]
    words = [text for axes in figure.axes for text in (axes.title, axes._left_title, *axes.texts)]
    solid += [text.get_window_extent(renderer) for text in words if text.get_text()]
    for index, box in enumerate(solid):
        assert box.x0 >= -1 and box.y0 >= -1
        assert box.x1 <= figure.bbox.x1 + 1 and box.y1 <= figure.bbox.y1 + 1
        assert not any(overlap(box, other) for other in solid[:index])


def test_titles_break_between_words_only_where_they_must():
    title = "(b) without regularisation (7)"
    width = TextPath((0, 0), title, TITLE_SIZE, prop=BOLD).get_extents().width / 72
    assert wrapped(title, width + 0.01) == [title]
    assert wrapped(title, width - 0.01) == ["(b) without regularisation", "(7)"]
    assert wrapped("incomparable", 0.1) == ["incomparable"]


def test_panels_in_words():
    panels = [Panel("(a) input", IMAGE, note="20.30 dB"), Panel("(b) truth", IMAGE, note=" ")]
    assert described(panels) == "(a) input, 20.30 dB; (b) truth"
