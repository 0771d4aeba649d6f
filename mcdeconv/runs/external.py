"""Somebody else's results, a folder of them, scored under a data set's protocol: ordinary records, marked external."""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from mcdeconv import __version__
from mcdeconv.core.config import input_digest
from mcdeconv.core.presets import PRESETS
from mcdeconv.data.datasets import load, names
from mcdeconv.data.datasets.item import Item
from mcdeconv.data.grey import grey_of
from mcdeconv.data.photo import read_photo
from mcdeconv.errors import InputError
from mcdeconv.machine import usable_cores
from mcdeconv.methods import RIVALS
from mcdeconv.runs.provenance import commit
from mcdeconv.runs.records import EXTERNAL, Identity, Record, Store
from mcdeconv.runs.run import kernel_protocol, scores_under_readings
from mcdeconv.runs.workers import in_processes
from mcdeconv.scoring.external.files import IF_CONSTANT, files_of, read_kernel, sorted_out
from mcdeconv.scoring.external.orientation import CONVOLUTION, CORRELATION, Orientation, decide, likeness
from mcdeconv.scoring.external.placing import framed, place, within_reach
from mcdeconv.scoring.metrics import kernel_similarity
from mcdeconv.scoring.protocols import protocol_of, score


@dataclass(frozen=True)
class System:
    """Whose results they are, and where they were had."""

    method: str  # the row of a table, e.g. "Sun et al. 2013"
    source: str  # e.g. a repository with its commit

    def __post_init__(self) -> None:
        for name, text in (("--method", self.method), ("--source", self.source)):
            if not text.strip() or not text.isprintable():
                raise InputError(f"{name} is {text!r}; say in a line whose results these are, and where they are from")
        if self.method in PRESETS or self.method in RIVALS:
            raise InputError(f"--method {self.method!r} is one that runs here; give these results another name")


@dataclass(frozen=True)
class Output:
    """What a folder has of one image of a data set."""

    dataset: str
    id: str
    image: Path | None  # the restored image
    kernel_file: Path | None
    kernel: NDArray | None  # as stored, (k, k) float64, k odd, sums to 1
    offset: tuple[int, int]  # of the blurred image's corner in the restored one
    size: tuple[int, ...]  # of the restored image, (height, width)
    files: Mapping[str, str]  # name → SHA-256


@dataclass(frozen=True)
class Folder:
    """A folder, read and understood."""

    outputs: Sequence[Output]
    orientation: Orientation | None  # None without kernels
    every: Sequence[str]  # ids of the data set

    @property
    def files(self) -> dict[str, str]:
        return {name: digest for output in self.outputs for name, digest in output.files.items()}


def read_results(folder: Path, dataset: str, orientation: str = "auto", constant_ok: bool = False) -> Folder:
    """Read all of a folder, and find how its kernels are stored and where its images lie.

    Parameters
    ----------
    orientation : "auto" (from the data, one for the whole folder), "convolution" (as stored), or "correlation"
        (rotated by 180°)
    constant_ok : whether images and kernels of one value are let through: some systems end black

    Raises
    ------
    InputError
        If a file is of no image, cannot be read or makes no sense, if the data set has no truth to score with, or the
        orientation cannot be told.
    """
    if orientation not in ("auto", CONVOLUTION, CORRELATION):
        raise InputError(f"--orientation is {orientation!r}; choose auto, convolution or correlation")
    if dataset == "folder":
        raise InputError(
            "only the results on a benchmark or an embedded data set can be scored; see `mcdeconv data list`"
        )
    every = names(dataset)
    paths = files_of(folder, every)
    outputs, fits, known = [], [], True
    for item in tqdm(load(dataset, list(paths)), "reading", total=len(paths), unit="image"):
        if item.one_truth is None:
            raise InputError(f"{item.id}: {item.dataset} has no sharp image to score with")
        outputs.append(read_output(item, paths[item.id], constant_ok))
        kernel = outputs[-1].kernel
        if kernel is not None and orientation == "auto":
            fits.append(likeness(kernel, item))
            known = item.kernel is not None
    if fits:
        return Folder(outputs, decide(np.array(fits), known), every)
    given = any(output.kernel is not None for output in outputs)
    return Folder(outputs, Orientation(orientation, "as given") if given else None, every)


def read_output(item: Item, paths: Collection[Path], constant_ok: bool = False) -> Output:
    """One image's files; InputError as `read_results`."""
    image, of_kernel = sorted_out(paths, item.blurred.shape)
    kernel = None if of_kernel is None else read_kernel(of_kernel, constant_ok)
    if kernel is not None and kernel.shape[0] > min(item.blurred.shape[:2]):
        raise InputError(f"{of_kernel} has {kernel.shape[0]} px a side, more than the image; crop it")
    offset, size = (0, 0), item.blurred.shape[:2]
    if image is not None:
        restored = read_photo(image, constant_ok=True).pixels
        if restored.min() == restored.max() and not constant_ok:
            raise InputError(f"{image} is constant: every pixel is {restored.min():g}; {IF_CONSTANT}")
        offset, size = place(restored, item, protocol_of(item.dataset)), restored.shape[:2]
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
    return Output(item.dataset, item.id, image, of_kernel, kernel, offset, size, files)


@dataclass(frozen=True)
class Scoring:
    """One image to score; what a process gets."""

    output: Output
    orientation: Orientation | None
    system: System
    config: str


def score_results(
    results: Folder, system: System, images: Collection[str] | None = None, processes: int | None = None
) -> list[Record]:
    """A record of every image that the folder has, of those named; nothing is written.

    Raises
    ------
    InputError
        If an image is not of the data set, none of those named is in the folder, or a score is not finite.
    """
    if strange := sorted(set(images or ()) - set(results.every)):
        raise InputError(f"there is no image {strange[0]!r}; ids are such as {', '.join(results.every[:3])}")
    config = digest_of(system, results.files)
    chosen = [output for output in results.outputs if images is None or output.id in images]
    if not chosen:
        raise InputError("the folder has nothing of the images asked for")
    tasks = [Scoring(output, results.orientation, system, config) for output in chosen]
    records = tqdm(_scored(tasks, processes or usable_cores()), "scoring", total=len(tasks), unit="image")
    order = {output.id: place for place, output in enumerate(chosen)}
    return sorted(records, key=lambda record: order[record.identity.image])


def _scored(tasks: Sequence[Scoring], processes: int) -> Iterator[Record]:
    if min(processes, len(tasks)) == 1:
        yield from map(scored, tasks)
        return
    with closing(in_processes(scored, tasks, processes)) as records:
        yield from records


def digest_of(system: System, files: Mapping[str, str]) -> str:
    """What stands in the place of a configuration's digest: 12 hex digits over method, source and every file's hash."""
    content = json.dumps([system.method, system.source, sorted(files.items())])
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def scored(task: Scoring) -> Record:
    """The record of one image."""
    output = task.output
    [item] = load(output.dataset, [output.id])
    shape = item.blurred.shape[:2]
    scores: dict[str, float] = {}
    found: dict[str, object] = {}
    if output.image is not None:
        restored = framed(read_photo(output.image, constant_ok=True).pixels, shape, output.offset)
        scores |= image_scores(restored, item)
        found |= {"size": list(output.size), "crop": list(shape), "offset": list(output.offset)}
    if output.kernel is not None and task.orientation is not None:
        kernel, moved = within_reach(task.orientation.turned(output.kernel), protocol_of(item.dataset))
        scores |= kernel_scores(kernel, item)
        found |= {"orientation": task.orientation.name, "kernel_size": len(output.kernel), "kernel_moved": list(moved)}
    for name, value in scores.items():
        if not np.isfinite(value):
            raise InputError(f"{item.id}: {name} is {value}; is the restored image the truth itself?")
    grey = np.ascontiguousarray(grey_of(item.blurred), np.float32)
    origin = {"external": True, "source": task.system.source, "files": dict(output.files), "found": found}
    return Record(
        identity=Identity(
            *(item.dataset, item.id, task.system.method, EXTERNAL, 0), config=task.config, input=input_digest(grey)
        ),
        scores=scores,
        kernel=[],
        seconds=0.0,
        iterations=0,
        seed_used=0,
        provenance=origin | {"mcdeconv": __version__, "commit": commit()},
    )


def image_scores(restored: NDArray, item: Item) -> dict[str, float]:
    """`psnr_direct`, `ssim_direct`, also under other readings, and, where the protocol has it, `error_ratio_direct`."""
    alike = restored if restored.ndim == item.blurred.ndim else grey_of(restored)
    result = score(alike, item, protocol_of(item.dataset))
    found = {"psnr_direct": result.psnr, "ssim_direct": result.structure}
    if result.error_ratio is not None:
        found["error_ratio_direct"] = result.error_ratio
    return found | scores_under_readings(alike, item, "direct")


def kernel_scores(kernel: NDArray, item: Item) -> dict[str, float]:
    """The kernel protocol's scores under every reading, those with the true kernel, and the similarity of the two."""
    found = kernel_protocol(item, kernel, readings=True)
    if item.kernel is None:
        return found
    known = {f"known_{name}": value for name, value in kernel_protocol(item, item.kernel).items()}
    return {"kernel_similarity": kernel_similarity(kernel, item.kernel)} | found | known


def keep(store: Store, records: Sequence[Record]) -> None:
    """Put records into a store; one of the same method and image, from whatever files, makes way."""
    for record in records:
        store.put(record)
        for other in list(store.of_image(record.identity)):
            if other.identity.cell == record.identity.cell and other.identity != record.identity:
                store.remove(other.identity)


def left_from_elsewhere(store: Store, records: Sequence[Record]) -> list[str]:
    """Images of which a store has the method's result from other files than these."""
    identity = records[0].identity
    return sorted(
        {
            old.identity.image
            for old in store
            if (old.identity.dataset, old.identity.method, old.identity.tier)
            == (identity.dataset, identity.method, identity.tier)
            and old.identity.config != identity.config
        }
    )
