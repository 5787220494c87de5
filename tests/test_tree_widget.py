"""The trees of chapter 09: all of them, worth what Python says, drawn with every number."""

import matplotlib
import matplotlib.pyplot as plt
import pytest

from exercises_check.widgets import bracketings, tree_picture, tree_text


@pytest.fixture(autouse=True)
def no_window():
    matplotlib.use("agg")
    yield
    plt.close("all")


def test_there_are_as_many_trees_as_the_numbers_of_catalan_say():
    counts = [len(set(bracketings(*range(leaves)))) for leaves in range(1, 8)]
    assert counts == [1, 1, 2, 5, 14, 42, 132]
    assert bracketings(8, 3, 2) == [((8, 3), 2), (8, (3, 2))]


@pytest.mark.parametrize("tree", bracketings(8, 4, 2, 1, 0.5))
def test_the_text_of_a_tree_is_right(tree):
    terms, value = tree_text(tree).split(" = ")
    assert eval(terms.replace("−", "-")) == float(value)


def test_the_text_has_no_brackets_around_all():
    assert tree_text((8, (3, 2))) == "8 − (3 − 2) = 7"
    assert tree_text(5) == "5 = 5"


def test_the_picture_has_each_leaf_and_each_pair_and_does_not_hide_one_behind_another():
    figure = tree_picture(((8, 4), (2, 1)), (8, (4, (2, 1))))
    first, second = figure.axes
    assert sorted(text.get_text() for text in first.texts) == ["1", "1", "2", "3", "4", "4", "8"]
    assert second.get_title(loc="left") == "8 − (4 − (2 − 1)) = 5"
    for axis in figure.axes:
        places = [text.get_position() for text in axis.texts]
        assert len(set(places)) == len(places) == 7
