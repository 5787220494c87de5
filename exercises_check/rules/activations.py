"""Activations in one writing, wherever they are written. This module imports no Keras."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exercises_check.graph import Operation, Tensor
from exercises_check.rules.call import Call, cast, from_the_front, masked

ACTIVATIONS = frozenset(
    {"relu", "relu6", "leaky_relu", "elu", "selu", "celu", "gelu", "sigmoid", "log_sigmoid", "tanh"}
    | {"softmax", "log_softmax", "softplus", "softsign", "silu", "exponential", "mish", "glu"}
    | {"hard_sigmoid", "hard_silu", "hard_tanh", "hard_shrink", "soft_shrink", "tanh_shrink"}
    | {"squareplus", "sparse_plus", "sparsemax", "threshold", "custom_activation"}
)
# Those that keep the larger of two numbers the larger.
RISING = frozenset(
    {"relu", "relu6", "leaky_relu", "elu", "sigmoid", "hard_sigmoid", "tanh", "hard_tanh"}
    | {"softplus", "softsign", "log_sigmoid", "exponential"}
)
_OTHER_NAMES = {
    "swish": "silu",
    "hard_swish": "hard_silu",
    "exp": "exponential",
    "re_lu": "relu",
    "relu6": "relu6",
}
_ACTIVATION_DEFAULTS = {
    "relu": {"max_value": None, "negative_slope": 0.0, "threshold": 0.0},
    "elu": {"alpha": 1.0},
    "celu": {"alpha": 1.0},
    "gelu": {"approximate": False},
    "softmax": {"axis": -1},
    "log_softmax": {"axis": -1},
    "leaky_relu": {"negative_slope": 0.2},
}


def normal_activation(value: Any) -> tuple[str, dict[str, Any]] | None:
    """An activation setting in one writing: `(kind, settings)`, `None` for linear."""
    if value is None or value == "linear":
        return None
    if isinstance(value, str):
        return _activation_of(value, {})
    if isinstance(value, dict) and "class_name" in value:
        config = value.get("config")
        if value["class_name"] == "function":  # somebody's own, whatever its name
            return ("custom_activation", {"function": config})
        if value["class_name"] == "Activation":
            return normal_activation(config.get("activation"))
        settings = config if isinstance(config, dict) else {}
        return _activation_of(_snake(value["class_name"]), settings)
    return ("custom_activation", {"function": value})


def _activation_of(name: str, config: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    kind = _OTHER_NAMES.get(name, name)
    defaults = _ACTIVATION_DEFAULTS.get(kind, {})
    settings = {key: config.get(key, default) for key, default in defaults.items()}
    if kind == "relu" and settings["max_value"] == 6 and not settings["negative_slope"]:
        return "relu6", {}
    plain = settings.get("max_value") is None and not settings.get("threshold")
    if kind == "relu" and plain and settings["negative_slope"]:
        return "leaky_relu", {"negative_slope": settings["negative_slope"]}
    settings = {k: v for k, v in settings.items() if v != defaults[k] or kind == "leaky_relu"}
    if kind in ACTIVATIONS:
        return kind, settings
    return "custom_activation", {"function": name}


def written_activation(operation: Operation, kind: str, settings: dict[str, Any]) -> dict[str, Any]:
    """The settings of an activation as `operation`, which applies it, has them; else the defaults.

    The normal form leaves out what is not needed, as the axis of a softmax over the last one.
    """
    full = {**_ACTIVATION_DEFAULTS.get(kind, {}), **settings}
    if OP_ACTIVATIONS.get(operation.class_name) is None:
        return full
    return {name: operation.settings.get(name, value) for name, value in full.items()}


def _snake(class_name: str) -> str:
    letters = [f"_{c.lower()}" if c.isupper() else c for c in class_name]
    name = "".join(letters).strip("_")
    return {"re_l_u": "relu", "leaky_re_l_u": "leaky_relu", "e_l_u": "elu"}.get(name, name)


OP_ACTIVATIONS = {
    "ReLU": "relu", "Relu": "relu", "Relu6": "relu6", "LeakyReLU": "leaky_relu",
    "LeakyRelu": "leaky_relu", "ELU": "elu", "Elu": "elu", "Selu": "selu", "Celu": "celu",
    "Gelu": "gelu", "Sigmoid": "sigmoid", "LogSigmoid": "log_sigmoid", "Tanh": "tanh",
    "Softmax": "softmax", "LogSoftmax": "log_softmax", "Softplus": "softplus",
    "Softsign": "softsign", "Silu": "silu", "Exp": "exponential", "Mish": "mish",
    "HardSigmoid": "hard_sigmoid", "HardSilu": "hard_silu", "HardTanh": "hard_tanh",
}  # fmt: skip


def activation_rule(call: Call, emit: Callable, step: Callable) -> list[Tensor] | None:
    """`Activation("relu")`, `ReLU()` and `ops.relu(x)` are one."""
    if call.class_name == "Activation":
        activation = normal_activation(call.setting("activation"))
    else:
        config = {**call.operation.settings, **call.arguments}
        activation = _activation_of(OP_ACTIVATIONS[call.class_name], config)
    if len(call.inputs) != 1 or (call.class_name == "Softmax" and masked(call)):
        return None
    if "Softmax" in call.class_name:
        axis = call.setting("axis", -1)
        rank = len(call.spec.shape)
        last = from_the_front(axis, rank) in (rank - 1, (rank - 1,))
        settings = {} if last else {"axis": from_the_front(axis, rank)}
        activation = (activation[0], settings)
    return [activate(call.inputs[0], activation, call.outputs, emit, step, cast(call))]


def activate(tensor, activation, outputs, emit, step, dtype=None) -> Tensor:
    if activation is None and dtype is None:
        return tensor
    kind, settings = activation or ("Identity", {})
    before = step(tensor)
    if kind == "relu" and not settings and (before.kind, before.settings) == (kind, settings):
        return tensor  # a second relu changes nothing
    return emit(kind, settings, [("", tensor)], outputs, dtype=dtype)
