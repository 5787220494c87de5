"""A call about to be rewritten. This module imports no Keras."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from exercises_check.graph import Operation, Spec, Tensor


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
        literal: whether each call stays where it was written, with a step of its own.
        apart: whether a separable convolution is written as the two that it is.
    """

    operation: Operation
    arguments: dict[str, Any]
    inputs: tuple[Tensor, ...]
    specs: dict[Tensor, Spec]
    masks: dict[Tensor, Tensor | None]
    outputs: tuple[Spec, ...]
    free: frozenset[str] = frozenset()
    initializers: bool = False
    literal: bool = False
    apart: bool = False

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


def from_the_front(axis: Any, rank: int) -> Any:
    if isinstance(axis, bool) or axis is None:
        return axis
    if isinstance(axis, int):
        return axis + rank if axis < 0 else axis
    if isinstance(axis, tuple):
        return tuple(from_the_front(item, rank) for item in axis)
    return axis


def cast(call: Call) -> str | None:
    """The dtype that a call without weights turns its input into, if it does."""
    if not call.inputs or not call.outputs or not call.operation.is_layer:
        return None
    dtype = call.outputs[0].dtype
    return None if dtype == call.spec.dtype else dtype


def masked(call: Call) -> bool:
    return any(call.masks.get(tensor) is not None for tensor in call.inputs)
