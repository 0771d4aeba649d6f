"""The paper's settings: unchanged but for what a variant's name says."""

from dataclasses import replace

from mcdeconv.core.presets import configure
from mcdeconv.studies.levin import TRUE_KERNEL
from mcdeconv.studies.settings import FULL_WIDTH, IMAGES, METHODS, STUDY


def test_whole_runs_have_the_papers_numbers():
    for method in METHODS:
        plain = configure(method)
        assert STUDY.variants[method].config == plain and STUDY.variants[method].region is None
        known = STUDY.variants[f"{method}, {TRUE_KERNEL}"].config
        assert known == replace(plain, update="joint", kernel_net=replace(plain.kernel_net, architecture="known"))
        thin = STUDY.variants[f"{method}, 32 channels"].config
        assert thin == replace(plain, image_net=replace(plain.image_net, channels=32))


def test_both_images_are_named_and_every_whole_run_is_one_of_its_variants():
    assert STUDY.groups["both images"] == IMAGES and set(FULL_WIDTH) <= set(STUDY.variants) and len(FULL_WIDTH) == 4
    assert ("ours", "without-both") in STUDY.contrasts
