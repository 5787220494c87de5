"""Right and wrong answers to the exercises of chapter 10, as people write them."""

import functools
import math

import keras
from keras import Input, layers, ops
from keras.layers import Add, Dense, Dot, Embedding, MultiHeadAttention, Softmax

from answers import Trained
from exercises_check.datasets import load_tickets


def attention(
    *, units=64, activation=None, divisor=None, softmax=Softmax, axes=(2, 1), swapped=False
):
    questions, words = Input((5, 8), name="questions"), Input((7, 12), name="words")
    query, key = Dense(units, activation)(questions), Dense(units, activation)(words)
    scores = Dot(axes=2)([key, query] if swapped else [query, key])
    scores = scores / divisor if divisor else scores
    return keras.Model([questions, words], Dot(axes=axes)([softmax()(scores), words]))


def with_functions():
    questions, words = Input((5, 8)), Input((7, 12))
    query, key = Dense(64)(questions), Dense(64)(words)
    weights = keras.activations.softmax(layers.dot([query, key], axes=(-1, -1)))
    return keras.Model([questions, words], layers.dot([weights, words], axes=(2, 1)))


def with_the_attention_layer():
    questions, words = Input((5, 8)), Input((7, 12))
    query, key = Dense(64)(questions), Dense(64)(words)
    return keras.Model([questions, words], layers.Attention()([query, words, key]))


def keys_as_values():
    questions, words = Input((5, 8)), Input((7, 12))
    query, key = Dense(64)(questions), Dense(64)(words)
    weights = Softmax()(Dot(axes=2)([query, key]))
    return keras.Model([questions, words], Dot(axes=(2, 1))([weights, key]))


def scaled(query, key, value):
    scores = Dot(axes=(2, 2))([query, key]) / math.sqrt(key.shape[-1])
    return Dot(axes=(2, 1))([Softmax()(scores), value])


def query_divided(query, key, value):
    scores = Dot(axes=2)([query / math.sqrt(query.shape[-1]), key])
    return Dot(axes=(2, 1))([keras.activations.softmax(scores), value])


def attention_of_a_divided_query(query, key, value):
    return layers.Attention()([query / query.shape[-1] ** 0.5, value, key])


def attention_of_keys_as_values(query, key, value):
    return layers.Attention()([query / query.shape[-1] ** 0.5, key, value])


def unscaled(query, key, value):
    return Dot(axes=(2, 1))([Softmax()(Dot(axes=2)([query, key])), value])


def without_root(query, key, value):
    scores = Dot(axes=2)([query, key]) / query.shape[-1]
    return Dot(axes=(2, 1))([Softmax()(scores), value])


def eight(query, key, value):
    return Dot(axes=(2, 1))([Softmax()(Dot(axes=2)([query, key]) / 8.0), value])


def key_for_value(query, key, value):
    scores = Dot(axes=2)([query, key]) / query.shape[-1] ** 0.5
    return Dot(axes=(2, 1))([Softmax()(scores), key])


def masked(add=lambda a, b: Add()([a, b]), mask_zero=True, end=layers.LSTM):
    ids = Input((None,), dtype="int32")
    words = Embedding(1000, 16, mask_zero=mask_zero)(ids)
    return keras.Model(ids, Dense(1, "sigmoid")(end(8)(add(words, Dense(16)(words)))))


def classifier(
    *, shape=(None,), heads=2, mask_zero=True, merge=lambda x, y: Add()([x, y]), last="softmax"
):
    ids = Input(shape, dtype="int32")
    x = Embedding(1000, 32, mask_zero=mask_zero)(ids)
    x = layers.GlobalAveragePooling1D()(merge(x, MultiHeadAttention(heads, 16)(x, x)))
    model = keras.Model(ids, Dense(4, activation=last)(x))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def with_one_hot_loss():
    model = classifier()
    model.compile("adam", "categorical_crossentropy")
    return model


@functools.cache
def tickets():
    return load_tickets(words=1000)[0]


def trained(seed, optimizer="adam", epochs=5):
    keras.utils.set_random_seed(seed)
    model = classifier()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.optimizer.learning_rate = 0.001 if optimizer == "adam" else 1e-5
    model.fit(tickets().body, tickets().department, epochs=epochs, batch_size=64, verbose=0)
    return model


RIGHT = {
    "score_shape": [lambda: (None, 4, 9), lambda: [None, 4, 9]],
    "dot_attention": [attention, with_functions, with_the_attention_layer],
    "scaled_attention": [
        lambda: scaled,
        lambda: query_divided,
        lambda: attention_of_a_divided_query,
    ],
    "attention_parameters": [lambda: 12_496, lambda: 4 * 48 * 64 + 3 * 48 + 64],
    "kept_mask": [masked, lambda: masked(lambda a, b: layers.add([b, a]))],
}
WRONG = {
    "score_shape": [
        (lambda: (None, 9, 4), "value", "come first"),
        (lambda: (None, 4, 32), "value", "they are gone"),
        (lambda: (4, 9), "value", "the batch, `None`"),
        (lambda: (None, 4, 4), "value", "keeps the steps of each"),
    ],
    "dot_attention": [
        (lambda: attention(divisor=8.0), "extra", "is not expected"),
        (lambda: attention(units=32), "setting", "units=32; expected units=64"),
        (keys_as_values, "wiring", "receives `softmax` and `dense_1`"),
        (lambda: attention(activation="relu"), "setting", "activation 'relu'"),
    ],
    "scaled_attention": [
        (lambda: unscaled, "missing", "is missing between"),
        (lambda: without_root, "setting", "8"),
        (lambda: eight, "setting", "4"),
        (lambda: key_for_value, "wiring", "receives `softmax` and `key`; expected"),
        (lambda: attention_of_keys_as_values, "wiring", "expected `true_divide`, `value` and"),
    ],
    "attention_parameters": [
        (lambda: 12_288, "value", "a bias too"),
        (lambda: 9_360, "value", "output: 48 × 64 + 64"),
        (lambda: 16_640, "value", "not 64"),
    ],
    "kept_mask": [
        (lambda: masked(lambda a, b: a + b), "wiring", "mask"),
        (lambda: masked(ops.add), "wiring", "mask"),
        (lambda: masked(mask_zero=False), "setting", "mask_zero=False"),
        (lambda: masked(end=layers.GRU), "setting", "LSTM"),
    ],
    "attention_classifier": [
        (lambda: classifier(merge=lambda x, y: y), "missing", "Add"),
        (lambda: classifier(shape=(40,)), "input", "has shape (40,); expected (None,)"),
        (lambda: classifier(heads=1), "setting", "num_heads=1; expected num_heads=2"),
        (lambda: classifier(mask_zero=False), "setting", "mask_zero=False"),
        (with_one_hot_loss, "compile", "SparseCategoricalCrossentropy"),
        (classifier, "value", "expected at least 0.8"),
    ],
}
TRAINED = {
    "attention_classifier": Trained(right=trained, wrong=lambda seed: trained(seed, "slow")),
}
