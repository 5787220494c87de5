"""feedback/<student>.html: what a learner gets back, with the reports that a check would show."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping

from exercises_check.chapters import CHAPTERS
from exercises_check.classroom import fragment
from exercises_check.classroom.document import STATUS_COLOURS, chapter_title, document
from exercises_check.classroom.points import shown
from exercises_check.classroom.result import Graded, Result, Run
from exercises_check.classroom.standing import Standing
from exercises_check.classroom.status import STATUSES, in_words, status_of
from exercises_check.language import N_, SOURCE, _, language, ngettext, pgettext
from exercises_check.look import marked

_STYLE = """
body{max-width:64rem}
.score{display:flex;flex-wrap:wrap;gap:.2rem 1rem;align-items:baseline;margin:.6rem 0 1rem;
padding:.8rem 1rem;background:var(--panel);border-radius:.5rem}
.score b{font-size:2.2rem;line-height:1.1}
.notes{margin:.3rem 0 1rem;padding:0 0 0 1.2rem}
.exercise{margin:0 0 1.6rem;padding:0 0 0 .2rem}
.exercise h3{display:flex;flex-wrap:wrap;gap:.1rem .7rem;align-items:baseline}
.exercise h3 .soft,h2 .soft{font-weight:400;font-size:.95rem}
.exercise.passed{margin-bottom:.7rem}
pre{font-size:.8rem!important}
""" + "".join(
    f".{name}{{border-left:.35rem solid {colour};padding-left:.6rem}}"
    for name, colour in STATUS_COLOURS.items()
)
# What to mend comes first: where an answer is, then what did not run, then what is not there.
_ORDER = ("failed", "error", "crashed", "timeout", "memory", "refused", "checker_error",
          "not_attempted", "missing", "passed")  # fmt: skip
# What happens to a notebook as a whole is said once.
_OF_A_NOTEBOOK = ("crashed", "timeout", "memory", "refused", "not_attempted", "missing")
_SAID = {  # where the result itself says nothing
    "not_attempted": N_("The cell is still as the chapter had it."),
    "timeout": N_("The notebook took longer than it may."),
    "memory": N_("The notebook used more memory than it may."),
    "crashed": N_("Python itself stopped while the notebook ran."),
    "checker_error": N_(
        "The checker failed. This is not your mistake, and costs you nothing until a person has "
        "looked at it."
    ),
}


def feedback_page(standing: Standing, graded: Iterable[Graded], run: Run) -> str:
    """The page of one student.

    Args:
        standing: the student, with what counts.
        graded: the student's submissions, with their reports.
        run: when it was graded, and with what.
    """
    graded = list(graded)
    reports = {result.exercise: result for one in graded for result in one.results}
    body = [
        f"<header><h1>{html.escape(standing.called)}</h1>",
        f'<p class="soft">{_line(standing, run)}</p></header>\n<main>',
        _score(standing),
    ]
    loose = [one for one in graded if one.notebook not in _chapters(standing)]
    body += [_loose(one, standing) for one in loose if not _counts_elsewhere(one, standing)]
    for chapter in _chapters(standing):
        body.append(_chapter(chapter, standing, reports))
    body.append("</main>")
    title = _("{name}: what to mend").format(name=standing.called)
    return document(title, "\n".join(body), _STYLE, language=language())


def _line(standing: Standing, run: Run) -> str:
    parts = [standing.id] if standing.name and standing.name != standing.id else []
    return html.escape(" · ".join([*parts, _("graded {when}").format(when=run.when)]))


def _score(standing: Standing) -> str:
    share = f"{100 * standing.share:.0f} %" if standing.out_of else ""
    unit = ngettext("point", "points", 1 if standing.out_of == 1 else 2)
    status = in_words((result.status for result in (*standing.results, *standing.others)), _)
    return (
        f'<p class="score"><b>{_of(standing.score, standing.out_of)}</b>'
        f"<span>{unit}</span><span>{share}</span>"
        f'<span class="soft">{html.escape(status)}</span></p>'
    )


def _of(points: float, most: float) -> str:
    return _("{points} of {most}").format(points=shown(points), most=shown(most))


def _title(chapter: str) -> str:
    """The chapter's title; in English made of its file's name, as in the report on the class."""
    labels = {} if language() == SOURCE else {one.stem: one.label for one in CHAPTERS}
    return labels.get(chapter) or _(chapter_title(chapter))


def _chapters(standing: Standing) -> list[str]:
    return list(dict.fromkeys(result.notebook for result in standing.results))


def _counts_elsewhere(one: Graded, standing: Standing) -> bool:
    """Whether this is a chapter of the course that just is not counted."""
    others = {result.exercise for result in standing.others}
    return bool(one.notebook) and not any(result.exercise in others for result in one.results)


def _loose(one: Graded, standing: Standing) -> str:
    """A file whose chapter can't be told, and what is said of it."""
    said = dict.fromkeys([*(r.message for r in one.results if r.message), *one.notes])
    items = "".join(f"<li>{marked(_(text))}</li>" for text in said)
    title = html.escape(one.source or _title(one.notebook))
    return f'<section><h2>{title}</h2><ul class="notes">{items}</ul></section>' if items else ""


def _chapter(chapter: str, standing: Standing, reports: Mapping[str, Result]) -> str:
    results = [result for result in standing.results if result.notebook == chapter]
    to_mend = [result for result in results if result.status != "passed"]
    to_mend.sort(key=lambda result: _ORDER.index(status_of(result.status).name))
    done = [result for result in results if result.status == "passed"]
    points = sum(result.points for result in results)
    most = sum(result.out_of for result in results)
    notes = "".join(f"<li>{marked(note)}</li>" for note in standing.notes.get(chapter, ()))
    parts = [
        f"<section><h2>{html.escape(_title(chapter))} "
        f'<span class="soft">{_of(points, most)}</span></h2>',
        f'<ul class="notes">{notes}</ul>' if notes else "",
    ]
    same = len({(result.status, result.message) for result in results}) == 1
    if same and to_mend and to_mend[0].status in _OF_A_NOTEBOOK:
        parts.append(_as_a_whole(results))
    else:
        parts += [_exercise(result, reports.get(result.exercise)) for result in to_mend]
    parts += [_exercise(result, reports.get(result.exercise)) for result in done]
    return "\n".join([*filter(None, parts), "</section>"])


def _as_a_whole(results: list[Result]) -> str:
    first = results[0]
    exercises = _("Exercises: {names}")
    names = _(", ").join(f"<code>{html.escape(result.exercise)}</code>" for result in results)
    return (
        f'<div class="exercise {status_of(first.status).name}"><p>{_sign(first)} '
        f"<strong>{html.escape(_word(first))}</strong> {marked(_message(first))}</p>"
        f'<p class="soft">{exercises.format(names=names)}</p></div>'
    )


def _exercise(result: Result, reported: Result | None) -> str:
    """One exercise, with the report that a check would have shown; folded where it is passed."""
    report = fragment.shown(reported.html, reported.text) if reported is not None else ""
    points = _of(result.points, result.out_of)
    told = result.status != "passed" and report.startswith("<div")  # it begins with sign and word
    word = _word(result) + pgettext("between phrases", ", ")
    sign, word = ("", "") if told else (f"{_sign(result)} ", word)
    heading = (
        f"<h3>{sign}{html.escape(result.exercise)} "
        f'<span class="soft">{html.escape(word)}{points}</span></h3>'
    )
    if not report:
        text = _message(result)
        report = f"<p>{marked(text)}</p>" if text else ""
    if result.status == "passed" and report:
        title = _("The report")
        report = f"<details><summary>{title}</summary>{report}</details>"
    frame = "" if report.startswith("<div") else f" {status_of(result.status).name}"
    return f'<article class="exercise{frame}">{heading}{report}</article>'


def _message(result: Result) -> str:
    return _(result.message) or _(_SAID.get(result.status, ""))


def _word(result: Result) -> str:
    return _(status_of(result.status).noun).capitalize()


def _sign(result: Result) -> str:
    return f'<span aria-hidden="true">{STATUSES[status_of(result.status).name].sign}</span>'
