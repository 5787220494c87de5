"""What a learner reads: the words and the HTML of a `Report` and of a `Comparison`.

A report says one outcome, shows the learner's own model as functional code with an arrow at the
first difference, and folds away the rest: further differences, and hints that fit the mistake.
"""

from __future__ import annotations

import html
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exercises_check.comparison import Comparison, Difference
from exercises_check.exercise import Exercise
from exercises_check.graph import Graph
from exercises_check.listing import Line, listing

if TYPE_CHECKING:
    from exercises_check.drawing import Drawing

STATUSES = ("passed", "failed", "not_attempted", "error", "checker_error")
_SIGNS = {"passed": "✓", "failed": "✗", "not_attempted": "○", "error": "!", "checker_error": "?"}
_HEADLINES = {
    "passed": "Passed.",
    "failed": "Not yet.",
    "not_attempted": "Not attempted yet.",
    "error": "This did not run.",
    "checker_error": "The checker failed. This is not your mistake.",
}
NOT_ATTEMPTED = (
    "Replace the `...` in the cell above by your answer, run it, and run this cell again."
)
WIDEST_LINE, NARROWEST_NOTE = 96, 48
LINES_AROUND = 30  # a longer listing is cut around the first difference


@dataclass(frozen=True)
class Report:
    """The outcome of a check. True when the exercise is passed.

    Attributes:
        name: the exercise.
        status: one of `STATUSES`.
        message: a sentence, where the differences do not say it all.
        differences: what differs; the first is the cause to mend first.
        comparison: the learner's graph and the reference's, where graphs were compared.
        exercise: the exercise's entry in the registry, `None` if there is none of that name.
        details: for a fault of the checker, what to send.
    """

    name: str
    status: str
    message: str = ""
    differences: tuple[Difference, ...] = ()
    comparison: Comparison | None = None
    exercise: Exercise | None = None
    details: str = ""

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
            return f"There are {len(hints)} hints here; there is no hint {number}."
        return hints[number - 1]

    def __repr__(self) -> str:
        return report_text(self)

    def _repr_html_(self) -> str:
        return report_html(self)


# Sentences ----------------------------------------------------------------------------------------


def _headline(report: Report) -> str:
    unknown = report.status == "error" and report.exercise is None
    return "No such exercise." if unknown else _HEADLINES[report.status]


def unknown_exercise(name: str, near: Iterable[str]) -> str:
    """What to say when no exercise has this name."""
    near = [f"`{other}`" for other in near]
    text = f"There is no exercise named `{name}`."
    return f"{text} Did you mean {' or '.join(near)}?" if near else text


def other_type(wanted: str, found: str) -> str:
    """What to say of a right kind of object of the wrong class."""
    if wanted == "Functional":
        text = "Expected a functional model, made with `keras.Model(inputs, outputs)`."
        return f"This is a {found} model. {text}"
    return f"This is a {found} model. Expected a `keras.{wanted}`."


def not_a_function(found: str) -> str:
    """What to say when a function is asked for and something else is handed over."""
    return f"This is a `{found}`, not a function. Expected the function itself, without a call."


def block_returned_no_tensor(name: str, arguments: list[str]) -> str:
    """What to say when a block does not return a tensor."""
    call = f"{name}({', '.join(arguments)})"
    return f"`{call}` does not return a tensor. Expected `return` and a tensor."


def answer_raised(error: BaseException) -> str:
    """What to say when the answer's own code raises."""
    first = str(error).strip().split("\n")[0]
    return f"Your code raised `{type(error).__name__}`: {first}"


def checker_failed(name: str, error: BaseException, trace: str) -> str:
    """What to say when the checker itself fails."""
    return (
        f"The checker stopped at `{name}` with `{type(error).__name__}`: {error}. Your answer was "
        "not judged. Please send the text below, with your answer, to the authors of the course "
        "(see “If something is wrong” in README.md)."
    )


def value_differs(exercise: Exercise, found: Any) -> str:
    """What to say of a wrong prediction: where it is off and the rule, not the answer."""
    wanted = exercise.reference
    return "\n".join(filter(None, [_where_off(exercise, found, wanted), exercise.rule]))


def _where_off(exercise: Exercise, found: Any, wanted: Any) -> str:
    for slip, reason in exercise.slips.items():
        if found == slip:
            return f"Found {found!r}. {reason}"
    if isinstance(wanted, (list, tuple)):
        if not isinstance(found, tuple):
            return f"Found {found!r}; expected a tuple of {len(wanted)} axes."
        if len(found) != len(wanted):
            text = f"Found {len(found)} axes, {found!r}; expected {len(wanted)}."
            extra = found[:1] == (None,) and wanted[0] is not None
            return f"{text} The batch is not part of it." if extra else text
        off = next(n for n, (f, w) in enumerate(zip(found, wanted, strict=True)) if f != w)
        batch = " (the batch)" if off == 0 and wanted[0] is None else ""
        return f"Axis {off}{batch} is {found[off]!r}; the rule gives something else."
    if isinstance(wanted, int) and not isinstance(wanted, bool):
        if isinstance(found, bool) or not isinstance(found, (int, float)):
            return f"Found {found!r}; expected a number."
        for name, term in exercise.terms.items():
            if wanted - found == term:
                return f"Found {found:,}: exactly the term {name} is left out."
            if found - wanted == term:
                return f"Found {found:,}: exactly the term {name} is counted twice."
        return f"Found {found:,}; that is too {'small' if found < wanted else 'large'}."
    if isinstance(wanted, bool) and not isinstance(found, bool):
        return f"Found {found!r}; expected True or False."
    return f"Found {found!r}; the rule gives something else."


# Text ---------------------------------------------------------------------------------------------


def report_text(report: Report) -> str:
    """A report for a terminal, and for those who do not see the page."""
    lines = [f"{_SIGNS[report.status]} {report.name}: {_headline(report)}"]
    if report.comparison is not None and report.differences:
        lines += ["", *_listing_text(report.comparison.mine, report.differences[0])]
        lines += _rest_text(report.differences[1:])
    elif report.message:
        lines += ["", *(f"  {line}" for line in report.message.split("\n"))]
    if report.details:
        lines += ["", report.details]
    if report.hints:
        lines += ["", f"  Hints: {len(report.hints)}. Read one: print(_.hint(1))"]
    return "\n".join(lines)


def comparison_text(comparison: Comparison) -> str:
    """A comparison for a terminal."""
    if comparison.same:
        return "✓ The two models are the same."
    lines = [f"✗ {_how_many(len(comparison.differences))}", ""]
    lines += _listing_text(comparison.mine, comparison.differences[0])
    return "\n".join(lines + _rest_text(comparison.differences[1:]))


def _how_many(count: int) -> str:
    return f"{count} difference{'' if count == 1 else 's'}."


def _rest_text(rest: tuple[Difference, ...]) -> list[str]:
    if not rest:
        return []
    return ["", f"  {_rest_title(len(rest))}", *(f"  - {other.message}" for other in rest)]


def _rest_title(count: int) -> str:
    return f"{count} more, which may vanish once the first is mended:"


def _listing_text(graph: Graph, first: Difference) -> list[str]:
    return [text for text, _ in _listing_rows(graph, first)]


def _listing_rows(graph: Graph, first: Difference) -> list[tuple[str, str]]:
    """The listing as `(text, sort)`; the sort is `"line"`, `"arrow"` for the line where the first
    difference shows, `"note"` for what is said below it."""
    lines = listing(graph, (first.path,) if first.path else ())
    at = _line_of(lines, first)
    shown, before, after = _cut(lines, at)
    at -= before
    width = max(len(line.name) + 2 * line.depth for line in shown)
    codes = [_code(line, width) for line in shown]
    longest = max((len(c) for c, line in zip(codes, shown, strict=True) if line.shape), default=0)
    rows: list[tuple[str, str]] = []
    if before:
        rows.append((f"  … {before} lines before", "line"))
    for number, (line, code) in enumerate(zip(shown, codes, strict=True)):
        text = f"{code:<{longest}}  {line.shape}".rstrip() if line.shape else code
        rows.append((f"{'▶' if number == at else ' '} {text}", "arrow" if number == at else "line"))
        if number == at:
            margin = " " * (width + 5)
            note = textwrap.wrap(first.message, max(NARROWEST_NOTE, WIDEST_LINE - len(margin)))
            rows.append((f"{margin}╰─ {note[0]}", "note"))
            rows += [(f"{margin}   {text}", "note") for text in note[1:]]
    if after:
        rows.append((f"  … {after} lines after", "line"))
    return rows


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


# HTML ---------------------------------------------------------------------------------------------

# JupyterLab's own variables, so that a report follows its theme; the fall-backs serve everywhere
# else. Signs and words say what colours say.
_STYLE = """
.xc{font-family:var(--jp-content-font-family,system-ui,sans-serif);
 font-size:var(--jp-content-font-size1,14px);color:var(--jp-content-font-color1,inherit);
 line-height:1.5;border-left:4px solid var(--xc);padding:2px 0 2px 12px;max-width:72em}
.xc-passed{--xc:#009e73}.xc-failed{--xc:#d55e00}.xc-not_attempted{--xc:#888}
.xc-error,.xc-checker_error{--xc:#cc79a7}
.xc p{margin:4px 0}.xc pre{margin:6px 0;padding:8px;overflow-x:auto;line-height:1.45;
 white-space:pre;word-break:normal;
 font-family:var(--jp-code-font-family,monospace);font-size:var(--jp-code-font-size,13px);
 background:var(--jp-layout-color2,rgba(128,128,128,.12));color:inherit}
.xc .xc-at{font-weight:bold}.xc .xc-note{font-weight:bold;border-bottom:2px solid var(--xc)}
.xc summary{cursor:pointer;padding:2px 0}.xc details{margin:2px 0}.xc ul{margin:4px 0}
.xc code{background:var(--jp-layout-color2,rgba(128,128,128,.12));padding:0 3px;color:inherit}
""".replace("\n", "")


def report_html(report: Report) -> str:
    """A report for a notebook: self-contained, without a script."""
    parts = [_title(report.status, report.name, _headline(report))]
    if report.comparison is not None and report.differences:
        parts += _difference_parts(report.comparison)
    elif report.message:
        parts += [f"<p>{_marked(line)}</p>" for line in report.message.split("\n")]
    if report.details:
        parts.append(f"<pre>{html.escape(report.details)}</pre>")
    for number, hint in enumerate(report.hints, 1):
        parts.append(_folded(f"Hint {number} of {len(report.hints)}", f"<p>{_marked(hint)}</p>"))
    return _page(report.status, parts)


def comparison_html(comparison: Comparison) -> str:
    """A comparison for a notebook."""
    if comparison.same:
        return _page("passed", [_title("passed", "The two models are the same.")])
    parts = [_title("failed", _how_many(len(comparison.differences)))]
    return _page("failed", parts + _difference_parts(comparison))


def _page(status: str, parts: list[str]) -> str:
    body = "".join(parts)
    return f'<style>{_STYLE}</style><div class="xc xc-{status}" role="group">{body}</div>'


def _title(status: str, name: str, headline: str = "") -> str:
    sign = f'<span aria-hidden="true">{_SIGNS[status]}</span>'
    return f"<p><strong>{sign} {html.escape(name)}</strong> {headline}</p>"


def _difference_parts(comparison: Comparison) -> list[str]:
    first, *rest = comparison.differences
    rows = []
    for text, sort in _listing_rows(comparison.mine, first):
        css = {"arrow": "xc-at", "note": "xc-note"}.get(sort)
        text = html.escape(text)
        rows.append(f'<span class="{css}">{text}</span>' if css else text)
    parts = [f"<p>{_marked(first.message)}</p>", "<pre>" + "\n".join(rows) + "</pre>"]
    if rest:
        items = "".join(f"<li>{_marked(other.message)}</li>" for other in rest)
        parts.append(_folded(_rest_title(len(rest)), f"<ul>{items}</ul>"))
    parts.append(_folded("Picture of your model", picture(comparison)._repr_html_(), True))
    return parts


def _folded(title: str, body: str, is_open: bool = False) -> str:
    state = " open" if is_open else ""
    return f"<details{state}><summary>{html.escape(title)}</summary>{body}</details>"


def _marked(text: str) -> str:
    """Text with its `names` as code."""
    pieces = html.escape(text).split("`")
    return "".join(f"<code>{p}</code>" if n % 2 else p for n, p in enumerate(pieces))


def picture(comparison: Comparison) -> Drawing:
    """The learner's graph with the differing calls marked."""
    from exercises_check.drawing import Drawing, Mark

    marks = {}
    for number, difference in enumerate(comparison.differences, 1):
        path = difference.path or _last_call(comparison.mine)
        label = f"{number}. {difference.message}".replace("`", "")
        if path in marks:
            label = f"{marks[path].label} {label}"
        marks[path] = Mark(difference.kind, label)
    return Drawing(comparison.mine, marks)


def _last_call(graph: Graph) -> tuple[int, ...]:
    return (graph.outputs[0].tensor.node,)
