"""`check`: an answer against its exercise's reference, as a `Report`.

Nothing raises, nothing prints, and nothing of the learner's is changed. What goes wrong in here is
reported as the checker's fault.
"""

from __future__ import annotations

import functools
import inspect
import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from exercises_check import report
from exercises_check.comparison import Comparison, Difference, compare_graphs
from exercises_check.exercise import Exercise, registry, similar_names
from exercises_check.graph import Graph
from exercises_check.report import Report


class AnswerError(Exception):
    """The learner's own code raised; `cause` is what it raised."""

    def __init__(self, cause: BaseException):
        super().__init__(str(cause))
        self.cause = cause


def check(name: str, answer: Any) -> Report:
    """Check an answer.

    Args:
        name: the exercise, as `"residual_block"`.
        answer: what the exercise asks for: a model, a function or a value.

    Returns:
        A `Report`: true when the exercise is passed. `report.status` is `"passed"`, `"failed"`,
        `"not_attempted"`, `"error"` (in the answer's own code) or `"checker_error"`.
    """
    try:
        exercise = registry().get(name) if isinstance(name, str) else None
        if exercise is None:
            near = similar_names(name)
            return Report(str(name), "error", report.unknown_exercise(name, near))
        if not_attempted(answer):
            return Report(exercise.name, "not_attempted", report.NOT_ATTEMPTED, exercise=exercise)
        return {"model": _check_model, "block": _check_block, "value": _check_value}[exercise.kind](
            exercise, answer
        )
    except AnswerError as error:
        return Report(str(name), "error", report.answer_raised(error.cause), exercise=exercise)
    except Exception as error:
        return Report(str(name), "checker_error", report.checker_failed(name, error, _trace(error)))


def _trace(error: BaseException) -> str:
    return "".join(traceback.format_exception(error, limit=-4)).strip()


def not_attempted(answer: Any) -> bool:
    """Whether an answer is still the stub of the chapter: `...`, `None`, or a body of `...`."""
    if answer is None or answer is Ellipsis:
        return True
    code = getattr(answer, "__code__", None)
    if not inspect.isfunction(answer) or code is None:
        return False
    # A body of `...`, `pass` or a docstring alone compiles to the code that this one does.
    return code.co_code == _stub.__code__.co_code and not code.co_names


def _stub(): ...


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
    comparisons = [compare_graphs(mine, graph, exercise.demands) for graph in _references(exercise)]
    return _report(exercise, min(comparisons, key=_distance))


def _distance(comparison: Comparison) -> int:
    return len(comparison.differences)


def _report(exercise: Exercise, comparison: Comparison) -> Report:
    status = "passed" if comparison.same else "failed"
    return Report(exercise.name, status, "", comparison.differences, comparison, exercise)


def _refused(exercise: Exercise, text: str) -> Report:
    difference = Difference("contract", text)
    return Report(exercise.name, "failed", text, (difference,), None, exercise)


@functools.lru_cache(maxsize=256)
def _reference_graph(function: Callable) -> Graph:
    from exercises_check.read import read, untouched

    with untouched():
        return read(function())


def _references(exercise: Exercise) -> list[Graph]:
    return [_reference_graph(function) for function in (exercise.reference, *exercise.others)]


# Blocks -------------------------------------------------------------------------------------------


def _check_block(exercise: Exercise, answer: Any) -> Report:
    if not callable(answer):
        return _refused(exercise, report.not_a_function(type(answer).__name__))
    asked = list(inspect.signature(exercise.reference).parameters)
    for shapes, settings in exercise.calls:
        wanted = _block_graph(exercise.reference, shapes, settings)
        try:
            mine = _block_graph(answer, shapes, settings)
        except Exception as error:
            raise AnswerError(error) from error
        if mine is None:
            if exercise.calls[0] == (shapes, settings) and _returns_nothing(answer):
                return Report(
                    exercise.name, "not_attempted", report.NOT_ATTEMPTED, exercise=exercise
                )
            return _refused(exercise, report.block_returned_no_tensor(exercise.name, asked))
        comparison = compare_graphs(mine, wanted, exercise.demands)
        if not comparison.same:
            return _report(exercise, comparison)
    return _report(exercise, comparison)


def _returns_nothing(function: Callable) -> bool:
    return "return" not in inspect.getsource(function) if inspect.isfunction(function) else False


def _block_graph(
    function: Callable, shapes: Sequence[tuple], settings: Mapping[str, Any]
) -> Graph | None:
    import keras

    from exercises_check.read import read, untouched

    with untouched():
        inputs = [keras.Input(shape) for shape in shapes]
        outputs = function(*inputs, **settings)
        tensors = keras.tree.flatten(outputs)
        if not tensors or not all(isinstance(t, keras.KerasTensor) for t in tensors):
            return None
        return read(keras.Model(inputs, outputs))


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
    if isinstance(answer, str):
        return answer.strip()
    return answer.item() if hasattr(answer, "item") and not getattr(answer, "shape", ()) else answer


def _equal(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, bool) or isinstance(found, bool):
        return found is wanted
    if isinstance(wanted, (list, tuple)):
        same = isinstance(found, tuple) and len(found) == len(wanted)
        return same and all(_equal(f, w) for f, w in zip(found, wanted, strict=True))
    if isinstance(wanted, str):
        return isinstance(found, str) and found.casefold() == wanted.casefold()
    return type(found) in (int, float, type(wanted)) and found == wanted
