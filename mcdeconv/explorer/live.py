"""Live mode: one run with the values that a reader sets, reported while it goes on."""

import math
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mcdeconv.core.algorithm_1 import State
from mcdeconv.core.config import SolverConfig
from mcdeconv.core.device import choose_device
from mcdeconv.core.presets import TIERS, configure
from mcdeconv.core.solve import Solution, solve
from mcdeconv.data.datasets import load_item
from mcdeconv.data.problem import Problem, pose
from mcdeconv.errors import InputError
from mcdeconv.explorer.grid import ExplorerGrid, with_p0_sigma0
from mcdeconv.explorer.packing import restored, rounded
from mcdeconv.explorer.pictures import png, webp
from mcdeconv.runs.recorder import Recorder, look
from mcdeconv.runs.trajectory import STD_WHITE
from mcdeconv.scoring.protocols import protocol_of, score

EVERY = 2.0  # seconds between two reports: each deconvolves the whole image
MAX_SIGMA0 = 1.0  # ten times the range of z_x
Report = Callable[[dict[str, Any]], None]


class Stopped(Exception):
    """The reader stopped the run."""


@dataclass(frozen=True)
class LiveRequest:
    """What a reader asked for."""

    image: str
    p0: float
    sigma0: float
    seed: int
    std_white: float = STD_WHITE  # what the deviation map is to show as white

    @staticmethod
    def parse(content: Mapping[str, Any]) -> "LiveRequest":
        """Check what came from the front end; InputError names what is wrong."""
        try:
            p0, sigma0, seed = float(content["p0"]), float(content["sigma0"]), int(content["seed"])
            white = float(content.get("std_white", STD_WHITE))
        except (KeyError, TypeError, ValueError):
            raise InputError("p0, sigma0 and the seed must be numbers") from None
        if not 0 <= p0 < 1:
            raise InputError(f"p0 is {p0:g}; choose a share of 0 or more and less than 1")
        if not 0 <= sigma0 <= MAX_SIGMA0:
            raise InputError(f"sigma0 is {sigma0:g}; choose a value from 0 to {MAX_SIGMA0:g}")
        if not 0 <= seed < 2**31:
            raise InputError(f"the seed is {seed}; choose a whole number from 0 on")
        return LiveRequest(str(content.get("image")), p0, sigma0, seed, white)


@dataclass(frozen=True)
class Trainer:
    """Trains on the explorer's images; an `Explorer` calls it in a thread of its own.

    Parameters
    ----------
    problems : by image, from `mcdeconv.data.problem.pose`
    config : everything but p0 and sigma0, e.g. `configure("ours", "quick")`
    device : "cpu" or "cuda"
    solver : `mcdeconv.core.solve.solve`, or what stands in for it in a test
    """

    problems: Mapping[str, Problem]
    config: SolverConfig
    device: str = "cpu"
    solver: Callable[..., Solution] = solve

    @staticmethod
    def of(grids: Sequence[ExplorerGrid], device: str = "auto") -> "Trainer":
        """For the images of some grids, with all but p0 and sigma0 as the runs of the grids had it."""
        problems = {
            grid["image"]: pose(load_item(grid["dataset"], grid["image"]), TIERS[grid["tier"]].region) for grid in grids
        }
        return Trainer(problems, configure("ours", grids[0]["tier"]), choose_device(device))

    def __call__(self, request: LiveRequest, report: Report, stop: threading.Event) -> dict[str, Any]:
        """A cell as in a grid, with its own `iterations`.

        Raises
        ------
        InputError
            For an image that is not among the problems.
        Stopped
            If `stop` is set during the run.
        """
        if request.image not in self.problems:
            raise InputError(f"there is no image {request.image!r} to train on; choose {', '.join(self.problems)}")
        problem = self.problems[request.image]
        config = with_p0_sigma0(self.config, request.p0, request.sigma0)
        watch = Watch(request, Recorder(problem, config.iterations, pictures=1), report, stop)
        self.solver(
            problem.blurred, problem.kernel_size, config, seed=request.seed, device=self.device, observers=(watch,)
        )
        return watch.cell


@dataclass
class Watch:
    """An observer of `solve` that records a run, reports it every few seconds and ends it when told to."""

    request: LiveRequest
    recorder: Recorder
    report: Report
    stop: threading.Event
    started: float = field(default_factory=time.monotonic)
    reported: float = -math.inf
    cell: dict[str, Any] = field(default_factory=dict)  # what was reported last; in the end, the whole run

    def __call__(self, state: State) -> None:
        position = {"iteration": state.iteration, "of": self.recorder.iterations}
        if self.stop.is_set():
            raise Stopped("stopped after {iteration} of {of} iterations".format(**position))
        self.recorder(state)
        now = time.monotonic()
        if now - self.reported >= EVERY or state.iteration == self.recorder.iterations:
            self.reported = now
            self.cell = self.see(state, now - self.started)
            self.report(position | {"seconds": round(now - self.started, 1), "cell": self.cell})

    def see(self, state: State, seconds: float) -> dict[str, Any]:
        """A cell with what there is so far; None for numbers that are not finite."""
        output, kernel = look(state)
        direct, _, similarity = self.recorder.scores(output, kernel)
        item = self.recorder.problem.item
        image = restored(item, kernel)
        final = score(image, item, protocol_of(item.dataset))
        scores = rounded([final.psnr, final.structure, similarity, direct, seconds])
        curves = np.array(self.recorder.curves()).reshape(-1, 5)  # a row: iteration, loss, PSNR, SSIM, similarity
        pictures = self.recorder.shown  # there is one, at the end
        return {
            "p0": self.request.p0,
            "sigma0": self.request.sigma0,
            "seed": self.request.seed,
            **dict(zip(("psnr", "ssim", "similarity", "psnr_direct", "seconds"), scores, strict=True)),
            "iterations": curves[:, 0].astype(int).tolist(),
            "losses": rounded(curves[:, 1]),
            "psnr_curve": rounded(curves[:, 2]),
            "image": webp(image),
            "std": webp(pictures[-1][2] / self.request.std_white) if pictures else None,
            "kernel": png(kernel),
        }
