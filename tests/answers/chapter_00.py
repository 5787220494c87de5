"""Right and wrong answers to the exercises of chapter 00, as people write them."""

import keras
from keras import Input, layers


def chain(shape, *made):
    return keras.Sequential([Input(shape), *made])


def functional(shape, *made):
    x = inputs = Input(shape)
    for layer in made:
        x = layer(x)
    return keras.Model(inputs, x)


def two_inputs():
    one, other = Input((4,)), Input((4,))
    return keras.Model([one, other], layers.Dense(2)(one + other))


RIGHT = {
    "first_model": [
        lambda: chain((4,), layers.Dense(2)),
        lambda: functional((4,), layers.Dense(units=2, activation="linear", name="answer")),
    ],
    "first_report": [
        lambda: chain((8,), layers.Dense(16), layers.ReLU(), layers.Dense(3)),
        lambda: functional((8,), layers.Dense(16), keras.ops.relu, layers.Dense(3)),
    ],
}
WRONG = {
    "first_model": [
        (lambda: functional((2,), layers.Dense(4)), "input", "(2,)"),
        (lambda: functional((4,), layers.Dense(4)), "setting", "units=4; expected units=2"),
        (lambda: functional((4,), layers.Dense(2), layers.Dense(2)), "extra", "dense"),
        (two_inputs, "input", "2 inputs"),
        (lambda: layers.Dense(2), "contract", "model"),
    ],
    "first_report": [
        (
            lambda: functional((8,), layers.Dense(16), layers.Dense(3)),
            "setting",
            "activation 'relu'",
        ),
        (
            lambda: functional((8,), layers.Dense(8, activation="relu"), layers.Dense(3)),
            "setting",
            "units=8; expected units=16",
        ),
        (lambda: functional((8,), layers.Dense(3)), "missing", "Dense"),
    ],
}
