"""The class as tables: results.csv and gradebook.csv, safe to open in a spreadsheet.

A spreadsheet runs a cell that starts with `=`, `+`, `-` or `@` as a formula, some also after
spaces, control characters or as a full-width sign. Such a cell gets a `'` in front, which a
spreadsheet takes as "this is text" and a program can take off again. Numbers stay numbers. The
files are UTF-8 with a byte order mark, without which Excel shows other letters for `é`.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence

from exercises_check.classroom.points import shown
from exercises_check.classroom.result import Result
from exercises_check.classroom.standing import Standing

RESULT_COLUMNS = (
    "student", "notebook", "exercise", "status", "points", "out_of", "kind", "message",
)  # fmt: skip
LONGEST_CELL = 2_000  # Excel cuts a cell at 32,767 characters; nobody reads that many
_FORMULA = "=+-@−"  # the last one is the minus sign of mathematics


def results_csv(standings: Sequence[Standing]) -> str:
    """One row for each student and exercise, sorted by student, then in the order of the course."""
    rows = (
        (
            standing.id, result.notebook, result.exercise, result.status, shown(result.points),
            shown(result.out_of), result.kind, result.message,
        )
        for standing in standings
        for result in (*standing.results, *standing.others)
    )  # fmt: skip
    return table(RESULT_COLUMNS, rows, numbers=("points", "out_of"))


def gradebook_csv(standings: Sequence[Standing]) -> str:
    """One row for each student: the points of each exercise, the score, and what became of all."""
    exercises = [result.exercise for result in standings[0].results] if standings else []
    columns = ("student", "name", *exercises, "score", "out_of", "status")
    rows = (
        (
            standing.id, standing.name, *map(_points, standing.results), shown(standing.score),
            shown(standing.out_of), standing.status,
        )
        for standing in standings
    )  # fmt: skip
    return table(columns, rows, numbers=(*exercises, "score", "out_of"))


def _points(result: Result) -> str:
    """The points of an exercise; nothing where the checker failed, which is no reason for a 0."""
    return "" if result.status == "checker_error" else shown(result.points)


def table(
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    numbers: Iterable[str] = (),
    mark: bool = True,
) -> str:
    """A table as CSV.

    Args:
        columns: the header.
        rows: the texts of the cells.
        numbers: the columns whose cells are numbers of ours.
        mark: with a byte order mark.
    """
    ours = set(numbers)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([cell(column) for column in columns])
    for row in rows:
        pairs = zip(columns, row, strict=True)
        writer.writerow([text if column in ours else cell(text) for column, text in pairs])
    return ("\ufeff" if mark else "") + out.getvalue()


def cell(text: str) -> str:
    """A text as a cell that no spreadsheet takes for a formula, on one line."""
    # What is no letter on paper is none here: an escape of a terminal, a lone half of a character.
    text = "".join(" " if _is_control(c) else c for c in text)
    if len(text) > LONGEST_CELL:
        text = f"{text[: LONGEST_CELL - 1]}…"
    return f"'{text}" if _starts_a_formula(text) else text


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")


def _starts_a_formula(text: str) -> bool:
    # A full-width sign becomes the plain one on the way into some spreadsheets; signs that take no
    # room, such as the mark of the reading direction, may be dropped there.
    for character in unicodedata.normalize("NFKC", text):
        if unicodedata.category(character) == "Cf" or character.isspace():
            continue
        return character in _FORMULA
    return False
