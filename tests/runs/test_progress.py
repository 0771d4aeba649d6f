"""Progress: what is done and missing, and the time that the rest takes, by hand-made runs."""

from types import SimpleNamespace

import pytest

from mcdeconv.runs.progress import Progress, duration, mean_seconds, measure
from mcdeconv.runs.records import Identity, Record


def identity(image, method="ours", tier="quick", config="c"):
    return Identity("levin", image, method, tier, 0, f"{config}-{method}", "input")


def record(image, seconds, method="ours", tier="quick"):
    return Record(identity(image, method, tier), {}, [[1.0]], seconds, 1, 0, {})


def job(image, method="ours", done=False, tier="quick", key=None):
    return SimpleNamespace(
        identity=key or identity(image, method, tier), method=method, tier=tier, done=lambda store: done
    )


KNOWN = mean_seconds([record("a", 10.0), record("b", 20.0), record("a", 40.0, "tv"), record("a", 900.0, tier="paper")])


def test_mean_seconds_are_those_of_tier_and_method():
    assert KNOWN["quick", "ours"] == 15 and KNOWN["quick", "tv"] == 40 and KNOWN["paper", None] == 900
    assert KNOWN["quick", None] == pytest.approx(70 / 3)


def test_the_missing_runs_take_what_those_before_took():
    jobs = [job("a", done=True), job("b"), job("c"), job("d", "tv")]
    assert measure(jobs, ["store"], KNOWN, processes=2) == Progress(4, 1, (15 + 15 + 40) / 2)


def test_a_method_that_never_ran_takes_what_the_tier_takes():
    assert measure([job("a", "S1")], ["store"], KNOWN, processes=1).seconds == pytest.approx(70 / 3)


def test_nothing_is_forecast_without_a_run_of_the_tier():
    found = measure([job("a", tier="laptop")], ["store"], KNOWN)
    assert found.seconds is None and "no run to go by" in str(found)


def test_a_run_that_several_experiments_want_counts_once():
    assert measure([job("a"), job("a")], ["store"], KNOWN, processes=1) == Progress(1, 0, 15)


def test_methods_that_come_to_the_same_take_the_time_of_one():
    keys = [Identity("levin", "a", method, "quick", 0, "same", "input") for method in ("S3", "dropout-only")]
    jobs = [job("a", key.method, key=key) for key in keys]
    assert measure(jobs, ["store"], {("quick", None): 30.0}, processes=1) == Progress(2, 0, 30)


def test_it_reads_well():
    assert str(Progress(4, 4, 0.0)) == "4 runs, all done"
    assert str(Progress(4, 1, 600.0)) == "4 runs, 1 done, 3 missing: about 10 min"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 s"), (89, "89 s"), (120, "2 min"), (5399, "90 min"), (7200, "2.0 h")]
)
def test_durations(seconds, text):
    assert duration(seconds) == text
