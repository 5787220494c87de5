"""What the merging widget says and draws is what Keras does."""

import itertools

import keras
import matplotlib
import matplotlib.pyplot as plt
import pytest
from keras import layers

from exercises_check.widgets import merge_picture, merge_text, shape_or_error, show_merge

SIZES = list(itertools.product((1, 3), (1, 2, 5), (1, 3, 4), (1, 2, 5), (-1, 1)))


@pytest.fixture(autouse=True)
def no_window():
    matplotlib.use("agg")
    yield
    plt.close("all")


def merged(merge, *shapes):
    """The shape that Keras computes, as it is written, or the name of its error."""
    try:
        return str(merge([keras.Input(shape) for shape in shapes]).shape)
    except ValueError:
        return "ValueError"


def squares(axis):
    return [(patch.get_xy(), patch.get_facecolor(), patch.get_hatch()) for patch in axis.patches]


@pytest.mark.parametrize("sizes", SIZES)
def test_the_text_says_the_shapes_keras_computes(sizes):
    first, second, axis = sizes[:2], sizes[2:4], sizes[4]
    tensors, added, joined = merge_text(first, second, axis).splitlines()
    assert tensors.endswith(f"(None, {first[0]}, {first[1]}) and (None, {second[0]}, {second[1]})")
    assert merged(layers.Add(), first, second) in added
    assert merged(layers.Concatenate(axis=axis), first, second) in joined
    assert ("repeated" in added) == ("ValueError" not in added and first != second)


@pytest.mark.parametrize("sizes", SIZES[::5])
def test_the_picture_has_a_cell_for_each_number(sizes):
    first, second, axis = sizes[:2], sizes[2:4], sizes[4]
    panels = merge_picture(first, second, axis).axes
    shapes = [first, second, None, None]
    for place, merge in ((2, layers.Add()), (3, layers.Concatenate(axis=axis))):
        written = merged(merge, first, second)
        shapes[place] = None if "Error" in written else keras.tree.map_structure(
            int, written.strip("()").split(", ")[1:]
        )  # fmt: skip
        assert panels[place].get_title(loc="left").endswith(written)
    for panel, shape in zip(panels, shapes, strict=True):
        assert len(squares(panel)) == (shape[0] * shape[1] if shape else 0)


def test_a_sum_that_repeats_a_number_is_hatched():
    assert {hatch for _, _, hatch in squares(merge_picture((3, 4), (3, 1)).axes[2])} == {"////"}
    assert {hatch for _, _, hatch in squares(merge_picture((3, 4), (3, 4)).axes[2])} == {None}


@pytest.mark.parametrize("axis", [-1, 1])
def test_the_joined_cells_have_the_colour_of_their_tensor(axis):
    first, second, _, joined = merge_picture((2, 3), (2, 3), axis).axes
    colours = [squares(panel)[0][1] for panel in (first, second)]
    step_or_feature = 0 if axis == -1 else 1
    for xy, colour, _ in squares(joined):
        size = 3 if axis == -1 else 2
        assert colour == colours[xy[step_or_feature] >= size]


def test_the_sliders_show_the_text_and_the_picture(capsys, monkeypatch):
    shown = []
    monkeypatch.setattr("exercises_check.figures.show", lambda figure, alt: shown.append(alt))
    show_merge(steps=2, features=4, other_steps=2, other_features=1, axis=1)
    assert capsys.readouterr().out.strip() == merge_text((2, 4), (2, 1), 1) == shown[0]


def test_a_shape_or_the_name_of_an_error():
    tensors = [keras.Input((8,)), keras.Input((4,))]
    assert shape_or_error(layers.Concatenate(), tensors) == (None, 12)
    assert shape_or_error(layers.Add(), tensors) == "ValueError"
