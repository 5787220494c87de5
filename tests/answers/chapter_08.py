"""Right and wrong answers to the exercises of chapter 08, as people write them."""

import functools

import keras
import numpy as np
from keras import layers, ops

from answers import Trained
from exercises_check.datasets import load_lit_digits


def classifier():
    """The chapter's model of the digits 0 to 4, not trained."""
    photo = keras.Input(shape=(8, 8, 1), name="photo")
    x = layers.Conv2D(32, 3, padding="same", activation="relu", name="conv_1")(photo)
    x = layers.MaxPooling2D(2, name="pool_1")(x)
    x = layers.Conv2D(64, 3, padding="same", activation="relu", name="conv_2")(x)
    x = layers.MaxPooling2D(2, name="pool_2")(x)
    x = layers.Flatten(name="features")(x)
    return keras.Model(photo, layers.Dense(5, activation="softmax", name="digit")(x))


def cut(model, name):
    return keras.Model(model.inputs, model.get_layer(name).output)


def backbone():
    return keras.Model(*_ends(classifier()), name="backbone")


def _ends(model):
    return model.input, model.get_layer("features").output


# new_head -----------------------------------------------------------------------------------------


def headed(start="features", units=32, activation="sigmoid"):
    model = classifier()
    last = model.layers[-1] if start == "last" else model.get_layer(start)
    x = layers.Dense(units, activation="relu")(last.output)
    return keras.Model(model.input, layers.Dense(1, activation=activation)(x))


def called_head():
    base = cut(classifier(), "features")
    inputs = keras.Input((8, 8, 1))
    head = keras.Sequential([layers.Dense(32, activation="relu"), layers.Dense(1, "sigmoid")])
    return keras.Model(inputs, head(base(inputs)))


def frozen_head():
    model = headed()
    for layer in model.layers[:-2]:
        layer.trainable = False
    return model


def head_apart():
    """The same head, each activation a layer of its own."""
    model = classifier()
    x = layers.ReLU()(layers.Dense(32)(model.get_layer("features").output))
    return keras.Model(model.input, layers.Activation("sigmoid")(layers.Dense(1)(x)))


# all_vgg19_features -------------------------------------------------------------------------------


@functools.cache
def vgg19():
    return keras.applications.VGG19(weights=None, include_top=False, input_shape=(32, 32, 3))


def features(choose, as_dict=False):
    kept = [layer for layer in vgg19().layers if choose(layer)]
    outputs = {layer.name: layer.output for layer in kept} if as_dict else [k.output for k in kept]
    return keras.Model(vgg19().inputs, outputs)


def no_input(layer):
    return not isinstance(layer, layers.InputLayer)


# frozen_transfer ----------------------------------------------------------------------------------


def transfer(
    base=None, *, frozen=True, one_by_one=False, rescale=True, units=5, loss="sparse", rate=0.01,
    metrics=("accuracy",), training=None,
):  # fmt: skip
    base = base or backbone()
    if one_by_one:
        for layer in base.layers:
            layer.trainable = False
    elif frozen:
        base.trainable = False
    inputs = keras.Input((8, 8, 1))
    x = layers.Rescaling(1 / 127.5, offset=-1)(inputs) if rescale else inputs
    x = base(x, training=training)
    model = keras.Model(inputs, layers.Dense(units, activation="softmax")(x))
    model.compile(
        keras.optimizers.Adam(rate), f"{loss}_categorical_crossentropy".lstrip("_"),
        metrics=list(metrics),
    )  # fmt: skip
    return model


@functools.cache
def learned_weights():
    """What the chapter's backbone has learned from the digits 0 to 4."""
    keras.utils.set_random_seed(8)
    (x, y), _ = load_lit_digits()
    model = classifier()
    model.compile(keras.optimizers.Adam(3e-3), "sparse_categorical_crossentropy")
    model.fit(x[y < 5] / 127.5 - 1, y[y < 5], epochs=12, verbose=0)
    return model.get_weights()[:4]


def trained(seed, copied):
    keras.utils.set_random_seed(seed)
    base = backbone()
    base.set_weights(learned_weights())
    if copied:  # `clone_model` gives new weights
        base = keras.models.clone_model(base)
    (x, y), _ = load_lit_digits()
    rows = np.concatenate([np.flatnonzero(y == digit)[:5] for digit in range(5, 10)])
    model = transfer(base)
    model.fit(x[rows], y[rows] - 5, batch_size=5, epochs=20, verbose=0)
    return model


# nested_features ----------------------------------------------------------------------------------


def photo_reader():
    base = backbone()
    inputs = keras.Input((8, 8, 1), name="pixels")
    x = layers.Rescaling(1 / 127.5, offset=-1, name="scale")(inputs)
    return base, keras.Model(inputs, layers.Dense(5, "softmax")(base(x)))


def inside(name="conv_2", scaled=True):
    base, reader = photo_reader()
    inner = cut(base, name)
    return keras.Model(
        reader.input, inner(reader.get_layer("scale").output if scaled else reader.input)
    )


def layer_by_layer():
    base, reader = photo_reader()
    x = reader.get_layer("scale").output
    for layer in base.layers[1:4]:
        x = layer(x)
    return keras.Model(reader.inputs, x)


def with_its_own_scaling():
    base = backbone()
    inputs = keras.Input((8, 8, 1))
    return keras.Model(inputs, cut(base, "conv_2")(ops.subtract(inputs / 127.5, 1)))


RIGHT = {
    "feature_extractor": [
        lambda: cut(classifier(), "features"),
        lambda: (lambda model: keras.Model(model.inputs, model.layers[-2].output))(classifier()),
        lambda: keras.Sequential(classifier().layers[:-1]),
    ],
    "new_head": [headed, called_head, frozen_head, head_apart],
    "all_vgg19_features": [
        lambda: features(no_input),
        lambda: features(no_input, as_dict=True),
        lambda: keras.Model(vgg19().input, [layer.output for layer in vgg19().layers][1:]),
    ],
    "frozen_parameters": [lambda: 224, lambda: 160 + 64],
    "nested_features": [inside, layer_by_layer],
}
WRONG = {
    "feature_extractor": [
        (classifier, "extra", "Dense"),
        (lambda: cut(classifier(), "pool_2"), "missing", "Flatten"),
        (
            lambda: (lambda m: keras.Model(m.input, [layer.output for layer in m.layers[1:6]]))(
                classifier()
            ),
            "output",
            "5 outputs; expected 1",
        ),
    ],
    "new_head": [
        (lambda: headed("last", units=5 // 8 or 1), "extra", "Dense"),
        (lambda: headed("last"), "extra", "Dense"),
        (lambda: headed("pool_2"), "missing", "Flatten"),
        (lambda: headed(activation=None), "setting", "sigmoid"),
        (lambda: headed(units=256), "setting", "units=256; expected units=32"),
    ],
    "all_vgg19_features": [
        (lambda: features(lambda layer: True), "output", "22 outputs; expected 21"),
        (lambda: features(lambda layer: "conv" in layer.name), "output", "16 outputs; expected 21"),
        (lambda: keras.Model(vgg19().input, vgg19().output), "output", "1 output; expected 21"),
    ],
    "frozen_parameters": [
        (lambda: 192, "value", "How many were non-trainable before?"),
        (lambda: 85, "value", "These are the trainable ones."),
        (lambda: 32, "value", "before anything is frozen"),
        (lambda: 160, "value", "BatchNormalization is left out"),
    ],
    "frozen_transfer": [
        (lambda: transfer(frozen=False), "frozen", "expected frozen"),
        (lambda: transfer(frozen=False, training=False), "frozen", "expected frozen"),
        (lambda: transfer(rescale=False), "missing", "Rescaling"),
        (lambda: transfer(loss=""), "compile", "CategoricalCrossentropy"),
        (lambda: transfer(metrics=()), "compile", "metric"),
        (lambda: transfer(units=10), "setting", "units=10; expected units=5"),
    ],
    "nested_features": [
        (lambda: cut(backbone(), "conv_2"), "missing", "Rescaling"),
        (lambda: inside(scaled=False), "missing", "Rescaling"),
        (lambda: inside("conv_1"), "missing", "MaxPooling2D"),
        (lambda: inside("pool_2"), "extra", "MaxPooling2D"),
    ],
}
TRAINED = {
    "frozen_transfer": Trained(
        right=lambda seed: trained(seed, copied=False),
        wrong=lambda seed: trained(seed, copied=True),
    ),
}
