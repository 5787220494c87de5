"""`check`: an answer against its exercise's reference, as a `Report`.

Nothing raises, nothing prints, and nothing of the learner's is changed. What goes wrong in here is
reported as the checker's fault. The outcome goes into the learner's record, for `progress`.
"""

from __future__ import annotations

import contextlib
import traceback
import weakref
from dataclasses import replace
from typing import Any

from exercises_check import record, report
from exercises_check.exercise import registry, similar_names
from exercises_check.language import _
from exercises_check.report import Report
from exercises_check.silent.trap import Trap

# What passed in this kernel, and as which exercise: `model` is what most answers are called.
_passed: weakref.WeakKeyDictionary[Any, str] = weakref.WeakKeyDictionary()


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
    judged = _judged(name, answer)
    if judged.exercise is not None:
        with contextlib.suppress(Exception):  # a record that cannot be kept is no reason to fail
            record.add(judged.name, judged.status)
    with contextlib.suppress(Exception):  # numbers cannot be told apart, others refuse to be
        judged = _with_earlier(judged, answer)
    return report.with_solution(judged, reveal)


def _with_earlier(judged: Report, answer: Any) -> Report:
    """With a note if the answer is one that passed another exercise: it may not be meant."""
    if judged.status == "passed":
        _passed.setdefault(answer, judged.name)
    earlier = _passed.get(answer, judged.name)
    if judged.status != "failed" or earlier == judged.name:
        return judged
    note = Trap(
        "earlier answer",
        _("This is the answer that passed `{name}`.").format(name=earlier),
        _("If you meant a new one: does the cell above assign it to the name that is checked?"),
    )
    return replace(judged, notes=(note, *judged.notes))


def _judged(name: str, answer: Any) -> Report:
    try:
        exercise = registry().get(name) if isinstance(name, str) else None
        if exercise is None:
            near = similar_names(name)
            return Report(str(name), "error", report.unknown_exercise(name, near))
        from exercises_check.evidence import asked, gather
        from exercises_check.judging import judge

        return judge(exercise, gather(asked(exercise), answer), live=lambda: answer)
    except Exception as error:
        return Report(str(name), "checker_error", report.checker_failed(name, error, _trace(error)))


def _trace(error: BaseException) -> str:
    return "".join(traceback.format_exception(error, limit=-4)).strip()
