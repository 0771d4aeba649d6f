"""Records and evidence that nobody computed, made to give verdicts."""

import numpy as np

from mcdeconv.data import datasets
from mcdeconv.paper.claims.claim import read_claims
from mcdeconv.paper.claims.evidence import beyond_scores, evidence_for
from mcdeconv.paper.claims.rule import judge
from mcdeconv.paper.words import Evidence
from mcdeconv.runs.frame import frame
from mcdeconv.runs.records import Identity, Record
from mcdeconv.runs.statistics import Estimate
from mcdeconv.runs.trajectory import Trajectory

CLAIMS = {claim.id: claim for claim in read_claims()}
VALUE, GAIN = CLAIMS["table1-psnr-direct"], CLAIMS["ablation-both"]
NAN = float("nan")


def record(dataset, image, method="ours", tier="paper", seed=0, device="a GPU", kernel=None, **scores):
    key = Identity(dataset, image, method, tier, seed, "c" * 12, "i" * 12)
    even = np.full((5, 5), 1 / 25).tolist()
    return Record(key, scores, kernel or even, 100.0, 5000, seed, {"device": device})


def levin(method="ours", tier="paper", count=32, mean=34.0, spread=0.0, seeds=1, **others):
    """Levin records whose PSNR has a given mean in every protocol; images differ by `spread`."""
    names = datasets.names("levin")[:count]
    offsets = np.linspace(-spread, spread, len(names)) if len(names) > 1 else [0.0]
    return [
        record("levin", name, method, tier, seed, psnr_direct=mean + d, ssim_direct=0.9, psnr_sparse=mean + d, **others)
        for name, d in zip(names, offsets, strict=True)
        for seed in range(seeds)
    ]


def evidence_of(claim, records, trajectories=None):
    return evidence_for(claim, frame(records, lambda record: beyond_scores(record, trajectories)))


def verdict(claim, records, trajectories=None):
    return judge(claim, evidence_of(claim, records, trajectories), claim.claimed())


def found(mean, low=NAN, high=NAN, full=True, enough=True, images=32, ends=None):
    """Of fewer images than an interval needs: with all of them at the mean, or between two ends."""
    least, most = ends or (mean, mean)
    estimated = Estimate(mean, low, high, images, 1, images, least, most)
    return Evidence(estimated, "levin", "paper" if full else "laptop", 32, full, enough)


def trials(method, count, tier="paper", dataset="lai", **changes):
    delta = np.zeros((5, 5))
    delta[2, 2] = 1
    return [record(dataset, "manmade_01_kernel_01", method, tier, seed, kernel=delta.tolist(), **changes)
            for seed in range(count)]  # fmt: skip


def curve(psnr, losses, spread=(0.1, 0.05, 0.02), pictures=(100, 1000, 5000)):
    n, shown = len(psnr), np.zeros((len(pictures), 2, 2), np.uint8)
    return Trajectory(
        iterations=np.linspace(5000 / n, 5000, n).astype(int),
        losses=np.array(losses),
        psnr=np.array(psnr),
        ssim=np.zeros(n),
        similarity=np.zeros(n),
        picture_iterations=np.array(pictures),
        images=shown,
        stds=shown,
        spread=np.array(spread),
        kernels=shown,
        sample_iterations=np.empty(0),
        samples=np.empty(0),
    )
