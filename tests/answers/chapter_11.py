"""Right and wrong answers to the exercises of chapter 11, as people write them."""

import functools

import keras
import numpy as np
from keras import layers, ops

from answers import Trained
from answers.chapter_00 import chain
from exercises_check.datasets import load_digits

IMAGE = (8, 8, 1)
ADAM = keras.optimizers.Adam
SPARSE = "sparse_categorical_crossentropy"


def compiled(model, optimizer="adam", loss=SPARSE, **settings):
    model.compile(optimizer=optimizer, loss=loss, **settings)
    return model


# ink_centre ---------------------------------------------------------------------------------------


def centre(*last, units=32, loss="mse", hidden="relu"):
    layer = layers.Dense(units, activation=hidden)
    return compiled(chain(IMAGE, layers.Flatten(), layer, *last), loss=loss)


def centre_by_steps():
    inputs = keras.Input(shape=IMAGE)
    x = layers.Reshape((64,))(inputs)
    x = ops.relu(layers.Dense(32)(x))
    outputs = layers.Dense(1, activation="linear")(x)
    model = keras.Model(inputs=inputs, outputs=outputs)
    return compiled(model, ADAM(), keras.losses.mean_squared_error, metrics=["mae"])


# mended_gradient ----------------------------------------------------------------------------------


def gradient(*middle, loss=SPARSE):
    hidden = [layers.Flatten(), layers.Dense(32, activation="relu")]
    return compiled(
        chain(IMAGE, *hidden, *middle, layers.Dense(10, activation="softmax")), loss=loss
    )


def noise():
    return layers.GaussianNoise(0.1)


def rounded():
    inputs = keras.Input(shape=IMAGE)
    x = layers.Dense(32, activation="relu")(layers.Flatten()(inputs))
    x = layers.UnitNormalization()(layers.GaussianNoise(0.1)(x))
    x = ops.round(x * 10) / 10
    return compiled(keras.Model(inputs, layers.Dense(10, activation="softmax")(x)))


def scaled_only():
    inputs = keras.Input(shape=IMAGE)
    x = layers.Dense(32, activation="relu")(layers.Flatten()(inputs))
    x = layers.UnitNormalization()(layers.GaussianNoise(0.1)(x)) * 10
    return compiled(keras.Model(inputs, layers.Dense(10, activation="softmax")(x)))


def gradient_by_steps():
    inputs = keras.Input(shape=IMAGE)
    x = layers.Flatten()(inputs)
    x = layers.Dense(32)(x)
    x = layers.Activation("relu")(x)
    x = layers.GaussianNoise(0.1)(x)
    x = layers.UnitNormalization(axis=-1)(x)
    x = layers.Dense(10)(x)
    outputs = layers.Softmax()(x)
    model = keras.Model(inputs, outputs)
    return compiled(model, keras.optimizers.Adam(), keras.losses.SparseCategoricalCrossentropy())


# ten_faults ---------------------------------------------------------------------------------------

FAULTS = {"a": 6, "b": 2, "c": 9, "d": 4, "e": 7, "f": 1, "g": 8, "h": 3, "i": 10, "j": 5}


# bn_before_activation -----------------------------------------------------------------------------


def normalised(*, bias=False, order="norm relu", filters=64, padding="same", last="softmax"):
    inputs = x = keras.Input(shape=(32, 32, 3))
    for _ in range(2):
        x = layers.Conv2D(filters, 3, padding=padding, use_bias=bias)(x)
        for step in order.split():
            x = layers.ReLU()(x) if step == "relu" else layers.BatchNormalization()(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(10, activation=last)(x))


def normalised_by_ops():
    inputs = keras.Input(shape=(32, 32, 3))
    x = layers.Conv2D(64, (3, 3), padding="same", use_bias=False, name="first")(inputs)
    x = ops.relu(layers.BatchNormalization(axis=-1)(x))
    x = layers.Conv2D(64, 3, 1, "same", use_bias=False)(x)
    x = keras.activations.relu(layers.BatchNormalization()(x))
    return keras.Model(inputs, layers.Dense(10, "softmax")(ops.mean(x, axis=(1, 2))))


# separable_cnn ------------------------------------------------------------------------------------


def both_halves(filters, kernel, activation):
    """A separable convolution as the two that it is."""
    first = layers.DepthwiseConv2D(kernel, use_bias=False)
    return keras.Sequential([first, layers.Conv2D(filters, 1, activation=activation)])


def separable(*, first=layers.SeparableConv2D, activation="relu", filters=(32, 64), rate=0.5):
    made = [layers.SeparableConv2D] * 2
    made[0] = first
    (one, other), (a, b) = made, filters
    return chain(
        (28, 28, 1),
        one(a, 3, activation=activation),
        layers.MaxPooling2D(2),
        other(b, 3, activation=activation),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dropout(rate),
        layers.Dense(10, activation="softmax"),
    )


def separable_by_hand():
    inputs = keras.Input(shape=(28, 28, 1))
    x = layers.SeparableConvolution2D(32, (3, 3), activation=keras.activations.relu)(inputs)
    x = layers.MaxPool2D((2, 2))(x)
    x = layers.SeparableConv2D(64, kernel_size=3)(x)
    x = layers.MaxPooling2D(pool_size=2, strides=2)(layers.ReLU()(x))
    x = layers.Dropout(0.5)(layers.Reshape((-1,))(x))
    return keras.Model(inputs, layers.Softmax()(layers.Dense(10)(x)))


# cosine_rate --------------------------------------------------------------------------------------


def falling(rate, optimizer=ADAM, loss=SPARSE):
    hidden = layers.Dense(64, activation="relu")
    model = chain(IMAGE, layers.Flatten(), hidden, layers.Dense(10, activation="softmax"))
    return compiled(model, optimizer(rate), loss)


def cosine(steps, start=0.01, **settings):
    return keras.optimizers.schedules.CosineDecay(start, decay_steps=steps, **settings)


# stopped_early ------------------------------------------------------------------------------------


def early(optimizer=None, units=128, last="softmax", loss=SPARSE):
    hidden = [layers.Dense(units, activation="relu") for _ in range(2)]
    model = chain(IMAGE, layers.Flatten(), *hidden, layers.Dense(10, activation=last))
    return compiled(model, optimizer or ADAM(0.01), loss, metrics=["accuracy"])


@functools.cache
def few():
    (x, y), _ = load_digits(shape=IMAGE)
    random = np.random.default_rng(0)
    swap = random.random(200) < 0.2
    spoilt = np.where(swap, random.integers(0, 10, 200), y[:200])
    return x[:200] / 255, spoilt, (x[1200:] / 255, y[1200:])


def stopped(seed):
    keras.utils.set_random_seed(seed)
    model, (x, y, val) = early(), few()
    stop = keras.callbacks.EarlyStopping(patience=5, restore_best_weights=True)
    settings = {"epochs": 60, "batch_size": 100, "verbose": 0}
    model.fit(x, y, validation_data=val, callbacks=[stop], **settings)
    return model


def trained_to_the_end(seed):
    keras.utils.set_random_seed(seed)
    model, (x, y, _) = early(), few()
    model.fit(x, y, epochs=60, batch_size=100, verbose=0)
    return model


RIGHT = {
    "ink_centre": [lambda: centre(layers.Dense(1)), centre_by_steps],
    "mended_gradient": [
        lambda: gradient(noise(), layers.UnitNormalization()),
        gradient_by_steps,
    ],
    "ten_faults": [lambda: FAULTS, lambda: dict(sorted(FAULTS.items(), reverse=True))],
    "bn_before_activation": [normalised, normalised_by_ops],
    "separable_cnn": [separable, separable_by_hand, lambda: separable(first=both_halves)],
    "cosine_rate": [
        lambda: falling(cosine(150)),
        lambda: falling(cosine(10 * 15), loss=keras.losses.SparseCategoricalCrossentropy()),
        lambda: falling(cosine(150, alpha=0.0)),
    ],
}

WRONG = {
    "ink_centre": [
        (lambda: centre(layers.Dense(1, activation="relu")), "setting", "activation"),
        (lambda: centre(layers.Dense(1), units=16), "setting", "units"),
        (lambda: centre(layers.Dense(1), loss="mae"), "compile", "MeanAbsoluteError"),
        (lambda: centre(layers.Dense(1, activation="sigmoid")), "setting", "activation"),
        (lambda: centre(layers.Dense(1), hidden=None), "missing", "No activation follows"),
        (
            lambda: chain(IMAGE, layers.Flatten(), layers.Dense(32, "relu"), layers.Dense(1)),
            "compile",
            "not compiled",
        ),
    ],
    "mended_gradient": [
        (rounded, "extra", "multiply"),
        (scaled_only, "extra", "multiply"),
        (lambda: gradient(layers.UnitNormalization()), "missing", "GaussianNoise"),
        (lambda: gradient(noise()), "missing", "UnitNormalization"),
        (lambda: gradient(noise(), layers.UnitNormalization(), loss="mse"), "compile", "loss"),
    ],
    "ten_faults": [
        (lambda: {**FAULTS, "a": 10}, "value", "9 of 10 entries are right"),
        (lambda: {**FAULTS, "g": 12}, "value", "Look at the values of its first `tanh`"),
        (lambda: {**FAULTS, "d": 5, "j": 4}, "value", "8 of 10 entries are right. For `d`"),
        (lambda: list(FAULTS.values()), "value", "expected a dict with 10 entries"),
    ],
    "bn_before_activation": [
        (lambda: normalised(bias=True), "setting", "use_bias"),
        (lambda: normalised(order="relu norm"), "wiring", "expected after `batch_normalization"),
        (lambda: normalised(padding="valid"), "setting", "padding"),
        (lambda: normalised(order="relu"), "missing", "BatchNormalization"),
        (lambda: normalised(last=None), "missing", "expected 'softmax'"),
    ],
    "separable_cnn": [
        (lambda: separable(first=layers.Conv2D), "setting", "is `Conv2D`; expected `Separable"),
        (lambda: separable(activation=None), "missing", "expected 'relu'"),
        (lambda: separable(filters=(64, 32)), "setting", "filters"),
        (lambda: separable(rate=0.2), "setting", "rate"),
    ],
    "cosine_rate": [
        (lambda: falling(cosine(10)), "compile", "decay_steps=10"),
        (lambda: falling(cosine(1500)), "compile", "decay_steps=1500"),
        (lambda: falling(0.01), "compile", "The learning rate is 0.01; expected the schedule"),
        (lambda: falling(cosine(150), keras.optimizers.SGD), "compile", "The optimizer is `SGD`"),
    ],
    "stopped_early": [
        (lambda: early(ADAM()), "compile", "The learning rate is 0.001"),
        (lambda: early(units=64), "setting", "units"),
        (lambda: early(last=None), "setting", "expected activation 'softmax'"),
        (early, "value", "On held-out data the model reaches accuracy"),
    ],
}

TRAINED = {"stopped_early": Trained(right=stopped, wrong=trained_to_the_end)}
