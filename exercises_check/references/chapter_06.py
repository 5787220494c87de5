"""What the exercises of chapter 06, skip connections, ask for."""

import keras
from keras import layers, ops

from exercises_check.exercise import exercise


@exercise(
    hints={
        "wiring": [
            "`Add` takes a list of two tensors. Which two meet at the end of the block?",
            "`layers.Add()([inputs, x])`, where `x` comes out of the second `Dense`.",
        ],
        "setting": [
            "Only one of the two `Dense` layers has an activation of its own.",
            'The first: `Dense(16, activation="relu")`. The second: `Dense(16)`.',
        ],
        "missing": [
            "There are two `relu` in the block. Where do they stand?",
            'The first `Dense` has `activation="relu"`; `Activation("relu")` follows `Add`.',
        ],
        "": [
            "Where does the skip connection begin, and where does it end?",
            'Keep `inputs`. `Dense(16, activation="relu")`, then `Dense(16)`, then `Add` of '
            "`inputs` and that, then `relu`.",
        ],
    },
    minutes=5,
    difficulty=1,
)
def residual_block():
    entered = keras.Input((16,))
    branch = layers.Dense(16)(layers.ReLU()(layers.Dense(16)(entered)))
    return keras.Model(entered, ops.relu(layers.add([entered, branch])))


@exercise(
    hints={
        "extra": [
            "For which `filters` and `strides` does `x` already have the right shape?",
            "Make the projection inside `if strides != 1 or x.shape[-1] != filters:`.",
        ],
        "missing": [
            "Two `relu` and up to three convolutions: which is not there?",
            'The first convolution has `activation="relu"`; `Activation("relu")` follows `Add`.',
        ],
        "setting": [
            "Which two of the three convolutions take `strides`? Which one is 1 × 1?",
            "`Conv2D(filters, 3, strides=strides, …)`, `Conv2D(filters, 3, …)`, and the "
            "projection `Conv2D(filters, 1, strides=strides)`.",
        ],
        "wiring": [
            "The projection reads what enters the block. What does the second 3 × 3 read?",
            "Keep `x` as it is, and call what goes through the two convolutions `y`.",
        ],
        "": [
            "When can `x` be added as it is? Both its size and its channels may differ from `y`.",
            "Two convolutions make `y`. `shortcut` is `x`, or `Conv2D(filters, 1, "
            "strides=strides)(x)`. Return `relu` of `Add()([shortcut, y])`.",
        ],
    },
    minutes=10,
    difficulty=3,
    calls=[
        (((8, 8, 16),), {"filters": 16, "strides": 1}),
        (((8, 8, 16),), {"filters": 32, "strides": 1}),
        (((8, 8, 16),), {"filters": 16, "strides": 2}),
        (((9, 9, 3),), {"filters": 8, "strides": 2}),
    ],
)
def projected_block(x, filters, strides=1):
    fits = strides == 1 and x.shape[-1] == filters
    shortcut = x if fits else layers.Conv2D(filters, (1, 1), strides=strides)(x)
    branch = layers.Conv2D(filters, 3, strides=strides, padding="same")(x)
    branch = layers.Conv2D(filters, 3, padding="same")(layers.ReLU()(branch))
    return layers.ReLU()(layers.add([shortcut, branch]))


@exercise(
    hints={
        "sharing": [
            "Do the two calls of your function make layers of their own?",
            "Make each layer inside the function.",
        ],
        "wiring": [
            "Between which two layers does the normalisation stand?",
            "Convolution, normalisation, `relu`, pooling. The convolution has no activation.",
        ],
        "setting": [
            "Which settings of `Conv2D` does the text name? All others are the default.",
            '`Conv2D(filters, 3, padding="same")`, `BatchNormalization()`, `MaxPooling2D(2)`.',
        ],
        "": [
            "Four layers, one after the other. Which one has the activation?",
            '`Conv2D(filters, 3, padding="same")`, `BatchNormalization()`, `Activation("relu")`, '
            "`MaxPooling2D(2)`, and `return`.",
        ],
    },
    minutes=5,
    difficulty=1,
    calls=[(((32, 32, 3),), {"filters": 8}), (((12, 12, 8),), {"filters": 16})],
)
def conv_block(x, filters):
    for layer in (
        layers.Conv2D(filters, (3, 3), padding="same"),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.MaxPooling2D(),
    ):
        x = layer(x)
    return x


@exercise(
    hints={
        "setting": [
            "Which numbers did you keep from the old code? What do they mean today?",
            'Both convolutions are `Conv2D(filters, 3, padding="same")`, both normalisations '
            "`BatchNormalization()`: the channels are the last axis.",
        ],
        "wiring": [
            "In which order do the convolution, the normalisation and `relu` come? What is added?",
            "Only the first half of the block has its `relu` at once; the second `relu` comes "
            "after the addition.",
        ],
        "missing": [
            "Compare your lines with the old ones, one by one: which step is gone?",
            "Convolution, normalisation, `relu`, convolution, normalisation, addition, `relu`.",
        ],
        "": [
            "Mend the first line that fails, run again, and go on. Then ask what each number "
            "means that you kept.",
            '`Conv2D(filters, 3, padding="same")`, `BatchNormalization()`, `relu`, the same '
            "convolution, `BatchNormalization()`, `Add()([x, y])`, `relu`.",
        ],
    },
    minutes=8,
    difficulty=2,
    calls=[(((8, 8, 16),), {"filters": 16}), (((10, 6, 8),), {"filters": 8})],
)
def residual_block_bn(x, filters):
    def normalised(tensor):
        tensor = layers.Conv2D(filters, kernel_size=3, padding="same")(tensor)
        return layers.BatchNormalization()(tensor)

    branch = normalised(layers.ReLU()(normalised(x)))
    return layers.ReLU()(layers.add([x, branch]))


@exercise(
    hints={
        "setting": [
            'Which convolutions have `padding="same"`, and which one has 32 filters?',
            "Only the four convolutions inside the blocks keep the size. The others, and the "
            "pooling, have no `padding`.",
        ],
        "wiring": [
            "The second block adds what the first one returns. Does it?",
            "In a function: `y` goes through both convolutions, `return layers.Add()([x, y])`.",
        ],
        "sharing": [
            "Has each of the two blocks weights of its own?",
            "Make the two convolutions inside the block's function.",
        ],
        "extra": [
            "What follows the two additions in the text?",
            "Nothing: this block returns `layers.Add()([x, y])` as it is.",
        ],
        "": [
            "Write the block as a function, call it twice, and look at `model.summary()`.",
            "`Conv2D(32)`, `Conv2D(64)`, `MaxPooling2D(3)`, block, block, `Conv2D(64)`, "
            "`GlobalAveragePooling2D`, `Dense(256)`, `Dropout(0.5)`, `Dense(10)`.",
        ],
    },
    minutes=12,
    difficulty=2,
)
def toy_resnet():
    def relu_conv(tensor, filters, padding="valid"):
        return layers.ReLU()(layers.Conv2D(filters, 3, padding=padding)(tensor))

    photo = keras.Input((32, 32, 3))
    tensor = layers.MaxPool2D(3)(relu_conv(relu_conv(photo, 32), 64))
    for _ in range(2):
        branch = relu_conv(relu_conv(tensor, 64, "same"), 64, "same")
        tensor = layers.Add()([tensor, branch])
    means = layers.GlobalAveragePooling2D()(relu_conv(tensor, 64))
    hidden = layers.Dropout(0.5)(layers.ReLU()(layers.Dense(256)(means)))
    return keras.Model(photo, layers.Dense(10)(hidden))


@exercise(
    hints={
        "wiring": [
            "Which tensor does the first layer of each branch read?",
            "Four branches begin at `inputs`; none begins where another one ends.",
        ],
        "setting": [
            "Compare this branch with its line in the text: filters, kernel, activation, pooling.",
            'All layers have `padding="same"`; the pooling is `MaxPooling2D` with `strides=1`.',
        ],
        "": [
            "Write one branch at a time and print its shape: what do all four have in common?",
            "`a` to `d`, each with its own layers on `inputs`, then "
            "`layers.Concatenate()([a, b, c, d])`, `GlobalAveragePooling2D()`, `Dense(10)`.",
        ],
    },
    minutes=8,
    difficulty=2,
)
def inception_branches():
    maps = keras.Input((16, 16, 32))

    def relu_conv(tensor, filters, kernel):
        return ops.relu(layers.Conv2D(filters, kernel, padding="same")(tensor))

    pooled = layers.MaxPooling2D(pool_size=3, strides=1, padding="same")(maps)
    branches = [
        relu_conv(maps, 16, 1),
        relu_conv(relu_conv(maps, 16, 1), 24, 3),
        relu_conv(relu_conv(maps, 8, 1), 16, 5),
        relu_conv(pooled, 8, 1),
    ]
    means = layers.GlobalAveragePooling2D()(layers.concatenate(branches))
    return keras.Model(maps, layers.Dense(10)(means))
