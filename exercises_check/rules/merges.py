"""Merge layers, operators and their operations in one writing. This module imports no Keras."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from exercises_check.graph import Spec, Tensor, tensors_in
from exercises_check.rules.call import Call, cast, from_the_front

JOINABLE = frozenset({"add", "multiply", "maximum", "minimum", "concatenate"})


MERGES = {
    "Add": "add", "Subtract": "subtract", "Multiply": "multiply", "Average": "average",
    "Maximum": "maximum", "Minimum": "minimum", "Concatenate": "concatenate", "Dot": "dot",
    "TrueDivide": "divide", "Divide": "divide",
}  # fmt: skip
IDEMPOTENT = frozenset({"maximum", "minimum"})  # of a tensor and itself: the tensor
EVEN = frozenset({"ops.Square", "ops.Absolute", "ops.Abs"})  # the same for x and for -x
LINES_UP = frozenset({"as", "ranks"})
_UNORDERED = frozenset({"add", "multiply", "average", "maximum", "minimum"})


def merge_rule(call: Call, emit: Callable, step: Callable) -> list[Tensor] | None:
    """`Add()([a, b])`, `layers.add([a, b])`, `a + b` and `ops.add(a, b)` are one; so for others."""
    kind = MERGES[call.class_name]
    tensors = call.inputs
    if len(tensors) == 1 and call.operation.is_layer:
        return [tensors[0]] if cast(call) is None else None
    settings: dict[str, Any] = {}
    if kind == "concatenate":
        rank = len(call.spec.shape)
        default = -1 if call.operation.is_layer else 0
        settings["axis"] = from_the_front(call.setting("axis", default), rank)
    if len(tensors) == 1:
        constants = {k: v for k, v in call.arguments.items() if not list(tensors_in(v))}
        if len(constants) != 1:
            return None
        ((slot, constant),) = constants.items()
        if _changes_nothing(kind, slot, constant) and call.outputs[0] == call.spec:
            return [tensors[0]]
        settings["constant"] = constant
        if kind not in _UNORDERED:
            settings["constant_is"] = {"x1": "left", "x2": "right"}.get(slot, slot)
    elif not _alike([call.specs[tensor] for tensor in tensors]):
        # Keras' merge layers and operators line up different ranks at different ends.
        settings["as"] = "layer" if call.operation.is_layer else "operator"
        settings["ranks"] = tuple(sorted(len(call.specs[tensor].shape) for tensor in tensors))
    ordered = kind not in _UNORDERED
    if kind in IDEMPOTENT:
        tensors = tuple(dict.fromkeys(tensors))
        if len(tensors) == 1 and "constant" not in settings and cast(call) is None:
            return [tensors[0]]
    inputs = [(f"[{i}]" if ordered else "", tensor) for i, tensor in enumerate(tensors)]
    return [emit(kind, settings, inputs, ordered=ordered)]


def _changes_nothing(kind: str, slot: str, constant: Any) -> bool:
    """`x + 0`, as `sum([x, y])` makes, `x - 0`, `x * 1` and `x / 1`."""
    if isinstance(constant, bool) or not isinstance(constant, (int, float)):
        return False
    neutral = {"add": 0, "subtract": 0, "multiply": 1, "divide": 1}.get(kind)
    return constant == neutral and (kind in _UNORDERED or slot == "x2")


def _alike(specs: list[Spec]) -> bool:
    return len({len(spec.shape) for spec in specs}) == 1 and len({s.dtype for s in specs}) == 1


def joins(step, inner) -> bool:
    """Whether the merge `inner` may be written as part of the merge `step` that receives it."""
    return (
        inner.kind == step.kind
        and not inner.activations
        and "constant" not in inner.settings
        and "constant" not in step.settings
        and inner.settings == step.settings
    )


def is_average(step, inner) -> bool:
    """Whether `step` divides the sum `inner` by the number of its terms."""
    if inner.kind != "add" or inner.settings or inner.activations:
        return False
    constant = step.settings.get("constant")
    if not isinstance(constant, (int, float)):
        return False
    terms = len(inner.inputs)
    if step.kind == "divide":
        return step.settings.get("constant_is") == "right" and constant == terms
    return step.kind == "multiply" and math.isclose(constant, 1 / terms, rel_tol=1e-6)


def dot_rule(call: Call, emit: Callable, step: Callable) -> list[Tensor] | None:
    """`Dot(axes=(2, 1))` and `ops.matmul` on two sequences are one, transposed or not."""
    if len(call.inputs) != 2:
        return None
    ranks = [len(call.specs[tensor].shape) for tensor in call.inputs]
    normalize = False
    if call.operation.is_layer:
        axes = call.setting("axes")
        axes = (axes, axes) if isinstance(axes, int) else tuple(axes)
        normalize = bool(call.setting("normalize"))
    elif ranks == [3, 3]:
        axes = (2, 1)
    else:
        return None
    axes = [from_the_front(axis, rank) for axis, rank in zip(axes, ranks, strict=True)]
    tensors = list(call.inputs)
    for side, tensor in enumerate(tensors):
        before = step(tensor)
        if before.kind == "transpose" and before.settings == {"axes": (0, 2, 1)}:
            tensors[side] = before.inputs[0][1]
            axes[side] = 3 - axes[side]
    ordered = ranks != [2, 2]  # of two rows, the product is the same either way
    inputs = [(f"[{i}]" if ordered else "", tensor) for i, tensor in enumerate(tensors)]
    return [emit("dot", {"axes": tuple(axes), "normalize": normalize}, inputs, ordered=ordered)]
