"""SelfDeblur at its released settings beside a stranger's run."""

from dataclasses import replace
from pathlib import Path

import pytest

from mcdeconv.core.presets import configure
from mcdeconv.paper.quotes.rivals import selfdeblur
from mcdeconv.runs.records import EXTERNAL, Identity, Record, Store
from mcdeconv.studies import STUDIES
from mcdeconv.studies import selfdeblur as study

STUDY = STUDIES["selfdeblur"]


def kept(results: Path, folder: str, identity: Identity, own: float, sparse: float) -> None:
    scores = {"psnr_direct": own, "psnr_sparse": sparse}
    Store(results / folder).put(Record(identity, scores, [[1.0]], 1.0, 1, 0, {}))


def test_the_variant_is_the_preset_at_full_size_but_for_the_arithmetic() -> None:
    assert replace(study.VARIANT.config, precision="float32") == configure("selfdeblur", "paper")
    assert study.VARIANT.region is None and study.VARIANT.config.precision == "bfloat16"


def test_an_image_is_shown_once_it_has_been_solved_with_the_others_runs_beside_it(tmp_path: Path) -> None:
    first, second = study.IMAGES[:2]
    for image in (first, second):
        kept(tmp_path, "records", Identity("levin", image, study.STRANGERS, EXTERNAL, 0, "", "a" * 12), 32.0, 31.0)
        kept(tmp_path, "records", Identity("levin", image, "selfdeblur", "laptop", 0, "c" * 12, "a" * 12), 27.0, 28.0)
    assert selfdeblur(tmp_path) == "not run"
    key = Identity("levin", first, study.VARIANT.name, "paper", 0, study.VARIANT.config.digest(), "b" * 12)
    kept(tmp_path, "studies/selfdeblur/records", key, 33.0, 30.5)
    kept(tmp_path, "studies/selfdeblur/records", replace(key, image=second, config="other"), 1.0, 1.0)
    found = study.beside(tmp_path)
    assert list(found) == [first] and set(found[first]) == set(study.WHOSE)
    assert found[first][study.HERE].scores["psnr_direct"] == pytest.approx(33.0)
    assert selfdeblur(tmp_path).splitlines()[-1] == f"| `{first}` | 33.00 / 30.50 | 27.00 / 28.00 | 32.00 / 31.00 |"
