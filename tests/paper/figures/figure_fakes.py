"""Runs that never ran: an embedded image blurred to differing degrees, with numbers that tests can recognise."""

import numpy as np
from scipy.ndimage import gaussian_filter

from mcdeconv.core.config import SolverConfig
from mcdeconv.data.datasets import load_item
from mcdeconv.data.grey import luma
from mcdeconv.paper.figures import Run
from mcdeconv.runs.records import Identity, Record
from mcdeconv.runs.trajectory import STD_WHITE, Trajectory
from mcdeconv.studies import Study
from mcdeconv.studies.study import Variant

ITEM = load_item("small-lai", "natural_01_kernel_02")
LAST = 600
SAMPLED = (12, 120, 600)
PICTURED = (6, 12, 40, 120, 300, 600)


def record(method="ours", seed=0, image=ITEM.id, dataset=ITEM.dataset, tier="quick", blur=1.5, **scores):
    """A record whose kernel is the true one, blurred."""
    kernel = gaussian_filter(ITEM.kernel, blur)
    identity = Identity(dataset, image, method, tier, seed, "c" * 12, "f" * 12)
    return Record(identity, scores, (kernel / kernel.sum()).tolist(), 20.0, LAST, seed, {"commit": "0123456789"})


def trajectory(end=24.0, blur=1.0, seed=0, psnr=None):
    """Loss, PSNR and SSIM that level off; the PSNR ends at `end`, or is the one given."""
    rng = np.random.default_rng(seed)
    iterations = np.linspace(LAST / 40, LAST, 40).round().astype(int)
    rise = 1 - np.exp(-iterations / 130)
    grey = luma(ITEM.sharp)
    widths = [blur * (1 + 4 * np.exp(-t / 120)) for t in PICTURED]
    images = np.stack([gaussian_filter(grey, width) for width in widths])
    scales = np.array([0.03 * np.exp(-t / 250) + 0.004 for t in PICTURED])
    detail = np.abs(grey - gaussian_filter(grey, 2)) * 4 + 0.3
    stds = np.clip(scales[:, None, None] * detail, 0, STD_WHITE)
    drawn = [
        images[PICTURED.index(t)] + stds[PICTURED.index(t)] * rng.standard_normal((4, *grey.shape)) for t in SAMPLED
    ]
    curve = end - 6 * (1 - rise) + 0.15 * rng.standard_normal(40) if psnr is None else np.asarray(psnr)
    if psnr is None:
        curve[-1] = end
    return Trajectory(
        iterations=iterations,
        losses=(0.02 * np.exp(-iterations / 60) + 2e-4 * (1 + 0.3 * rng.random(40))).astype(np.float32),
        psnr=curve.astype(np.float32),
        ssim=((curve - 10) / 20).astype(np.float32),
        similarity=np.clip(0.4 + 0.45 * rise, 0, 1).astype(np.float32),
        picture_iterations=np.array(PICTURED),
        images=as_bytes(images),
        stds=as_bytes(stds / STD_WHITE),
        spread=stds.mean(axis=(1, 2)).astype(np.float32),
        kernels=np.stack([gaussian_filter(ITEM.kernel, width) for width in widths]).astype(np.float32),
        sample_iterations=np.array(SAMPLED),
        samples=as_bytes(np.stack(drawn)),
    )


def run(method="ours", seed=0, end=24.0, blur=1.0, psnr=None, **of):
    return Run(record(method, seed, blur=blur, psnr_direct=end, **of), trajectory(end, blur, seed, psnr))


def as_bytes(image):
    return np.round(np.clip(image, 0, 1) * 255).astype(np.uint8)


def study(variants, contrasts):
    """Of images a and b, which have runs, and c, which has none."""
    plain = dict.fromkeys(variants, Variant(SolverConfig(), None))
    groups = {"all": ("a", "b"), "none": ("c",)}
    return Study("example", "What does it change?", "quick", lambda: iter(()), plain, contrasts, groups)
