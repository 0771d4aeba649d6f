"""The 43 operations of MAXIM's TensorFlow graph, on PyTorch tensors.

Images and features are (N, H, W, C), as in TensorFlow. Shapes travel through the graph as int32 tensors.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from mcdeconv.errors import InputError

Operation = Callable[..., Tensor]
Attributes = Mapping[str, Any]

TYPES = {"DT_FLOAT": torch.float32, "DT_INT32": torch.int32, "DT_BOOL": torch.bool}
NO_SLICE_MASKS = ("begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask")


def broadcast_to(tensor: Tensor, shape: Tensor) -> Tensor:
    return tensor.broadcast_to(shape.tolist())


def concatenate(*tensors_and_axis: Tensor) -> Tensor:
    *tensors, axis = tensors_and_axis
    return torch.cat(tensors, int(axis))


def expand(tensor: Tensor, axis: Tensor) -> Tensor:
    return tensor.unsqueeze(int(axis))


def integers(start: Tensor, limit: Tensor, step: Tensor) -> Tensor:
    return torch.arange(int(start), int(limit), int(step), dtype=torch.int32)


def permute(tensor: Tensor, axes: Tensor) -> Tensor:
    return tensor.permute(axes.tolist())


def reshape(tensor: Tensor, shape: Tensor) -> Tensor:
    return tensor.reshape(shape.tolist())


def shape_of(tensor: Tensor) -> Tensor:
    return torch.tensor(tensor.shape, dtype=torch.int32)


# What needs no attribute, or has only ones that PyTorch sees for itself, such as the type.
PLAIN: dict[str, Operation] = {
    "Abs": torch.abs,
    "AddV2": torch.add,
    "BroadcastTo": broadcast_to,
    "ConcatV2": concatenate,
    "Exp": torch.exp,
    "ExpandDims": expand,
    "Floor": torch.floor,
    "FloorDiv": torch.floor_divide,
    "FloorMod": torch.remainder,
    "Greater": torch.gt,
    "GreaterEqual": torch.ge,
    "Identity": torch.Tensor.detach,
    "Less": torch.lt,
    "LessEqual": torch.le,
    "LogicalAnd": torch.logical_and,
    "Maximum": torch.maximum,
    "Minimum": torch.minimum,
    "Mul": torch.mul,
    "Neg": torch.neg,
    "NotEqual": torch.ne,
    "Range": integers,
    "RealDiv": torch.div,
    "Reciprocal": torch.reciprocal,
    "Reshape": reshape,
    "Rsqrt": torch.rsqrt,
    "SelectV2": torch.where,
    "Shape": shape_of,
    "Sign": torch.sign,
    "Square": torch.square,
    "Sub": torch.sub,
    "Tanh": torch.tanh,
    "Transpose": permute,
}


def casting(attributes: Attributes) -> Operation:
    """From float to int towards 0, as in PyTorch."""
    return partial(torch.Tensor.to, dtype=TYPES[attributes["DstT"]])


def convolution(attributes: Attributes) -> Operation:
    """Correlation of (N, H, W, C) with filters (h, w, C, D); "SAME": half of the zeros before, an odd one after."""
    stride, same = _strides(attributes), attributes["padding"] == "SAME"

    def convolve(images: Tensor, filters: Tensor) -> Tensor:
        if same:
            sides = [_zeros_beside(images.shape[1 + i], filters.shape[i], stride[i]) for i in (0, 1)]
            images = F.pad(images, (0, 0, *sides[1], *sides[0]))
        result = F.conv2d(images.permute(0, 3, 1, 2), filters.permute(3, 2, 0, 1), stride=stride)
        return result.permute(0, 2, 3, 1)

    return convolve


def transposed_convolution(attributes: Attributes) -> Operation:
    """The transpose of `convolution` without zeros ("VALID"): filters are (h, w, channels out, channels in)."""
    stride = _strides(attributes)
    if attributes["padding"] != "VALID":
        raise _unsupported("Conv2DBackpropInput", "padding", attributes["padding"])

    def convolve(size: Tensor, filters: Tensor, images: Tensor) -> Tensor:
        result = F.conv_transpose2d(images.permute(0, 3, 1, 2), filters.permute(3, 2, 0, 1), stride=stride)
        _, height, width, _ = size.tolist()
        result = F.pad(result, (0, width - result.shape[3], 0, height - result.shape[2]))
        return result.permute(0, 2, 3, 1)

    return convolve


def einstein_sum(attributes: Attributes) -> Operation:
    return partial(torch.einsum, attributes["equation"])


def gathering(attributes: Attributes) -> Operation:
    if attributes["batch_dims"]:
        raise _unsupported("GatherV2", "batch_dims", attributes["batch_dims"])

    def gather(tensor: Tensor, indices: Tensor, axis: Tensor) -> Tensor:
        return tensor.index_select(int(axis), indices.flatten()).unflatten(int(axis), indices.shape)

    return gather


def packing(attributes: Attributes) -> Operation:
    return lambda *tensors: torch.stack(tensors, attributes["axis"])


def slicing(attributes: Attributes) -> Operation:
    """Python's own slices, forwards; where an axis shrinks, its element at the slice's start."""
    for mask in NO_SLICE_MASKS:
        if attributes[mask]:
            raise _unsupported("StridedSlice", mask, attributes[mask])

    def cut(tensor: Tensor, begin: Tensor, end: Tensor, step: Tensor) -> Tensor:
        slices = [slice(*ends) for ends in zip(begin.tolist(), end.tolist(), step.tolist(), strict=True)]
        return tensor[tuple(s.start if attributes["shrink_axis_mask"] >> i & 1 else s for i, s in enumerate(slices))]

    return cut


def squeezing(attributes: Attributes) -> Operation:
    return partial(torch.squeeze, dim=tuple(attributes["squeeze_dims"]))


def summation(attributes: Attributes) -> Operation:
    return lambda tensor, axes: tensor.sum(axes.flatten().tolist(), keepdim=attributes["keep_dims"])


# What is made anew for each node, from its attributes.
MADE: dict[str, Callable[[Attributes], Operation]] = {
    "Cast": casting,
    "Conv2D": convolution,
    "Conv2DBackpropInput": transposed_convolution,
    "Einsum": einstein_sum,
    "GatherV2": gathering,
    "Pack": packing,
    "Squeeze": squeezing,
    "StridedSlice": slicing,
    "Sum": summation,
}


def operation(kind: str, attributes: Attributes) -> Operation:
    """What a node does to its inputs.

    Raises
    ------
    InputError
        If the kind of operation, or one of its attributes, is not one that MAXIM has; the message names it.
    """
    if kind in PLAIN:
        return PLAIN[kind]
    if kind not in MADE:
        raise InputError(f"the graph has an operation {kind!r}, which is not one of MAXIM's: is it another model?")
    return MADE[kind](attributes)


def _strides(attributes: Attributes) -> tuple[int, int]:
    """Vertical and horizontal stride of a convolution that has nothing else out of the ordinary."""
    if attributes["data_format"] != "NHWC" or attributes["padding"] not in ("SAME", "VALID"):
        raise _unsupported("convolution", "data_format and padding", (attributes["data_format"], attributes["padding"]))
    if any(step != 1 for step in attributes["dilations"]):
        raise _unsupported("convolution", "dilations", attributes["dilations"])
    return attributes["strides"][1], attributes["strides"][2]


def _zeros_beside(size: int, taps: int, stride: int) -> tuple[int, int]:
    zeros = max((-(-size // stride) - 1) * stride + taps - size, 0)
    return zeros // 2, zeros - zeros // 2


def _unsupported(kind: str, attribute: str, value: object) -> InputError:
    return InputError(f"the graph has a {kind} with {attribute} {value}, which MAXIM's has not: is it another model?")
