"""A model written back as functional code."""

from __future__ import annotations

import keras
import pytest
from keras import layers, ops

from exercises_check.listing import listing, maker_at, name_at
from exercises_check.read import read


@pytest.fixture(autouse=True)
def _fresh_names():
    keras.utils.clear_session()


def code(model, *open_at):
    return [f"{line.name} = {line.code}" for line in listing(read(model), open_at)]


def test_a_chain_reads_as_it_was_written():
    inputs = keras.Input((28, 28, 1), name="image")
    x = layers.Conv2D(8, 3, activation="relu", padding="same")(inputs)
    x = layers.Flatten()(x)
    assert code(keras.Model(inputs, layers.Dense(10, use_bias=False)(x))) == [
        "image = Input((28, 28, 1))",
        "conv2d = Conv2D(filters=8, kernel_size=3, padding='same', activation='relu')(image)",
        "flatten = Flatten()(conv2d)",
        "dense = Dense(units=10, use_bias=False)(flatten)",
        "model = Model(image, dense)",
    ]


def test_a_shared_layer_is_made_once_and_named_at_each_call():
    left, right = keras.Input((4,), name="left"), keras.Input((4,), name="right")
    twin = layers.Dense(2, name="twin")
    model = keras.Model([left, right], layers.Add()([twin(left), twin(right)]))
    assert code(model) == [
        "left = Input((4,))",
        "right = Input((4,))",
        "twin = Dense(units=2)",
        "twin_left = twin(left)",
        "twin_right = twin(right)",
        "add = Add()([twin_left, twin_right])",
        "model = Model([left, right], add)",
    ]


def test_operators_operations_and_slices_read_as_python():
    inputs = keras.Input((6,), name="x")
    y = ops.mean(inputs[:, 1:4] * 2 + 1, axis=-1, keepdims=True)
    assert code(keras.Model(inputs, {"y": 1 - y})) == [
        "x = Input((6,))",
        "get_item = x[:, 1:4]",
        "multiply = get_item * 2",
        "add = multiply + 1",
        "mean = ops.mean(add, axis=-1, keepdims=True)",
        "subtract = 1 - mean",
        "model = Model(x, {'y': subtract})",
    ]


def test_each_of_several_tensors_of_a_layer_has_its_number():
    inputs = keras.Input((5, 2), name="steps")
    _, h, c = layers.LSTM(3, return_state=True)(inputs)
    lines = code(keras.Model(inputs, [h, c]))
    assert lines[1] == "lstm = LSTM(units=3, return_state=True)(steps)"
    assert lines[2] == "model = Model(steps, [lstm[1], lstm[2]])"


def test_wrappers_and_objects_are_short():
    inputs = keras.Input((5, 2), name="steps")
    x = layers.Bidirectional(layers.LSTM(3, return_sequences=True))(inputs)
    x = layers.Dense(2, kernel_regularizer=keras.regularizers.L2(0.01))(x)
    lines = code(keras.Model(inputs, x))
    assert lines[1] == "bidirectional = Bidirectional(LSTM(units=3, return_sequences=True))(steps)"
    assert lines[2].startswith("dense = Dense(units=2, kernel_regularizer=L2(l2=0.01")


def test_a_dtype_and_a_batch_size_of_an_input_are_shown():
    ids = keras.Input((None,), dtype="int32", batch_size=4, name="ids")
    lines = code(keras.Model(ids, layers.Embedding(9, 2)(ids)))
    assert lines[0] == "ids = Input((None,), batch_size=4, dtype='int32')"


def nested():
    inner_in = keras.Input((4,), name="pixels")
    x = layers.Dense(3)(inner_in)
    inner = keras.Model(inner_in, layers.Dense(2)(x), name="encoder")
    inputs = keras.Input((4,), name="image")
    return keras.Model(inputs, layers.Dense(1)(inner(inputs)))


def test_a_nested_model_is_one_line_until_it_is_opened():
    model = nested()
    assert code(model) == [
        "image = Input((4,))",
        "encoder = encoder(image)",
        "dense_2 = Dense(units=1)(encoder)",
        "model = Model(image, dense_2)",
    ]
    assert code(model, (1, 1))[1:6] == [
        " = encoder:",
        "pixels = Input((4,))",
        "dense = Dense(units=3)(pixels)",
        "dense_1 = Dense(units=2)(dense)",
        "encoder = Model(pixels, dense_1)",
    ]


def test_what_leaves_a_nested_model_goes_by_its_name_outside():
    graph = read(nested())
    assert name_at(graph, (1, 1)) == "encoder/dense"
    assert name_at(graph, (1, 2)) == "encoder"
    assert name_at(graph, (2,)) == "dense_2"


def test_a_long_setting_is_cut():
    inputs = keras.Input((4,), name="x")
    table = layers.Lambda(lambda x: x, arguments={"text": "a" * 500}, output_shape=(4,))(inputs)
    assert all(len(line) < 200 for line in code(keras.Model(inputs, table)))


def test_what_makes_a_call_is_written_as_in_code():
    inputs = keras.Input((4,))
    x = layers.Dense(4)(inputs) / 8.0
    x = keras.ops.sqrt(2.0 - x)
    graph = read(keras.Model(inputs, x[:, 0]))
    made = [maker_at(graph, (number,)) for number in range(1, len(graph.nodes))]
    assert made == ["Dense(units=4)", "/ 8", "2 -", "ops.sqrt", "[...]"]
