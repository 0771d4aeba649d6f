"""An observer that keeps what a run goes through, as a `Trajectory`."""

from dataclasses import dataclass, field, replace

import numpy as np
import torch
from numpy.typing import NDArray

from mcdeconv.core.algorithm_1 import State, read_out
from mcdeconv.core.forward import centring_shift, crop_to_blurred
from mcdeconv.core.posterior import Posterior
from mcdeconv.data.problem import Problem
from mcdeconv.runs.trajectory import SAMPLES, STD_WHITE, Trajectory
from mcdeconv.scoring.metrics import kernel_similarity
from mcdeconv.scoring.protocols import protocol_of, score

MOMENTS = 40  # at which loss and scores are kept
SAMPLE_SHARES = (0.02, 0.2, 1.0)  # Figure 3: after 100, 1,000 and 5,000 of 5,000 iterations
NOTHING = float("nan")


@dataclass
class Recorder:
    """An observer of `solve` that keeps a trajectory; it draws its samples from a generator of its own.

    What it keeps is scored when `trajectory` is asked for: on a GPU nothing waits for that.
    """

    problem: Problem
    iterations: int  # of the whole run
    pictures: int  # at how many moments, the last included; more of them early on
    losses: list[float] = field(default_factory=list)  # the run's own list, which may lag behind it
    looked: list[tuple[int, NDArray, NDArray]] = field(default_factory=list)  # (iteration, image, kernel)
    shown: list[tuple[int, NDArray, NDArray, NDArray]] = field(default_factory=list)
    drawn: list[tuple[int, NDArray]] = field(default_factory=list)
    scored: list[tuple[float, float, float]] = field(default_factory=list)  # of what was looked at, as far as asked for

    def __post_init__(self) -> None:
        last = self.iterations
        self.moments = set(np.linspace(last / MOMENTS, last, MOMENTS).round().astype(int).tolist())
        spaced = np.geomspace(max(1, 0.01 * last), last, self.pictures) if self.pictures > 1 else np.array([last])
        self.sample_moments = {max(1, round(share * last)) for share in SAMPLE_SHARES} if self.pictures > 1 else set()
        self.picture_moments = set(spaced.round().astype(int).tolist()) | self.sample_moments

    every_loss = False  # see `solving`

    def __call__(self, state: State) -> None:
        t = state.iteration
        if t == 1:  # also when a run that diverged starts again with another seed
            for kept in (self.looked, self.shown, self.drawn, self.scored):
                kept.clear()
            self.losses = state.losses
        with torch.cuda.stream(state.stream):
            self.look(state, t)

    def look(self, state: State, t: int) -> None:
        gain = self.problem.gain
        if t in self.moments or t in self.picture_moments:
            image, kernel = look(state)
            image = image / gain
            if t in self.moments:
                self.looked.append((t, image, kernel))
            if t in self.picture_moments:
                self.shown.append((t, as_bytes(image), Posterior(state).std().cpu().numpy() / gain, kernel))
        if t in self.sample_moments:
            self.drawn.append((t, as_bytes(Posterior(state).samples(SAMPLES).cpu().numpy() / gain)))

    def curves(self) -> list[tuple[float, ...]]:
        """Of every moment: iteration, mean loss since the one before, and scores."""
        self.scored += [self.scores(image, kernel) for _, image, kernel in self.looked[len(self.scored) :]]
        moments = [0, *(t for t, *_ in self.looked)]
        spans = zip(moments, moments[1:], self.scored, strict=False)
        return [(t, float(np.mean(self.losses[start:t])), *scores) for start, t, scores in spans]

    def scores(self, image: NDArray, kernel: NDArray) -> tuple[float, float, float]:
        """PSNR in dB and structure under the data set's protocol, and the kernel's similarity; NaN without a truth.

        Of a trajectory's frames only `Item.one_truth` counts: to read all of Köhler's at 40 moments takes longer than
        the run. So the record's score, that of the best frame, can be higher than the curve's last.
        """
        item = self.problem.item
        similarity = NOTHING if item.kernel is None else kernel_similarity(kernel.astype(np.float64), item.kernel)
        if (truth := item.one_truth) is None:
            return NOTHING, NOTHING, similarity
        single = replace(item, sharp=truth, frames=())
        direct = score(image, single, protocol_of(item.dataset), self.problem.region)
        return direct.psnr, direct.structure, similarity

    def trajectory(self) -> Trajectory:
        """All that was kept."""
        curves = np.array(self.curves(), dtype=np.float64).reshape(-1, 5).T
        stds = np.stack([std for _, _, std, _ in self.shown])
        empty = np.empty((0, SAMPLES, *self.problem.blurred.shape), np.uint8)
        losses, psnrs, ssims, similarities = curves[1:].astype(np.float32)
        return Trajectory(
            iterations=curves[0].astype(int),
            losses=losses,
            psnr=psnrs,
            ssim=ssims,
            similarity=similarities,
            picture_iterations=np.array([t for t, *_ in self.shown]),
            images=np.stack([image for _, image, _, _ in self.shown]),
            stds=as_bytes(stds / STD_WHITE),
            spread=stds.mean(axis=(1, 2)).astype(np.float32),
            kernels=np.stack([kernel for *_, kernel in self.shown]).astype(np.float32),
            sample_iterations=np.array([t for t, _ in self.drawn], dtype=int),
            samples=np.stack([drawn for _, drawn in self.drawn]) if self.drawn else empty,
        )


def look(state: State) -> tuple[NDArray, NDArray]:
    """The image (H, W) and the centred kernel (k, k) that would be read out after this iteration."""
    latent, kernel = (part.cpu() for part in read_out(state))
    shift = centring_shift(kernel.numpy())
    image = crop_to_blurred(latent, state.kernel_size, shift)
    return image.numpy(), np.roll(kernel.numpy(), shift, axis=(0, 1))


def as_bytes(image: NDArray) -> NDArray:
    """[0, 1] → uint8, clipped."""
    return np.round(np.clip(image, 0, 1) * 255).astype(np.uint8)
