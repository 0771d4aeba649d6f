"""Runs of the explorer and the scrubber that nobody computed: pictures between blurred and sharp, in an instant."""

import numpy as np

from mcdeconv.data.datasets import load_item
from mcdeconv.explorer.grid import DEFAULT, GRID_SEEDS, cells, method_name
from mcdeconv.runs.records import Identity, Record
from mcdeconv.runs.trajectory import SAMPLES, STD_WHITE, Trajectory
from mcdeconv.scoring.metrics import kernel_similarity, psnr

IMAGE = "camera_kernel_02"
ITERATIONS = np.arange(15, 601, 15)
PICTURES = np.array([6, 12, 24, 60, 120, 300, 600])


def in_one_step(function):
    """A function in the place of one that works in steps, such as `experiment.running`."""

    def steps(*arguments, **options):
        return function(*arguments, **options)
        yield

    return steps


def item(image=IMAGE):
    return load_item("small-levin", image)


def quality(p0, sigma0):
    """0 (blurred) to 1 (sharp): best at the paper's setting."""
    return float(np.exp(-0.6 * ((p0 - DEFAULT[0]) / 0.2) ** 2 - 0.4 * (np.log10((sigma0 + 1e-3) / 0.011)) ** 2))


def restored(source, share, rng):
    """A picture, so far from blurred to sharp, with noise where it is not."""
    mixed = share * source.sharp + (1 - share) * source.blurred
    return np.clip(mixed + 0.02 * (1.2 - share) * rng.standard_normal(mixed.shape), 0, 1)


def kernel_between(source, share):
    flat = np.full_like(source.kernel, 1 / source.kernel.size)
    return share * source.kernel + (1 - share) * flat


def as_bytes(image):
    return np.round(255 * np.clip(image, 0, 1)).astype(np.uint8)


def trajectory(source, best, seed=0, pictures=PICTURES, decay=0.0):
    """A run that comes as near to the truth as `best`, and loses `decay` again."""
    rng = np.random.default_rng(round(1000 * best) + 7919 * seed)

    def share(t):
        return np.clip(best * (1 - np.exp(-t / 90)) - decay * t / 600, 0, 1)

    images = [restored(source, share(t), rng) for t in pictures]
    edges = np.hypot(*np.gradient(source.sharp))
    stds = [(0.2 + 2 * edges) * STD_WHITE * (1.1 - share(t)) for t in pictures]
    inner = (slice(15, -15), slice(15, -15))
    shown = [(share(t), restored(source, share(t), rng)) for t in ITERATIONS]
    return Trajectory(
        iterations=ITERATIONS,
        losses=(0.03 * np.exp(-ITERATIONS / 70) + 4e-4 * (1.3 - best)).astype(np.float32),
        psnr=np.array([psnr(image[inner], source.sharp[inner]) for _, image in shown], np.float32),
        ssim=np.array([0.4 + 0.5 * near for near, _ in shown], np.float32),
        similarity=np.array(
            [kernel_similarity(kernel_between(source, near), source.kernel) for near, _ in shown], np.float32
        ),
        picture_iterations=np.array(pictures),
        images=as_bytes(np.stack(images)),
        stds=as_bytes(np.stack(stds) / STD_WHITE),
        spread=np.array([std.mean() for std in stds], np.float32),
        kernels=np.stack([kernel_between(source, share(t)) for t in pictures]).astype(np.float32),
        sample_iterations=np.empty(0, int),
        samples=np.empty((0, SAMPLES, *source.blurred.shape), np.uint8),
    )


def record(source, method, seed, end):
    scores = {"psnr_direct": end.psnr[-1], "ssim_direct": end.ssim[-1], "kernel_similarity": end.similarity[-1]}
    scores |= {"psnr_sparse": end.psnr[-1] + 1, "ssim_sparse": end.ssim[-1] + 0.01}
    return Record(
        identity=Identity(source.dataset, source.id, method, "quick", seed, "c" * 12, "i" * 12),
        scores={name: float(value) for name, value in scores.items()},
        kernel=end.kernels[-1].tolist(),
        seconds=9.5,
        iterations=600,
        seed_used=seed,
        provenance={"device": "a processor", "torch": "2.13.0", "commit": "0123456789"},
    )


def explorer_runs(source, seeds=GRID_SEEDS):
    """Records of every cell, and what gives a record's trajectory."""
    found = {}
    for seed in seeds:
        for cell in cells():
            end = trajectory(source, quality(*cell) * (0.92 + 0.04 * seed), seed, PICTURES[-1:])
            found[method_name(*cell), seed] = (record(source, method_name(*cell), seed, end), end)
    return [one for one, _ in found.values()], lambda one: found[one.identity.method, one.identity.seed][1]


def scrubber_runs(source):
    return {"ours": trajectory(source, 0.95), "without-both": trajectory(source, 0.8, 1, decay=0.35)}
