"""Rows that no layer joins: the batch size in an Input's shape, or a forgotten `Flatten`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from exercises_check.graph import Tensor
from exercises_check.language import _
from exercises_check.rules.call import from_the_front
from exercises_check.silent.subject import (
    DROPOUTS,
    PASSING,
    Placed,
    Subject,
    activation_of,
    is_activation,
    shape_text,
)
from exercises_check.silent.trap import Trap

_ELEMENTWISE = frozenset(
    {"Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "TrueDivide", "Negative"}
    | {"Rescaling", "Masking"}
)
_ON_LAST_AXIS = frozenset({"BatchNormalization", "LayerNormalization", "Concatenate"})


def rows_apart(subject: Subject) -> Iterator[Trap]:
    """`Input((None, 784))` or `Input((28, 28))` and only `Dense`: no layer joins the rows."""
    for calls in _groups_of_rows(subject):
        dense = next((call for call in calls if call.class_name == "Dense"), None)
        made = {tensor for call in calls for tensor in call.tensors}
        end = next((tensor for tensor in subject.flat.outputs if tensor in made), None)
        if dense is None or end is None:
            continue
        for entry in calls:
            if not entry.is_input:
                continue
            name, shape = subject.name(entry), entry.outputs[0].shape[1:]
            apart = _(
                "No layer joins the {rows} rows of `{name}` of shape {shape}; the output has the "
                "shape {end}."
            )
            if shape[0] is None:
                apart = _(
                    "No layer joins the rows of `{name}` of shape {shape}; the output has the "
                    "shape {end}."
                )
            gaps = {"rows": shape[0], "name": name, "shape": shape_text(shape)}
            yield Trap(
                "batch" if shape[0] is None else "flatten",
                apart.format(**gaps, end=shape_text(subject.flat.shape(end))),
                _why_rows(shape),
                name,
                dense.path,
            )


def _why_rows(shape: tuple) -> str:
    if shape[0] is None:
        return _(
            "Keras adds the batch axis by itself, so write `Input({shape})` if "
            "`None` stands for the batch; if it stands for steps, no layer looks at more than one "
            "of them."
        ).format(shape=shape_text(shape[1:]))
    return _(
        "`Dense` works on the last axis alone; put `Flatten()` before it to see the whole sample, "
        "or leave out the {size} if it is the batch size."
    ).format(size=shape[0])


def _groups_of_rows(subject: Subject) -> list[list[Placed]]:
    """The calls after each Input of rows, Inputs included, where each call treats rows alone.

    Inputs that meet are one group. A call that joins rows, or that something else enters, spoils
    its group.
    """
    group_of: dict[Tensor, _Group] = {}
    for entry in subject.flat.inputs:
        if len(subject.flat.shape(entry)) > 2:
            group_of[entry] = _Group([subject.flat.maker(entry)])
    for call in subject.flat.calls:
        groups = [group_of[tensor] for tensor in call.inputs if tensor in group_of]
        if not groups:
            continue
        group = groups[0].whole()
        for other in groups[1:]:
            group = group.join(other.whole())
        group.calls.append(call)
        rows = subject.flat.shape(call.inputs[0])[:-1]
        alone = len(groups) == len(call.inputs) and len(call.outputs) == 1 and _rowwise(call)
        if alone and call.outputs[0].shape[:-1] == rows:
            group_of[call.tensors[0]] = group
        else:
            group.spoiled = True
    whole = {id(group.whole()): group.whole() for group in group_of.values()}
    return [group.calls for group in whole.values() if not group.spoiled]


@dataclass
class _Group:
    """Calls that treat rows alone; `into` is the group that it has become a part of."""

    calls: list[Placed]
    spoiled: bool = False
    into: _Group | None = None

    def whole(self) -> _Group:
        group = self
        while group.into is not None:
            group = group.into
        return group

    def join(self, other: _Group) -> _Group:
        if other is self:
            return self
        small, large = sorted((self, other), key=lambda group: len(group.calls))
        small.into = large
        large.calls += small.calls
        large.spoiled |= small.spoiled
        return large


def _rowwise(call: Placed) -> bool:
    if activation_of(call) == "softmax" and call.setting("axis", -1) not in (-1, (-1,)):
        return False
    if call.class_name in _ON_LAST_AXIS:
        rank = len(call.outputs[0].shape)
        axis = call.setting("axis", -1)
        axis = axis[0] if isinstance(axis, tuple) and len(axis) == 1 else axis
        return from_the_front(axis, rank) == rank - 1
    rowwise = _ELEMENTWISE | DROPOUTS | PASSING | {"Dense"}
    return call.class_name in rowwise or is_activation(call)
