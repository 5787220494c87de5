"""What `draw(model, values=sample)` shows: the values that flow, and what does not fit."""

import base64
import re
import zlib
from urllib.parse import unquote

import keras
import numpy as np
import pytest
from keras import layers, ops

from exercises_check import draw
from exercises_check.activations import DoesNotFit, activations
from exercises_check.figures import PNG
from exercises_check.read import read
from exercises_check.thumbnails import thumbnail


@pytest.fixture(autouse=True)
def fresh_names():
    keras.backend.clear_session()
    keras.utils.set_random_seed(0)


def values_of(model, sample):
    """By the layer's name, what its first output is for the sample."""
    graph = read(model)
    found = activations(model, graph, sample)
    return {
        graph.operation(path[0]).name: array
        for (path, index), array in found.items()
        if len(path) == 1 and index == 0
    }


def mlp():
    inputs = keras.Input((4,), name="features")
    x = layers.Dense(16, activation="relu", name="hidden")(inputs)
    return keras.Model(inputs, layers.Dense(3, activation="softmax", name="kind")(x), name="mlp")


def encoder():
    image = keras.Input((8, 8, 1), name="image")
    x = layers.Conv2D(6, 3, name="edges")(image)
    return keras.Model(image, layers.GlobalMaxPooling2D(name="code")(x), name="encoder")


def siamese():
    inner, left, right = (
        encoder(),
        keras.Input((8, 8, 1), name="a"),
        keras.Input((8, 8, 1), name="b"),
    )
    distance = layers.Subtract(name="difference")([inner(left), inner(right)])
    return keras.Model([left, right], distance)


def svg_of(drawing):
    return unquote(
        re.search(r'src="data:image/svg\+xml;charset=utf-8,([^"]+)"', drawing._repr_html_())[1]
    )


# The values ---------------------------------------------------------------------------------------


def test_the_values_are_those_that_keras_computes():
    model, x = mlp(), np.random.default_rng(0).normal(size=(1, 4)).astype("float32")
    found = values_of(model, x)
    assert np.array_equal(found["features"], x[0])
    assert np.allclose(found["kind"], model.predict(x, verbose=0)[0])
    hidden = keras.Model(model.input, model.get_layer("hidden").output)
    assert np.allclose(found["hidden"], hidden.predict(x, verbose=0)[0])


@pytest.mark.parametrize(
    "wrapped",
    [lambda x: x, lambda x: x[0], lambda x: [x], lambda x: x.tolist(), lambda x: {"features": x},
     lambda x: np.concatenate([x, x + 1]), lambda x: ops.convert_to_tensor(x)],
    ids=["a batch", "a row", "a list of one", "lists of numbers", "a dict", "two rows", "a tensor"],
)  # fmt: skip
def test_a_sample_may_come_as_keras_takes_it(wrapped):
    model, x = mlp(), np.array([[1.0, -2.0, 0.5, 3.0]], "float32")
    assert np.allclose(values_of(model, wrapped(x))["kind"], model.predict(x, verbose=0)[0])


def test_an_image_may_come_without_its_only_channel():
    image = np.random.default_rng(0).random((8, 8))
    found = [
        values_of(encoder(), sample) for sample in (image, image[None], image[None, ..., None])
    ]
    assert all(one["image"].shape == (8, 8, 1) for one in found)


def test_each_call_of_a_shared_model_has_its_own_values_and_its_inside_those_of_the_first():
    model, rng = siamese(), np.random.default_rng(1)
    left, right = rng.random((1, 8, 8, 1)), rng.random((1, 8, 8, 1))
    graph = read(model)
    found = activations(model, graph, [left, right])
    inner = model.get_layer("encoder")
    calls = [n for n in range(len(graph.nodes)) if graph.operation(n).name == "encoder"]
    for call, x in zip(calls, (left, right), strict=True):
        assert np.allclose(found[(call,), 0], inner.predict(x, verbose=0)[0], atol=1e-6)
    assert {path for path, _index in found if len(path) == 2} == {(calls[0], n) for n in range(3)}
    assert np.allclose(found[(calls[0], 2), 0], found[(calls[0],), 0])


def test_a_dict_reaches_the_inputs_of_a_nested_model_by_name():
    a, b = keras.Input((2,), name="a"), keras.Input((2,), name="b")
    inner = keras.Model({"a": a, "b": b}, layers.Subtract(name="less")([a, b]))
    x, y = keras.Input((2,), name="x"), keras.Input((2,), name="y")
    model = keras.Model({"x": x, "y": y}, inner({"b": y, "a": x}))
    found = activations(model, read(model), {"x": np.ones((1, 2)), "y": np.zeros((1, 2))})
    inside = [array for (path, _), array in found.items() if len(path) == 2]
    assert [array.tolist() for array in inside] == [[1, 1], [0, 0], [1, 1]]


def test_random_layers_run_as_at_inference_also_with_training_in_the_graph():
    inputs = keras.Input((1000,), name="ones")
    x = layers.Dropout(0.5, name="dropout")(inputs, training=True)
    model = keras.Model(inputs, layers.GaussianNoise(1.0, name="noise")(x))
    assert (values_of(model, np.ones(1000))["noise"] == 1).all()


def test_a_mask_reaches_the_layers_that_use_it():
    words = keras.Input((4,), dtype="int32", name="words")
    x = layers.Embedding(9, 3, mask_zero=True)(words)
    model = keras.Model(words, layers.GlobalAveragePooling1D(name="mean")(x))
    sample = np.array([[5, 2, 0, 0]])
    assert np.allclose(values_of(model, sample)["mean"], model.predict(sample, verbose=0)[0])


def test_the_model_and_the_random_numbers_stay_as_they_are():
    inputs = keras.Input(batch_shape=(2, 3, 4))
    x = layers.LSTM(5, stateful=True)(layers.BatchNormalization()(inputs))
    model = keras.Model(inputs, layers.Dropout(0.5)(x))
    before = [keras.ops.convert_to_numpy(v).copy() for v in model.variables]
    random = np.random.get_state()[1].copy()
    draw(model, values=np.ones((2, 3, 4)))
    after = map(keras.ops.convert_to_numpy, model.variables)
    assert all(map(np.array_equal, before, after))
    assert np.array_equal(random, np.random.get_state()[1])
    assert layers.Dense(1).name == "dense"


def test_sequential_models_operations_and_several_outputs_have_values():
    model = keras.Sequential([keras.Input((4,)), layers.Dense(6, name="six")])
    assert values_of(model, np.ones(4))["six"].shape == (6,)
    steps = keras.Input((3, 2), name="steps")
    last, *states = layers.LSTM(7, return_state=True, name="memory")(steps)
    model = keras.Model(steps, ops.exp(last) + states[0])
    text = repr(draw(model, values=np.ones((3, 2))))
    assert "steps gives 6 values: all 1; output 0 of memory gives 7 values: " in text
    assert "output 2 of memory gives 7 values: " in text


# What does not fit --------------------------------------------------------------------------------


def said(model, sample):
    with pytest.raises(DoesNotFit) as caught:
        draw(model, values=sample)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return str(caught.value)


def test_another_shape_is_told_with_what_is_expected():
    assert said(mlp(), np.ones((2, 5))) == (
        "The sample does not fit the input `features`. Expected shape (4,) or a batch of such, "
        "(None, 4). Received shape (2, 5). Compare with `model.input_shape`."
    )
    assert "Received shape (0, 4)" in said(mlp(), np.ones((0, 4)))


def test_what_is_no_array_of_numbers_is_told():
    expected = "Expected an array of numbers, such as `x_test[:1]`."
    assert said(mlp(), keras.Input((4,))) == (
        f"The value for the input `features` is `KerasTensor`. {expected}"
    )
    assert said(mlp(), "photo.png") == f"The value for the input `features` is `str`. {expected}"
    assert expected in said(mlp(), [[1.0, 2.0], [3.0]])


def test_missing_inputs_are_named():
    assert said(siamese(), {"a": np.ones((8, 8))}) == (
        "The sample lacks a value for `b`. Expected a dict with the keys `a` and `b`. Received the "
        "keys `a`."
    )
    assert said(siamese(), np.ones((1, 8, 8, 1))) == (
        "The model has 2 inputs. Expected a list with a value for each, in this order: `a` and "
        "`b`. Received `ndarray` of shape (1, 8, 8, 1)."
    )
    assert said(siamese(), [np.ones((8, 8))]).endswith("Received a list of 1 value.")


def test_a_layer_that_fails_is_named():
    inputs = keras.Input((None,), name="x")
    model = keras.Model(inputs, layers.Reshape((2, 3), name="table")(inputs))
    text = said(model, np.ones((1, 5)))
    assert text.startswith("The sample goes in and does not come out: `table` fails on it. Keras")
    assert text.endswith("Try `model.predict(...)` on the same sample.")


# Thumbnails ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("array", "text"),
    [
        (np.array([0.123456]), "0.12"),
        (np.array([1, -2, 300]), "1, -2, 300"),
        (np.array([True, False]), "1, 0"),
        (np.array([-0.3] + [0.0] * 4 + [1.2] * 5), "-0.3 to 1.2, 40 % zero"),
        (np.zeros(16), "all 0"),
        (np.array([0.1] * 3 + [0.7] + [0.0] * 6), "0 to 0.7, 60 % zero, most at [3]: 0.7"),
        (np.array([1.0, np.nan]), "1, nan; 1 nan of 2 values"),
        (np.array([np.nan, np.inf, -np.inf] + [0.5] * 7), "1 nan, 2 inf of 10 values, all 0.5"),
        (np.full(8, np.nan), "8 nan of 8 values"),
        (np.array([b"a", b"b"]), "b'a' b'b'"),
        (np.zeros((0, 4)), ""),
        (np.array(3.0), "3"),
    ],
)
def test_values_in_words(array, text):
    assert thumbnail(array).text == text


def pixels(png):
    """Width, height and colours of a PNG file as we write it."""
    assert png.startswith(PNG)
    width, height = (int.from_bytes(png[at : at + 4], "big") for at in (16, 20))
    chunks, at = {}, len(PNG)
    while at < len(png):
        size = int.from_bytes(png[at : at + 4], "big")
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + size]
        assert int.from_bytes(png[at + 8 + size : at + 12 + size], "big") == zlib.crc32(kind + data)
        chunks[kind], at = data, at + 12 + size
    rows = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, -1)
    assert not rows[:, 0].any()
    if b"PLTE" in chunks:
        palette = np.frombuffer(chunks[b"PLTE"], np.uint8).reshape(-1, 3)
        return palette[rows[:, 1:]]
    return rows[:, 1:].reshape(height, width, 3)


def test_white_is_zero_blue_above_orange_below_and_nan_almost_black():
    row = pixels(thumbnail(np.array([-1.0, 0, 1, np.nan, 0.5, -0.5])).png)[0].astype(int)
    orange, white, blue, black, half_blue, half_orange = row
    assert (white == 255).all()
    assert orange[0] > orange[1] > orange[2] and half_orange[0] > half_orange[2]  # noqa: PT018
    assert blue[2] > blue[1] > blue[0] and half_blue[2] > half_blue[0]  # noqa: PT018
    assert half_blue.sum() > blue.sum()
    assert black.max() < 30


def test_one_nan_in_a_large_map_is_seen():
    values = np.ones((200, 200, 1))
    values[7, 9] = np.nan
    seen = pixels(thumbnail(values).png)
    assert (seen.max(axis=-1) < 30).sum() == 1


def test_a_vector_is_a_strip_a_sequence_a_heat_map_and_an_image_a_row_of_maps():
    assert pixels(thumbnail(np.arange(16.0)).png).shape == (1, 16, 3)
    assert pixels(thumbnail(np.arange(1000.0)).png).shape == (1, 64, 3)
    # Steps go to the right.
    assert pixels(thumbnail(np.ones((20, 6))).png).shape == (6, 20, 3)
    maps = pixels(thumbnail(np.ones((24, 24, 9))).png)
    assert maps.shape[0] == 24
    assert 4 * 24 < maps.shape[1] < 4 * 24 + 12
    assert thumbnail(np.ones((2, 9, 24, 24, 1))).parts == 1
    shown = thumbnail(np.ones((24, 24, 9)))
    assert (shown.parts, shown.part) == (4, 36)
    assert b"tRNS\0\xff" in shown.png  # between the maps the ground is seen


def test_only_an_input_of_three_channels_is_in_colour():
    image = np.zeros((4, 4, 3))
    image[..., 0] = 255
    assert (pixels(thumbnail(image, is_input=True).png)[0, 0] == [255, 0, 0]).all()
    assert not (pixels(thumbnail(image).png)[0, 0] == [255, 0, 0]).all()


# The picture --------------------------------------------------------------------------------------


def test_the_picture_has_a_tiny_picture_and_its_words_in_each_box_and_a_legend():
    text = svg_of(draw(siamese(), values=[np.eye(8), np.ones((8, 8))]))
    images = re.findall(r"<image [^>]*href='data:image/png;base64,([^']+)'", text)
    assert len(images) == 7  # two inputs, inside three, the second call, the difference
    assert all(base64.b64decode(one).startswith(PNG) for one in images)
    assert ">0 to 1, 88 % zero</text>" in text
    assert {">below 0</text>", ">0</text>", ">above 0</text>"} <= set(
        re.findall(r">[^<>]+</text>", text)
    )


def test_what_is_not_finite_is_marked_with_a_sign():
    inputs = keras.Input((8,), name="x")
    model = keras.Model(inputs, ops.log(inputs))
    text = svg_of(draw(model, values=np.array([-1.0, 0, 1, 1, 1, 1, 1, 1])))
    assert "▲ 1 nan, 1 inf of 8 values" in text


def test_a_fold_shows_what_leaves_it():
    x = inputs = keras.Input((6,), name="x")
    for number in range(50):
        x = layers.Activation("relu", name=f"relu_{number}")(x)
    model = keras.Model(inputs, layers.Rescaling(3.0, name="thrice")(x))
    text = svg_of(draw(model, values=np.array([-1.0, 0, 1, 2, 3, 4])))
    assert text.count(">0 to 4, 33 % zero</text>") == 1
    assert ">0 to 12, 33 % zero</text>" in text


def test_ten_layers_with_values_take_less_than_sixty_kilobytes():
    x = inputs = keras.Input((32, 32, 3))
    for number in range(10):
        x = layers.Conv2D(8, 3, padding="same", activation="relu", name=f"conv_{number}")(x)
    sample = np.random.default_rng(0).random((32, 32, 3))
    page = draw(keras.Model(inputs, x), values=sample)._repr_html_()
    assert len(page.encode()) < 60_000
