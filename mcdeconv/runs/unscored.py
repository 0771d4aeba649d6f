"""Runs that a GPU has done with and that nobody has scored yet: a file each, so that scores can come later, elsewhere.

A lent GPU's last minutes then make runs, too; the scores of them are made where the contribution is merged.
"""

import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
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
from mcdeconv.files import make_folder, write_whole
from mcdeconv.machine import usable_cores
from mcdeconv.runs.campaign import Ended, Outcome, renamed, scored
from mcdeconv.runs.job import Job
from mcdeconv.runs.recorder import Recorder
from mcdeconv.runs.records import UNSCORED, Identity, Store
from mcdeconv.runs.run import Result, Solved
from mcdeconv.runs.workers import in_processes

HALF = np.float16  # of images that only curves are made of: a thousandth of a decibel
CURVES = ("looked", "shown", "drawn")  # of a recorder: lists of moments, each of arrays


def file_of(store: Store, identity: Identity) -> Path:
    return store.path(identity).with_suffix(UNSCORED)


def is_unscored(store: Store, job: Job) -> bool:
    """Whether a job's run has ended and waits for its scores."""
    return any(file_of(store, identity).exists() for identity in job.identity.in_any_precision)


def keep_unscored(store: Store, ended: Ended, jobs: Sequence[Job]) -> None:
    """Write a run that has ended, with the names and pictures of all the jobs that it is for."""
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
    """What `keep_unscored` wrote: the run, and the names and pictures of its jobs.

    Raises
    ------
    InputError
        If the file is damaged, or its data set is not on this machine.
    """
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        what = json.loads(str(arrays.pop("what")))
        identity, region = Identity(**what["identity"]), Region(**what["region"])
        result = Result(arrays.get("image"), arrays.get("kernel"), **what["result"])
        jobs = [(str(method), int(pictures)) for method, pictures in what["jobs"]]
        kept: dict[str, Any] | None = what.get("recorder")
        moments = {name: _moments(name, arrays) for name in CURVES}
        losses = arrays["losses"].tolist() if kept else []
        asked, estimated, made = what["problem"], bool(what["estimated"]), what["made"]
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise InputError(f"{path.name} is no usable run without scores ({error}); it was left out") from error
    item = datasets.load_item(identity.dataset, identity.image)
    blurred = np.ascontiguousarray(grey_of(item.blurred)[region.slices], np.float32)
    problem = Problem(item, region=region, blurred=blurred, estimated=estimated, **asked)
    given = None if problem.kernel_size == item.kernel_size else problem.kernel_size
    other = problem.gain == 1 and input_digest(blurred, given) != identity.input
    if other or (result.image is not None and result.image.shape[:2] != blurred.shape):
        raise InputError(f"{path.name} is a run on other pixels than {identity.image} has here; it was left out")
    recorder = None
    if kept:
        recorder = Recorder(problem, **kept, losses=losses)
        recorder.looked, recorder.shown, recorder.drawn = (moments[name] for name in CURVES)
    return Ended(identity, str(what["what"]), Solved(problem, identity, result, made), recorder), jobs


def _moments(name: str, arrays: dict[str, Any]) -> list[Any]:
    """The moments of one of a recorder's lists."""
    columns = [arrays[f"{name}_{place}"] for place in range(4) if f"{name}_{place}" in arrays]
    return [(int(at), *rest) for at, *rest in zip(*columns, strict=True)]


def score_file(path: Path) -> tuple[Path, list[tuple[str, int]], Outcome]:
    """What a process does with one file; why it could not stands in the outcome."""
    try:
        ended, jobs = read_unscored(path)
    except InputError as error:
        return path, [], Outcome(Identity("", "", "", "", 0, "", ""), failure=str(error))
    return path, jobs, scored(ended)


def score_all(store: Store, known: Store) -> Iterator[str]:
    """Score what a store has without scores, but not what is known; a record is kept in its place, with its pictures.

    Yields why, where a run could not be scored: its file stays.
    """
    paths = sorted(store.folder.glob(f"*/*{UNSCORED}"))
    missing = [path for path in paths if not (known.folder / path.parent.name / record_name(path)).exists()]
    with closing(in_processes(score_file, missing, min(len(missing), usable_cores()))) as outcomes:
        for path, jobs, outcome in tqdm(outcomes, "scoring", len(missing), unit="run", disable=not missing):
            if outcome.record is None:
                yield outcome.failure
                continue
            for method, pictures in jobs:
                store.put(renamed(outcome.record, method), outcome.trajectory if pictures else None)
            path.unlink()


def record_name(path: Path) -> str:
    """The file name of the record that comes of a run without scores."""
    return path.name.removesuffix(UNSCORED) + ".json"


def drop_scored(store: Store) -> int:
    """Delete the files of runs that have a record by now; how many are left."""
    left = 0
    for path in store.folder.glob(f"*/*{UNSCORED}"):
        if path.with_name(record_name(path)).exists():
            path.unlink()
        else:
            left += 1
    return left
