"""What an answer is, as plain data: gathered where the learner's code runs, judged anywhere.

`gather` is all that has to run beside the learner's objects. It knows nothing of the reference, and
what it gives can be written as JSON, so a class is judged in a process that never ran a learner's
line, in the same way as one answer in a notebook.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exercises_check.answer import not_attempted
from exercises_check.compiled import Readings
from exercises_check.exercise import Exercise
from exercises_check.graph import Graph
from exercises_check.language import _
from exercises_check.leftovers import leftover
from exercises_check.silent.trap import Trap

if TYPE_CHECKING:
    import keras

LONGEST_TEXT = 300  # of what an answer looks like


@dataclass(frozen=True)
class Asked:
    """What has to be known of an exercise to gather an answer to it. The reference is not.

    Attributes:
        name: the exercise.
        kind: `"model"`, `"block"`, `"layer"` or `"value"`.
        calls: for a block or a layer, `(shapes, settings)` to call it with.
        names: for a block, what the inputs of a call are named.
        each: for a layer, whether each tensor of a call is an argument of its own.
        learned: for a model, whether what it has learned is measured.
    """

    name: str
    kind: str
    calls: tuple[Any, ...] = ()
    names: tuple[tuple[str, ...], ...] = ()
    each: tuple[bool, ...] = ()
    learned: bool = False


def asked(exercise: Exercise) -> Asked:
    """What has to be known to gather an answer to `exercise`."""
    if exercise.kind == "block":
        parameters = list(inspect.signature(exercise.reference).parameters)
        names = tuple(tuple(parameters[: len(shapes)]) for shapes, _ in exercise.calls)
        return Asked(exercise.name, exercise.kind, exercise.calls, names)
    if exercise.kind == "layer":
        from exercises_check.contract import trials_of

        trials = trials_of(exercise.reference, exercise.calls)
        calls = tuple((trial.shapes, trial.settings) for trial in trials)
        return Asked(
            exercise.name, exercise.kind, calls, each=tuple(trial.each for trial in trials)
        )
    learned = exercise.learned is not None
    return Asked(exercise.name, exercise.kind, exercise.calls, learned=learned)


@dataclass(frozen=True)
class NotAttempted:
    """The answer is still the stub of the chapter; `nothing` if it is `None`."""

    nothing: bool


@dataclass(frozen=True)
class LeftOver:
    """The answer is that of an earlier cell: the cell that makes `name` raised `error`."""

    name: str
    error: str


@dataclass(frozen=True)
class Raised:
    """The learner's code raised: the exception's class, its text, and when, in words."""

    error: str
    text: str
    during: str = ""


@dataclass(frozen=True)
class NoGraph:
    """The answer is not a model with a graph; `text` says what it is."""

    text: str


@dataclass(frozen=True)
class ModelAnswer:
    """A model.

    Attributes:
        graph: its graph.
        class_name: its class.
        functional: whether it was made of inputs and outputs.
        compiled: what it was compiled with, `None` if it was not.
        steps: the steps that its optimizer has taken.
        notes: what Keras accepts in silence in it.
        tried: what it gave when it was tried, where that was asked for.
    """

    graph: Graph
    class_name: str
    functional: bool
    compiled: Readings | None = None
    steps: int = 0
    notes: tuple[Trap, ...] = ()
    tried: Any = None


@dataclass(frozen=True)
class NoTensor:
    """A block's call returned something else than tensors."""


@dataclass(frozen=True)
class BlockAnswer:
    """For each call that was asked for, the graph of what a block makes of its inputs.

    `tried` holds, for each, what it gave when it was tried, where that was asked for; `notes` what
    Keras accepts in silence in any of them.
    """

    calls: tuple[Graph | NoTensor | Raised, ...]
    tried: tuple[Any, ...] = ()
    notes: tuple[Trap, ...] = ()


@dataclass(frozen=True)
class NoFunction:
    """Something of class `found` where a function is asked for."""

    found: str


@dataclass(frozen=True)
class LayerAnswer:
    """What a class of layers did when it was tried on what is drawn from `seed`.

    `transcript` is a `contract.Probing`, which tries it as far as it is asked; or where the class
    is not at hand, what `contract.to_json` made of all of it.
    """

    transcript: Any
    seed: int = 0


@dataclass(frozen=True)
class Pairs:
    """A dict, whose keys may be anything."""

    items: tuple[tuple[Any, Any], ...]


@dataclass(frozen=True)
class Members:
    """A set."""

    items: tuple[Any, ...]


@dataclass(frozen=True)
class Thing:
    """An object that is no plain value: what it looks like, and whether it has layers."""

    text: str
    is_model: bool

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True)
class ValueAnswer:
    """A plain value: numbers, strings, tuples, `Pairs`, `Members`, `Thing`s."""

    value: Any


Evidence = (
    NotAttempted | LeftOver | Raised | NoGraph | ModelAnswer | BlockAnswer | NoFunction
    | LayerAnswer | ValueAnswer
)  # fmt: skip


# Tries a live model, whose graph is known, and gives plain data.
Trying = Callable[["keras.Model", Graph, Asked], Any]


def gather(asked: Asked, answer: Any, seed: int = 0, trying: Trying | None = None) -> Evidence:
    """What has to be known of an answer to judge it.

    Args:
        asked: what the exercise needs.
        answer: what the learner hands over. It is left as it is.
        seed: of the random data that a class of layers is tried on.
        trying: tries each model, that the evidence may hold what it does beside what it says.
    """
    if left := leftover(answer):
        return LeftOver(*left)
    if not_attempted(answer):
        return NotAttempted(answer is None)
    if asked.kind == "model":
        return _gather_model(asked, answer, trying)
    if asked.kind == "block":
        return _gather_block(asked, answer, trying)
    if asked.kind == "layer":
        return _gather_layer(asked, answer, seed)
    return ValueAnswer(_plain(answer))


def _gather_model(asked: Asked, answer: Any, trying: Trying | None) -> Evidence:
    import keras

    from exercises_check.compiled import readings
    from exercises_check.learned import steps_taken
    from exercises_check.read import read, untouched, why_not_readable
    from exercises_check.silent import find_traps

    why = why_not_readable(answer)
    if why is not None:
        return NoGraph(str(why))
    graph = read(answer)
    with untouched(values=True):
        compiled = readings(answer) if answer.compiled else None
    return ModelAnswer(
        graph,
        type(answer).__name__,
        isinstance(answer, keras.Function),
        compiled,
        steps_taken(answer),
        find_traps(answer, graph),
        trying(answer, graph, asked) if trying else None,
    )


def _gather_block(asked: Asked, answer: Any, trying: Trying | None) -> Evidence:
    from exercises_check.read import read, untouched
    from exercises_check.silent import find_traps

    if not callable(answer):
        return NoFunction(type(answer).__name__)
    calls: list[Graph | NoTensor | Raised] = []
    tried: list[Any] = []
    notes: dict[tuple[str, str], Trap] = {}
    for (shapes, settings), names in zip(asked.calls, asked.names, strict=True):
        try:
            with untouched(values=trying is not None):
                model = block_model(answer, shapes, settings, names)
        except Exception as error:
            given = ", ".join([*names, *(f"{name}={value!r}" for name, value in settings.items())])
            during = _("calling `{call}`").format(call=f"{asked.name}({given})")
            calls.append(Raised(type(error).__name__, str(error), during))
            continue
        if model is None:
            calls.append(NoTensor())
            continue
        calls.append(read(model))
        tried.append(trying(model, calls[-1], asked) if trying else None)
        for trap in find_traps(model, calls[-1]):
            notes.setdefault((trap.kind, trap.message), trap)
    return BlockAnswer(tuple(calls), tuple(tried), tuple(notes.values()))


def block_model(
    function: Any, shapes: Sequence[tuple], settings: Mapping[str, Any], names: Sequence[str]
) -> keras.Model | None:
    """What a block makes of inputs with these shapes and names; `None` where it is no tensor."""
    import keras

    inputs = [keras.Input(s, name=name) for s, name in zip(shapes, names, strict=True)]
    outputs = function(*inputs, **settings)
    tensors = keras.tree.flatten(outputs)
    if not tensors or not all(isinstance(t, keras.KerasTensor) for t in tensors):
        return None
    return keras.Model(inputs, outputs)


def _gather_layer(asked: Asked, answer: Any, seed: int) -> Evidence:
    from exercises_check.contract import Probing, Trial

    calls = zip(asked.calls, asked.each, strict=True)
    trials = [Trial(shapes, settings, each) for (shapes, settings), each in calls]
    return LayerAnswer(Probing(answer, trials, seed), seed)


def _plain(answer: Any) -> Any:
    """A value as Python's own: NumPy numbers as numbers, lists as tuples."""
    if isinstance(answer, (list, tuple)):
        return tuple(_plain(item) for item in answer)
    if isinstance(answer, (set, frozenset)):
        return Members(tuple(_plain(item) for item in answer))
    if isinstance(answer, Mapping):
        return Pairs(tuple((_plain(key), _plain(item)) for key, item in answer.items()))
    if isinstance(answer, str):
        return str(answer).strip()
    if answer is None or isinstance(answer, (bool, int, float)):
        return answer
    if hasattr(answer, "tolist"):  # a NumPy number or array
        return _plain(answer.tolist())
    text = repr(answer)
    return Thing(text[:LONGEST_TEXT], hasattr(answer, "layers"))


def value_of(answer: ValueAnswer) -> Any:
    """The value with Python's own dicts and sets.

    Raises:
        TypeError: a key or a member is one that Python's dicts and sets do not take.
    """

    def value(plain: Any) -> Any:
        if isinstance(plain, tuple):
            return tuple(map(value, plain))
        if isinstance(plain, Members):
            return frozenset(map(value, plain.items))
        if isinstance(plain, Pairs):
            return {value(key): value(item) for key, item in plain.items}
        return plain

    return value(answer.value)
