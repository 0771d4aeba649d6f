"""One run of one method on one image of a data set, scored: (item, configuration, seed) → record."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from mcdeconv.core.config import SolverConfig
from mcdeconv.core.device import usable_precision
from mcdeconv.core.solve import Observer, Solution, Steps, solving
from mcdeconv.data.datasets.item import Item
from mcdeconv.data.problem import Problem
from mcdeconv.errors import RunFailed
from mcdeconv.runs.job import identify
from mcdeconv.runs.provenance import provenance
from mcdeconv.runs.records import Record
from mcdeconv.scoring.metrics import kernel_similarity
from mcdeconv.scoring.nonblind import deconvolve_with_kernel, normalised
from mcdeconv.scoring.protocols import protocol_of, score

FINAL_METHODS = ("sparse", "hyper-laplacian")  # of the kernel protocol (3.2)
FINAL_IF_SATURATED = ("outliers", "whyte")  # further ones, of images that were blurred before clipping


def running(
    problem: Problem,
    method: str,
    tier: str,
    config: SolverConfig,
    seed: int,
    device: str = "cpu",
    observers: Sequence[Observer] = (),
    checkpoint: Path | None = None,
    time_budget: float | None = None,
) -> Steps[Record | None]:
    """Solve, an iteration at a time, and score; see `scores` for what the numbers are.

    Parameters
    ----------
    checkpoint : file to go on from and to save to, optional; whoever has kept the record deletes it
    time_budget : seconds of this call for the iterations, optional; scoring comes on top

    Returns
    -------
    Record, or None if the time was up before the last iteration: then the checkpoint, if any, has the state.

    Raises
    ------
    InputError
        As `core.solve.solve`.
    RunFailed
        If the run diverged twice, or a score is not finite.
    """
    solution = yield from solving(
        problem.blurred,
        problem.kernel_size,
        config,
        seed=seed,
        device=device,
        checkpoint=checkpoint,
        time_budget=time_budget,
        observers=observers,
        known_kernel=problem.item.kernel if config.kernel_net.architecture == "known" else None,
    )
    if solution.iterations < config.last_iteration:
        return None
    found = scores(problem, solution)
    for name, value in found.items():
        if not np.isfinite(value):
            raise RunFailed(f"{name} is {value}")
    precision = usable_precision(config.precision, device)
    return Record(
        identity=identify(problem, method, tier, config, seed, precision),
        scores=found,
        kernel=np.round(solution.kernel.astype(float), 7).tolist(),
        seconds=round(solution.seconds, 2),
        iterations=solution.iterations,
        seed_used=solution.seed,
        provenance=provenance(device, torch.get_num_threads()) | {"precision": precision},
    )


def scores(problem: Problem, solution: Solution) -> dict[str, float]:
    """Every score that the item's truth allows.

    - `psnr_direct`, `ssim_direct`: G_x's own output, grey, against the truth, under the data set's protocol; on a
      region only `psnr_direct`.
    - `psnr_<method>`, `ssim_<method>`: the kernel protocol, the whole image deconvolved with the estimated kernel;
      with `known_` before them, with the true one.
    - `kernel_similarity`: with the true kernel.
    """
    item, found = problem.item, {"loss": float(np.mean(solution.losses[-50:]))}
    if item.kernel is not None:
        found["kernel_similarity"] = kernel_similarity(solution.kernel.astype(np.float64), item.kernel)
    if item.sharp is None and not item.frames:
        return found
    direct = score(solution.image, item, protocol_of(item.dataset), problem.region)
    found["psnr_direct"] = direct.psnr
    if problem.whole:
        found["ssim_direct"] = direct.structure
    found |= kernel_protocol(item, solution.kernel)
    if item.kernel is not None:
        found |= {f"known_{name}": value for name, value in kernel_protocol(item, item.kernel).items()}
    return found


def kernel_protocol(item: Item, kernel: NDArray) -> dict[str, float]:
    """An item deconvolved with a kernel (3.2): `psnr_<method>`, `ssim_<method>`, `error_ratio_<method>`."""
    protocol = protocol_of(item.dataset)
    blurred = protocol.to_deconvolve(item)
    found: dict[str, float] = {}
    for method in FINAL_METHODS + (FINAL_IF_SATURATED if item.saturated else ()):
        result = score(deconvolve_with_kernel(blurred, normalised(kernel), method), item, protocol)
        found |= {f"psnr_{method}": result.psnr, f"ssim_{method}": result.structure}
        if result.error_ratio is not None:
            found[f"error_ratio_{method}"] = result.error_ratio
    return found
