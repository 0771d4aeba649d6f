"""Algorithm 1 on a GPU, with next to no work for the processor: an iteration is recorded as a CUDA graph and replayed.

An iteration is hundreds of short kernels; started one by one from Python they take longer to start than to run. Between
the few iterations at which p0, sigma0 or a learning rate changes, all iterations start the same ones, so each such
stretch is recorded once. Losses stay on the device and are read now and then, where a run that diverged ends.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor

from mcdeconv.core.algorithm_1 import Accelerator, State, Update, finite

WARM_UP = 3  # iterations of a stretch before it is recorded: libraries choose their algorithms in them
READ_EVERY = 100  # iterations
Replay = Callable[[], None]
Capture = Callable[[Replay, torch.Generator], Replay]


def cuda_graph(iterate: Replay, generator: torch.Generator) -> Replay:
    """Record what a function does on the GPU, without doing it; every replay draws new random numbers."""
    graph = torch.cuda.CUDAGraph()
    graph.register_generator_state(generator)
    with torch.cuda.graph(graph):
        iterate()
    return graph.replay


def graphs(record: Capture = cuda_graph) -> Accelerator:
    """An accelerator of `algorithm_1`: the same random numbers and the same steps, replayed.

    `state.losses` lags behind by up to READ_EVERY iterations; it is whole when the run ends. Several runs may go on in
    turns, on a stream each: the GPU works on them side by side. Who looks at the state in between does so on
    `state.stream`. A loss that is NaN or infinite ends the run up to READ_EVERY iterations later.
    """

    @contextmanager
    def accelerated(state: State, update: Update) -> Iterator[Replay]:
        losses = LossBuffer(state)
        stream = state.stream = torch.cuda.Stream() if state.z_x.is_cuda else None
        if stream is not None:
            stream.wait_stream(torch.cuda.current_stream())

        def iterate() -> None:
            losses.keep(update(None)[0])

        replay, constants, ran = iterate, constants_of(state), 0

        def run() -> None:
            nonlocal replay, constants, ran
            if constants != constants_of(state):
                replay, constants, ran = iterate, constants_of(state), 0
            with torch.cuda.stream(stream):
                if ran == WARM_UP:
                    replay = record(iterate, state.generator)
                replay()
                ran += 1
                if losses.lag(state) >= READ_EVERY or state.iteration == state.config.last_iteration:
                    for value in losses.read(state):
                        finite(value)

        try:
            yield run
        finally:
            with torch.cuda.stream(stream):
                losses.read(state)
            state.stream = None
            if stream is not None:
                torch.cuda.current_stream().wait_stream(stream)

    return accelerated


def constants_of(state: State) -> tuple[float, ...]:
    """The numbers that are fixed in a recorded iteration: when one changes, it is recorded again."""
    t, config = state.iteration, state.config
    rates = (group["lr"] for one in (state.image_optimiser, state.kernel_optimiser) for group in one.param_groups)
    noise = state.noise_std(t), state.kernel_noise_std(t)
    loss = config.mu(t), config.structural(t)
    return (config.dropout_rate(t), config.kernel_dropout_rate(t), *loss, *noise, *rates)


class LossBuffer:
    """The latest losses on the device, and where the next goes: a tensor, which a recorded iteration can change."""

    def __init__(self, state: State) -> None:
        self.values = torch.zeros(READ_EVERY, device=state.z_x.device)
        self.place = torch.zeros(1, dtype=torch.int64, device=state.z_x.device)

    def keep(self, value: Tensor) -> None:
        self.values.index_copy_(0, self.place, value.reshape(1))
        self.place.add_(1)

    def lag(self, state: State) -> int:
        """Iterations whose loss the state does not have yet."""
        return state.iteration - len(state.losses)

    def read(self, state: State) -> list[float]:
        """Wait for the device and move what was kept into the state; returns it."""
        numbers: list[float] = self.values[: self.lag(state)].tolist()
        state.losses.extend(numbers)
        self.place.zero_()
        return numbers
