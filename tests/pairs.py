"""Pairs of small models: those that compute the same, and those that do not.

Layers with weights carry the same name on both sides, so that an oracle can copy the weights by
name and compare what the two models compute, without asking the checker.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import keras
from keras import layers, ops

Input, Model = keras.Input, keras.Model


@dataclass(frozen=True)
class Pair:
    """Two ways to write a model.

    Attributes:
        title: what is the same, or what differs.
        one: builds the first.
        other: builds the second.
        kind: the kind of the first difference; `""` if the two are the same.
        computes: for a differing pair, whether the difference shows in the outputs.
        words: what the first difference's sentence must contain.
    """

    title: str
    one: Callable[[], keras.Model]
    other: Callable[[], keras.Model]
    kind: str = ""
    computes: bool = True
    words: tuple[str, ...] = ()


def on(shape, make, dtype=None, count=1):
    """A builder of a model: `make` on inputs of `shape`."""

    def build():
        inputs = [Input(shape, dtype=dtype, name=f"in_{n}") for n in range(count)]
        return Model(inputs, make(*inputs))

    return build


def dense(units=4, **settings):
    settings.setdefault("name", "d")
    return layers.Dense(units, **settings)


def written(title, shape, one, other, count=1, **more):
    """A pair of two expressions on the same inputs."""
    return Pair(title, on(shape, one, count=count), on(shape, other, count=count), **more)


def sequential():
    stack = [Input((6,)), dense(5, activation="relu", name="a"), dense(2, name="b")]
    return keras.Sequential(stack)


def functional():
    inputs = Input((6,))
    x = dense(5, activation="relu", name="a")(inputs)
    return Model(inputs, dense(2, name="b")(x))


def nested():
    inner_in = Input((6,))
    inner = Model(inner_in, dense(5, activation="relu", name="a")(inner_in), name="inner")
    inputs = Input((6,))
    return Model(inputs, dense(2, name="b")(inner(inputs)))


def nested_sequential():
    inner = keras.Sequential([dense(5, name="a"), layers.Activation("relu")])
    inputs = Input((6,))
    return Model(inputs, dense(2, name="b")(inner(inputs)))


def two_heads(structure, swapped=False):
    def build():
        inputs = Input((6,))
        p, q = dense(1, name="p")(inputs), dense(3, name="q")(inputs)
        outputs = (q, p) if swapped else (p, q)
        if structure is dict:
            outputs = dict(zip(("first", "second"), outputs, strict=True))
        return Model(inputs, outputs if structure is dict else structure(outputs))

    return build


def two_inputs(structure, names=("x", "y"), flip=False):
    def build():
        x, y = Input((6,), name=names[0]), Input((6,), name=names[1])
        out = dense(1, name="d")(layers.Concatenate()([dense(3, name="a")(x), y]))
        inputs = (y, x) if flip else (x, y)
        if structure is dict:
            inputs = {tensor.name: tensor for tensor in inputs}
        return Model(inputs if structure is dict else structure(inputs), out)

    return build


def tokens(make):
    """A model on padded word numbers: `make(embedded)`."""

    def build():
        ids = Input((5,), dtype="int32", name="ids")
        return Model(ids, make(layers.Embedding(9, 4, mask_zero=True, name="e")(ids)))

    return build


SEPARABLE = layers.SeparableConv1D, layers.DepthwiseConv1D, layers.Conv1D
SEPARABLE_2D = layers.SeparableConv2D, layers.DepthwiseConv2D, layers.Conv2D


def separable(x, name="s", classes=SEPARABLE_2D, **settings):
    """A separable convolution as one layer."""
    return classes[0](4, 3, name=name, **settings)(x)


def apart(x, name="s", classes=SEPARABLE_2D, pointwise=(), **settings):
    """A separable convolution as the two that it is; `settings` are those of the first."""
    first = {"use_bias": False, "name": f"{name}_depthwise", **settings}
    second = {"filters": 4, "kernel_size": 1, "name": f"{name}_pointwise", **dict(pointwise)}
    return classes[2](**second)(classes[1](3, **first)(x))


def one_depthwise_for_two(x):
    """Two separable convolutions that share the first half."""
    x = layers.DepthwiseConv2D(3, use_bias=False, name="s_depthwise")(x)
    ends = [layers.Conv2D(4, 1, name=name)(x) for name in ("s_pointwise", "t_pointwise")]
    return layers.Concatenate()(ends)


def lstm(x, **settings):
    return layers.LSTM(3, name="l", **settings)(x)


SAME = (
    written("two names for one thing", (6,), lambda x: dense()(x), lambda x: dense()(x)),
    Pair("Sequential and functional", sequential, functional),
    Pair("a nested model and its layers inline", nested, functional),
    Pair("a nested Sequential and its layers inline", nested_sequential, functional),
    Pair("two outputs as a list and as a tuple", two_heads(list), two_heads(tuple)),
    Pair("two outputs as a list and as a dict", two_heads(list), two_heads(dict)),
    Pair("two inputs as a list and as a dict", two_inputs(list), two_inputs(dict)),
    Pair("a dict of inputs in another order", two_inputs(dict), two_inputs(dict, flip=True)),
    *(
        written(f"relu inside and as {how}", (6,), lambda x: dense(activation="relu")(x), make)
        for how, make in {
            "Activation": lambda x: layers.Activation("relu")(dense()(x)),
            "ReLU": lambda x: layers.ReLU()(dense()(x)),
            "ops.relu": lambda x: ops.relu(dense()(x)),
            "keras.activations.relu": lambda x: keras.activations.relu(dense()(x)),
            "a function": lambda x: dense(activation=keras.activations.relu)(x),
            "a layer given as activation": lambda x: dense(activation=layers.ReLU())(x),
        }.items()
    ),
    *(
        written(
            f"{name} inside and as a layer",
            (6,),
            lambda x, name=name: dense(activation=name)(x),
            lambda x, name=name: layers.Activation(name)(dense()(x)),
        )
        for name in ("tanh", "sigmoid", "softmax", "elu", "selu", "gelu", "silu", "softplus")
    ),
    *(
        written(
            f"{name} inside and as an operation",
            (6,),
            lambda x, name=name: dense(activation=name)(x),
            lambda x, op=op: op(dense()(x)),
        )
        for name, op in {
            "tanh": ops.tanh,
            "sigmoid": ops.sigmoid,
            "softmax": ops.softmax,
            "elu": ops.elu,
            "silu": ops.silu,
            "leaky_relu": ops.leaky_relu,
            "relu6": ops.relu6,
        }.items()
    ),
    written("swish and silu", (6,), lambda x: dense(activation="swish")(x),
            lambda x: dense(activation="silu")(x)),
    written("ReLU(max_value=6) and relu6", (6,), lambda x: layers.ReLU(max_value=6)(dense()(x)),
            lambda x: dense(activation="relu6")(x)),
    written("Softmax and softmax", (6,), lambda x: layers.Softmax()(dense()(x)),
            lambda x: dense(activation="softmax")(x)),
    written("linear and no activation", (6,), lambda x: dense(activation="linear")(x),
            lambda x: dense(activation=None)(x)),
    written("Activation('linear') and nothing", (6,), lambda x: dense()(x),
            lambda x: dense()(layers.Activation("linear")(x))),
    written("Identity and nothing", (6,), lambda x: dense()(x),
            lambda x: layers.Identity()(dense()(layers.Identity()(x)))),
    written("Dropout(0) and nothing", (6,), lambda x: dense()(x),
            lambda x: dense()(layers.Dropout(0.0)(x))),
    written("a merge of one tensor and nothing", (6,), lambda x: dense()(x),
            lambda x: dense()(layers.Add()([x]))),
    *(
        written(f"the layer {name} and {how}", (6,), lambda x, y, m=merge: dense()(m()([x, y])),
                lambda x, y, o=other: dense()(o(x, y)), count=2)
        for name, merge, how, other in (
            ("Add", layers.Add, "layers.add", lambda x, y: layers.add([x, y])),
            ("Add", layers.Add, "+", lambda x, y: x + y),
            ("Add", layers.Add, "ops.add", ops.add),
            ("Add", layers.Add, "Add the other way round", lambda x, y: layers.Add()([y, x])),
            ("Subtract", layers.Subtract, "-", lambda x, y: x - y),
            ("Subtract", layers.Subtract, "ops.subtract", ops.subtract),
            ("Multiply", layers.Multiply, "*", lambda x, y: y * x),
            ("Multiply", layers.Multiply, "layers.multiply", lambda x, y: layers.multiply([x, y])),
            ("Average", layers.Average, "layers.average", lambda x, y: layers.average([y, x])),
            ("Average", layers.Average, "(x + y) / 2", lambda x, y: (x + y) / 2),
            ("Average", layers.Average, "0.5 * (x + y)", lambda x, y: 0.5 * (x + y)),
            ("Maximum", layers.Maximum, "ops.maximum", lambda x, y: ops.maximum(y, x)),
            ("Minimum", layers.Minimum, "ops.minimum", ops.minimum),
            ("Concatenate", layers.Concatenate, "layers.concatenate",
             lambda x, y: layers.concatenate([x, y])),
            ("Concatenate", layers.Concatenate, "ops.concatenate on axis -1",
             lambda x, y: ops.concatenate([x, y], axis=-1)),
        )
    ),
    written("a sum of three and a sum of a sum", (6,), lambda x, y, z: layers.Add()([x, y, z]),
            lambda x, y, z: z + (x + y), count=3),
    written("the layer Dot and layers.dot", (5, 6), lambda x, y: layers.Dot(axes=2)([x, y]),
            lambda x, y: layers.dot([x, y], axes=(2, 2)), count=2),
    written("Dot and matmul with a transposed one", (5, 6), lambda x, y: layers.Dot(axes=2)([x, y]),
            lambda x, y: ops.matmul(x, ops.transpose(y, (0, 2, 1))), count=2),
    written("the Dot of two rows, either way round", (6,),
            lambda x, y: layers.Dot(axes=-1, normalize=True)([x, y]),
            lambda x, y: layers.Dot(axes=1, normalize=True)([y, x]), count=2),
    written("axis -1 and the last axis", (5, 6), lambda x: layers.Softmax(axis=-1)(x),
            lambda x: layers.Softmax(axis=2)(x)),
    written("axis -1 and the last axis of a normalization", (5, 6),
            lambda x: layers.LayerNormalization(axis=-1, name="n")(x),
            lambda x: layers.LayerNormalization(axis=2, name="n")(x)),
    written("3 and (3, 3)", (8, 8, 2), lambda x: layers.Conv2D(3, 3, name="c")(x),
            lambda x: layers.Conv2D(3, (3, 3), strides=1, padding="valid", name="c")(x)),
    written("a default written out", (6,), lambda x: dense()(x),
            lambda x: dense(use_bias=True, kernel_regularizer=None)(x)),
    written("Flatten and Reshape((-1,))", (4, 3), lambda x: dense()(layers.Flatten()(x)),
            lambda x: dense()(layers.Reshape((-1,))(x))),
    written("Flatten and ops.reshape", (4, 3), lambda x: dense()(layers.Flatten()(x)),
            lambda x: dense()(ops.reshape(x, (-1, 12)))),
    written("an activation before and after Flatten", (4, 3),
            lambda x: dense()(layers.Flatten()(layers.ReLU()(x))),
            lambda x: dense()(layers.ReLU()(layers.Flatten()(x)))),
    written("dropout before and after Flatten", (4, 3),
            lambda x: dense()(layers.Flatten()(layers.Dropout(0.5)(x))),
            lambda x: dense()(layers.Dropout(0.5)(layers.Flatten()(x)))),
    written("two reshapes and one", (4, 3), lambda x: layers.Reshape((2, 6))(x),
            lambda x: layers.Reshape((2, 6))(layers.Flatten()(x))),
    written("Permute and ops.transpose", (4, 3), lambda x: layers.Permute((2, 1))(x),
            lambda x: ops.transpose(x, (0, 2, 1))),
    written("global average pooling and ops.mean", (4, 4, 3),
            lambda x: layers.GlobalAveragePooling2D()(x), lambda x: ops.mean(x, axis=(1, 2))),
    written("global max pooling and ops.max", (4, 3),
            lambda x: layers.GlobalMaxPooling1D()(x), lambda x: ops.max(x, axis=-2)),
    written("pooling of the whole map and a global one", (4, 4, 3),
            lambda x: layers.Flatten()(layers.AveragePooling2D(4)(x)),
            lambda x: layers.GlobalAveragePooling2D()(x)),
    written("x[:, -1] and x[:, 4, :]", (5, 3), lambda x: x[:, -1], lambda x: x[:, 4, :]),
    written("initializers and seeds", (6,), lambda x: dense(kernel_initializer="zeros")(x),
            lambda x: dense(kernel_initializer=keras.initializers.HeNormal(seed=1))(x)),
    written("padding before and inside a convolution", (8, 8, 2),
            lambda x: layers.Conv2D(3, 3, name="c")(layers.ZeroPadding2D(1)(x)),
            lambda x: layers.Conv2D(3, 3, padding="same", name="c")(x)),
    written("one pooling called twice and two", (8, 8, 2),
            lambda x: (lambda p: layers.Concatenate()([p(x), p(x)]))(layers.MaxPooling2D()),
            lambda x: layers.Concatenate()([layers.MaxPooling2D()(x), layers.MaxPooling2D()(x)])),
    written("one layer called twice on one tensor, and once", (6,),
            lambda x: (lambda d: d(x) + d(x))(dense()), lambda x: (lambda y: y + y)(dense()(x))),
    Pair("the mask that Add hands on", tokens(lambda x: lstm(layers.Add()([x, x]))),
         tokens(lambda x: lstm(layers.add([x, x])))),
    written("bidirectional with its default written out", (5, 3),
            lambda x: layers.Bidirectional(layers.LSTM(2), name="b")(x),
            lambda x: layers.Bidirectional(layers.LSTM(2, return_sequences=False),
                                           merge_mode="concat", name="b")(x)),
    written("relu before and after max pooling", (8, 8, 2),
            lambda x: layers.MaxPooling2D()(layers.Conv2D(3, 3, activation="relu", name="c")(x)),
            lambda x: layers.ReLU()(layers.MaxPooling2D()(layers.Conv2D(3, 3, name="c")(x)))),
    written("arithmetic before and after a slice", (5, 3), lambda x: (x / 2)[:, -1],
            lambda x: x[:, -1] / 2),
    written("the square of a difference, either way round", (6,),
            lambda x, y: ops.square(x - y), lambda x, y: ops.square(y - x), count=2),
    written("the maximum of a tensor given twice", (6,), lambda x, y: layers.Maximum()([x, y, x]),
            lambda x, y: layers.Maximum()([y, x]), count=2),
    written("a sum over one number", (6,),
            lambda x: ops.sum(ops.sum(x, axis=1, keepdims=True), axis=1, keepdims=True),
            lambda x: ops.sum(x, axis=1, keepdims=True)),
    written("padding where the windows fit", (8, 8, 2),
            lambda x: layers.MaxPooling2D(padding="same")(x), lambda x: layers.MaxPooling2D()(x)),
    written("padding of a window of one", (8, 8, 2),
            lambda x: layers.Conv2D(3, 1, padding="same", name="c")(x),
            lambda x: layers.Conv2D(3, 1, name="c")(x)),
    written("the regularizer of a bias that is not there", (6,),
            lambda x: dense(use_bias=False, bias_regularizer="l2")(x),
            lambda x: dense(use_bias=False)(x)),
    written("a Dense on each step, wrapped or not", (5, 3), lambda x: dense()(x),
            lambda x: layers.TimeDistributed(dense(name="inside"), name="d")(x)),
    *(
        written(f"a separable convolution and the two that it is, {title}", shape,
                lambda x, c=classes, o=of_one: separable(x, classes=c, **o),
                lambda x, c=classes, f=first, p=second: apart(x, classes=c, pointwise=p, **f))
        for title, shape, classes, of_one, first, second in (
            ("plain", (9, 9, 2), SEPARABLE_2D, {}, {}, {}),
            ("on sequences", (9, 2), SEPARABLE, {}, {}, {}),
            ("on pictures of any size", (None, None, 2), SEPARABLE_2D, {}, {}, {"padding": "same"}),
            ("strided and padded", (9, 9, 2), SEPARABLE_2D, {"strides": 2, "padding": "same"},
             {"strides": 2, "padding": "same"}, {"padding": "same"}),
            ("dilated", (9, 9, 2), SEPARABLE_2D, {"dilation_rate": 2}, {"dilation_rate": 2}, {}),
            ("multiplied", (9, 9, 2), SEPARABLE_2D, {"depth_multiplier": 3},
             {"depth_multiplier": 3}, {}),
            ("with an activation", (9, 9, 2), SEPARABLE_2D, {"activation": "relu"}, {},
             {"activation": "relu"}),
            ("without a bias", (9, 9, 2), SEPARABLE_2D, {"use_bias": False}, {},
             {"use_bias": False}),
            ("regularized", (9, 9, 2), SEPARABLE_2D,
             {"depthwise_regularizer": "l1", "pointwise_regularizer": "l2"},
             {"depthwise_regularizer": "l1"}, {"kernel_regularizer": "l2"}),
        )
    ),
    written("a separable convolution and the two that it is, with a layer after it", (9, 9, 2),
            lambda x: layers.MaxPooling2D()(separable(x, activation="relu")),
            lambda x: layers.MaxPooling2D()(layers.ReLU()(apart(x)))),
    written("one separable convolution called twice", (9, 9, 2),
            lambda x, y: (lambda s: s(x) - s(y))(layers.SeparableConv2D(4, 3, name="s")),
            lambda x, y: (lambda d, p: p(d(x)) - p(d(y)))(
                layers.DepthwiseConv2D(3, use_bias=False, name="s_depthwise"),
                layers.Conv2D(4, 1, name="s_pointwise")), count=2),
)  # fmt: skip


def shared(*pattern, merge=layers.Concatenate):
    """`shared("a", "a")`: the layer `a` on the first and on the second input."""

    def make(*inputs):
        made = {name: dense(3, name=name) for name in dict.fromkeys(pattern)}
        return merge()([made[n](x) for n, x in zip(pattern, inputs, strict=True)])

    return on((6,), make, count=len(pattern))


def twins(*pattern):
    """Two layers, each called on both inputs, joined in pairs as `pattern` says."""

    def make(x, y):
        twin = {"a": dense(3, name="a"), "b": dense(3, name="b")}
        on = {"x": x, "y": y}
        return [twin[p[0]](on[p[1]]) - twin[q[0]](on[q[1]]) for p, q in pattern]

    return on((6,), make, count=2)


def residual(skip):
    def make(x):
        h = dense(6, activation="relu", name="a")(x)
        g = dense(6, name="b")(h)
        return dense(2, name="c")(layers.Add()(skip(x, h, g)))

    return on((6,), make)


def state(index):
    def make(x):
        return layers.LSTM(3, return_state=True, name="l")(x)[index]

    return on((5, 2), make)


def frozen(layer):
    layer.trainable = False
    return layer


def unused_input():
    x, y = Input((6,)), Input((6,))
    return Model([x, y], dense()(x))


DIFFERENT = (
    written("units", (6,), lambda x: dense(5)(x), lambda x: dense(4)(x), kind="setting",
            computes=False, words=("`d`", "units=5", "units=4")),
    written("an activation", (6,), lambda x: dense(activation="tanh")(x),
            lambda x: dense(activation="relu")(x), kind="setting", words=("'tanh'", "'relu'")),
    written("no activation", (6,), lambda x: dense()(x), lambda x: dense(activation="relu")(x),
            kind="setting", words=("no activation", "'relu'")),
    written("a missing activation layer", (6,), lambda x: dense()(x),
            lambda x: layers.ReLU()(dense()(x)), kind="missing", words=("`d`", "'relu'")),
    written("the axis of a softmax", (5, 6), lambda x: layers.Softmax(axis=1)(x),
            lambda x: layers.Softmax()(x), kind="setting"),
    written("the axis of a concatenation", (6, 6), lambda x, y: layers.Concatenate(axis=1)([x, y]),
            lambda x, y: layers.Concatenate(axis=2)([x, y]), kind="setting", count=2,
            words=("axis=1", "axis=2")),
    written("the order of a concatenation that leaves", (6,),
            lambda x, y: layers.Concatenate()([y, x]), lambda x, y: layers.Concatenate()([x, y]),
            kind="wiring", count=2),
    written("the order of a subtraction", (6,), lambda x, y: dense()(y - x),
            lambda x, y: dense()(x - y), kind="wiring", count=2),
    written("softmax before and after Flatten", (4, 3),
            lambda x: dense()(layers.Flatten()(layers.Softmax()(x))),
            lambda x: dense()(layers.Softmax()(layers.Flatten()(x))), kind="wiring",
            words=("comes after `in_0`",)),
    written("a rectified difference, the other way round", (6,),
            lambda x, y: ops.relu(x - y), lambda x, y: ops.relu(y - x), kind="wiring", count=2),
    written("relu before and after average pooling", (8, 8, 2),
            lambda x: layers.AveragePooling2D(2)(layers.ReLU()(x)),
            lambda x: layers.ReLU()(layers.AveragePooling2D(2)(x)), kind="wiring"),
    written("padding where the windows do not fit", (9, 9, 2),
            lambda x: layers.MaxPooling2D(padding="same")(x), lambda x: layers.MaxPooling2D()(x),
            kind="setting", words=("padding='same'",)),
    written("another constant", (6,), lambda x: dense()(x * 2), lambda x: dense()(x * 3),
            kind="setting", words=("constant=2", "constant=3")),
    written("a constant array", (2,), lambda x: x * ops.convert_to_numpy([1.0, 2.0]),
            lambda x: x * ops.convert_to_numpy([1.0, 3.0]), kind="setting"),
    written("addition of different ranks", (5, 5), lambda x: layers.Add()([x, x[:, 0]]),
            lambda x: x + x[:, 0, :][:, :], kind="setting", computes=False),
    written("Add for Multiply", (6,), lambda x, y: dense()(x * y), lambda x, y: dense()(x + y),
            kind="setting", count=2, words=("`Multiply`", "`Add`")),
    written("GRU for LSTM", (5, 2), lambda x: layers.GRU(3, name="l")(x),
            lambda x: layers.LSTM(3, name="l")(x), kind="setting", computes=False,
            words=("`GRU`", "`LSTM`")),
    written("dilation", (9, 9, 1), lambda x: layers.Conv2D(2, 3, name="c", dilation_rate=2)(x),
            lambda x: layers.Conv2D(2, 3, name="c", padding="valid")(x), kind="setting",
            computes=False),
    written("a regularizer", (6,), lambda x: dense(kernel_regularizer="l2")(x),
            lambda x: dense()(x), kind="setting", computes=False),
    written("go_backwards", (5, 2), lambda x: lstm(x, go_backwards=True), lstm, kind="setting"),
    written("a dropout rate", (6,), lambda x: dense()(layers.Dropout(0.5)(x)),
            lambda x: dense()(layers.Dropout(0.2)(x)), kind="setting", computes=False),
    Pair("another output of an LSTM", state(2), state(1), "output"),
    Pair("skip from the wrong tensor", residual(lambda x, h, g: [h, g]),
         residual(lambda x, h, g: [x, g]), "wiring", words=("`add", "`in_0`")),
    Pair("a tensor added to itself", residual(lambda x, h, g: [g, g]),
         residual(lambda x, h, g: [x, g]), "wiring"),
    Pair("no skip", residual(lambda x, h, g: [g]), residual(lambda x, h, g: [x, g]), "missing",
         words=("`Add()` of `in_0` and `b` is missing before `c`",)),
    Pair("an extra layer", on((6,), lambda x: dense()(layers.Dropout(0.3)(x))),
         on((6,), lambda x: dense()(x)), "extra", computes=False, words=("`dropout",)),
    Pair("two layers for one shared", shared("a", "b"), shared("a", "a"), "sharing",
         words=("`a` and `b`", "`in_0` and `in_1`")),
    Pair("one shared layer for two", shared("a", "a"), shared("a", "b"), "sharing"),
    Pair("twins paired the other way round", twins(("ax", "by"), ("bx", "ay")),
         twins(("ax", "by"), ("ax", "by")), "sharing"),
    Pair("which of three is shared", shared("a", "b", "b"), shared("a", "a", "b"), "sharing"),
    Pair("swapped outputs", two_heads(list, swapped=True), two_heads(list), "output"),
    Pair("swapped inputs", two_inputs(list, flip=True), two_inputs(list), "input"),
    Pair("an input that nothing uses", unused_input, on((6,), lambda x: dense()(x)), "input",
         computes=False, words=("2 inputs", "1 input")),
    Pair("a frozen layer", on((6,), lambda x: frozen(dense())(x)), on((6,), lambda x: dense()(x)),
         "frozen", computes=False, words=("`d`", "frozen")),
    Pair("the dtype of an input", on((6,), lambda x: layers.Embedding(9, 2, name="e")(x)),
         on((6,), lambda x: layers.Embedding(9, 2, name="e")(x), dtype="int32"), "dtype",
         computes=False, words=("float32", "int32")),
    Pair("the shape of an input", on((7,), lambda x: dense()(x)), on((6,), lambda x: dense()(x)),
         "input", computes=False, words=("(7,)", "(6,)")),
    Pair("a mask that + loses", tokens(lambda x: lstm(x + x)),
         tokens(lambda x: lstm(layers.Add()([x, x]))), "wiring", words=("the mask of `e`",)),
    Pair("a nested model with one layer more", nested_sequential, on((6,), lambda x: dense(2)(x)),
         "extra", computes=False),
    *(
        written(f"a separable convolution and two others, {title}", (9, 9, 2),
                lambda x, f=first, s=second: apart(x, pointwise=s, **f), separable, kind=kind,
                computes=computes, words=words)
        for title, first, second, kind, computes, words in (
            ("fewer filters", {}, {"filters": 2}, "setting", False, ("`s_pointwise`", "filters=4")),
            ("with a bias between", {"use_bias": True}, {}, "setting", False,
             ("`s_depthwise` has use_bias=True; expected use_bias=False",)),
            ("with an activation between", {"activation": "relu"}, {}, "setting", True,
             ("`s_depthwise`", "no activation")),
            ("strided at the wrong one", {}, {"strides": 2}, "setting", True, ("`s_pointwise`",)),
            ("grouped", {}, {"groups": 2}, "setting", False, ("`s_pointwise`", "groups=2")),
            ("not padded", {"padding": "same"}, {}, "setting", True, ("`s_depthwise`",)),
            ("regularized", {"depthwise_regularizer": "l2"}, {}, "setting", False,
             ("`s_depthwise`", "depthwise_regularizer")),
            ("of another depth", {"depth_multiplier": 2}, {}, "setting", False,
             ("`s_depthwise`", "depth_multiplier")),
        )
    ),
    written("one half shared by two separable convolutions", (9, 9, 2), one_depthwise_for_two,
            lambda x: layers.Concatenate()([separable(x), separable(x, "t")]), kind="extra",
            computes=False, words=("`s_depthwise`",)),
    written("a separable convolution for two layers of other settings", (9, 9, 2),
            lambda x: separable(x, padding="same"), apart, kind="setting",
            words=("`s` is `SeparableConv2D`; expected `DepthwiseConv2D`",)),
)  # fmt: skip
