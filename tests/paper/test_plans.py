"""Which runs the tables and figures rest on."""

from collections import Counter

import pytest
from fake_runs import in_one_step

from mcdeconv.core.config import SolverConfig
from mcdeconv.core.presets import configure
from mcdeconv.data import datasets
from mcdeconv.data.datasets.groups import LEVIN_SCENES
from mcdeconv.errors import InputError
from mcdeconv.paper import plans
from mcdeconv.runs.library import Library
from mcdeconv.runs.records import Record

EMBEDDED = [name for name in plans.EXPERIMENTS if name != "lai_real"]


@pytest.mark.parametrize("experiment", EMBEDDED)
def test_every_quick_plan_can_be_made_without_a_download(experiment):
    jobs = plans.plan(experiment)
    assert jobs
    assert all(job.problem.item.dataset.startswith("synthetic-") for job in jobs)
    assert max(Counter(job.identity for job in jobs).values()) == 1
    assert [job.seed for job in jobs] == sorted(job.seed for job in jobs)


@pytest.mark.parametrize("experiment", EMBEDDED)
def test_every_image_of_the_quick_plans_exists(experiment):
    for part in plans.parts(experiment):
        assert set(part.images or ()) <= set(datasets.names(part.dataset))


def test_the_real_benchmarks_are_whole():
    (ours, *_) = plans.parts("levin", "paper")
    assert ours.images is None and ours.seeds == (0, 1, 2)
    scenes = sum(LEVIN_SCENES.values(), ())
    assert len(scenes) == 32 and {"im05_flit01", "im08_flit08"} <= set(scenes)


def test_the_paper_s_own_image_is_tried_ten_times():
    (part,) = plans.parts("randomisation", "paper")
    assert part.images == ("manmade_01_kernel_01",) and len(part.seeds) == 10  # 3.5


def test_a_plan_narrows_to_images_and_seeds():
    jobs = plans.plan("levin", images=["coins_kernel_03"], seeds=1)
    assert {(job.problem.item.id, job.method, job.seed) for job in jobs} == {
        ("coins_kernel_03", "ours", 0),
        ("coins_kernel_03", "without-both", 0),
    }


def test_a_benchmark_s_name_means_its_stand_in_at_quick():
    assert {part.dataset for part in plans.parts("levin", "quick", "levin")} == {"synthetic-levin"}
    assert {part.dataset for part in plans.parts("levin", "laptop", "levin")} == {"levin"}


def test_make_reproduce_computes_a_part_of_the_main_comparison_anew():
    whole, part = (plans.plan("levin", anew=anew) for anew in (False, True))
    assert len(whole) == 32 and len(part) == 16
    assert {job.identity for job in part} < {job.identity for job in whole}
    assert len(plans.plan("levin", images=["camera_kernel_04"], anew=True)) == 4  # named: computed all the same


def test_the_most_pictures_win():
    ours = [job for job in plans.jobs([*plans.parts("lai"), *plans.parts("regularisation")], "quick")]
    shown = [job for job in ours if job.problem.item.id == plans.SHOWN and job.method == "ours"]
    assert [job.pictures for job in shown] == [plans.PICTURES]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("levine",), "levine"),
        (("levin", "fast"), "fast"),
        (("levin", "quick", "lewin"), "lewin"),
        (("levin", "quick", "lai"), "no runs at tier quick on lai"),
        (("levin", "quick", None, ["moon"]), "moon"),
        (("levin", "quick", None, None, 0), "at least 1"),
    ],
)
def test_what_does_not_exist_is_named(arguments, named):
    with pytest.raises(InputError, match=named):
        plans.parts(*arguments)


def test_cells_of_the_grid_are_configurations_of_their_own():
    config = plans.config_of("p0=0.1,sigma0=0.05", "quick")
    base = configure("ours", "quick")
    assert config.dropout_rate(1) == 0.1 and config.dropout_rate(base.iterations) == 0.001
    assert config.for_kernel_size(config.input_noise_std, 13)(1) == 0.05
    assert plans.config_of("ours", "quick") == base and isinstance(config, SolverConfig)
    assert len(plans.jobs([plans.GRID], "quick")) == 6 * 6 * 2 * len(plans.EXPLORED)


@pytest.fixture
def library(tmp_path):
    return Library(tmp_path)


def put(store, job, psnr):
    store.put(Record(job.identity, {"psnr_direct": psnr}, [[1.0]], 1.0, 2, job.seed, {}))


def test_stored_records_are_today_s_only(library):
    jobs = plans.plan("levin", images=["coins_kernel_03"])
    put(library.committed, jobs[0], 20.0)
    put(library.local, jobs[1], 21.0)
    stale = plans.Job(jobs[2].problem, jobs[2].method, "quick", SolverConfig(), jobs[2].seed)
    put(library.local, stale, 22.0)
    found = plans.stored("levin", images=["coins_kernel_03"], library=library)
    assert sorted(record.scores["psnr_direct"] for record in found) == [20, 21]
    assert plans.stored("regularisation", "laptop", library=library) == []  # no such runs planned
    with pytest.raises(InputError, match="levine"):
        plans.stored("levine", library=library)


def test_obtain_computes_only_what_is_missing(library, monkeypatch):
    jobs = plans.plan("levin", images=["coins_kernel_03"], seeds=1)
    put(library.committed, jobs[0], 20.0)
    asked = []

    def running(problem, method, tier, config, seed, *_, **__):
        job = plans.Job(problem, method, tier, config, seed)
        asked.append(job.identity)
        return Record(job.identity, {"psnr_direct": 25.0}, [[1.0]], 1.0, 2, seed, {})

    monkeypatch.setattr("mcdeconv.runs.campaign.running", in_one_step(running))
    found = plans.obtain("levin", images=["coins_kernel_03"], seeds=1, library=library)
    assert asked == [jobs[1].identity]
    assert [record.scores["psnr_direct"] for record in found] == [20, 25]
    assert library.local.get(jobs[1].identity) is not None and library.committed.get(jobs[1].identity) is None
    asked.clear()
    plans.obtain("levin", images=["coins_kernel_04"], compute=False, library=library)
    assert asked == []
