"""Means, maxima and poolings over whole axes in one writing. This module imports no Keras."""

from __future__ import annotations

from collections.abc import Callable

from exercises_check.graph import Spec, Tensor
from exercises_check.rules.call import Call, from_the_front, masked
from exercises_check.rules.shapes import reshaped

REDUCTIONS = {"Mean": "mean", "Max": "max", "Min": "min", "Sum": "sum", "Prod": "prod"}


def pooling_rule(call: Call, emit: Callable, step: Callable) -> list[Tensor] | None:
    """`GlobalAveragePooling2D()` and `ops.mean(x, axis=(1, 2))` are one; so for the maximum."""
    if masked(call) and call.operation.uses_mask:
        return None
    rank = len(call.spec.shape)
    first = 2 if call.setting("data_format") == "channels_first" else 1
    axes = tuple(range(first, first + rank - 2))
    kind = "mean" if "Average" in call.class_name else "max"
    return _reduce(call, kind, axes, emit, step)


def whole_window_rule(call: Call, emit: Callable, step: Callable) -> list[Tensor] | None:
    """Average pooling over the whole map is the mean that keeps its axes."""
    size, shape = call.setting("pool_size"), call.spec.shape
    if call.setting("data_format") == "channels_first" or call.setting("padding") != "valid":
        return None
    size = (size,) if isinstance(size, int) else size
    if size != shape[1:-1]:
        return None
    kind = "mean" if "Average" in call.class_name else "max"
    return _reduce(call, kind, tuple(range(1, len(shape) - 1)), emit, step)


def reduction_rule(call: Call, emit: Callable, step: Callable) -> list[Tensor] | None:
    """`ops.mean` with the axes in any order and from either end."""
    axis = call.setting("axis")
    if axis is None or call.setting("initial") is not None or call.setting("where") is not None:
        return None
    axis = axis if isinstance(axis, tuple) else (axis,)
    axes = tuple(sorted(from_the_front(axis, len(call.spec.shape))))
    return _reduce(call, REDUCTIONS[call.class_name], axes, emit, step)


def _reduce(call: Call, kind: str, axes: tuple[int, ...], emit, step) -> list[Tensor] | None:
    before, after = call.spec, call.outputs[0]
    if call.literal:
        settings = {"axes": axes, "keepdims": len(after.shape) == len(before.shape)}
        return [emit(kind, settings, [("", call.inputs[0])])]
    if all(before.shape[axis] == 1 for axis in axes) and after.dtype == before.dtype:
        return reshaped(call, call.inputs[0], before, after, emit, step)  # of one number: itself
    small = Spec(tuple(n for i, n in enumerate(before.shape) if i not in axes), after.dtype)
    received, all_axes = call.inputs[0], axes
    behind = step(received)
    if behind.kind == kind and set(behind.settings) == {"axes"}:  # a mean of means is one mean
        received, gone = behind.inputs[0][1], behind.settings["axes"]
        left = [i for i in range(len(before.shape) + len(gone)) if i not in gone]
        all_axes = tuple(sorted((*gone, *(left[axis] for axis in axes))))
    tensor = emit(kind, {"axes": all_axes}, [("", received)], (small,))
    if len(after.shape) == len(small.shape):
        return [tensor]
    kept = reshaped(call, tensor, small, after, emit, step)
    if kept is None:  # sizes unknown: keeping the axes is a setting
        return [emit(kind, {"axes": axes, "keepdims": True}, [("", call.inputs[0])])]
    return kept
