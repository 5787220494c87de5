"""The rules of the normal form: how one call of Keras is written in it.

Each rule says in its one line what is the same as what. A rule receives a `Call` and writes steps
with `emit`; it returns the tensors that the call returns. What has no rule keeps its class name.
This module imports no Keras.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from exercises_check.graph import Operation, Spec, Tensor, tensors_in

# Settings that do not change what a trained model can compute.
_NOT_COMPARED = frozenset(
    {"seed", "unroll", "use_cudnn", "batch_shape", "autocast", "sparse", "build_config"}
)
_NAMES = frozenset({"name", "trainable", "dtype"})

# Layers that apply `activation` to their output last, so that it can as well be a layer of its own.
_ENDS_WITH_ACTIVATION = frozenset(
    {"Dense", "EinsumDense", "Conv1D", "Conv2D", "Conv3D"}
    | {"Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"}
    | {"SeparableConv1D", "SeparableConv2D", "DepthwiseConv1D", "DepthwiseConv2D"}
)
_RECURRENT = frozenset(
    {"RNN", "LSTM", "GRU", "SimpleRNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"}
)

# Steps that draw random numbers: two calls are two draws, even on one tensor.
_RATES = ("rate", "dropout", "recurrent_dropout", "stddev")

ACTIVATIONS = frozenset(
    {"relu", "relu6", "leaky_relu", "elu", "selu", "celu", "gelu", "sigmoid", "log_sigmoid", "tanh"}
    | {"softmax", "log_softmax", "softplus", "softsign", "silu", "exponential", "mish", "glu"}
    | {"hard_sigmoid", "hard_silu", "hard_tanh", "hard_shrink", "soft_shrink", "tanh_shrink"}
    | {"squareplus", "sparse_plus", "sparsemax", "threshold", "custom_activation"}
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

JOINABLE = frozenset({"add", "multiply", "maximum", "minimum", "concatenate"})


@dataclass(frozen=True)
class Call:
    """A call about to be rewritten.

    Attributes:
        operation: what is called.
        arguments: the call's arguments; tensors refer to steps.
        inputs: the tensors among them, in order.
        specs: shape and dtype of each of these.
        masks: the Keras mask that travels with each of these, or `None`.
        outputs: shape and dtype of what the call returns.
        free: settings that are left open, as `"units"` or `"Dense.units"`.
        initializers: whether initializers are compared.
    """

    operation: Operation
    arguments: dict[str, Any]
    inputs: tuple[Tensor, ...]
    specs: dict[Tensor, Spec]
    masks: dict[Tensor, Tensor | None]
    outputs: tuple[Spec, ...]
    free: frozenset[str] = frozenset()
    initializers: bool = False

    @property
    def class_name(self) -> str:
        return self.operation.class_name

    @property
    def spec(self) -> Spec:
        """Shape and dtype of the first tensor received."""
        return self.specs[self.inputs[0]]

    def setting(self, name: str, default: Any = None) -> Any:
        """A setting, given to the constructor or to the call."""
        if name in self.operation.settings:
            return self.operation.settings[name]
        return self.arguments.get(name, default)


def rewrite(call: Call, emit: Callable, step: Callable) -> list[Tensor]:
    """The tensors that `call` returns, written with `emit`; `step(tensor)` is the step behind one.

    Args:
        call: the call to write.
        emit: `emit(kind, settings, inputs, outputs=..., **more)` writes a step.
        step: gives the step that a tensor comes from.
    """
    rule = _RULES.get(call.class_name)
    tensors = rule(call, emit, step) if rule is not None else None
    return tensors if tensors is not None else _as_it_is(call, emit, step)


def repeatable(step) -> bool:
    """Whether a second equal call gives the same tensor, and changes nothing."""
    if step.kind == "Input" or step.kind.startswith("Random"):
        return False
    if any(step.settings.get(rate) for rate in _RATES) or step.settings.get("stateful"):
        return False
    # Statistics that a call updates, such as BatchNormalization's, count each call.
    return step.kind not in ("BatchNormalization", "SpectralNormalization")


# What most calls need ------------------------------------------------------------------------------


def _as_it_is(call: Call, emit: Callable, step: Callable) -> list[Tensor]:
    operation = call.operation
    kind = operation.class_name if operation.is_layer else f"ops.{operation.class_name}"
    settings = _settings(operation.settings, call)
    class_name = operation.class_name
    if class_name == "TimeDistributed" and not _masked(call):
        inner = operation.settings.get("layer", {})
        if inner.get("class_name") == "Dense":  # a Dense works on the last axis by itself
            kind = class_name = "Dense"
            settings = _settings(inner["config"], call)
    activation = None
    if class_name in _ENDS_WITH_ACTIVATION:
        activation = settings.pop("activation", None)
    inputs, fixed = _slots(call)
    settings.update(fixed)
    inputs, settings = _padded_before(kind, inputs, settings, step)
    inputs += _mask_slots(call)
    layer = operation.key if operation.weights else None
    dtype = operation.dtype if layer else _cast(call)
    first = emit(
        kind,
        settings,
        inputs,
        layer=layer,
        trainable=tuple(weight.trainable for weight in operation.weights),
        dtype=dtype,
    )
    tensors = [Tensor(first.node, index) for index in range(len(call.outputs))]
    if activation is not None and len(tensors) == 1:
        tensors = [_activate(tensors[0], activation, call.outputs, emit, step)]
    return tensors


def _slots(call: Call) -> tuple[list[tuple[str, Tensor]], dict[str, Any]]:
    """The tensors of a call with the place of each, and the rest of its arguments as settings."""
    inputs: list[tuple[str, Tensor]] = []
    fixed: dict[str, Any] = {}
    for name, value in call.arguments.items():
        found = list(tensors_in(value))
        if isinstance(value, Tensor):
            inputs.append((name, value))
        elif found and isinstance(value, tuple) and len(found) == len(value):
            inputs.extend((f"{name}[{i}]", tensor) for i, tensor in enumerate(found))
        elif found:
            inputs.extend((f"{name}[{i}]", tensor) for i, tensor in enumerate(found))
            fixed[name] = _shape_of(value)
        elif value is not None:
            fixed[name] = value
    if len(inputs) == 1:
        inputs = [("", inputs[0][1])]
    return inputs, fixed


def _shape_of(value: Any) -> Any:
    if isinstance(value, Tensor):
        return "tensor"
    if isinstance(value, tuple):
        return tuple(_shape_of(item) for item in value)
    if isinstance(value, dict):
        return {key: _shape_of(item) for key, item in value.items()}
    return value


def _settings(config: dict[str, Any], call: Call | None) -> dict[str, Any]:
    """Settings in one writing; left out is what does not change what a model can compute."""
    free = call.free if call is not None else frozenset()
    initializers = call is not None and call.initializers
    settings = {}
    for name, value in config.items():
        if name in _NOT_COMPARED or name in _NAMES:
            continue
        if name in free or (call is not None and f"{call.class_name}.{name}" in free):
            continue
        if name.endswith("_initializer") and not initializers:
            continue
        settings[name] = _value(name, value)
    if settings.get("data_format") in ("channels_last", None):
        settings.pop("data_format", None)
    if call is not None and call.inputs:
        rank = len(call.spec.shape)
        for name in ("axis", "axes"):
            if name in settings and call.class_name != "Dot":
                settings[name] = _from_the_front(settings[name], rank)
    backward = settings.get("backward_layer")
    if backward is not None and backward == _mirrored(settings["layer"]):
        del settings["backward_layer"]
    return settings


def _value(name: str, value: Any) -> Any:
    if name.endswith("activation"):
        return _activation(value)
    if isinstance(value, dict) and "class_name" in value and "config" in value:
        class_name, config = value["class_name"], value["config"]
        if class_name in ("L1", "L2", "L1L2"):
            return {"class_name": "L1L2", "l1": config.get("l1", 0.0), "l2": config.get("l2", 0.0)}
        inner = _settings(config, None) if isinstance(config, dict) else config
        return {"class_name": class_name, "config": inner}
    if isinstance(value, dict):
        return {key: _value(key, item) for key, item in value.items() if key not in _NAMES}
    if isinstance(value, tuple):
        return tuple(_value("", item) for item in value)
    return value


def _mirrored(layer: dict[str, Any]) -> dict[str, Any]:
    config = dict(layer["config"])
    config["go_backwards"] = not config.get("go_backwards")
    return {**layer, "config": config}


def _from_the_front(axis: Any, rank: int) -> Any:
    if isinstance(axis, bool) or axis is None:
        return axis
    if isinstance(axis, int):
        return axis + rank if axis < 0 else axis
    if isinstance(axis, tuple):
        return tuple(_from_the_front(item, rank) for item in axis)
    return axis


def _cast(call: Call) -> str | None:
    """The dtype that a call without weights turns its input into, if it does."""
    if not call.inputs or not call.outputs or not call.operation.is_layer:
        return None
    dtype = call.outputs[0].dtype
    return None if dtype == call.spec.dtype else dtype


def _padded_before(kind: str, inputs: list, settings: dict, step: Callable) -> tuple[list, dict]:
    """`ZeroPadding2D(1)` and a 3 × 3 convolution without padding are one with `padding="same"`."""
    if not kind.startswith("Conv") or settings.get("padding") != "valid" or len(inputs) != 1:
        return inputs, settings
    before = step(inputs[0][1])
    if not before.kind.startswith("ZeroPadding") or any(s != 1 for s in settings["strides"]):
        return inputs, settings
    pads = before.settings.get("padding")
    pads = tuple((p, p) if isinstance(p, int) else p for p in pads if p is not None)
    if isinstance(before.settings["padding"], int) or kind.startswith("Conv1D"):
        pads = (before.settings["padding"],)
    wanted = tuple(
        (d * (k - 1) // 2,) * 2
        for k, d in zip(settings["kernel_size"], settings["dilation_rate"], strict=True)
    )
    if pads != wanted or any(k % 2 == 0 for k in settings["kernel_size"]):
        return inputs, settings
    return list(before.inputs), {**settings, "padding": "same"}


# Masks --------------------------------------------------------------------------------------------


def _masked(call: Call) -> bool:
    return any(call.masks.get(tensor) is not None for tensor in call.inputs)


def _mask_slots(call: Call) -> list[tuple[str, Tensor]]:
    """The masks that Keras hands to a call by itself, as inputs like any other."""
    slots = []
    for name in call.operation.uses_mask:
        if name in call.arguments:
            continue
        tensors = call.inputs
        if name != "mask":
            tensors = tuple(tensors_in(call.arguments.get(name.removesuffix("_mask"))))
        masks = [call.masks.get(tensor) for tensor in tensors]
        if name == "mask" and not call.class_name.endswith("Attention"):
            masks = masks[:1]
        slots += [(f"{name}[{i}]", mask) for i, mask in enumerate(masks) if mask is not None]
    return slots


def mask_of(call: Call, emit: Callable) -> Tensor | None:
    """The mask that travels with what `call` returns, or `None`."""
    operation = call.operation
    if not operation.is_layer or not call.inputs:
        return None
    spec = (Spec(call.spec.shape, "bool"),)
    if operation.class_name == "Embedding" and call.setting("mask_zero"):
        return emit("ops.NotEqual", {"x2": 0}, [("", call.inputs[0])], spec)
    if operation.class_name == "Masking":
        value = {"mask_value": call.setting("mask_value")}
        return emit("Masking's mask", value, [("", call.inputs[0])], spec)
    if not operation.supports_masking or not _masked(call):
        return None
    masks = [call.masks.get(tensor) for tensor in call.inputs]
    if operation.class_name == "Dot":
        return None
    if operation.class_name == "Concatenate":
        inputs = [("", m if m is not None else t) for m, t in zip(masks, call.inputs, strict=True)]
        axis = {"axis": _from_the_front(call.setting("axis", -1), len(call.spec.shape))}
        return emit("Concatenate's mask", axis, inputs, spec, ordered=False)
    if operation.class_name in _MERGES:
        if None in masks:
            return None
        different = list(dict.fromkeys(masks))
        if len(different) == 1:
            return different[0]
        return emit("ops.LogicalOr", {}, [("", m) for m in different], spec, ordered=False)
    config = operation.settings
    if operation.class_name == "Bidirectional":
        config = operation.settings["layer"]["config"]
    if operation.class_name in _RECURRENT or operation.class_name == "Bidirectional":
        return masks[0] if config.get("return_sequences") else None
    if call.outputs[0].shape[:2] != call.spec.shape[:2]:
        return None
    return masks[0]


# Activations --------------------------------------------------------------------------------------


def _activation(value: Any) -> tuple[str, dict[str, Any]] | None:
    """An activation setting in one writing: `(kind, settings)`, `None` for linear."""
    if value is None or value == "linear":
        return None
    if isinstance(value, str):
        return _activation_of(value, {})
    if isinstance(value, dict) and "class_name" in value:
        config = value.get("config")
        if value["class_name"] == "function" and isinstance(config, str):
            return _activation_of(config, {})
        if value["class_name"] == "Activation":
            return _activation(config.get("activation"))
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


def _snake(class_name: str) -> str:
    letters = [f"_{c.lower()}" if c.isupper() else c for c in class_name]
    name = "".join(letters).strip("_")
    return {"re_l_u": "relu", "leaky_re_l_u": "leaky_relu", "e_l_u": "elu"}.get(name, name)


_OP_ACTIVATIONS = {
    "ReLU": "relu", "Relu": "relu", "Relu6": "relu6", "LeakyReLU": "leaky_relu",
    "LeakyRelu": "leaky_relu", "ELU": "elu", "Elu": "elu", "Selu": "selu", "Celu": "celu",
    "Gelu": "gelu", "Sigmoid": "sigmoid", "LogSigmoid": "log_sigmoid", "Tanh": "tanh",
    "Softmax": "softmax", "LogSoftmax": "log_softmax", "Softplus": "softplus",
    "Softsign": "softsign", "Silu": "silu", "Exp": "exponential", "Mish": "mish",
    "HardSigmoid": "hard_sigmoid", "HardSilu": "hard_silu", "HardTanh": "hard_tanh",
}  # fmt: skip


def _activation_rule(call: Call, emit: Callable, step: Callable) -> list[Tensor] | None:
    """`Activation("relu")`, `ReLU()` and `ops.relu(x)` are one."""
    if call.class_name == "Activation":
        activation = _activation(call.setting("activation"))
    else:
        config = {**call.operation.settings, **call.arguments}
        activation = _activation_of(_OP_ACTIVATIONS[call.class_name], config)
    if len(call.inputs) != 1 or (call.class_name == "Softmax" and _masked(call)):
        return None
    if "Softmax" in call.class_name:
        axis = call.setting("axis", -1)
        rank = len(call.spec.shape)
        last = _from_the_front(axis, rank) in (rank - 1, (rank - 1,))
        settings = {} if last else {"axis": _from_the_front(axis, rank)}
        activation = (activation[0], settings)
    return [_activate(call.inputs[0], activation, call.outputs, emit, step, _cast(call))]


def _activate(tensor, activation, outputs, emit, step, dtype=None) -> Tensor:
    if activation is None and dtype is None:
        return tensor
    kind, settings = activation or ("Identity", {})
    before = step(tensor)
    if kind == "relu" and not settings and (before.kind, before.settings) == (kind, settings):
        return tensor  # a second relu changes nothing
    return emit(kind, settings, [("", tensor)], outputs, dtype=dtype)


# Merges -------------------------------------------------------------------------------------------

_MERGES = {
    "Add": "add", "Subtract": "subtract", "Multiply": "multiply", "Average": "average",
    "Maximum": "maximum", "Minimum": "minimum", "Concatenate": "concatenate", "Dot": "dot",
    "TrueDivide": "divide", "Divide": "divide",
}  # fmt: skip
_UNORDERED = frozenset({"add", "multiply", "average", "maximum", "minimum"})


def _merge_rule(call: Call, emit: Callable, step: Callable) -> list[Tensor] | None:
    """`Add()([a, b])`, `layers.add([a, b])`, `a + b` and `ops.add(a, b)` are one; so for others."""
    kind = _MERGES[call.class_name]
    tensors = call.inputs
    if len(tensors) == 1 and call.operation.is_layer:
        return [tensors[0]] if _cast(call) is None else None
    settings: dict[str, Any] = {}
    if kind == "concatenate":
        rank = len(call.spec.shape)
        default = -1 if call.operation.is_layer else 0
        settings["axis"] = _from_the_front(call.setting("axis", default), rank)
    if len(tensors) == 1:
        constants = {k: v for k, v in call.arguments.items() if not list(tensors_in(v))}
        if len(constants) != 1:
            return None
        ((slot, constant),) = constants.items()
        settings["constant"] = constant
        if kind not in _UNORDERED:
            settings["constant_is"] = {"x1": "left", "x2": "right"}.get(slot, slot)
    elif not _alike([call.specs[tensor] for tensor in tensors]):
        # Keras' merge layers and operators line up different ranks at different ends.
        settings["as"] = "layer" if call.operation.is_layer else "operator"
        settings["ranks"] = tuple(sorted(len(call.specs[tensor].shape) for tensor in tensors))
    ordered = kind not in _UNORDERED
    inputs = [(f"[{i}]" if ordered else "", tensor) for i, tensor in enumerate(tensors)]
    return [emit(kind, settings, inputs, ordered=ordered)]


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


def _dot_rule(call: Call, emit: Callable, step: Callable) -> list[Tensor] | None:
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
    axes = [_from_the_front(axis, rank) for axis, rank in zip(axes, ranks, strict=True)]
    tensors = list(call.inputs)
    for side, tensor in enumerate(tensors):
        before = step(tensor)
        if before.kind == "transpose" and before.settings == {"axes": (0, 2, 1)}:
            tensors[side] = before.inputs[0][1]
            axes[side] = 3 - axes[side]
    inputs = [(f"[{i}]", tensor) for i, tensor in enumerate(tensors)]
    return [emit("dot", {"axes": tuple(axes), "normalize": normalize}, inputs)]


# Shapes -------------------------------------------------------------------------------------------


def _reshape_rule(call: Call, emit: Callable, step: Callable) -> list[Tensor] | None:
    """`Flatten()`, `Reshape((-1,))` and `ops.reshape(x, (-1, n))` are one."""
    if call.setting("data_format") == "channels_first" and len(call.spec.shape) > 2:
        return None
    return _reshaped(call, call.inputs[0], call.spec, call.outputs[0], emit, step)


def _reshaped(call, tensor, before: Spec, after: Spec, emit, step) -> list[Tensor] | None:
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
    return [emit("reshape", {"shape": after.shape[1:]}, [("", tensor)], (after,))]


def _transpose_rule(call: Call, emit: Callable, step: Callable) -> list[Tensor] | None:
    """`Permute((2, 1))` and `ops.transpose(x, (0, 2, 1))` are one."""
    rank = len(call.spec.shape)
    if call.class_name == "Permute":
        axes = (0, *call.setting("dims"))
    else:
        axes = call.setting("axes") or tuple(range(rank))[::-1]
    axes = tuple(_from_the_front(axis, rank) for axis in axes)
    if axes == tuple(range(rank)):
        return [call.inputs[0]]
    return [emit("transpose", {"axes": axes}, [("", call.inputs[0])])]


def _slice_rule(call: Call, emit: Callable, step: Callable) -> list[Tensor] | None:
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


# Reductions ---------------------------------------------------------------------------------------

_REDUCTIONS = {"Mean": "mean", "Max": "max", "Min": "min", "Sum": "sum", "Prod": "prod"}


def _pooling_rule(call: Call, emit: Callable, step: Callable) -> list[Tensor] | None:
    """`GlobalAveragePooling2D()` and `ops.mean(x, axis=(1, 2))` are one; so for the maximum."""
    if _masked(call) and call.operation.uses_mask:
        return None
    rank = len(call.spec.shape)
    first = 2 if call.setting("data_format") == "channels_first" else 1
    axes = tuple(range(first, first + rank - 2))
    kind = "mean" if "Average" in call.class_name else "max"
    return _reduce(call, kind, axes, emit, step)


def _whole_window_rule(call: Call, emit: Callable, step: Callable) -> list[Tensor] | None:
    """Average pooling over the whole map is the mean that keeps its axes."""
    size, shape = call.setting("pool_size"), call.spec.shape
    if call.setting("data_format") == "channels_first" or call.setting("padding") != "valid":
        return None
    size = (size,) if isinstance(size, int) else size
    if size != shape[1:-1]:
        return None
    kind = "mean" if "Average" in call.class_name else "max"
    return _reduce(call, kind, tuple(range(1, len(shape) - 1)), emit, step)


def _reduction_rule(call: Call, emit: Callable, step: Callable) -> list[Tensor] | None:
    """`ops.mean` with the axes in any order and from either end."""
    axis = call.setting("axis")
    if axis is None or call.setting("initial") is not None or call.setting("where") is not None:
        return None
    axis = axis if isinstance(axis, tuple) else (axis,)
    axes = tuple(sorted(_from_the_front(axis, len(call.spec.shape))))
    return _reduce(call, _REDUCTIONS[call.class_name], axes, emit, step)


def _reduce(call: Call, kind: str, axes: tuple[int, ...], emit, step) -> list[Tensor] | None:
    before, after = call.spec, call.outputs[0]
    small = Spec(tuple(n for i, n in enumerate(before.shape) if i not in axes), after.dtype)
    tensor = emit(kind, {"axes": axes}, [("", call.inputs[0])], (small,))
    if len(after.shape) == len(small.shape):
        return [tensor]
    kept = _reshaped(call, tensor, small, after, emit, step)
    if kept is None:  # sizes unknown: keeping the axes is a setting
        return [emit(kind, {"axes": axes, "keepdims": True}, [("", call.inputs[0])])]
    return kept


# What changes nothing -----------------------------------------------------------------------------


def _nothing_rule(call: Call, emit: Callable, step: Callable) -> list[Tensor] | None:
    """`Identity()`, dropout of nothing, and a cast to the same dtype change nothing."""
    changes = {
        "Rescaling": call.setting("scale") != 1 or call.setting("offset") not in (0, None),
        "Cast": call.outputs[0].dtype != call.spec.dtype,
    }
    rate = next((call.setting(r) for r in _RATES if call.setting(r) is not None), None)
    if changes.get(call.class_name, bool(rate)) or _cast(call) is not None:
        return None
    return [call.inputs[0]]


_RULES: dict[str, Callable] = {
    "Activation": _activation_rule,
    **dict.fromkeys(_OP_ACTIVATIONS, _activation_rule),
    **dict.fromkeys(_MERGES, _merge_rule),
    "Dot": _dot_rule,
    "Matmul": _dot_rule,
    **dict.fromkeys(("Flatten", "Reshape", "ExpandDims", "Squeeze"), _reshape_rule),
    **dict.fromkeys(("Permute", "Transpose"), _transpose_rule),
    "GetItem": _slice_rule,
    **dict.fromkeys(
        (f"Global{kind}Pooling{n}D" for kind in ("Average", "Max") for n in (1, 2, 3)),
        _pooling_rule,
    ),
    **dict.fromkeys(
        (f"{kind}Pooling{n}D" for kind in ("Average", "Max") for n in (1, 2, 3)),
        _whole_window_rule,
    ),
    **dict.fromkeys(_REDUCTIONS, _reduction_rule),
    **dict.fromkeys(
        (
            *("Identity", "Dropout", "GaussianNoise", "GaussianDropout", "AlphaDropout", "Cast"),
            *("SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "Rescaling"),
        ),
        _nothing_rule,
    ),
}
