"""From what a submission did to the results of its exercises.

All that comes from a submission is data, and may be a lie: it is decoded strictly, compared with
the reference's own graph, and what computes is compared with what a model of Keras' own classes
computes of the same random weights and data.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from exercises_check import evidence, graph, plain, report
from exercises_check.classroom import challenge
from exercises_check.classroom.plain_text import printable
from exercises_check.classroom.result import Found, Result
from exercises_check.classroom.slot import Asking, CellError, Failed, Outcome
from exercises_check.comparison import Difference, compare_graphs
from exercises_check.compiled import CannotFit, Compiled, Output, Part, Readings
from exercises_check.contract import BadTranscript
from exercises_check.exercise import Exercise, registry
from exercises_check.judging import judge, reference
from exercises_check.language import N_, _
from exercises_check.read import read
from exercises_check.report import Report
from exercises_check.silent.trap import Trap

KINDS = {
    kind.__name__: kind
    for kind in (
        evidence.NotAttempted, evidence.LeftOver, evidence.Raised, evidence.NoGraph,
        evidence.ModelAnswer, evidence.BlockAnswer, evidence.NoFunction, evidence.LayerAnswer,
        evidence.ValueAnswer,
    )
}  # fmt: skip
# What may be an answer to an exercise of each kind, beside what may be one to any.
FITTING = {
    "model": {"ModelAnswer", "NoGraph"},
    "block": {"BlockAnswer", "NoFunction"},
    "layer": {"LayerAnswer"},
    "value": {"ValueAnswer"},
}
INSIDE = (
    *graph.CLASSES, Readings, Compiled, CannotFit, Output, Part, Trap, evidence.NoTensor,
    evidence.Raised, evidence.Pairs, evidence.Members, evidence.Thing,
)  # fmt: skip
MOST = 8_000  # calls and tensors of a model; ResNet50 has 550
LONGEST, MOST_LINES = 300, 30  # characters of a line of what a submission says, and its lines
PRETENDS = N_(
    "With random weights the model returns other values than its layers would; expected a model "
    "that computes what its graph says. A call with training=True does this, or a class that "
    "stands in for one of Keras' own."
)


class NotGenuine(Exception):
    """An answer is not what was asked for. The text says what it is."""


def chapters() -> dict[str, dict[str, float]]:
    """The exercises of each chapter and their points, by the chapter's stem."""
    names = {int(stem[:2]): stem for stem in _stems()}
    found: dict[str, dict[str, float]] = {}
    for name, exercise in registry().items():
        if exercise.chapter in names:
            found.setdefault(names[exercise.chapter], {})[name] = exercise.points
    return found


def _stems() -> list[str]:
    folder = Path(__file__).resolve().parent.parent.parent / "chapters"
    return sorted(path.stem for path in folder.glob("[0-9][0-9]_*.ipynb"))


def asked(names: Iterable[str]) -> dict[str, Any]:
    """What a submission is asked for, as plain data."""
    exercises = registry()
    return {name: asdict(evidence.asked(exercises[name])) for name in names}


def worth_running(cells: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """The cells up to the last one that may check something: the rest changes no result."""
    last = max((n for n, (_number, source) in enumerate(cells) if "check" in source), default=-1)
    return list(cells[: last + 1])


# Results ------------------------------------------------------------------------------------------


def results(
    student: str,
    notebook: str,
    cells: Sequence[tuple[int, str]],
    outcome: Outcome,
    exercises: Mapping[str, float],
) -> tuple[Result, ...]:
    """What became of each exercise of a chapter.

    Args:
        student: who handed it in.
        notebook: the chapter's stem.
        cells: number and source of the cells that ran.
        outcome: what they did.
        exercises: the chapter's, with their points.
    """
    return tuple(
        _written(student, notebook, name, out_of, judged(name, cells, outcome))
        for name, out_of in exercises.items()
    )


def same_for_all(
    student: str, notebook: str, status: str, message: str, exercises: Mapping[str, float]
) -> tuple[Result, ...]:
    """The results of a submission that did not run: one status for each exercise."""
    return tuple(
        _result(student, notebook, name, out_of, Report(name, status, message))
        for name, out_of in exercises.items()
    )


def _written(student: str, notebook: str, name: str, out_of: float, told: Report) -> Result:
    """A result with its report; one that cannot be written costs this exercise, not the class."""
    try:
        return _result(student, notebook, name, out_of, told)
    except Exception as error:
        failed = _checker_failed(registry()[name], error)
        return _result(student, notebook, name, out_of, failed)


def _checker_failed(exercise: Exercise, error: Exception) -> Report:
    trace = "".join(traceback.format_exception(error, limit=-4)).strip()
    text = report.checker_failed(exercise.name, error, trace)
    return Report(exercise.name, "checker_error", text, exercise=exercise)


def _result(student: str, notebook: str, name: str, out_of: float, told: Report) -> Result:
    first = told.differences[0] if told.differences else None
    message = first.message if first else told.message
    return Result(
        student,
        notebook,
        name,
        told.status,
        out_of if told.status == "passed" else 0.0,
        out_of,
        first.kind if first else "",
        "" if told.status == "passed" else message,
        tuple(
            Found(d.kind, d.message, d.place, d.expected, d.found, d.what, d.setting)
            for d in told.differences
        ),
        told._repr_html_(),
        repr(told),
    )


def judged(name: str, cells: Sequence[tuple[int, str]], outcome: Outcome) -> Report:
    """The report on one exercise, whatever became of the submission."""
    exercise = registry()[name]
    answer = outcome.answers.get(name)
    if isinstance(answer, Asking):
        try:
            return _judged(exercise, answer)
        except NotGenuine as why:
            text = _("What the submission answered is no answer to `{name}`: {why}.")
            text = text.format(name=name, why=why)
            return Report(name, "refused", text, exercise=exercise)
        except Exception as error:
            return _checker_failed(exercise, error)
    if isinstance(answer, Failed):
        text = _("Reading the answer ended with `{error}`: {text}")
        text = text.format(error=tamed(answer.error), text=tamed(answer.text))
        return Report(name, "checker_error", text, exercise=exercise)
    return _unanswered(exercise, cells, outcome)


def _unanswered(exercise: Exercise, cells: Sequence[tuple[int, str]], outcome: Outcome) -> Report:
    """Why there is no answer: it is not asked for, not come to, or its cell raised."""
    name = exercise.name
    pattern = re.compile(rf"""\bcheck\s*\(\s*(name\s*=\s*)?["']{re.escape(name)}["']""")
    places = [number for number, source in cells if pattern.search(source)]
    if not places:
        text = _('The notebook has no `check("{name}", ...)`; expected it as in the chapter.')
        return Report(name, "missing", text.format(name=name), exercise=exercise)
    errors = {error.cell: error for error in outcome.errors}
    raised = next((errors[place] for place in reversed(places) if place in errors), None)
    if raised is not None:
        return _raised(exercise, raised, outcome.errors)
    if outcome.ended != "done" and outcome.last < places[-1]:
        return Report(name, outcome.ended, outcome.message, exercise=exercise)
    text = _('`check("{name}", ...)` stands in the notebook but was not called.')
    return Report(name, "missing", text.format(name=name), exercise=exercise)


def _raised(exercise: Exercise, raised: CellError, errors: Sequence[CellError]) -> Report:
    """A check whose cell raised: mostly since the cell that makes the answer did so before."""
    name, status = exercise.name, "memory" if raised.error == "MemoryError" else "error"
    before = [error for error in errors if error.cell < raised.cell]
    cause = before[-1] if before and raised.error == "NameError" else raised
    if cause.error == "MemoryError":
        status = "memory"
    during = _("cell {number} ran").format(number=cause.cell + 1)
    text = report.answer_raised(tamed(cause.error), tamed(cause.text), during)
    return Report(name, status, text, exercise=exercise)


# Answers ------------------------------------------------------------------------------------------


def _judged(exercise: Exercise, answer: Asking) -> Report:
    found = _decoded(exercise, answer)
    try:
        told = judge(exercise, found, live=lambda: _with_weights(found))
    except BadTranscript as why:
        raise NotGenuine(str(why)) from None
    if isinstance(found, evidence.LayerAnswer):
        told = _tamed_report(told)
    if told.status != "passed" or not isinstance(found, _TRIED):
        return told
    return _tried(exercise, found, answer.seed, told)


_TRIED = (evidence.ModelAnswer, evidence.BlockAnswer)


def _decoded(exercise: Exercise, answer: Asking) -> evidence.Evidence:
    """The answer as what it claims to be, if it may be that."""
    if answer.kind not in FITTING[exercise.kind] | {"NotAttempted", "LeftOver", "Raised"}:
        raise NotGenuine(_("it is a {kind}").format(kind=answer.kind[:40]))
    try:
        # A transcript is long; whoever reads it has bounds of its own.
        data = answer.data if answer.kind == "LayerAnswer" else tamed(answer.data)
        found = plain.decode(data, KINDS[answer.kind], INSIDE)
        if isinstance(found, evidence.LayerAnswer):
            found = evidence.LayerAnswer(str(found.transcript), answer.seed)
        for own in _graphs(found):
            graph.fitting(own)
            size = _size(own)
            if size > MOST:
                text = _(
                    "it has {count} calls and tensors, those of nested models counted at each "
                    "call of theirs; at most {most} are looked at"
                )
                raise NotGenuine(text.format(count=f"{size:,}", most=f"{MOST:,}"))
        if isinstance(found, evidence.ValueAnswer):
            evidence.value_of(found)
        if isinstance(found, _TRIED):
            every = found.tried if isinstance(found, evidence.BlockAnswer) else [found.tried]
            if not all(isinstance(tried, dict) for tried in every):
                raise NotGenuine(_("it was not tried"))
        if isinstance(found, evidence.BlockAnswer) and len(found.calls) != len(exercise.calls):
            raise NotGenuine(_("it has {count} calls").format(count=len(found.calls)))
    except RecursionError:
        raise NotGenuine(_("its models are nested too deeply")) from None
    except (ValueError, TypeError) as error:
        raise NotGenuine(str(error)[:300]) from None
    return found


def tamed(value: Any) -> Any:
    """JSON's lists and dicts with each string fit to be shown: no controls, no endless lines."""
    if isinstance(value, str):
        lines = value[: LONGEST * MOST_LINES].split("\n")[:MOST_LINES]
        return "\n".join(line if _is_tame(line) else printable(line, LONGEST) for line in lines)
    if isinstance(value, list):
        return [tamed(item) for item in value]
    if isinstance(value, dict):
        # The weights are long, and never shown.
        return {tamed(k): item if k == "weights" else tamed(item) for k, item in value.items()}
    return value


def _tamed_report(told: Report) -> Report:
    """A report on a layer, whose words the transcript brought."""
    words = ("message", "name", "expected", "found")
    differences = tuple(
        replace(one, **{word: tamed(getattr(one, word)) for word in words})
        for one in told.differences
    )
    return replace(told, message=tamed(told.message), differences=differences)


def _is_tame(line: str) -> bool:
    return len(line) <= LONGEST and line.isprintable()


def _graphs(found: Any) -> Iterator[graph.Graph]:
    if isinstance(found, evidence.ModelAnswer):
        yield found.graph
    elif isinstance(found, evidence.BlockAnswer):
        yield from (call for call in found.calls if isinstance(call, graph.Graph))


def _size(one: graph.Graph) -> int:
    """Calls and tensors that go into and out of them, as if each nested model were written out."""
    inside = {key: _size(own.graph) for key, own in one.operations.items() if own.graph}
    calls = sum(
        1 + len(node.tensors) + len(node.outputs) + inside.get(node.operation, 0)
        for node in one.nodes
    )
    return calls + len(one.inputs) + len(one.outputs)


def _with_weights(found: Any):
    weights = found.tried.get("weights")
    if not isinstance(weights, dict):
        raise NotGenuine(_("it has no weights"))
    try:
        return challenge.with_weights(found.graph, weights)
    except challenge.CannotBuild as why:
        raise NotGenuine(str(why)) from None


def _tried(exercise: Exercise, found: Any, seed: int, told: Report) -> Report:
    """A right graph, once more: what the model computes has to be what its graph says."""
    claims = list(_graphs(found))
    tried = [found.tried] if isinstance(found, evidence.ModelAnswer) else found.tried
    if len(tried) != len(claims):
        raise NotGenuine(_("it was not tried"))
    for claim, outputs in zip(claims, tried, strict=True):
        try:
            model, made = challenge.rebuilt(claim)
        except challenge.CannotBuild as why:
            if _can_be_built(exercise):
                raise NotGenuine(_("its graph cannot be built: {why}").format(why=why)) from None
            continue  # too large, or with a class of the task's own: the graph has to do
        if not compare_graphs(read(model), claim).same:
            raise NotGenuine(_("its graph does not hold together"))
        expected = challenge.outputs(model, claim, seed, made)
        if not challenge.same(outputs.get("outputs"), expected, claim):
            return _pretending(told, claim)
    return told


def _pretending(told: Report, claim: graph.Graph) -> Report:
    difference = Difference("contract", _(PRETENDS), path=(claim.outputs[0].tensor.node,))
    comparison = replace(told.comparison, differences=(difference,))
    return replace(told, status="failed", differences=(difference,), comparison=comparison)


def _can_be_built(exercise: Exercise) -> bool:
    """Whether the reference is a model of Keras' own classes, and small enough to be tried."""
    try:
        if exercise.kind == "model":
            challenge.rebuilt(reference(exercise.reference)[0])
    except challenge.CannotBuild:
        return False
    return True
