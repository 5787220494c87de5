"""The known mistakes, in the order in which they are tried, and the way from an error to one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exercises_check.explain import (
    calling,
    disconnected,
    feeding,
    layers,
    models,
    older,
    saving,
    shapes,
    symbolic,
    training,
)
from exercises_check.explain.entry import Case, text_of
from exercises_check.explain.explanation import Explanation
from exercises_check.explain.names import Names
from exercises_check.explain.trace import Trace, trace_of

# An error while a model is loaded quotes the errors inside it, so `saving` comes early.
ENTRIES = (
    *calling.ENTRIES,
    *models.ENTRIES,
    *saving.ENTRIES,
    *older.ENTRIES,
    *layers.ENTRIES,
    *feeding.ENTRIES,
    *training.ENTRIES,
    *shapes.ENTRIES,
    *symbolic.ENTRIES,
)


def explanation_of(
    error: BaseException, namespace: Mapping[str, Any] | None = None
) -> Explanation | None:
    """The explanation of a known mistake; see `explain`, which never raises."""
    case = case_of(error, namespace)
    if case.trace.raised_by_learner:
        return None
    attempts = (disconnected.explanation_of, *(entry.explain for entry in ENTRIES))
    return next(filter(None, (attempt(case) for attempt in attempts)), None)


def case_of(error: BaseException, namespace: Mapping[str, Any] | None = None) -> Case:
    """An error with its traceback and the learner's names."""
    trace = trace_of(error)
    return Case(error, text_of(error), trace, _names(trace, namespace))


def _names(trace: Trace, namespace: Mapping[str, Any] | None) -> Names:
    """The learner's names, those of the innermost function first."""
    scopes = [step.frame.f_locals for step in reversed(trace.steps) if step.owner == "learner"]
    if namespace is None:
        namespace = trace.learner.frame.f_globals if trace.learner else {}
    return Names([*scopes, namespace], trace.learner.text if trace.learner else "")
