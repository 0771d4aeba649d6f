"""A trained G_x that draws its samples in a page: one run's image network, its input and its kernel, in 16 bits."""

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from mcdeconv.core.algorithm_1 import State, read_out
from mcdeconv.core.networks import Block, ImageNet
from mcdeconv.core.presets import TIERS, configure
from mcdeconv.core.solve import solve
from mcdeconv.data.datasets import load_item
from mcdeconv.data.problem import pose
from mcdeconv.errors import InputError
from mcdeconv.files import make_folder, write_whole
from mcdeconv.runs.library import Library
from mcdeconv.runs.provenance import provenance

FOLDER = Path("results/sampler")
DATASET, IMAGE, TIER, SEED = "synthetic-levin", "coins_kernel_04", "quick", 0

Sampler = dict[str, Any]  # the JSON contract: what `sampler_of` returns


class LastState:
    """An observer of a run that keeps where it is."""

    every_loss = False
    state: State

    def __call__(self, state: State) -> None:
        self.state = state


def train_sampler() -> Sampler:
    """Run Algorithm 1 on an embedded image, and keep its image network."""
    problem = pose(load_item(DATASET, IMAGE), TIERS[TIER].region)
    config = configure("ours", TIER)
    last = LastState()
    solution = solve(problem.blurred, problem.kernel_size, config, seed=SEED, observers=(last,))
    own = {"image": IMAGE, "dataset": DATASET, "tier": TIER, "seed": solution.seed, "iterations": solution.iterations}
    return (
        sampler_of(last.state, problem.blurred)
        | own
        | {"config": config.digest(), "provenance": provenance("cpu", torch.get_num_threads())}
    )


def sampler_of(state: State, blurred: NDArray) -> Sampler:
    """What `lessons/image_net.js` reads: arrays as base64 of 16-bit floats, layers in the order of its blocks.

    Raises
    ------
    InputError
        If the network is of a kind that it cannot compute.
    """
    config, net = state.config.image_net, state.image_net
    assert isinstance(net, ImageNet)
    plain = config.norm == "batch" and config.encoder_convolutions == 1 and not config.tracks_statistics
    fours = config.channels % 4 == config.skip_channels % 4 == state.z_x.shape[1] % 4 == 0
    if not plain or config.non_local_from or not fours:
        raise InputError(f"the image network {config} is not one that a page computes; take the paper's, of any width")
    parts = (net.skips, net.encoder, net.decoder)
    blocks = [block for part in parts for block in part.modules() if isinstance(block, Block)]
    tensors = [one for block in (*blocks, net.output) for one in block.parameters()]
    weights = np.concatenate([one.detach().cpu().numpy().ravel() for one in tensors])
    z = state.z_x.detach().cpu().numpy()[0]
    shape = {"channels": config.channels, "skip_channels": config.skip_channels, "levels": config.levels}
    return {
        "net": shape | {"slope": config.slope, "inputs": len(z)},
        "size": list(z.shape[1:]),
        "kernel_size": state.kernel_size,
        "weights": halves(weights),
        "z": halves(z),
        "kernel": halves(read_out(state)[1].cpu().numpy()),
        "blurred": halves(blurred),
    }


def halves(values: NDArray) -> str:
    """Base64 of little-endian 16-bit floats."""
    return base64.b64encode(np.ascontiguousarray(values, "<f2").tobytes()).decode()


def save_sampler(folder: Path) -> Path:
    """Train one and write it, unless that has been done with this configuration."""
    path = folder / f"{IMAGE}.json"
    try:
        if load_sampler(folder)["config"] == configure("ours", TIER).digest():
            return path
    except (InputError, KeyError):
        pass  # there is none, or it is damaged: made anew
    make_folder(folder)
    write_whole(path, (json.dumps(train_sampler(), separators=(",", ":")) + "\n").encode())
    return path


def load_sampler(folder: Path | None = None) -> Sampler:
    """The stored one; by default this checkout's.

    Raises
    ------
    InputError
        If there is none.
    """
    path = (folder or Library.here().root / FOLDER) / f"{IMAGE}.json"
    try:
        found: Sampler = json.loads(path.read_text())
    except (OSError, ValueError):
        raise InputError(f"there is no sampler {path}; `make explorer` trains one") from None
    return found
