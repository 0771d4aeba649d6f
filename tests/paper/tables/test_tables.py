"""Tables 1–7 with no record, with few and with all, against pandas over the same records and the paper's files."""

import re

import numpy as np
import pandas as pd
import pytest
from table_cases import drawn, everything, few, record

from mcdeconv.core.networks import ImageNet, build_kernel_net
from mcdeconv.core.presets import configure
from mcdeconv.data.datasets.groups import CATEGORIES
from mcdeconv.errors import InputError
from mcdeconv.files import write_csv
from mcdeconv.paper import tables
from mcdeconv.paper.tables import error_ratio, running_time, scores
from mcdeconv.paper.tables.equality import equality
from mcdeconv.paper.tables.paper import NUMBERS, look_up, read_table
from mcdeconv.runs.library import Library
from mcdeconv.studies.benchmark import ALONE, TOGETHER, timings
from mcdeconv.studies.equality import COMPARED

MEASURES = COMPARED[()]


@pytest.fixture(scope="module")
def all_records():
    return everything()


@pytest.fixture(scope="module")
def frame(all_records):
    """The same records as tidy data."""
    rows = [r.row() | {"category": r.identity.image.split("_")[0]} for r in all_records]
    return pd.DataFrame(rows)


def of_run(grid, head, protocol, tier):
    """The row of a method that was run here."""
    found = [
        row for row in grid.rows
        if row.kind == "run-here" and row.head.startswith(head) and row.cells[0].text == protocol
        and f"tier {tier}" in row.cells[-1].text
    ]  # fmt: skip
    assert len(found) == 1
    return found[0].cells


def mean_of(frame, column, **where):
    for name, wanted in where.items():
        frame = frame[frame[name] == wanted]
    return frame.groupby("image")[column].mean().mean()


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("records", [list, few, everything], ids=["none", "few", "all"])
def test_every_table_shows_with_the_papers_rows_whole(number, records):
    page = tables.table(number, records())
    shown = read_table(number)
    text = page[f"table-{number}"].text()
    for cell in shown:
        assert cell.printed in text and cell.method in text
    html = page._repr_html_()
    assert html.count("<th ") == html.count('scope="')
    assert len(re.findall(r'<table id="([^"]+)"', html)) == len(set(re.findall(r'<table id="([^"]+)"', html)))
    assert ("not run" in text) == (records is not everything)


@pytest.mark.parametrize("number", range(1, 7))
def test_cited_numbers_stand_in_their_places(number):
    """Every cell of the CSV once, found again by its row's place and its column."""
    found = 0
    for row in tables.table(number, [])[f"table-{number}"].rows:
        if row.kind == "cited":
            found += sum(len(cell.text.split(" / ")) for cell in row.cells[1:-1])
            assert row.cells[-1].text.startswith(f"cited: Table {number}, ")
    assert found == len(read_table(number))


def test_best_and_second_best_are_those_of_the_paper():
    rows = {(row.head, row.cells[0].text): row.cells[1] for row in tables.table(1, []).grids[0].rows}
    ours = "Ours, the paper's method"
    assert rows[ours, "direct"].mark == "best" and rows[ours, "kernel (two stages)"].mark == "second"
    assert sum(cell.mark != "" for cell in rows.values()) == 2


def test_table_1_is_the_mean_over_images_of_their_seeds(all_records, frame):
    grid = tables.table(1, all_records)["table-1"]
    for protocol, suffix in (("kernel (two stages)", "sparse"), ("direct", "direct")):
        cells = of_run(grid, "ours", protocol, "paper")
        for cell, metric in zip(cells[1:3], ("psnr", "ssim"), strict=True):
            wanted = mean_of(frame, f"{metric}_{suffix}", dataset="levin", tier="paper", method="ours")
            assert cell.value == pytest.approx(wanted)
        assert cells[-1].detail == "32 of 32 images, 2 seeds"


def test_an_output_on_a_region_has_its_own_row_and_no_ssim(all_records):
    cells = of_run(tables.table(1, all_records)["table-1"], "ours", "direct, on the region solved", "laptop")
    assert cells[1].value is not None and cells[2].value is None


@pytest.mark.parametrize(("number", "metric"), [(2, "psnr"), (3, "ssim")])
def test_tables_2_and_3_are_means_by_category(all_records, frame, number, metric):
    cells = of_run(tables.table(number, all_records)[f"table-{number}"], "ours", "kernel (two stages)", "paper")
    ours = frame[(frame["dataset"] == "lai") & (frame["tier"] == "paper") & (frame["method"] == "ours")].copy()
    outliers = ours["category"] == "saturated"
    ours["score"] = np.where(outliers, ours[f"{metric}_outliers"], ours[f"{metric}_hyper-laplacian"])
    means = ours.groupby(["category", "image"])["score"].mean().groupby("category").mean()
    assert [cell.value for cell in cells[1:6]] == pytest.approx([means[name] for name in CATEGORIES])
    assert cells[6].value == pytest.approx(means.mean())
    assert "20 images" in cells[1].detail and "100 images" in cells[6].detail


def test_a_lower_tier_or_an_embedded_image_is_never_in_a_row_of_tier_paper():
    page = tables.table(1, few())
    not_run = [row for row in page["table-1"].rows if row.kind == "not-run"]
    assert [row.cells[-1].text for row in not_run] == ["no record at tier paper"]
    embedded = [drawn("synthetic-levin", "coins_kernel_03", "ours", "quick")]
    embedded.append(drawn("synthetic-levin", "coins_kernel_03", "without-both", "quick"))
    page = tables.table(1, embedded)
    assert not [row for row in page["table-1"].rows if row.kind == "run-here"]
    assert [row.cells[0].text for row in page["table-1-paired"].rows] == ["embedded as Levin et al., tier quick"]


def test_ours_minus_another_is_paired(all_records, frame):
    rows = tables.table(1, all_records)["table-1-paired"].rows
    runs = frame[(frame["dataset"] == "synthetic-levin")].set_index(["image", "seed"])
    ours, other = (runs[runs["method"] == method]["psnr_sparse"] for method in ("ours", "without-both"))
    wanted = (ours - other).groupby("image").mean().mean()
    (row,) = [row for row in rows if row.cells[0].text.endswith("quick")]
    assert row.cells[2].value == pytest.approx(wanted)
    assert row.cells[2].detail.startswith("better\n+")
    assert row.cells[2].detail.endswith(f"{other.groupby('image').mean().mean():.2f} → "
                                        f"{ours.groupby('image').mean().mean():.2f}")  # fmt: skip


def test_a_row_of_fewer_images_says_so():
    """Ours on three images beside one of the networks without randomness: compared on the one."""
    page = tables.table(1, few())
    ours = of_run(page["table-1"], "ours", "kernel (two stages)", "laptop")
    assert ours[-1].detail == "only 3 of 32 images, 1 seed"
    (pair,) = [row for row in page["table-1-paired"].rows if row.cells[0].text.startswith("Levin")]
    assert pair.cells[1].text == "only 1 of 32 images, 1 seed"


def test_table_6_first_shows_what_sampling_adds(all_records, frame):
    first = tables.table(6, all_records).grids[0]
    runs = frame[(frame["dataset"] == "lai") & (frame["tier"] == "paper")].set_index(["image", "seed"])
    gains = runs[runs["method"] == "ren+mc"]["psnr_direct"] - runs[runs["method"] == "ren"]["psnr_direct"]
    (row,) = [
        r
        for r in first.rows
        if (r.head, r.cells[0].text) == ("Ren et al.'s networks + MC − Ren et al.'s networks", "Lai et al., tier paper")
    ]
    assert row.cells[3].value == pytest.approx(gains.groupby("image").mean().mean())


def test_what_is_seen_at_once_is_the_papers_ours_and_the_best_others(all_records):
    rows = tables.table(1, all_records)["table-1"].rows
    seen = [row.head for row in rows if row.main]
    assert [head for head in seen if head.endswith("the paper's method")] == ["Ours, the paper's method"] * 2
    assert seen.count("ours, run here") == 4 and "Ren et al. [43], unsupervised" in seen
    assert len(seen) < 12 < len(rows)


def test_table_5_has_four_variants_by_category(all_records, frame):
    grid = tables.table(5, all_records)["table-5"]
    for method in ("without-both", "dropout-only", "noise-only", "ours"):
        cells = of_run(grid, f"{method},", "direct", "paper")
        for cell, name in zip(cells[1:6], CATEGORIES, strict=True):
            where = {"dataset": "lai", "tier": "paper", "method": method, "category": name}
            assert cell.value == pytest.approx(mean_of(frame, "psnr_direct", **where))
            assert cell.text.endswith(f"/ {mean_of(frame, 'ssim_direct', **where):.3f}")


def test_table_6_has_three_benchmarks_and_counts(all_records, frame):
    grid = tables.table(6, all_records)["table-6"]
    cells = of_run(grid, "ren+mc", "direct", "paper")
    for cell, dataset in zip(cells[1:4], ("levin", "lai", "kohler"), strict=True):
        wanted = mean_of(frame, "psnr_direct", dataset=dataset, tier="paper", method="ren+mc")
        assert cell.value == pytest.approx(wanted)
    assert "0.931" in grid.text() and "printed “0,931”" in grid.text()


@pytest.mark.parametrize("method", ["ren", "ren+mc", "ours"])
def test_parameters_are_those_of_the_state_dictionaries(method):
    config = configure(method)
    nets = ImageNet(config.image_net, config.input_depth), build_kernel_net(config.kernel_net, 31)
    buffers = ("running_mean", "running_var", "num_batches_tracked")
    weights = [t for net in nets for name, t in net.state_dict().items() if not name.endswith(buffers)]
    assert scores.counted(method, "paper").value == pytest.approx(sum(t.numel() for t in weights) / 1e6)


def test_parameters_are_near_the_papers():
    for method, name, reference in (("ren", "Ren et al.", "43"), ("ours", "ours", "")):
        printed = look_up(f"6/-/all/{name}/{reference}/unknown/parameters").value
        assert scores.counted(method, "paper").value == pytest.approx(printed, rel=0.05)


def test_table_7_has_seconds_by_device():
    runs = [record("levin", f"im05_flit0{n}", device="GPU A") for n in (1, 2)]
    runs += [record("levin", "im05_flit03", device="GPU B"), record("levin", "im05_flit04", tier="laptop")]
    rows = [row for row in tables.table(7, runs).grids[0].rows if row.head.startswith("ours, run here")]
    assert [(row.cells[0].value, row.cells[1].text) for row in rows] == [(10.0, "GPU A"), (10.0, "GPU B")]


def timing(timed, **others):
    where = {"device": "NVIDIA H200", "threads": 2, "commit": "c", "bfloat16": "yes"}
    what = {"timed": timed, "tier": "paper", "precision": "float32", "size": 255, "at_a_time": 1, "repeats": 5}
    return where | what | others


def test_a_whole_run_is_its_iterations(tmp_path):
    sheet, alone = timings(tmp_path), timing(ALONE, milliseconds=50.0, channels=128, kernel_side=27)
    alone |= {"fastest": 49.0, "slowest": 52.0, "plain_milliseconds": 150.0, "speed_up": 3.0}
    alone |= {"floor_milliseconds": 5.0, "nanoseconds_per_pixel": 633.2, "peak_megabytes": 900.0}
    sheet.put([alone, timing(TOGETHER, at_a_time=4, milliseconds=80.0)])
    grid = running_time.iterations(tmp_path)
    assert grid.values["Seconds for all iterations"].to_list() == [250.0]  # 5,000 × 50 ms
    assert grid.values["Speed-up over the plain loop"].to_list() == [3.0]
    assert grid.values["Floor's share of it"].to_list() == [0.1]
    assert grid.values["ns a pixel"].to_list() == [633.2]
    assert running_time.layouts(tmp_path).values["Milliseconds an iteration and image"].to_list() == [20.0]
    sheet.path.write_text("x\n")
    with pytest.raises(InputError, match=r"rows\.csv cannot be read.*make study NAME=benchmark"):
        running_time.iterations(tmp_path)
    sheet.path.unlink()
    assert "not measured yet" in running_time.iterations(tmp_path).text()
    sheet.put([alone | {"device": "a processor, 2 cores", "bfloat16": "no", "speed_up": None}])
    first, last = running_time.iterations(tmp_path).rows
    assert (first.cells[0].detail, first.cells[3].text) == ("2 threads, no bfloat16", "–")
    assert (last.cells[0].text, last.cells[2].text) == ("an NVIDIA GPU", "not measured yet")


def test_table_7_says_whether_bfloat16_is_equal(tmp_path):
    assert equality(tmp_path) is None
    rows = [
        {"dataset": "levin", "image": image, "method": method, "tier": "laptop", "seed": seed, "config": "c"}
        | {"input": "x", "seconds": 1.0, "iterations": 1, "seed_used": seed, "device": "a processor"}
        | {measure: psnr + seed + (method == "bfloat16") * 0.05 * (1 if image == "b" else -1) for measure in MEASURES}
        for image, psnr in (("a", 20.0), ("b", 30.0))
        for method in ("float32", "bfloat16")
        for seed in (0, 1)
    ]
    write_csv(tmp_path / "studies/equality/runs.csv", rows)
    grid = equality(tmp_path)
    assert {row.head for row in grid.rows} == {"laptop"} and len(grid.rows) == 3
    cells = grid.rows[0].cells
    assert (
        cells[1].text in ("0.00", "+0.00", "−0.00")
        and cells[1].detail == "too few images for an interval; 2 images, 4 pairs"
    )
    assert cells[3].text == "a" and cells[3].detail == "−0.05 dB; its seeds differ by 0.71 dB"
    assert cells[4].text == "equal"
    alone = [
        row | {"precision": "emulated-bfloat16", "tier": "quick", "method": f"{row['method']}, true kernel"}
        for row in rows
        if row["image"] == "b"
    ]
    write_csv(tmp_path / "studies/equality/runs.csv", [*rows, *alone])
    *_, last = equality(tmp_path).rows  # one measure: what a deconvolution makes of the true kernel is no result
    assert last.head == "quick, true kernel, emulated" and last.cells[0].text == "G_x's own output"
    assert len(equality(tmp_path).rows) == 3 + 1 and last.cells[1].text == "+0.05"


def test_error_ratios_are_shares_of_images(all_records, frame):
    found = tables.table(1, all_records)["table-1-error-ratio"]
    runs = frame[(frame["dataset"] == "levin") & (frame["tier"] == "paper") & (frame["method"] == "ours")]
    row = next(r for r in found.rows if r.head.startswith("ours") and "tier paper" in r.cells[-1].text)
    for cell, limit in zip(row.cells, error_ratio.RATIO_THRESHOLDS, strict=False):
        share = (runs["error_ratio_sparse"] < limit).groupby(runs["image"]).mean().mean()
        assert cell.value == pytest.approx(share)


def test_without_error_ratios_nothing_is_made_up():
    assert "not run" in tables.table(1, [])["table-1-error-ratio"].text()


def test_unknown_tables_and_benchmarks_are_named():
    with pytest.raises(InputError, match="no Table 8"):
        tables.table(8, [])
    with pytest.raises(InputError, match="unknown benchmark 'levine'; choose one of levin, lai, kohler"):
        tables.benchmark("levine", [])


def test_a_benchmark_is_all_its_tables():
    names = [grid.name for grid in tables.benchmark("lai", []).grids]
    assert [name for name in names if name.count("-") == 1] == ["table-2", "table-3"]


def test_the_committed_laptop_runs_of_levin_are_shown():
    library = Library.here()
    stored = tables.stored(1, library)
    laptop = {r.identity.image: r.scores["psnr_sparse"] for r in stored
              if (r.identity.dataset, r.identity.tier, r.identity.method, r.identity.seed)
              == ("levin", "laptop", "ours", 0)}  # fmt: skip
    assert {"im05_flit01", "im05_flit04", "im06_flit03", "im07_flit05"} <= laptop.keys()
    assert f"{len(laptop)} of 32 images" in tables.table(1, stored)["table-1"].text()


def test_a_benchmark_that_is_not_complete_says_so_in_every_cell():
    runs = [drawn("lai", f"text_01_kernel_0{n}", "ours", "paper") for n in (1, 2)]
    cells = of_run(tables.table(2, runs)["table-2"], "ours", "direct", "paper")
    assert [cell.text for cell in cells[1:5]] == ["–"] * 4  # no image of these categories
    assert cells[5].detail.endswith("2 images") and cells[-1].detail == "only 2 of 100 images, 1 seed"
    single = of_run(tables.table(2, runs[:1])["table-2"], "ours", "direct", "paper")
    assert single[5].detail == "one image"  # and no interval
