"""The knobs of chapter 01: the table and the bars agree with Keras."""

import keras
import matplotlib
import matplotlib.pyplot as plt
import pytest
from keras import layers

from exercises_check.widgets import parameter_bars, parameter_table


@pytest.fixture(autouse=True)
def no_window():
    matplotlib.use("agg")
    yield
    plt.close("all")


@pytest.mark.parametrize("widths", [(784, 64, 64, 10), (784, 16, 512, 10), (3, 1)])
def test_the_table_counts_as_keras_does(widths):
    stack = keras.Sequential([keras.Input((widths[0],)), *map(layers.Dense, widths[1:])])
    *rows, total = parameter_table(*widths).splitlines()
    counts = [int(row.split()[-1].replace(",", "")) for row in rows]
    assert counts == [layer.count_params() for layer in stack.layers]
    assert total.split() == ["together", f"{stack.count_params():,}"]


def test_the_columns_of_the_table_line_up():
    assert len({len(line) for line in parameter_table(784, 1024, 512, 10).splitlines()}) == 1


def test_there_is_a_bar_with_its_words_for_each_layer():
    axes = parameter_bars(784, 64, 64, 64, 10).axes[0]
    assert [bar.get_width() for bar in axes.patches] == [50_240, 4_160, 4_160, 650]
    terms = [label.get_text() for label in axes.get_yticklabels()]
    assert terms == ["784 × 64 + 64", "64 × 64 + 64", "64 × 64 + 64", "64 × 10 + 10"]
    assert {"50,240", "4,160", "650"} <= {text.get_text() for text in axes.texts}


def test_with_a_limit_the_scale_stays():
    scales = {parameter_bars(784, n, n, 10, limit=400_000).axes[0].get_xlim() for n in (64, 128)}
    assert len(scales) == 1
