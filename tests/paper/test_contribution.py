"""The order of a contribution is that of the plan, and every run of it is one that a page or a study asks for."""

from collections import Counter
from pathlib import Path

from mcdeconv.data.datasets.groups import CATEGORIES, LAI_20
from mcdeconv.paper.contribution import LAI, TRANCHES, lai
from mcdeconv.runs.contribute import Tranche

PLAN = Path(__file__).parents[2] / "book/plan.md"


def test_lais_images_are_those_of_the_tables_and_balanced_from_the_start():
    assert sorted(LAI) == sorted(LAI_20)
    assert [image.split("_")[0] for image in LAI[:5]] == list(CATEGORIES) and all("kernel_02" in i for i in LAI[:5])
    assert lai(3)[0] == f"{CATEGORIES[0]}_03_kernel_03"


def test_the_plan_names_what_comes_first():
    words = PLAN.read_text(encoding="utf-8")
    for said in ("im05_flit05", "im07_flit01", "`dropout-only`", "`ren+mc`", "scene 1", "SSIM", "Figures 9 and 10"):
        assert said in words


def test_tranches_have_names_of_their_own():
    assert all(isinstance(tranche, Tranche) for tranche in TRANCHES)
    assert Counter(tranche.title for tranche in TRANCHES).most_common(1)[0][1] == 1


def test_runs_on_embedded_images_can_be_planned_without_any_benchmark(monkeypatch, tmp_path):
    monkeypatch.setenv("MCDECONV_DATA", str(tmp_path))
    (embedded,) = [tranche for tranche in TRANCHES if "embedded" in tranche.title]
    assert {job.seed for job in embedded.jobs()} == {2, 3}


def test_of_the_benchmarks_the_planned_runs(benchmark_data, monkeypatch):
    monkeypatch.setenv("MCDECONV_DATA", str(benchmark_data))
    by_title = {tranche.title: tranche for tranche in TRANCHES}
    first = by_title["the paper's settings on two images"].jobs()
    assert len(first) == 8 and {job.tier for job in first} == {"paper"} and {job.pictures for job in first} == {1}
    switched = [job for job in by_title["the switch to SSIM"].jobs() if job.method.endswith("+ssim")]
    assert len(switched) == 48 and {job.config.ssim_after for job in switched} == {500}
