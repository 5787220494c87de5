"""The tables open in a spreadsheet without running anything, and are read back whole."""

from __future__ import annotations

import csv
import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_results import SHARED, SKIPS, graded, result, the_class

from exercises_check.classroom.submission import Student
from exercises_check.classroom.tables import LONGEST_CELL, cell, gradebook_csv, results_csv, table


def rows_of(text: str) -> list[dict[str, str]]:
    """As a program reads it."""
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_every_student_has_a_row_for_every_exercise():
    everyone = the_class(
        graded("Ada", result(), result("failed", "toy_resnet")),
        graded("Ada", result(exercise="siamese_encoder"), notebook=SHARED),
        students=(Student("Alan", "Alan Turing"),),
    )
    rows = rows_of(results_csv(everyone))
    assert [(r["student"], r["exercise"], r["status"], r["points"], r["out_of"]) for r in rows] == [
        ("Ada", "siamese_encoder", "passed", "2", "2"),
        ("Ada", "residual_block", "passed", "1", "1"),
        ("Ada", "toy_resnet", "failed", "0", "1"),
        ("Alan", "siamese_encoder", "missing", "0", "2"),
        ("Alan", "residual_block", "missing", "0", "1"),
        ("Alan", "toy_resnet", "missing", "0", "1"),
    ]
    assert rows[2]["kind"] == "wiring"
    assert rows[2]["message"] == "`add` receives `x` and `x`; expected `start` and `x`."
    assert rows[2]["notebook"] == SKIPS


def test_the_columns_are_those_that_the_readme_names():
    header = results_csv(()).removeprefix("\ufeff").strip()
    assert header == "student,notebook,exercise,status,points,out_of,kind,message"


def test_the_gradebook_has_a_row_for_each_student():
    everyone = the_class(
        graded("Ada", result(), result("failed", "toy_resnet")),
        students=(Student("Alan", "Alan Turing"),),
    )
    ada, alan = rows_of(gradebook_csv(everyone))
    assert list(ada) == [
        "student", "name", "siamese_encoder", "residual_block", "toy_resnet", "score", "out_of",
        "status",
    ]  # fmt: skip
    assert (ada["residual_block"], ada["score"], ada["out_of"]) == ("1", "1", "4")
    assert ada["status"] == "1 passed, 1 failed, 1 missing"
    assert (alan["name"], alan["score"], alan["status"]) == ("Alan Turing", "0", "missing")


def test_where_the_checker_failed_there_is_no_0():
    everyone = the_class(graded("Ada", result("checker_error")))
    (ada,) = rows_of(gradebook_csv(everyone))
    assert (ada["residual_block"], ada["status"]) == ("", "2 missing, 1 not judged")


def test_students_are_sorted_as_people_count():
    everyone = the_class(*(graded(name, result()) for name in ("s10", "s9", "Ada", "ada 2")))
    assert [row["student"] for row in rows_of(gradebook_csv(everyone))] == [
        "Ada", "ada 2", "s9", "s10",
    ]  # fmt: skip


def test_a_file_whose_chapter_is_not_known_has_its_row():
    lost = graded("Ada", result("refused", "", message="`x.ipynb` is empty."), notebook="")
    everyone = the_class(lost)
    *_, last = rows_of(results_csv(everyone))
    assert (last["notebook"], last["status"], last["out_of"]) == ("", "refused", "0")
    (row,) = rows_of(gradebook_csv(everyone))
    assert row["status"] == "1 refused, 3 missing"


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\u00a0=1", "\u200b=1",
        "\ufeff=1", "＝1", "＋1", "－1", "＠1", "\x00=1", "\u202e=1", "\u2028=1", "﹢1", "−1",
        '=HYPERLINK("http://x","y")',
    ],
)  # fmt: skip
def test_no_cell_starts_a_formula(text):
    for written in (results_csv, gradebook_csv):
        everyone = the_class(
            graded(text, result("failed", message=text)), students=(Student(text, text),)
        )
        (first, *_) = csv.reader(io.StringIO(written(everyone).removeprefix("\ufeff")))
        assert first
        for row in rows_of(written(everyone)):
            for value in row.values():
                assert value.startswith("'") or not value.strip() or _is_plain(value), value
            assert row["student"].startswith("'")


def _is_plain(value: str) -> bool:
    return unicodedata.normalize("NFKC", value).lstrip()[:1] not in "=+-@−"


@given(st.text())
def test_whatever_a_cell_holds_it_is_one_line_and_no_formula(text):
    written = cell(text)
    assert not set(written) & set("\r\n\t\x00\x1b\u2028")
    shown = "".join(
        c for c in unicodedata.normalize("NFKC", written) if unicodedata.category(c) != "Cf"
    )
    assert shown.lstrip()[:1] not in set("=+-@−")
    header, row = csv.reader(io.StringIO(table(("a",), [(text,)], mark=False), newline=""))
    assert header == ["a"]
    assert row == ([written] if written else row)


@pytest.mark.parametrize(
    "name", ["Émilie du Châtelet", "李 飛飛", "O'Neill, Shaquille", 'Dwayne "The Rock"', "Ada  L."]
)
def test_names_survive(name):
    (row,) = rows_of(gradebook_csv(the_class(graded(name, result()))))
    assert row["student"] == name


def test_numbers_stay_numbers():
    everyone = the_class(graded("Ada", result("failed", points=1.0, out_of=3.0)))
    rows = rows_of(results_csv(everyone))
    assert [float(row["points"]) for row in rows] == [0, 0.33, 0]


def test_excel_is_told_that_it_is_utf_8():
    assert results_csv(()).encode()[:3] == b"\xef\xbb\xbf"


def test_a_very_long_message_is_cut():
    (_, row, _) = rows_of(
        results_csv(the_class(graded("Ada", result("error", message="x" * 10**6))))
    )
    assert len(row["message"]) == LONGEST_CELL
    assert row["message"].endswith("…")
