"""The commands that cards give, read by what `make` calls: they solve the runs that the card is about."""

import make
import pytest

from mcdeconv.paper import plans
from mcdeconv.paper.left_out import computed_anew
from mcdeconv.paper.selection import Selection

CASES = [(name, tier) for name, tiers in plans.EXPERIMENTS.items() for tier in tiers]


def options_of(command):
    program, what, *given = command.split()
    assert program == "make"
    names = {"TIER": "--tier", "DATASET": "--dataset", "IMAGES": "--images"}
    return [what, *(part for one in given for part in (names[one.split("=")[0]], one.split("=")[1]))]


def runs(parts):
    return {(part.dataset, image, method, seed) for part in parts for image in part.images or ("all",)
            for method in part.methods for seed in part.seeds}  # fmt: skip


@pytest.mark.parametrize(("name", "tier"), CASES)
def test_the_command_for_anew_solves_every_run_of_the_experiment(name, tier):
    goal = make.goal_of(make.parse(options_of(computed_anew([name], tier))))
    wanted = Selection(name, tier).parts()
    if goal.images is not None:  # then every image has a name
        wanted = Selection(name, tier, images=goal.images).parts()
    assert goal.mode == "reproduce" and name in goal.experiments
    solved = runs(goal.selections[name].parts(anew=True))
    assert solved == runs(wanted) and len(solved) >= len(runs(Selection(name, tier).parts()))
