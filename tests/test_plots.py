"""The usual pictures of the chapters: what they draw, and that they say it in words too."""

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

from exercises_check import plots

HISTORY = {"loss": [1.0, 0.5, 0.25], "val_loss": [1.0, 0.75, 0.5], "accuracy": [0.1, 0.5, 0.8]}


@pytest.fixture
def shown(monkeypatch):
    """The figures that a plot shows, each with its words."""
    matplotlib.use("agg")
    found = []
    monkeypatch.setattr(plots, "show", lambda figure, *, alt: found.append((figure, alt)))
    yield found
    plt.close("all")


def test_learning_curves_tell_where_training_and_validation_begin_and_end(shown):
    plots.learning_curves(HISTORY, alt="Validation stays behind.")
    ((figure, alt),) = shown
    assert alt == ("Validation stays behind. (loss training: 1 to 0.25; loss validation: 1 to 0.5)")
    training, validation = figure.axes[0].lines
    assert list(training.get_ydata()) == HISTORY["loss"]
    assert (training.get_linestyle(), validation.get_linestyle()) == ("-", "--")
    assert training.get_color() == validation.get_color()


def test_several_runs_have_their_names_and_colours_and_each_metric_a_panel(shown):
    plots.learning_curves({"with": HISTORY, "without": HISTORY}, ["loss", "accuracy"])
    ((figure, alt),) = shown
    assert [axis.get_title(loc="left") for axis in figure.axes] == ["loss", "accuracy"]
    assert "accuracy without, training: 0.1 to 0.8" in alt
    assert len({line.get_color() for line in figure.axes[0].lines}) == 2
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names[:2] == ["with, training", "with, validation"]


def ticks_in_view(figure):
    figure.canvas.draw()
    (axis,) = figure.axes
    low, high = axis.get_xlim()
    return [tick for tick in axis.get_xticks() if low <= tick <= high]


@pytest.mark.parametrize("epochs", [1, 2, 3, 6, 19, 20, 21, 24, 40, 60, 100, 1000])
def test_epochs_are_counted_from_one_however_many_they_are(shown, epochs):
    plots.learning_curves({"loss": list(np.linspace(1, 0.1, epochs))})
    plots.lines({"norm": list(np.linspace(1, 0.1, epochs))}, alt="It falls.")
    for figure, _ in shown:
        ticks = ticks_in_view(figure)
        assert ticks
        assert all(tick >= 1 and tick == int(tick) for tick in ticks)


def test_of_many_epochs_the_first_has_a_tick_in_place_of_zero(shown):
    plots.learning_curves({"loss": list(np.linspace(1, 0.1, 40))})
    assert ticks_in_view(shown[0][0])[:2] == [1, 10]


def test_a_metric_that_was_not_recorded_is_named_with_those_that_were(shown):
    with pytest.raises(ValueError, match="no 'acc'; expected accuracy, loss, val_loss"):
        plots.learning_curves(HISTORY, ["acc"])


def test_images_stand_in_rows_under_their_titles(shown):
    plots.images({f"digit {n}": np.zeros((4, 4, 1)) for n in range(5)}, columns=3, alt="Five.")
    ((figure, alt),) = shown
    assert alt == "Five. (titles: digit 0, digit 1, digit 2, digit 3, digit 4)"
    assert len(figure.axes) == 6
    assert sum(bool(axis.images) for axis in figure.axes) == 5


def test_colours_from_0_to_255_are_scaled(shown):
    plots.images([np.full((2, 2, 3), 255, "uint8")], alt="White.")
    assert shown[0][0].axes[0].images[0].get_array().max() == 1


def test_feature_maps_are_counted_and_those_that_are_empty_told(shown):
    maps = np.random.default_rng(0).random((1, 6, 5, 20))
    maps[..., 3] = 0
    plots.feature_maps(maps, alt="Edges.")
    expected = "Edges. (16 of 20 feature maps of 6 × 5; 1 of all have the same value everywhere)"
    assert shown[0][1] == expected


def test_feature_maps_of_several_images_are_refused(shown):
    with pytest.raises(ValueError, match=r"one image.*\(2, 6, 5, 20\)"):
        plots.feature_maps(np.zeros((2, 6, 5, 20)), alt="Two.")


def test_a_confusion_matrix_counts_and_names_the_most_frequent_mistakes(shown):
    true = [0, 0, 0, 1, 1, 2]
    scores = np.eye(3)[[0, 1, 1, 1, 2, 2]]
    plots.confusion_matrix(true, scores, ["cat", "dog", "fox"])
    ((figure, alt),) = shown
    assert alt == "3 of 6 are right; cat taken for dog: 2; dog taken for fox: 1"
    written = {text.get_position(): text.get_text() for text in figure.axes[0].texts}
    assert written == {(0, 0): "1", (1, 0): "2", (1, 1): "1", (2, 1): "1", (2, 2): "1"}


def test_a_small_matrix_has_its_numbers_and_tells_the_largest(shown):
    plots.matrix([[0.1, 0.9]], ["query"], ["the", "printer"], alt="Weights.")
    ((figure, alt),) = shown
    assert alt == "Weights. (the largest is 0.9, at query, printer)"
    assert [text.get_text() for text in figure.axes[0].texts] == ["0.10", "0.90"]


def test_points_have_a_colour_or_a_marker_of_their_own_for_each_label(shown):
    plots.points(np.random.default_rng(0).random((20, 2)), [n % 10 for n in range(20)], alt="Ten.")
    groups = shown[0][0].axes[0].collections
    looks = {(tuple(g.get_facecolor()[0]), g.get_paths()[0].vertices.tobytes()) for g in groups}
    assert len(looks) == len(groups) == 10


def test_points_that_are_not_in_two_dimensions_are_refused(shown):
    with pytest.raises(ValueError, match=r"Received: shapes \(4, 3\) and \(4,\)"):
        plots.points(np.zeros((4, 3)), [0, 1, 2, 3], alt="Three.")


def test_several_seeds_are_told_with_mean_and_standard_deviation(shown):
    plots.seeds({"skips": [0.9, 0.8], "plain": [0.5, 0.5]}, alt="Skips help.")
    assert shown[0][1] == (
        "Skips help. (accuracy: skips: mean 0.85 ± 0.05 of 2 runs; plain: mean 0.5 ± 0 of 2 runs)"
    )


def test_lines_tell_their_ends_and_may_be_on_a_scale_of_powers(shown):
    plots.lines({"plain": [1, 0.1, 0.001]}, "layer", "gradient norm", log=True, alt="It fades.")
    ((figure, alt),) = shown
    assert alt == "It fades. (plain: 1 to 0.001)"
    assert figure.axes[0].get_yscale() == "log"


def test_every_plot_is_drawn_in_the_style_of_the_course(shown):
    plots.matrix(np.eye(3), alt="Ones.")
    assert shown[0][0].axes[0].images[0].get_cmap().name == "cividis"
    assert plt.rcParams["image.cmap"] == "viridis"
