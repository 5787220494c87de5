"""Ten models of chapter 11 that go wrong, each in its own way, and how to look at their code.

Each is meant to tell the digits apart: images of shape (8, 8, 1) with values from 0 to 1 go in, the
labels are class numbers from 0 to 9.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np
from keras import layers

LONGEST = 64


def classifier(inputs, outputs, loss="sparse_categorical_crossentropy", rate=0.01):
    model = keras.Model(inputs, outputs)
    optimizer = keras.optimizers.Adam(rate)
    model.compile(optimizer=optimizer, loss=loss, metrics=["accuracy"])
    return model


def a():
    inputs = keras.Input(shape=(8, 8, 1))
    x = layers.Flatten()(inputs)
    for _ in range(8):
        x = layers.Dense(16, activation="sigmoid")(x)
    outputs = layers.Dense(10, activation="softmax")(x)
    return classifier(inputs, outputs)


def b():
    inputs = keras.Input(shape=(8, 8, 1))
    skip = layers.Conv2D(8, 3, padding="same")(inputs)
    x = layers.Conv2D(8, 3, activation="relu")(skip)
    x = layers.Flatten()(layers.Add()([x, skip]))
    outputs = layers.Dense(10, activation="softmax")(x)
    return classifier(inputs, outputs)


def c():
    inputs = x = keras.Input(shape=(8, 8, 1))
    for _ in range(3):
        x = layers.Conv2D(8, 3, activation="relu")(x)
        x = layers.BatchNormalization(momentum=0.999)(x)
    outputs = layers.Dense(10, activation="softmax")(layers.Flatten()(x))
    return classifier(inputs, outputs)


def d():
    inputs = keras.Input(shape=(8, 8, 1))
    x = layers.Flatten()(inputs)
    x = layers.Dense(32, activation="relu")(x)
    outputs = layers.Dense(10)(x)
    return classifier(inputs, outputs)


def e():
    inputs = keras.Input(shape=(8, 8, 1))
    x = layers.Conv2D(8, 3, activation="relu", kernel_initializer="zeros")(inputs)
    outputs = layers.Dense(10, activation="softmax")(layers.Flatten()(x))
    return classifier(inputs, outputs)


def f():
    inputs = keras.Input(shape=(8, 8, 1))
    x = layers.Flatten()(inputs)
    x = layers.Dense(32, activation="relu")(x)
    outputs = layers.Dense(10, activation="softmax")(x)
    return classifier(inputs, outputs, loss="categorical_crossentropy")


def g():
    inputs = keras.Input(shape=(8, 8, 1))
    x = layers.Rescaling(255)(inputs)
    x = layers.Dense(32, activation="tanh")(layers.Flatten()(x))
    x = layers.Dense(32, activation="tanh")(x)
    outputs = layers.Dense(10, activation="softmax")(x)
    return classifier(inputs, outputs)


def h():
    inputs = keras.Input(shape=(8, 8, 1))

    def flat():
        image = keras.Input(shape=(8, 8, 1))
        return layers.Flatten()(image)

    outputs = layers.Dense(10, activation="softmax")(flat())
    return classifier(inputs, outputs)


def i():
    inputs = keras.Input(shape=(8, 8, 1))
    x = layers.Flatten()(inputs)
    x = layers.Dense(32, activation="relu")(x)
    outputs = layers.Dense(10, activation="softmax")(x)
    return classifier(inputs, outputs, rate=10.0)


def j():
    inputs = keras.Input(shape=(8, 8, 1))
    x = layers.Flatten()(inputs)
    x = layers.Dense(32, activation="relu")(x)
    x = layers.Dense(10, activation="softmax")(x)
    outputs = layers.Dropout(0.5)(x)
    return classifier(inputs, outputs)


MODELS: Mapping[str, Callable[[], Any]] = {
    function.__name__: function for function in (a, b, c, d, e, f, g, h, i, j)
}


def code(*names: str) -> str:
    """The code of these models, or of all, as text."""
    functions = [MODELS[name] for name in names] if names else [classifier, *MODELS.values()]
    return "\n\n".join(inspect.getsource(function).strip() for function in functions)


def outcome(name: str, x: Any, y: Any, steps: int = 40) -> str:
    """What happens to a model on a few images, in a line: an error, or what it learned of them.

    Args:
        name: of the model.
        x: the images, one batch.
        y: their labels.
        steps: how often it sees the batch.
    """
    keras.utils.set_random_seed(0)
    stage = "building it"
    try:
        model = MODELS[name]()
        stage = "fit"
        before = _loss(model, x, y)
        # One long epoch: a step costs little, an epoch of one step much.
        model.fit(
            np.concatenate([x] * steps),
            np.concatenate([y] * steps),
            batch_size=len(x),
            shuffle=False,
            verbose=0,
        )
    except ValueError as error:
        line = str(error).split("\n")[0]
        line = line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
        return f"{name}  {stage} raises {type(error).__name__}: {line}"
    after = _loss(model, x, y)
    training, predicting = (_accuracy(model, x, y, training) for training in (True, False))
    return (
        f"{name}  loss {before:4.1f} to {after:4.1f}, "
        f"accuracy {training:.2f} as in fit, {predicting:.2f} as in predict"
    )


def _loss(model: keras.Model, x: Any, y: Any) -> float:
    return float(model.compute_loss(x, y, model(x, training=True)))


def _accuracy(model: keras.Model, x: Any, y: Any, training: bool) -> float:
    return float(np.mean(np.argmax(model(x, training=training), -1) == y))
