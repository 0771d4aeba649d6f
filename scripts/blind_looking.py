"""Restored photographs side by side, shuffled and without names, and what those who looked at them said.

`python scripts/blind_looking.py make FOLDER METHOD,METHOD… PHOTOGRAPH,PHOTOGRAPH… [SEED]` takes the stored kernels of
these methods for Lai et al.'s photographs, which `mcdeconv run` found on the whole of them, and writes two sheets for
each: the photograph, then A, B, …, as wholes, and the most informative square in its own pixels. Who is who stands in
FOLDER/key.json: do not open it before you have looked. A vote is a file of the form {"flower": {"best": ["A"], "worse":
["C"]}}: which are best (more than one: no difference), and which are worse than the photograph.

Of a compressed photograph, as all of these are, ours+ takes the kernel of one of its five starts as it is. Where these
are among the methods it has no panel of its own: whatever was said of the start that it takes was said of ours+.

`python scripts/blind_looking.py count FOLDER LOOKING VOTES.json…` puts them, with the methods' names, into
results/looked_at.csv, from which the book counts; LOOKING is 1 for the first time that anyone looked, 2 for the next.
"""

import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from mcdeconv.data.compression import is_compressed
from mcdeconv.data.datasets.loading import load_item
from mcdeconv.data.grey import grey_of
from mcdeconv.data.region import most_informative_region
from mcdeconv.deblur.photograph import DEFAULT_METHOD
from mcdeconv.deblur.restore import final_for, restore
from mcdeconv.deblur.sharpness import is_sharp
from mcdeconv.methods import FULL
from mcdeconv.methods.ours_plus import STARTS, implausibility
from mcdeconv.paper.quotes.plus import votes
from mcdeconv.runs.library import Library

SIDE, GAP, TITLE = 380, 8, 18  # px: of a panel, between panels, of the line above one
COLUMNS = 4
PHOTOGRAPH = "photograph"


def kernels_of(photograph: str, methods: list[str]) -> dict[str, NDArray]:
    """Method → kernel; of those that are stored."""
    records = Library.here().records("lai_real", methods, FULL)
    mine = [record for record in records if record.identity.image == photograph and record.kernel is not None]
    return {record.identity.method: np.asarray(record.kernel, np.float64) for record in mine}


def choice_of_ours_plus(grey: NDArray, kernels: dict[str, NDArray]) -> str:
    """The start that ours+ takes, or the photograph, which comes back as it is if it is taken for a sharp one."""
    chosen = min(STARTS, key=lambda start: implausibility(grey, kernels[start]))
    return PHOTOGRAPH if is_sharp(grey, kernels[chosen]) else chosen


def sheet(panels: dict[str, NDArray]) -> Image.Image:
    """Panels in rows, with their labels, each made to fit."""
    rows = -(-len(panels) // COLUMNS)
    found = Image.new("RGB", (COLUMNS * (SIDE + GAP), rows * (SIDE + GAP + TITLE)), "white")
    for n, (label, image) in enumerate(panels.items()):
        panel = Image.fromarray(np.rint(255 * np.clip(image, 0, 1)).astype(np.uint8)).convert("RGB")
        panel.thumbnail((SIDE, SIDE))
        left, top = n % COLUMNS * (SIDE + GAP), n // COLUMNS * (SIDE + GAP + TITLE)
        ImageDraw.Draw(found).text((left + 4, top + 3), label, fill="black")
        found.paste(panel, (left, top + TITLE))
    return found


def make(folder: Path, methods: list[str], photographs: list[str], seed: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    rng, key = np.random.default_rng(seed), {}
    for photograph in photographs:
        kernels = kernels_of(photograph, methods)
        order = list(rng.permutation(sorted(kernels)))
        blurred = load_item("lai_real", photograph).blurred
        grey = grey_of(blurred).astype(np.float64)
        images = {name: restore(blurred, kernel, None, final_for(grey)) for name, kernel in kernels.items()}
        place = most_informative_region(grey, SIDE, 31).slices
        panels = {PHOTOGRAPH: blurred} | {chr(ord("A") + n): images[name] for n, name in enumerate(order)}
        sheet(panels).save(folder / f"{photograph}_whole.png")
        sheet({label: image[place] for label, image in panels.items()}).save(folder / f"{photograph}_part.png")
        key[photograph] = {chr(ord("A") + n): str(name) for n, name in enumerate(order)}
        if STARTS.keys() <= kernels.keys() and is_compressed(grey):
            key[photograph][DEFAULT_METHOD] = choice_of_ours_plus(grey, kernels)
        (folder / "key.json").write_text(json.dumps(key, indent=1))


def count(folder: Path, looking: int, files: list[Path]) -> None:
    key, rows = json.loads((folder / "key.json").read_text()), []
    for looker, file in enumerate(files, start=1):
        place = {"looking": looking, "looker": looker}
        for photograph, said in json.loads(file.read_text()).items():
            labels = {method: label for label, method in key[photograph].items() if label != DEFAULT_METHOD}
            if DEFAULT_METHOD in key[photograph]:
                labels[DEFAULT_METHOD] = labels.get(key[photograph][DEFAULT_METHOD], PHOTOGRAPH)
            for method, label in labels.items():
                verdict = {what: int(label in said[what]) for what in ("best", "worse")}
                rows.append({"image": photograph, **place, "method": method} | verdict)
    kept = votes(Library.here().root)
    kept.put(rows)
    print(f"{len(rows)} rows in {kept.path}")


def main() -> None:
    task, folder, *rest = sys.argv[1:]
    if task == "make":
        methods, photographs, *seed = rest
        make(Path(folder), methods.split(","), photographs.split(","), int(seed[0]) if seed else 0)
    else:
        count(Path(folder), int(rest[0]), [Path(file) for file in rest[1:]])


if __name__ == "__main__":
    main()
