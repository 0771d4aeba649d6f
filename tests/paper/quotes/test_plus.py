"""What is said of ours+ follows from its records and the rivals'."""

from pathlib import Path

import numpy as np
import pytest

from mcdeconv.methods import RIVALS
from mcdeconv.paper.quotes.plus import deviations, judged, looked, noise, on, sizes, twice_the_size, votes
from mcdeconv.runs.library import Library
from mcdeconv.runs.records import Identity, Record
from mcdeconv.studies import STUDIES

ROOT = Path(__file__).parents[3]


def record(image, method, psnr, ratio=1.0, seconds=10.0):
    identity = Identity("levin", image, method, "full", 0, "0" * 12, "1" * 12)
    scores = {"psnr_sparse": psnr, "known_psnr_sparse": 33.0, "error_ratio_sparse": ratio}
    return Record(identity, scores, [], seconds, 0, 0, {})


@pytest.fixture
def library(tmp_path):
    found = Library(tmp_path)
    for image, own, dark, ratio in (("im05_flit01", 32.0, 31.0, 1.5), ("im05_flit02", 30.0, 30.5, 2.5)):
        found.local.put(record(image, "ours+", own, ratio))
        found.local.put(record(image, "dark-channel", dark))
    found.local.put(record("im05_flit01", "l0", 40.0))  # on one image only: no best rival
    return found


def test_means_differences_and_shares(library):
    told = on(library, "levin", None)
    assert told["images"] == "2" and told["psnr"].startswith("31.00")
    assert told["over"]["dark-channel"].startswith("+0.25") and told["over"]["l0"].startswith("−8.00")
    assert (told["success"], told["certain"], told["worst"]) == ("1 of 2", "2 of 2", "2.50")
    assert told["best"] == "dark-channel" and told["over_best"] == told["over"]["dark-channel"]


def test_some_images_alone(library):
    told = on(library, "levin", ["im05_flit02"])
    assert told["images"] == "1" and told["psnr"] == "30.00" and told["over"]["l0"] == "not run"


def test_on_levins_images_it_is_above_every_rival():
    """The page says so in its words; here with the mean counted anew."""
    scores = {
        method: {r.identity.image: r.scores["psnr_sparse"] for r in Library(ROOT).records("levin", [method], "full")}
        for method in ("ours+", "dark-channel")
    }
    told = on(Library(ROOT), "levin", None)
    assert told["psnr"].startswith(f"{np.mean([*scores['ours+'].values()]):.2f}")
    gains = [scores["ours+"][image] - psnr for image, psnr in scores["dark-channel"].items()]
    assert told["over"]["dark-channel"].startswith(f"+{np.mean(gains):.2f}")
    assert all(words.startswith("+") for words in told["over"].values() if words != "not run")


def test_noise_has_a_mean_for_each_method_and_level(tmp_path):
    rows = [
        {
            "dataset": "synthetic-levin",
            "image": image,
            "method": method,
            "variant": "noise 1%",
            "psnr": psnr,
            "config": RIVALS[method].settings.digest(),
        }
        for image, method, psnr in [("a", "l0", 20.0), ("b", "l0", 21.0), ("a", "ours+", 30.0)]
    ]
    STUDIES["robustness"].sheet(tmp_path).put([*rows, rows[0] | {"image": "b", "config": "of another day"}])
    told = noise(tmp_path)["noise 1%"]
    assert told == {"images": "1", "l0": "20.00", "ours+": "30.00"}  # of the image that both were run on


def test_twice_the_size_is_compared_image_by_image(library):
    rows = [
        {"dataset": "levin", "image": image, "method": "ours+", "variant": "size x2", "psnr": psnr}
        | {"config": RIVALS["ours+"].settings.digest()}
        for image, psnr in [("im05_flit01", 31.0), ("im05_flit02", 29.9)]
    ]
    STUDIES["robustness"].sheet(library.root / "results").put(rows)
    told = twice_the_size(library)
    assert told["difference"].startswith("−0.55") and told["images"] == "2" and told["worst"] == "−1.00"
    assert twice_the_size(Library(library.root / "none"))["worst"] == "not run"


def test_refusals_and_doubts_are_counted_among_the_worse_and_the_better(tmp_path):
    cases = [  # gain, refused, doubted
        *[(-1.0, 1, 0), (-0.1, 0, 1), (-2.0, 0, 0)],
        *[(0.5, 1, 1)],  # neither worse nor clearly better
        *[(2.0, 0, 0), (3.0, 1, 1)],
    ]
    rows = [
        {"dataset": "lai", "image": str(n), "method": "ours+" if n else "l0", "record": "r"}
        | {"psnr_blurred": 20.0, "psnr": 20.0 + gain, "refused": refused, "doubted": doubted}
        for n, (gain, refused, doubted) in enumerate(cases)
    ]
    STUDIES["doubts"].sheet(tmp_path).put(rows)
    told = judged(tmp_path)
    assert told["all"] == {
        **{"restorations": "6", "worse": "3", "worse_refused": "1", "worse_doubted": "1"},
        **{"better": "2", "better_refused": "1", "better_doubted": "0"},
    }
    assert told["ours+"]["worse"] == "2" and told["ours+"]["worse_refused"] == "0"


def test_sizes_count_as_near_up_to_a_factor_either_way(tmp_path):
    found = [(20, 20), (20, 30), (20, 31), (30, 20), (31, 20)]
    rows = [
        {"dataset": "levin", "image": f"im05_flit0{n}", "config": "c", "seconds": 2.0}
        | {"given": given, "found": size, "from_spectrum": 3 * given}
        for n, (given, size) in enumerate(found, start=1)
    ]
    STUDIES["sizes"].sheet(tmp_path).put(rows)
    told = sizes(tmp_path)
    assert told["levin"] == {"found": "3 of 5", "from_spectrum": "0 of 5"}
    assert told["others"]["found"] == "1 of 3"  # without the first and the fourth, on which the rule was chosen


def test_each_looker_is_counted_alone_and_each_looking(tmp_path):
    said = [
        *[("flower", 1, 1, 1, 0), ("flower", 1, 2, 1, 0), ("coke", 1, 1, 1, 0), ("coke", 1, 2, 0, 1)],
        *[("coke", 2, 1, 1, 0), ("leaf", 3, 1, 0, 1)],
    ]
    rows = [
        {"image": image, "looking": looking, "looker": looker, "method": "l0", "best": best, "worse": worse}
        for image, looking, looker, best, worse in said
    ]
    votes(tmp_path).put(rows[:4])
    first = {"best": "2 and 1", "worse": "0 and 1"}
    none = {f"{what}_{when}": "not run" for what in ("best", "worse") for when in ("again", "others")}
    assert looked(tmp_path) == {"photographs": "2", "other_photographs": "0", "l0": first | none}
    votes(tmp_path).put(rows)
    later = {"best_again": "1", "worse_again": "0", "best_others": "0", "worse_others": "1"}
    assert looked(tmp_path) == {"photographs": "2", "other_photographs": "1", "l0": first | later}
    assert looked(tmp_path / "none") == {"photographs": "0", "other_photographs": "0"}


def test_a_map_is_described_by_means_and_its_worst_image(tmp_path):
    fits = {"rms_error": 0.02, "rms_std": 0.03, "within_1": 0.7, "rank_correlation": 0.4}
    rows = [
        {"dataset": "levin", "image": image, "config": "c"} | fits | {"within_2": within}
        for image, within in [("im05_flit01", 0.9), ("im05_flit02", 0.96)]
    ]
    STUDIES["deviations"].sheet(tmp_path).put(rows)
    told = deviations(tmp_path, None)
    assert (told["images"], told["within_2"], told["least"], told["rank"]) == ("2", "93%", "90%", "0.40")
    assert deviations(tmp_path, ["im05_flit02"])["within_2"] == "96%"
    assert deviations(tmp_path / "none", None)["images"] == "not run"
