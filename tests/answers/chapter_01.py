"""Right and wrong answers to the exercises of chapter 01, as people write them."""

import keras
from keras import Input, layers, ops
from keras.layers import Dense

from answers.chapter_00 import chain, functional


def calling_inputs_again():
    inputs = Input((784,))
    layers.Dense(64, activation="relu")(inputs)
    x = Dense(64, activation="relu")(inputs)
    return keras.Model(inputs, Dense(10)(x))


def one_layer_twice():
    inputs = Input((784,))
    first = Dense(64, activation="relu")(inputs)
    hidden = Dense(64, activation="relu")
    return keras.Model(inputs, Dense(10)(hidden(hidden(first))))


def forgetful_loop():
    x = inputs = Input((10,))
    for units in (32, 64, 32):
        x = Dense(units, activation="relu")(inputs)
    return keras.Model(inputs, Dense(1, activation="sigmoid")(x))


def binary_in_a_loop():
    x = inputs = Input((10,), name="row")
    for units, activation in [(32, "relu"), (64, "relu"), (32, "relu"), (1, "sigmoid")]:
        x = Dense(units, activation)(x)
    return keras.Model(inputs=inputs, outputs=x)


def relu(units):
    return Dense(units, activation="relu")


RIGHT = {
    "dense_shape": [lambda: (None, 50, 64), lambda: [None, 50, 64]],
    "mlp_parameters": [lambda: 55_050, lambda: 50_240 + 4_160 + 650],
    "mnist_mlp": [
        lambda: chain((784,), relu(64), relu(64), Dense(10)),
        lambda: functional((784,), Dense(64), ops.relu, Dense(64), layers.ReLU(), Dense(10)),
    ],
    "binary_mlp": [
        binary_in_a_loop,
        lambda: functional((10,), relu(32), relu(64), relu(32), Dense(1), ops.sigmoid),
    ],
    "mended_mlp": [
        lambda: functional((784,), relu(64), Dense(10), layers.Softmax()),
        lambda: chain((784,), relu(64), Dense(10, "softmax")),
    ],
    "from_sequential": [
        lambda: functional((10,), relu(32), relu(64)),
        lambda: functional((10,), Dense(32), layers.ReLU(), Dense(64), ops.relu),
    ],
    "to_sequential": [
        lambda: chain((12,), relu(32), layers.Dropout(0.2), Dense(4)),
        lambda: chain((12,), Dense(32), layers.ReLU(), layers.Dropout(0.2), Dense(4)),
    ],
}
WRONG = {
    "dense_shape": [
        (lambda: (None, 64), "value", "does not flatten"),
        (lambda: (50, 64), "value", "The batch is an axis too"),
        (lambda: (None, 50, 8), "value", "changes the last axis"),
    ],
    "mlp_parameters": [
        (lambda: 54_912, "value", "each of the 138 units has a bias"),
        (lambda: 54_400, "value", "64 × 10 + 10"),
        (lambda: "55,050 parameters", "value", "inputs × units"),
    ],
    "mnist_mlp": [
        (calling_inputs_again, "missing", "Dense"),
        (one_layer_twice, "extra", "is not expected here"),
        (
            lambda: functional((784,), relu(64), relu(64), Dense(10, "softmax")),
            "setting",
            "activation 'softmax'",
        ),
    ],
    "binary_mlp": [
        (forgetful_loop, "missing", "Dense"),
        (
            lambda: functional((10,), relu(32), relu(64), relu(32), Dense(1)),
            "setting",
            "activation 'sigmoid'",
        ),
        (
            lambda: functional((10,), relu(32), relu(32), relu(32), Dense(1, "sigmoid")),
            "setting",
            "units=32; expected units=64",
        ),
    ],
    "mended_mlp": [
        (lambda: functional((784,), relu(64), Dense(10)), "setting", "activation 'softmax'"),
        (lambda: functional((28, 28), relu(64), Dense(10, "softmax")), "input", "(28, 28)"),
        (lambda: functional((784,), Dense(10, "softmax")), "missing", "Dense"),
    ],
    "from_sequential": [
        (lambda: chain((10,), relu(32), relu(64)), "contract", "Sequential"),
        (lambda: functional((10,), relu(32), Dense(64)), "setting", "activation 'relu'"),
        (lambda: functional((10,), relu(64), relu(32)), "setting", "units"),
    ],
    "to_sequential": [
        (
            lambda: functional((12,), relu(32), layers.Dropout(0.2), Dense(4)),
            "contract",
            "Sequential",
        ),
        (lambda: chain((12,), relu(32), Dense(4)), "missing", "Dropout"),
        (lambda: chain((12,), relu(12), Dense(4)), "setting", "units=12"),
    ],
}
