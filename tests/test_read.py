"""Reading a Keras model: what survives, what is refused, and which private parts it leans on."""

from __future__ import annotations

import contextlib
import random

import keras
import numpy as np
import pytest
from keras import layers, ops

from exercises_check.graph import Array, Tensor, from_json, to_json
from exercises_check.read import NotReadable, read, untouched


def model_of_everything():
    left = keras.Input((6,), name="left")
    right = keras.Input((6,), name="right")
    twin = layers.Dense(4, name="twin")
    inner_in = keras.Input((4,))
    inner = keras.Model(inner_in, [layers.Dense(2)(inner_in), twin(layers.Dense(6)(inner_in))])
    small, wide = inner(twin(left))
    text = keras.Input((None,), dtype="int32", name="text")
    sequence = layers.Embedding(9, 4)(text)
    _, h, c = layers.LSTM(3, return_state=True)(sequence)
    merged = layers.Concatenate()([small, wide, twin(right), c, h])
    scaled = merged * np.arange(16, dtype="float32") + 1
    head = layers.Dense(1, name="score")(scaled[:, :4])
    return keras.Model(
        {"left": left, "right": right, "text": text}, {"score": head, "mean": ops.mean(scaled, -1)}
    )


def test_shared_layers_keep_one_key_even_inside_nested_models():
    graph = read(model_of_everything())
    calls = [node.operation for node in graph.nodes]
    assert calls.count("twin") == 2
    (inner,) = (op.graph for op in graph.operations.values() if op.graph is not None)
    assert "twin" in inner.operations


def test_the_order_and_the_keys_of_a_dict_are_kept_as_written():
    graph = read(model_of_everything())
    assert (graph.input_structure, graph.output_structure) == ("dict", "dict")
    assert [port.key for port in graph.outputs] == ["score", "mean"]


def test_which_of_several_tensors_of_a_layer_is_used_is_kept():
    graph = read(model_of_everything())
    (concatenate,) = (n for n in graph.nodes if "concatenate" in n.operation)
    tensors = concatenate.tensors
    lstm = tensors[3].node
    assert tensors[3:] == (Tensor(lstm, 2), Tensor(lstm, 1))
    assert tensors[0].node == tensors[1].node
    assert (tensors[0].index, tensors[1].index) == (0, 1)


def test_constants_and_slices_are_kept():
    arguments = [dict(node.arguments) for node in read(model_of_everything()).nodes]
    assert any(isinstance(a.get("x2"), Array) and a["x2"].shape == (16,) for a in arguments)
    assert {"slice": (None, 4, None)} in next(a["key"] for a in arguments if "key" in a)


def test_each_node_comes_after_those_it_receives():
    for number, node in enumerate(read(model_of_everything()).nodes):
        assert all(tensor.node < number for tensor in node.tensors)


def test_a_graph_of_everything_goes_to_json_and_back_unchanged():
    graph = read(model_of_everything())
    assert from_json(to_json(graph)) == graph


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not JSON"),
        ("[]", "format 1. Received: 'list'"),
        ('{"format": 2}', "Received: 2"),
        ('{"format": 1, "graph": 3}', "damaged"),
        ('{"format": 1, "graph": {"@": "Other", "": []}}', "damaged"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_damaged_json_is_refused_with_what_was_found(text, words):
    with pytest.raises(ValueError, match=words):
        from_json(text)


def test_settings_shown_are_those_that_are_not_defaults():
    inputs = keras.Input((8, 8, 3))
    x = layers.Conv2D(4, 3, activation="relu", kernel_initializer="glorot_uniform")(inputs)
    x = layers.BatchNormalization()(layers.MaxPooling2D()(x))
    graph = read(
        keras.Model(inputs, layers.Bidirectional(layers.LSTM(2))(layers.Reshape((9, 4))(x)))
    )
    shown = {op.class_name: op.shown for op in graph.operations.values()}
    assert shown["Conv2D"] == ("filters", "kernel_size", "activation")
    assert shown["BatchNormalization"] == shown["MaxPooling2D"] == ()


def test_a_chain_longer_than_pythons_stack_is_read():
    inputs = x = keras.Input((2,))
    for _ in range(1200):
        x = layers.Activation("relu")(x)
    # Keras itself cannot make a model of such a chain, so only the order of its calls is asked for.
    from exercises_check.read import _calls_in_order

    assert len(_calls_in_order([inputs], [x])) == 1201


# What is refused ----------------------------------------------------------------------------------


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(2)

    def call(self, x):
        return self.dense(x)


class FunctionalWithItsOwnCall(keras.Model):
    def call(self, inputs, training=None, mask=None):
        return super().call(inputs) * 0


def own_call():
    inputs = keras.Input((2,))
    return FunctionalWithItsOwnCall(inputs, layers.Dense(1)(inputs))


@pytest.mark.parametrize(
    ("make", "reason", "words"),
    [
        (Subclassed, "subclassed", "no graph"),
        (own_call, "subclassed", "its own `call`"),
        (lambda: keras.Sequential([layers.Dense(2)]), "unbuilt", "input shape"),
        (lambda: keras.Input((2,)), "type", "a tensor, not a model"),
        (lambda: layers.Dense(2), "type", "a layer"),
        (lambda: keras.Model, "type", "the class `Model`"),
        (lambda: 3, "type", "a `int`, not a model"),
    ],
)
def test_what_has_no_graph_is_refused_with_a_sentence(make, reason, words):
    with pytest.raises(NotReadable) as error:
        read(make())
    assert error.value.reason == reason
    assert words in str(error.value)
    assert "xpected" in str(error.value)


def test_a_layer_without_a_usable_config_is_read_by_its_class():
    class Odd(layers.Layer):
        def get_config(self):
            raise NotImplementedError

        def call(self, x):
            return x

    inputs = keras.Input((2,))
    graph = read(keras.Model(inputs, Odd()(inputs)))
    assert [op.class_name for op in graph.operations.values()] == ["InputLayer", "Odd"]


# Private parts of Keras ---------------------------------------------------------------------------


def test_keras_history_says_which_call_made_a_tensor():
    layer = layers.Dense(2)
    layer(keras.Input((3,)))
    history = layer(keras.Input((3,)))._keras_history
    assert (history.operation, history.node_index, history.tensor_index) == (layer, 1, 0)


def test_inbound_nodes_hold_arguments_and_outputs():
    layer, tensor = layers.Dense(2), keras.Input((3,))
    result = layer(tensor)
    (node,) = layer._inbound_nodes
    assert node.arguments.args[0] is tensor
    assert node.arguments.keras_tensors[0] is tensor
    assert node.outputs[0] is result


def test_keras_mask_is_what_keras_hands_on_by_itself():
    embedded = layers.Embedding(5, 2, mask_zero=True)(keras.Input((3,), dtype="int32"))
    lstm = layers.LSTM(2)
    lstm(embedded)
    assert lstm._inbound_nodes[0].arguments.kwargs["mask"] is embedded._keras_mask


def test_name_counters_are_put_back():
    def next_number():
        return int(layers.Dense(1).name.partition("_")[2] or 0)

    before = next_number()
    with untouched():
        assert layers.Dense(1).name == "dense"
    assert next_number() == before + 1


# No trace -----------------------------------------------------------------------------------------


def test_what_is_built_with_values_can_compute_and_be_compiled():
    with untouched():
        model = keras.Sequential([keras.Input((4,)), layers.Dense(3)])
        with pytest.raises(ValueError, match="stateless scope"):
            model.compile("adam", loss="mse")
    with untouched(values=True):
        model = keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.Dropout(0.5)])
        model.compile("adam", loss="mse")
        assert model(np.ones((2, 4)), training=True).shape == (2, 3)


def test_building_with_values_leaves_every_random_state_as_it_was():
    import tensorflow as tf
    from keras.src.backend.common import global_state
    from tensorflow.python.eager import context

    def seeds():
        made = global_state.get_global_attribute("global_seed_generator")
        return made, made and made.state.numpy().tolist()

    keras.utils.set_random_seed(3)
    keras.random.normal((2,))
    before = random.getstate(), np.random.get_state()[1].tolist(), seeds()
    with untouched(values=True):
        keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.Dropout(0.5)])
        random.random(), np.random.rand(), tf.random.uniform(()), keras.random.normal((2,))
    with untouched(values=True):
        tf.random.set_seed(9)
    assert (random.getstate(), np.random.get_state()[1].tolist(), seeds()) == before
    assert context.context()._seed == 3
    drawn = [tf.random.uniform(()).numpy() for _ in range(3)]
    keras.utils.set_random_seed(3)
    assert [tf.random.uniform(()).numpy() for _ in range(3)] == drawn
    assert context.context()._rng is not None


def test_building_inside_untouched_leaves_no_trace():
    import tensorflow as tf

    keras.utils.set_random_seed(3)
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        states = random.getstate(), np.random.get_state()[1].tolist()
        with untouched():
            inputs = keras.Input((4,))
            model = keras.Model(inputs, layers.Dropout(0.5)(layers.Dense(3)(inputs)))
            assert read(model).operations["dense"].dtype == "float32"
        assert (random.getstate(), np.random.get_state()[1].tolist()) == states
        assert keras.config.dtype_policy().name == "mixed_bfloat16"
        drawn = tf.random.uniform(()).numpy()
        keras.utils.set_random_seed(3)
        assert tf.random.uniform(()).numpy() == drawn
    finally:
        keras.config.set_dtype_policy("float32")


def test_garbage_collection_is_as_before_after_reading_also_when_reading_fails():
    import gc

    for model in (model_of_everything(), 3):
        with contextlib.suppress(NotReadable):
            read(model)
        assert gc.isenabled()
    gc.disable()
    try:
        read(model_of_everything())
        assert not gc.isenabled()
    finally:
        gc.enable()
