"""Restored images cut and padded by known amounts are put back where they were."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter, shift

from mcdeconv.data.datasets import load_item
from mcdeconv.errors import InputError
from mcdeconv.scoring.external.placing import framed, place, within_reach
from mcdeconv.scoring.protocols import PROTOCOLS, score

LEVIN, LAI, KOHLER = (PROTOCOLS[name] for name in ("levin", "lai", "kohler"))
ITEM = load_item("small-levin", "coins_kernel_03")
RESTORED = gaussian_filter(ITEM.sharp, 1)


def cut(top, bottom, left, right):
    """Positive: so many pixels less at a side; negative: more."""
    wider = [(max(-top, 0), max(-bottom, 0)), (max(-left, 0), max(-right, 0))]
    padded = np.pad(RESTORED, wider, mode="reflect")
    rows, columns = (slice(max(a, 0), -max(b, 0) or None) for a, b in ((top, bottom), (left, right)))
    return padded[rows, columns]


@pytest.mark.parametrize("sides", [(0, 0, 0, 0), (-7, -5, -3, -9), (10, 2, 0, 7), (4, 4, -6, -6), (-20, 0, 0, 0)])
def test_a_cut_or_padded_image_scores_as_the_whole_one(sides):
    restored = cut(*sides)
    offset = place(restored, ITEM, LEVIN)
    assert offset == (-sides[0], -sides[2])
    placed = framed(restored, ITEM.blurred.shape, offset)
    assert placed.shape == ITEM.blurred.shape
    assert score(placed, ITEM, LEVIN).psnr == pytest.approx(score(RESTORED, ITEM, LEVIN).psnr, abs=1e-9)


@pytest.mark.parametrize(
    ("sides", "protocol"),
    [
        ((11, 0, 0, 0), LEVIN),
        ((6, 0, 0, 0), LAI),
        ((1, 0, 0, 0), KOHLER),
        ((15, 15, 0, 0), LEVIN),
        ((-30, -30, 0, 0), LEVIN),
    ],
)
def test_what_lacks_pixels_that_count_or_is_far_too_large_is_refused_with_both_sizes(sides, protocol):
    restored = cut(*sides)
    with pytest.raises(
        InputError, match=rf"{restored.shape[1]}×{restored.shape[0]} px, the blurred one 96×96"
    ) as caught:
        place(restored, ITEM, protocol)
    assert "\n" not in str(caught.value)


def test_an_image_of_something_else_has_no_place():
    other = np.pad(load_item("small-levin", "leaves_kernel_03").sharp, 4)
    with pytest.raises(InputError, match="where it lies in it is not clear"):
        place(other, ITEM, LEVIN)


def test_a_kernel_is_moved_only_if_the_protocol_cannot_reach_its_image():
    kernel = ITEM.kernel
    near, far = (np.pad(kernel, ((2 * by, 0), (0, 0)))[:, :] for by in (4, 8))
    near, far = (np.pad(one, ((0, 0), (0, one.shape[0] - one.shape[1]))) for one in (near, far))
    assert within_reach(near, LEVIN)[1] == (0, 0) and within_reach(near, LEVIN)[0] is near
    moved, by = within_reach(far, LEVIN)
    assert by == (-8, 8)
    assert moved.sum() == pytest.approx(1)
    inner = (moved.shape[0] - kernel.shape[0]) // 2
    assert np.allclose(moved[inner : inner + len(kernel), inner : inner + len(kernel)], kernel)
    assert within_reach(far, KOHLER)[1] == (0, 0)


def test_a_photograph_without_truth_can_have_no_other_size():
    blind = replace(ITEM, sharp=None)
    assert place(shift(RESTORED, (1, 1)), blind, LEVIN) == (0, 0)
    with pytest.raises(InputError, match="no truth to find its place by"):
        place(cut(-2, -2, -2, -2), blind, LEVIN)
