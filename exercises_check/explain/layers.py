"""Mistakes in a layer of the learner's own."""

from __future__ import annotations

from typing import Any

from exercises_check.explain.entry import Case, Entry, similar
from exercises_check.language import _


def _never_made(case: Case) -> dict[str, Any] | None:
    """An attribute that `build` or `__init__` should have made."""
    import keras

    step = case.trace.learner
    layer = step.frame.f_locals.get("self") if step else None
    if not isinstance(layer, keras.Layer) or type(layer).__name__ != case["cls"]:
        return None
    own = vars(type(layer))
    near = "" if "build" in own else similar("build", own)
    hint = _("The class has no `build`. Is {names} meant?").format(names=near) if near else ""
    return {"hint": hint}


def _setter_of_layer(case: Case) -> dict[str, Any] | None:
    import keras

    layer = case.trace.local("self")
    if not isinstance(layer, keras.Layer) or isinstance(layer, keras.Model):
        return None
    return {"cls": type(layer).__name__}


def _in_call(case: Case) -> dict[str, Any] | None:
    return {} if case.trace.in_keras and "encountered when calling" in case.text else None


ENTRIES = (
    Entry(
        "a layer without super().__init__()",
        "RuntimeError",
        r"In layer '(?P<cls>[^']+)', you forgot to call `super\(\)\.__init__\(\)`",
        what="`{cls}.__init__` does not call `super().__init__()`. Without it Keras has no place "
        "to keep weights.",
        try_this="Write `super().__init__(**kwargs)` as the first line of `{cls}.__init__`, and "
        "let it take `**kwargs`.",
    ),
    Entry(
        "a weight or a layer made in call",
        "ValueError RuntimeError",
        r"cannot add new elements of state \(variables or sub-layers\) to a layer that is already "
        r"built",
        what="`call` makes a weight or a layer. `call` runs many times, and the weights must exist "
        "before.",
        try_this="Make layers in `__init__`, and weights in `build(self, input_shape)` with "
        "`self.add_weight(...)`. Only use them in `call`.",
    ),
    Entry(
        "a variable made in call",
        "ValueError",
        r"attempting to create a variable while in a stateless scope",
        what="A variable is made while the layer runs. Variables must exist before.",
        try_this="Make it in `build(self, input_shape)` with `self.add_weight(...)`, and only use "
        "it in `call`.",
    ),
    Entry(
        "a layer made anew in each call",
        "ValueError",
        r"tf\.function only supports singleton tf\.Variables created on the first call"
        r"|could not be lifted out of a `?tf\.function",
        what="`call` makes a new layer or variable each time it runs, so its weights are new each "
        "time and cannot be trained.",
        try_this="Make layers in `__init__`, as `self.dense = layers.Dense(4)`, and call "
        "`self.dense(x)` in `call`.",
    ),
    Entry(
        "a weight that build did not make",
        "AttributeError",
        r"'(?P<cls>\w+)' object has no attribute '(?P<name>\w+)'",
        what="`call` uses `self.{name}`, and nothing has made it. {hint}",
        try_this="Make weights in a method named exactly `build(self, input_shape)`, and layers in "
        "`__init__`. Check the spelling of `{name}` there.",
        facts=_never_made,
    ),
    Entry(
        "a name of Keras used as an attribute",
        "AttributeError",
        r"^property '(?P<name>\w+)' of '[^']+' object has no setter|^can't set attribute",
        what="`{name}` is a name that every Keras layer already uses. `{cls}` cannot assign it.",
        try_this="Choose another name for the attribute, as `self.my_{name}`.",
        facts=_setter_of_layer,
    ),
    Entry(
        "a call without return",
        "ValueError",
        r"Inputs to a layer should be tensors\. Got '?None'?",
        what="The layer {layer} receives `None` in place of a tensor.",
        try_this="The step before it returns nothing. A `call` method and a function that builds "
        "layers both need `return`.",
    ),
    Entry(
        "NumPy in call",
        "NotImplementedError TypeError",
        r"Cannot convert a symbolic tf\.Tensor \S+ to a numpy array",
        what="`call` hands a tensor to NumPy. While the model is made or trained the tensor has no "
        "values.",
        try_this="In `call`, use `keras.ops` in place of `np`: `keras.ops.sqrt(x)`.",
    ),
    Entry(
        "numpy() in call",
        "AttributeError",
        r"'(?:Symbolic)?Tensor' object has no attribute 'numpy'",
        what="`call` asks a tensor for its values with `.numpy()`. While the model is made or "
        "trained it has none.",
        try_this="In `call`, use `keras.ops` in place of NumPy: `keras.ops.mean(x)`.",
        facts=_in_call,
    ),
)
