"""Merging: everything sound is added once, nothing is overwritten unasked, the rest is named and set aside."""

import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from fake_runs import item, trajectory

from mcdeconv.errors import InputError
from mcdeconv.runs.merge import Merged, merge, merge_folder, pack
from mcdeconv.runs.records import Identity, Record, Store

IDENTITY = Identity("synthetic-levin", "im05_flit01", "ours", "quick", 0, "0123456789ab", "ba9876543210")
RECORD = Record(IDENTITY, {"psnr_direct": 30.25}, [[0.5, 0.5], [0.0, 0.0]], 12.5, 600, 0, {})


@pytest.fixture
def stores(tmp_path):
    source, target = Store(tmp_path / "out"), Store(tmp_path / "results")
    source.put(RECORD)
    return source, target


def snapshot(store):
    return {path.name: path.read_bytes() for path in store.folder.rglob("*") if path.is_file()}


def test_records_are_added_as_they_are_and_once(stores):
    source, target = stores
    source.put(replace(RECORD, identity=replace(IDENTITY, seed=1)))
    merged = merge(source, target)
    assert (merged["added"], merged["known"], merged.complete) == (2, 0, True)
    assert snapshot(target) == snapshot(source)
    again = merge(source, target)
    assert (again["added"], again["known"], again.complete) == (0, 2, True)


def test_an_equal_run_with_another_result_stays_and_is_named(stores, caplog):
    source, target = stores
    target.put(replace(RECORD, seconds=99.0))
    before = snapshot(target)
    merged = merge(source, target)
    assert (merged["kept"], merged["added"], merged.complete) == (1, 0, False)
    assert snapshot(target) == before and IDENTITY.file_name in caplog.text


@pytest.mark.parametrize("change", [{"precision": "float32"}, {"input": "0" * 12}])
def test_a_target_gets_no_second_record_of_a_cell(stores, change):
    source, target = stores
    target.put(replace(RECORD, identity=replace(IDENTITY, **change)))
    before = snapshot(target)
    assert merge(source, target)["kept"] == 1 and snapshot(target) == before
    assert merge(source, target, replace=True)["replaced"] == 1 and snapshot(target) == snapshot(source)


def test_it_is_replaced_when_that_is_asked_for(stores):
    source, target = stores
    target.put(replace(RECORD, seconds=99.0))
    merged = merge(source, target, replace=True)
    assert (merged["replaced"], merged.complete) == (1, True)
    assert target.get(IDENTITY) == RECORD


def test_what_is_replaced_takes_its_trajectory_along(stores):
    source, target = stores
    target.put(replace(RECORD, seconds=99.0), trajectory(item(), 0.9))
    merge(source, target, replace=True)
    assert snapshot(target) == snapshot(source)


def test_of_a_benchmarks_runs_only_curves_are_copied(stores):
    """Restored pictures of others' images are not ours to publish."""
    source, target = stores
    made, key = trajectory(item(), 0.9), replace(IDENTITY, dataset="levin")
    source.put(replace(RECORD, identity=key), made)
    merge(source, target)
    kept = target.trajectory(key)
    assert np.array_equal(kept.psnr, made.psnr) and np.array_equal(kept.similarity, made.similarity)
    assert not any(len(part) for part in (kept.images, kept.stds, kept.kernels, kept.samples))
    assert len(source.trajectory(key).images)  # where it was made they stay
    assert merge(source, target) == {"known": len(list(source))}


def harm(path, how):
    content = json.loads(path.read_text())
    if how == "damaged":
        path.write_text(path.read_text()[:50])
    elif how == "another version":
        path.write_text(json.dumps(content | {"format": 99}))
    elif how == "altered":
        path.write_text(json.dumps(content | {"identity": content["identity"] | {"seed": 5}}))
    elif how == "another folder":
        (path.parents[1] / "kohler").mkdir()
        path = path.rename(path.parents[1] / "kohler" / path.name)
    return path


@pytest.mark.parametrize("how", ["damaged", "another version", "altered", "another folder"])
def test_what_is_damaged_or_foreign_is_named_and_set_aside(stores, caplog, how):
    source, target = stores
    source.put(replace(RECORD, identity=replace(IDENTITY, seed=1)))
    path = harm(source.path(IDENTITY), how)
    content = path.read_bytes()
    merged = merge(source, target)
    assert (merged["added"], merged["rejected"], merged.complete) == (1, 1, False)
    assert str(path) in caplog.text
    assert not path.exists() and path.with_name(f"{path.name}.rejected").read_bytes() == content
    assert [record.identity.seed for record in target] == [1]


def test_a_data_set_that_nobody_knows_is_foreign(tmp_path):
    source, target = Store(tmp_path / "out"), Store(tmp_path / "results")
    source.put(replace(RECORD, identity=replace(IDENTITY, dataset="imagenet")))
    assert merge(source, target)["rejected"] == 1
    assert not target.folder.exists()


def test_a_folder_without_records_is_refused(tmp_path):
    with pytest.raises(InputError, match="has no records"):
        merge(Store(tmp_path), Store(tmp_path / "results"))


# --- packs


@pytest.fixture
def carried(tmp_path):
    """A folder with a pack of two records, one of them with a trajectory, and the store that was packed."""
    source = Store(tmp_path / "far" / "records")
    source.put(RECORD, trajectory(item(), 0.9, pictures=np.array([600])))
    source.put(replace(RECORD, identity=replace(IDENTITY, seed=1)))
    (tmp_path / "near").mkdir()
    pack(source, tmp_path / "near" / "records.zip")
    return tmp_path / "near", source


def test_what_was_packed_arrives_byte_for_byte(tmp_path, carried):
    folder, source = carried
    target = Store(tmp_path / "results")
    assert merge_folder(folder, target) == Merged(added=2)
    assert snapshot(target) == snapshot(source) and len(snapshot(target)) == 3
    assert merge_folder(folder, target) == Merged(known=2)


def test_a_folder_may_have_records_and_packs(tmp_path, carried):
    folder, source = carried
    source.folder.rename(folder / "records")
    Store(folder / "records").path(IDENTITY).unlink()
    target = Store(tmp_path / "results")
    assert merge_folder(folder, target) == Merged(added=2, known=1)
    assert {record.identity.seed for record in target} == {0, 1}


def test_a_folder_may_be_the_records_itself(tmp_path, carried):
    _, source = carried
    assert merge_folder(source.folder, Store(tmp_path / "results")) == Merged(added=2)


def test_a_damaged_pack_stops_it_before_anything_is_merged(tmp_path, carried):
    folder, source = carried
    source.folder.rename(folder / "records")
    (folder / "other.zip").write_bytes((folder / "records.zip").read_bytes()[:-30])
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(InputError, match=r"^[^\n]*other\.zip is no usable pack of records [^\n]*$"):
        merge_folder(folder, Store(tmp_path / "results"))
    assert not (tmp_path / "results").exists()
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_damaged_record_in_a_pack_is_left_out_and_named(tmp_path, carried, caplog):
    folder, source = carried
    path = source.path(IDENTITY)
    path.write_text(path.read_text()[:50])
    pack(source, folder / "records.zip")
    before = (folder / "records.zip").read_bytes()
    target = Store(tmp_path / "results")
    assert merge_folder(folder, target) == Merged(added=1, rejected=1)
    assert f"records.zip/synthetic-levin/{IDENTITY.file_name} is not a usable record" in caplog.text
    assert "it was left out" in caplog.text and "rejected" not in caplog.text
    assert (folder / "records.zip").read_bytes() == before and len(snapshot(target)) == 1


def test_a_pack_that_reaches_outside_is_refused(tmp_path, carried):
    folder, _ = carried
    with zipfile.ZipFile(folder / "hostile.zip", "w") as packed:
        packed.writestr("../escaped.json", "{}")
    with pytest.raises(InputError, match=r"hostile\.zip has '\.\./escaped\.json' in it"):
        merge_folder(folder, Store(tmp_path / "results"))
    assert not (tmp_path / "results").exists() and not list(tmp_path.rglob("escaped*"))
