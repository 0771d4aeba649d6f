"""Plans: what counts as done, what is solved, and which pages rest on what."""

import json
import os
from dataclasses import replace

import pytest
from pages import page_of_table
from plan import PLAN, SOLVED, drop_pages, make_plan, refresh_manifests, write_plan
from request import Request
from workflow_cases import SMALL, fake_record

from mcdeconv.errors import InputError
from mcdeconv.paper import plans
from mcdeconv.paper.plans import Part
from mcdeconv.runs.library import Snapshot


def plan_of(project, *arguments, **options):
    plan = make_plan(Request(*arguments, **options), Snapshot(project.root))
    refresh_manifests(plan)
    write_plan(plan)
    return plan, json.loads(PLAN.read_text())


def manifests():
    return {str(path.relative_to(SOLVED)): path.stat().st_mtime_ns for path in SOLVED.rglob("*.json")}


def test_an_experiment_is_solved_by_one_call(project):
    plan, content = plan_of(project, "reproduce")
    assert content["solves"].keys() == {"quick/levin", "quick/lai", "quick/regularisation"}
    assert content["solves"]["quick/levin"] == "levin --tier quick --local-only"
    assert len(plan.jobs) == 4 + 1 + 2
    assert content["pages"]["table-1"]["manifests"] == ["out/solved/quick/levin.json"]
    assert content["pages"]["figure-2"]["manifests"] == []
    assert not manifests()


def test_what_is_done_has_a_manifest_that_stays(project):
    project.solve("levin")
    plan_of(project, "reproduce")
    first = manifests()
    assert first.keys() == {"quick/levin.json"}
    plan_of(project, "reproduce")
    assert manifests() == first


@pytest.mark.parametrize("harm", ["deleted", "damaged", "another configuration"])
def test_a_record_that_is_gone_asks_for_its_experiment_again(project, harm, monkeypatch):
    project.solve("levin", "lai")
    plan_of(project, "reproduce")
    path = project.library.local.path(project.jobs("levin")[0].identity)
    if harm == "deleted":
        path.unlink()
    elif harm == "damaged":
        path.write_text("{")
    else:
        configured = plans.config_of
        monkeypatch.setattr(plans, "config_of", lambda method, tier: configured(method, tier).with_iterations(7))
    plan_of(project, "reproduce")
    assert "quick/levin.json" not in manifests()
    assert ("quick/lai.json" in manifests()) == (harm != "another configuration")


def test_reproduce_is_not_content_with_committed_records_and_a_page_is(project):
    project.solve("levin", store=project.library.committed)
    plan, _ = plan_of(project, "reproduce")
    assert not manifests() and len(plan.stores) == 1
    plan_of(project, "page", page=page_of_table(1))
    assert manifests().keys() == {"quick/levin.json"}


def test_the_book_solves_nothing_and_takes_what_there_is(project):
    project.solve("levin", leave=["leaves_kernel_01"])
    plan, content = plan_of(project, "book")
    assert content["solves"] == {} and plan.jobs == []
    listed = json.loads((SOLVED / "quick/levin.json").read_text())["files"]
    assert len(listed) == 2 and all(name.startswith("synthetic-levin/coins_kernel_01__") for name in listed)
    shown = content["pages"].keys()
    assert shown >= {"table-1", "tables-2-3", "claims", "figure-2", "figure-4"}
    assert not shown & {"figure-1", "figure-3", "figure-5", "iterations"}  # no run of theirs: "not run"


def test_the_book_after_reproduce_rests_on_the_same(project):
    project.solve("levin", "lai", "regularisation")
    _, reproduced = plan_of(project, "reproduce")
    first = manifests()
    _, book = plan_of(project, "book")
    assert manifests() == first | {name: time for name, time in manifests().items() if name not in first}
    for page, content in book["pages"].items():
        assert content == reproduced["pages"][page]


def test_committed_runs_that_reproduce_does_not_repeat_change_nothing_between_the_two(project, monkeypatch):
    more = Part("synthetic-levin", ("camera_kernel_01",), ("ours",), anew=False)
    whole = {"quick": (*plans.EXPERIMENTS["levin"]["quick"], more)}
    monkeypatch.setitem(plans.EXPERIMENTS, "levin", whole)
    for job in project.jobs("levin"):
        if job.identity.image == "camera_kernel_01":
            project.library.committed.put(fake_record(job.identity))
    project.solve("levin", "lai", "regularisation", leave=["camera_kernel_01"])
    _, reproduced = plan_of(project, "reproduce")
    first = manifests()
    _, book = plan_of(project, "book")
    assert {name: manifests()[name] for name in first} == first
    assert book["pages"]["table-1"] == reproduced["pages"]["table-1"]


def test_a_page_whose_records_are_gone_is_taken_out_of_the_book(project):
    executed = project.root / "out/pages/figure-1.ipynb"
    executed.parent.mkdir(parents=True)
    executed.write_text("{}")
    drop_pages(make_plan(Request("reproduce", dataset="levin"), Snapshot(project.root)))
    assert executed.exists()  # only the whole book knows that it is gone
    drop_pages(make_plan(Request("book"), Snapshot(project.root)))
    assert not executed.exists()


def test_further_records_of_a_page_are_noticed(project):
    project.solve("levin")
    _, before = plan_of(project, "book")
    job = project.jobs("levin")[0]
    project.library.committed.put(fake_record(replace(job.identity, dataset="levin", tier="paper")))
    _, after = plan_of(project, "book")
    changed = {name for name in before["pages"] if before["pages"][name] != after["pages"][name]}
    assert {"table-1", "figure-4", "claims"} <= changed
    assert not changed & {"tables-2-3", "figure-2", "figure-5"}


def test_a_missing_benchmark_is_named_with_the_way_to_it(project):
    with pytest.raises(InputError, match=r"benchmark 'levin' is not in .*mcdeconv data fetch levin"):
        make_plan(Request("reproduce", "laptop", "levin"), Snapshot(project.root))


def test_a_missing_benchmark_does_not_stop_the_others(project, monkeypatch):
    both = plans.EXPERIMENTS["lai"] | {"laptop": plans.EXPERIMENTS["lai"]["quick"]}
    monkeypatch.setitem(plans.EXPERIMENTS, "lai", both)
    plan = make_plan(Request("reproduce", "laptop"), Snapshot(project.root))
    assert [solve.name for solve in plan.solves] == ["laptop/lai"]
    assert len(plan.unavailable) == 1 and "mcdeconv data fetch levin" in plan.unavailable[0]


def test_without_the_benchmark_a_page_is_made_from_stored_records(project):
    digest = plans.config_of("ours", "laptop").digest()
    identity = project.jobs("levin")[0].identity
    stored = replace(identity, dataset="levin", image="im05_flit01", tier="laptop", config=digest)
    project.library.committed.put(fake_record(stored))
    plan, content = plan_of(project, "page", "laptop", page=page_of_table(1))
    assert plan.solves == () and "table-1" in content["pages"]
    assert "mcdeconv data fetch levin" in plan.unavailable[0]


def test_a_selection_narrows_the_runs(project):
    plan, content = plan_of(project, "reproduce", dataset="levin", images=("coins_kernel_01",), seeds=3)
    assert {job.identity.image for job in plan.jobs} == {"coins_kernel_01"} and len(plan.jobs) == 2 * 3
    (name,) = content["solves"]
    assert name.startswith("quick/levin-")
    assert json.loads(content["pages"]["table-1"]["parameters"])["images"] == ["coins_kernel_01"]


def test_on_a_cluster_the_images_are_divided_and_no_run_is_in_two_shares(project):
    plan, content = plan_of(project, "reproduce", shards=3)
    identities = [job.identity for solve in plan.solves for job in solve.jobs]
    every = {job.identity for name in SMALL for job in project.jobs(name)}
    assert set(identities) == every
    where = {}
    for solve in plan.solves:
        for job in solve.jobs:
            assert where.setdefault((job.identity.dataset, job.identity.image), solve.name) == solve.name
    assert len(content["pages"]["table-1"]["manifests"]) == 3
    assert "--shard 2/3" in content["solves"]["quick/shard-2-of-3"]


def test_the_plan_of_the_whole_book_is_quick(project):
    """No notebook, no solving: what a second start has to wait for."""
    project.solve("levin", "lai", "regularisation")
    before = os.times().user
    plan_of(project, "reproduce")
    assert os.times().user - before < 5
