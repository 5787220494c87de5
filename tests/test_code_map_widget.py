"""The widget of chapter 07: it says and draws what the decoder makes of a code."""

import keras
import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from keras import layers

from exercises_check.widgets import code_map_picture, code_picture, code_text

CODES = np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 4.0], [4.0, 4.0]])
LABELS = np.array([3, 8, 1, 5])


@pytest.fixture(autouse=True)
def no_window():
    matplotlib.use("agg")
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def decoder():
    """A decoder whose picture has `first` in the upper row and `second` in the lower one."""
    codes = keras.Input((2,))
    picture = layers.Reshape((2, 3, 1))(layers.Dense(6, use_bias=False)(codes))
    model = keras.Model(codes, picture)
    model.set_weights([np.repeat(np.eye(2), 3, axis=1)])
    return model


def test_the_text_names_the_nearest_known_digit(decoder):
    told = code_text(decoder, CODES, LABELS, 3.9, 0.2).splitlines()[0]
    assert told == "Code (3.9, 0.2): the nearest known code is that of a 8."


def test_the_text_writes_the_decoded_picture_in_characters(decoder):
    assert code_text(decoder, CODES, LABELS, 1.0, 0.0).splitlines()[1:] == ["@" * 6, " " * 6]
    assert code_text(decoder, CODES, LABELS, 9.0, -9.0).splitlines()[1:] == ["@" * 6, " " * 6]


def test_the_picture_shows_the_code_among_the_known_ones_and_decodes_it(decoder):
    known, decoded = code_picture(decoder, CODES, LABELS, 0.25, 0.75).axes
    assert [text.get_text() for text in known.texts] == ["3", "8", "1", "5"]
    lines = [tuple(np.unique(line.get_data()[n])) for line in known.lines[1:] for n in (0, 1)]
    assert (0.25,) in lines
    assert (0.75,) in lines
    assert np.allclose(decoded.images[0].get_array(), [[0.25] * 3, [0.75] * 3])


def test_the_map_has_the_largest_second_number_on_top(decoder):
    (axis,) = code_map_picture(decoder, CODES, rows=4, columns=5).axes
    whole = np.asarray(axis.images[0].get_array())
    assert whole.shape == (4 * 3, 5 * 4)  # a line of one pixel after each picture
    firsts, seconds = whole[::3, ::4], whole[1::3, ::4]
    assert (np.diff(firsts, axis=1) > 0).all()
    assert (np.diff(seconds, axis=0) < 0).all()
