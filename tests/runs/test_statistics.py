"""Paired differences and their intervals against SciPy's bootstrap, and the CSV against Python's own reader."""

import csv
import math
import os
import warnings

import numpy as np
import pytest
from scipy.stats import bootstrap

from mcdeconv.errors import InputError
from mcdeconv.files import write_csv
from mcdeconv.runs.records import Identity, Record
from mcdeconv.runs.statistics import Pairs, paired, summarise


def record(image, method, seed, psnr=None, **others):
    scores = ({} if psnr is None else {"psnr": psnr}) | others
    return Record(Identity("levin", image, method, "quick", seed, "c", "x"), scores, [[1.0]], 1.0, 1, seed, {})


def values_of(pairs):
    return list(zip(pairs.values.tolist(), pairs.others.tolist(), strict=True))


def test_pairs_are_of_the_same_image_and_seed():
    records = [
        record("a", "ours", 0, 30.0),
        record("a", "ours", 1, 32.0),
        record("b", "ours", 0, 25.0),
        record("b", "plain", 0, 24.0),
        record("a", "plain", 1, 28.0),
        record("a", "plain", 0, 20.0),
        record("a", "third", 0, 99.0),
    ]
    pairs = paired(records, "psnr", "ours", "plain")
    assert values_of(pairs) == [(31.0, 24.0), (25.0, 24.0)]  # a: means over its two seeds
    assert len(pairs.runs) == 3
    assert values_of(paired(records[::-1], "psnr", "ours", "plain")) == values_of(pairs)


def test_a_run_without_its_partner_is_left_out():
    records = [
        record("a", "ours", 0, 30.0),
        record("a", "ours", 1, 90.0),  # plain has no seed 1 of a
        record("a", "plain", 0, 20.0),
        record("b", "plain", 0, 90.0),  # ours has no b
        record("c", "ours", 0, 90.0),
        record("c", "plain", 0, similarity=0.5),  # without this measure
    ]
    pairs = paired(records, "psnr", "ours", "plain")
    assert values_of(pairs) == [(30.0, 20.0)]
    assert len(pairs.runs) == 1


def test_only_the_images_that_are_asked_for():
    records = [record(i, m, 0, v) for i, m, v in (("a", "o", 1.0), ("a", "p", 2.0), ("b", "o", 3.0), ("b", "p", 5.0))]
    assert values_of(paired(records, "psnr", "o", "p", {"b"})) == [(3.0, 5.0)]


def test_a_method_against_itself_does_not_differ():
    summary = summarise(paired([record(i, "o", 0, float(v)) for v, i in enumerate("abcde")], "psnr", "o", "o"))
    assert (summary.mean, summary.difference, summary.low, summary.high) == (2.0, 0, 0, 0)


def pairs_of(values, others):
    return Pairs({(f"{n:02}", 0): pair for n, pair in enumerate(zip(values, others, strict=True))})


@pytest.mark.parametrize("count", [5, 12, 40])
def test_interval_is_scipys_percentile_bootstrap_of_the_differences(count):
    rng = np.random.default_rng(count)
    others = rng.normal(25, 3, count)  # images differ far more than methods do: an unpaired interval is much wider
    values = others + rng.gamma(1.5, 0.5, count)
    summary = summarise(pairs_of(values, others))
    wanted = bootstrap((values - others,), np.mean, n_resamples=50_000, method="percentile", rng=1).confidence_interval
    tolerance = 0.04 * (wanted.high - wanted.low)
    assert summary.low == pytest.approx(wanted.low, abs=tolerance)
    assert summary.high == pytest.approx(wanted.high, abs=tolerance)
    assert summary.mean == pytest.approx(values.mean())
    assert summary.difference == pytest.approx(values.mean() - others.mean())
    assert (summary.images, summary.runs) == (count, count)


def test_seeds_that_differ_widen_the_interval():
    images, spread = [f"{n}" for n in range(8)], np.random.default_rng(0).normal(0, 1, 8)
    calm = Pairs({(i, s): (m, 0.0) for i, m in zip(images, spread, strict=True) for s in (0, 1)})
    restless = Pairs({(i, s): (m + 4 * s - 2, 0.0) for i, m in zip(images, spread, strict=True) for s in (0, 1)})
    narrow, wide = summarise(calm), summarise(restless)
    assert narrow.difference == pytest.approx(wide.difference)
    assert wide.high - wide.low > 1.3 * (narrow.high - narrow.low)


def test_one_image_has_no_interval_and_none_no_mean():
    one = summarise(Pairs({("a", 0): (3.0, 1.0)}))
    assert (one.mean, one.difference, one.images) == (3.0, 2.0, 1)
    assert math.isnan(one.low) and math.isnan(one.high)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a mean of nothing warns
        none = summarise(paired([], "psnr", "ours", "plain"))
    assert math.isnan(none.mean) and math.isnan(none.difference) and math.isnan(none.low)
    assert (none.images, none.runs) == (0, 0)


def test_csv_comes_back_with_the_columns_of_all_rows(tmp_path):
    path = tmp_path / "new" / "folder" / "table.csv"
    rows = [{"image": "a", "psnr": 30.123456}, {"image": 'b, "quoted"', "ssim": 1 / 3, "runs": 3}]
    write_csv(path, rows)
    with path.open(newline="") as stream:
        reader = csv.DictReader(stream)
        read = list(reader)
    assert reader.fieldnames == ["image", "psnr", "ssim", "runs"]
    assert read == [
        {"image": "a", "psnr": "30.1235", "ssim": "", "runs": ""},
        {"image": 'b, "quoted"', "psnr": "", "ssim": "0.3333", "runs": "3"},
    ]
    assert os.listdir(path.parent) == ["table.csv"]


def test_csv_rounds_to_the_digits_asked_for(tmp_path):
    write_csv(tmp_path / "a.csv", [{"x": np.float64(2 / 3)}], digits=2)
    assert (tmp_path / "a.csv").read_text() == "x\n0.67\n"


def test_csv_under_a_file_is_refused_in_one_line(tmp_path):
    (tmp_path / "results").write_text("a file")
    with pytest.raises(InputError, match="results"):
        write_csv(tmp_path / "results" / "study" / "runs.csv", [{"x": 1}])
