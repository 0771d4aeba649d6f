"""Trajectories come back from disk as they were; a damaged file is named."""

from dataclasses import fields

import numpy as np
import pytest

from mcdeconv.errors import InputError
from mcdeconv.runs.trajectory import SAMPLES, Trajectory


def drawn(n=5, m=3, side=8, k=3):
    rng = np.random.default_rng(0)
    return Trajectory(
        iterations=np.arange(1, n + 1),
        losses=rng.random(n, np.float32),
        psnr=rng.random(n, np.float32),
        ssim=rng.random(n, np.float32),
        similarity=np.full(n, np.nan, np.float32),
        picture_iterations=np.arange(m),
        images=rng.integers(0, 256, (m, side, side), np.uint8),
        stds=rng.integers(0, 256, (m, side, side), np.uint8),
        spread=rng.random(m, np.float32),
        kernels=rng.random((m, k, k), np.float32),
        sample_iterations=np.arange(3),
        samples=rng.integers(0, 256, (3, SAMPLES, side, side), np.uint8),
    )


def test_what_is_saved_comes_back(tmp_path):
    first = drawn()
    first.save(tmp_path / "run.npz")
    second = Trajectory.load(tmp_path / "run.npz")
    for field in fields(Trajectory):
        a, b = getattr(first, field.name), getattr(second, field.name)
        assert a.dtype == b.dtype
        np.testing.assert_array_equal(a, b)
    assert [path.name for path in tmp_path.iterdir()] == ["run.npz"]


@pytest.mark.parametrize("keep", [0, 100, -30])
def test_a_truncated_file_is_named(tmp_path, keep):
    path = tmp_path / "run.npz"
    drawn().save(path)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(InputError, match=r"run\.npz is not a usable trajectory"):
        Trajectory.load(path)


def test_a_file_of_another_version_is_named(tmp_path):
    np.savez(tmp_path / "run.npz", iterations=np.arange(3))
    with pytest.raises(InputError, match=r"run\.npz is not a usable trajectory"):
        Trajectory.load(tmp_path / "run.npz")


def test_without_pictures_the_curves_stay_and_that_of_the_spread_too():
    whole, public = drawn(), drawn().without_pictures()
    for name in ("losses", "psnr", "spread", "picture_iterations"):
        np.testing.assert_array_equal(getattr(public, name), getattr(whole, name))
    assert [getattr(public, name).size for name in ("images", "stds", "kernels", "samples")] == [0] * 4
