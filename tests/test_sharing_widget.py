"""Shared or separate tables in chapter 05: what NumPy computes, Keras computes too."""

import itertools

import keras
import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from keras import layers

from exercises_check.widgets import sharing_picture, sharing_text
from exercises_check.widgets.sharing import (
    FEATURES,
    LEARNING_RATE,
    STEPS,
    TEXTS,
    WORDS,
    table_changes,
)


@pytest.fixture(autouse=True)
def no_window():
    matplotlib.use("agg")
    yield
    plt.close("all")


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("step", STEPS)
def test_the_step_is_the_one_that_keras_makes(shared, step):
    texts = TEXTS[0], TEXTS[1]
    drawn = np.random.default_rng(5).uniform(-0.5, 0.5, (2 - shared, len(WORDS), FEATURES))
    tables = [
        layers.Embedding(
            len(WORDS), FEATURES, embeddings_initializer=keras.initializers.Constant(t)
        )
        for t in drawn
    ]
    inputs = [keras.Input((None,), dtype="int32") for _ in texts]
    vectors = [
        layers.GlobalAveragePooling1D()(table(tensor))
        for table, tensor in zip([tables[0], tables[-1]], inputs, strict=True)
    ]
    model = keras.Model(inputs, vectors)

    def squared_error(y, predicted):  # summed over the features, as the widget does
        return keras.ops.sum(keras.ops.square(predicted - y), axis=-1)

    weights = [float(step in (side, "both")) for side in ("first", "second")]
    model.compile(keras.optimizers.SGD(LEARNING_RATE), [squared_error] * 2, loss_weights=weights)
    data = [np.array([[WORDS.index(word) for word in text.split()]]) for text in texts]
    model.fit(data, [np.ones((1, FEATURES))] * 2, verbose=0)
    changes = table_changes(*texts, shared, step)
    for table, before, change in zip(tables, drawn, changes.values(), strict=True):
        np.testing.assert_allclose(table.get_weights()[0] - before, change, atol=1e-5)


def test_what_is_shared_moves_for_the_other_text_too():
    told = sharing_text(TEXTS[0], TEXTS[1], True, "first")
    assert "One table, 40 parameters" in told
    assert "the second text reads 4 words, 3 of them moved" in told


def test_what_is_separate_does_not():
    told = sharing_text(TEXTS[0], TEXTS[1], False, "first")
    assert "Two tables, 80 parameters" in told
    assert "table of the second text: moved nothing" in told
    assert "the second text reads 4 words, 0 of them moved" in told


def test_every_setting_has_a_picture_and_a_text():
    for first, second in itertools.product(TEXTS, TEXTS):
        for shared, step in itertools.product([True, False], STEPS):
            assert "parameters" in sharing_text(first, second, shared, step)
    for shared, step in itertools.product([True, False], STEPS):
        figure = sharing_picture(TEXTS[0], TEXTS[3], shared, step)
        assert len(figure.axes) == 2 - shared
        plt.close(figure)
