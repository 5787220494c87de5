"""Right and wrong answers to the exercises of chapter 03, as people write them."""

import tempfile
from pathlib import Path

import keras
from keras import layers, ops

from answers import Trained
from exercises_check.datasets import load_digits

BINARY = keras.losses.BinaryCrossentropy
CLASSES = keras.losses.SparseCategoricalCrossentropy

# model_from_pictures ------------------------------------------------------------------------------


def pictured(kernel=3, padding="same", activation="relu", name="digit", square=True, settings=None):
    image = keras.Input((8, 8, 1), name="image")
    settings = {"padding": padding, "activation": activation, **(settings or {})}
    edges = layers.Conv2D(8, kernel, **settings)(image)
    energy = layers.Multiply()([edges, edges]) if square else edges
    x = layers.GlobalAveragePooling2D()(layers.Concatenate()([edges, energy]))
    return keras.Model(image, layers.Dense(10, name=name)(x))


def pictured_with_ops():
    image = keras.Input((8, 8, 1), name="image")
    edges = ops.relu(layers.Conv2D(8, (3, 3), padding="same")(image))
    joined = ops.concatenate([edges, edges * edges], axis=-1)
    return keras.Model(image, layers.Dense(10, name="digit")(ops.mean(joined, axis=(1, 2))))


def pictured_the_other_way_round():
    image = keras.Input((8, 8, 1), name="image")
    edges = layers.Conv2D(8, 3, padding="same", activation="relu")(image)
    x = layers.Concatenate()([layers.Multiply()([edges, edges]), edges])
    return keras.Model(image, layers.Dense(10, name="digit")(layers.GlobalAveragePooling2D()(x)))


def pictured_one_edge():
    image = keras.Input((8, 8, 1), name="image")
    edges = layers.Conv2D(8, 3, padding="same", activation="relu")(image)
    energy = layers.Multiply()([edges])  # as the picture looks
    x = layers.Concatenate()([edges, energy])
    return keras.Model(image, layers.Dense(10, name="digit")(layers.GlobalAveragePooling2D()(x)))


def pictured_without_names():
    image = keras.Input((8, 8, 1))
    edges = layers.Conv2D(8, 3, padding="same", activation="relu")(image)
    x = layers.Concatenate()([edges, layers.Multiply()([edges, edges])])
    return keras.Model(image, layers.Dense(10, name="digit")(layers.GlobalAveragePooling2D()(x)))


# even_or_odd --------------------------------------------------------------------------------------


def yes_or_no(loss=None, metric=None, activation=None, units=32, compiled=True):
    inputs = keras.Input((28, 28))
    x = layers.Dense(units, activation="relu")(layers.Flatten()(inputs))
    model = keras.Model(inputs, layers.Dense(1, activation=activation)(x))
    if compiled:
        metric = metric or keras.metrics.BinaryAccuracy(threshold=0)
        model.compile("adam", loss or BINARY(from_logits=True), metrics=[metric])
    return model


def yes_or_no_sequential():
    model = keras.Sequential([keras.Input((28, 28)), layers.Reshape((784,))])
    model.add(layers.Dense(32, activation="relu"))
    model.add(layers.Dense(1))
    model.compile(
        optimizer=keras.optimizers.Adam(0.001),
        loss=[keras.losses.BinaryCrossentropy(from_logits=True)],
        metrics=["mse", keras.metrics.BinaryAccuracy(name="accuracy", threshold=0.0)],
    )
    return model


# trained_digits and saved_and_loaded --------------------------------------------------------------


def mlp(head=None, hidden="relu"):
    inputs = keras.Input((28, 28))
    x = layers.Flatten()(inputs)
    x = layers.Dense(64, activation=hidden)(x)
    x = layers.Dense(64, activation=hidden)(x)
    return keras.Model(inputs, layers.Dense(10, activation=head)(x))


def compiled(model, loss=None, **settings):
    settings = {"metrics": ["accuracy"], **settings}
    model.compile("adam", loss or CLASSES(from_logits=True), **settings)
    return model


def digits():
    (x, y), _ = load_digits((28, 28))
    return x / 255, y


def trained(seed, epochs=15, batch_size=64):
    keras.utils.set_random_seed(seed)
    model = compiled(mlp())
    model.fit(*digits(), batch_size=batch_size, epochs=epochs, verbose=0)
    return model


def one_epoch(seed):
    return trained(seed, epochs=1, batch_size=32)  # as `fit(x_train, y_train)` does


def through_a_file(model):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "half.keras"
        model.save(file)
        return keras.models.load_model(file)


def half_trained(seed):
    keras.utils.set_random_seed(seed)
    model = compiled(mlp())
    model.fit(*digits(), batch_size=64, epochs=6, validation_split=0.2, verbose=0)
    return model


def resumed(seed):
    model = through_a_file(half_trained(seed))
    model.fit(*digits(), batch_size=64, epochs=3, verbose=0)
    return model


def compiled_again(seed):
    model = compiled(through_a_file(half_trained(seed)))
    model.fit(*digits(), batch_size=64, epochs=3, verbose=0)
    return model


def cloned():
    model = keras.models.clone_model(trained(0, epochs=1))
    model.fit(*digits(), batch_size=64, epochs=1, verbose=0)
    return model


RIGHT = {
    "model_from_pictures": [pictured, pictured_with_ops, pictured_the_other_way_round],
    "even_or_odd": [yes_or_no, yes_or_no_sequential],
    "training_steps": [lambda: 4 * 43, lambda: 172, lambda: 172.0],
    "best_epoch": [lambda: 8, lambda: 8.0],
}

WRONG = {
    "model_from_pictures": [
        (lambda: pictured(kernel=5), "setting", "kernel_size"),
        (lambda: pictured(padding="valid"), "setting", "padding"),
        (lambda: pictured(activation=None), "setting", "activation"),
        (lambda: pictured(square=False), "missing", "Multiply"),
        (pictured_one_edge, "missing", "Multiply"),
        (lambda: pictured(name="head"), "output", "digit"),
        (pictured_without_names, "input", "image"),
    ],
    "even_or_odd": [
        (lambda: yes_or_no(loss="binary_crossentropy"), "compile", "from_logits=True"),
        (lambda: yes_or_no(metric="accuracy"), "compile", "threshold=0"),
        (lambda: yes_or_no(activation="sigmoid"), "setting", "activation"),
        (lambda: yes_or_no(loss="mse"), "compile", "BinaryCrossentropy"),
        (lambda: yes_or_no(compiled=False), "compile", "not compiled"),
        (lambda: yes_or_no(units=64), "setting", "units"),
    ],
    "training_steps": [
        (lambda: 43, "value", "one epoch"),
        (lambda: 168, "value", "last, smaller batch"),
        (lambda: 188, "value", "validation_split"),
        (lambda: 88, "value", "batches of 64"),
        (lambda: 200, "value", "set aside first"),
    ],
    "trained_digits": [
        (lambda: compiled(mlp(), "sparse_categorical_crossentropy"), "compile", "from_logits"),
        (lambda: compiled(mlp("softmax")), "setting", "activation"),
        (mlp, "compile", "not compiled"),
        (lambda: compiled(mlp()), "value", "accuracy"),
        (lambda: compiled(mlp(), metrics=[]), "compile", "metric"),
        (lambda: compiled(mlp(), "categorical_crossentropy"), "compile", "loss"),
    ],
    "best_epoch": [
        (lambda: 7, "value", "counts from 0"),
        (lambda: 16, "value", "training loss is smallest"),
        (lambda: 12, "value", "validation loss is smallest"),
    ],
    "saved_and_loaded": [
        (lambda: through_a_file(compiled(mlp())), "value", "0 steps"),
        (lambda: keras.Model.from_config(mlp().get_config()), "compile", "not compiled"),
        (cloned, "value", "24 steps"),
        (lambda: through_a_file(half_trained(0)), "value", "114 steps; expected at least 186"),
    ],
}

TRAINED = {
    "trained_digits": Trained(right=trained, wrong=one_epoch),
    "saved_and_loaded": Trained(right=resumed, wrong=compiled_again),
}
