"""Right and wrong answers to the exercises of chapter 06, as people write them."""

import keras
from keras import layers, ops
from keras.layers import (
    Activation,
    Add,
    BatchNormalization,
    Concatenate,
    Conv2D,
    Dense,
    Dropout,
    GlobalAveragePooling2D,
    MaxPooling2D,
)

# A residual block -------------------------------------------------------------------------------


def residual(*, activations=("relu", None), join=Add, end="relu", pair=None, units=16):
    inputs = keras.Input((16,))
    first = Dense(units, activation=activations[0])(inputs)
    second = Dense(16, activation=activations[1])(first)
    tensors = {"inputs": inputs, "first": first, "second": second}
    x = join()([tensors[name] for name in pair or ("inputs", "second")])
    return keras.Model(inputs, Activation(end)(x) if end else x)


def residual_with_operators():
    inputs = keras.Input((16,))
    x = ops.relu(Dense(16)(inputs))
    return keras.Model(inputs, ops.relu(Dense(16)(x) + inputs))


def residual_with_a_nested_branch():
    branch = keras.Sequential([keras.Input((16,)), Dense(16, activation="relu"), Dense(16)])
    inputs = keras.Input((16,))
    return keras.Model(inputs, layers.ReLU()(layers.add([branch(inputs), inputs])))


def residual_with_one_layer_twice():
    inputs = keras.Input((16,))
    dense = Dense(16)
    x = dense(Activation("relu")(dense(inputs)))
    return keras.Model(inputs, Activation("relu")(Add()([inputs, x])))


# Blocks -----------------------------------------------------------------------------------------


def projected(*, when=None, kernel=1, padding="valid", strided=(True, False), reads="x", end=True):
    """A block with a projection; each argument is a place where people slip."""

    def block(x, filters, strides=1):
        first, second = (strides if each else 1 for each in strided)
        y = Conv2D(filters, 3, strides=first, padding="same", activation="relu")(x)
        z = Conv2D(filters, 3, strides=second, padding="same")(y)
        needed = strides != 1 or x.shape[-1] != filters
        if when(x, filters, strides) if when else needed:
            if reads == "y":
                x = Conv2D(filters, kernel, padding=padding)(y)
            else:
                x = Conv2D(filters, kernel, strides=strides, padding=padding)(x)
        x = Add()([x, z])
        return Activation("relu")(x) if end else x

    return block


def projected_with_operators(x, filters, strides=1):
    shortcut = x
    x = ops.relu(Conv2D(filters, (3, 3), strides=(strides, strides), padding="same")(x))
    x = Conv2D(filters, (3, 3), padding="same")(x)
    if shortcut.shape != x.shape:
        shortcut = Conv2D(filters, (1, 1), strides=(strides, strides))(shortcut)
    return ops.relu(x + shortcut)


def conv(*, order="nrp", activation=None, padding="same", kernel=3, axis=-1, filters=None):
    made = {
        "n": lambda: BatchNormalization(axis=axis),
        "r": lambda: Activation("relu"),
        "p": lambda: MaxPooling2D(2),
        "a": lambda: layers.AveragePooling2D(2),
    }

    def block(x, filters_asked):
        count = filters or filters_asked
        x = Conv2D(count, kernel, padding=padding, activation=activation)(x)
        for letter in order:
            x = made[letter]()(x)
        return x

    return lambda x, filters: block(x, filters)


def conv_as_a_sequential(x, filters):
    return keras.Sequential(
        [
            Conv2D(filters, (3, 3), padding="same"),
            BatchNormalization(),
            layers.ReLU(),
            MaxPooling2D((2, 2)),
        ]
    )(x)


def normalised(*, axis=-1, middle="relu", last_normal=True, early_relu=False, end="relu", old=()):
    def block(x, filters):
        y = Conv2D(filters, 3, *old, padding="same")(x)
        y = BatchNormalization(axis=axis)(y)
        y = Activation(middle)(y) if middle else y
        y = Conv2D(filters, 3, *old, padding="same")(y)
        y = BatchNormalization(axis=axis)(y) if last_normal else y
        y = Activation("relu")(y) if early_relu else y
        y = Add()([x, y])
        return Activation(end)(y) if end else y

    return block


def normalised_in_a_loop(x, filters):
    y = x
    for last in (False, True):
        y = layers.BatchNormalization()(layers.Convolution2D(filters, 3, padding="same")(y))
        if not last:
            y = ops.relu(y)
    return ops.relu(layers.add([y, x]))


def added_to_itself(x, filters):
    y = BatchNormalization()(Conv2D(filters, 3, padding="same")(x))
    y = BatchNormalization()(Conv2D(filters, 3, padding="same")(Activation("relu")(y)))
    return Activation("relu")(Add()([y, y]))


# Networks ---------------------------------------------------------------------------------------


def toy(*, skip="block", end=None, padding="valid", blocks=2, first=32, dropout=0.5, shared=False):
    def relu(filters, **settings):
        return Conv2D(filters, 3, activation="relu", **settings)

    inputs = keras.Input((32, 32, 3))
    x = relu(64, padding=padding)(relu(first, padding=padding)(inputs))
    x = start = MaxPooling2D(3)(x)
    pair = [relu(64, padding="same"), relu(64, padding="same")]
    for _ in range(blocks):
        if not shared:
            pair = [relu(64, padding="same"), relu(64, padding="same")]
        y = pair[1](pair[0](x))
        x = Add()([y, {"block": x, "start": start, "itself": y}[skip]])
        x = Activation(end)(x) if end else x
    x = GlobalAveragePooling2D()(relu(64, padding=padding)(x))
    x = Dropout(dropout)(Dense(256, activation="relu")(x))
    return keras.Model(inputs, Dense(10)(x))


def toy_with_operators():
    inputs = keras.Input((32, 32, 3))
    x = ops.relu(Conv2D(64, 3)(ops.relu(Conv2D(32, 3)(inputs))))
    x = MaxPooling2D((3, 3))(x)
    for _ in range(2):
        y = ops.relu(Conv2D(64, 3, padding="same")(x))
        x = ops.relu(Conv2D(64, 3, padding="same")(y)) + x
    x = ops.mean(layers.ReLU()(Conv2D(64, 3)(x)), axis=(1, 2))
    return keras.Model(inputs, Dense(10)(Dropout(0.5)(layers.ReLU()(Dense(256)(x)))))


def inception(*, chained=False, order=(0, 1, 2, 3), join=None, pool=MaxPooling2D, kernels=(3, 5)):
    def relu(filters, kernel):
        return Conv2D(filters, kernel, padding="same", activation="relu")

    inputs = keras.Input((16, 16, 32))
    a = relu(16, 1)(inputs)
    b = relu(24, kernels[0])(relu(16, 1)(inputs))
    c = relu(16, kernels[1])(relu(8, 1)(b if chained else inputs))
    d = relu(8, 1)(pool(3, strides=1, padding="same")(inputs))
    branches = [(a, b, c, d)[n] for n in order]
    x = (join or Concatenate())(branches)
    return keras.Model(inputs, Dense(10)(GlobalAveragePooling2D()(x)))


def inception_with_one_squeeze():
    """Saves a layer: the two long branches begin with the same 1 × 1 convolution."""
    inputs = keras.Input((16, 16, 32))

    def relu(filters, kernel):
        return Conv2D(filters, kernel, padding="same", activation="relu")

    squeezed = relu(16, 1)(inputs)
    d = relu(8, 1)(MaxPooling2D(3, strides=1, padding="same")(inputs))
    x = Concatenate()([squeezed, relu(24, 3)(squeezed), relu(16, 5)(relu(8, 1)(inputs)), d])
    return keras.Model(inputs, Dense(10)(GlobalAveragePooling2D()(x)))


RIGHT = {
    "residual_block": [
        residual_with_operators,
        residual_with_a_nested_branch,
        lambda: residual(pair=("second", "inputs")),
    ],
    "projected_block": [
        projected,
        lambda: projected(padding="same"),
        lambda: projected_with_operators,
    ],
    "conv_block": [
        conv,
        lambda: conv_as_a_sequential,
        lambda: conv(axis=3, kernel=(3, 3)),
    ],
    "residual_block_bn": [normalised, lambda: normalised_in_a_loop],
    "toy_resnet": [toy, toy_with_operators],
    "inception_branches": [
        inception,
        lambda: inception(order=(3, 1, 0, 2)),
        lambda: inception(join=lambda branches: ops.concatenate(branches, axis=-1)),
    ],
}

WRONG = {
    "residual_block": [
        (lambda: residual(pair=("second", "second")), "wiring", "receives `dense_1` and `dense_1`"),
        (lambda: residual(pair=("first", "second")), "wiring", "expected `input_layer` and"),
        (lambda: residual(activations=("relu", "relu")), "setting", "expected no activation"),
        (lambda: residual(end=None), "missing", "No activation follows"),
        (lambda: residual(activations=(None, None)), "missing", "No activation follows"),
        (lambda: residual(join=layers.Multiply), "setting", "expected `Add`"),
        (residual_with_one_layer_twice, "sharing", "expected separate layers"),
    ],
    "projected_block": [
        (lambda: projected(when=lambda *_: True), "extra", "is not expected here"),
        (lambda: projected(kernel=3, padding="same"), "setting", "kernel_size"),
        (lambda: projected(strided=(False, True)), "setting", "strides"),
        (lambda: projected(reads="y"), "wiring", "expected `x`"),
        (lambda: projected(end=False), "missing", "No activation follows"),
    ],
    "conv_block": [
        (lambda: conv(order="np", activation="relu"), "setting", "expected no activation"),
        (lambda: conv(order="rnp"), "wiring", "expected after `batch_normalization`"),
        (lambda: conv(order="nr"), "missing", "MaxPooling2D"),
        (lambda: conv(padding="valid"), "setting", "padding"),
        (lambda: conv(axis=1), "setting", "axis"),
        (lambda: conv(filters=8), "setting", "filters"),
    ],
    "residual_block_bn": [
        (lambda: normalised(axis=1), "setting", "axis"),
        (lambda: normalised(old=(3,)), "setting", "strides=3"),
        (lambda: normalised(early_relu=True, end=None), "wiring", "expected after `add`"),
        (lambda: normalised(last_normal=False), "missing", "BatchNormalization"),
        (lambda: normalised(end=None), "missing", "No activation follows"),
        (lambda: normalised(middle=None), "missing", "No activation follows"),
        (lambda: added_to_itself, "wiring", "expected `x`"),
    ],
    "toy_resnet": [
        (lambda: toy(skip="start"), "wiring", "expected `add`"),
        (lambda: toy(skip="itself"), "wiring", "expected `max_pooling2d`"),
        (lambda: toy(shared=True), "sharing", "expected separate layers"),
        (lambda: toy(end="relu"), "extra", "expected nothing there"),
        (lambda: toy(padding="same"), "setting", "padding"),
        (lambda: toy(blocks=1), "missing", "are missing between `add`"),
        (lambda: toy(first=64), "setting", "filters"),
    ],
    "inception_branches": [
        (lambda: inception(chained=True), "wiring", "expected `input_layer`"),
        (lambda: inception(pool=layers.AveragePooling2D), "setting", "expected `MaxPooling2D`"),
        (lambda: inception(kernels=(5, 3)), "setting", "kernel_size"),
        (lambda: inception(order=(0, 1, 2)), "missing", "are missing between"),
        (inception_with_one_squeeze, "missing", "is missing between"),
    ],
}
