"""What is made of a folder of submissions, as it comes; and that nothing in it can do harm."""

import hashlib
import io
import json
import os
import pickle
import stat
import struct
import subprocess
import sys
import time
import unicodedata
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exercises_check.classroom import intake, tree
from exercises_check.classroom.intake import collect
from exercises_check.classroom.source import CannotRead
from exercises_check.classroom.submission import CannotGrade, Student

ROOT = Path(__file__).parent.parent
CHAPTERS = {
    "00_start_here": ["first_model", "first_report"],
    "01_first_functional_model": ["mnist_mlp", "dense_shape"],
    "05_shared_layers": ["shared_embedding", "fan_out"],
    "06_skip_connections": ["residual_block", "toy_resnet"],
    "10_attention": ["dot_attention"],
    "12_capstone": ["small_unet"],
}
SHARED, SKIP = "05_shared_layers", "06_skip_connections"


def notebook(*code, title="", **metadata):
    """The bytes of a notebook with these code cells."""
    cells = [{"cell_type": "markdown", "metadata": {}, "source": [f"# {title}\n"]}] if title else []
    for source in code or ("x = 1",):
        cells.append({"cell_type": "code", "metadata": {}, "outputs": [], "source": source})
    content = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}
    return json.dumps(content).encode()


def lay(folder, files):
    """Writes files into a folder: names to bytes, or to nothing for an ordinary notebook."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(notebook() if content is None else content)
    return folder


def zipped(files, **settings):
    """The bytes of a zip file."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, date_time=(2026, 5, 3, 10, 12, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            for key, value in settings.items():
                setattr(info, key, value)
            archive.writestr(info, notebook() if content is None else content)
    return stream.getvalue()


def take(folder, roster=None, **options):
    return collect(folder, roster, CHAPTERS, **options)


def taken(folder, **options):
    """Who handed in what."""
    return [(s.student, s.notebook) for s in take(folder, **options).submissions]


def only(folder, **options):
    (submission,) = take(folder, **options).submissions
    return submission


def roster(folder, text, encoding="utf-8"):
    path = folder.parent / "students.csv"
    path.write_bytes(text.encode(encoding))
    return path


def at(path, moment):
    seconds = time.mktime(time.strptime(moment, "%Y-%m-%d %H:%M"))
    os.utime(path, (seconds, seconds))


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "class"
    made.mkdir()
    return made


# As it comes


def test_a_folder_per_student(folder):
    lay(folder, {"anna/05_shared_layers.ipynb": None, "ben/05_shared_layers.ipynb": None})
    assert taken(folder) == [("anna", SHARED), ("ben", SHARED)]


def test_folders_in_a_students_folder_and_a_zip_file_in_it(folder):
    lay(
        folder,
        {
            "anna/week 5/final/05_shared_layers.ipynb": None,
            "anna/rest.zip": zipped({"more/06_skip_connections.ipynb": None}),
            "ben/05.ipynb": None,
        },
    )
    assert taken(folder) == [("anna", SHARED), ("anna", SKIP), ("ben", SHARED)]


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("anna_05_shared_layers.ipynb", "anna"),
        ("05_shared_layers_anna.ipynb", "anna"),
        ("anna-05.ipynb", "anna"),
        ("anna-5.ipynb", "anna"),
        ("Anna Smith 05 Shared Layers.ipynb", "Anna Smith"),
        ("05-shared-layers (2).ipynb", "class"),
        ("anna_05_shared_layers-1.ipynb", "anna"),
        ("anna_05_shared_layers-Copy1.ipynb", "anna"),
        ("ch05_anna.IPYNB", "anna"),
        ("1001_05.ipynb", "1001"),
        ("12_05_shared_layers.ipynb", "12"),
        ("anna.smith_shared_layers.ipynb", "anna.smith"),
        ("anna_2026-05-03_05.ipynb", "anna_2026-05-03"),
        ("anna_05_shared_layers.ipynb.txt", "anna"),
    ],
)
def test_a_flat_file_is_told_by_its_name(folder, name, student):
    lay(folder, {name: None, "zoe_06.ipynb": None})
    assert (student, SHARED) in taken(folder)


def test_flat_files_of_several_students_are_kept_apart(folder):
    lay(folder, {f"{n}_05.ipynb": None for n in ("1001", "1002", "ana", "ann")})
    assert [student for student, _ in taken(folder)] == ["1001", "1002", "ana", "ann"]


def test_nbgraders_folders_with_the_one_above_or_without(folder):
    lay(
        folder,
        {
            "submitted/anna/shared/05_shared_layers.ipynb": None,
            "submitted/05/shared/05_shared_layers.ipynb": None,
            "source/shared/05_shared_layers.ipynb": None,
            "autograded/anna/shared/05_shared_layers.ipynb": None,
            "gradebook.db": b"",
        },
    )
    expected = [("05", SHARED), ("anna", SHARED)]
    assert taken(folder) == expected
    assert taken(folder / "submitted") == expected
    assert "`source` lies beside nbgrader's folder `submitted`; it is not looked at." in (
        take(folder).ignored
    )


CANVAS = {
    "smithanna_101_9001_05_shared_layers.ipynb": None,
    "smithanna_102_9002_05_shared_layers.ipynb": None,
    "obrienzoe_LATE_103_9003_Untitled1.ipynb": notebook('check("fan_out", model)'),
    "leebo_104_9004_work.zip": zipped({"work/05_shared_layers.ipynb": None}),
    "leebo_104_9005_notes.pdf": b"%PDF",
}


@pytest.mark.parametrize("packed", [True, False])
def test_canvas_zip_file_and_what_comes_out_of_it(folder, packed):
    lay(folder, {"submissions.zip": zipped(CANVAS)} if packed else CANVAS)
    found = take(folder)
    assert [(s.student, s.notebook) for s in found.submissions] == [
        ("101", SHARED), ("102", SHARED), ("103", SHARED), ("104", SHARED),
    ]  # fmt: skip
    assert found.submissions[2].notes == ("Canvas marks it as late.",)
    assert found.students[0] == Student("101", "smithanna", lms={"ID": "101"})
    assert any("leebo_104_9005_notes.pdf` is not a notebook." in said for said in found.ignored)


def test_the_zip_file_itself(folder):
    lay(folder, {"submissions.zip": zipped(CANVAS)})
    assert taken(folder / "submissions.zip") == taken(folder)


def test_two_users_of_canvas_with_one_name_stay_two(folder):
    lay(folder, CANVAS)
    found = take(folder, roster(folder, 'name,email\n"Smith, Anna",anna@uni.example\n'))
    assert {"101", "102"} <= {s.student for s in found.submissions}
    assert any("all fit `Smith, Anna` on the roster" in said for said in found.notes) or any(
        "all fit `anna@uni.example` on the roster" in said for said in found.notes
    )


def test_anonymous_files_of_canvas(folder):
    lay(folder, {"anon_x7Gk2_9001_05.ipynb": None, "LATE_anon_b2_9002_05.ipynb": None})
    assert taken(folder) == [("anon_b2", SHARED), ("anon_x7Gk2", SHARED)]


@pytest.mark.parametrize("end", ["_assignsubmission_file_/", "_assignsubmission_file/"])
def test_moodles_folders(folder, end):
    files = {
        f"Anna Smith_12345{end}05_shared_layers.ipynb": None,
        f"Anna Smith_12346{end}nested/05_shared_layers.ipynb": None,
        f"Zoë O'Brien_12347{end}work.zip": zipped({"05_shared_layers.ipynb": None}),
    }
    lay(folder, {"course.zip": zipped(files)})
    found = take(folder)
    assert [s.student for s in found.submissions] == ["12345", "12346", "12347"]
    assert found.students[2].name == "Zoë O'Brien"
    assert found.students[0].lms["Identifier"] == "Participant 12345"


def test_moodles_flat_files(folder):
    lay(folder, {"Anna Smith_12345_assignsubmission_file_05_shared_layers.ipynb": None})
    assert taken(folder) == [("12345", SHARED)]


def test_downloads_of_several_assignments(folder):
    one = {"smithanna_101_9001_05.ipynb": None, "leebo_104_9004_05.ipynb": None}
    two = {"smithanna_101_9101_06.ipynb": None}
    lay(folder, {"chapter 05.zip": zipped(one), "chapter 06.zip": zipped(two)})
    assert taken(folder) == [("101", SHARED), ("101", SKIP), ("104", SHARED)]


def test_folders_by_chapter(folder):
    lay(
        folder,
        {"05_shared_layers/anna.ipynb": None, "05_shared_layers/ben.ipynb": None,
         "06_skip_connections/anna.ipynb": None},
    )  # fmt: skip
    assert taken(folder) == [("anna", SHARED), ("anna", SKIP), ("ben", SHARED)]


def test_folders_that_are_named_by_numbers_are_students(folder):
    lay(folder, {f"{n:02}/05_shared_layers.ipynb": None for n in (1, 5, 6, 10)})
    assert [student for student, _ in taken(folder)] == ["01", "05", "06", "10"]


def test_a_folder_around_the_students(folder):
    lay(folder, {"spring/anna/05.ipynb": None, "spring/ben/06.ipynb": None})
    assert taken(folder) == [("anna", SHARED), ("ben", SKIP)]


def test_sections_are_passed_through_where_the_roster_knows_the_students(folder):
    lay(folder, {"group a/anna/05.ipynb": None, "group b/ben/05.ipynb": None})
    found = take(folder, roster(folder, "login\nanna\nben\n"))
    assert [s.student for s in found.submissions] == ["anna", "ben"]


def test_one_students_own_repository(folder):
    lay(
        folder,
        {
            "chapters/05_shared_layers.ipynb": None,
            "solutions/05_shared_layers.ipynb": notebook("solved"),
            "exercises_check/__init__.py": b"",
        },
    )
    assert taken(folder) == [("class", SHARED)]
    assert "chapters/05" in only(folder).source.label


def test_a_copy_of_the_course_counts_without_its_solutions(folder):
    for name in ("anna", "ben"):
        lay(folder / name / "course", {f"{kind}/05_shared_layers.ipynb": None
                                       for kind in ("chapters", "solutions")})  # fmt: skip
    assert taken(folder) == [("anna", SHARED), ("ben", SHARED)]
    assert all("/chapters/" in s.source.label for s in take(folder).submissions)
    assert all(s.notes == () for s in take(folder).submissions)


@pytest.mark.parametrize("worked", ["chapters", "chapters/zh"])
def test_a_chapter_counts_in_the_language_in_which_somebody_worked(folder, worked):
    stem = "01_first_functional_model"
    for language in ("chapters", "chapters/zh"):
        unchanged = (ROOT / language / f"{stem}.ipynb").read_bytes()
        lay(
            folder,
            {
                f"anna/course/{language}/{stem}.ipynb": (
                    notebook("check('mnist_mlp', model)") if language == worked else unchanged
                ),
                "anna/course/exercises_check/__init__.py": b"",
            },
        )
    at(folder / "anna" / "course" / worked / f"{stem}.ipynb", "2020-05-03 10:12")  # the oldest
    submission = only(folder)
    assert submission.source.label == f"anna/course/{worked}/{stem}.ipynb"
    assert submission.notes == ()


def test_a_single_notebook(folder):
    lay(folder, {"anna_05.ipynb": None})
    assert taken(folder / "anna_05.ipynb") == [("anna", SHARED)]


def test_a_zip_file_per_student(folder):
    lay(folder, {f"{name}.zip": zipped({"05.ipynb": None}) for name in ("anna", "ben")})
    assert taken(folder) == [("anna", SHARED), ("ben", SHARED)]


# Which chapter


def test_an_untitled_notebook_is_told_by_its_checks(folder):
    lay(folder, {"anna/Untitled1.ipynb": notebook("check('shared_embedding', model)")})
    assert taken(folder) == [("anna", SHARED)]


def test_a_notebook_without_checks_is_told_by_its_heading(folder):
    lay(folder, {"anna/mine.ipynb": notebook(title="12 Three networks from a figure"),
                 "ben/mine.ipynb": notebook(title="Start here")})  # fmt: skip
    assert taken(folder) == [("anna", "12_capstone"), ("ben", "00_start_here")]


def test_checks_outweigh_a_number_that_may_mean_a_try(folder):
    lay(folder, {"anna/final-1.ipynb": notebook('check("fan_out", model)'), "ben/05.ipynb": None})
    assert ("anna", SHARED) in taken(folder)


def test_a_damaged_notebook_is_told_by_its_text(folder):
    lay(
        folder,
        {"anna/Untitled.ipynb": notebook('check("fan_out", model)')[:-9], "b/05.ipynb": None},
    )
    first = take(folder).submissions[0]
    assert (first.student, first.notebook, first.status) == ("anna", SHARED, "refused")


def test_a_notebook_of_no_chapter_is_named(folder):
    lay(folder, {"anna/05.ipynb": None, "anna/ideas.ipynb": None})
    lay(folder, {"anna/glossary.ipynb": b'{"cells": []}'})
    assert take(folder).ignored == (
        "`anna/glossary.ipynb` belongs to no chapter: neither its name nor its checks say which.",
        "`anna/ideas.ipynb` belongs to no chapter: neither its name nor its checks say which.",
    )


def test_the_name_counts_and_checks_of_another_chapter_are_said(folder):
    lay(folder, {"anna/05_shared_layers.ipynb": notebook('check("residual_block", model)')})
    assert only(folder).notebook == SHARED
    assert only(folder).notes == (
        "By its name it is `05_shared_layers`; its checks are those of `06_skip_connections`.",
    )


def test_what_systems_leave_is_passed_over_in_silence_and_other_files_are_named(folder):
    lay(
        folder,
        {
            "anna/05.ipynb": None,
            "anna/.ipynb_checkpoints/05-checkpoint.ipynb": None,
            "anna/._05.ipynb": b"\0",
            "anna/.DS_Store": b"",
            "__MACOSX/anna/._05.ipynb": b"",
            "anna/notes.pdf": b"",
            "anna/model.py": b"",
            "ben.zip": zipped({"06.ipynb": None, "__MACOSX/._06.ipynb": b"", ".x/06.ipynb": b""}),
        },
    )
    found = take(folder)
    assert [(s.student, s.notebook) for s in found.submissions] == [("anna", SHARED), ("ben", SKIP)]
    assert found.ignored == (
        "`anna/model.py` is not a notebook.", "`anna/notes.pdf` is not a notebook.",
    )  # fmt: skip


# Who


def test_composed_and_decomposed_names_are_one_student(folder):
    lay(folder, {unicodedata.normalize("NFC", "Zoë/05.ipynb"): None,
                 unicodedata.normalize("NFD", "Zoë/06.ipynb"): None})  # fmt: skip
    assert taken(folder) == [("Zoë", SHARED), ("Zoë", SKIP)]


@pytest.mark.parametrize(
    "name",
    [
        "O'Brien, Zoë",
        "=cmd|' ⁄C calc'!A0",
        "حسن علي",
        "👩‍🎓",
        "de la Cruz",
        "李雷",
        "+1",
        "-x",
        "@a",
    ],
)
def test_names_of_all_kinds_are_kept(folder, name):
    lay(folder, {f"{name}/05_shared_layers.ipynb": None, "ben/05.ipynb": None})
    assert (name, SHARED) in taken(folder)


def test_names_that_differ_in_capitals_are_two_students_and_it_is_said(folder):
    lay(folder, {"anna_05.ipynb": None, "Anna_05.ipynb": None})
    found = take(folder)
    assert len({s.student.casefold() for s in found.submissions}) == 2
    assert found.notes == (
        "`anna` and `Anna` look the same; they are kept as two students, one of them as "
        "`anna (2)`.",
    )


def test_controls_in_names_are_written_out(folder):
    lay(folder, {"\x1b[31mred\u202e/05.ipynb": None, "ben/05.ipynb": None})
    found = take(folder)
    assert found.submissions[0].student == "\\x1b[31mred\\u202e"
    assert "\x1b" not in repr(found).replace(repr(found.submissions[0].source.path), "")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not allow such names")
def test_names_that_are_no_text_are_written_out(folder):
    path = os.fsencode(folder) + b"/\xffx"
    os.mkdir(path)
    Path(os.fsdecode(path), "05.ipynb").write_bytes(notebook())
    assert taken(folder) == [("\\xffx", SHARED)]
    assert take(folder).submissions[0].digest


def test_a_students_zip_file_cannot_pretend_to_be_of_another_student(folder):
    fake = {"smithanna_101_9009_05.ipynb": None, "Ben_12_assignsubmission_file_/06.ipynb": None}
    lay(folder, {"mallory.zip": zipped(fake), "anna.zip": zipped({"05.ipynb": None}),
                 "eve/smithanna_101_9009_05.ipynb": None})  # fmt: skip
    assert {student for student, _ in taken(folder)} == {"anna", "mallory", "eve"}


def test_a_students_subfolder_cannot_change_whose_the_others_are(folder):
    lay(folder, {"mallory/7/05.ipynb": None, "anna/week 5/05.ipynb": None,
                 "ben/week 5/05.ipynb": None})  # fmt: skip
    found = take(folder, roster(folder, "id\n7\n8\n"))
    assert [s.student for s in found.submissions] == ["anna", "ben", "mallory"]
    assert found.missing == ("7", "8")


# Versions


def test_the_newest_counts_and_it_is_said(folder):
    lay(folder, {"anna/05.ipynb": notebook("a"), "anna/old/05.ipynb": notebook("b"),
                 "anna/05_shared_layers.ipynb": notebook("c")})  # fmt: skip
    at(folder / "anna/05.ipynb", "2026-05-01 08:00")
    at(folder / "anna/old/05.ipynb", "2026-05-03 10:12")
    at(folder / "anna/05_shared_layers.ipynb", "2026-05-02 09:00")
    submission = only(folder)
    assert submission.source.label == "anna/old/05.ipynb"
    assert submission.notes == (
        "3 versions were handed in; the newest, of 2026-05-03 10:12, counts.",
    )


def test_at_equal_times_the_last_by_name_counts_and_it_is_said(folder):
    for name in ("05.ipynb", "05 (2).ipynb", "05 (10).ipynb"):
        lay(folder, {f"anna/{name}": None})
        at(folder / "anna" / name, "2026-05-03 10:12")
    assert only(folder).notes == (
        "3 versions were handed in, the newest at one time; the last by name, "
        "`anna/05 (10).ipynb`, counts.",
    )


def test_canvas_numbers_its_files_in_time(folder):
    lay(folder, {"smithanna_101_9002_05_shared_layers-1.ipynb": notebook("b"),
                 "smithanna_101_9001_05_shared_layers.ipynb": notebook("a")})  # fmt: skip
    at(folder / "smithanna_101_9002_05_shared_layers-1.ipynb", "2020-01-01 00:00")
    assert only(folder).notes == (
        "2 versions were handed in; the newest, `smithanna_101_9002_05_shared_layers-1.ipynb`, "
        "counts.",
    )


def test_nbgraders_own_time_outweighs_that_of_the_file(folder):
    lay(
        folder,
        {
            "submitted/anna/a/05.ipynb": None,
            "submitted/anna/a/timestamp.txt": b"2026-05-03 10:12:00.123456 UTC",
            "submitted/anna/b/05.ipynb": None,
            "submitted/anna/b/timestamp.txt": b"2026-05-03 11:12:00.5 Europe/Berlin\n",
        },
    )
    at(folder / "submitted/anna/a/05.ipynb", "2020-01-01 00:00")
    submission = only(folder)
    assert submission.source.label == "submitted/anna/a/05.ipynb"
    assert submission.notes == (
        "2 versions were handed in; the newest, of 2026-05-03 10:12, counts.",
    )


def test_a_version_that_cannot_be_read_does_not_stand_in_for_one_that_can(folder):
    lay(folder, {"anna.zip": zipped({"05.ipynb": notebook("a"), "../05.ipynb": notebook("b")}),
                 "ben_05.ipynb": None})  # fmt: skip
    first = take(folder).submissions[0]
    assert (first.student, first.status) == ("anna", "")
    assert first.notes == (
        "`anna.zip/../05.ipynb` has a name that leaves its folder; it is not read.",
    )


# The roster

SIMPLE = "id,name,email\n7,Anna Smith,anna@uni.example\n8,Ben Lee,ben@uni.example\n"


def test_who_handed_in_nothing_is_told(folder):
    lay(folder, {"anna/05.ipynb": None})
    found = take(folder, roster(folder, "login,name\nanna,Anna Smith\nben,Ben Lee\n"))
    assert found.missing == ("ben",)
    assert [s.id for s in found.students] == ["anna", "ben"]
    assert found.students[1].name == "Ben Lee"


def test_a_column_called_student_beside_the_names_says_what_folders_are_called(folder):
    lay(folder, {"a17/06.ipynb": None})
    found = take(folder, roster(folder, "student,name\na17,Anna Smith\nb03,Ben Lee\n"))
    assert [(s.id, s.name) for s in found.students] == [("a17", "Anna Smith"), ("b03", "Ben Lee")]
    assert not found.notes


def test_who_is_not_on_the_roster_is_graded_and_told(folder):
    lay(folder, {"anna/05.ipynb": None, "kim/05.ipynb": None})
    found = take(folder, roster(folder, SIMPLE))
    assert [s.student for s in found.submissions] == ["7", "kim"]
    assert found.notes == ("Not on the roster, but graded: `kim`.",)


@pytest.mark.parametrize(
    "name",
    ["7", "anna@uni.example", "ANNA", "Anna Smith", "Smith, Anna", "smith_anna", "smith-ANNA"],
)
def test_a_folder_is_matched_by_id_email_and_name_in_any_order(folder, name):
    lay(folder, {f"{name}/05.ipynb": None, "ben lee/05.ipynb": None})
    assert taken(folder, roster=roster(folder, SIMPLE)) == [("7", SHARED), ("8", SHARED)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_roster_in_any_encoding_and_with_any_delimiter(folder, encoding, delimiter):
    lay(folder, {"7/05.ipynb": None, "ben/05.ipynb": None})
    text = (
        "Student ID,Full Name,E-Mail\r\n7,Zoë Müller,zoe@uni.example\r\n8,Ben,ben@uni.example\r\n"
    )
    found = take(folder, roster(folder, text.replace(",", delimiter), encoding))
    assert [(s.id, s.name) for s in found.students] == [("7", "Zoë Müller"), ("8", "Ben")]
    assert [s.student for s in found.submissions] == ["7", "8"]


CANVAS_EXPORT = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Chapter 05 (77)\n"
    ",,,,,Manual Posting\n"
    "    Points Possible,,,,,10\n"
    '"Smith, Anna",101,S1,asmith,A,\n"Smith, Anna",102,S2,asmith2,A,\n'
    '"Married, Zoe",103,S3,zobrien,A,\n"Lee, Bo",105,S5,blee,B,\n"Student, Test",9,,x,A,\n'
)


def test_canvas_export_as_roster(folder):
    lay(folder, CANVAS)
    found = take(folder, roster(folder, CANVAS_EXPORT))
    assert [s.id for s in found.students] == ["101", "102", "103", "105", "104"]
    assert found.missing == ("105",)
    assert found.students[0].lms["SIS Login ID"] == "asmith"
    assert found.students[2].name == "Married, Zoe"
    assert found.notes == ("Not on the roster, but graded: `104`.",)


def test_moodles_worksheet_as_roster(folder):
    lay(folder, {"Anna Smith_12345_assignsubmission_file_/05.ipynb": None})
    text = (
        "Identifier,Full name,Email address,Status,Grade,Maximum Grade\n"
        "Participant 12345,Anna Smith,anna@uni.example,Submitted,,100.00\n"
        "Participant 12346,Anna Smith,anna2@uni.example,-,,100.00\n"
    )
    found = take(folder, roster(folder, text))
    assert [s.student for s in found.submissions] == ["12345"]
    assert found.missing == ("12346",)
    assert found.students[0].lms["Identifier"] == "Participant 12345"


def test_a_number_of_another_system_is_not_taken_for_this_students(folder):
    lay(folder, {"leebo_7_9001_05.ipynb": None})
    found = take(folder, roster(folder, SIMPLE))
    assert [s.student for s in found.submissions] == ["7 (2)"]
    assert found.missing == ("7", "8")


def test_who_fits_two_students_is_said_and_not_guessed(folder):
    lay(folder, {"Anna Smith/05.ipynb": None, "ben/05.ipynb": None})
    found = take(folder, roster(folder, SIMPLE + "9,Anna Smith,other@uni.example\n"))
    assert "Anna Smith" in [s.student for s in found.submissions]
    assert found.missing == ("7", "9")
    assert found.notes[0] == (
        "`Anna Smith` may be `7` and `9` on the roster; it is none of them as long as its name "
        "does not say which."
    )


def test_two_who_fit_one_student_are_not_merged(folder):
    lay(folder, {"Anna Smith/05.ipynb": None, "Smith Anna/05.ipynb": None})
    found = take(folder, roster(folder, SIMPLE))
    assert [s.student for s in found.submissions] == ["Anna Smith", "Smith Anna"]
    assert found.notes[0] == (
        "`Anna Smith` and `Smith Anna` all fit `7` on the roster; expected one. None is taken for "
        "that student."
    )


def test_an_id_outweighs_a_name(folder):
    lay(folder, {"7/05.ipynb": None, "Anna Smith/05.ipynb": None})
    found = take(folder, roster(folder, SIMPLE))
    assert [s.student for s in found.submissions] == ["7", "Anna Smith"]


def test_a_column_that_does_not_tell_students_apart_is_no_id(folder):
    lay(folder, {"anna/05.ipynb": None})
    found = take(folder, roster(folder, "id,login\n1,anna\n1,ben\n"))
    assert [s.id for s in found.students] == ["anna", "ben"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("colour,size\nred,3\n", "has the columns `colour`, `size`; expected a CSV file whose"),
        ("id,name\n", "has no students below its header"),
        ("PK\x03\x04...", "is a spreadsheet or a zip file: save it as CSV."),
        ("id\0,name\n", "is no text"),
        ("name\nAnna Smith\n" + "name\n", ""),
        ("name,section\nAnna,1\nAnna,2\n", ""),
    ],
)
def test_a_roster_that_cannot_be_read_says_what_was_found_and_expected(folder, text, said):
    lay(folder, {"anna/05.ipynb": None})
    if said:
        with pytest.raises(CannotGrade, match="roster") as error:
            take(folder, roster(folder, text))
        assert said in str(error.value)
    else:
        take(folder, roster(folder, text))


def test_a_roster_that_is_not_there(folder):
    lay(folder, {"anna/05.ipynb": None})
    with pytest.raises(CannotGrade, match=r"No such file|cannot be read"):
        take(folder, folder / "nobody.csv")


# What cannot be graded at all


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(CannotGrade, match=r"There is no folder .*nowhere.*: check its name"):
        take(tmp_path / "nowhere")


def test_a_folder_without_a_notebook(folder):
    lay(folder, {"anna/notes.pdf": b""})
    with pytest.raises(CannotGrade, match=r"holds no notebook and no zip file with one; expected"):
        take(folder)


def test_notebooks_of_no_chapter_alone(folder):
    lay(folder, {"ideas.ipynb": None})
    for given_ in (folder, folder / "ideas.ipynb"):
        with pytest.raises(CannotGrade, match=r"holds no notebook of a chapter of the course"):
            take(given_)


def test_a_file_of_another_kind(folder):
    lay(folder, {"a.pdf": b""})
    with pytest.raises(CannotGrade, match=r"neither a folder, a .zip nor a notebook"):
        take(folder / "a.pdf")


def test_a_damaged_zip_file_of_the_class(folder):
    lay(folder, {"a.zip": b"PK"})
    with pytest.raises(CannotGrade, match=r"is no zip file, or a damaged one: download it again"):
        take(folder / "a.zip")


# A status each


def refused(folder, student="anna"):
    """The sentence about a student's file; the other student's is fine."""
    found = {s.student: s for s in take(folder).submissions}
    assert found["ben"].status == ""
    assert found["ben"].digest
    assert found[student].status == "refused"
    return found[student].message


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty."),
        (b"# python", "The file is not a notebook: it is not JSON (expecting value, line 1)."),
        (b"{}", "The file is JSON, but not a notebook: it has no `cells`."),
        (notebook("1", kernelspec={"language": "R"}),
         "The notebook is written for R; expected Python."),
    ],
)  # fmt: skip
def test_what_is_no_notebook_is_refused_with_a_sentence(folder, content, said):
    lay(folder, {"anna/05.ipynb": content, "ben/05.ipynb": None})
    assert refused(folder) == said


def test_a_large_notebook_is_refused(folder):
    lay(folder, {"anna/05.ipynb": b" " * 3000, "ben/05.ipynb": None})
    found = take(folder, largest=2000).submissions[0]
    assert (found.status, found.digest) == ("refused", "")
    assert found.message == "`anna/05.ipynb` is larger than 2,000 bytes, the limit; it is not read."


def test_a_sparse_file_of_a_terabyte_is_refused_at_once(folder):
    lay(folder, {"anna/05.ipynb": b"", "ben/05.ipynb": None})
    os.truncate(folder / "anna/05.ipynb", 2**40)
    assert refused(folder) == "`anna/05.ipynb` is larger than 20 MB, the limit; it is not read."


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes")
def test_a_pipe_is_refused_without_waiting(folder):
    lay(folder, {"ben/05.ipynb": None, "anna/note.txt": b""})
    os.mkfifo(folder / "anna/05.ipynb")
    assert refused(folder) == "`anna/05.ipynb` is no regular file; it is not read."


def test_a_folder_with_the_name_of_a_notebook_is_refused(folder):
    lay(folder, {"anna/05.ipynb/05.ipynb": None, "ben/05.ipynb": None})
    assert refused(folder) == "`anna/05.ipynb` is a folder; expected a file."


def test_links_that_lead_outside_are_refused(folder):
    secret = folder.parent / "secret"
    lay(secret, {"05.ipynb": notebook("secret")})
    lay(folder, {"ben/05.ipynb": None, "zoe/a.txt": b""})
    (folder / "zoe/05.ipynb").symlink_to(secret / "05.ipynb")
    (folder / "anna").symlink_to(secret)
    said = "is a link that leads out of the submissions; it is not followed."
    assert refused(folder) == f"`anna` {said}"
    assert refused(folder, "zoe") == f"`zoe/05.ipynb` {said}"


def test_links_inside_are_followed_and_those_in_circles_end(folder):
    lay(folder, {"anna/real/05.ipynb": None, "ben/05.ipynb": None})
    (folder / "anna/again").symlink_to(folder / "anna")
    (folder / "anna/up").symlink_to(folder)
    (folder / "anna/06.ipynb").symlink_to(folder / "anna/real/05.ipynb")
    (folder / "anna/loop").symlink_to(folder / "anna/loop")
    assert taken(folder) == [("anna", SHARED), ("anna", SKIP), ("ben", SHARED)]


def test_a_link_that_is_exchanged_after_the_look_is_not_followed(folder):
    lay(folder, {"anna/05.ipynb": None, "secret.txt": b"secret"})
    source = only(folder).source
    os.remove(source.path)
    os.symlink(folder / "secret.txt", source.path)
    if hasattr(os, "O_NOFOLLOW"):
        with pytest.raises(CannotRead, match="cannot be read"):
            source.read()


def test_a_folder_and_a_file_that_may_not_be_read(folder, monkeypatch):
    lay(folder, {"anna/x/05.ipynb": None, "ben/05.ipynb": None, "zoe/05.ipynb": None})
    scandir, opened = os.scandir, os.open

    def no_scandir(path):
        if str(path).endswith("anna"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    def no_open(path, *rest, **more):
        if "zoe" in str(path):
            raise PermissionError(13, "Permission denied", path)
        return opened(path, *rest, **more)

    monkeypatch.setattr(tree.os, "scandir", no_scandir)
    monkeypatch.setattr(os, "open", no_open)
    assert refused(folder) == "The folder `anna` cannot be read: Permission denied."
    assert refused(folder, "zoe") == "`zoe/05.ipynb` cannot be read: Permission denied."


def test_a_path_that_is_too_long(folder):
    lay(folder, {"ben/05.ipynb": None})
    deep = folder / "anna"
    for _ in range(40):
        deep = deep / "d"
    lay(deep, {"05.ipynb": None})
    assert "lies in more than 30 folders; it is not read." in refused(folder)


def test_another_archive_is_refused(folder):
    lay(folder, {"anna/work.7z": b"7z", "ben/05.ipynb": None})
    assert refused(folder) == (
        "`anna/work.7z` is an archive of a kind that is not read; expected a .zip, or the notebook "
        "itself."
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("../../05.ipynb", "has a name that leaves its folder; it is not read."),
        ("a/../../05.ipynb", "has a name that leaves its folder; it is not read."),
        ("/etc/05.ipynb", "has an absolute name; expected one inside the zip file."),
        ("C:/05.ipynb", "has an absolute name; expected one inside the zip file."),
        ("a\\05.ipynb", "has a name with a backslash; expected `/` between folders."),
        ("x" * 300 + "05.ipynb", "has a name of more than 255 characters; it is not read."),
    ],
)
def test_names_in_zip_files_that_lead_elsewhere_are_refused(folder, name, said):
    lay(folder, {"anna.zip": zipped({name: None}), "ben/05.ipynb": None})
    assert refused(folder).endswith(f"` {said}")


def test_a_nul_in_a_name_in_a_zip_file_is_refused(folder):
    packed = zipped({"aXb_05.ipynb": None}).replace(b"aXb_05", b"a\0b_05")
    lay(folder, {"anna.zip": packed, "ben/05.ipynb": None})
    assert (
        refused(folder)
        == "`anna.zip/a\\x00b_05.ipynb` has a name with a NUL in it; it is not read."
    )


def test_a_link_in_a_zip_file_is_refused(folder):
    mode = (stat.S_IFLNK | 0o777) << 16
    packed = zipped({"05.ipynb": b"/etc/passwd"}, external_attr=mode, create_system=3)
    lay(folder, {"anna.zip": packed, "ben/05.ipynb": None})
    assert refused(folder) == (
        "`anna.zip/05.ipynb` is a link in a zip file; expected the notebook itself."
    )


def test_an_encrypted_zip_file_is_refused(folder):
    packed = bytearray(zipped({"05.ipynb": None}))
    at_ = packed.index(b"PK\x01\x02")
    packed[at_ + 8] |= 1
    lay(folder, {"anna.zip": bytes(packed), "ben/05.ipynb": None})
    assert refused(folder) == (
        "`anna.zip/05.ipynb` is encrypted; expected a zip file without a password."
    )


def test_a_compression_of_another_kind_is_refused(folder):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("05.ipynb", notebook())
    lay(folder, {"anna.zip": stream.getvalue(), "ben/05.ipynb": None})
    assert refused(folder) == (
        "`anna.zip/05.ipynb` is compressed with LZMA; expected an ordinary zip file (Deflate)."
    )


def test_a_zip_file_that_expands_absurdly_is_refused(folder):
    lay(folder, {"anna.zip": zipped({"05.ipynb": bytes(30 * 2**20)}), "ben/05.ipynb": None})
    assert refused(folder) == (
        "`anna.zip/05.ipynb` expands to more than 200 times its size in the zip file; it is not "
        "read."
    )


def test_a_zip_file_that_lies_about_its_size_is_refused_too(folder):
    packed = bytearray(zipped({"05.ipynb": bytes(30 * 2**20)}))
    directory = packed.index(b"PK\x01\x02")
    struct.pack_into("<I", packed, directory + 24, 100)
    lay(folder, {"anna.zip": bytes(packed), "ben/05.ipynb": None})
    assert refused(folder) == (
        "`anna.zip/05.ipynb` expands to more than 200 times its size in the zip file; it is not "
        "read."
    )


def test_zip_files_in_zip_files_end_at_the_second(folder):
    inner = zipped({"05.ipynb": None})
    two = zipped({"inner.zip": inner})
    three = zipped({"two.zip": two})
    lay(folder, {"anna.zip": three, "ben.zip": zipped({"b.zip": inner})})
    assert refused(folder) == (
        "`anna.zip/two.zip/inner.zip` is a zip file in a zip file in a zip file; expected 2 at "
        "most."
    )


def test_a_damaged_member_is_refused_and_the_others_count(folder):
    packed = bytearray(zipped({"05.ipynb": notebook("a" * 50), "06.ipynb": None}))
    packed[60] ^= 0xFF
    lay(folder, {"anna.zip": bytes(packed)})
    states = {(s.student, s.notebook): s.status for s in take(folder).submissions}
    assert states == {("anna", SHARED): "refused", ("anna", SKIP): ""}
    assert take(folder).submissions[0].message == (
        "`anna.zip/05.ipynb` is damaged: its zip file does not hold what it lists."
    )


def test_a_damaged_zip_file_of_one_student_is_refused(folder):
    lay(folder, {"anna.zip": b"PK\x03\x04 no", "ben/05.ipynb": None})
    assert refused(folder) == ("`anna.zip` is no zip file, or a damaged one: download it again.")


def test_too_many_members_are_refused(folder, monkeypatch):
    monkeypatch.setattr(tree, "MOST_MEMBERS", 50)
    many = zipped({f"{n}/05.ipynb": b"" for n in range(60)})
    lay(folder, {"anna.zip": many, "ben/05.ipynb": None})
    assert refused(folder) == ("`anna.zip` lists more than 50 files; it is not read.")


def test_a_zip_file_in_a_students_folder_may_list_less_than_that_of_a_class(folder, monkeypatch):
    monkeypatch.setattr(tree, "MOST_MEMBERS_OF_ONE", 3)
    many = zipped({f"{n}/05.ipynb": None for n in range(4)})
    lay(folder, {"anna/a.zip": many, "ben.zip": zipped({f"{n}/05.ipynb": None for n in range(4)})})
    assert refused(folder) == "`anna/a.zip` lists more than 3 files; it is not read."


def test_reading_from_a_large_zip_file_in_a_zip_file_is_bounded_for_one_student(
    folder, monkeypatch
):
    monkeypatch.setattr(intake, "MOST_BYTES", 2000)
    inner = zipped({f"0{n}.ipynb": notebook("x" * 900) for n in (0, 1, 5, 6)})
    lay(folder, {"anna.zip": zipped({"a.zip": inner}), "ben/05.ipynb": None})
    found = take(folder).submissions
    assert [s.status for s in found] == ["", "", "refused", "refused", ""]
    assert found[3].message == (
        "`anna.zip/a.zip/06.ipynb` is not read: of one student 2,000 notebooks or 2,000 bytes are "
        "read at most."
    )


def test_one_students_mass_of_notebooks_does_not_take_the_others_place(folder, monkeypatch):
    monkeypatch.setattr(intake, "MOST_FILES", 1)
    lay(folder, {"anna/05.ipynb": None, "anna/06.ipynb": None, "ben/05.ipynb": None})
    assert [s.status for s in take(folder).submissions] == ["", "refused", ""]


def test_files_of_unknown_chapter_that_cannot_be_used_are_one_submission_with_notes(folder):
    lay(folder, {"anna/a.ipynb": b"", "anna/b.ipynb": b"[", "ben/05.ipynb": None})
    first = take(folder).submissions[0]
    assert (first.notebook, first.status, first.message) == ("", "refused", "The file is empty.")
    assert first.notes[0].startswith("`anna/b.ipynb`: The file is not a notebook")


def test_zip64_and_a_zip_file_behind_other_bytes(folder):
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("05.ipynb", "w", force_zip64=True) as member,
    ):
        member.write(notebook())
    lay(folder, {"anna.zip": b"#!/bin/sh\n" * 20 + stream.getvalue(), "ben/05.ipynb": None})
    assert taken(folder) == [("anna", SHARED), ("ben", SHARED)]
    assert all(s.status == "" for s in take(folder).submissions)


def test_names_in_zip_files_without_a_mark_of_their_encoding(folder):
    packed = zipped({"zoe.ipynb": None, "ben_05.ipynb": None}).replace(b"zoe", "ö_".encode())
    lay(folder, {"class.zip": packed})
    assert taken(folder) == [("ben", SHARED)]
    assert "ö_.ipynb" in take(folder).ignored[0]


# What comes out


def test_a_source_can_be_sent_to_another_process_and_reads_the_same(folder):
    inner = zipped({"05.ipynb": notebook("deep")})
    lay(folder, {"anna.zip": zipped({"a/b.zip": inner}), "ben/05.ipynb": None})
    for submission in take(folder).submissions:
        again = pickle.loads(pickle.dumps(submission))
        assert again == submission
        assert hashlib.sha256(again.source.read()).hexdigest() == submission.digest
        with pytest.raises(CannotRead, match="is larger than 10 bytes"):
            again.source.read(10)


def test_nothing_is_written_and_the_order_is_the_same_every_time(folder):
    lay(folder, {**CANVAS, "a.zip": zipped({"../x.ipynb": None})})
    before = sorted((p, p.stat().st_mtime_ns) for p in folder.parent.rglob("*"))
    assert take(folder) == take(folder)
    assert sorted((p, p.stat().st_mtime_ns) for p in folder.parent.rglob("*")) == before


def test_many_other_files_are_counted_and_not_all_named(folder):
    lay(folder, {"anna/05.ipynb": None, **{f"anna/data/{n}.csv": b"" for n in range(300)}})
    found = take(folder)
    assert len(found.ignored) == 201
    assert found.ignored[-1] == "100 more files are not looked at."


def test_intake_imports_neither_keras_nor_tensorflow():
    code = (
        "import sys, exercises_check.classroom.intake\n"
        "print(sorted({'keras', 'tensorflow', 'numpy', 'nbformat'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert run.stdout == "[]\n"


# Anything at all

NAMES = st.one_of(
    st.sampled_from(
        ["anna", "05.ipynb", "06_skip_connections.ipynb", "Untitled.ipynb", "a.zip", "submitted",
         "timestamp.txt", "smithanna_101_9001_05.ipynb", "chapters", "solutions", "=1", "x.pdf",
         "Anna Smith_12_assignsubmission_file_", ".x", "leebo_LATE_7_9002_b.zip"]
    ),
    st.text(
        st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=12
    ).filter(lambda name: name not in (".", "..")),
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.just("code"),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["cells", "cell_type", "source", "nbformat", "metadata", "worksheets",
                         "kernelspec", "language", "input"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
BYTES = st.one_of(
    st.just(notebook('check("fan_out", 1)')),
    st.binary(max_size=60),
    JSON.map(lambda value: json.dumps(value).encode()),
)


@st.composite
def archives(draw, inner=BYTES):
    """A zip file, now and then with a few bytes changed or with its end cut off."""
    stream = io.BytesIO()
    names = st.one_of(
        NAMES, st.sampled_from(["../e.ipynb", "/x.ipynb", "a\\b.ipynb", "d/05.ipynb"])
    )
    with zipfile.ZipFile(stream, "w", draw(st.sampled_from([0, 8]))) as archive:
        for name, content in draw(st.dictionaries(names, inner, max_size=4)).items():
            info = zipfile.ZipInfo(name)
            info.external_attr = draw(st.sampled_from([0, 0o120777 << 16, 0o100644 << 16]))
            info.create_system = 3
            archive.writestr(info, content)
    packed = bytearray(stream.getvalue())
    for place, byte in draw(st.lists(st.tuples(st.integers(0), st.integers(0, 255)), max_size=3)):
        packed[place % len(packed)] = byte
    return bytes(packed[: draw(st.sampled_from([None, None, len(packed) // 2]))])


FILES = st.one_of(BYTES, archives(), archives(st.one_of(BYTES, archives())))
TREES = st.recursive(FILES, lambda inner: st.dictionaries(NAMES, inner, max_size=4), max_leaves=10)


def grow(path, value, links):
    try:
        if isinstance(value, bytes):
            path.write_bytes(value)
        else:
            path.mkdir()
            for name, inner in value.items():
                grow(path / name, inner, links)
        if links and links[-1] % 5 == 0:
            (path.parent / f"link{links.pop()}.ipynb").symlink_to(path.parent.parent)
    except OSError:  # this name is not possible here, or exists in other capitals
        pass


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    value=st.dictionaries(NAMES, TREES, max_size=5),
    links=st.lists(st.integers(0, 99), max_size=3),
    text=st.one_of(st.none(), st.binary(max_size=80), st.just(SIMPLE.encode())),
)
def test_whatever_is_handed_in_nothing_breaks_and_nothing_is_written(
    tmp_path_factory, value, links, text
):
    outer = tmp_path_factory.mktemp("any")
    grow(outer / "class", value, links)
    listed = None
    if text is not None:
        listed = outer / "students.csv"
        listed.write_bytes(text)
    before = sorted(str(p) for p in outer.rglob("*"))
    try:
        found = take(outer / "class", listed)
    except CannotGrade as error:
        said = str(error)
        assert said.endswith(".")
    else:
        keys = [(s.student, s.notebook) for s in found.submissions]
        assert keys == sorted(set(keys))
        ids = [s.id for s in found.students]
        assert len({i.casefold() for i in ids}) == len(ids)
        assert {s.student for s in found.submissions} <= set(ids)
        assert all(bool(s.status) == bool(s.message) for s in found.submissions)
        assert all(s.notebook or s.status for s in found.submissions)
        repr(found).encode("utf-8")
        pickle.dumps(found)
    assert sorted(str(p) for p in outer.rglob("*")) == before
