"""Traps: each one found where it is, and nothing found in what looks like it."""

from __future__ import annotations

import inspect
import re

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers, ops

from exercises_check import silent
from exercises_check.exercise import registry
from exercises_check.garbage import collection_paused
from exercises_check.read import NotReadable, changed_since_compile, dead_ends, live_calls, read
from exercises_check.silent import Trap, Traps, find_traps

# Keras warns of some of these as well.
pytestmark = pytest.mark.filterwarnings("ignore")

Input, Model, Dense = keras.Input, keras.Model, layers.Dense


def kinds(model):
    return [trap.kind for trap in find_traps(model)]


def features(size=8, name="features"):
    return Input((size,), name=name)


def head(x, units=3, activation="softmax"):
    return Dense(units, activation=activation, name="head")(x)


def hidden(x, units=8, name=None):
    return Dense(units, activation="relu", name=name)(x)


def photo(size=32, channels=3, name="photo"):
    return Input((size, size, channels), name=name)


def words(name="words"):
    return Input((5,), dtype="int32", name=name)


def compiled(model, **settings):
    model.compile(optimizer="sgd", **settings)
    return model


# Models that have a trap, in an order in which a reader would look for them -----------------------


def add_of_eight_and_one():
    x = features()
    return Model(x, layers.Add(name="sum")([hidden(x, 8, "eight"), hidden(x, 1, "one")]))


def operator_of_eight_and_one():
    x = features()
    return Model(x, hidden(x, 8, "eight") - hidden(x, 1, "one"))


def maps_of_64_and_1_channels():
    x = photo()
    wide = layers.Conv2D(64, 1, activation="relu", name="wide")(x)
    narrow = layers.Conv2D(1, 3, padding="same", activation="relu", name="narrow")(x)
    narrow = layers.Dropout(0.1)(narrow)
    return Model(x, layers.Average(name="mean")([wide, narrow]))


def vector_added_to_every_step():
    steps, vector = Input((5, 8), name="steps"), features(8, "vector")
    return Model([steps, vector], layers.Add(name="sum")([steps, vector]))


def vector_added_with_an_operator():
    steps, vector = Input((5, 8), name="steps"), features(8, "vector")
    return Model([steps, vector], steps + vector)


def product_with_an_input_without_axes():
    x, price = features(), Input((), name="price")
    return Model([x, price], x * price)


def concatenate_on_axis_0():
    x, y = features(4, "x"), features(4, "y")
    return Model([x, y], layers.Concatenate(axis=0, name="both")([x, y]))


def ops_concatenate_without_axis():
    x, y = features(4, "x"), features(4, "y")
    return Model([x, y], head(ops.concatenate([x, y])))


def ops_stack_without_axis():
    x, y = features(4, "x"), features(4, "y")
    return Model([x, y], ops.stack([x, y]))


def images_joined_on_axis_1():
    one, two = photo(name="one"), photo(name="two")
    x = layers.Concatenate(axis=1, name="both")([one, two])
    return Model([one, two], layers.Conv2D(4, 3)(x))


def maps_joined_on_axis_minus_2():
    x = photo()
    maps = [layers.Conv2D(4, 3, activation="relu")(x) for _ in range(2)]
    return Model(x, layers.Concatenate(axis=-2, name="both")(maps))


def add_of_one():
    x = features()
    return Model(x, head(layers.Add(name="sum")([hidden(x, name="hidden")])))


def add_of_the_same():
    x = hidden_x = features()
    hidden_x = hidden(x, name="hidden")
    return Model(x, head(layers.Add(name="sum")([hidden_x, hidden_x])))


def numpy_in_float64():
    x = features(4)
    return Model(x, head(x + np.ones(4)))


def network_with_an_operator():
    x = features()
    y = hidden(x, 8, "low")
    return Model(x, head(hidden(ops.tanh(y + x) * 2, 8, "high")))


def sequential_of_the_layers_of_a_network():
    return keras.Sequential(network_with_an_operator().layers)


def softmax_of_one():
    return Model(x := features(), head(x, 1))


def softmax_of_one_score_for_each_step():
    x = Input((5, 8), name="steps")
    weights = layers.Softmax(name="weights")(Dense(1)(x))
    return Model(x, head(ops.sum(x * weights, axis=1)))


def batch_in_the_shape():
    x = Input((None, 784), name="pixels")
    return Model(x, head(hidden(x, 64)))


def dense_of_an_image():
    x = Input((28, 28), name="image")
    y = layers.Dropout(0.2)(layers.LayerNormalization()(hidden(layers.Rescaling(1 / 255)(x), 64)))
    return Model(x, head(y))


def batch_size_in_the_shape():
    return Model(x := Input((32, 784), name="pixels"), head(x))


def channels_first_photo():
    x = Input((3, 64, 64), name="photo")
    return Model(x, layers.Conv2D(8, 3, padding="same", name="conv")(layers.Rescaling(1 / 255)(x)))


def dropout_after_the_head():
    return Model(x := features(), layers.Dropout(0.5, name="drop")(head(x)))


def dropout_after_a_compiled_head():
    x = features()
    model = Model(
        x, layers.SpatialDropout1D(0.5, name="drop")(layers.LSTM(4)(x[..., None])[:, None])
    )
    return compiled(model, loss="mse")


def two_dense_without_activation():
    x = features()
    first = Dense(8, name="first")(x)
    return Model(x, head(layers.Dropout(0.2)(first)))


def three_layers_without_activation():
    x = photo(8)
    y = layers.Conv2D(4, 3, name="conv")(x)
    y = layers.Conv2D(8, 3, name="conv_too")(y)
    return Model(x, head(layers.Flatten()(y)))


def embedding_of_floats():
    text = Input((5,), name="text")
    return Model(text, layers.Embedding(9, 4, name="embedding")(text))


def unused_input():
    x, spare = features(), features(3, "spare")
    return Model([x, spare], head(x))


def shared_head():
    left, right = features(8, "left"), features(8, "right")
    score = Dense(1, name="score")
    return Model([left, right], [score(left), score(right)])


def left_out_layer():
    x = features()
    hidden(x, 4, "lost")
    return Model(x, head(x))


def left_out_branch():
    x = features()
    ops.relu(Dense(4, name="lost")(x))
    return Model(x, head(x))


def loop_that_does_not_chain():
    x = features()
    for units in (32, 64, 16):
        y = hidden(x, units, f"dense_of_{units}")
    return Model(x, head(y))


def reshape_after_softmax():
    x = features()
    model = Model(x, layers.Reshape((3, 1), name="column")(head(x)))
    return compiled(model, loss=keras.losses.CategoricalCrossentropy(from_logits=True))


def average_of_softmaxes():
    x = features()
    heads = [Dense(3, activation="softmax", name=f"head_{n}")(x) for n in range(2)]
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return compiled(Model(x, layers.Average(name="mean")(heads)), loss=loss)


def sum_of_softmaxes_divided():
    x = features()
    heads = [Dense(3, activation="softmax", name=f"head_{n}")(x) for n in range(2)]
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return compiled(Model(x, (heads[0] + heads[1]) / 2), loss=loss)


def softmax_by_hand():
    x = features()
    powers = ops.exp(Dense(3)(x))
    model = Model(x, powers / ops.sum(powers, axis=-1, keepdims=True))
    return compiled(model, loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))


def sigmoid_by_hand():
    x = features()
    model = Model(x, 1 / (1 + ops.exp(-Dense(1)(x))))
    return compiled(model, loss=keras.losses.BinaryCrossentropy(from_logits=True))


def time_distributed_softmax():
    x = Input((5, 8), name="steps")
    x_ = layers.LSTM(8, return_sequences=True)(x)
    model = Model(x, layers.TimeDistributed(Dense(3, activation="softmax"), name="head")(x_))
    return compiled(model, loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))


def softmax_in_a_nested_model_then_permute():
    inner_in = Input((5, 8))
    inner = Model(inner_in, head(layers.LSTM(8, return_sequences=True)(inner_in)), name="inner")
    x = Input((5, 8), name="steps")
    model = Model({"steps": x}, {"out": layers.Permute((2, 1))(inner(x))})
    return compiled(model, loss={"out": keras.losses.CategoricalCrossentropy(from_logits=True)})


def logits_and_a_string():
    model = Model(x := features(), head(x, 10, None))
    return compiled(model, loss="sparse_categorical_crossentropy")


def relu_and_a_crossentropy():
    model = Model(x := features(), layers.ReLU(name="relu")(Dense(10)(x)))
    return compiled(model, loss=keras.losses.CategoricalCrossentropy())


def accuracy_of_binary_logits():
    model = Model(x := features(), head(x, 1, None))
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    return compiled(model, loss=loss, metrics=["accuracy"])


def binary_accuracy_of_one_of_two_outputs():
    x = features()
    flag, size = Dense(2, name="flag")(x), Dense(1, name="size")(x)
    return compiled(
        Model(x, [flag, size]),
        loss={"flag": keras.losses.BinaryCrossentropy(from_logits=True), "size": "mse"},
        metrics={"flag": [keras.metrics.BinaryAccuracy()], "size": ["mae"]},
    )


def two_outputs(structure="list"):
    x = features()
    priority, department = Dense(1, name="priority")(x), Dense(2, name="department")(x)
    if structure == "list":
        return Model(x, [priority, department])
    return Model(x, {"priority": priority, "department": department})


def list_losses_and_dict_weights():
    weights = {"priority": 1.0, "department": 0.2}
    return compiled(two_outputs(), loss=["mse", "mae"], loss_weights=weights)


def list_losses_and_wrong_names():
    weights = {"first": 1.0, "second": 0.2}
    return compiled(two_outputs(), loss=["mse", "mae"], loss_weights=weights)


def dict_outputs_and_list_losses():
    return compiled(two_outputs("dict"), loss=["mse", "mae"])


def dict_outputs_and_list_weights():
    losses = {"priority": "mse", "department": "mae"}
    return compiled(two_outputs("dict"), loss=losses, loss_weights=[1.0, 0.2])


def dict_outputs_and_list_metrics():
    return compiled(two_outputs("dict"), loss="mse", metrics=[["mae"], ["mse"]])


def one_loss_in_a_list():
    return compiled(two_outputs(), loss=["mse"])


def weight_of_no_output():
    return compiled(
        two_outputs(),
        loss={"priority": "mse", "department": "mse"},
        loss_weights={"priority": 1.0, "department": 0.2, "mood": 3.0},
    )


def sum_of_masked(add):
    text, other = words("text"), words("other")
    embed = layers.Embedding(9, 4, mask_zero=True, name="embed")
    return Model([text, other], layers.LSTM(4, name="lstm")(add(embed(text), embed(other))))


def mask_lost_by_an_operator():
    return sum_of_masked(lambda a, b: layers.Dropout(0.1)(a + b))


def mask_lost_by_ops():
    return sum_of_masked(lambda a, b: ops.concatenate([a, b], axis=1))


def mask_lost_by_a_convolution():
    text = words()
    x = layers.Embedding(9, 4, mask_zero=True, name="embed")(text)
    x = layers.Conv1D(4, 2, activation="relu", name="conv")(x)
    return Model(text, layers.GlobalAveragePooling1D(name="pool")(x))


def mask_lost_by_an_unmasked_partner():
    text, places = words("text"), words("places")
    x = layers.Embedding(9, 4, mask_zero=True, name="embed")(text)
    y = layers.Embedding(5, 4, name="places_table")(places)
    return Model(
        [text, places],
        layers.Bidirectional(layers.LSTM(4), name="lstm")(layers.Add(name="sum")([x, y])),
    )


def mask_lost_in_a_nested_model():
    inner_in = Input((5, 4))
    inner = Model(inner_in, layers.GRU(4, name="gru")(inner_in * 2), name="inner")
    text = words()
    return Model(text, inner(layers.Embedding(9, 4, mask_zero=True, name="embed")(text)))


def dense_in_a_lambda():
    secret = Dense(4, name="secret")
    x = features()
    return Model(x, head(layers.Lambda(lambda t: secret(t), name="hiding")(x)))


def list_of_layers_in_a_lambda():
    secrets = [layers.Flatten(), Dense(4, name="secret")]

    def through(t):
        for secret in secrets:
            t = secret(t)
        return t

    x = features()
    return Model(x, head(layers.Lambda(through, output_shape=(4,), name="hiding")(x)))


def default_of_a_lambda():
    x, secret = features(), Dense(4, name="secret")
    hiding = layers.Lambda(lambda t, d=secret: d(t), name="hiding")
    return Model(x, head(hiding(x)))


GLOBAL_DENSE = Dense(4, name="secret")


class UsesAGlobal(layers.Layer):
    def call(self, x):
        return GLOBAL_DENSE(x)


def global_layer_in_a_custom_layer():
    return Model(x := features(), head(UsesAGlobal(name="custom")(x)))


class HoldsAVariable(layers.Layer):
    def __init__(self, **settings):
        super().__init__(**settings)
        self.scale = tf.Variable(2.0)

    def call(self, x):
        return x * self.scale


def tf_variable_in_a_custom_layer():
    return Model(x := features(), head(HoldsAVariable(name="custom")(x)))


class Box:
    def __init__(self):
        self.inside = Dense(4, name="secret")


class HoldsABox(layers.Layer):
    def __init__(self, **settings):
        super().__init__(**settings)
        self.box = Box()

    def call(self, x):
        return self.box.inside(x)


def layer_in_a_plain_object():
    return Model(x := features(), head(HoldsABox(name="custom")(x)))


class Scale(layers.Layer):
    def __init__(self, factor=1.0, **settings):
        super().__init__(**settings)
        self.factor = factor

    def call(self, x):
        return x * self.factor


class ScaleNotSaved(Scale):
    def get_config(self):
        return layers.Layer.get_config(self)


class ScaleSaved(Scale):
    def get_config(self):
        return {**layers.Layer.get_config(self), "factor": self.factor}


def argument_not_in_get_config():
    return Model(x := features(), head(ScaleNotSaved(5.0, name="custom")(x)))


def python_lambda():
    return Model(x := features(), head(layers.Lambda(lambda t: t / 2, name="half")(x)))


def backbone(dropout=0.0):
    inputs = Input((8,))
    x = layers.BatchNormalization(name="norm")(Dense(4, activation="relu", name="low")(inputs))
    x = layers.Dropout(dropout)(x) if dropout else x
    return Model(inputs, Dense(4, activation="relu", name="high")(x), name="base")


def frozen_base_with_a_trainable_layer():
    base = backbone()
    base.trainable = False
    base.get_layer("high").trainable = True
    return Model(x := features(), head(base(x)))


def frozen_model_with_a_trainable_layer():
    model = Model(x := features(), head(hidden(x, 4, "low")))
    model.trainable = False
    model.get_layer("head").trainable = True
    return model


def frozen_after_compile():
    base = backbone()
    model = compiled(Model(x := features(), head(base(x))), loss="mse")
    base.trainable = False
    return model


def unfrozen_after_compile():
    model = Model(x := features(), head(hidden(hidden(x, 4, "low"), 4, "middle")))
    for name in ("low", "middle"):
        model.get_layer(name).trainable = False
    compiled(model, loss="mse")
    for name in ("low", "middle"):
        model.get_layer(name).trainable = True
    return model


def dropout_always_on():
    x = features()
    return Model(x, head(layers.Dropout(0.5, name="drop")(x, training=True)))


def normalization_always_off():
    x = features()
    return Model(x, head(layers.BatchNormalization(name="norm")(x, training=False)))


def base_in_inference_mode():
    return Model(x := features(), head(backbone()(x, training=False)))


def frozen_base_with_dropout_in_inference_mode():
    base = backbone(dropout=0.3)
    base.trainable = False
    return Model(x := features(), head(base(x, training=False)))


HAVE_IT = [
    (add_of_eight_and_one, "broadcast", "`sum` joins `eight` of shape (None, 8) with `one` of"),
    (add_of_eight_and_one, "broadcast", "size 1 on axis 1 (the last) is stretched give `one`"),
    (operator_of_eight_and_one, "broadcast", "`subtract joins `eight` with `one` (None, 1)"),
    (maps_of_64_and_1_channels, "broadcast", "`mean` joins `wide` with `dropout (None, 32, 32, 1)"),
    (vector_added_to_every_step, "broadcast", "`sum` repeats `vector` along axis 1 RepeatVector"),
    (vector_added_with_an_operator, "broadcast", "the samples of `vector` meet axis 1 of `steps`"),
    (product_with_an_input_without_axes, "broadcast", "the samples of `price` meet axis 1"),
    (concatenate_on_axis_0, "concatenate", "`both` joins `x` and `y` on axis 0, the batch axis=-1"),
    (ops_concatenate_without_axis, "concatenate", "`concatenate axis 0 the default here"),
    (ops_stack_without_axis, "concatenate", "`stack joins `x` and `y` on axis 0"),
    (images_joined_on_axis_1, "concatenate", "`both` joins `one` and `two` (None, 64, 32, 3)"),
    (maps_joined_on_axis_minus_2, "concatenate", "`both` on axis 2, a side of the image"),
    (add_of_one, "merge", "`sum` receives one tensor, `hidden`, and returns it as it is"),
    (add_of_the_same, "merge", "`sum` receives `hidden` 2 times"),
    (numpy_in_float64, "dtype", '`add returns float64 astype("float32")'),
    (
        sequential_of_the_layers_of_a_network,
        "dropped",
        "`high` follows `low` here `add `tanh `multiply stand between them `model.layers`",
    ),
    (softmax_of_one, "softmax", '`head` axis 1, which has size 1 activation="sigmoid"'),
    (softmax_of_one_score_for_each_step, "softmax", "`weights` axis 2, which has size 1"),
    (batch_in_the_shape, "batch", "the rows of `pixels` of shape (None, 784) `Input((784,))`"),
    (dense_of_an_image, "flatten", "28 rows of `image` (None, 28, 3) `Flatten()`"),
    (batch_size_in_the_shape, "flatten", "32 rows of `pixels` leave out the 32 if it is the batch"),
    (channels_first_photo, "channels", "`conv` reads `photo` as 3 rows `Input((64, 64, 3))`"),
    (dropout_after_the_head, "dropout", "`drop` (Dropout, 0.5) is the last step before the output"),
    (dropout_after_a_compiled_head, "dropout", "`drop` (SpatialDropout1D, 0.5) is the last step"),
    (two_dense_without_activation, "activation", "No activation between `first` and `head`"),
    (three_layers_without_activation, "activation", "`conv`, `conv_too` and `head`"),
    (embedding_of_floats, "dtype", '`embedding` reads `text` float32 dtype="int32"'),
    (unused_input, "unused input", "No output depends on the input `spare`"),
    (shared_head, "names", "Outputs 1 and 2 are both named `score` `score_loss`"),
    (left_out_layer, "left out", "`lost` is called on the same tensor as `head` its result"),
    (left_out_branch, "left out", "`lost` is called on the same tensor as `head`"),
    (loop_that_does_not_chain, "left out", "`dense_of_32` and `dense_of_64` are `dense_of_16`"),
    (reshape_after_softmax, "logits", "`head` reach the loss through `column` expects logits"),
    (average_of_softmaxes, "logits", "`head_0` the loss through `mean` softmax a second time"),
    (sum_of_softmaxes_divided, "logits", "`head_0` gives probabilities"),
    (softmax_by_hand, "logits", "`true_divide SparseCategoricalCrossentropy(from_logits=True)`"),
    (sigmoid_by_hand, "logits", "`true_divide takes the sigmoid a second time"),
    (time_distributed_softmax, "logits", "`head` gives probabilities"),
    (softmax_in_a_nested_model_then_permute, "logits", "`inner/head` through `permute"),
    (logits_and_a_string, "logits", '`head` has no activation "sparse_categorical_crossentropy"'),
    (relu_and_a_crossentropy, "logits", "`relu` has the activation relu CategoricalCrossentropy()"),
    (accuracy_of_binary_logits, "metric", '`head` gives logits "accuracy" threshold=0.0'),
    (binary_accuracy_of_one_of_two_outputs, "metric", "`flag` gives logits `BinaryAccuracy()`"),
    (list_losses_and_dict_weights, "order", "`priority` gets 0.2, `department` gets 1"),
    (list_losses_and_wrong_names, "order", "`priority` gets 1, `department` gets 0.2"),
    (dict_outputs_and_list_losses, "order", "the losses a list for `department`, `priority`"),
    (dict_outputs_and_list_weights, "order", "the loss weights a list"),
    (dict_outputs_and_list_metrics, "order", "the metrics a list"),
    (one_loss_in_a_list, "loss", "1 of 2 entries: `department` has no loss"),
    (weight_of_no_output, "loss", "name `mood`, and no output `priority` and `department`"),
    (mask_lost_by_an_operator, "mask", "`add drops the mask of `embed_text` `lstm` `Add()`"),
    (mask_lost_by_ops, "mask", "`concatenate drops the mask of `embed_text` `Concatenate()`"),
    (mask_lost_by_a_convolution, "mask", "`conv` drops the mask `pool` a `Conv1D` does not"),
    (mask_lost_by_an_unmasked_partner, "mask", "`sum` `lstm` only if all its inputs have one"),
    (mask_lost_in_a_nested_model, "mask", "`inner/multiply `embed` `inner/gru`"),
    (dense_in_a_lambda, "hidden weights", "`hiding` (Lambda) the layer `secret`, whose 2 weights"),
    (list_of_layers_in_a_lambda, "hidden weights", "`hiding` (Lambda) the layer `secret`"),
    (default_of_a_lambda, "hidden weights", "`hiding` (Lambda) the layer `secret`"),
    (global_layer_in_a_custom_layer, "hidden weights", "`custom` (UsesAGlobal) `secret`"),
    (tf_variable_in_a_custom_layer, "hidden weights", "the variable `scale` self.add_weight("),
    (layer_in_a_plain_object, "hidden weights", "`custom` (HoldsABox) `secret`"),
    (argument_not_in_get_config, "config", "`ScaleNotSaved.get_config` `factor` `factor=1.0`"),
    (python_lambda, "lambda", "`half` is a `Lambda` with a Python lambda safe mode"),
    (frozen_base_with_a_trainable_layer, "frozen", "`base` is frozen, and `high` in it is not"),
    (frozen_model_with_a_trainable_layer, "frozen", "model is frozen, and `head` trains nothing"),
    (frozen_after_compile, "compile", "`base` is frozen now and was trainable"),
    (unfrozen_after_compile, "compile", "`low` and `middle` are trainable now and were frozen"),
    (dropout_always_on, "training", "`drop` `training=True` `predict` `training=False`"),
    (normalization_always_off, "training", "`norm` `training=False` `fit` `trainable = False`"),
    (base_in_inference_mode, "training", "`base` is called with `training=False`"),
    (frozen_base_with_dropout_in_inference_mode, "training", "`base` `training=False`"),
]


@pytest.mark.parametrize(
    ("build", "kind", "said"),
    HAVE_IT,
    ids=[f"{b.__name__}-{n}" for n, (b, *_) in enumerate(HAVE_IT)],
)
def test_a_trap_is_found_and_named(build, kind, said):
    found = [trap for trap in find_traps(build()) if trap.kind == kind]
    assert len(found) == 1
    assert re.search(".*".join(map(re.escape, re.split(r" (?=\S)", said))), text_of(found[0]))


def text_of(trap):
    return f"{trap.message} {trap.why}"


# Models that look like it and have no trap --------------------------------------------------------


def add_of_equal_shapes():
    x = features()
    return Model(x, head(layers.Add()([hidden(x), hidden(x)])))


def add_of_two_single_units():
    x = features()
    wide, deep = Dense(1)(x), Dense(1)(hidden(x))
    return Model(x, layers.Activation("sigmoid")(layers.Add()([wide, deep])))


def gate_of_one_unit():
    x = features()
    gate = Dense(1, activation="sigmoid")(x)
    return Model(x, head(layers.Multiply()([hidden(x), gate])))


def squeeze_and_excite():
    x = photo(16)
    maps = layers.Conv2D(8, 3, activation="relu")(x)
    gate = layers.GlobalAveragePooling2D(keepdims=True)(maps)
    gate = layers.Conv2D(8, 1, activation="sigmoid")(gate)
    return Model(x, head(layers.Flatten()(maps * gate)))


def mean_of_a_row_subtracted():
    x = features()
    return Model(x, head(x - ops.mean(x, axis=-1, keepdims=True)))


def context_added_to_every_step():
    steps, vector = Input((5, 8), name="steps"), features(8, "vector")
    summed = layers.Add()([steps, layers.RepeatVector(5)(vector)])
    other = steps + vector[:, None]
    x = layers.LSTM(4)(layers.Concatenate()([summed, other]))
    return Model([steps, vector], head(x))


def context_of_a_pooling_added():
    x = photo(16)
    maps = layers.Conv2D(8, 3, activation="relu")(x)
    context = layers.Reshape((1, 1, 8))(hidden(layers.GlobalAveragePooling2D()(maps)))
    context = layers.Dropout(0.1)(context)
    return Model(x, head(layers.Flatten()(layers.Add()([maps, context]))))


def constant_added():
    x = features(4)
    return Model(x, head(x + np.ones(4, "float32") + 1))


def concatenate_features():
    x, y = features(4, "x"), features(4, "y")
    return Model([x, y], head(ops.concatenate([x, layers.Concatenate(axis=1)([x, y])], axis=-1)))


def sequences_joined_on_the_steps():
    x, y = Input((5, 8), name="x"), Input((5, 8), name="y")
    return Model([x, y], head(layers.LSTM(4)(layers.Concatenate(axis=1)([x, y]))))


def tables_joined_on_axis_1():
    x, y = Input((5, 8, 2), name="x"), Input((5, 8, 2), name="y")
    return Model([x, y], head(layers.Flatten()(layers.Concatenate(axis=1)([x, y]))))


def image_padded_with_another():
    one, two = Input((32, 32, 3), name="one"), Input((4, 32, 3), name="two")
    x = layers.Concatenate(axis=1)([one, two])
    return Model([one, two], head(layers.Flatten()(layers.Conv2D(4, 3, activation="relu")(x))))


def sequential_of_a_chain():
    network = Model(x := features(), head(hidden(hidden(x, 6, "low"), 5, "high")))
    return keras.Sequential(network.layers)


def decoder_of_an_autoencoder():
    x = features()
    decoding = [Dense(6, activation="relu"), Dense(8, activation="relu")]
    y = hidden(x, 4) * 2
    for layer in decoding:
        y = layer(y)
    KEPT.append(Model(x, y))
    return keras.Sequential([Input((4,)), *decoding])


def square():
    x = features()
    y = hidden(x)
    return Model(x, head(layers.Multiply()([y, y])))


def attention_over_steps():
    x = Input((5, 8), name="steps")
    weights = layers.Softmax(axis=1)(Dense(1)(x))
    return Model(x, head(ops.sum(x * weights, axis=1)))


def one_probability():
    return Model(x := features(), head(x, 1, "sigmoid"))


def steps_joined_by_a_recurrent_layer():
    x = Input((None, 784), name="pixels")
    return Model(x, head(layers.LSTM(4)(hidden(x, 64))))


def flattened_image():
    x = Input((28, 28), name="image")
    return Model(x, head(layers.Flatten()(hidden(x, 4))))


def rows_joined_by_another_branch():
    x = Input((5, 8), name="steps")
    context = layers.RepeatVector(5)(layers.GlobalAveragePooling1D()(x))
    return Model(x, head(layers.Concatenate()([hidden(x), context])))


def rows_joined_by_a_softmax_over_them():
    x = Input((5, 8), name="steps")
    return Model(x, layers.Softmax(axis=1)(Dense(3)(x)))


def channels_last_photo():
    x = photo(32)
    return Model(x, head(layers.Flatten()(layers.Conv2D(8, 3, activation="relu")(x))))


def few_rows_of_sensors():
    x = Input((3, 100, 1), name="sensors")
    return Model(x, head(layers.Flatten()(layers.Conv2D(8, 3, activation="relu")(x))))


def dropout_before_the_head():
    return Model(x := features(), head(layers.Dropout(0.5)(hidden(x))))


def backbone_that_ends_in_dropout():
    return Model(x := features(), layers.Dropout(0.5)(hidden(x)))


def dropout_of_nothing():
    return Model(x := features(), layers.Dropout(0.0)(head(x)))


def activation_as_a_layer():
    x = features()
    y = layers.PReLU()(Dense(8)(layers.ReLU()(Dense(8)(x))))
    return Model(x, head(ops.tanh(Dense(8)(y))))


def linear_bottleneck():
    x = features(64)
    return Model(x, Dense(64)(Dense(4, name="code")(x)))


def linear_layer_used_twice():
    x = features()
    code = Dense(8, name="code")(x)
    return Model(x, [code, head(code)])


def normalization_between():
    x = photo(8)
    y = layers.BatchNormalization()(layers.Conv2D(4, 3)(x))
    return Model(x, head(layers.Flatten()(layers.ReLU()(y))))


def embedding_of_numbers():
    return Model(x := words(), head(layers.Flatten()(layers.Embedding(9, 4)(x))))


def float64_on_purpose():
    x = Input((4,), dtype="float64", name="x")
    return Model(x, x + np.ones(4))


def input_that_is_an_output():
    x, y = features(), features(3, "copy")
    return Model([x, y], [head(x), y])


def two_heads():
    left, right = features(8, "left"), features(8, "right")
    score = Dense(1, name="score")
    outputs = [layers.Identity(name=name)(score(x)) for name, x in (("one", left), ("two", right))]
    return Model([left, right], outputs)


def shared_head_in_a_dict():
    left, right = features(8, "left"), features(8, "right")
    score = Dense(1, name="score")
    return Model([left, right], {"left": score(left), "right": score(right)})


KEPT = []


def one_graph_for_two_models():
    x = features()
    code = hidden(x, 4)
    other = Model(x, hidden(code, 8))
    KEPT.append(other)
    return Model(x, head(code))


def encoder_of_an_autoencoder():
    x = features()
    code = hidden(x, 4)
    KEPT.append(Model(x, hidden(hidden(code, 6), 8)))
    return Model(x, code)


def extractor_of_a_network():
    network = Model(x := features(), head(hidden(hidden(x, 6, "low"), 5, "high")))
    KEPT.append(network)
    return Model(network.input, network.get_layer("low").output)


def new_head_on_an_old_network():
    network = Model(x := features(), head(hidden(x, 6, "low")))
    KEPT.append(network)
    return Model(network.input, Dense(2, name="new")(network.get_layer("low").output))


def cell_that_ran_twice():
    x = features()
    for _ in range(2):
        model = Model(x, Dense(3, activation="softmax")(x))
    return model


def tried_after_the_model():
    model = Model(x := features(), head(x))
    Dense(9)(x)
    return model


def result_kept_in_a_list():
    x = features()
    KEPT.append(Dense(9)(x))
    return Model(x, head(x))


def sequential_made_by_add():
    model = keras.Sequential([Input((8,))])
    for _ in range(3):
        model.add(Dense(8, activation="relu"))
    return model


def model_of_layers_of_a_sequential():
    model = sequential_made_by_add()
    return Model(model.inputs, model.layers[1].output)


def masked_embedding():
    text = words()
    return Model(text, head(layers.LSTM(4)(layers.Embedding(9, 4, mask_zero=True)(text))))


def masked_embedding_through_layers():
    text, other = words("text"), words("other")
    embed = layers.Embedding(9, 4, mask_zero=True)
    x = layers.Add()([embed(text), layers.Dropout(0.1)(embed(other))])
    y = layers.Concatenate()([x, layers.LSTM(4, return_sequences=True)(x)])
    return Model([text, other], head(layers.GRU(4)(y)))


def mask_that_no_layer_uses():
    text = words()
    x = layers.Embedding(9, 4, mask_zero=True)(text)
    return Model(text, head(layers.Flatten()(hidden(x * 2))))


def mask_handed_over():
    text = words()
    embed = layers.Embedding(9, 4, mask_zero=True)
    x = embed(text) * 2
    return Model(text, head(layers.LSTM(4)(x, mask=embed.compute_mask(text))))


def no_mask_at_all():
    text = words()
    return Model(text, head(layers.LSTM(4)(layers.Embedding(9, 4)(text) * 2)))


def named_function(t):
    return t * SCALE


SCALE = np.float32(2.0)
secret = Dense(4, name="leftover")  # a global with the name of an attribute below


class OwnsItsLayers(layers.Layer):
    def __init__(self, **settings):
        super().__init__(**settings)
        self.secret = Dense(4)
        self.table = [Dense(4), {"more": Dense(4)}]
        self.constant = tf.constant(2.0)

    def call(self, x):
        return self.secret(x) * self.constant + self.table[0](x) + self.table[1]["more"](x)


def custom_layer_that_owns_its_layers():
    return Model(x := features(), head(OwnsItsLayers()(x)))


def lambda_without_weights():
    flat = layers.Flatten()
    x = features()
    y = layers.Lambda(named_function)(x)
    return Model(x, head(layers.Lambda(lambda_of(flat))(y)))


def lambda_of(layer):
    def through(t):
        return layer(t)

    return through


def tied_weights():
    table = layers.Embedding(9, 4, name="table")
    text = words()
    x = layers.LSTM(4)(table(text))

    def logits(t):
        return ops.matmul(t, ops.transpose(table.embeddings))

    return Model(text, layers.Lambda(logits, output_shape=(9,))(x))


def argument_in_get_config():
    return Model(x := features(), head(ScaleSaved(5.0)(x)))


def get_config_without_a_default_that_is_used():
    return Model(x := features(), head(ScaleNotSaved()(x)))


def frozen_base():
    base = backbone()
    base.trainable = False
    return compiled(Model(x := features(), head(base(x, training=False))), loss="mse")


def thawed_top_of_a_base():
    base = backbone()
    for layer in base.layers[:-1]:
        layer.trainable = False
    return compiled(Model(x := features(), head(base(x))), loss="mse")


def frozen_before_compile():
    model = Model(x := features(), head(hidden(x, 4, "low")))
    model.get_layer("low").trainable = False
    return compiled(model, loss="mse")


def compiled_again():
    model = frozen_after_compile()
    return compiled(model, loss="mse")


def training_not_said():
    x = features()
    y = layers.BatchNormalization()(layers.Dropout(0.5)(x))
    y = layers.Dropout(0.5)(y, training=None)
    return Model(x, head(y))


def training_said_where_it_changes_nothing():
    x = features()
    inner = keras.Sequential([Input((8,)), Dense(4, activation="relu")])
    return Model(x, head(inner(x, training=False)))


class AlwaysDrops(layers.Layer):
    def __init__(self, **settings):
        super().__init__(**settings)
        self.drop = layers.Dropout(0.5)

    def call(self, x):
        return self.drop(x, training=True)


def dropout_kept_on_by_a_layer():
    return Model(x := features(), head(AlwaysDrops()(x)))


def softmax_that_keras_still_sees():
    x = features()
    model = Model(x, layers.Identity()(layers.Activation("linear")(head(x))))
    return compiled(model, loss=keras.losses.CategoricalCrossentropy(from_logits=True))


def probabilities_averaged():
    x = features()
    heads = [Dense(3, activation="softmax")(x) for _ in range(2)]
    return compiled(Model(x, layers.Average()(heads)), loss="sparse_categorical_crossentropy")


def logits_reshaped():
    model = Model(x := features(), layers.Reshape((3, 1))(head(x, 3, None)))
    return compiled(model, loss=keras.losses.CategoricalCrossentropy(from_logits=True, axis=1))


def softmax_inside_then_logits():
    x = features()
    model = Model(x, Dense(3)(layers.Reshape((8, 1))(head(x, 8))[:, :, 0]))
    return compiled(model, loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))


def values_and_a_regression_loss():
    return compiled(Model(x := features(), head(x, 1, None)), loss="mse", metrics=["mae"])


def own_loss():
    return compiled(Model(x := features(), head(x, 1, None)), loss=lambda y, p: ops.mean(y - p))


def unknown_head():
    model = Model(x := features(), layers.BatchNormalization()(Dense(3)(x)))
    return compiled(model, loss="categorical_crossentropy")


def binary_logits_with_threshold():
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    metrics = [keras.metrics.BinaryAccuracy(threshold=0.0)]
    return compiled(Model(x := features(), head(x, 1, None)), loss=loss, metrics=metrics)


def accuracy_of_class_logits():
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return compiled(Model(x := features(), head(x, 3, None)), loss=loss, metrics=["accuracy"])


def accuracy_of_the_other_output():
    x = features()
    flag, size = Dense(1, name="flag")(x), head(x, 1, "sigmoid")
    return compiled(
        Model(x, [flag, size]),
        loss=[keras.losses.BinaryCrossentropy(from_logits=True), "binary_crossentropy"],
        metrics=[[], ["accuracy"]],
    )


def all_lists():
    return compiled(two_outputs(), loss=["mse", "mae"], loss_weights=[1.0, 0.2])


def all_dicts():
    for structure in ("list", "dict"):
        model = compiled(
            two_outputs(structure),
            loss={"priority": "mse", "department": "mae"},
            loss_weights={"priority": 1.0, "department": 0.2},
            metrics={"priority": ["mae"]},
        )
    return model


def list_losses_and_dict_weights_in_the_order_of_the_alphabet():
    x = features()
    model = Model(x, [Dense(1, name="a")(x), Dense(1, name="b")(x)])
    return compiled(model, loss=["mse", "mae"], loss_weights={"b": 0.2, "a": 1.0})


def dict_outputs_and_list_of_equal_losses():
    return compiled(two_outputs("dict"), loss=["mse", "mse"])


def dict_losses_and_list_weights():
    losses = {"priority": "mse", "department": "mae"}
    return compiled(two_outputs(), loss=losses, loss_weights=[1.0, 0.2])


def one_loss_for_one_output():
    return compiled(Model(x := features(), head(x, 1, None)), loss=["mse"], metrics=["mae"])


def output_without_a_loss():
    return compiled(two_outputs(), loss=["mse", None])


LOOK_LIKE_IT = [
    value
    for name, value in list(globals().items())
    if inspect.isfunction(value)
    and value.__module__ == __name__
    and not inspect.signature(value).parameters
    and value not in [build for build, *_ in HAVE_IT]
    and not name.startswith("test_")
]


@pytest.mark.parametrize("build", LOOK_LIKE_IT, ids=lambda build: build.__name__)
def test_nothing_is_found_in_what_only_looks_like_a_trap(build):
    try:
        assert find_traps(build()) == ()
    finally:
        KEPT.clear()


def test_every_kind_of_trap_has_a_model_that_has_it():
    told = {trap.kind for build, *_ in HAVE_IT for trap in find_traps(build())}
    assert {kind for _, kind, _ in HAVE_IT} <= told


@pytest.mark.parametrize(
    "name", ["ResNet50", "DenseNet121", "EfficientNetB0", "MobileNetV2", "VGG16"]
)
def test_the_networks_of_keras_have_no_traps(name):
    assert find_traps(getattr(keras.applications, name)(weights=None)) == ()


REFERENCES = [
    (exercise.name, reference)
    for exercise in registry().values()
    if exercise.kind == "model"
    for reference in (exercise.reference, *exercise.others)
]


@pytest.mark.parametrize(("name", "reference"), REFERENCES, ids=[name for name, _ in REFERENCES])
def test_the_references_of_the_exercises_have_no_traps(name, reference):
    # As in a notebook, whose variables keep the models that were made on the way.
    with collection_paused():
        assert find_traps(reference()) == ()


# What is found, as a list -------------------------------------------------------------------------


def everything_at_once():
    x, spare = features(), features(3, "spare")
    y = layers.Lambda(lambda t: t / 2)(x)
    y = layers.Add()([hidden(y, 8), hidden(y, 1)])
    model = Model([x, spare], head(y, 10, None))
    return compiled(model, loss="sparse_categorical_crossentropy")


def test_the_most_harmful_comes_first():
    assert kinds(everything_at_once()) == ["logits", "broadcast", "unused input", "lambda"]


def test_each_sentence_is_one_sentence_without_blame():
    for build in {build for build, *_ in HAVE_IT}:
        for trap in find_traps(build()):
            for text in (trap.message, trap.why):
                assert text.endswith(".")
                assert not re.search(r"[.!?] [A-Z]", text), text
                assert not re.search(r"!|incorrect|wrong(ly)? you|your mistake", text.lower())
                assert text.count("`") % 2 == 0


def test_the_path_leads_to_the_named_call():
    (trap,) = find_traps(mask_lost_in_a_nested_model())
    graph = read(mask_lost_in_a_nested_model())
    inner = graph.operation(trap.path[0])
    assert inner.name == "inner"
    assert inner.graph.operation(trap.path[1]).class_name == "Multiply"
    assert trap.name.startswith("inner/multiply")


def test_a_nested_model_called_twice_has_its_traps_once():
    inner_in = Input((8,))
    inner = Model(inner_in, layers.Add()([hidden(inner_in, 8), hidden(inner_in, 1)]))
    x, y = features(8, "x"), features(8, "y")
    assert kinds(Model([x, y], head(layers.Concatenate()([inner(x), inner(y)])))) == ["broadcast"]


def test_inputs_whose_rows_stay_apart_are_told_each():
    x, y = Input((None, 8), name="x"), Input((None, 8), name="y")
    found = find_traps(Model([x, y], head(hidden(layers.Add()([hidden(x), y])))))
    assert [(trap.kind, trap.name) for trap in found] == [("batch", "x"), ("batch", "y")]


def test_a_sequential_model_is_looked_at_too():
    model = keras.Sequential([Input((8,)), Dense(8), Dense(1, activation="softmax")])
    assert kinds(model) == ["softmax", "activation"]


@pytest.mark.parametrize("make", [lambda: keras.Sequential([Dense(1)]), lambda: Dense(1)])
def test_what_has_no_graph_is_refused(make):
    with pytest.raises(NotReadable):
        find_traps(make())


def test_a_graph_that_was_read_before_is_not_read_again(monkeypatch):
    model = everything_at_once()
    graph = read(model)
    found = find_traps(model)
    monkeypatch.setattr(silent, "read", None)
    assert find_traps(model, graph) == found


def test_looking_for_traps_changes_nothing():
    model = everything_at_once()
    before = read(model), model.trainable, hidden(features()).name
    find_traps(model)
    number = int(before[2].rpartition("_")[2])
    assert read(model) == before[0]
    assert hidden(features()).name == f"keras_tensor_{number + 1}"


def trap(number=0, why="Because."):
    return Trap("merge", f"`a<b>_{number}` & co receives one tensor.", why, "a<b>")


def test_no_traps_is_said_so():
    assert not Traps()
    assert repr(Traps()) == "✓ No traps found."
    assert "No traps found." in Traps()._repr_html_()


def test_a_list_of_traps_reads_like_a_list():
    traps = Traps((trap(1), trap(2)))
    assert bool(traps)
    assert len(traps) == 2
    assert list(traps) == [traps[0], traps[1]]


def test_traps_with_one_reason_are_told_together_and_cut():
    text = repr(Traps((*map(trap, range(9)), trap(9, "Also."))))
    assert text.startswith("⚠ 10 traps")
    assert text.count("Because.") == 1
    assert "`a<b>_4`" in text
    assert "`a<b>_5`" not in text
    assert "… and 4 more like these." in text
    assert text.index("Because.") < text.index("`a<b>_9`") < text.index("Also.")


def test_a_line_of_text_does_not_end_within_code():
    for build in (left_out_layer, mask_lost_by_ops, softmax_of_one):
        for line in repr(Traps(find_traps(build()))).split("\n"):
            assert line.count("`") % 2 == 0
            assert len(line) <= 120


def test_names_are_escaped_in_html():
    page = Traps((trap(why="Write `x < y`."),))._repr_html_()
    assert "a<b>" not in page
    assert "<code>a&lt;b&gt;_0</code> &amp; co" in page
    assert "<code>x &lt; y</code>" in page
    assert "<script" not in page


# Private parts of Keras ---------------------------------------------------------------------------


def test_live_calls_stand_in_the_order_of_the_nodes():
    model = dropout_always_on()
    graph, calls = read(model), live_calls(model)
    names = [graph.operation(number).name for number in range(len(graph.nodes))]
    assert [operation.name for operation, _ in calls] == names
    assert [training for _, training in calls] == [None, True, None]


def test_outbound_nodes_hold_the_calls_that_receive_what_an_operation_returns():
    x = features()
    dense = Dense(2)
    dense(x)
    (node,) = x._keras_history.operation._outbound_nodes
    assert node.operation is dense


def test_dead_ends_are_branches_with_what_else_is_called_there():
    (((branch,), others),) = dead_ends(left_out_branch())
    assert [type(operation).__name__ for operation in branch] == ["Dense", "Relu"]
    assert [operation.name for operation in others] == ["head"]


def test_memory_is_looked_through_only_where_something_else_holds_a_result(monkeypatch):
    def refuse(*_):
        raise AssertionError

    monkeypatch.setattr("gc.get_referrers", refuse)
    for build in (left_out_layer, left_out_branch, loop_that_does_not_chain):
        assert kinds(build()) == ["left out"]
    with pytest.raises(AssertionError):
        find_traps(result_kept_in_a_list())
    KEPT.clear()


def test_a_variable_of_the_notebook_does_not_count_as_use(monkeypatch):
    x = features()
    monkeypatch.setattr("__main__.lost", hidden(x, 4, "lost"), raising=False)
    monkeypatch.setattr("gc.get_referrers", None)
    assert kinds(Model(x, head(x))) == ["left out"]


def test_a_variable_of_a_function_does_not_count_as_use():
    x = features()
    lost = hidden(x, 4, "lost")
    assert kinds(Model(x, head(x))) == ["left out"]
    assert lost.shape == (None, 4)


def test_a_diamond_that_is_left_out_is_walked_through_once():
    x = y = features()
    for _ in range(60):
        y = layers.Add()([layers.ReLU()(y), layers.Activation("tanh")(y)])
    assert len(dead_ends(Model(x, head(x)))) == 1


def test_compiled_trainable_state_says_what_was_trainable_when_compile_was_called():
    model = frozen_after_compile()
    assert model._compiled_trainable_state[model.get_layer("base")] is True
    assert [(layer.name, was) for layer, was in changed_since_compile(model)] == [("base", True)]


# The facts behind the traps, measured -------------------------------------------------------------


def true_loss(model, x, classes):
    """The crossentropy of what a model predicts, worked out without Keras."""
    chosen = np.take_along_axis(model.predict(x, verbose=0), classes[..., None], -1)
    return -np.log(np.maximum(chosen, 1e-7)).mean()


def steep_head(x, activation="softmax"):
    start = keras.initializers.RandomNormal(stddev=0.8, seed=1)
    return Dense(3, activation=activation, kernel_initializer=start)(x)


def twice(x):
    return layers.Average()([x, layers.Identity()(x)])


@pytest.mark.parametrize(
    ("after", "repaired"),
    [
        (lambda x: x, True),
        (lambda x: layers.Identity()(x), True),
        (lambda x: layers.Activation("linear")(x), True),
        (lambda x: layers.ActivityRegularization()(x), True),
        (lambda x: ops.cast(x, "float32"), True),
        (lambda x: layers.Dropout(0.001)(x), False),
        (lambda x: layers.Reshape((3,))(x), False),
        (lambda x: layers.Reshape((1, 3))(x), False),
        (lambda x: layers.Flatten()(x), False),
        (twice, False),
    ],
)
def test_keras_repairs_a_softmax_before_a_loss_with_logits_where_no_trap_is_told(after, repaired):
    x = features(4)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    keras.utils.set_random_seed(1)
    model = compiled(Model(x, after(steep_head(x))), loss=loss)
    data = np.random.default_rng(0).normal(size=(32, 4)).astype("float32")
    classes = np.random.default_rng(1).integers(0, 3, (32, *model.output_shape[1:-1]))
    expected = true_loss(model, data, classes)
    told = "logits" in kinds(model)
    seen = model.fit(data, classes, batch_size=32, verbose=0).history["loss"][0]
    assert np.isclose(seen, expected, rtol=0.02) == repaired
    assert told == (not repaired)


def padded_and_not(build):
    """What a model returns for a text with and without padding after its words."""
    model = build()
    short = np.array([[1, 2, 3, 0, 0]])
    results = [model([short] * len(model.inputs))]
    for layer in model.layers:
        if isinstance(layer, layers.Embedding):
            table = layer.get_weights()[0]
            table[0] += 5.0
            layer.set_weights([table])
    return [*results, model([short] * len(model.inputs))]


@pytest.mark.parametrize(
    ("build", "reads_padding"),
    [
        (mask_lost_by_an_operator, True),
        (mask_lost_by_ops, True),
        (mask_lost_by_a_convolution, True),
        (mask_lost_by_an_unmasked_partner, True),
        (mask_lost_in_a_nested_model, True),
        (masked_embedding, False),
        (masked_embedding_through_layers, False),
        (mask_handed_over, False),
    ],
)
def test_padding_is_read_where_a_lost_mask_is_told(build, reads_padding):
    before, after = padded_and_not(build)
    assert np.allclose(before, after) != reads_padding


def losses_of(build):
    """The total of a model with outputs (1, 10) away from their targets, weights aside."""
    model = build()
    for weight in model.weights:
        weight.assign(np.zeros(weight.shape))
    targets = {"priority": np.ones((4, 1)), "department": np.full((4, 2), 10.0)}
    if not isinstance(model.output, dict):
        targets = [targets["priority"], targets["department"]]
    return model.evaluate(np.zeros((4, 8)), targets, verbose=0, return_dict=True)["loss"]


@pytest.mark.parametrize(
    ("build", "total"),
    [
        (all_lists, 1 * 1 + 0.2 * 10),
        (dict_losses_and_list_weights, 1 * 1 + 0.2 * 10),
        (list_losses_and_dict_weights, 0.2 * 1 + 1 * 10),
        (dict_outputs_and_list_losses, 1 + 100),
        (dict_outputs_and_list_weights, 0.2 * 1 + 1 * 10),
        (one_loss_in_a_list, 1),
    ],
)
def test_the_order_of_lists_and_dicts_is_what_the_traps_say(build, total):
    assert np.isclose(losses_of(build), total)


def trained(model, name):
    """Whether `fit` changes the weights of the layer `name`, wherever it is."""
    places = [model, *(layer for layer in model.layers if isinstance(layer, keras.Model))]
    (layer,) = [part for place in places for part in place.layers if part.name == name]
    before = layer.get_weights()
    model.fit(np.ones((8, 8)), np.ones((8, 3)), verbose=0)
    return any(not np.array_equal(a, b) for a, b in zip(before, layer.get_weights(), strict=True))


def test_a_trainable_part_of_a_frozen_model_is_trained():
    model = compiled(frozen_base_with_a_trainable_layer(), loss="mse")
    assert trained(model, "high")
    assert not trained(model, "low")


def test_a_layer_frozen_after_a_fit_is_still_trained():
    model = compiled(Model(x := features(), head(hidden(x, 4, "low"))), loss="mse")
    assert trained(model, "low")
    model.get_layer("low").trainable = False
    assert kinds(model) == ["compile"]
    assert trained(model, "low")
    assert not trained(compiled(model, loss="mse"), "low")


def test_statistics_move_in_fit_where_training_is_written_as_false():
    assert trained(compiled(base_in_inference_mode(), loss="mse"), "norm")
    assert not trained(compiled(frozen_base(), loss="mse"), "norm")


def test_predict_turns_a_dropout_off_and_a_layer_keeps_it_on():
    data = np.ones((4, 8))
    for build, kept in ((dropout_always_on, False), (dropout_kept_on_by_a_layer, True)):
        model = build()
        results = [model.predict(data, verbose=0) for _ in range(2)]
        assert np.allclose(*results) != kept


@pytest.mark.parametrize(
    "build", [dense_in_a_lambda, global_layer_in_a_custom_layer, tf_variable_in_a_custom_layer]
)
def test_hidden_weights_are_not_in_the_model(build):
    assert {weight.path.split("/")[0] for weight in build().weights} == {"head"}


def test_layers_in_a_row_without_activation_are_one_layer():
    model = two_dense_without_activation()
    first, last = model.get_layer("first"), model.get_layer("head")
    one = Model(x := features(), head(x))
    kernel = first.kernel @ last.kernel
    one.get_layer("head").set_weights([kernel, first.bias @ last.kernel + last.bias])
    data = np.random.default_rng(0).normal(size=(5, 8)).astype("float32")
    assert np.allclose(model(data), one(data), atol=1e-5)
