"""Run a TensorFlow.js graph model in PyTorch: `model.json` has the nodes, its shards the constants.

Only what MAXIM needs is supported: one input, one output, constants of float32 and int32, and the kinds of node in
`operations`.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from mcdeconv.errors import InputError
from mcdeconv.methods.maxim.operations import Operation, operation

CONSTANT_TYPES = {"float32": np.dtype("<f4"), "int32": np.dtype("<i4")}


@dataclass(frozen=True)
class Node:
    """One operation, and which values are not read after it."""

    name: str  # of its result, too
    run: Operation
    inputs: tuple[str, ...]
    done_with: tuple[str, ...] = ()


@dataclass(frozen=True)
class GraphModel:
    """A graph whose nodes stand in the order in which they can run; `restore` calls it."""

    constants: Mapping[str, Tensor]
    nodes: Sequence[Node]
    source: str  # name of the input
    result: str  # name of the output

    @torch.inference_mode()
    def __call__(self, images: Tensor) -> Tensor:
        """Run all nodes.

        Parameters
        ----------
        images : float32 Tensor, shape (N, H, W, 3)

        Returns
        -------
        float32 Tensor; MAXIM's has the shape of `images`.
        """
        values = {**self.constants, self.source: images}
        for node in self.nodes:
            values[node.name] = node.run(*[values[name] for name in node.inputs])
            for name in node.done_with:  # the memory of a large image's features is needed again at once
                del values[name]
        return values[self.result]


def load(folder: Path) -> GraphModel:
    """Read a graph model, and find out where each value is last read.

    Parameters
    ----------
    folder : Path
        What has `model.json` and the shards that it names.

    Raises
    ------
    InputError
        If a file is missing or damaged, or the graph has an operation that is not supported.
    """
    try:
        description = json.loads((folder / "model.json").read_bytes())
        constants = _constants(description["weightsManifest"], folder)
        (source,) = (entry["name"] for entry in description["signature"]["inputs"].values())
        (result,) = (entry["name"] for entry in description["signature"]["outputs"].values())
        listed = description["modelTopology"]["node"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{folder} has no graph model that can be read ({error}); fetch it again") from None
    return _freeing(constants, _nodes(listed), source.split(":")[0], result.split(":")[0])


def _constants(manifest: Sequence[Mapping[str, Any]], folder: Path) -> dict[str, Tensor]:
    """The shards of a group, one after the other, have its arrays in order."""
    constants = {}
    for group in manifest:
        data, start = b"".join((folder / path).read_bytes() for path in group["paths"]), 0
        for entry in group["weights"]:
            dtype, count = CONSTANT_TYPES[entry["dtype"]], int(np.prod(entry["shape"]))
            array = np.frombuffer(data, dtype, count, start).reshape(entry["shape"])
            constants[entry["name"]] = torch.from_numpy(array.copy())
            start += array.nbytes
        if start != len(data):
            raise ValueError(f"the shards have {len(data)} bytes and not {start}")
    return constants


def _nodes(listed: Sequence[Mapping[str, Any]]) -> list[Node]:
    return [
        Node(
            entry["name"],
            operation(entry["op"], {name: _value(coded) for name, coded in entry.get("attr", {}).items()}),
            tuple(name for name in entry.get("input", ()) if not name.startswith("^")),  # ^: order, not a value
        )
        for entry in listed
        if entry["op"] not in ("Const", "Placeholder")
    ]


def _freeing(constants: Mapping[str, Tensor], nodes: Sequence[Node], source: str, result: str) -> GraphModel:
    """From the last node to the first: leave out what the result does not need, and note where a value is last read."""
    needed, kept = {result}, []
    for node in reversed(nodes):
        if node.name in needed:
            last = {name for name in node.inputs if name not in needed and name not in constants}
            kept.append(replace(node, done_with=tuple(last)))
            needed.update(node.inputs)
    if unknown := needed - {node.name for node in kept} - constants.keys() - {source}:
        raise InputError(f"the graph reads {min(unknown)!r}, which it does not have: is the file whole?")
    return GraphModel({name: constants[name] for name in needed & constants.keys()}, kept[::-1], source, result)


def _value(coded: Mapping[str, Any]) -> Any:
    """An attribute: {"i": "2"}, {"b": true}, {"s": text in base 64}, {"type": "DT_INT32"}, {"list": {"i": ["2"]}}."""
    ((kind, content),) = coded.items()
    if kind == "i":
        return int(content)
    if kind == "s":
        return base64.b64decode(content).decode()
    if kind == "list":
        return [int(item) for item in content.get("i", ())]
    return content
