"""Selections: what they refuse, what they narrow to, which records they find and which runs they ask for."""

from types import SimpleNamespace

import pytest
from fake_runs import in_one_step

from mcdeconv.core.config import SolverConfig
from mcdeconv.errors import InputError
from mcdeconv.paper import plans
from mcdeconv.paper.plans import Part
from mcdeconv.paper.selection import Selection, obtain, share, stored
from mcdeconv.runs.job import Job, nameless
from mcdeconv.runs.library import Library
from mcdeconv.runs.records import Record

ONE = Selection("levin", images=["coins_kernel_03"])
IMAGE = "natural_01_kernel_01"


def test_it_narrows_to_images_and_seeds():
    jobs = Selection("levin", images=["coins_kernel_03"], seeds=1).jobs()
    assert {(job.problem.item.id, job.method, job.seed) for job in jobs} == {
        ("coins_kernel_03", "ours", 0),
        ("coins_kernel_03", "without-both", 0),
        ("coins_kernel_03", "l0", 0),
        ("coins_kernel_03", "dark-channel", 0),
    }
    rivals = Selection("levin", images=["coins_kernel_03"], seeds=2).jobs()
    assert [job.seed for job in rivals if job.method == "l0"] == [0]  # a rival has no seeds


def test_a_benchmark_s_name_means_its_stand_in_at_quick():
    assert {part.dataset for part in Selection("levin", "quick", "levin").parts()} == {"synthetic-levin"}
    assert {part.dataset for part in Selection("levin", "laptop", "levin").parts()} == {"levin"}


def test_make_reproduce_computes_a_part_of_the_main_comparison_anew():
    whole, part = (Selection("levin").jobs(anew) for anew in (False, True))
    assert len(whole) == 40 and len(part) == 24
    assert {job.identity for job in part} < {job.identity for job in whole}
    named = Selection("levin", images=["camera_kernel_04"])
    assert len(named.jobs(anew=True)) == 4  # computed all the same


def test_equal_selections_are_one_even_if_a_notebook_gave_a_list():
    assert {ONE, Selection("levin", images=("coins_kernel_03",))} == {ONE}


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("levine",), "unknown experiment 'levine'; choose one of levin, lai"),
        (("levin", "fast"), "unknown tier 'fast'; choose one of quick"),
        (("levin", "quick", "lewin"), "unknown data set 'lewin'; choose one of"),
        (
            ("levin", "quick", "lai"),
            "levin has no runs at tier quick on lai; it has laptop on levin, .*quick on synthetic",
        ),
        (
            ("levin", "quick", None, ["moon"]),
            "no runs at tier quick with images moon; choose such as camera_kernel_03, ",
        ),
        (("levin", "quick", None, None, 0), "seeds is 0; it must be at least 1"),
    ],
)
def test_what_does_not_exist_is_refused_where_it_is_built(arguments, named):
    with pytest.raises(InputError, match=named):
        Selection(*arguments)


def test_an_experiment_without_runs_at_a_tier_has_no_records_and_no_jobs(library):
    nothing = Selection("explorer", "laptop")
    assert nothing.parts() == [] and stored(nothing, library) == []
    with pytest.raises(InputError, match=r"explorer has no runs at tier laptop; it has .*quick on synthetic-levin"):
        nothing.jobs()


def test_a_run_that_another_experiment_wants_with_pictures_is_planned_with_them(monkeypatch):
    """Two experiments share a run under two names: S3 is "dropout only"."""
    experiments = {
        "lai": {"quick": (Part("synthetic-lai", (IMAGE, "people_01_kernel_01"), ("ours", "dropout-only")),)},
        "schedules": {"quick": (Part("synthetic-lai", (IMAGE,), ("S3", "ours"), pictures=1),)},
    }
    monkeypatch.setattr(plans, "EXPERIMENTS", experiments)
    wanted = {(job.problem.item.id, job.method): job.pictures for job in Selection("lai").jobs()}
    assert wanted == {
        (IMAGE, "ours"): 1,
        (IMAGE, "dropout-only"): 1,
        ("people_01_kernel_01", "ours"): 0,
        ("people_01_kernel_01", "dropout-only"): 0,
    }
    assert len({nameless(job.identity) for job in Selection("schedules").jobs()}) == 2


@pytest.fixture
def library(tmp_path):
    return Library(tmp_path)


def put(store, job, psnr):
    store.put(Record(job.identity, {"psnr_direct": psnr}, [[1.0]], 1.0, 2, job.seed, {}))


def test_stored_records_are_today_s_only(library):
    jobs = ONE.jobs()
    put(library.committed, jobs[0], 20.0)
    put(library.local, jobs[1], 21.0)
    put(library.local, Job(jobs[2].problem, jobs[2].method, "quick", SolverConfig(), jobs[2].seed), 22.0)
    assert sorted(record.scores["psnr_direct"] for record in stored(ONE, library)) == [20, 21]


def test_obtain_computes_only_what_is_missing(library, monkeypatch):
    selection = Selection("levin", images=["coins_kernel_03"], seeds=1)
    jobs = selection.jobs()
    for job in jobs:
        if job.method != "without-both":
            put(library.committed, job, 20.0)
    (missing,) = [job for job in jobs if job.method == "without-both"]
    asked = []

    def running(problem, method, tier, config, seed, *_, **__):
        job = Job(problem, method, tier, config, seed)
        asked.append(job.identity)
        made = Record(job.identity, {"psnr_direct": 25.0}, [[1.0]], 1.0, 2, seed, {})
        return SimpleNamespace(record=lambda: made)

    monkeypatch.setattr("mcdeconv.runs.campaign.running", in_one_step(running))
    found = obtain(selection, library=library)
    assert asked == [missing.identity]
    assert sorted(record.scores["psnr_direct"] for record in found) == [20] * (len(jobs) - 1) + [25]
    assert library.local.get(missing.identity) is not None and library.committed.get(missing.identity) is None
    asked.clear()
    obtain(Selection("levin", images=["coins_kernel_04"]), compute=False, library=library)
    assert asked == []


def test_shares_divide_the_runs_by_image():
    jobs = Selection("lai").jobs() + Selection("schedules").jobs()
    shares = [share(jobs, f"{i}/4") for i in range(1, 5)]
    assert sorted(str(job.identity) for own in shares for job in own) == sorted(str(job.identity) for job in jobs)
    for own in shares:
        for other in shares:
            if other is not own:
                assert not {j.problem.item.id for j in own} & {j.problem.item.id for j in other}


@pytest.mark.parametrize("wrong", ["", "0/4", "5/4", "1", "a/b", "-1/4", "1/0"])
def test_a_share_that_does_not_exist(wrong):
    with pytest.raises(InputError, match="does not exist"):
        share([], wrong)
