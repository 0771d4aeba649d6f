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
from mcdeconv.explorer import grid as explorer
from mcdeconv.explorer.grid import CURVE_POINTS, GRID_SEEDS, P0, SIGMA0, ExplorerGrid, cell_of, cells, method_name
from mcdeconv.explorer.pictures import png, webp
from mcdeconv.runs.records import Record
from mcdeconv.runs.trajectory import STD_WHITE, Trajectory
from mcdeconv.scoring.protocols import protocol_of, score

BUDGET = 1_050_000  # bytes of one image's grid: two images and the page around them stay below 3 MB
QUALITIES = (88, 82, 76, 70, 62, 54)  # of WebP; the best with which all seeds' pictures fit
WHITES = (0.005, 0.01, 0.02, 0.03, 0.05, STD_WHITE)  # standard deviations that a map may show as white
RUN_LABELS = {"without-both": "without dropout and noise"}  # methods whose name alone says too little
NO_PICTURES = {"image": None, "std": None, "kernel": None}

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
    runs = _runs_of(item, records)
    traced = {key: _trajectory(record, trajectory_of) for key, record in runs.items()}
    iterations = curves(next(iter(traced.values())))["iterations"]
    frame = _frame(item, list(runs.values()), sorted({seed for *_, seed in runs}))
    white = std_white([trajectory.stds[-1] for trajectory in traced.values()])
    frame |= {"iterations": iterations, "std_white": white}
    numbers = {key: _numbers(key, runs[key], traced[key]) for key in runs}
    for seeds, quality in product((frame["seeds"], frame["seeds"][:1]), QUALITIES):
        packed = [
            numbers[key] | (end_pictures(traced[key], quality, white) if key[2] in seeds else NO_PICTURES)
            for key in runs
        ]
        grid = frame | {"cells": packed}
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
    chosen = {
        image: {m: found[m] for m in methods} for image, found in runs.items() if all(m in found for m in methods)
    }
    if not chosen:
        raise InputError(f"no image has runs of all of {', '.join(methods)}; `make reproduce` computes them")
    return [
        scrubber(load_item(*image), {method: _trajectory(record, trajectory_of) for method, record in found.items()})
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
        "runs": [_scrubbed(method, trajectory, white) for method, trajectory in runs.items()],
    }


def curves(trajectory: Trajectory) -> dict[str, list]:
    """`iterations`, mean `losses` and `psnr_curve` (dB) at `CURVE_POINTS` moments or fewer, equally far apart."""
    stride = -(-len(trajectory.iterations) // CURVE_POINTS)
    ends = np.arange(len(trajectory.iterations) - 1, -1, -stride)[::-1]
    losses = np.array([trajectory.losses[max(0, end - stride + 1) : end + 1].mean() for end in ends])
    return {
        "iterations": trajectory.iterations[ends].tolist(),
        "losses": rounded(losses),
        "psnr_curve": rounded(trajectory.psnr[ends]),
    }


def end_pictures(trajectory: Trajectory, quality: int, white: float) -> dict[str, str | None]:
    """Image, standard deviation map and kernel at the end of a run; `white` is the deviation that shows as white."""
    return {
        "image": webp(trajectory.images[-1], quality),
        "std": webp(brightened(trajectory.stds[-1], white), quality),
        "kernel": png(trajectory.kernels[-1]),
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


def psnr_blurred(item: Item) -> float:
    """PSNR of doing nothing, in dB: the blurred image's luma against the truth, under the data set's protocol."""
    return score(grey_of(item.blurred), item, protocol_of(item.dataset)).psnr


def _runs_of(item: Item, records: Sequence[Record]) -> dict[CellKey, Record]:
    """The explorer's runs of an image, by seed and cell."""
    found: dict[CellKey, Record] = {}
    for record in records:
        cell = cell_of(record)
        if cell and (record.identity.dataset, record.identity.image) == (item.dataset, item.id):
            found[(*cell, record.identity.seed)] = record
    seeds = sorted({seed for *_, seed in found}) or list(GRID_SEEDS)
    wanted: list[CellKey] = [(*cell, seed) for seed in seeds for cell in cells()]
    if missing := [key for key in wanted if key not in found]:
        p0, sigma0, seed = missing[0]
        raise InputError(
            f"the explorer's grid of {item.id} lacks {len(missing)} of {len(wanted)} runs, the first "
            f"{method_name(p0, sigma0)} with seed {seed}; `make explorer` computes them"
        )
    return {key: found[key] for key in wanted}


def _trajectory(record: Record, trajectory_of: TrajectoryOf) -> Trajectory:
    if trajectory := trajectory_of(record):
        return trajectory
    identity = record.identity
    raise InputError(
        f"{identity.image}, {identity.method}, seed {identity.seed} has no trajectory; "
        "delete its record to have it computed again"
    )


def _frame(item: Item, records: Sequence[Record], seeds: Sequence[int]) -> ExplorerGrid:
    """A grid without its cells and their iterations."""
    if item.sharp is None or item.kernel is None:
        raise InputError(f"{item.dataset} {item.id} has no known truth; choose an embedded image")
    origins = [record.provenance for record in records]
    provenance = {name: sorted({str(origin.get(name)) for origin in origins}) for name in ("device", "torch", "commit")}
    return {
        "format": explorer.GRID_FORMAT,
        "image": item.id,
        "dataset": item.dataset,
        "tier": records[0].identity.tier,
        "p0": list(P0),
        "sigma0": list(SIGMA0),
        "seeds": list(seeds),
        "size": item.blurred.shape[0],
        "kernel_size": item.kernel.shape[0],
        **_known(item),
        "psnr_blurred": round(psnr_blurred(item), 3),
        "default": dict(zip(("p0", "sigma0"), explorer.DEFAULT, strict=True)),
        "provenance": {
            **provenance,
            "runs": len(records),
            "seconds": round(sum(record.seconds for record in records), 1),
            "input": records[0].identity.input,
        },
    }


def _numbers(key: CellKey, record: Record, trajectory: Trajectory) -> dict[str, Any]:
    """A cell without its pictures."""
    found = curves(trajectory)
    return {
        **dict(zip(("p0", "sigma0", "seed"), key, strict=True)),
        "psnr": round(record.scores["psnr_direct"], 3),
        "ssim": round(record.scores["ssim_direct"], 4),
        "similarity": round(record.scores["kernel_similarity"], 4),
        "seconds": record.seconds,
        **{name: found[name] for name in ("losses", "psnr_curve")},
    }


def _known(item: Item) -> dict[str, str | None]:
    """The pictures of an image that are there before any run."""
    return {
        "blurred": webp(grey_of(item.blurred), QUALITIES[0]),
        "sharp": None if item.sharp is None else webp(grey_of(item.sharp), QUALITIES[0]),
        "kernel_true": None if item.kernel is None else png(item.kernel),
    }


def _scrubbed(method: str, trajectory: Trajectory, white: float) -> dict[str, Any]:
    """One run of the scrubber."""
    names = ("losses", "psnr", "similarity", "spread")
    return {name: rounded(getattr(trajectory, name)) for name in names} | {
        "method": method,
        "label": RUN_LABELS.get(method, method),
        "iterations": trajectory.iterations.tolist(),
        "picture_iterations": trajectory.picture_iterations.tolist(),
        "images": [webp(image, QUALITIES[0]) for image in trajectory.images],
        "stds": [webp(brightened(std, white), QUALITIES[0]) for std in trajectory.stds],
        "kernels": [png(kernel) for kernel in trajectory.kernels],
    }
