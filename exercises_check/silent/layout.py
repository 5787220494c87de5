"""Traps in the shapes and the order of layers."""

from __future__ import annotations

from collections.abc import Iterator

from exercises_check.language import _, listed
from exercises_check.rules.call import from_the_front
from exercises_check.silent.endings import ending
from exercises_check.silent.subject import (
    CONVOLUTIONS,
    DROPOUTS,
    PASSING,
    Placed,
    Subject,
    activation_of,
    several,
    shape_text,
)
from exercises_check.silent.trap import Trap

_ARRANGING = frozenset({"Flatten", "Reshape", "Permute"})
_BEFORE_CONV = DROPOUTS | PASSING | {"Rescaling"}
_LARGE = 16  # an image has at least so many rows and columns


# Softmax ------------------------------------------------------------------------------------------


def softmax_of_one(subject: Subject) -> Iterator[Trap]:
    """`Dense(1, activation="softmax")` is always 1."""
    for call in subject.flat.calls:
        if activation_of(call) != "softmax":
            continue
        shape = call.outputs[0].shape
        axis = call.setting("axis", -1) if "Softmax" in call.class_name else -1
        axes = axis if isinstance(axis, tuple) else (from_the_front(axis, len(shape)),)
        if not all(isinstance(a, int) and shape[a] == 1 for a in axes):
            continue
        name = subject.name(call)
        yield Trap(
            "softmax",
            _("`{name}` takes the softmax over axis {axes}, which has size 1.").format(
                name=name, axes=listed(map(str, axes))
            ),
            _(
                "A softmax divides by the sum along its axis, so every value is always 1; write "
                '`activation="sigmoid"` for one probability, or the axis that holds the choices.'
            ),
            name,
            call.path,
        )


# Channels -----------------------------------------------------------------------------------------


def channels_first(subject: Subject) -> Iterator[Trap]:
    """`Input((3, 32, 32))` before a `Conv2D`, whose channels are the last axis."""
    for call in subject.flat.calls:
        if not call.class_name.endswith("Conv2D") or not call.inputs:
            continue
        source = subject.flat.maker(call.inputs[0])
        while source.class_name in _BEFORE_CONV and source.inputs:
            source = subject.flat.maker(source.inputs[0])
        shape = call.spec.shape
        if not source.is_input or call.setting("data_format") != "channels_last":
            continue
        if len(shape) != 4 or None in shape[1:] or shape[1] not in (1, 3):
            continue
        channels, height, width = shape[1:]
        if min(height, width) < _LARGE or (height != width and channels == 1):
            continue
        name, image = subject.name(call), subject.name(source)
        yield Trap(
            "channels",
            _(
                "`{name}` reads `{image}` of shape {shape} as {rows} rows of {pixels} pixels with "
                "{channels} channels."
            ).format(
                name=name,
                image=image,
                shape=shape_text(shape[1:]),
                rows=channels,
                pixels=height,
                channels=width,
            ),
            _(
                "Keras expects the channels last; write `Input({shape})`, and move the axis of the "
                "data with `np.moveaxis(images, 1, -1)`."
            ).format(shape=shape_text((height, width, channels))),
            name,
            call.path,
        )


# The order of layers ------------------------------------------------------------------------------


def dropout_last(subject: Subject) -> Iterator[Trap]:
    """A `Dropout` after the head: `fit` then compares half-deleted predictions with the targets."""
    for number, tensor in enumerate(subject.flat.outputs):
        call = subject.flat.maker(tensor)
        while call.class_name in PASSING and call.inputs:
            call = subject.flat.maker(call.inputs[0])
        rate = call.setting("rate", call.setting("stddev"))
        if call.class_name not in DROPOUTS or not rate:
            continue
        # A backbone may end in a Dropout; what has a loss, or gives probabilities, is no backbone.
        before = ending(subject, tensor)
        head = before is not None and before.kind in ("softmax", "sigmoid")
        if not head and subject.compiled.loss_of(number) is None:
            continue
        name = subject.name(call)
        yield Trap(
            "dropout",
            _("`{name}` ({kind}, {rate}) is the last step before the output.").format(
                name=name, kind=call.class_name, rate=f"{rate:g}"
            ),
            _(
                "In `fit` the loss sees predictions of which a part is deleted or disturbed at "
                "random; put `{kind}` before the last layer with weights."
            ).format(kind=call.class_name),
            name,
            call.path,
        )


def no_activation_between(subject: Subject) -> Iterator[Trap]:
    """Two `Dense` in a row without an activation compute what one could."""
    follows: dict[int, Placed] = {}
    for call in subject.flat.calls:
        after = _linear_next(subject, call)
        if after is not None:
            follows[call.number] = after
    second = {call.number for call in follows.values()}
    for number, after in follows.items():
        if number in second:
            continue
        chain = [subject.flat.calls[number]]
        while after is not None:
            chain.append(after)
            after = follows.get(after.number)
        names = [subject.name(call) for call in chain]
        yield Trap(
            "activation",
            _("No activation stands between {layers}.").format(layers=several(names)),
            _(
                "Without one, layers in a row compute nothing that a single layer could not; write "
                '`activation="relu"` in all but the last.'
            ),
            names[0],
            chain[0].path,
        )


def _linear_next(subject: Subject, call: Placed) -> Placed | None:
    """The layer that receives what the linear layer `call` returns, nothing bending in between."""
    linear = CONVOLUTIONS | {"Dense"}
    if call.class_name not in linear or activation_of(call) is not None:
        return None
    tensor = call.tensors[0]
    while True:
        if subject.flat.ways.get(tensor) != 1 or tensor not in subject.flat.users:
            return None  # also used elsewhere, such as a code that another model decodes
        (after,) = subject.flat.users[tensor]
        if after.class_name not in DROPOUTS | PASSING | _ARRANGING:
            break
        tensor = after.tensors[0]
    if after.class_name not in linear or after.spec.shape[-1] is None:
        return None
    before, between, end = (
        call.spec.shape[-1],
        call.outputs[0].shape[-1],
        after.outputs[0].shape[-1],
    )
    # A narrow layer in the middle is a bottleneck: fewer weights than one layer, and often meant.
    return after if between >= min(before, end) else None


def embedding_of_floats(subject: Subject) -> Iterator[Trap]:
    """`Embedding` of an Input whose dtype is float32, the default."""
    for call in subject.flat.calls:
        if call.class_name != "Embedding" or not call.spec.dtype.startswith(("float", "bfloat")):
            continue
        name, tensor = subject.name(call), subject.result(call.inputs[0])
        yield Trap(
            "dtype",
            _("`{name}` reads {tensor} of dtype {dtype} as numbers of rows.").format(
                name=name, tensor=tensor, dtype=call.spec.dtype
            ),
            _(
                "Fractions are cut off, so 0.9 looks up row 0; write "
                '`keras.Input(..., dtype="int32")`.'
            ),
            name,
            call.path,
        )
