"""Runs that a GPU has done with and that nobody has scored yet: a file each, so that scores can come later, elsewhere.

A lent GPU's last minutes then make runs, too; the scores of them are made where the contribution is merged.
"""

import io
import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from mcdeconv.core.config import input_digest
from mcdeconv.data import datasets
from mcdeconv.data.grey import grey_of
from mcdeconv.data.problem import Problem
from mcdeconv.data.region import Region
from mcdeconv.errors import InputError
from mcdeconv.files import load_arrays, make_folder, write_whole
from mcdeconv.machine import usable_cores
from mcdeconv.runs.campaign import Ended, Outcome, renamed, scored
from mcdeconv.runs.job import Job
from mcdeconv.runs.recorder import Recorder
from mcdeconv.runs.records import UNSCORED, Identity, Store, identity_of
from mcdeconv.runs.run import Result, Solved
from mcdeconv.runs.workers import in_processes

HALF = np.float16  # of images that only curves are made of: a thousandth of a decibel
LARGEST = 1 << 28  # bytes of one file, unpacked
BROKEN = (ValueError, KeyError, TypeError, AttributeError, RecursionError)  # what a damaged or edited file raises
CURVES = ("looked", "shown", "drawn")  # of a recorder: lists of moments, each of arrays


def file_of(store: Store, identity: Identity) -> Path:
    return store.path(identity).with_suffix(UNSCORED)


def is_unscored(store: Store, job: Job) -> bool:
    """Whether a job's run has ended and waits for its scores."""
    return any(file_of(store, identity).exists() for identity in job.identity.in_any_precision)


def keep_unscored(store: Store, ended: Ended, jobs: Sequence[Job]) -> None:
    """Write a run that has ended, with the names and pictures of all the jobs that it is for.

    One compressed .npz: image (H, W) and kernel (k, k) as they are, of a traced run its moments (n, H, W), n of them,
    as float16; and `what`, a JSON text with everything else.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    solved, recorder = ended.solved, ended.recorder
    if solved is None:
        return
    problem, result = solved.problem, solved.result
    arrays: dict[str, Any] = {} if result.image is None else {"image": result.image}
    if result.kernel is not None:
        arrays["kernel"] = result.kernel
    what: dict[str, Any] = {
        "identity": solved.identity.fields,
        "what": ended.what,
        "jobs": [(job.method, job.pictures) for job in jobs],
        "problem": {"kernel_size": problem.kernel_size, "region_size": problem.region_size, "gain": problem.gain},
        "region": asdict(problem.region),
        "estimated": problem.estimated,
        "result": {name: value for name, value in vars(result).items() if name not in ("image", "kernel")},
        "made": dict(solved.made) | dict(ended.shared),
    }
    if recorder:
        what["recorder"] = {"iterations": recorder.iterations, "pictures": recorder.pictures}
        arrays["losses"] = np.array(recorder.losses)
        for name in CURVES:
            for place, columns in enumerate(zip(*getattr(recorder, name), strict=True)):
                arrays[f"{name}_{place}"] = np.array(columns, HALF if (name, place) == ("looked", 1) else None)
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays | {"what": json.dumps(what)})
    path = file_of(store, solved.identity)
    make_folder(path.parent)
    write_whole(path, stream.getvalue())


def read_unscored(path: Path) -> tuple[Ended, list[tuple[str, int]]]:
    """What `keep_unscored` wrote: the run, and the names and pictures of its jobs. A stranger may have written it.

    Raises
    ------
    InputError
        If the file is damaged or edited, or its data set is not on this machine.
    """
    try:
        arrays, what, identity, jobs = _content(path)
        problem = _problem(what, identity)
        result = Result(arrays.get("image"), arrays.get("kernel"), **what["result"])
        _check(result, problem)
        made, kept = dict(what["made"]), what.get("recorder")
        recorder = None
        if kept:
            recorder = Recorder(problem, int(kept["iterations"]), int(kept["pictures"]), arrays["losses"].tolist())
            recorder.looked, recorder.shown, recorder.drawn = (_moments(name, arrays) for name in CURVES)
        return Ended(identity, str(what["what"]), Solved(problem, identity, result, made), recorder), jobs
    except (*BROKEN, IndexError, MemoryError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{path.name} is no usable run without scores ({error}); it was left out") from error


def _content(path: Path) -> tuple[dict[str, Any], dict[str, Any], Identity, list[tuple[str, int]]]:
    """The arrays of a file, what else it says, and the run and the jobs that it is of, which its name has to fit."""
    arrays: dict[str, Any] = {**load_arrays(path, LARGEST)}
    what = json.loads(str(arrays.pop("what")))
    identity = identity_of(what["identity"])
    if (identity.dataset, identity.file_name) != (path.parent.name, record_name(path)):
        raise ValueError("its content does not fit its name")
    return arrays, what, identity, [(str(method), int(pictures)) for method, pictures in what["jobs"]]


def _problem(what: dict[str, Any], identity: Identity) -> Problem:
    """What was solved, from the data set on this machine: the very pixels, or none."""
    item, gain = datasets.load_item(identity.dataset, identity.image), float(what["problem"]["gain"])
    region = Region(*(int(what["region"][name]) for name in ("top", "left", "height", "width")))
    blurred = np.ascontiguousarray(grey_of(item.blurred)[region.slices], np.float32)
    if gain != 1:
        blurred = np.minimum(np.float32(gain) * blurred, 1)
    size, asked = int(what["problem"]["kernel_size"]), what["problem"]["region_size"]
    if input_digest(blurred, None if size == item.kernel_size else size) != identity.input:
        raise ValueError(f"it is a run on other pixels than {identity.image} has here")
    return Problem(item, size, region, blurred, None if asked is None else int(asked), bool(what["estimated"]), gain)


def _check(result: Result, problem: Problem) -> None:
    """Whether image and kernel can be scored."""
    image, kernel = result.image, result.kernel
    if image is not None and (image.shape[:2] != problem.blurred.shape or not np.isfinite(image).all()):
        raise ValueError("its image is not one of its region")
    if kernel is not None:
        shaped = kernel.ndim == 2 and kernel.shape[0] == kernel.shape[1] == problem.kernel_size
        if not shaped or not np.isfinite(kernel).all() or kernel.min() < 0 or not kernel.sum() > 0:
            raise ValueError("its kernel is none")


def _moments(name: str, arrays: dict[str, Any]) -> list[Any]:
    """The moments of one of a recorder's lists."""
    columns = [arrays[f"{name}_{place}"] for place in range(4) if f"{name}_{place}" in arrays]
    return [(int(at), *rest) for at, *rest in zip(*columns, strict=True)]


def score_file(path: Path) -> tuple[Path, list[tuple[str, int]], Outcome]:
    """What a process does with one file; why it could not stands in the outcome, whatever it was."""
    try:
        ended, jobs = read_unscored(path)
        outcome = scored(ended)
        if outcome.record:
            json.dumps(asdict(outcome.record), allow_nan=False)  # as the store will write it
        return path, jobs, outcome
    except InputError as error:
        why = str(error)
    except Exception as error:  # a stranger's file: it spoils itself and no other
        why = f"{path.name} cannot be scored ({type(error).__name__}: {error}); it was left out"
    return path, [], Outcome(Identity("", "", "", "", 0, "", ""), failure=why)


def score_all(store: Store, known: Store, replaced: bool = False) -> Iterator[tuple[list[Path], str]]:
    """Score what a store has without scores; the records of each are kept in its place, with their curves.

    Parameters
    ----------
    known : whose runs are not scored again
    replaced : unless they are to be replaced

    Yields
    ------
    list of Path, str
        Of each run the files of its records, none if all are known; and why it could not be scored: it stays.

    Raises
    ------
    RunFailed
        If a process was killed; what was scored is kept.
    """
    missing = []
    for path in sorted(store.folder.glob(f"*/*{UNSCORED}")):
        if not replaced and _known(path, known):
            yield [], ""
        else:
            missing.append(path)
    with closing(in_processes(score_file, missing, min(len(missing), usable_cores()))) as outcomes:
        for path, jobs, outcome in tqdm(outcomes, "scoring", len(missing), unit="run", disable=not missing):
            if outcome.record is None:
                yield [], outcome.failure or f"{path.name} has nothing to score"
                continue
            records = [renamed(outcome.record, method) for method, _ in jobs]
            for record, (_, pictures) in zip(records, jobs, strict=True):
                store.put(record, outcome.trajectory if pictures else None)
            path.unlink()
            yield [store.path(record.identity) for record in records], ""


def _known(path: Path, known: Store) -> bool:
    """Whether a store has the records of all the jobs of a run, and the curves that they want."""
    try:
        _, _, identity, jobs = _content(path)
    except BROKEN:
        return False  # and it will be told why
    files = [(known.path(replace(identity, method=method)), pictures) for method, pictures in jobs]
    return all(file.exists() and (not pictures or file.with_suffix(".npz").exists()) for file, pictures in files)


def record_name(path: Path) -> str:
    """The file name of the record that comes of a run without scores."""
    return path.name.removesuffix(UNSCORED) + ".json"


def drop_unscored(store: Store, job: Job) -> None:
    """Delete the file of a run that cannot be scored: it starts anew next time."""
    for identity in job.identity.in_any_precision:
        file_of(store, identity).unlink(missing_ok=True)


def drop_scored(store: Store) -> int:
    """Delete the files of runs that have a record by now; how many are left."""
    left = 0
    for path in store.folder.glob(f"*/*{UNSCORED}"):
        if path.with_name(record_name(path)).exists():
            path.unlink()
        else:
            left += 1
    return left
