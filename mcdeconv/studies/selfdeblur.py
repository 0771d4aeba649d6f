"""SelfDeblur at its released settings beside a stranger's run of the released code, image by image.

G_x is trained in bfloat16, which halves the hours and is not the released arithmetic: `equality` finds no difference in
the mean. The other stranger's run is black in 27 of 32 images and is not scored.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from mcdeconv.core.presets import configure
from mcdeconv.data import datasets
from mcdeconv.errors import RunFailed
from mcdeconv.runs.library import read_as_one
from mcdeconv.runs.records import EXTERNAL, Record
from mcdeconv.studies.study import Asked, Study, Variant, named

IMAGES = ("im05_flit01", "im06_flit03", "im07_flit05", "im08_flit08")  # each scene, kernels of four sizes
PRESET = "selfdeblur"
STRANGERS = "SelfDeblur (a stranger's run 2)"  # as its records were scored
VARIANT = Variant(replace(configure(PRESET), precision="bfloat16"), None, method=PRESET, changes=("bfloat16",))
WHOSE = HERE, SMALL, STRANGER = ("here", "here, tier laptop", "a stranger's")
OTHERS = {(PRESET, "laptop"): SMALL, (STRANGERS, EXTERNAL): STRANGER}
OUTPUTS = {"psnr_direct": "own output", "psnr_sparse": "sparse"}


def beside(results: Path) -> dict[str, dict[str, Record]]:
    """Image → whose run → its record: here at full settings, here at `laptop`, and the stranger's."""
    own = {record.identity.image: record for record in STUDY.kept(results)}
    found = {image: {HERE: own[image]} for image in IMAGES if image in own}
    for record in read_as_one(STUDY.stores(results)):
        key = record.identity
        whose = OTHERS.get((key.method, key.tier))
        if whose and key.image in found and key.dataset == "levin" and key.seed == 0:
            found[key.image][whose] = record
    return found


def _measure(study: Study, asked: Asked) -> Iterator[str]:
    """Solve what is missing; a line an image that has been solved."""
    failures = study.solve(asked)
    for image, runs in beside(asked.results).items():
        yield f"{image}  {'  '.join(_in_words(whose, runs[whose]) for whose in WHOSE if whose in runs)}"
    if failures:
        raise RunFailed(failures)


def _in_words(whose: str, record: Record) -> str:
    scores = (f"{word} {record.scores[name]:.2f} dB" for name, word in OUTPUTS.items() if name in record.scores)
    return f"{whose}: {', '.join(scores)}"


def _items() -> Iterator[datasets.Item]:
    return datasets.load("levin", IMAGES)


STUDY = Study(
    "selfdeblur",
    "Does SelfDeblur run here as it did for others?",
    tier="paper",
    items=_items,
    variants=named([VARIANT]),
    groups={"all": IMAGES},
    page="rivals",
    measure=_measure,
)
