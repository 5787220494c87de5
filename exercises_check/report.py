"""What a learner reads: a `Report`, its words, and its text for a terminal.

A report says one outcome, shows the learner's own model as functional code with an arrow at the
first difference, and folds away the rest: further differences, and hints that fit the mistake.
"""

from __future__ import annotations

import itertools
import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from exercises_check.comparison import Comparison, Difference
from exercises_check.exercise import Exercise
from exercises_check.graph import Graph
from exercises_check.language import N_, _, filled, ngettext, titled, together
from exercises_check.listing import Line, listing
from exercises_check.solution import attempts_left, solution_of
from exercises_check.wrapping import wrapped

if TYPE_CHECKING:
    from exercises_check.silent import Trap

# What a check in a notebook may answer, and what else may become of an exercise in a class.
STATUSES = ("passed", "failed", "not_attempted", "error", "checker_error")
OF_A_CLASS = ("missing", "timeout", "memory", "crashed", "refused")
SIGNS = {
    "passed": "✓", "failed": "✗", "not_attempted": "○", "error": "!", "checker_error": "?",
    "missing": "–", "timeout": "◷", "memory": "▤", "crashed": "☇", "refused": "⊘",
}  # fmt: skip
_HEADLINES = {
    "passed": N_("Passed."),
    "failed": N_("Not yet."),
    "not_attempted": N_("Not attempted yet."),
    "error": N_("This did not run."),
    "checker_error": N_("The checker failed. This is not your mistake."),
    "missing": N_("Not handed in."),
    "timeout": N_("This ran out of time."),
    "memory": N_("This ran out of memory."),
    "crashed": N_("Python stopped."),
    "refused": N_("This cannot be used."),
}
NOT_ATTEMPTED = N_(
    "Replace the `...` in the cell above by your answer, run it, and run this cell again."
)
NOTHING = N_(
    "The answer is `None`. Write your answer in the cell above; if it is there, look whether a "
    "line such as `model = model.compile(...)` replaces it by what a call returns."
)
WIDEST_LINE, NARROWEST_NOTE, WIDEST_MARGIN = 96, 48, 30
LINES_AROUND = 30  # a longer listing is cut around the first difference


@dataclass(frozen=True)
class Report:
    """The outcome of a check. True when the exercise is passed.

    Attributes:
        name: the exercise.
        status: one of `STATUSES`, or in a class of `OF_A_CLASS`.
        message: a sentence, where the differences do not say it all.
        differences: what differs; the first is the cause to mend first.
        comparison: the learner's graph and the reference's, where graphs were compared.
        exercise: the exercise's entry in the registry, `None` if there is none of that name.
        details: for a fault of the checker, what to send.
        solution: one right answer as code, once it may be seen.
        revealed: whether the solution, or how to get to see it, was asked for.
        notes: what Keras accepts in silence in the answer and the learner may regret.
        attempts_left: how many more different attempts it takes to see the solution.
    """

    name: str
    status: str
    message: str = ""
    differences: tuple[Difference, ...] = ()
    comparison: Comparison | None = None
    exercise: Exercise | None = None
    details: str = ""
    solution: str = ""
    revealed: bool = False
    attempts_left: int = 0
    notes: tuple[Trap, ...] = ()

    def __bool__(self) -> bool:
        return self.status == "passed"

    @property
    def hints(self) -> tuple[str, ...]:
        """The hints of the exercise, those that fit the first difference first."""
        if self.exercise is None or self.status == "passed":
            return ()
        kind = self.differences[0].kind if self.differences else None
        return self.exercise.hints_for(kind)

    def hint(self, number: int = 1) -> str:
        """Hint number `number`, from 1: each says more than the one before."""
        hints = self.hints
        if not 1 <= number <= len(hints):
            text = ngettext(
                "There is 1 hint here; there is no hint {number}.",
                "There are {count} hints here; there is no hint {number}.",
                len(hints),
            )
            return text.format(count=len(hints), number=number)
        return hints[number - 1]

    def __repr__(self) -> str:
        return report_text(self)

    def _repr_html_(self) -> str:
        from exercises_check import page

        return page.report_html(self)


def with_solution(report: Report, reveal: bool) -> Report:
    """The report with the solution, if it may be seen by now."""
    if report.exercise is None or report.status not in ("passed", "failed"):
        return report
    left = attempts_left(report)
    solution = "" if left else solution_of(report.exercise)
    return replace(report, solution=solution, revealed=reveal, attempts_left=left)


# Sentences ----------------------------------------------------------------------------------------


SOLUTION = N_("One way to write it")


def solution_later(attempts: int) -> str:
    text = ngettext(
        "The solution is shown when you pass, or after one more different attempt.",
        "The solution is shown when you pass, or after {count} more different attempts.",
        attempts,
    )
    return text.format(count=attempts)


def headline(report: Report) -> str:
    unknown = report.status == "error" and report.exercise is None
    return _("No such exercise.") if unknown else _(_HEADLINES[report.status])


def unknown_exercise(name: str, near: Iterable[str]) -> str:
    """What to say when no exercise has this name."""
    near = [f"`{other}`" for other in near]
    text = _("There is no exercise named `{name}`.").format(name=name)
    if not near:
        return text
    question = _("Did you mean {names}?").format(names=_(" or ").join(near))
    return together(text, question)


def left_over(name: str, error: str) -> str:
    """What to say of an answer that a failed cell should have replaced."""
    return _(
        "The cell that makes `{name}` ended with an error, `{error}`, so `{name}` is still that "
        "of an earlier cell. Mend the cell, run it, and run this one again."
    ).format(name=name, error=error)


def other_type(wanted: str, found: str) -> str:
    """What to say of a right kind of object of the wrong class."""
    if wanted == "Functional":
        text = N_(
            "This is a {found} model. Expected a functional model, made with "
            "`keras.Model(inputs, outputs)`."
        )
    else:
        text = N_("This is a {found} model. Expected a `keras.{wanted}`.")
    return filled(text, found=found, wanted=wanted)


def not_a_function(found: str) -> str:
    """What to say when a function is asked for and something else is handed over."""
    return _(
        "This is a `{found}`, not a function. Expected the function itself, without a call."
    ).format(found=found)


def block_returned_no_tensor(name: str, arguments: list[str]) -> str:
    """What to say when a block does not return a tensor."""
    call = f"{name}({', '.join(arguments)})"
    text = _("`{call}` does not return a tensor. Expected `return` and a tensor.")
    return text.format(call=call)


# What Keras says of its own objects in a message: names that no one gave, and how they print.
_INNER_NAMES = {
    r" (?:with name|named) ['\"](?:None|keras_tensor\w*|input_layer\w*)['\"]": "",
    r" and path ['\"][^'\"]*['\"]": "",
    r"<KerasTensor shape=(\([^()]*\))[^<>]*>": r"a tensor of shape \1",
    r"<class 'inspect\._empty'>": "nothing",
}


def answer_raised(error: str, text: str, during: str = "") -> str:
    """What to say when the answer's own code raises an `error` with this text."""
    lines = [line.strip() for line in re.sub(r"\x1b\[\d*m", "", text).split("\n")]
    # Keras says first in which layer, and only then what; TensorFlow wraps it in its own names.
    told = [line for line in lines if line and not line.startswith("Exception encountered when")]
    # Last it repeats the arguments of a call, of its own models too.
    told = list(itertools.takewhile(lambda line: not line.startswith("Arguments received"), told))
    # What a call on symbols raises comes after a paragraph on shapes, which are not the cause.
    while len(told) > 1 and told[0].endswith("Error encountered:"):
        del told[0]
    noise = r"{{function_node .*?}}\s*|\s*\[Op:\w+\].*|\s*Inputs received: \[<tf\.Tensor.*"
    if told and "[[" in told[0]:  # an array in a message breaks its sentence over several lines
        told[0] = re.sub(r"\[\[.*?\]\]", "[...]", " ".join(told))
    what = re.sub(noise, "", told[0]) if told else ""
    for pattern, plain in _INNER_NAMES.items():
        what = re.sub(pattern, plain, what)
    text = _("Your code raised `{error}`: {what}").format(error=error, what=what).rstrip()
    if not during:
        return text
    return text + "\n" + _("It was raised while {during}.").format(during=during)


def checker_failed(name: str, error: BaseException, trace: str) -> str:
    """What to say when the checker itself fails."""
    return _(
        "The checker stopped at `{name}` with `{error}`: {text}. Your answer was not judged. "
        "Please send the text below, with your answer, to the authors of the course (see “If "
        "something is wrong” in README.md)."
    ).format(name=name, error=type(error).__name__, text=error)


def value_differs(exercise: Exercise, found: Any) -> str:
    """What to say of a wrong prediction: where it is off and the rule, not the answer."""
    wanted = exercise.reference
    return "\n".join(filter(None, [_where_off(exercise, found, wanted), _(exercise.rule)]))


def _where_off(exercise: Exercise, found: Any, wanted: Any) -> str:
    if getattr(found, "is_model", False):
        return _("This is a model; the task asks for its answer, a value.")
    for slip, reason in exercise.slips.items():
        if found == slip:
            number = isinstance(found, int) and not isinstance(found, bool)
            text = f"{found:,}" if number else repr(found)
            return together(_("Found {found}.").format(found=text), _(reason))
    if isinstance(wanted, dict):
        return _entries_off(exercise, found, wanted)
    if isinstance(wanted, (list, tuple)):
        if not isinstance(found, tuple):
            text = _("Found {found}; expected a tuple of {count} axes.")
            return text.format(found=repr(found), count=len(wanted))
        if len(found) != len(wanted):
            text = ngettext(
                "Found 1 axis, {found}; expected {wanted}.",
                "Found {count} axes, {found}; expected {wanted}.",
                len(found),
            )
            text = text.format(count=len(found), found=repr(found), wanted=len(wanted))
            extra = found[:1] == (None,) and wanted[0] is not None
            return together(text, _("The batch is not part of it.") if extra else "")
        off = next(n for n, (f, w) in enumerate(zip(found, wanted, strict=True)) if f != w)
        text = N_("Axis {axis} is {found}; expected {sort}.")
        sort = _other_sort(found[off], wanted[off])
        if not sort:
            text = N_("Axis {axis} is {found}; the rule gives something else.")
        axis = _("0 (the batch)") if off == 0 and wanted[0] is None else off
        return filled(text, axis=axis, found=repr(found[off]), sort=sort)
    if sort := _other_sort(found, wanted):
        return _("Found {found}; expected {expected}.").format(found=repr(found), expected=sort)
    if isinstance(wanted, int) and not isinstance(wanted, bool):
        for name, term in exercise.terms.items():
            if wanted - found == term:
                text = _("Found {found}: exactly the term {term} is left out.")
                return text.format(found=f"{found:,}", term=_(name))
            if found - wanted == term:
                text = _("Found {found}: exactly the term {term} is counted twice.")
                return text.format(found=f"{found:,}", term=_(name))
        small = _("Found {found}; that is too small.")
        text = small if found < wanted else _("Found {found}; that is too large.")
        return text.format(found=f"{found:,}")
    return _("Found {found}; the rule gives something else.").format(found=repr(found))


def _other_sort(found: Any, wanted: Any) -> str:
    """What sort of value is expected, empty where this sort was found."""
    if isinstance(wanted, bool):
        return "" if isinstance(found, bool) else _("True or False")
    number = isinstance(found, (int, float)) and not isinstance(found, bool)
    return _("a number") if isinstance(wanted, (int, float)) and not number else ""


def _entries_off(exercise: Exercise, found: Any, wanted: dict) -> str:
    """How many entries of a dict are right, and the first that is not; a slip is `(key, value)`."""
    if not isinstance(found, dict):
        text = _("Found {found}; expected a dict with {count} entries.")
        return text.format(found=repr(found), count=len(wanted))
    off = [key for key, value in wanted.items() if key not in found or found[key] != value]
    right = _("{right} of {count} entries are right.")
    right = right.format(right=len(wanted) - len(off), count=len(wanted))
    if not off:
        extra = _(", ").join(f"`{key}`" for key in found if key not in wanted)
        nothing = _("Nothing is asked for {extra}.").format(extra=extra)
        return together(right, nothing) if extra else _("Found {found}.").format(found=repr(found))
    if off[0] not in found:
        return together(right, _("`{key}` has no entry.").format(key=off[0]))
    slip = (off[0], found[off[0]])
    reason = next((text for key, text in exercise.slips.items() if key == slip), "")
    sort = _other_sort(slip[1], wanted[off[0]])
    reason = _(reason) or (_("Expected {sort}.").format(sort=sort) if sort else "")
    text = _("For `{key}`, {found} is not.").format(key=off[0], found=repr(slip[1]))
    return together(right, text, reason)


# Text ---------------------------------------------------------------------------------------------


def report_text(report: Report) -> str:
    """A report for a terminal, and for those who do not see the page."""
    lines = [f"{SIGNS[report.status]} {titled(report.name, headline(report))}"]
    if report.comparison is not None and report.differences:
        lines += ["", *_listing_text(report.comparison.mine, report.differences[0])]
        lines += _rest_text(report.differences[1:])
    elif report.message:
        lines += ["", *(f"  {line}" for line in report.message.split("\n"))]
    for trap in report.notes:
        text = _("Note: {text}").format(text=together(trap.message, trap.why))
        note = wrapped(text, WIDEST_LINE)
        lines += ["", *(f"  {line}" for line in note)]
    if report.details:
        lines += ["", report.details]
    if report.hints:
        text = _("Hints: {count}. Read one: {code}")
        lines += ["", "  " + text.format(count=len(report.hints), code="print(_.hint(1))")]
    if report.solution and report.revealed:
        lines += [
            "",
            f"  {titled(_(SOLUTION), '').rstrip()}",
            "",
            textwrap.indent(report.solution, "    "),
        ]
    elif report.solution and report.status == "failed":
        lines += [f"  {titled(_(SOLUTION), 'print(_.solution)')}"]
    elif report.revealed:
        lines += ["", f"  {solution_later(report.attempts_left)}"]
    return "\n".join(lines)


def comparison_text(comparison: Comparison) -> str:
    """A comparison for a terminal."""
    if comparison.same:
        return "✓ " + _("The two models are the same.")
    lines = [f"✗ {how_many(len(comparison.differences))}", ""]
    lines += _listing_text(comparison.mine, comparison.differences[0])
    return "\n".join(lines + _rest_text(comparison.differences[1:]))


def how_many(count: int) -> str:
    return ngettext("1 difference.", "{count} differences.", count).format(count=count)


def _rest_text(rest: tuple[Difference, ...]) -> list[str]:
    if not rest:
        return []
    return ["", f"  {rest_title(len(rest))}", *(f"  - {other.message}" for other in rest)]


def rest_title(count: int) -> str:
    text = _("{count} more, which may vanish once the first is mended:")
    return text.format(count=count)


def _listing_text(graph: Graph, first: Difference) -> list[str]:
    shown = shown_listing(graph, first)
    margin = " " * shown.margin
    note = wrapped(first.message, max(NARROWEST_NOTE, WIDEST_LINE - shown.margin))
    lines = [f"{margin}╰─ {note[0]}", *(f"{margin}   {line}" for line in note[1:])]
    return [*shown.before, shown.arrow, *lines, *shown.after]


@dataclass(frozen=True)
class _Shown:
    """A model's listing around the line where a difference shows.

    What is to be said of it goes below that line, `margin` columns from the left.
    """

    before: list[str]
    arrow: str
    margin: int
    after: list[str]


def shown_listing(graph: Graph, first: Difference) -> _Shown:
    lines = listing(graph, (first.path,) if first.path else ())
    at = _line_of(lines, first)
    lines, cut_before, cut_after = _cut(lines, at)
    at -= cut_before
    width = max(len(line.name) + 2 * line.depth for line in lines)
    codes = [_code(line, width) for line in lines]
    longest = max((len(c) for c, line in zip(codes, lines, strict=True) if line.shape), default=0)
    texts = [
        f"{code:<{longest}}  {line.shape}".rstrip() if line.shape else code
        for code, line in zip(codes, lines, strict=True)
    ]
    before = ["  … " + _("{count} lines before").format(count=cut_before)] if cut_before else []
    after = ["  … " + _("{count} lines after").format(count=cut_after)] if cut_after else []
    return _Shown(
        [*before, *(f"  {text}" for text in texts[:at])],
        f"▶ {texts[at]}",
        min(width + 5, WIDEST_MARGIN),
        [*(f"  {text}" for text in texts[at + 1 :]), *after],
    )


def _code(line: Line, width: int) -> str:
    indent = "  " * line.depth
    if not line.name:
        return f"{indent}{line.code}"
    return f"{indent}{line.name:<{width - len(indent)}} = {line.code}"


def _line_of(lines: tuple[Line, ...], first: Difference) -> int:
    """The line where a difference shows; what has no place of its own shows at the model."""
    for number, line in enumerate(lines):
        if first.path and line.path == first.path and line.name:
            return number
    return len(lines) - 1


def _cut(lines: tuple[Line, ...], at: int) -> tuple[tuple[Line, ...], int, int]:
    if len(lines) <= LINES_AROUND:
        return lines, 0, 0
    start = max(0, min(at - LINES_AROUND // 2, len(lines) - LINES_AROUND))
    return lines[start : start + LINES_AROUND], start, len(lines) - start - LINES_AROUND
