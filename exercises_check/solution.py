"""When a learner may see the solution of an exercise, and what it reads like.

It is shown once the exercise is passed, or after three failed attempts that differ. Attempts are
counted in this kernel only, and nothing is written to disk.
"""

from __future__ import annotations

import inspect
import textwrap
from collections import defaultdict
from typing import TYPE_CHECKING

from exercises_check.language import _

if TYPE_CHECKING:
    from exercises_check.comparison import Difference
    from exercises_check.exercise import Exercise
    from exercises_check.report import Report

ATTEMPTS = 3
_failed: dict[str, set[tuple]] = defaultdict(set)


def attempts_left(report: Report) -> int:
    """How many more different failed attempts it takes to see the solution; 0 if it may be seen.

    Counts the attempt that `report` tells of.
    """
    if report.exercise is None or report.status == "passed":
        return 0
    attempts = _failed[report.name]
    if report.status == "failed":
        attempts.add(tuple(map(_without_names, report.differences)))
    return max(0, ATTEMPTS - len(attempts))


def _without_names(difference: Difference) -> tuple:
    """A difference without the names that Keras counts up: a cell run twice is one attempt."""
    found = difference.found if difference.kind in ("setting", "input", "value") else ""
    return difference.kind, difference.path, difference.setting, found


def solution_of(exercise: Exercise) -> str:
    """One right answer: the reference's own code, or the value with the rule it follows."""
    if exercise.kind == "value":
        terms = " + ".join(f"({_(name)} = {term:,})" for name, term in exercise.terms.items())
        lines = [f"{exercise.reference!r}", f"# {_(exercise.rule)}", f"# {terms}" if terms else ""]
        return "\n".join(filter(None, lines))
    try:
        source = textwrap.dedent(inspect.getsource(exercise.reference))
    except (OSError, TypeError):  # a reference that was typed into a session has no source
        return ""
    lines = source.split("\n")
    start = next(n for n, line in enumerate(lines) if line.startswith(("def ", "class ")))
    return "\n".join(lines[start:]).strip()
