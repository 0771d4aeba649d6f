"""How well `mcdeconv.scoring.harm` tells a harmed photograph from a restored one, on pictures blurred here.

`python scripts/harm_development.py solve FOLDER [MINUTES]` blurs sharp pictures (those in scikit-image's wheel, and the
sharp images of Lai et al. where they are at hand), restores them and saves each restoration; called again it goes on.
`python scripts/harm_development.py report FOLDER` judges what is saved. Thresholds were chosen on the pictures with an
even number; the rates of the others count. Levin's and Köhler's images and photographs without truth take no part.
"""

import sys
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import skimage.data
from numpy.typing import NDArray
from scipy.signal import fftconvolve
from skimage.transform import resize

from mcdeconv.data.datasets.loading import load_item
from mcdeconv.data.datasets.scenes import dead_leaves
from mcdeconv.data.datasets.shake import camera_shake_kernel
from mcdeconv.data.grey import luma
from mcdeconv.data.kernel_size import estimate_kernel_size
from mcdeconv.data.region import most_informative_region
from mcdeconv.deblur.restore import final_for
from mcdeconv.errors import InputError
from mcdeconv.methods import RIVALS, solving_rival
from mcdeconv.scoring.harm import judge
from mcdeconv.scoring.metrics import best_shift, psnr
from mcdeconv.scoring.nonblind import deconvolve_with_kernel

SIDE = 320  # px, the longer one
PICTURES = ["camera", "astronaut", "coffee", "chelsea", "rocket", "coins", "moon", "page", "brick", "grass", "gravel"]
PICTURES += ["hubble_deep_field"]
LAI = [f"{kind}_{n:02}" for kind, n in product(["manmade", "natural", "people", "saturated", "text"], range(1, 6))]
DRAWN = ("leaves", "noise", "ramp")
METHODS = ("l0", "dark-channel", "extreme-channels")
FACTORS = (1.0, 1.7, 0.5)  # of the true kernel's size: what the method is told
CROP = 20  # px off each side before a PSNR, and the largest shift


class Blur(NamedTuple):
    """A photograph and what it was made from."""

    kind: str
    sharp: NDArray  # of the blurred image's shape
    blurred: NDArray
    size: int
    noise: float


def picture(name: str) -> NDArray:
    """Grey, in [0, 1], the longer side `SIDE` px."""
    if name == "leaves":
        return dead_leaves(SIDE, np.random.default_rng(7))
    if name == "noise":
        return np.random.default_rng(8).random((SIDE, SIDE))
    if name == "ramp":
        return np.add.outer(np.linspace(0.3, 0.5, SIDE), np.linspace(0, 0.2, SIDE))
    if name in LAI:
        full = load_item("lai", f"{name}_kernel_01").sharp
        assert full is not None
    else:
        full = getattr(skimage.data, name)() / 255
    grey = luma(full)
    scale = min(1.0, SIDE / max(grey.shape))
    return resize(grey, [round(side * scale) for side in grey.shape], order=1, anti_aliasing=scale < 1)


def blur(name: str, number: int) -> Blur:
    """One of the random blurs of a picture, always the same."""
    rng = np.random.default_rng([(*PICTURES, *LAI, *DRAWN).index(name), number])
    kind = rng.choice(["shake", "defocus", "saturated", "none"], p=[0.65, 0.1, 0.1, 0.15])
    size, noise = int(rng.choice(range(7, 47, 2))), float(rng.choice([0, 0.005, 0.01, 0.02]))
    scene = picture(name)
    if kind == "saturated":
        scene = scene * (1 + 3 * np.clip((scene - 0.8) / 0.2, 0, 1))
    kernel = np.zeros((size, size))
    kernel[size // 2, size // 2] = 1
    if kind == "defocus":
        away = np.hypot(*(np.mgrid[:size, :size] - size // 2))
        kernel = np.clip(min(size, 21) / 2 - away, 0, 1)
    elif kind != "none":
        kernel = camera_shake_kernel(size, rng)
    seen = fftconvolve(scene, kernel / kernel.sum(), "valid")
    half = size // 2
    sharp = scene[half : half + seen.shape[0], half : half + seen.shape[1]]
    blurred = np.clip(seen + noise * rng.standard_normal(seen.shape), 0, 1)
    return Blur(str(kind), sharp.clip(0, 1), np.round(blurred * 255) / 255, size, noise)


def estimated(method: str, blurred: NDArray, size: int) -> NDArray:
    """The kernel that a method finds."""
    steps = solving_rival(method, blurred, size, RIVALS[method].settings, 1)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value.kernel


def gain(restored: NDArray, case: Blur) -> float:
    """PSNR of the restored image less that of the photograph, both aligned, in dB; no more than 60 are lost."""
    after, before = (
        psnr(*best_shift(image, case.sharp, CROP, CROP)[:2]) for image in (restored.clip(0, 1), case.blurred)
    )
    return max(after - before, -60.0)


def solved(case: Blur, method: str, factor: float) -> dict[str, Any]:
    """Everything that a judgement and its check need; the other region's kernel is always found by l0, to save time."""
    size = max(3, int(case.size * factor) // 2 * 2 + 1)
    start = time.perf_counter()
    kernel = estimated(method, case.blurred, size)
    seconds = time.perf_counter() - start
    side = max(2 * min(case.blurred.shape) // 3, min(3 * size, min(case.blurred.shape)))
    other = estimated("l0", case.blurred[most_informative_region(case.blurred, side, size).slices], size)
    restored = deconvolve_with_kernel(case.blurred, kernel, final_for(case.blurred))
    told = {"kernel": kernel, "other": other, "restored": restored, "blurred": case.blurred, "solved_size": size}
    return told | {"gain": gain(restored, case), "seconds": seconds, "size": case.size, "noise": case.noise}


def plan() -> Iterator[tuple[str, int, str, float]]:
    """Picture, blur, method and factor of every restoration, the most useful first."""
    names = [*PICTURES, *LAI, *DRAWN]
    for number, name in product(range(6), names):
        yield name, number, "l0", FACTORS[number % 3 if number < 4 else number % 2]
    shaken = [name for name in names[::3] if blur(name, 0).kind == "shake"]
    for name, factor, method in product(shaken, FACTORS[:2], METHODS):
        yield name, 0, method, factor


def solve(folder: Path, minutes: float) -> None:
    """Save one file a restoration, until the time is up."""
    folder.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + 60 * minutes
    for name, number, method, factor in plan():
        path = folder / f"{name}-{number}-{method}-{factor}.npz"
        if path.exists():
            continue
        if time.monotonic() > end:
            return
        case = blur(name, number)
        np.savez(path, kind=case.kind, **solved(case, method, factor))


def judged(path: Path) -> dict[str, Any]:
    """One row of the report."""
    name, number, *method, factor = path.stem.split("-")
    with np.load(path) as saved:
        judgement = judge(saved["blurred"], saved["restored"].clip(0, 1), saved["kernel"], saved["other"])
        told = {key: saved[key].item() for key in ("kind", "gain", "seconds", "size", "solved_size", "noise")}
        try:
            auto = estimate_kernel_size(saved["blurred"])
        except InputError:
            auto = 0
    half = (*PICTURES, *LAI, *DRAWN).index(name) % 2
    row = {"picture": name, "blur": int(number), "method": "-".join(method), "factor": float(factor), "half": half}
    return row | told | vars(judgement) | {"harmful": judgement.harmful, "auto": auto}


def rates(rows: pd.DataFrame) -> str:
    """Harmed results that are refused, good ones that are."""
    groups = {
        "harmed": rows.gain < 0,
        "harmed by more than 1 dB": rows.gain < -1,
        "better by 1 dB or more": rows.gain >= 1,
    }
    return "; ".join(f"{name}: {int(rows.harmful[g].sum())} of {int(g.sum())} refused" for name, g in groups.items())


def report(folder: Path) -> None:
    """Print the rates of either half and of each method, what the methods gain, and how the size was estimated."""
    rows = pd.DataFrame([judged(path) for path in sorted(folder.glob("*.npz"))])
    for half, title in enumerate(("limits chosen on", "held out")):
        print(f"{title}: {rates(rows[rows.half == half])}")
    for method, group in rows.groupby("method"):
        print(f"{method}: {rates(group)}")
    shaken = rows[rows.kind == "shake"]
    for factor in FACTORS[:2]:
        table = shaken[shaken.factor == factor].pivot(index=["picture", "blur"], columns="method")
        common = table[["gain", "seconds"]].dropna()
        print(f"size × {factor}, {len(common)} photographs solved with every method:", common.mean().round(2).to_dict())
    ratio = shaken.drop_duplicates(["picture", "blur"]).eval("auto / size")
    print(f"estimated / true size, {len(ratio)} photographs: at least 1 in {int((ratio >= 1).sum())}", ratio.describe())


if __name__ == "__main__":
    command, folder, *minutes = sys.argv[1:]
    if command == "solve":
        solve(Path(folder), float(minutes[0]) if minutes else 60)
    else:
        report(Path(folder))
