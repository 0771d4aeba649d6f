"""Quotes: every one that a chapter has is there, and what they say is what the rows and records say."""

import re
from pathlib import Path

import jinja2

from mcdeconv.paper.quotes import quotes
from mcdeconv.paper.quotes.kernels import breadths, final_constants, known_kernels, spreads, thresholds, two_digits
from mcdeconv.paper.quotes.rivals import misses, squares, success
from mcdeconv.paper.quotes.runs import SCENE, contrasts_in_words, gaps, means_on
from mcdeconv.runs.library import Library
from mcdeconv.runs.records import EXTERNAL, Identity, Record, Store
from mcdeconv.runs.statistics import estimate
from mcdeconv.runs.wording import listed, mean_in_words
from mcdeconv.studies import STUDIES
from mcdeconv.studies.kernels import KNOWN

ROOT = Path(__file__).parents[3]
MEASURES = ("psnr_direct", "psnr_sparse", "psnr_hyper-laplacian", "kernel_similarity")


def factors(group, *values):
    parts = dict(zip(("difference", "low", "high", "images", "runs"), values, strict=True))
    row = {"variant": "v", "against": "ref", "images": group}
    return row | {f"{measure}_{part}": value for measure in MEASURES for part, value in parts.items()}


def test_contrasts_are_differences_with_their_intervals():
    nan = float("nan")
    several, one, none = (-1.234, -2, 0.5, 4, 12), (1.5, nan, nan, 1, 1), (nan, nan, nan, 0, 0)
    found = contrasts_in_words([factors("real", *several), factors("a", *one), factors("b", *none)])["v"]["ref"]
    assert (found["a"]["sparse"], found["b"]["sparse"]) == ("+1.50", "not run")
    assert found["real"]["direct"] == "−1.23 (−2.00 to +0.50)"
    assert found["real"]["similarity"] == "−1.234 (−2.000 to +0.500)"
    assert (found["real"]["images"], found["real"]["runs"]) == ("4", "12")


def test_a_single_image_has_no_interval_and_none_no_mean():
    assert mean_in_words(estimate({("a", 0): 1.5}), "+") == "+1.50"
    assert mean_in_words(estimate({})) == "not run" and listed([]) == "none"


def test_every_number_that_a_chapter_quotes_is_there():
    """Nothing is left to the build, which would stop at the first that is not."""
    known = quotes(ROOT)
    quoted = [
        (path.name, expression)
        for path in sorted((ROOT / "book").glob("*.md"))
        for expression in re.findall(r"\{\{(.+?)\}\}", path.read_text())
    ]
    assert len(quoted) > 100
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)
    for name, expression in quoted:
        value = environment.from_string("{{" + expression + "}}").render(known)
        assert value and "nan" not in value, (name, expression)


def kernel(image, method, psnr, threshold=0.0, blur=0.0, final="sparse", **more):
    own = {"dataset": "levin", "image": image, "method": method, "tier": "laptop", "seed": 0, "record": method}
    return own | {"blur": blur, "threshold": threshold, "final": final, "protocol": "levin", "psnr": psnr} | more


def test_breadths_are_means_over_the_images_and_name_what_is_cut(tmp_path):
    def row(image, method, concentration, cut_off, psnr, blur=0.0):
        return kernel(image, method, psnr, blur=blur, concentration=concentration, cut_off=cut_off)

    STUDIES["breadth"].sheet(tmp_path).put(
        [
            *(row("a", KNOWN, 1.0, 0.0, 30.0), row("b", KNOWN, 1.0, 0.0, 31.0), row("b", KNOWN, 0.75, 0.0, 29.0, 0.4)),
            *(row("a", "ours", 0.25, 0.04, 28.125), row("b", "ours", 0.25, 0.0005, 28.125)),
            row("im05_flit01", "ours", 0.25, 0.0, 28.125),
        ]
    )
    none = {"cut": "none", "scene": "not run"}
    assert breadths(tmp_path) == {
        "true": {"concentration": "1.00", "psnr": "30.50", "images": "2"} | none,
        "true, blurred by 0.4 px": {"concentration": "0.75", "psnr": "29.00", "images": "1"} | none,
        "ours": {"concentration": "0.25", "psnr": "28.12", "images": "3", "cut": "`a`", "scene": "0.25"},
    }
    assert listed(["a", "b", "c"]) == "`a`, `b` and `c`"


def test_true_kernels_are_means_over_the_images_of_levin(tmp_path):
    rows = [kernel(image, KNOWN, psnr, final="hyper-laplacian") for image, psnr in (("a", 30.0), ("b", 31.0))]
    other = rows[0] | {"dataset": "lai", "psnr": 5.0}
    STUDIES["known-kernel"].sheet(tmp_path).put([*rows, other])
    assert known_kernels(tmp_path) == {"hyper_laplacian": "30.50"}


def test_constants_are_means_of_every_choice_over_its_data_set(tmp_path):
    rows = [
        {"dataset": dataset, "image": image, "record": KNOWN, "border": border, "exponent": "1/2", "data_weight": 2000}
        | {"protocol": dataset, "psnr": psnr, "structure": 0.9}
        for dataset, image, border, psnr in (
            ("levin", "a", "tapered", 30.0),
            ("levin", "b", "tapered", 33.0),
            ("levin", "a", "unknown", 34.0),
            ("levin", "b", "unknown", 35.0),
            ("lai", "a", "tapered", 20.0),
        )
    ]
    STUDIES["krishnan-fergus"].sheet(tmp_path).put(rows)
    assert final_constants(tmp_path) == {
        "lai": {"images": "1", "tapered": {"1/2": {"2000": "20.00"}}},
        "levin": {"images": "2", "tapered": {"1/2": {"2000": "31.50"}}, "unknown": {"1/2": {"2000": "34.50"}}},
    }


def test_thresholds_are_means_and_gains_on_the_scene(tmp_path):
    values = {"ren": (30.0, 31.0), "ren+mc": (31.0, 33.0)}
    rows = [
        kernel(image, method, psnr, 0.02)
        for method, pair in values.items()
        for image, psnr in zip(("im05_flit01", "im05_flit02"), pair, strict=True)
    ]
    rows += [kernel("im06_flit01", "ren", 20.0, 0.02), kernel("im06_flit01", "ren+mc", 40.0, 0.02)]
    STUDIES["thresholds"].sheet(tmp_path).put(rows)
    found = thresholds(tmp_path)
    assert found["gain"]["ren+mc"]["2%"]["sparse"].startswith("+1.50 (range ")  # of the scene alone
    assert found["mean"]["ren"]["2%"]["sparse"].startswith("27.00 (range ")
    assert found["mean"]["ren"]["5%"]["sparse"] == found["gain"]["ours"]["2%"]["kernel"] == "not run"


def test_what_sampling_adds_is_a_mean_with_its_range(tmp_path):
    own = {"dataset": "levin", "tier": "laptop", "config": "c", "iteration": 250}
    rows = [
        own | {"image": "a", "share": 0.75, "passed": 0.5, "kernel": 0.5, "mu": 6.0},
        own | {"image": "b", "share": 0.5, "passed": 0.25, "kernel": 0.25, "mu": 2.0},
    ]
    assert spreads(tmp_path) == {}
    STUDIES["sampling"].sheet(tmp_path).put([*rows, rows[0] | {"tier": "quick"}])
    assert spreads(tmp_path) == {
        "250": {
            "share": "62% (50% to 75%)",
            "passed": "38% (25% to 50%)",
            "kernel": "38% (25% to 50%)",
            "mu": "4 (2 to 6)",
            "images": "2",
        }
    }
    assert [two_digits(value) for value in (0.1912, 9.28, 132.3)] == ["0.19", "9.3", "130"]


def test_gaps_are_to_the_true_kernels_and_name_the_worst():
    def run(image, known, found, ratio, method="ours"):
        scores = {"known_psnr_sparse": known, "known_psnr_hyper-laplacian": known + 1, "psnr_sparse": found}
        scores |= {"error_ratio_sparse": ratio, "psnr_direct": found + 2, "psnr_hyper-laplacian": found + 1}
        key = Identity("levin", image, method, "laptop", 0, "c", "x")
        return Record(key, scores, [[1.0]], 1.0, 1, 0, {})

    records = [
        run("im05_flit01", 33.0, 32.0, 1.5),
        run("im05_flit02", 35.0, 33.0, 1.5),
        run("im06_flit01", 32.0, 23.0, 8.0),
        run("im05_flit01", 33.0, 20.0, 9.0, "without-both"),
    ]
    found = gaps(records)
    assert found["all"].startswith("4.00 (range ") and found["rest"] == "1.50 (range 1.00 to 2.00)"
    assert (found["rest_images"], found["worst"]) == ("2", "`im06_flit01`")
    scene = means_on(records, SCENE)
    assert scene["ours"]["sparse"] == "32.50 (range 32.00 to 33.00)" and scene["ours"]["direct"].startswith(
        "34.50 (range "
    )
    assert scene["known kernel"] == {"sparse": "34.00 (range 33.00 to 35.00)", "kernel": "35.00 (range 34.00 to 36.00)"}


def test_an_image_counts_as_found_by_the_mean_of_its_seeds():
    assert success({("a", 0): 1.0, ("a", 1): 2.5, ("b", 0): 2.0, ("c", 0): 2.01}) == {"a": True, "b": True, "c": False}


def test_misses_are_counted_image_by_image(tmp_path):
    store = Store(tmp_path / "results/records")
    ratios = {"l0": ("full", (1.0, 3.0, 3.0, 5.0)), "theirs": (EXTERNAL, (3.0, 3.0, 1.0, 4.0))}
    for method, (tier, values) in ratios.items():
        for n, value in enumerate(values, start=1):
            key = Identity("levin", f"im05_flit{n:02}", method, tier, 0, "c", "x")
            store.put(Record(key, {"error_ratio_sparse": value}, [[1.0]], 1.0, 1, 0, {}))
    assert misses(Library(tmp_path), "l0", "theirs") == {"both": "2", "here": "1", "theirs": "1"}


def test_squares_are_the_means_of_their_rows(tmp_path):
    head = {"dataset": "levin", "method": "l0", "margin": 2, "config": "c"}
    values = [("a", 30.0, 1.0, 1), ("b", 33.0, 3.5, 0)]
    rows = [head | dict(zip(("image", "psnr", "error_ratio", "found"), own, strict=True)) for own in values]
    STUDIES["squares"].sheet(tmp_path).put(rows)
    wanted = {"psnr": "31.50", "ratio": "2.25", "found": "1 of 2", "missed": "`b`"}
    assert squares(tmp_path) == {"l0": {"2": wanted}}
