"""Freezing a model layer by layer: which weights does one training step move?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from exercises_check.language import _, pgettext
from exercises_check.wrapping import columns, padded

if TYPE_CHECKING:
    import keras
    from matplotlib.figure import Figure

LEARNING_RATE = 0.01
# What becomes of a parameter, with its colour and its pattern.
LOOKS = {
    "trained": ("#0072B2", ""),
    "moved by the data alone": ("#E69F00", "///"),
    "not moved": ("#BFBFBF", "..."),
}


@dataclass(frozen=True)
class Row:
    """One layer in one training step.

    Attributes:
        name: of the layer.
        counts: parameters by what becomes of them, a key of `LOOKS`.
        trainable: how many of its parameters Keras counts as trainable.
        moved: the names of the weights that are others after the step.
    """

    name: str
    counts: dict[str, int]
    trainable: int
    moved: tuple[str, ...]


def freezing_step(model: keras.Model, x: Any, y: Any, frozen: int) -> list[Row]:
    """What one training step does to each layer with weights, when the first `frozen` are frozen.

    Nested models are looked into. Afterwards the model is as it was: weights, and what is frozen.

    Args:
        model: a compiled model of one output.
        x: a batch of inputs.
        y: its targets.
        frozen: how many layers with weights are frozen, from the input on.
    """
    with _as_it_was(model):
        layers = _with_weights(model)
        for number, layer in enumerate(layers):
            layer.trainable = number >= frozen
        before = [[_value(weight) for weight in layer.weights] for layer in layers]
        _step(model, x, y)
        return [_row(layer, values) for layer, values in zip(layers, before, strict=True)]


def _step(model: keras.Model, x: Any, y: Any) -> None:
    """One step down the gradient, without compiling anything."""
    import keras
    import tensorflow as tf

    weights = model.trainable_variables
    with tf.GradientTape() as tape:
        loss = keras.ops.mean(keras.losses.get(model.loss)(y, model(x, training=True)))
    for weight, pull in zip(weights, tape.gradient(loss, [w.value for w in weights]), strict=True):
        weight.assign(weight.value - LEARNING_RATE * pull)


def _with_weights(model: keras.Model) -> list:
    import keras

    found = []
    for layer in model.layers:
        found += _with_weights(layer) if isinstance(layer, keras.Model) else [layer]
    return [layer for layer in dict.fromkeys(found) if layer.weights]


@contextmanager
def _as_it_was(model: keras.Model) -> Iterator[None]:
    values = [_value(variable) for variable in model.variables]
    flags = [(layer, layer.trainable) for layer in _with_weights(model)]
    try:
        yield
    finally:
        for layer, flag in flags:
            layer.trainable = flag
        for variable, value in zip(model.variables, values, strict=True):
            variable.assign(value)


def _value(variable: keras.Variable) -> np.ndarray:
    return np.array(variable.numpy())


def _row(layer: keras.Layer, before: list[np.ndarray]) -> Row:
    counts = dict.fromkeys(LOOKS, 0)
    moved = []
    for weight, value in zip(layer.weights, before, strict=True):
        changed = not np.array_equal(value, _value(weight))
        fate = "trained" if weight.trainable else "moved by the data alone"
        counts[fate if weight.trainable or changed else "not moved"] += value.size
        moved += [weight.name] * changed
    return Row(layer.name, counts, counts["trained"], tuple(moved))


def freezing_text(model: keras.Model, x: Any, y: Any, frozen: int) -> str:
    """What `freezing_picture` shows, as a table."""
    return _text(freezing_step(model, x, y, frozen))


def _text(rows: list[Row]) -> str:
    together = pgettext("a table", "together")
    width = max(columns(together), *(columns(row.name) for row in rows))
    heads = (
        padded(pgettext("a table", "trainable"), 11, right=True),
        padded(pgettext("a table", "non-trainable"), 15, right=True),
    )
    lines = [
        "".join(
            [
                padded(pgettext("a table", "layer"), width),
                *heads,
                "  ",
                pgettext("a table", "moved in one step"),
            ]
        )
    ]
    sums = [0, 0]
    for row in rows:
        counts = row.trainable, sum(row.counts.values()) - row.trainable
        sums = [a + b for a, b in zip(sums, counts, strict=True)]
        lines.append(
            _line(
                row.name, counts, width, _(", ").join(row.moved) or pgettext("a table", "nothing")
            )
        )
    return "\n".join([*lines, _line(together, sums, width)])


def _line(name: str, counts: Any, width: int, moved: str = "") -> str:
    return f"{padded(name, width)}{counts[0]:>11,}{counts[1]:>15,}  {moved}".rstrip()


def freezing_picture(model: keras.Model, x: Any, y: Any, frozen: int) -> Figure:
    """A bar for each layer with weights: how many of its parameters one training step moves."""
    return _picture(freezing_step(model, x, y, frozen), frozen)


def _picture(rows: list[Row], frozen: int) -> Figure:
    import matplotlib.pyplot as plt

    with plt.style.context("exercises_check.course"):
        figure, axis = plt.subplots(figsize=(7.2, 1.3 + 0.42 * len(rows)))
        for place, row in enumerate(rows):
            start = 0
            for fate, count in row.counts.items():
                colour, pattern = LOOKS[fate]
                look = {"color": colour, "hatch": pattern, "edgecolor": "white", "linewidth": 0}
                axis.barh(place, count, left=start, height=0.62, label=fate, **look)
                start += count
            told = [f"{count:,} {fate}" for fate, count in row.counts.items() if count]
            axis.annotate(
                ", ".join(told), (start, place), (5, 0), textcoords="offset points", va="center",
                fontsize=9,
            )  # fmt: skip
        marks = ["frozen: " * (place < frozen) + row.name for place, row in enumerate(rows)]
        axis.set_yticks(range(len(rows)), marks)
        axis.set_ylim(len(rows) - 0.5, -0.5)
        axis.set_xlim(0, 1.75 * max(sum(row.counts.values()) for row in rows))
        axis.set(xticks=[])
        axis.spines[:].set_visible(False)
        axis.tick_params(length=0)
        handles, labels = axis.get_legend_handles_labels()
        first = dict(reversed(list(zip(labels, handles, strict=True))))
        shown = [fate for fate in LOOKS if any(row.counts[fate] for row in rows)]
        figure.legend([first[fate] for fate in shown], shown, loc="outside upper left", ncols=3)
    return figure


def show_freezing(model: keras.Model, x: Any, y: Any, frozen: int = 0) -> None:
    """Shows `freezing_picture` and prints `freezing_text`."""
    from exercises_check.figures import show

    rows = freezing_step(model, x, y, frozen)
    show(_picture(rows, frozen), alt=_text(rows))
    print(_text(rows))
