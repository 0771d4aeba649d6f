"""Packs of records: the same bytes for the same records, out again as they went in, and nothing foreign unpacked."""

import os
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from fake_runs import item, trajectory

from mcdeconv.errors import InputError
from mcdeconv.runs.merge import pack, unpack
from mcdeconv.runs.records import Identity, Record, Store

IDENTITY = Identity("levin", "im05_flit01", "ours", "quick", 0, "0123456789ab", "ba9876543210")
RECORD = Record(IDENTITY, {"psnr_direct": 30.25}, [[0.5, 0.5], [0.0, 0.0]], 12.5, 600, 0, {})


@pytest.fixture
def store(tmp_path):
    """Three records of two data sets, one of them with a trajectory."""
    store = Store(tmp_path / "records")
    store.put(RECORD)
    store.put(replace(RECORD, identity=replace(IDENTITY, seed=1)), trajectory(item(), 0.9, pictures=np.array([600])))
    store.put(replace(RECORD, identity=replace(IDENTITY, dataset="lai", image="natural_01")))
    return store


def files(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_is_packed_is_unpacked_byte_for_byte(tmp_path, store):
    assert pack(store, tmp_path / "records.zip") == 3
    unpacked = unpack(tmp_path / "records.zip", tmp_path / "unpacked")
    assert files(unpacked.folder) == files(store.folder) and len(files(store.folder)) == 4


def test_the_same_records_make_the_same_bytes(tmp_path, store):
    pack(store, tmp_path / "first.zip")
    other = Store(tmp_path / "other")
    for record in reversed(list(store)):
        other.put(record, store.trajectory(record.identity))
        os.utime(other.path(record.identity), (1e9, 1e9))
        other.path(record.identity).chmod(0o600)
    pack(other, tmp_path / "second.zip")
    assert (tmp_path / "first.zip").read_bytes() == (tmp_path / "second.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "first.zip") as packed:
        assert packed.namelist() == sorted(packed.namelist()) == sorted(files(store.folder))


def test_only_records_and_their_trajectories_are_packed(tmp_path, store):
    before = files(store.folder)
    folder = store.folder / "levin"
    (folder / "a__b.json.rejected").write_text("{")
    (folder / ".c.json").write_text("{")  # half a file, of a process that was killed
    (folder / "d.npz").write_text("without a record")
    (store.folder / "notes.json").write_text("{}")
    pack(store, tmp_path / "records.zip")
    assert files(unpack(tmp_path / "records.zip", tmp_path / "unpacked").folder) == before


def test_no_records_make_no_file_and_leave_an_older_one(tmp_path, store):
    assert pack(Store(tmp_path / "none"), tmp_path / "records.zip") == 0
    assert not (tmp_path / "records.zip").exists()
    pack(store, tmp_path / "records.zip")
    before = (tmp_path / "records.zip").read_bytes()
    pack(Store(tmp_path / "none"), tmp_path / "records.zip")
    assert (tmp_path / "records.zip").read_bytes() == before


def test_a_pack_that_cannot_be_written_leaves_the_one_before(tmp_path, store, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    pack(store, tmp_path / "records.zip")
    before = (tmp_path / "records.zip").read_bytes()
    store.put(replace(RECORD, identity=replace(IDENTITY, seed=7)))
    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(InputError, match=r"^cannot write .*records\.zip: No space left on device$"):
        pack(store, tmp_path / "records.zip")
    assert (tmp_path / "records.zip").read_bytes() == before


HOSTILE = (
    "../x.json",
    "levin/../../x.json",
    "/tmp/x.json",
    "//x.json",
    "levin/..",
    "../..json",
    "x.json",
    "levin/deep/x.json",
    "levin/x.py",
    "levin/x.json.rejected",
    "levin/.x.json",
    ".git/x.json",
    "levin\\x.json",
    "levin/..\\x.json",
    "levin/",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_anything_else_in_a_pack_is_named_and_nothing_unpacked(tmp_path, store, name):
    inner = tmp_path / "some" / "where"
    inner.mkdir(parents=True)
    pack(store, tmp_path / "records.zip")
    with zipfile.ZipFile(tmp_path / "records.zip", "a") as packed:
        packed.writestr(name, "{}")
    before = files(tmp_path)
    with pytest.raises(InputError) as caught:
        unpack(tmp_path / "records.zip", inner)
    message = str(caught.value)
    assert f"records.zip has {name!r} in it" in message and "nothing was merged" in message and "\n" not in message
    assert files(tmp_path) == before and list(inner.iterdir()) == []


def flipped(content):
    """One bit of the first record's content: only its checksum tells."""
    at = 30 + len(f"lai/{IDENTITY.file_name}") + 40
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


HARMS = {
    "empty": lambda _: b"",
    "text": lambda _: b"a shopping list",
    "without its last byte": lambda content: content[:-1],
    "half": lambda content: content[: len(content) // 2],
    "bit": flipped,
}


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS)
def test_a_damaged_pack_is_refused_in_one_line(tmp_path, store, harm):
    path = tmp_path / "records.zip"
    pack(store, path)
    path.write_bytes(harm(path.read_bytes()))
    before = path.read_bytes()
    with pytest.raises(InputError, match=r"^[^\n]*records\.zip is no usable pack of records \([^\n]+\); [^\n]+$"):
        unpack(path, tmp_path / "unpacked")
    assert path.read_bytes() == before


def test_a_pack_without_records_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "records.zip", "w") as packed:
        packed.writestr("levin/x.npz", "a trajectory of nothing")
    with pytest.raises(InputError, match=r"^[^\n]*records\.zip has no records in it; [^\n]+$"):
        unpack(tmp_path / "records.zip", tmp_path / "unpacked")
