"""What the solving of some experiments leaves behind for the workflow: which record files there are, with digests."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from mcdeconv.errors import InputError
from mcdeconv.files import make_folder, write_whole
from mcdeconv.runs.job import Job
from mcdeconv.runs.records import Identity, Store


@dataclass(frozen=True)
class Manifest:
    """The record files of a plan, e.g. "levin/im05….json", with the first 16 hex digits of their SHA-256."""

    files: dict[str, str]
    missing: tuple[str, ...] = ()  # record files that could not be made

    def save(self, path: Path) -> None:
        """Write it, unless the file says so already: its time is what later steps go by."""
        if Manifest.load(path) != self:
            make_folder(path.parent)
            write_whole(path, (json.dumps(asdict(self), indent=1) + "\n").encode())

    @staticmethod
    def load(path: Path) -> "Manifest | None":
        """What a file holds; None if there is none or it is damaged."""
        try:
            content = json.loads(path.read_text())
            return Manifest(dict(content["files"]), tuple(content["missing"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None


def share(jobs: Iterable[Job], shard: str) -> list[Job]:
    """The runs of one share, e.g. "2/16" of a plan, by their images.

    Equal identities are in the same share, whatever experiment asks for them: no two shares make the same run.

    Raises
    ------
    InputError
        If there is no such share.
    """
    number, _, count = shard.partition("/")
    if not (number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count)):
        raise InputError(f"shard {shard!r} does not exist; of 4, for example, they are 1/4, 2/4, 3/4 and 4/4")
    return [job for job in jobs if _hash(job) % int(count) == int(number) - 1]


def _hash(job: Job) -> int:
    return int(hashlib.sha256(f"{job.problem.item.dataset}/{job.problem.item.id}".encode()).hexdigest(), 16)


def of_jobs(jobs: Iterable[Job], stores: Sequence[Store]) -> Manifest:
    """What the stores hold of some runs, the first store that is complete counting, and what they lack."""
    files: dict[str, str] = {}
    missing = []
    for job in jobs:
        store = next((store for store in stores if job.done(store)), None)
        if store is None:
            missing.append(_name(job.identity))
        else:
            files |= _digests(store, job.identity)
    return Manifest(dict(sorted(files.items())), tuple(sorted(set(missing))))


def of_records(identities: Iterable[Identity], stores: Sequence[Store]) -> Manifest:
    """What the stores hold of some records that there are."""
    files: dict[str, str] = {}
    for identity in identities:
        for store in stores:
            if store.file(identity):
                files |= _digests(store, identity)
                break
    return Manifest(dict(sorted(files.items())))


def _digests(store: Store, identity: Identity) -> dict[str, str]:
    path = store.file(identity) or store.path(identity)
    return {
        f"{identity.dataset}/{file.name}": hashlib.sha256(file.read_bytes()).hexdigest()[:16]
        for file in (path, path.with_suffix(".npz"))
        if file.exists()
    }


def _name(identity: Identity) -> str:
    return f"{identity.dataset}/{identity.file_name}"
