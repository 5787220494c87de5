"""One thing that a class of layers is tried on, and how: the same for a learner's as for the
reference's.
"""

from __future__ import annotations

import contextlib
import copy
import io
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from exercises_check.contract.transcript import MOST_RETURNED, Weight
from exercises_check.contract.values import drawn
from exercises_check.language import _, listed
from exercises_check.read import untouched

ROWS = 3  # of random data
MANY_ROWS = 512  # to average over what is random
NAME = "probe"


@dataclass(frozen=True)
class Trial:
    """One thing the two classes are tried on.

    Attributes:
        shapes: the shapes of what `call` receives, without the batch; for a tree of tensors, a
            tuple of shapes nested in the same way.
        settings: what the constructor receives.
        each: whether `call` takes each tensor as an argument of its own, or all as one list.
    """

    shapes: tuple[tuple, ...]
    settings: Mapping[str, Any]
    each: bool = True


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Try layers inside without a trace, and without a word.

    What a learner's `call` prints would come many times: once for each call in here.
    """
    with (
        untouched(values=True),
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        warnings.simplefilter("ignore")
        yield


def made(cls: type, trial: Trial, **more: Any) -> keras.Layer:
    """A layer with the settings of a trial."""
    return cls(**copy.deepcopy(dict(trial.settings)), **more)


# Data ---------------------------------------------------------------------------------------------


def data(trial: Trial, rows: int, seed: int) -> list:
    """Random tensors, or trees of them, of the shapes of a trial."""
    numbers = np.random.default_rng(2 * seed)  # the odd ones are for weights

    def array(shape: tuple) -> np.ndarray:
        sizes = (rows, *(size or ROWS + 1 for size in shape))
        return numbers.normal(size=sizes).astype("float32")

    return [_of_each(array, shape) for shape in trial.shapes]


def inputs(trial: Trial) -> list:
    """A `keras.Input` for each shape of a trial."""
    return [_of_each(keras.Input, shape) for shape in trial.shapes]


def _of_each(function: Callable, shape: tuple) -> Any:
    """`function` of a shape; of a tree of shapes, a tree of what it gives for each."""
    if all(size is None or isinstance(size, int) for size in shape):
        return function(shape)
    return tuple(_of_each(function, part) for part in shape)


def inputs_text(trial: Trial) -> str:
    """The inputs as code."""

    def text(tree: Any) -> str:
        return f"({', '.join(map(text, tree))})" if isinstance(tree, tuple) else tree

    each = [_of_each(lambda shape: f"keras.Input({shape})", shape) for shape in trial.shapes]
    return ", ".join(map(text, each))


def data_text(tensors: Sequence) -> str:
    """Data, in words."""
    return _("data of shape {shapes}").format(shapes=shapes_text(tensors))


def shapes_text(tensors: Sequence) -> str:
    """The shapes of data, in words."""
    return listed(map(_shape_text, tensors))


def _shape_text(tensor: Any) -> str:
    if isinstance(tensor, tuple):
        return f"({', '.join(map(_shape_text, tensor))})"
    return str(tuple(tensor.shape))


# Calls --------------------------------------------------------------------------------------------


def called(layer: keras.Layer, trial: Trial, tensors: list, training: bool = False) -> Any:
    """What a layer returns."""
    tensors = keras.tree.map_structure(
        lambda t: keras.ops.convert_to_tensor(t) if isinstance(t, np.ndarray) else t, tensors
    )
    arguments = tensors if trial.each else [tensors]
    return layer(*arguments, training=training)


def called_plainly(layer: keras.Layer, trial: Trial, tensors: list) -> Any:
    """What a layer returns that is called without saying for what."""
    return layer(*tensors) if trial.each else layer(tensors)


def arrays(outputs: Any) -> tuple[np.ndarray, ...]:
    """The tensors that a layer returned, as NumPy's own arrays.

    Raises:
        TypeError: there is one that holds no numbers.
        ValueError: they are too large to be kept.
    """
    found = tuple(array(tensor) for tensor in keras.tree.flatten(outputs))
    size = sum(each.size for each in found)
    if size > MOST_RETURNED:
        raise ValueError(f"A call returned {size} numbers; expected at most {MOST_RETURNED}.")
    return found


def array(tensor: Any) -> np.ndarray:
    """A tensor or a weight as an array of NumPy's own.

    Raises:
        TypeError: it holds no numbers.
    """
    if isinstance(tensor, keras.Variable):
        tensor = keras.ops.copy(tensor.value)
    numbers = np.array(keras.ops.convert_to_numpy(tensor))
    if numbers.dtype.name.startswith(("bfloat", "float8")):  # NumPy itself has none of them
        numbers = numbers.astype("float32")
    if numbers.dtype.kind not in "biufc":
        raise TypeError(f"A tensor has dtype {numbers.dtype.name}; expected numbers.")
    return numbers


def assign(weights: Sequence[keras.Variable], values: Sequence[np.ndarray]) -> None:
    """Give each weight its value."""
    for weight, value in zip(weights, values, strict=True):
        weight.assign(value)


def spread(layer: keras.Layer, trial: Trial, seed: int) -> float:
    """How far training=True moves the output on average."""
    tensors = data(trial, MANY_ROWS, seed)
    still, moved = (
        [array(t) for t in keras.tree.flatten(called(layer, trial, tensors, training))]
        for training in (False, True)
    )
    return float(np.mean([np.abs(a - b).mean() for a, b in zip(still, moved, strict=True)]))


def described(layer: keras.Layer) -> list[Weight]:
    """What a layer's weights are, wherever it has them."""
    return [
        Weight(weight.name, "", "", tuple(weight.shape), weight.dtype, bool(weight.trainable))
        for weight in layer.weights
    ]


def saved_and_loaded(cls: type, trial: Trial, seed: int) -> tuple[keras.Model, keras.Model]:
    """A model with a layer of a class, and the one it is after it was saved and loaded."""
    layer = made(cls, trial, name=NAME)
    tensors = inputs(trial)
    model = keras.Model(tensors, called_plainly(layer, trial, tensors))
    assign(layer.weights, drawn(described(layer), seed))
    # A class that was run twice in a notebook is registered as its older self, or not at all.
    names = {cls.__name__, keras.saving.get_registered_name(cls)}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        model.save(path)
        return model, keras.saving.load_model(path, custom_objects=dict.fromkeys(names, cls))


def keras_wrote(function: Any) -> bool:
    """Whether a method is Keras' own."""
    return (getattr(function, "__module__", None) or "").split(".")[0] == "keras"
