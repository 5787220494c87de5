"""Mistakes in what a model is trained with: losses, targets, metrics, weights."""

from __future__ import annotations

import ast
import re
from typing import Any

from exercises_check.explain.entry import Case, Entry, layer_of_node, nearest
from exercises_check.language import N_, _, listed, pgettext

_EXAMPLES = {
    "loss": "keras.losses.MeanSquaredError()",
    "metric": "[keras.metrics.MeanAbsoluteError()]",
    "optimizer": "keras.optimizers.Adam()",
    "activation function": "keras.activations.relu",
    "initializer": "keras.initializers.GlorotUniform()",
}
# What a text of Keras calls these.
_KINDS = {
    "loss": N_("loss"),
    "metric": N_("metric"),
    "optimizer": N_("optimizer"),
    "activation function": N_("activation function"),
    "initializer": N_("initializer"),
}
_IN_COMPILE = "keras.src.trainers.compile_utils"


def _known(kind: str) -> list[str]:
    import keras

    modules = {
        "loss": keras.losses,
        "metric": keras.metrics,
        "optimizer": keras.optimizers,
        "activation function": keras.activations,
        "initializer": keras.initializers,
    }
    return [name for name in dir(modules.get(kind, keras)) if not name.startswith("_")]


def _misspelt(case: Case) -> dict[str, Any]:
    kind = case["kind"]
    argument = {"activation function": "activation", "metric": "metrics"}.get(kind, kind)
    near = nearest(case["value"], _known(kind))
    facts = {"argument": argument, "near": near, "example": _EXAMPLES[kind]}
    return {**facts, "kind": _(_KINDS[kind])}


def _loss_keys(case: Case) -> dict[str, Any]:
    names = re.findall(r"'([^']*)'", case["names"])
    given = re.findall(r"'([^']*)'", case["found"])
    absent = [name for name in names if name not in given]
    wanted = ", ".join(f'"{name}": ...' for name in names)
    return {"absent": _list(absent), "wanted": wanted, "found": _list(given)}


def _list(names: list[str]) -> str:
    return _(", ").join(f"`{name}`" for name in names) or pgettext("names", "none")


def _dict_of_targets(case: Case) -> dict[str, Any] | None:
    """A dict of targets that reached a loss as it is, `None` if it is another mistake."""
    targets = case.argument(2, "y")
    if not isinstance(targets, dict) or case["key"] not in targets:
        return None
    outputs = list(getattr(case.called, "output_names", ()))
    return {"keys": _list(list(targets)), "outputs": _list(outputs), "count": len(outputs)}


def _one_output(case: Case) -> dict[str, Any] | None:
    facts = _dict_of_targets(case)
    return facts if facts and facts["count"] == 1 else None


def _in_compile(case: Case) -> dict[str, Any] | None:
    return {} if case.trace.last_module == _IN_COMPILE else None


def _weight_of_an_output(case: Case) -> dict[str, Any] | None:
    outputs = getattr(case.called, "output_names", ())
    if case.trace.last_module != _IN_COMPILE or case["key"] not in outputs:
        return None
    return {"outputs": _list(outputs)}


def _sample_weights(case: Case) -> dict[str, Any] | None:
    if case.trace.last_module != _IN_COMPILE or not case.text.isdigit():
        return None
    return {}


def _history_key(case: Case) -> dict[str, Any] | None:
    """`history.history["accuracy"]`, where the metric has another name."""
    import keras

    step = case.trace.learner
    item = step.expression if step else None
    if not isinstance(item, ast.Subscript) or not isinstance(item.value, ast.Attribute):
        return None
    history = step.resolve(item.value.value)
    if not isinstance(history, keras.callbacks.History) or item.value.attr != "history":
        return None
    return {"keys": _list(list(history.history)), "near": nearest(case["key"], history.history)}


def _loss_shapes(case: Case) -> dict[str, Any]:
    shapes = re.findall(r"\[[^\]]*\]", case.text.partition("with input shapes: ")[2])
    return {"shapes": listed(f"`{shape}`" for shape in shapes[:2])}


def _labels(case: Case) -> dict[str, Any]:
    """Which labels there are, where `fit` received them as one array, and how to mend that."""
    units, label = int(case["units"]), int(case["label"])
    facts = {"last": units - 1, "found": ""}
    if label < 0:
        return {**facts, "advice": _("No label may be negative: number the classes from 0.")}
    labels = _whole_numbers(case)
    if label not in labels:  # those of another output, of validation data, of a data set
        advice = _(
            "Number the classes from 0 without gaps, or give the last layer one unit for each "
            "class, as many as the highest label + 1."
        )
        return {**facts, "advice": advice}
    lowest, highest = min(labels), max(labels)
    found = _("The labels go from {lowest} to {highest}.").format(lowest=lowest, highest=highest)
    if highest - lowest < units:
        advice = _(
            "Number the classes from 0, as `y - {lowest}` does, or give the last layer {units} "
            "units."
        )
    elif len(labels) <= units:
        advice = _("Number the classes from 0 without gaps, or give the last layer {units} units.")
    else:
        advice = _("Give the last layer {units} units, one for each class.")
    return {**facts, "found": found, "advice": advice.format(lowest=lowest, units=highest + 1)}


def _whole_numbers(case: Case) -> set[int]:
    """The targets of a model with one output, where they are one array of numbers."""
    import numpy as np

    targets = case.argument(2, "y")
    if targets is None or len(getattr(case.called, "output_names", ())) != 1:
        return set()
    try:
        return {int(label) for label in np.unique(np.asarray(targets))}
    except (TypeError, ValueError):
        return set()


def _lengths(case: Case) -> dict[str, Any]:
    return {"place": layer_of_node(case["layer_name"])}


def _metrics(case: Case) -> dict[str, Any]:
    names = getattr(case.called, "output_names", None) or ["name"]
    return {"wanted": ", ".join(f'"{name}": ["mae"]' for name in names)}


ENTRIES = (
    Entry(
        "a loss that meets targets of another shape",
        "ValueError InvalidArgumentError",
        r"Dimensions must be equal, but are (?P<one>\d+) and (?P<other>\d+) for "
        r"'\{\{node (?:\S*/)?compile_loss/",
        what="The targets and the output have different sizes, {one} and {other}. The shapes are "
        "{shapes}.",
        try_this="The last layer needs as many units as the targets have columns. Compare "
        "`y.shape` with `model.output_shape`.",
        facts=_loss_shapes,
    ),
    Entry(
        "a merge of sequences of two lengths",
        "ValueError InvalidArgumentError",
        r"Dimensions must be equal, but are (?P<one>\d+) and (?P<other>\d+) for "
        r"'\{\{node \S+?/(?P<layer_name>[\w.]+)/",
        what="While the model runs, tensors with the sizes {one} and {other} meet where one size "
        "is needed. A size `None` lets any length in, so this was not seen before.",
        where="{line} In the model, it happens in `{place}`.",
        try_this="Give data of one length, by padding or cutting, or reduce each sequence to a "
        "vector before the merge, as with `layers.GlobalAveragePooling1D()`.",
        facts=_lengths,
    ),
    Entry(
        "a dict of losses with other keys than the outputs",
        "ValueError",
        r"Expected keys \w*\(?\[(?P<names>[^\]]*)\]\)? in loss dict, but found loss\.keys\(\)="
        r"\[(?P<found>[^\]]*)\]",
        what="The keys of the dict of losses are {found}. The outputs without a loss are {absent}.",
        try_this="An output has the name of its last layer. Give that layer the name, "
        "`layers.Dense(1, name=...)`, or use these keys: `{{{wanted}}}`. The loss of an output "
        "that is not trained is `None`.",
        facts=_loss_keys,
    ),
    Entry(
        "a dict of targets for a model with one output",
        "TypeError",
        r"Expected \w+, but got (?P<key>.+) of type 'str'",
        what="The targets are a dict with the keys {keys}. The model has one output, and for one "
        "output Keras takes the dict itself as the target.",
        try_this="Give the array alone: `model.fit(x, y)`.",
        facts=_one_output,
    ),
    Entry(
        "a dict of targets with a wrong key",
        "TypeError",
        r"Expected \w+, but got (?P<key>.+) of type 'str'",
        what="The targets are a dict with the keys {keys}. They do not fit the outputs of the "
        "model, which are {outputs}.",
        try_this="Use the names of the outputs as keys, one for each output. An output has the "
        "name of its last layer.",
        facts=_dict_of_targets,
    ),
    Entry(
        "targets of another structure than the outputs",
        "ValueError",
        r"y_true and y_pred have different structures\.\s*y_true: (?P<found>[^\n]*)\s*"
        r"y_pred: (?P<wanted>[^\n]*)",
        what="The targets do not have the structure of the outputs. The outputs are `{wanted}`, "
        "the targets `{found}`; each `*` is one array.",
        try_this="Give one array for each output: a list in the order of the outputs, or a dict "
        "with the names of all outputs.",
    ),
    Entry(
        "one array of targets for two outputs",
        "KeyError ValueError",
        r"The path: (?P<path>\([^()]*\)) in the `loss` argument, can't be found",
        what="The model has several outputs, and the targets are not one array for each of them.",
        try_this="Give one array for each output: `model.fit(x, [y_a, y_b])`.",
    ),
    Entry(
        "loss_weights as an array",
        "ValueError",
        r"truth value of an array with more than one element is ambiguous",
        what="`loss_weights` is an array. Keras takes a list or a dict.",
        try_this="Write `loss_weights=[1.0, 0.5]`, or a dict with the names of the outputs.",
        facts=_in_compile,
    ),
    Entry(
        "loss_weights as a whole number",
        "ValueError",
        r"Expected `loss_weights` argument to be a float.*Received instead: "
        r"loss_weights=(?P<value>.*) of type <class '(?P<type>[^']+)'>",
        what="`loss_weights` is `{value}`, of type `{type}`. Keras takes a float for one output, "
        "and a list or a dict for several.",
        try_this="Write `loss_weights=[1.0, 0.5]`, one float for each output, or a dict with the "
        "names of the outputs.",
    ),
    Entry(
        "one loss weight for two outputs",
        "TypeError",
        r"^object of type 'float' has no len\(\)",
        what="`loss_weights` is one number, and the model has several outputs.",
        try_this="Write a list, `loss_weights=[1.0, 0.5]`, or a dict with the names of the "
        "outputs.",
        facts=_in_compile,
    ),
    Entry(
        "more loss weights than losses",
        "ValueError",
        r"must match the number of losses, got (?P<losses>\d+) losses and (?P<weights>\d+) weights",
        what="There are {losses} losses and {weights} loss weights.",
        try_this="Write one weight for each loss. The weight of an output that counts in full is "
        "1.0.",
    ),
    Entry(
        "a dict of loss weights without one output",
        "KeyError",
        r"^(?P<key>.+)$",
        what="The dict of `loss_weights` has no key `{key}`. The outputs of the model are "
        "{outputs}.",
        try_this="Write a weight for each output. The weight of an output that counts in full is "
        "1.0.",
        facts=_weight_of_an_output,
    ),
    Entry(
        "a dict of sample weights with a dict of targets",
        "KeyError",
        r"^(?P<key>\d+)$",
        what="Keras looks for the output {key} by its number, and finds a dict.",
        try_this="With `sample_weight`, give lists everywhere: the targets and the weights, in the "
        "order of the outputs.",
        facts=_sample_weights,
    ),
    Entry(
        "sample weights of another structure than the targets",
        "ValueError",
        r"should provide one `sample_weight` array per output in `y`",
        what="`sample_weight` does not have the structure of the targets.",
        try_this="With a list of targets, give a list of weights, one array for each output.",
    ),
    Entry(
        "a flat list of metrics for two outputs",
        "ValueError",
        r"Invalid `metrics`.*?Received: metrics=(?P<found>.*)"
        r"|the `metrics` argument as a list, it should have as many.*?metrics=(?P<list>[^\n]*)",
        what="`metrics={found}{list}` does not say which metric belongs to which output.",
        try_this="Write a dict with the names of the outputs: `metrics={{{wanted}}}`. A list needs "
        'one list for each output: `[["mae"], ["mae"]]`.',
        facts=_metrics,
    ),
    Entry(
        "class numbers for categorical_crossentropy",
        "ValueError",
        r"`target` and `output` must have the same rank \(ndim\)\. Received: "
        r"target\.shape=(?P<target>\([^()]*\)), output\.shape=(?P<output>\([^()]*\))",
        what="The targets have shape `{target}` and the output has shape `{output}`. This loss "
        "needs one target for each unit of the output.",
        try_this='If the targets are class numbers, use `loss="sparse_categorical_crossentropy"`, '
        "or make one-hot rows with `keras.utils.to_categorical(y)`.",
    ),
    Entry(
        "one-hot rows for sparse_categorical_crossentropy",
        "ValueError",
        r"`output` must have rank \(ndim\) `target\.ndim - 1`\. Received: "
        r"target\.shape=(?P<target>\([^()]*\)), output\.shape=(?P<output>\([^()]*\))",
        what="The targets have shape `{target}` and the output has shape `{output}`. "
        "`sparse_categorical_crossentropy` needs one class number for each sample.",
        try_this='If the targets are one-hot rows, use `loss="categorical_crossentropy"`, or make '
        "class numbers with `y.argmax(axis=-1)`.",
    ),
    Entry(
        "labels that are no number of a class",
        "InvalidArgumentError",
        r"Received a label value of (?P<label>-?\d+) which is outside the valid range of "
        r"\[0, (?P<units>\d+)\)",
        what="One of the labels is {label}. The output has {units} units, one for each class, so "
        "a label is a number from 0 to {last}. {found}",
        try_this="{advice}",
        facts=_labels,
    ),
    Entry(
        "targets of another width than the output",
        "ValueError",
        r"`target` and `output` must have the same shape\. Received: "
        r"target\.shape=(?P<target>\([^()]*\)), output\.shape=(?P<output>\([^()]*\))",
        what="The targets have shape `{target}` and the output has shape `{output}`. This loss "
        "needs one shape for both.",
        try_this="The last layer needs as many units as the targets have columns. Class numbers "
        'need `loss="sparse_categorical_crossentropy"`.',
    ),
    Entry(
        "a misspelt loss, metric, optimizer or activation",
        "ValueError",
        r"Could not interpret (?P<kind>loss|metric|optimizer|activation function|initializer) "
        r"identifier: (?P<value>.*)",
        what="Keras has no {kind} named `{value}`. {near}",
        try_this="Check the spelling, or give the object in place of its name: "
        "`{argument}={example}`.",
        facts=_misspelt,
    ),
    Entry(
        "fit or evaluate before compile",
        "ValueError",
        r"must call `compile\(\)` before using the model",
        what="{the_model} is not compiled: it has no optimizer and no loss yet.",
        try_this='Call `model.compile(optimizer="adam", loss=...)` before `fit` and `evaluate`. A '
        "model that was not compiled when it was saved is not compiled after loading.",
    ),
    Entry(
        "compile without a loss",
        "ValueError",
        r"No loss to compute",
        what="{the_model} was compiled without a loss, so there is nothing to make smaller.",
        try_this='Call `model.compile(optimizer="adam", loss=...)` with a loss.',
    ),
    Entry(
        "class_weight with two outputs",
        "ValueError",
        r"`class_weight` is only supported for Models with a single output",
        what="`class_weight` works for a model with one output only.",
        try_this="Give `sample_weight` instead: a list with one array of weights for each output.",
    ),
    Entry(
        "a metric's name that the history does not have",
        "KeyError",
        r"^(?P<key>.+)$",
        what="The history has no entry `{key}`. {near} Its entries are {keys}.",
        try_this="The entries have the names that were given in `metrics`, and for validation data "
        "the same names with `val_` before them.",
        facts=_history_key,
        anywhere=True,
    ),
    Entry(
        "a callback that watches a metric without a known direction",
        "ValueError",
        r"(?P<callback>\w+) callback received monitor=(?P<monitor>[^,]+), but Keras isn't able",
        what="`{callback}` watches `{monitor}`. No metric of the model has this name, or Keras "
        "does not know whether more of it is better.",
        try_this="Use a name that stands in `history.history`, as `val_loss` or `val_accuracy`. "
        'For a metric of your own, say `mode="max"` or `mode="min"`.',
    ),
)
