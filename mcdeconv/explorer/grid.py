"""The p0 × sigma0 grid behind the explorer: which runs it takes, and the one JSON file an image that keeps them."""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any, NoReturn

from mcdeconv.core.config import SolverConfig
from mcdeconv.core.schedules import Step
from mcdeconv.errors import InputError
from mcdeconv.explorer.pictures import pixels
from mcdeconv.files import make_folder, write_whole
from mcdeconv.runs.records import Record
from mcdeconv.runs.wording import count

P0 = (0.0, 0.03, 0.1, 0.2, 0.3, 0.5)  # dropout rates; 0 switches dropout off
SIGMA0 = (0.0, 0.003, 0.01, 0.02, 0.05, 0.1)  # standard deviations of the input noise; 0 switches it off
GRID_SEEDS = (0, 1)
DEFAULT = (0.3, 0.01)  # the paper's p0, and its sigma0 for "relative small kernel size" (3.1)
FOLDER = Path("results/explorer")

GRID_FORMAT = 2  # raised when old files no longer mean the same
LAST = 0.001  # what p0 and sigma0 drop to (3.1)

ExplorerGrid = dict[str, Any]  # the JSON contract; `check_grid` says what is in it


def cells() -> list[tuple[float, float]]:
    """Every (p0, sigma0) of the grid."""
    return [(p0, sigma0) for p0 in P0 for sigma0 in SIGMA0]


def method_name(p0: float, sigma0: float) -> str:
    """The method of an explorer's run.

    Examples
    --------
    >>> method_name(0.3, 0.01)
    'p0=0.3,sigma0=0.01'
    """
    return f"p0={p0:g},sigma0={sigma0:g}"


def with_p0_sigma0(config: SolverConfig, p0: float, sigma0: float) -> SolverConfig:
    """A configuration with another p0 and sigma0, for kernels of any size; the moments of the drops stay."""
    return replace(
        config,
        dropout_rate=Step(p0, min(p0, LAST), config.dropout_rate.at),
        input_noise_std=Step(sigma0, min(sigma0, LAST), config.input_noise_std.at),
        small_kernel_noise_std=sigma0,
    )


def default_cell(grid: ExplorerGrid) -> dict[str, Any]:
    """The run of the paper's setting, of the first seed."""
    wanted = (grid["default"]["p0"], grid["default"]["sigma0"], grid["seeds"][0])
    return next(cell for cell in grid["cells"] if (cell["p0"], cell["sigma0"], cell["seed"]) == wanted)


def gain_of_randomness(grid: ExplorerGrid) -> float:
    """What the paper's setting gains over neither dropout nor noise, in dB: the median over the seeds."""
    by_place = {(cell["p0"], cell["sigma0"], cell["seed"]): cell["psnr"] for cell in grid["cells"]}
    paper = (grid["default"]["p0"], grid["default"]["sigma0"])
    return median(by_place[*paper, seed] - by_place[0.0, 0.0, seed] for seed in grid["seeds"])


def save_grid(path: Path, grid: ExplorerGrid) -> None:
    """Write a grid, whole or not at all."""
    make_folder(path.parent)
    write_whole(path, (json.dumps(grid, allow_nan=False, separators=(",", ":")) + "\n").encode())


def load_grid(path: Path) -> ExplorerGrid:
    """Read and check a grid.

    Raises
    ------
    InputError
        If the file is missing, damaged or of another version.
    """
    try:
        grid = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refuse)
        check_grid(grid)
    except FileNotFoundError:
        raise InputError(f"there is no explorer's grid {path}; `make explorer` computes it") from None
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        reason = f"it lacks {error}" if isinstance(error, KeyError) else error
        raise InputError(
            f"{path} is not a usable explorer's grid ({reason}); delete it, and `make explorer` makes it anew"
        ) from error
    return grid


def load_all(folder: Path, images: Sequence[str] | None = None) -> list[ExplorerGrid]:
    """The grids in a folder, or those of some images; the one on which dropout and noise gain most comes first.

    Raises
    ------
    InputError
        As `load_grid`; also if there is none.
    """
    names = sorted(path.stem for path in folder.glob("*.json")) if images is None else images
    if not names:
        raise InputError(f"there is no explorer's grid in {folder}; `make explorer` computes them")
    return sorted((load_grid(folder / f"{name}.json") for name in names), key=gain_of_randomness, reverse=True)


def check_grid(grid: ExplorerGrid) -> None:
    """ValueError, KeyError or TypeError with the reason if this is not a whole grid of this version."""
    if grid["format"] != GRID_FORMAT:
        raise ValueError(f"its format is {grid['format']}, this version reads {GRID_FORMAT}")
    wanted = {(p0, sigma0, seed) for p0 in grid["p0"] for sigma0 in grid["sigma0"] for seed in grid["seeds"]}
    found = [(cell["p0"], cell["sigma0"], cell["seed"]) for cell in grid["cells"]]
    if not found or len(found) != len(wanted) or set(found) != wanted:
        raise ValueError(f"it has {len(set(found) & wanted)} of {len(wanted)} runs")
    if (grid["default"]["p0"], grid["default"]["sigma0"], grid["seeds"][0]) not in wanted:
        raise ValueError("its default is not one of its cells")
    if not 0 < grid["std_white"] <= 1:
        raise ValueError("the white of its deviation maps is not in (0, 1]")
    kernel = [grid["kernel_size"]] * 2
    sizes = {"image": grid["size"], "std": grid["region"][2:], "kernel": kernel}
    pictures = [(grid["blurred"], grid["size"]), (grid["sharp"], grid["size"]), (grid["kernel_true"], kernel)]
    for cell in grid["cells"]:
        if not all(math.isfinite(cell[name]) for name in ("psnr", "ssim", "similarity", "psnr_direct", "seconds")):
            raise ValueError("a score is not finite")
        if any(len(cell[name]) != len(grid["iterations"]) for name in ("losses", "psnr_curve")):
            raise ValueError("a curve has another length than its iterations")
        needed = cell["seed"] == grid["seeds"][0]
        pictures += [(cell[name], size) for name, size in sizes.items() if needed or cell[name] is not None]
    for text, (height, width) in pictures:
        if (shape := pixels(text).shape) != (height, width):
            raise ValueError(f"a picture has {shape[1]}×{shape[0]} px instead of {width}×{height}")


def compare_reruns(grids: Sequence[ExplorerGrid], records: Sequence[Record]) -> list[dict[str, Any]]:
    """Runs made anew beside the stored ones: image, p0, sigma0, seed, PSNR stored and new (dB), and the difference."""
    stored = {
        (grid["image"], method_name(cell["p0"], cell["sigma0"]), cell["seed"]): (grid["final"], cell)
        for grid in grids
        for cell in grid["cells"]
    }
    rows = []
    for record in records:
        identity = record.identity
        if (key := (identity.image, identity.method, identity.seed)) in stored:
            final, cell = stored[key]
            new = record.scores[f"psnr_{final}"]
            row = {"image": identity.image, **{name: cell[name] for name in ("p0", "sigma0", "seed")}}
            rows.append(row | {"stored": cell["psnr"], "new": new, "difference": new - cell["psnr"]})
    return rows


def provenance_of(grids: Sequence[ExplorerGrid]) -> tuple[str, tuple[tuple[str, str], ...]]:
    """A summary and named facts of what some grids rest on, for `mcdeconv.paper.card.Card`."""
    origins = [grid["provenance"] for grid in grids]
    runs = sum(origin["runs"] for origin in origins)

    def every(lists: Iterable[Iterable[Any]]) -> str:
        return ", ".join(map(str, sorted(set().union(*lists))))

    tiers = every([grid["tier"]] for grid in grids)
    facts = (
        ("made again by", "make explorer"),
        ("tier", tiers),
        ("data", every([grid["dataset"]] for grid in grids)),
        ("images", ", ".join(grid["image"] for grid in grids)),
        ("runs", str(runs)),
        ("seeds", every(grid["seeds"] for grid in grids)),
        ("commit", every(origin["commit"] for origin in origins)),
        ("input", ", ".join(origin["input"][:8] for origin in origins)),
        ("device", every(origin["device"] for origin in origins)),
        ("torch", every(origin["torch"] for origin in origins)),
        ("seconds", f"{sum(origin['seconds'] for origin in origins):,.0f} in all"),
    )
    return f"Provenance: {runs} runs, {count(len(grids), 'image')}, tier {tiers}", facts


def _refuse(constant: str) -> NoReturn:
    """JSON knows no NaN and no infinity; Python's parser would take them."""
    raise ValueError(f"it has the value {constant}")
