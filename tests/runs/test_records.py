"""Records: what is put comes back, whatever is damaged is refused, and many processes may write."""

import json
import math
import os
import platform
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from dataclasses import asdict, fields, replace
from pathlib import Path
from types import SimpleNamespace

import fake_runs
import numpy as np
import pytest
import torch

import mcdeconv
from mcdeconv.errors import InputError
from mcdeconv.runs import provenance as origin
from mcdeconv.runs import records
from mcdeconv.runs.provenance import commit, processor, provenance
from mcdeconv.runs.records import Identity, PublicStore, Record, Store, read_record

IDENTITY = Identity("levin", "im05_flit01", "ours", "quick", 0, "0123456789ab", "ba9876543210")
RECORD = Record(
    identity=IDENTITY,
    scores={"psnr_direct": 30.25, "kernel_similarity": 0.9},
    kernel=[[0.0, 0.25, 0.0], [0.25, 0.5, 0.0], [0.0, 0.0, 0.0]],
    seconds=12.5,
    iterations=600,
    seed_used=0,
    provenance={"device": "a processor", "threads": 1},
)
ROOT = Path(records.__file__).parents[2]

# Each process writes every record, big enough for a half-written one to be seen: seeds 0-19 in common, 20 + own.
WRITER = """
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from mcdeconv.runs.records import Identity, Record, Store
own, folder = int(sys.argv[1]), Path(sys.argv[2])
identity = Identity("d", "i", "m", "t", 0, "c", "x")
record = Record(identity, {"psnr": 1.0}, [[1 / 961] * 31] * 31, 1.0, 1, 0, {"writer": own})
for _ in range(6):
    for seed in [*range(20), 20 + own]:
        Store(folder).put(replace(record, identity=replace(identity, seed=seed)))
"""


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "records")


def test_what_is_put_comes_back(store):
    assert store.get(IDENTITY) is None
    store.put(RECORD)
    assert store.get(IDENTITY) == RECORD
    assert list(store) == [RECORD]


def test_putting_again_replaces(store):
    store.put(RECORD)
    again = replace(RECORD, scores={"psnr_direct": 31.0})
    store.put(again)
    assert list(store) == [again]


def test_a_deleted_record_is_asked_for_again(store):
    store.put(RECORD)
    store.path(IDENTITY).unlink()
    assert store.get(IDENTITY) is None


def test_a_run_has_one_record_in_whatever_precision(store):
    other = replace(RECORD, identity=replace(IDENTITY, precision="float32"))
    store.put(RECORD)
    store.put(other)
    assert list(store) == [other] and store.get(IDENTITY) == store.get(other.identity) == other
    content = {"format": records.FORMAT} | asdict(RECORD) | {"identity": IDENTITY.fields}
    store.path(IDENTITY).write_text(json.dumps(content))
    with pytest.raises(InputError, match=rf"{IDENTITY.file_name} and .*{other.identity.file_name}.*move one"):
        store.get(IDENTITY)


def test_every_committed_record_has_its_name_and_no_store_two_of_a_cell():
    folders = [ROOT / "results/records", *(ROOT / "results/studies").glob("*/records")]
    for folder in folders:
        found = {path: read_record(path).identity for path in folder.glob("*/*.json")}
        assert found and all(identity.file_name == path.name for path, identity in found.items())
        assert max(Counter(identity.cell for identity in found.values()).values()) == 1


@pytest.mark.parametrize("field", [field.name for field in fields(Identity) if field.name != "precision"])
def test_any_difference_in_identity_is_another_file(store, field):
    other = replace(IDENTITY, **{field: 1 if field == "seed" else "other"})
    assert store.path(other) != store.path(IDENTITY)
    store.put(RECORD)
    assert store.get(other) is None


def test_the_file_name_is_stable():
    """A changed name would orphan every record on disk."""
    assert IDENTITY.file_name == "im05_flit01__ours__quick__seed0__af0fca13.json"


def test_a_file_name_has_plain_characters_only_and_tells_methods_apart():
    one, other = (
        replace(IDENTITY, method=name).file_name for name in ("ours, kernel's rate × 4", "ours, kernel's rate / 4")
    )
    assert one.startswith("im05_flit01__ours-kernel-s-rate-4__quick__seed0__") and one.isascii()
    assert one.rsplit("__", 1)[0] == other.rsplit("__", 1)[0] and one != other


def test_row_is_flat_and_has_everything_but_the_kernel():
    row = RECORD.row()
    assert row == IDENTITY.fields | RECORD.scores | RECORD.provenance | {
        "seconds": 12.5,
        "iterations": 600,
        "seed_used": 0,
    }


def test_a_row_is_the_same_whatever_precision_the_run_is_named_by():
    """The provenance says what it was computed in."""
    other = replace(RECORD, identity=replace(IDENTITY, precision="float32"))
    assert other.row() == RECORD.row() and "precision" not in RECORD.row()
    computed = {"precision": "bfloat16"}
    assert replace(other, provenance=computed).row()["precision"] == "bfloat16"


def rewritten(text, **changes):
    return json.dumps(json.loads(text) | changes)


DAMAGES = {
    "empty": lambda text: "",
    "truncated": lambda text: text[: len(text) // 2],
    "not JSON": lambda text: "psnr: 30",
    "not a record": lambda text: "[1, 2]",
    "another format": lambda text: rewritten(text, format=records.FORMAT + 1),
    "no format": lambda text: json.dumps({k: v for k, v in json.loads(text).items() if k != "format"}),
    "a field missing": lambda text: json.dumps({k: v for k, v in json.loads(text).items() if k != "kernel"}),
    "a field too many": lambda text: rewritten(text, colour="blue"),
    "NaN score": lambda text: rewritten(text, scores={"psnr_direct": math.nan}),
    "infinite score": lambda text: rewritten(text, scores={"psnr_direct": math.inf}),
    "NaN kernel": lambda text: rewritten(text, kernel=[[math.nan]]),
    "another run's content": lambda text: rewritten(text, identity=asdict(replace(IDENTITY, seed=7))),
}
REASONS = {
    "another format": "its format is another version's",
    "no format": "'format'",
    "NaN score": "it has the value NaN",
    "infinite score": "it has the value Infinity",
    "NaN kernel": "it has the value NaN",
    "another run's content": "its content does not fit its name",
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_record_is_named_and_not_used(store, damage):
    store.put(RECORD)
    path = store.path(IDENTITY)
    path.write_text(DAMAGES[damage](path.read_text()))
    with pytest.raises(InputError) as caught:
        read_record(path)
    assert str(path) in str(caught.value) and "delete it" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert damage not in REASONS or f"({REASONS[damage]})" in str(caught.value)


@pytest.mark.parametrize("read", [lambda store: store.get(IDENTITY), lambda store: next(iter(store), None)])
def test_a_damaged_record_is_set_aside_and_named_once(store, caplog, read):
    store.put(RECORD)
    path = store.path(IDENTITY)
    path.write_bytes(b"\xff\xfe\x00\x01")
    assert read(store) is None and read(store) is None
    assert [str(path) in message for message in caplog.messages] == [True]
    assert caplog.messages[0].endswith(f"; it is now {path.name}.rejected")
    assert path.with_name(f"{path.name}.rejected").read_bytes() == b"\xff\xfe\x00\x01"
    store.put(RECORD)
    assert store.get(IDENTITY) == RECORD


def test_what_cannot_be_set_aside_is_named_as_it_stands(store, caplog, monkeypatch):
    store.put(RECORD)
    store.path(IDENTITY).write_text("")
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(PermissionError(1, "not permitted")))
    assert store.get(IDENTITY) is None and store.path(IDENTITY).exists()
    with pytest.raises(InputError) as said:
        read_record(store.path(IDENTITY))
    assert caplog.messages == [str(said.value)]


def test_a_damaged_trajectory_is_set_aside(store, caplog):
    store.put(RECORD)
    path = store.path(IDENTITY).with_suffix(".npz")
    path.write_bytes(b"PK")
    assert store.trajectory(IDENTITY) is None and not path.exists()
    assert str(path) in caplog.text and store.get(IDENTITY) == RECORD


def test_a_trajectory_is_that_of_the_run_in_whatever_precision(store, caplog):
    """And goes with it: what another precision leaves behind would be taken for this one's."""
    first, other = (fake_runs.trajectory(fake_runs.item(), best) for best in (0.5, 0.9))
    assert store.trajectory(IDENTITY) is None  # not run
    store.put(RECORD, first)
    single = replace(RECORD, identity=replace(IDENTITY, precision="float32"))
    store.put(single, other)
    assert not list(store.folder.glob(f"*/{store.path(IDENTITY).stem}*"))
    for identity in (IDENTITY, single.identity):
        assert np.array_equal(store.trajectory(identity).psnr, other.psnr)
    store.put(replace(single, seconds=1.0))  # not traced
    assert store.trajectory(IDENTITY) is None and caplog.messages == []


def test_records_of_an_image_are_of_its_tier_and_seed_and_of_every_method(store):
    identity = replace(IDENTITY, image="a[1]", seed=1)
    alike = [replace(identity, method=method) for method in ("ours", "plain")]
    others = [
        replace(identity, **changed)
        for changed in ({"image": "a1"}, {"image": "a[1]b"}, {"tier": "laptop"}, {"seed": 10}, {"dataset": "lai"})
    ]
    for each in (*alike, *others):
        store.put(replace(RECORD, identity=each))
    assert [record.identity for record in store.of_image(identity)] == alike


def test_a_record_that_cannot_be_read_just_now_stays(store, monkeypatch):
    store.put(RECORD)
    with monkeypatch.context() as broken:
        broken.setattr(os, "open", lambda *_: (_ for _ in ()).throw(OSError(5, "Input/output error")))
        with pytest.raises(InputError, match=r"cannot be read \(Input/output error\)"):
            store.get(IDENTITY)
    assert store.get(IDENTITY) == RECORD


def test_a_trajectory_goes_with_its_record(store):
    npz = store.path(IDENTITY).with_suffix(".npz")
    store.put(RECORD)
    npz.write_bytes(b"of this run")
    store.put(RECORD)
    assert npz.exists()
    store.put(replace(RECORD, seconds=99.0))
    assert not npz.exists()
    npz.write_bytes(b"of a record that was deleted")
    store.path(IDENTITY).unlink()
    store.put(RECORD)
    assert not npz.exists()


@pytest.mark.parametrize(("more", "own"), [({}, 12.5), ({"in_turns": False}, 12.5), ({"in_turns": True}, 3.125)])
def test_a_run_that_went_in_turns_has_its_share_of_the_seconds(more, own):
    assert replace(RECORD, provenance={"at_a_time": 4} | more).own_seconds == own


def test_a_renamed_record_is_not_used(store):
    store.put(RECORD)
    path = store.path(IDENTITY)
    wanted = replace(IDENTITY, seed=3)
    path.rename(store.path(wanted))
    with pytest.raises(InputError, match="does not fit its name"):
        read_record(store.path(wanted))
    assert store.get(wanted) is None


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_score_that_is_no_number_is_not_written(store, value):
    with pytest.raises(ValueError, match="JSON"):
        store.put(replace(RECORD, scores={"psnr_direct": value}))
    assert list(store) == []


def test_many_processes_write_while_one_reads(tmp_path):
    command = [sys.executable, "-c", WRITER]
    writers = [subprocess.Popen([*command, str(n), str(tmp_path)], cwd=ROOT) for n in (0, 1)]
    seen = 0
    while any(writer.poll() is None for writer in writers):
        seen += sum(1 for _ in Store(tmp_path))  # raises at the first half of a file
    assert [writer.returncode for writer in writers] == [0, 0]
    assert seen > 0
    assert sorted(record.identity.seed for record in Store(tmp_path)) == list(range(22))
    assert len(list((tmp_path / "d").iterdir())) == 22  # and no temporary file


def test_provenance_says_where_and_with_what():
    found = provenance("cpu", 1)
    assert found == {
        "device": processor(),
        "threads": 1,
        "torch": torch.__version__,
        "python": platform.python_version(),
        "mcdeconv": mcdeconv.__version__,
        "commit": commit(),
    }
    assert found["device"] and "\n" not in found["device"]
    json.dumps(found)  # it goes into the record


def test_commit_is_that_of_the_checkout():
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    head = subprocess.run(
        ["git", "-C", str(ROOT), "rev-parse", "HEAD"], capture_output=True, text=True, check=True
    ).stdout.strip()
    assert head.startswith(commit().removesuffix("+")) and len(commit()) >= 10


def test_commit_outside_a_checkout(monkeypatch, tmp_path):
    monkeypatch.setattr(origin, "__file__", str(tmp_path / "mcdeconv" / "runs" / "provenance.py"))
    assert commit.__wrapped__() == "unknown"


def test_a_store_that_is_published_keeps_curves_of_benchmarks_and_all_of_embedded_images(tmp_path):
    """Restored pictures of others' images are not ours to publish."""
    source = fake_runs.item()
    made = fake_runs.trajectory(source, 0.9)
    public = PublicStore(tmp_path)
    for dataset, pictures in (("levin", 0), ("synthetic-levin", len(made.images))):
        record = fake_runs.record(replace(source, dataset=dataset), "ours", 0, made)
        public.put(record, made)
        kept = public.trajectory(record.identity)
        assert np.array_equal(kept.psnr, made.psnr) and len(kept.images) == pictures


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("tier", "<script>alert(1)</script>"), ("dataset", "<b>"), ("config", "a|b"), ("image", "../../etc/passwd")),
        *(
            ("image", ".hidden"),
            ("method", "two\nlines"),
            ("method", {"a": 1}),
            ("seed", "0"),
            ("seed", True),
            ("seed", -1),
            ("seed", 2**32),
            ("method", "read \u202ebackwards"),
            ("image", ""),
        ),
        *(("region", None), ("precision", "[x](javascript:alert(1))"), ("image", "a" * 300)),
    ],
)
def test_an_identity_of_a_strangers_words_is_refused(tmp_path, field, value):
    """They become names of files, and stand on pages."""
    fields_of = IDENTITY.fields | {field: value}
    name = IDENTITY.file_name
    with suppress(TypeError):  # under the very name that it asks for
        name = Identity(**fields_of).file_name.replace("/", "-")
    content = asdict(RECORD) | {"format": records.FORMAT, "identity": fields_of}
    path = tmp_path / name[:200]
    path.write_text(json.dumps(content))
    reason = "its seed is none" if field == "seed" else f"its {field} is no such word"
    with pytest.raises(InputError, match=rf"is not a usable record \({reason}\)"):
        read_record(path)


@pytest.mark.parametrize(
    "changed",
    [
        *({"seed": 2**32 - 1}, {"method": "ours, kernel's rate × 4"}, {"image": "Übung (1), 'links'"}),
        *({"image": "a" * 100}, {"region": "96 px", "kernel_size": "estimated"}, {"dataset": "small-levin"}),
    ],
)
def test_words_that_people_give_are_taken(store, changed):
    record = replace(RECORD, identity=replace(IDENTITY, **changed))
    store.put(record)
    assert store.get(record.identity) == record


NO_NUMBER, NOT_SQUARE = "is not a finite number", "its kernel is not square"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        *(({"kernel": [[1.0], [2.0]]}, NOT_SQUARE), ({"kernel": [[1.0, 2.0]]}, NOT_SQUARE), ({"kernel": 3}, "int")),
        *(({"kernel": [["a"]]}, NO_NUMBER), ({"seconds": "1"}, NO_NUMBER), ({"iterations": None}, NO_NUMBER)),
        *(({"scores": {"psnr": True}}, NO_NUMBER), ({"scores": {"psnr": "25"}}, NO_NUMBER)),
        *(({"seed_used": [0]}, NO_NUMBER), ({"kernel": [[10**400]]}, "too large")),
        ({"provenance": "a processor"}, "its provenance is none"),
    ],
)
def test_values_of_another_kind_are_refused(tmp_path, changed, reason):
    path = tmp_path / IDENTITY.file_name
    path.write_text(json.dumps(asdict(RECORD) | {"format": records.FORMAT, "identity": IDENTITY.fields} | changed))
    with pytest.raises(InputError, match=rf"is not a usable record \(.*{reason}.*\); delete it"):
        read_record(path)


def test_a_pipe_a_deep_or_a_huge_file_in_a_records_place_is_set_aside(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "LARGEST", 300_000)
    for make in (os.mkfifo, lambda path: path.write_text("[" * 100_000), lambda path: path.write_bytes(bytes(300_001))):
        path = Store(tmp_path).path(IDENTITY)
        path.parent.mkdir(exist_ok=True)
        make(path)
        assert Store(tmp_path).get(IDENTITY) is None
        assert not path.exists() and path.with_name(f"{path.name}.rejected").exists()


@pytest.mark.parametrize("method", ["SRN / GoPro", "Sun et al. 2013", "a\\b", "<b>"])
def test_another_system_may_be_called_as_it_likes(store, method):
    """Tables escape it, and the file's name leaves it out."""
    record = replace(RECORD, identity=replace(IDENTITY, method=method))
    store.put(record)
    assert store.get(record.identity) == record


def test_a_record_is_read_once_while_its_file_stays_as_it_is(tmp_path, monkeypatch):
    store, reads = Store(tmp_path), []
    monkeypatch.setattr(records, "read_record", lambda path: (reads.append(path), read_record(path))[1])
    store.put(RECORD)
    assert store.get(IDENTITY) == store.get(IDENTITY) == RECORD
    assert len(reads) == 2, "a file just written may be written again within the same tick"
    monkeypatch.setattr(records, "SETTLED", -1)
    assert [store.get(IDENTITY) for _ in range(3)] == [RECORD] * 3 and len(reads) == 3
    other = replace(RECORD, scores={"psnr_direct": 31.25, "kernel_similarity": 0.9})
    store.put(other)  # of the same length
    assert [store.get(IDENTITY) for _ in range(2)] == [other] * 2
    store.path(IDENTITY).write_text("{}")
    assert store.get(IDENTITY) is None


@pytest.mark.parametrize("field", ["st_dev", "st_ino", "st_ctime_ns", "st_size"])
def test_a_file_that_may_be_another_is_read_again(tmp_path, monkeypatch, field):
    state, reads = dict.fromkeys(("st_dev", "st_ino", "st_ctime_ns", "st_size", "st_ctime"), 1), []
    monkeypatch.setattr(records, "read_record", lambda path: reads.append(path))
    monkeypatch.setattr(Path, "stat", lambda path: SimpleNamespace(**state))
    for _ in range(2):
        records.read_unless_known(tmp_path / "a.json")
    assert len(reads) == 1
    state[field] = 2
    records.read_unless_known(tmp_path / "a.json")
    assert reads == [tmp_path / "a.json"] * 2


def test_a_file_that_has_gone_meanwhile_is_named(tmp_path):
    with pytest.raises(InputError, match=r"gone\.json cannot be read \(No such file"):
        records.read_unless_known(tmp_path / "gone.json")
