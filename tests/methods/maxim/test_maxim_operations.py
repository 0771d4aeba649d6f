"""Every kind of operation, in a graph of one node, against NumPy and SciPy."""

import base64
import json

import numpy as np
import pytest
import torch
from maxim_cases import constant, node, write_graph
from scipy.signal import correlate2d

from mcdeconv.errors import InputError
from mcdeconv.methods.maxim.graph import load
from mcdeconv.methods.maxim.operations import MADE, PLAIN

RNG = np.random.default_rng(5)
FLOATS = RNG.normal(size=(2, 3, 4, 3)).astype(np.float32)
POSITIVE = np.abs(FLOATS) + np.float32(0.1)
OTHERS = RNG.normal(size=(3, 4, 3)).astype(np.float32)  # broadcast
INTS = np.array([-7, -1, 0, 5, 8], np.int32)
LOGICAL = FLOATS > 0


def text(value):
    return {"s": base64.b64encode(value.encode()).decode()}


def attributes_of_convolution(padding, stride):
    return {
        "padding": text(padding),
        "data_format": text("NHWC"),
        "strides": {"list": {"i": ["1", str(stride), str(stride), "1"]}},
        "dilations": {"list": {"i": ["1", "1", "1", "1"]}},
        "explicit_paddings": {"list": {}},
    }


SLICE = {f"{name}_mask": {"i": "0"} for name in ("begin", "end", "ellipsis", "new_axis", "shrink_axis")}


def correlated(images, filters, padding, stride):
    """SciPy's correlation, channel by channel; "SAME" as TensorFlow's documentation has it."""
    if padding == "SAME":
        beside = []
        for size, taps in zip(images.shape[1:3], filters.shape[:2], strict=True):
            zeros = max((int(np.ceil(size / stride)) - 1) * stride + taps - size, 0)
            beside.append((zeros // 2, zeros - zeros // 2))
        images = np.pad(images, [(0, 0), *beside, (0, 0)])
    return np.stack(
        [
            np.stack(
                [
                    sum(correlate2d(image[..., c], filters[..., c, d], "valid") for c in range(image.shape[2]))
                    for d in range(filters.shape[3])
                ],
                axis=-1,
            )[::stride, ::stride]
            for image in images
        ]
    )


def spread(images, filters, stride, size):
    """Each pixel puts its filter into a larger image: the transpose of a correlation, word by word."""
    result = np.zeros((len(images), *size, filters.shape[2]))
    for n, i, j in np.ndindex(images.shape[:3]):
        rows, columns = (
            slice(stride * at, stride * at + taps) for at, taps in ((i, filters.shape[0]), (j, filters.shape[1]))
        )
        result[n, rows, columns] += filters @ images[n, i, j]
    return result


FILTERS = {taps: RNG.normal(size=(taps, taps, 3, 2)).astype(np.float32) for taps in (1, 2, 3, 4)}
LARGER = RNG.normal(size=(1, 7, 6, 3)).astype(np.float32)
SMALL = RNG.normal(size=(1, 3, 4, 2)).astype(np.float32)
BLOCKS = RNG.normal(size=(2, 3, 4, 5)).astype(np.float32)
SQUARES = {side: RNG.normal(size=(side, 6)).astype(np.float32) for side in (3, 4, 5)}


def ints(*values):
    return np.array(values, np.int32)


def one(value):
    return np.array(value, np.int32)


# (kind, attributes, inputs, what is expected)
CASES = [
    ("Abs", {}, [FLOATS], np.abs(FLOATS)),
    ("AddV2", {}, [FLOATS, OTHERS], FLOATS + OTHERS),
    ("BroadcastTo", {}, [OTHERS, ints(2, 3, 4, 3)], np.broadcast_to(OTHERS, (2, 3, 4, 3))),
    ("Cast", {"DstT": {"type": "DT_INT32"}}, [10 * FLOATS], np.trunc(10 * FLOATS).astype(np.int32)),
    ("Cast", {"DstT": {"type": "DT_FLOAT"}}, [INTS], INTS.astype(np.float32)),
    ("ConcatV2", {}, [FLOATS, POSITIVE, one(2)], np.concatenate([FLOATS, POSITIVE], 2)),
    *(
        (
            "Conv2D",
            attributes_of_convolution(padding, stride),
            [LARGER, FILTERS[taps]],
            correlated(LARGER, FILTERS[taps], padding, stride),
        )
        for padding, stride, taps in (
            ("VALID", 1, 1),
            ("VALID", 1, 3),
            ("VALID", 2, 3),
            ("SAME", 1, 3),
            ("SAME", 1, 4),
            ("SAME", 2, 3),
            ("SAME", 2, 4),
            ("SAME", 2, 1),
        )
    ),
    *(
        (
            "Conv2DBackpropInput",
            attributes_of_convolution("VALID", 2),
            [ints(1, *size, 3), FILTERS[taps], SMALL],
            spread(SMALL, FILTERS[taps], 2, size),
        )
        for taps, size in ((2, (6, 8)), (3, (7, 9)), (3, (8, 10)))
    ),
    ("Einsum", {"equation": text("abcg,gf->abcf")}, [BLOCKS, SQUARES[5]], BLOCKS @ SQUARES[5]),
    (
        "Einsum",
        {"equation": text("gb,cgef->bcef")},
        [SQUARES[3], BLOCKS],
        np.tensordot(SQUARES[3], BLOCKS, ((0,), (1,))),
    ),
    ("Einsum", {"equation": text("abgd,gf->abdf")}, [BLOCKS, SQUARES[4]], np.swapaxes(BLOCKS, 2, 3) @ SQUARES[4]),
    ("Exp", {}, [FLOATS], np.exp(FLOATS)),
    ("ExpandDims", {}, [OTHERS, one(-1)], OTHERS[..., None]),
    ("Floor", {}, [FLOATS], np.floor(FLOATS)),
    ("FloorDiv", {}, [INTS, one(3)], INTS // 3),
    ("FloorMod", {}, [INTS, one(3)], INTS % 3),
    ("GatherV2", {"batch_dims": {"i": "0"}}, [FLOATS, ints(2, 0, 0), one(1)], FLOATS[:, [2, 0, 0]]),
    ("Greater", {}, [FLOATS, OTHERS], FLOATS > OTHERS),
    ("GreaterEqual", {}, [INTS, one(0)], INTS >= 0),
    ("Identity", {}, [FLOATS], FLOATS),
    ("Less", {}, [INTS, one(0)], INTS < 0),
    ("LessEqual", {}, [INTS, one(0)], INTS <= 0),
    ("LogicalAnd", {}, [LOGICAL, OTHERS > 0], LOGICAL & (OTHERS > 0)),
    ("Maximum", {}, [FLOATS, OTHERS], np.maximum(FLOATS, OTHERS)),
    ("Minimum", {}, [FLOATS, OTHERS], np.minimum(FLOATS, OTHERS)),
    ("Mul", {}, [FLOATS, OTHERS], FLOATS * OTHERS),
    ("Neg", {}, [FLOATS], -FLOATS),
    ("NotEqual", {}, [INTS, one(5)], INTS != 5),
    ("Pack", {"axis": {"i": "0"}}, [one(4), one(2), one(3)], ints(4, 2, 3)),
    ("Pack", {"axis": {"i": "1"}}, [OTHERS, OTHERS + 1], np.stack([OTHERS, OTHERS + 1], 1)),
    ("Range", {}, [one(1), one(8), one(3)], np.arange(1, 8, 3)),
    ("RealDiv", {}, [FLOATS, OTHERS], FLOATS / OTHERS),
    ("Reciprocal", {}, [POSITIVE], 1 / POSITIVE),
    ("Reshape", {}, [FLOATS, ints(6, -1)], FLOATS.reshape(6, -1)),
    ("Rsqrt", {}, [POSITIVE], 1 / np.sqrt(POSITIVE)),
    ("SelectV2", {}, [LOGICAL, FLOATS, OTHERS], np.where(LOGICAL, FLOATS, OTHERS)),
    ("Shape", {}, [FLOATS], ints(2, 3, 4, 3)),
    ("Sign", {}, [INTS], np.sign(INTS)),
    ("Square", {}, [FLOATS], FLOATS**2),
    ("Squeeze", {"squeeze_dims": {"list": {"i": ["-1"]}}}, [OTHERS[..., None]], OTHERS),
    ("StridedSlice", SLICE, [FLOATS[0], ints(0, 1, 0), ints(3, -1, 3), ints(2, 1, 1)], FLOATS[0][::2, 1:-1]),
    ("StridedSlice", SLICE | {"shrink_axis_mask": {"i": "1"}}, [INTS, ints(3), ints(4), ints(1)], INTS[3]),
    ("Sub", {}, [FLOATS, OTHERS], FLOATS - OTHERS),
    ("Sum", {"keep_dims": {"b": False}}, [FLOATS, ints(1, 3)], FLOATS.sum((1, 3))),
    ("Sum", {"keep_dims": {"b": True}}, [FLOATS, ints(-1)], FLOATS.sum(-1, keepdims=True)),
    ("Tanh", {}, [FLOATS], np.tanh(FLOATS)),
    ("Transpose", {}, [FLOATS, ints(0, 3, 1, 2)], FLOATS.transpose(0, 3, 1, 2)),
]


def run(folder, kind, attributes, inputs):
    """A graph of this node alone; logical inputs, which no file can hold, are given by a comparison with 0."""
    names = [f"input_{i}" for i in range(len(inputs))]
    nodes, weights = [], []
    for name, array in zip(names, inputs, strict=True):
        if array.dtype == bool:
            weights += [constant(f"{name}_of", array.astype(np.float32)), constant(f"{name}_zero", np.float32(0))]
            nodes.append(node(name, "Greater", f"{name}_of", f"{name}_zero"))
        else:
            weights.append(constant(name, array))
    write_graph(folder, [*nodes, node("result", kind, *names, **attributes)], weights)
    return load(folder)(torch.zeros(1)).numpy()


@pytest.mark.parametrize(("kind", "attributes", "inputs", "expected"), CASES, ids=[case[0] for case in CASES])
def test_an_operation_is_numpys(tmp_path, kind, attributes, inputs, expected):
    result = run(tmp_path, kind, attributes, inputs)
    assert result.shape == expected.shape
    assert result.dtype.kind == np.asarray(expected).dtype.kind
    np.testing.assert_allclose(result, expected, rtol=1e-5, atol=1e-5)


def test_every_kind_has_a_case():
    """MAXIM's graph has 43 kinds: these, its constants and its input."""
    assert {case[0] for case in CASES} == PLAIN.keys() | MADE.keys()
    assert len(PLAIN.keys() | MADE.keys()) + 2 == 43


@pytest.mark.parametrize(
    ("kind", "attributes", "inputs", "named"),
    [
        ("FusedBatchNormV3", {}, [FLOATS], "FusedBatchNormV3"),
        ("GatherV2", {"batch_dims": {"i": "1"}}, [FLOATS, ints(0), one(1)], "batch_dims 1"),
        ("StridedSlice", SLICE | {"end_mask": {"i": "2"}}, [INTS, ints(0), ints(4), ints(1)], "end_mask 2"),
        ("Conv2DBackpropInput", attributes_of_convolution("SAME", 2), [ints(1, 6, 8, 3), FILTERS[2], SMALL], "SAME"),
        (
            "Conv2D",
            attributes_of_convolution("SAME", 1) | {"dilations": {"list": {"i": ["1", "2", "2", "1"]}}},
            [LARGER, FILTERS[3]],
            r"dilations \[1, 2, 2, 1\]",
        ),
        ("Conv2D", attributes_of_convolution("EXPLICIT", 1), [LARGER, FILTERS[3]], "EXPLICIT"),
    ],
)
def test_what_is_not_supported_is_named(tmp_path, kind, attributes, inputs, named):
    with pytest.raises(InputError, match=named):
        run(tmp_path, kind, attributes, inputs)


def test_a_file_of_constants_that_is_too_short_is_an_input_error(tmp_path):
    write_graph(tmp_path, [node("result", "Abs", "x")], [constant("x", FLOATS)])
    shard = tmp_path / "shard1of2.bin"
    shard.write_bytes(shard.read_bytes()[:-4])
    with pytest.raises(InputError, match="fetch it again"):
        load(tmp_path)


def test_a_node_whose_input_is_missing_is_named(tmp_path):
    write_graph(tmp_path, [node("result", "Abs", "nowhere")], [])
    with pytest.raises(InputError, match="'nowhere'"):
        load(tmp_path)


def test_no_model_is_an_input_error(tmp_path):
    (tmp_path / "model.json").write_text(json.dumps({"format": "layers-model"}))
    with pytest.raises(InputError, match="no graph model"):
        load(tmp_path)


def test_values_are_freed_after_their_last_use_and_what_is_not_needed_is_not_run(tmp_path):
    """(x + x)² - x, where x is read again after it was first; the quotient by 0 is not asked for."""
    nodes = [
        node("twice", "AddV2", "image", "image"),
        node("unused", "RealDiv", "twice", "zero"),
        node("square", "Square", "twice", "^unused"),
        node("result", "Sub", "square", "image"),
    ]
    write_graph(tmp_path, nodes, [constant("zero", np.float32(0))])
    model = load(tmp_path)
    assert [each.name for each in model.nodes] == ["twice", "square", "result"]
    assert [set(each.done_with) for each in model.nodes] == [set(), {"twice"}, {"square", "image"}]
    assert model(torch.full((1, 2, 2, 3), 3.0)).unique().tolist() == [33.0]
