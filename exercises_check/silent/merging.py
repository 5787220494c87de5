"""Traps where tensors meet: shapes that are stretched, axes that are not the features'."""

from __future__ import annotations

from collections.abc import Iterator

from exercises_check.graph import Array, Tensor
from exercises_check.language import _, listed
from exercises_check.rules.call import from_the_front
from exercises_check.silent.subject import Placed, Subject, shape_text
from exercises_check.silent.trap import Trap

# A product with one number, or one number for each channel, is a gate, and meant.
_NOT_A_GATE = frozenset({"Add", "Subtract", "Average", "Maximum", "Minimum"})
_ELEMENTWISE = _NOT_A_GATE | {"Multiply", "TrueDivide", "Divide", "Power", "FloorDivide", "Mod"}
_MERGES = _NOT_A_GATE | {"Multiply", "Concatenate"}

# Whoever writes one of these asks for the size 1 that it makes.
_ON_PURPOSE = frozenset(
    {"Reshape", "ExpandDims", "GetItem", "RepeatVector", "Permute", "Transpose", "Embedding"}
    | {"Mean", "Max", "Min", "Sum", "Prod", "Std", "Var", "Median", "Norm", "Amax", "Amin"}
    | {"Logsumexp", "CountNonzero", "Argmax", "Argmin", "Dot", "Matmul", "Einsum", "Lambda"}
)
_FARTHEST = 20  # how many calls back the maker of a size 1 is looked for

_IMAGE_LAYERS = ("Conv2D", "Conv3D", "MaxPooling", "AveragePooling", "UpSampling2D")


def _elementwise(subject: Subject, classes: frozenset[str]) -> Iterator[Placed]:
    for call in subject.flat.calls:
        if call.class_name in classes and len(call.inputs) > 1:
            yield call


def _features(axes: list[int], rank: int) -> str:
    plain, last = _("axis {axis}"), _("axis {axis} (the last)")
    return listed((last if axis == rank - 1 else plain).format(axis=axis) for axis in axes)


def _joins(subject: Subject, call: Placed, one: Tensor, other: Tensor) -> str:
    return _("`{name}` joins {one} of shape {shape} with {other} of shape {other_shape}.").format(
        name=subject.name(call),
        one=subject.result(one),
        shape=shape_text(subject.flat.shape(one)),
        other=subject.result(other),
        other_shape=shape_text(subject.flat.shape(other)),
    )


# Size 1 -------------------------------------------------------------------------------------------


def repeated_size_one(subject: Subject) -> Iterator[Trap]:
    """`Add()([eight, one])`: the one feature is added to each of the eight."""
    for call in _elementwise(subject, _NOT_A_GATE):
        shapes = {tensor: subject.flat.shape(tensor) for tensor in call.inputs}
        if len({len(shape) for shape in shapes.values()}) > 1:
            if call.operation.is_layer:
                yield from _repeated_over_steps(subject, call, shapes)
            continue
        different = set(shapes.values())
        for tensor, shape in shapes.items() if len(different) > 1 else ():
            axes = _stretched(shape, different)
            if axes and not any(_on_purpose(subject, tensor, axis) for axis in axes):
                yield _size_one(subject, call, tensor, axes, shapes)


def _stretched(shape: tuple, shapes: set[tuple]) -> list[int]:
    """The axes, without the batch, where `shape` has size 1 and another one has not."""
    return [
        axis
        for axis in range(1, len(shape))
        if shape[axis] == 1 and any(other[axis] != 1 for other in shapes)
    ]


def _on_purpose(subject: Subject, tensor: Tensor, axis: int) -> bool:
    for _step in range(_FARTHEST):
        call = subject.flat.maker(tensor)
        if call.class_name in _ON_PURPOSE or "Pooling" in call.class_name:
            return True
        if not call.inputs:
            return False
        before = subject.flat.shape(call.inputs[0])
        if len(before) != len(subject.flat.shape(tensor)) or before[axis] != 1:
            return False
        tensor = call.inputs[0]
    return True


def _size_one(subject: Subject, call: Placed, tensor: Tensor, axes: list[int], shapes: dict):
    wide = max(shapes, key=lambda other: [shapes[other][axis] or 2 for axis in axes])
    return Trap(
        "broadcast",
        _joins(subject, call, wide, tensor),
        _(
            "The size 1 on {axes} is stretched to fit, so one value is used everywhere along it; "
            "give {tensor} the same shape, with as many units or filters."
        ).format(axes=_features(axes, len(shapes[tensor])), tensor=subject.result(tensor)),
        subject.name(call),
        call.path,
    )


def _repeated_over_steps(subject: Subject, call: Placed, shapes: dict) -> Iterator[Trap]:
    high = max(shapes, key=lambda tensor: len(shapes[tensor]))
    for tensor, shape in shapes.items():
        if 1 < len(shape) < len(shapes[high]):
            yield Trap(
                "broadcast",
                _joins(subject, call, high, tensor),
                _(
                    "Keras repeats {tensor} along axis 1 to make the shapes fit; write "
                    "`layers.RepeatVector(steps)` if that is meant, or give both the same shape."
                ).format(tensor=subject.result(tensor)),
                subject.name(call),
                call.path,
            )


def samples_lined_up_with_an_axis(subject: Subject) -> Iterator[Trap]:
    """`sequence + vector`: an operator lines up the last axes, so the batch meets the steps."""
    for call in _elementwise(subject, _ELEMENTWISE):
        if call.operation.is_layer:
            continue
        shapes = {tensor: subject.flat.shape(tensor) for tensor in call.inputs}
        high = max(shapes, key=lambda tensor: len(shapes[tensor]))
        for tensor, shape in shapes.items():
            rank = len(shapes[high])
            if 0 < len(shape) < rank and shape[0] is None and shapes[high][0] is None:
                yield Trap(
                    "broadcast",
                    _joins(subject, call, high, tensor),
                    _(
                        "An operator lines up the last axes, so the samples of {tensor} meet axis "
                        "{axis} of {other} in place of its samples; give both the same number of "
                        "axes, for instance with `ops.expand_dims(..., 1)`."
                    ).format(
                        tensor=subject.result(tensor),
                        axis=rank - len(shape),
                        other=subject.result(high),
                    ),
                    subject.name(call),
                    call.path,
                )


# Axes ---------------------------------------------------------------------------------------------


def joined_on_the_batch(subject: Subject) -> Iterator[Trap]:
    """`ops.concatenate([a, b])`: its default axis is 0, the batch."""
    for call in subject.flat.calls:
        if call.class_name not in ("Concatenate", "Stack") or len(call.inputs) < 2:
            continue
        shapes = [subject.flat.shape(tensor) for tensor in call.inputs]
        axis = call.setting("axis", -1 if call.operation.is_layer else 0)
        stack = call.class_name == "Stack"
        if from_the_front(axis, len(shapes[0]) + stack) != 0 or shapes[0][:1] != (None,):
            continue
        name = subject.name(call)
        why = _(
            "Axis 0 holds the samples and is the default here, so `fit` cannot match the result "
            "with its targets; write `axis=-1` to put the features side by side."
        )
        if call.operation.is_layer:
            why = _(
                "Axis 0 holds the samples, so `fit` cannot match the result with its targets; "
                "write `axis=-1` to put the features side by side."
            )
        yield Trap(
            "concatenate",
            _("`{name}` joins {tensors} on axis 0, the batch.").format(
                name=name, tensors=subject.results(call.inputs)
            ),
            why,
            name,
            call.path,
        )


def joined_on_a_spatial_axis(subject: Subject) -> Iterator[Trap]:
    """`Concatenate(axis=1)` of two images: a taller image, not more channels."""
    for call in subject.flat.calls:
        if call.class_name != "Concatenate" or len(call.inputs) < 2:
            continue
        shapes = [subject.flat.shape(tensor) for tensor in call.inputs]
        rank = len(shapes[0])
        axis = from_the_front(call.setting("axis", -1 if call.operation.is_layer else 0), rank)
        # Maps of different sizes cannot be joined on the channels: then the axis is a choice.
        if rank not in (4, 5) or axis in (0, rank - 1) or len(set(shapes)) > 1:
            continue
        if not _channels_last_images(subject):
            continue
        name, size = subject.name(call), shape_text(call.outputs[0].shape)
        yield Trap(
            "concatenate",
            _(
                "`{name}` joins {tensors} on axis {axis}, so its result has the shape {shape}."
            ).format(name=name, tensors=subject.results(call.inputs), axis=axis, shape=size),
            _(
                "Axis {axis} is a side of the image, so the images are put next to each other; "
                "write `Concatenate()` or `axis=-1` to join their channels."
            ).format(axis=axis),
            name,
            call.path,
        )


def _channels_last_images(subject: Subject) -> bool:
    formats = {
        call.setting("data_format")
        for call in subject.flat.calls
        if any(name in call.class_name for name in _IMAGE_LAYERS)
    }
    return formats == {"channels_last"}


# The rest -----------------------------------------------------------------------------------------


def nothing_to_merge(subject: Subject) -> Iterator[Trap]:
    """`Add()([x])` and `Add()([x, x])`."""
    for call in subject.flat.calls:
        if call.class_name not in _MERGES or not call.operation.is_layer:
            continue
        if len(set(call.inputs)) != 1 or (call.class_name == "Multiply" and len(call.inputs) > 1):
            continue
        name, tensor = subject.name(call), subject.result(call.inputs[0])
        if len(call.inputs) == 1:
            receives = _("`{name}` receives one tensor, {tensor}, and returns it as it is.")
        else:
            receives = _("`{name}` receives {tensor} {count} times.")
        yield Trap(
            "merge",
            receives.format(name=name, tensor=tensor, count=len(call.inputs)),
            _(
                "`{kind}` is there to join different tensors; check the list that it is called on."
            ).format(kind=call.class_name),
            name,
            call.path,
        )


def turned_float64(subject: Subject) -> Iterator[Trap]:
    """`x + np.ones(4)`: a NumPy array of float64 makes everything after it float64."""
    for call in subject.flat.calls:
        if not call.inputs or call.outputs[0].dtype != "float64":
            continue
        if any(spec.dtype == "float64" for spec in call.specs.values()):
            continue
        arrays = (value for value in call.arguments.values() if isinstance(value, Array))
        if any(array.dtype == "float64" for array in arrays):
            name = subject.name(call)
            yield Trap(
                "dtype",
                _("`{name}` returns float64, because its NumPy array is float64.").format(
                    name=name
                ),
                _(
                    "What follows is float64 too, which is slower and needs twice the memory; "
                    'write `array.astype("float32")`.'
                ),
                name,
                call.path,
            )
