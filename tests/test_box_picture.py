"""Pictures with boxes: each frame stands around the pixels that its numbers name."""

import keras
import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

from exercises_check.datasets import load_placed_digits
from exercises_check.widgets import box_picture, show_finder


@pytest.fixture(autouse=True)
def no_window():
    matplotlib.use("agg")
    yield
    plt.close("all")


def frames(axis):
    return {p.get_linestyle(): (*p.get_xy(), p.get_width(), p.get_height()) for p in axis.patches}


def test_a_frame_stands_around_its_pixels():
    images, box = np.zeros((1, 20, 20, 1)), [[0.25, 0.5, 0.1, 0.2]]
    (axis,) = box_picture(images, box, [[0, 0, 1, 1]], ["seven"]).axes
    assert frames(axis) == {
        "-": pytest.approx((4.5, 9.5, 2, 4)),
        "--": pytest.approx((-0.5, -0.5, 20, 20)),
    }
    assert axis.get_title() == "seven"


def test_without_predictions_there_is_one_frame():
    (first, second) = box_picture(np.zeros((2, 8, 8)), [[0, 0, 1, 1]] * 2).axes
    assert len(frames(first)) == len(frames(second)) == 1


class Finder:
    """A finder that is right about every class, and has learned boxes in pixels."""

    def __init__(self, y, scale):
        self.y, self.scale = y, scale

    def __call__(self, x):
        boxes = self.y["bounding_box"] * self.scale
        return keras.utils.to_categorical(self.y["class_label"], 10), boxes


@pytest.mark.parametrize(
    ("scale", "name", "said"),
    [
        (20, "pixels", "pixels: right classes: 1.00   overlap of the boxes: 1.00"),
        (16, "", "right classes: 1.00   overlap of the boxes: 0."),
    ],
)
def test_what_is_said_of_a_finder(scale, name, said, capsys, monkeypatch):
    shown = []
    monkeypatch.setattr(
        "exercises_check.figures.show", lambda figure, alt: shown.append((figure, alt))
    )
    _, (x, y) = load_placed_digits()
    show_finder(Finder(y, scale), x, y, name, scale=20)
    assert capsys.readouterr().out.startswith(said)
    ((figure, alt),) = shown
    assert [axis.get_title() for axis in figure.axes] == list(map(str, y["class_label"][8:15]))
    assert f"{y['class_label'][8]} taken for {y['class_label'][8]}" in alt
