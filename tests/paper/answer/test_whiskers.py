"""Dot-and-whisker plots: what is above, below and open, and that few images have no interval."""

import numpy as np
import pytest

from mcdeconv.errors import InputError
from mcdeconv.paper.answer.whiskers import FEWEST, Whisker, whiskers


def line(*values, label="a − b", seeds=1):
    return Whisker(label, {(f"i{n}", seed): v for n, v in enumerate(values) for seed in range(seeds)}, "drawn, quick")


def texts(figure):
    return [text.get_text() for axes in figure.axes for text in axes.texts] + [
        label.get_text() for label in figure.axes[0].get_yticklabels()
    ]


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ([0.9, 1.0, 1.1, 1.2, 1.0], "above"),
        ([-0.9, -1.0, -1.1, -1.2, -1.0], "below"),
        ([-1.0, 1.0, -1.0, 1.0, 0.1], "open"),
        ([1.0, 1.1], "open"),
    ],
)
def test_the_interval_says_where_a_difference_lies(values, state):
    assert line(*values).state == state


def test_few_images_are_said_one_by_one_and_many_by_their_mean():
    assert line(1.5, -0.25).in_words() == "+1.50 and −0.25"
    many = line(*([2.0] * FEWEST)).in_words()
    assert many == "+2.00 (+2.00 to +2.00)"
    assert line(1.0, 2.0, seeds=3).basis == "2 images, drawn, quick"


def test_single_images_are_means_over_their_seeds():
    drawn = Whisker("x", {("a", 0): 1.0, ("a", 1): 3.0, ("b", 0): 5.0}, "drawn")
    np.testing.assert_allclose(drawn.singles, [2.0, 5.0])


@pytest.mark.parametrize("width", [7.5, 3.55])
def test_a_plot_draws_a_whisker_a_line_within_its_axis_and_names_every_line(width):
    lines = [line(1.0, 1.2, 0.8, 1.1, 9.0, label="first"), line(-0.5, 0.25, label="second")]
    drawing = whiskers({"(1) One": lines}, "gain (dB)")
    figure = drawing.at(width)
    axes = figure.axes[0]
    low, high = axes.get_xlim()
    intervals = [artist.get_xdata() for artist in axes.lines if len(artist.get_xdata()) == 2 and artist.get_lw() > 2]
    assert len(intervals) == 1  # two images have none
    assert low <= min(intervals[0]) and max(intervals[0]) <= high < 9.0
    shown = " ".join(texts(figure))
    assert all(word in shown for word in ("(1) One", "first", "second", "5 images", "2 images"))
    assert "first: +2.62 (" in drawing.alt and "second: −0.50 and +0.25" in drawing.alt


def test_lines_and_headings_without_a_run_are_left_out():
    drawing = whiskers({"empty": [line(label="none")], "": [line(1.0, label="one")]}, "dB")
    assert "empty" not in drawing.alt and "none" not in drawing.alt and "one: +1.00" in drawing.alt
    assert len(drawing.at().axes[0].get_yticks()) == 1
    with pytest.raises(InputError, match="nothing of this has been run: empty"):
        whiskers({"empty": [line()]}, "dB")
