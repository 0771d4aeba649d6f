"""`mcdeconv deblur`."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from mcdeconv.cli.photo_folder import attempt_of
from mcdeconv.core.config import SolverConfig
from mcdeconv.data.encode import check_output, keeps_alpha, output_depth
from mcdeconv.data.photo import Photo, read_photo, write_image
from mcdeconv.data.region import Region
from mcdeconv.errors import InputError, NotSharp, choose
from mcdeconv.files import make_folder, require_writable
from mcdeconv.machine import kept_memory
from mcdeconv.methods import MethodSettings, Share, choose_method
from mcdeconv.methods.parts import LEAST_DIFFERING
from mcdeconv.runs.trajectory import STD_WHITE
from mcdeconv.scoring.nonblind import FINAL_OPTIONS

if TYPE_CHECKING:  # torch, for which nobody who gave a wrong name should wait
    from mcdeconv.core.algorithm_1 import State
    from mcdeconv.deblur import Restoration


class IterationBar:
    """An observer that draws a bar with iterations a second, the time left and the loss."""

    every_loss = False

    def __init__(self, total: int) -> None:
        self.bar: tqdm | None = None
        self.total = total

    def __call__(self, state: "State") -> None:
        if self.bar is None:
            self.bar = tqdm(total=self.total, initial=state.iteration - 1, desc="kernel", unit="it")
        self.bar.update()
        if state.iteration % 25 == 0 and state.losses:
            self.bar.set_postfix(loss=f"{np.mean(state.losses[-25:]):.2e}")

    def close(self) -> None:
        if self.bar is not None:
            self.bar.close()


class ShareBar:
    """A bar of the share that is done, of methods that know it."""

    def __init__(self) -> None:
        self.bar: tqdm | None = None
        self.stage = ""

    def __call__(self, share: float) -> None:
        stage = share.stage if isinstance(share, Share) else ""
        if self.bar is None:
            self.bar = tqdm(total=100, desc="kernel", bar_format="{l_bar}{bar}| {elapsed}<{remaining}{postfix}")
        self.bar.update(round(100 * share) - self.bar.n)
        if stage != self.stage:
            self.stage = stage
            self.bar.set_postfix_str(stage)

    def close(self) -> None:
        if self.bar is not None:
            self.bar.close()


def deblur_photo(
    photo: Path,
    output: Path,
    kernel_size: Any,
    tier: str,
    method: str,
    final: str,
    seed: int,
    device: str,
    checkpoint: Path | None,
    time_budget: float | None,
    sheet: bool = False,
    region: Region | None = None,
    overwrite: bool = False,
) -> None:
    """Deblur one file; see `mcdeconv deblur --help`.

    Raises
    ------
    InputError, RunFailed
    NotSharp
        If the result shows, without the truth, that it is worse than the photograph; it is kept as OUTPUT_attempt.
    """
    config = check_options(method, tier, final, checkpoint)
    check_output(output, 0, 0)
    require_writable(output.parent)
    if not overwrite:
        require_apart(photo, output)
    image = read_photo(photo, any_range=True)
    check_output(output, *image.pixels.shape[:2])
    from mcdeconv.deblur import deconvolve

    iterations = config.last_iteration if isinstance(config, SolverConfig) else 0
    with closing(IterationBar(iterations)) as progress, closing(ShareBar()) as share, kept_memory():
        found = deconvolve(
            image.pixels,
            kernel_size,
            method=method,
            tier=tier,
            final=final,
            region=region,
            seed=seed,
            device=device,
            checkpoint=checkpoint_file(checkpoint, photo),
            time_budget=time_budget,
            observers=(progress,),
            progress=share,
        )
    harmful = found.judgement.harmful
    sharp_file = attempt_of(output) if harmful else output
    written, notes = write_results(found, image, sharp_file, output)
    if sheet:
        written.append(output.with_name(f"{output.stem}_sheet.png"))
        write_image(written[-1], picture_sheet(image.pixels, found), 8)
    print_restoration(found, kernel_size == "auto")
    print(f"written    {', '.join(map(str, written))}")
    for note in (*image.notes, *notes):
        print(f"note       {note}")
    if harmful:
        why = "; ".join(found.judgement.reasons)
        raise NotSharp(f"{why}. {photo} may be better as it is: see {sharp_file}, {output} was not written; {WAYS_OUT}")


def require_apart(photo: Path, output: Path) -> None:
    """InputError if a result would take the place of the photograph that it is of."""
    beside = (output.with_name(f"{output.stem}_{what}.png") for what in ("kernel", "std", "sheet"))
    for path in (output, attempt_of(output), *beside):
        if path.exists() and path.samefile(photo):
            raise InputError(f"{path} is the photograph itself; give another --output, or add --overwrite")


def check_options(method: str, tier: str, final: str, checkpoint: Path | None) -> SolverConfig | MethodSettings:
    """How the method runs; InputError for options that suit no photograph."""
    choose(dict.fromkeys(FINAL_OPTIONS), final, "final deconvolution")
    config = choose_method(method, tier).config
    if isinstance(config, MethodSettings) and (checkpoint is not None or tier != "quick"):
        raise InputError(
            f"--tier and --checkpoint are for the paper's method, and {method} is another; add --method ours"
        )
    return config


GAP = 8  # px between the pictures of a sheet
KERNEL_SHARE = 0.25  # of a sheet's height, at least


def picture_sheet(pixels: NDArray, found: "Restoration") -> NDArray:
    """The photograph, what became of it, the deviation if there is one, and the kernel as large as fits; in [0, 1]."""
    parts = [pixels, found.sharp] + ([] if found.std is None else [found.std / STD_WHITE])
    height = pixels.shape[0]
    if found.kernel is not None:
        times = max(1, int(KERNEL_SHARE * height) // found.kernel.shape[0])
        kernel = np.kron(found.kernel / found.kernel.max(), np.ones((times, times)))
        below = max(0, height - kernel.shape[0])
        parts.append(np.pad(kernel[:height], ((0, below), (0, 0)), constant_values=1))
    colour = [part if part.ndim == 3 else np.repeat(part[..., None], 3, axis=2) for part in parts]
    gap = np.ones((height, GAP, 3))
    spaced = [piece for part in colour for piece in (part, gap)]
    return np.concatenate(spaced[:-1], axis=1).clip(0, 1).astype(np.float32)


WAYS_OUT = "try another --kernel-size or --method"


def write_results(
    found: "Restoration", image: Photo, sharp_file: Path, output: Path
) -> tuple[list[Path], tuple[str, ...]]:
    """The sharp image, and beside the output its kernel and its standard deviation, where there are; notes on it."""
    sharp = found.sharp if image.alpha is None or not keeps_alpha(output) else with_alpha(found.sharp, image.alpha)
    depth = output_depth(output, image.bit_depth)
    parts = {"kernel": None if found.kernel is None else found.kernel / found.kernel.max()}
    parts["std"] = None if found.std is None else found.std / STD_WHITE
    files = {output.with_name(f"{output.stem}_{what}.png"): part for what, part in parts.items() if part is not None}
    new = [file for file in files if not file.exists()]
    try:
        for file, part in files.items():
            write_image(file, part, 16)
        # the last: whoever sees it finds all
        notes = write_image(sharp_file, sharp, depth, image.exif, image.icc_profile, image.scale)
    except InputError:  # a full disk
        for file in new:
            file.unlink(missing_ok=True)
        raise
    return [sharp_file, *files], notes


def print_restoration(found: "Restoration", estimated: bool) -> None:
    """What was done, a line a thing."""
    from mcdeconv.deblur.photograph import DEFAULT_METHOD, SHARP

    how = "an estimate; set it with --kernel-size if you know better" if estimated else "as given"
    r, i, run = found.region, found.inside, found.solution
    height, width = found.sharp.shape[:2]
    if (i.height, i.width) != (height, width):
        print(f"frame      left as it is around {i.width}×{i.height} px at ({i.left}, {i.top})")
    if found.kernel is not None:
        print(f"kernel     {found.kernel_size} px ({how}), from {r.width}×{r.height} px at ({r.left}, {r.top})")
    done = f"{run.iterations} iterations, seed {run.seed}, " if run else ""
    print(f"run        {found.method}: {done}{found.seconds:.0f} s")
    if found.final == SHARP:
        print("unchanged  no blur was found: the photograph is sharp, or its blur is too much for this method")
    else:
        print(f"final      {found.final}")
    if not found.judgement.harmful and found.differing is not None and found.differing >= LEAST_DIFFERING:
        print(f"varying    the blur seems to differ in {found.differing} of 9 parts; one kernel cannot undo all of it")
    for doubt in found.judgement.doubts:
        print(f"doubtful   {doubt}; compare it with the photograph")
    if found.std is not None:
        largest = np.quantile(found.std, 0.99)
        print(f"deviation  median {np.median(found.std):.4f}, 99% {largest:.4f} of the image's range")
    elif run is not None and found.config is not None:
        moment = f"{run.iterations} of {found.config.last_iteration} iterations"
        print(f"deviation  not estimated: the run stopped after {moment}")
    elif found.method == DEFAULT_METHOD and found.final != SHARP:
        why = "no second kernel came near" if found.final == "hyper-laplacian" else f"there is none for {found.final}"
        print(f"deviation  not estimated: {why}")


def checkpoint_file(folder: Path | None, photo: Path) -> Path | None:
    if folder is None:
        return None
    make_folder(folder)
    require_writable(folder)
    return folder / f"{photo.stem}.pt"


def with_alpha(sharp: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    colour = sharp if sharp.ndim == 3 else np.repeat(sharp[..., None], 3, axis=2)
    return np.dstack((colour, alpha))
