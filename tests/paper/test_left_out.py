"""What a tier leaves out is counted from the plan, never typed."""

import pytest
from test_card import record

from mcdeconv.core.presets import TIERS, configure
from mcdeconv.paper import plans
from mcdeconv.paper.left_out import computed_anew, fewer_runs, left_out, smaller
from mcdeconv.paper.plans import Part

PAPER = (Part("levin", None, ("ours",), (0, 1, 2)), Part("lai", ("text_01_kernel_01",), ("ours", "tv")))


@pytest.fixture
def plan(monkeypatch):
    """Sets what the experiment `levin` has at tier quick; at tier paper it has PAPER."""

    def put(*parts):
        monkeypatch.setitem(plans.EXPERIMENTS, "levin", {"quick": parts, "paper": PAPER})

    return put


def test_fewer_images_and_seeds_are_counted_by_benchmark_and_method(plan):
    plan(Part("synthetic-levin", ("coins_kernel_03", "coins_kernel_04"), ("ours", "l0"), (0, 1)))
    assert fewer_runs("levin", "quick") == (
        "Runs of the experiment levin: "
        "levin, ours: 4 runs (2 images, 2 seeds) instead of 96 runs (32 images, 3 seeds); "
        "lai, ours and tv: nothing instead of 1 run (1 image, 1 seed)."
    )


def test_a_tier_with_as_many_runs_leaves_none_out(plan):
    plan(*PAPER)
    assert fewer_runs("levin", "quick") == ""


def test_an_experiment_that_the_paper_has_not_leaves_nothing_out():
    assert fewer_runs("explorer", "quick") == ""


@pytest.mark.parametrize("name", plans.EXPERIMENTS)
def test_every_experiment_can_be_said_in_words(name):
    for tier in plans.EXPERIMENTS[name]:
        said = fewer_runs(name, tier)
        assert said == "" or (said.startswith(f"Runs of the experiment {name}: ") and tier != "paper")


def test_a_data_set_with_settings_of_its_own_is_said_apart():
    """Tier laptop runs 5,000 iterations on Lai's images, as the paper does, and fewer on Levin's."""
    said = left_out("laptop", [record(), record(dataset="lai")])
    on_lai, on_levin = said.split("On levin: ")
    assert on_lai.startswith("On lai: ") and "iterations" not in on_lai
    assert f"iterations {TIERS['laptop'].reduction.iterations:,} instead of 5,000" in on_levin


def test_every_setting_that_a_tier_changes_is_named():
    said = smaller(configure("ours", "quick"))
    for name in (
        "channels in G_x",
        "levels in G_x",
        "skip channels",
        "iterations",
        "updates joint",
        "G_k fully-connected",
    ):
        assert name in said
    assert smaller(configure("ours", "paper")) == ""


def test_what_is_taken_as_stored_is_computed_anew_only_where_its_images_are_named(plan):
    plan(Part("synthetic-levin", ("a", "b"), ("ours",)))
    assert computed_anew(["levin"], "quick") == "make reproduce TIER=quick DATASET=levin"
    plan(Part("synthetic-levin", ("a", "b"), ("ours",)), Part("synthetic-levin", ("c",), ("ours",), anew=False))
    assert computed_anew(["levin"], "quick") == "make reproduce TIER=quick DATASET=levin IMAGES=a,b,c"
    assert (
        computed_anew(["ablation"], "quick") == computed_anew(["levin", "lai"], "quick") == "make reproduce TIER=quick"
    )
