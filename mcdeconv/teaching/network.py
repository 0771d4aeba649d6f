"""A network as prior in one dimension: a small decoder that is trained on one signal, with gradients by hand.

It is the decoder of G_x in little: a fixed random input of few samples, three blocks that double the length, mix
channels over three neighbours and cut off what is negative, and a last mixture to one channel. Dropout before each
doubling, and input noise, make it random.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mcdeconv.errors import InputError

BLOCKS = 3
LEAST = 1e-8  # Adam's


@dataclass
class Decoder:
    """A network of one signal.

    Parameters
    ----------
    input : array, shape (channels, n / 8), fixed
    mixers : arrays, shape (channels, channels, 3), one to a block: from which channel and neighbour to which channel
    biases : arrays, shape (channels,)
    last : array, shape (channels,)
    """

    input: NDArray
    mixers: list[NDArray]
    biases: list[NDArray]
    last: NDArray

    @property
    def parameters(self) -> list[NDArray]:
        """What is trained."""
        return [*self.mixers, *self.biases, self.last]


def decoder(length: int, channels: int, seed: int) -> Decoder:
    """A network with random weights.

    Raises
    ------
    InputError
        If the length is no multiple of 8, or there is no channel.
    """
    if length < 2**BLOCKS or length % 2**BLOCKS or channels < 1:
        raise InputError(
            f"length {length}, {channels} channels; give a multiple of {2**BLOCKS}, and a channel at least"
        )
    rng = np.random.default_rng(seed)
    scale = np.sqrt(2 / (3 * channels))
    return Decoder(
        rng.standard_normal((channels, length // 2**BLOCKS)),
        [scale * rng.standard_normal((channels, channels, 3)) for _ in range(BLOCKS)],
        [np.zeros(channels) for _ in range(BLOCKS)],
        rng.standard_normal(channels) / np.sqrt(channels),
    )


def output(network: Decoder, noise: NDArray | float = 0.0, masks: list[NDArray] | None = None) -> NDArray:
    """G_x(z + noise), with the channels' values multiplied by masks: shape (n,)."""
    return network.last @ _passed(network, noise, masks)[-1][1]


def gradients(
    network: Decoder, towards: NDArray, noise: NDArray | float = 0.0, masks: list[NDArray] | None = None
) -> list[NDArray]:
    """Of a loss whose gradient by the output is `towards`, one array a parameter: the chain rule, last block first."""
    blocks = _passed(network, noise, masks)
    mixers, biases = [], []
    upper = network.last[:, None] * towards
    for block in reversed(range(BLOCKS)):
        doubled, kept = blocks[block]
        below = upper * (kept > 0)
        mixers.append(np.einsum("on,ijn->oij", below, _neighbours(doubled)))
        biases.append(below.sum(axis=1))
        spread = np.einsum("oij,on->ijn", network.mixers[block], below)
        upper = spread[:, 1].copy()
        upper[:, :-1] += spread[:, 0, 1:]
        upper[:, 1:] += spread[:, 2, :-1]
        upper = _halved(upper) * (1 if masks is None else masks[block])
    return [*reversed(mixers), *reversed(biases), blocks[-1][1] @ towards]


def trained(
    network: Decoder,
    blurred: NDArray,
    kernel: NDArray,
    iterations: int,
    learning_rate: float = 0.01,
    *,
    dropout: float = 0.0,
    noise: float = 0.0,
    rng: np.random.Generator | None = None,
) -> Iterator[NDArray]:
    """Minimise ‖k ⊗ G_x - y‖² by Adam, in place, and give the output before each iteration and at the end.

    With dropout or input noise each iteration sees one random sample, as in equation (24).
    """
    rng = rng or np.random.default_rng(0)
    first = [np.zeros_like(one) for one in network.parameters]
    second = [np.zeros_like(one) for one in network.parameters]
    for iteration in range(1, iterations + 1):
        jitter, masks = randomness(network, dropout, noise, rng)
        sample = output(network, jitter, masks)
        yield sample
        residual = np.convolve(sample, kernel, "valid") - blurred
        towards = 2 * np.convolve(residual, kernel[::-1], "full")
        for n, (one, slope) in enumerate(
            zip(network.parameters, gradients(network, towards, jitter, masks), strict=True)
        ):
            first[n] = 0.9 * first[n] + 0.1 * slope
            second[n] = 0.999 * second[n] + 0.001 * slope**2
            steady = np.sqrt(second[n] / (1 - 0.999**iteration)) + LEAST
            one -= learning_rate * first[n] / (1 - 0.9**iteration) / steady
    yield output(network)


def randomness(
    network: Decoder, dropout: float, noise: float, rng: np.random.Generator
) -> tuple[NDArray | float, list[NDArray] | None]:
    """What one sample draws: noise on the input, and a mask a block that keeps 1 - p0 of the values, made larger."""
    if not 0 <= dropout < 1 or noise < 0:
        raise InputError(
            f"dropout {dropout:g}, noise {noise:g}; give a dropout from 0 to below 1, and a noise of 0 or more"
        )
    channels, width = network.input.shape
    jitter: NDArray | float = noise * rng.standard_normal((channels, width)) if noise else 0.0
    if not dropout:
        return jitter, None
    widths = [width * 2**block for block in range(BLOCKS)]
    return jitter, [(rng.random((channels, width)) >= dropout) / (1 - dropout) for width in widths]


def _passed(network: Decoder, noise: NDArray | float, masks: list[NDArray] | None) -> list[tuple[NDArray, NDArray]]:
    """Of each block what was dropped out and doubled, and what is left of its mixture after cutting."""
    blocks = []
    values = network.input + noise
    for block, (mixer, bias) in enumerate(zip(network.mixers, network.biases, strict=True)):
        doubled = _doubled(values if masks is None else values * masks[block])
        values = np.maximum(np.einsum("oij,ijn->on", mixer, _neighbours(doubled)) + bias[:, None], 0)
        blocks.append((doubled, values))
    return blocks


def _neighbours(values: NDArray) -> NDArray:
    """Of each value the one before, itself and the one after, zeros outside: shape (channels, 3, n)."""
    padded = np.pad(values, ((0, 0), (1, 1)))
    return np.stack([padded[:, :-2], values, padded[:, 2:]], axis=1)


def _doubled(values: NDArray) -> NDArray:
    """Twice as many samples: each value at a quarter before and after its place, linearly between two."""
    before = np.concatenate([values[:, :1], values[:, :-1]], axis=1)
    after = np.concatenate([values[:, 1:], values[:, -1:]], axis=1)
    both = np.stack([0.75 * values + 0.25 * before, 0.75 * values + 0.25 * after], axis=2)
    return both.reshape(len(values), -1)


def _halved(slopes: NDArray) -> NDArray:
    """The transpose of `_doubled`."""
    even, odd = slopes[:, ::2], slopes[:, 1::2]
    found = 0.75 * (even + odd)
    found[:, :-1] += 0.25 * even[:, 1:]
    found[:, 0] += 0.25 * even[:, 0]
    found[:, 1:] += 0.25 * odd[:, :-1]
    found[:, -1] += 0.25 * odd[:, -1]
    return found
