"""The figures of the capstone: they say all that is checked, in the picture and in words."""

import itertools

import keras
import matplotlib
import matplotlib.pyplot as plt
import pytest
from keras import layers

from exercises_check.exercise import registry
from exercises_check.read import read
from exercises_check.references import chapter_12
from exercises_check.widgets import blueprint_picture, blueprint_text, router_accuracies
from exercises_check.widgets.blueprint import BOX, HIGH, WIDE, blueprint_of
from exercises_check.widgets.router_comparison import _without_attention

FIGURES = ("ticket_attention_router", "small_unet", "siamese_residual")
each_figure = pytest.mark.parametrize("name", FIGURES)

# How a figure says a setting that differs from Keras' default.
SAID = {
    "filters": "{} filter",
    "kernel_size": "{0[0]} × {0[1]}",
    "strides": "strides {0[0]}",
    "padding": "padding {}",
    "activation": "{}",
    "units": "{} unit",
    "input_dim": "{} words",
    "output_dim": "words × {}",
    "mask_zero": "mask_zero={}",
}


@pytest.fixture(autouse=True)
def no_window():
    matplotlib.use("agg")
    yield
    plt.close("all")


def calls(graph):
    """Each call of a layer, and inside a nested model those of its first call."""
    seen = set()
    for node in graph.nodes:
        operation = graph.operations[node.operation]
        yield node, operation
        if operation.graph is not None and operation.key not in seen:
            seen.add(operation.key)
            yield from calls(operation.graph)


@each_figure
def test_every_call_has_a_box_with_its_settings_and_its_shape(name):
    boxes = list(blueprint_of(name).boxes)
    for node, operation in calls(read(registry()[name].reference())):
        if not operation.is_layer and operation.class_name != "Add":
            continue  # what `similarity` computes is one box
        words = [
            SAID[setting].format(operation.settings[setting])
            for setting in operation.shown
            if operation.class_name != "InputLayer"
        ]
        shape = " × ".join(map(str, node.outputs[0].shape[1:]))
        title = {"InputLayer": "Input", "Functional": "encoder"}.get(
            operation.class_name, operation.class_name
        )
        fits = [
            box
            for box in boxes
            if (box.title, box.shape) == (title, shape)
            and all(word in ", ".join(box.words) for word in words)
        ]
        assert fits, (title, shape, words)
        boxes.remove(fits[0])
    assert [box.title for box in boxes] == ["similarity"] * (name == "siamese_residual")


@each_figure
def test_the_picture_shows_what_the_boxes_say(name):
    figure = blueprint_picture(name)
    shown = " ".join(text.get_text() for text in figure.axes[0].texts)
    for box in blueprint_of(name).boxes:
        assert box.shape in shown
        for word in box.words:
            assert word in shown


@each_figure
def test_every_word_is_inside_its_box(name):
    figure = blueprint_picture(name)
    figure.canvas.draw()
    wide = BOX[0] * figure.dpi
    for text in figure.axes[0].texts:
        if text.get_text() and text.get_ha() == "center":
            assert text.get_window_extent().width < wide, text.get_text()


@each_figure
def test_no_box_covers_another(name):
    for one, other in itertools.combinations(blueprint_of(name).boxes, 2):
        aside = abs(one.place[0] - other.place[0]) * WIDE
        above = abs(one.place[1] - other.place[1]) * HIGH
        assert aside > BOX[0] or above > BOX[1], (one, other)


@each_figure
def test_the_words_say_every_box_and_arrow(name):
    boxes = blueprint_of(name).boxes
    lines = blueprint_text(name).splitlines()
    assert len(lines) == len(boxes)
    for number, (line, box) in enumerate(zip(lines, boxes, strict=True), start=1):
        assert line.startswith(f"{number}. ")
        for word in (box.title, box.shape, *box.words):
            assert word in line
        for source in box.receives:
            assert str(source + 1) in line.partition("receives")[2]


def test_names_that_the_task_asks_for_are_said():
    text = blueprint_text("ticket_attention_router")
    for name in ("title", "body", "tags", "metadata", "priority", "department"):
        assert f"“{name}”" in text
    assert text.count("int32") == 2
    assert "receives query 7 and value 8" in text


def test_shared_layers_are_said_to_be_one():
    assert "the same layer as 5" in blueprint_text("ticket_attention_router")
    assert "the same layer as" not in blueprint_text("small_unet")
    assert "encoder: 8; receives 11; the same layer as 12" in blueprint_text("siamese_residual")


def test_a_figure_leaves_no_trace():
    keras.backend.clear_session()
    blueprint_text("small_unet")
    assert layers.Dense(1).name == "dense"
    assert layers.Conv2D(1, 1).name == "conv2d"


def test_the_router_that_takes_a_mean_has_all_layers_but_attention_and_its_query():
    router = chapter_12.ticket_attention_router()
    mean = _without_attention(router)
    assert not any(isinstance(layer, layers.Attention) for layer in mean.layers)
    assert router.count_params() - mean.count_params() == 32 * 32 + 32
    assert [output.shape for output in mean.outputs] == [(None, 1), (None, 4)]


@pytest.mark.parametrize("look", ["attention", "mean"])
def test_both_routers_are_trained_and_measured(look):
    (accuracy,) = router_accuracies(look, seeds=[0], epochs=3)
    assert 0.75 < accuracy < 1
