"""Right and wrong answers to the exercises of chapter 04, as people write them."""

import functools

import keras
from keras import layers, ops

from answers import Trained
from exercises_check.datasets import load_tickets

# two_images ---------------------------------------------------------------------------------------


def images(first=(64, 64, 1), second=(32, 32, 3)):
    return keras.Input(shape=first, name="grey"), keras.Input(shape=second, name="colour")


def row(image, filters=32, activation="relu"):
    return layers.Flatten()(layers.Conv2D(filters, 3, activation=activation)(image))


def sigmoid(x):
    return layers.Dense(1, activation="sigmoid")(x)


def images_with_ops():
    grey, colour = images()
    rows = [ops.reshape(ops.relu(layers.Conv2D(32, 3)(i)), (-1, n)) for i, n in
            ((grey, 62 * 62 * 32), (colour, 30 * 30 * 32))]  # fmt: skip
    return keras.Model([grey, colour], ops.sigmoid(layers.Dense(1)(layers.concatenate(rows))))


def images_in_the_other_order():
    grey, colour = images()
    x = layers.Concatenate(axis=1)([row(colour), row(grey)])
    return keras.Model([grey, colour], sigmoid(x))


def images_through_nested_models():
    grey, colour = images()
    towers = [
        keras.Sequential([keras.Input(i.shape[1:]), layers.Conv2D(32, 3, activation="relu"),
                          layers.Flatten()]) for i in (grey, colour)
    ]  # fmt: skip
    x = layers.Concatenate()([tower(i) for tower, i in zip(towers, (grey, colour), strict=True)])
    return keras.Model({"grey": grey, "colour": colour}, sigmoid(x))


def images_pooled():
    grey, colour = images()
    rows = [
        layers.GlobalAveragePooling2D()(layers.Conv2D(32, 3, activation="relu")(image))
        for image in (grey, colour)
    ]
    return keras.Model([grey, colour], sigmoid(layers.Concatenate()(rows)))


def images_without_relu():
    grey, colour = images()
    x = layers.Concatenate()([row(grey), row(colour, activation=None)])
    return keras.Model([grey, colour], sigmoid(x))


def images_both_grey():
    grey, colour = images((64, 64, 1), (32, 32, 1))
    return keras.Model([grey, colour], sigmoid(layers.Concatenate()([row(grey), row(colour)])))


def images_of_one_branch():
    grey, colour = images()
    return keras.Model([grey, colour], sigmoid(layers.Concatenate()([row(grey), row(grey)])))


# ticket_priority ----------------------------------------------------------------------------------


def text_and_metadata(dtype="int32"):
    text = keras.Input(shape=(None,), dtype=dtype, name="text")
    return text, keras.Input(shape=(5,), name="metadata")


def read(text):
    return layers.LSTM(32)(layers.Embedding(10_000, 64)(text))


def urgent(x, name="priority"):
    return layers.Dense(1, activation="sigmoid", name=name)(x)


def priority_metadata_first():
    text, metadata = text_and_metadata()
    x = ops.concatenate([layers.Dense(16, activation="relu")(metadata), read(text)], axis=-1)
    return keras.Model([metadata, text], urgent(x))


def priority_activation_apart():
    text, metadata = text_and_metadata()
    x = layers.Concatenate()([read(text), layers.ReLU()(layers.Dense(16)(metadata))])
    x = layers.Activation("sigmoid", name="priority")(layers.Dense(1)(x))
    return keras.Model([text, metadata], {"priority": x})


def priority_without_dtype():
    text, metadata = text_and_metadata(dtype=None)
    x = layers.Concatenate()([read(text), layers.Dense(16, activation="relu")(metadata)])
    return keras.Model([text, metadata], urgent(x))


def priority_raw_metadata():
    text, metadata = text_and_metadata()
    return keras.Model([text, metadata], urgent(layers.Concatenate()([read(text), metadata])))


def priority_without_a_name():
    text, metadata = text_and_metadata()
    x = layers.Concatenate()([read(text), layers.Dense(16, activation="relu")(metadata)])
    return keras.Model([text, metadata], urgent(x, "urgent"))


def priority_that_forgets_the_metadata():
    text, metadata = text_and_metadata()
    x = read(text)
    return keras.Model([text, metadata], urgent(layers.Concatenate()([x, x])))


# box_and_class ------------------------------------------------------------------------------------


def base():
    image = keras.Input(shape=(20, 20, 1), name="image")
    x = image
    for filters in (16, 32):
        x = layers.Conv2D(filters, 5, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D(2)(x)
    return image, layers.Dense(64, activation="relu")(layers.Flatten()(x))


SPARSE, BOX = "sparse_categorical_crossentropy", "mse"


def heads(features, of_box=None, names=("class_label", "bounding_box"), activation="softmax"):
    first = layers.Dense(10, activation=activation, name=names[0])(features)
    return first, layers.Dense(4, name=names[1])(features if of_box is None else of_box(first))


def compiled(image, outputs, **settings):
    model = keras.Model(image, outputs)
    model.compile(settings.pop("optimizer", "adam"), **settings)
    return model


LOSSES = {"class_label": SPARSE, "bounding_box": BOX}


def finder_with_lists():
    image, features = base()
    return compiled(image, list(heads(features)), loss=[SPARSE, BOX])


def finder_the_other_way_round():
    image, features = base()
    label, box = heads(features)
    loss = {"bounding_box": keras.losses.MeanSquaredError(), "class_label": SPARSE}
    return compiled(image, [box, label], loss=loss, metrics={"class_label": "accuracy"})


def finder_with_a_dict_of_outputs():
    image, features = base()
    label, box = heads(features)
    return compiled(image, {"bounding_box": box, "class_label": label}, loss=LOSSES)


def finder_not_compiled():
    image, features = base()
    return keras.Model(image, list(heads(features)))


def finder_with_losses_swapped():
    image, features = base()
    return compiled(image, list(heads(features)), loss=[BOX, SPARSE])


def finder_with_guessed_names():
    image, features = base()
    return compiled(image, list(heads(features)), loss={"class": SPARSE, "box": BOX})


def finder_with_one_head_on_the_other():
    image, features = base()
    outputs = heads(features, of_box=lambda first: first)
    return compiled(image, list(outputs), loss=LOSSES)


def finder_with_unnamed_heads():
    image, features = base()
    outputs = [layers.Dense(10, activation="softmax")(features), layers.Dense(4)(features)]
    return compiled(image, outputs, loss=[SPARSE, BOX])


# class_and_value ----------------------------------------------------------------------------------


def photo_row():
    photo = keras.Input(shape=(128, 128, 3), name="photo")
    x = layers.Conv2D(64, 3, activation="relu")(photo)
    return photo, layers.Flatten()(layers.MaxPooling2D(2)(x))


LOSS = {"class": "categorical_crossentropy", "value": "mse"}
WEIGHTS = {"class": 1.0, "value": 0.2}
METRICS = {"class": ["accuracy"]}


def class_and_value(names=("class", "value"), outputs=None, **settings):
    photo, x = photo_row()
    kind = layers.Dense(10, activation="softmax", name=names[0])(x)
    value = layers.Dense(1, name=names[1])(x)
    settings = {"loss": LOSS, "loss_weights": WEIGHTS, "metrics": METRICS} | settings
    return compiled(photo, outputs(kind, value) if outputs else [kind, value], **settings)


# ticket_router ------------------------------------------------------------------------------------


def router(
    names=("priority", "department"),
    from_logits=True,
    one_table=False,
    with_tags=True,
    rate=0.01,
    as_dict=False,
    activation=None,
):
    title = keras.Input(shape=(None,), dtype="int32", name="title")
    body = keras.Input(shape=(None,), dtype="int32", name="body")
    tags = keras.Input(shape=(12,), name="tags")
    table = layers.Embedding(400, 32)
    x = layers.LSTM(16)(table(title))
    y = (table if one_table else layers.Embedding(400, 32))(body)
    y = layers.GlobalMaxPooling1D()(layers.Conv1D(32, 3, activation="relu")(y))
    x = layers.Concatenate()([x, y, tags] if with_tags else [x, y])
    outputs = [
        layers.Dense(units, name=name, activation=activation)(x)
        for units, name in zip((1, 4), names, strict=True)
    ]
    loss = {
        names[0]: keras.losses.BinaryCrossentropy(from_logits=from_logits),
        names[1]: keras.losses.SparseCategoricalCrossentropy(from_logits=from_logits),
    }
    optimizer = keras.optimizers.Adam(rate)
    if as_dict:  # in the order of the reference
        outputs = dict(sorted(zip(names, outputs, strict=True)))
    return compiled([title, body, tags], outputs, loss=loss, optimizer=optimizer)


@functools.cache
def tickets():
    return load_tickets()[0]


def trained_router(seed):
    keras.utils.set_random_seed(seed)
    model, train = router(as_dict=True), tickets()
    model.fit(train.inputs, train.targets, epochs=6, batch_size=64, verbose=0)
    return model


def router_fed_in_the_wrong_order(seed):
    keras.utils.set_random_seed(seed)
    model, train = router(as_dict=True), tickets()
    x = [train.body, train.title, train.tags]
    model.fit(x, train.targets, epochs=6, batch_size=64, verbose=0)
    return model


RIGHT = {
    "two_images": [images_with_ops, images_in_the_other_order, images_through_nested_models],
    "ticket_priority": [priority_metadata_first, priority_activation_apart],
    "box_and_class": [finder_with_lists, finder_the_other_way_round, finder_with_a_dict_of_outputs],
    "class_and_value": [
        lambda: class_and_value(
            loss=[keras.losses.CategoricalCrossentropy(), "mean_squared_error"],
            loss_weights=[1, 0.2],
            metrics=[["accuracy"], []],
        ),
        lambda: class_and_value(outputs=lambda kind, value: {"class": kind, "value": value}),
        lambda: class_and_value(
            metrics={"class": "acc", "value": "mae"}, optimizer=keras.optimizers.Adam(0.01)
        ),
    ],
}

WRONG = {
    "two_images": [
        (images_pooled, "setting", "expected `Flatten`"),
        (images_without_relu, "missing", "elu"),
        (images_both_grey, "input", "(32, 32, 1)"),
        (images_of_one_branch, "wiring", ""),
    ],
    "ticket_priority": [
        (priority_without_dtype, "dtype", "float32"),
        (priority_raw_metadata, "missing", "Dense"),
        (priority_without_a_name, "output", "`urgent`"),
        (priority_that_forgets_the_metadata, "missing", "Dense"),
    ],
    "box_and_class": [
        (finder_not_compiled, "compile", "not compiled"),
        (finder_with_losses_swapped, "compile", "loss"),
        (finder_with_guessed_names, "compile", "expected the names of the outputs"),
        (finder_with_one_head_on_the_other, "wiring", "bounding_box"),
        (finder_with_unnamed_heads, "output", "`class_label`"),
    ],
    "class_and_value": [
        (lambda: class_and_value(names=(None, None)), "output", "`class`"),
        (lambda: class_and_value(loss_weights=None), "compile", "loss weight"),
        (
            lambda: class_and_value(loss_weights={"class": 0.2, "value": 1.0}),
            "compile",
            "loss weight 0.2; expected 1.",
        ),
        (lambda: class_and_value(metrics=None), "compile", "no metric"),
        (
            lambda: class_and_value(loss={"class": SPARSE, "value": "mse"}),
            "compile",
            "`CategoricalCrossentropy`",
        ),
    ],
    "ticket_router": [
        (
            lambda: router(names=("urgent", "team")),
            "output",
            "named `urgent` and `team`; expected `priority` and `department`",
        ),
        (router, "value", "expected at least 0.9"),
        (lambda: router(from_logits=False), "compile", "from_logits=False"),
        (lambda: router(one_table=True), "sharing", ""),
        (lambda: router(with_tags=False), "wiring", "tags"),
        (lambda: router(activation="sigmoid"), "setting", "activation"),
    ],
}

TRAINED = {"ticket_router": Trained(right=trained_router, wrong=router_fed_in_the_wrong_order)}
