"""What the exercises of chapter 05, shared layers, ask for."""

import keras
from keras import layers, ops

from exercises_check.exercise import exercise, value

value(
    "separate_parameters",
    2_658_945,
    rule="Without sharing, each call has a layer of its own. A table of words has words × numbers "
    "weights, an LSTM 4 × (units × (features + units) + units).",
    terms={
        "two tables, 2 × 10,000 × 128": 2_560_000,
        "two LSTMs, 2 × 4 × (64 × (128 + 64) + 64)": 98_816,
        "Dense(1), 2 × 64 + 1": 129,
    },
    hints=[
        "Which layers are there twice? Which only once, and how many numbers reach it?",
        "`Embedding`: 10,000 × 128. `LSTM`: 4 × (64 × (128 + 64) + 64) = 49,408. Both twice. "
        "`Dense(1)` reads 128 numbers and has a bias.",
    ],
    slips={
        2_659_074: "This counts `Dense(1)` twice. There is one, and it reads both states.",
        2_658_881: "`Dense(1)` reads both states here: 2 × 64 numbers.",
        2_658_944: "The bias of `Dense(1)` is left out.",
        1_329_537: "Here both texts share the layers. In this exercise they do not.",
        1_378_945: "Here both texts share the table. In this exercise each has its own.",
    },
    minutes=3,
    difficulty=1,
)

value(
    "shared_parameters",
    1_329_537,
    rule="A shared layer counts once, however often it is called.",
    terms={
        "one table, 10,000 × 128": 1_280_000,
        "one LSTM, 4 × (64 × (128 + 64) + 64)": 49_408,
        "Dense(1), 2 × 64 + 1": 129,
    },
    hints=[
        "Which terms of your last answer are there only once now? Does `Dense(1)` read less?",
        "One table, one LSTM, and `Dense(1)` as before: it reads the states of both texts.",
    ],
    slips={
        2_658_945: "Here nothing is shared. A shared layer counts once.",
        1_378_945: "Here each text has an `LSTM` of its own. In this exercise both share it.",
        1_329_473: "`Dense(1)` still reads two states, 2 × 64 numbers: each call returns its own.",
        1_329_536: "The bias of `Dense(1)` is left out.",
    },
    minutes=2,
    difficulty=1,
)


@exercise(
    hints={
        "sharing": [
            "How often is `layers.Embedding` written in your code, and how often `layers.LSTM`?",
            "Make one layer, `embed = layers.Embedding(10_000, 128)`, and call it twice. Make two "
            "`LSTM(64)`, one for each text.",
        ],
        "input": [
            "Which shape has a text of any length? Which type have word numbers?",
            '`keras.Input(shape=(None,), dtype="int32")`, twice.',
        ],
        "dtype": [
            "Which type have word numbers? What does `keras.Input` use when you say nothing?",
        ],
        "": [
            "Which layer has a name of its own in your code, so that you can call it twice?",
            "`embed(first)` goes into one `LSTM(64)`, `embed(second)` into another; `Concatenate` "
            'joins both states; `Dense(1, activation="sigmoid")` reads them.',
        ],
    },
    minutes=7,
    difficulty=2,
)
def shared_embedding():
    texts = [keras.Input((None,), dtype="int32", name=name) for name in ("left", "right")]
    table = layers.Embedding(10_000, 128)
    states = [layers.LSTM(64)(table(text)) for text in texts]
    both = layers.concatenate(states)
    return keras.Model(texts, layers.Dense(1, activation="sigmoid", name="similarity")(both))


@exercise(
    hints={
        "sharing": [
            "How often does a line with `layers.Embedding(...)` run in your code?",
            "Make `embed` and `lstm` once, before the function; inside, only call them.",
        ],
        "": [
            "`merge` with a mode is gone. Which merge layer puts two tensors side by side?",
            "Make `embed` and `lstm` once. `Concatenate` joins `lstm(embed(first))` and "
            "`lstm(embed(second))`. `Model` takes inputs and outputs by position.",
        ],
    },
    minutes=7,
    difficulty=2,
)
def mended_sharing():
    reader = keras.Sequential(
        [keras.Input((None,), dtype="int32"), layers.Embedding(1000, 32), layers.LSTM(16)]
    )
    texts = [keras.Input((None,), dtype="int32") for _ in range(2)]
    both = layers.concatenate([reader(text) for text in texts])
    return keras.Model(texts, layers.Dense(1, activation="sigmoid")(both))


@exercise(
    hints={
        "input": [
            "How many images does the model get? A fan-out has one input that two layers read.",
        ],
        "sharing": [
            "One convolution has a kernel of 3 × 3, the other of 5 × 5: can it be the same layer?",
        ],
        "wiring": [
            "What do the two `Conv2D` receive? In a fan-out both read the same tensor.",
            "Both begin with `(image)`, not with `(x)`.",
        ],
        "setting": [
            "Compare each setting with the text: filters, kernel, activation. What the text does "
            "not name keeps its default.",
        ],
        "": [
            "What is the one tensor that both branches read?",
            "`Conv2D(32, 3, …)(image)` and `Conv2D(32, 5, …)(image)`; each then has a "
            "`MaxPooling2D(2)` and a `Flatten`. `Concatenate` joins the two rows.",
        ],
    },
    minutes=7,
    difficulty=2,
)
def fan_out():
    def branch(tensor, kernel):
        maps = layers.Conv2D(32, (kernel, kernel), activation="relu")(tensor)
        return layers.Flatten()(layers.MaxPooling2D()(maps))

    image = keras.Input((64, 64, 1))
    rows = layers.concatenate([branch(image, 3), branch(image, 5)])
    return keras.Model(image, layers.Dense(1, activation="sigmoid")(rows))


def _rows(compared):
    """A model of two rows of 64 numbers, compared like this."""

    def model():
        rows = keras.Input((64,)), keras.Input((64,))
        return keras.Model(list(rows), compared(*rows))

    return model


def _product_of_unit_rows(a, b):
    return ops.sum(ops.normalize(a) * ops.normalize(b), axis=-1, keepdims=True)


def _dot_of_unit_rows(a, b):
    return layers.Dot(axes=-1)([ops.normalize(a), ops.normalize(b)])


def _dot_of_unit_layers(a, b):
    return layers.Dot(axes=-1)([layers.UnitNormalization()(a), layers.UnitNormalization()(b)])


def _unit_layer_called_twice(a, b):
    unit = layers.UnitNormalization()
    return layers.Dot(axes=-1)([unit(a), unit(b)])


def _by_its_formula(a, b):
    lengths = ops.norm(a, axis=-1, keepdims=True) * ops.norm(b, axis=-1, keepdims=True)
    return ops.sum(a * b, axis=-1, keepdims=True) / lengths


def _minus_the_loss(a, b):
    return layers.Reshape((1,))(-keras.losses.cosine_similarity(a, b))


@exercise(
    hints={
        "setting": [
            "Which argument of `Dot` gives each row the length 1 first? Which axis holds the "
            "numbers of a row?",
            "`layers.Dot(axes=-1, normalize=True)`.",
        ],
        "": [
            "Which layer multiplies two rows number by number and adds up?",
            "`layers.Dot(axes=-1, normalize=True)([a, b])`; `keras.Model([a, b], outputs)`.",
        ],
    },
    minutes=5,
    difficulty=1,
    references=[
        _rows(form)
        for form in (
            _product_of_unit_rows,
            _dot_of_unit_rows,
            _dot_of_unit_layers,
            _unit_layer_called_twice,
            _by_its_formula,
            _minus_the_loss,
        )
    ],
)
def cosine_similarity():
    return _rows(lambda a, b: layers.dot([a, b], axes=1, normalize=True))()


def _images(compared):
    """The siamese network, with its two rows compared like this."""

    def model():
        flatten, hidden, row = layers.Flatten(), layers.Dense(32), layers.Dense(8)
        images = [keras.Input((8, 8, 1), name=name) for name in ("first", "second")]
        rows = [row(ops.relu(hidden(flatten(image)))) for image in images]
        return keras.Model(images, compared(*rows))

    return model


def _closeness(a, b):
    return ops.exp(ops.negative(ops.sum(ops.square(a - b), axis=-1, keepdims=True)))


def _by_power(a, b):
    return ops.exp(-ops.sum((a - b) ** 2, axis=-1, keepdims=True))


def _by_product(a, b):
    return ops.exp(-ops.sum((a - b) * (a - b), axis=-1, keepdims=True))


@exercise(
    hints={
        "sharing": [
            "How many `Dense` layers are made in your code? How often is each called?",
            "Make a model `encoder` once, and call `encoder(first)` and `encoder(second)`.",
        ],
        "setting": [
            "Compare units and activation of both `Dense` layers with the text. Which function "
            "compares the two rows?",
            'First `Dense(32, activation="relu")`, then `Dense(8)` without activation; '
            "`closeness` compares.",
        ],
        "wiring": [
            "Which two rows does `closeness` compare? One belongs to each image.",
        ],
        "missing": [
            "Which function of the cell above takes two rows? Copy nothing, call it.",
        ],
        "": [
            "Build what both images go through first, as a model with one input and one output.",
            "`encoder = keras.Model(image, row)`, made once; then two inputs, and "
            "`closeness(encoder(first), encoder(second))`.",
        ],
    },
    minutes=10,
    difficulty=2,
    references=[_images(_by_power), _images(_by_product)],
)
def siamese_encoder():
    return _images(_closeness)()
