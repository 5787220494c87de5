"""What widgets and plots say in words, in Chinese: the letters inside a picture stay English."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from chinese import english
from keras import layers

from exercises_check import figures, plots, widgets
from exercises_check.language import using
from exercises_check.widgets.sharing import TEXTS
from exercises_check.wrapping import columns

PULLS = {"class_label": np.array([1.0, 2.0]), "bounding_box": np.array([0.4, -1.0])}
HISTORY = {"loss": [2.3, 1.1], "val_loss": [2.2, 1.4]}


def skipping():
    image = keras.Input((8, 8, 1), name="image")
    edges = layers.Conv2D(4, 3, activation="relu", name="edges")(image)
    return keras.Model(image, layers.Concatenate(name="twice")([edges, edges]))


def freezing():
    model = keras.Sequential([keras.Input((3,)), layers.Dense(4), layers.BatchNormalization()])
    model.compile("sgd", "mse")
    return widgets.freezing_text(model, np.ones((2, 3)), np.ones((2, 4)), 1)


def code():
    decoder = keras.Sequential([keras.Input((2,)), layers.Dense(4), layers.Reshape((2, 2, 1))])
    return widgets.code_text(decoder, [[0.0, 1.0]], [7], 0.5, 0.5).split("\n")[0]


TOLD = {
    "parameters": lambda: widgets.parameter_table(784, 64, 10),
    "a convolution": lambda: widgets.convolution_text(),
    "a padded convolution": lambda: widgets.convolution_text(padding="same"),
    "a window that does not fit": lambda: widgets.convolution_text(size=2),
    "a pool that does not fit": lambda: widgets.convolution_text(size=3),
    "plot_model": lambda: widgets.plot_text(skipping()),
    "plot_model, with all options": lambda: widgets.plot_text(
        skipping(), names=True, shapes=True, dtypes=True, activations=True
    ),
    "merging": lambda: widgets.merge_text((3, 4), (3, 1)),
    "merging what does not fit": lambda: widgets.merge_text((3, 4), (2, 4)),
    "one block": lambda: widgets.gradient_text(1, "relu", "he_uniform"),
    "blocks": lambda: widgets.gradient_text(3, "tanh", "glorot_uniform"),
    "a shared table": lambda: widgets.sharing_text(*TEXTS[:2], True, "both"),
    "two tables": lambda: widgets.sharing_text(*TEXTS[:2], False, "first"),
    "the ticket router": lambda: widgets.blueprint_text("ticket_attention_router"),
    "the U-Net": lambda: widgets.blueprint_text("small_unet"),
    "the siamese network": lambda: widgets.blueprint_text("siamese_residual"),
    "loss weights": lambda: widgets.loss_weight_text(PULLS, 2.0),
    "freezing": freezing,
    "a code": code,
}
PLOTS = {
    "curves": lambda: plots.learning_curves(HISTORY),
    "curves of two": lambda: plots.learning_curves({"宽": HISTORY, "窄": HISTORY}),
    "images": lambda: plots.images(np.zeros((2, 4, 4)), alt="两幅黑色图像。"),
    "titled images": lambda: plots.images({"零": np.zeros((4, 4))}, alt="一幅黑色图像。"),
    "maps": lambda: plots.feature_maps(np.zeros((6, 5, 20)), alt="边缘。"),
    "mistakes": lambda: plots.confusion_matrix([0, 1, 1], [0, 1, 0]),
    "a matrix": lambda: plots.matrix([[0.1, 0.9]], ["查询"], ["这", "是"], alt="权重。"),
    "a matrix without names": lambda: plots.matrix(np.eye(2), alt="权重。"),
    "points": lambda: plots.points([[0, 1], [1, 0]], [0, 1], alt="两个点。"),
    "seeds": lambda: plots.seeds({"有": [0.9, 0.8], "无": [0.5]}, "准确率"),
    "lines": lambda: plots.lines({"平": [1, 0.1]}, alt="下降。"),
}
REFUSED = {
    "no such metric": lambda: plots.learning_curves(HISTORY, ["acc"]),
    "maps of several images": lambda: plots.feature_maps(np.zeros((2, 6, 5, 2)), alt="两幅。"),
    "points in space": lambda: plots.points(np.zeros((2, 3)), [0, 1], alt="两个点。"),
    "no words": lambda: figures.show(b"", alt=""),
    "no picture": lambda: figures.show("model.png", alt="一个模型。"),
}


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text) and not english(text)


@pytest.mark.parametrize("told", TOLD.values(), ids=TOLD)
def test_what_a_widget_says_is_in_chinese(told):
    with using("zh"):
        text = told()
    assert is_chinese(text), text


@pytest.fixture
def shown(monkeypatch):
    found = []
    monkeypatch.setattr(plots, "show", lambda figure, *, alt: found.append((figure, alt)))
    return found


@pytest.mark.parametrize("draw", PLOTS.values(), ids=PLOTS)
@pytest.mark.filterwarnings("ignore:Glyph")
def test_what_a_plot_says_is_in_chinese(draw, shown):
    with using("zh"):
        draw()
    ((_figure, alt),) = shown
    assert is_chinese(alt), alt
    assert not any(sign in alt for sign in ("; ", " to ", " (")), alt


@pytest.mark.parametrize("call", REFUSED.values(), ids=REFUSED)
def test_what_a_plot_refuses_is_said_in_chinese(call):
    with using("zh"), pytest.raises((ValueError, TypeError)) as raised:
        call()
    assert is_chinese(str(raised.value)), raised.value


def test_letters_inside_pictures_stay_english(shown):
    """Matplotlib's own font has no Chinese letters."""
    with using("zh"):
        plots.learning_curves(HISTORY)
        drawn = [shown[0][0], widgets.blueprint_picture("ticket_attention_router")]
        drawn += [widgets.convolution_picture(), widgets.merge_picture((3, 4), (2, 4))]
        drawn += [widgets.gradient_picture(2, "relu", "he_uniform")]
        drawn += [widgets.sharing_picture(*TEXTS[:2], False, "both")]
    for figure in drawn:
        letters = [text.get_text() for text in figure.findobj(lambda one: hasattr(one, "get_text"))]
        assert any(letters)
        assert all(letter < "\u4e00" for text in letters for letter in text), letters


def test_columns_of_a_chinese_table_end_below_each_other():
    with using("zh"):
        *rows, together = widgets.parameter_table(784, 64, 10).split("\n")
        freezing_rows = freezing().split("\n")
        convolution = widgets.convolution_text().split("\n")
    assert together.startswith("合计")
    assert {columns(row) for row in rows} == {columns(together)}
    ends = {columns(row[: row.index("×") - 1]) for row in convolution}
    assert len(ends) == 1, convolution
    assert columns(freezing_rows[0].split("一步")[0]) == columns(freezing_rows[1].split("无")[0])
