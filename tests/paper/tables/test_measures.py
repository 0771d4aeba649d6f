"""Which score a metric and protocol mean, and how rows say what they rest on."""

import pytest
from table_cases import drawn, record

from mcdeconv.paper.tables.measures import category, difference, extent, methods_in, value


@pytest.mark.parametrize(
    ("dataset", "image", "final"),
    [
        ("levin", "im05_flit01", "sparse"),
        ("synthetic-levin", "coins_kernel_03", "sparse"),
        ("lai", "people_02_kernel_01", "hyper-laplacian"),
        ("lai", "saturated_02_kernel_01", "outliers"),
        ("synthetic-lai", "saturated_01_kernel_02", "outliers"),
        ("kohler", "Blurry1_1", "hyper-laplacian"),
    ],
)
def test_kernel_protocol_is_the_data_sets_final_deconvolution(dataset, image, final):
    found = drawn(dataset, image, "ours", "paper")
    assert value(found, "psnr", "kernel") == found.scores[f"psnr_{final}"]
    assert value(found, "msssim", "kernel") == found.scores[f"ssim_{final}"]


def test_the_output_on_a_region_is_not_the_direct_protocol():
    region = record("levin", "im05_flit01", tier="laptop", whole=False, psnr_direct=31.0)
    assert value(region, "psnr", "direct") is None
    assert value(region, "psnr", "region") == 31.0
    whole = record("levin", "im05_flit01", psnr_direct=31.0, ssim_direct=0.9)
    assert (value(whole, "psnr", "direct"), value(whole, "psnr", "region")) == (31.0, None)


def test_only_lais_images_have_categories():
    images = (("lai", "text_01_kernel_02"), ("synthetic-lai", "text_01_kernel_02"), ("levin", "im05_flit01"))
    assert [category(record(*one)) for one in images] == ["text", "text", "all"]


def test_a_difference_pairs_images_and_seeds():
    runs = [
        record("levin", "a", "ours", psnr_direct=30.0),
        record("levin", "a", "ours", seed=1, psnr_direct=99.0),  # without partner
        record("levin", "a", "tv", psnr_direct=28.0),
        record("levin", "b", "ours", psnr_direct=25.0),
        record("levin", "b", "tv", psnr_direct=26.0),
    ]
    found = difference(runs, "psnr", "direct", "ours", "tv")
    assert (found.mean, found.images, found.runs) == (0.5, 2, 2)


def test_extent_counts_images_of_all_and_seeds():
    runs = [record("levin", "im05_flit01", seed=s) for s in (0, 1, 2)]
    assert extent(runs) == "1 of 32 images, 3 seeds"
    assert extent([*runs, record("levin", "im05_flit02")]) == "2 of 32 images, 1 to 3 seeds"
    assert extent([record("lai", "text_01_kernel_01"), record("kohler", "Blurry1_1")]) == "2 of 148 images, 1 seed"
    assert extent([]) == "0 runs"


def test_methods_come_in_the_papers_order():
    runs = [record("lai", "a", method) for method in ("ours", "S1", "noise-only", "without-both")]
    assert methods_in(runs) == ["without-both", "noise-only", "S1", "ours"]
