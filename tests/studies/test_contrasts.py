"""The studies of Levin's and Lai's images: a contrast changes what its name says, and nothing else."""

from dataclasses import asdict

import pytest
from study_cases import leaves

from mcdeconv.studies import STUDIES
from mcdeconv.studies.levin import AVERAGED, PENALTIES, RIVALS
from mcdeconv.studies.study import Variant

MONTE_CARLO = {f"{name}.{part}" for name in ("dropout_rate", "input_noise_std") for part in ("before", "after", "at")}
LONGER = {"iterations", "halve_after", "kernel_learning_rate"}
STEPS = {"dropout_rate.at", "input_noise_std.at"}
OF_LEVIN = {
    "joint updates": {"update"},
    "loss averaged": {"data_term"},
    "5,000 iterations": LONGER,
    "kernel's rate × 4": {"kernel_learning_rate"},
    "whole image": {"region"},
    "larger kernel square": {"margin"},
    "64 channels": {"image_net.channels"},
    "U-Net of the kernel": {"kernel_net.architecture"},
    **{penalty: {"kernel_weight", "extra_kernel_weights"} for penalty in PENALTIES},
    "true kernel": {"kernel_net.architecture", "update"},  # nothing is left to alternate with
}


def changed(one: Variant, other: Variant) -> set[str]:
    """Names of the fields, but for the images that they are run on."""
    first, second = (leaves(asdict(variant)) for variant in (one, other))
    return {name.removeprefix("config.") for name in first if first[name] != second[name]} - {"images"}


def contrasts(name: str) -> list[tuple[str, str]]:
    return list(STUDIES[name].contrasts)


@pytest.mark.parametrize(("name", "against"), contrasts("levin"))
def test_a_contrast_of_levin_changes_one_thing(name: str, against: str) -> None:
    variants = STUDIES["levin"].variants
    found = changed(variants[name], variants[against])
    if RIVALS.get(name.split(", ")[0]) == against.split(", ")[0]:
        change = against.rpartition(", ")[2]
        in_its_place = change in (*PENALTIES, AVERAGED) and not name.endswith(change)
        assert found == MONTE_CARLO | (OF_LEVIN[change] if in_its_place else set())
    else:
        base, more = sorted((name, against), key=len)
        wanted = OF_LEVIN[more.removeprefix(f"{base}, ")]
        follows = STEPS if wanted is LONGER and name.startswith("ours") else set()
        assert found == wanted | follows  # a longer run keeps every schedule at its share


@pytest.mark.parametrize(("name", "against"), contrasts("lai"))
def test_a_contrast_of_lai_is_the_gain_of_dropout_and_noise_or_a_longer_run(name: str, against: str) -> None:
    variants = STUDIES["lai"].variants
    found = changed(variants[name], variants[against])
    (method, count), (other, own) = name.rsplit(", ", 1), against.rsplit(", ", 1)
    if other == f"{method}, loss averaged":
        assert found == {"data_term"}
    elif method == other:
        assert found == LONGER | (set() if method.startswith("without-both") else STEPS)
    else:
        assert other == method.replace("ours", "without-both").removesuffix(", sigma0 0.05") and count == own
        assert found == MONTE_CARLO | ({"small_kernel_noise_std"} if "sigma0" in name else set())


@pytest.mark.parametrize("name", list(STUDIES))
def test_no_two_variants_are_the_same(name: str) -> None:
    variants = STUDIES[name].variants.values()
    assert len({(one.config.digest(), one.region, one.margin) for one in variants}) == len(variants)


@pytest.mark.parametrize("name", list(STUDIES))
def test_contrasts_name_variants(name: str) -> None:
    study = STUDIES[name]
    assert {method for contrast in study.contrasts for method in contrast} <= set(study.variants)


def test_the_kernels_rate_times_the_iterations_of_the_pilot_is_the_papers() -> None:
    for variant in STUDIES["lai"].variants.values():
        assert variant.config.kernel_learning_rate * variant.config.iterations == pytest.approx(1e-4 * 5000)
