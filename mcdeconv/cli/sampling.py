"""`mcdeconv sampling`: what Monte-Carlo sampling adds to the loss in the runs on one scene of Levin's images."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from mcdeconv.core.presets import TIERS, configure
from mcdeconv.core.solve import solve
from mcdeconv.data import datasets
from mcdeconv.data.datasets.groups import LEVIN_SCENES
from mcdeconv.data.problem import Problem, pose
from mcdeconv.errors import choose
from mcdeconv.machine import usable_cores
from mcdeconv.runs.workers import in_processes
from mcdeconv.studies.sampling_term import Terms, measuring, read, write

IMAGES = LEVIN_SCENES[5]
MOMENTS = (0.1, 0.3, 0.5, 0.7, 0.9, 1.0)  # of a run; p0 drops after 0.3 of it, sigma0 after 0.7


def measure_sampling(tier: str, images: Sequence[str] | None, processes: int | None, results: Path) -> None:
    """Solve what is missing, keep it in results/sampling/levin-TIER.csv, print the means of every moment."""
    choose(TIERS, tier, "tier")
    path = results / "sampling" / f"levin-{tier}.csv"
    config = configure("ours", tier).digest()
    found = {image: terms for image, terms in read(path, config).items() if len(terms) == len(MOMENTS)}
    missing = [image for image in images or IMAGES if image not in found]
    tasks = [(pose(item, TIERS[tier].region), tier) for item in datasets.load("levin", missing)] if missing else []
    with closing(in_processes(run_measured, tasks, processes or usable_cores())) as each:
        for image, terms in tqdm(each, "sampling", total=len(tasks), unit="run", disable=not tasks):
            found[image] = terms
            write(path, found, config)
    print(f"{'iteration':>9}{'of the data term':>18}{'passes the kernel':>19}{'‖k‖²':>8}{'worth a mu of':>15}  images")
    for moment in zip(*found.values(), strict=True):
        names = ("share", "passed", "kernel", "mu")
        share, passed, kernel, mu = (np.mean([getattr(terms, name) for terms in moment]) for name in names)
        print(f"{moment[0].iteration:>9}{share:>18.1%}{passed:>19.1%}{kernel:>8.1%}{mu:>15.4g}  {len(moment)}")


def run_measured(task: tuple[Problem, str]) -> tuple[str, list[Terms]]:
    """What a process of the pool does: a run with seed 0, looked at a few times."""
    problem, tier = task
    config, found = configure("ours", tier), list[Terms]()
    moments = [max(1, round(share * config.iterations)) for share in MOMENTS]
    observer = measuring(moments, torch.as_tensor(problem.blurred)[None, None], found)
    solve(problem.blurred, problem.kernel_size, config, observers=[observer])
    return problem.item.id, found
