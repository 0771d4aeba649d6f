"""Merging: everything sound is added once, nothing is overwritten unasked, the rest is named and set aside."""

import json
from dataclasses import replace

import pytest

from mcdeconv.errors import InputError
from mcdeconv.merging import merge
from mcdeconv.records import Identity, Record, Store

IDENTITY = Identity("levin", "im05_flit01", "ours", "quick", 0, "0123456789ab", "ba9876543210")
RECORD = Record(IDENTITY, {"psnr_direct": 30.25}, [[0.5, 0.5]], 12.5, 600, 0, {})


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
    assert (merged.added, merged.known, merged.complete) == (2, 0, True)
    assert snapshot(target) == snapshot(source)
    again = merge(source, target)
    assert (again.added, again.known, again.complete) == (0, 2, True)


def test_an_equal_run_with_another_result_stays_and_is_named(stores, caplog):
    source, target = stores
    target.put(replace(RECORD, seconds=99.0))
    before = snapshot(target)
    merged = merge(source, target)
    assert (merged.kept, merged.added, merged.complete) == (1, 0, False)
    assert snapshot(target) == before and IDENTITY.file_name in caplog.text


def test_it_is_replaced_when_that_is_asked_for(stores):
    source, target = stores
    target.put(replace(RECORD, seconds=99.0))
    merged = merge(source, target, replace=True)
    assert (merged.replaced, merged.complete) == (1, True)
    assert target.get(IDENTITY) == RECORD


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
    assert (merged.added, merged.rejected, merged.complete) == (1, 1, False)
    assert str(path) in caplog.text
    assert not path.exists() and path.with_name(f"{path.name}.rejected").read_bytes() == content
    assert [record.identity.seed for record in target] == [1]


def test_a_data_set_that_nobody_knows_is_foreign(tmp_path):
    source, target = Store(tmp_path / "out"), Store(tmp_path / "results")
    source.put(replace(RECORD, identity=replace(IDENTITY, dataset="imagenet")))
    assert merge(source, target).rejected == 1
    assert not target.folder.exists()


def test_a_folder_without_records_is_refused(tmp_path):
    with pytest.raises(InputError, match="has no records"):
        merge(Store(tmp_path), Store(tmp_path / "results"))
