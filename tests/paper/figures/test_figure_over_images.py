"""The error-ratio curve and the scatter plots: their points are the records' numbers."""

import numpy as np
import pytest
from figure_fakes import ITEM, record

from mcdeconv.errors import InputError
from mcdeconv.paper.figures import NARROW, benchmark_plots, error_ratio_curve, gallery, scatter
from mcdeconv.paper.figures.error_ratio import ratios_of
from mcdeconv.paper.figures.style import look_of
from mcdeconv.runs.statistics import paired, summarise


def levin(method, image, seed, psnr, known=None, ratio=None):
    scores = {"psnr_sparse": psnr, "ssim_sparse": 0.9, "psnr_direct": 1.0, "psnr_hyper-laplacian": 2.0}
    scores |= {} if known is None else {"known_psnr_sparse": known}
    scores |= {} if ratio is None else {"error_ratio_sparse": ratio}
    return record(method, seed, image, "levin", **scores)


RECORDS = [
    levin("ours", "a", 0, 30.0, known=33.0, ratio=1.2),
    levin("ours", "a", 1, 28.0, known=33.0, ratio=3.2),
    levin("ours", "b", 0, 31.0, known=31.5, ratio=1.6),
    levin("without-both", "a", 0, 29.0, known=33.0, ratio=2.2),
    levin("without-both", "b", 0, 32.0, known=31.5, ratio=0.95),
]


def test_published_ratios_come_before_our_own():
    own = [levin("ours", "a", 0, 30.0, known=33.0), levin("ours", "b", 0, 31.0, known=31.0)]
    np.testing.assert_allclose(ratios_of(own).ratio, [10**0.3, 1.0])
    np.testing.assert_allclose(ratios_of(RECORDS).ratio, [1.2, 3.2, 1.6, 2.2, 0.95])
    assert ratios_of([levin("ours", "a", 0, 30.0)]).empty


def test_an_image_counts_once_however_many_seeds_it_has():
    np.testing.assert_allclose(ratios_of(RECORDS).weight, [0.5, 0.5, 1, 1, 1])
    assert "Ours, 2 images: 25% under 1.5, 75% under 2 and 75% under 3" in error_ratio_curve(RECORDS).alt


def test_the_curve_steps_up_at_each_ratio():
    figure = error_ratio_curve(RECORDS).at()
    (axes,) = figure.axes
    line = next(line for line in axes.get_lines() if line.get_color() == look_of("ours").colour)
    x, y = line.get_data()
    np.testing.assert_allclose(x[1:], [1.2, 1.6, 3.2])
    np.testing.assert_allclose(y, [0, 0.25, 0.75, 1])
    assert line.get_drawstyle() == "steps-post"
    assert axes.get_ylim() == (0, 1.02)  # the top of a curve is seen whole
    low, high = axes.get_xlim()
    assert low < 0.95 and high > 3.2
    assert [t.get_text() for t in figure.legends[0].get_texts()] == [
        "without dropout and noise (2 images)",
        "ours (2 images)",
    ]


def points(axes, method):
    """Those drawn in a method's colour."""
    colour = look_of(method).colour
    (drawn,) = [line for line in axes.lines if line.get_marker() != "None" and line.get_color() == colour]
    return drawn.get_xydata()


def test_points_are_images_paired_by_seed():
    gains, kernels = scatter(RECORDS).at().axes
    np.testing.assert_allclose(points(gains, "ours"), [(29, 30), (32, 31)])  # a: seed 0 only, which both have
    np.testing.assert_allclose(points(kernels, "ours"), [(33, 29), (31.5, 31)])  # a: mean of both seeds
    np.testing.assert_allclose(points(kernels, "without-both"), [(33, 29), (31.5, 32)])
    for axes in (gains, kernels):
        assert axes.get_xlim() == axes.get_ylim()
        low, high = axes.get_xlim()
        assert all(low < v < high for line in axes.lines[1:] for v in line.get_xydata().flat)
    assert gains.get_ylabel() == "PSNR of ours (dB)"


def test_alt_text_counts_and_gives_the_interval():
    many = [
        levin(method, f"im{n}", 0, 30 + n / 10 + (gain if method == "ours" else 0))
        for n, gain in enumerate((1, 2, 0.5, -0.3, 0.9))
        for method in ("ours", "without-both")
    ]
    summary = summarise(paired(many, "psnr_sparse", "ours", "without-both"))
    alt = scatter(many).alt
    assert "ahead of the version without dropout and noise on 4 of 5 images" in alt
    assert f"by +{summary.difference:.2f} dB" in alt
    low = f"{summary.low:+.2f}".replace("-", "−")
    assert f"95% interval {low} to +{summary.high:.2f}" in alt
    assert "true kernel" not in alt
    assert len(scatter(many).at().axes) == 1  # no true kernel known: one plot
    assert "without dropout and noise −1.75 dB and ours −2.25 dB" in scatter(RECORDS).alt


def test_only_what_the_records_allow_is_plotted():
    alts = [shown.alt for shown in benchmark_plots(RECORDS).values()]
    assert [alt.split(" ")[0] for alt in alts] == ["Scatter", "Step"]
    assert [s.alt.split(" ")[0] for s in benchmark_plots(RECORDS[:3]).values()] == ["Step"]  # ours alone
    assert benchmark_plots([record("ours"), record("without-both")]) == {}  # photographs
    assert benchmark_plots([]) == {}


def test_of_the_other_methods_the_best_is_drawn_beside_ours():
    both = {"psnr_sparse": 20.0, "ssim_sparse": 0.5, "known_psnr_sparse": 33.0, "known_ssim_sparse": 0.9}
    more = [record(m, 0, "a", "levin", **both | {"psnr_sparse": v}) for m, v in (("l0", 21.0), ("xu-jia", 22.0))]
    *_, kernels = scatter([*RECORDS, *more]).at().axes
    names = [text.get_text() for text in kernels.get_legend().get_texts()]
    assert names == ["Xu & Jia 2010", "without dropout and noise", "ours"]


def test_figures_fit_a_telephone():
    for draw in (error_ratio_curve, scatter):
        assert draw(RECORDS).at(NARROW).get_figwidth() <= NARROW


def test_without_numbers_there_is_no_plot():
    with pytest.raises(InputError, match="true kernels"):
        error_ratio_curve([record()])
    with pytest.raises(InputError, match="no image and seed in common"):
        scatter([levin("ours", "a", 0, 30.0), levin("without-both", "a", 1, 30.0)])


def test_stored_runs_without_their_data_set_have_plots_but_no_pictures(monkeypatch, tmp_path):
    monkeypatch.setenv("MCDECONV_DATA", str(tmp_path))
    scores = {"psnr_sparse": 30.0, "ssim_sparse": 0.9, "known_psnr_sparse": 32.0, "known_ssim_sparse": 0.95}
    first, *rest = gallery([record("ours", dataset="levin", tier="laptop", **scores)])
    assert "1 run is stored" in first.html and "data fetch levin" in first.html
    assert [shown.alt.split(" ")[0] for shown in rest] == ["Step"]
    assert list(gallery([])) == []


def test_a_folded_image_without_ours_has_a_picture_too():
    """Of photographs ours has been run on some, and a rival on all."""
    images = [ITEM.id, "manmade_01_kernel_01"]
    runs = [record("ours"), record("l0"), record("l0", image=images[1])]
    first, fold, *_ = gallery(runs, images)
    assert "ours" in first.alt and "L0" in first.alt
    assert "L0" in fold.shown[0].alt and "ours" not in fold.shown[0].alt
