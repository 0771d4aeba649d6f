"""Which runs count for a claim, and what is measured of them."""

from dataclasses import replace

import numpy as np
import pytest
from claim_cases import CLAIMS, NAN, VALUE, curve, evidence_of, levin, record, trials, verdict

from mcdeconv.data import datasets
from mcdeconv.paper.claims.evidence import beyond_scores, is_delta


def test_all_images_at_tier_paper_reproduce_a_value():
    assert verdict(VALUE, levin(mean=34.5, spread=4)).name == "reproduced"
    assert verdict(VALUE, levin(mean=34.5, count=31)).name == "partly"
    assert verdict(VALUE, levin(mean=34.5, count=15)).name == "not run"
    assert verdict(VALUE, levin(mean=34.5, tier="laptop")).name == "partly"
    assert verdict(VALUE, levin(mean=30)).name == "not reproduced"


def test_the_output_on_a_region_is_no_value_but_compares_two_methods():
    def regions(method, mean):
        return [
            replace(r, scores={"psnr_direct": r.scores["psnr_direct"]}) for r in levin(method, "laptop", 8, mean, 1)
        ]

    runs = regions("ours", 33.0) + regions("ren", 31.0)
    assert verdict(VALUE, runs).name == "not run"
    evidence = evidence_of(CLAIMS["levin-ren"], runs)
    assert evidence.estimate.mean == pytest.approx(2.0) and not evidence.full


def test_a_higher_tier_and_the_benchmark_come_first():
    claim = CLAIMS["levin-ren"]
    quick = [record("synthetic-levin", "coins_kernel_03", m, "quick", psnr_direct=v, ssim_direct=0.5)
             for m, v in (("ours", 20.0), ("ren", 25.0))]  # fmt: skip
    assert evidence_of(claim, quick).data == "synthetic-levin"
    assert verdict(claim, quick).name == "not reproduced"
    laptop = levin("ours", "laptop", 4, 32) + levin("ren", "laptop", 4, 31)
    assert (evidence_of(claim, quick + laptop).data, verdict(claim, quick + laptop).name) == ("levin", "partly")
    paper = levin("ours", "paper", 32, 34) + levin("ren", "paper", 32, 32.5)
    assert verdict(claim, quick + laptop + paper).name == "reproduced"


def test_embedded_images_are_never_held_against_the_papers_decibels():
    runs = [record("synthetic-levin", n, "ours", "quick", psnr_direct=34.71, ssim_direct=0.948, psnr_sparse=34.42)
            for n in datasets.names("synthetic-levin")]  # fmt: skip
    against = [c for c in CLAIMS.values() if c.against_number and c.dataset and c.measure != "delta"]
    assert len(against) > 40
    assert all(verdict(claim, runs).name == "not run" for claim in against)


def test_a_cited_rival_is_taken_away_from_ours():
    claim = CLAIMS["levin-second-psnr"]
    evidence = evidence_of(claim, levin(mean=34.0, spread=0.2))
    assert evidence.estimate.mean == pytest.approx(34.0 - 33.32)
    assert verdict(claim, levin(mean=34.0, spread=0.2)).name == "reproduced"


def test_lais_saturated_images_take_the_kernel_protocol_for_outliers():
    names = [n for n in datasets.names("lai") if n.startswith("saturated")]
    scores = {"psnr_outliers": 16.7, "psnr_hyper-laplacian": 11.0}
    runs = [record("lai", name, **scores) for name in names]
    assert verdict(CLAIMS["table2-saturated-kernel"], runs).name == "reproduced"
    assert verdict(CLAIMS["table2-average-kernel"], runs).name == "not run"  # 20 of 100 images


def test_seconds_count_on_the_papers_device_only():
    claim = CLAIMS["time"]
    assert verdict(claim, levin()).reason == "not on an NVIDIA TITAN RTX"
    titan = [replace(r, seconds=280.0, provenance={"device": "NVIDIA TITAN RTX"}) for r in levin()]
    assert verdict(claim, titan).name == "reproduced"
    ren = [replace(r, seconds=90.0) for r in levin("ren")]
    elsewhere = [replace(r, seconds=900.0, provenance={"device": "slow"}) for r in levin("ren", count=8)]
    evidence = evidence_of(CLAIMS["time-ren"], levin() + ren + elsewhere)
    assert evidence.estimate.mean == pytest.approx(10.0)  # of the device with most runs


def test_a_delta_is_a_kernel_with_almost_all_in_one_place():
    def with_peak(share, size=15):
        kernel = np.full((size, size), (1 - share) / (size**2 - 1))
        kernel[0, 3] = share  # at the border
        return record("lai", "a", kernel=kernel.tolist())

    assert is_delta(with_peak(1.0)) == is_delta(with_peak(0.95)) == 1
    assert is_delta(with_peak(0.8)) == is_delta(with_peak(1 / 225)) == 0


def test_a_record_that_keeps_no_kernel_is_asked_for_no_delta():
    with_kernel = record("levin", "im05_flit01")
    assert "delta" in beyond_scores(with_kernel)
    assert beyond_scores(replace(with_kernel, kernel=[])) == {}


def test_figure_9_counts_trials_of_one_image():
    claim = CLAIMS["figure9-delta"]
    assert verdict(claim, trials("random-kernel-net", 10)).name == "reproduced"
    assert verdict(claim, trials("random-kernel-net", 3)).name == "partly"
    assert verdict(claim, trials("random-kernel-net", 3, "quick", "synthetic-lai")).name == "partly"
    others = [record("lai", "manmade_01_kernel_01", "random-kernel-net", seed=seed) for seed in (7, 8, 9)]
    mixed = trials("random-kernel-net", 7) + others
    assert verdict(claim, mixed).name == "not reproduced"  # 7 of 10


def test_claims_about_curves_read_trajectories():
    runs = trials("ours", 10) + trials("random-both-nets", 10)
    curves = {"ours": curve([20, 25, 26, 26], [4, 3, 2, 1]), "random-both-nets": curve([20, 22, 24, 26], [4, 4, 3, 1])}
    evidence = evidence_of(CLAIMS["figure10-slow"], runs, lambda r: curves[r.identity.method])
    assert evidence.estimate.mean == 3.0  # after 2,500 iterations
    assert verdict(CLAIMS["figure10-slow"], runs).name == "not run"  # no trajectory, no verdict
    early = evidence_of(CLAIMS["figure3-early"], runs, lambda r: curves[r.identity.method])
    late = evidence_of(CLAIMS["figure3-late"], runs, lambda r: curves[r.identity.method])
    assert (early.estimate.mean, late.estimate.mean) == (pytest.approx(0.05), pytest.approx(0.03))
    single = curve([20, 25], [2, 1], (0.1,), (5000,))
    assert evidence_of(CLAIMS["figure3-early"], runs, lambda r: single) is None


def test_curves_without_a_truth_are_not_run():
    runs = trials("ours", 2) + trials("random-both-nets", 2)
    assert evidence_of(CLAIMS["figure10-slow"], runs, lambda r: curve([NAN] * 4, [1] * 4)) is None
