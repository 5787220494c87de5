"""What the exercises of chapter 08, features and transfer, ask for."""

import functools

import keras
from keras import layers

from exercises_check.datasets import load_lit_digits
from exercises_check.exercise import exercise, value
from exercises_check.learned import Learned


def _classifier():
    """The reader of 0 to 4 of the chapter, with random weights."""
    photo = keras.Input(shape=(8, 8, 1), name="photo")
    x = layers.Conv2D(32, 3, padding="same", activation="relu", name="conv_1")(photo)
    x = layers.MaxPooling2D(2, name="pool_1")(x)
    x = layers.Conv2D(64, 3, padding="same", activation="relu", name="conv_2")(x)
    x = layers.MaxPooling2D(2, name="pool_2")(x)
    x = layers.Flatten(name="features")(x)
    return keras.Model(photo, layers.Dense(5, activation="softmax", name="digit")(x))


def _frozen(model):
    """As it is for who comes back after the end of the chapter: the backbone is frozen by then."""
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            _frozen(layer)
        elif layer.name in ("conv_1", "pool_1", "conv_2", "pool_2", "features"):
            layer.trainable = False
    return model


@exercise(
    hints={
        "output": [
            "How many tensors does your model return, and which layer made them?",
            '`keras.Model(classifier.input, classifier.get_layer("features").output)`.',
        ],
        "": [
            "A model needs a tensor to begin with and one to end with. Which layer keeps the "
            "second?",
            '`keras.Model(classifier.input, classifier.get_layer("features").output)`.',
        ],
    },
    minutes=3,
    difficulty=1,
    references=[lambda: _frozen(feature_extractor())],
)
def feature_extractor():
    classifier = _classifier()
    return keras.Model(classifier.input, classifier.get_layer("features").output)


@exercise(
    hints={
        "extra": [
            "`classifier.layers` is a new list each time. What did `pop` take out of the model?",
            'Begin the new head at `classifier.get_layer("features").output`.',
        ],
        "wiring": [
            'Which tensor should the new head read? `classifier.get_layer("features").output`.',
        ],
        "": [
            "Run it line by line: which lines do what they say?",
            '`features = classifier.get_layer("features").output`, then '
            '`layers.Dense(features.shape[-1] // 8, activation="relu")(features)`. The rest stays.',
        ],
    },
    minutes=6,
    difficulty=2,
    references=[lambda: _frozen(new_head())],
)
def new_head():
    classifier = _classifier()
    last = classifier.get_layer("features")
    x = layers.Dense(last.output.shape[-1] // 8, activation="relu")(last.output)
    outputs = layers.Dense(1, activation="sigmoid")(x)
    return keras.Model(classifier.input, outputs)


@exercise(
    hints={
        "output": [
            "How many layers has VGG19 without its `InputLayer`? How many outputs has your model?",
            "`vgg19.layers[1:]` is every layer but the first. Each has an `output`.",
        ],
        "": [
            "Outputs may be a list. Which list has one tensor for each layer but the first?",
            "`keras.Model(vgg19.input, [layer.output for layer in vgg19.layers[1:]])`.",
        ],
    },
    minutes=4,
    difficulty=1,
)
def all_vgg19_features():
    vgg19 = keras.applications.VGG19(weights=None, include_top=False, input_shape=(32, 32, 3))
    return keras.Model(vgg19.input, [layer.output for layer in vgg19.layers[1:]])


value(
    "frozen_parameters",
    224,
    rule="Of a frozen layer every parameter is non-trainable: `Conv2D` has a weight for each pixel "
    "of its window and a bias, `BatchNormalization` four numbers for each channel.",
    terms={"3 × 3 × 16 + 16 of Conv2D": 160, "4 × 16 of BatchNormalization": 64},
    hints=[
        "Which of the three layers with parameters are in the frozen part?",
        "`BatchNormalization` has 2 × 16 parameters that are never trainable. What becomes of its "
        "other 2 × 16 in a frozen backbone?",
    ],
    slips={
        32: "These are non-trainable before anything is frozen.",
        192: "These are the ones that freezing changes. How many were non-trainable before?",
        85: "These are the trainable ones.",
        309: "These are all parameters. The head still learns.",
    },
    minutes=3,
    difficulty=2,
)


@functools.cache
def _new_digits():
    """Test photos of the digits 5 to 9, as pixels; the labels count from 0."""
    _, (x, y) = load_lit_digits()
    return x[y >= 5], y[y >= 5] - 5


@exercise(
    hints={
        "frozen": [
            "Which line freezes a model with all its layers?",
            "`backbone.trainable = False`, before `model.compile`.",
        ],
        "missing": [
            "The backbone has learned from numbers between -1 and 1. What do these photos hold?",
            "`layers.Rescaling(1 / 127.5, offset=-1)(inputs)`, then `backbone(x)`.",
        ],
        "value": [
            "Does your model have the weights that learned, or new ones? Is its loss still "
            "falling? The model prepares the photos itself: does `fit` get pixels?",
            "Use `backbone` itself, not a copy of it. "
            "`model.fit(few_x, few_y, batch_size=5, epochs=20)` with `Adam(0.01)` is enough.",
        ],
        "compile": [
            "What does the task name: which optimizer, which loss, which metric?",
            '`model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", '
            'metrics=["accuracy"])`.',
        ],
        "": [
            "Four steps: freeze, build, compile, fit. Which lines of this chapter do each?",
            "`backbone.trainable = False`; then `keras.Input(shape=(8, 8, 1))`, `Rescaling`, "
            "`backbone`, `Dense`; then `compile` and `fit(few_x, few_y, ...)`.",
        ],
    },
    minutes=12,
    difficulty=3,
    learned=Learned("accuracy", data=_new_digits, at_least=0.5),
)
def frozen_transfer():
    backbone = feature_extractor()
    backbone.trainable = False
    pixels = keras.Input(shape=(8, 8, 1))
    x = layers.Rescaling(1 / 127.5, offset=-1)(pixels)
    outputs = layers.Dense(5, activation="softmax")(backbone(x))
    model = keras.Model(pixels, outputs)
    model.compile(
        keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    # Then model.fit(few_x, few_y, batch_size=5, epochs=20).
    return model


def _photo_reader():
    """Reads 5 to 9 from pixels; the backbone is one layer of it."""
    pixels = keras.Input(shape=(8, 8, 1))
    x = layers.Rescaling(1 / 127.5, offset=-1, name="scale")(pixels)
    outputs = layers.Dense(5, activation="softmax")(feature_extractor()(x))
    return keras.Model(pixels, outputs)


@exercise(
    hints={
        "missing": [
            "What happens to a photo in `photo_reader` before the backbone gets it?",
            '`photo_reader.get_layer("scale").output` is what the backbone gets.',
        ],
        "": [
            "An extractor inside the backbone's own graph is a model. What can you do with a "
            "model?",
            "Two steps: `inner = keras.Model(backbone.input, "
            'backbone.get_layer("conv_2").output)`; '
            'then call `inner` on `photo_reader.get_layer("scale").output`.',
        ],
    },
    minutes=8,
    difficulty=3,
    references=[lambda: _frozen(nested_features())],
)
def nested_features():
    photo_reader = _photo_reader()
    backbone = photo_reader.layers[2]
    inner = keras.Model(backbone.input, backbone.get_layer("conv_2").output)
    return keras.Model(photo_reader.input, inner(photo_reader.get_layer("scale").output))
