"""Checks the structure of Keras models with `check`, `compare`, `draw` and `traps`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exercises_check import explain, graphviz_bridge, leftovers, quiet

if TYPE_CHECKING:
    import keras

    from exercises_check.comparison import Comparison
    from exercises_check.drawing import Drawing
    from exercises_check.report import Report
    from exercises_check.silent import Traps

__version__ = "0.1.0"

quiet.import_keras_in_a_notebook()

# `keras.utils.plot_model` asks for a `dot` program; chapters must draw without one.
graphviz_bridge.install()

# Under a Keras error in a notebook: the same in plain words.
explain.install()

# After a failed cell, `model` may be that of another exercise.
leftovers.install()


def compare(model: keras.Model, other: keras.Model) -> Comparison:
    """What stands between two functional or Sequential models.

    Args:
        model: the model asked about; the differences use its names.
        other: the model it should be the same as.

    Returns:
        A `Comparison`: true when the two compute the same, with `.differences` otherwise.

    Raises:
        NotReadable: one of the two has no graph; a `ValueError` whose text says why.
    """
    from exercises_check.comparison import compare_graphs
    from exercises_check.read import read

    return compare_graphs(read(model), read(other))


def check(name: str, answer: Any, reveal: bool = False) -> Report:
    """Check an answer to an exercise.

    Args:
        name: the exercise, as `"residual_block"`.
        answer: what the exercise asks for: a model, a function or a value.
        reveal: show the solution too, if the exercise is passed or three different attempts failed.

    Returns:
        A `Report`: true when the exercise is passed. It never raises.
    """
    from exercises_check.checking import check as checked

    return checked(name, answer, reveal)


def traps(model: keras.Model) -> Traps:
    """What Keras accepts in silence and you may regret.

    Args:
        model: a functional or Sequential model, compiled or not.

    Returns:
        `Traps`: the most harmful first; true when there are any.

    Raises:
        NotReadable: the model has no graph; a `ValueError` whose text says why.
    """
    from exercises_check.silent import Traps, find_traps

    return Traps(find_traps(model))


def draw(model: keras.Model) -> Drawing:
    """A picture of a functional or Sequential model, for a notebook.

    Args:
        model: what to draw.

    Returns:
        A `Drawing`, shown as an SVG in a notebook and as text elsewhere.

    Raises:
        NotReadable: the model has no graph; a `ValueError` whose text says why.
    """
    from exercises_check.drawing import Drawing
    from exercises_check.read import read

    return Drawing(read(model))
