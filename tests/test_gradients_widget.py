"""Depth against gradient in chapter 06: what NumPy computes for the sliders, Keras computes too."""

import itertools
import time

import keras
import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from keras import layers

from exercises_check.datasets import load_digits
from exercises_check.widgets import gradient_picture, gradient_text, layer_gradients
from exercises_check.widgets.gradients import (
    ACTIVATIONS,
    BLOCKS,
    INITIALIZERS,
    gradient_norms,
    start,
)

SETTINGS = list(itertools.product(ACTIVATIONS, INITIALIZERS))


@pytest.fixture(autouse=True)
def no_window():
    matplotlib.use("agg")
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def digits():
    (x, y), _ = load_digits((64,))
    return x[:50] / 255, y[:50]


def network(blocks, skips, activation):
    """The same network in Keras."""
    inputs = keras.Input((64,))
    x = layers.Dense(32, activation=activation)(inputs)
    for _ in range(blocks):
        y = layers.Dense(32, activation=activation)(x)
        y = layers.Dense(32)(y)
        x = layers.Activation(activation)(layers.Add()([x, y]) if skips else y)
    return keras.Model(inputs, layers.Dense(10)(x))


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("skips", [True, False])
@pytest.mark.parametrize("blocks", [1, 4])
def test_the_gradients_are_those_of_keras(blocks, skips, activation, digits):
    kernels = start(blocks, "he_uniform", seed=1)
    model = network(blocks, skips, activation)
    model.set_weights([w for kernel in kernels for w in (kernel, np.zeros(kernel.shape[1]))])
    expected = layer_gradients(model, *digits)
    assert np.allclose(gradient_norms(kernels, skips, activation, *digits), expected, rtol=1e-3)


@pytest.mark.parametrize("initializer", INITIALIZERS)
def test_the_weights_start_as_keras_starts_them(initializer):
    first, hidden, *_ = start(1, initializer, seed=0)
    for kernel in (first, hidden):
        expected = np.asarray(keras.initializers.get(initializer)(kernel.shape))
        assert np.isclose(np.abs(kernel).max(), np.abs(expected).max(), rtol=0.02)
        assert np.isclose(kernel.std(), expected.std(), rtol=0.1)


def test_a_layer_gradient_is_told_for_each_layer_with_a_kernel(digits):
    x, y = digits
    inputs = keras.Input((8, 8, 1))
    maps = layers.BatchNormalization()(layers.Conv2D(4, 3)(inputs))
    model = keras.Model(inputs, layers.Dense(10)(layers.Flatten()(maps)))
    norms = layer_gradients(model, x.reshape(-1, 8, 8, 1), y)
    assert len(norms) == 2
    assert min(norms) > 0


def sizes(text):
    """The numbers of each line of the text."""
    _, *lines = text.splitlines()
    return {
        line.split(":")[0].strip(): [float(word) for word in line.replace(",", "").split()[3::2]]
        for line in lines
    }


@pytest.mark.parametrize(("activation", "initializer"), SETTINGS)
@pytest.mark.parametrize("blocks", [1, 10, 20])
def test_text_and_picture_agree(blocks, activation, initializer):
    told = sizes(gradient_text(blocks, activation, initializer))
    each, first = gradient_picture(blocks, activation, initializer).axes
    for axis in (each, first):
        assert axis.get_yscale() == "log"
    for name, line, firsts in zip(told, each.lines, first.lines, strict=False):
        assert line.get_label() == name
        heights = line.get_ydata()
        assert len(heights) == 2 * blocks + 2
        drawn = [heights[0], heights[len(heights) // 2], heights[-1]]
        assert np.allclose(told[name], drawn, rtol=0.06, atol=0)
        assert firsts.get_ydata()[blocks - 1] == heights[0]


def test_what_the_chapter_says_of_the_knobs():
    relu, sigmoid = (
        sizes(gradient_text(10, name, "glorot_uniform")) for name in ("relu", "sigmoid")
    )
    assert max(relu["without skips"]) < 1e-2
    assert min(relu["with skips"]) > 0.1
    assert max(relu["without skips"]) < 4 * min(relu["without skips"])
    without = sigmoid["without skips"]
    assert without[0] < 1e-4 * without[1] < 1e-8 * without[2]
    he = sizes(gradient_text(20, "relu", "he_uniform"))
    assert min(he["without skips"]) > 0.01
    assert max(he["with skips"]) > 100


def test_a_move_of_a_slider_is_quick():
    gradient_picture(5, "tanh", "he_uniform")
    began = time.process_time()
    gradient_picture(20, "tanh", "he_uniform")
    assert time.process_time() - began < 2
    assert BLOCKS[-1] == 20
