"""report.html: the class, in a page to project. Names stand only in what is folded at its end."""

from __future__ import annotations

import html
import statistics
from collections.abc import Callable, Mapping, Sequence

from exercises_check.classroom import fragment
from exercises_check.classroom.document import STATUS_COLOURS, chapter_title, document
from exercises_check.classroom.misunderstood import Mistake, Outcome, hardest_first, outcomes
from exercises_check.classroom.points import shown
from exercises_check.classroom.result import Result, Run
from exercises_check.classroom.standing import Standing
from exercises_check.classroom.status import STATUSES, Status, status_of
from exercises_check.look import marked

BINS = 10
MOST_FREQUENT = 5  # mistakes at the top of the page
MOST_MISTAKES = 8  # of one exercise with an example; the rest in a line each
MOST_OPEN = 3  # exercises whose most frequent mistake has its example open
_STYLE = """
.facts{display:flex;flex-wrap:wrap;gap:.6rem;margin:1.2rem 0;padding:0;list-style:none}
.facts li{flex:1 1 9rem;padding:.7rem 1rem;background:var(--panel);border-radius:.5rem}
.facts b{display:block;font-size:2rem;line-height:1.15}
figure{margin:0}
figure svg{display:block;width:100%;max-width:52rem;height:auto}
svg .bar{fill:var(--bar)}svg .axis{stroke:var(--line);stroke-width:1}
svg text{fill:var(--ink);font:15px system-ui,sans-serif;text-anchor:middle}
svg .small{fill:var(--soft);font-size:13px}
ol.top{padding:0;margin:0;list-style:none;counter-reset:n}
ol.top li,ol.mistakes>li{display:grid;grid-template-columns:6.2rem minmax(0,1fr);gap:0 1rem;
padding:.7rem 0;border-top:1px solid var(--line)}
.count{font-size:1.05rem;color:var(--soft);white-space:nowrap}
.count b{font-size:1.9rem;line-height:1;color:var(--ink)}
.said{font-size:1.25rem;line-height:1.35;margin:0}
.said code{font-size:.95em}
.meter{grid-column:1;height:.4rem;margin:.35rem 0;background:var(--line);border-radius:.2rem}
.meter i{display:block;height:100%;background:var(--bar);border-radius:.2rem}
ol.mistakes{list-style:none;margin:.6rem 0 0;padding:0}
ol.mistakes details{margin-top:.3rem}
.example{max-height:80vh;margin-top:.3rem}
.outcome pre{font-size:.8rem!important}
.outcome h3 .soft{font-weight:400;font-size:1rem}
.whole{margin:.6rem 0 0;padding-top:.6rem;border-top:1px solid var(--line)}
.outcome{margin:0 0 2.2rem;padding:1rem 1.2rem;border:1px solid var(--line);border-radius:.6rem}
.outcome h3{font-size:1.35rem}
.split{display:flex;height:.9rem;margin:.5rem 0 .35rem;border-radius:.3rem;overflow:hidden;
background:var(--line);gap:2px}
.split i{display:block;min-width:3px}
.counts{display:flex;flex-wrap:wrap;gap:.1rem 1.1rem;margin:0;padding:0;list-style:none}
.counts li{white-space:nowrap}
.key{display:inline-block;width:.8em;height:.8em;margin-right:.35em;border-radius:.15em;
border:1px solid var(--soft)}
.overview{border-collapse:collapse;width:100%}
.overview th,.overview td{padding:.35rem .6rem .35rem 0;text-align:left;vertical-align:middle;
border-top:1px solid var(--line);font-weight:400}
.overview thead th{border-top:0;color:var(--soft)}
.overview .wide{width:34%;min-width:8rem}.overview .split{margin:0}
.overview .number{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.everyone{max-height:85vh;border:1px solid var(--line);border-radius:.4rem;margin-top:.6rem}
.everyone table{border-collapse:separate;border-spacing:0;font-size:.85rem}
.everyone th,.everyone td{padding:.25rem .4rem;border-right:1px solid var(--line);
border-bottom:1px solid var(--line);background:var(--paper);text-align:center}
.everyone thead th{position:sticky;top:0;z-index:2;vertical-align:bottom;font-weight:400}
.everyone thead th span{writing-mode:vertical-rl;transform:rotate(180deg);white-space:nowrap;
max-height:16rem}
.everyone th:first-child{position:sticky;left:0;z-index:1;text-align:left;min-width:8rem;
max-width:16rem;font-weight:400}
.everyone thead th:first-child{z-index:3}
.everyone .number{white-space:nowrap}
.everyone td b{display:block;font-size:1.05rem;line-height:1.1}
.everyone td small{display:block;line-height:1.1;color:var(--soft);font-size:.72rem}
@media(max-width:40rem){ol.top li,ol.mistakes>li{grid-template-columns:4.4rem minmax(0,1fr)}
.said{font-size:1.1rem}.count b{font-size:1.5rem}
.count .of{display:block}.overview .wide{display:none}.outcome{padding:.8rem}
figure svg{overflow:visible}svg text{font-size:27px}svg .small{font-size:25px}
ol.mistakes>li{grid-template-columns:minmax(0,1fr)}ol.mistakes .of{display:inline}}
@media print{.everyone{max-height:none}.everyone th,.everyone thead th{position:static}
.split i,.meter i,.key,.facts li{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
""" + "".join(
    f".s-{name}{{background:{colour}}}td.t-{name}{{box-shadow:inset 0 -.22rem {colour}}}"
    for name, colour in STATUS_COLOURS.items()
)

# The HTML and the text of the report of a result.
ReportOf = Callable[[Result], tuple[str, str]]


def class_report(
    standings: Sequence[Standing],
    run: Run,
    report_of: ReportOf,
    feedback: Mapping[str, str] | None = None,
) -> str:
    """The page of the class.

    Args:
        standings: the class, with what counts.
        run: when it was graded, and how.
        report_of: gives the report of a result, for the examples.
        feedback: for each student's id, the address of the feedback beside the page.
    """
    all_of_them = outcomes(standings)
    hardest = [outcome for outcome in hardest_first(all_of_them) if outcome.mistakes]
    body = [
        _header(standings, run),
        "<main>",
        _distribution(standings),
        _most_frequent(hardest),
        _overview(all_of_them),
        _misunderstood(hardest, report_of),
        _everyone(standings, feedback or {}),
        "</main>",
        _footer(standings, run),
    ]
    return document("What the class understood", "\n".join(filter(None, body)), _STYLE)


# The class as a whole -----------------------------------------------------------------------------


def _header(standings: Sequence[Standing], run: Run) -> str:
    handed_in = [standing for standing in standings if standing.handed_in]
    notebooks = sum(len(standing.notes) for standing in standings)
    results = [result for standing in standings for result in standing.results]
    answered = [result for result in results if status_of(result.status).answered]
    passed = sum(result.status == "passed" for result in answered)
    facts = [(f"{len(handed_in)} of {len(standings)}", "students handed something in")]
    facts.append((f"{notebooks:,}", "notebook" if notebooks == 1 else "notebooks"))
    if answered:
        facts.append((_percent(passed, len(answered)), "of the answers passed"))
    if handed_in:
        median = statistics.median(standing.share for standing in handed_in)
        facts.append((f"{100 * median:.0f} %", "is the middle score"))
    items = "".join(f"<li><b>{value}</b> {text}</li>" for value, text in facts)
    line = " · ".join([run.when, *_chapters_line(standings)])
    return (
        f"<header><h1>What the class understood</h1>\n"
        f'<p class="soft">{html.escape(line)}</p>\n<ul class="facts">{items}</ul></header>'
    )


def _chapters_line(standings: Sequence[Standing]) -> list[str]:
    results = standings[0].results if standings else ()
    chapters = [chapter_title(name) for name in dict.fromkeys(r.notebook for r in results)]
    many = len(chapters) > 3
    return [f"{len(chapters)} chapters, {chapters[0]} to {chapters[-1]}"] if many else chapters


def _distribution(standings: Sequence[Standing]) -> str:
    """A histogram of the scores of those who handed something in."""
    shares = [standing.share for standing in standings if standing.handed_in]
    if not shares:
        return "<p>Nothing was handed in.</p>"
    bins = [0] * BINS
    for share in shares:
        bins[min(BINS - 1, int(share * BINS + 1e-9))] += 1
    step = 100 // BINS
    ranges = [f"{n * step} to {(n + 1) * step} %" for n in range(BINS)]
    told = "; ".join(
        f"{_people(count)} from {text}" for text, count in zip(ranges, bins, strict=True) if count
    )
    without = len(standings) - len(shares)
    rest = f" {_people(without)} without a submission not counted." if without else ""
    return (
        "<section><h2>Scores</h2>\n<figure>"
        f"{_histogram(bins, step, f'How many students have which score: {told}.')}"
        f'<figcaption class="soft">Students by score, in percent of the points.{rest}</figcaption>'
        "</figure></section>"
    )


def _histogram(bins: Sequence[int], step: int, told: str) -> str:
    width, height, left, top = 62, 170, 20, 26
    most = max(bins)
    parts = []
    for number, count in enumerate(bins):
        x = left + number * width
        tall = height * count / most
        middle, y = x + width / 2, top + height - tall
        if count:
            parts.append(
                f'<rect class="bar" x="{x + 3}" y="{y:.1f}" width="{width - 6}" '
                f'height="{tall:.1f}" rx="3"/><text x="{middle:g}" y="{y - 7:.1f}">{count}</text>'
            )
    right, bottom = left + len(bins) * width, top + height
    parts.append(f'<path class="axis" d="M{left} {bottom}H{right}"/>')
    for number in range(len(bins) + 1):
        parts.append(
            f'<text class="small" x="{left + number * width}" y="{bottom + 19}">'
            f"{number * step}</text>"
        )
    size = f"0 0 {right + left} {bottom + 28}"
    return (
        f'<svg viewBox="{size}" role="img" aria-label="{html.escape(told)}">{"".join(parts)}</svg>'
    )


def _overview(all_of_them: Sequence[Outcome]) -> str:
    """Every exercise in the order of the course: how it went, as a bar and in numbers."""
    if not all_of_them:
        return ""
    rows = []
    for outcome in all_of_them:
        passed = outcome.counts.get("passed", 0)
        rows.append(
            f'<tr><th scope="row">{_link(outcome)}</th>'
            f'<td class="soft">{html.escape(chapter_title(outcome.notebook))}</td>'
            f'<td class="wide">{_split(outcome)}</td>'
            f'<td class="number">{passed} of {outcome.answered}</td></tr>'
        )
    present = {name: 1 for outcome in all_of_them for name in outcome.counts}
    legend = "".join(f"<li>{_key(STATUSES[n])}</li>" for n in STATUSES if n in present)
    return (
        "<section><h2>Every exercise</h2>\n"
        f'<ul class="counts soft">{legend}</ul>\n<div class="scroll"><table class="overview">'
        '<thead><tr><th scope="col">exercise</th><th scope="col">chapter</th>'
        '<th scope="col" class="wide">how it went</th>'
        '<th scope="col" class="number">passed</th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div></section>"
    )


def _link(outcome: Outcome) -> str:
    name = f"<code>{html.escape(outcome.exercise)}</code>"
    return f'<a href="#{_anchor(outcome)}">{name}</a>' if outcome.mistakes else name


def _anchor(outcome: Outcome) -> str:
    return f"exercise-{html.escape(outcome.exercise)}"


def _split(outcome: Outcome) -> str:
    """A bar parted by what became of the exercise. The numbers stand in its label."""
    told = ", ".join(f"{count} {STATUSES[n].noun}" for n, count in outcome.counts.items())
    parts = "".join(
        f'<i class="s-{name}" style="flex:{count}"></i>' for name, count in outcome.counts.items()
    )
    return f'<div class="split" role="img" aria-label="{told}" title="{told}">{parts}</div>'


def _key(status: Status, count: int | None = None) -> str:
    number = "" if count is None else f"{count} "
    return (
        f'<span class="key s-{status.name}"></span><span aria-hidden="true">{status.sign}</span> '
        f"{number}{status.noun}"
    )


# What was misunderstood ---------------------------------------------------------------------------


def _most_frequent(hardest: Sequence[Outcome]) -> str:
    pairs = [(outcome, mistake) for outcome in hardest for mistake in outcome.mistakes]
    pairs = [pair for pair in pairs if pair[1].count > 1 and pair[1].status == "failed"]
    pairs.sort(key=lambda pair: -pair[1].count)
    if not pairs:
        return ""
    items = "".join(
        f'<li>{_count(mistake, outcome)}<p class="said">{marked(mistake.headline)} '
        f'<span class="soft">{_link(outcome)}</span></p></li>'
        for outcome, mistake in pairs[:MOST_FREQUENT]
    )
    return (
        "<section><h2>The most frequent misunderstandings</h2>\n"
        f'<ol class="top">{items}</ol></section>'
    )


def _misunderstood(hardest: Sequence[Outcome], report_of: ReportOf) -> str:
    if not hardest:
        title = "What the class misunderstood"
        return f"<section><h2>{title}</h2><p>Nothing: every answer passed.</p></section>"
    parts = [
        "<section><h2>What the class misunderstood</h2>\n"
        '<p class="soft">The exercises that most failed come first. Of each answer the first '
        "difference counts: the one to mend first.</p>"
    ]
    parts += [
        _outcome(outcome, report_of, number < MOST_OPEN) for number, outcome in enumerate(hardest)
    ]
    return "\n".join([*parts, "</section>"])


def _outcome(outcome: Outcome, report_of: ReportOf, is_open: bool) -> str:
    counts = "".join(f"<li>{_key(STATUSES[n], count)}</li>" for n, count in outcome.counts.items())
    mistakes = [mistake for mistake in outcome.mistakes if not _is_of_a_notebook(mistake)]
    shown_ones, rest = mistakes[:MOST_MISTAKES], mistakes[MOST_MISTAKES:]
    items = [
        _mistake(mistake, outcome, report_of, is_open and number == 0)
        for number, mistake in enumerate(shown_ones)
    ]
    if rest:
        lines = "".join(f"<li>{marked(m.headline)} <b>{m.count}</b></li>" for m in rest)
        items.append(
            f'<li><span class="count"><b>{sum(m.count for m in rest)}</b></span><details>'
            f"<summary>{len(rest)} more mistakes</summary><ul>{lines}</ul></details></li>"
        )
    # What happened to whole notebooks has no example, and stands at each of their exercises.
    whole = " ".join(
        f"{mistake.count} of {outcome.answered} {_lower(mistake.headline)}"
        for mistake in outcome.mistakes
        if _is_of_a_notebook(mistake)
    )
    told = f'<p class="soft whole">{marked(whole)}</p>' if whole else ""
    listed = f'\n<ol class="mistakes">{"".join(items)}</ol>' if items else ""
    return (
        f'<section class="outcome" id="{_anchor(outcome)}"><h3><code>'
        f'{html.escape(outcome.exercise)}</code> <span class="soft">'
        f"{html.escape(chapter_title(outcome.notebook))}</span></h3>\n{_split(outcome)}"
        f'<ul class="counts">{counts}</ul>{listed}{told}</section>'
    )


def _is_of_a_notebook(mistake: Mistake) -> bool:
    return mistake.status not in ("failed", "error")


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _mistake(mistake: Mistake, outcome: Outcome, report_of: ReportOf, is_open: bool) -> str:
    report = fragment.shown(*report_of(mistake.example))
    if not report and mistake.example.message:
        report = f"<p>{marked(mistake.example.message)}</p>"
    example = ""
    if report:
        state = " open" if is_open else ""
        title = "The answer" if mistake.count == 1 else "One of these answers"
        example = (
            f"<details{state}><summary>{title}</summary>"
            f'<div class="scroll example" tabindex="0" role="region" aria-label="{title}">'
            f"{report}</div></details>"
        )
    wide = 100 * mistake.count / outcome.answered
    return (
        f'<li><div>{_count(mistake, outcome)}<div class="meter" aria-hidden="true">'
        f'<i style="width:{wide:.0f}%"></i></div></div>'
        f'<div><p class="said">{marked(mistake.headline)}</p>{example}</div></li>'
    )


def _count(mistake: Mistake, outcome: Outcome) -> str:
    return (
        f'<span class="count"><b>{mistake.count}</b> <span class="of">of {outcome.answered}</span>'
        "</span>"
    )


# With names ---------------------------------------------------------------------------------------


def _everyone(standings: Sequence[Standing], feedback: Mapping[str, str]) -> str:
    if not standings:
        return ""
    columns = "".join(
        f'<th scope="col"><span>{html.escape(result.exercise)}</span></th>'
        for result in standings[0].results
    )
    rows = []
    for standing in standings:
        name = html.escape(standing.called)
        if standing.id in feedback:
            name = f'<a href="{html.escape(feedback[standing.id])}">{name}</a>'
        cells = "".join(map(_cell, standing.results))
        score = f"{shown(standing.score)} of {shown(standing.out_of)}"
        rows.append(f'<tr><th scope="row">{name}</th><td class="number">{score}</td>{cells}</tr>')
    return (
        "<section><h2>Every student, with names</h2>\n<details><summary>Show the names</summary>"
        '<div class="scroll everyone" tabindex="0" role="region" '
        'aria-label="Every student with every exercise"><table><thead><tr>'
        f'<th scope="col">student</th><th scope="col">score</th>{columns}</tr></thead>'
        f"<tbody>\n{chr(10).join(rows)}\n</tbody></table></div></details></section>"
    )


def _cell(result: Result) -> str:
    status = status_of(result.status)
    return (
        f'<td class="t-{status.name}"><b aria-hidden="true">{status.sign}</b>'
        f"<small>{status.short}</small></td>"
    )


def _footer(standings: Sequence[Standing], run: Run) -> str:
    lines = []
    if run.versions:
        lines.append(", ".join(f"{name} {version}" for name, version in run.versions.items()))
    if run.sandbox:
        lines.append(run.sandbox)
    if run.seconds:
        lines.append(f"The run took {_duration(run.seconds)}.")
    called = {standing.id: standing.called for standing in standings}
    missing = [called.get(student, student) for student in run.missing]
    loose = [
        f"{standing.called}: {result.message}"
        for standing in standings
        for result in standing.others
        if result.message
    ]
    parts = [f"<p>{html.escape(line)}</p>" for line in lines]
    for title, items in (
        (f"Nothing came from {_people(len(missing))}", missing),
        (f"{len(loose)} not assigned to a chapter", loose),
        (f"{len(run.ignored)} ignored", run.ignored),
    ):
        if items:
            listed = "".join(f"<li>{marked(item)}</li>" for item in items)
            parts.append(f"<details><summary>{title}</summary><ul>{listed}</ul></details>")
    if not parts:
        return ""
    return f'<footer class="soft"><h2>How it was graded</h2>{"".join(parts)}</footer>'


def _people(count: int) -> str:
    return "1 student" if count == 1 else f"{count} students"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} minutes"
