"""A study: which runs it has, and how its contrasts compare them."""

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mcdeconv.core.config import SolverConfig
from mcdeconv.data.datasets.item import Item
from mcdeconv.errors import InputError
from mcdeconv.runs.records import Identity, Record, Store
from mcdeconv.studies import STUDIES
from mcdeconv.studies.study import Asked, Study, Variant

SIDE = 48
ROOT = Path(__file__).parents[2]


def item(name: str) -> Item:
    image = np.random.default_rng(len(name)).random((SIDE, SIDE)).astype(np.float32)
    return Item(id=name, dataset="drawn", category="any", blurred=image, kernel_size=5)


PLAIN = SolverConfig(iterations=10)
STUDY = Study(
    "example",
    "What does it change?",
    "trial",
    lambda: map(item, ("a", "bb", "ccc")),
    {"as it is": Variant(PLAIN, None, seeds=(0, 1)), "joint": Variant(replace(PLAIN, update="joint"), 32)},
    [("joint", "as it is")],
    {"all": ("a", "bb", "ccc"), "one": ("bb",)},
)


def test_jobs_are_the_images_seeds_and_regions_of_each_variant() -> None:
    found = [(job.method, job.problem.item.id, job.seed, job.problem.blurred.shape[0]) for job in STUDY.jobs()]
    every = itertools.product(["as it is"], ["a", "bb", "ccc"], [0, 1], [SIDE])
    assert sorted(found) == sorted([*every, *(("joint", image, 0, 32) for image in ("a", "bb", "ccc"))])
    assert [seed for _, _, seed, _ in found] == [0] * 6 + [1] * 3


def test_a_margin_makes_the_kernels_square_larger_and_leaves_the_region() -> None:
    larger = replace(STUDY, variants={"as it is": Variant(PLAIN, 32), "larger": Variant(PLAIN, 32, margin=8)})
    own, other = larger.jobs(images=["bb"])
    assert (own.problem.kernel_size, other.problem.kernel_size) == (5, 13)
    assert own.problem.region == other.problem.region and own.identity.input != other.identity.input


def test_stored_records_are_of_the_variants_region_and_kernel_size(tmp_path: Path) -> None:
    both = {"as it is": Variant(PLAIN, 32), "larger": Variant(PLAIN, 32, margin=8)}
    study, store = replace(STUDY, variants=both), Store(tmp_path / "studies/example/records")
    jobs = study.jobs(images=["bb"])
    assert [(job.identity.region, job.identity.kernel_size) for job in jobs] == [("32 px", ""), ("32 px", "13 px")]
    for job in jobs:
        for key in (job.identity, replace(job.identity, region="whole")):
            store.put(Record(key, {}, [[1.0]], 1.0, 1, 0, {}))
    assert {record.identity for record in study.stored(tmp_path)} == {job.identity for job in jobs}
    store.put(Record(replace(jobs[1].identity, kernel_size="11 px"), {}, [[1.0]], 1.0, 1, 0, {}))
    with pytest.raises(InputError, match="are records of the same run"):
        study.stored(tmp_path)


def test_a_run_without_a_record_counts_by_its_row(tmp_path: Path) -> None:
    [one, other] = (job.identity for job in STUDY.jobs(["joint"], ["a", "bb"]))
    runs = [Record(key, {"psnr_sparse": 20.0}, [[1.0]], 1.0, 1, 0, {}) for key in (one, other)]
    STUDY.runs(tmp_path).put([run.row() for run in runs] + [runs[0].row() | {"seed": 1, "config": "another"}])
    Store(tmp_path / "studies/example/records").put(replace(runs[0], scores={"psnr_sparse": 21.0}))
    kept = {record.identity.image: record for record in STUDY.kept(tmp_path)}
    assert [kept[image].scores["psnr_sparse"] for image in ("a", "bb")] == [21.0, 20.0]
    assert [kept[image].kernel for image in ("a", "bb")] == [[[1.0]], []]


@pytest.mark.parametrize("asked", [{"tier": "quick"}, {"dataset": "levin"}, {"device": "cpu"}, {"repeats": 3}])
def test_what_a_study_leaves_no_choice_of_is_refused(tmp_path: Path, asked: dict[str, Any]) -> None:
    [option] = asked
    with pytest.raises(InputError, match=f"the study example leaves no choice of {option}; .*: variants, images"):
        list(STUDY.answer(Asked(tmp_path, **asked)))
    assert list(tmp_path.iterdir()) == []


def test_every_study_has_a_question_and_a_page_or_chapter() -> None:
    chapters = {path.stem for path in (ROOT / "book").glob("*.md")}
    pages = {f"table-{number}" for number in range(1, 8)} | {
        "study-levin",
        "study-lai",
        "study-ssim",
        "study-brightness",
        "settings",
        "seconds",
    }
    for name, study in STUDIES.items():
        assert study.name == name and study.question.endswith("?") and study.page in chapters | pages


def test_only_the_variants_that_are_asked_for() -> None:
    assert {job.method for job in STUDY.jobs(["joint"])} == {"joint"}


def test_only_the_images_that_are_asked_for() -> None:
    assert {job.problem.item.id for job in STUDY.jobs(images=["bb"])} == {"bb"}
    with pytest.raises(InputError, match="unknown image 'nope'; choose one of a, bb, ccc"):
        STUDY.jobs(images=["nope"])


def test_a_variant_may_be_run_on_some_images_only() -> None:
    narrow = replace(STUDY, variants={"as it is": Variant(PLAIN, None), "few": Variant(PLAIN, None, images=("bb",))})
    found = [(job.method, job.problem.item.id) for job in narrow.jobs()]
    assert found == [("as it is", "a"), ("as it is", "bb"), ("as it is", "ccc"), ("few", "bb")]


def test_a_contrast_is_on_groups_that_its_variants_are_run_on() -> None:
    narrow = replace(STUDY, variants={"as it is": Variant(PLAIN, None), "joint": Variant(PLAIN, None, images=("bb",))})
    assert narrow.contrasts_on("one") == [("joint", "as it is")] and narrow.contrasts_on("all") == []
    assert [row["images"] for row in narrow.factors([])] == ["one"]


def test_an_unknown_variant_is_refused_with_the_choices() -> None:
    with pytest.raises(InputError, match="unknown variant 'nope'; choose one of as it is, joint"):
        STUDY.jobs(["nope"])


def test_a_contrast_pairs_images_and_seeds_in_every_group() -> None:
    def record(image: str, method: str, seed: int, psnr: float) -> Record:
        identity = Identity("drawn", image, method, "trial", seed, "c", "x")
        return Record(identity, {"psnr_sparse": psnr}, [[1.0]], 1.0, 1, seed, {})

    gain = {"a": 3.0, "bb": 1.0, "ccc": -1.0}
    records = [record(image, "as it is", seed, 25 + seed) for image in gain for seed in (0, 1)]
    records += [record(image, "joint", 0, 25 + gain[image]) for image in gain]
    whole, one = STUDY.factors(records)
    assert (whole["variant"], whole["against"], whole["images"]) == ("joint", "as it is", "all")
    assert whole["psnr_sparse_difference"] == pytest.approx(1.0)
    assert whole["psnr_sparse_mean"] == pytest.approx(26.0)
    assert whole["psnr_sparse_runs"] == 3
    assert one["psnr_sparse_difference"] == pytest.approx(1.0)
    assert one["psnr_sparse_images"] == 1
    assert one["psnr_direct_runs"] == 0
