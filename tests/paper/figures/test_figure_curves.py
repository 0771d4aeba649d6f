"""Figures 8 and 10: what is drawn is what the trajectories hold."""

import matplotlib.colors
import numpy as np
import pytest
from figure_fakes import run

from mcdeconv.errors import InputError
from mcdeconv.paper.figures import NARROW, randomisation_curves, schedules
from mcdeconv.paper.figures.style import look_of

RAMP = np.linspace(15, 21, 40)
TRIALS = [run("ours", seed, psnr=RAMP + offset) for seed, offset in enumerate((0.0, 1.0, 5.0))]
OTHERS = [run("random-kernel-net", seed, end=19.0) for seed in range(3)]


def line_of(axes, method):
    colour = look_of(method).colour
    return next(line for line in axes.get_lines() if line.get_color() == colour)


def test_lines_are_the_trajectories():
    runs = [run(f"S{n}", end=20 + n) for n in range(1, 7)] + [run("ours", end=27.5)]
    figure = schedules(runs).at()
    losses, psnrs = figure.axes
    for one in runs:
        for axes, measure in ((losses, "losses"), (psnrs, "psnr")):
            line = line_of(axes, one.method)
            np.testing.assert_array_equal(line.get_xdata(), one.trajectory.iterations)
            np.testing.assert_allclose(line.get_ydata(), getattr(one.trajectory, measure))
    assert losses.get_yscale() == "log" and psnrs.get_yscale() == "linear"
    assert psnrs.get_ylabel() == "PSNR of the image (dB)" and psnrs.get_xlabel() == "iteration"
    assert not psnrs.collections  # one run each: no band
    named = {text.get_text() for text in figure.legends[0].get_texts()}
    assert named == {"ours", *(look_of(f"S{n}").label for n in range(1, 7))}
    handles = {h.get_color() for h in figure.legends[0].get_lines()}
    assert handles == {look_of(one.method).colour for one in runs}


def test_line_is_the_mean_and_band_one_standard_deviation_either_way():
    axes, _ = randomisation_curves([*TRIALS, *OTHERS]).at().axes
    np.testing.assert_allclose(line_of(axes, "ours").get_ydata(), RAMP + 2)
    std = np.sqrt((2**2 + 1**2 + 3**2) / 2)  # of 0, 1, 5 about 2, divided by n - 1
    colour = matplotlib.colors.to_rgb(look_of("ours").colour)
    band = next(c for c in axes.collections if np.allclose(c.get_facecolor()[0, :3], colour))
    outline = band.get_paths()[0].vertices
    first, last = TRIALS[0].trajectory.iterations[[0, -1]]
    assert set(np.round(outline[outline[:, 0] == last, 1], 4)) == set(np.round([23 - std, 23 + std], 4))
    assert set(np.round(outline[outline[:, 0] == first, 1], 4)) == set(np.round([17 - std, 17 + std], 4))
    assert len(axes.collections) == 2


def test_what_falls_is_marked_after_the_papers_share_of_the_run():
    axes, _ = schedules([run("ours")]).at().axes
    marks = {line.get_xdata()[0] for line in axes.get_lines() if len(set(line.get_xdata())) == 1}
    assert marks == {180, 420}  # 1,500 and 3,500 of 5,000 iterations, at 600


def test_alt_texts_have_the_last_numbers():
    alt = schedules([run("S1", end=22.34), run("ours", end=24.61)]).alt
    assert "600 iterations for 2 configurations, one run each" in alt
    assert "PSNR at the end: S1 (dropout 0.5) 22.34 dB and ours 24.61 dB" in alt
    loss = run("ours").trajectory.losses[-1]
    assert f"ours {loss:.1e}".replace("-", "−") in alt
    alt = randomisation_curves([*TRIALS, *OTHERS]).alt
    assert "standard deviation over 3 trials" in alt
    assert "image network randomised (ours) 23.00 ± 2.65 dB" in alt
    ssim = np.mean([one.trajectory.ssim[-1] for one in OTHERS])
    assert f"kernel network randomised {ssim:.3f}" in alt


def test_narrow_plots_stand_below_each_other():
    wide, narrow = schedules(TRIALS).at(), schedules(TRIALS).at(NARROW)
    for figure in (wide, narrow):
        figure.draw_without_rendering()
    (a, b), (c, d) = ([axes.get_position() for axes in figure.axes] for figure in (wide, narrow))
    assert a.x1 < b.x0 and abs(a.y0 - b.y0) < 0.01
    assert c.y0 > d.y1 and abs(c.x0 - d.x0) < 0.05
    assert narrow.get_figwidth() == NARROW


def test_trials_of_different_lengths_are_refused():
    short = run("ours", 7)
    object.__setattr__(short.trajectory, "iterations", short.trajectory.iterations * 4)
    with pytest.raises(InputError, match="ours have different lengths"):
        schedules([TRIALS[0], short])


def test_nothing_to_show_is_said():
    with pytest.raises(InputError, match="no runs"):
        schedules([])
