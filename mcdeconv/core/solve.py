"""One blind deconvolution from start to end: Algorithm 1 with progress, checkpoints, a time limit and a second try."""

import logging
import math
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mcdeconv.core.algorithm_1 import Diverged, State, algorithm_1, initialise, one_by_one
from mcdeconv.core.checkpoint import Fingerprint, load_checkpoint, save_checkpoint
from mcdeconv.core.config import SolverConfig, input_digest
from mcdeconv.core.cuda_graph import graphs
from mcdeconv.core.forward import centre_kernel, centring_shift, crop_to_blurred
from mcdeconv.core.posterior import Posterior
from mcdeconv.errors import InputError, RunFailed

log = logging.getLogger("mcdeconv")
Observer = Callable[[State], None]
T = TypeVar("T")
P = ParamSpec("P")
Steps = Generator[None, None, T]  # of a run that returns a T
LATE_KERNELS = 6  # kept from the last quarter of a run, to see how far it still moves
SMALLEST_SIDE = 32  # px; G_x halves the image six times
SECOND_SEED = 1_000_003  # added to the seed of a run that diverged
TRIES = ((0, ""), (SECOND_SEED, "-second-try"))  # what each adds to the seed and to the name of the checkpoint


@dataclass(frozen=True)
class Solution:
    """What a run found. Images are float32 in [0, 1]."""

    image: NDArray  # (H, W), the part of `latent` under the blurred image once the kernel is centred
    latent: NDArray  # (H + k - 1, W + k - 1), all of G_x's output
    kernel: NDArray  # (k, k) float32, sums to 1, centred
    late_kernels: tuple[NDArray, ...]  # up to 6 of the whole run's last quarter, centred; none if it ended before
    std: NDArray  # (H, W), pixelwise standard deviation of 10 samples
    losses: NDArray  # (iterations,), float64
    iterations: int  # fewer than configured if the time was up
    seconds: float  # of all the calls that it took; iterations that a killed call did not save are not counted
    seed: int  # the seed that worked: not the one asked for if the first try diverged


def at_once(steps: Callable[P, Generator[object, None, T]]) -> Callable[P, T]:
    """A function of the same arguments that takes all the steps of a run and returns its result."""

    @wraps(steps)
    def whole(*arguments: P.args, **options: P.kwargs) -> T:
        run = steps(*arguments, **options)
        while True:
            try:
                next(run)
            except StopIteration as end:
                result: T = end.value
                return result

    return whole


def solving(
    blurred: NDArray,
    kernel_size: int,
    config: SolverConfig,
    *,
    seed: int = 0,
    device: str = "cpu",
    checkpoint: Path | None = None,
    checkpoint_seconds: float = 30.0,
    time_budget: float | None = None,
    observers: Sequence[Observer] = (),
    known_kernel: NDArray | None = None,
) -> Steps[Solution]:
    """Estimate kernel and latent image of one grey blurred image by Algorithm 1, an iteration at a time.

    `solve` takes the same arguments and returns the solution. On a GPU several of these go on in turns.

    Parameters
    ----------
    blurred : array, shape (H, W), in [0, 1]
    kernel_size : int, odd
    checkpoint : file to go on from and to write to every `checkpoint_seconds`, optional
    time_budget : seconds of this call after which the run stops (but not before its first iteration), saves its
        checkpoint and reads out what it has, optional
    observers : called with the state after every iteration; they must not change it. One whose `every_loss` is false
        accepts that `state.losses` is up to 100 iterations late; only then are iterations replayed on a GPU.
    known_kernel : array, shape (k, k), sum 1: for a configuration in which the kernel is known

    Raises
    ------
    InputError
        For a wrong image or kernel size, or a checkpoint of another run or version.
    RunFailed
        If the loss becomes NaN or infinite, and again with another seed.
    """
    check_problem(blurred, kernel_size)
    image = input_digest(blurred)
    known = None if known_kernel is None else torch.as_tensor(np.ascontiguousarray(known_kernel, np.float32))
    target = torch.as_tensor(np.ascontiguousarray(blurred, np.float32), device=device)[None, None]
    deadline = math.inf if time_budget is None else time.monotonic() + time_budget
    for added, suffix in TRIES:
        attempt = seed + added
        state = initialise(target, kernel_size, config, attempt, known)
        path = checkpoint and checkpoint.with_stem(checkpoint.stem + suffix)
        keep = _Keeper(path, checkpoint_seconds, Fingerprint(image, config.digest(), kernel_size, attempt))
        try:
            return (yield from _iterate(state, target, keep, deadline, observers, attempt))
        except Diverged as error:
            log.warning("seed %d diverged at iteration %d: %s", attempt, state.iteration, error)
        finally:
            del state  # before the second try needs its memory
    raise RunFailed(f"the run diverged with seed {seed} and again with another; try a lower learning rate")


solve = at_once(solving)


def check_problem(blurred: NDArray, kernel_size: int) -> None:
    """Refuse, in one line, what Algorithm 1 cannot work on."""
    check_grey(blurred)
    if kernel_size < 3 or kernel_size % 2 == 0:
        raise InputError(f"kernel size {kernel_size} is not an odd number from 3 on; try {max(3, kernel_size | 1)}")
    if min(blurred.shape) < max(SMALLEST_SIDE, kernel_size):
        raise InputError(
            f"the image is {blurred.shape[1]}×{blurred.shape[0]} px; it must be at least {SMALLEST_SIDE} px a side "
            f"and no smaller than the kernel ({kernel_size} px)"
        )


def check_grey(blurred: NDArray) -> None:
    """Refuse, in one line, what is no grey image in [0, 1]; noise may leave that range a little."""
    if blurred.ndim != 2 or not blurred.size:
        raise InputError(f"the blurred image has shape {blurred.shape}; Algorithm 1 takes one grey image (H, W)")
    if not np.isfinite(blurred).all():
        raise InputError("the blurred image has NaN or infinite pixels")
    if blurred.min() < -0.5 or blurred.max() > 1.5:
        raise InputError(f"the image has values from {blurred.min():g} to {blurred.max():g}; scale it to [0, 1]")
    if blurred.max() - blurred.min() < 1e-6:
        raise InputError("the image is constant; there is no blur to find in it")


def _iterate(
    state: State, target: Tensor, keep: "_Keeper", deadline: float, observers: Sequence[Observer], seed: int
) -> Steps[Solution]:
    keep.restore(state)
    started, config = time.monotonic() - state.seconds, state.config
    replayed = state.z_x.is_cuda and not any(getattr(one, "every_loss", True) for one in observers)
    accelerator = graphs() if replayed else one_by_one
    with closing(algorithm_1(target, state.kernel_size, config, resume=state, accelerator=accelerator)) as steps:
        while True:
            try:
                next(steps)
            except StopIteration as end:
                latent, kernel = end.value
                break
            with torch.cuda.stream(state.stream):
                keep_late_kernel(state, config.last_iteration)
            for observe in observers:
                observe(state)
            state.seconds = time.monotonic() - started
            state.stopped = time.monotonic() > deadline
            if state.iteration < config.last_iteration and not state.stopped:
                keep.save_if_due(state)
                yield
    keep.save(state)
    if not (torch.isfinite(kernel).all() and torch.isfinite(latent).all()):
        raise Diverged("the last step spoiled the weights")
    shift = centring_shift(kernel.cpu().numpy())
    return Solution(
        image=crop_to_blurred(latent, state.kernel_size, shift).cpu().numpy(),
        latent=latent.cpu().numpy(),
        kernel=np.roll(kernel.cpu().numpy(), shift, axis=(0, 1)),
        late_kernels=tuple(centre_kernel(k.cpu().numpy()) for k in state.late_kernels),
        std=Posterior(state).std().cpu().numpy(),
        losses=np.array(state.losses),
        iterations=state.iteration,
        seconds=time.monotonic() - started,
        seed=seed,
    )


@torch.no_grad()
def keep_late_kernel(state: State, last: int) -> None:
    """Keep the kernel a few times in the last quarter of a whole run; part of the state, so a resumed run has them."""
    step, left = max(1, last // (4 * LATE_KERNELS)), last - state.iteration
    if left % step == 0 and left < LATE_KERNELS * step:
        state.late_kernels = [*state.late_kernels, state.kernel_net(state.z_k, 0.0, state.generator)]


class _Keeper:
    """Saves a state every so many seconds to one file, or does nothing without a file."""

    def __init__(self, path: Path | None, every: float, fingerprint: Fingerprint) -> None:
        self.path, self.every, self.fingerprint = path, every, fingerprint
        self.saved_at = time.monotonic()

    def restore(self, state: State) -> None:
        if self.path and load_checkpoint(self.path, state, self.fingerprint):
            log.info("going on from iteration %d (%s)", state.iteration, self.path)

    def save(self, state: State) -> None:
        if self.path:
            save_checkpoint(self.path, state, self.fingerprint)
            self.saved_at = time.monotonic()

    def save_if_due(self, state: State) -> None:
        """Unless losses are still on their way from the device."""
        due = self.path and time.monotonic() - self.saved_at >= self.every
        if due and len(state.losses) == state.iteration:
            with torch.cuda.stream(state.stream):
                self.save(state)
