"""A separable convolution as the two convolutions that it is. No Keras is imported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from exercises_check.graph import Operation, Spec, Tensor
from exercises_check.rules.call import Call
from exercises_check.rules.layers import as_it_is

_WINDOW = (
    "depth_multiplier", "kernel_size", "strides", "padding", "data_format", "dilation_rate",
)  # fmt: skip
_LAST = (
    "filters", "activation", "use_bias", "activity_regularizer",
    "bias_initializer", "bias_regularizer", "bias_constraint",
)  # fmt: skip
_KERNEL = ("initializer", "regularizer", "constraint")


def separable_rule(call: Call, emit: Callable, step: Callable) -> list[Tensor] | None:
    """`SeparableConv2D(32, 3)` is `DepthwiseConv2D(3, use_bias=False)`, then `Conv2D(32, 1)`."""
    if not call.apart or len(call.inputs) != 1 or not call.operation.weights:
        return None
    settings, axes = call.operation.settings, call.class_name.removeprefix("SeparableConv")
    depthwise = {name: settings.get(name) for name in _WINDOW}
    depthwise |= {f"depthwise_{part}": settings.get(f"depthwise_{part}") for part in _KERNEL}
    depthwise |= {"activation": "linear", "use_bias": False, "activity_regularizer": None}
    ones = (1,) * len(settings["kernel_size"])
    pointwise = {name: settings.get(name) for name in _LAST}
    pointwise |= {f"kernel_{part}": settings.get(f"pointwise_{part}") for part in _KERNEL}
    pointwise |= {"kernel_size": ones, "strides": ones, "dilation_rate": ones, "groups": 1}
    pointwise |= {"padding": "valid", "data_format": settings.get("data_format")}
    between = _between(call)
    (tensor,) = as_it_is(
        replace(call, operation=_part(call, f"DepthwiseConv{axes}", depthwise, slice(1))),
        partial(emit, outputs=(between,)),
        step,
    )
    second = replace(
        call,
        operation=_part(call, f"Conv{axes}", pointwise, slice(1, None)),
        arguments={"inputs": tensor},
        inputs=(tensor,),
        specs={tensor: between},
        masks={},
    )
    return as_it_is(second, emit, step)


def _part(call: Call, class_name: str, settings: dict[str, Any], weights: slice) -> Operation:
    """One of the two convolutions, as a layer of its own."""
    whole = call.operation
    return replace(
        whole,
        key=f"{whole.key}/{class_name}",
        class_name=class_name,
        settings=settings,
        weights=whole.weights[weights],
    )


def _between(call: Call) -> Spec:
    """What goes from one to the other."""
    (leaves, *_), settings = call.outputs, call.operation.settings
    first = settings.get("data_format") == "channels_first"
    maps = call.spec.shape[1 if first else -1]
    maps = None if maps is None else maps * settings["depth_multiplier"]
    batch, *rest = leaves.shape
    shape = (batch, maps, *rest[1:]) if first else (batch, *rest[:-1], maps)
    return Spec(shape, leaves.dtype)
