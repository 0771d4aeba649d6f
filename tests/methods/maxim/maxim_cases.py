"""Small graph models in the format of TensorFlow.js."""

import json

import numpy as np


def node(name, kind, *inputs, **attributes):
    return {"name": name, "op": kind, "input": list(inputs), "attr": attributes}


def constant(name, array):
    return name, np.asarray(array)


def write_graph(folder, nodes, constants):
    """`model.json` and two shards, cut where no array ends; the input is `image`, the output `result`."""
    data = b"".join(array.tobytes() for _, array in constants)
    cut = len(data) // 2 + 1
    (folder / "shard1of2.bin").write_bytes(data[:cut])
    (folder / "shard2of2.bin").write_bytes(data[cut:])
    weights = [{"name": name, "shape": list(array.shape), "dtype": str(array.dtype)} for name, array in constants]
    listed = [node("image", "Placeholder"), *(node(name, "Const") for name, _ in constants), *nodes]
    description = {
        "format": "graph-model",
        "signature": {"inputs": {"x": {"name": "image:0"}}, "outputs": {"y": {"name": "result:0"}}},
        "modelTopology": {"node": listed},
        "weightsManifest": [{"paths": ["shard1of2.bin", "shard2of2.bin"], "weights": weights}],
    }
    (folder / "model.json").write_text(json.dumps(description))
