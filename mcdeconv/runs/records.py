"""A run's identity and its record: one JSON file, the cache, the resume point and the provenance in one."""

import hashlib
import json
import logging
import math
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from glob import escape
from itertools import chain
from pathlib import Path
from typing import Any, NoReturn

from mcdeconv.data.datasets.registry import benchmarks
from mcdeconv.errors import InputError
from mcdeconv.files import make_folder, read_regular, write_whole
from mcdeconv.runs.trajectory import Trajectory

log = logging.getLogger("mcdeconv")
LARGEST = 1 << 26  # bytes of a record
FORMAT = 1  # raised when old records no longer mean the same
POLICIES = ("region", "kernel_size", "precision")
ESTIMATED = "estimated"  # a kernel size
UNSCORED = ".unscored.npz"  # what the file of a run that has no record yet ends with, see `runs.unscored`
LENDER = re.compile(r"[\w .,'()@-]{0,60}")  # the name of who lent a machine
EXTERNAL = "external"  # the tier of what another system's own files give, see `runs.external`


class Damaged(InputError):
    """A file that is not what it should be, and never will be."""


@dataclass(frozen=True)
class Identity:
    """Equal identity means equal result on the same machine.

    The last three fields are "" for what tables ask for; files leave them out then, and their digests too.
    """

    dataset: str
    image: str
    method: str
    tier: str
    seed: int
    config: str  # SolverConfig.digest
    input: str  # problem.input_digest of the pixels solved
    region: str = ""  # "whole", or the side that was asked for, e.g. "96 px"; "": the tier's
    kernel_size: str = ""  # e.g. "51 px", or "estimated" where the data set gives none; "": the data set's
    precision: str = ""  # that it was computed in, e.g. on a device without bfloat16; "": the configuration's

    @property
    def fields(self) -> dict[str, Any]:
        """By name, without those of the last three that are ""."""
        return {name: value for name, value in asdict(self).items() if value or name not in POLICIES}

    @property
    def cell(self) -> "Identity":
        """What a table or study asks for: whatever the input was, and whatever it was computed in.

        Of another system's results, from whatever files: those scored last count.
        """
        return replace(self, input="", precision="", config="" if self.tier == EXTERNAL else self.config)

    @property
    def as_planned(self) -> bool:
        """Whether its region and kernel size are those of the tables; only data sets without sizes have estimates."""
        return not self.region and self.kernel_size in ("", ESTIMATED)

    @property
    def in_any_precision(self) -> "tuple[Identity, Identity]":
        """The same run in the precision that its configuration asks for, and in the only other one."""
        return replace(self, precision=""), replace(self, precision="float32")

    @property
    def file_name(self) -> str:
        """Readable, of plain characters only; what these leave out the digest tells apart."""
        digest = hashlib.sha256(json.dumps(self.fields, sort_keys=True).encode()).hexdigest()[:8]
        method = re.sub(r"[^\w+-]+", "-", self.method, flags=re.ASCII)
        return f"{self.image}__{method}__{self.tier}__seed{self.seed}__{digest}.json"


@dataclass(frozen=True)
class Record:
    """One row of tidy data about one run, with its kernel."""

    identity: Identity
    scores: dict[str, float]  # e.g. "psnr_direct", "psnr_kernel", "kernel_similarity"
    kernel: list[list[float]]
    seconds: float
    iterations: int
    seed_used: int  # differs from the identity's if the first try diverged
    provenance: dict[str, Any]

    @property
    def own_seconds(self) -> float:
        """What the run takes by itself: of runs that went in turns on one device, its share."""
        return self.seconds / (self.provenance["at_a_time"] if self.provenance.get("in_turns") else 1)

    def row(self) -> dict[str, Any]:
        """Flat, without the kernel: a row of a table."""
        own = {"seconds": self.seconds, "iterations": self.iterations, "seed_used": self.seed_used}
        return replace(self.identity, precision="").fields | self.scores | own | self.provenance  # it has the precision


class Store:
    """Records in a folder, one file each; many processes may write, for each file appears whole or not at all.

    A record is asked for, and its trajectory, in whatever precision it was computed.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, identity: Identity) -> Path:
        """Of a record in exactly this precision."""
        return self.folder / identity.dataset / identity.file_name

    def file(self, identity: Identity) -> Path | None:
        """The file of a run; None if there is none.

        Raises
        ------
        InputError
            If there are two, in two precisions.
        """
        paths = [path for own in identity.in_any_precision if (path := self.path(own)).exists()]
        if len(paths) > 1:
            raise two_of_a_run(*paths)
        return paths[0] if paths else None

    def get(self, identity: Identity) -> Record | None:
        path = self.file(identity)
        return self._read(path) if path else None

    def trajectory(self, identity: Identity) -> Trajectory | None:
        """What a traced run went through; None if it was not traced."""
        path = (self.file(identity) or self.path(identity)).with_suffix(".npz")
        try:
            return Trajectory.load(path) if path.exists() else None
        except InputError as error:
            self._set_aside(path, error)
            return None

    def put(self, record: Record, trajectory: Trajectory | None = None) -> None:
        """Keep a record in the place of any other of the same run."""
        path = self.path(record.identity)
        make_folder(path.parent)
        if trajectory is not None:  # first: whoever sees the record finds its trajectory
            trajectory.save(path.with_suffix(".npz"))
        elif self.get(record.identity) != record:
            path.with_suffix(".npz").unlink(missing_ok=True)  # another run's
        content = {"format": FORMAT} | asdict(record) | {"identity": record.identity.fields}
        write_whole(path, (json.dumps(content, indent=None, allow_nan=False) + "\n").encode())
        for own in record.identity.in_any_precision:
            if own != record.identity:
                self.remove(own)

    def remove(self, identity: Identity) -> None:
        """Delete a record in exactly this precision, with its trajectory, if there is one."""
        for path in (self.path(identity), self.path(identity).with_suffix(".npz")):
            path.unlink(missing_ok=True)

    def of_image(self, identity: Identity) -> Iterator[Record]:
        """Records of the same image, tier and seed, of whatever method."""
        pattern = f"{identity.dataset}/{escape(identity.image)}__*__{identity.tier}__seed{identity.seed}__*.json"
        return self._records(pattern)

    def __iter__(self) -> Iterator[Record]:
        return self._records("*/*.json")

    def _records(self, pattern: str) -> Iterator[Record]:
        for path in sorted(self.folder.glob(pattern)):
            if record := self._read(path):
                yield record

    def _read(self, path: Path) -> Record | None:
        try:
            return read_unless_known(path)
        except Damaged as error:
            self._set_aside(path, error)
            return None

    def _set_aside(self, path: Path, error: InputError) -> None:
        aside = put_aside(path)
        log.warning("%s%s", error, f"; it is now {aside.name}" if aside else "")


class PublicStore(Store):
    """One that a repository keeps: restored pictures of a benchmark are not ours to publish, so it has the curves."""

    def put(self, record: Record, trajectory: Trajectory | None = None) -> None:
        super().put(record, publishable(record, trajectory))


def publishable(record: Record, trajectory: Trajectory | None) -> Trajectory | None:
    """What of a trajectory may be published."""
    return trajectory.without_pictures() if trajectory and record.identity.dataset in benchmarks() else trajectory


def two_of_a_run(one: Path, other: Path) -> InputError:
    return InputError(f"{one} and {other} are records of the same run; move one of them away, the other counts")


def put_aside(path: Path) -> Path | None:
    """Rename what is damaged or foreign, so that it is neither trusted nor lost; None if that is not possible."""
    try:
        return path.replace(path.with_name(f"{path.name}.rejected"))
    except OSError:
        return None


def read_record(path: Path) -> Record:
    """The record in a file.

    Raises
    ------
    Damaged
        If the file is damaged, of another format, or not the record that its name promises; it is never trusted.
    InputError
        If it cannot be read just now.
    """
    try:
        content = json.loads(read_regular(path, LARGEST), parse_constant=_refuse)
        if content.pop("format") != FORMAT:
            raise ValueError("its format is another version's")
        record = Record(identity=identity_of(content.pop("identity")), **content)
        if record.identity.file_name != path.name:
            raise ValueError("its content does not fit its name")
        _check(record)
    except OSError as error:
        raise InputError(
            f"{path} cannot be read ({error.strerror}); the same command goes on once it can be"
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise Damaged(f"{path} is not a usable record ({error}); delete it to have it computed again") from error
    return record


SETTLED = 2  # s from which on the time of a file's last change tells it from any other
REMEMBERED = 1 << 14  # records, of about 40 KB


def read_unless_known(path: Path) -> Record:
    """`read_record`, but once of a file that stays as it is: a page asks for the same ones dozens of times."""
    try:
        state = path.stat()
    except OSError:
        return read_record(path)  # which says why
    if time.time() - state.st_ctime < SETTLED:
        return read_record(path)
    return _remembered(path, state.st_dev, state.st_ino, state.st_ctime_ns, state.st_size)


@lru_cache(REMEMBERED)
def _remembered(path: Path, *state: int) -> Record:
    return read_record(path)


PLAIN = re.compile(r"[\w.+ -]{0,80}", re.ASCII)
NAME, METHOD = re.compile(r"(?!\.)[^/\\]{1,200}"), re.compile(r".{1,200}")  # of a file; of whatever a system is called


def identity_of(fields: Mapping[str, Any]) -> Identity:
    """The identity in a file, which a stranger may have written: its words become names of files, and stand on pages.

    Raises
    ------
    TypeError, ValueError
        If it has other fields, or one that is no word of its kind.
    """
    identity = Identity(**fields)
    if type(identity.seed) is not int or not 0 <= identity.seed < 2**32:
        raise ValueError("its seed is none")
    names = {"image": NAME, "method": METHOD}
    for name, value in asdict(identity).items():
        if name != "seed" and not (
            isinstance(value, str) and value.isprintable() and names.get(name, PLAIN).fullmatch(value)
        ):
            raise ValueError(f"its {name} is no such word")
    return identity


def _check(record: Record) -> None:
    """ValueError unless the values are of the kinds that everything behind this expects."""
    numbers = (*record.scores.values(), record.seconds, record.iterations, record.seed_used, *chain(*record.kernel))
    if not all(type(value) in (int, float) and math.isfinite(value) for value in numbers):
        raise ValueError("a score, a weight of the kernel, or a number of the run is not a finite number")
    if any(len(row) != len(record.kernel) for row in record.kernel):
        raise ValueError("its kernel is not square")
    if not isinstance(record.provenance, dict):
        raise ValueError("its provenance is none")


def _refuse(constant: str) -> NoReturn:
    """JSON knows no NaN and no infinity; Python's parser would take them."""
    raise ValueError(f"it has the value {constant}")
