"""Twenty attempts that no generator made: ten right in unusual ways, ten wrong in sly ways."""

from __future__ import annotations

from functools import reduce

import keras
import numpy as np
import pytest
from keras import layers, ops

from exercises_check import compare


def block():
    """A residual block on a map: the model that most attempts are after."""
    inputs = keras.Input((8, 8, 4), name="image")
    x = layers.Conv2D(4, 3, padding="same", activation="relu", name="a")(inputs)
    x = layers.Conv2D(4, 3, padding="same", name="b")(x)
    x = layers.ReLU()(layers.Add()([inputs, x]))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(3, activation="softmax", name="head")(x))


def siamese():
    left, right = keras.Input((6,), name="left"), keras.Input((6,), name="right")
    encoder = keras.Sequential([keras.Input((6,)), layers.Dense(4, activation="tanh")])
    both = layers.Concatenate()([encoder(left), encoder(right)])
    return keras.Model([left, right], layers.Dense(1, activation="sigmoid")(both))


def reader():
    ids = keras.Input((7,), dtype="int32", name="ids")
    x = layers.Embedding(20, 4)(ids)
    return keras.Model(ids, layers.Dense(1)(layers.LSTM(5)(x)))


# Right --------------------------------------------------------------------------------------------


def folded_over_a_list():
    inputs = keras.Input((8, 8, 4))
    chain = [
        layers.Conv2D(4, (3, 3), padding="same"),
        ops.relu,
        layers.Conv2D(4, 3, strides=(1, 1), padding="same"),
        lambda x: x + inputs,
        layers.Activation("relu"),
        lambda x: ops.mean(x, axis=[-3, -2]),
        layers.Dense(3),
        layers.Softmax(),
    ]
    return keras.Model(inputs, reduce(lambda x, layer: layer(x), chain, inputs))


def added_by_pythons_sum():
    inputs = keras.Input((8, 8, 4))
    x = layers.Conv2D(4, 3, padding="same", activation="relu")(inputs)
    x = sum([layers.Conv2D(4, 3, padding="same")(x), inputs])
    x = ops.mean(ops.mean(keras.activations.relu(x), axis=1), axis=1)
    return keras.Model(inputs, layers.Dense(3, activation="softmax")(x))


def a_clone_of_a_model_read_from_json():
    return keras.models.clone_model(keras.models.model_from_json(block().to_json()))


def there_and_back_again():
    inputs = keras.Input((8, 8, 4))
    x = layers.Permute((2, 1, 3))(layers.Permute((2, 1, 3))(inputs))
    x = layers.Reshape((8, 8, 4))(layers.Flatten()(x))
    x = layers.Conv2D(4, 3, padding="same", activation="relu")(x * 1.0)
    x = layers.Conv2D(4, 3, padding="same")(layers.Dropout(0)(x))
    x = layers.ReLU()(layers.ReLU()(layers.add([x, layers.Identity()(inputs)])))
    x = layers.Flatten()(layers.AveragePooling2D((8, 8))(x))
    return keras.Model(inputs, layers.Dense(3, activation="softmax")(x - 0))


def padded_by_hand():
    inputs = keras.Input((8, 8, 4))
    x = layers.Conv2D(4, 3, activation="relu")(layers.ZeroPadding2D(((1, 1), (1, 1)))(inputs))
    x = layers.Conv2D(4, 3)(layers.ZeroPadding2D(1)(x))
    x = layers.GlobalAveragePooling2D()(ops.relu(ops.add(inputs, x)))
    return keras.Model(inputs, layers.Dense(3, activation=keras.activations.softmax)(x))


class Block(keras.Model):
    """A functional model in the clothes of a subclass."""

    def __init__(self):
        inner = keras.Sequential(
            [
                layers.Conv2D(4, 3, padding="same", activation="relu"),
                layers.Conv2D(4, 3, padding="same"),
            ]
        )
        inputs = keras.Input((8, 8, 4))
        x = layers.GlobalAveragePooling2D()(layers.ReLU()(layers.Add()([inner(inputs), inputs])))
        super().__init__(inputs=inputs, outputs=layers.Dense(3, activation="softmax")(x))


def shared_layer_by_layer_in_another_order():
    right, left = keras.Input((6,)), keras.Input((6,))
    dense = layers.Dense(4)
    second, first = ops.tanh(dense(right)), layers.Activation("tanh")(dense(left))
    out = layers.Dense(1)(ops.concatenate([first, second], -1))
    return keras.Model({"left": left, "right": right}, {"score": ops.sigmoid(out)})


def a_model_in_a_model_in_a_model():
    def wrap(layer, shape):
        inputs = keras.Input(shape)
        return keras.Model(inputs, layer(inputs))

    encoder = wrap(wrap(wrap(layers.Dense(4, activation="tanh"), (6,)), (6,)), (6,))
    left, right = keras.Input((6,)), keras.Input((6,))
    both = layers.concatenate([encoder(left), encoder(right)])
    return keras.Model([left, right], wrap(layers.Dense(1, activation="sigmoid"), (8,))(both))


def concatenated_the_other_way_round():
    left, right = keras.Input((6,)), keras.Input((6,))
    dense = layers.Dense(4, activation="tanh")
    both = layers.Concatenate()([dense(right), dense(left)])  # the head's weights make up for it
    return keras.Model([left, right], layers.Dense(1, activation="sigmoid")(both))


def the_last_of_all_steps():
    ids = keras.Input((7,), dtype="int32")
    x = layers.Embedding(input_dim=20, output_dim=4, name="words")(ids)
    _, h, _ = layers.LSTM(5, return_state=True)(x)
    return keras.Model([ids], [layers.Dense(1)(h)])


RIGHT = [
    (folded_over_a_list, block), (added_by_pythons_sum, block), (there_and_back_again, block),
    (a_clone_of_a_model_read_from_json, block), (padded_by_hand, block), (Block, block),
    (shared_layer_by_layer_in_another_order, siamese), (a_model_in_a_model_in_a_model, siamese),
    (concatenated_the_other_way_round, siamese), (the_last_of_all_steps, reader),
]  # fmt: skip


# Wrong --------------------------------------------------------------------------------------------


class Dense(layers.Dense):
    """Not what its name says."""

    def call(self, inputs, training=None):
        return super().call(inputs) * 2


def a_layer_under_a_false_name():
    left, right = keras.Input((6,)), keras.Input((6,))
    dense = Dense(4, activation="tanh")
    both = layers.Concatenate()([dense(left), dense(right)])
    return keras.Model([left, right], layers.Dense(1, activation="sigmoid")(both))


def a_function_under_a_false_name():
    def tanh(x):
        return x

    left, right = keras.Input((6,)), keras.Input((6,))
    dense = layers.Dense(4, activation=tanh)
    both = layers.Concatenate()([dense(left), dense(right)])
    return keras.Model([left, right], layers.Dense(1, activation="sigmoid")(both))


def the_right_names_on_the_wrong_wires():
    inputs = keras.Input((8, 8, 4), name="image")
    b = layers.Conv2D(4, 3, padding="same", name="a")(inputs)
    a = layers.Conv2D(4, 3, padding="same", activation="relu", name="b")(b)
    x = layers.GlobalAveragePooling2D()(layers.ReLU()(layers.Add()([inputs, a])))
    return keras.Model(inputs, layers.Dense(3, activation="softmax", name="head")(x))


def skip_from_behind_the_activation():
    inputs = keras.Input((8, 8, 4))
    x = layers.Conv2D(4, 3, padding="same", activation="relu")(inputs)
    x = layers.Conv2D(4, 3, padding="same")(x)
    x = layers.Add()([inputs, layers.ReLU()(x)])
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(3, activation="softmax")(x))


def an_average_that_looks_like_a_sum():
    inputs = keras.Input((8, 8, 4))
    x = layers.Conv2D(4, 3, padding="same", activation="relu")(inputs)
    x = (inputs + layers.Conv2D(4, 3, padding="same")(x)) / 2
    x = layers.GlobalAveragePooling2D()(layers.ReLU()(x))
    return keras.Model(inputs, layers.Dense(3, activation="softmax")(x))


def one_of_two_twins_is_a_copy():
    left, right = keras.Input((6,)), keras.Input((6,))
    one = keras.Sequential([keras.Input((6,)), layers.Dense(4, activation="tanh")])
    two = keras.Sequential([keras.Input((6,)), layers.Dense(4, activation="tanh")], name="two")
    two.set_weights(one.get_weights())  # the same numbers today, not tomorrow
    both = layers.Concatenate()([one(left), two(right)])
    return keras.Model([left, right], layers.Dense(1, activation="sigmoid")(both))


def one_input_read_twice():
    left, right = keras.Input((6,)), keras.Input((6,))
    dense = layers.Dense(4, activation="tanh")
    both = layers.Concatenate()([dense(left), dense(left)])
    return keras.Model([left, right], layers.Dense(1, activation="sigmoid")(both))


def the_first_step_for_the_last():
    ids = keras.Input((7,), dtype="int32")
    x = layers.LSTM(5, return_sequences=True)(layers.Embedding(20, 4)(ids))
    return keras.Model(ids, layers.Dense(1)(x[:, 0]))


def the_cell_for_the_state():
    ids = keras.Input((7,), dtype="int32")
    _, _, c = layers.LSTM(5, return_state=True)(layers.Embedding(20, 4)(ids))
    return keras.Model(ids, layers.Dense(1)(c))


def frozen_in_one_place():
    model = block()
    model.get_layer("b").trainable = False
    return model


WRONG = [
    (a_layer_under_a_false_name, siamese, "setting", "`custom Dense`"),
    (a_function_under_a_false_name, siamese, "setting", "'tanh'"),
    (the_right_names_on_the_wrong_wires, block, "setting", "activation"),
    (skip_from_behind_the_activation, block, "wiring", "re_lu"),
    (an_average_that_looks_like_a_sum, block, None, ""),
    (one_of_two_twins_is_a_copy, siamese, "sharing", "separate weights"),
    (one_input_read_twice, siamese, "wiring", "expected"),
    (the_first_step_for_the_last, reader, None, ""),
    (the_cell_for_the_state, reader, "wiring", "lstm"),
    (frozen_in_one_place, block, "frozen", "`b` is frozen; expected trainable"),
]


def _name(case):
    return case[0].__name__


@pytest.mark.parametrize("case", RIGHT, ids=_name)
def test_right_in_an_unusual_way_is_accepted(case):
    attempt, reference = case
    comparison = compare(attempt(), reference())
    assert comparison.same, comparison


@pytest.mark.parametrize("case", WRONG, ids=_name)
def test_wrong_in_a_sly_way_is_told(case):
    attempt, reference, kind, words = case
    comparison = compare(attempt(), reference())
    assert not comparison
    first = comparison.differences[0]
    assert kind in (None, first.kind), comparison.differences
    assert words in first.message, comparison.differences


def test_the_right_ones_do_compute_the_same():
    """Those whose layers are made in the reference's order, in which weights are copied."""
    for attempt in (folded_over_a_list, added_by_pythons_sum, there_and_back_again, padded_by_hand):
        one, other = attempt(), block()
        other.set_weights(one.get_weights())
        data = np.random.default_rng(0).normal(size=(2, 8, 8, 4)).astype("float32")
        assert np.allclose(one(data), other(data), atol=1e-5)
