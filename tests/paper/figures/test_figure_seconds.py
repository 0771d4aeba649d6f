"""dB against seconds: points and curves are the means of the rows, of images that every method has."""

import numpy as np
import pytest

from mcdeconv.errors import InputError
from mcdeconv.paper.figures import NARROW, WIDE, Drawing, quality_over_seconds, seconds_plots
from mcdeconv.paper.figures.style import look_of


def row(method, image, psnr, seconds=0.0, iterations=0, device="a processor", timed="quality"):
    return {"timed": timed, "method": method, "image": image, "psnr": psnr, "seconds": seconds,
            "iterations": iterations, "device": device, "threads": 2}  # fmt: skip


ROWS = [
    found
    for shift, image in enumerate(("a", "b"))
    for found in (
        row("blurred image", image, 20.0 + shift),
        row("true kernel", image, 32.0 + shift),
        row("l0", image, 28.0 + shift, 0.25 + 0.5 * shift),
        *(row("ours", image, 22.0 + 2 * k + shift, 10.0**k + shift, 10 * 2**k) for k in range(3)),
    )
]


def by_colour(figure, method):
    (axes,) = figure.axes
    return [line for line in axes.lines if line.get_color() == look_of(method).colour]


def test_curves_and_points_are_means_over_the_images():
    figure = quality_over_seconds(ROWS).at(WIDE)
    *faint, mean = by_colour(figure, "ours")
    assert len(faint) == 2
    np.testing.assert_allclose(mean.get_xdata(), [1.5, 10.5, 100.5])
    np.testing.assert_allclose(mean.get_ydata(), [22.5, 24.5, 26.5])
    np.testing.assert_allclose(faint[1].get_xydata(), [(2, 23), (11, 25), (101, 27)])
    (point,) = by_colour(figure, "l0")
    np.testing.assert_allclose(point.get_xydata(), [(0.5, 28.5)])
    (axes,) = figure.axes
    np.testing.assert_allclose(axes.collections[0].get_offsets(), [(0.25, 28), (0.75, 29)])
    assert axes.get_xscale() == "log"
    levels = {float(np.unique(line.get_ydata())[0]) for line in axes.lines if len(np.unique(line.get_ydata())) == 1}
    assert {20.5, 32.5} <= levels and {text.get_text() for text in axes.texts} == {"blurred image", "true kernel"}
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names == [look_of("l0").label, look_of("ours").label]


def test_an_image_that_a_method_lacks_does_not_count():
    drawn = quality_over_seconds([r for r in ROWS if (r["method"], r["image"]) != ("l0", "b")])
    *faint, mean = by_colour(drawn.at(WIDE), "ours")
    assert len(faint) == 1 and mean.get_ydata()[-1] == 26 and "means of 1 image:" in drawn.alt
    with pytest.raises(InputError, match="no image has been measured by all methods"):
        quality_over_seconds([row("l0", "a", 28.0, 0.5), row("ours", "b", 27.0, 100.0)])


def test_the_words_have_the_numbers_and_the_machine():
    (drawn,) = seconds_plots(ROWS)
    assert f"{look_of('l0').label} 28.50 dB after 0.5 s" in drawn.alt
    assert "22.50 dB after 1.5 s, 24.50 dB after 10 s and 26.50 dB after 100 s" in drawn.alt
    assert "the true kernel 32.50 dB and the blurred image 20.50 dB" in drawn.alt
    assert "on a processor, 2 threads" in drawn.caption and "gives no kernel" not in drawn.caption


def test_machines_are_not_mixed_and_other_rows_not_drawn():
    other = [{**r, "device": "b processor"} for r in ROWS]
    plots = list(seconds_plots([*ROWS, *other, row("l0", "c", None, 3.0, timed="rival", device="c processor")]))
    assert [isinstance(plot, Drawing) for plot in plots] == [True, True]
    assert "b processor" in plots[1].caption and "means of 2 images" in plots[1].alt


def test_a_telephone_gets_one_column():
    figure = quality_over_seconds(ROWS).at(NARROW)
    assert figure.get_figwidth() == NARROW and figure.legends[0]._ncols == 1


def test_before_anything_was_measured_the_page_says_how():
    (note,) = seconds_plots([])
    assert "make study NAME=seconds" in note.text and "make study NAME=seconds" in note._repr_html_()
