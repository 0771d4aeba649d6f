"""The tidy frame against the records it was made of."""

import pytest

from mcdeconv.runs.frame import frame, runs_by, runs_of
from mcdeconv.runs.records import Identity, Record

FINALS = {"psnr_sparse": 30.0, "psnr_hyper-laplacian": 29.0, "psnr_outliers": 28.0, "ssim_sparse": 0.9}


def record(dataset, image, scores, seed=0, seconds=12.0, method="ours", **provenance):
    identity = Identity(dataset, image, method, "laptop", seed, "c", "x")
    return Record(identity, scores, [[1.0]], seconds, 1, seed, provenance)


def values_of(*records):
    return {(row.protocol, row.measure): row.value for row in frame(records).itertuples()}


@pytest.mark.parametrize(
    ("dataset", "image", "scores", "final"),
    [
        ("levin", "im05_flit01", FINALS, "sparse"),
        ("synthetic-levin", "coins_kernel_03", FINALS, "sparse"),
        ("lai", "people_02_kernel_01", {"psnr_sparse": 30.0, "psnr_hyper-laplacian": 29.0}, "hyper-laplacian"),
        ("lai", "saturated_02_kernel_01", FINALS, "outliers"),
        ("synthetic-lai", "saturated_01_kernel_02", FINALS, "outliers"),
        ("lai", "saturated_02_kernel_01", FINALS | {"psnr_whyte": 27.0}, "whyte"),
        ("lai", "saturated_02_kernel_01", {"psnr_sparse": 30.0, "psnr_whyte": 27.0}, "whyte"),
        ("levin", "im05_flit01", FINALS | {"psnr_whyte": 27.0}, "sparse"),
        ("kohler", "Blurry1_1", {"psnr_sparse": 30.0, "psnr_hyper-laplacian": 29.0}, "hyper-laplacian"),
    ],
)
def test_kernel_protocol_is_the_data_sets_final_deconvolution(dataset, image, scores, final):
    found = values_of(record(dataset, image, scores))
    assert found["kernel", "psnr"] == found[final, "psnr"] == scores[f"psnr_{final}"]
    assert found["sparse", "psnr"] == 30.0


def test_the_output_on_a_region_is_not_the_direct_protocol():
    region = values_of(record("levin", "im05_flit01", {"psnr_direct": 31.0}))
    assert region["region", "psnr"] == 31.0 and ("direct", "psnr") not in region
    whole = values_of(record("levin", "im05_flit01", {"psnr_direct": 31.0, "ssim_direct": 0.9}))
    assert (whole["direct", "psnr"], whole["direct", "ssim"]) == (31.0, 0.9)
    assert not [protocol for protocol, _ in whole if protocol == "region"]


def test_measures_without_a_protocol_and_those_of_the_true_kernel():
    scores = {"loss": 1e-4, "kernel_similarity": 0.8, "known_psnr_sparse": 33.0, "known_error_ratio_sparse": 1.1}
    found = values_of(record("levin", "im05_flit01", scores, at_a_time=4, in_turns=True))
    assert found == {
        ("", "seconds"): 3.0,  # its share of four runs in turns
        ("", "loss"): 1e-4,
        ("", "similarity"): 0.8,
        ("known sparse", "psnr"): 33.0,
        ("known kernel", "psnr"): 33.0,
        ("known sparse", "error_ratio"): 1.1,
        ("known kernel", "error_ratio"): 1.1,
    }


def test_a_row_says_which_run_it_is_of():
    own = record("lai", "text_01_kernel_02", {}, 3, device="a GPU", precision="float32", commit="0123")
    (row,) = frame([own], lambda one: {"halves": one.seconds / 2}).query("measure == 'halves'").to_dict("records")
    assert (row["dataset"], row["category"], row["image"], row["seed"]) == ("lai", "text", "text_01_kernel_02", 3)
    assert (row["device"], row["precision"], row["commit"], row["value"]) == ("a GPU", "float32", "0123", 6.0)
    assert row["file"] == own.identity.file_name
    assert set(frame([record("levin", "text_01", {})])["category"]) == {"all"}  # only Lai's images have categories


def test_runs_of_every_group():
    rows = frame([record("levin", i, {"loss": v}, s, method=m) for i, s, v, m in
                  (("a", 0, 1.0, "ours"), ("a", 1, 2.0, "ours"), ("b", 0, 3.0, "tv"))])  # fmt: skip
    losses = rows[rows["measure"] == "loss"]
    assert runs_by(losses, ["method"]) == {("ours",): {("a", 0): 1.0, ("a", 1): 2.0}, ("tv",): {("b", 0): 3.0}}
    assert runs_of(losses) == {("a", 0): 1.0, ("a", 1): 2.0, ("b", 0): 3.0}
    assert frame([]).empty and runs_by(frame([]), ["method", "tier"]) == {}
