"""Canvas and Moodle get the columns that their importers ask for."""

from __future__ import annotations

import csv
import io
import re

from made_up_results import SHARED, SKIPS, graded, result, the_class

from exercises_check.classroom.lms import export
from exercises_check.classroom.submission import Student

TITLES = {SHARED: "05 Shared layers", SKIPS: "06 Skip connections"}
CANVAS = {
    "Student": "Lovelace, Ada",
    "ID": "1001",
    "SIS User ID": "u1",
    "SIS Login ID": "ada",
    "Section": "A",
    "06 Skip connections (77)": "",
    "Final Score": "12",
}
MOODLE = {
    "Identifier": "Participant 12",
    "Full name": "Ada Lovelace",
    "Email address": "ada@example.org",
    "Status": "Submitted for grading",
    "Grade": "",
    "Maximum Grade": "100.00",
    "Grade can be changed": "Yes",
    "Last modified (submission)": "Sunday, 3 May 2026, 10:12 AM",
    "Last modified (grade)": "-",
    "Feedback comments": "",
}


def exported(system: str, *submissions, students=()):
    made = export(system, the_class(*submissions, students=tuple(students)), TITLES)
    return made, list(csv.reader(io.StringIO(made.content, newline="")))


def ada(*results, lms=None):
    student = Student("ada", "Ada Lovelace", "ada@example.org", lms or {})
    return {"students": (student,)}, graded("ada", *(results or (result(),)))


def test_canvas_gets_its_columns_and_what_each_is_out_of():
    known, submission = ada(lms=CANVAS)
    made, rows = exported("canvas", submission, **known)
    assert made.name == "canvas.csv"
    assert rows == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "05 Shared layers",
         "06 Skip connections (77)"],
        ["    Points Possible", "", "", "", "", "2", "2"],
        ["Lovelace, Ada", "1001", "u1", "ada", "A", "", "1"],
    ]  # fmt: skip
    assert made.notices == ()


def test_canvas_finds_its_header_by_what_its_importer_looks_for():
    known, submission = ada(lms={**CANVAS, "Integration ID": "i", "Root Account": "r"})
    made, (header, points, _) = exported("canvas", submission, **known)
    assert "Student" in header[0]
    assert "ID" in header[1]
    assert header[4:7] == ["Integration ID", "Root Account", "Section"], "Section comes last"
    assert "Points Possible" in points[0]
    assert not made.content.startswith("\ufeff")


def test_canvas_without_ids_is_told_names_and_the_instructor_is_told_so():
    made, rows = exported("canvas", graded("Ada Lovelace", result()))
    assert rows[2][:5] == ["Ada Lovelace", "", "", "", ""]
    assert made.notices == (
        "1 student is without `ID` for Canvas. The names are used instead. Give the gradebook that "
        "Canvas exports as --roster.",
    )


def test_moodle_gets_a_worksheet_that_its_importer_takes():
    known, submission = ada(result(), result("failed", "toy_resnet"), lms=MOODLE)
    made, (header, row) = exported("moodle", submission, **known)
    sheet = dict(zip(header, row, strict=True))
    assert {"Identifier", "Grade", "Last modified (grade)"} <= set(header)
    assert sheet["Identifier"] == "Participant 12"
    assert sheet["Grade"] == "25.00", "1 of 4 points, of the 100 that the assignment has"
    assert sheet["Maximum Grade"] == "100.00"
    assert sheet["Status"] == "Submitted for grading"
    assert sheet["Feedback comments"] == (
        "05 Shared layers: 0 of 2 (missing).<br>06 Skip connections: 1 of 2 (1 passed, 1 failed)."
    )
    assert made.notices == ()


def test_a_maximum_with_a_comma_is_a_number_too():
    known, submission = ada(lms={**MOODLE, "Maximum Grade": "10,00"})
    _, (header, row) = exported("moodle", submission, **known)
    assert dict(zip(header, row, strict=True))["Grade"] == "2.50"


def test_moodle_without_identifiers_is_useless_and_that_is_said():
    made, (header, row) = exported("moodle", graded("Ada", result()))
    sheet = dict(zip(header, row, strict=True))
    assert (sheet["Identifier"], sheet["Grade"], sheet["Maximum Grade"]) == ("", "1.00", "4")
    assert "Moodle leaves them out. Give the grading worksheet" in made.notices[0]


def test_who_handed_in_nothing_has_no_grade():
    students = (Student("Alan", "Alan", "", CANVAS | MOODLE),)
    _, canvas = exported("canvas", students=students)
    assert canvas[2][-2:] == ["", ""]
    _, (header, row) = exported("moodle", students=students)
    assert dict(zip(header, row, strict=True))["Grade"] == ""


def test_who_could_not_be_judged_has_no_grade_and_is_named():
    made, rows = exported("canvas", graded("Ada", result(), result("checker_error", "toy_resnet")))
    assert rows[2][-1] == ""
    assert "The checker failed on answers of Ada" in made.notices[-1]


def test_what_students_wrote_is_neither_html_nor_a_formula():
    name = '=cmd|"/c calc"!A1'
    note = "`<script>x</script>.ipynb` counts."
    for system in ("canvas", "moodle"):
        made, rows = exported(system, graded(name, result(), notes=(note,)))
        assert "<script" not in made.content
        assert all(not re.match(r"\s*[=+@]", value) for row in rows for value in row)
