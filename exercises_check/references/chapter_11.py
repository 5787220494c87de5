"""What the exercises of chapter 11, when it goes wrong, ask for."""

import functools

import keras
from keras import layers

from exercises_check.datasets import load_digits
from exercises_check.exercise import exercise, value
from exercises_check.learned import Learned


@exercise(
    hints={
        "setting": [
            "Which numbers can `relu` return? Which numbers are among the targets?",
            "The last layer is `layers.Dense(1)`: without an activation it returns any number.",
        ],
        "compile": [
            "How is the model of the section compiled? A number is the target, not a class.",
            '`model.compile("adam", loss="mse")`.',
        ],
        "": [
            "Only one word of the model in the section has to go. Which layer holds it back?",
            "`Flatten`, `Dense(32, activation='relu')`, `Dense(1)`, then "
            '`model.compile("adam", loss="mse")`.',
        ],
    },
    minutes=5,
    difficulty=2,
)
def ink_centre():
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Flatten(),
            layers.Dense(32),
            layers.ReLU(),
            layers.Dense(1),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(), loss=keras.losses.MeanSquaredError())
    return model


@exercise(
    hints={
        "compile": [
            "`compile` stays as it is in the code of the task.",
        ],
        "missing": [
            "Which line did you leave out? Put it back, then leave out another one, and look at "
            "`gradient_norms(model)` each time.",
        ],
        "": [
            "Build the model without one of the lines and call `gradient_norms(model)`. For which "
            "line does the first number stop being 0?",
            "A function that has steps is flat between them, so its slope is 0 everywhere. Which "
            "line makes steps?",
            "Leave out the line with `ops.round`, with its `* 10` and `/ 10`.",
        ],
    },
    minutes=8,
    difficulty=2,
)
def mended_gradient():
    image = keras.Input((8, 8, 1))
    hidden = layers.ReLU()(layers.Dense(32)(layers.Flatten()(image)))
    hidden = layers.UnitNormalization()(layers.GaussianNoise(0.1)(hidden))
    model = keras.Model(image, layers.Softmax()(layers.Dense(10)(hidden)))
    loss = keras.losses.SparseCategoricalCrossentropy()
    model.compile(optimizer=keras.optimizers.Adam(), loss=loss)
    return model


value(
    "ten_faults",
    {"a": 6, "b": 2, "c": 9, "d": 4, "e": 7, "f": 1, "g": 8, "h": 3, "i": 10, "j": 5},
    rule="An error tells its fault. For the others: `traps`, the sizes of the gradients, the "
    "activations, and accuracy in fit beside accuracy in predict.",
    hints=[
        "Begin with the three that raise an error. What do their messages say?",
        "`traps` has something to say about two of the others.",
        "Which model is perfect in fit and guesses in predict? Which layer differs there?",
        "`gradient_norms`: one model has exactly 0, and one has numbers that shrink towards the "
        "front. One model has a layer that multiplies pixels, one a large number in "
        "`classifier(...)`.",
    ],
    slips={
        ("a", 10): "Its rate is 0.01, as that of most others. Look at its gradients.",
        ("a", 7): "Its gradients are small, not 0; look at them layer by layer.",
        ("a", 8): "Its inputs are from 0 to 1. Look at its gradients, layer by layer.",
        ("b", 3): "Its `Model` is never reached. Read the message: two shapes.",
        ("c", 11): "All its layers learn: in fit, it is perfect.",
        ("c", 12): "It reaches the targets in fit. What does predict do differently?",
        ("d", 12): "Its output can be anything. What does its loss expect?",
        (
            "d",
            1,
        ): "Then `fit` would raise. The targets fit; what does the loss expect of the output?",
        ("d", 10): "Its rate is 0.01, as that of most others. Ask `traps`.",
        ("e", 6): "There is only one layer before the last one. Its gradient is exactly 0: why?",
        (
            "e",
            11,
        ): "`trainable` is nowhere set to `False`. Yet its first layer does not change: why?",
        ("f", 4): "Its softmax gives probabilities. What does the loss expect of the labels?",
        ("f", 2): "Nothing is added. The two shapes are those of targets and outputs.",
        ("g", 10): "Its rate is 0.01, as that of most others. Look at its first layer.",
        ("g", 12): "It fits the tiny set. Look at the values of its first `tanh`.",
        ("h", 2): "Nothing is added. Read the message: something is not connected.",
        ("i", 7): "Its weights begin as random numbers. Look at what `classifier` receives.",
        ("i", 12): "A softmax reaches these targets. Look at what `classifier` receives.",
        ("j", 9): "It has no averages. What differs between fit and predict in its last layer?",
        ("j", 12): "In predict it is better than in fit. Which layer differs there?",
    },
    minutes=20,
    difficulty=3,
)


@exercise(
    hints={
        "setting": [
            "Compare each setting with the text: filters, kernel, padding, bias.",
            '`layers.Conv2D(64, 3, padding="same", use_bias=False)`, without an activation.',
        ],
        "wiring": [
            "What does each layer read? The convolution first, `BatchNormalization` next, `relu` "
            "last.",
        ],
        "": [
            "Where does `relu` stand, if it is not a setting of the convolution?",
            '`Conv2D(64, 3, padding="same", use_bias=False)`, `BatchNormalization()`, '
            '`Activation("relu")`; all three again; `GlobalAveragePooling2D()`, `Dense(10, '
            'activation="softmax")`.',
        ],
    },
    minutes=6,
    difficulty=2,
)
def bn_before_activation():
    def normalised(x):
        x = layers.Conv2D(64, (3, 3), padding="same", use_bias=False)(x)
        return layers.ReLU()(layers.BatchNormalization()(x))

    image = keras.Input((32, 32, 3))
    means = layers.GlobalAveragePooling2D()(normalised(normalised(image)))
    return keras.Model(image, layers.Softmax()(layers.Dense(10)(means)))


@exercise(
    hints={
        "setting": [
            "Compare each setting with the text: filters, kernel, activation.",
            'Two `SeparableConv2D` with `kernel_size` 3 and "relu": 32 filters, then 64.',
        ],
        "": [
            "Take your `digit_cnn`. Which of its layers change, and which stay?",
            '`SeparableConv2D(32, 3, activation="relu")`, `MaxPooling2D(2)`, the same with 64, '
            '`Flatten()`, `Dropout(0.5)`, `Dense(10, activation="softmax")`.',
        ],
    },
    minutes=6,
    difficulty=2,
)
def separable_cnn():
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.SeparableConv2D(32, (3, 3)),
            layers.ReLU(),
            layers.MaxPooling2D(),
            layers.SeparableConv2D(64, (3, 3)),
            layers.ReLU(),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10),
            layers.Softmax(),
        ]
    )


@exercise(
    hints={
        "compile": [
            "`Adam` takes the schedule as `learning_rate`. How many steps does it count in ten "
            "epochs?",
            "1,500 images in batches of 100 are 15 steps an epoch: "
            "`keras.optimizers.schedules.CosineDecay(0.01, decay_steps=150)`.",
        ],
        "": [
            "Only the last two lines of the old code need mending.",
            "`rate = keras.optimizers.schedules.CosineDecay(0.01, decay_steps=150)`, then "
            "`keras.optimizers.Adam(rate)` in `compile`.",
        ],
    },
    minutes=7,
    difficulty=2,
    optimizer=True,
)
def cosine_rate():
    image = keras.Input((8, 8, 1))
    hidden = layers.ReLU()(layers.Dense(64)(layers.Flatten()(image)))
    model = keras.Model(image, layers.Softmax()(layers.Dense(10)(hidden)))
    falling = keras.optimizers.schedules.CosineDecay(initial_learning_rate=1e-2, decay_steps=150)
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=falling),
        loss=keras.losses.SparseCategoricalCrossentropy(),
    )
    return model


@functools.cache
def held_out():
    _, (images, labels) = load_digits(shape=(8, 8, 1))
    return images / 255, labels


@exercise(
    hints={
        "value": [
            "Which labels did it learn, and for how many epochs? Look at the number of entries in "
            "`history.history['val_loss']`.",
            "`callbacks=[keras.callbacks.EarlyStopping(patience=5, restore_best_weights=True)]` "
            "and `validation_data=val` in `fit`.",
            "Has it been trained before? Build and compile it again, then call `fit` once.",
        ],
        "compile": [
            "The network of the section is compiled with Adam, a rate of 0.01, and a metric.",
        ],
        "": [
            "Copy the network of the section, and add a callback to `fit`.",
            "`keras.callbacks.EarlyStopping(patience=5, restore_best_weights=True)`.",
        ],
    },
    minutes=8,
    difficulty=2,
    optimizer=True,
    learned=Learned("accuracy", data=held_out, at_least=0.78),
)
def stopped_early():
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Flatten(),
            layers.Dense(128, "relu"),
            layers.Dense(128, "relu"),
            layers.Dense(10, "softmax"),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=0.01),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
