"""Files that Canvas and Moodle import: the grades, in the columns that each of them asks for.

Canvas finds a student by `ID`, else by `SIS User ID`, else by `SIS Login ID`, else by the name.
`Section` has to be the last column before the assignments, and a row "Points Possible" says what
each is out of. Moodle's grading worksheet is of one assignment; it needs the columns `Identifier`,
`Grade` and `Last modified (grade)`, under these names, and finds a student by the number in
`Identifier`. Both are known only to the system itself: they come from the roster, which should be
the file that Canvas exports as gradebook, or Moodle as grading worksheet.

Who handed in nothing has no grade here, so that the rules of the system on missing work apply; nor
has who could not be judged, because the checker failed.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from exercises_check.classroom.points import shown
from exercises_check.classroom.result import Result
from exercises_check.classroom.standing import Standing
from exercises_check.classroom.status import in_words
from exercises_check.classroom.tables import table

SYSTEMS = ("canvas", "moodle")
_CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
# Canvas reads these too, where its export has them; anything more would be an assignment.
_CANVAS_MORE = ("Integration ID", "Root Account")
_MOODLE = (
    "Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade",
    "Grade can be changed", "Last modified (grade)", "Feedback comments",
)  # fmt: skip


@dataclass(frozen=True)
class Export:
    """A file for a system.

    Attributes:
        name: the file's name.
        content: the file.
        notices: sentences about what the system will not know.
    """

    name: str
    content: str
    notices: tuple[str, ...] = ()


def export(system: str, standings: Sequence[Standing], titles: Mapping[str, str]) -> Export:
    """The file for `"canvas"` or `"moodle"`.

    Args:
        system: one of `SYSTEMS`.
        standings: the class.
        titles: what each chapter that counts is called as an assignment, in order.
    """
    return {"canvas": _canvas, "moodle": _moodle}[system](standings, titles)


def _canvas(standings: Sequence[Standing], titles: Mapping[str, str]) -> Export:
    known = dict.fromkeys(column for standing in standings for column in standing.lms)
    more = [column for column in _CANVAS_MORE if column in known]
    columns = [*_CANVAS[:-1], *more, "Section"]
    headers = [_canvas_header(title, known) for title in titles.values()]
    out_of = [shown(_out_of(standings, chapter)) for chapter in titles]
    # Canvas itself writes the four spaces; it looks for the words.
    rows = [("    Points Possible", *[""] * (len(columns) - 1), *out_of)]
    unknown = []
    for standing in standings:
        row = standing.lms
        given = {"Student": row.get("Student") or standing.called}
        cells = [given.get(column, row.get(column, "")) for column in columns]
        rows.append((*cells, *(_grade(standing, chapter) for chapter in titles)))
        if not any(row.get(column) for column in _CANVAS[1:4]):
            unknown.append(standing.called)
    notices = _unknown(
        unknown,
        "Canvas",
        "ID",
        "The names are used instead. Give the gradebook that Canvas exports",
    )  # fmt: skip
    content = table((*columns, *headers), rows, numbers=headers, mark=False)
    return Export("canvas.csv", content, (*notices, *_not_judged(standings)))


def _canvas_header(title: str, known: Mapping[str, None]) -> str:
    """The column of an assignment: as the export of Canvas has it, with its number, if it does."""
    plain = title.casefold()
    for column in known:
        name, _, number = column.rpartition(" (")
        if name.casefold() == plain and number.rstrip(")").isdigit():
            return column
    return title


def _moodle(standings: Sequence[Standing], titles: Mapping[str, str]) -> Export:
    rows, unknown = [], []
    for standing in standings:
        given = standing.lms
        identifier = given.get("Identifier", "")
        most = _as_number(given.get("Maximum Grade", "")) or standing.out_of
        ours = {
            "Full name": given.get("Full name") or standing.called,
            "Email address": given.get("Email address") or standing.email,
            "Grade": _moodle_grade(standing, most),
            "Maximum Grade": given.get("Maximum Grade") or shown(most),
            "Grade can be changed": given.get("Grade can be changed") or "Yes",
            # Moodle asks for the column; with no date in it, it takes what is newer here.
            "Last modified (grade)": given.get("Last modified (grade)") or "-",
            "Feedback comments": _comments(standing, titles),
        }
        rows.append([ours.get(column, given.get(column, "")) for column in _MOODLE])
        if not identifier:
            unknown.append(standing.called)
    notices = _unknown(
        unknown, "Moodle", "Identifier",
        "Moodle leaves them out. Give the grading worksheet of the assignment",
    )  # fmt: skip
    content = table(_MOODLE, rows, numbers=("Grade",), mark=False)
    return Export("moodle.csv", content, (*notices, *_not_judged(standings)))


def _moodle_grade(standing: Standing, most: float) -> str:
    if not _has_a_grade(standing, standing.results):
        return ""
    return f"{standing.share * most:.2f}"


def _comments(standing: Standing, titles: Mapping[str, str]) -> str:
    """What Moodle shows the student, as HTML on one line: how each chapter went."""
    lines = [note for notes in standing.notes.values() for note in notes]
    for chapter, title in titles.items():
        results = _of(standing, chapter)
        points = f"{shown(sum(r.points for r in results))} of {shown(_most(results))}"
        lines.append(f"{title}: {points} ({in_words(r.status for r in results)}).")
    return "<br>".join(html.escape(line, quote=False) for line in lines)


def _grade(standing: Standing, chapter: str) -> str:
    results = _of(standing, chapter)
    if not _has_a_grade(standing, results):
        return ""
    return shown(sum(result.points for result in results))


def _has_a_grade(standing: Standing, results: Sequence[Result]) -> bool:
    failed = any(result.status == "checker_error" for result in results)
    return not failed and any(result.notebook in standing.notes for result in results)


def _of(standing: Standing, chapter: str) -> list[Result]:
    return [result for result in standing.results if result.notebook == chapter]


def _out_of(standings: Sequence[Standing], chapter: str) -> float:
    return _most(_of(standings[0], chapter)) if standings else 0.0


def _most(results: Sequence[Result]) -> float:
    return sum(result.out_of for result in results)


def _as_number(text: str) -> float:
    """A number as Moodle writes it, in some languages with a comma; 0 if it is none."""
    try:
        number = float(text.strip().replace(",", "."))
    except ValueError:
        return 0.0
    return number if 0 < number < float("inf") else 0.0


def _unknown(who: Sequence[str], system: str, column: str, otherwise: str) -> tuple[str, ...]:
    if not who:
        return ()
    are = "student is" if len(who) == 1 else "students are"
    return (f"{len(who)} {are} without `{column}` for {system}. {otherwise} as --roster.",)


def _not_judged(standings: Sequence[Standing]) -> tuple[str, ...]:
    who = [
        standing.called
        for standing in standings
        if any(result.status == "checker_error" for result in standing.results)
    ]
    if not who:
        return ()
    return (
        f"The checker failed on answers of {', '.join(who)}: no grade is exported where it did.",
    )
