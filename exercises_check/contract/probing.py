"""What a learner's class of layers does, as a transcript: the half that runs the learner's code.

It knows nothing of the reference, and asks everything in one go. What it finds can be told to
another process, which judges it.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import keras
import numpy as np

from exercises_check.answer import stubs
from exercises_check.contract.transcript import (
    BIGGEST,
    FORMAT,
    LONGEST_NAME,
    LONGEST_TEXT,
    MOST_AXES,
    MOST_ENTRIES,
    MOST_RETURNED,
    Changes,
    Class,
    Computation,
    Copy,
    Output,
    Part,
    Raised,
    Saving,
    Sharing,
    Symbolic,
    Transcript,
    Tried,
    Untracked,
    Weight,
    plain,
)
from exercises_check.contract.trial import (
    NAME,
    ROWS,
    Trial,
    array,
    arrays,
    assign,
    called,
    called_plainly,
    data,
    data_text,
    inputs,
    inputs_text,
    keras_wrote,
    made,
    saved_and_loaded,
    spread,
    undisturbed,
)
from exercises_check.contract.values import drawn, same
from exercises_check.language import N_, _

CALLS_AGAIN = 3
MOST_CHANGED = 32  # weights, one after the other
MOST_UNTRACKED = 32
_TWICE = N_("calling the layer twice in a functional model")

Steps = dict[str, Any]


def probe(answer: Any, trials: Sequence[Trial], seed: int = 0) -> dict[str, Any]:
    """Try a learner's class of layers.

    What the class raises is part of the transcript; nothing of it is raised here.

    Args:
        answer: what the learner handed over. It is left as it is.
        trials: what it is tried on.
        seed: what the data and the weights are drawn from.

    Returns:
        The transcript: dicts, tuples, strings, numbers and arrays of NumPy's own.
    """
    return Probing(answer, trials, seed).transcript()


class Probing:
    """A `Transcript` in the making: each part is tried when it is asked for, and once.

    Where the judge is in the same process, this spares what comes after a mistake.

    Args:
        answer: what the learner handed over. It is left as it is.
        trials: what it is tried on.
        seed: what the data and the weights are drawn from.
    """

    def __init__(self, answer: Any, trials: Sequence[Trial], seed: int = 0):
        self._cls, self._first, self.seed = answer, trials[0], seed
        self.trials = tuple(_Trying(answer, trial, seed) for trial in trials)

    @functools.cached_property
    def answer(self) -> Class:
        """What was handed over."""
        return _part(Class, _look_at, self._cls)

    @functools.cached_property
    def saving(self) -> Saving:
        """A model with the layer, saved and loaded."""
        return _part(Saving, _save, self._cls, self._first, self.seed)

    @functools.cached_property
    def sharing(self) -> Sharing:
        """A layer that is called twice in a functional model."""
        return _part(Sharing, _share, self._cls, self._first, self.seed)

    def transcript(self) -> dict[str, Any]:
        """All of it as plain data."""
        found = self.answer
        if found.raised or found.kind != "layer" or found.stubs:
            return plain(Transcript(FORMAT, self.seed, found))
        tried = []
        for trial in self.trials:
            tried.append(trial.tried())
            if tried[-1].copy is None:
                return plain(Transcript(FORMAT, self.seed, found, tuple(tried)))
        return plain(Transcript(FORMAT, self.seed, found, tuple(tried), self.saving, self.sharing))


class _Trying:
    """A `Tried` in the making."""

    def __init__(self, cls: type, trial: Trial, seed: int):
        self._cls, self._trial, self._seed = cls, trial, seed

    @functools.cached_property
    def _computing(self) -> _Computing:
        return _Computing(self._cls, self._trial, self._seed)

    @functools.cached_property
    def computation(self) -> Computation:
        """A layer on random data."""
        return _part(Computation, self._computing.compute)

    @functools.cached_property
    def plus_one(self) -> Changes:
        """What one more in each weight changes."""
        return _part(Changes, self._computing.add_one)

    @functools.cached_property
    def transposed(self) -> Changes:
        """What each square weight changes, transposed."""
        return _part(Changes, self._computing.transpose)

    @functools.cached_property
    def symbolic(self) -> Symbolic:
        """A layer on `keras.Input`."""
        return _part(Symbolic, _call_on_inputs, self._cls, self._trial)

    @functools.cached_property
    def copy(self) -> Copy:
        """A copy from the layer's config."""
        return _part(Copy, _copy, self._cls, self._trial, self._seed)

    def tried(self) -> Tried:
        """All of it."""
        if self.computation.inference is None:
            return Tried(self.computation)  # there is nothing more to judge
        return Tried(self.computation, self.plus_one, self.transposed, self.symbolic, self.copy)


# Parts --------------------------------------------------------------------------------------------


class _Stopped(Exception):
    """Ends a part: the learner's code raised."""

    def __init__(self, raised: Raised):
        super().__init__(raised.text)
        self.raised = raised


def _part(cls: type, record: Callable, *arguments: Any) -> Part:
    """The part that `record` fills in, as far as it comes."""
    steps: Steps = {}
    try:
        with undisturbed():
            record(steps, *arguments)
    except _Stopped as stopped:
        return cls(stopped.raised, **steps)
    except Exception as error:
        return cls(_raised(error), **steps)
    return cls(**steps)


def _on(data: str) -> str:
    return _("calling the layer on {data}").format(data=data)


@contextlib.contextmanager
def _during(when: str) -> Iterator[None]:
    """Say when the learner's code raises."""
    try:
        yield
    except _Stopped:
        raise
    except Exception as error:
        raise _Stopped(_raised(error, when)) from error


def _raised(error: BaseException, during: str = "") -> Raised:
    name = message = ""
    with contextlib.suppress(Exception):  # what was raised may raise when it is asked
        name, message = _text(type(error).__name__, LONGEST_NAME), _text(str(error))
    return Raised(name if name.isidentifier() else "Exception", message, _text(during))


def _text(value: Any, longest: int = LONGEST_TEXT) -> str:
    """A text of Python's own that any file can hold."""
    text = str.__getitem__(str(value), slice(longest))
    return text.encode("utf-8", "replace").decode("utf-8")


def _looks(value: Any) -> str:
    return _text(repr(value), LONGEST_TEXT)


def _shape(shape: Any) -> tuple[int, ...]:
    sizes = tuple(int(size) for size in shape)
    if len(sizes) > MOST_AXES:
        raise ValueError(f"A tensor has {len(sizes)} axes; expected at most {MOST_AXES}.")
    return sizes


def _look_at(steps: Steps, answer: Any) -> None:
    steps["routine"] = False
    if isinstance(answer, keras.Layer):
        steps |= {"kind": "object", "name": _text(type(answer).__name__, LONGEST_NAME)}
    elif not inspect.isclass(answer):
        steps |= {"kind": "no class", "name": _text(type(answer).__name__, LONGEST_NAME)}
        steps["routine"] = inspect.isroutine(answer)
    else:
        is_layer = issubclass(answer, keras.Layer)
        steps |= {"kind": "layer" if is_layer else "no layer"}
        steps["name"] = _text(answer.__name__, LONGEST_NAME)
        names = stubs(answer) if is_layer else []
        steps["stubs"] = tuple(_text(name, LONGEST_NAME) for name in names)


def _made(cls: type, trial: Trial) -> keras.Layer:
    text = ", ".join(f"{name}={value!r}" for name, value in trial.settings.items())
    call = f"{_text(cls.__name__, LONGEST_NAME)}({text})"
    with _during(_("making `{call}`").format(call=call)):
        return made(cls, trial)


def _outputs(layer: keras.Layer, trial: Trial, tensors: list, training: bool = False) -> Any:
    with _during(_on(data_text(tensors))):
        return arrays(called(layer, trial, tensors, training))


# Weights and values -------------------------------------------------------------------------------


class _Computing:
    """A layer on random data, with weights that are changed one by one."""

    def __init__(self, cls: type, trial: Trial, seed: int):
        self._cls, self._trial, self._seed = cls, trial, seed
        self._data = data(trial, ROWS, seed)
        self._weights: list[keras.Variable] = []
        self._values: list[np.ndarray] = []
        self._inference: tuple[np.ndarray, ...] = ()

    def compute(self, steps: Steps) -> None:
        """Fill in a `Computation`."""
        self._layer = layer = _made(self._cls, self._trial)
        with _during(_on(data_text(self._data))):
            returned = called(layer, self._trial, self._data)
        with _during(_("reading its weights")):
            self._weights = _weights_of(layer)
            steps["weights"] = tuple(_described(layer, weight) for weight in self._weights)
        steps["untracked"] = _untracked(layer)
        steps["outputs"] = tuple(map(_described_output, keras.tree.flatten(returned)))
        if len(steps["outputs"]) > MOST_ENTRIES:
            raise ValueError(f"`call` returns over {MOST_ENTRIES} tensors.")
        if any(output.shape is None for output in steps["outputs"]):
            return
        first = steps["first"] = self._call()
        # Two draws of a few numbers may be the same by chance.
        for _again in range(CALLS_AGAIN):
            steps["again"] = self._call()
            if not same(steps["again"], first):
                break
        self._values = drawn(steps["weights"], self._seed)
        steps["inference"] = self._inference = self._call_with(self._values)
        steps["training_again"] = self._call_with(self._values, training=True)
        steps["training"] = self._call_with(self._values, training=True)
        steps["state"] = self._state()
        random = not same(steps["training_again"], steps["training"])
        with _during(_("calling the layer on many rows of data")):
            moved = spread(layer, self._trial, self._seed) if random else 0.0
        steps["spread"] = moved

    def add_one(self, steps: Steps) -> None:
        """Fill in `Changes`: of each weight plus one."""
        self._change(steps, lambda value: value + 1)

    def transpose(self, steps: Steps) -> None:
        """Fill in `Changes`: of each square weight transposed."""

        def transposed(value: np.ndarray) -> np.ndarray | None:
            square = value.ndim == 2 and value.shape[0] == value.shape[1]
            return value.T if square else None

        self._change(steps, transposed)

    def _change(self, steps: Steps, change: Callable) -> None:
        steps["outputs"] = ()
        size = sum(each.size for each in self._inference)
        most = min(MOST_CHANGED, MOST_RETURNED // max(1, size))
        for number, value in enumerate(self._values[:most]):
            new = change(value)
            values = [new if n == number else old for n, old in enumerate(self._values)]
            steps["outputs"] += (None if new is None else self._call_with(values),)

    def _call(self, training: bool = False) -> tuple[np.ndarray, ...]:
        return _outputs(self._layer, self._trial, self._data, training)

    def _call_with(self, values: list, training: bool = False) -> tuple[np.ndarray, ...]:
        with _during(_("setting its weights")):
            assign(self._weights, values)
        return self._call(training)

    def _state(self) -> tuple[np.ndarray | None, ...]:
        state = []
        for weight, value in zip(self._weights, self._values, strict=True):
            now = array(weight)
            state.append(None if np.array_equal(now, value) else now)
        size = sum(now.size for now in state if now is not None)
        if size > MOST_RETURNED:
            raise ValueError(f"A call changed {size} numbers; expected at most {MOST_RETURNED}.")
        return tuple(state)


def _weights_of(layer: keras.Layer) -> list[keras.Variable]:
    weights = list(layer.weights)
    if len(weights) > MOST_ENTRIES:
        raise ValueError(f"The layer has {len(weights)} weights; expected at most {MOST_ENTRIES}.")
    return weights


def _shapes(layer: keras.Layer) -> tuple[tuple[int, ...], ...]:
    return tuple(_shape(weight.shape) for weight in _weights_of(layer))


def _described(layer: keras.Layer, weight: keras.Variable) -> Weight:
    owners = (
        name
        for name, value in vars(layer).items()
        if isinstance(value, keras.Layer) and any(weight is own for own in value.weights)
    )
    own = next((name for name, value in vars(layer).items() if value is weight), "")
    names = (_text(name, LONGEST_NAME) for name in (weight.name, next(owners, ""), own))
    dtype = _text(weight.dtype, LONGEST_NAME)
    return Weight(*names, _shape(weight.shape), dtype, bool(weight.trainable))


def _untracked(layer: keras.Layer) -> tuple[Untracked, ...]:
    found = []
    for name, value in vars(layer).items():
        if not keras.ops.is_tensor(value) or isinstance(value, keras.Variable):
            continue
        with contextlib.suppress(Exception):  # a tensor of unknown shape
            variable = "Variable" in type(value).__name__
            found.append(Untracked(_text(name, LONGEST_NAME), variable, _shape(value.shape)))
    return tuple(found[:MOST_UNTRACKED])


def _described_output(value: Any) -> Output:
    if keras.ops.is_tensor(value):
        return Output(_shape(value.shape))
    return Output(None, "" if value is None else _looks(value))


# Shapes -------------------------------------------------------------------------------------------


def _call_on_inputs(steps: Steps, cls: type, trial: Trial) -> None:
    layer = _made(cls, trial)
    with _during(_on(f"`{inputs_text(trial)}`")):
        found = keras.tree.flatten(called(layer, trial, inputs(trial)))
        steps["shapes"] = tuple(None if t is None else _open_shape(t.shape) for t in found)
    steps["declared"] = not keras_wrote(type(layer).compute_output_shape)


def _open_shape(shape: Any) -> tuple[int | None, ...]:
    return tuple(None if size is None else int(size) for size in shape)


# Copies: `get_config` and saving ------------------------------------------------------------------


def _copy(steps: Steps, cls: type, trial: Trial, seed: int) -> None:
    try:
        layer = made(cls, trial, name=NAME)
    except Exception as error:
        if not isinstance(error, TypeError) or "name" not in str(error):
            raise _Stopped(_raised(error, _("making the layer with a `name`"))) from error
        steps["takes_name"] = False
        return
    steps["takes_name"] = True
    steps["name"] = _text(layer.name, LONGEST_NAME)
    with _during(_("calling `get_config()`")):
        config = layer.get_config()
        steps["config"] = "" if isinstance(config, dict) else _looks(config)
    if steps["config"]:
        return
    kept = dict(config)
    steps["kept"] = {name: _simple(kept[name]) for name in trial.settings if name in kept}
    steps["by_keras"] = keras_wrote(cls.from_config)
    try:
        copied = cls.from_config(copy.deepcopy(config))
    except Exception as error:
        steps["failed"] = _raised(error)
        return
    steps["copied_name"] = _text(copied.name, LONGEST_NAME)
    tensors = data(trial, ROWS, seed)
    _outputs(layer, trial, tensors)
    _outputs(copied, trial, tensors)
    steps["shapes"], steps["copied_shapes"] = _shapes(layer), _shapes(copied)
    if steps["shapes"] != steps["copied_shapes"]:
        return
    assign(copied.weights, [array(weight) for weight in layer.weights])
    steps["copied_outputs"] = _outputs(copied, trial, tensors)
    steps["outputs"] = _outputs(layer, trial, tensors)
    steps["first"], steps["again"] = (_outputs(layer, trial, tensors) for _again in range(2))


def _simple(value: Any) -> Any:
    """A bool, an int, a float or a text of usual size; `None` for anything else."""
    kind = type(value)
    if kind is str and value == _text(value, LONGEST_NAME):
        return value
    fits = kind in (bool, float) or (kind is int and abs(value) < BIGGEST)
    return value if fits else None


def _save(steps: Steps, cls: type, trial: Trial, seed: int) -> None:
    tensors = data(trial, ROWS, seed)
    try:
        model, loaded = saved_and_loaded(cls, trial, seed)
        layer = next((each for each in loaded.layers if type(each) is cls), None)
        before, after = (arrays(each(tensors, training=False)) for each in (model, loaded))
    except Exception as error:
        steps["failed"] = _raised(error)
        return
    steps["found"] = layer is not None
    if layer is None:
        return
    steps["name"] = _text(layer.name, LONGEST_NAME)
    steps["before"], steps["after"] = before, after
    steps["first"], steps["again"] = (_outputs(layer, trial, tensors) for _again in range(2))


# Sharing ------------------------------------------------------------------------------------------


def _share(steps: Steps, cls: type, trial: Trial, seed: int) -> None:
    layer = _made(cls, trial)
    first, second = inputs(trial), inputs(trial)
    with _during(_(_TWICE)):
        outputs = [called_plainly(layer, trial, tensors) for tensors in (first, second)]
        model = keras.Model([*first, *second], keras.tree.flatten(outputs))
        steps["shapes"] = _shapes(model)
    tensors = data(trial, ROWS, seed)
    steps["apart"] = _outputs(layer, trial, tensors)
    with _during(_(_TWICE)):
        steps["together"] = arrays(model(tensors * 2, training=False))
    steps["first"], steps["again"] = (_outputs(layer, trial, tensors) for _again in range(2))
