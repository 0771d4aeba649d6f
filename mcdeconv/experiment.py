"""One run of one method on one image of a data set, scored: (item, configuration, seed) → record."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from mcdeconv.checkpoint import input_digest
from mcdeconv.config import SolverConfig
from mcdeconv.datasets.item import Item
from mcdeconv.errors import InputError, RunFailed
from mcdeconv.metrics import best_shift, kernel_similarity, luma, psnr
from mcdeconv.nonblind import deconvolve_with_kernel
from mcdeconv.protocols import PROTOCOLS, score
from mcdeconv.records import Identity, Record, provenance
from mcdeconv.region import Region, most_informative_region
from mcdeconv.runner import Observer, Solution, solve

# The protocol of each data set, and the final deconvolution of its kernel protocol (3.2).
PROTOCOL_OF = {"levin": "levin", "lai": "lai", "kohler": "kohler"}
FINAL_METHODS = ("sparse", "hyper-laplacian")


@dataclass(frozen=True)
class Problem:
    """What is solved of an item: its luminance, or the most informative region of that."""

    item: Item
    kernel_size: int
    region: Region
    blurred: NDArray  # (height, width) float32

    @property
    def whole(self) -> bool:
        return self.blurred.shape == self.item.blurred.shape[:2]


def pose(item: Item, region_size: int | None, kernel_size: int | None = None) -> Problem:
    """Choose what is solved of an item; `region_size` None takes the whole image."""
    size = kernel_size or item.kernel_size
    if size is None:
        raise InputError(f"{item.dataset} {item.id} has no known kernel size; give one with --kernel-size")
    grey = grey_of(item.blurred)
    region = most_informative_region(grey, region_size, size) if region_size else Region(0, 0, *grey.shape)
    return Problem(item, size, region, np.ascontiguousarray(grey[region.slices], dtype=np.float32))


def grey_of(image: NDArray) -> NDArray:
    return luma(image) if image.ndim == 3 else image


def identify(problem: Problem, method: str, tier: str, config: SolverConfig, seed: int) -> Identity:
    item = problem.item
    return Identity(item.dataset, item.id, method, tier, seed, config.digest(), input_digest(problem.blurred))


def run(
    problem: Problem,
    method: str,
    tier: str,
    config: SolverConfig,
    seed: int,
    device: str = "cpu",
    observers: Sequence[Observer] = (),
) -> Record:
    """Solve and score; see `scores` for what the numbers are."""
    solution = solve(problem.blurred, problem.kernel_size, config, seed=seed, device=device, observers=observers)
    found = scores(problem, solution)
    for name, value in found.items():
        if not np.isfinite(value):
            raise RunFailed(f"{name} is {value}")
    return Record(
        identity=identify(problem, method, tier, config, seed),
        scores=found,
        kernel=np.round(solution.kernel.astype(float), 7).tolist(),
        seconds=round(solution.seconds, 2),
        iterations=solution.iterations,
        seed_used=solution.seed,
        provenance=provenance(device, torch.get_num_threads()),
    )


def scores(problem: Problem, solution: Solution) -> dict[str, float]:
    """Every score that the item's truth allows.

    - `psnr_direct`, `ssim_direct`: G_x's own output against the truth, under the data set's protocol where it covers
      the whole image; on a region only `psnr_direct`, aligned to a quarter pixel.
    - `psnr_<method>`, `ssim_<method>`: the kernel protocol, the whole image deconvolved with the estimated kernel;
      with `known_` before them, with the true one.
    - `kernel_similarity`: with the true kernel.
    """
    item, found = problem.item, {"loss": float(np.mean(solution.losses[-50:]))}
    if item.kernel is not None:
        found["kernel_similarity"] = kernel_similarity(solution.kernel.astype(np.float64), item.kernel)
    if item.sharp is None and not item.frames:
        return found
    protocol = PROTOCOLS[PROTOCOL_OF.get(item.dataset, "synthetic")]
    grey_item = item if item.blurred.ndim == 2 else as_grey(item)
    if problem.whole:
        direct = score(solution.image, grey_item, protocol)
        found |= {"psnr_direct": direct.psnr, "ssim_direct": direct.structure}
    elif grey_item.sharp is not None:
        pair = best_shift(solution.image, grey_item.sharp[problem.region.slices], protocol.crop, protocol.maxshift)
        found["psnr_direct"] = psnr(pair.restored, pair.sharp)
    found |= kernel_protocol(grey_item, solution.kernel)
    if item.kernel is not None:
        found |= {f"known_{name}": value for name, value in kernel_protocol(grey_item, item.kernel).items()}
    return found


def kernel_protocol(item: Item, kernel: NDArray) -> dict[str, float]:
    """A grey item deconvolved with a kernel (3.2): `psnr_<method>`, `ssim_<method>`, `error_ratio_<method>`."""
    protocol = PROTOCOLS[PROTOCOL_OF.get(item.dataset, "synthetic")]
    found: dict[str, float] = {}
    for method in FINAL_METHODS + (("outliers",) if item.saturated else ()):
        result = score(deconvolve_with_kernel(item.blurred, normalised(kernel), method), item, protocol)
        found |= {f"psnr_{method}": result.psnr, f"ssim_{method}": result.structure}
        if result.error_ratio is not None:
            found[f"error_ratio_{method}"] = result.error_ratio
    return found


def normalised(kernel: NDArray) -> NDArray:
    """float64 that sums to 1 to the last digits, as the final deconvolution asks for."""
    kernel = kernel.astype(np.float64)
    return kernel / kernel.sum()


def as_grey(item: Item) -> Item:
    """The item's luminance: what the kernel is estimated from and the scores are taken on."""
    return replace(
        item,
        blurred=grey_of(item.blurred),
        sharp=None if item.sharp is None else grey_of(item.sharp),
        frames=tuple(grey_of(frame) for frame in item.frames),
        other_truths={name: grey_of(truth) for name, truth in item.other_truths.items()},
    )
