"""The studies of Levin's and Lai's images: a contrast changes what its name says, and nothing else."""

from dataclasses import asdict

import pytest
from study_cases import leaves

from mcdeconv.core.schedules import Step
from mcdeconv.errors import InputError
from mcdeconv.studies import STUDIES
from mcdeconv.studies.levin import AVERAGED, GAIN_OVER, PENALTIES, Penalised
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
    names = {name for name in first | second if first.get(name) != second.get(name)}
    return {name.removeprefix("config.") for name in names} - {"images", "method", "changes"}


def contrasts(name: str) -> list[tuple[str, str]]:
    return list(STUDIES[name].contrasts)


@pytest.mark.parametrize(("name", "against"), contrasts("levin"))
def test_a_contrast_of_levin_changes_one_thing(name: str, against: str) -> None:
    variants = STUDIES["levin"].variants
    one, other = variants[name], variants[against]
    found = changed(one, other)
    if GAIN_OVER.get(one.method) == other.method:
        in_its_place = set(other.changes) - set(one.changes)
        assert found == MONTE_CARLO | {field for change in in_its_place for field in OF_LEVIN[change]}
        assert in_its_place <= {*PENALTIES, AVERAGED}
    else:
        base, more = sorted((one, other), key=lambda variant: len(variant.changes))
        assert (base.method, base.changes) == (more.method, more.changes[:-1])
        wanted = OF_LEVIN[more.changes[-1]]
        follows = STEPS if wanted is LONGER and one.method == "ours" else set()
        assert found == wanted | follows  # a longer run keeps every schedule at its share


@pytest.mark.parametrize(("name", "against"), contrasts("lai"))
def test_a_contrast_of_lai_is_the_gain_of_dropout_and_noise_or_a_longer_run(name: str, against: str) -> None:
    variants = STUDIES["lai"].variants
    one, other = variants[name], variants[against]
    found = changed(one, other)
    if one.method != other.method:
        assert (one.method, other.method) == ("ours", "without-both")
        assert set(one.changes) - set(other.changes) <= {"sigma0 0.05"} and set(other.changes) <= set(one.changes)
        assert found == MONTE_CARLO | ({"small_kernel_noise_std"} if "sigma0 0.05" in one.changes else set())
    elif one.changes[-1] == other.changes[-1]:
        assert found == {"data_term"} and other.changes == (AVERAGED, *one.changes)
    else:
        assert one.changes[:-1] == other.changes[:-1]
        assert found == LONGER | (set() if one.method == "without-both" else STEPS)


@pytest.mark.parametrize("name", list(STUDIES))
def test_no_two_variants_are_the_same(name: str) -> None:
    variants = STUDIES[name].variants.values()
    assert len({(one.config.digest(), one.region, one.margin, one.brightest) for one in variants}) == len(variants)


@pytest.mark.parametrize("name", ["levin", "lai", "readings"])
def test_variants_go_by_their_method_and_changes(name: str) -> None:
    for key, variant in STUDIES[name].variants.items():
        assert key == variant.name == ", ".join((variant.method, *variant.changes))


def test_penalties_last_for_a_while_and_keep_their_share() -> None:
    config = Penalised(kernel_weight=0.5, extra_kernel_weights=(Step(3.0, 0.0, 1500), Step(2.0, 0.0, 3500)))
    assert [config.mu(t) for t in (1, 1500, 1501, 3500, 3501, 5000)] == [5.5, 5.5, 2.5, 2.5, 0.5, 0.5]
    short = config.with_iterations(500)
    assert [short.mu(t) for t in (150, 151, 350, 351)] == [5.5, 2.5, 2.5, 0.5]
    assert Penalised().digest() != config.digest() != Penalised(kernel_weight=0.5).digest()
    with pytest.raises(InputError, match=r"extra_kernel_weights goes from -1.0 to 0.0; neither may be negative"):
        Penalised(extra_kernel_weights=(Step(-1.0, 0.0, 10),))


@pytest.mark.parametrize("name", list(STUDIES))
def test_contrasts_name_variants(name: str) -> None:
    study = STUDIES[name]
    assert {method for contrast in study.contrasts for method in contrast} <= set(study.variants)


def test_the_kernels_rate_times_the_iterations_of_the_pilot_is_the_papers() -> None:
    for variant in STUDIES["lai"].variants.values():
        assert variant.config.kernel_learning_rate * variant.config.iterations == pytest.approx(1e-4 * 5000)
