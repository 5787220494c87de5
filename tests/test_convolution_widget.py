"""The pictures of chapter 02: the shapes they say and draw are those Keras computes."""

import itertools

import keras
import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from keras import layers

from exercises_check.widgets import (
    convolution_picture,
    convolution_text,
    receptive_field_picture,
    receptive_fields,
    shape_flow_picture,
)

# All that the sliders of the chapter can be set to.
KNOBS = list(itertools.product(range(5, 13), range(1, 6), (1, 2, 3), ("valid", "same"), (1, 2, 3)))


@pytest.fixture(autouse=True)
def no_window():
    matplotlib.use("agg")
    yield
    plt.close("all")


def conv(size, kernel, strides, padding):
    return layers.Conv2D(1, kernel, strides=strides, padding=padding)(keras.Input((size, size, 1)))


def cells(axis, colour=None):
    """The unit squares of a panel, of one colour if it is given."""
    squares = [p for p in axis.patches if p.get_width() == 1 and p.get_linewidth() < 2]
    if colour is None:
        return squares
    return [s for s in squares if matplotlib.colors.to_hex(s.get_facecolor(), True) == colour]


def windows(axis):
    return [(*p.get_xy(), p.get_width()) for p in axis.patches if p.get_linewidth() > 2]


@pytest.mark.parametrize("knobs", KNOBS[::7])
def test_the_text_says_the_sizes_keras_computes(knobs):
    *settings, pool = knobs
    image, feature_map, pooled_map = convolution_text(*knobs).splitlines()
    maps = conv(*settings)
    assert image.split()[1:] == [str(settings[0]), "×", str(settings[0])]
    assert feature_map.split()[2] == str(maps.shape[1])
    try:
        expected = str(layers.MaxPooling2D(pool)(maps).shape[1])
    except ValueError:
        expected = "ValueError:"
    assert pooled_map.split()[2] == expected


def test_the_text_shows_the_arithmetic():
    assert convolution_text(8, 3, 2, "valid", 2) == (
        "image        8 × 8\n"
        "feature map  3 × 3    (8 - 3) // 2 + 1 = 3\n"
        "pooled map   1 × 1    3 // 2 = 1, 1 left over"
    )
    assert "8 / 3, rounded up = 3" in convolution_text(8, 3, 3, "same", 1)


def test_a_window_that_does_not_fit_is_said():
    assert convolution_text(2, 3).splitlines()[1:] == [
        "feature map  ValueError: the window is larger than the image"
    ]
    assert "larger than the feature map" in convolution_text(5, 5, 1, "valid", 2)


@pytest.mark.parametrize("knobs", KNOBS[::41])
def test_the_picture_has_a_cell_for_each_number(knobs):
    size, *_, pool = knobs
    image, feature_map, pooled_map = convolution_picture(*knobs).axes
    maps = conv(*knobs[:4]).shape[1]
    assert len(cells(image)) >= size * size
    assert len(cells(feature_map)) == maps * maps
    assert len(cells(pooled_map)) == (maps // pool) ** 2


@pytest.mark.parametrize("settings", [(6, 3, 1, "valid"), (7, 3, 2, "same"), (8, 4, 2, "same")])
def test_the_window_stands_where_keras_reads(settings):
    """A pixel changes a number if, and only if, it is in the window drawn for that number."""
    size, kernel = settings[:2]
    inputs = keras.Input((size, size, 1))
    layer = layers.Conv2D(
        1, kernel, strides=settings[2], padding=settings[3], kernel_initializer="ones"
    )
    one_pixel_on = np.eye(size * size).reshape(-1, size, size, 1)
    numbers = keras.Model(inputs, layer(inputs)).predict(one_pixel_on, verbose=0)
    for step in range(numbers[0].size):
        row, column = divmod(step, numbers.shape[2])
        read = {divmod(pixel, size) for pixel in np.flatnonzero(numbers[:, row, column, 0])}
        image, feature_map, _ = convolution_picture(*settings, pool=1, step=step).axes
        ((x, y, width),) = windows(image)
        window = set(itertools.product(range(y, y + width), range(x, x + width)))
        assert read == {(i, j) for i, j in window if 0 <= i < size and 0 <= j < size}
        assert (column, row, 1) in windows(feature_map)
        plt.close("all")


def test_the_numbers_so_far_are_filled_and_the_steps_begin_again_after_the_last():
    def filled(step):
        return len(cells(convolution_picture(step=step).axes[1], colour="#9cc9e3ff"))

    assert [filled(step) for step in (0, 1, 5, 24, 25, 26)] == [1, 2, 6, 25, 1, 2]


def test_what_no_window_reaches_is_hatched():
    image, feature_map, _ = convolution_picture(8, 3, 2, "valid", 2).axes
    unused = {cell.get_xy() for cell in cells(image) if cell.get_hatch()}
    assert unused == {xy for xy in itertools.product(range(8), repeat=2) if 7 in xy}
    assert len([cell for cell in cells(feature_map) if cell.get_hatch()]) == 5


def test_zeros_are_written_around_an_image_with_same_padding():
    def zeros(**knobs):
        axis = convolution_picture(**knobs).axes[0]
        return [text.get_text() for text in axis.texts].count("0")

    assert zeros(size=5, kernel=3, padding="valid") == 0
    assert zeros(size=5, kernel=3, padding="same") == 7 * 7 - 5 * 5
    assert zeros(size=5, kernel=2, padding="same") == 6 * 6 - 5 * 5


@pytest.mark.parametrize("knobs", [(3, 2, 2), (5, 2, 2), (3, 2, 3), (2, 3, 2), (3, 1, 3)])
def test_a_receptive_field_is_what_can_change_the_number(knobs):
    kernel, pool, blocks = knobs
    x = inputs = keras.Input((28, 28, 1))
    maps = []
    for _ in range(blocks):
        for layer in (
            layers.Conv2D(1, kernel, kernel_initializer="ones"),
            layers.MaxPooling2D(pool),
        ):
            x = layer(x)
            maps.append(x)
    one_pixel_on = np.eye(784).reshape(784, 28, 28, 1)
    found = []
    for numbers in keras.Model(inputs, maps).predict(one_pixel_on, verbose=0):
        middle = numbers.shape[1] // 2
        seen = np.flatnonzero(numbers[:, middle, middle, 0].reshape(28, 28).any(axis=0))
        found.append((seen[0], len(seen)))
    assert [field[1:] for field in receptive_fields(28, *knobs)] == found


def test_a_receptive_field_ends_where_a_layer_no_longer_fits():
    assert len(receptive_fields(28, kernel=5, pool=2, blocks=3)) == 4


def test_the_frame_is_as_wide_as_the_title_says():
    axes = receptive_field_picture(np.zeros((28, 28))).axes
    assert [axis.get_title(loc="left") for axis in axes] == [
        "conv: 3 × 3",
        "pool: 4 × 4",
        "conv: 8 × 8",
        "pool: 10 × 10",
    ]
    assert [axis.patches[0].get_width() for axis in axes] == [3, 4, 8, 10]


def test_the_flow_of_shapes_has_each_layer_with_its_shape_and_parameters():
    inputs = keras.Input((16, 16, 1))
    x = layers.Conv2D(4, 3)(inputs)
    model = keras.Model(inputs, layers.Dense(2)(layers.Flatten()(x)))
    words = [text.get_text() for text in shape_flow_picture(model).axes[0].texts]
    assert [words[i : i + 3] for i in range(0, len(words), 3)] == [
        ["InputLayer", "(16, 16, 1)", "0"],
        ["Conv2D", "(14, 14, 4)", "40"],
        ["Flatten", "(784,)", "0"],
        ["Dense", "(2,)", "1,570"],
    ]
