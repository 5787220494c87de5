"""What the exercises of chapter 03, training, looking and saving, ask for."""

import functools

import keras
from keras import layers, losses, metrics

from exercises_check.datasets import load_digits
from exercises_check.exercise import exercise, value
from exercises_check.learned import Learned


@exercise(
    hints={
        "setting": [
            "Which setting changes the number of parameters, which one only the shape?",
            "`edges` has 80 parameters: 8 filters of 3 × 3, and 8 biases. It keeps the 8 × 8 "
            'pixels, so its padding is "same". Its activation stands in the picture.',
        ],
        "wiring": [
            "In the summary, read the last column of `energy` and of `joined`.",
            "`energy` takes `edges` twice: the picture draws two such arrows as one.",
        ],
        "input": [
            "The first row of the summary names the input and gives its shape.",
            '`keras.Input(shape=(8, 8, 1), name="image")`.',
        ],
        "output": [
            "How is the last layer called in the summary?",
            'The last layer is `layers.Dense(10, name="digit")`.',
        ],
        "": [
            "Write one line for each row of the summary. What does `Connected to` say in each?",
            "Conv2D, then Multiply of it with itself, then Concatenate of both, then "
            "GlobalAveragePooling2D, then Dense.",
        ],
    },
    minutes=10,
    difficulty=2,
    names=True,
)
def model_from_pictures():
    image = keras.Input(shape=(8, 8, 1), name="image")
    maps = layers.Conv2D(filters=8, kernel_size=(3, 3), padding="same", activation="relu")(image)
    both = layers.concatenate([maps, layers.multiply([maps, maps])])
    digit = layers.Dense(units=10, name="digit")
    return keras.Model(image, digit(layers.GlobalAveragePooling2D()(both)))


@exercise(
    hints={
        "compile": [
            "What do the loss and the metric have to know? And which logit stands for a "
            "probability of 0.5?",
            "`loss=keras.losses.BinaryCrossentropy(from_logits=True)` and "
            "`metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)]`.",
        ],
        "setting": [
            "The head gives logits. Which activation has it then?",
            "`layers.Dense(1)`, without an activation; `relu` in the layer before.",
        ],
        "": [
            "First the graph, as in `mlp`, then `compile` with an optimizer, a loss and a metric.",
            'Flatten, `Dense(32, activation="relu")`, `Dense(1)`. In `compile`, both the loss and '
            "the metric have to know that the head gives logits.",
        ],
    },
    minutes=6,
    difficulty=2,
)
def even_or_odd():
    model = keras.Sequential(
        [
            keras.Input((28, 28)),
            layers.Flatten(),
            layers.Dense(32, "relu"),
            layers.Dense(1),
        ]
    )
    loss, metric = losses.BinaryCrossentropy(from_logits=True), metrics.BinaryAccuracy(threshold=0)
    model.compile(loss=loss, optimizer=keras.optimizers.Adam(), metrics=[metric])
    return model


value(
    "training_steps",
    172,
    rule="Validation data is set aside first. Then steps = rows / batch size, rounded up, in each "
    "epoch.",
    hints=[
        "How many rows are left to train on? Which batch size does `fit` take by itself?",
        "1,350 rows in batches of 32. The last batch is smaller, and is a step too. Then 4 epochs.",
    ],
    slips={
        43: "This is one epoch.",
        168: "This leaves out the last, smaller batch of each epoch.",
        169: "Each epoch is rounded up, not all of them together.",
        42: "This leaves out the last, smaller batch, and is one epoch.",
        188: "This is without `validation_split`: all 1,500 rows.",
        47: "This is one epoch, and without `validation_split`.",
        88: "This is with batches of 64; without `batch_size`, `fit` takes 32.",
        44: "This takes batches of 64; without `batch_size`, `fit` takes 32.",
        5400: "These are rows. A step takes a whole batch of them.",
        168.75: "The last batch of an epoch is smaller, and is a whole step.",
    },
    minutes=4,
    difficulty=2,
)


@functools.cache
def _held_out():
    """The digits that nobody trains on, scaled."""
    _, (images, digits) = load_digits((28, 28))
    return images / 255, digits


def _compiled_mlp():
    image = keras.Input((28, 28))
    hidden = layers.Reshape((784,))(image)
    for _ in range(2):
        hidden = layers.Dense(units=64, activation=keras.activations.relu)(hidden)
    model = keras.Model(image, layers.Dense(10)(hidden))
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="adam", loss=loss, metrics=["accuracy"])
    return model


@exercise(
    hints={
        "compile": [
            "What does the head of `mlp()` give: logits or probabilities? Does the loss know?",
            '`model.compile("adam", from_logits, metrics=["accuracy"])`, before `fit`.',
        ],
        "value": [
            "Look at the accuracy of each epoch: does it still grow at the end?",
            "10 to 15 epochs are enough, on `x_train`, whose pixels are from 0 to 1.",
        ],
        "": [
            "Three lines: make the model, compile it, train it.",
            '`model = mlp()`, `model.compile("adam", from_logits, metrics=["accuracy"])`, '
            "`model.fit(x_train, y_train, batch_size=64, epochs=15, verbose=2)`.",
        ],
    },
    minutes=6,
    difficulty=1,
    learned=Learned("accuracy", data=_held_out, at_least=0.92),
)
def trained_digits():
    return _compiled_mlp()


value(
    "best_epoch",
    8,
    rule="Stop where the validation loss is smallest: the training loss goes on falling when the "
    "model learns single rows by heart. The first epoch has number 1.",
    hints=[
        "Which of the two curves tells how the model does on images that it has not seen?",
        '`np.argmin(recorded["val_loss"])` counts from 0; epochs count from 1.',
    ],
    slips={
        7: "`argmin` counts from 0; epochs count from 1.",
        16: "There the training loss is smallest.",
        15: "There the training loss is smallest, counted from 0.",
        5: "The curve is nearly flat here, but goes a little deeper later.",
        0.597: "This is the loss itself. Write the number of its epoch.",
    },
    minutes=3,
    difficulty=1,
)


@exercise(
    hints={
        "value": [
            "What happens to the optimizer's count when a model is compiled once more?",
            "`load_model` gives a compiled model whose optimizer has taken 114 steps. Leave out "
            "`compile`, and train it for 3 epochs in batches of 64.",
        ],
        "compile": [
            "What does `load_model` keep, when you do not forbid it?",
            "`keras.models.load_model(file)`: loss, metrics and optimizer come with it. If you "
            "saved `digits` as `.h5`, it lost its optimizer: restart, and run all cells above.",
        ],
        "": [
            "Run the old code. Each error names the line and what it wants instead.",
            'Both lines take `folder / "half.keras"`, not `.h5`; leave out `compile`; '
            "`epochs=3` in `fit`.",
        ],
    },
    minutes=8,
    difficulty=2,
    learned=Learned("accuracy", data=_held_out, at_least=0.85, steps=186),
)
def saved_and_loaded():
    return _compiled_mlp()
