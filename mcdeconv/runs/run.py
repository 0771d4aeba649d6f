"""One run of one method on one image of a data set, solved and then scored: (item, configuration, seed) → record."""

import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from mcdeconv.core.config import Precision, SolverConfig, input_digest
from mcdeconv.core.device import usable_precision
from mcdeconv.core.solve import Observer, Steps, solving
from mcdeconv.data.datasets.item import Item
from mcdeconv.data.problem import Problem
from mcdeconv.errors import RunFailed
from mcdeconv.methods import RIVALS, MethodSettings, solving_rival
from mcdeconv.runs.job import identify
from mcdeconv.runs.provenance import provenance
from mcdeconv.runs.records import Identity, Record
from mcdeconv.scoring.metrics import kernel_similarity
from mcdeconv.scoring.nonblind import deconvolve_with_kernel, normalised
from mcdeconv.scoring.protocols import other_readings, protocol_of, score, under

FINAL_METHODS = ("sparse", "hyper-laplacian")  # of the kernel protocol (3.2)
FINAL_IF_SATURATED = ("outliers", "whyte")  # further ones, of images that were blurred before clipping


@dataclass(frozen=True)
class Result:
    """What a method found."""

    image: NDArray | None  # the method's own restored image, (H, W) or (H, W, 3); None: it only gives a kernel
    kernel: NDArray | None  # (k, k); None: it only gives an image
    seconds: float
    precision: Precision
    device: str
    iterations: int = 0
    seed: int = 0
    loss: float | None = None


@dataclass(frozen=True)
class Solved:
    """A run that has ended and is not scored yet: that takes the processor alone, another process's if need be."""

    problem: Problem
    identity: Identity
    result: Result
    made: Mapping[str, Any]  # where and with what

    def record(self) -> Record:
        """With its scores; see `scores` for what the numbers are.

        Raises
        ------
        RunFailed
            If one is not finite.
        """
        result = self.result
        found = scores(self.problem, result)
        for name, value in found.items():
            if not np.isfinite(value):
                raise RunFailed(f"{name} is {value}")
        return Record(
            identity=self.identity,
            scores=found,
            kernel=[] if result.kernel is None else np.round(result.kernel.astype(float), 7).tolist(),
            seconds=round(result.seconds, 2),
            iterations=result.iterations,
            seed_used=result.seed,
            provenance={**self.made, "precision": result.precision},
        )


def running(
    problem: Problem,
    method: str,
    tier: str,
    config: SolverConfig | MethodSettings,
    seed: int,
    device: str = "cpu",
    observers: Sequence[Observer] = (),
    checkpoint: Path | None = None,
    time_budget: float | None = None,
) -> Steps[Solved | None]:
    """Solve, an iteration at a time.

    Parameters
    ----------
    checkpoint : file to go on from and to save to, optional; whoever has kept the record deletes it
    time_budget : seconds of this call for the iterations, optional

    Returns
    -------
    Solved, or None if the time was up before the last iteration: then the checkpoint, if any, has the state.

    Raises
    ------
    InputError
        As `core.solve.solve`.
    RunFailed
        If the run diverged twice.
    """
    if isinstance(config, MethodSettings):
        result = yield from _rival(problem, method, config, time_budget)
    else:
        result = yield from _algorithm_1(problem, config, seed, device, observers, checkpoint, time_budget)
    if result is None:
        return None
    identity = identify(problem, method, tier, config, seed, result.precision)
    return Solved(problem, identity, result, provenance(result.device, torch.get_num_threads()))


def _algorithm_1(
    problem: Problem,
    config: SolverConfig,
    seed: int,
    device: str,
    observers: Sequence[Observer],
    checkpoint: Path | None,
    time_budget: float | None,
) -> Steps[Result | None]:
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
    return Result(
        solution.image / problem.gain,
        solution.kernel,
        solution.seconds,
        usable_precision(config.precision, device),
        device,
        solution.iterations,
        solution.seed,
        float(np.mean(solution.losses[-50:])),
    )


def _rival(problem: Problem, method: str, settings: MethodSettings, time_budget: float | None) -> Steps[Result | None]:
    """A rival, on the processor; it has no seed, and what the time was up for starts anew."""
    started, own = time.monotonic(), RIVALS[method].gives == "image"
    given = problem.item.blurred if own else problem.blurred
    steps = solving_rival(method, given, problem.kernel_size, settings, torch.get_num_threads())
    with closing(steps):
        while True:
            try:
                next(steps)
            except StopIteration as end:
                found = end.value
                break
            if time_budget is not None and time.monotonic() - started > time_budget:
                return None
            yield
    seconds = time.monotonic() - started
    return Result(found.latent if own else None, found.kernel, seconds, settings.precision, "cpu")


def scores(problem: Problem, result: Result) -> dict[str, float]:
    """Every score that the item's truth allows.

    - `psnr_direct`, `ssim_direct`: the method's own image, G_x's output, against the truth, under the data set's
      protocol; on a region only `psnr_direct`.
    - `psnr_<method>`, `ssim_<method>`: the kernel protocol, the whole image deconvolved with the estimated kernel;
      with `known_` before them, with the true one.
    - `kernel_similarity`: with the true kernel.
    """
    item, kernel = problem.item, result.kernel
    found = {} if result.loss is None else {"loss": result.loss}
    if item.kernel is not None and kernel is not None:
        found["kernel_similarity"] = kernel_similarity(kernel.astype(np.float64), item.kernel)
    if item.sharp is None and not item.frames:
        return found
    if result.image is not None:
        direct = score(result.image, item, protocol_of(item.dataset), problem.region)
        found["psnr_direct"] = direct.psnr
        if problem.whole:
            found["ssim_direct"] = direct.structure
    if kernel is not None:
        found |= kernel_protocol(item, kernel)
    if item.kernel is not None:
        found |= {f"known_{name}": value for name, value in known_protocol(item).items()}
    return found


_KNOWN: dict[str, dict[str, float]] = {}  # of the last image


def known_protocol(item: Item) -> dict[str, float]:
    """`kernel_protocol` with the true kernel, once for all methods that are run on an image one after the other."""
    assert item.kernel is not None
    arrays = (item.blurred, item.sharp, item.kernel, *item.frames)
    key = f"{item.dataset}, {item.saturated}" + "".join(input_digest(a) for a in arrays if a is not None)
    if key not in _KNOWN:
        found = kernel_protocol(item, item.kernel)
        _KNOWN.clear()
        _KNOWN[key] = found
    return _KNOWN[key]


def kernel_protocol(item: Item, kernel: NDArray, readings: bool = False) -> dict[str, float]:
    """An item deconvolved with a kernel (3.2): `psnr_<method>`, `ssim_<method>`, `error_ratio_<method>`.

    With `readings` also `scores_under_readings`; the item is deconvolved once for all of them.
    """
    protocol = protocol_of(item.dataset)
    blurred = protocol.to_deconvolve(item)
    found: dict[str, float] = {}
    for method in FINAL_METHODS + (FINAL_IF_SATURATED if item.saturated else ()):
        restored = deconvolve_with_kernel(blurred, normalised(kernel), method)
        result = score(restored, item, protocol)
        found |= {f"psnr_{method}": result.psnr, f"ssim_{method}": result.structure}
        if result.error_ratio is not None:
            found[f"error_ratio_{method}"] = result.error_ratio
        if readings:
            found |= scores_under_readings(restored, item, method)
    return found


def scores_under_readings(restored: NDArray, item: Item, method: str) -> dict[str, float]:
    """`psnr_<method>/<protocol>` and `ssim_<method>/<protocol>` under the data set's other readings."""
    found: dict[str, float] = {}
    for protocol in other_readings(item.dataset):
        result = score(restored, item, protocol)
        found[under(f"psnr_{method}", protocol.name)] = result.psnr
        found[under(f"ssim_{method}", protocol.name)] = result.structure
    return found
