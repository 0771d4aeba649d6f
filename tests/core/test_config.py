"""The configuration against the paper's numbers (3.1, 2.2), its checks, and its digest."""

import subprocess
import sys
from dataclasses import FrozenInstanceError, fields, is_dataclass, replace

import pytest

from mcdeconv.core.config import ImageNetConfig, KernelNetConfig, SolverConfig
from mcdeconv.core.schedules import Step, constant
from mcdeconv.errors import InputError


def get(config, path):
    for name in path.split("."):
        config = getattr(config, name)
    return config


def changed(config, path, value):
    """The config with one field, given by its dotted path, set to a value."""
    name, _, rest = path.partition(".")
    return replace(config, **{name: changed(getattr(config, name), rest, value) if rest else value})


def leaves(config, prefix=""):
    """Dotted path → value of every field that is not itself a dataclass."""
    for field in fields(config):
        value = getattr(config, field.name)
        if is_dataclass(value):
            yield from leaves(value, f"{prefix}{field.name}.")
        else:
            yield prefix + field.name, value


DEFAULT = SolverConfig()
LEAVES = dict(leaves(DEFAULT))
OTHER_CHOICE = {
    "image_net.norm": "instance",
    "image_net.dropout_mode": "channel",
    "image_net.non_local_from": 3,
    "kernel_net.architecture": "fully-connected",
    "kernel_net.norm": "batch",
    "input_law": "normal",
    "data_term": "mean",
    "update": "joint",
    "stop_at": 1000,
    "precision": "bfloat16",
}


def other(path, value):
    """A valid value of a field that is not its default."""
    if path in OTHER_CHOICE:
        return OTHER_CHOICE[path]
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int) else value + 0.001


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("image_net.levels", 6),  # "we implemented a U-net with 6 levels"
        ("image_net.channels", 128),  # "Channel number was set to 128"
        ("image_net.slope", 0.1),  # "Both NNs used LeakyReLU with slope 0.1"
        ("kernel_net.architecture", "unet"),  # "the U-net contained 4 levels with channel number 64"
        ("kernel_net.levels", 4),
        ("kernel_net.channels", 64),
        ("kernel_net.slope", 0.1),
        ("input_law", "uniform"),  # "z_x, z_k sampling from the uniform distribution U(0, 0.1)"
        ("input_scale", 0.1),
        ("iterations", 5000),  # "We trained the NN for 5 × 10³ epochs"
        ("dropout_rate", Step(0.3, 0.001, 1500)),  # "0.3 at the first 1.5 × 10³ epochs and drop to p0 = 0.001"
        (
            "input_noise_std",
            Step(0.05, 0.001, 3500),
        ),  # "0.05 for larger kernel size … 0.001 after 3.5 × 10³ iterations"
        ("small_kernel_noise_std", 0.01),  # "or 0.01 for relative small kernel size initially"
        ("image_learning_rate", 1e-2),  # "The learning rate is 1 × 10⁻²"
        ("kernel_learning_rate", 1e-4),  # "For G_k, the learning rate was set to 1 × 10⁻⁴"
        ("halve_after", 3000),  # "Both learning rates dropped with rate 0.5 after 3 × 10³ steps"
        ("data_term", "sum"),  # (24) is a squared norm
        ("kernel_weight", 1e-4),  # "The parameter mu was set to be 1 × 10⁻⁴"
        ("samples", 1),  # 2.2: "just sampling one image instance (i.e., N = 1)"
        ("update", "alternating"),  # Algorithm 1, lines 5 and 6
        ("kernel_dropout_rate", constant(0.0)),  # 2.1: "no randomness in the G_k"
        ("kernel_input_noise_std", constant(0.0)),
        ("tv_weight", 0.0),  # (27) has no TV term
    ],
)
def test_default_is_the_papers(path, value):
    assert get(DEFAULT, path) == value


def test_configurations_are_frozen():
    for config, name in ((DEFAULT, "iterations"), (ImageNetConfig(), "levels"), (KernelNetConfig(), "levels")):
        with pytest.raises(FrozenInstanceError):
            setattr(config, name, 1)


@pytest.mark.parametrize("name", ["iterations", "samples", "input_depth", "halve_after"])
@pytest.mark.parametrize("value", [0, -3])
def test_counts_start_at_1(name, value):
    with pytest.raises(InputError, match=rf"^{name} is {value}; [^\n]+$"):
        replace(DEFAULT, **{name: value})
    assert getattr(replace(DEFAULT, **{name: 1}), name) == 1


@pytest.mark.parametrize("name", ["dropout_rate", "kernel_dropout_rate"])
@pytest.mark.parametrize("step", [Step(1.0, 0, 5), Step(0, 1.0, 5), Step(-0.1, 0, 5), Step(float("nan"), 0, 5)])
def test_dropout_rates_lie_from_0_to_below_1(name, step):
    with pytest.raises(InputError, match=rf"^{name} goes from {step.before} to {step.after}; [^\n]+$"):
        replace(DEFAULT, **{name: step})


@pytest.mark.parametrize(
    ("kernel_size", "first"),
    [(11, 0.01), (27, 0.01), (31, 0.01), (49, 0.01), (51, 0.05), (75, 0.05)],  # Levin's: 11–27 px, Lai's: 31–75 (3.2)
)
def test_noise_starts_lower_for_small_kernels(kernel_size, first):
    schedule = DEFAULT.for_kernel_size(DEFAULT.input_noise_std, kernel_size)
    assert [schedule(t) for t in (1, 3500, 3501, 5000)] == [first, first, 0.001, 0.001]


def test_noise_that_is_off_or_lower_stays_so():
    off, low = (DEFAULT.for_kernel_size(constant(value), 11) for value in (0.0, 0.005))
    assert [off(t) for t in (1, 5000)] == [0, 0] and [low(t) for t in (1, 5000)] == [0.005, 0.005]


def test_with_iterations_keeps_shares():
    config = replace(
        DEFAULT,
        stop_at=1000,
        kernel_dropout_rate=Step(0.1, 0.001, 1500),
        kernel_input_noise_std=Step(0.05, 0.001, 3500),
    )
    short = config.with_iterations(500)
    expected = {
        "iterations": 500,
        "halve_after": 300,
        "stop_at": 100,
        "dropout_rate.at": 150,
        "input_noise_std.at": 350,
        "kernel_dropout_rate.at": 150,
        "kernel_input_noise_std.at": 350,
    }
    assert dict(leaves(short)) == dict(leaves(config)) | expected
    assert short.with_iterations(5000) == config


def test_with_iterations_never_stops_or_halves_at_0():
    short = replace(DEFAULT, stop_at=1).with_iterations(1)
    assert (short.halve_after, short.stop_at) == (1, 1)


@pytest.mark.parametrize("name", ["kernel_dropout_rate", "kernel_input_noise_std"])
@pytest.mark.parametrize("step", [Step(0.1, 0.0, 5), Step(0.0, 0.1, 5)])
def test_randomises_kernel(name, step):
    assert not DEFAULT.randomises_kernel
    assert replace(DEFAULT, **{name: step}).randomises_kernel


@pytest.mark.parametrize("path", LEAVES)
def test_digest_changes_with_every_field(path):
    altered = changed(DEFAULT, path, other(path, LEAVES[path]))
    assert altered != DEFAULT
    assert altered.digest() != DEFAULT.digest()
    assert changed(altered, path, LEAVES[path]).digest() == DEFAULT.digest()


def test_digests_of_all_single_changes_differ_from_one_another():
    digests = {changed(DEFAULT, path, other(path, value)).digest() for path, value in LEAVES.items()}
    assert len(digests) == len(LEAVES)


def test_digest_is_the_same_in_another_process():
    """A record written yesterday must be found today: no hash seed, no address enters the digest."""
    program = "from mcdeconv.core.config import SolverConfig; print(SolverConfig(stop_at=7).digest())"
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == SolverConfig(stop_at=7).digest()
    assert len(printed.strip()) == 12 and int(printed, 16) >= 0


@pytest.mark.parametrize(
    ("field", "value"), [("update", "both"), ("precision", "float16"), ("data_term", "median"), ("stop_at", 0)]
)
def test_wrong_choices_are_refused(field, value):
    with pytest.raises(InputError, match=rf"{field}.*{value}"):
        replace(DEFAULT, **{field: value})


def test_a_known_kernel_has_no_updates_to_alternate_with():
    known = KernelNetConfig(architecture="known")
    assert replace(DEFAULT, kernel_net=known, update="joint").kernel_net is known
    with pytest.raises(InputError, match=r"update is 'alternating' with a known kernel.*choose 'joint'"):
        replace(DEFAULT, kernel_net=known)


@pytest.mark.parametrize(
    ("part", "field"), [("image_net", "norm"), ("image_net", "dropout_mode"), ("kernel_net", "architecture")]
)
def test_wrong_networks_are_refused(part, field):
    with pytest.raises(InputError, match=f"{field}.*quadratic"):
        replace(getattr(DEFAULT, part), **{field: "quadratic"})
