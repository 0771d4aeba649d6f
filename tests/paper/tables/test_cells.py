"""How rows say what they rest on, and what a comparison takes away from what."""

from table_cases import record

from mcdeconv.paper.tables.cells import extent
from mcdeconv.paper.tables.scores import against_ours
from mcdeconv.runs.frame import frame


def test_a_difference_pairs_images_and_seeds():
    runs = [
        record("levin", "a", "ours", psnr_direct=30.0),
        record("levin", "a", "ours", seed=1, psnr_direct=99.0),  # without partner
        record("levin", "a", "tv", psnr_direct=28.0),
        record("levin", "b", "ours", psnr_direct=25.0),
        record("levin", "b", "tv", psnr_direct=26.0),
    ]
    row, ours = against_ours(frame(runs), ["psnr"], "a-name", "A title").rows
    _, _, gain, _ = row.cells
    assert (row.head, gain.value, gain.text) == ("tv", 0.5, "+0.50") and gain.detail.endswith("2 images")
    assert (ours.head, ours.cells[2].text) == ("ours", "–")


def test_extent_counts_images_of_all_and_seeds():
    runs = [record("levin", "im05_flit01", seed=s) for s in (0, 1, 2)]
    assert extent(frame(runs)) == "1 of 32 images, 3 seeds"
    assert extent(frame([*runs, record("levin", "im05_flit02")])) == "2 of 32 images, 1 to 3 seeds"
    assert (
        extent(frame([record("lai", "text_01_kernel_01"), record("kohler", "Blurry1_1")])) == "2 of 148 images, 1 seed"
    )
    assert extent(frame([])) == "0 runs"
