"""Mistakes with a whole model: what it is made from, what is asked of it."""

from __future__ import annotations

import re
from typing import Any

from exercises_check.explain.entry import Case, Entry, nearest
from exercises_check.explain.handed import Handed, come_from, ends
from exercises_check.language import _, listed

LISTED = 12  # layers named in an explanation
_NOT_A_TENSOR = (
    r"All `(?P<which>inputs|outputs)` values must be KerasTensors\..*of type "
    r"<class '(?P<type>[^']+)'>"
)


def _invalid_value(case: Case) -> dict[str, Any]:
    """What stands among the inputs or outputs of a model and is no tensor."""
    value = case.trace.local("x")
    return {"value": case.names.say(value), "kind": case["type"].rpartition(".")[2]}


def _invalid(*kinds: str):
    def facts(case: Case) -> dict[str, Any] | None:
        import keras

        value = case.trace.local("x")
        sorts = {
            "merge": _holds_tensors(value),
            "model": isinstance(value, keras.Model),
            "input layer": isinstance(value, keras.layers.InputLayer),
            "layer": isinstance(value, (keras.Layer, type)),
            "array": case["type"].rpartition(".")[2] in ("ndarray", "EagerTensor", "DataFrame"),
            "none": value is None,
        }
        sort = next((sort for sort, holds in sorts.items() if holds), "other")
        return _invalid_value(case) if sort in kinds else None

    return facts


def _called_layer(case: Case) -> dict[str, Any] | None:
    """A layer whose calls have made tensors that will do: how to get at them."""
    import keras

    from exercises_check.read import made_by

    layer, handed = case.trace.local("x"), Handed.over(case)
    facts = _invalid("layer")(case)
    if facts is None or handed is None or not isinstance(layer, keras.Layer):
        return None
    inputs = [tensor for tensor in handed.inputs if isinstance(tensor, keras.KerasTensor)]
    calls = made_by(layer)
    fit = [made for made in calls if case["which"] == "inputs" or come_from(made, inputs)]
    if not fit:
        return None
    name = case.names.of(layer)
    own = f"`{name}.output`" if name else _("`.output`, written behind it,")
    if fit == calls[:1]:
        advice = _("{tensor} is the tensor that it returned.").format(tensor=own)
        return {**facts, "called": _("The layer was called already."), "advice": advice}
    called = _("The layer was called {count} times already.").format(count=len(calls))
    advice = _("Each call returns a tensor of its own: keep the one you want, `x = layer(...)`.")
    if fit[0] is calls[0]:
        advice += " " + _("{tensor} is that of the first call.").format(tensor=own)
    return {**facts, "called": called, "advice": advice}


def _holds_tensors(layer: Any) -> bool:
    """Whether it is `Concatenate([a, b])`: Keras takes the list as the axis, without a word."""
    import keras

    axis = getattr(layer, "axis", None) or getattr(layer, "axes", None)
    return isinstance(layer, keras.Layer) and any(
        isinstance(item, keras.KerasTensor) for item in keras.tree.flatten(axis)
    )


def _model_keywords(*wanted: str):
    def facts(case: Case) -> dict[str, Any] | None:
        keys = re.findall(r"'(\w+)': <(?:KerasTensor|[\w.]*Tensor)|'(\w+)': [\[{]", case["given"])
        keys = [one or other for one, other in keys]
        keys = [key for key in keys if key in wanted]
        if not keys:
            return None
        return {"keys": listed(f"`{key}`" for key in keys)}

    return facts


def _alone(case: Case) -> dict[str, Any] | None:
    return {} if case.trace.last_module == "keras.src.models.model" else None


def _missing_layer(case: Case) -> dict[str, Any]:
    known = re.findall(r"'([^']+)'", case["names"])
    names = [f"`{name}`" for name in known[:LISTED]] + ["…"] * (len(known) > LISTED)
    return {"near": nearest(case["name"], known), "names": _(", ").join(names)}


def _layer_inside(case: Case) -> dict[str, Any] | None:
    """A layer that is not in the model, but in a model nested in it."""
    import keras

    for inner in getattr(case.called, "layers", ()):
        if isinstance(inner, keras.Model) and any(x.name == case["name"] for x in inner.layers):
            return {"inner": inner.name, "model": case.names.of(case.called) or "model"}
    return None


def _layer_number(case: Case) -> dict[str, Any] | None:
    return {"model": case.names.of(case.called) or "model"} if case["name"].isdigit() else None


def _never_called(case: Case) -> dict[str, Any]:
    return {"layer": case.names.say(case.trace.local("self"))}


def _unbuilt_sequential(case: Case) -> dict[str, Any] | None:
    import keras

    model = case.trace.local("self")
    if not isinstance(model, keras.Sequential) or ends(model, "outputs"):
        return None
    return {"layer": case.names.say(model)}


def _built_sequential(case: Case) -> dict[str, Any] | None:
    import keras

    model = case.trace.local("self")
    if not isinstance(model, keras.Sequential):
        return None
    return {"layer": case.names.say(model), "model": case.names.of(model) or "model"}


def _model_attribute(case: Case) -> dict[str, Any] | None:
    import keras

    model = getattr(case.error, "obj", None)
    if not isinstance(model, keras.Model) or isinstance(model, keras.Sequential):
        return None
    return {"model": case.names.of(model) or "model"}


def _model_setter(case: Case) -> dict[str, Any] | None:
    import keras

    model = case.trace.local("self")
    if not isinstance(model, keras.Function):
        return None
    return {"model": case.names.of(model) or "model"}


ENTRIES = (
    Entry(
        "Concatenate([a, b]) without a call, used as an output",
        "ValueError",
        _NOT_A_TENSOR,
        what="{value} is a layer, not a tensor. `{kind}([a, b])` makes a layer and takes the list "
        "as a setting, so nothing is joined yet.",
        try_this="Write two pairs of parentheses: `layers.{kind}()([a, b])`.",
        facts=_invalid("merge"),
    ),
    Entry(
        "an InputLayer as input",
        "ValueError",
        _NOT_A_TENSOR,
        what="`{which}` contains {value}, an `InputLayer`. `keras.Model` takes tensors.",
        try_this="Use `keras.Input(shape=...)`, which returns a tensor.",
        facts=_invalid("input layer"),
    ),
    Entry(
        "a model as output",
        "ValueError",
        _NOT_A_TENSOR,
        what="`{which}` contains {value}, a model. `keras.Model` takes tensors.",
        try_this="Call that model and use the tensor that it returns: `outputs = base(inputs)`.",
        facts=_invalid("model"),
    ),
    Entry(
        "a layer that was called, as output",
        "ValueError",
        _NOT_A_TENSOR,
        what="`{which}` contains {value}, a layer. `keras.Model` takes tensors. {called}",
        try_this="{advice}",
        facts=_called_layer,
    ),
    Entry(
        "a layer as output",
        "ValueError",
        _NOT_A_TENSOR,
        what="`{which}` contains {value}, a layer. `keras.Model` takes tensors.",
        try_this="Call the layer and use the tensor that it returns: `outputs = layer(x)`.",
        facts=_invalid("layer"),
    ),
    Entry(
        "an array as input",
        "ValueError",
        _NOT_A_TENSOR,
        what="`{which}` contains data, of type `{kind}`. A functional model is made from symbolic "
        "tensors, before it sees data.",
        try_this="Begin with `inputs = keras.Input(shape=...)`, where the shape is that of one "
        "sample. Give the data to `model.fit` or `model.predict`.",
        facts=_invalid("array"),
    ),
    Entry(
        "None as input or output",
        "ValueError",
        _NOT_A_TENSOR,
        what="`{which}` contains `None` where a tensor is expected.",
        try_this="A function without `return` gives `None`. Look where the value of `{which}` "
        "comes from.",
        facts=_invalid("none"),
    ),
    Entry(
        "something else as input or output",
        "ValueError",
        _NOT_A_TENSOR,
        what="`{which}` contains a value of type `{kind}`. `keras.Model` takes tensors.",
        try_this="Use tensors: those that `keras.Input(...)` returns as inputs, those that layers "
        "return as outputs.",
        facts=_invalid_value,
    ),
    Entry(
        "Model(input=, output=)",
        "ValueError",
        r"Unrecognized keyword arguments passed to \w+: (?P<given>.*)",
        what="The model receives {keys}. Its arguments are `inputs` and `outputs`, both with an s.",
        try_this="Write `keras.Model(inputs=..., outputs=...)`, or without names "
        "`keras.Model(inputs, outputs)`.",
        facts=_model_keywords("input", "output"),
    ),
    Entry(
        "Model with only inputs or only outputs",
        "ValueError",
        r"Unrecognized keyword arguments passed to \w+: (?P<given>.*)",
        what="The model receives {keys} alone. A functional model needs both `inputs` and "
        "`outputs`.",
        try_this="Write `keras.Model(inputs=..., outputs=...)`.",
        facts=_model_keywords("inputs", "outputs"),
    ),
    Entry(
        "Model with one argument",
        "TypeError",
        r"Layer\.__init__\(\) takes 1 positional argument but 2 were given",
        what="The model receives one tensor or list. A functional model needs both its inputs and "
        "its outputs.",
        try_this="Write `keras.Model(inputs, outputs)`.",
        facts=_alone,
    ),
    Entry(
        "one name for two layers",
        "ValueError",
        r'The name "(?P<name>[^"]+)" is used (?P<count>\d+) times in the model',
        what="{count} layers or inputs of this model have the name `{name}`. In one model each "
        "name may stand once.",
        try_this="Give each its own `name=...`, or leave `name` out. In a loop or a function, put "
        "a number into the name: `name=f'{name}_{{i}}'`. To use one layer twice, make it once and "
        "call it twice.",
    ),
    Entry(
        "a layer looked up by its position",
        "ValueError",
        r"No such layer: (?P<name>\d+)\. Existing layers are",
        what="`get_layer({name})` looks for a layer with the name `{name}`, not for a position.",
        try_this="Write `{model}.get_layer(index={name})` or `{model}.layers[{name}]`.",
        facts=_layer_number,
    ),
    Entry(
        "a layer looked up outside the nested model it is in",
        "ValueError",
        r"No such layer: (?P<name>.+?)\. Existing layers are",
        what="The layer `{name}` is inside the nested model `{inner}`, not in {layer} itself.",
        try_this='Go through the nested model: `{model}.get_layer("{inner}").get_layer("{name}")`. '
        "Its tensors belong to the nested model's own graph.",
        facts=_layer_inside,
    ),
    Entry(
        "a layer looked up by a wrong name",
        "ValueError",
        r"No such layer: (?P<name>.+?)\. Existing layers are: \[(?P<names>.*)\]",
        what="{the_model} has no layer named `{name}`. {near}",
        where="{line} Its layers: {names}.",
        try_this="Use one of these names. Names such as `dense_1` count up while the notebook "
        "runs; a `name=...` of your own stays the same.",
        facts=_missing_layer,
    ),
    Entry(
        "a layer looked up by too large a number",
        "ValueError",
        r"asked to retrieve layer at index (?P<index>-?\d+) but model only has (?P<count>\d+)",
        what="{the_model} has {count} layers, counted from 0. There is no layer {index}.",
        try_this="Look at `model.summary()`. The input counts as a layer; the last one is "
        "`model.layers[-1]`.",
    ),
    Entry(
        "output of a Sequential without an input shape",
        "AttributeError",
        r"has never been called and thus has no defined (?P<which>input|output)",
        what="The Sequential model {layer} does not know its input shape yet, so it has no "
        "`{which}`.",
        try_this="Put `keras.Input(shape=...)` first in the list of its layers.",
        facts=_unbuilt_sequential,
    ),
    Entry(
        "output of a Sequential that was never called",
        "AttributeError",
        r"has never been called and thus has no defined (?P<which>input|output)",
        what="`{which}` of a Sequential model is the tensor of its call, and {layer} was not "
        "called yet.",
        try_this="The tensors of the model itself are in lists: `{model}.inputs[0]` and "
        "`{model}.outputs[0]`.",
        facts=_built_sequential,
    ),
    Entry(
        "output of a layer that was never called",
        "AttributeError",
        r"has never been called and thus has no defined (?P<which>input|output)",
        what="The layer {layer} was never called on a tensor, so it has no `{which}`.",
        try_this="Call the layer first and keep the tensor it returns: `x = layer(x)`.",
        facts=_never_called,
    ),
    Entry(
        "model.add on a functional model",
        "AttributeError",
        r"^'\w+' object has no attribute '(?P<name>add|pop)'",
        what="`{model}` is a functional model. Only a Sequential model has `{name}`.",
        try_this="Call more layers on its output and make a new model: "
        "`x = layers.Dense(2)({model}.output)`, then `keras.Model({model}.input, x)`.",
        facts=_model_attribute,
        anywhere=True,
    ),
    Entry(
        "the outputs of a model assigned",
        "AttributeError",
        r"^(?:property '(?P<name>\w+)' of '[^']+' object has no setter|can't set attribute)",
        what="The `{name}` of `{model}` are fixed when the model is made. They cannot be assigned.",
        try_this="Make a new model from the tensors you want: `keras.Model({model}.input, x)`.",
        facts=_model_setter,
    ),
)
