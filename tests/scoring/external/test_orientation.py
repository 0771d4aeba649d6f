"""The orientation of kernels whose orientation is known, found with and without the true kernel."""

from dataclasses import replace

import numpy as np
import pytest

from mcdeconv.data.datasets import load_item, names
from mcdeconv.errors import InputError
from mcdeconv.scoring.external.orientation import AS_STORED, decide, likeness

IMAGES = ("camera_kernel_01", "coffee_kernel_02", "coins_kernel_03", "leaves_kernel_04")
UNTURNED = {"convolution": lambda k: k, "correlation": lambda k: np.rot90(k, 2)}


def fits(turn, known, images=IMAGES, dataset="synthetic-levin"):
    rows = []
    for image in images:
        item = load_item(dataset, image)
        noise = np.random.default_rng(1).random(item.kernel.shape) * 0.2 * item.kernel.max()
        stored = turn(item.kernel) + noise
        rows.append(likeness(stored, item if known else replace(item, kernel=None)))
    return np.array(rows)


@pytest.mark.parametrize("known", [True, False], ids=["true kernel", "truth only"])
@pytest.mark.parametrize("name", UNTURNED)
def test_it_is_found(name, known):
    found = decide(fits(UNTURNED[name], known), known)
    assert found.name == name
    kernel = load_item("small-levin", IMAGES[0]).kernel
    assert np.array_equal(found.turned(UNTURNED[name](kernel)), kernel)


@pytest.mark.parametrize("name", UNTURNED)
def test_it_is_found_where_only_frames_are_known(name):
    images = names("synthetic-kohler")
    assert decide(fits(UNTURNED[name], False, images, "synthetic-kohler"), False).name == name


def test_a_symmetric_kernel_cannot_be_told():
    line = np.outer(np.hanning(9), np.hanning(9))
    rows = np.array([likeness(line, load_item("small-levin", image)) for image in IMAGES])
    with pytest.raises(InputError, match=r"cannot be told.*4 images.*--orientation convolution or --orientation corr"):
        decide(rows, True)


@pytest.mark.parametrize("name", list(AS_STORED)[2:])
def test_a_slip_is_named(name):
    back = {"turned by 90°": "turned by 270°", "turned by 270°": "turned by 90°"}.get(name, name)
    with pytest.raises(InputError, match=f"fit best {name}"):
        decide(fits(AS_STORED[back], True), True)
