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
from mcdeconv.data.region import Region
from mcdeconv.errors import InputError
from mcdeconv.explorer.grid import DEFAULT, GRID_FORMAT, GRID_SEEDS, P0, SIGMA0, ExplorerGrid, cells, method_name
from mcdeconv.explorer.pictures import BEST, png, webp
from mcdeconv.runs.records import Record
from mcdeconv.runs.trajectory import STD_WHITE, Trajectory, region_shown
from mcdeconv.scoring.nonblind import deconvolve_with_kernel, normalised
from mcdeconv.scoring.protocols import final_method, protocol_of, score

BUDGET = 700_000  # bytes of one image's grid: three are read in two seconds at 9 Mbit/s
QUALITIES = (BEST, 82, 76, 70, 62)  # of WebP; below, what the compression does looks like what the method does
ALL_SEEDS = QUALITIES[:3]  # the qualities at which the pictures of all seeds are worth their bytes
WHITES = (0.005, 0.01, 0.02, 0.03, 0.05, STD_WHITE)  # standard deviations that a map may show as white
ORIGINS = ("device", "torch", "commit")  # what a grid keeps of its runs' provenance
RUN_LABELS = {"without-both": "without dropout and noise"}  # methods whose name alone says too little

CellKey = tuple[float, float, int]  # p0, sigma0, seed
TrajectoryOf = Callable[[Record], Trajectory | None]


def pack_grid(item: Item, records: Sequence[Record], trajectory_of: TrajectoryOf, budget: int = BUDGET) -> ExplorerGrid:
    """The grid of one image from its runs: all cells, and all seeds that are in `records`.

    A cell's picture is the final deconvolution of the whole image with the run's kernel, and its PSNR that of the
    kernel protocol (3.2); the network's own output, on the region solved, has its PSNR here. Pictures of every seed are
    kept if that fits into `budget` bytes at one of `ALL_SEEDS`, else the first seed's at one of `QUALITIES`.

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
    region = region_shown(item, first.identity.tier, trajectories[0])
    images = [restored(item, np.array(run.kernel)) for run in runs.values()]
    final = final_method(item.dataset, item.saturated)
    grid = {
        "format": GRID_FORMAT,
        "image": item.id,
        "dataset": item.dataset,
        "tier": first.identity.tier,
        "p0": list(P0),
        "sigma0": list(SIGMA0),
        "seeds": seeds,
        "size": list(item.blurred.shape[:2]),
        "region": [region.top, region.left, region.height, region.width],
        "kernel_size": item.kernel.shape[0],
        "final": final,
        **_known(item),
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
    for pictured, quality in (*product([seeds], ALL_SEEDS), *product([seeds[:1]], QUALITIES)):
        grid["cells"] = [
            _cell(key, record, final, trajectory)
            | _pictures(image, trajectory, white, quality if key[2] in pictured else None)
            for (key, record), image, trajectory in zip(runs.items(), images, trajectories, strict=True)
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
    shown = []
    for image, found in chosen.items():
        item = load_item(*image)
        trajectories = {method: _trajectory(found[method], trajectory_of) for method in methods}
        first = methods[0]
        shown.append(scrubber(item, region_shown(item, found[first].identity.tier, trajectories[first]), trajectories))
    return shown


def scrubber(item: Item, region: Region, runs: Mapping[str, Trajectory]) -> dict[str, Any]:
    """What the iteration scrubber shows of an image's region: the trajectories of some methods, "ours" first.

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
        "size": [region.height, region.width],
        **_known(item, region),
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


def restored(item: Item, kernel: NDArray) -> NDArray:
    """The whole image (H, W), deconvolved with a kernel as the data set's kernel protocol does (3.2)."""
    blurred = protocol_of(item.dataset).to_deconvolve(item)
    method = final_method(item.dataset, item.saturated)
    return grey_of(deconvolve_with_kernel(blurred, normalised(kernel), method))


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


def _cell(key: CellKey, record: Record, final: str, trajectory: Trajectory) -> dict[str, Any]:
    """The numbers of a run."""
    scores = record.scores
    return {
        **dict(zip(("p0", "sigma0", "seed"), key, strict=True)),
        "psnr": round(scores[f"psnr_{final}"], 3),
        "ssim": round(scores[f"ssim_{final}"], 4),
        "similarity": round(scores["kernel_similarity"], 4),
        "psnr_direct": round(scores["psnr_direct"], 3),
        "seconds": record.seconds,
        "losses": rounded(trajectory.losses),
        "psnr_curve": rounded(trajectory.psnr),
    }


def _pictures(image: NDArray, trajectory: Trajectory, white: float, quality: int | None) -> dict[str, str | None]:
    """Those of a run at a quality; none, if that is None."""
    if quality is None:
        return dict.fromkeys(("image", "std", "kernel"))
    return {
        "image": webp(image, quality),
        "std": webp(brightened(trajectory.stds[-1], white), quality),
        "kernel": png(trajectory.kernels[-1]),
    }


def _known(item: Item, region: Region | None = None) -> dict[str, Any]:
    """What there is of an image, or of a region of it, before any run."""
    region = region or Region(0, 0, *item.blurred.shape[:2])
    blurred, truth = grey_of(item.blurred)[region.slices], item.one_truth
    psnr = None if truth is None else round(score(blurred, item, protocol_of(item.dataset), region).psnr, 3)
    return {
        "blurred": webp(blurred),
        "sharp": None if truth is None else webp(grey_of(truth)[region.slices]),
        "kernel_true": None if item.kernel is None else png(item.kernel),
        "psnr_blurred": psnr,
    }
