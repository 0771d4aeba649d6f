"""The one bootstrap, of a mean over images and seeds, and the one pairing of two methods by image and seed."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from mcdeconv.runs.records import Record

RESAMPLES = 10_000
FEWEST = 5  # images, or runs, of an interval; fewer have a range, which says nothing about further ones
Runs = Mapping[tuple[str, int], float]  # (image, seed) → value


@dataclass(frozen=True)
class Estimate:
    """A mean; the interval is NaN of fewer than `FEWEST` images (or runs), the range is that of their means."""

    mean: float
    low: float
    high: float
    images: int
    seeds: int  # different ones; an image may lack some
    runs: int
    least: float = math.nan
    most: float = math.nan

    @property
    def has_interval(self) -> bool:
        return not math.isnan(self.low)


def estimate(values: Runs, over_runs: bool = False, seed: int = 0) -> Estimate:
    """Mean over images of the mean over their seeds, with a 95% percentile bootstrap.

    Each resample draws images with replacement and, for each image drawn, its seeds with replacement. Fewer images than
    `FEWEST` have no interval: they and their seeds say little about other images. `over_runs` is for claims about one
    image and many trials: with a single image its runs are resampled.
    """
    by_image: dict[str, list[float]] = {}
    for (image, _), value in sorted(values.items()):
        by_image.setdefault(image, []).append(value)
    if over_runs and len(by_image) == 1:
        groups = [np.array([value]) for value in next(iter(by_image.values()))]
    else:
        groups = [np.array(runs) for runs in by_image.values()]
    own = [float(group.mean()) for group in groups] or [math.nan]
    low = high = math.nan
    if len(groups) >= FEWEST:
        means = _weights(tuple(map(len, groups)), seed) @ np.concatenate(groups)
        low, high = (float(q) for q in np.quantile(means, (0.025, 0.975)))
    seeds = len({run[1] for run in values})
    return Estimate(float(np.mean(own)), low, high, len(by_image), seeds, len(values), min(own), max(own))


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


@dataclass(frozen=True)
class Pairs:
    """A measure of a method and of another: (image, seed) → (value, other value)."""

    runs: Mapping[tuple[str, int], tuple[float, float]]

    @staticmethod
    def of(values: Runs, others: Runs) -> "Pairs":
        """By image and seed; a run without its partner is left out."""
        return Pairs({run: (values[run], others[run]) for run in sorted(values.keys() & others.keys())})

    @property
    def images(self) -> list[str]:
        return sorted({image for image, _ in self.runs})

    @property
    def differences(self) -> dict[tuple[str, int], float]:
        return {run: value - other for run, (value, other) in self.runs.items()}

    @property
    def values(self) -> NDArray:
        """Of the method, (images,), each the mean over its seeds."""
        return self._means(0)

    @property
    def others(self) -> NDArray:
        """Of the other method, as `values`."""
        return self._means(1)

    def _means(self, side: int) -> NDArray:
        return np.array([np.mean([run[side] for key, run in self.runs.items() if key[0] == i]) for i in self.images])


@dataclass(frozen=True)
class Summary:
    """A method against another; the interval is the 95% bootstrap of `estimate`."""

    mean: float
    difference: float
    low: float
    high: float
    images: int
    runs: int


def scores_of(
    records: Iterable[Record], method: str, measure: str, images: Collection[str] | None = None
) -> dict[tuple[str, int], float]:
    """(image, seed) → score, of a method's runs that have it."""
    own = (r for r in records if r.identity.method == method and measure in r.scores)
    found = {(r.identity.image, r.identity.seed): r.scores[measure] for r in own}
    return {run: value for run, value in found.items() if images is None or run[0] in images}


def paired(
    records: Sequence[Record], measure: str, method: str, other: str, images: Collection[str] | None = None
) -> Pairs:
    """Pair the runs of two methods by image and seed; a run without its partner is left out."""
    return Pairs.of(*(scores_of(records, name, measure, images) for name in (method, other)))


def summarise(pairs: Pairs) -> Summary:
    """Mean, mean difference and its interval; NaN where there are no pairs, no interval for few images."""
    found = estimate(pairs.differences)
    mean = float(pairs.values.mean()) if pairs.runs else float("nan")
    return Summary(mean, found.mean, found.low, found.high, found.images, found.runs)
