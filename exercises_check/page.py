"""A report and a comparison as HTML: self-contained, without a script."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from exercises_check.comparison import Comparison, Difference
from exercises_check.graph import Graph
from exercises_check.language import _, together
from exercises_check.look import (
    CODE_MARKED,
    NOTE,
    PARAGRAPH,
    code_block,
    folded,
    framed,
    listing,
    marked,
    paragraph,
    sign,
)
from exercises_check.report import (
    SIGNS,
    SOLUTION,
    Report,
    headline,
    how_many,
    rest_title,
    shown_listing,
    solution_later,
)

if TYPE_CHECKING:
    from exercises_check.drawing import Drawing

COLOURS = {
    "passed": "#009e73",
    "failed": "#d55e00",
    "not_attempted": "#888888",
    "error": "#cc79a7",
    "checker_error": "#cc79a7",
    "missing": "#888888",
    "timeout": "#e69f00",
    "memory": "#e69f00",
    "crashed": "#e69f00",
    "refused": "#e69f00",
}


MOST_MARKED = 20  # differences in one picture


def report_html(report: Report) -> str:
    """A report for a notebook: self-contained, without a script."""
    parts = [_title(report.status, report.name, headline(report))]
    if report.comparison is not None and report.differences:
        parts += _difference_parts(report.comparison)
    elif report.message:
        parts += [paragraph(marked(line)) for line in report.message.split("\n")]
    for trap in report.notes:
        text = marked(_("Note: {text}").format(text=together(trap.message, trap.why)))
        parts.append(paragraph(re.sub("^[^:：]*[:：]", r"<strong>\g<0></strong>", text)))
    if report.details:
        parts.append(listing(code_block(report.details)))
    for number, hint in enumerate(report.hints, 1):
        title = _("Hint {number} of {count}").format(number=number, count=len(report.hints))
        parts.append(folded(title, paragraph(marked(hint))))
    if report.solution:
        code = listing(code_block(report.solution))
        parts.append(folded(_(SOLUTION), code, report.revealed))
    elif report.revealed:
        parts.append(paragraph(solution_later(report.attempts_left)))
    return _page(report.status, parts)


def comparison_html(comparison: Comparison) -> str:
    """A comparison for a notebook."""
    if comparison.same:
        return _page("passed", [_title("passed", _("The two models are the same."))])
    parts = [_title("failed", how_many(len(comparison.differences)))]
    return _page("failed", parts + _difference_parts(comparison))


def _page(status: str, parts: list[str]) -> str:
    return framed(COLOURS[status], "".join(parts))


def _title(status: str, name: str, headline: str = "") -> str:
    return paragraph(
        f"<strong>{sign(SIGNS[status])} {html.escape(name)}</strong> {headline}".rstrip()
    )


def _difference_parts(comparison: Comparison) -> list[str]:
    first, *rest = comparison.differences
    parts = [_listing_html(comparison.mine, first)]
    if rest:
        items = "".join(f"<li>{marked(other.message)}</li>" for other in rest)
        body = f'<ul style="{PARAGRAPH}">{items}</ul>'
        parts.append(folded(rest_title(len(rest)).rstrip(":："), body))
    parts.append(folded(_("Picture of your model"), picture(comparison)._repr_html_(), True))
    return parts


def _listing_html(graph: Graph, first: Difference) -> str:
    """The listing; what is said of a line wraps in the width of the page, code does not."""
    shown = shown_listing(graph, first)
    # Of a narrow page the margin gives room to the words, the corner does not.
    margin = code_block(" " * shown.margin, ";padding-right:0;min-width:8px;overflow:hidden")
    corner = code_block("╰─ ", ";padding:0;flex:none")
    note = f'{margin}{corner}<div style="flex:1 1 0;min-width:10em">{marked(first.message)}</div>'
    parts = [
        code_block("\n".join(shown.before)),
        code_block(shown.arrow, f";font-weight:bold;{CODE_MARKED}"),
        f'<div style="{NOTE}">{note}</div>',
        code_block("\n".join(shown.after)),
    ]
    return listing(*parts)


def picture(comparison: Comparison) -> Drawing:
    """The learner's graph with the differing calls marked."""
    from exercises_check.drawing import Drawing, Mark

    marks = {}
    for number, difference in enumerate(comparison.differences[:MOST_MARKED], 1):
        path = difference.path or _last_call(comparison.mine)
        label = difference.message.replace("`", "")
        label = f"{number}. {label}" if len(comparison.differences) > 1 else label
        if path in marks:
            label = f"{marks[path].label} {label}"
        marks[path] = Mark(difference.kind, label)
    return Drawing(comparison.mine, marks)


def _last_call(graph: Graph) -> tuple[int, ...]:
    return (graph.outputs[0].tensor.node,)
