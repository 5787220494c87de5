"""Start here."""

import keras
from keras import layers

from exercises_check.exercise import exercise


@exercise(
    hints={
        "contract": [
            "`keras.Model` takes two tensors. Which one enters the model, and which one leaves it?",
        ],
        "": [
            "Compare your two lines with those of the task, character by character.",
            "`outputs = layers.Dense(2)(inputs)`, then `model = keras.Model(inputs, outputs)`.",
        ],
    },
    minutes=3,
    difficulty=1,
)
def first_model():
    pixels = keras.Input(shape=(4,))
    return keras.Model(pixels, layers.Dense(2)(pixels))


@exercise(
    hints={
        "setting": [
            "The arrow points at one layer. Which of its settings differs from the task?",
        ],
        "": [
            "Compare the listing with the task, line by line, from the top.",
            "8 features, then `layers.Dense(16, activation='relu')`, then `layers.Dense(3)`.",
        ],
    },
    minutes=4,
    difficulty=1,
)
def first_report():
    measurements = keras.Input(shape=(8,))
    hidden = layers.Dense(units=16, activation=keras.activations.relu)(measurements)
    return keras.Model(measurements, layers.Dense(3)(hidden))
