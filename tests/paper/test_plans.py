"""Which runs the tables and figures rest on."""

from collections import Counter

import pytest

from mcdeconv.core.config import SolverConfig
from mcdeconv.core.presets import configure
from mcdeconv.data import datasets
from mcdeconv.data.datasets.groups import LAI_20, LEVIN_SCENES
from mcdeconv.paper import plans
from mcdeconv.paper.selection import Selection
from mcdeconv.runs.records import Identity

EMBEDDED = [name for name in plans.EXPERIMENTS if name != "lai_real"]


@pytest.mark.parametrize("experiment", EMBEDDED)
def test_every_quick_plan_can_be_made_without_a_download(experiment):
    jobs = Selection(experiment).jobs()
    assert jobs
    assert all(job.problem.item.dataset.startswith("synthetic-") for job in jobs)
    assert max(Counter(job.identity for job in jobs).values()) == 1
    assert [job.seed for job in jobs] == sorted(job.seed for job in jobs)


@pytest.mark.parametrize("experiment", EMBEDDED)
def test_every_image_of_the_quick_plans_exists(experiment):
    for part in Selection(experiment).parts():
        assert set(part.images or ()) <= set(datasets.names(part.dataset))


def test_the_real_benchmarks_are_whole():
    (ours, *_) = Selection("levin", "paper").parts()
    assert ours.images is None and ours.seeds == (0, 1, 2)
    scenes = sum(LEVIN_SCENES.values(), ())
    assert len(scenes) == 32 and {"im05_flit01", "im08_flit08"} <= set(scenes)


def test_the_paper_s_own_image_is_tried_ten_times():
    (part,) = Selection("randomisation", "paper").parts()
    assert part.images == ("manmade_01_kernel_01",) and len(part.seeds) == 10  # 3.5


def test_the_most_pictures_win():
    ours = [job for job in plans.jobs([*Selection("lai").parts(), *Selection("regularisation").parts()], "quick")]
    shown = [job for job in ours if job.problem.item.id == plans.SHOWN and job.method == "ours"]
    assert [job.pictures for job in shown] == [plans.PICTURES]


def test_cells_of_the_grid_are_configurations_of_their_own():
    config = plans.chosen("p0=0.1,sigma0=0.05", "quick", "synthetic-levin").config
    base = configure("ours", "quick")
    assert config.dropout_rate(1) == 0.1 and config.dropout_rate(base.iterations) == 0.001
    assert config.for_kernel_size(config.input_noise_std, 13)(1) == 0.05
    assert plans.chosen("ours", "quick", "synthetic-levin").config == base and isinstance(config, SolverConfig)
    assert len(plans.jobs([plans.GRID], "quick")) == 6 * 6 * 2 * len(plans.EXPLORED)


def test_an_image_that_only_a_figure_shows_is_in_no_mean_over_a_data_set():
    def key(dataset, image, tier="laptop", seed=0):
        return Identity(dataset, image, "ours", tier, seed, "c" * 12, "i" * 12)

    assert plans.is_tabled(key("lai", "natural_02_kernel_02")) and not plans.is_tabled(key("lai", plans.SHOWN))
    assert not plans.is_tabled(key("lai", plans.TRIALS, seed=1))  # Figure 9 has more seeds of one of the 20
    assert plans.is_tabled(key("levin", "im05_flit01", seed=2)) and plans.is_tabled(key("lai", "any", "external"))
    assert {image for image, _ in plans.planned_for_tables("lai", "laptop")} == set(LAI_20)
    assert plans.planned_for_tables("levin", "paper") is None
