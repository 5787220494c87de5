"""The three pictures of one model, what `plot_model` says in words, and the unseen model."""

import keras
import pytest
from keras import layers

from exercises_check import check
from exercises_check.figures import PNG
from exercises_check.widgets import plot_picture, plot_text, three_pictures, unseen_model


@pytest.fixture(scope="module")
def twice():
    inputs = keras.Input((8,), name="features")
    x = layers.Dense(8, activation="relu", name="hidden")(inputs) + inputs
    x = layers.Concatenate(name="twice")([x, x])
    return keras.Model(inputs, layers.Dense(2, name="head")(x), name="skipping")


def test_two_arrows_between_two_boxes_are_told_as_one(twice):
    assert plot_text(twice).splitlines() == [
        "box 1: InputLayer",
        "box 2: Dense, arrow from box 1",
        "box 3: Add, arrow from box 1 and 2",
        "box 4: Concatenate, arrow from box 3",
        "box 5: Dense, arrow from box 4",
    ]


def test_each_option_adds_what_plot_model_adds(twice):
    dense = "box 2: Dense, {}arrow from box 1"
    said = {
        name: plot_text(twice, **{name: True}).splitlines()[1]
        for name in ("names", "shapes", "dtypes", "activations")
    }
    assert said == {
        "names": "box 2: hidden (Dense), arrow from box 1",
        "shapes": dense.format("takes (None, 8), gives (None, 8), "),
        "dtypes": dense.format("float32, "),
        "activations": dense.format("activation relu, "),
    }
    assert "takes [(None, 8), (None, 8)]" in plot_text(twice, shapes=True).splitlines()[3]


def test_the_words_have_a_box_and_an_arrow_for_each_in_the_dot_file_of_keras(twice):
    for model in (twice, unseen_model()):
        dot = keras.utils.model_to_dot(model)
        lines = plot_text(model).splitlines()
        named = [node for node in dot.get_nodes() if node.get_name().isdigit()]
        assert len(lines) == len(named or dot.get_nodes()) - (not named) * 1
        arrows = sum(line.count(" and ") + ("arrow" in line) for line in lines)
        assert arrows == len(dot.get_edges())


@pytest.mark.parametrize("direction", ["TB", "LR"])
@pytest.mark.parametrize("options", [{}, {"names": True, "shapes": True, "activations": True}])
def test_the_picture_is_a_png_file(twice, direction, options):
    assert plot_picture(twice, direction, **options).startswith(PNG)


def test_the_three_pictures_stand_side_by_side_each_with_its_words(twice, capsys):
    shown = three_pictures(twice)
    html = shown._repr_html_()
    assert html.count("<figure") == 3
    assert html.count('alt="') == 2  # the summary is text
    assert "Connected to" in html
    assert "box 4: Concatenate" in html
    assert "Param #" in repr(shown)
    assert capsys.readouterr().out == ""


def test_the_unseen_model_is_the_one_that_the_exercise_asks_for():
    assert unseen_model().count_params() == 250
    assert check("model_from_pictures", unseen_model())
