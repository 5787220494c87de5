"""`check`: an answer against its exercise's reference, as a `Report`.

Nothing raises, nothing prints, and nothing of the learner's is changed. What goes wrong in here is
reported as the checker's fault.
"""

from __future__ import annotations

import functools
import inspect
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from exercises_check import report
from exercises_check.answer import AnswerError, not_attempted
from exercises_check.comparison import Comparison, Difference, compare_graphs
from exercises_check.exercise import Exercise, registry, similar_names
from exercises_check.graph import Graph
from exercises_check.leftovers import leftover
from exercises_check.report import Report

if TYPE_CHECKING:
    import keras

    from exercises_check.compiled import Compiled
    from exercises_check.silent import Trap


def check(name: str, answer: Any, reveal: bool = False) -> Report:
    """Check an answer.

    Args:
        name: the exercise, as `"residual_block"`.
        answer: what the exercise asks for: a model, a function or a value.
        reveal: show the solution too, if the exercise is passed or three different attempts failed.

    Returns:
        A `Report`: true when the exercise is passed. `report.status` is `"passed"`, `"failed"`,
        `"not_attempted"`, `"error"` (in the answer's own code) or `"checker_error"`.
    """
    return report.with_solution(_judged(name, answer), reveal)


def _judged(name: str, answer: Any) -> Report:
    try:
        exercise = registry().get(name) if isinstance(name, str) else None
        if exercise is None:
            near = similar_names(name)
            return Report(str(name), "error", report.unknown_exercise(name, near))
        if left := leftover(answer):
            return Report(exercise.name, "error", report.left_over(*left), exercise=exercise)
        if not_attempted(answer):
            text = report.NOTHING if answer is None else report.NOT_ATTEMPTED
            return Report(exercise.name, "not_attempted", text, exercise=exercise)
        return _CHECKS[exercise.kind](exercise, answer)
    except AnswerError as error:
        text = report.answer_raised(error.cause, error.during)
        return Report(str(name), "error", text, exercise=exercise)
    except Exception as error:
        return Report(str(name), "checker_error", report.checker_failed(name, error, _trace(error)))


def _trace(error: BaseException) -> str:
    return "".join(traceback.format_exception(error, limit=-4)).strip()


# Models -------------------------------------------------------------------------------------------


def _check_model(exercise: Exercise, answer: Any) -> Report:
    import keras

    from exercises_check.read import read, why_not_readable

    why = why_not_readable(answer)
    if why is not None:
        return _refused(exercise, str(why))
    if exercise.type is not None and type(answer).__name__ != exercise.type:
        made = "functional" if isinstance(answer, keras.Function) else type(answer).__name__
        text = report.other_type(exercise.type, made)
        return _refused(exercise, text)
    mine = read(answer)
    comparisons = []
    for graph, compiled, _ in map(_reference, (exercise.reference, *exercise.others)):
        comparison = compare_graphs(mine, graph, exercise.demands)
        if comparison.same and compiled is not None:
            found = _compile_differences(exercise, answer, comparison, compiled)
            comparison = replace(comparison, differences=found)
        comparisons.append(comparison)
    nearest = min(comparisons, key=_distance)
    if nearest.same and exercise.learned is not None:
        differences = tuple(_learned_differences(exercise, answer, nearest))
        nearest = replace(nearest, differences=differences)
    return replace(_report(exercise, nearest), notes=_notes(exercise, answer, mine))


def _notes(exercise: Exercise, model: keras.Model, graph: Graph) -> tuple[Trap, ...]:
    """What Keras accepts in silence in the answer, unless the task itself asks for it."""
    from exercises_check.silent import find_traps

    asked = _reference(exercise.reference)[2]
    return tuple(trap for trap in find_traps(model, graph) if trap.kind not in asked)


def _distance(comparison: Comparison) -> int:
    return len(comparison.differences)


def _report(exercise: Exercise, comparison: Comparison) -> Report:
    status = "passed" if comparison.same else "failed"
    return Report(exercise.name, status, "", comparison.differences, comparison, exercise)


def _refused(exercise: Exercise, text: str) -> Report:
    difference = Difference("contract", text)
    return Report(exercise.name, "failed", text, (difference,), None, exercise)


@functools.lru_cache(maxsize=256)
def _reference(function: Callable) -> tuple[Graph, Compiled | None, frozenset[str]]:
    """The graph of a reference, what it is compiled with, and the kinds of its own traps."""
    from exercises_check.compiled import read_compiled
    from exercises_check.read import read, untouched
    from exercises_check.silent import find_traps

    # Nothing can be compiled without values, and with them a big model takes long to build.
    for values in (False, True):
        try:
            with untouched(values):
                model = function()
                traps = frozenset(trap.kind for trap in find_traps(model))
                return read(model), read_compiled(model), traps
        except ValueError as error:
            if values or "stateless scope" not in str(error):
                raise
    raise AssertionError


def _compile_differences(
    exercise: Exercise, model: keras.Model, comparison: Comparison, wanted: Compiled
) -> tuple[Difference, ...]:
    from exercises_check.compiled import compile_differences
    from exercises_check.read import untouched

    with untouched(values=True):
        return compile_differences(model, wanted, comparison, exercise.demands, exercise.optimizer)


def _learned_differences(
    exercise: Exercise, model: keras.Model, comparison: Comparison
) -> Iterator[Difference]:
    from exercises_check.learned import measure, placed

    steps = exercise.learned.too_few_steps(model)
    if steps is not None:
        yield Difference("value", **steps)
    learned = placed(exercise.learned, comparison, exercise.demands)
    found = measure(model, learned)
    if not exercise.learned.reached(found):
        yield Difference("value", **exercise.learned.sentence(found))


# Blocks -------------------------------------------------------------------------------------------


def _check_block(exercise: Exercise, answer: Any) -> Report:
    if not callable(answer):
        return _refused(exercise, report.not_a_function(type(answer).__name__))
    asked = list(inspect.signature(exercise.reference).parameters)
    references = [exercise.reference, *exercise.others]
    for shapes, settings in exercise.calls:
        names = asked[: len(shapes)]
        try:
            mine = _block_graph(answer, shapes, settings, names)
        except Exception as error:
            raise AnswerError(error) from error
        if mine is None:
            return _refused(exercise, report.block_returned_no_tensor(exercise.name, asked))
        wanted = [_block_graph(reference, shapes, settings, names) for reference in references]
        comparisons = [compare_graphs(mine, graph, exercise.demands) for graph in wanted]
        nearest = min(comparisons, key=_distance)
        if not nearest.same:
            return _report(exercise, nearest)
        # What one call fits, all have to: a function is right in one way, not a little in each.
        references = [r for r, c in zip(references, comparisons, strict=True) if c.same]
    return _report(exercise, nearest)


def _block_graph(
    function: Callable, shapes: Sequence[tuple], settings: Mapping[str, Any], names: Sequence[str]
) -> Graph | None:
    """What a block makes of inputs that are called like its parameters."""
    import keras

    from exercises_check.read import read, untouched

    with untouched():
        inputs = [keras.Input(s, name=name) for s, name in zip(shapes, names, strict=True)]
        outputs = function(*inputs, **settings)
        tensors = keras.tree.flatten(outputs)
        if not tensors or not all(isinstance(t, keras.KerasTensor) for t in tensors):
            return None
        return read(keras.Model(inputs, outputs))


# Layers -------------------------------------------------------------------------------------------


def _check_layer(exercise: Exercise, answer: Any) -> Report:
    from exercises_check.contract import contract_difference

    difference = contract_difference(exercise.reference, answer, exercise.calls)
    if difference is None:
        return Report(exercise.name, "passed", "", exercise=exercise)
    return Report(exercise.name, "failed", difference.message, (difference,), None, exercise)


# Values -------------------------------------------------------------------------------------------


def _check_value(exercise: Exercise, answer: Any) -> Report:
    wanted, found = exercise.reference, _plain(answer)
    if _equal(found, wanted):
        return Report(exercise.name, "passed", "", exercise=exercise)
    text = report.value_differs(exercise, found)
    difference = Difference("value", text, exercise.name, "", repr(found))
    return Report(exercise.name, "failed", text, (difference,), None, exercise)


def _plain(answer: Any) -> Any:
    """A value as Python's own: NumPy numbers as numbers, lists as tuples."""
    if isinstance(answer, (list, tuple)):
        return tuple(_plain(item) for item in answer)
    if isinstance(answer, (set, frozenset)):
        return frozenset(_plain(item) for item in answer)
    if isinstance(answer, dict):
        return {_plain(key): _plain(item) for key, item in answer.items()}
    if isinstance(answer, str):
        return answer.strip()
    if hasattr(answer, "tolist"):  # a NumPy number or array
        return _plain(answer.tolist())
    return answer


def _equal(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, bool) or isinstance(found, bool):
        return found is wanted
    if isinstance(wanted, (list, tuple)):
        same = isinstance(found, tuple) and len(found) == len(wanted)
        return same and all(_equal(f, w) for f, w in zip(found, wanted, strict=True))
    if isinstance(wanted, dict):
        same = isinstance(found, dict) and found.keys() == wanted.keys()
        return same and all(_equal(found[key], wanted[key]) for key in wanted)
    if isinstance(wanted, str):
        return isinstance(found, str) and found.casefold() == wanted.casefold()
    return type(found) in (int, float, type(wanted)) and found == wanted


_CHECKS = {
    "model": _check_model,
    "block": _check_block,
    "layer": _check_layer,
    "value": _check_value,
}
