"""Traps between what a model returns and what it is compiled with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from exercises_check.language import N_, _, listed, pgettext
from exercises_check.listing import literal
from exercises_check.silent.compiled import Loss, described
from exercises_check.silent.endings import Ending, ending
from exercises_check.silent.subject import Subject, quoted
from exercises_check.silent.trap import Trap

# Losses of classes, by what makes their probabilities.
_CLASSES = {
    "categorical_crossentropy": "softmax",
    "sparse_categorical_crossentropy": "softmax",
    "categorical_focal_crossentropy": "softmax",
    "binary_crossentropy": "sigmoid",
    "binary_focal_crossentropy": "sigmoid",
    "crossentropy": "softmax",
    "ce": "softmax",
}
_NOT_PROBABILITIES = frozenset(
    {"linear", "relu", "relu6", "leaky_relu", "elu", "selu", "gelu", "silu", "tanh"}
)


def _ends(subject: Subject) -> Iterator[tuple[int, Ending, Loss]]:
    """The outputs whose values and whose loss of classes are known: `(number, ending, loss)`."""
    for number, tensor in enumerate(subject.flat.outputs):
        loss = described(subject.compiled.loss_of(number))
        if loss is None or loss.name not in _CLASSES:
            continue
        end = ending(subject, tensor)
        if end is not None:
            yield number, end, loss


# Logits and probabilities -------------------------------------------------------------------------


def softmax_then_logits_loss(subject: Subject) -> Iterator[Trap]:
    """A softmax, something that hides it, and a loss that takes the softmax once more."""
    for number, end, loss in _ends(subject):
        if end.kind not in ("softmax", "sigmoid") or end.seen or not loss.from_logits:
            continue
        name = subject.name(end.call)
        after = subject.result(subject.flat.outputs[number])
        gives = _("`{name}` gives probabilities, and `{loss}` expects logits.")
        if after != quoted(name):
            gives = _(
                "`{name}` gives probabilities, which reach the loss through {after}, and `{loss}` "
                "expects logits."
            )
        yield Trap(
            "logits",
            gives.format(name=name, after=after, loss=loss.text),
            _(
                "The loss takes the {activation} a second time, so it stays wrong however well the "
                "model learns; leave out the {activation}, or write `from_logits=False`."
            ).format(activation=end.kind),
            name,
            end.call.path,
        )


def logits_then_probability_loss(subject: Subject) -> Iterator[Trap]:
    """`Dense(10)` and `"sparse_categorical_crossentropy"`, which expects probabilities."""
    for _number, end, loss in _ends(subject):
        if end.kind not in _NOT_PROBABILITIES or loss.from_logits:
            continue
        name = subject.name(end.call)
        has = _(
            "`{name}` has the activation {activation}, and the loss `{loss}` expects probabilities."
        )
        if end.kind == "linear":
            has = _("`{name}` has no activation, and the loss `{loss}` expects probabilities.")
        activation = _CLASSES[loss.name]
        if loss.name in ("crossentropy", "ce") and end.call.outputs[0].shape[-1] == 1:
            activation = "sigmoid"
        yield Trap(
            "logits",
            has.format(name=name, activation=end.kind, loss=loss.text),
            _(
                "The loss cuts off what is not between 0 and 1, so the model hardly learns; write "
                '`activation="{activation}"`, or no activation and a loss with `from_logits=True`.'
            ).format(activation=activation),
            name,
            end.call.path,
        )


def accuracy_of_logits(subject: Subject) -> Iterator[Trap]:
    """Binary logits and `metrics=["accuracy"]`, which asks whether a value is above 0.5."""
    for number, end, loss in _ends(subject):
        if end.kind not in _NOT_PROBABILITIES or not loss.from_logits:
            continue
        if _CLASSES[loss.name] != "sigmoid":
            continue
        of_one = end.call.outputs[0].shape[-1] == 1
        name = subject.name(end.call)
        for metric in subject.compiled.metrics_of(number):
            text = _halved(metric, of_one)
            if text:
                yield Trap(
                    "metric",
                    _(
                        "`{name}` gives logits, and the metric `{metric}` counts a value above 0.5 "
                        "as yes."
                    ).format(name=name, metric=text),
                    _(
                        "A logit means yes above 0, so the accuracy is wrong; write "
                        "`keras.metrics.BinaryAccuracy(threshold=0.0)`."
                    ),
                    name,
                    end.call.path,
                )


def _halved(metric: Any, of_one: bool) -> str:
    """How a metric that splits at 0.5 is written, `""` if it does not."""
    if isinstance(metric, str):
        generic = metric in ("accuracy", "acc") and of_one
        return f'"{metric}"' if generic or metric == "binary_accuracy" else ""
    if isinstance(metric, dict) and metric.get("class_name") == "BinaryAccuracy":
        return "BinaryAccuracy()" if metric["config"].get("threshold") == 0.5 else ""
    return ""


# Lists and dicts ----------------------------------------------------------------------------------


def weights_by_the_alphabet(subject: Subject) -> Iterator[Trap]:
    """A list of losses and a dict of weights: Keras takes the weights in the alphabet's order."""
    facts = subject.compiled
    weights = facts.weights
    if facts.structure != "list" or not isinstance(facts.loss, (list, tuple)):
        return
    if not isinstance(weights, dict) or len(weights) != len(facts.names):
        return
    used = dict(zip(facts.names, (weights[key] for key in sorted(weights)), strict=True))
    if all(weights.get(name) == weight for name, weight in used.items()):
        return
    gets = _("`{name}` gets {weight}")
    given = [gets.format(name=name, weight=literal(weight)) for name, weight in used.items()]
    yield Trap(
        "order",
        _("The losses are a list and the loss weights a dict: {given}.").format(
            given=pgettext("facts", ", ").join(given)
        ),
        _(
            "Keras does not look at the names then, but takes the weights in the order of the "
            "alphabet; write both as dicts, or both as lists."
        ),
    )


def lists_by_the_alphabet(subject: Subject) -> Iterator[Trap]:
    """A dict of outputs and a list of losses: Keras sorts the outputs by the alphabet."""
    facts = subject.compiled
    if facts.structure != "dict" or list(facts.names) == sorted(facts.names):
        return
    for said, advice, values in (
        (_LOSSES_FOR, _LOSSES_AS_DICT, facts.loss),
        (_WEIGHTS_FOR, _WEIGHTS_AS_DICT, facts.weights),
        (_METRICS_FOR, _METRICS_AS_DICT, facts.metrics),
    ):
        if not isinstance(values, (list, tuple)) or len(values) != len(facts.names):
            continue
        if all(value == values[0] for value in values):
            continue
        order = _(", ").join(quoted(name) for name in sorted(facts.names))
        yield Trap("order", _(said).format(outputs=order), _(advice))


_LOSSES_FOR = N_(
    "The outputs are a dict and the losses a list, which Keras takes for {outputs}, in this order."
)
_LOSSES_AS_DICT = N_(
    "Keras sorts the outputs by the alphabet and goes through the list in that order; "
    "write the losses as a dict with the keys of the outputs."
)
_WEIGHTS_FOR = N_(
    "The outputs are a dict and the loss weights a list, which Keras takes for {outputs}, in this "
    "order."
)
_WEIGHTS_AS_DICT = N_(
    "Keras sorts the outputs by the alphabet and goes through the list in that order; "
    "write the loss weights as a dict with the keys of the outputs."
)
_METRICS_FOR = N_(
    "The outputs are a dict and the metrics a list, which Keras takes for {outputs}, in this order."
)
_METRICS_AS_DICT = N_(
    "Keras sorts the outputs by the alphabet and goes through the list in that order; "
    "write the metrics as a dict with the keys of the outputs."
)


def too_few_losses(subject: Subject) -> Iterator[Trap]:
    """`loss=["mse"]` for two outputs: the second is not trained."""
    facts = subject.compiled
    if facts.structure != "list" or not isinstance(facts.loss, (list, tuple)):
        return
    for name in facts.names[len(facts.loss) :]:
        yield Trap(
            "loss",
            _("The list of losses has {found} of {expected} entries: `{name}` has no loss.").format(
                found=len(facts.loss), expected=len(facts.names), name=name
            ),
            _(
                "An output without a loss is not trained; give each output a loss, or write `None` "
                "where none is wanted."
            ),
            name,
        )


def weights_of_no_output(subject: Subject) -> Iterator[Trap]:
    """A dict of loss weights with a name that no output has: Keras does not use it."""
    facts = subject.compiled
    if not isinstance(facts.loss, dict) or not isinstance(facts.weights, dict):
        return
    for name in facts.weights:
        if name not in facts.names and set(facts.names) <= set(facts.weights):
            yield Trap(
                "loss",
                _("The loss weights name `{name}`, and no output has this name.").format(name=name),
                _(
                    "Keras leaves this weight out without a word; the outputs are named {names}."
                ).format(names=listed(map(quoted, facts.names))),
                str(name),
            )
