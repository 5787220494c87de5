"""The rules of the normal form: how one call of Keras is written in it.

Each rule says in its one line what is the same as what. A rule receives a `Call` and writes steps
with `emit`; it returns the tensors that the call returns, or `None` where it does not apply. What
has no rule keeps its class name. No module in here imports Keras.
"""

from __future__ import annotations

from collections.abc import Callable

from exercises_check.graph import Array, Tensor
from exercises_check.rules.activations import (
    ACTIVATIONS,
    OP_ACTIVATIONS,
    RISING,
    activation_rule,
    written_activation,
)
from exercises_check.rules.call import Call, cast
from exercises_check.rules.layers import as_it_is, compared
from exercises_check.rules.masks import mask_of
from exercises_check.rules.merges import (
    EVEN,
    IDEMPOTENT,
    JOINABLE,
    LINES_UP,
    MERGES,
    dot_rule,
    is_average,
    joins,
    merge_rule,
)
from exercises_check.rules.reductions import (
    REDUCTIONS,
    pooling_rule,
    reduction_rule,
    whole_window_rule,
)
from exercises_check.rules.separable import separable_rule
from exercises_check.rules.shapes import before_move, reshape_rule, slice_rule, transpose_rule

__all__ = [
    "ACTIVATIONS",
    "EVEN",
    "IDEMPOTENT",
    "JOINABLE",
    "LINES_UP",
    "Call",
    "compared",
    "is_average",
    "joins",
    "mask_of",
    "repeatable",
    "rewrite",
    "written_activation",
]

# Calls that work on each number by itself; arithmetic does so with a constant number.
_NUMBER_BY_NUMBER = frozenset(
    {"Activation", "Dropout", "GaussianNoise", "GaussianDropout", "AlphaDropout", *OP_ACTIVATIONS}
    | {"Add", "Subtract", "Multiply", "TrueDivide", "Divide", "Square", "Sqrt", "Absolute", "Abs"}
) - {"Softmax", "LogSoftmax"}
# Steps that draw random numbers: two calls are two draws, even on one tensor.
_RATES = ("rate", "dropout", "recurrent_dropout", "stddev")


def rewrite(call: Call, emit: Callable, step: Callable) -> list[Tensor]:
    """The tensors that `call` returns, written with `emit`; `step(tensor)` is the step behind one.

    Args:
        call: the call to write.
        emit: `emit(kind, settings, inputs, outputs=..., **more)` writes a step.
        step: gives the step that a tensor comes from.
    """
    if call.class_name in _NUMBER_BY_NUMBER and _each_number_alone(call) and not call.literal:
        before = before_move(call, _rising(call), step)
        if before is not None:
            (tensor,) = rewrite(before, emit, step)
            moved = step(call.inputs[0])
            return [emit(moved.kind, moved.settings, [("", tensor)], path=moved.path)]
    rule = _RULES.get(call.class_name)
    tensors = rule(call, emit, step) if rule is not None else None
    return tensors if tensors is not None else as_it_is(call, emit, step)


def _each_number_alone(call: Call) -> bool:
    over_an_axis = call.setting("activation") in ("softmax", "log_softmax", "glu", "sparsemax")
    arrays = any(isinstance(value, (Array, tuple)) for value in call.arguments.values())
    alone = len(call.inputs) == 1 and not arrays
    return call.setting("noise_shape") is None and not over_an_axis and alone


def _rising(call: Call) -> bool:
    """Whether a larger number gives a larger one, or the same."""
    name = OP_ACTIVATIONS.get(call.class_name, call.setting("activation"))
    slope = call.setting("negative_slope") or 0
    return isinstance(name, str) and name in RISING and slope >= 0


def repeatable(step) -> bool:
    """Whether a second equal call gives the same tensor, and changes nothing."""
    if step.kind == "Input" or step.kind.startswith("Random"):
        return False
    if any(step.settings.get(rate) for rate in _RATES) or step.settings.get("stateful"):
        return False
    # Statistics that a call updates, such as BatchNormalization's, count each call.
    return step.kind not in ("BatchNormalization", "SpectralNormalization")


def _nothing_rule(call: Call, emit: Callable, step: Callable) -> list[Tensor] | None:
    """`Identity()`, dropout of nothing, and a cast to the same dtype change nothing."""
    changes = {
        "Rescaling": call.setting("scale") != 1 or call.setting("offset") not in (0, None),
        "Cast": call.outputs[0].dtype != call.spec.dtype,
    }
    rate = next((call.setting(r) for r in _RATES if call.setting(r) is not None), None)
    if changes.get(call.class_name, bool(rate)) or cast(call) is not None:
        return None
    return [call.inputs[0]]


_RULES: dict[str, Callable] = {
    "Activation": activation_rule,
    **dict.fromkeys(OP_ACTIVATIONS, activation_rule),
    **dict.fromkeys(MERGES, merge_rule),
    "Dot": dot_rule,
    "Matmul": dot_rule,
    **dict.fromkeys(("Flatten", "Reshape", "ExpandDims", "Squeeze"), reshape_rule),
    **dict.fromkeys(("Permute", "Transpose"), transpose_rule),
    "GetItem": slice_rule,
    **dict.fromkeys(
        (f"Global{kind}Pooling{n}D" for kind in ("Average", "Max") for n in (1, 2, 3)),
        pooling_rule,
    ),
    **dict.fromkeys(
        (f"{kind}Pooling{n}D" for kind in ("Average", "Max") for n in (1, 2, 3)),
        whole_window_rule,
    ),
    **dict.fromkeys(REDUCTIONS, reduction_rule),
    **dict.fromkeys(("SeparableConv1D", "SeparableConv2D"), separable_rule),
    **dict.fromkeys(
        (
            *("Identity", "Dropout", "GaussianNoise", "GaussianDropout", "AlphaDropout", "Cast"),
            *("SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "Rescaling"),
        ),
        _nothing_rule,
    ),
}
