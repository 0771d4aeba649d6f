"""Records from one store into another: nothing damaged, nothing foreign, nothing overwritten unasked."""

import io
import logging
import re
import tempfile
import zipfile
from collections import Counter
from pathlib import Path

from mcdeconv.data.datasets import DATASETS
from mcdeconv.errors import InputError
from mcdeconv.files import BAD_ZIP, make_folder, open_regular, unpacked_size, write_whole
from mcdeconv.runs.records import UNSCORED, Damaged, Record, Store, publishable, put_aside, read_record

log = logging.getLogger("mcdeconv")


class Merged(Counter[str]):
    """How many records had which fate.

    known: the target had them already; kept: it has another record of an equal run, which stayed; rejected: damaged or
    foreign, renamed ``*.rejected`` or left out; unscored: could not be scored here, and stay in their pack.
    """

    @property
    def complete(self) -> bool:
        return not any(self[fate] for fate in ("kept", "rejected", "unscored"))

    def __str__(self) -> str:
        fates = ("added", "known", "replaced", "kept", "rejected", *(("unscored",) if self["unscored"] else ()))
        return ", ".join(f"{self[fate]} {fate}" for fate in fates)


def merge(source: Store, target: Store, replace: bool = False, set_aside: bool = True) -> Merged:
    """Copy records with their trajectories; what is not copied is named.

    Restored pictures of a benchmark are not ours to publish: of those only the curves are copied.

    Parameters
    ----------
    replace : whether the new record of an equal run takes the place of the old one
    set_aside : whether what is damaged or foreign is renamed ``*.rejected``, or only left out

    Raises
    ------
    InputError
        If the source has no records.
    """
    paths = sorted(source.folder.glob("*/*.json"))
    if not paths:
        raise InputError(f"{source.folder} has no records; they lie in a folder for each data set, as in out/records")
    merged = Merged()
    for path in paths:
        try:
            record = own_record(path)
        except Damaged as error:
            aside = put_aside(path) if set_aside else None
            log.warning("%s; it %s", error, f"is now {aside.name}" if aside else "was left out")
            merged["rejected"] += 1
            continue
        merged[merge_one(path, record, source, target, replace)] += 1
    return merged


def merge_folder(folder: Path, target: Store, replace: bool = False) -> Merged:
    """Merge what a folder has: the records in its folder records, or in itself, and those in packs (zip) beside them.

    Raises
    ------
    InputError
        If there are no records, or a pack is damaged or has anything else in it; then nothing was merged.
    """
    from mcdeconv.runs.unscored import score_all  # torch, for which others need not wait

    source = Store(folder / "records" if (folder / "records").is_dir() else folder)
    packs = sorted(folder.glob("*.zip"))
    with tempfile.TemporaryDirectory(prefix="mcdeconv-") as temporary:
        unpacked = [unpack(pack, Path(temporary) / pack.name) for pack in packs]
        loose = not packs or any(source.folder.glob("*/*__*.json"))
        merged = merge(source, target, replace) if loose else Merged()
        for store in unpacked:
            if any(store.folder.glob("*/*.json")):
                merged.update(merge(store, target, replace, set_aside=False))
            for paths, why in score_all(store, target, replace):
                for path in paths:  # at once: what is scored is not lost if the rest is interrupted
                    merged[merge_one(path, own_record(path), store, target, replace)] += 1
                if why:
                    log.warning("%s", why)
                merged["unscored" if why else "known"] += not paths
    return merged


def own_record(path: Path) -> Record:
    """The record in a file, if it is one of this project's; Damaged with the reason otherwise."""
    record = read_record(path)
    if record.identity.dataset != path.parent.name or record.identity.dataset not in DATASETS:
        raise Damaged(f"{path} is a record of the data set {record.identity.dataset!r}, which does not belong there")
    return record


def merge_one(path: Path, record: Record, source: Store, target: Store, replace: bool) -> str:
    """Copy one record, its trajectory first: whoever sees the record finds its trajectory."""
    copy = target.path(record.identity)
    same = copy.exists() and copy.read_bytes() == path.read_bytes()
    rivals = [own.identity for own in target.of_image(record.identity) if own.identity.cell == record.identity.cell]
    if rivals and not same and not replace:
        log.warning("%s stays: %s is another record of the same run", target.path(rivals[0]), path)
        return "kept"
    fate = "known" if same else "replaced" if rivals else "added"
    for rival in rivals:
        if rival != record.identity:
            target.remove(rival)
    make_folder(copy.parent)
    kept = source.trajectory(record.identity)
    if kept is not None and not (same and copy.with_suffix(".npz").exists()):
        if (public := publishable(record, kept)) is not None and public is not kept:
            public.save(copy.with_suffix(".npz"))
        else:
            write_whole(copy.with_suffix(".npz"), path.with_suffix(".npz").read_bytes())
    elif not same:
        copy.with_suffix(".npz").unlink(missing_ok=True)  # another run's
    if not same:
        write_whole(copy, path.read_bytes())
    return fate


OWN_NAME = re.compile(r"[^./\\][^/\\]*/[^./\\][^/\\]*\.(json|npz)")  # <data set>/<file>: no way out of the folder
LARGEST_PACK, LARGEST = 1 << 31, 1 << 31  # bytes of a pack, packed and unpacked
DAY = (1980, 1, 1, 0, 0, 0)  # the first that a zip file knows: the same records make the same file on any day


def pack(store: Store, path: Path) -> int:
    """Write a store's records, with their trajectories, and runs without scores as one zip file; none if it is empty.

    Returns
    -------
    int, the number of records and runs. The same ones always make the same bytes.

    Raises
    ------
    InputError
        If the file cannot be written; an older one is still as it was.
    """
    records = sorted(one for one in store.folder.glob("*/*.json") if not one.name.startswith("."))
    unscored = sorted(store.folder.glob(f"*/*{UNSCORED}"))
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        own = (one for record in records for one in (record, record.with_suffix(".npz")) if one.exists())
        for file in (*own, *unscored):
            entry = zipfile.ZipInfo(file.relative_to(store.folder).as_posix(), DAY)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            packed.writestr(entry, file.read_bytes())
    if records or unscored:
        write_whole(path, content.getvalue())
    return len(records) + len(unscored)


def unpack(path: Path, folder: Path) -> Store:
    """Unpack what `pack` wrote into a folder; nothing is written outside of it, and nothing but records.

    Raises
    ------
    InputError
        If the file is damaged, has no records, or anything else in it, which is named.
    """
    try:
        with open_regular(path, LARGEST_PACK) as stream, zipfile.ZipFile(stream) as packed:
            names = packed.namelist()
            refuse_foreign(path, names)
            if unpacked_size(packed) > LARGEST:
                raise InputError(f"{path} unpacks to more than {LARGEST >> 30} GB; nothing was merged, split it")
            for name in names:
                make_folder((folder / name).parent)
                (folder / name).write_bytes(packed.read(name))  # compares its checksum, too
    except BAD_ZIP as error:
        raise InputError(f"{path} is no usable pack of records ({error}); nothing was merged, fetch it again") from None
    return Store(folder)


def refuse_foreign(path: Path, names: list[str]) -> None:
    """Refuse, in one line, a pack with anything but records and trajectories in it, or with none."""
    foreign = [name for name in names if not OWN_NAME.fullmatch(name)]
    if foreign:
        raise InputError(
            f"{path} has {foreign[0]!r} in it, which is no record (<data set>/<file>.json or .npz); nothing was "
            "merged, move the file elsewhere"
        )
    if not any(name.endswith((".json", UNSCORED)) for name in names):
        raise InputError(f"{path} has no records in it; nothing was merged, move the file elsewhere")
