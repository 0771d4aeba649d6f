"""The explorer's grid and the scrubber's data: packed small, read back whole, refused when damaged."""

import json
from dataclasses import replace

import fake_runs
import numpy as np
import pytest

from mcdeconv.core.config import SolverConfig
from mcdeconv.core.presets import configure
from mcdeconv.core.schedules import Step
from mcdeconv.data.problem import pose
from mcdeconv.data.region import Region
from mcdeconv.errors import InputError
from mcdeconv.explorer import grid as explorer
from mcdeconv.explorer import packing
from mcdeconv.explorer.pictures import data_uri, pixels, png, webp
from mcdeconv.runs.run import kernel_protocol
from mcdeconv.scoring.metrics import psnr
from mcdeconv.scoring.protocols import protocol_of, score

REGION = Region(0, 0, 96, 96)
CELLS = {explorer.method_name(*cell): cell for cell in explorer.cells()}


@pytest.fixture(scope="module")
def item():
    return fake_runs.item()


@pytest.fixture(scope="module")
def runs(item):
    return fake_runs.explorer_runs(item, seeds=(0, 1))


@pytest.fixture(scope="module")
def grid(item, runs):
    return packing.pack_grid(item, *runs)


@pytest.fixture
def stored(grid, tmp_path):
    path = tmp_path / "grid.json"
    explorer.save_grid(path, grid)
    return path


def cell_of(grid, p0, sigma0, seed):
    return next(c for c in grid["cells"] if (c["p0"], c["sigma0"], c["seed"]) == (p0, sigma0, seed))


def test_the_grid_has_the_size_that_was_asked_for():
    assert len(explorer.P0) >= 6 and len(explorer.SIGMA0) >= 6 and len(explorer.GRID_SEEDS) >= 2
    assert len(set(explorer.cells())) == len(explorer.P0) * len(explorer.SIGMA0)
    assert explorer.DEFAULT in explorer.cells()


@pytest.mark.parametrize("kernel_size", [9, 75])
def test_p0_and_sigma0_hold_for_kernels_of_any_size(kernel_size):
    config = explorer.with_p0_sigma0(configure("ours", "quick"), 0.2, 0.02)
    noise = config.for_kernel_size(config.input_noise_std, kernel_size)
    assert (noise(1), config.dropout_rate(1)) == (0.02, 0.2)
    assert (noise(config.iterations), config.dropout_rate(config.iterations)) == (0.001, 0.001)
    assert noise.at == configure("ours", "quick").input_noise_std.at


def test_off_is_off_to_the_end():
    config = explorer.with_p0_sigma0(SolverConfig(), 0.0, 0.0)
    assert config.dropout_rate == Step(0.0, 0.0, 1500)
    assert config.for_kernel_size(config.input_noise_std, 9) == Step(0.0, 0.0, 3500)


def test_every_run_becomes_a_cell_with_its_scores(item, runs, grid):
    assert len(grid["cells"]) == 72 and grid["seeds"] == [0, 1]
    for record in runs[0]:
        cell = cell_of(grid, *CELLS[record.identity.method], record.identity.seed)
        for name in ("psnr", "ssim"):
            assert cell[name] == pytest.approx(record.scores[f"{name}_sparse"], abs=1e-3)
        assert cell["psnr_direct"] == pytest.approx(record.scores["psnr_direct"], abs=1e-3)
        assert cell["psnr_curve"][-1] == pytest.approx(cell["psnr_direct"], abs=0.01)
    assert 10 < grid["psnr_blurred"] < 30


def test_pictures_stay_close_to_their_source(item, runs, grid):
    cell = cell_of(grid, *explorer.DEFAULT, 0)
    trajectory = next(runs[1](r) for r in runs[0] if CELLS[r.identity.method] == explorer.DEFAULT)
    assert psnr(pixels(grid["sharp"]) / 255, item.sharp) > 35
    kernel = trajectory.kernels[-1]
    np.testing.assert_allclose(pixels(cell["kernel"]) / 255, kernel / kernel.max(), atol=0.5 / 255 + 1e-6)
    assert pixels(grid["kernel_true"]).argmax() == item.kernel.argmax()


def test_a_cells_picture_is_what_its_psnr_was_measured_on(item, runs, grid):
    record = next(r for r in runs[0] if CELLS[r.identity.method] == explorer.DEFAULT)
    measured = kernel_protocol(item, np.array(record.kernel))["psnr_sparse"]
    image = packing.restored(item, np.array(record.kernel))
    assert score(image, item, protocol_of(item.dataset)).psnr == pytest.approx(measured, abs=1e-6)
    assert psnr(pixels(cell_of(grid, *explorer.DEFAULT, 0)["image"]) / 255, np.clip(image, 0, 1)) > 35


def larger(item, margin=24):
    """The image with a mirrored margin, and the part of it that tier `quick` solves."""
    whole = replace(item, **{name: np.pad(getattr(item, name), margin, "reflect") for name in ("blurred", "sharp")})
    region = pose(whole, 96).region
    part = replace(item, blurred=whole.blurred[region.slices], sharp=whole.sharp[region.slices])
    return whole, region, part


def test_a_region_has_the_deviation_and_the_whole_image_the_picture(item):
    whole, region, part = larger(item)
    grid = packing.pack_grid(whole, *fake_runs.explorer_runs(part, seeds=(0,)))
    cell = cell_of(grid, *explorer.DEFAULT, 0)
    assert grid["size"] == [144, 144] and grid["region"] == [region.top, region.left, 96, 96]
    assert pixels(cell["image"]).shape == pixels(grid["sharp"]).shape == (144, 144)
    assert pixels(cell["std"]).shape == (96, 96)
    explorer.check_grid(json.loads(json.dumps(grid)))


def test_runs_of_another_region_are_named(item):
    whole, _, _ = larger(item)
    with pytest.raises(InputError, match=r"shows 144×144 px where tier quick solves 96×96; delete its record"):
        packing.pack_grid(whole, *fake_runs.explorer_runs(whole, seeds=(0,)))


def test_deviation_maps_share_one_white(runs, grid):
    brightest = np.percentile([runs[1](record).stds[-1] for record in runs[0]], 99.5) / 255 * 0.1
    assert grid["std_white"] >= brightest
    map_, source = pixels(cell_of(grid, 0.3, 0.01, 0)["std"]), runs[1](runs[0][26]).stds[-1]
    assert CELLS[runs[0][26].identity.method] == (0.3, 0.01)
    assert abs(map_ * grid["std_white"] - source * 0.1).mean() / 255 < 0.002


def test_a_small_budget_costs_quality_then_the_other_seeds_pictures(item, runs, grid, monkeypatch):
    monkeypatch.setattr(packing, "QUALITIES", (88, 76))
    monkeypatch.setattr(packing, "ALL_SEEDS", (88, 76))
    whole = len(json.dumps(grid))
    poorer = packing.pack_grid(item, *runs, budget=round(0.9 * whole))
    assert all(cell["image"] for cell in poorer["cells"]) and len(json.dumps(poorer)) <= 0.9 * whole
    first = packing.pack_grid(item, *runs, budget=round(0.5 * whole))
    assert {bool(cell["image"]) for cell in first["cells"] if cell["seed"] == 0} == {True}
    assert {cell["image"] for cell in first["cells"] if cell["seed"] == 1} == {None}
    explorer.check_grid(first)


def test_three_images_fit_a_page():
    assert 3 * packing.BUDGET <= 2_200_000


def test_a_missing_run_is_named(item, runs):
    with pytest.raises(InputError, match=r"lacks 1 of 72 runs, the first p0=0,sigma0=0 with seed 0; `make explorer`"):
        packing.pack_grid(item, runs[0][1:], runs[1])
    with pytest.raises(InputError, match="lacks 72 of 72 runs"):
        packing.pack_grid(item, [], runs[1])
    with pytest.raises(InputError, match="seed 0 has no trajectory"):
        packing.pack_grid(item, runs[0], lambda record: None)


def test_a_grid_is_read_as_it_was_written(grid, stored):
    assert explorer.load_grid(stored) == grid == explorer.load_all(stored.parent)[0]
    assert explorer.load_all(stored.parent, ["grid"]) == [grid]


def test_the_grid_on_which_dropout_and_noise_gain_most_comes_first(grid, tmp_path):
    without = next(c["psnr"] for c in grid["cells"] if (c["p0"], c["sigma0"]) == (0, 0))
    dull = [c | {"psnr": without} for c in grid["cells"]]
    for name, cells in (("a", dull), ("b", grid["cells"])):
        explorer.save_grid(tmp_path / f"{name}.json", grid | {"image": name, "cells": cells})
    gained = [
        cell_of(grid, *explorer.DEFAULT, seed)["psnr"] - cell_of(grid, 0.0, 0.0, seed)["psnr"] for seed in grid["seeds"]
    ]
    assert explorer.gain_of_randomness(grid) == pytest.approx(np.median(gained)) and np.median(gained) > 0
    assert [one["image"] for one in explorer.load_all(tmp_path)] == ["b", "a"]


def test_a_damaged_or_foreign_file_is_one_clear_line(grid, stored):
    half = stored.read_text()[: stored.stat().st_size // 2]
    cases = {
        "its format is 1, this version reads 2": json.dumps(grid | {"format": 1}),
        "it has 71 of 72 runs": json.dumps(grid | {"cells": grid["cells"][1:]}),
        "it lacks 'kernel_true'": json.dumps({k: v for k, v in grid.items() if k != "kernel_true"}),
        "a picture is damaged": json.dumps(grid | {"sharp": grid["sharp"][:400]}),
        "neither WebP nor PNG": json.dumps(grid | {"blurred": "AAAA"}),
        "instead of 96×96": json.dumps(grid | {"blurred": grid["kernel_true"]}),
        "another length": json.dumps(grid | {"iterations": [1, 2]}),
        "Unterminated string": half,
        "NaN": json.dumps(grid | {"psnr_blurred": float("nan")}),
        "not a usable": "[]",
    }
    for reason, text in cases.items():
        stored.write_text(text)
        with pytest.raises(InputError, match=reason) as caught:
            explorer.load_grid(stored)
        assert "\n" not in str(caught.value) and str(stored) in str(caught.value)
        assert "make explorer" in str(caught.value)


def test_no_grid_at_all_says_how_to_get_one(tmp_path):
    with pytest.raises(InputError, match="make explorer"):
        explorer.load_all(tmp_path)
    with pytest.raises(InputError, match=r"there is no explorer's grid .*nothing.json"):
        explorer.load_all(tmp_path, ["nothing"])


def test_recomputed_runs_stand_beside_the_stored(grid, runs):
    again = replace(runs[0][3], scores=runs[0][3].scores | {"psnr_sparse": 21.0})
    other = replace(again, identity=replace(again.identity, image="coins_kernel_04"))
    (row,) = explorer.compare_reruns([grid], [again, other])
    assert (row["image"], row["p0"], row["sigma0"], row["seed"]) == (grid["image"], *explorer.cells()[3], 0)
    assert row["difference"] == pytest.approx(21.0 - row["stored"])


def test_a_grid_says_where_it_comes_from(grid):
    summary, facts = explorer.provenance_of([grid, grid])
    assert summary == "Provenance: 144 runs, 2 images, tier quick"
    assert dict(facts)["commit"] == "0123456789" and dict(facts)["seconds"] == f"{144 * 9.5:,.0f} in all"


def test_the_scrubber_has_a_picture_at_every_moment(item):
    runs = fake_runs.scrubber_runs(item)
    data = packing.scrubber(item, REGION, runs)
    assert [run["label"] for run in data["runs"]] == ["ours", "without dropout and noise"]
    for run, trajectory in zip(data["runs"], runs.values(), strict=True):
        counts = {len(run[name]) for name in ("images", "stds", "kernels", "spread", "picture_iterations")}
        assert counts == {len(fake_runs.PICTURES)}
        assert psnr(pixels(run["images"][2]) / 255, trajectory.images[2] / 255) > 32
    json.dumps(data, allow_nan=False)
    shorter = replace(runs["ours"], picture_iterations=runs["ours"].picture_iterations + 1)
    with pytest.raises(InputError, match="different iterations"):
        packing.scrubber(item, REGION, runs | {"ours": shorter})


def test_the_scrubber_shows_the_region_that_was_solved(item):
    whole, region, part = larger(item)
    data = packing.scrubber(whole, region, fake_runs.scrubber_runs(part))
    assert data["size"] == [96, 96]
    assert psnr(pixels(data["sharp"]) / 255, part.sharp) > 35
    own = score(part.blurred, whole, protocol_of(item.dataset), region)
    assert data["psnr_blurred"] == pytest.approx(own.psnr, abs=1e-3)


def test_the_scrubber_takes_the_images_with_both_runs(item):
    runs = fake_runs.scrubber_runs(item)
    records = [fake_runs.record(item, method, 0, trajectory) for method, trajectory in runs.items()]
    (data,) = packing.scrubbers(records, lambda record: runs[record.identity.method])
    assert data["image"] == item.id
    with pytest.raises(InputError, match="no image has runs of all of ours, without-both"):
        packing.scrubbers(records[:1], lambda record: runs["ours"])


def test_numbers_that_are_not_there_are_null():
    assert packing.rounded([1.23456, float("nan"), float("inf")]) == [1.235, None, None]


def test_pictures_say_what_they_are():
    grey = np.linspace(0, 1, 64).reshape(8, 8)
    assert data_uri(webp(grey, 80)).startswith("data:image/webp;base64,")
    assert data_uri(png(grey)).startswith("data:image/png;base64,")
    assert not pixels(png(np.zeros((3, 3)))).any()
    with pytest.raises(ValueError, match="neither"):
        pixels("R0lGODlh")
