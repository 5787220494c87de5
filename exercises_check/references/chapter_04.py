"""What the exercises of chapter 04, several inputs and outputs, ask for."""

import functools

import keras
from keras import layers

from exercises_check.exercise import exercise
from exercises_check.learned import Learned


@exercise(
    hints={
        "input": [
            "The channels are the last number of a shape: one for grey, three for colour. `Model` "
            "gets the inputs in this order.",
        ],
        "missing": ['Both convolutions have `activation="relu"`, and `Dense(1)` has "sigmoid".'],
        "wiring": [
            "Each image has a convolution of its own. Which tensors does `Concatenate` get?",
            "`Flatten` comes before `Concatenate`, once for each branch.",
        ],
        "": [
            "Print the shapes of both feature maps. What makes one row of each?",
            '`Conv2D(32, 3, activation="relu")` and `Flatten()` on each input; `Concatenate()` on '
            'the list of both rows; `Dense(1, activation="sigmoid")`.',
        ],
    },
    minutes=6,
    difficulty=2,
)
def two_images():
    images = {
        "grey": keras.Input((64, 64, 1), name="grey"),
        "colour": keras.Input((32, 32, 3), name="colour"),
    }
    rows = [
        layers.Flatten()(layers.ReLU()(layers.Conv2D(32, kernel_size=(3, 3))(image)))
        for image in images.values()
    ]
    answer = layers.Dense(1, activation="sigmoid")(layers.concatenate(rows))
    return keras.Model(images, answer)


@exercise(
    hints={
        "input": [
            "Which shape has a text of any length, and which type have word numbers?",
            '`keras.Input(shape=(None,), dtype="int32", name="text")`, and '
            '`keras.Input(shape=(5,), name="metadata")`.',
        ],
        "dtype": ['Word numbers are whole: the text needs `dtype="int32"`.'],
        "wiring": [
            "Each branch begins at its own input. Which tensors does `Concatenate` get?",
            "`Concatenate` gets a list: what `LSTM` returns, and what `Dense(16)` returns.",
        ],
        "": [
            "Draw it on paper: two inputs, what happens to each, where they meet, one output.",
            '`Embedding(10_000, 64)` and `LSTM(32)` on the text; `Dense(16, activation="relu")` on '
            "the metadata; `Concatenate()` on the list of both; "
            '`Dense(1, activation="sigmoid", name="priority")`.',
        ],
    },
    names=True,
    minutes=8,
    difficulty=2,
)
def ticket_priority():
    words = keras.Input((None,), dtype="int32", name="text")
    facts = keras.Input((5,), name="metadata")
    read = layers.LSTM(units=32)(layers.Embedding(input_dim=10_000, output_dim=64)(words))
    known = layers.ReLU()(layers.Dense(units=16)(facts))
    urgent = layers.Dense(1, name="priority", activation="sigmoid")
    answer = urgent(layers.concatenate([read, known]))
    return keras.Model({"text": words, "metadata": facts}, {"priority": answer})


def conv_base(pictures):
    maps = pictures
    for filters in (16, 32):
        maps = layers.Conv2D(filters, (5, 5), padding="same")(maps)
        maps = layers.MaxPooling2D()(layers.ReLU()(maps))
    return layers.ReLU()(layers.Dense(64)(layers.Flatten()(maps)))


@exercise(
    hints={
        "wiring": [
            "Both heads begin at the same tensor. Does the second one begin at the first?",
            "Call both `Dense` layers on `features`.",
        ],
        "output": [
            'A head is named where it is made: `layers.Dense(..., name="class_label")`.',
            "`keras.Model(inputs, [class_label, bounding_box])`.",
        ],
        "compile": [
            "Is `model.compile` called? Are the keys of `loss` the names of the heads? Which loss "
            "is for one of ten classes?",
            '`loss={"class_label": "sparse_categorical_crossentropy", "bounding_box": "mse"}`. '
            "The keys are the names of the output layers.",
        ],
        "": [
            "Two heads are two `Dense` layers, both called on `features`.",
            '`Dense(10, activation="softmax", name="class_label")`, '
            '`Dense(4, name="bounding_box")`; then `model.compile("adam", loss={...})`.',
        ],
    },
    names=True,
    minutes=8,
    difficulty=2,
)
def box_and_class():
    pictures = keras.Input((20, 20, 1), name="image")
    features = conv_base(pictures)
    which = layers.Dense(10, activation="softmax", name="class_label")(features)
    where = layers.Dense(4, name="bounding_box")(features)
    model = keras.Model(pictures, {"class_label": which, "bounding_box": where})
    model.compile(
        optimizer="adam",
        loss={
            "bounding_box": keras.losses.MeanSquaredError(),
            "class_label": keras.losses.SparseCategoricalCrossentropy(),
        },
    )
    return model


@exercise(
    hints={
        "output": [
            "Which names do the outputs have? `model.output_names` says it. Which does `loss` use?",
            'The names stand at the heads: `name="class"` and `name="value"`.',
        ],
        "compile": [
            "`loss`, `loss_weights` and `metrics` take dicts with the same keys. Which keys?",
            '`loss_weights={"class": 1.0, "value": 0.2}`, `metrics={"class": ["accuracy"]}`.',
        ],
        "": [
            "The two `Dense` layers get a `name`, and `compile` two more arguments.",
            '`layers.Dense(10, activation="softmax", name="class")`, '
            '`layers.Dense(1, name="value")`; then `loss_weights=` and `metrics=`, both dicts.',
        ],
    },
    names=True,
    minutes=8,
    difficulty=2,
)
def class_and_value():
    photo = keras.Input((128, 128, 3), name="photo")
    row = layers.Flatten()(layers.MaxPooling2D()(layers.ReLU()(layers.Conv2D(64, 3)(photo))))
    kind = layers.Softmax(name="class")(layers.Dense(10)(row))
    amount = layers.Dense(1, name="value")(row)
    model = keras.Model(photo, {"class": kind, "value": amount})
    model.compile(
        optimizer=keras.optimizers.Adam(),
        loss={
            "class": keras.losses.CategoricalCrossentropy(),
            "value": keras.losses.MeanSquaredError(),
        },
        loss_weights={"value": 0.2, "class": 1.0},
        metrics={"class": "accuracy"},
    )
    return model


@functools.cache
def _held_out():
    from exercises_check.datasets import load_tickets

    _, test = load_tickets()
    return test.inputs, test.department


@exercise(
    hints={
        "input": [
            "Three inputs: two texts of any length, and a row of 12 numbers. Which are `int32`?",
            '`keras.Input(shape=(None,), dtype="int32", name="title")`, the same for `body`, and '
            '`keras.Input(shape=(12,), name="tags")`.',
        ],
        "wiring": [
            "Each text has an `Embedding` of its own. Where do the tags join?",
            "`Concatenate` gets three tensors: from `LSTM`, from `GlobalMaxPooling1D`, and `tags`.",
        ],
        "sharing": ["Title and body have a table each: two `Embedding` layers, each called once."],
        "output": ["The heads are named `priority` and `department`, and get no activation."],
        "compile": [
            "Both heads give logits. What must both losses be told?",
            '`"priority": keras.losses.BinaryCrossentropy(from_logits=True)`, `"department": '
            "keras.losses.SparseCategoricalCrossentropy(from_logits=True)`.",
        ],
        "value": [
            "Was `fit` called after `compile`, with all 6 epochs? Does each array reach the input "
            "that it is meant for?",
            "`model.fit(train.inputs, train.targets, epochs=6, batch_size=64, verbose=0)`.",
        ],
        "": [
            "Build one branch after the other, and print the shape of each before you join them.",
            "Title: `Embedding(400, 32)`, `LSTM(16)`. Body: `Embedding(400, 32)`, `Conv1D(32, 3, "
            'activation="relu")`, `GlobalMaxPooling1D()`. Then `Concatenate()([title, body, '
            'tags])`, `Dense(1, name="priority")` and `Dense(4, name="department")`.',
        ],
    },
    names=True,
    learned=Learned(
        "accuracy", _held_out, at_least=0.9, output=0, label="a `department` accuracy of"
    ),
    minutes=15,
    difficulty=3,
)
def ticket_router():
    title = keras.Input((None,), dtype="int32", name="title")
    body = keras.Input((None,), dtype="int32", name="body")
    tags = keras.Input((12,), name="tags")
    topic = layers.LSTM(16)(layers.Embedding(400, 32)(title))
    groups_of_words = layers.Conv1D(32, kernel_size=3)(layers.Embedding(400, 32)(body))
    strongest = layers.GlobalMaxPooling1D()(layers.ReLU()(groups_of_words))
    known = layers.concatenate([topic, strongest, tags])
    outputs = {"department": layers.Dense(4, name="department")(known)}
    outputs["priority"] = layers.Dense(1, name="priority")(known)
    model = keras.Model([title, body, tags], outputs)
    model.compile(
        optimizer=keras.optimizers.Adam(0.01),
        loss={
            "department": keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            "priority": keras.losses.BinaryCrossentropy(from_logits=True),
        },
    )
    return model
