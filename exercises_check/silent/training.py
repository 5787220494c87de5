"""Traps of what trains and what does not: frozen layers, and `training=` in a call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import keras

from exercises_check.graph import Graph, Operation
from exercises_check.language import N_, _, ngettext
from exercises_check.read import changed_since_compile
from exercises_check.silent.subject import Subject, several
from exercises_check.silent.trap import Trap

_RATES = ("rate", "dropout", "recurrent_dropout", "stddev", "drop_rate")


def child_of_a_frozen_parent(subject: Subject) -> Iterator[Trap]:
    """`base.trainable = False`, then one of its layers `True`: `fit` trains that layer."""
    if not subject.model.trainable:
        awake = _trainable(subject.graph)
        if awake:
            yield Trap(
                "frozen",
                ngettext(
                    "The model `{name}` is frozen, and {parts} in it is not.",
                    "The model `{name}` is frozen, and {parts} in it are not.",
                    len(set(awake)),
                ).format(name=subject.graph.name, parts=several(awake)),
                _(
                    "`fit` trains nothing while the model itself is frozen; set "
                    "`model.trainable = True` first, then freeze the parts that shall stay."
                ),
                subject.graph.name,
            )
        return
    told: list[tuple[int, ...]] = []
    for path, live, _training in subject.live:
        operation = subject.operation_at(path)
        if not isinstance(live, keras.Layer) or live.trainable or not operation.trainable:
            continue
        if any(path[: len(outer)] == outer for outer in told):
            continue
        told.append(path)
        awake = [weight.name for weight in operation.weights if weight.trainable]
        if operation.graph is not None:
            awake = _trainable(operation.graph)
        yield Trap(
            "frozen",
            ngettext(
                "`{name}` is frozen, and {parts} in it is not.",
                "`{name}` is frozen, and {parts} in it are not.",
                len(set(awake)),
            ).format(name=operation.name, parts=several(awake)),
            _(
                "`fit` trains that part, although `{name}.trainable` is `False`; if all "
                "of it shall stay as it is, set it to `True` and then to `False`, as setting it to "
                "the value that it has changes nothing."
            ).format(name=operation.name),
            operation.name,
            path,
        )


def _trainable(graph: Graph) -> list[str]:
    """The names of the operations in `graph`, nested ones included, that training changes."""
    names, waiting = [], [graph]
    while waiting:
        for operation in waiting.pop().operations.values():
            if operation.graph is not None:
                waiting.append(operation.graph)
            elif operation.trainable:
                names.append(operation.name)
    return names


def changed_since_compile_was_called(subject: Subject) -> Iterator[Trap]:
    """Frozen or unfrozen after `compile`: a `fit` that ran before goes on as before."""
    changed = changed_since_compile(subject.model)
    for was in (True, False):
        names = [layer.name for layer, before in changed if before is was]
        if not names:
            continue
        if was:
            changed_to = ngettext(
                "{layers} is frozen now and was trainable when the model was compiled.",
                "{layers} are frozen now and were trainable when the model was compiled.",
                len(names),
            )
        else:
            changed_to = ngettext(
                "{layers} is trainable now and was frozen when the model was compiled.",
                "{layers} are trainable now and were frozen when the model was compiled.",
                len(names),
            )
        yield Trap(
            "compile",
            changed_to.format(layers=several(names)),
            _(
                "Once `fit` has run, it goes on with what was trainable then; call `model.compile` "
                "again after each change of `trainable`."
            ),
            names[0],
        )


def baked_into_a_call(subject: Subject) -> Iterator[Trap]:
    """`Dropout(0.5)(x, training=True)`: `predict` turns it off all the same."""
    calls: dict[bool, list] = {True: [], False: []}
    for path, _operation, training in subject.live:
        if training is not None and _notices(subject.operation_at(path)):
            calls[bool(training)].append(path)
    for training, paths in calls.items():
        if not paths:
            continue
        names = [subject.name(path) for path in paths]
        yield Trap(
            "training",
            ngettext(
                "{layers} is called with `training={value}`.",
                "{layers} are called with `training={value}`.",
                len(names),
            ).format(layers=several(names), value=training),
            _(_REPLACED[training]),
            names[0],
            paths[0],
        )


_REPLACED = {
    True: N_(
        "`predict` and `evaluate` run the whole model with `training=False` in its place; to "
        "keep it, write a `Layer` whose `call` passes `training=True` on."
    ),
    False: N_(
        "`fit` runs the whole model with `training=True` in its place; to keep it, set "
        "`trainable = False` on a `BatchNormalization`, or write a `Layer` that passes it on."
    ),
}


def _notices(operation: Operation) -> bool:
    """Whether the call does something else in training: a dropout, or statistics that move."""
    waiting = [operation]
    while waiting:
        one = waiting.pop()
        if one.graph is not None:
            waiting.extend(one.graph.operations.values())
        elif one.class_name.endswith("Normalization") and one.trainable:
            if one.class_name not in ("LayerNormalization", "GroupNormalization"):
                return True
        elif one.class_name.startswith("Random") or _has_a_rate(one.settings):
            return True
        elif one.is_layer and not hasattr(keras.layers, one.class_name):
            return True  # a layer of the learner's own
    return False


def _has_a_rate(settings: dict[str, Any]) -> bool:
    """Whether a rate is above 0, in a layer inside a wrapper too."""
    waiting = [settings]
    while waiting:
        one = waiting.pop()
        if any(isinstance(one.get(rate), (int, float)) and one[rate] > 0 for rate in _RATES):
            return True
        waiting.extend(value for value in one.values() if isinstance(value, dict))
    return False
