"""Traps at the ends of a model: inputs, outputs, and what leads to neither."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import keras

from exercises_check.language import _, listed, ngettext
from exercises_check.read import dead_ends, dropped_operations
from exercises_check.silent.subject import Subject, several
from exercises_check.silent.trap import Trap


def same_output_names(subject: Subject) -> Iterator[Trap]:
    """A shared head: two outputs of one layer have one name."""
    if subject.graph.output_structure == "dict":
        return
    ports = subject.graph.outputs
    for name, count in Counter(port.name for port in ports).items():
        if count == 1:
            continue
        numbers = [str(n) for n, port in enumerate(ports, 1) if port.name == name]
        alike = _("Outputs {numbers} are both named `{name}`.")
        if count > 2:
            alike = _("Outputs {numbers} are all named `{name}`.")
        yield Trap(
            "names",
            alike.format(numbers=listed(numbers), name=name),
            _(
                "`fit` shows one `{name}_loss` for them, and a dict of targets cannot tell them "
                'apart; name each with `layers.Identity(name="left")(...)`, or hand over a dict of '
                "outputs."
            ).format(name=name),
            name,
        )


def unused_inputs(subject: Subject) -> Iterator[Trap]:
    """An Input that no output depends on."""
    flat = subject.flat
    for port, tensor in zip(subject.graph.inputs, flat.inputs, strict=True):
        if tensor in flat.users or tensor in flat.outputs:
            continue
        yield Trap(
            "unused input",
            _("No output depends on the input `{name}`.").format(name=port.name),
            _(
                "Keras still asks for its data and ignores them; call a layer on it, or leave it "
                "out of `inputs`."
            ),
            port.name,
            (port.tensor.node,),
        )


def left_out(subject: Subject) -> Iterator[Trap]:
    """A layer called on a tensor of the model, whose result leads to no output."""
    if isinstance(subject.model, keras.Sequential):
        return  # it cannot leave one out; `add` calls its layers anew each time
    for branches, others in dead_ends(subject.model):
        # A twin of a layer of the model is what an earlier run of the same cell has left.
        twins = set(map(_settings, others))
        first = [
            branch[0]
            for branch in branches
            if any(isinstance(operation, keras.Layer) for operation in branch)
            and _settings(branch[0]) not in twins
        ]
        if not first:
            continue
        names = list(dict.fromkeys(operation.name for operation in first))
        if others:
            called = ngettext(
                "{layers} is called on the same tensor as {others}, and no output uses its result.",
                "{layers} are called on the same tensor as {others}, and no output uses their "
                "results.",
                len(names),
            )
        else:
            called = ngettext(
                "{layers} is called, and no output uses its result.",
                "{layers} are called, and no output uses their results.",
                len(names),
            )
        beside = several([other.name for other in others])
        yield Trap(
            "left out",
            called.format(layers=several(names), others=beside),
            _(
                "What leads to no output is not in the model; call the next layer on it (in a "
                "loop, `x = layer(x)`), or if it is left from before, run the cell with `Input` "
                "again."
            ),
            names[0],
        )


def dropped_on_the_way(subject: Subject) -> Iterator[Trap]:
    """`keras.Sequential(model.layers)`: what is no layer, such as `+`, is not among them."""
    if not isinstance(subject.model, keras.Sequential):
        return
    for layer, operations, after in dropped_operations(subject.model):
        names = [operation.name for operation in operations]
        between = ngettext(
            "`{after}` follows `{layer}` here, and in the model they come from {operations} "
            "stands between them.",
            "`{after}` follows `{layer}` here, and in the model they come from {operations} "
            "stand between them.",
            len(names),
        )
        yield Trap(
            "dropped",
            between.format(after=after.name, layer=layer.name, operations=several(names)),
            _(
                "`model.layers` holds the layers alone, without operators and `keras.ops`; write "
                "this model with `keras.Model(inputs, outputs)`."
            ),
            after.name,
        )


def _settings(operation: keras.Operation) -> str:
    """What an operation is, but for its name."""
    try:
        settings = {**operation.get_config(), "name": ""}
    except Exception:
        settings = {"name": operation.name}  # one that does not describe itself is like no other
    return f"{type(operation).__name__} {settings}"
