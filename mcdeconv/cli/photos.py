"""`mcdeconv deblur`."""

from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from mcdeconv.core.algorithm_1 import State
from mcdeconv.core.presets import configure
from mcdeconv.data.photo import WRITABLE, read_photo, write_image
from mcdeconv.deblur import DOUBTFUL_EDGE_SHARE, Restoration, deconvolve, share_at_the_edge
from mcdeconv.errors import InputError
from mcdeconv.files import make_folder, require_writable
from mcdeconv.machine import kept_memory
from mcdeconv.runs.trajectory import STD_WHITE


class IterationBar:
    """An observer that draws a bar with iterations a second, the time left and the loss."""

    every_loss = False

    def __init__(self, total: int) -> None:
        self.bar: tqdm | None = None
        self.total = total

    def __call__(self, state: State) -> None:
        if self.bar is None:
            self.bar = tqdm(total=self.total, initial=state.iteration - 1, desc="kernel", unit="it")
        self.bar.update()
        if state.iteration % 25 == 0 and state.losses:
            self.bar.set_postfix(loss=f"{np.mean(state.losses[-25:]):.2e}")

    def close(self) -> None:
        if self.bar is not None:
            self.bar.close()


def deblur_photo(
    photo: Path,
    output: Path,
    kernel_size: Any,
    tier: str,
    preset: str,
    final: str,
    seed: int,
    device: str,
    checkpoint: Path | None,
    time_budget: float | None,
) -> None:
    if output.suffix.lower() not in WRITABLE:
        raise InputError(f"cannot write {output}: the name must end in one of {', '.join(WRITABLE)}")
    require_writable(output.parent)
    image = read_photo(photo)
    config = configure(preset, tier)
    with closing(IterationBar(config.last_iteration)) as progress, kept_memory():
        found = deconvolve(
            image.pixels,
            kernel_size,
            preset=preset,
            tier=tier,
            final=final,
            seed=seed,
            device=device,
            checkpoint=checkpoint_file(checkpoint, photo),
            time_budget=time_budget,
            observers=(progress,),
        )
    jpeg = output.suffix.lower() in (".jpg", ".jpeg")
    sharp = found.sharp if image.alpha is None or jpeg else with_alpha(found.sharp, image.alpha)
    write_image(output, sharp, 8 if jpeg else image.bit_depth)
    kernel_file, std_file = (output.with_name(f"{output.stem}_{what}.png") for what in ("kernel", "std"))
    write_image(kernel_file, found.kernel / found.kernel.max(), 16)
    written = [output, kernel_file]
    if found.std is not None:
        write_image(std_file, found.std / STD_WHITE, 16)
        written.append(std_file)
    print_restoration(found, kernel_size == "auto")
    print(f"written    {', '.join(map(str, written))}")


def print_restoration(found: Restoration, estimated: bool) -> None:
    how = "a rough estimate; set it with --kernel-size if you know better" if estimated else "as given"
    r, run = found.region, found.solution
    print(f"kernel     {found.kernel_size} px ({how}), from {r.width}×{r.height} px at ({r.left}, {r.top})")
    print(f"run        {run.iterations} iterations in {run.seconds:.0f} s, seed {run.seed}")
    print(f"final      {found.final}")
    if (share := share_at_the_edge(found.kernel)) > DOUBTFUL_EDGE_SHARE:
        print(f"doubtful   {share:.0%} of the kernel lies at the edge of its square; try another --kernel-size or tier")
    if found.std is None:
        moment = f"{run.iterations} of {found.config.last_iteration} iterations"
        print(f"deviation  not estimated: the run stopped after {moment}")
        return
    print(f"deviation  median {np.median(found.std):.4f}, 99% {np.quantile(found.std, 0.99):.4f} of the image's range")


def checkpoint_file(folder: Path | None, photo: Path) -> Path | None:
    if folder is None:
        return None
    make_folder(folder)
    require_writable(folder)
    return folder / f"{photo.stem}.pt"


def with_alpha(sharp: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    colour = sharp if sharp.ndim == 3 else np.repeat(sharp[..., None], 3, axis=2)
    return np.dstack((colour, alpha))
