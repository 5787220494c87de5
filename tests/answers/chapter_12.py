"""Right and wrong answers to the exercises of chapter 12, as people write them."""

import functools

import keras
from keras import layers, ops

from answers import Trained
from exercises_check.datasets import load_digit_pairs, load_noisy_digits, load_tickets

# The ticket router -------------------------------------------------------------------------------


def router(
    embeddings=1, mask=True, query=32, look="attention", swapped=False, merged=4, department=None
):
    """As the figure says it; each argument is a way to read it wrongly."""
    inputs = {
        "title": keras.Input(shape=(10,), dtype="int32", name="title"),
        "body": keras.Input(shape=(40,), dtype="int32", name="body"),
        "tags": keras.Input(shape=(12,), name="tags"),
        "metadata": keras.Input(shape=(5,), name="metadata"),
    }
    made = [layers.Embedding(400, 32, mask_zero=mask) for _ in range(embeddings)]
    title_words, body_words = made[0](inputs["title"]), made[-1](inputs["body"])
    title_mean = layers.GlobalAveragePooling1D()(title_words)
    if look == "attention":
        asked = layers.Dense(query)(title_words) if query else title_words
        both = [body_words, asked] if swapped else [asked, body_words]
        seen = layers.Attention()(both)
        seen = layers.GlobalAveragePooling1D()(seen)
    else:
        seen = layers.GlobalAveragePooling1D()(body_words)
    parts = [title_mean, seen, inputs["tags"], inputs["metadata"]]
    x = layers.Concatenate()(parts[:merged])
    x = layers.Activation("relu")(layers.Dense(32)(x))
    outputs = {
        "priority": layers.Dense(1, activation="sigmoid", name="priority")(x),
        "department": layers.Dense(4, activation=department or "softmax", name="department")(x),
    }
    return keras.Model(inputs, outputs)


@functools.cache
def tickets():
    return load_tickets()[0]


def trained_router(seed, epochs=5, rate=0.003):
    keras.utils.set_random_seed(seed)
    model = router()
    model.compile(
        keras.optimizers.Adam(rate),
        {"priority": "binary_crossentropy", "department": "sparse_categorical_crossentropy"},
    )
    part = tickets()
    inputs = {**part.inputs, "metadata": part.metadata}
    model.fit(inputs, part.targets, epochs=epochs, batch_size=64, verbose=0)
    return model


# The U-Net ---------------------------------------------------------------------------------------


def unet(skips=(True, True), up="sampling", kept="before", joined="concatenate", last="sigmoid"):
    inputs = keras.Input(shape=(16, 16, 1), name="noisy")
    x, ways = inputs, []
    for filters in (16, 16):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        before = x
        x = layers.MaxPooling2D(2)(x)
        ways.append(before if kept == "before" else layers.UpSampling2D(2)(x))
    x = layers.Conv2D(32, 3, padding="same", activation="relu")(x)
    for filters, way, there in zip((16, 16), reversed(ways), reversed(skips), strict=True):
        if up == "sampling":
            x = layers.UpSampling2D(2)(x)
        else:
            x = layers.Conv2DTranspose(x.shape[-1], 2, strides=2)(x)
        if there and joined == "concatenate":
            x = layers.Concatenate()([way, x])
        elif there:
            x = layers.Add()([layers.Conv2D(x.shape[-1], 1)(way), x])
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    return keras.Model(inputs, layers.Conv2D(1, 1, activation=last)(x))


@functools.cache
def noise():
    return load_noisy_digits()[0]


def trained_unet(seed, target="clean"):
    keras.utils.set_random_seed(seed)
    model = unet()
    model.compile(keras.optimizers.Adam(0.003), "binary_crossentropy")
    noisy, clean = noise()
    targets = clean if target == "clean" else noisy
    model.fit(noisy, targets, epochs=4, batch_size=32, verbose=0)
    return model


# The siamese network -----------------------------------------------------------------------------


def likeness(a, b):
    return ops.exp(-ops.sum(abs(a - b), axis=1, keepdims=True))


def digit_encoder(skip="projected", strides=2, add_first=True):
    inputs = keras.Input(shape=(8, 8, 1))
    stem = layers.Conv2D(8, 3, padding="same", activation="relu")(inputs)
    x = layers.Conv2D(16, 3, strides=strides, padding="same", activation="relu")(stem)
    x = layers.Conv2D(16, 3, padding="same", activation=None if add_first else "relu")(x)
    if skip:
        source = stem if skip == "projected" else inputs
        x = layers.Add()([x, layers.Conv2D(16, 1, strides=strides)(source)])
    if add_first:
        x = layers.Activation("relu")(x)
    return keras.Model(inputs, layers.Dense(8)(layers.Flatten()(x)))


def siamese(encoders=1, compared=likeness, nested=True, **settings):
    first = keras.Input(shape=(8, 8, 1), name="first")
    second = keras.Input(shape=(8, 8, 1), name="second")
    made = [digit_encoder(**settings) for _ in range(encoders)]
    if not nested:
        return keras.Model([first, second], compared(*inlined(first, second)))
    return keras.Model([first, second], compared(made[0](first), made[-1](second)))


def inlined(first, second):
    stem = layers.Conv2D(8, 3, padding="same", activation="relu")
    one = layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")
    two = layers.Conv2D(16, 3, padding="same")
    way, flat, dense = layers.Conv2D(16, 1, strides=2), layers.Flatten(), layers.Dense(8)
    for image in (first, second):
        x = stem(image)
        yield dense(flat(layers.ReLU()(layers.Add()([two(one(x)), way(x)]))))


@functools.cache
def pairs():
    return load_digit_pairs()[0]


def trained_siamese(seed, one_means="same"):
    keras.utils.set_random_seed(seed)
    model = siamese()
    model.compile(keras.optimizers.Adam(0.003), "binary_crossentropy")
    x, same = pairs()
    targets = same if one_means == "same" else 1 - same
    model.fit(x, targets, epochs=3, batch_size=64, verbose=0)
    return model


def by_layer(a, b):
    distance = ops.sum(ops.abs(layers.Subtract()([a, b])), axis=-1, keepdims=True)
    return layers.Activation("exponential")(-distance)


def turned_around(a, b):
    return ops.exp(ops.negative(ops.sum(abs(b - a), -1, True)))


def without_minus(a, b):
    return ops.exp(ops.sum(ops.abs(a - b), axis=-1, keepdims=True))


def without_axis_kept(a, b):
    return ops.exp(-ops.sum(ops.abs(a - b), axis=-1))


def without_abs(a, b):
    return ops.exp(-ops.sum(a - b, axis=-1, keepdims=True))


def mean_of_all(a, b):
    return ops.exp(-ops.mean(ops.abs(a - b), axis=-1, keepdims=True))


def given(answer):
    return lambda: answer


def made(build, **settings):
    return lambda: build(**settings)


RIGHT = {
    "joined_convolution": [given(6928), given(9 * 48 * 16 + 16)],
    "always_different": [given(0.9), given(1 - 1 / 10)],
    "similarity": [given(f) for f in (likeness, by_layer, turned_around)],
}

WRONG = {
    "ticket_attention_router": [
        (made(router, look="mean"), "missing", "Attention"),
        (made(router, embeddings=2), "sharing", "embedding"),
        (made(router, mask=False), "setting", "mask_zero"),
        (made(router, query=0), "missing", "Dense"),
        (made(router, swapped=True), "wiring", "attention"),
        (made(router, merged=3), "wiring", "concatenate"),
        (made(router, department="sigmoid"), "setting", "activation"),
        (made(router), "value", "The graph is right. On held-out data"),
    ],
    "joined_convolution": [
        (given(4624), "value", "without the skip"),
        (given(6912), "value", "16 biases"),
        (given(13_856), "value", "16"),
    ],
    "small_unet": [
        (made(unet, skips=(False, False)), "missing", "Concatenate"),
        (made(unet, skips=(False, True)), "missing", "Concatenate"),
        (made(unet, kept="after"), "extra", "up_sampling"),
        (made(unet, up="transposed"), "extra", "Conv2DTranspose"),
        (made(unet, joined="add"), "extra", "kernel_size=1"),
        (made(unet, last=None), "setting", "activation"),
        (made(unet), "value", "The graph is right. On held-out data"),
    ],
    "always_different": [
        (given(0.5), "value", "by chance"),
        (given(0.1), "value", "wrong"),
        (given(90), "value", "from 0 to 1"),
    ],
    "similarity": [
        (given(without_minus), "missing", "ops.negative"),
        (given(without_axis_kept), "setting", "keepdims"),
        (given(without_abs), "missing", "ops.absolute"),
        (given(mean_of_all), "setting", "Mean"),
    ],
    "siamese_residual": [
        (made(siamese, encoders=2), "sharing", "have separate weights"),
        (made(siamese, skip=None), "missing", "Add"),
        (made(siamese, skip="image"), "wiring", "receives `first`"),
        (made(siamese, strides=1), "setting", "strides"),
        (made(siamese, add_first=False), "setting", "expected no activation"),
        (made(siamese, nested=False), "nesting", "model"),
        (made(siamese, compared=without_minus), "missing", "ops.negative"),
        (made(siamese), "value", "The graph is right. On held-out data"),
    ],
}

TRAINED = {
    # Barely trained; Keras' own learning rate, one epoch.
    "ticket_attention_router": Trained(
        right=trained_router, wrong=lambda seed: trained_router(seed, epochs=1, rate=0.001)
    ),
    # With the noisy images as targets.
    "small_unet": Trained(right=trained_unet, wrong=lambda seed: trained_unet(seed, "noisy")),
    # With 1 for a different digit.
    "siamese_residual": Trained(
        right=trained_siamese, wrong=lambda seed: trained_siamese(seed, "different")
    ),
}
