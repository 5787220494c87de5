"""Right and wrong answers to the exercises of chapter 02, as people write them."""

import keras
from keras.layers import (
    LSTM,
    AveragePooling2D,
    Bidirectional,
    Conv2D,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    GlobalAveragePooling2D,
    MaxPooling2D,
    ReLU,
    Reshape,
)

from answers.chapter_00 import chain, functional

IMAGE = (28, 28, 1)


def relu(units):
    return Dense(units, activation="relu")


def cnn(*, pool=MaxPooling2D, filters=(32, 64), end=Flatten, activation="softmax"):
    first, second = (Conv2D(count, 3, activation="relu") for count in filters)
    return functional(
        IMAGE, first, pool(), second, pool(), end(), Dropout(0.5), Dense(10, activation)
    )


def lstms():
    return LSTM(64, return_sequences=True), LSTM(32)


def reader(*, merge="concat", words=512, sequences=True, activation="sigmoid"):
    return [
        Embedding(words, 64),
        Bidirectional(LSTM(64, return_sequences=sequences), merge_mode=merge),
        Bidirectional(LSTM(64)),
        relu(32),
        Dense(1, activation),
    ]


def texts(*made, dtype="int32", shape=(None,)):
    x = inputs = keras.Input(shape, dtype=dtype)
    for layer in made:
        x = layer(x)
    return keras.Model(inputs, x)


RIGHT = {
    "sensor_shape": [lambda: (100, 3), lambda: [100, 3]],
    "digit_mlp": [
        lambda: chain(
            IMAGE, Flatten(), relu(128), Dropout(0.5), relu(128), Dropout(0.5), Dense(10)
        ),
        lambda: functional(
            IMAGE, Reshape((784,)), relu(128), Dropout(0.5), relu(128), Dropout(0.5), Dense(10)
        ),
    ],
    "pooled_shape": [lambda: (None, 5, 5, 16), lambda: [None, 5, 5, 16]],
    "digit_cnn": [
        cnn,
        lambda: cnn(pool=lambda: MaxPooling2D((2, 2), strides=2), end=lambda: Reshape((-1,))),
    ],
    "stacked_lstm": [
        lambda: functional(
            (100, 1), LSTM(64, return_sequences=True), LSTM(32), Dense(1, "sigmoid")
        ),
        lambda: chain((100, 1), LSTM(64, return_sequences=True), LSTM(32), Dense(1, "sigmoid")),
    ],
    "bidirectional_reader": [
        lambda: texts(*reader()),
        lambda: texts(
            Embedding(512, 64),
            Bidirectional(LSTM(64, return_sequences=True), backward_layer=None),
            Bidirectional(LSTM(64)),
            Dense(32),
            ReLU(),
            Dense(1, "sigmoid"),
        ),
    ],
}
WRONG = {
    "sensor_shape": [
        (lambda: (None, 100, 3), "value", "Keras adds the batch axis"),
        (lambda: (3, 100), "value", "Keras wants the steps first"),
        (lambda: (400, 3), "value", "one sample"),
    ],
    "digit_mlp": [
        (
            lambda: functional(IMAGE, relu(128), Dropout(0.5), relu(128), Dropout(0.5), Dense(10)),
            "missing",
            "Flatten",
        ),
        (
            lambda: functional(
                IMAGE, relu(128), Dropout(0.5), relu(128), Dropout(0.5), Flatten(), Dense(10)
            ),
            "wiring",
            "flatten",
        ),
        (
            lambda: functional(
                IMAGE, Flatten(), Dense(128), Dropout(0.5), relu(128), Dropout(0.5), Dense(10)
            ),
            "setting",
            "activation 'relu'",
        ),
    ],
    "pooled_shape": [
        (lambda: (None, 4, 4, 16), "value", 'padding="valid"'),
        (lambda: (5, 5, 16), "value", "the batch, `None`"),
        (lambda: (None, 5, 5, 32), "value", "number of filters"),
    ],
    "digit_cnn": [
        (lambda: cnn(pool=lambda: AveragePooling2D(2)), "setting", "MaxPooling2D"),
        (lambda: cnn(filters=(64, 32)), "setting", "filters=64; expected filters=32"),
        (lambda: cnn(end=GlobalAveragePooling2D), "setting", "Flatten"),
        (lambda: cnn(activation=None), "setting", "activation 'softmax'"),
    ],
    "stacked_lstm": [
        (
            lambda: functional((100, 1), LSTM(64), Dense(1, "sigmoid")),
            "setting",
            "return_sequences=True",
        ),
        (
            lambda: functional(
                (100, 1),
                LSTM(64, return_sequences=True),
                LSTM(32, return_sequences=True),
                Dense(1, "sigmoid"),
            ),
            "setting",
            "return_sequences=True",
        ),
        (
            lambda: functional((100, 1), LSTM(32, return_sequences=True), LSTM(64), Dense(1)),
            "setting",
            "units=32; expected units=64",
        ),
    ],
    "bidirectional_reader": [
        (lambda: texts(*reader(), dtype="float32"), "dtype", "int32"),
        (lambda: texts(*reader(), shape=(784,)), "input", "784"),
        (lambda: texts(*reader(merge="sum")), "setting", "merge_mode='sum'"),
    ],
}
