"""Plans: what counts as done, what is solved, and which pages rest on what."""

import json
import os
from dataclasses import replace

import pytest
from pages import numbered
from plan import EXECUTED, PLAN, Goal, clear, make_plan, write_plan
from workflow_cases import SMALL, fake_record

from mcdeconv.core.config import SolverConfig
from mcdeconv.errors import InputError
from mcdeconv.paper import plans
from mcdeconv.paper.plans import Part
from mcdeconv.paper.selection import share
from mcdeconv.runs.library import Library


def plan_of(project, *arguments, **options):
    plan = make_plan(Goal(*arguments, **options), Library(project.root))
    clear(plan)
    write_plan(plan)
    return plan, json.loads(PLAN.read_text())


def test_an_experiment_is_solved_by_one_call(project):
    plan, content = plan_of(project, "reproduce")
    assert content["solves"].keys() == {"levin", "lai", "regularisation"}
    assert content["solves"]["levin"] == "levin --tier quick --local-only"
    assert sum(map(len, plan.jobs.values())) == 4 + 1 + 2
    assert content["pages"]["levin"]["solves"] == ["out/solved/levin"]
    assert content["pages"]["diagram"]["solves"] == content["pages"]["diagram"]["records"] == []


def test_a_page_is_the_same_before_and_after_its_runs_are_solved(project):
    """Else it would be made twice: after the runs, and at the next start."""
    _, before = plan_of(project, "reproduce")
    project.solve("levin", "lai", "regularisation")
    _, after = plan_of(project, "reproduce")
    assert after["solves"] == {} and before["pages"].keys() == after["pages"].keys()
    for page, content in after["pages"].items():
        assert content["rests_on"] == before["pages"][page]["rests_on"]
    assert len(after["pages"]["levin"]["records"]) == 4 and before["pages"]["levin"]["records"] == []


@pytest.mark.parametrize("harm", ["deleted", "damaged", "another configuration"])
def test_a_record_that_is_gone_asks_for_its_experiment_again(project, harm, monkeypatch):
    project.solve("levin", "lai", "regularisation")
    path = project.library.local.path(project.jobs("levin")[0].identity)
    if harm == "deleted":
        path.unlink()
    elif harm == "damaged":
        path.write_text("{")
    else:
        chosen = plans.chosen

        def shorter(method, tier, dataset):
            choice = chosen(method, tier, dataset)
            if isinstance(choice.config, SolverConfig):
                return replace(choice, config=choice.config.with_iterations(7))
            return replace(choice, config=replace(choice.config, iterations=3))

        monkeypatch.setattr(plans, "chosen", shorter)
    _, content = plan_of(project, "reproduce")
    everything = {"levin", "lai", "regularisation"}
    assert content["solves"].keys() == (everything if harm == "another configuration" else {"levin"})


def test_reproduce_is_not_content_with_committed_records_and_a_page_is(project):
    project.solve("levin", store=project.library.committed)
    _, content = plan_of(project, "reproduce")
    assert "levin" in content["solves"]
    _, page = plan_of(project, "page", wanted=numbered("table", 1))
    assert page["solves"] == {} and len(page["pages"]["levin"]["records"]) == 4
    assert content["pages"]["levin"]["rests_on"] != page["pages"]["levin"]["rests_on"]  # in another store


def test_the_book_solves_nothing_and_takes_what_there_is(project):
    project.solve("levin", leave=["leaves_kernel_01"])
    plan, content = plan_of(project, "book")
    assert content["solves"] == {} and plan.jobs == {}
    listed = content["pages"]["levin"]["records"]
    assert len(listed) == 2
    assert all(name.startswith("out/records/synthetic-levin/coins_kernel_01__") for name in listed)
    shown = content["pages"].keys()
    assert shown >= {"levin", "lai", "sampling", "claims", "diagram"}
    assert not shown & {"networks", "iterations"}  # no run of theirs: "not run"


def test_the_book_after_reproduce_rests_on_the_same(project, monkeypatch):
    """Committed records that `make reproduce` does not compute anew are no difference either."""
    more = Part("synthetic-levin", ("camera_kernel_01",), ("ours",), anew=False)
    monkeypatch.setitem(plans.EXPERIMENTS, "levin", {"quick": (*plans.EXPERIMENTS["levin"]["quick"], more)})
    for job in project.jobs("levin"):
        if job.identity.image == "camera_kernel_01":
            project.library.committed.put(fake_record(job.identity))
    project.solve("levin", "lai", "regularisation", leave=["camera_kernel_01"])
    _, reproduced = plan_of(project, "reproduce")
    _, book = plan_of(project, "book")
    for page, content in book["pages"].items():
        assert content == reproduced["pages"][page]
    assert len(book["pages"]["levin"]["records"]) == 5


def executed(project, name, failed=""):
    path = project.root / EXECUTED / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"cells": [], "metadata": {"failed": failed}}))
    return path


def test_a_page_whose_records_are_gone_is_taken_out_of_the_book(project):
    project.solve("levin")
    path = executed(project, "networks")
    plan_of(project, "reproduce", dataset="levin")
    assert path.exists()  # only the whole book knows that it is gone
    plan_of(project, "book")
    assert not path.exists()


def test_a_page_that_the_book_has_no_more_is_deleted(project):
    old, fine = executed(project, "table-1"), executed(project, "levin")
    plan_of(project, "reproduce")
    assert not old.exists() and fine.exists()


def test_a_page_that_failed_is_made_again(project):
    failed, fine = executed(project, "levin", "it failed"), executed(project, "kohler")
    plan_of(project, "book")
    assert not failed.exists() and fine.exists()


def test_further_records_of_a_page_are_noticed(project):
    project.solve("levin")
    _, before = plan_of(project, "book")
    digest = plans.chosen("ours", "laptop", "levin").config.digest()
    identity = project.jobs("levin")[0].identity
    more = replace(identity, dataset="levin", image="im05_flit01", method="ours", tier="laptop", config=digest)
    project.library.committed.put(fake_record(more))
    _, after = plan_of(project, "book")
    changed = {name for name in before["pages"] if before["pages"][name] != after["pages"][name]}
    assert {"levin", "claims"} <= changed
    assert not changed & {"lai", "diagram", "networks"}


def test_a_missing_benchmark_is_named_with_the_way_to_it(project):
    with pytest.raises(InputError, match=r"benchmark 'levin' is not in .*mcdeconv data fetch levin"):
        make_plan(Goal("reproduce", "laptop", "levin"), Library(project.root))


def test_a_missing_benchmark_does_not_stop_the_others(project, monkeypatch):
    both = plans.EXPERIMENTS["lai"] | {"laptop": plans.EXPERIMENTS["lai"]["quick"]}
    monkeypatch.setitem(plans.EXPERIMENTS, "lai", both)
    plan = make_plan(Goal("reproduce", "laptop"), Library(project.root))
    assert plan.solves().keys() == {"lai"}
    assert plan.unavailable.keys() == {"levin"} and "mcdeconv data fetch levin" in plan.unavailable["levin"]


def test_without_the_benchmark_a_page_is_made_from_stored_records(project):
    digest = plans.chosen("ours", "laptop", "levin").config.digest()
    identity = project.jobs("levin")[0].identity
    stored = replace(identity, dataset="levin", image="im05_flit01", tier="laptop", config=digest)
    project.library.committed.put(fake_record(stored))
    plan, content = plan_of(project, "page", "laptop", wanted=numbered("table", 1))
    assert plan.jobs == {} and "levin" in content["pages"]
    assert "mcdeconv data fetch levin" in plan.unavailable["levin"]


def test_a_page_without_runs_at_a_tier_says_which_it_has(project):
    with pytest.raises(InputError, match="lai has no runs at tier laptop; it has quick on synthetic-lai"):
        make_plan(Goal("page", "laptop", wanted=numbered("table", 2)), Library(project.root))


def test_a_selection_narrows_the_runs(project):
    plan, content = plan_of(project, "reproduce", dataset="levin", images=("coins_kernel_01",), seeds=3)
    assert {job.identity.image for job in plan.jobs["levin"]} == {"coins_kernel_01"}
    assert plan.jobs.keys() == {"levin"} and len(plan.jobs["levin"]) == 2 * 3
    assert content["solves"]["levin"].startswith(
        "levin --tier quick --dataset levin --images coins_kernel_01 --seeds 3"
    )
    assert json.loads(content["pages"]["levin"]["parameters"])["images"] == ["coins_kernel_01"]


def test_on_a_cluster_the_images_are_divided_and_no_run_is_in_two_shares(project):
    plan, content = plan_of(project, "reproduce", shards=3)
    assert content["solves"].keys() <= {f"shard-{i}-of-3" for i in (1, 2, 3)}
    shares = [arguments[-1] for _, arguments in plan.solves().values()]
    every = [job for name in SMALL for job in project.jobs(name)]
    found = [(shard, job.identity) for shard in shares for job in share(every, shard)]
    assert {identity for _, identity in found} == {job.identity for job in every}
    where = {}
    for shard, identity in found:
        assert where.setdefault((identity.dataset, identity.image), shard) == shard
    needed = {f"out/solved/{name}" for name, (own, _) in plan.solves().items() if "levin" in own}
    assert set(content["pages"]["levin"]["solves"]) == needed


def test_the_plan_of_the_whole_book_is_quick(project):
    """No notebook, no solving: what a second start has to wait for."""
    project.solve("levin", "lai", "regularisation")
    before = os.times().user
    plan_of(project, "reproduce")
    assert os.times().user - before < 5
