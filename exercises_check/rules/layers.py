"""Calls that keep their class name, and their settings in one writing. No Keras is imported."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exercises_check.graph import Tensor, tensors_in
from exercises_check.rules.activations import activate, normal_activation
from exercises_check.rules.call import Call, cast, from_the_front, masked
from exercises_check.rules.masks import mask_slots

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


# Layers that hand over their state next to their output when they are asked to.
_STATEFUL = frozenset({"LSTM", "GRU", "SimpleRNN"})


def as_it_is(call: Call, emit: Callable, step: Callable) -> list[Tensor]:
    operation = call.operation
    kind = operation.class_name if operation.is_layer else f"ops.{operation.class_name}"
    settings = _settings(operation.settings, call)
    class_name = operation.class_name
    if class_name == "TimeDistributed" and not masked(call):
        inner = operation.settings.get("layer", {})
        if inner.get("class_name") == "Dense":  # a Dense works on the last axis by itself
            kind = class_name = "Dense"
            settings = _settings(inner["config"], call)
    activation = None
    if class_name in _ENDS_WITH_ACTIVATION:
        activation = settings.pop("activation", None)
    if kind in _STATEFUL:  # which of its tensors are used says the same
        settings.pop("return_state", None)
    inputs, fixed = _slots(call)
    settings.update(fixed)
    inputs, settings = _padded_before(kind, inputs, settings, step)
    inputs += mask_slots(call)
    layer = operation.key if operation.weights else None
    dtype = operation.dtype if layer else cast(call)
    first = emit(
        kind,
        settings,
        inputs,
        layer=layer,
        trainable=tuple(weight.trainable for weight in operation.weights),
        dtype=dtype,
    )
    tensors = [Tensor(first.node, index) for index in range(len(call.outputs))]
    if kind in _STATEFUL and len(tensors) > 1 and not settings.get("return_sequences"):
        tensors[1] = tensors[0]  # the last output is the state
    if activation is not None and len(tensors) == 1:
        tensors = [activate(tensors[0], activation, call.outputs, emit, step)]
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


def compared(settings: dict[str, Any]) -> dict[str, Any]:
    """Those settings of a layer that count wherever it is called, in one writing."""
    return _settings(settings, None)


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
                settings[name] = from_the_front(settings[name], rank)
    if settings.get("use_bias") is False:
        settings = {k: v for k, v in settings.items() if not k.startswith("bias_")}
    if call is not None and settings.get("padding") == "same" and not _pads(settings, call):
        settings["padding"] = "valid"
    if "pool_size" in settings and settings.get("strides") == settings["pool_size"]:
        del settings["strides"]  # the default: one window after another
    if call is None:  # inside a wrapper, which sets it by itself
        settings.pop("zero_output_for_mask", None)
    backward = settings.get("backward_layer")
    if backward is not None and backward == _mirrored(settings["layer"]):
        del settings["backward_layer"]
    return settings


def _pads(settings: dict[str, Any], call: Call) -> bool:
    """Whether `padding="same"` adds anything: not where the windows fit as they are."""
    windows = settings.get("kernel_size", settings.get("pool_size"))
    if windows is None or "Transpose" in call.class_name or settings.get("data_format"):
        return True
    sizes = call.spec.shape[1:-1]
    steps = settings.get("strides", windows)
    dilations = settings.get("dilation_rate", 1)

    def each(value: Any) -> tuple[int, ...]:
        return value if isinstance(value, tuple) else (value,) * len(sizes)

    for size, window, step, dilation in zip(
        sizes, each(windows), each(steps), each(dilations), strict=True
    ):
        reach = (window - 1) * dilation + 1
        if size is None:
            if (reach, step) != (1, 1):
                return True
        elif (-(-size // step) - 1) * step + reach > size:
            return True
    return False


def _value(name: str, value: Any) -> Any:
    if name.endswith("activation"):
        return normal_activation(value)
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
    return list(before.inputs), {**settings, "padding": "same" if any(map(any, pads)) else "valid"}
