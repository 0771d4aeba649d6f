"""How rows say what they rest on, and what a comparison takes away from what."""

from table_cases import record

from mcdeconv.paper.tables.cells import extent
from mcdeconv.paper.tables.paired import paired_table
from mcdeconv.runs.frame import frame


def test_a_difference_pairs_images_and_seeds():
    runs = [
        record("levin", "a", "ours", psnr_direct=30.0),
        record("levin", "a", "ours", seed=1, psnr_direct=99.0),  # without partner
        record("levin", "a", "ren", psnr_direct=28.0),
        record("levin", "b", "ours", psnr_direct=25.0),
        record("levin", "b", "ren", psnr_direct=26.0),
    ]
    table = paired_table(frame(runs), "a-name", "A title", ["levin"], [("ours", "ren")], ["psnr"])
    (row,) = table.rows
    where, basis, kernel, gain, similarity = row.cells
    assert (row.head, gain.value, gain.text) == ("ours − Ren et al.'s networks", 0.5, "+0.50")
    assert gain.detail == "no clear difference\nrange −1.00 to +2.00\n27.00 → 27.50"  # the means on both images
    assert where.text == "Levin et al., tier paper" and basis.text.startswith("only 2 of 32 images")
    assert kernel.text == similarity.text == "–"
    assert "not clearly different (+0.50 dB) on two images of Levin et al." in table.says
    assert "too few images for an interval" in table.doubts


def test_extent_counts_images_of_all_and_seeds():
    runs = [record("levin", "im05_flit01", seed=s) for s in (0, 1, 2)]
    assert extent(frame(runs)) == "only 1 of 32 images, 3 seeds"
    assert extent(frame([*runs, record("levin", "im05_flit02")])) == "only 2 of 32 images, 1 to 3 seeds"
    assert (
        extent(frame([record("lai", "text_01_kernel_01"), record("kohler", "Blurry1_1")]))
        == "only 2 of 148 images, 1 seed"
    )
    assert extent(frame([])) == "0 runs"
