"""Models of the kinds that the course asks for, with what their task demands beyond the graph."""

from __future__ import annotations

import keras
from keras import layers, ops

from exercises_check.comparison import Demands

Input, Model = keras.Input, keras.Model


def residual_block():
    inputs = Input((16,))
    x = layers.Dense(16, activation="relu")(inputs)
    x = layers.Dense(16)(x)
    return Model(inputs, layers.Add()([inputs, x]))


def residual_with_normalization():
    inputs = Input((8, 8, 4))
    x = layers.Conv2D(4, 3, padding="same", use_bias=False)(inputs)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Conv2D(4, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    return Model(inputs, layers.ReLU()(layers.Add()([x, inputs])))


def toy_resnet():
    inputs = Input((32, 32, 3))
    x = layers.Conv2D(32, 3, activation="relu")(inputs)
    x = layers.Conv2D(64, 3, activation="relu")(x)
    block = layers.MaxPooling2D(3)(x)
    for _ in range(2):
        x = layers.Conv2D(64, 3, activation="relu", padding="same")(block)
        x = layers.Conv2D(64, 3, activation="relu", padding="same")(x)
        block = layers.add([x, block])
    x = layers.Conv2D(64, 3, activation="relu")(block)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dense(256, activation="relu")(x)
    return Model(inputs, layers.Dense(10)(layers.Dropout(0.5)(x)))


def siamese_text():
    left, right = Input((None,), dtype="int32"), Input((None,), dtype="int32")
    embedding, reader = layers.Embedding(50, 8), layers.LSTM(6)
    a, b = reader(embedding(left)), reader(embedding(right))
    x = layers.Concatenate()([a, b])
    return Model([left, right], layers.Dense(1, activation="sigmoid")(x))


def twin_towers():
    left, right = Input((12,)), Input((12,))
    first, second = layers.Dense(8, activation="relu"), layers.Dense(4)
    a, b = second(first(left)), second(first(right))
    distance = ops.sqrt(ops.sum(ops.square(a - b), axis=1, keepdims=True) + 0.5)
    return Model([left, right], distance)


def ticket_router():
    title = Input((None,), name="title")
    body = Input((None,), name="body")
    tags = Input((12,), name="tags")
    a = layers.LSTM(8)(layers.Embedding(100, 6)(title))
    b = layers.LSTM(4)(layers.Embedding(100, 6)(body))
    x = layers.concatenate([a, b, tags])
    priority = layers.Dense(1, name="priority")(x)
    department = layers.Dense(4, name="department")(x)
    return Model([title, body, tags], {"priority": priority, "department": department})


def autoencoder():
    image = Input((12, 12, 1))
    x = layers.Conv2D(4, 3, activation="relu")(image)
    x = layers.MaxPooling2D(2)(x)
    code = layers.GlobalMaxPooling2D()(layers.Conv2D(9, 3, activation="relu")(x))
    x = layers.Reshape((3, 3, 1))(code)
    x = layers.Conv2DTranspose(4, 3, activation="relu")(x)
    x = layers.UpSampling2D(2)(x)
    return Model(image, layers.Conv2DTranspose(1, 3, activation="relu")(x))


def nested_autoencoder():
    image = Input((12,))
    encoder = Model(image, layers.Dense(3)(layers.Dense(6, activation="relu")(image)))
    code = Input((3,))
    decoder = Model(code, layers.Dense(12)(layers.Dense(6, activation="relu")(code)))
    whole = Input((12,))
    return Model(whole, decoder(encoder(whole)))


def ensemble():
    def member():
        inputs = Input((10,))
        return Model(inputs, layers.Dense(1)(inputs))

    inputs = Input((10,))
    return Model(inputs, layers.average([member()(inputs) for _ in range(3)]))


def dot_attention():
    sentence = Input((7, 5))
    query, key, values = layers.Dense(4)(sentence), layers.Dense(4)(sentence), sentence
    scores = layers.Softmax()(layers.Dot(axes=(2, 2))([query, key]))
    context = layers.Dot(axes=(2, 1))([scores, values])
    return Model(sentence, layers.GlobalAveragePooling1D()(context))


def conv_blocks():
    x = inputs = Input((16, 16, 1))
    for filters in (4, 8):
        x = layers.Conv2D(filters, 3, padding="same")(x)
        x = layers.BatchNormalization()(x)
        x = layers.Activation("relu")(x)
        x = layers.MaxPooling2D()(x)
    x = layers.Dropout(0.3)(layers.Flatten()(x))
    return Model(inputs, layers.Dense(3, activation="softmax", kernel_regularizer="l2")(x))


def box_and_class():
    image = Input((16, 16, 3))
    x = layers.Conv2D(4, 3, strides=2, activation="relu")(image)
    x = layers.Flatten()(x)
    box = layers.Dense(4, activation="sigmoid", name="box")(x)
    kind = layers.Dense(5, activation="softmax", name="class")(layers.Dropout(0.2)(x))
    return Model(image, [box, kind])


def transformer():
    ids = Input((9,), dtype="int32")
    x = layers.Embedding(40, 8, mask_zero=True)(ids)
    attended = layers.MultiHeadAttention(num_heads=2, key_dim=4)(x, x)
    x = layers.LayerNormalization()(layers.Add()([x, attended]))
    fed = layers.Dense(8)(layers.Dense(16, activation="gelu")(x))
    x = layers.LayerNormalization()(layers.Add()([x, fed]))
    return Model(ids, layers.Dense(2)(layers.GlobalAveragePooling1D()(x)))


def transfer():
    pixels = Input((8, 8, 3))
    x = layers.Conv2D(4, 3, activation="relu")(pixels)
    backbone = Model(pixels, layers.BatchNormalization()(layers.Conv2D(6, 3)(x)), name="backbone")
    backbone.trainable = False
    image = Input((8, 8, 3))
    x = layers.Rescaling(1 / 127.5, offset=-1)(image)
    x = layers.GlobalAveragePooling2D()(backbone(x))
    return Model(image, layers.Dense(2)(layers.Dropout(0.2)(x)))


def states():
    steps = Input((6, 4))
    first = layers.LSTM(5, return_sequences=True, return_state=True)
    sequence, h, c = first(steps)
    x = layers.LSTM(5, go_backwards=True)(sequence, initial_state=[h, c])
    both = layers.Bidirectional(layers.GRU(3))(sequence)
    return Model(steps, layers.Dense(2)(layers.Concatenate()([x, both, c])))


def arithmetic():
    a, b = Input((6,)), Input((6,))
    x = layers.Dense(6)(a) * 0.5 + layers.Dense(6, activation="tanh")(b)
    y = layers.Maximum()([x, a]) - layers.Multiply()([x, b])
    z = layers.Reshape((3, 2))(y)
    return Model([a, b], layers.Dense(2)(z[:, -1] / 2.0))


MODELS = {
    residual_block: Demands(),
    residual_with_normalization: Demands(),
    toy_resnet: Demands(),
    siamese_text: Demands(),
    twin_towers: Demands(),
    ticket_router: Demands(names=True),
    autoencoder: Demands(),
    nested_autoencoder: Demands(nested=True),
    ensemble: Demands(),
    dot_attention: Demands(),
    conv_blocks: Demands(),
    box_and_class: Demands(),
    transformer: Demands(),
    transfer: Demands(nested=True),
    states: Demands(),
    arithmetic: Demands(),
}
