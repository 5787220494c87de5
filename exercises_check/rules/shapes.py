"""Reshapes, transpositions and slices in one writing. This module imports no Keras."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from exercises_check.graph import Spec, Tensor, map_tensors, tensors_in
from exercises_check.rules.call import Call, from_the_front


def reshape_rule(call: Call, emit: Callable, step: Callable) -> list[Tensor] | None:
    """`Flatten()`, `Reshape((-1,))` and `ops.reshape(x, (-1, n))` are one."""
    if call.setting("data_format") == "channels_first" and len(call.spec.shape) > 2:
        return None
    return reshaped(call, call.inputs[0], call.spec, call.outputs[0], emit, step)


def reshaped(call, tensor, before: Spec, after: Spec, emit, step) -> list[Tensor] | None:
    known = (*before.shape[1:], *after.shape[1:])
    if not before.shape or not after.shape or None in known:
        return None
    if before.shape[0] != after.shape[0]:
        return None
    if math.prod(before.shape[1:]) != math.prod(after.shape[1:]):
        return None
    if step(tensor).kind == "reshape":  # only the last of two reshapes counts
        tensor = step(tensor).inputs[0][1]
    if step(tensor).outputs[tensor.index].shape[1:] == after.shape[1:]:
        return [tensor]
    # How many numbers a flat shape holds follows from the input; it is nobody's choice.
    shape = "flat" if len(after.shape) == 2 else after.shape[1:]
    return [emit("reshape", {"shape": shape}, [("", tensor)], (after,))]


# What only picks or moves numbers, and what picks the largest.
_MOVES = frozenset({"reshape", "transpose", "ops.GetItem"})
_PICKS_THE_LARGEST = frozenset({"max", "MaxPooling1D", "MaxPooling2D", "MaxPooling3D"})


def before_move(call: Call, rising: bool, step: Callable) -> Call | None:
    """The call as it would be before the reshape, or the like, whose result it receives.

    What works on each number by itself, such as `ReLU()` or `Dropout(0.5)`, is the same before a
    `Flatten()` and after it; and what keeps the larger of two numbers the larger (`rising`), such
    as `ReLU()`, the same before a `MaxPooling2D()` and after it.
    """
    behind = step(call.inputs[0])
    if len(call.inputs) != 1 or len(behind.inputs) != 1:
        return None
    if behind.kind not in _MOVES and not (rising and behind.kind in _PICKS_THE_LARGEST):
        return None
    ((_, tensor),) = behind.inputs
    spec = step(tensor).outputs[tensor.index]
    return replace(
        call,
        arguments=map_tensors(call.arguments, lambda _: tensor),
        inputs=(tensor,),
        specs={tensor: spec},
        masks={},
        outputs=(Spec(spec.shape, call.outputs[0].dtype),),
    )


def transpose_rule(call: Call, emit: Callable, step: Callable) -> list[Tensor] | None:
    """`Permute((2, 1))` and `ops.transpose(x, (0, 2, 1))` are one."""
    rank = len(call.spec.shape)
    if call.class_name == "Permute":
        axes = (0, *call.setting("dims"))
    else:
        axes = call.setting("axes") or tuple(range(rank))[::-1]
    axes = tuple(from_the_front(axis, rank) for axis in axes)
    tensor = call.inputs[0]
    before = step(tensor)
    if before.kind == "transpose":  # two are one
        axes = tuple(before.settings["axes"][axis] for axis in axes)
        tensor = before.inputs[0][1]
    if axes == tuple(range(rank)):
        return [tensor]
    return [emit("transpose", {"axes": axes}, [("", tensor)])]


def slice_rule(call: Call, emit: Callable, step: Callable) -> list[Tensor] | None:
    """`x[:, -1]` and `x[:, -1, :]` are one; so are an index from the front and from the back."""
    key = call.arguments.get("key")
    key = key if isinstance(key, tuple) else (key,)
    shape = call.spec.shape
    if list(tensors_in(key)) or any(k is None or _is_ellipsis(k) for k in key):
        return None
    places = []
    for size, place in zip(shape, key, strict=False):
        if isinstance(place, int) and place < 0 and size is not None:
            place += size
        elif isinstance(place, dict):
            place = {"slice": _whole(place["slice"], size)}
        places.append(place)
    while places and places[-1] == {"slice": (None, None, None)}:
        places.pop()
    if not places:
        return [call.inputs[0]]
    return [emit("ops.GetItem", {"key": tuple(places)}, [("", call.inputs[0])])]


def _is_ellipsis(place: Any) -> bool:
    return isinstance(place, dict) and "ellipsis" in place


def _whole(limits: tuple, size: int | None) -> tuple:
    start, stop, stride = limits
    if size is not None:
        start = start + size if isinstance(start, int) and start < 0 else start
        stop = stop + size if isinstance(stop, int) and stop < 0 else stop
        stop = None if stop == size else stop
    return (None if start == 0 else start, stop, None if stride == 1 else stride)
