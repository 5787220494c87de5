"""Checks the structure of Keras models: `check`, `compare`, `draw`, `traps`, and `progress`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exercises_check import explain, graphviz_bridge, leftovers, quiet

if TYPE_CHECKING:
    import keras

    from exercises_check.comparison import Comparison
    from exercises_check.drawing import Drawing
    from exercises_check.report import Report
    from exercises_check.silent import Traps
    from exercises_check.solved import Progress

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


def progress(chapter: int | None = None, reset: str = "") -> Progress:
    """How far you are: what is solved, what comes next, how many minutes are left.

    A solved exercise stays solved, whatever you try later. All this is kept on your machine only.

    Args:
        chapter: the number of one chapter; without it, the whole course.
        reset: an exercise to be forgotten, or `"all"` to begin anew; a copy of all is kept.

    Returns:
        A `Progress`: `solved`, `attempted`, `left` and `next` are names of exercises,
        `minutes_left` is a number, `chapters` says the same for each chapter.
    """
    from exercises_check.solved import progress_of

    return progress_of(chapter, reset)


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


def draw(model: keras.Model, values: Any = None) -> Drawing:
    """A picture of a functional or Sequential model, for a notebook.

    Args:
        model: what to draw.
        values: a sample, as the model takes it: the picture shows what each layer makes of it. Of
            several rows it is the first.

    Returns:
        A `Drawing`, shown as an SVG in a notebook and as text elsewhere.

    Raises:
        NotReadable: the model has no graph; a `ValueError` whose text says why.
        DoesNotFit: the sample is not what the model takes; a `ValueError` that says what is.
    """
    from exercises_check.drawing import Drawing
    from exercises_check.read import read

    graph = read(model)
    if values is None:
        return Drawing(graph)
    from exercises_check.activations import activations
    from exercises_check.thumbnails import thumbnails

    return Drawing(graph, values=thumbnails(graph, activations(model, graph, values)))
