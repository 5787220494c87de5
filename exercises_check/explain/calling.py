"""Mistakes in how layers are made and called on tensors."""

from __future__ import annotations

import ast
import inspect
from typing import Any

from exercises_check.explain.entry import Case, Entry, shown
from exercises_check.language import _

_MERGES = ("Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract")


def _tensor_in_constructor(case: Case) -> dict[str, Any] | None:
    """`layers.Flatten(x)`: the class of a layer called with a tensor, or with a list of them."""
    import keras

    step = case.trace.learner
    call = step.expression if step else None
    cls = step.resolve(call.func) if isinstance(call, ast.Call) else None
    if not isinstance(cls, type) or not issubclass(cls, keras.Layer):
        return None
    if issubclass(cls, keras.Model) or cls.__module__.partition(".")[0] != "keras":
        return None  # a model takes tensors, and a layer of the learner's may

    def is_tensor(node: ast.expr) -> bool:
        if isinstance(node, (ast.List, ast.Tuple)):
            return bool(node.elts) and all(map(is_tensor, node.elts))
        value = step.resolve(node)
        if isinstance(value, (list, tuple)):
            return bool(value) and all(isinstance(item, keras.KerasTensor) for item in value)
        return isinstance(value, keras.KerasTensor)

    tensors = [node for node in call.args if is_tensor(node)]
    if not tensors:
        return None
    settings = [ast.unparse(node) for node in call.args if node not in tensors]
    settings += [ast.unparse(keyword) for keyword in call.keywords]
    func = ast.unparse(call.func)
    given = ", ".join(map(ast.unparse, tensors))
    made = f"{func}({', '.join(settings) or _settings_to_fill_in(cls)})"
    return {"cls": cls.__name__, "given": given, "call": f"{made}({given})"}


def _settings_to_fill_in(cls: type) -> str:
    parameters = list(inspect.signature(cls.__init__).parameters.values())[1:]
    needs = any(p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD for p in parameters)
    return "..." if needs else ""


def _merge_function(case: Case) -> dict[str, Any] | None:
    step = case.trace.learner
    call = step.expression if step else None
    while isinstance(call, ast.Call) and isinstance(call.func, ast.Call):
        call = call.func
    function = step.resolve(call.func) if isinstance(call, ast.Call) else None
    name = case["name"].capitalize()
    if name not in _MERGES or not str(getattr(function, "__module__", "")).startswith("keras"):
        return None
    func = ast.unparse(call.func)
    return {"func": func, "layer_class": func.removesuffix(case["name"]) + name}


def _several_arguments(case: Case) -> dict[str, Any] | None:
    # The text comes from the module `inspect` of Python, called by Keras.
    if case.called is None or case.trace.last_module != "inspect":
        return None
    tensors = ", ".join(case.names.of(t) or "..." for t in case.tensors)
    cls = type(case.called).__name__
    return {"cls": cls, "count": len(case.trace.arguments) - 1, "tensors": tensors}


def _several_tensors(case: Case) -> dict[str, Any] | None:
    facts = _several_arguments(case)
    return facts if facts and facts["cls"] in _MERGES and len(case.tensors) > 1 else None


def _holds_tensors(layer: Any) -> bool:
    """Whether it is `Concatenate([a, b])`: Keras takes the list as the axis, without a word."""
    import keras

    axis = getattr(layer, "axis", None) or getattr(layer, "axes", None)
    return isinstance(layer, keras.Layer) and any(
        isinstance(item, keras.KerasTensor) for item in keras.tree.flatten(axis)
    )


def _uncalled_merge(case: Case) -> dict[str, Any] | None:
    import keras

    if not any(map(_holds_tensors, keras.tree.flatten(case.trace.arguments[1:]))):
        return None
    return {"settings": "axes=..." if case["cls"] == "Dot" else ""}


def _uncalled_layer(case: Case) -> dict[str, Any]:
    import keras

    given = [v for v in keras.tree.flatten(case.trace.arguments[1:]) if isinstance(v, keras.Layer)]
    name = case.names.of(given[0]) if given else None
    named = _("`{name}`, a `{cls}` layer,") if name else "`{cls}`"
    return {"name": named.format(name=name, cls=case["cls"])}


def _called_tensor(case: Case) -> dict[str, Any] | None:
    import keras

    step = case.trace.learner
    call = step.expression if step else None
    if step is None:
        return None
    value = step.resolve(call.func) if isinstance(call, ast.Call) else None
    if value is not None and not isinstance(value, keras.KerasTensor):
        return None  # a class of another library may have the same name
    function = ast.unparse(call.func) if isinstance(call, ast.Call) else ""
    return {"function": f"`{shown(function)}`" if function else _("what is called here")}


ENTRIES = (
    Entry(
        "a tensor handed to the constructor of a layer",
        "ValueError TypeError NotImplementedError AttributeError",
        r"",
        what="`{cls}(...)` makes a layer, and its parentheses take settings. Here they receive the "
        "tensor `{given}`.",
        try_this="Make the layer first, then call it on the tensor: `{call}`.",
        facts=_tensor_in_constructor,
        anywhere=True,
    ),
    Entry(
        "a tensor handed over as a setting",
        "ValueError TypeError",
        r"(?:identifier: |\w+=|received: |Received: |cannot convert ')<kerastensor shape="
        r"|(?i:(?:data_format|units|identifier)\W+<kerastensor shape=)",
        what="A setting of a layer receives a tensor. The first parentheses of a layer take its "
        "settings, the second take the tensor.",
        try_this="Make the layer first, then call it: `layers.Dense(64)(x)`, "
        "`layers.Flatten()(x)`.",
    ),
    Entry(
        "the function of a merge layer called without tensors",
        "TypeError",
        r"^(?P<name>\w+)\(\) missing 1 required positional argument: 'inputs'",
        what="`{func}` is a function. It makes the layer and calls it at once, so it needs the "
        "tensors.",
        try_this="Write `{func}([a, b])`, or use the layer: `{layer_class}()([a, b])`.",
        facts=_merge_function,
        anywhere=True,
    ),
    Entry(
        "a merge layer called on separate tensors",
        "TypeError",
        r"^too many positional arguments",
        what="`{cls}` takes one argument, a list of tensors. Here it receives {count} arguments.",
        where="{line} {shapes}",
        try_this="Put the tensors in a list: `layers.{cls}()([{tensors}])`.",
        facts=_several_tensors,
    ),
    Entry(
        "a layer called with too many arguments",
        "TypeError",
        r"^too many positional arguments",
        what="The layer `{cls}` takes fewer arguments than the {count} it receives here.",
        where="{line} {named}",
        try_this="Call the layer on its tensor only: `layer(x)`. Settings go into the first "
        "parentheses, where the layer is made.",
        facts=_several_arguments,
    ),
    Entry(
        "a merge layer called on one tensor",
        "ValueError",
        r"should be called on a list of.*?Received: (?:input_shape|inputs)=(?P<shape>\([^()]*\))",
        what="A merge layer joins the tensors of a list. Here it receives one tensor, of shape "
        "`{shape}`.",
        where="{line} {named}",
        try_this="Give it a list of tensors: `layers.Add()([a, b])`.",
    ),
    Entry(
        "Concatenate([a, b]) without a call, then used as a tensor",
        "ValueError",
        r"Only input tensors may be passed.*?: <(?P<cls>Concatenate|Dot) ",
        what="`{cls}` is a layer here, not a tensor. `{cls}([a, b])` makes a layer and takes the "
        "list as a setting, so nothing is joined yet.",
        try_this="Write two pairs of parentheses: `layers.{cls}({settings})([a, b])`.",
        facts=_uncalled_merge,
    ),
    Entry(
        "a layer handed to a layer",
        "ValueError",
        r"Only input tensors may be passed.*?: <(?P<cls>\w+) name=(?P<layer_name>[^,]+), built=",
        what="A layer is given where a tensor is expected: {name} is not called yet.",
        try_this="Call the layer on a tensor first, and pass on what it returns: "
        "`x = layers.{cls}(...)(x)`.",
        facts=_uncalled_layer,
    ),
    Entry(
        "a class of layers handed to a layer",
        "ValueError",
        r"Only input tensors may be passed.*?: <class '(?:[^']*\.)?(?P<cls>\w+)'> \(of type <class "
        r"'type'>\)",
        what="The class `{cls}` is given where a tensor is expected. It makes no layer without "
        "parentheses.",
        where="{line} {named}",
        try_this="Make a layer, call it on a tensor, and pass on what it returns: "
        "`x = layers.{cls}(...)(x)`.",
    ),
    Entry(
        "something that is no tensor handed to a layer",
        "ValueError",
        r"Only input tensors may be passed as positional arguments.*?keyword argument: "
        r"(?P<value>.*?) \(of type <class '(?P<type>[^']+)'>\)",
        what="A layer is called on `{value}`, of type `{type}`. A layer is called on tensors.",
        where="{line} {named}",
        try_this="Pass the tensor alone: `layer(x)`. Give any other argument with its name, as in "
        "`layer(x, training=False)`.",
    ),
    Entry(
        "a tensor called like a layer",
        "TypeError",
        r"^'KerasTensor' object is not callable",
        what="{function} is a tensor. Only a layer or a model can be called.",
        try_this="Give the layer a name of its own and call that: `dense = layers.Dense(4)`, then "
        "`x = dense(x)`. A second layer is called on `x` in a new call.",
        facts=_called_tensor,
        anywhere=True,
    ),
)
