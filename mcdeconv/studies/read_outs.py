"""Ways to read an image out of a run, beside Algorithm 1's last line: averages of outputs, of samples, of weights."""

from dataclasses import dataclass, field, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch.optim.swa_utils import AveragedModel

from mcdeconv.core.algorithm_1 import State
from mcdeconv.core.posterior import Posterior
from mcdeconv.runs.recorder import MOMENTS, look

EVERY = 10  # iterations between two looks
DECAY = 0.99  # of the exponential average, an iteration: Ulyanov et al. 2018
SHARE = 0.2  # of the run, at its end, that is averaged
DRAWN = 50


@dataclass
class ReadOuts:
    """An observer of `solve` that keeps what could be read out; it changes nothing of the run."""

    iterations: int  # of the whole run
    moments: dict[int, NDArray] = field(default_factory=dict)  # iteration → output (H, W), of MOMENTS spread evenly
    exponential: NDArray | None = None
    tail: list[NDArray] = field(default_factory=list)
    weights: AveragedModel | None = None
    final: tuple[NDArray, ...] = ()

    every_loss = False  # see `solving`

    def __post_init__(self) -> None:
        spaced = np.linspace(self.iterations / MOMENTS, self.iterations, MOMENTS)
        self.wanted = set(spaced.round().astype(int).tolist())

    def __call__(self, state: State) -> None:
        t = state.iteration
        if t == 1:  # also when a run that diverged starts again with another seed
            self.moments, self.exponential, self.tail, self.weights = {}, None, [], None
        if t % EVERY and t not in self.wanted:
            return
        with torch.cuda.stream(state.stream):
            image, _ = look(state)
            if t in self.wanted:
                self.moments[t] = image
            if t % EVERY == 0:
                self.average(state, image)
            if t == self.iterations:
                self.final = self.at_the_end(state, image)

    def average(self, state: State, image: NDArray) -> None:
        share = 1 - DECAY**EVERY
        before = image if self.exponential is None else self.exponential
        self.exponential = before + share * (image - before)
        if state.iteration > (1 - SHARE) * self.iterations:
            self.tail.append(image)
            if self.weights is None:
                self.weights = AveragedModel(state.image_net)
            self.weights.update_parameters(state.image_net)

    def at_the_end(self, state: State, image: NDArray) -> tuple[NDArray, ...]:
        assert self.exponential is not None and self.weights is not None
        averaged, _ = look(replace(state, image_net=self.weights.module))
        drawn = Posterior(state).mean(DRAWN).cpu().numpy()
        return image, self.exponential, np.mean(self.tail, axis=0), drawn, averaged

    def images(self) -> tuple[NDArray, ...]:
        """Of a whole run, (H, W) each: the last output, the exponential average, the mean of the last fifth, that of
        50 samples, and the output of averaged weights."""
        return self.final
