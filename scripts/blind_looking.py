"""Restored photographs side by side, shuffled and without names, and what those who looked at them said.

`python scripts/blind_looking.py make FOLDER METHOD,METHOD… PHOTOGRAPH,PHOTOGRAPH… [SEED]` takes the stored kernels of
these methods for Lai et al.'s photographs, restores as `mcdeconv deblur` does, and writes a sheet for each: the
photograph, then A, B, …, the whole above and the most informative square in its own pixels below. Who is who stands in
FOLDER/key.json: do not open it before you have looked. A vote is a file of the form {"flower": {"best": ["A"], "worse":
["C"]}}: which are best (more than one: no difference), and which are worse than the photograph.

`python scripts/blind_looking.py count FOLDER VOTES.json…` counts them.
"""

import json
import sys
from collections import Counter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from mcdeconv.data.datasets.loading import load_item
from mcdeconv.data.grey import grey_of
from mcdeconv.data.region import most_informative_region
from mcdeconv.deblur import DEFAULT, final_for, is_sharp, restore
from mcdeconv.methods import FULL
from mcdeconv.runs.library import Library

SIDE = 480  # px of a panel
GAP, TITLE = 12, 22


def restored(photograph: str, methods: list[str]) -> dict[str, NDArray]:
    """Method → restoration; of those whose kernel is stored."""
    blurred = load_item("lai_real", photograph).blurred
    grey = grey_of(blurred)
    found = {}
    for record in Library.here().records("lai_real", methods, FULL):
        if record.identity.image == photograph and record.kernel is not None:
            kernel = np.asarray(record.kernel, np.float64)
            as_it_is = record.identity.method == DEFAULT and is_sharp(grey, kernel)
            found[record.identity.method] = blurred if as_it_is else restore(blurred, kernel, None, final_for(grey))
    return found


def panel(image: NDArray, place: tuple[slice, slice]) -> Image.Image:
    """The whole, made to fit, above the square in its own pixels."""
    levels = np.rint(255 * np.clip(image, 0, 1)).astype(np.uint8)
    whole, part = Image.fromarray(levels).convert("RGB"), Image.fromarray(levels[place]).convert("RGB")
    whole.thumbnail((SIDE, SIDE))
    sheet = Image.new("RGB", (SIDE, 2 * SIDE + GAP), "white")
    sheet.paste(whole, (0, 0))
    sheet.paste(part, (0, SIDE + GAP))
    return sheet


def make(folder: Path, methods: list[str], photographs: list[str], seed: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    rng, key = np.random.default_rng(seed), {}
    for photograph in photographs:
        images = restored(photograph, methods)
        order = list(rng.permutation(sorted(images)))
        blurred = load_item("lai_real", photograph).blurred
        place = most_informative_region(grey_of(blurred), SIDE, 31).slices
        panels = {"photograph": blurred} | {chr(ord("A") + n): images[name] for n, name in enumerate(order)}
        sheet = Image.new("RGB", (len(panels) * (SIDE + GAP), TITLE + 2 * SIDE + GAP), "white")
        for n, (label, image) in enumerate(panels.items()):
            ImageDraw.Draw(sheet).text((n * (SIDE + GAP) + 4, 4), label, fill="black")
            sheet.paste(panel(image, place), (n * (SIDE + GAP), TITLE))
        sheet.save(folder / f"{photograph}.png")
        key[photograph] = {chr(ord("A") + n): str(name) for n, name in enumerate(order)}
    (folder / "key.json").write_text(json.dumps(key, indent=1))


def count(folder: Path, votes: list[Path]) -> None:
    key = json.loads((folder / "key.json").read_text())
    for file in votes:
        said = json.loads(file.read_text())
        best, worse = (Counter(key[p][label] for p in said for label in said[p][what]) for what in ("best", "worse"))
        print(f"{file.name}: {len(said)} photographs")
        for method in sorted({name for names in key.values() for name in names.values()}):
            print(f"  {method:18} among the best {best[method]:2}, worse than the photograph {worse[method]:2}")


def main() -> None:
    task, folder, *rest = sys.argv[1:]
    if task == "make":
        methods, photographs, *seed = rest
        make(Path(folder), methods.split(","), photographs.split(","), int(seed[0]) if seed else 0)
    else:
        count(Path(folder), [Path(file) for file in rest])


if __name__ == "__main__":
    main()
