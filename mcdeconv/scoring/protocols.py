"""How the benchmarks score a restored image: each protocol as data, and the one function that applies them.

Levin et al. 2009 and its followers on Lai et al. 2016 search a sub-pixel shift and crop the border; Köhler et al. 2012
compare with every sharp frame of the camera's path, after a scale and a whole-pixel shift. Where public code differs
between papers (truth, largest shift, luma range, form of SSIM) the variants stand side by side under their own names.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft2, rfft2
from scipy.ndimage import shift

from mcdeconv.data.datasets.item import Item
from mcdeconv.data.grey import LumaRange, luma
from mcdeconv.data.region import Region
from mcdeconv.errors import InputError
from mcdeconv.scoring.metrics import MSSSIM_SMALLEST, Alignment, best_shift, msssim, psnr, ssim, ssim_wang

UNDER = "/"  # in the name of a score that is not under its data set's own protocol
_STRUCTURES = {"ssim": ssim, "ssim-wang": ssim_wang, "msssim": msssim}

SUCCESS = 2.0  # Levin et al.: an error ratio up to it means that the kernel was found


@dataclass(frozen=True)
class Protocol:
    """One way of scoring. A PSNR means something only together with the name of its protocol."""

    name: str
    crop: int = 15  # px off each side of the truth; 15 in Levin et al.'s comp_upto_shift
    maxshift: int = 5  # px; public code has 5 in places, 10 in others
    luma_range: LumaRange = "full"  # of what PSNR and structure are taken on
    truth: str = "own"  # "own": Item.sharp or its frames; else a key of Item.other_truths
    structure: str = "ssim"  # which measure goes into Score.structure
    # as Köhler et al. demand: every channel is deconvolved, not the luma; the restored image is rounded to 8 bits,
    # scaled and shifted by whole pixels
    as_kohler: bool = False

    def __post_init__(self) -> None:
        if min(self.crop, self.maxshift) < 0:
            raise InputError(f"protocol {self.name}: crop {self.crop}, maxshift {self.maxshift}; both must be >= 0")
        for field, choices in (("luma_range", get_args(LumaRange)), ("structure", _STRUCTURES)):
            if getattr(self, field) not in choices:
                allowed = ", ".join(choices)
                raise InputError(f"protocol {self.name}: {field} {getattr(self, field)!r}; choose from {allowed}")

    def to_deconvolve(self, item: Item) -> NDArray:
        """What the kernel protocol deconvolves: the photograph if `as_kohler`, else its full-range luma, (H, W)."""
        return item.blurred if self.as_kohler else luma(item.blurred)


@dataclass(frozen=True)
class Score:
    """What `score` returns: a single truth gives all of it, of several frames the best counts for each measure."""

    protocol: str
    psnr: float  # dB
    structure: float  # SSIM or MSSIM, as Protocol.structure says; NaN on a region too small for MSSIM
    ssd: float  # sum of squared differences on [0, 1] luma, at the frame of best PSNR
    shift: tuple[float, float]  # (dy, dx) px: pixel p of the truth matches the restored image at p + shift
    frame: int | None  # index into Item.frames of the best PSNR; None if the item has no frames
    error_ratio: float | None  # ssd / the known-kernel SSD where that is published; 1 is as good as the true kernel


PROTOCOLS: dict[str, Protocol] = {
    protocol.name: protocol
    for protocol in (
        Protocol("levin"),
        Protocol("levin-shift10", maxshift=10),
        Protocol("levin-scene", truth="scene"),
        Protocol("levin-scene-shift10", truth="scene", maxshift=10),
        Protocol("levin-selfdeblur", truth="scene", structure="ssim-wang"),  # Ren et al.'s public statistic_levin.m
        Protocol("lai", maxshift=10, luma_range="studio"),
        Protocol("lai-full-luma", maxshift=10),
        Protocol("lai-selfdeblur", maxshift=10, luma_range="studio", structure="ssim-wang"),  # their statistic_lai.m
        Protocol("kohler", crop=0, maxshift=0, structure="msssim", as_kohler=True),
        Protocol("synthetic"),
    )
}


def protocol_of(dataset: str) -> Protocol:
    """The protocol by which a data set is scored unless another is asked for."""
    return PROTOCOLS[dataset if dataset in ("levin", "lai", "kohler") else "synthetic"]


def readings_of(dataset: str) -> tuple[Protocol, ...]:
    """The protocols in use for a data set, its own first."""
    own = protocol_of(dataset)
    return own, *(p for p in PROTOCOLS.values() if p.name.startswith(f"{own.name}-"))


def other_readings(dataset: str) -> tuple[Protocol, ...]:
    """Of `readings_of`, what stands beside the own one and measures structure as it does."""
    own, *others = readings_of(dataset)
    return tuple(protocol for protocol in others if protocol.structure == own.structure)


def under(name: str, protocol: str) -> str:
    """What a score of a record is called under another reading than the data set's own.

    Examples
    --------
    >>> under("psnr_sparse", "levin-scene-shift10")
    'psnr_sparse/levin-scene-shift10'
    """
    return f"{name}{UNDER}{protocol}"


def final_method(dataset: str, saturated: bool = False) -> str:
    """The final deconvolution of a data set's kernel protocol (3.2, 3.3); embedded data have their benchmark's."""
    if dataset.endswith("levin"):
        return "sparse"
    return "whyte" if saturated else "hyper-laplacian"


# Levin et al.'s sparse deconvolution with the known kernel, SSD over the 225 x 225 crop: the reference of the error
# ratio, as printed in the public scripts of the papers that report it. Rows im05..im08, columns flit01..flit08.
_KNOWN_KERNEL = (
    (33.2452, 37.8673, 26.1407, 48.3362, 21.0029, 15.8103, 20.6043, 26.1233),
    (48.3678, 51.6701, 42.9596, 72.8446, 27.9074, 20.3612, 39.6822, 40.9937),
    (31.8456, 36.5485, 18.6523, 39.4669, 14.8198, 10.0371, 13.1905, 23.4166),
    (30.0886, 44.1580, 15.3129, 39.8219, 15.4713, 17.9402, 14.8388, 23.1270),
)
LEVIN_KNOWN_KERNEL_SSD: dict[str, float] = {
    f"im{image:02}_flit{kernel:02}": ssd
    for image, row in enumerate(_KNOWN_KERNEL, start=5)
    for kernel, ssd in enumerate(row, start=1)
}


def reference_ssd(item: Item) -> float | None:
    """Published SSD with the known kernel against the item's own truth; None outside Levin's 32 images."""
    return LEVIN_KNOWN_KERNEL_SSD.get(item.id) if item.dataset == "levin" else None


def score(restored: NDArray, item: Item, protocol: Protocol, region: Region | None = None) -> Score:
    """Score a restored image as a benchmark does.

    Parameters
    ----------
    restored : array, (H, W, 3) as `item.blurred`, or (H, W): full-range luma, as G_x's output is; in [0, 1]
    item : Item with a truth: `sharp`, or `frames`, of which every one is tried
    protocol : Protocol, e.g. `PROTOCOLS["levin"]`
    region : the part of the item's image that `restored` shows; by default all of it

    Raises
    ------
    InputError
        If the item has no such truth, or `restored` has another shape or values that are not finite.

    Notes
    -----
    The error ratio is given for truth "own" only: the published SSDs are against each file's own truth. With
    "kohler", PSNR in dB and MSSIM equal those on 0–255 with peak 255, as all constants scale with the peak.
    A grey restored image is compared with the truth's luma: then Köhler et al.'s scale and shift, which they find over
    RGB, are those of the luma. It and the truth become the protocol's luma when they are aligned, and nowhere else.
    """
    region = region or Region(0, 0, *item.blurred.shape[:2])
    restored = _checked(restored, item, region)
    whole = restored.shape[:2] == item.blurred.shape[:2]
    if protocol.as_kohler:
        restored = np.round(np.clip(restored, 0, 1) * 255) / 255
    register = _register_whole_pixel if protocol.as_kohler else _register_subpixel
    truths = _truths(item, protocol)
    results = []
    for truth in truths:
        alike = luma(truth) if restored.ndim == 2 else truth
        pair = register(restored, alike[region.slices], protocol)
        results.append((psnr(pair.restored, pair.sharp), _structure(pair, protocol, whole), pair.ssd, pair.shift))
    best = max(range(len(results)), key=lambda index: results[index][0])
    best_psnr, _, ssd, found = results[best]
    reference = reference_ssd(item) if whole and protocol.truth == "own" else None
    return Score(
        protocol=protocol.name,
        psnr=best_psnr,
        structure=max(result[1] for result in results),
        ssd=ssd,
        shift=found,
        frame=best if truths is item.frames else None,
        error_ratio=None if reference is None else ssd / reference,
    )


def _checked(restored: NDArray, item: Item, region: Region) -> NDArray:
    restored = np.asarray(restored, np.float64)
    blurred = item.blurred[region.slices].shape
    if restored.shape not in (blurred, blurred[:2]):
        raise InputError(
            f"{item.id}: the restored image has shape {restored.shape}, the blurred one {blurred}; "
            "crop it to the blurred image's frame"
        )
    if not np.isfinite(restored).all():
        raise InputError(f"{item.id}: the restored image has values that are not finite; run it again")
    return restored


def _truths(item: Item, protocol: Protocol) -> Sequence[NDArray]:
    if protocol.truth != "own":
        if protocol.truth not in item.other_truths:
            known = ", ".join(["own", *item.other_truths])
            raise InputError(
                f"{item.id}: protocol {protocol.name} needs the truth {protocol.truth!r}, the item has {known}; "
                "choose another protocol"
            )
        return (item.other_truths[protocol.truth],)
    if item.frames:
        return item.frames
    if item.sharp is None:
        raise InputError(f"{item.id}: no sharp image to score against; add it to the data set or leave out the score")
    return (item.sharp,)


def _structure(pair: Alignment, protocol: Protocol, whole: bool) -> float:
    if not whole and protocol.structure == "msssim" and min(pair.sharp.shape) < MSSSIM_SMALLEST:
        return float("nan")
    return _STRUCTURES[protocol.structure](pair.restored, pair.sharp)


def _register_subpixel(restored: NDArray, truth: NDArray, protocol: Protocol) -> Alignment:
    a, b = (luma(image, protocol.luma_range) for image in (restored, truth))
    return best_shift(a, b, protocol.crop, protocol.maxshift)


def _register_whole_pixel(restored: NDArray, truth: NDArray, protocol: Protocol) -> Alignment:
    """Scale and shift as Köhler et al.'s `eval_image.m`: what lies outside the overlap is zero in both images."""
    truth = np.asarray(truth, np.float64)
    scaled = restored * (np.sum(truth * restored) / max(float(np.sum(restored**2)), np.finfo(float).tiny))
    # peak of the cyclic correlation of the channel means, as their `dftregistration.m` (Guizar-Sicairos et al. 2008)
    # with upsampling factor 1, phase not normalised; column by column, as MATLAB's max finds the first of equal peaks
    a, b = (image if image.ndim == 2 else image.mean(axis=2) for image in (truth, scaled))
    correlation = irfft2(rfft2(a) * np.conj(rfft2(b)), a.shape).T
    peak = np.unravel_index(correlation.argmax(), correlation.shape)
    dx, dy = (int(at) - size if at >= size // 2 else int(at) for at, size in zip(peak, correlation.shape, strict=True))
    overlap = shift(np.ones_like(scaled), (dy, dx, 0)[: scaled.ndim], order=0)
    moved = np.roll(scaled, (dy, dx), axis=(0, 1))
    a, b = (luma(image * overlap, protocol.luma_range) for image in (moved, truth))
    return Alignment(a, b, (-float(dy), -float(dx)), float(np.sum((a - b) ** 2)))
