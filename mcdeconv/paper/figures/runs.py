"""Runs as figures take them: a record with what it went through."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mcdeconv.data.datasets import Item, load_item
from mcdeconv.errors import InputError
from mcdeconv.runs.frame import frame
from mcdeconv.runs.library import Library
from mcdeconv.runs.records import Record
from mcdeconv.runs.trajectory import Trajectory
from mcdeconv.runs.wording import in_order


@dataclass(frozen=True)
class Run:
    """A traced run."""

    record: Record
    trajectory: Trajectory

    @property
    def method(self) -> str:
        return self.record.identity.method

    @property
    def seed(self) -> int:
        return self.record.identity.seed


def traced(records: Iterable[Record], library: Library) -> list[Run]:
    """Records with their trajectories.

    Raises
    ------
    InputError
        If one has none; the message names its file.
    """
    runs = []
    for record in records:
        trajectory = library.trajectory(record)
        if trajectory is None:
            name = record.identity.file_name
            raise InputError(f"{name} has no trajectory beside it; delete it to have the run made again, with one")
        runs.append(Run(record, trajectory))
    return runs


def per_image(runs: Sequence[Run]) -> Iterator[tuple[Item, list[Run]]]:
    """The images of some runs, loaded, each with its runs."""
    for dataset, image in sorted({(run.record.identity.dataset, run.record.identity.image) for run in runs}):
        yield load_item(dataset, image), [run for run in runs if run.record.identity.image == image]


def image_and_tier(record: Record) -> str:
    """Which image a figure's runs are of, for its caption."""
    return f"{record.identity.dataset} {record.identity.image}, tier {record.identity.tier}"


def by_method(runs: Sequence[Run]) -> dict[str, list[Run]]:
    """Runs by method, in the order in which methods are shown; the trials of one by seed.

    Raises
    ------
    InputError
        If there are none.
    """
    if not runs:
        raise InputError("there are no runs to show; give at least one traced record")
    methods = in_order(run.method for run in runs)
    return {m: sorted((run for run in runs if run.method == m), key=lambda run: run.seed) for m in methods}


def typical(trials: Sequence[Run]) -> Run:
    """The trial whose last PSNR is the median (the lower of two): no trial is chosen for its looks."""
    return sorted(trials, key=lambda run: float(np.nan_to_num(run.trajectory.psnr[-1])))[(len(trials) - 1) // 2]


def protocol_scores(records: Iterable[Record]) -> pd.DataFrame:
    """The scores of the data set's own kernel protocol, a row a method, image and seed.

    The columns are "psnr", "ssim", "error_ratio" and, with the true kernel, "known psnr" and "known ssim"; NaN for what
    there is not.
    """
    rows = frame(records).query("protocol in ['kernel', 'known kernel']")
    names = rows.protocol.str.removesuffix("kernel") + rows.measure
    scores = rows.assign(score=names).pivot_table("value", ["method", "image", "seed"], "score")
    return scores.reindex(columns=["psnr", "ssim", "error_ratio", "known psnr", "known ssim"])


def without_and_with(records: Iterable[Record]) -> pd.DataFrame:
    """PSNR (dB, kernel protocol) of each image and seed that both have: columns "without-both" and "ours"."""
    return protocol_scores(records)["psnr"].unstack("method").reindex(columns=["without-both", "ours"]).dropna()
