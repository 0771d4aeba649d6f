"""What the runs behind the sliders show, and where they fail: sentences that rules make of the numbers."""

from collections.abc import Sequence
from itertools import product
from statistics import mean
from typing import Any

from mcdeconv.explorer.grid import ExplorerGrid, gain_of_randomness

ALIKE_DB = 0.1  # PSNRs that differ by less are called alike
ALIKE_KERNELS = 0.02  # and similarities of kernels

Place = tuple[float, float]  # p0, sigma0


def grid_verdict(grid: ExplorerGrid) -> str:
    """The paper's setting beside no randomness, its kernel, the best cell, the cells that lose, and the seeds."""
    scores, kernels = (_means(grid, name) for name in ("psnr", "similarity"))
    paper, off = (grid["default"]["p0"], grid["default"]["sigma0"]), (0.0, 0.0)
    best, worst = max(scores, key=scores.__getitem__), min(scores, key=scores.__getitem__)
    worse = sum(score <= scores[off] - ALIKE_DB for score in scores.values())
    lost = sum(score < grid["psnr_blurred"] for score in scores.values())
    sentences = [
        f"With the paper’s setting the picture is {_against(scores[paper] - scores[off])} without dropout and noise.",
        _kernel(scores[paper] - scores[off], kernels[paper], kernels[off]),
        "No cell of the map is better."
        if best == paper
        else f"The best cell of the map is better by {scores[best] - scores[paper]:.1f} dB.",
        f"{worse or 'None'} of the {len(scores)} cells {'is' if worse < 2 else 'are'} worse than the one without both.",
    ]
    if worse:
        sentences.append(f"The worst has p₀ = {worst[0]:g} and σ₀ = {worst[1]:g}.")
    if lost:
        sentences.append(f"{lost} {'is' if lost == 1 else 'are'} worse even than the blurred image.")
    return " ".join([*sentences, _of_seeds(grid)])


def opening(grids: Sequence[ExplorerGrid]) -> str:
    """Why the first of several grids opens first, see `load_all`."""
    words = "gain most" if gain_of_randomness(grids[0]) > 0 else "lose least"
    return f"Of {len(grids)} images, this is the one where dropout and noise {words}."


def scrubber_verdict(data: dict[str, Any]) -> str:
    """The ends of the first two runs, and whether one was better on its way; nothing where there is no truth."""
    first, second, *_ = data["runs"]
    if first["psnr"][-1] is None or second["psnr"][-1] is None:
        return ""
    gained = first["psnr"][-1] - second["psnr"][-1]
    sentences = [f"At the end the picture of “{first['label']}” is {_against(gained)} that of “{second['label']}”."]
    if first["similarity"][-1] is not None:
        sentences.append(_kernel(gained, first["similarity"][-1], second["similarity"][-1]))
    for run in (first, second):
        best, moment = max(pair for pair in zip(run["psnr"], run["iterations"], strict=True) if pair[0] is not None)
        if (lost := best - run["psnr"][-1]) >= ALIKE_DB:
            sentences.append(f"“{run['label'].capitalize()}” lost {lost:.1f} dB again after iteration {moment}.")
    return " ".join([*sentences, "Each is a single run."])


def _means(grid: ExplorerGrid, name: str) -> dict[Place, float]:
    """The mean over the seeds, by cell, as the map shows it."""
    return {place: mean(cell[name] for cell in cells) for place, cells in _by_place(grid).items()}


def _by_place(grid: ExplorerGrid) -> dict[Place, list[dict[str, Any]]]:
    found: dict[Place, list[dict[str, Any]]] = {place: [] for place in product(grid["p0"], grid["sigma0"])}
    for cell in grid["cells"]:
        found[cell["p0"], cell["sigma0"]].append(cell)
    return found


def _sign(difference: float, alike: float) -> int:
    return 0 if abs(difference) < alike else 1 if difference > 0 else -1


def _against(gained: float) -> str:
    words = {1: f"{gained:.1f} dB better than", 0: "as good as", -1: f"{-gained:.1f} dB worse than"}
    return words[_sign(gained, ALIKE_DB)]


def _kernel(gained: float, one: float, other: float) -> str:
    """How near two kernels are to the true one; "yet" where that is not what the picture says."""
    sign = _sign(one - other, ALIKE_KERNELS)
    words = {1: "nearer to", 0: "as near to", -1: "farther from"}
    start = "Its" if sign == _sign(gained, ALIKE_DB) else "Yet its"
    return f"{start} kernel is {words[sign]} the true one: similarity {one:.2f} beside {other:.2f}."


def _of_seeds(grid: ExplorerGrid) -> str:
    if len(grid["seeds"]) == 1:
        return "There is one run a cell, so neighbours may differ by chance."
    scores = [[cell["psnr"] for cell in cells] for cells in _by_place(grid).values()]
    return f"Two seeds of a cell lie up to {max(max(one) - min(one) for one in scores):.1f} dB apart."
