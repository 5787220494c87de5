"""The masks that Keras hands on by itself, written as steps. This module imports no Keras."""

from __future__ import annotations

from collections.abc import Callable

from exercises_check.graph import Spec, Tensor, tensors_in
from exercises_check.rules.call import Call, from_the_front, masked
from exercises_check.rules.merges import MERGES

_RECURRENT = frozenset(
    {"RNN", "LSTM", "GRU", "SimpleRNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"}
)


def mask_slots(call: Call) -> list[tuple[str, Tensor]]:
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
        return emit("ops.NotEqual", {"x2": 0}, [("", call.inputs[0])], spec, mask=True)
    if operation.class_name == "Masking":
        value = {"mask_value": call.setting("mask_value")}
        return emit("Masking's mask", value, [("", call.inputs[0])], spec, mask=True)
    if not operation.supports_masking or not masked(call):
        return None
    masks = [call.masks.get(tensor) for tensor in call.inputs]
    if operation.class_name == "Dot":
        return None
    if operation.class_name == "Concatenate":
        inputs = [("", m if m is not None else t) for m, t in zip(masks, call.inputs, strict=True)]
        axis = {"axis": from_the_front(call.setting("axis", -1), len(call.spec.shape))}
        return emit("Concatenate's mask", axis, inputs, spec, ordered=False, mask=True)
    if operation.class_name in MERGES:
        if None in masks:
            return None
        different = list(dict.fromkeys(masks))
        if len(different) == 1:
            return different[0]
        return emit(
            "ops.LogicalOr", {}, [("", m) for m in different], spec, ordered=False, mask=True
        )
    config = operation.settings
    if operation.class_name == "Bidirectional":
        config = operation.settings["layer"]["config"]
    if operation.class_name in _RECURRENT or operation.class_name == "Bidirectional":
        return masks[0] if config.get("return_sequences") else None
    if call.outputs[0].shape[:2] != call.spec.shape[:2]:
        return None
    return masks[0]
