"""The recorded solver against Algorithm 1: the same bits; on a CPU something stands in for CUDA graphs."""

from dataclasses import replace

import pytest
import torch
from tiny import NETS

from mcdeconv.core import cuda_graph
from mcdeconv.core.algorithm_1 import Diverged, algorithm_1, initialise
from mcdeconv.core.config import KernelNetConfig
from mcdeconv.core.cuda_graph import constants_of, graphs
from mcdeconv.core.presets import PRESETS
from mcdeconv.core.released import ReleasedImageNet, SelfDeblur
from mcdeconv.core.schedules import Step
from mcdeconv.studies.levin import Penalised

SMALL = replace(
    PRESETS["ours"],
    **NETS,
    iterations=24,
    dropout_rate=Step(0.3, 0.001, 7),
    input_noise_std=Step(0.01, 0.001, 15),
    halve_after=20,
)
CONFIGS = {
    "alternating": SMALL,
    "joint": replace(SMALL, update="joint"),
    "random kernel": replace(
        SMALL, kernel_dropout_rate=Step(0.1, 0.001, 7), kernel_input_noise_std=Step(0.01, 0.0, 11)
    ),
    "SelfDeblur": SelfDeblur(
        image_net=ReleasedImageNet(levels=2, channels=4, skip_channels=2, non_local_from=2),
        kernel_net=KernelNetConfig("fully-connected", hidden=12),
        iterations=24,
        ssim_after=6,
        halve_after=12,
        halve_again_after=(18,),
    ),
    "deterministic": replace(SMALL, dropout_rate=Step(0, 0, 0), input_noise_std=Step(0, 0, 0)),
}
BLURRED = torch.rand(1, 1, 36, 40, generator=torch.Generator().manual_seed(0))


@pytest.fixture(autouse=True)
def reads_often(monkeypatch):
    monkeypatch.setattr(cuda_graph, "READ_EVERY", 5)


class Recordings:
    """Stands in for CUDA graphs: refuses to be replayed once a constant has changed, as a graph would not notice."""

    def __init__(self, state):
        self.state, self.count = state, 0

    def __call__(self, iterate, generator):
        assert generator is self.state.generator
        self.count += 1
        recorded = constants_of(self.state)

        def replay():
            assert constants_of(self.state) == recorded
            iterate()

        return replay


def fresh(config, seed=2):
    return initialise(BLURRED, 7, config, seed)


def plainly(state, blurred=BLURRED):
    return algorithm_1(blurred, 7, state.config, resume=state)


def replayed(state, blurred=BLURRED):
    """On a CPU by what stands in for CUDA graphs."""
    accelerator = graphs() if blurred.is_cuda else graphs(Recordings(state))
    return algorithm_1(blurred, 7, state.config, resume=state, accelerator=accelerator)


@pytest.mark.parametrize("name", CONFIGS)
def test_it_takes_the_steps_of_algorithm_1(name):
    wanted, found = fresh(CONFIGS[name]), fresh(CONFIGS[name])
    for _ in plainly(wanted):
        pass
    recordings = Recordings(found)
    steps = algorithm_1(BLURRED, 7, found.config, resume=found, accelerator=graphs(recordings))
    iterations = [state.iteration for state in steps]
    assert iterations == list(range(1, 25))
    assert recordings.count == (2 if name == "deterministic" else 5 if name == "random kernel" else 4)
    assert found.losses == wanted.losses
    for net in ("image_net", "kernel_net"):
        mine, theirs = (getattr(state, net).state_dict() for state in (found, wanted))
        assert all(torch.equal(mine[key], theirs[key]) for key in mine)
    assert torch.equal(found.generator.get_state(), wanted.generator.get_state())


def test_a_penalty_that_ends_needs_a_new_recording():
    state = fresh(Penalised(**vars(SMALL) | {"extra_kernel_weights": (Step(1.0, 0.0, 10),)}))
    found = []
    for state.iteration in (9, 10, 11):
        found.append(constants_of(state))
    assert found[0] == found[1] != found[2]


@pytest.mark.parametrize("stop", [3, 5, 13])
def test_stopped_anywhere_it_has_every_loss_and_can_go_on(stop):
    wanted, found = fresh(SMALL), fresh(SMALL)
    for _ in plainly(wanted):
        pass
    steps = replayed(found)
    for _ in range(stop):
        next(steps)
    steps.close()
    assert found.losses == wanted.losses[:stop]
    other = fresh(SMALL)
    other.load_state_dict(found.state_dict())
    for _ in replayed(other):
        pass
    assert other.losses == wanted.losses


def test_several_run_in_turns_as_each_alone():
    alone, together = [], [fresh(SMALL, seed) for seed in (0, 1, 2)]
    for seed in (0, 1, 2):
        state = fresh(SMALL, seed)
        for _ in plainly(state):
            pass
        alone.append(state.losses)
    for _ in zip(*(replayed(state) for state in together), strict=True):
        pass
    assert [state.losses for state in together] == alone


def test_a_run_that_diverges_ends_at_the_next_reading():
    state = fresh(SMALL)
    steps = replayed(state)
    for _ in range(6):
        next(steps)
    with torch.no_grad():
        state.image_net.output.bias.fill_(torch.nan)
    with pytest.raises(Diverged, match="the loss became nan"):
        list(steps)
    assert state.iteration == 10 and len(state.losses) == 10


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("name", CONFIGS)
def test_on_a_gpu_a_recording_takes_the_steps_of_algorithm_1(name):
    wanted, found = (initialise(BLURRED.cuda(), 7, CONFIGS[name], 2) for _ in range(2))
    for steps, state in ((plainly, wanted), (replayed, found)):
        for _ in steps(state, BLURRED.cuda()):
            pass
    assert found.losses == pytest.approx(wanted.losses, rel=1e-3)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_on_a_gpu_several_in_turns_are_as_each_alone():
    alone, together = ([initialise(BLURRED.cuda(), 7, SMALL, seed) for seed in (0, 1, 2)] for _ in range(2))
    for state in alone:
        for _ in replayed(state, BLURRED.cuda()):
            pass
    for _ in zip(*(replayed(state, BLURRED.cuda()) for state in together), strict=True):
        pass
    for one, other in zip(alone, together, strict=True):
        assert other.losses == pytest.approx(one.losses, rel=1e-3)
