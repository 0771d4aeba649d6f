"""A mean over images and seeds with its 95% bootstrap interval."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 10_000
Runs = Mapping[tuple[str, int], float]  # (image, seed) → value


@dataclass(frozen=True)
class Estimate:
    """A mean; the interval is NaN where nothing varies over more than one image (or run)."""

    mean: float
    low: float
    high: float
    images: int
    seeds: int  # different ones; an image may lack some
    runs: int

    @property
    def has_interval(self) -> bool:
        return not math.isnan(self.low)


def estimate(values: Runs, over_runs: bool = False, seed: int = 0) -> Estimate:
    """Mean over images of the mean over their seeds, with a 95% percentile bootstrap.

    Each resample draws images with replacement and, for each image drawn, its seeds with replacement. One image has no
    interval: its seeds say nothing about other images. `over_runs` is for claims about one image and many trials: with
    a single image its runs are resampled.
    """
    by_image: dict[str, list[float]] = {}
    for (image, _), value in sorted(values.items()):
        by_image.setdefault(image, []).append(value)
    if over_runs and len(by_image) == 1:
        groups = [np.array([value]) for value in next(iter(by_image.values()))]
    else:
        groups = [np.array(runs) for runs in by_image.values()]
    mean = float(np.mean([group.mean() for group in groups])) if groups else math.nan
    low = high = math.nan
    if len(groups) > 1:
        means = _weights(tuple(map(len, groups)), seed) @ np.concatenate(groups)
        low, high = (float(q) for q in np.quantile(means, (0.025, 0.975)))
    return Estimate(mean, low, high, len(by_image), len({run[1] for run in values}), len(values))


@lru_cache(maxsize=16)
def _weights(counts: tuple[int, ...], seed: int) -> NDArray:
    """(RESAMPLES, runs) weights of the runs in each resample, for images that have so many runs.

    An image that is drawn w times with c runs has w c draws among its runs, each of weight 1 / c. The weights do not
    depend on the values, so the many cells of a table share them.
    """
    rng = np.random.default_rng(seed)
    images = len(counts)
    drawn = rng.multinomial(images, np.full(images, 1 / images), RESAMPLES)
    parts = [
        drawn[:, [place]] if count == 1 else rng.multinomial(count * drawn[:, place], np.full(count, 1 / count)) / count
        for place, count in enumerate(counts)
    ]
    return np.hstack(parts) / images
