"""Figure 3: the samples and deviations of the stored moments, on one scale with units."""

from dataclasses import replace

import numpy as np
import pytest
from figure_fakes import PICTURED, SAMPLED, record, trajectory

from mcdeconv.errors import InputError
from mcdeconv.paper.figures import NARROW, Run, sampling
from mcdeconv.paper.figures.samples import standard_deviation

TRACED = trajectory(end=24.61)


def drawn(trajectory):
    return sampling(Run(record(), trajectory))


def cell(figure, row, column):
    pictures = [axes.images[0] for axes in figure.axes if axes.images]
    return pictures[row * (len(pictures) // len(SAMPLED)) + column]


@pytest.mark.parametrize(("width", "columns"), [(7.5, 5), (NARROW, 3)])
def test_every_row_has_its_moments_samples_and_deviation(width, columns):
    figure = drawn(TRACED).at(width)
    limits = set()
    for row, moment in enumerate(SAMPLED):
        for column in range(columns - 1):
            np.testing.assert_allclose(cell(figure, row, column).get_array(), TRACED.samples[row, column] / 255)
        std = cell(figure, row, columns - 1)
        stored = TRACED.stds[PICTURED.index(moment)]
        np.testing.assert_allclose(std.get_array(), stored / 255 * 0.1)  # STD_WHITE is 0.1 of the range
        limits.add(std.get_clim())
        assert std.get_cmap().name == "magma"
    assert len(limits) == 1  # rows can be compared
    ((low, high),) = limits
    assert low == 0 and high >= np.quantile(standard_deviation(TRACED, SAMPLED[0]), 0.995)
    bar = next(axes for axes in figure.axes if axes.get_ylabel())
    assert bar.get_ylabel() == "standard deviation (image range: 1)"
    assert max(bar.get_yticks()) == pytest.approx(high)


def test_rows_say_how_far_the_run_is():
    words = [text.get_text() for axes in drawn(TRACED).at().axes for text in axes.texts]
    assert "after 12 iterations (2% of the run)" in words and "after 600 iterations (100% of the run)" in words
    assert f"mean {TRACED.spread[PICTURED.index(120)]:.4f}" in words


def test_alt_text_has_the_deviation_and_the_psnr_of_each_moment():
    alt = drawn(TRACED).alt
    for moment in SAMPLED:
        assert f"after {moment} iterations {TRACED.spread[PICTURED.index(moment)]:.4f}" in alt
    assert "24.61 dB" in alt
    blind = replace(TRACED, psnr=np.full_like(TRACED.psnr, np.nan))
    assert "dB" not in drawn(blind).alt and "nan" not in drawn(blind).alt


def test_a_run_without_samples_is_refused():
    bare = replace(TRACED, sample_iterations=np.array([], int), samples=TRACED.samples[:0])
    with pytest.raises(InputError, match="without samples"):
        drawn(bare)
