"""What the exercises of chapter 10, attention, ask for."""

import functools

import keras
from keras import layers, ops

from exercises_check.datasets import load_tickets
from exercises_check.exercise import exercise, value
from exercises_check.learned import Learned

value(
    "score_shape",
    (None, 4, 9),
    rule="`Dot(axes=2)` multiplies along the last axis of both and keeps the steps of each: those "
    "of the first, then those of the second.",
    hints=[
        "There is one score for each query and each key. How many of each are there?",
        "The 32 features are summed away. What is left is (batch, queries, keys).",
    ],
    slips={
        (None, 9, 4): "The steps of the first tensor, the queries, come first.",
        (None, 32, 32): "This sums over the steps; `axes=2` is the axis of the features.",
        (None, 4, 32): "The sum runs over the 32 features: they are gone.",
        (None, 4, 9, 32): "The sum runs over the 32 features: they are gone.",
        (4, 9): "The first axis of a tensor is the batch, `None`.",
    },
    minutes=2,
    difficulty=1,
)


def _looked_up():
    questions, words = keras.Input((5, 8)), keras.Input((7, 12))
    query, key = layers.Dense(64)(questions), layers.Dense(64)(words)
    return keras.Model([questions, words], layers.Attention()([query, words, key]))


@exercise(
    hints={
        "wiring": [
            "The scores come from queries and keys. Which two tensors make the result?",
            "The last `Dot` takes the attention weights first, then `words` itself.",
        ],
        "setting": [
            "Is each setting as in the task: units, activation, axes? Which axis holds the "
            "features, and which the keys?",
            "`Dense(64)` without activation; `axes=2` for the scores; `Softmax()` without `axis`; "
            "`axes=(2, 1)` for weights of (None, 5, 7) and words of (None, 7, 12).",
        ],
        "": [
            "Four steps: two `Dense`, `Dot`, `Softmax`, `Dot`. Which one is not there yet?",
            "`scores = layers.Dot(axes=2)([query, key])`, `weights = layers.Softmax()(scores)`, "
            "`layers.Dot(axes=(2, 1))([weights, words])`.",
        ],
    },
    references=[_looked_up],
    minutes=8,
    difficulty=2,
)
def dot_attention():
    questions, words = keras.Input((5, 8)), keras.Input((7, 12))
    scores = layers.Dot(axes=(2, 2))([layers.Dense(64)(questions), layers.Dense(64)(words)])
    return keras.Model([questions, words], layers.Dot((2, 1))([layers.Softmax()(scores), words]))


def _attention_layer(query, key, value):
    return layers.Attention()([query / query.shape[-1] ** 0.5, value, key])


def _query_scaled(query, key, value):
    scores = layers.Dot(axes=2)([query / query.shape[-1] ** 0.5, key])
    return layers.Dot(axes=(2, 1))([layers.Softmax()(scores), value])


def _key_scaled(query, key, value):
    scores = layers.Dot(axes=2)([query, key / key.shape[-1] ** 0.5])
    return layers.Dot(axes=(2, 1))([layers.Softmax()(scores), value])


@exercise(
    hints={
        "missing": [
            "Between the scores and `Softmax` stands a division. By the root of what?",
        ],
        "setting": [
            "`query.shape[-1]` is a number of features; `n ** 0.5` is its root.",
        ],
        "wiring": [
            "The scores are divided, not the weights. The weights come from `query` and `key`. The "
            "result comes from the weights and ...?",
        ],
        "": [
            "How many features does a query have? `query.shape` knows it.",
            "`scores = layers.Dot(axes=2)([query, key]) / query.shape[-1] ** 0.5`, then `Softmax` "
            "and `Dot` as before.",
        ],
    },
    calls=[
        ([(5, 64), (7, 64), (7, 12)], {}),
        ([(3, 16), (4, 16), (4, 5)], {}),
    ],
    references=[_query_scaled, _key_scaled, _attention_layer],
    minutes=8,
    difficulty=2,
)
def scaled_attention(query, key, value):
    scores = layers.Dot(axes=2)([query, key]) / query.shape[-1] ** 0.5
    return layers.Dot(axes=(2, 1))([layers.Softmax()(scores), value])


value(
    "attention_parameters",
    12_496,
    rule="Query, key and value have a `Dense` each, of `num_heads` × `key_dim` units; a fourth "
    "brings what they give back to the features of the query.",
    terms={
        "query: 64 × 48 + 48": 3_120,
        "key: 64 × 48 + 48": 3_120,
        "value: 64 × 48 + 48": 3_120,
        "output: 48 × 64 + 64": 3_136,
    },
    hints=[
        "There are four `Dense` layers inside. How many units has each?",
        "Three times 64 × 48 + 48, and once 48 × 64 + 64.",
    ],
    slips={
        12_288: "These are the weights alone; each of the 208 units has a bias too.",
        12_480: "The last `Dense` goes from 48 back to 64: it has 64 units, not 48.",
        12_432: "The last `Dense` has a bias too, for each of its 64 units.",
        12_352: "The first three `Dense` have a bias too, for each of their 48 units.",
        124_960: "All 10 steps use the same parameters.",
        4_176: "This is for one head. Three heads of 16 make 48 units.",
        16_640: "The units are `num_heads` × `key_dim` = 48, not 64.",
    },
    minutes=4,
    difficulty=2,
)


def _mask_given():
    ids = keras.Input((None,), dtype="int32")
    words = layers.Embedding(1000, 16, mask_zero=True)(ids)
    x = words + layers.Dense(16)(words)
    x = layers.LSTM(8)(x, mask=ops.not_equal(ids, 0))
    return keras.Model(ids, layers.Dense(1, activation="sigmoid")(x))


@exercise(
    hints={
        "setting": ["Only one line changes. Are the other settings still as in the old code?"],
        "": [
            "Which line of the old code is no layer? Operations such as `+` drop the mask.",
            "`x = layers.Add()([words, layers.Dense(16)(words)])`.",
        ],
    },
    references=[_mask_given],
    minutes=5,
    difficulty=2,
)
def kept_mask():
    ids = keras.Input((None,), dtype="int32")
    words = layers.Embedding(1000, 16, mask_zero=True)(ids)
    x = layers.Add()([words, layers.Dense(16)(words)])
    return keras.Model(ids, layers.Dense(1, activation="sigmoid")(layers.LSTM(8)(x)))


@functools.cache
def _held_out():
    _, test = load_tickets(words=1000)
    return test.body, test.department


@exercise(
    hints={
        "input": [
            "Texts may have any length, and words are whole numbers.",
            '`keras.Input(shape=(None,), dtype="int32")`.',
        ],
        "missing": ["Each sentence of the task names one layer. Which one is not there yet?"],
        "wiring": [
            "`Add` needs the tensor before attention and the one after it. A mask is lost after "
            "`+`, but not after `Add`.",
            "`layers.Add()([x, layers.MultiHeadAttention(2, 16)(x, x)])`.",
        ],
        "setting": ["Compare each setting with the task: words, features, heads, `key_dim`."],
        "compile": [
            "The targets are whole numbers from 0 to 3, and the model ends in a softmax.",
            '`loss="sparse_categorical_crossentropy"`, `optimizer="adam"`.',
        ],
        "value": [
            "Does the accuracy still rise from epoch to epoch? Then train for more epochs.",
            "The model reads `train.body`; the targets are `train.department`.",
        ],
        "": [
            "Read the report's listing beside the task, line by line.",
            "`Embedding`, `MultiHeadAttention`, `Add`, `GlobalAveragePooling1D`, `Dense`; then "
            "`compile` and `fit`.",
        ],
    },
    learned=Learned("accuracy", data=_held_out, at_least=0.8),
    minutes=12,
    difficulty=3,
)
def attention_classifier():
    body = keras.Input((None,), dtype="int32")
    words = layers.Embedding(1000, 32, mask_zero=True)(body)
    read = layers.MultiHeadAttention(num_heads=2, key_dim=16)(words, words)
    mean = layers.GlobalAveragePooling1D()(layers.Add()([words, read]))
    model = keras.Model(body, layers.Dense(4, activation="softmax")(mean))
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
