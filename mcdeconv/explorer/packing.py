"""From records and trajectories to what the sliders show: the explorer's grid and the iteration scrubber's data."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mcdeconv.data.datasets import Item, load_item
from mcdeconv.data.grey import grey_of
from mcdeconv.errors import InputError
from mcdeconv.explorer.grid import DEFAULT, GRID_FORMAT, GRID_SEEDS, P0, SIGMA0, ExplorerGrid, cells, method_name
from mcdeconv.explorer.pictures import BEST, png, webp
from mcdeconv.runs.records import Record
from mcdeconv.runs.trajectory import STD_WHITE, Trajectory
from mcdeconv.scoring.protocols import protocol_of, score

BUDGET = 1_050_000  # bytes of one image's grid: two images and the page around them stay below 3 MB
QUALITIES = (BEST, 82, 76, 70, 62, 54)  # of WebP; the best with which all seeds' pictures fit
WHITES = (0.005, 0.01, 0.02, 0.03, 0.05, STD_WHITE)  # standard deviations that a map may show as white
ORIGINS = ("device", "torch", "commit")  # what a grid keeps of its runs' provenance
RUN_LABELS = {"without-both": "without dropout and noise"}  # methods whose name alone says too little

CellKey = tuple[float, float, int]  # p0, sigma0, seed
TrajectoryOf = Callable[[Record], Trajectory | None]


def pack_grid(item: Item, records: Sequence[Record], trajectory_of: TrajectoryOf, budget: int = BUDGET) -> ExplorerGrid:
    """The grid of one image from its runs: all cells, and all seeds that are in `records`.

    Pictures of every seed are kept if that fits into `budget` bytes at one of `QUALITIES`, else the first seed's.

    Raises
    ------
    InputError
        If a cell has no run, or a run no trajectory.
    """
    if item.sharp is None or item.kernel is None:
        raise InputError(f"{item.dataset} {item.id} has no known truth; choose an embedded image")
    runs = _runs_of(item, records)
    first, *_ = runs.values()
    trajectories = [_trajectory(record, trajectory_of) for record in runs.values()]
    seeds = sorted({seed for *_, seed in runs})
    white = std_white([trajectory.stds[-1] for trajectory in trajectories])
    grid = {
        "format": GRID_FORMAT,
        "image": item.id,
        "dataset": item.dataset,
        "tier": first.identity.tier,
        "p0": list(P0),
        "sigma0": list(SIGMA0),
        "seeds": seeds,
        "size": item.blurred.shape[0],
        "kernel_size": item.kernel.shape[0],
        **_known(item),
        "psnr_blurred": round(score(grey_of(item.blurred), item, protocol_of(item.dataset)).psnr, 3),
        "default": dict(zip(("p0", "sigma0"), DEFAULT, strict=True)),
        "provenance": {
            **{name: sorted({str(run.provenance.get(name)) for run in runs.values()}) for name in ORIGINS},
            "runs": len(runs),
            "seconds": round(sum(run.seconds for run in runs.values()), 1),
            "input": first.identity.input,
        },
        "iterations": trajectories[0].iterations.tolist(),
        "std_white": white,
    }
    for pictured, quality in product((seeds, seeds[:1]), QUALITIES):
        grid["cells"] = [
            _cell(key, record, trajectory, white, quality if key[2] in pictured else None)
            for (key, record), trajectory in zip(runs.items(), trajectories, strict=True)
        ]
        if len(json.dumps(grid)) <= budget:
            return grid
    raise InputError(f"the explorer's grid of {item.id} does not fit into {budget} bytes; use smaller images")


def scrubbers(
    records: Sequence[Record], trajectory_of: TrajectoryOf, methods: Sequence[str] = ("ours", "without-both")
) -> list[dict[str, Any]]:
    """What the iteration scrubber shows of every image that has runs of all `methods`; the lowest seed of each.

    Raises
    ------
    InputError
        If there is no such image, or a run has no trajectory.
    """
    runs: dict[tuple[str, str], dict[str, Record]] = {}
    for record in sorted(records, key=lambda record: record.identity.seed):
        identity = record.identity
        runs.setdefault((identity.dataset, identity.image), {}).setdefault(identity.method, record)
    chosen = {image: found for image, found in runs.items() if found.keys() >= set(methods)}
    if not chosen:
        raise InputError(f"no image has runs of all of {', '.join(methods)}; `make reproduce` computes them")
    return [
        scrubber(load_item(*image), {method: _trajectory(found[method], trajectory_of) for method in methods})
        for image, found in chosen.items()
    ]


def scrubber(item: Item, runs: Mapping[str, Trajectory]) -> dict[str, Any]:
    """What the iteration scrubber shows of one image: the trajectories of some methods, "ours" first.

    Raises
    ------
    InputError
        If the trajectories have their pictures at different iterations.
    """
    first, *others = runs.values()
    if any(not np.array_equal(other.picture_iterations, first.picture_iterations) for other in others):
        raise InputError(f"the runs of {item.id} have their pictures at different iterations; delete their records")
    white = std_white([trajectory.stds for trajectory in runs.values()])
    return {
        "image": item.id,
        "iterations": first.iterations.tolist(),
        **_known(item),
        "std_white": white,
        "runs": [
            {
                "method": method,
                "label": RUN_LABELS.get(method, method),
                **{name: rounded(getattr(trajectory, name)) for name in ("losses", "psnr", "similarity", "spread")},
                "iterations": trajectory.iterations.tolist(),
                "picture_iterations": trajectory.picture_iterations.tolist(),
                "images": [webp(image) for image in trajectory.images],
                "stds": [webp(brightened(std, white)) for std in trajectory.stds],
                "kernels": [png(kernel) for kernel in trajectory.kernels],
            }
            for method, trajectory in runs.items()
        ],
    }


def std_white(stds: Sequence[NDArray]) -> float:
    """What to show as white in all of some stored maps, so that they can be compared and are not all dark."""
    level = STD_WHITE * float(np.percentile(np.stack(stds), 99.5)) / 255
    return next((white for white in WHITES if white >= level), STD_WHITE)


def brightened(std: NDArray, white: float) -> NDArray:
    """A stored map of standard deviations as a picture in [0, 1] of another white."""
    return std.astype(np.float32) / 255 * (STD_WHITE / white)


def rounded(values: ArrayLike) -> list[float | None]:
    """For JSON: four significant digits, and None for what is not finite."""
    return [float(f"{value:.4g}") if math.isfinite(value) else None for value in np.asarray(values, float)]


def _runs_of(item: Item, records: Sequence[Record]) -> dict[CellKey, Record]:
    """The explorer's runs of an image, by seed and cell."""
    own = [record for record in records if (record.identity.dataset, record.identity.image) == (item.dataset, item.id)]
    found = {(record.identity.method, record.identity.seed): record for record in own}
    methods = {method_name(*cell) for cell in cells()}
    seeds = sorted({seed for method, seed in found if method in methods}) or GRID_SEEDS
    wanted = {(*cell, seed): (method_name(*cell), seed) for seed in seeds for cell in cells()}
    if missing := [key for key in wanted.values() if key not in found]:
        method, seed = missing[0]
        raise InputError(
            f"the explorer's grid of {item.id} lacks {len(missing)} of {len(wanted)} runs, the first "
            f"{method} with seed {seed}; `make explorer` computes them"
        )
    return {cell: found[key] for cell, key in wanted.items()}


def _trajectory(record: Record, trajectory_of: TrajectoryOf) -> Trajectory:
    if trajectory := trajectory_of(record):
        return trajectory
    identity = record.identity
    raise InputError(
        f"{identity.image}, {identity.method}, seed {identity.seed} has no trajectory; "
        "delete its record to have it computed again"
    )


def _cell(key: CellKey, record: Record, trajectory: Trajectory, white: float, quality: int | None) -> dict[str, Any]:
    """A run with its pictures at a quality; without, if that is None."""
    return {
        **dict(zip(("p0", "sigma0", "seed"), key, strict=True)),
        "psnr": round(record.scores["psnr_direct"], 3),
        "ssim": round(record.scores["ssim_direct"], 4),
        "similarity": round(record.scores["kernel_similarity"], 4),
        "seconds": record.seconds,
        "losses": rounded(trajectory.losses),
        "psnr_curve": rounded(trajectory.psnr),
        "image": None if quality is None else webp(trajectory.images[-1], quality),
        "std": None if quality is None else webp(brightened(trajectory.stds[-1], white), quality),
        "kernel": None if quality is None else png(trajectory.kernels[-1]),
    }


def _known(item: Item) -> dict[str, str | None]:
    """The pictures of an image that are there before any run."""
    return {
        "blurred": webp(grey_of(item.blurred)),
        "sharp": None if item.sharp is None else webp(grey_of(item.sharp)),
        "kernel_true": None if item.kernel is None else png(item.kernel),
    }
