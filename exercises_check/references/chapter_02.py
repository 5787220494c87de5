"""What the exercises of chapter 02, the standard networks, ask for."""

import keras
from keras import layers

from exercises_check.exercise import exercise, value

value(
    "sensor_shape",
    (100, 3),
    rule="The input shape describes one sample: first its steps, then the features of one step.",
    hints=[
        "How often does the sensor measure in two seconds, and what does it measure each time?",
        "One sample is (steps, features). The number of recordings is the batch axis, which "
        "`keras.Input` adds by itself.",
    ],
    slips={
        (None, 100, 3): "Keras adds the batch axis, `None`, by itself.",
        (400, 100, 3): "The 400 recordings are the batch, which `keras.Input` adds by itself.",
        (3, 100): "These are the features first, then the steps. Keras wants the steps first.",
        (100,): "This has the steps, without the three numbers that each step has.",
        (300,): "This is one long row. An RNN reads steps, each with its features.",
        (150, 2): "A step is one measurement of all three; two seconds have 100 steps.",
        (50, 3): "This is one second. A recording has two.",
    },
    minutes=2,
    difficulty=1,
)


@exercise(
    hints={
        "setting": [
            "Which activation have the two hidden layers, and which has the last one?",
            'Both `Dense(128)` have `activation="relu"`; `Dense(10)` has none.',
        ],
        "": [
            "Print the shape of `x` after each line. In which line should the two 28 disappear?",
            "`Flatten()` first, then `Dense`, `Dropout`, `Dense`, `Dropout`, `Dense`: each reads "
            'what the one before it returns. Both `Dense(128)` have `activation="relu"`.',
        ],
    },
    minutes=5,
    difficulty=1,
)
def digit_mlp():
    image = keras.Input((28, 28, 1))
    pixels = layers.Flatten()(image)
    hidden = layers.Dense(128, activation="relu")(pixels)
    hidden = layers.Dropout(0.5)(hidden)
    hidden = layers.Dense(128, activation="relu")(hidden)
    hidden = layers.Dropout(0.5)(hidden)
    return keras.Model(image, layers.Dense(10)(hidden))


value(
    "pooled_shape",
    (None, 5, 5, 16),
    rule='`"same"`: size / stride, rounded up. Pooling: size // pool size, the rest is dropped. '
    "The channels are the number of filters.",
    hints=[
        "What makes a stride of 2 of 32 pixels, when zeros are added around the image?",
        "`Conv2D` gives (None, 16, 16, 16). How many windows of 3 fit side by side into 16?",
    ],
    slips={
        (None, 5, 5, 3): "The channels of the photo are gone: each filter sums over all of them.",
        (None, 4, 4, 16): 'This is with `padding="valid"`.',
        (None, 16, 16, 16): "This is before the pooling.",
        (None, 6, 6, 16): "Pooling does not round up: it drops what fills no window.",
        (None, 10, 10, 16): "This is with a stride of 1.",
        (5, 5, 16): "The first axis of a tensor is the batch, `None`.",
    },
    minutes=4,
    difficulty=2,
)


@exercise(
    hints={
        "setting": [
            "Compare each setting with the text of the exercise: filters, kernel, activation.",
            'Two `Conv2D` with `kernel_size` 3 and "relu": 32 filters, then 64.',
        ],
        "": [
            "Print the shape of `x` after each line. The last maps are (5, 5, 64): are yours?",
            "`Conv2D`, `MaxPooling2D`, `Conv2D`, `MaxPooling2D`, `Flatten`, `Dropout`, `Dense`: "
            'each reads what the one before it returns. Three of them have an activation: "relu", '
            '"relu", "softmax".',
        ],
    },
    minutes=8,
    difficulty=2,
)
def digit_cnn():
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(filters=32, kernel_size=(3, 3), activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(filters=64, kernel_size=(3, 3), activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )


@exercise(
    hints={
        "setting": [
            "Which of the two `LSTM` layers is read by a recurrent layer? Which is the wider one?",
            "The first `LSTM` has `return_sequences=True`, the second does not.",
        ],
        "": [
            "What must the first `LSTM` return so that the second one has steps to read?",
            '`LSTM(64, return_sequences=True)`, `LSTM(32)`, `Dense(1, activation="sigmoid")`.',
        ],
    },
    minutes=5,
    difficulty=1,
)
def stacked_lstm():
    return keras.Sequential(
        [
            keras.Input((100, 1)),
            layers.LSTM(64, return_sequences=True),
            layers.LSTM(32),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


@exercise(
    hints={
        "input": [
            "Which shape has a text of any length? Which type have word numbers?",
            '`keras.Input(shape=(None,), dtype="int32")`.',
        ],
        "setting": [
            "Only the first two lines of the old code need mending. Which later one differs?",
        ],
        "dtype": [
            "Which type have word numbers? What does `keras.Input` use when you say nothing?",
            '`keras.Input(shape=(None,), dtype="int32")`.',
        ],
        "": [
            "The first two lines need mending, the others only copying.",
            '`Input` of shape (None,) with `dtype="int32"`, then `Embedding(512, 64)`; then the '
            "four lines of the old code from the first `Bidirectional` on.",
        ],
    },
    minutes=7,
    difficulty=2,
)
def bidirectional_reader():
    words = keras.Input((None,), dtype="int32")
    rows = layers.Embedding(512, 64)(words)
    states = layers.Bidirectional(layers.LSTM(64, return_sequences=True))(rows)
    state = layers.Bidirectional(layers.LSTM(64))(states)
    hidden = layers.Dense(32, activation="relu")(state)
    return keras.Model(words, layers.Dense(1, activation="sigmoid")(hidden))
