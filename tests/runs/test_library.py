"""Two stores read as one; a checkout is found from any folder inside it."""

from dataclasses import replace

import pytest

from mcdeconv.errors import InputError
from mcdeconv.runs.library import Library
from mcdeconv.runs.records import Identity, Record, Store

KEY = Identity("levin", "im05_flit01", "ours", "laptop", 0, "c" * 12, "i" * 12)


def record(psnr, key=KEY):
    return Record(key, {"psnr_direct": psnr}, [[1.0]], 1.0, 2, key.seed, {"commit": "abc"})


@pytest.fixture
def library(tmp_path):
    (tmp_path / "results" / "paper").mkdir(parents=True)
    (tmp_path / "mcdeconv").mkdir()
    return Library.here(tmp_path)


def test_a_local_record_hides_the_committed_one(library):
    library.committed.put(record(30.0))
    assert library.get(KEY).scores["psnr_direct"] == 30
    library.local.put(record(31.0))
    assert library.get(KEY).scores["psnr_direct"] == 31
    assert [r.scores["psnr_direct"] for r in library] == [31]
    assert library.committed.get(KEY).scores["psnr_direct"] == 30


def test_a_local_record_on_another_input_or_in_another_precision_hides_it_too(library):
    library.committed.put(record(30.0))
    library.local.put(record(31.0, replace(KEY, input="j" * 12, precision="float32")))
    assert [r.scores["psnr_direct"] for r in library.records()] == [31]


def test_of_two_records_of_a_cell_in_one_store_none_is_chosen(library):
    keys = [KEY, replace(KEY, input="j" * 12)]
    for key in keys:
        library.committed.put(record(30.0, key))
    with pytest.raises(InputError) as caught:
        library.records("levin")
    assert all(str(library.committed.path(key)) in str(caught.value) for key in keys)
    assert "move one of them away" in str(caught.value)
    assert library.records("lai") == []


def test_other_regions_and_kernel_sizes_are_not_read(library):
    for change in ({"region": "whole"}, {"kernel_size": "51 px"}):
        library.local.put(record(29.0, replace(KEY, **change)))
    assert library.records() == []


def test_a_record_has_the_trajectory_of_its_own_store(library, monkeypatch):
    monkeypatch.setattr(Store, "trajectory", lambda store, key: store.folder.parent.name)
    library.committed.put(record(30.0))
    assert library.trajectory(record(30.0)) == "results"
    library.local.put(record(31.0))
    assert library.trajectory(record(31.0)) == "out"


def test_records_are_chosen_and_ordered(library):
    keys = [
        replace(KEY, image=image, method=method, seed=seed, tier=tier)
        for image, method, seed, tier in (
            ("b", "ours", 0, "laptop"),
            ("a", "ours", 1, "laptop"),
            ("a", "ours", 0, "laptop"),
            ("a", "tv", 0, "laptop"),
            ("a", "ours", 0, "paper"),
        )
    ]
    for n, key in enumerate(keys):
        (library.local if n % 2 else library.committed).put(record(float(n), key))
    library.local.put(record(9.0, replace(KEY, dataset="lai")))
    found = library.records("levin", ["ours"], "laptop")
    assert [(r.identity.image, r.identity.seed) for r in found] == [("a", 0), ("a", 1), ("b", 0)]
    assert [r.identity.dataset for r in library.records("lai")] == ["lai"]
    assert len(library.records("levin", images=["b"])) == 1


def test_the_checkout_is_found_from_inside(library):
    inside = library.root / "notebooks" / "deep"
    inside.mkdir(parents=True)
    assert Library.here(inside) == library


def test_outside_a_checkout_says_so(tmp_path):
    with pytest.raises(InputError, match=r"not in a checkout of mcdeconv.*clone"):
        Library.here(tmp_path)
