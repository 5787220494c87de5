"""Evidence of an answer against the exercise's reference, as a `Report`.

Nothing in here touches an object of the learner's, but for one: what a trained model has learned is
measured on the model that `live` gives.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from exercises_check import report
from exercises_check.answer import AnswerError
from exercises_check.comparison import Comparison, Difference, compare_graphs
from exercises_check.evidence import (
    BlockAnswer,
    Evidence,
    LayerAnswer,
    LeftOver,
    ModelAnswer,
    NoFunction,
    NoGraph,
    NotAttempted,
    NoTensor,
    Raised,
    ValueAnswer,
    block_model,
    value_of,
)
from exercises_check.exercise import Exercise
from exercises_check.garbage import collection_paused
from exercises_check.graph import Graph
from exercises_check.language import _
from exercises_check.report import Report

if TYPE_CHECKING:
    import keras

    from exercises_check.compiled import Compiled


def judge(exercise: Exercise, evidence: Evidence, live: Callable[[], keras.Model]) -> Report:
    """What is to be said of an answer.

    Args:
        exercise: the one it answers.
        evidence: what was gathered of the answer.
        live: gives the answer as a model, or one that computes the same, to measure what it has
            learned; called where an exercise asks for that and the graph is right.

    Returns:
        A `Report` without the solution.
    """
    match evidence:
        case NotAttempted():
            text = _(report.NOTHING if evidence.nothing else report.NOT_ATTEMPTED)
            return Report(exercise.name, "not_attempted", text, exercise=exercise)
        case LeftOver():
            text = report.left_over(evidence.name, evidence.error)
            return Report(exercise.name, "error", text, exercise=exercise)
        case Raised():
            return _raised(exercise, evidence)
        case NoGraph():
            return _refused(exercise, evidence.text)
        case NoFunction():
            return _refused(exercise, report.not_a_function(evidence.found))
        case ModelAnswer():
            return _judge_model(exercise, evidence, live)
        case BlockAnswer():
            return _judge_block(exercise, evidence)
        case LayerAnswer():
            return _judge_layer(exercise, evidence)
        case ValueAnswer():
            return _judge_value(exercise, evidence)
    raise TypeError(f"{type(evidence).__name__} is no evidence")


def _raised(exercise: Exercise, raised: Raised) -> Report:
    text = report.answer_raised(raised.error, raised.text, raised.during)
    return Report(exercise.name, "error", text, exercise=exercise)


def _refused(exercise: Exercise, text: str) -> Report:
    difference = Difference("contract", text)
    return Report(exercise.name, "failed", text, (difference,), None, exercise)


def _told(exercise: Exercise, comparison: Comparison) -> Report:
    status = "passed" if comparison.same else "failed"
    return Report(exercise.name, status, "", comparison.differences, comparison, exercise)


def _distance(comparison: Comparison) -> int:
    return len(comparison.differences)


# Models -------------------------------------------------------------------------------------------


def _judge_model(
    exercise: Exercise, answer: ModelAnswer, live: Callable[[], keras.Model]
) -> Report:
    if exercise.type is not None and answer.class_name != exercise.type:
        made = _("functional") if answer.functional else answer.class_name
        return _refused(exercise, report.other_type(exercise.type, made))
    comparisons = []
    for graph, compiled, *_traps in map(reference, (exercise.reference, *exercise.others)):
        comparison = compare_graphs(answer.graph, graph, exercise.demands)
        if comparison.same and compiled is not None:
            found = _compile_differences(exercise, answer, comparison, compiled)
            comparison = replace(comparison, differences=found)
        comparisons.append(comparison)
    nearest = min(comparisons, key=_distance)
    if nearest.same and exercise.learned is not None:
        differences = tuple(_learned_differences(exercise, answer, nearest, live))
        nearest = replace(nearest, differences=differences)
    own = reference(exercise.reference)[2]  # what the task itself asks for
    notes = tuple(trap for trap in answer.notes if trap.kind not in own)
    return replace(_told(exercise, nearest), notes=notes)


@functools.lru_cache(maxsize=256)
def reference(function: Callable) -> tuple[Graph, Compiled | None, frozenset[str]]:
    """The graph of a reference, what it is compiled with, and the kinds of its own traps."""
    from exercises_check.compiled import read_compiled
    from exercises_check.read import read, untouched
    from exercises_check.silent import find_traps

    # Nothing can be compiled without values, and with them a big model takes long to build.
    for values in (False, True):
        try:
            # A model that was made on the way counts for the traps, as long as it is there.
            with untouched(values), collection_paused():
                model = function()
                traps = frozenset(trap.kind for trap in find_traps(model))
                return read(model), read_compiled(model), traps
        except ValueError as error:
            if values or "stateless scope" not in str(error):
                raise
    raise AssertionError


def _compile_differences(
    exercise: Exercise, answer: ModelAnswer, comparison: Comparison, wanted: Compiled
) -> tuple[Difference, ...]:
    from exercises_check.compiled import compile_differences

    return compile_differences(
        answer.compiled, wanted, comparison, exercise.demands, exercise.optimizer
    )


def _learned_differences(
    exercise: Exercise, answer: ModelAnswer, comparison: Comparison, live: Callable
) -> Iterator[Difference]:
    from exercises_check.compiled import Compiled
    from exercises_check.learned import NOT_COMPILED, UNTRAINED, measure, placed, trained_as_logits

    steps = exercise.learned.too_few_steps(answer.steps)
    if steps is not None:
        yield Difference("value", **steps)
    learned = placed(exercise.learned, comparison, exercise.demands)
    compiled = answer.compiled.one_hot if answer.compiled is not None else None
    compiled = compiled if isinstance(compiled, Compiled) else None
    found = measure(live(), learned, trained_as_logits(compiled, learned.output))
    if not exercise.learned.reached(found):
        # Only a threshold that is missed: what passes may have been trained in another way.
        untrained = UNTRAINED if answer.compiled is not None else NOT_COMPILED
        remark = untrained if answer.steps == 0 and steps is None else ""
        yield Difference("value", **exercise.learned.sentence(found, remark))


# Blocks -------------------------------------------------------------------------------------------


def _judge_block(exercise: Exercise, answer: BlockAnswer) -> Report:
    from exercises_check.read import read, untouched
    from exercises_check.silent import find_traps

    parameters = list(inspect.signature(exercise.reference).parameters)
    references = [exercise.reference, *exercise.others]
    own: set[str] = set()  # the kinds of traps of the task itself
    for (shapes, settings), mine in zip(exercise.calls, answer.calls, strict=True):
        if isinstance(mine, Raised):
            return _raised(exercise, mine)
        if isinstance(mine, NoTensor):
            return _refused(exercise, report.block_returned_no_tensor(exercise.name, parameters))
        names = parameters[: len(shapes)]
        with untouched():
            models = [block_model(each, shapes, settings, names) for each in references]
            wanted = list(map(read, models))
            own.update(trap.kind for trap in find_traps(models[0], wanted[0]))
        comparisons = [compare_graphs(mine, graph, exercise.demands) for graph in wanted]
        nearest = min(comparisons, key=_distance)
        if not nearest.same:
            return _told(exercise, nearest)
        # What one call fits, all have to: a function is right in one way, not a little in each.
        references = [r for r, c in zip(references, comparisons, strict=True) if c.same]
    notes = tuple(trap for trap in answer.notes if trap.kind not in own)
    return replace(_told(exercise, nearest), notes=notes)


# Layers -------------------------------------------------------------------------------------------


def _judge_layer(exercise: Exercise, answer: LayerAnswer) -> Report:
    from exercises_check.contract import from_json, transcript_difference, trials_of

    found = answer.transcript
    found = from_json(found) if isinstance(found, str) else found
    trials = trials_of(exercise.reference, exercise.calls)
    try:
        difference = transcript_difference(exercise.reference, found, trials, answer.seed)
    except AnswerError as error:
        cause = error.cause
        return _raised(exercise, Raised(type(cause).__name__, str(cause), error.during))
    if difference is None:
        return Report(exercise.name, "passed", "", exercise=exercise)
    return Report(exercise.name, "failed", difference.message, (difference,), None, exercise)


# Values -------------------------------------------------------------------------------------------


def _judge_value(exercise: Exercise, answer: ValueAnswer) -> Report:
    wanted, found = exercise.reference, value_of(answer)
    if _equal(found, wanted):
        return Report(exercise.name, "passed", "", exercise=exercise)
    text = report.value_differs(exercise, found)
    difference = Difference("value", text, exercise.name, "", repr(found))
    return Report(exercise.name, "failed", text, (difference,), None, exercise)


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
