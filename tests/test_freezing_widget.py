"""The knob of chapter 08: what is frozen stays, what Keras counts as trainable moves."""

import keras
import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from keras import layers

from exercises_check.widgets import freezing_picture, freezing_text, show_freezing
from exercises_check.widgets.freezing import LOOKS, freezing_step

X, Y = np.random.default_rng(0).random((16, 6)), np.arange(16) % 3


@pytest.fixture(autouse=True)
def no_window():
    matplotlib.use("agg")
    yield
    plt.close("all")


@pytest.fixture
def model():
    keras.utils.set_random_seed(0)
    inputs = keras.Input((6,))
    x = layers.Dense(8, activation="relu", name="one")(inputs)
    x = layers.BatchNormalization(name="norm")(x)
    backbone = keras.Model(inputs, layers.Dropout(0.5)(x), name="backbone")
    outputs = layers.Dense(3, activation="softmax", name="head")(backbone(inputs))
    model = keras.Model(inputs, outputs)
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


@pytest.mark.parametrize("frozen", range(4))
def test_the_counts_are_those_of_keras(frozen, model):
    rows = freezing_step(model, X, Y, frozen)
    assert [row.name for row in rows] == ["one", "norm", "head"]
    assert [row.trainable for row in rows] == [
        count * (place >= frozen) for place, count in enumerate([56, 16, 27])
    ]
    assert [sum(row.counts.values()) for row in rows] == [56, 32, 27]


def test_what_moves_in_a_step_is_what_is_trained_and_the_statistics_of_a_free_norm(model):
    free, held = (freezing_step(model, X, Y, frozen) for frozen in (1, 2))
    assert [row.moved for row in free] == [
        (), ("gamma", "beta", "moving_mean", "moving_variance"), ("kernel", "bias"),
    ]  # fmt: skip
    assert free[1].counts == {"trained": 16, "moved by the data alone": 16, "not moved": 0}
    assert [row.moved for row in held] == [(), (), ("kernel", "bias")]
    assert held[1].counts == {"trained": 0, "moved by the data alone": 0, "not moved": 32}


def test_a_step_of_fit_moves_the_same_weights(model):
    (backbone,) = [layer for layer in model.layers if layer.name == "backbone"]
    backbone.get_layer("one").trainable = False
    model.compile("sgd", "sparse_categorical_crossentropy")
    told = {(row.name, name) for row in freezing_step(model, X, Y, 1) for name in row.moved}
    before = {w.path: np.array(w.numpy()) for w in model.weights}
    model.fit(X, Y, batch_size=16, verbose=0)
    moved = {
        (layer.name, weight.name)
        for layer in (*backbone.layers, model.get_layer("head"))
        for weight in layer.weights
        if not np.array_equal(before[weight.path], np.array(weight.numpy()))
    }
    assert moved == told


def test_the_model_is_afterwards_as_it_was(model):
    model.get_layer("backbone").trainable = False
    values = [np.array(variable.numpy()) for variable in model.variables]
    flags = [variable.trainable for variable in model.variables]
    freezing_step(model, X, Y, 1)
    assert [variable.trainable for variable in model.variables] == flags
    assert not model.get_layer("backbone").trainable
    for variable, value in zip(model.variables, values, strict=True):
        assert np.array_equal(np.array(variable.numpy()), value)


def test_the_table_sums_up_what_keras_counts(model):
    lines = freezing_text(model, X, Y, 1).splitlines()
    assert lines[1].split() == ["one", "0", "56", "nothing"]
    assert lines[-1].split() == ["together", "43", "72"]
    assert "moving_mean" in lines[2]


def test_a_bar_says_what_becomes_of_its_parameters(model):
    figure = freezing_picture(model, X, Y, 1)
    axis = figure.axes[0]
    assert [label.get_text() for label in axis.get_yticklabels()] == ["frozen: one", "norm", "head"]
    told = [text.get_text() for text in axis.texts]
    assert told == ["56 not moved", "16 trained, 16 moved by the data alone", "27 trained"]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == list(LOOKS)


def test_the_slider_shows_the_picture_with_the_table_as_its_words(model, capsys):
    show_freezing(model, X, Y, frozen=2)
    assert freezing_text(model, X, Y, 2) in capsys.readouterr().out
