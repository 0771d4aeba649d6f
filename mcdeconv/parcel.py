"""All records of a store in one file, to carry them from the machine that computed them to another."""

import io
import re
import zipfile
import zlib
from pathlib import Path

from mcdeconv.errors import InputError
from mcdeconv.files import make_folder, write_whole
from mcdeconv.records import Store

OWN_NAME = re.compile(r"[^./\\][^/\\]*/[^./\\][^/\\]*\.(json|npz)")  # <data set>/<file>: no way out of the folder
DAY = (1980, 1, 1, 0, 0, 0)  # the first that a zip file knows: the same records make the same file on any day
# What reading a damaged zip file raises; RuntimeError for one that needs a password.
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, UnicodeError, RuntimeError)


def pack(store: Store, path: Path) -> int:
    """Write a store's records, with their trajectories, as one zip file; no file if there are none.

    Returns
    -------
    int, the number of records. The same records always make the same bytes.

    Raises
    ------
    InputError
        If the file cannot be written; an older one is still as it was.
    """
    records = sorted(one for one in store.folder.glob("*/*.json") if not one.name.startswith("."))
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        for file in (one for record in records for one in (record, record.with_suffix(".npz")) if one.exists()):
            entry = zipfile.ZipInfo(file.relative_to(store.folder).as_posix(), DAY)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            packed.writestr(entry, file.read_bytes())
    if records:
        write_whole(path, content.getvalue())
    return len(records)


def unpack(path: Path, folder: Path) -> Store:
    """Unpack what `pack` wrote into a folder; nothing is written outside of it, and nothing but records.

    Raises
    ------
    InputError
        If the file is damaged, has no records, or anything else in it, which is named.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            names = packed.namelist()
            refuse_foreign(path, names)
            for name in names:
                make_folder((folder / name).parent)
                (folder / name).write_bytes(packed.read(name))  # compares its checksum, too
    except DAMAGE as error:
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
    if not any(name.endswith(".json") for name in names):
        raise InputError(f"{path} has no records in it; nothing was merged, move the file elsewhere")
