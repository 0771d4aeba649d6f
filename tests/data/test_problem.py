"""What is solved of an item, and what its identity depends on."""

import re
from dataclasses import replace

import numpy as np
import pytest
from tiny import NETS

from mcdeconv.core.config import SolverConfig, input_digest
from mcdeconv.data.datasets import load_item
from mcdeconv.data.grey import grey_of
from mcdeconv.data.kernel_size import estimate_kernel_size
from mcdeconv.data.problem import pose
from mcdeconv.runs.job import identify

TINY = SolverConfig(**NETS, iterations=3)


@pytest.fixture(scope="module")
def item():
    return load_item("small-levin", "camera_kernel_04")


@pytest.fixture(scope="module")
def colour():
    return load_item("small-lai", "natural_01_kernel_01")


def test_pose_of_a_whole_grey_image(item):
    problem = pose(item, None)
    assert problem.whole
    assert problem.kernel_size == item.kernel.shape[0] == 15
    assert np.array_equal(problem.blurred, item.blurred)
    assert problem.blurred.dtype == np.float32


def test_pose_cuts_the_region_out_of_the_luminance(colour):
    problem = pose(colour, 64)
    assert not problem.whole
    wanted = colour.blurred.astype(np.float64) @ [0.299, 0.587, 0.114]  # ITU-R BT.601
    top, left = problem.region.top, problem.region.left
    assert np.allclose(problem.blurred, wanted[top : top + 64, left : left + 64], atol=1e-6)
    assert problem.blurred.flags["C_CONTIGUOUS"]


def test_a_dark_photograph_can_be_made_brighter(colour):
    as_it_is, brighter = pose(colour, 64), pose(colour, 64, brightest=1.0)
    assert as_it_is.gain == 1 and brighter.gain == pytest.approx(1 / as_it_is.blurred.max())
    assert brighter.region == as_it_is.region and brighter.blurred.max() == 1 and brighter.blurred.dtype == np.float32
    assert np.allclose(brighter.blurred / brighter.gain, as_it_is.blurred, atol=1e-6)
    black = replace(colour, blurred=np.zeros_like(colour.blurred))
    assert pose(black, 64, brightest=1.0).gain == 1


def test_a_region_as_large_as_the_image_is_the_whole(item):
    assert pose(item, 96).whole and pose(item, 500).whole


def test_the_kernel_size_is_the_one_given_or_known_or_estimated(item):
    assert pose(item, None).kernel_size == item.kernel_size
    assert pose(item, None, kernel_size=9).kernel_size == 9
    unknown = replace(item, kernel_size=None)
    assert pose(unknown, 64).kernel_size == estimate_kernel_size(item.blurred)  # of the whole, not of the region


def test_identity_changes_with_what_is_solved_and_how(item):
    problem = pose(item, 64)
    identity = identify(problem, "ours", "quick", TINY, 0)
    assert identify(pose(item, 64), "ours", "quick", replace(TINY), 0) == identity
    assert (identity.dataset, identity.image, identity.seed) == ("small-levin", "camera_kernel_04", 0)
    other_pixels = replace(item, blurred=np.nextafter(item.blurred, np.float32(2)))
    others = [
        identify(pose(item, 72), "ours", "quick", TINY, 0),
        identify(pose(other_pixels, 64), "ours", "quick", TINY, 0),
        identify(problem, "ours", "quick", replace(TINY, iterations=4), 0),
        identify(problem, "ours", "quick", TINY, 1),
        identify(replace(problem, kernel_size=17), "ours", "quick", TINY, 0),
        identify(replace(problem, kernel_size=19), "ours", "quick", TINY, 0),
    ]
    assert len({identity, *others}) == 7


def test_grey_is_bt601_luma_and_a_grey_image_is_itself(colour):
    grey = grey_of(colour.sharp)
    assert np.allclose(grey, colour.sharp.astype(np.float64) @ [0.299, 0.587, 0.114], atol=1e-6)
    assert grey_of(grey) is grey


def test_identity_names_what_is_not_the_tables_choice(item):
    def policies(problem, tier="quick"):
        identity = identify(problem, "ours", tier, TINY, 0)
        return identity.region, identity.kernel_size

    unknown = replace(item, kernel_size=None)
    assert policies(pose(item, 96)) == policies(pose(item, None), "paper") == ("", "")
    assert policies(pose(item, 96, item.kernel_size)) == ("", "")
    assert policies(pose(item, 96, 17)) == ("", "17 px") == policies(pose(unknown, 96, 17))
    assert policies(pose(unknown, 96)) == ("", "estimated")
    assert policies(pose(item, None)) == ("whole", "") and policies(pose(item, 64)) == ("64 px", "")
    assert policies(pose(item, 96), "pilot") == ("96 px", "")
    precise = [identify(pose(item, 96), "ours", "quick", TINY, 0, used).precision for used in ("float32", "bfloat16")]
    assert precise == ["", "bfloat16"]


def test_input_digest_is_that_of_the_float32_values_and_the_shape():
    image = np.random.default_rng(0).random((32, 34)).astype(np.float32)
    assert input_digest(image) == input_digest(image.astype(np.float64)) == input_digest(np.asfortranarray(image))
    assert re.fullmatch("[0-9a-f]{12}", input_digest(image))
    altered = image.copy()
    altered[-1, -1] += 1e-6
    others = [input_digest(other) for other in (altered, image.T, image.reshape(34, 32), image.reshape(1, -1))]
    assert len({input_digest(image), *others}) == 5
