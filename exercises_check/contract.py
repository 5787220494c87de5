"""A layer of a learner's own against the reference: what Keras, and who uses it, may rely on.

Both classes are made with the same settings, get the same weights and see the same random data.
What the reference itself does not do, such as survive being saved, is not asked for. The first
thing that differs ends the check, as what follows may depend on it.
"""

from __future__ import annotations

import contextlib
import copy
import inspect
import io
import itertools
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import keras
import numpy as np

from exercises_check.answer import AnswerError, stubs
from exercises_check.comparison import Difference
from exercises_check.read import untouched
from exercises_check.wording import joined, quoted

SENTENCES = {
    "object": "This is a layer (`{found}`), not a class; expected the class itself, without a "
    "call.",
    "no class": "This is a {found}, not a class; expected a subclass of `keras.Layer`.",
    "no layer": "{name} is not a subclass of `keras.Layer`; expected `class {found}(keras.Layer)`.",
    "stub": "{name} is still `...`; expected a body.",
    "no super": "`__init__` does not call `super().__init__(**kwargs)`; expected it as its first "
    "line.",
    "weights": "The layer has {found} after its first call; expected {expected}.",
    "untracked": "{name} is a `{what}`, which Keras does not track, so the layer has {found}; "
    "expected {expected}, made with `self.add_weight`.",
    "made in call": "Each call makes new weights, so the layer has {found} of its own; expected "
    "{expected}, made in `__init__` or `build`.",
    "weight shape": "The weight {name}{owner} has shape {found}; expected {expected}.",
    "trainable": "The weight {name}{owner} is {found}; expected {expected}.",
    "no return": "`call` returns {found}; expected `return` and a tensor.",
    "outputs": "`call` returns {found}; expected {expected}.",
    "shape": "On data of shape {data}, `call` returns shape {found}; expected {expected}.",
    "unsteady": "Two calls on the same data with training=False give different values; expected "
    "the same values.",
    "other mode": "With training=False the layer computes what is expected with training=True.",
    "unused": "The weight {name}{owner} does not change what the layer returns; expected that it "
    "does.",
    "transposed": "The layer multiplies by {name}{owner} transposed; expected {name} as it is.",
    "values": "On random data, value {place} of the output is {found}; expected {expected} with "
    "the same weights.",
    "training values": "With training=True, value {place} of the output is {found}; expected "
    "{expected}.",
    "training ignored": "With training=True the layer computes the same as with training=False; "
    "expected other values.",
    "training differs": "With training=True the layer computes other values than with "
    "training=False; expected the same values.",
    "random": "With training=True two calls on the same data give {found}; expected {expected}.",
    "spread": "With training=True the output moves by {found} on average; expected {expected}.",
    "state": "After a call with training=True the weight {name}{owner} is {found}; expected "
    "{expected}.",
    "symbolic shape": "For `{data}` the layer returns shape {found}; expected {expected}.",
    "declared shape": "`compute_output_shape` gives {found} for `{data}`; expected {expected}.",
    "no name": "`__init__` takes no `name`; expected `**kwargs`, handed on to "
    "`super().__init__(**kwargs)`.",
    "name ignored": "A layer made with name={expected} is named {found}; expected `**kwargs`, "
    "handed on to `super().__init__(**kwargs)`.",
    "no config": "`get_config` returns {found}; expected a dict.",
    "lost": "`get_config` does not keep {name}; expected {name}: {expected} in its dict.",
    "wrong setting": "`get_config` keeps {name}: {found}; expected {name}: {expected}.",
    "no copy": "A copy made by `from_config(get_config())` fails with {error}; expected a copy "
    "with the same settings.",
    "name lost": "The copy made by `from_config(get_config())` is named {found}; expected "
    "{expected}, which `super().get_config()` keeps.",
    "copy weights": "The copy made by `from_config(get_config())` has {found}; expected "
    "{expected}.",
    "copy values": "The copy made by `from_config(get_config())` computes other values with the "
    "same weights; expected the same values.",
    "not saved": "A model with the layer cannot be saved and loaded: {error}; expected that it "
    "can.",
    "saved name": "After saving and loading, the layer is named {found}; expected {expected}.",
    "saved values": "After saving and loading, the layer computes other values; expected the same "
    "values.",
    "shared": "Called twice in a functional model, the layer has {found}; expected {expected}, "
    "used by both calls.",
    "functional values": "In a functional model the layer computes other values than on data; "
    "expected the same values.",
}
_VALUES = frozenset({"values", "training values", "other mode", "unused", "transposed", "spread"})

ROWS = 3  # of random data
MANY_ROWS = 512  # to average over what is random
MOST_ASSIGNMENTS = 120  # of the reference's weights to the learner's, where shapes are equal
FEW_ASSIGNMENTS = 6  # tried to say more about a mistake that is found
NAME = "probe"


class _Differs(Exception):
    """Ends the check: carries what differs."""

    def __init__(self, difference: Difference):
        super().__init__(difference.message)
        self.difference = difference


@dataclass(frozen=True)
class _Trial:
    """One thing the two classes are tried on.

    Attributes:
        reference: the reference's class.
        answer: the learner's class.
        shapes: the shapes of what `call` receives, without the batch; for a tree of tensors, a
            tuple of shapes nested in the same way.
        settings: what the constructor receives.
        each: whether `call` takes each tensor as an argument of its own, or all as one list.
    """

    reference: type
    answer: type
    shapes: tuple[tuple, ...]
    settings: Mapping[str, Any]
    each: bool


def contract_difference(
    reference: type, answer: Any, calls: Sequence[tuple[Sequence[tuple], Mapping[str, Any]]]
) -> Difference | None:
    """What first stands between a learner's layer class and the reference's, or `None`.

    Args:
        reference: a subclass of `keras.Layer`.
        answer: what the learner handed over.
        calls: what both are tried on: `(shapes, settings)`, shapes without the batch.

    Raises:
        AnswerError: the learner's code raised.
    """
    try:
        _check_class(answer)
        with untouched(values=True), _silently():
            trials = [
                _Trial(reference, answer, tuple(shapes), settings, _takes_each(reference, shapes))
                for shapes, settings in calls
            ]
            for trial in trials:
                _check_computation(trial)
                _check_symbolic_call(trial)
                _check_config(trial)
            _check_saving(trials[0])
            _check_sharing(trials[0])
    except _Differs as found:
        return found.difference
    return None


@contextlib.contextmanager
def _silently() -> Iterator[None]:
    """What the learner's `call` prints would come many times: once for each call in here."""
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        warnings.simplefilter("ignore")
        yield


def _tell(sentence: str, name: str = "", found: Any = "", expected: Any = "", **words) -> NoReturn:
    message = SENTENCES[sentence].format(name=quoted(name), found=found, expected=expected, **words)
    kind = "value" if sentence in _VALUES else "contract"
    plain = [str(text).replace("`", "") for text in (expected, found)]
    raise _Differs(Difference(kind, message[:1].upper() + message[1:], name, *plain))


def _tell_weight(sentence: str, layer: keras.Layer, weight, found="", expected="") -> NoReturn:
    """Two sublayers may each have a weight called `kernel`: say whose it is.

    A weight that was given no name is told by its attribute.
    """
    owners = (
        name
        for name, value in vars(layer).items()
        if isinstance(value, keras.Layer) and any(weight is own for own in value.weights)
    )
    owner = next((f" of `self.{name}`" for name in owners), "")
    own = next((name for name, value in vars(layer).items() if value is weight), None)
    name = f"self.{own}" if own and weight.name.startswith("variable") else weight.name
    _tell(sentence, name, found, expected, owner=owner)


def _run(during: str, function: Callable, *arguments, **settings) -> Any:
    """Run the learner's code."""
    try:
        return function(*arguments, **settings)
    except Exception as error:
        if "you forgot to call `super().__init__()`" in str(error):
            _tell("no super")
        raise AnswerError(error, during) from error


def _takes_each(reference: type, shapes: Sequence[tuple]) -> bool:
    parameters = list(inspect.signature(reference.call).parameters.values())[1:]
    if any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters):
        return True
    tensors = [p for p in parameters if p.name not in ("training", "mask")]
    return len(shapes) == 1 or len(tensors) >= len(shapes)


# The class ----------------------------------------------------------------------------------------


def _check_class(answer: Any) -> None:
    if isinstance(answer, keras.Layer):
        _tell("object", found=type(answer).__name__)
    if not inspect.isclass(answer):
        what = "function" if inspect.isroutine(answer) else quoted(type(answer).__name__)
        _tell("no class", found=what)
    if not issubclass(answer, keras.Layer):
        _tell("no layer", answer.__name__, answer.__name__)
    for name in stubs(answer):
        _tell("stub", name)


def _made(trial: _Trial, **more) -> keras.Layer:
    text = ", ".join(f"{name}={value!r}" for name, value in {**trial.settings, **more}.items())
    during = f"making `{trial.answer.__name__}({text})`"
    return _run(during, trial.answer, **copy.deepcopy(dict(trial.settings)), **more)


def _made_by_reference(trial: _Trial, **more) -> keras.Layer:
    return trial.reference(**copy.deepcopy(dict(trial.settings)), **more)


# Weights and values -------------------------------------------------------------------------------

Arrays = list[np.ndarray]


def _check_computation(trial: _Trial) -> None:
    wanted, mine = _made_by_reference(trial), _made(trial)
    data = _data(trial, ROWS)
    expected = _called(wanted, trial, data)
    found = _answer_called(mine, trial, data)
    _check_weights(trial, mine, wanted, data)
    _check_outputs(trial, found, expected, data)
    _check_values(trial, mine, wanted, data)


def _data(trial: _Trial, rows: int) -> Arrays:
    numbers = np.random.default_rng(0)

    def array(shape: tuple) -> np.ndarray:
        sizes = (rows, *(size or ROWS + 1 for size in shape))
        return numbers.normal(size=sizes).astype("float32")

    return [_of_each(array, shape) for shape in trial.shapes]


def _of_each(function: Callable, shape: tuple) -> Any:
    """`function` of a shape; of a tree of shapes, a tree of what it gives for each."""
    if all(size is None or isinstance(size, int) for size in shape):
        return function(shape)
    return tuple(_of_each(function, part) for part in shape)


def _called(layer: keras.Layer, trial: _Trial, tensors: list, training: bool = False) -> Any:
    """What a layer returns."""
    tensors = keras.tree.map_structure(
        lambda t: keras.ops.convert_to_tensor(t) if isinstance(t, np.ndarray) else t, tensors
    )
    arguments = tensors if trial.each else [tensors]
    return layer(*arguments, training=training)


def _answer_called(layer: keras.Layer, trial: _Trial, tensors: list, training: bool = False) -> Any:
    during = f"calling the layer on {_shapes_text(tensors)}"
    return _run(during, _called, layer, trial, tensors, training)


def _arrays(outputs: Any) -> Arrays:
    return [keras.ops.convert_to_numpy(tensor) for tensor in keras.tree.flatten(outputs)]


def _check_weights(trial, mine: keras.Layer, wanted: keras.Layer, data: Arrays) -> None:
    shapes, asked = _weight_shapes(mine), _weight_shapes(wanted)
    if len(shapes) != len(asked):
        counts = {"found": _weights_text(shapes), "expected": _weights_text(asked)}
        for name, value in vars(mine).items():
            plain = keras.ops.is_tensor(value) and not isinstance(value, keras.Variable)
            if plain and tuple(value.shape) in asked:
                what = "tf.Variable" if "Variable" in type(value).__name__ else "tensor"
                _tell("untracked", f"self.{name}", what=what, **counts)
        if len(shapes) < len(asked) and _unsteady(mine, trial, data):
            _tell("made in call", **counts)
        _tell("weights", **counts)
    surplus, missing = _without(shapes, asked), _without(asked, shapes)
    if len(surplus) == 1:
        weight = next(w for w in mine.weights if tuple(w.shape) == surplus[0])
        _tell_weight("weight shape", mine, weight, surplus[0], missing[0])
    if surplus:
        _tell("weights", found=_weights_text(shapes), expected=_weights_text(asked))
    open_ones = [(tuple(w.shape), bool(w.trainable)) for w in wanted.weights]
    for weight in mine.weights:
        key = tuple(weight.shape), bool(weight.trainable)
        if key not in open_ones:
            words = ["trainable", "not trainable"]
            words = words if weight.trainable else reversed(words)
            _tell_weight("trainable", mine, weight, *words)
        open_ones.remove(key)


def _weight_shapes(layer: keras.Layer) -> list[tuple]:
    return [tuple(weight.shape) for weight in layer.weights]


def _without(shapes: list[tuple], others: list[tuple]) -> list[tuple]:
    rest = list(others)
    return [shape for shape in shapes if shape not in rest or rest.remove(shape)]


def _weights_text(shapes: Sequence[tuple]) -> str:
    count = f"{len(shapes) or 'no'} weight{'' if len(shapes) == 1 else 's'}"
    if not shapes:
        return count
    many = len(shapes) > 4  # then the shapes would hide the number
    return count if many else f"{count} of shape {joined(map(str, shapes))}"


def _shapes_text(tensors: Sequence) -> str:
    return f"data of shape {joined(map(_shape_text, tensors))}"


def _shape_text(tensor: Any) -> str:
    if isinstance(tensor, tuple):
        return f"({', '.join(map(_shape_text, tensor))})"
    return str(tuple(tensor.shape))


def _check_outputs(trial, found: Any, expected: Any, data: Arrays) -> None:
    own, asked = keras.tree.flatten(found), keras.tree.flatten(expected)
    bad = [value for value in own if not keras.ops.is_tensor(value)]
    if not own or bad:
        _tell("no return", found=f"`{bad[0]!r}`" if bad and bad[0] is not None else "nothing")
    if len(own) != len(asked):
        _tell("outputs", found=_count(len(own), "tensor"), expected=_count(len(asked), "tensor"))
    for tensor, other in zip(own, asked, strict=True):
        if tensor.shape != other.shape:
            given = joined(map(_shape_text, data))
            _tell("shape", "", tuple(tensor.shape), tuple(other.shape), data=given)


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _unsteady(layer: keras.Layer, trial: _Trial, data: Arrays, training: bool = False) -> bool:
    first, again = (_arrays(_answer_called(layer, trial, data, training)) for _ in range(2))
    return not _same(first, again)


def _same(found: Arrays, expected: Arrays) -> bool:
    return len(found) == len(expected) and all(
        a.shape == b.shape and _near(a, b).all() for a, b in zip(found, expected, strict=True)
    )


def _near(found: np.ndarray, expected: np.ndarray) -> np.ndarray:
    # Sums in another order differ in the last digits, the more the larger what is summed.
    finite = np.abs(expected[np.isfinite(expected)])
    slack = 1e-5 * max(1.0, float(finite.max(initial=0.0)))
    return np.isclose(found, expected, rtol=1e-4, atol=slack, equal_nan=True)


@dataclass(frozen=True)
class _Behaviour:
    """What a layer with given weights returns.

    Attributes:
        inference: its outputs with training=False.
        training: its outputs with training=True.
        random: whether two calls with training=True differ.
        state: its weights after one call with training=True.
    """

    inference: Arrays
    training: Arrays
    random: bool
    state: Arrays


def _behaviour(layer: keras.Layer, weights: Arrays, trial: _Trial, data: Arrays) -> _Behaviour:
    inference, again, training = (
        _outputs(layer, weights, trial, data, training) for training in (False, True, True)
    )
    return _Behaviour(inference, training, not _same(again, training), _values(layer))


def _outputs(layer, weights: Arrays, trial: _Trial, data: Arrays, training: bool = False) -> Arrays:
    _assign(layer, weights)
    return _arrays(_answer_called(layer, trial, data, training))


def _assign(layer: keras.Layer, values: Arrays) -> None:
    for weight, value in zip(layer.weights, values, strict=True):
        weight.assign(value)


def _values(layer: keras.Layer) -> Arrays:
    return [_array(weight) for weight in layer.weights]


def _array(weight: keras.Variable) -> np.ndarray:
    return keras.ops.convert_to_numpy(keras.ops.copy(weight.value))


def _random_weights(layer: keras.Layer) -> Arrays:
    """Values that no two weights share, so that none can stand for another by chance."""
    numbers = np.random.default_rng(1)
    values = []
    for weight in layer.weights:
        value = _array(weight)
        if value.dtype.kind != "f":
            values.append(value)  # a counter or a seed
        elif weight.trainable:
            values.append(numbers.normal(size=value.shape).astype(value.dtype))
        else:  # a running variance is positive
            values.append(numbers.uniform(0.5, 1.5, size=value.shape).astype(value.dtype))
    return values


def _assignments(mine: keras.Layer, wanted: keras.Layer) -> Iterator[tuple[int, ...]]:
    """For each of the learner's weights, which of the reference's it gets: the likeliest first."""

    def key(weight) -> tuple:
        return tuple(weight.shape), bool(weight.trainable)

    groups = list(dict.fromkeys(map(key, mine.weights)))
    own = [[n for n, w in enumerate(mine.weights) if key(w) == group] for group in groups]
    their = [[n for n, w in enumerate(wanted.weights) if key(w) == group] for group in groups]
    for numbers, others in zip(own, their, strict=True):
        names = [mine.weights[n].name for n in numbers]
        asked = [wanted.weights[n].name for n in others]
        if sorted(names) == sorted(asked) and len(set(names)) == len(names):
            others.sort(key=lambda n, names=names: names.index(wanted.weights[n].name))
    orders = itertools.product(*(itertools.permutations(others) for others in their))
    for order in itertools.islice(orders, MOST_ASSIGNMENTS):
        partner = dict(zip(itertools.chain(*own), itertools.chain(*order), strict=True))
        yield tuple(partner[n] for n in range(len(mine.weights)))


def _check_values(trial, mine: keras.Layer, wanted: keras.Layer, data: Arrays) -> None:
    weights = _random_weights(wanted)
    expected = _behaviour(wanted, weights, trial, data)
    _assign(wanted, weights)
    if not _same(_arrays(_called(wanted, trial, data)), expected.inference):
        return  # the reference is random even in use: there is no value to ask for
    if _unsteady(mine, trial, data):
        _tell("unsteady")
    tried = []
    for order in _assignments(mine, wanted):
        values = [weights[n] for n in order]
        found = _outputs(mine, values, trial, data)
        if _same(found, expected.inference):
            behaviour = _behaviour(mine, values, trial, data)
            _check_training(trial, mine, wanted, order, behaviour, expected)
            return
        tried.append((_distance(found, expected.inference), len(tried), values, found))
    _, _, values, found = min(tried, key=lambda entry: entry[:2])
    if not expected.random and _same(found, expected.training):
        _tell("other mode")
    _tell_weight_misuse(trial, mine, wanted, values, weights, expected.inference, data)
    _tell("values", **_first_difference(found, expected.inference))


def _distance(found: Arrays, expected: Arrays) -> float:
    return sum(float(np.abs(a - b).sum()) for a, b in zip(found, expected, strict=True))


def _first_difference(found: Arrays, expected: Arrays) -> dict[str, Any]:
    for number, (a, b) in enumerate(zip(found, expected, strict=True)):
        if not _near(a, b).all():
            place = tuple(int(n) for n in np.argwhere(~_near(a, b))[0])
            text = str(list((number, *place) if len(found) > 1 else place))
            return {"place": text, "found": f"{a[place]:.4g}", "expected": f"{b[place]:.4g}"}
    raise AssertionError("nothing differs")


def _tell_weight_misuse(trial, mine, wanted, values, weights, expected: Arrays, data) -> None:
    """Say which weight is left out or transposed, where that is what differs."""

    def same(layer: keras.Layer, start: Arrays, number: int, value, asked: Arrays) -> bool:
        changed = [value if n == number else old for n, old in enumerate(start)]
        return _same(_outputs(layer, changed, trial, data), asked)

    used = {
        value.shape
        for n, value in enumerate(weights)
        if value.dtype.kind == "f" and not same(wanted, weights, n, value + 1, expected)
    }
    before = _outputs(mine, values, trial, data)
    for n, (weight, value) in enumerate(zip(mine.weights, values, strict=True)):
        if value.shape in used and same(mine, values, n, value + 1, before):
            _tell_weight("unused", mine, weight)
    for order in itertools.islice(_assignments(mine, wanted), FEW_ASSIGNMENTS):
        given = [weights[n] for n in order]
        for n, (weight, value) in enumerate(zip(mine.weights, given, strict=True)):
            square = value.ndim == 2 and value.shape[0] == value.shape[1]
            if square and same(mine, given, n, value.T, expected):
                _tell_weight("transposed", mine, weight)


def _check_training(trial, mine, wanted, order, found: _Behaviour, expected: _Behaviour) -> None:
    ignored = _same(found.training, found.inference)
    if _same(expected.training, expected.inference):
        if not ignored:
            _tell("training differs")
    elif ignored:
        _tell("training ignored")
    if found.random != expected.random:
        words = {True: "different values", False: "the same values"}
        _tell("random", found=words[found.random], expected=words[expected.random])
    if expected.random:
        moved, asked = _spread(mine, trial), _spread(wanted, trial)
        if not 1 / 1.3 < (moved + 1e-9) / (asked + 1e-9) < 1.3:
            _tell("spread", found=f"{moved:.2g}", expected=f"{asked:.2g}")
    elif not _same(found.training, expected.training):
        _tell("training values", **_first_difference(found.training, expected.training))
    for weight, value, n in zip(mine.weights, found.state, order, strict=True):
        other = expected.state[n]
        if value.dtype.kind == "f" and not _near(value, other).all():
            place = tuple(np.argwhere(~_near(value, other))[0])
            _tell_weight("state", mine, weight, f"{value[place]:.4g}", f"{other[place]:.4g}")


def _spread(layer: keras.Layer, trial: _Trial) -> float:
    """How far training=True moves the output on average."""
    data = _data(trial, MANY_ROWS)
    still, moved = (_arrays(_called(layer, trial, data, training)) for training in (False, True))
    return float(np.mean([np.abs(a - b).mean() for a, b in zip(still, moved, strict=True)]))


# Shapes -------------------------------------------------------------------------------------------


def _check_symbolic_call(trial: _Trial) -> None:
    wanted, mine = _made_by_reference(trial), _made(trial)
    expected = keras.tree.flatten(_called(wanted, trial, _inputs(trial)))
    during = f"calling the layer on `{_inputs_text(trial)}`"
    found = keras.tree.flatten(_run(during, _called, mine, trial, _inputs(trial)))
    own = not _keras_wrote(type(mine).compute_output_shape)
    for tensor, other in zip(found, expected, strict=False):
        if tensor is None or tuple(tensor.shape) != tuple(other.shape):
            shape = None if tensor is None else tuple(tensor.shape)
            sentence = "declared shape" if own else "symbolic shape"
            _tell(sentence, "", shape, tuple(other.shape), data=_inputs_text(trial))
    if len(found) != len(expected):
        _tell("outputs", "", _count(len(found), "tensor"), _count(len(expected), "tensor"))


def _inputs(trial: _Trial) -> list:
    return [_of_each(keras.Input, shape) for shape in trial.shapes]


def _inputs_text(trial: _Trial) -> str:
    def text(tree: Any) -> str:
        return f"({', '.join(map(text, tree))})" if isinstance(tree, tuple) else tree

    inputs = [_of_each(lambda shape: f"keras.Input({shape})", shape) for shape in trial.shapes]
    return ", ".join(map(text, inputs))


def _keras_wrote(function: Any) -> bool:
    return (getattr(function, "__module__", None) or "").split(".")[0] == "keras"


# Copies: `get_config` and saving ------------------------------------------------------------------


def _check_config(trial: _Trial) -> None:
    if not _reference_copies(trial):
        return
    try:
        mine = trial.answer(**copy.deepcopy(dict(trial.settings)), name=NAME)
    except TypeError as error:
        if "name" not in str(error):
            raise AnswerError(error, "making the layer with a `name`") from error
        _tell("no name")
    if mine.name != NAME:
        _tell("name ignored", found=quoted(mine.name), expected=repr(NAME))
    config = _run("calling `get_config()`", mine.get_config)
    if not isinstance(config, dict):
        _tell("no config", found=f"`{config!r}`")
    plain = _keras_wrote(trial.answer.from_config)
    for name, value in trial.settings.items():
        if name not in config and plain:
            _tell("lost", name, name, repr(value))
        if name in config and _contradicts(config[name], value):
            _tell("wrong setting", name, repr(config[name]), repr(value))
    try:
        copied = trial.answer.from_config(copy.deepcopy(config))
    except Exception as error:
        _tell("no copy", error=_error_text(error))
    if copied.name != NAME:
        _tell("name lost", found=quoted(copied.name), expected=quoted(NAME))
    data = _data(trial, ROWS)
    _answer_called(mine, trial, data)
    _answer_called(copied, trial, data)
    if _weight_shapes(copied) != _weight_shapes(mine):
        found, expected = map(_weights_text, (_weight_shapes(copied), _weight_shapes(mine)))
        _tell("copy weights", found=found, expected=expected)
    _assign(copied, _values(mine))
    outputs = [_arrays(_answer_called(layer, trial, data)) for layer in (copied, mine)]
    if _steady(mine, trial, data) and not _same(*outputs):
        _tell("copy values")


def _contradicts(kept: Any, given: Any) -> bool:
    """Whether `get_config` keeps another value; what is written in another way is left to tell."""
    simple = (bool, int, float, str)
    return type(kept) is type(given) and isinstance(kept, simple) and kept != given


def _reference_copies(trial: _Trial) -> bool:
    try:
        layer = _made_by_reference(trial, name=NAME)
        return trial.reference.from_config(layer.get_config()).name == NAME
    except Exception:
        return False  # the task does not ask for it


def _steady(layer: keras.Layer, trial: _Trial, data: Arrays) -> bool:
    return not _unsteady(layer, trial, data)


def _error_text(error: Exception) -> str:
    lines = [line.strip() for line in str(error).split("\n") if line.strip()]
    return f"`{type(error).__name__}`: {lines[0].rstrip('.')}" if lines else type(error).__name__


def _model(layer: keras.Layer, trial: _Trial) -> keras.Model:
    inputs = _inputs(trial)
    return keras.Model(inputs, _called_plainly(layer, trial, inputs))


def _called_plainly(layer: keras.Layer, trial: _Trial, tensors: list) -> Any:
    return layer(*tensors) if trial.each else layer(tensors)


def _check_saving(trial: _Trial) -> None:
    if not _reference_copies(trial):
        return
    data = _data(trial, ROWS)
    with tempfile.TemporaryDirectory() as folder:
        try:
            _saved_and_loaded(trial.reference, trial, folder)
        except Exception:
            return  # the task does not ask for it
        try:
            model, loaded = _saved_and_loaded(trial.answer, trial, folder)
            layer = next((each for each in loaded.layers if type(each) is trial.answer), None)
            before, after = (_arrays(each(data, training=False)) for each in (model, loaded))
        except Exception as error:
            _tell("not saved", error=_error_text(error))
    if layer is None:
        return  # a call that hands the data to other layers: said by `_check_sharing`
    if layer.name != NAME:
        _tell("saved name", found=quoted(layer.name), expected=quoted(NAME))
    if _steady(layer, trial, data) and not _same(after, before):
        _tell("saved values")


def _saved_and_loaded(cls: type, trial: _Trial, folder: str) -> tuple[keras.Model, keras.Model]:
    layer = cls(**copy.deepcopy(dict(trial.settings)), name=NAME)
    model = _model(layer, trial)
    _assign(layer, _random_weights(layer))
    path = Path(folder) / f"{cls.__module__}.{cls.__name__}.keras"
    model.save(path)
    # A class that was run twice in a notebook is registered as its older self, or not at all.
    names = {cls.__name__, keras.saving.get_registered_name(cls)}
    return model, keras.saving.load_model(path, custom_objects=dict.fromkeys(names, cls))


# Sharing ------------------------------------------------------------------------------------------


def _check_sharing(trial: _Trial) -> None:
    layer = _made(trial)
    first, second = _inputs(trial), _inputs(trial)
    during = "calling the layer twice in a functional model"
    outputs = [_run(during, _called_plainly, layer, trial, inputs) for inputs in (first, second)]
    model = _run(during, keras.Model, [*first, *second], keras.tree.flatten(outputs))
    single = _made_by_reference(trial)
    _called_plainly(single, trial, _inputs(trial))
    shapes = [tuple(weight.shape) for weight in model.weights]
    if len(shapes) != len(single.weights):
        found, expected = _weights_text(shapes), _weights_text(_weight_shapes(single))
        _tell("shared", found=found, expected=expected)
    data = _data(trial, ROWS)
    apart = _arrays(_answer_called(layer, trial, data))
    together = _arrays(_run(during, model, data * 2, training=False))
    if _steady(layer, trial, data) and not _same(together, apart * 2):
        _tell("functional values")
