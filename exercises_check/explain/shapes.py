"""Mistakes about the shapes of tensors."""

from __future__ import annotations

import re
from typing import Any

from exercises_check.explain.entry import Case, Entry, shape_in
from exercises_check.language import _, pgettext

_RECURRENT = ("LSTM", "GRU", "SimpleRNN", "RNN", "ConvLSTM1D", "ConvLSTM2D")


def _merge(case: Case) -> dict[str, Any]:
    return {"cls": f"`{type(case.called).__name__}`" if case.called is not None else _("A merge")}


def _maps_of_two_sizes(case: Case) -> dict[str, Any] | None:
    one, other = shape_in(case["one"]), shape_in(case["other"])
    if not one or not other or len(one) != len(other) or len(one) < 2 or one[-1] != other[-1]:
        return None
    return _merge(case)


def _operands(case: Case) -> dict[str, Any]:
    """The two tensors of `a + b`."""
    import keras

    scope = case.trace.scope("self", "other") or {}
    two = [scope.get("self"), scope.get("other")]
    tensors = [tensor for tensor in two if isinstance(tensor, keras.KerasTensor)]
    return {"operands": case.say_shapes(tensors) if len(tensors) == 2 else ""}


def _concatenation(case: Case) -> dict[str, Any]:
    axis = getattr(case.called, "axis", None)
    return {"axis": _("axis {axis}").format(axis=axis) if axis is not None else _("one axis")}


def _receives(case: Case) -> dict[str, Any]:
    # What a layer inside of the called one receives has no name.
    named = case.tensors and case.refusing is case.called
    if not named:
        return {"tensor": pgettext("received", "an input")}
    return {"tensor": _("{tensor},").format(tensor=case.names.say(case.tensors[0]))}


def _not_as_made(case: Case) -> dict[str, Any] | None:
    """A layer of a model that is given, when it runs, another shape than when it was made."""
    import keras

    from exercises_check.read import layers_inside

    model, layer = case.called, case.refusing
    if not isinstance(model, keras.Model) or layer in (None, model) or not _fed_as_made(case):
        return None
    own = [m for m in (model, *layers_inside(model)) if isinstance(m, keras.Model)]
    said = next(filter(None, (_saying_a_shape(m, layer) for m in own)), None)
    if not said:
        advice = _("Find the layer before it whose output is not as `model.summary()` says.")
        return {"advice": advice}
    advice = _(
        "Before it comes {layer}, whose own `compute_output_shape` says `{shape}`. Compare "
        "that with what its `call` returns, or leave it out: Keras then works the shape out "
        "from `call`."
    )
    name, shape = case.names.say(said[0]), tuple(said[1].shape)
    return {"advice": advice.format(layer=name, shape=shape)}


def _fed_as_made(case: Case) -> bool:
    """Whether a model gets what it was made for. A functional model refuses anything else."""
    import keras

    if not isinstance(case.called, keras.Sequential):
        return isinstance(case.called, keras.Function)
    data = case.argument(1, "x")
    shape = tuple(getattr(data, "shape", ()))
    wanted = tuple(case.called.input_shape)
    return len(shape) == len(wanted) and all(
        size is None or size == own for size, own in zip(wanted[1:], shape[1:], strict=True)
    )


def _saying_a_shape(model: Any, layer: Any) -> tuple[Any, Any] | None:
    """The nearest layer before `layer` that says its output's shape itself, and what it made."""
    from exercises_check.read import history

    makers, waiting = {}, []
    for operation, received, made in history(model.outputs, model.inputs):
        makers.update((id(tensor), (operation, received, tensor)) for tensor in made)
        waiting += received if operation is layer else []
    for tensor in waiting:
        if id(tensor) not in makers:
            continue
        operation, received, made = makers[id(tensor)]
        if not type(operation).compute_output_shape.__module__.startswith("keras."):
            return operation, made
        waiting += received
    return None


def _recurrent_on_vectors(case: Case) -> dict[str, Any] | None:
    cls = type(case.refusing).__name__
    if cls not in _RECURRENT or case["found"] != "2":
        return None
    return {"cls": cls, **_receives(case)}


def _maps_without_channels(case: Case) -> dict[str, Any] | None:
    cls, found = type(case.refusing).__name__, shape_in(case["shape"])
    wanted, lacks = int(case["wanted"]), int(case["wanted"]) - int(case["found"])
    spatial = any(part in cls for part in ("Conv", "Pooling", "UpSampling", "ZeroPadding"))
    if not spatial or wanted not in (4, 5) or lacks != 1 or not found:
        return None
    given = getattr(case.argument(1, "x"), "shape", found)
    if case.refusing is not case.called and tuple(given)[1:] != found[1:]:
        return None  # then a layer before it took an axis away
    return {"cls": cls, "sample": str((*found[1:], 1)), **_receives(case)}


def _weights_of_unknown_size(case: Case) -> dict[str, Any]:
    layer = case["path"].rpartition("/")[0].rpartition("/")[2]
    return {"name": case.names.say(case.called) if case.called is not None else f"`{layer}`"}


def _unknown_channels(case: Case) -> dict[str, Any] | None:
    return _receives(case) if case.trace.last_module.startswith("keras.") else None


def _too_small(case: Case) -> dict[str, Any]:
    shape, size = (re.findall(r"None|\d+", case[group]) for group in ("shape", "size"))
    kind = _("window") if case["window"].startswith("pool") else _("kernel")
    size = size[: len(shape) - 2]  # a kernel's shape ends with its channels
    return {"kind": kind, "shape": f"({', '.join(shape)})", "size": f"({', '.join(size)})"}


ENTRIES = (
    Entry(
        "a merge of maps of two sizes",
        "ValueError",
        r"Inputs have incompatible shapes\. Received shapes (?P<one>\([^()]*\)) and "
        r"(?P<other>\([^()]*\))",
        what="{cls} needs tensors of one shape. Here the sizes before the channels differ: "
        "`{one}` and `{other}`.",
        where="{line} {shapes}",
        try_this='A convolution or pooling without `padding="same"`, or with `strides`, makes '
        'maps smaller. Use `padding="same"` in the branch, or make the other branch as small in '
        "the same way.",
        facts=_maps_of_two_sizes,
    ),
    Entry(
        "a merge of two shapes",
        "ValueError",
        r"Inputs have incompatible shapes\. Received shapes (?P<one>\([^()]*\)) and "
        r"(?P<other>\([^()]*\))",
        what="{cls} needs tensors of one shape. Here two shapes differ: `{one}` and `{other}`.",
        where="{line} {shapes}",
        try_this="Put a layer into one branch that brings it to the size of the other, as a "
        "`Dense` or a 1×1 `Conv2D` with as many units. To keep both side by side, use "
        "`layers.Concatenate()`.",
        facts=_merge,
    ),
    Entry(
        "an operator between two shapes",
        "ValueError",
        r"annot broadcast shape.*Input shapes are: (?P<one>\[[^\]]*\]) and (?P<other>\[[^\]]*\])",
        what="The operation goes element by element and needs tensors of one shape. Here the "
        "shapes are `{one}` and `{other}`.",
        where="{line} {operands}",
        try_this="Put a layer into one branch that brings it to the size of the other, as a "
        "`Dense` with as many units. To keep both side by side, use `layers.Concatenate()`.",
        facts=_operands,
    ),
    Entry(
        "a concatenation of maps of two sizes",
        "ValueError",
        r"`Concatenate` layer requires inputs with matching shapes except for the concatenation "
        r"axis\. Received: input_shape=(?P<all>\[.*\])",
        what="`Concatenate` joins along {axis}. Every other axis must have one size. Here the "
        "shapes are `{all}`.",
        where="{line} {shapes}",
        try_this="Bring the tensors to one size first, by pooling or upsampling, or make vectors "
        "of them with `layers.Flatten()` or `layers.GlobalAveragePooling2D()`.",
        facts=_concatenation,
    ),
    Entry(
        "ops.concatenate of two sizes",
        "ValueError",
        r"must have the same shape except on the `axis` dim\. But found element of shape "
        r"(?P<one>\([^()]*\)), which is different from the first element's shape "
        r"(?P<other>\([^()]*\))",
        what="A concatenation needs one size on every axis but the one it joins along. Here the "
        "shapes are `{other}` and `{one}`.",
        try_this="Bring the tensors to one size first, by pooling or upsampling, or make vectors "
        "of them with `layers.Flatten()`.",
    ),
    Entry(
        "an LSTM on an LSTM that returns one vector",
        "ValueError",
        r"expected (?:min_)?ndim=(?P<wanted>\d+), found ndim=(?P<found>\d+)\. Full shape received: "
        r"(?P<shape>\([^()]*\))",
        what="`{cls}` reads a sequence, of shape (batch, steps, features). Here it receives "
        "{tensor} of shape `{shape}`: one vector and no steps.",
        where="{line} {named}",
        try_this="If a recurrent layer comes before it, write `return_sequences=True` there: then "
        "that layer returns a vector for each step.",
        facts=_recurrent_on_vectors,
    ),
    Entry(
        "images without a channel axis",
        "ValueError",
        r"expected (?:min_)?ndim=(?P<wanted>\d+), found ndim=(?P<found>\d+)\. Full shape received: "
        r"(?P<shape>\([^()]*\))",
        what="`{cls}` needs {wanted} axes, the last for the channels. Here it receives {tensor} of "
        "shape `{shape}`: the channels are missing.",
        where="{line} {named}",
        try_this="Grey images have one channel: write `keras.Input(shape={sample})`, or add the "
        "axis with `layers.Reshape({sample})`.",
        facts=_maps_without_channels,
    ),
    Entry(
        "another number of axes than the layer needs",
        "ValueError",
        r"expected (?P<bound>(?:min_|max_)?)ndim=(?P<wanted>\d+), found ndim=(?P<found>\d+)",
        what="The layer {layer} needs a tensor with {wanted} axes, the batch included. Here it "
        "receives {tensor} with {found}.",
        try_this="`layers.Reshape` or `keras.ops.expand_dims` adds an axis, `layers.Flatten` or "
        "a global pooling removes axes.",
        facts=_receives,
    ),
    Entry(
        "a layer that returns another shape than it says",
        "ValueError",
        r"expected axis (?P<axis>-?\d+) of input shape to have value (?P<size>\d+),? but received "
        r"input with shape (?P<shape>\([^()]*\))",
        what="The layer {layer} was built for inputs with size {size} on axis {axis}, as its input "
        "had when the model was made. Now that the model runs, it receives an input of shape "
        "`{shape}`.",
        try_this="{advice}",
        facts=_not_as_made,
    ),
    Entry(
        "a shared layer on two widths",
        "ValueError",
        r"expected axis (?P<axis>-?\d+) of input shape to have value (?P<size>\d+),? but received "
        r"input with shape (?P<shape>\([^()]*\))",
        what="The layer {layer} was built for inputs with size {size} on axis {axis}, and its "
        "weights have that size. Here it receives {tensor} of shape `{shape}`.",
        try_this="A layer that is called twice must receive the same size both times. Bring the "
        "tensor to {size} first, or make a second layer.",
        facts=_receives,
    ),
    Entry(
        "weights of an unknown size",
        "ValueError",
        r"initialize variables must be fully.defined.*Received: shape=(?P<shape>\([^()]*\)) for "
        r"variable path='(?P<path>[^']*)'",
        what="{name} has to make weights of shape `{shape}`, and `None` is a size that is not "
        "known.",
        where="{line} {shapes}",
        try_this="Give that axis a size in `keras.Input(shape=...)`. Or take the axis away first: "
        "`layers.GlobalAveragePooling1D()` gives a vector of known size for any length, "
        "`layers.Flatten()` does not.",
        facts=_weights_of_unknown_size,
    ),
    Entry(
        "an unknown number of channels",
        "TypeError",
        r"unsupported operand type\(s\) for %: 'NoneType' and 'int'",
        what="The layer {layer} needs the number of channels of its input, and here it is `None`.",
        where="{line} {shapes}",
        try_this="Write the number of channels in `keras.Input`: `shape=(None, None, 3)`. Height "
        "and width may stay `None`.",
        facts=_unknown_channels,
    ),
    Entry(
        "more pooling than the map has pixels",
        "ValueError",
        r"output size would be (?:zero or )?negative.*?shape=(?P<shape>[\[(][^\])]*[\])])`?, "
        r"`?(?P<window>pool_size|kernel.shape)=(?P<size>[\[(][^\])]*[\])])",
        what="The map is smaller than the {kind}: the input has shape `{shape}`, and the {kind} "
        "`{size}` does not fit into it.",
        where="{line} {named}",
        try_this='Use fewer pooling layers, a smaller {kind} or `padding="same"`, or begin with a '
        "larger input.",
        facts=_too_small,
    ),
    Entry(
        "Reshape to another number of values",
        "ValueError",
        r"total size of the tensor must be unchanged.*input_shape=(?P<one>\([^()]*\)), "
        r"target_shape=(?P<other>\([^()]*\))",
        what="`Reshape` keeps every value. An input of shape `{one}` has another number of values "
        "than `{other}`.",
        where="{line} The batch axis is not counted.",
        try_this="Choose sizes whose product is the same, or write -1 for one of them: Keras then "
        "works it out.",
    ),
    Entry(
        "a number as shape",
        "ValueError",
        r"Cannot convert '(?P<value>\d+)' to a shape",
        what="A shape is a tuple. `{value}` is not one.",
        try_this="Write `shape=({value},)`, with a comma, for vectors of {value} values.",
    ),
)
