"""Several starts of one compiled model are as good as several models."""

import keras
import numpy as np
from keras import layers

from exercises_check.starts import restart, several_starts

numbers = np.random.default_rng(0)
X = numbers.normal(size=(64, 4)).astype("float32")
Y = X[:, :1] * 2


def model(optimizer="adam"):
    inputs = keras.Input((4,))
    x = layers.BatchNormalization()(layers.Dense(8, activation="relu")(inputs))
    built = keras.Model(inputs, layers.Dense(1)(layers.Dropout(0.2)(x)))
    built.compile(optimizer, "mse")
    return built


def values(of):
    return [variable.numpy().copy() for variable in of.variables]


def test_a_start_leaves_nothing_of_the_training_before():
    trained = model(keras.optimizers.Adam(0.05))
    restart(trained, 0)
    weights, state = values(trained), values(trained.optimizer)
    trained.fit(X, Y, epochs=3, verbose=0)
    assert not np.array_equal(weights[0], values(trained)[0])
    restart(trained, 0)
    for before, after in zip(
        weights + state, values(trained) + values(trained.optimizer), strict=True
    ):
        np.testing.assert_array_equal(before, after)
    assert float(trained.optimizer.learning_rate) == np.float32(0.05)


def test_a_start_gives_the_weights_of_a_model_that_is_new():
    one, other = model(), model("sgd")
    restart(one, 3)
    keras.utils.set_random_seed(3)
    for new, again in zip(keras.models.clone_model(other).weights, one.weights, strict=True):
        np.testing.assert_array_equal(new, again)


def test_each_start_differs_and_the_same_number_gives_the_same_result():
    def first_weight(trained):
        return float(trained.layers[1].kernel[0, 0])

    results = several_starts(model(), X, Y, first_weight, starts=3, epochs=2)
    assert len(set(results)) == 3
    assert results == several_starts(model(), X, Y, first_weight, starts=3, epochs=2)
