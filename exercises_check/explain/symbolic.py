"""Mistakes about symbolic tensors, which have a shape and no values."""

from __future__ import annotations

import ast
from typing import Any

from exercises_check.explain.entry import Case, Entry
from exercises_check.language import N_, _

_TARGETS = (N_("a NumPy array"), N_("an int"), N_("a float"))  # as Keras has them


def _size_as_number(case: Case) -> dict[str, Any] | None:
    """`int(x.shape[0])`, where the size is `None`."""
    import keras

    step = case.trace.learner
    call = step.expression if step else None
    if not isinstance(call, ast.Call) or not call.args:
        return None
    size = call.args[0]
    shape = size.value if isinstance(size, ast.Subscript) else None
    if not isinstance(shape, ast.Attribute) or shape.attr != "shape":
        return None
    if not isinstance(step.resolve(shape.value), keras.KerasTensor):
        return None
    return {"size": ast.unparse(size), "tensor": ast.unparse(shape.value)}


def _tensor_attribute(case: Case) -> dict[str, Any] | None:
    tensor = getattr(case.error, "obj", None)
    return {"tensor": case.names.say(tensor)} if type(tensor).__name__ == "KerasTensor" else None


def _at_a_conversion(case: Case) -> dict[str, Any]:
    target = case["target"]
    return {"tensor": case.names.say(case.trace.local("self")), "target": _(target)}


ENTRIES = (
    Entry(
        "if on a tensor",
        "TypeError",
        r"KerasTensor cannot be used as a boolean",
        what="A tensor has no values while the model is made, so `if`, `while`, `and`, `or` and "
        "`not` cannot test it.",
        try_this="To choose values inside the model, use `keras.ops.where(condition, a, b)`. To "
        "ask whether there is a tensor at all, write `x is not None`.",
    ),
    Entry(
        "a loop over a tensor",
        "NotImplementedError TypeError",
        r"Iterating over a symbolic KerasTensor",
        what="A tensor has no values while the model is made, so a `for` loop or `a, b = ...` "
        "cannot go through it.",
        try_this="Take parts by index, `x[:, 0]`, or use `keras.ops.unstack(x, axis=1)`. If two "
        "tensors were expected, the layer returns only one: an LSTM returns its states with "
        "`return_state=True`.",
    ),
    Entry(
        "int() of an unknown size",
        "TypeError",
        r"^int\(\) argument must be .* not 'NoneType'",
        what="`{size}` is `None`: this size is not known while the model is made. `int` cannot "
        "make a number of it.",
        where="{line} The first axis of a tensor is the batch.",
        try_this="Use `keras.ops.shape({tensor})` inside the model, or choose a fixed size in "
        "`keras.Input(shape=...)`.",
        facts=_size_as_number,
        anywhere=True,
    ),
    Entry(
        "len() of a tensor",
        "TypeError",
        r"^object of type 'KerasTensor' has no len\(\)",
        what="A tensor has no length while the model is made.",
        try_this="Look at `x.shape`, or use `keras.ops.shape(x)` for a size that is `None`.",
        anywhere=True,
    ),
    Entry(
        "the values of a symbolic tensor",
        "AttributeError",
        r"^'KerasTensor' object has no attribute '(?P<name>numpy|eval|item|tolist)'",
        what="{tensor} is symbolic: a place in the graph, with a shape and no values.",
        try_this="Values come when the model runs: `model.predict(data)` or `model(data)`. To see "
        "the values of a tensor inside, make a model with it as output.",
        facts=_tensor_attribute,
        anywhere=True,
    ),
    Entry(
        "something that a tensor does not have",
        "AttributeError",
        r"^'KerasTensor' object has no attribute '(?P<name>\w+)'",
        what="{tensor} is a symbolic tensor. It has `shape` and `dtype`, and no `{name}`.",
        try_this="Operations on tensors are in `keras.ops`, as `keras.ops.mean(x)`. `input`, "
        "`output` and `weights` belong to layers and models.",
        facts=_tensor_attribute,
        anywhere=True,
    ),
    Entry(
        "NumPy on a symbolic tensor",
        "ValueError TypeError",
        rf"KerasTensor is symbolic.*cannot convert it to (?P<target>{'|'.join(_TARGETS)})",
        what="{tensor} is symbolic: it has a shape and no values yet. It cannot become {target}.",
        try_this="In the model, use `keras.ops` in place of `np`: `keras.ops.mean(x)`. With `+` "
        "and `*`, write the tensor on the left of an array.",
        facts=_at_a_conversion,
    ),
    Entry(
        "a TensorFlow function on a symbolic tensor",
        "ValueError TypeError",
        r"KerasTensor cannot be used as input to a TensorFlow function",
        what="{tensor} is symbolic, and a function of TensorFlow needs values.",
        try_this="Use the same function of Keras, `keras.ops.mean` for `tf.reduce_mean`, or call "
        "the TensorFlow function inside `call` of a layer of your own.",
        facts=_at_a_conversion,
    ),
)
