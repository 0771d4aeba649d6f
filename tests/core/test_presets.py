"""Each variant of the paper differs from "ours" in what its name says and in nothing else; sizes as in Table 6."""

from dataclasses import fields, is_dataclass

import pytest

from mcdeconv.core.config import SolverConfig
from mcdeconv.core.networks import ImageNet, build_kernel_net, parameter_count
from mcdeconv.core.presets import PRESETS, TIERS, configure
from mcdeconv.core.schedules import Step
from mcdeconv.errors import InputError

OFF = ("kernel_dropout_rate", "kernel_input_noise_std")
REN_NET = {
    "image_net.levels": 5,
    "image_net.skip_channels": 16,
    "image_net.slope": 0.2,
    "image_net.encoder_convolutions": 2,
    "image_net.non_local_from": 3,
    "kernel_net.architecture": "fully-connected",
    "update": "joint",
}
# Of the schedules only the values matter, at the first, the drops' and the last iteration.
TIMES = (1, 1500, 1501, 3500, 3501, 5000)
ZERO, P0, SIGMA0 = (0,) * 6, (0.3, 0.3, *(0.001,) * 4), (*(0.05,) * 4, 0.001, 0.001)
NO_DROPOUT, NO_NOISE = {"dropout_rate": ZERO}, {"input_noise_std": ZERO}
RANDOM_KERNEL = {"kernel_dropout_rate": (0.1, 0.1, *(0.001,) * 4), "kernel_input_noise_std": SIGMA0}  # 3.5
RELEASED = (
    REN_NET
    | NO_DROPOUT
    | {
        "image_net.non_local": "dot-product",
        "input_noise_std": (0.001,) * 6,
        "kernel_weight": 0.0,
        "data_term": "mean",
        "halve_after": 2000,
        "halve_again_after": (3000, 4000),
        "ssim_after": 1000,
    }
)
DIFFERENCES = {
    "ours": {},
    "without-both": NO_DROPOUT | NO_NOISE,
    "early-stopping": NO_DROPOUT | NO_NOISE | {"stop_at": 1000},
    "tv": NO_DROPOUT | NO_NOISE | {"tv_weight": 1e-3},
    "dropout-only": NO_NOISE,
    "noise-only": NO_DROPOUT,
    "S1": NO_NOISE | {"dropout_rate": (0.5,) * 6},  # "(1) Only using dropout layer with rate 0.5"
    "S2": NO_NOISE | {"dropout_rate": (0.001,) * 6},  # "(2) Only using dropout layer with rate 0.001"
    "S3": NO_NOISE,  # "(3) … varying rate from 0.3 to 0.001 at iteration 1500"
    "S4": NO_DROPOUT
    | {
        "input_noise_std": (0.05,) * 6,
        "small_kernel_noise_std": 0.05,
    },  # "(4) Only using input noise layer with s.t.d. 0.05"
    "S5": NO_DROPOUT | {"input_noise_std": (0.001,) * 6},
    "S6": NO_DROPOUT,
    "random-kernel-net": NO_DROPOUT | NO_NOISE | RANDOM_KERNEL,
    "random-both-nets": RANDOM_KERNEL,
    "ren": NO_DROPOUT | NO_NOISE | REN_NET,
    "ren+mc": REN_NET,
    "selfdeblur": RELEASED,
    "selfdeblur-lai": RELEASED | {"ssim_after": 500},
    "selfdeblur-colour": RELEASED
    | {"iterations": 2500, "halve_after": 1600, "halve_again_after": (1900, 2200), "ssim_after": 500},
    "selfdeblur-tv": RELEASED | {"ssim_after": None, "tv_weight": 1e-6},
}
DIGESTS = {  # (quick, laptop, paper): the names of the records that the repository has
    "ours": ("03e144e6c16e", "d6b9cae0a71b", "31056ecfc718"),
    "without-both": ("fc5c964fd567", "1553f37ee566", "12d19dd9a850"),
    "early-stopping": ("a2d87ee09985", "e0c4f15521d4", "cb98fa28812c"),
    "tv": ("462904526c4f", "d1fcfbcf90d3", "5c24ec929e0e"),
    "dropout-only": ("81f6c301b656", "966b5113a3f5", "614f4e776290"),
    "noise-only": ("6338957f939d", "9101cc1c014f", "b54ea9875474"),
    "S1": ("fa9dc53919b5", "9be9e37a1b6d", "3553aa7a82a8"),
    "S2": ("659f9d3e774b", "1abde4e38591", "6dc9015a848f"),
    "S3": ("81f6c301b656", "966b5113a3f5", "614f4e776290"),
    "S4": ("2af5a52d53d3", "f23aa8d6b175", "f30237d0e366"),
    "S5": ("3e22405489a2", "239f7e8a833c", "3d515e6937e8"),
    "S6": ("6338957f939d", "9101cc1c014f", "b54ea9875474"),
    "random-kernel-net": ("b132cbec4bdc", "f697d122946f", "3ed361eaf7aa"),
    "random-both-nets": ("dc5a613dea55", "123645a46c1e", "17639106ac8e"),
    "ren": ("ecb8cf7da60a", "d50f0d9e99cc", "42f94e67ad17"),
    "ren+mc": ("05beb9959ced", "41c00b44c662", "27291fa0c8e3"),
}


def flat(config, prefix=""):
    """Dotted path → value of every field, a schedule as its values at TIMES."""
    found = {}
    for field in fields(config):
        value, path = getattr(config, field.name), prefix + field.name
        if isinstance(value, Step):
            found[path] = tuple(value(t) for t in TIMES)
        else:
            found |= flat(value, f"{path}.") if is_dataclass(value) else {path: value}
    return found


def size(preset, kernel_size):
    config = PRESETS[preset]
    nets = ImageNet(config.image_net, config.input_depth), build_kernel_net(config.kernel_net, kernel_size)
    total = sum(p.numel() for net in nets for p in net.parameters())
    assert parameter_count(*nets) == total
    return total


def test_every_preset_is_tested():
    assert set(PRESETS) == set(DIFFERENCES)


@pytest.mark.parametrize("name", DIFFERENCES)
def test_preset_differs_from_ours_in_just_this(name):
    ours = flat(SolverConfig())
    assert flat(PRESETS[name]) == ours | DIFFERENCES[name]


@pytest.mark.parametrize("name", DIGESTS)
def test_digests_are_those_of_the_records(name):
    assert tuple(configure(name, tier).digest() for tier in ("quick", "laptop", "paper")) == DIGESTS[name]


def test_the_schedules_of_figure_8_differ_from_one_another():
    assert len({PRESETS[f"S{number}"] for number in range(1, 7)}) == 6


@pytest.mark.parametrize("kernel_size", [11, 31, 75])
def test_ours_has_2_65_million_parameters(kernel_size):
    assert size("ours", kernel_size) == pytest.approx(2.65e6, rel=0.05)  # Table 6


@pytest.mark.parametrize("name", ["ren", "ren+mc", "selfdeblur"])
def test_ren_has_3_52_million_parameters(name):
    assert size(name, 31) == pytest.approx(3.52e6, rel=0.002)  # Table 6


def test_paper_tier_is_the_preset():
    assert all(configure(name, "paper") == preset for name, preset in PRESETS.items())
    assert configure() == SolverConfig()


@pytest.mark.parametrize("tier", ["quick", "laptop"])
@pytest.mark.parametrize("name", DIFFERENCES)
def test_smaller_tier_is_narrower_and_shorter_and_nothing_else(name, tier):
    preset, config, reduction = PRESETS[name], configure(name, tier), TIERS[tier].reduction
    share = reduction.iterations / preset.iterations
    expected = flat(preset) | {
        "image_net.channels": reduction.channels,
        "image_net.levels": min(reduction.levels, preset.image_net.levels),
        "image_net.skip_channels": reduction.skip_channels,
        "kernel_net.architecture": "fully-connected",
        "iterations": reduction.iterations,
        "halve_after": round(preset.halve_after * share),
        "stop_at": preset.stop_at and round(preset.stop_at * share),
        "kernel_learning_rate": {"quick": 1e-4, "laptop": 2e-4}[tier],
        "update": "joint" if tier == "quick" else preset.update,
        "precision": {"quick": "float32", "laptop": "bfloat16"}[tier],
    }
    if "halve_again_after" in expected:
        expected["halve_again_after"] = tuple(round(after * share) for after in preset.halve_again_after)
        expected["ssim_after"] = preset.ssim_after and round(preset.ssim_after * share)
    actual = flat(config)
    for path, value in expected.items():
        if isinstance(getattr(config, path, None), Step):  # the same value at the same share of the run
            actual[path] = tuple(getattr(config, path)(max(1, t * share)) for t in TIMES)
        assert actual[path] == value, path


def test_tiers_grow_from_quick_to_paper():
    quick, laptop, paper = (TIERS[name] for name in ("quick", "laptop", "paper"))
    assert quick.region <= 96 < 128 <= laptop.region <= 192
    assert quick.reduction.iterations < laptop.reduction.iterations < configure().iterations
    assert paper.region is None and paper.reduction is None


@pytest.mark.parametrize(
    ("arguments", "kind", "choices"),
    [(("nonsense", "quick"), "preset", PRESETS), (("ours", "nonsense"), "tier", TIERS)],
)
def test_unknown_name_lists_the_choices(arguments, kind, choices):
    with pytest.raises(InputError) as caught:
        configure(*arguments)
    message = str(caught.value)
    assert message.startswith(f"unknown {kind} 'nonsense'") and "\n" not in message
    assert all(name in message for name in choices)
