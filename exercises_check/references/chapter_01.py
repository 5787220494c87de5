"""Your first functional model."""

import keras
from keras import layers

from exercises_check.exercise import exercise, value

value(
    "dense_shape",
    (None, 50, 64),
    rule="`Dense` changes the last axis to its units and leaves every other axis as it is.",
    hints=[
        "How many axes does the input have, counted with the batch? How many of them change?",
        "Start from `(None, 50, 8)` and change one number.",
    ],
    slips={
        (None, 64): "`Dense` does not flatten: the 50 steps stay.",
        (None, 50, 8, 64): "The 64 units take the place of the 8 features.",
        (None, 64, 8): "The steps are axis 1; the last axis holds the features.",
        (50, 64): "The batch is an axis too, and comes first.",
    },
    minutes=2,
    difficulty=1,
)

value(
    "mlp_parameters",
    55_050,
    rule="A Dense layer has inputs × units weights and one bias per unit.",
    terms={"784 × 64 + 64": 50_240, "64 × 64 + 64": 4_160, "64 × 10 + 10": 650},
    hints=[
        "Three `Dense` layers, so three products. Did you count a bias for each unit?",
        "The first layer has 784 × 64 + 64 parameters. What are the inputs of the second?",
    ],
    slips={54_912: "These are the weights alone; each of the 138 units has a bias too."},
    minutes=3,
    difficulty=1,
)


@exercise(
    hints={
        "wiring": [
            "Each layer is called on one tensor. Which tensor does the task want here?",
        ],
        "input": [
            "Each image arrives as one row. Which shape has a row of 28 × 28 numbers?",
        ],
        "setting": [
            "The task says units and activation of every layer. Which one differs?",
        ],
        "": [
            "How many layers does the task name, and how many does your model have?",
            "`Input(shape=(784,))`, two times `Dense(64, activation='relu')`, then `Dense(10)`.",
        ],
    },
    minutes=6,
    difficulty=1,
)
def mnist_mlp():
    tensor = pixels = keras.Input(shape=(784,))
    for _ in range(2):
        tensor = layers.Dense(64, activation="relu")(tensor)
    return keras.Model(pixels, layers.Dense(10)(tensor))


@exercise(
    hints={
        "missing": [
            "The loop runs three times. On which tensor does it call its layer, each time?",
        ],
        "": [
            "Compare the listing with the task, layer by layer, from the top.",
            "Inside the loop: `x = layers.Dense(units, activation='relu')(x)`.",
        ],
    },
    minutes=5,
    difficulty=2,
)
def binary_mlp():
    features = keras.Input(shape=(10,))
    narrow = layers.Dense(32, activation="relu")(features)
    wide = layers.Dense(64, activation="relu")(narrow)
    narrow = layers.Dense(32, activation="relu")(wide)
    return keras.Model(features, layers.Dense(1, activation="sigmoid")(narrow))


@exercise(
    hints={
        "input": [
            "`784,` in a call is the number 784. How do you write a tuple with one number?",
        ],
        "setting": [
            "The old code says units and activations. Which one did you change by mending?",
        ],
        "": [
            "Run it, read the last line of the error, mend one thing, run it again.",
            "Four things: `shape=(784,)`; no `input_shape`; one spelling of `outputs`; "
            "`keras.Model(inputs, outputs)`.",
        ],
    },
    minutes=6,
    difficulty=2,
)
def mended_mlp():
    pixels = keras.Input(shape=(784,))
    hidden = layers.Dense(64, activation="relu")(pixels)
    return keras.Model(pixels, layers.Dense(10, activation="softmax")(hidden))


@exercise(
    type="Functional",
    hints={
        "setting": [
            "Does each layer have the units and the activation that it has in `sequential`?",
        ],
        "contract": [
            "A list of layers makes a Sequential model. Which class takes inputs and outputs?",
        ],
        "": [
            "The four steps: input, calls, output, model. Which one is not done yet?",
            "`inputs = keras.Input(shape=(10,))`, then `x = layers.Dense(32, ...)(inputs)`, then "
            "`outputs = layers.Dense(64, ...)(x)`.",
        ],
    },
    minutes=5,
    difficulty=1,
)
def from_sequential():
    row = keras.Input(shape=(10,))
    thirty_two = layers.Dense(32, activation="relu")(row)
    return keras.Model(row, layers.Dense(64, activation="relu")(thirty_two))


@exercise(
    type="Sequential",
    hints={
        "contract": [
            "`keras.Sequential` takes a list of layers, with `keras.Input(shape=(12,))` first.",
        ],
        "": [
            "Follow the arrows of each picture. In which one does every layer have one arrow in "
            "and one arrow out?",
            "The chain is the second model: `Dense(32, activation='relu')`, `Dropout(0.2)`, "
            "`Dense(4)`.",
        ],
    },
    minutes=6,
    difficulty=2,
)
def to_sequential():
    chain = keras.Sequential()
    chain.add(keras.Input(shape=(12,)))
    chain.add(layers.Dense(32, activation=keras.activations.relu))
    chain.add(layers.Dropout(0.2))
    chain.add(layers.Dense(4))
    return chain
