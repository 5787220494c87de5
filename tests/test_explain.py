"""Keras' errors in plain words: each known mistake raised for real, and what must stay silent."""

from __future__ import annotations

import json
import linecache
import os
import re
import subprocess
import sys
import types

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers, ops

from exercises_check.explain import Explanation, explain, install, uninstall
from exercises_check.explain.catalogue import ENTRIES, case_of
from exercises_check.explain.disconnected import explanation_of as disconnected

MISTAKES = []


def mistake(entry, what="", where="", try_this=""):
    """Registers a function that makes a mistake, with words that its explanation must have.

    Several words are separated by `|`.
    """

    def register(function):
        words = {"what": what, "where": where, "try_this": try_this}
        MISTAKES.append(pytest.param(function, entry, words, id=function.__name__))
        return function

    return register


def raised(function) -> BaseException:
    try:
        function()
    except BaseException as error:
        return error
    raise AssertionError(f"`{function.__name__}` raises nothing")


def one_output(units=3, **settings):
    inputs = keras.Input((8,))
    model = keras.Model(inputs, layers.Dense(units, name="score")(inputs))
    model.compile(**{"loss": "mse", "optimizer": "sgd", **settings})
    return model


def two_layers(name):
    inputs = keras.Input((8,))
    return keras.Model(inputs, layers.Dense(2)(layers.Dense(4, name=name)(inputs)))


def two_outputs(**settings):
    inputs = keras.Input((8,))
    outputs = [layers.Dense(1, name="price")(inputs), layers.Dense(1, name="risk")(inputs)]
    model = keras.Model(inputs, outputs)
    model.compile(**{"loss": ["mse", "mse"], "optimizer": "sgd", **settings})
    return model


def two_inputs():
    left, right = keras.Input((8,), name="left"), keras.Input((8,), name="right")
    model = keras.Model([left, right], layers.Dense(1)(layers.Add()([left, right])))
    model.compile(loss="mse", optimizer="sgd")
    return model


def saved_and_loaded(layer, folder="model.keras", **settings):
    inputs = keras.Input((8,))
    model = keras.Model(inputs, layer(inputs))
    path = os.path.join(SCRATCH, folder)
    model.save(path)
    return keras.models.load_model(path, **settings)


X = np.zeros((4, 8), "float32")
Y = np.zeros((4, 1), "float32")
SCRATCH = ""


@pytest.fixture(autouse=True)
def _scratch(tmp_path, monkeypatch):
    monkeypatch.setattr(sys.modules[__name__], "SCRATCH", str(tmp_path))


# How layers are made and called -------------------------------------------------------------------


@mistake(
    "a tensor handed to the constructor of a layer",
    what="`Flatten(...)` makes a layer|the tensor `x`",
    where="layers.Flatten(x)",
    try_this="`layers.Flatten()(x)`",
)
def a_tensor_in_the_parentheses_of_flatten():
    x = keras.Input((8, 8))
    layers.Flatten(x)


@mistake(
    "a tensor handed to the constructor of a layer",
    what="`Dense(...)` makes a layer",
    try_this="`layers.Dense(64, use_bias=False)(x)`",
)
def a_tensor_as_the_activation_of_dense():
    x = keras.Input((8,))
    layers.Dense(64, x, use_bias=False)


@mistake(
    "a tensor handed to the constructor of a layer",
    what="the tensor `x`",
    try_this="`layers.Dense(...)(x)`",
)
def a_tensor_as_the_units_of_dense():
    x = keras.Input((8,))
    layers.Dense(x)


@mistake(
    "a tensor handed to the constructor of a layer",
    what="`Add(...)` makes a layer|`[a, b]`",
    try_this="`layers.Add()([a, b])`",
)
def a_list_of_tensors_in_the_parentheses_of_add():
    a, b = keras.Input((8,)), keras.Input((8,))
    layers.Add([a, b])


@mistake("a tensor handed over as a setting", what="A setting", try_this="`layers.Flatten()(x)`")
def a_tensor_as_a_setting_in_a_call_that_cannot_be_looked_up():
    makers = {"flatten": layers.Flatten}
    makers["flatten"](keras.Input((8, 8)))


@mistake(
    "the function of a merge layer called without tensors",
    what="`layers.add` is a function",
    try_this="`layers.add([a, b])`|`layers.Add()([a, b])`",
)
def the_function_add_called_like_a_class():
    a, b = keras.Input((8,)), keras.Input((8,))
    layers.add()([a, b])


@mistake(
    "a merge layer called on separate tensors",
    what="`Add` takes one argument|receives 2",
    where="`a` has shape `(None, 8)`",
    try_this="`layers.Add()([a, b])`",
)
def add_called_on_two_tensors_without_a_list():
    a, b = keras.Input((8,)), keras.Input((8,))
    layers.Add()(a, b)


@mistake(
    "a layer called with too many arguments",
    what="`Flatten` takes fewer arguments than the 2",
    where="The layer is `flat`",
    try_this="`layer(x)`",
)
def flatten_called_on_two_tensors():
    a, flat = keras.Input((8,)), layers.Flatten()
    flat(a, a)


@mistake(
    "a merge layer called on one tensor",
    what="one tensor, of shape `(None, 8)`",
    where="The layer is `merge`",
    try_this="`layers.Add()([a, b])`",
)
def add_called_on_one_tensor():
    a, merge = keras.Input((8,)), layers.Add()
    merge(a)


@mistake(
    "Concatenate([a, b]) without a call, then used as a tensor",
    what="nothing is joined yet",
    try_this="`layers.Concatenate()([a, b])`",
)
def concatenate_with_one_pair_of_parentheses_before_a_layer():
    a, b = keras.Input((8,)), keras.Input((8,))
    layers.Dense(2)(layers.Concatenate([a, b]))


@mistake(
    "a layer handed to a layer",
    what="`hidden`, a `Dense` layer, is not called yet",
    where="layers.Dense(2)(hidden)",
    try_this="`x = layers.Dense(...)(x)`",
)
def a_layer_called_on_a_layer():
    hidden = layers.Dense(4)
    layers.Dense(2)(hidden)


@mistake(
    "a class of layers handed to a layer", what="The class `ReLU`", try_this="layers.ReLU(...)"
)
def a_layer_called_on_a_class():
    layers.Dense(2)(layers.ReLU)


@mistake(
    "something that is no tensor handed to a layer",
    what="`4`, of type `int`",
    where="The layer is `dense`",
    try_this="`layer(x)`",
)
def a_layer_called_on_a_number():
    dense = layers.Dense(2)
    dense(4)


@mistake(
    "a tensor called like a layer",
    what="`x` is a tensor",
    where="x(x)",
    try_this="`x = dense(x)`",
)
def a_tensor_called():
    x = keras.Input((8,))
    x(x)


@mistake(
    "a layer handed to a layer",
    what="`branch`, a `Dense` layer, is not called yet",
    try_this="`x = layers.Dense(...)(x)`",
)
def a_layer_among_the_tensors_of_add():
    x, branch, merge = keras.Input((8,)), layers.Dense(8), layers.Add()
    merge([x, branch])


@mistake("a tensor called like a layer", what="`layers.Dense(4)(x)` is a tensor")
def a_layer_called_twice_in_a_row():
    x = keras.Input((8,))
    layers.Dense(4)(x)(x)


# How a model is made ------------------------------------------------------------------------------


@mistake(
    "Concatenate([a, b]) without a call, used as an output",
    what="`joined` is a layer|nothing is joined yet",
    try_this="`layers.Concatenate()([a, b])`",
)
def concatenate_with_one_pair_of_parentheses_as_output():
    a, b = keras.Input((8,)), keras.Input((8,))
    joined = layers.Concatenate([a, b])
    keras.Model([a, b], joined)


@mistake("a layer as output", what="`outputs` contains `head`, a layer", try_this="layer(x)`")
def a_layer_as_output():
    inputs, head = keras.Input((8,)), layers.Dense(2)
    keras.Model(inputs, head)


@mistake(
    "a layer that was called, as output",
    what="`outputs` contains `features`, a layer|was called already",
    try_this="`.output`, written behind it, is the tensor that it returned",
)
def a_layer_of_a_model_as_output():
    model = two_layers("features")
    keras.Model(model.input, model.get_layer("features"))


@mistake(
    "a layer that was called, as output",
    what="`head`",
    try_this="`head.output` is the tensor that it returned",
)
def a_called_layer_as_output():
    inputs, head = keras.Input((8,)), layers.Dense(2)
    head(inputs)
    keras.Model(inputs, [head])


@mistake(
    "a layer that was called, as output",
    what="was called 2 times already",
    try_this="keep the one you want, `x = layer(...)`. `head.output` is that of the first call",
)
def a_layer_that_was_called_twice_as_output():
    inputs, head = keras.Input((8,)), layers.Dense(8)
    head(head(inputs))
    keras.Model(inputs, head)


@mistake(
    "a layer that was called, as output", what="`inputs` contains", try_this="`middle.output` is"
)
def a_called_layer_as_input():
    model = two_layers("middle")
    middle = model.get_layer("middle")
    keras.Model(middle, model.output)


@mistake("a layer as output", try_this="layer(x)`")
def a_layer_that_was_called_on_something_else_as_output():
    inputs, head = keras.Input((8,)), layers.Dense(2)
    head(keras.Input((8,)))
    keras.Model(inputs, head)


@mistake("an InputLayer as input", what="`inputs` contains `start`", try_this="keras.Input(shape=")
def an_input_layer_as_input():
    inputs, start = keras.Input((8,)), layers.InputLayer((8,))
    keras.Model(start, inputs)


@mistake("a model as output", what="`base`, a model", try_this="`outputs = base(inputs)`")
def a_model_as_output():
    inputs, base = keras.Input((8,)), one_output()
    keras.Model(inputs, base)


@mistake("an array as input", what="data, of type `ndarray`", try_this="keras.Input(shape=")
def an_array_as_input():
    keras.Model(X, layers.Dense(2)(keras.Input((8,))))


@mistake("None as input or output", what="`outputs` contains `None`", try_this="`return`")
def a_builder_that_forgets_return():
    def tower(x):
        layers.Dense(2)(x)

    inputs = keras.Input((8,))
    keras.Model(inputs, tower(inputs))


@mistake("something else as input or output", what="a value of type `int`", try_this="tensors")
def a_number_as_output():
    keras.Model(keras.Input((8,)), 3)


@mistake(
    "Model(input=, output=)",
    what="receives `input` and `output`",
    where="keras.Model(input=",
    try_this="`keras.Model(inputs=..., outputs=...)`",
)
def input_and_output_without_an_s():
    inputs = keras.Input((8,))
    keras.Model(input=inputs, output=layers.Dense(2)(inputs))


@mistake("Model(input=, output=)", what="receives `output`.")
def output_without_an_s():
    inputs = keras.Input((8,))
    keras.Model(inputs=inputs, output=layers.Dense(2)(inputs))


@mistake("Model with only inputs or only outputs", what="`inputs` alone", try_this="outputs=...")
def a_model_without_outputs():
    keras.Model(inputs=keras.Input((8,)))


@mistake("Model with one argument", what="both its inputs and", try_this="(inputs, outputs)")
def a_model_of_one_tensor():
    keras.Model(keras.Input((8,)))


@mistake(
    "one name for two layers",
    what="2 layers or inputs|name `hidden`",
    where="keras.Model(inputs, x)",
    try_this="hidden_{i}",
)
def two_layers_of_one_name():
    inputs = keras.Input((8,))
    x = layers.Dense(2, name="hidden")(layers.Dense(2, name="hidden")(inputs))
    keras.Model(inputs, x)


@mistake(
    "a layer looked up by a wrong name",
    what="`model` has no layer named `scores`|`score`",
    where="Its layers: ",
    try_this="one of these names",
)
def a_layer_looked_up_by_a_wrong_name():
    model = one_output()
    model.get_layer("scores")


@mistake(
    "a layer looked up by its position",
    what="a layer with the name `1`",
    try_this="`model.get_layer(index=1)`|`model.layers[1]`",
)
def a_layer_looked_up_by_a_number():
    model = one_output()
    model.get_layer(1)


@mistake(
    "a layer looked up outside the nested model it is in",
    what="`inner_conv` is inside the nested model `backbone`",
    try_this='outer.get_layer("backbone").get_layer("inner_conv")',
)
def a_layer_looked_up_outside_its_nested_model():
    start = keras.Input((8, 8, 3))
    base = keras.Model(start, layers.Conv2D(2, 3, name="inner_conv")(start), name="backbone")
    inputs = keras.Input((8, 8, 3))
    outer = keras.Model(inputs, base(inputs))
    outer.get_layer("inner_conv")


@mistake("a layer looked up by too large a number", what="`model` has 2 layers|no layer 7")
def a_layer_looked_up_beyond_the_last():
    model = one_output()
    model.get_layer(index=7)


@mistake("output of a layer that was never called", what="`dense` was never called|`output`")
def the_output_of_a_layer_that_was_never_called():
    dense = layers.Dense(2)
    _ = dense.output


@mistake(
    "output of a Sequential without an input shape",
    what="`model` does not know its input shape",
    try_this="`keras.Input(shape=...)` first",
)
def the_output_of_a_sequential_without_input():
    model = keras.Sequential([layers.Dense(2)])
    _ = model.output


@mistake("output of a Sequential that was never called", try_this="`model.outputs[0]`")
def the_output_of_a_sequential_that_was_not_called():
    model = keras.Sequential([keras.Input((8,)), layers.Dense(2)])
    _ = model.output


@mistake(
    "model.add on a functional model",
    what="`model` is a functional model|`add`",
    try_this="`x = layers.Dense(2)(model.output)`|`keras.Model(model.input, x)`",
)
def add_on_a_functional_model():
    model = one_output()
    model.add(layers.Dense(2))


@mistake("the outputs of a model assigned", what="`outputs` of `model`", try_this="model.input, x)")
def outputs_assigned():
    model = one_output()
    model.outputs = []


# Shapes -------------------------------------------------------------------------------------------


@mistake(
    "a merge of two shapes",
    what="`Add` needs tensors of one shape|`(8,)` and `(4,)`",
    where="`wide` has shape `(None, 8)`, `small` has shape `(None, 4)`",
    try_this="`Dense`|`layers.Concatenate()`",
)
def add_of_two_widths():
    wide = keras.Input((8,))
    small = layers.Dense(4)(wide)
    layers.Add()([wide, small])


@mistake(
    "a merge of maps of two sizes",
    what="sizes before the channels differ",
    where="the output of `valid` has shape `(None, 30, 30, 3)`",
    try_this='padding="same"',
)
def a_skip_over_a_convolution_without_padding():
    image = keras.Input((32, 32, 3))
    layers.Add()([image, layers.Conv2D(3, 3, name="valid")(image)])


@mistake(
    "an operator between two shapes",
    what="element by element",
    where="`wide` has shape `(None, 8)`, `small` has shape `(None, 4)`",
    try_this="`layers.Concatenate()`",
)
def plus_between_two_widths():
    wide = keras.Input((8,))
    small = layers.Dense(4)(wide)
    wide + small


@mistake(
    "a concatenation of maps of two sizes",
    what="along axis -1|(None, 8, 8, 3)",
    where="`large` has shape `(None, 8, 8, 3)`",
    try_this="pooling",
)
def concatenate_of_two_sizes_of_maps():
    large, small = keras.Input((8, 8, 3)), keras.Input((4, 4, 3))
    layers.Concatenate()([large, small])


@mistake("ops.concatenate of two sizes", what="`(None, 8, 8, 3)` and `(None, 4, 4, 3)`")
def ops_concatenate_of_two_sizes_of_maps():
    ops.concatenate([keras.Input((8, 8, 3)), keras.Input((4, 4, 3))], axis=-1)


@mistake(
    "an LSTM on an LSTM that returns one vector",
    what="`LSTM` reads a sequence|`x`, of shape `(None, 2)`",
    where="The layer is `second`",
    try_this="`return_sequences=True`",
)
def an_lstm_on_an_lstm():
    x = layers.LSTM(2)(keras.Input((5, 3)))
    second = layers.LSTM(2)
    second(x)


@mistake(
    "images without a channel axis",
    what="`Conv2D` needs 4 axes|`(None, 28, 28)`",
    try_this="`keras.Input(shape=(28, 28, 1))`",
)
def images_without_channels():
    layers.Conv2D(2, 3)(keras.Input((28, 28)))


@mistake(
    "another number of axes than the layer needs",
    what="`pool` needs a tensor with 3 axes|`x`, with 2",
    try_this="`layers.Reshape`",
)
def pooling_over_steps_that_are_not_there():
    x, pool = keras.Input((8,)), layers.GlobalAveragePooling1D()
    pool(x)


@mistake(
    "a shared layer on two widths",
    what="`shared` was built for inputs with size 8|`narrow`, of shape `(None, 6)`",
    try_this="a second layer",
)
def a_shared_layer_on_two_widths():
    wide, narrow, shared = keras.Input((8,)), keras.Input((6,)), layers.Dense(2)
    shared(wide)
    shared(narrow)


class Twice(keras.Layer):
    def call(self, x):
        return ops.concatenate([x, x], -1)

    def compute_output_shape(self, input_shape):
        return input_shape


SAID = "a layer that returns another shape than it says"


@mistake(
    SAID,
    what="The layer `score` in `model` was built for inputs with size 2|receives an input of shape "
    "`(1, 4)`",
    where="model(np.zeros((1, 2)))",
    try_this="`double`, whose own `compute_output_shape` says `(None, 2)`",
)
def a_layer_that_says_a_wrong_shape():
    x = keras.Input((2,))
    double = Twice()
    outputs = layers.Dense(3, name="score")(layers.Dropout(0.5)(double(x)))
    model = keras.Model(x, outputs)
    model(np.zeros((1, 2)))


@mistake(
    SAID, what="`score` in `model`", where="model.fit(", try_this="`compute_output_shape` says"
)
def a_layer_that_says_a_wrong_shape_to_fit():
    model = keras.Sequential([keras.Input((2,)), Twice(), layers.Dense(3, name="score")])
    model.compile("sgd", "mse")
    model.fit(np.zeros((4, 2)), np.zeros((4, 3)), verbose=0)


@mistake(SAID, what="`score` in `model`", try_this="as `model.summary()` says")
def a_layer_that_is_not_as_it_was_when_the_model_was_made():
    repeat = layers.RepeatVector(3)
    x = keras.Input((2,))
    model = keras.Model(x, layers.Dense(1, name="score")(layers.Flatten()(repeat(x))))
    repeat.n = 4
    model(np.zeros((1, 2)))


@mistake(
    "a shared layer on two widths",
    what="The layer `score` in `encoder` was built for inputs with size 8|shape `(4, 6)`",
    try_this="the same size both times",
)
def a_sequential_model_on_two_widths():
    encoder = keras.Sequential([layers.Dense(2, name="score")])
    encoder.compile("sgd", "mse")
    encoder.fit(np.zeros((4, 8)), np.zeros((4, 2)), verbose=0)
    encoder.predict(np.zeros((4, 6)), verbose=0)


@mistake(
    "another number of axes than the layer needs",
    what="The layer `last` in `encoder` needs a tensor with 4 axes|receives an input with 3",
)
def a_layer_inside_a_sequential_model_on_too_few_axes():
    encoder = keras.Sequential([layers.Dense(8), layers.Conv2D(3, 3, name="last")])
    encoder(keras.Input((5, 7)))


@mistake("a shared layer on two widths", what="The layer `inner` was built for inputs with size 8")
def a_layer_inside_a_layer_on_two_widths():
    class Block(keras.Layer):
        def __init__(self):
            super().__init__()
            self.inner = layers.Dense(2, name="inner")

        def call(self, x):
            return self.inner(x)

    block = Block()
    block(keras.Input((8,)))
    block(keras.Input((6,)))


@mistake(
    "weights of an unknown size",
    what="`dense` has to make weights of shape `(None, 2)`",
    where="`x` has shape `(None, None)`",
    try_this="GlobalAveragePooling1D",
)
def flatten_of_an_unknown_length():
    x, dense = layers.Flatten()(keras.Input((None, 2))), layers.Dense(2)
    dense(x)


@mistake("an unknown number of channels", what="number of channels", try_this="(None, None, 3)")
def an_unknown_number_of_channels():
    layers.Conv2D(2, 3)(keras.Input((8, 8, None)))


@mistake(
    "more pooling than the map has pixels",
    what="`(None, 1, 1, 2)`|window `(2, 2)`",
    where="The layer is `last`",
    try_this="fewer pooling",
)
def too_much_pooling():
    last = layers.MaxPooling2D()
    last(keras.Input((1, 1, 2)))


@mistake("more pooling than the map has pixels", what="the kernel `(5, 5)`")
def a_kernel_larger_than_the_map():
    layers.Conv2D(2, 5)(keras.Input((2, 2, 2)))


@mistake("Reshape to another number of values", what="`(4, 4)`|`(15,)`", try_this="-1")
def reshape_to_another_size():
    layers.Reshape((15,))(keras.Input((4, 4)))


@mistake("a number as shape", what="`784` is not one", try_this="`shape=(784,)`")
def a_shape_without_a_comma():
    keras.Input(shape=(784))


# Symbolic tensors ---------------------------------------------------------------------------------


@mistake("if on a tensor", what="no values", where="if x", try_this="keras.ops.where")
def a_condition_on_a_tensor():
    x = keras.Input((8,))
    return 1 if x > 0 else 2


@mistake("a loop over a tensor", what="`for`", where="part in x", try_this="keras.ops.unstack")
def a_loop_over_a_tensor():
    x = keras.Input((8,))
    for part in x:
        print(part)


@mistake("int() of an unknown size", what="`x.shape[0]` is `None`", try_this="keras.ops.shape(x)")
def the_batch_size_as_a_number():
    x = keras.Input((8,))
    int(x.shape[0])


@mistake("len() of a tensor", what="no length", try_this="`x.shape`")
def the_length_of_a_tensor():
    len(keras.Input((8,)))


@mistake("the values of a symbolic tensor", what="`x` is symbolic", try_this="model.predict")
def numpy_of_a_symbolic_tensor():
    x = keras.Input((8,))
    x.numpy()


@mistake("something that a tensor does not have", what="`x`|no `mean`", try_this="`keras.ops.mean")
def a_method_that_a_tensor_does_not_have():
    x = keras.Input((8,))
    x.mean()


@mistake("NumPy on a symbolic tensor", what="`x` is symbolic|NumPy array", try_this="keras.ops")
def numpy_on_a_symbolic_tensor():
    x = keras.Input((8,))
    np.mean(x)


@mistake("a TensorFlow function on a symbolic tensor", what="`x`|TensorFlow", try_this="keras.ops")
def tensorflow_on_a_symbolic_tensor():
    x = keras.Input((8,))
    tf.reduce_mean(x)


# Data ---------------------------------------------------------------------------------------------


@mistake(
    "the batch size in the shape of an Input, or one sample without a batch axis",
    what="`(None, 32, 8)`|`(32, 8)`: one axis less",
    where="model.predict(data",
    try_this="shape of one sample|`data[None]`",
)
def the_batch_size_in_the_shape_of_an_input():
    inputs, data = keras.Input((32, 8)), np.zeros((32, 8))
    model = keras.Model(inputs, layers.Dense(2)(inputs))
    model.predict(data, verbose=0)


@mistake("one sample that is not flattened", what="`(28, 28)`", try_this="`image.reshape(1, 784)`")
def one_image_for_a_model_of_784_values():
    inputs, image = keras.Input((784,)), np.zeros((28, 28))
    keras.Model(inputs, layers.Dense(2)(inputs)).predict(image, verbose=0)


@mistake("data of another shape", what="`(None, 8)`|`(4, 7)`", try_this="`data.shape`")
def data_of_another_width():
    data = np.zeros((4, 7))
    one_output()(data)


@mistake("a dataset without batches", what="single samples|batches", try_this="train.batch")
def a_dataset_without_batches():
    train = tf.data.Dataset.from_tensor_slices((X, np.zeros((4, 3))))
    one_output().fit(train, verbose=0)


@mistake("a list of numbers as data", what="`x` is a `list`", try_this="`np.array([[")
def a_list_of_numbers_as_data():
    one_output().predict([[1.0, 2.0, 3.0]], verbose=0)


@mistake(
    "another number of arrays than inputs",
    what="2 inputs: `left`, `right`. It receives 1",
    try_this="[left_data, right_data]",
)
def one_array_for_two_inputs():
    two_inputs().predict(X, verbose=0)


@mistake("another number of arrays than inputs", what="1 input", try_this="`np.array(samples)`")
def a_list_of_samples_for_one_input():
    one_output().predict([X, X], verbose=0)


@mistake(
    "a wrong key in a dict of inputs",
    what="no key `right`",
    where="predict(",
    try_this='{"left": ..., "right": ...}',
)
def a_wrong_key_in_a_dict_of_inputs():
    two_inputs().predict({"left": X, "rihgt": X}, verbose=0)


@mistake("a list for a model with a dict of inputs", what="`{'z': 'z', 'b': 'b'}`", try_this="dict")
def a_list_for_a_model_with_a_dict_of_inputs():
    z, b = keras.Input((8,), name="z"), keras.Input((8,), name="b")
    model = keras.Model({"z": z, "b": b}, layers.Add()([z, b]))
    model.predict([X, X], verbose=0)


@mistake("arrays with different numbers of samples", what="`x` has 4, `y` has 2")
def fewer_targets_than_samples():
    one_output().fit(X, np.zeros((2, 3)), verbose=0)


@mistake("fit(a, b, y)", what="`Y` is read as the batch size", try_this="`model.fit([a, b], y)`")
def two_inputs_and_targets_in_a_row():
    two_inputs().fit(X, X, Y, verbose=0)


@mistake("strings or objects as data", what="dtype `str", try_this="StringLookup")
def texts_as_data():
    one_output().predict(np.array([["a", "b"]]), verbose=0)


@mistake("strings or objects as data", what="dtype `object`")
def objects_as_data():
    one_output().predict(np.array([[1, None]], dtype=object), verbose=0)


@mistake(
    "an Embedding asked for a number beyond its table",
    what="`words` with 10 rows is asked for row 30|0 to 9",
    where="`[0,2]`",
    try_this="`input_dim`",
)
def a_word_beyond_the_table_of_an_embedding():
    inputs = keras.Input((3,), dtype="int32")
    model = keras.Model(inputs, layers.Embedding(10, 2, name="words")(inputs))
    model.predict(np.array([[1, 2, 30]]), verbose=0)


@mistake(
    "a merge of sequences of two lengths",
    what="sizes 3 and 5",
    where="in `merge`",
    try_this="GlobalAveragePooling1D",
)
def sequences_of_two_lengths():
    a, b = keras.Input((None, 2)), keras.Input((None, 2))
    model = keras.Model([a, b], layers.Add(name="merge")([a, b]))
    model.predict([np.zeros((1, 3, 2)), np.zeros((1, 5, 2))], verbose=0)


# Losses, targets, metrics -------------------------------------------------------------------------


@mistake("a loss that meets targets of another shape", what="2 and 3|`[?,2]`", try_this="y.shape")
def targets_narrower_than_the_output():
    one_output().fit(X, np.zeros((4, 2)), verbose=0)


@mistake(
    "a dict of losses with other keys than the outputs",
    what="are `price`, `age`|without a loss are `risk`",
    try_this='{"price": ..., "risk": ...}',
)
def a_dict_of_losses_with_a_wrong_key():
    two_outputs(loss={"price": "mse", "age": "mse"}).fit(X, [Y, Y], verbose=0)


@mistake(
    "a dict of targets for a model with one output",
    what="keys `score`|one output",
    try_this="`model.fit(x, y)`",
)
def a_dict_of_targets_for_one_output():
    one_output(1).fit(X, {"score": Y}, verbose=0)


@mistake(
    "a dict of targets with a wrong key", what="`price`, `danger`|`price`, `risk`", try_this="names"
)
def a_dict_of_targets_with_a_wrong_key():
    model = two_outputs(loss={"price": "mse", "risk": "mse"})
    model.fit(X, y={"price": Y, "danger": Y}, verbose=0)


@mistake("targets of another structure than the outputs", what="`['*', '*']`", try_this="a list")
def three_targets_for_two_outputs():
    two_outputs().fit(X, [Y, Y, Y], verbose=0)


@mistake("one array of targets for two outputs", what="several outputs", try_this="[y_a, y_b]")
def one_array_of_targets_for_two_outputs():
    two_outputs(loss="mse").fit(X, Y, verbose=0)


@mistake("loss_weights as an array", what="is an array", try_this="loss_weights=[1.0, 0.5]")
def loss_weights_as_an_array():
    two_outputs(loss_weights=np.array([1.0, 2.0]))


@mistake("loss_weights as a whole number", what="`1`, of type `int`", try_this="[1.0, 0.5]")
def loss_weights_as_a_whole_number():
    two_outputs(loss_weights=1)


@mistake("one loss weight for two outputs", what="one number", try_this="[1.0, 0.5]")
def one_loss_weight_for_two_outputs():
    two_outputs(loss_weights=1.0).fit(X, [Y, Y], verbose=0)


@mistake("more loss weights than losses", what="2 losses and 3 loss weights", try_this="1.0")
def three_loss_weights_for_two_outputs():
    two_outputs(loss_weights=[1.0, 1.0, 1.0]).fit(X, [Y, Y], verbose=0)


@mistake("a dict of loss weights without one output", what="no key `risk`|`price`, `risk`")
def a_dict_of_loss_weights_without_one_output():
    losses = {"price": "mse", "risk": "mse"}
    two_outputs(loss=losses, loss_weights={"price": 1.0}).fit(X, [Y, Y], verbose=0)


@mistake("a dict of sample weights with a dict of targets", what="the output 0", try_this="lists")
def sample_weights_as_a_dict_with_a_dict_of_targets():
    model = two_outputs(loss={"price": "mse", "risk": "mse"})
    weights = {"price": np.ones(4), "risk": np.ones(4)}
    model.fit(X, {"price": Y, "risk": Y}, sample_weight=weights, verbose=0)


@mistake("sample weights of another structure than the targets", what="`sample_weight`")
def sample_weights_as_a_dict_with_a_list_of_targets():
    two_outputs().fit(X, [Y, Y], sample_weight={"price": np.ones(4)}, verbose=0)


@mistake(
    "a flat list of metrics for two outputs",
    what="`metrics=['mae']`",
    try_this='`metrics={"price": ["mae"], "risk": ["mae"]}`',
)
def a_flat_list_of_metrics_for_two_outputs():
    two_outputs(metrics=["mae"]).fit(X, [Y, Y], verbose=0)


@mistake(
    "class numbers for categorical_crossentropy",
    what="`(None,)`|`(None, 3)`",
    try_this="sparse_categorical_crossentropy|to_categorical",
)
def class_numbers_for_categorical_crossentropy():
    one_output(loss="categorical_crossentropy").fit(X, np.zeros(4, int), verbose=0)


@mistake(
    "one-hot rows for sparse_categorical_crossentropy",
    what="one class number",
    try_this='loss="categorical_crossentropy"',
)
def one_hot_rows_for_sparse_categorical_crossentropy():
    one_output(loss="sparse_categorical_crossentropy").fit(X, np.zeros((4, 3)), verbose=0)


LABELS = "labels that are no number of a class"


@mistake(
    LABELS,
    what="has 3 units|from 0 to 2. The labels go from 3 to 5.",
    try_this="as `y - 3` does, or give the last layer 6 units",
)
def labels_that_do_not_begin_at_0():
    one_output(loss="sparse_categorical_crossentropy").fit(X, np.array([3, 4, 5, 3]), verbose=0)


@mistake(LABELS, what="is 9", try_this="without gaps, or give the last layer 10 units")
def labels_with_gaps():
    one_output(loss="sparse_categorical_crossentropy").evaluate(
        X, y=np.array([0, 9, 9, 0]), verbose=0
    )


@mistake(LABELS, what="from 0 to 3.", try_this="Give the last layer 4 units, one for each class")
def more_classes_than_units():
    one_output(loss="sparse_categorical_crossentropy").fit(X, np.arange(4), verbose=0)


@mistake(LABELS, what="is -1", try_this="No label may be negative")
def labels_below_0():
    one_output(loss="sparse_categorical_crossentropy").fit(X, np.array([0, -1, 1, 1]), verbose=0)


@mistake(LABELS, what="is 7|to 2.", try_this="as many as the highest label + 1")
def labels_out_of_range_in_the_validation_data():
    model = one_output(loss="sparse_categorical_crossentropy")
    model.fit(X, np.arange(4) % 3, validation_data=(X, np.full(4, 7)), verbose=0)


@mistake("targets of another width than the output", what="`(None, 2)`|`(None, 3)`")
def targets_of_another_width_than_the_output():
    one_output(loss="binary_crossentropy").fit(X, np.zeros((4, 2)), verbose=0)


@mistake(
    "a misspelt loss, metric, optimizer or activation",
    what="no loss named `mean_square_error`|`mean_squared_error`",
    try_this="loss=keras.losses.",
)
def a_misspelt_loss():
    one_output(loss="mean_square_error").fit(X, np.zeros((4, 3)), verbose=0)


@mistake("a misspelt loss, metric, optimizer or activation", what="`rellu`|`relu`")
def a_misspelt_activation():
    layers.Dense(3, activation="rellu")


@mistake("a misspelt loss, metric, optimizer or activation", what="no optimizer|`Adam`")
def a_misspelt_optimizer():
    one_output(optimizer="adamm")


@mistake("a misspelt loss, metric, optimizer or activation", what="no metric|`Accuracy`")
def a_misspelt_metric():
    one_output(metrics=["acuracy"]).fit(X, np.zeros((4, 3)), verbose=0)


@mistake(
    "fit or evaluate before compile", what="`model` is not compiled", try_this="model.compile("
)
def fit_before_compile():
    inputs = keras.Input((8,))
    model = keras.Model(inputs, layers.Dense(3)(inputs))
    model.fit(X, np.zeros((4, 3)), verbose=0)


@mistake("fit or evaluate before compile", try_this="not compiled after loading")
def evaluate_of_a_loaded_model_that_was_never_compiled():
    saved_and_loaded(layers.Dense(1)).evaluate(X, Y, verbose=0)


@mistake("compile without a loss", what="without a loss", try_this="loss=...")
def compile_without_a_loss():
    one_output(loss=None).fit(X, np.zeros((4, 3)), verbose=0)


@mistake("class_weight with two outputs", what="`class_weight`", try_this="`sample_weight`")
def class_weight_with_two_outputs():
    two_outputs().fit(X, [Y, Y], class_weight={0: 1.0}, verbose=0)


@mistake(
    "a metric's name that the history does not have",
    what="no entry `accuracy`|`loss`, `mae`",
    where='history.history["accuracy"]',
    try_this="`val_`",
)
def a_metric_that_the_history_does_not_have():
    history = one_output(metrics=["mae"]).fit(X, np.zeros((4, 3)), verbose=0)
    history.history["accuracy"]


@mistake(
    "a callback that watches a metric without a known direction",
    what="`EarlyStopping` watches `val_acc`",
    try_this="`val_accuracy`",
)
def a_callback_that_watches_an_unknown_metric():
    stop = keras.callbacks.EarlyStopping("val_acc")
    one_output().fit(X, np.zeros((4, 3)), callbacks=[stop], verbose=0)


# Layers of one's own ------------------------------------------------------------------------------


@mistake("a layer without super().__init__()", what="`Scale.__init__`", try_this="super().__init__")
def a_layer_without_super_init():
    class Scale(layers.Layer):
        def __init__(self):
            self.dense = layers.Dense(2)

    Scale()(keras.Input((8,)))


@mistake(
    "a weight or a layer made in call",
    what="`call` makes a weight",
    where="In `Scale.call`: `scale = self.add_weight",
    try_this="`build(self, input_shape)`",
)
def a_weight_made_in_call():
    class Scale(layers.Layer):
        def call(self, x):
            scale = self.add_weight(shape=(8,))
            return x * scale

    Scale()(keras.Input((8,)))


@mistake("a variable made in call", what="A variable", where="Scale.call", try_this="add_weight")
def a_variable_made_in_call():
    class Scale(layers.Layer):
        def call(self, x):
            return x * keras.Variable(np.zeros(8))

    Scale()(keras.Input((8,)))


@mistake("a layer made anew in each call", what="each time", try_this="`self.dense = layers.Dense")
def a_layer_made_anew_in_each_call():
    class Block(layers.Layer):
        def call(self, x):
            return layers.Dense(2)(x)

    inputs = keras.Input((8,))
    keras.Model(inputs, Block()(inputs)).predict(X, verbose=0)


@mistake(
    "a weight that build did not make",
    what="`self.scale`|`biuld`",
    where="In `Scale.call`",
    try_this="`build(self, input_shape)`",
)
def a_misspelt_build():
    class Scale(layers.Layer):
        def biuld(self, shape):
            self.scale = self.add_weight(shape=shape[1:])

        def call(self, x):
            return x * self.scale

    Scale()(keras.Input((8,)))


@mistake(
    "a name of Keras used as an attribute", what="`weights`|`Scale`", try_this="self.my_weights"
)
def an_attribute_called_weights():
    class Scale(layers.Layer):
        def __init__(self):
            super().__init__()
            self.weights = 3

    Scale()


@mistake("a call without return", what="`dense` receives `None`", try_this="`return`")
def a_call_without_return():
    class Scale(layers.Layer):
        def call(self, x):
            x * 2

    dense = layers.Dense(2)
    dense(Scale()(keras.Input((8,))))


@mistake("NumPy in call", where="np.sqrt(x)", try_this="`keras.ops.sqrt(x)`")
def numpy_in_call():
    class Root(layers.Layer):
        def call(self, x):
            return np.sqrt(x)

    Root()(keras.Input((8,)))


@mistake("numpy() in call", what="`.numpy()`", where="In `Mean.call`", try_this="keras.ops")
def the_method_numpy_in_call():
    class Mean(layers.Layer):
        def call(self, x):
            return ops.convert_to_tensor(np.mean(x.numpy()))

    Mean()(keras.Input((8,)))


# Saving, loading, an older Keras ------------------------------------------------------------------


@mistake("a file name without an ending", what="`my_model`", try_this='model.save("model.keras")')
def save_without_an_ending():
    one_output().save("my_model")


@mistake("a file name for weights without .weights.h5", what="`w.h5`", try_this="model.weights.h5")
def weights_saved_as_h5():
    one_output().save_weights("w.h5")


@mistake("a checkpoint without .keras", what="`best`", try_this='ModelCheckpoint("best.keras")')
def a_checkpoint_without_an_ending():
    keras.callbacks.ModelCheckpoint("best")


@mistake("a file that is not there", what="no file `nowhere.keras`", try_this="os.listdir()")
def a_file_that_is_not_there():
    keras.models.load_model("nowhere.keras")


@mistake("a folder loaded as a model", what="not a file that Keras 3 loads", try_this="TFSMLayer")
def a_folder_loaded():
    keras.models.load_model(SCRATCH)


@mistake("a Lambda layer loaded", what="`Lambda`", try_this="`safe_mode=False`")
def a_lambda_loaded():
    saved_and_loaded(layers.Lambda(lambda x: x * 2))


@mistake(
    "a class that Keras does not know while loading",
    what="`Double`",
    try_this='register_keras_serializable()|custom_objects={"Double": Double}',
)
def a_class_that_is_not_registered():
    class Double(layers.Layer):
        def call(self, x):
            return x * 2

    saved_and_loaded(Double())


@mistake(
    "a layer that cannot be made again from its config",
    what="`Times` could not be made again|'trainable'",
    try_this="`super().__init__(**kwargs)`",
)
def a_constructor_without_kwargs():
    class Times(layers.Layer):
        def __init__(self, factor):
            super().__init__()
            self.factor = factor

        def call(self, x):
            return x * self.factor

    saved_and_loaded(Times(3), custom_objects={"Times": Times})


@mistake("a layer inside get_config", what="One setting may be a layer", try_this="from_config")
def a_layer_inside_get_config():
    class Around(layers.Layer):
        def __init__(self, inner, **kwargs):
            super().__init__(**kwargs)
            self.inner = inner

        def call(self, x):
            return self.inner(x)

        def get_config(self):
            return {**super().get_config(), "inner": self.inner}

    saved_and_loaded(Around(layers.Dense(2)), custom_objects={"Around": Around})


@mistake(
    "a layer with an argument that cannot be written down", what="`Apply`", try_this="`get_config`"
)
def a_function_as_an_argument_of_a_layer():
    class Apply(layers.Layer):
        def __init__(self, function):
            super().__init__()
            self.function = function

        def call(self, x):
            return self.function(x)

    saved_and_loaded(Apply(lambda x: x))


@mistake("weights that do not fit the model", what="do not fit", try_this="the same layers")
def weights_of_another_model():
    path = os.path.join(SCRATCH, "m.weights.h5")
    one_output().save_weights(path)
    keras.Sequential([keras.Input((8,)), layers.Dense(3), layers.Dense(3)]).load_weights(path)


@mistake("an old argument of an optimizer", what="`lr`", try_this="`learning_rate`")
def adam_with_lr():
    keras.optimizers.Adam(lr=0.1)


@mistake("an optimizer of keras.optimizers.legacy", try_this="`keras.optimizers.Adam(")
def a_legacy_optimizer():
    keras.optimizers.legacy.Adam(0.1)


@mistake("a name that a module of Keras does not have", what="no `CuDNNLSTM`", try_this="LSTM")
def cudnn_lstm():
    _ = layers.CuDNNLSTM


@mistake("a name that a module of Keras does not have", try_this="`keras.ops.mean`")
def a_function_of_the_old_backend():
    keras.backend.mean(keras.Input((8,)))


@mistake("a name that a module of Keras does not have", try_this="`Dense`")
def a_misspelt_layer():
    _ = layers.Desne


@mistake("a name that a module of Keras does not have", what="`tensorflow.keras.layers`")
def an_old_name_in_tf_keras():
    _ = tf.keras.layers.CuDNNLSTM


@mistake("an imported name that a module of Keras does not have", try_this="to_categorical")
def np_utils_imported():
    from keras.utils import np_utils  # noqa: F401


@mistake("an imported module that Keras does not have", try_this="TextVectorization")
def the_old_tokenizer():
    from keras.preprocessing.text import Tokenizer  # noqa: F401


@mistake(
    "an argument that a layer does not have",
    what="`Dense` has no argument `init`",
    try_this="`kernel_initializer`",
)
def an_old_argument_of_dense():
    layers.Dense(2, init="uniform")


@mistake("an argument that a layer does not have", what="`weights`", try_this="set_weights")
def dense_with_weights():
    layers.Dense(2, weights=[1])


@mistake("an argument that fit does not have", what="`fit`|`nb_epoch`", try_this="`epochs`")
def fit_with_nb_epoch():
    one_output().fit(X, np.zeros((4, 3)), nb_epoch=2)


# The tests of the catalogue -----------------------------------------------------------------------


@pytest.mark.parametrize(("function", "entry", "words"), MISTAKES)
def test_a_mistake_is_explained(function, entry, words):
    error = raised(function)
    explanation = explain(error)
    assert explanation is not None, f"{type(error).__name__}: {error}"
    case = case_of(error)
    assert next(e.mistake for e in ENTRIES if e.explain(case)) == entry
    for part, wanted in words.items():
        said = getattr(explanation, part)
        for word in filter(None, wanted.split("|")):
            assert word in said
    assert is_plain(explanation)


def is_plain(explanation: Explanation) -> bool:
    """Three full sentences or more, no exclamation mark, every backtick closed."""
    parts = (explanation.what, explanation.where, explanation.try_this)
    return all(
        part
        and part == " ".join(part.split())
        and part.count("`") % 2 == 0
        and "``" not in part
        and "!" not in part.replace("!=", "")
        and part.endswith((".", "?"))
        for part in parts
    )


def test_each_entry_of_the_catalogue_is_raised_for_real():
    covered = {mark.values[1] for mark in MISTAKES}
    assert [entry.mistake for entry in ENTRIES if entry.mistake not in covered] == []
    assert len(covered) >= 35


def test_each_entry_has_a_name_of_its_own():
    names = [entry.mistake for entry in ENTRIES]
    assert len(set(names)) == len(names)


# An output that is not connected ------------------------------------------------------------------


def cells(*sources: str) -> tuple[BaseException, dict]:
    """The error of the last cell, and the variables, after cells ran as in a notebook."""
    names = {"__name__": "__main__", "keras": keras, "layers": layers}
    for number, source in enumerate(sources, 1):
        file = f"<cell {number}>"
        linecache.cache[file] = (len(source), None, source.splitlines(True), file)
        code = compile(source, file, "exec")
        if number == len(sources):
            return raised(lambda code=code: exec(code, names)), names
        exec(code, names)
    raise AssertionError("there are no cells")


TWO = "a = keras.Input((8,), name='left')\nb = keras.Input((8,), name='right')\n"
CHAIN = "x = layers.Dense(4)(inputs)\noutputs = layers.Dense(1)(x)"
BASE = "start = keras.Input((8,))\nbase = keras.Model(start, layers.Dense(4, name='mid')(start))"
INPUT = "inputs = keras.Input((8,))"
MODEL = "keras.Model(inputs, outputs)"

DISCONNECTED = {
    "an Input that is used and not listed": (
        [TWO + "x = layers.Add(name='sum')([a, b])", "keras.Model(a, x)"],
        ["`x` needs `b` too", "`b` is not among the inputs"],
        ["Line 1: `keras.Model(a, x)`", "`sum` receives `b`"],
        ["`keras.Model([a, b], x)`"],
    ),
    "an Input that is used and not listed in a dict": (
        [TWO + "x = layers.Add()([a, b])", "keras.Model(inputs={'left': a}, outputs=x)"],
        ["`x` needs `b` too"],
        [],
        ["`keras.Model({'left': a, 'right': b}, x)`"],
    ),
    "one of two outputs": (
        [
            TWO + "p, q = layers.Dense(1)(a), layers.Dense(1, name='head')(b)",
            "keras.Model([a], {'p': p, 'q': q})",
        ],
        ["`q` needs `b` too"],
        ["`head` receives `b`"],
        ["`keras.Model([a, b], {'p': p, 'q': q})`"],
    ),
    "one of a list of Inputs": (
        [
            "parts = [keras.Input((8,)) for _ in range(3)]\nx = layers.Add()(parts)",
            "keras.Model(parts[:2], x)",
        ],
        ["`x` needs `parts[2]` too"],
        [],
        ["[parts[0], parts[1], parts[2]]"],
    ),
    "nothing of the Input given is used": (
        [TWO + "x = layers.Dense(2)(b)", "keras.Model(a, x)"],
        ["`x` is computed from `b`, not from `a`"],
        [],
        ["`keras.Model(b, x)`"],
    ),
    "an Input as output": (
        [TWO, "keras.Model(a, b)"],
        ["`b` is itself a `keras.Input`"],
        [],
        ["what the last layer returns"],
    ),
    "an Input whose cell ran twice": (
        [INPUT, CHAIN, "model = " + MODEL, INPUT, MODEL],
        ["`outputs` is computed from an earlier `inputs`", "a newer Input"],
        ["Keras calls the earlier one `input_layer"],
        ["run again", "from the cell that makes `inputs`"],
    ),
    "an Input with a name whose cell ran twice": (
        [
            "inputs = keras.Input((8,), name='pixels')",
            CHAIN,
            "inputs = keras.Input((8,), name='pixels')",
            "keras.Model(inputs, outputs)",
        ],
        ["`outputs` is computed from an earlier `inputs`"],
        ["Both have the name `pixels`"],
        ["from the cell that makes `inputs`"],
    ),
    "one of two Inputs whose cell ran twice": (
        [
            TWO,
            "x = layers.Concatenate()([a, b])",
            "b = keras.Input((8,), name='right_again')",
            "keras.Model([a, b], x)",
        ],
        ["`x` is computed from an earlier `b`"],
        ["`right`", "`right_again`"],
        ["from the cell that makes `b`"],
    ),
    "half of the cells ran twice": (
        [INPUT, *CHAIN.splitlines(), INPUT, CHAIN.splitlines()[0], MODEL],
        ["`outputs` was made earlier", "not come from `inputs`"],
        ["Computed from `inputs`: `x`"],
        ["Run the cells that make `outputs` again"],
    ),
    "outputs of an earlier model": (
        [
            INPUT + "\n" + CHAIN + "\nfirst = keras.Model(inputs, outputs)",
            "inputs = keras.Input((5,))\nscores = layers.Dense(3)(inputs)",
            "second = keras.Model(inputs, outputs)",
        ],
        ["`outputs` was made earlier", "not come from `inputs`"],
        ["`scores`"],
        ["`keras.Model(inputs, scores)`"],
    ),
    "inputs and outputs swapped": (
        [INPUT, CHAIN, "keras.Model(outputs, inputs)"],
        ["swapped", "`outputs` stands first and is computed from `inputs`"],
        ["keras.Model(outputs, inputs)"],
        ["`keras.Model(inputs, outputs)`"],
    ),
    "several inputs and outputs swapped": (
        [TWO + "y = layers.Add()([a, b])", "keras.Model(inputs=y, outputs=[a, b])"],
        ["`y` stands first and is computed from `a` and `b`"],
        [],
        ["`keras.Model([a, b], y)`"],
    ),
    "base.output with a new Input": (
        [BASE, "new = keras.Input((8,))\nx = layers.Dense(1)(base.output)", "keras.Model(new, x)"],
        ["own Input of `base`", "`base.output`", "`new` is not used"],
        ["`mid` receives `start`"],
        ["`x = base(new)`", "`keras.Model(base.input, x)`"],
    ),
    "base.output itself as output": (
        [BASE, "new = keras.Input((8,))", "keras.Model(new, base.output)"],
        ["own Input of `base`"],
        [],
        ["`x = base(new)`"],
    ),
    "base.output in a function": (
        [
            BASE,
            "def build():\n    new = keras.Input((8,))\n    return keras.Model(new, base.output)",
            "build()",
        ],
        ["own Input of `base`", "`new` is not used"],
        ["In `build`: `return keras.Model(new, base.output)`"],
        ["`x = base(new)`"],
    ),
    "a tensor from inside a nested model": (
        [
            BASE,
            "new = keras.Input((8,))\ny = base(new)",
            "keras.Model(new, [y, base.get_layer('mid').output])",
        ],
        ["inside of `base`", "does not join the two graphs"],
        ["Its own Input is `input_layer"],
        ["`features = keras.Model(base.input, ...)`", "`features(new)`"],
    ),
    "a tensor from inside a model that is nested in another": (
        [
            BASE + "\nnew = keras.Input((8,))\nouter = keras.Model(new, base(new))\n"
            "inner = base.name\ndel base, start, new",
            "keras.Model(outer.input, outer.get_layer(inner).get_layer('mid').output)",
        ],
        ["the inside of `functional"],
        [],
        ["where `inner` is the model `functional"],
    ),
    "an Input without a variable": (
        [
            "a = keras.Input((8,))\nx = layers.Add()([a, layers.Dense(8, name='side')"
            "(keras.Input((4,), name='extra'))])",
            "keras.Model(a, x)",
        ],
        ["`extra`, of shape `(None, 4)`", "no variable holds it"],
        ["`side` receives the Input `extra`"],
        ["a variable of its own"],
    ),
    "a subclass of Model": (
        [
            "class Net(keras.Model):\n    def __init__(self):\n        " + TWO.replace("\n", "; ")
            + "super().__init__(a, layers.Add()([a, b]))",
            "Net()",
        ],
        ["needs `b` too"],
        ["In `Net.__init__`"],
        ["`super().__init__([a, b], layers.Add()([a, b]))`"],
    ),
    "a Function": (
        [TWO, "keras.Function(a, a + b)"],
        ["needs `b` too"],
        [],
        ["`keras.Function([a, b], a + b)`"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", DISCONNECTED.values(), ids=DISCONNECTED)
def test_why_an_output_is_not_connected(case):
    sources, what, where, try_this = case
    error, names = cells(*sources)
    explanation = explain(error, names)
    for words, said in zip(
        (what, where, try_this),
        (explanation.what, explanation.where, explanation.try_this),
        strict=True,
    ):
        for word in words:
            assert word in said
    assert is_plain(explanation)


@pytest.mark.parametrize(
    "case",
    ["an Input that is used and not listed", "one of two outputs", "one of a list of Inputs",
     "an Input that is used and not listed in a dict", "nothing of the Input given is used",
     "inputs and outputs swapped", "several inputs and outputs swapped",
     "outputs of an earlier model", "base.output with a new Input"],
)  # fmt: skip
def test_the_call_that_is_proposed_works(case):
    sources, *_ = DISCONNECTED[case]
    error, names = cells(*sources)
    proposed = re.findall(r"`(keras\.Model\(.*?)`", explain(error, names).try_this)
    assert proposed
    for code in proposed:
        assert isinstance(eval(code, names), keras.Model)


def test_a_model_whose_parts_are_not_known_gets_the_general_advice():
    error = in_keras(ValueError("Output with path `` is not connected to `inputs`"))
    explanation = explain(error)
    assert "an Input that is not in `inputs`" in explanation.what
    assert "run the" not in explanation.what


def test_two_layers_of_one_name_are_not_taken_for_a_lost_input():
    assert disconnected(case_of(raised(two_layers_of_one_name))) is None


def test_a_deep_graph_is_walked_without_recursion():
    source = "a = keras.Input((8,))\nb = keras.Input((8,))\nx = a + b\n"
    source += "for _ in range(600):\n    x = x + 1.0\n"
    error, names = cells(source, "keras.Model(a, x)")
    assert "needs `b` too" in explain(error, names).what


def test_history_tells_what_keras_history_tells():
    from exercises_check.read import history

    a, b = keras.Input((8,)), keras.Input((8,))
    x = layers.Add()([a, b])
    *begins, (operation, received, made) = history([layers.Dense(2)(x)], [x])
    assert [call[0] for call in begins] == [x._keras_history.operation]
    assert isinstance(operation, layers.Dense)
    assert received[0] is x
    assert len(made) == 1


# Wordings of other versions -----------------------------------------------------------------------


def in_keras(error: BaseException) -> BaseException:
    """The error as if a module of Keras had raised it."""
    module = types.ModuleType("keras.src.somewhere")
    exec("def stop(error):\n    raise error", vars(module))
    return raised(lambda: module.stop(error))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("`inputs` not connected to `outputs`", "not in `inputs`"),
        ("Graph disconnected: cannot find parent for tensor <KerasTensor>", "not in `inputs`"),
        (
            'Input 0 of layer "lstm_1" is incompatible with the layer: expected ndim=3, found '
            "ndim=2. Full shape received: (None, 4)",
            "with 3 axes",
        ),
        (
            'Layer "functional" expects 2 input(s), but it received 1 input tensors. Inputs '
            "received: [<tf.Tensor>]",
            "The model has 2 inputs. It receives 1.",
        ),
        (
            'Input 0 of layer "functional" is incompatible with the layer: expected shape='
            "(None, 8), found shape=(4, 7)",
            "`(None, 8)`",
        ),
        (
            "Computed output size would be negative. Received `inputs shape=(None, 2, 2, 2)`, "
            "`kernel shape=(5, 5, 2, 2)`, `dilation_rate=[1 1]`.",
            "the kernel `(5, 5)`",
        ),
        (
            "Expected keys ListWrapper(['price', 'risk']) in loss dict, but found loss.keys()="
            "['price', 'age']",
            "without a loss are `risk`",
        ),
        (
            "For a model with multiple outputs, when providing the `metrics` argument as a list, "
            "it should have as many entries as the model has outputs. Received:\nmetrics=['mae']\n"
            "of length 1 whereas the model has 2 outputs.",
            "`metrics=['mae']`",
        ),
        (
            "The `function` of this `Lambda` layer is a Python lambda. Deserializing it is unsafe.",
            "a `Lambda` layer",
        ),
    ],
)
def test_an_older_wording_is_understood(text, words):
    assert words in explain(in_keras(ValueError(text))).what


# What must not be explained -----------------------------------------------------------------------


class KerasTensor:
    """Another class that happens to have this name."""


class Merge:
    def __init__(self):
        pass


def add(*, inputs):
    return inputs


def raise_in_call(error):
    class Strict(layers.Layer):
        def call(self, x):
            raise error

    return lambda: Strict()(keras.Input((8,)))


def in_a_callback(function):
    class Watch(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            function()

    return lambda: two_outputs().fit(X, [Y, Y], callbacks=[Watch()], verbose=0)


def raise_(error):
    raise error


def from_another_library():
    """A library with Keras' words, called from a line of the learner's."""
    module = types.ModuleType("other_library")
    file = os.path.join("site-packages", "other_library.py")
    source = "def stop():\n    raise ValueError('No loss to compute.')"
    exec(compile(source, file, "exec"), vars(module))
    module.stop()


LOOK_ALIKES = {
    "an error of the learner's with Keras' words": lambda: raise_(
        ValueError("Output with path `` is not connected to `inputs`")
    ),
    "an error of the learner's about a module": lambda: raise_(
        AttributeError("module 'keras.layers' has no attribute 'merge'", obj=layers, name="merge")
    ),
    "an error of the learner's in a layer": raise_in_call(
        ValueError("You must call `compile()` before using the model.")
    ),
    "an assertion in a layer": raise_in_call(AssertionError("Cannot convert '3' to a shape.")),
    "an error of the learner's in a callback": in_a_callback(
        lambda: raise_(ValueError("No loss to compute."))
    ),
    "a KeyError in a callback": in_a_callback(lambda: {}["risk"]),
    "another library with Keras' words": from_another_library,
    "NumPy shapes": lambda: np.zeros(2) + np.zeros(3),
    "NumPy truth": lambda: bool(np.zeros(2)),
    "NumPy concatenation": lambda: np.concatenate([np.zeros((2, 2)), np.zeros((3, 3))], axis=1),
    "another class of this name called": lambda: (lambda other: other())(KerasTensor()),
    "another class called Merge": lambda: Merge([1, 2]),
    "another function called add": lambda: add(),
    "a KeyError of a dict": lambda: {"loss": 1}["accuracy"],
    "a history of another kind": lambda: types.SimpleNamespace(history={}).history["accuracy"],
    "a module that is not of Keras": lambda: __import__("keras_contrib_of_nobody"),
    "a part of another package": lambda: __import__("json.merge"),
    "a name in another module": lambda: json.merge,
    "int of None": lambda: int(None),
    "len of a float": lambda: len(3.0),
    "a remainder of None": lambda: None % 2,
    "a function with too many arguments": lambda: add(1, 2),
    "a property without a setter": lambda: setattr(
        type("Own", (), {"weights": property(lambda self: 1)})(), "weights", 2
    ),
    "an attribute that an own class does not have": lambda: Merge().add,
    "a JSON error": lambda: json.loads("{"),
    "a file that is not there": lambda: os.stat("nowhere.keras"),
    "TensorFlow shapes": lambda: tf.constant([1, 2]) + tf.constant([1, 2, 3]),
    "a Keras error that is not known": lambda: layers.Dropout(5),
    "a system exit": lambda: sys.exit(3),
}


@pytest.mark.parametrize("function", LOOK_ALIKES.values(), ids=LOOK_ALIKES)
def test_what_only_looks_like_a_keras_mistake_is_not_explained(function):
    assert explain(raised(function)) is None


def test_an_error_that_a_learner_raises_anew_is_not_explained():
    def function():
        try:
            layers.Dense(3, activation="rellu")
        except ValueError as error:
            raise ValueError(str(error)) from error

    assert explain(raised(function)) is None


def test_an_error_that_a_learner_lets_through_is_explained():
    def function():
        try:
            layers.Dense(3, activation="rellu")
        except ValueError:
            raise

    assert "`rellu`" in explain(raised(function)).what


def test_the_traceback_in_full_is_understood_too():
    keras.config.disable_traceback_filtering()
    try:
        explanation = explain(raised(add_of_two_widths))
        assert "`small` has shape `(None, 4)`" in explanation.where
        assert explain(raised(a_weight_made_in_call)) is not None
    finally:
        keras.config.enable_traceback_filtering()


class Odd(Exception):
    def __str__(self):
        raise RuntimeError("no text")


@pytest.mark.parametrize(
    "error",
    [ValueError(), KeyError(), Odd(), ImportError(name=None), AttributeError(), TypeError(None),
     KeyError(("a", 1)), ValueError(b"\xff"), UnicodeDecodeError("utf-8", b"", 0, 1, "odd")],
    ids=repr,
)  # fmt: skip
def test_odd_errors_are_no_trouble(error):
    assert explain(error) is None  # without a traceback
    assert explain(in_keras(error)) is None
    assert explain(in_keras(error), {"x": object(), 3: error}) is None


@pytest.mark.parametrize("thing", [None, "text", 3])
def test_what_is_no_error_is_no_trouble(thing):
    assert explain(thing) is None


def test_variables_with_odd_ways_are_no_trouble():
    class Odd:
        def __eq__(self, other):
            raise RuntimeError

        def __bool__(self):
            raise RuntimeError

        __hash__ = None

    class OddList(list):
        def __len__(self):
            raise RuntimeError

    error = raised(add_of_two_widths)
    assert explain(error, {"odd": Odd(), "more": [Odd()]}) is not None
    assert explain(error, {"odd": OddList()}) is None


# How it looks -------------------------------------------------------------------------------------


def test_the_text_has_the_three_parts_in_order():
    text = repr(explain(raised(add_of_two_widths)))
    titles = ["What happened", "Where", "What to try"]
    positions = [text.index(title) for title in titles]
    assert positions == sorted(positions)
    assert max(map(len, text.splitlines())) <= 96


def test_the_html_marks_code_and_escapes_the_rest():
    page = Explanation("`a<b>` & c", "here", "`x`")._repr_html_()
    assert "<code>a&lt;b&gt;</code> &amp; c" in page
    assert "<script" not in page


def test_values_of_a_message_cannot_break_the_sentences():
    explanation = explain(in_keras(ValueError("Cannot convert '7`{x}`' to a shape.")))
    assert explanation is None
    error = in_keras(ValueError("Could not interpret loss identifier: a`b{0}" + "c" * 999))
    assert is_plain(explain(error))
    assert len(explain(error).what) < 300


# In a notebook ------------------------------------------------------------------------------------


@pytest.fixture
def shell(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    InteractiveShell.clear_instance()
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    shell = InteractiveShell.instance(config=config)
    yield shell
    shell.restore_sys_module_state()
    InteractiveShell.clear_instance()


GOOD = "import keras\nfrom keras import layers\n" + TWO + "x = layers.Add()([a, b])"
BAD = "model = keras.Model(a, x)"
TITLE = "This error in plain words"


def shown(shell, capsys, source):
    capsys.readouterr()
    result = shell.run_cell(source)
    return result, capsys.readouterr().out


def test_the_explanation_stands_once_under_the_whole_traceback(shell, capsys):
    shell.run_cell(GOOD)
    _, before = shown(shell, capsys, BAD)
    install()
    install(shell)
    _, after = shown(shell, capsys, BAD)
    assert TITLE not in before
    assert after.count(TITLE) == 1
    traceback, _, explanation = after.partition(TITLE)
    numbers = re.compile(r"cell \S+|In\[\d+\]|input-\d+-\w+|<ipython[^>]*>")
    assert numbers.sub("", traceback) == numbers.sub("", before)
    assert "is not connected to `inputs`" in traceback
    assert "`keras.Model([a, b], x)`" in explanation
    assert "Line 1: `model = keras.Model(a, x)`" in explanation


def test_cells_that_end_well_or_otherwise_stay_as_they_are(shell, capsys):
    install(shell)
    shell.run_cell(GOOD)
    for source in ("1 + 1", "1 / 0", "for", "raise ValueError('not connected to `inputs`')", ""):
        _, out = shown(shell, capsys, source)
        assert TITLE not in out


def test_after_uninstall_nothing_is_added(shell, capsys):
    install(shell)
    shell.run_cell(GOOD)
    uninstall(shell)
    uninstall(shell)
    _, out = shown(shell, capsys, BAD)
    assert "is not connected" in out
    assert TITLE not in out


def test_an_explanation_that_fails_leaves_the_cell_alone(shell, capsys, monkeypatch):
    import exercises_check.explain.catalogue as catalogue

    def broken(*_):
        raise RuntimeError("broken")

    install(shell)
    shell.run_cell(GOOD)
    monkeypatch.setattr(catalogue, "explanation_of", broken)
    result, out = shown(shell, capsys, BAD)
    assert isinstance(result.error_in_exec, ValueError)
    assert "is not connected" in out
    assert "broken" not in out
    assert TITLE not in out


def test_a_timed_cell_is_explained(shell, capsys):
    install(shell)
    shell.run_cell(GOOD)
    _, out = shown(shell, capsys, f"%%time\n{BAD}")
    assert out.count(TITLE) == 1
    assert "`keras.Model([a, b], x)`" in out


def test_outside_ipython_nothing_happens():
    code = (
        "import sys\nfrom exercises_check.explain import explain, install, uninstall\n"
        "install(); uninstall()\n"
        "assert explain(ValueError('x')) is None\n"
        "assert not {'keras', 'IPython', 'numpy'} & set(sys.modules), 'imported too much'\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_in_a_kernel_the_explanation_is_an_output_after_the_error(monkeypatch):
    import kernels
    import nbformat
    from nbclient import NotebookClient

    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "1")
    install_it = "from exercises_check.explain import install\ninstall()\n"
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in (install_it + GOOD, BAD, "1 / 0")]
    )
    with kernels.environment() as variables:
        NotebookClient(notebook, kernel_name="python3", allow_errors=True, timeout=60).execute(
            env=variables
        )
    error, explanation = notebook.cells[1].outputs
    assert error.output_type == "error"
    assert error.evalue == "Output with path `` is not connected to `inputs`"
    assert any("keras.Model(a, x)" in line for line in error.traceback)
    assert TITLE in explanation.data["text/plain"]
    assert "<code>keras.Model([a, b], x)</code>" in explanation.data["text/html"]
    assert [output.output_type for output in notebook.cells[2].outputs] == ["error"]
