"""Right and wrong answers to the exercises of chapter 07, as people write them."""

import keras
import numpy as np
from keras import layers, ops

from answers import Trained
from answers.chapter_00 import chain, functional
from exercises_check.datasets import load_digits

IMAGE, SMALL = (28, 28, 1), (8, 8, 1)


def conv(filters, kernel=3, activation="relu", **settings):
    return layers.Conv2D(filters, kernel, activation=activation, **settings)


def transposed(filters, activation="relu", **settings):
    return layers.Conv2DTranspose(filters, 3, activation=activation, **settings)


def down(*, filters=(16, 32, 32, 16), pool=3, end=layers.GlobalMaxPooling2D, activation="relu"):
    first, second, third, fourth = (conv(count, activation=activation) for count in filters)
    return [first, second, layers.MaxPooling2D(pool), third, fourth, end()]


def up(*, filters=(16, 32, 16, 1), last="relu"):
    first, second, third, fourth = filters
    return [
        layers.Reshape((4, 4, 1)), transposed(first), transposed(second), layers.UpSampling2D(3),
        transposed(third), transposed(fourth, last),
    ]  # fmt: skip


def applied(x, made):
    for layer in made:
        x = layer(x)
    return x


def apart(made):
    """The same layers, each activation a layer of its own."""
    for layer in made:
        config = layer.get_config()
        activation = config.get("activation")
        yield type(layer).from_config(config | ({"activation": None} if activation else {}))
        if activation:
            yield layers.Activation(activation)


def going_on(*, make=functional, grow=up, from_input=True):
    """The exercise's way: further calls on the encoder's tensor."""
    encoder = make(IMAGE, *down())
    start = encoder.inputs[0] if from_input else encoder.outputs[0]
    return keras.Model(start, applied(encoder.outputs[0], grow()))


def nested(*, make=functional, decoder=None, grow=up):
    encoder = make(IMAGE, *down())
    decoder = decoder or make((16,), *grow())
    inputs = keras.Input(IMAGE)
    return keras.Model(inputs, decoder(encoder(inputs)))


def half_nested():
    """The encoder is called, the decoder's layers are written out."""
    encoder = functional(IMAGE, *down())
    inputs = keras.Input(IMAGE)
    return keras.Model(inputs, applied(encoder(inputs), up()))


def member(activation=None, units=1):
    row = keras.Input((128,))
    return keras.Model(row, layers.Dense(units, activation=activation)(row))


def ensemble(*members, merge=layers.average):
    inputs = keras.Input((128,))
    return keras.Model(inputs, merge([one(inputs) for one in members]))


def one_three_times():
    one = member()
    return ensemble(one, one, one)


def one_twice():
    one = member()
    return ensemble(one, one, member())


def mean_of_members(answers):
    return (answers[0] + answers[1] + answers[2]) / 3


def as_member(make, name):
    """A clone, and a name of its own, as the chapter does it."""
    model = keras.models.clone_model(make)
    model.name = name
    return model


def clones():
    one = member()
    return ensemble(one, as_member(one, "second"), as_member(one, "third"))


def small(*, strides=1, filters=32, last="sigmoid", pool=layers.MaxPooling2D):
    settings = {"padding": "same", "strides": strides}
    return [
        conv(filters, **settings), pool((2, 2)), conv(filters, **settings),
        layers.UpSampling2D((2, 2)), conv(1, activation=last, **settings),
    ]  # fmt: skip


def compiled(model, optimizer="adam", loss="mse"):
    model.compile(optimizer, loss=loss)
    return model


def digits():
    """The chapter's noisy digits to train on, and the clean ones."""
    (x, _), (test, _) = load_digits(SMALL)
    clean = np.concatenate([x, test]) / 255
    noise = np.random.default_rng(1).normal(scale=0.3, size=clean.shape)
    noisy = np.clip(clean + noise, 0, 1)
    return noisy[:1500], clean[:1500]


def fitted(seed, *, to_itself=False):
    keras.utils.set_random_seed(seed)
    model = compiled(functional(SMALL, *small()), keras.optimizers.Adam(3e-3))
    noisy, clean = digits()
    source = clean if to_itself else noisy
    model.fit(source, clean, epochs=10, verbose=0)
    return model


RIGHT = {
    "restored_shape": [lambda: (None, 24, 24, 1), lambda: [None, 24, 24, 1]],
    "encoder": [
        lambda: functional(IMAGE, *down()),
        lambda: chain(IMAGE, *down()),
        lambda: keras.Model(
            inputs := keras.Input(IMAGE),
            ops.max(applied(inputs, down()[:-1]), axis=(1, 2)),
        ),
        lambda: functional(IMAGE, *apart(down())),
    ],
    "autoencoder_on_one_graph": [
        going_on,
        lambda: chain(IMAGE, *down(), *up()),
        nested,
        lambda: going_on(make=chain),
        lambda: chain(IMAGE, *apart([*down(), *up()])),
    ],
    "autoencoder_nested": [
        nested,
        lambda: nested(make=chain),
        lambda: chain(IMAGE, functional(IMAGE, *down()), functional((16,), *up())),
    ],
    "ensemble_average": [
        lambda: ensemble(member(), member(), member()),
        lambda: ensemble(member(), member(), member(), merge=layers.Average()),
        lambda: ensemble(member(), member(), member(), merge=mean_of_members),
        clones,
        lambda: ensemble(layers.Dense(1), layers.Dense(1), layers.Dense(1)),
    ],
    "mended_autoencoder": [
        lambda: functional(SMALL, *small()),
        lambda: chain(SMALL, *small()),
        lambda: functional(SMALL, *small(strides=(1, 1))),
        lambda: chain(SMALL, *apart(small())),
    ],
}

WRONG = {
    "restored_shape": [
        (lambda: (None, 28, 28, 1), "value", "Pooling drops what fills no window"),
        (lambda: (None, 24, 24, 8), "value", "one filter"),
        (lambda: (24, 24, 1), "value", "batch"),
        (lambda: (None, 20, 20, 1), "value", "larger"),
    ],
    "encoder": [
        (lambda: functional(IMAGE, *down(pool=2)), "setting", "pool_size"),
        (lambda: functional(IMAGE, *down(end=layers.GlobalAveragePooling2D)), "setting", "Average"),
        (lambda: functional(IMAGE, *down(end=layers.Flatten)), "setting", "GlobalMaxPooling2D"),
        (lambda: functional(IMAGE, *down(filters=(16, 32, 16, 16))), "setting", "filters=16"),
        (
            lambda: functional(IMAGE, *down(activation=None)),
            "setting",
            "expected activation 'relu'",
        ),
    ],
    "autoencoder_on_one_graph": [
        (lambda: going_on(grow=lambda: up(last=None)), "setting", "expected activation 'relu'"),
        (lambda: going_on(grow=lambda: up(last="sigmoid")), "setting", "sigmoid"),
        (lambda: functional(IMAGE, *down()), "missing", "Reshape"),
        (lambda: going_on(from_input=False), "input", "(16,)"),
        (lambda: going_on(grow=lambda: up(filters=(16, 32, 32, 1))), "setting", "filters=32"),
    ],
    "autoencoder_nested": [
        (going_on, "nesting", "no nested model"),
        (half_nested, "nesting", "1 nested model"),
        (lambda: nested(grow=lambda: up(last="sigmoid")), "setting", "sigmoid"),
        (lambda: functional((16,), *up()), "input", "(16,)"),
    ],
    "ensemble_average": [
        (one_three_times, "sharing", "expected 3 separate models"),
        (one_twice, "sharing", "expected 2 separate models"),
        (lambda: ensemble(member(), member()), "missing", "Dense(units=1)"),
        (lambda: ensemble(member(), member(), member(), merge=layers.add), "setting", "`Add`"),
        (
            lambda: ensemble(member(), member(), member(), merge=layers.concatenate),
            "setting",
            "expected `Average`",
        ),
        (lambda: ensemble(*(member("sigmoid") for _ in range(3))), "setting", "sigmoid"),
    ],
    "mended_autoencoder": [
        (lambda: functional(SMALL, *small(strides=3)), "setting", "strides"),
        (lambda: functional(SMALL, *small(filters=16)), "setting", "filters=16"),
        (lambda: functional(SMALL, *small(last=None)), "setting", "expected activation 'sigmoid'"),
        (
            lambda: functional(SMALL, *small(pool=layers.AveragePooling2D)),
            "setting",
            "AveragePooling2D",
        ),
    ],
    "digit_denoiser": [
        (lambda: functional(SMALL, *small()), "compile", "not compiled"),
        (lambda: compiled(functional(SMALL, *small()), "sgd"), "compile", "SGD"),
        (
            lambda: compiled(functional(SMALL, *small()), loss="binary_crossentropy"),
            "compile",
            "BinaryCrossentropy",
        ),
        (lambda: compiled(functional(SMALL, *small())), "value", "mean squared error"),
        (lambda: compiled(functional(SMALL, *small(strides=3))), "setting", "strides"),
    ],
}

TRAINED = {
    # Clean digits that shall become clean digits: the nearest of the mistakes. With noisy targets
    # the error is larger still.
    "digit_denoiser": Trained(right=fitted, wrong=lambda seed: fitted(seed, to_itself=True)),
}
