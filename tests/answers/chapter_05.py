"""Right and wrong answers to the exercises of chapter 05, as people write them."""

import keras
from keras import layers, ops

# Parameter counts ---------------------------------------------------------------------------------

LSTM = 4 * (64 * (128 + 64) + 64)
TABLE = 10_000 * 128


# Texts --------------------------------------------------------------------------------------------


def texts(dtype="int32"):
    return [keras.Input(shape=(None,), dtype=dtype, name=name) for name in ("a", "b")]


def embedding(tables=1, lstms=2, dtype="int32", merge=layers.Concatenate, activation="sigmoid"):
    """Each argument is a way to read the text wrongly."""
    inputs = texts(dtype)
    made = [layers.Embedding(10_000, 128) for _ in range(tables)]
    read = [layers.LSTM(64) for _ in range(lstms)]
    states = [read[0](made[0](inputs[0])), read[-1](made[-1](inputs[1]))]
    x = merge()(states)
    return keras.Model(inputs, layers.Dense(1, activation=activation, name="similarity")(x))


def embedding_in_a_dict():
    inputs = {name: keras.Input((None,), dtype="int32", name=name) for name in ("left", "right")}
    table = layers.Embedding(10_000, 128, name="shared_embed")
    states = [layers.LSTM(64)(table(text)) for text in inputs.values()]
    x = layers.Dense(1)(layers.concatenate(states[::-1]))
    return keras.Model(inputs, ops.sigmoid(x))


def embedding_both_reads_first():
    a, b = texts()
    table = layers.Embedding(10_000, 128)
    x = layers.Concatenate()([layers.LSTM(64)(table(a)), layers.LSTM(64)(table(a))])
    return keras.Model([a, b], layers.Dense(1, activation="sigmoid")(x))


def mended(embeds=1, lstms=1, merge=layers.Concatenate, activation="sigmoid"):
    a, b = texts()
    made = [layers.Embedding(1000, 32) for _ in range(embeds)]
    read = [layers.LSTM(16) for _ in range(lstms)]
    x = merge()([read[0](made[0](a)), read[-1](made[-1](b))])
    return keras.Model(inputs=[a, b], outputs=layers.Dense(1, activation=activation)(x))


def mended_as_a_model():
    a, b = texts()
    text = keras.Input((None,), dtype="int32")
    reader = keras.Model(text, layers.LSTM(16)(layers.Embedding(1000, 32)(text)))
    x = ops.concatenate([reader(a), reader(b)], axis=-1)
    return keras.Model([a, b], layers.Dense(1, "sigmoid")(x))


# Fan-out ------------------------------------------------------------------------------------------


def fanned(kernels=(3, 5), activation="relu", pool=2, chained=False, inputs=1):
    images = [keras.Input((64, 64, 1)) for _ in range(inputs)]
    rows, start = [], images[0]
    for number, kernel in enumerate(kernels):
        start = images[number] if inputs == 2 else start
        maps = layers.Conv2D(32, kernel, activation=activation)(start)
        if chained:
            start = maps
        rows.append(layers.Flatten()(layers.MaxPooling2D(pool)(maps)))
    x = layers.Concatenate()(rows)
    return keras.Model(images, layers.Dense(1, activation="sigmoid")(x))


def fanned_by_hand():
    image = keras.Input(shape=(64, 64, 1), name="visible")
    small = layers.Conv2D(32, kernel_size=3)(image)
    small = layers.MaxPooling2D(pool_size=(2, 2))(layers.Activation("relu")(small))
    large = layers.Conv2D(32, kernel_size=5)(image)
    large = layers.MaxPooling2D(pool_size=(2, 2))(layers.ReLU()(large))
    x = layers.concatenate([layers.Flatten()(large), layers.Flatten()(small)])
    return keras.Model(image, layers.Dense(1, activation="sigmoid")(x))


def fanned_one_kernel():
    image = keras.Input((64, 64, 1))
    conv = layers.Conv2D(32, 3, activation="relu")
    rows = [layers.Flatten()(layers.MaxPooling2D(2)(conv(image))) for _ in range(2)]
    x = layers.Concatenate()(rows)
    return keras.Model(image, layers.Dense(1, activation="sigmoid")(x))


# Cosine similarity --------------------------------------------------------------------------------


def cosine(compared):
    def model():
        a, b = keras.Input((64,)), keras.Input((64,))
        return keras.Model([a, b], compared(a, b))

    return model


# The siamese network ------------------------------------------------------------------------------


def closeness(a, b):
    return ops.exp(-ops.sum(ops.square(a - b), axis=-1, keepdims=True))


def encoder(units=(32, 8), first="relu", last=None):
    image = keras.Input((8, 8, 1))
    x = layers.Dense(units[0], activation=first)(layers.Flatten()(image))
    return keras.Model(image, layers.Dense(units[1], activation=last)(x))


def siamese(encoders=1, compared=closeness, reads=(0, 1), **settings):
    images = [keras.Input((8, 8, 1), name=name) for name in ("first", "second")]
    made = [encoder(**settings) for _ in range(encoders)]
    rows = [made[0](images[reads[0]]), made[-1](images[reads[1]])]
    return keras.Model(images, compared(*rows))


def siamese_of_layers():
    flatten, hidden, row = layers.Flatten(), layers.Dense(32, activation="relu"), layers.Dense(8)

    def encode(image):
        return row(hidden(flatten(image)))

    a, b = keras.Input((8, 8, 1)), keras.Input((8, 8, 1))
    return keras.Model([a, b], closeness(encode(b), encode(a)))


def siamese_of_sequential():
    made = keras.Sequential([layers.Flatten(), layers.Dense(32, "relu"), layers.Dense(8)])
    a, b = keras.Input((8, 8, 1)), keras.Input((8, 8, 1))
    difference = layers.Subtract()([made(a), made(b)])
    return keras.Model([a, b], ops.exp(-ops.sum(difference**2, axis=1, keepdims=True)))


def siamese_half_shared():
    hidden = layers.Dense(32, activation="relu")
    a, b = keras.Input((8, 8, 1)), keras.Input((8, 8, 1))
    rows = [layers.Dense(8)(hidden(layers.Flatten()(image))) for image in (a, b)]
    return keras.Model([a, b], closeness(*rows))


RIGHT = {
    "separate_parameters": [lambda: 2_658_945, lambda: 2 * (TABLE + LSTM) + 129],
    "shared_parameters": [lambda: 1_329_537, lambda: TABLE + LSTM + 129],
    "shared_embedding": [embedding, embedding_in_a_dict],
    "mended_sharing": [mended, mended_as_a_model],
    "fan_out": [fanned, fanned_by_hand, lambda: fanned((5, 3))],
    "cosine_similarity": [
        cosine(lambda a, b: layers.Dot(axes=-1, normalize=True)([a, b])),
        cosine(lambda a, b: layers.Dot(axes=1, normalize=True)([b, a])),
        cosine(lambda a, b: layers.Dot(axes=(1, 1), normalize=True)((a, b))),
        cosine(
            lambda a, b: ops.sum(
                ops.normalize(b, axis=-1) * ops.normalize(a, axis=-1), axis=1, keepdims=True
            )
        ),
        cosine(lambda a, b: layers.Dot(axes=1)([ops.normalize(a), ops.normalize(b)])),
        cosine(lambda a, b: layers.dot([ops.normalize(a), ops.normalize(b)], axes=-1)),
    ],
    "siamese_encoder": [siamese, siamese_of_layers, siamese_of_sequential],
}
WRONG = {
    "separate_parameters": [
        (lambda: 2_659_074, "value", "counts `Dense(1)` twice"),
        (lambda: 1_329_537, "value", "share the layers"),
        (lambda: 2_658_944, "value", "bias"),
        (lambda: 2 * TABLE + 2 * 4 * (64 * (128 + 64)) + 129, "value", ""),
    ],
    "shared_parameters": [
        (lambda: 2_658_945, "value", "nothing is shared"),
        (lambda: 1_378_945, "value", "an `LSTM` of its own"),
        (lambda: TABLE + LSTM + 65, "value", "two states"),
    ],
    "shared_embedding": [
        (lambda: embedding(tables=2), "sharing", "embedding"),
        (lambda: embedding(lstms=1), "sharing", "lstm"),
        (lambda: embedding(dtype="float32"), "dtype", "int32"),
        (lambda: embedding(activation=None), "setting", "activation"),
        (lambda: embedding(merge=layers.Add), "setting", "Concatenate"),
        (embedding_both_reads_first, "wiring", "expected"),
    ],
    "mended_sharing": [
        (lambda: mended(embeds=2, lstms=2), "sharing", ""),
        (lambda: mended(lstms=2), "sharing", "lstm"),
        (lambda: mended(embeds=2), "sharing", "embedding"),
        (lambda: mended(merge=layers.Add), "setting", "Concatenate"),
    ],
    "fan_out": [
        (lambda: fanned((3, 3)), "setting", "kernel_size"),
        (lambda: fanned(chained=True), "wiring", "expected"),
        (lambda: fanned(inputs=2), "input", "input"),
        (lambda: fanned(activation=None), "setting", "activation"),
        (fanned_one_kernel, "missing", "kernel_size=5"),
    ],
    "cosine_similarity": [
        (cosine(lambda a, b: layers.Dot(axes=-1)([a, b])), "setting", "normalize=True"),
        (cosine(lambda a, b: layers.Dot(axes=-1, normalize=True)([a, a])), "wiring", "expected"),
        (cosine(lambda a, b: layers.Multiply()([a, b])), "setting", "Dot"),
        (cosine(lambda a, b: keras.losses.cosine_similarity(a, b)), "missing", ""),
    ],
    "siamese_encoder": [
        (lambda: siamese(encoders=2), "sharing", ""),
        (siamese_half_shared, "sharing", ""),
        (lambda: siamese(last="relu"), "setting", "activation"),
        (lambda: siamese(units=(32, 2)), "setting", "units"),
        (lambda: siamese(reads=(0, 0)), "wiring", "expected"),
        (
            lambda: siamese(compared=lambda a, b: layers.Dot(axes=-1, normalize=True)([a, b])),
            "setting",
            "`Dot`",
        ),
    ],
}
