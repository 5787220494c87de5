"""A transcript beside the reference: the half that never touches the learner's class.

The reference sees the data that the learner's class saw, and gets the values that its weights had.
What the two return has to be the same. The first thing that differs ends the judging, as what
follows may depend on it.
"""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import keras
import numpy as np

from exercises_check.answer import AnswerError
from exercises_check.comparison import Difference
from exercises_check.contract.probing import Probing
from exercises_check.contract.sentences import difference
from exercises_check.contract.transcript import (
    BadTranscript,
    Class,
    Computation,
    Copy,
    Part,
    Raised,
    Saving,
    Sharing,
    Symbolic,
    Tried,
    Weight,
    read,
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
    described,
    inputs,
    inputs_text,
    made,
    saved_and_loaded,
    shapes_text,
    spread,
    undisturbed,
)
from exercises_check.contract.values import (
    digits,
    distance,
    drawn,
    first_difference,
    first_place,
    near,
    same,
)
from exercises_check.language import _, listed, ngettext, pgettext
from exercises_check.wording import quoted

MOST_ASSIGNMENTS = 120  # of the reference's weights to the learner's, where shapes are equal
FEW_ASSIGNMENTS = 6  # tried to say more about a mistake that is found

Arrays = Sequence[np.ndarray]
Order = tuple[int, ...]


class _Differs(Exception):
    """Ends the judging: carries what differs."""

    def __init__(self, found: Difference):
        super().__init__(found.message)
        self.difference = found


def trials_of(
    reference: type, calls: Sequence[tuple[Sequence[tuple], Mapping[str, Any]]]
) -> tuple[Trial, ...]:
    """What a reference and an answer are tried on.

    Args:
        reference: a subclass of `keras.Layer`.
        calls: `(shapes, settings)`, shapes without the batch.
    """
    return tuple(
        Trial(tuple(shapes), settings, _takes_each(reference, shapes)) for shapes, settings in calls
    )


def _takes_each(reference: type, shapes: Sequence[tuple]) -> bool:
    parameters = list(inspect.signature(reference.call).parameters.values())[1:]
    if any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters):
        return True
    tensors = [p for p in parameters if p.name not in ("training", "mask")]
    return len(shapes) == 1 or len(tensors) >= len(shapes)


def transcript_difference(
    reference: type,
    transcript: dict[str, Any] | Probing,
    trials: Sequence[Trial],
    seed: int = 0,
) -> Difference | None:
    """What first stands between a learner's layer class and the reference's, or `None`.

    Args:
        reference: a subclass of `keras.Layer`.
        transcript: what `probe` gave for the learner's class; not trusted. In the process that runs
            the learner's code, a `Probing` may stand for it.
        trials: those that `probe` was given.
        seed: the seed that `probe` was given.

    Raises:
        AnswerError: the learner's code raised. Its cause is a stand-in for what it raised, with the
            same class name and text.
        BadTranscript: the transcript is not one that `probe` gives for these trials and this seed.
    """
    found = transcript if isinstance(transcript, Probing) else read(transcript)
    if found.seed != seed:
        raise BadTranscript(f"The transcript was made with seed {found.seed}; expected {seed}.")
    if len(found.trials) > len(trials):
        raise BadTranscript(
            f"The transcript has {len(found.trials)} trials; expected {len(trials)}."
        )
    try:
        _check_class(found.answer)
        with undisturbed():
            for number, trial in enumerate(trials):
                one = _Reference(reference, trial, seed)
                tried = _there(found.trials[number : number + 1], f"trial {number}")[0]
                _check_computation(one, tried)
                _check_symbolic_call(one, _there(tried.symbolic, "a call on inputs"))
                _check_copy(one, _there(tried.copy, "a copy"))
            first = _Reference(reference, trials[0], seed)
            _check_saving(first, _there(found.saving, "saving"))
            _check_sharing(first, _there(found.sharing, "sharing"))
    except _Differs as differs:
        return differs.difference
    return None


@dataclass(frozen=True)
class _Reference:
    """The reference on one trial."""

    cls: type
    trial: Trial
    seed: int

    def made(self, **more: Any) -> keras.Layer:
        return made(self.cls, self.trial, **more)

    def data(self) -> list:
        return data(self.trial, ROWS, self.seed)


def _tell(
    sentence: str, name: str = "", found: Any = "", expected: Any = "", **words: str
) -> NoReturn:
    raise _Differs(difference(sentence, name, found, expected, **words))


def _tell_weight(sentence: str, weight: Weight, found: Any = "", expected: Any = "") -> NoReturn:
    """Two sublayers may each have a weight called `kernel`: say whose it is.

    A weight that was given no name is told by its attribute.
    """
    owner = _(" of `{owner}`").format(owner=f"self.{weight.owner}") if weight.owner else ""
    unnamed = weight.own and weight.name.startswith("variable")
    name = f"self.{weight.own}" if unnamed else weight.name
    _tell(sentence, name, found, expected, owner=owner)


def _there(part: Any, name: str) -> Any:
    if not part:
        raise BadTranscript(f"The transcript ends before {name}.")
    return part


def _step(part: Part, name: str) -> Any:
    """What a step of a part gave, or that the learner's code raised in it or before it."""
    value = getattr(part, name)
    if value is not None:
        return value
    raise _why_it_ended(part, name)


def _why_it_ended(part: Part, name: str) -> Exception:
    if part.raised is None:
        return BadTranscript(f"{type(part).__name__} ends before `{name}`.")
    if "you forgot to call `super().__init__()`" in part.raised.text:
        return _Differs(difference("no super"))
    return AnswerError(_stand_in(part.raised), part.raised.during)


def _stand_in(raised: Raised) -> Exception:
    """An exception that looks like the one that was raised somewhere else."""
    return type(raised.error, (Exception,), {})(raised.text)


# The class ----------------------------------------------------------------------------------------


def _check_class(found: Class) -> None:
    kind, name = _step(found, "kind"), _step(found, "name")
    if kind == "object":
        _tell("object", found=name)
    if kind == "no class":
        _tell("no class", found=_("function") if _step(found, "routine") else quoted(name))
    if kind == "no layer":
        _tell("no layer", name, name)
    if kind != "layer":
        raise BadTranscript(f"{kind[:40]!r} is no kind of answer.")
    for name in _step(found, "stubs"):
        _tell("stub", name)


# Weights and values -------------------------------------------------------------------------------


def _check_computation(one: _Reference, tried: Tried) -> None:
    found = tried.computation
    wanted = one.made()
    tensors = one.data()
    expected = keras.tree.flatten(called(wanted, one.trial, tensors))
    weights = described(wanted)
    _check_weights(found, weights)
    _check_outputs(found, expected, tensors)
    _check_values(one, tried, wanted, weights, tensors)


def _check_weights(found: Computation, wanted: list[Weight]) -> None:
    weights = _step(found, "weights")
    shapes, asked = [w.shape for w in weights], [w.shape for w in wanted]
    counts = {"found": _weights_text(shapes), "expected": _weights_text(asked)}
    if len(shapes) != len(asked):
        for tensor in _step(found, "untracked"):
            if tensor.shape in asked:
                what = "tf.Variable" if tensor.variable else pgettext("class", "tensor")
                _tell("untracked", f"self.{tensor.name}", what=what, **counts)
        if len(shapes) < len(asked) and _returns_tensors(found) and _unsteady(found):
            _tell("made in call", **counts)
        _tell("weights", **counts)
    surplus, missing = _without(shapes, asked), _without(asked, shapes)
    if len(surplus) == 1:
        weight = next(weight for weight in weights if weight.shape == surplus[0])
        _tell_weight("weight shape", weight, surplus[0], missing[0])
    if surplus:
        _tell("weights", **counts)
    open_ones = [(weight.shape, weight.trainable) for weight in wanted]
    for weight in weights:
        key = weight.shape, weight.trainable
        if key not in open_ones:
            words = [_("trainable"), _("not trainable")]
            words = words if weight.trainable else reversed(words)
            _tell_weight("trainable", weight, *words)
        open_ones.remove(key)


def _without(shapes: Sequence[tuple], others: Sequence[tuple]) -> list[tuple]:
    rest = list(others)
    return [shape for shape in shapes if shape not in rest or rest.remove(shape)]


def _weights_text(shapes: Sequence[tuple]) -> str:
    if not shapes:
        return _("no weights")
    count = len(shapes)
    if count > 4:  # then the shapes would hide the number
        return ngettext("1 weight", "{count} weights", count).format(count=count)
    text = ngettext("1 weight of shape {shapes}", "{count} weights of shape {shapes}", count)
    return text.format(count=count, shapes=listed(map(str, shapes)))


def _returns_tensors(found: Computation) -> bool:
    outputs = _step(found, "outputs")
    return bool(outputs) and all(output.shape is not None for output in outputs)


def _unsteady(part: Computation | Copy | Saving | Sharing) -> bool:
    return not same(_step(part, "first"), _step(part, "again"))


def _check_outputs(found: Computation, expected: Sequence, tensors: list) -> None:
    outputs = _step(found, "outputs")
    if not _returns_tensors(found):
        text = next((output.text for output in outputs if output.shape is None), "")
        _tell("no return", found=f"`{text}`" if text else pgettext("return", "nothing"))
    _check_shapes([output.shape for output in outputs], expected, tensors)


def _check_shapes(shapes: Sequence[tuple], expected: Sequence, tensors: list) -> None:
    if len(shapes) != len(expected):
        counts = _tensors(len(shapes)), _tensors(len(expected))
        _tell("outputs", "", *counts)
    for shape, other in zip(shapes, expected, strict=True):
        if shape != tuple(other.shape):
            _tell("shape", "", shape, tuple(other.shape), data=shapes_text(tensors))


def _tensors(count: int) -> str:
    return ngettext("1 tensor", "{count} tensors", count).format(count=count)


def _check_values(
    one: _Reference, tried: Tried, wanted: keras.Layer, weights: list[Weight], tensors: list
) -> None:
    found = tried.computation
    values = drawn(found.weights, one.seed)
    computing = _Computing(one, wanted, values, tensors)
    orders = list(_assignments(found.weights, weights))
    expected = computing.outputs(orders[0])
    if not same(computing.outputs(orders[0]), expected):
        return  # the reference is random even in use: there is no value to ask for
    if _unsteady(found):
        _tell("unsteady")
    mine = _step(found, "inference")
    _check_shapes([each.shape for each in mine], expected, tensors)
    best = None
    for number, order in enumerate(orders):
        expected = computing.outputs(order) if number else expected
        if same(mine, expected):
            _check_training(one, found, computing, order, tensors)
            return
        away = distance(mine, expected)
        if best is None or away < best[0]:
            best = away, order, expected
    order, expected = best[1:]
    behaviour = computing.behaviour(order)
    if not behaviour.random and same(mine, behaviour.training):
        _tell("other mode")
    _tell_weight_misuse(tried, computing, order, orders, expected)
    _tell("values", **first_difference(mine, expected))


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


@dataclass(frozen=True)
class _Computing:
    """The reference's layer with the values of the learner's weights."""

    one: _Reference
    layer: keras.Layer
    values: list[np.ndarray]
    data: list

    def given(self, order: Order) -> list[np.ndarray]:
        """The value of each of the reference's weights, in an assignment."""
        return [self.values[order.index(n)] for n in range(len(order))]

    def outputs(self, order: Order, training: bool = False) -> Arrays:
        return self.outputs_with(self.given(order), training)

    def outputs_with(self, values: Sequence[np.ndarray], training: bool = False) -> Arrays:
        assign(self.layer.weights, values)
        return arrays(called(self.layer, self.one.trial, self.data, training))

    def behaviour(self, order: Order) -> _Behaviour:
        inference, again, training = (self.outputs(order, mode) for mode in (False, True, True))
        state = [array(weight) for weight in self.layer.weights]
        return _Behaviour(inference, training, not same(again, training), state)


def _assignments(mine: Sequence[Weight], wanted: Sequence[Weight]) -> Iterator[Order]:
    """For each of the learner's weights, which of the reference's it gets: the likeliest first."""

    def key(weight: Weight) -> tuple:
        return weight.shape, weight.trainable

    groups = list(dict.fromkeys(map(key, mine)))
    own = [[n for n, w in enumerate(mine) if key(w) == group] for group in groups]
    their = [[n for n, w in enumerate(wanted) if key(w) == group] for group in groups]
    for numbers, others in zip(own, their, strict=True):
        names = [mine[n].name for n in numbers]
        asked = [wanted[n].name for n in others]
        if sorted(names) == sorted(asked) and len(set(names)) == len(names):
            others.sort(key=lambda n, names=names: names.index(wanted[n].name))
    # No more than the first of each group can be among the first of all.
    some = (itertools.islice(itertools.permutations(o), MOST_ASSIGNMENTS) for o in their)
    for order in itertools.islice(itertools.product(*some), MOST_ASSIGNMENTS):
        partner = dict(zip(itertools.chain(*own), itertools.chain(*order), strict=True))
        yield tuple(partner[n] for n in range(len(mine)))


def _tell_weight_misuse(
    tried: Tried, computing: _Computing, order: Order, orders: list[Order], expected: Arrays
) -> None:
    """Say which weight is left out or transposed, where that is what differs."""
    found, values = tried.computation, computing.given(order)
    used = set()
    for number, value in enumerate(values):
        if value.dtype.kind == "f":
            changed = [value + 1 if n == number else old for n, old in enumerate(values)]
            if not same(computing.outputs_with(changed), expected):
                used.add(value.shape)
    plus_one = _there(tried.plus_one, "a change of a weight")
    for number, weight in enumerate(found.weights):
        if weight.shape in used and number < _reach(plus_one, number):
            outputs = plus_one.outputs[number]
            if outputs is not None and same(outputs, found.inference):
                _tell_weight("unused", weight)
    transposed = _there(tried.transposed, "a transposed weight")
    for other in orders[:FEW_ASSIGNMENTS]:
        asked = computing.outputs(other)
        for number, weight in enumerate(found.weights):
            square = len(weight.shape) == 2 and weight.shape[0] == weight.shape[1]
            if square and number < _reach(transposed, number):
                outputs = transposed.outputs[number]
                if outputs is not None and same(outputs, asked):
                    _tell_weight("transposed", weight)


def _reach(changes: Any, number: int) -> int:
    """How many weights were changed; that the learner's code raised, where it did."""
    reached = len(changes.outputs)
    if number >= reached and changes.raised is not None:
        raise _why_it_ended(changes, "outputs")
    return reached


def _check_training(
    one: _Reference, found: Computation, computing: _Computing, order: Order, tensors: list
) -> None:
    expected = computing.behaviour(order)
    training, again = _step(found, "training"), _step(found, "training_again")
    ignored = same(training, found.inference)
    if same(expected.training, expected.inference):
        if not ignored:
            _tell("training differs")
    elif ignored:
        _tell("training ignored")
    random = not same(again, training)
    if random != expected.random:
        words = {True: _("different values"), False: _("the same values")}
        _tell("random", found=words[random], expected=words[expected.random])
    _check_shapes([each.shape for each in training], expected.training, tensors)
    if expected.random:
        moved, asked = _step(found, "spread"), spread(computing.layer, one.trial, one.seed)
        if not 1 / 1.3 < (moved + 1e-9) / (asked + 1e-9) < 1.3:
            _tell("spread", found=f"{moved:.2g}", expected=f"{asked:.2g}")
    elif not same(training, expected.training):
        _tell("training values", **first_difference(training, expected.training))
    _check_state(found, computing.values, [expected.state[n] for n in order])


def _check_state(found: Computation, values: Arrays, expected: Arrays) -> None:
    state = _step(found, "state")
    if len(state) != len(values):
        raise BadTranscript(f"There are {len(state)} weights after training, of {len(values)}.")
    for weight, now, value, other in zip(found.weights, state, values, expected, strict=True):
        now = value if now is None else now
        if now.shape != value.shape:
            raise BadTranscript(f"A weight of shape {value.shape} has values of {now.shape}.")
        if weight.floating and not near(now, other).all():
            place = first_place(~near(now, other))
            _tell_weight("state", weight, digits(now[place]), digits(other[place]))


# Shapes -------------------------------------------------------------------------------------------


def _check_symbolic_call(one: _Reference, found: Symbolic) -> None:
    wanted = one.made()
    expected = keras.tree.flatten(called(wanted, one.trial, inputs(one.trial)))
    shapes, declared = _step(found, "shapes"), _step(found, "declared")
    for shape, other in zip(shapes, expected, strict=False):
        if shape is None or shape != tuple(other.shape):
            sentence = "declared shape" if declared else "symbolic shape"
            _tell(sentence, "", shape, tuple(other.shape), data=inputs_text(one.trial))
    if len(shapes) != len(expected):
        counts = _tensors(len(shapes)), _tensors(len(expected))
        _tell("outputs", "", *counts)


# Copies: `get_config` and saving ------------------------------------------------------------------


def _check_copy(one: _Reference, found: Copy) -> None:
    if not _reference_copies(one):
        return
    if not _step(found, "takes_name"):
        _tell("no name")
    name = _step(found, "name")
    if name != NAME:
        _tell("name ignored", found=quoted(name), expected=repr(NAME))
    config = _step(found, "config")
    if config:
        _tell("no config", found=f"`{config}`")
    kept, by_keras = _step(found, "kept"), _step(found, "by_keras")
    for setting, value in one.trial.settings.items():
        if setting not in kept and by_keras:
            _tell("lost", setting, setting, repr(value))
        if setting in kept and _contradicts(kept[setting], value):
            _tell("wrong setting", setting, repr(kept[setting]), repr(value))
    if found.failed is not None:
        _tell("no copy", error=_error_text(found.failed))
    copied_name = _step(found, "copied_name")
    if copied_name != NAME:
        _tell("name lost", found=quoted(copied_name), expected=quoted(NAME))
    shapes, copied_shapes = _step(found, "shapes"), _step(found, "copied_shapes")
    if copied_shapes != shapes:
        texts = _weights_text(copied_shapes), _weights_text(shapes)
        _tell("copy weights", "", *texts)
    outputs = _step(found, "copied_outputs"), _step(found, "outputs")
    if not _unsteady(found) and not same(*outputs):
        _tell("copy values")


def _contradicts(kept: Any, given: Any) -> bool:
    """Whether `get_config` keeps another value; what is written in another way is left to tell."""
    simple = (bool, int, float, str)
    return type(kept) is type(given) and isinstance(kept, simple) and kept != given


def _reference_copies(one: _Reference) -> bool:
    try:
        layer = one.made(name=NAME)
        return one.cls.from_config(layer.get_config()).name == NAME
    except Exception:
        return False  # the task does not ask for it


def _error_text(raised: Raised) -> str:
    lines = [line.strip() for line in raised.text.split("\n") if line.strip()]
    return f"`{raised.error}`: {lines[0].rstrip('.')}" if lines else raised.error


def _check_saving(one: _Reference, found: Saving) -> None:
    if not _reference_copies(one):
        return
    try:
        saved_and_loaded(one.cls, one.trial, one.seed)
    except Exception:
        return  # the task does not ask for it
    if found.failed is not None:
        _tell("not saved", error=_error_text(found.failed))
    if found.found is False:
        return  # a call that hands the data to other layers: said by `_check_sharing`
    name = _step(found, "name")
    if name != NAME:
        _tell("saved name", found=quoted(name), expected=quoted(NAME))
    after, before = _step(found, "after"), _step(found, "before")
    if not _unsteady(found) and not same(after, before):
        _tell("saved values")


# Sharing ------------------------------------------------------------------------------------------


def _check_sharing(one: _Reference, found: Sharing) -> None:
    shapes = _step(found, "shapes")
    single = one.made()
    called_plainly(single, one.trial, inputs(one.trial))
    if len(shapes) != len(single.weights):
        asked = [tuple(weight.shape) for weight in single.weights]
        _tell("shared", found=_weights_text(shapes), expected=_weights_text(asked))
    apart, together = _step(found, "apart"), _step(found, "together")
    if not _unsteady(found) and not same(together, [*apart, *apart]):
        _tell("functional values")
