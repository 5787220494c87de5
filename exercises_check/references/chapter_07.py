"""What the exercises of chapter 07, models inside models, ask for."""

import functools

import keras
import numpy as np
from keras import layers

from exercises_check.datasets import load_digits
from exercises_check.exercise import exercise, value
from exercises_check.language import N_
from exercises_check.learned import Learned

value(
    "restored_shape",
    (None, 24, 24, 1),
    rule="Without padding `Conv2D` gives size - kernel + 1 and `Conv2DTranspose` "
    "size + kernel - 1. Pooling: size // pool size, the rest is dropped. Upsampling multiplies.",
    hints=[
        "Write down the size after each of the four layers. Which of them drops a rest?",
        "`Conv2D` leaves 24. How many windows of 5 fit side by side into 24? Take that times 5.",
    ],
    slips={
        (None, 28, 28, 1): "This is where it began. Pooling drops what fills no window.",
        (None, 28, 28, 8): "Pooling drops a rest, and the last layer has one filter.",
        (None, 24, 24, 8): "The sizes are right. The last layer has one filter.",
        (None, 20, 20, 8): "This is before the last layer.",
        (None, 20, 20, 1): "The last layer makes the picture larger.",
        (None, 29, 29, 1): "Pooling does not round up: it drops what fills no window.",
        (24, 24, 1): "The first axis of a tensor is the batch, `None`.",
    },
    minutes=4,
    difficulty=2,
)

_GROWING = {
    "setting": [
        N_("Compare each setting with the text of the exercise: filters, kernel, activation."),
        N_(
            "Four `Conv2DTranspose` with kernel 3 and `relu`: 16, 32, 16 filters and 1. "
            "`UpSampling2D(3)` stands between the second and the third."
        ),
    ],
}


@exercise(
    hints={
        "setting": [
            "Compare each setting with the text of the exercise: filters, kernel, activation.",
            'Four `Conv2D` with kernel 3 and `activation="relu"`: 16, 32, 32 and 16 filters. '
            "`MaxPooling2D(3)` stands in the middle.",
        ],
        "": [
            "Print the shape of `x` after each line: 26, 24, 8, 6 and 4 pixels wide.",
            "`Conv2D`, `Conv2D`, `MaxPooling2D`, `Conv2D`, `Conv2D`, `GlobalMaxPooling2D`: each "
            "reads what the one before it returns.",
        ],
    },
    minutes=7,
    difficulty=2,
)
def encoder():
    pictures = keras.Input(shape=(28, 28, 1))
    x = layers.Conv2D(16, 3, activation="relu")(pictures)
    x = layers.Conv2D(32, 3, activation="relu")(x)
    x = layers.MaxPooling2D(3)(x)
    x = layers.Conv2D(32, 3, activation="relu")(x)
    x = layers.Conv2D(16, 3, activation="relu")(x)
    return keras.Model(pictures, layers.GlobalMaxPooling2D()(x), name="encoder")


@exercise(
    hints={
        **_GROWING,
        "input": [
            "The model begins where the pictures enter: `keras.Model(encoder.input, x)`, or with "
            "`encoder.inputs[0]` if `encoder` is a `Sequential`.",
        ],
        "": [
            "Which tensor does the first new layer read? Print the shape of `x` after each line.",
            "`x = layers.Reshape((4, 4, 1))(encoder.output)`, then five more layers, each on `x`; "
            "last `keras.Model(encoder.input, x)`. For a `Sequential` write `encoder.outputs[0]` "
            "and `encoder.inputs[0]`.",
        ],
    },
    minutes=7,
    difficulty=2,
)
def autoencoder_on_one_graph():
    start = encoder()  # the model of the exercise before
    x = layers.Reshape((4, 4, 1))(start.output)
    x = layers.Conv2DTranspose(16, 3, activation="relu")(x)
    x = layers.Conv2DTranspose(32, 3, activation="relu")(x)
    x = layers.UpSampling2D(3)(x)
    x = layers.Conv2DTranspose(16, 3, activation="relu")(x)
    x = layers.Conv2DTranspose(1, 3, activation="relu")(x)
    return keras.Model(start.input, x)


@exercise(
    hints={
        **_GROWING,
        "nesting": [
            "How many rows has `model.summary()`? There should be three: a new input and two "
            "models.",
            "Both parts are models and both are called: `decoder(encoder(inputs))`.",
        ],
        "": [
            "First close the decoder with `keras.Model`. What do you then call on what?",
            "`decoder = keras.Model(code, x)`, where `code` is `keras.Input(shape=(16,))`; then a "
            "new `keras.Input(shape=(28, 28, 1))`, and `decoder(encoder(inputs))`.",
        ],
    },
    nested=True,
    minutes=8,
    difficulty=2,
)
def autoencoder_nested():
    code = keras.Input(shape=(16,))
    x = layers.Reshape((4, 4, 1))(code)
    x = layers.Conv2DTranspose(16, 3, activation="relu")(x)
    x = layers.Conv2DTranspose(32, 3, activation="relu")(x)
    x = layers.UpSampling2D(3)(x)
    x = layers.Conv2DTranspose(16, 3, activation="relu")(x)
    x = layers.Conv2DTranspose(1, 3, activation="relu")(x)
    decoder = keras.Model(code, x, name="decoder")

    pictures = keras.Input(shape=(28, 28, 1))
    code = encoder()(pictures)  # the model of the exercise before, called
    return keras.Model(pictures, decoder(code))


@exercise(
    hints={
        "sharing": [
            "How many models do you make, and how often do you call each of them?",
            "Each member needs a `keras.Model` with a `Dense(1)` of its own; call a function that "
            "builds one three times.",
        ],
        "setting": [
            "The members have `Dense(1)` without an activation; `layers.average` joins them.",
        ],
        "": [
            "How many different weights does the average need? Compare `model.count_params()`.",
            "Three models, each called on the one input; then `layers.average([a, b, c])` and "
            "`keras.Model` over it.",
        ],
    },
    minutes=6,
    difficulty=2,
)
def ensemble_average():
    features = keras.Input(shape=(128,))
    answers = []
    for _ in range(3):
        member = keras.Sequential([keras.Input(shape=(128,)), layers.Dense(1)])
        answers.append(member(features))
    return keras.Model(features, layers.average(answers))


_DENOISER_HINTS = {
    "setting": [
        N_(
            "Compare with the old program, setting by setting. In `Conv2D(32, 3, 3)` of today the "
            "second 3 is the stride. What was it meant to be?"
        ),
        N_('`layers.Conv2D(32, 3, activation="relu", padding="same")`: one number for the kernel.'),
    ],
    "": [
        N_("Print the shape of `x` after each line: 8, 4, 4, 8 and 8 pixels wide."),
        N_(
            'Write `padding="same"` for `border_mode="same"`, one `3` for the kernel, and '
            "`keras.Model(digit, x)`."
        ),
    ],
}


@exercise(hints=_DENOISER_HINTS, minutes=8, difficulty=2)
def mended_autoencoder():
    digit = keras.Input(shape=(8, 8, 1))
    x = layers.Conv2D(32, 3, activation="relu", padding="same")(digit)
    x = layers.MaxPooling2D((2, 2))(x)
    x = layers.Conv2D(32, 3, activation="relu", padding="same")(x)
    x = layers.UpSampling2D((2, 2))(x)
    x = layers.Conv2D(1, 3, activation="sigmoid", padding="same")(x)
    return keras.Model(digit, x)


@functools.cache
def _held_out():
    """Noisy test digits and the clean ones; no learner has seen this noise."""
    _, (digits, _) = load_digits((8, 8, 1))
    clean = digits.astype("float32") / 255
    noise = 0.3 * np.random.default_rng(20_160_514).standard_normal(clean.shape)
    return (clean + noise).clip(0, 1).astype("float32"), clean


@exercise(
    hints={
        **_DENOISER_HINTS,
        "compile": [
            "The task names the optimizer and the loss: "
            '`model.compile(keras.optimizers.Adam(3e-3), loss="mse")`.',
        ],
        "value": [
            "What shall come in when the model is used, and what shall come out?",
            "The first argument of `fit` is what comes in: `noisy_train`. The second is what shall "
            "come out: `x_train`. Build the model again before you train it anew.",
        ],
        "": [
            "Three steps: your model of `mended_autoencoder`, `compile`, `fit`. What goes "
            "in, and what shall come out?",
            'After `model.compile(keras.optimizers.Adam(3e-3), loss="mse")`: '
            "`model.fit(noisy_train, x_train, epochs=10)`.",
        ],
    },
    minutes=10,
    difficulty=3,
    learned=Learned(
        "mean_squared_error", data=_held_out, at_most=0.027, label="a mean squared error of"
    ),
)
def digit_denoiser():
    model = mended_autoencoder()  # the model of the exercise before, built again
    model.compile(keras.optimizers.Adam(3e-3), loss="mse")
    # Then model.fit(noisy_train, x_train, epochs=10).
    return model
