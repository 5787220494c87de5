"""What the exercises of chapter 12, the capstone, ask for."""

import functools

import keras
import numpy as np
from keras import layers, ops

from exercises_check.exercise import exercise, value
from exercises_check.learned import Learned

# The ticket router -------------------------------------------------------------------------------


@functools.cache
def held_out_tickets():
    from exercises_check.datasets import load_tickets

    return load_tickets(samples=1)[1]


def mean_accuracy_of_both_outputs(model):
    tickets = held_out_tickets()
    inputs = {**tickets.inputs, "metadata": tickets.metadata}
    predicted = model(inputs, training=False)
    # Of a dict or a list, in any order: the one with a single column is the priority.
    by_width = {output.shape[-1]: output for output in keras.tree.flatten(predicted)}
    urgent = np.mean((np.asarray(by_width[1]) > 0.5) == (tickets.priority > 0.5))
    department = np.mean(np.argmax(by_width[4], -1) == tickets.department)
    return (urgent + department) / 2


@exercise(
    hints={
        "input": [
            "Which of the four inputs hold word numbers, and which hold ordinary numbers?",
            '`keras.Input(shape=(10,), dtype="int32", name="title")`, and the same for the body '
            "with 40; tags and metadata are plain `keras.Input`.",
        ],
        "sharing": [
            "What does the dotted frame around both `Embedding` boxes say?",
            "Make one `layers.Embedding(...)`, keep it in a variable, and call it twice.",
        ],
        "setting": [
            "Compare the line with the arrow with its box in the figure, word by word.",
            "All `Embedding` and `Dense` settings stand in the boxes. `mask_zero=True` belongs to "
            "the `Embedding`; the query's `Dense` has no activation.",
        ],
        "wiring": [
            "Which box does each arrow of the figure leave, and where does it end?",
            "`layers.Attention()([query, words])`: first the title's words after `Dense`, then the "
            "body's words as the `Embedding` returns them.",
            "`Concatenate` gets four tensors: the mean of the title's words, the mean of what the "
            "attention returns, the tags and the metadata.",
        ],
        "value": [
            "Do the accuracies of both outputs still rise when `fit` ends?",
            "Adam with a learning rate of 0.003 and five epochs are enough. Which loss fits one "
            "number with `sigmoid`, and which fits `softmax` with a class number as target?",
            '`model.compile(keras.optimizers.Adam(0.003), {"priority": "binary_crossentropy", '
            '"department": "sparse_categorical_crossentropy"})`.',
        ],
        "": [
            "Begin at the left side of the figure: four inputs, then what reads each of them.",
            "Give each tensor a name that says what it holds: `title_words`, `body_words`, "
            "`query`, `found`. Then write the figure from left to right.",
        ],
    },
    minutes=30,
    difficulty=3,
    points=4,
    names=True,
    learned=Learned(
        mean_accuracy_of_both_outputs, at_least=0.85, label="a mean accuracy of both outputs of"
    ),
)
def ticket_attention_router():
    title = keras.Input((10,), dtype="int32", name="title")
    body = keras.Input((40,), dtype="int32", name="body")
    tags = keras.Input((12,), name="tags")
    metadata = keras.Input((5,), name="metadata")
    embedding = layers.Embedding(400, 32, mask_zero=True)
    title_words, body_words = embedding(title), embedding(body)
    subject = layers.GlobalAveragePooling1D()(title_words)
    found = layers.Attention()([layers.Dense(32)(title_words), body_words])
    found = layers.GlobalAveragePooling1D()(found)
    x = layers.Concatenate()([subject, found, tags, metadata])
    x = layers.Dense(32, activation="relu")(x)
    priority = layers.Dense(1, activation="sigmoid", name="priority")(x)
    department = layers.Dense(4, activation="softmax", name="department")(x)
    return keras.Model([title, body, tags, metadata], [priority, department])


# The U-Net ---------------------------------------------------------------------------------------


value(
    "joined_convolution",
    6_928,
    rule="A convolution has kernel height × kernel width × maps that arrive weights for each of "
    "its filters, and one bias per filter. What `Concatenate` joins all arrives.",
    terms={
        "3 × 3 × 32 × 16, the maps from below": 4_608,
        "3 × 3 × 16 × 16, the maps of the skip": 2_304,
        "16 biases": 16,
    },
    hints=[
        "How many maps does the lower `Concatenate` return?",
        "32 maps come from below and 16 over the skip, so each filter has 3 × 3 × 48 weights. "
        "There are 16 filters, each with one bias.",
    ],
    slips={
        4_624: "This is without the skip: only the 32 maps from below arrive.",
        2_320: "This is with the 16 maps of the skip only.",
        432: "This is one filter, without its bias.",
        13_856: "This is with 32 filters; the convolution after the lower `Concatenate` has 16.",
        784: "The kernel is 3 × 3: nine weights for each map, not one.",
    },
    minutes=4,
    difficulty=2,
)


def held_out_noise():
    from exercises_check.datasets import load_noisy_digits

    return load_noisy_digits()[1]


@exercise(
    hints={
        "input": ["What is the shape of one noisy image? The figure says it in the first box."],
        "missing": [
            "Two dashed arrows go from the left side of the figure to the right. What stands "
            "where each of them ends?",
            "`layers.Concatenate()([x, skip])`, with `skip` the tensor that the convolution at the "
            "same height returned, before its pooling.",
        ],
        "wiring": [
            "Does each skip leave before the pooling, and does it end at the same height?",
            "Keep two tensors on the way down, before each `MaxPooling2D(2)`. The inner skip is "
            "the one with maps of 8 × 8, the outer the one with maps of 16 × 16.",
        ],
        "setting": [
            "Compare the line with the arrow with its box in the figure, word by word.",
            'Every `Conv2D` has `padding="same"`; all have `relu` but the last, which has a kernel '
            "of 1 and `sigmoid`.",
        ],
        "value": [
            "Which images are the inputs of `fit`, and which are the targets?",
            "Noisy images are the input, clean ones the target. Show two or three results with "
            "`plots.images`: what do they still get wrong?",
            '`model.compile(keras.optimizers.Adam(0.003), "binary_crossentropy")`, then five '
            "epochs with `batch_size=32`.",
        ],
        "": [
            "Write the left side first, from top to bottom, and keep what each skip needs.",
            "Down: convolution, keep, pooling, convolution, keep, pooling, convolution. Up, "
            "twice: `UpSampling2D(2)`, `Concatenate`, convolution.",
        ],
    },
    minutes=25,
    difficulty=3,
    points=4,
    learned=Learned(
        "mean_squared_error", data=held_out_noise, at_most=0.016, label="a mean squared error of"
    ),
)
def small_unet():
    def convolution(filters, x):
        return layers.Conv2D(filters, (3, 3), padding="same", activation="relu")(x)

    noisy = keras.Input((16, 16, 1))
    outer = convolution(16, noisy)
    inner = convolution(16, layers.MaxPooling2D()(outer))
    bottom = convolution(32, layers.MaxPooling2D()(inner))
    x = convolution(16, layers.Concatenate()([layers.UpSampling2D()(bottom), inner]))
    x = convolution(16, layers.Concatenate()([layers.UpSampling2D()(x), outer]))
    clean = layers.Conv2D(1, 1, activation="sigmoid")(x)
    return keras.Model(noisy, clean)


# The siamese network -----------------------------------------------------------------------------


value(
    "always_different",
    0.9,
    rule="The answer “different” is right for each pair of two different digits. Which share of "
    "all pairs is that?",
    hints=[
        "You hold one image. Of ten images drawn by chance, how many show another digit?",
        "One pair in ten shows the same digit. The model is wrong about these, and right about "
        "all others.",
    ],
    slips={
        0.1: "This is how often it is wrong.",
        0.5: "This is with as many equal pairs as different ones; by chance there are fewer.",
        90: "Write a number from 0 to 1.",
        0.99: "This is the share of pairs that are not, say, both a 7. Any digit may be the same.",
    },
    minutes=3,
    difficulty=1,
)

_PAIR = [([(8,), (8,)], {}), ([(3,), (3,)], {})]


def _minus_inside(a, b):
    return ops.exp(ops.sum(-ops.abs(a - b), axis=-1, keepdims=True))


def _times_minus_one(a, b):
    return ops.exp(ops.sum(ops.abs(a - b), axis=-1, keepdims=True) * -1)


def _by_norm(a, b):
    return ops.exp(-ops.norm(a - b, ord=1, axis=-1, keepdims=True))


@exercise(
    hints={
        "setting": [
            "What shape does your function return for two tensors of shape (None, 8)?",
            "The sum goes over the last axis, and `keepdims=True` keeps that axis with size 1.",
        ],
        "": [
            "Which module of Keras 3 has `exp`, `sum` and `abs` for tensors of a graph?",
            "Write `ops.` for `K.`; all else stays.",
        ],
    },
    minutes=6,
    difficulty=1,
    points=2,
    calls=_PAIR,
    references=[_minus_inside, _times_minus_one, _by_norm],
)
def similarity(a, b):
    distance = ops.sum(ops.absolute(ops.subtract(a, b)), axis=-1, keepdims=True)
    return ops.exp(ops.negative(distance))


@functools.cache
def held_out_pairs():
    from exercises_check.datasets import load_digit_pairs

    return load_digit_pairs(samples=2)[1]


def _ending_in(compared):
    """The siamese network with another spelling of the same comparison."""

    def model():
        other = siamese_residual()
        encoder = other.get_layer("encoder")
        return keras.Model(other.inputs, compared(*map(encoder, other.inputs)))

    return model


@exercise(
    hints={
        "nesting": [
            "One dotted frame of the figure says “one model, 2 calls”. What does it stand for?",
            "`encoder = keras.Model(image, embedding)` is a model of its own; call it like a "
            "layer.",
        ],
        "sharing": [
            "How many encoders are made in your code, and how often is each called?",
            "Make one encoder, outside of any function; then `encoder(first)` and "
            "`encoder(second)`.",
        ],
        "wiring": [
            "From which tensor does the skip leave, and where do both ways meet?",
            "Both ways of the block begin at what the first `Conv2D` returns. `Add` joins them; "
            "the `ReLU` comes after it.",
        ],
        "setting": [
            "Compare the line with the arrow with its box in the figure, word by word.",
            "Two convolutions have `strides=2`: the first of the block, and the one with kernel 1 "
            "on the skip. The one before `Add` has no activation.",
        ],
        "value": [
            "What is 1 in the targets: the same digit, or a different one? What does your model "
            "return for two equal images?",
            '`model.compile(keras.optimizers.Adam(0.003), "binary_crossentropy")`, then three '
            "epochs with `batch_size=64`.",
        ],
        "": [
            "Build the inside of the frame first, as a model with one input and one output.",
            "Then two inputs named `first` and `second`, the encoder called on each, and "
            "`similarity` of both results.",
        ],
    },
    minutes=30,
    difficulty=3,
    points=4,
    nested=True,
    learned=Learned("accuracy", data=held_out_pairs, at_least=0.87),
    references=[_ending_in(other) for other in (_minus_inside, _times_minus_one, _by_norm)],
)
def siamese_residual():
    image = keras.Input((8, 8, 1))
    x = layers.Conv2D(8, 3, padding="same", activation="relu")(image)
    y = layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(x)
    y = layers.Conv2D(16, 3, padding="same")(y)
    x = layers.ReLU()(layers.Add()([layers.Conv2D(16, 1, strides=2)(x), y]))
    encoder = keras.Model(image, layers.Dense(8)(layers.Flatten()(x)), name="encoder")
    first = keras.Input((8, 8, 1), name="first")
    second = keras.Input((8, 8, 1), name="second")
    return keras.Model([first, second], similarity(encoder(first), encoder(second)))
