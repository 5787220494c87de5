"""The gradebook keeps what was graded, whatever happens in the middle of it."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from made_up_results import LOST, SHARED, SKIPS, graded, result

from exercises_check.classroom import gradebook as module
from exercises_check.classroom.gradebook import Gradebook
from exercises_check.classroom.submission import CannotGrade

HERE = Path(__file__).parent


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "gradebook.sqlite"


def test_what_is_recorded_is_read_back_with_its_reports(path):
    one = graded(
        "Ada", result(), result("failed", "toy_resnet"), notes=("The newest counts.",), seconds=2.5
    )
    with Gradebook(path) as gradebook:
        gradebook.record(one)
    with Gradebook(path) as gradebook:
        assert list(gradebook.graded(reports=True)) == [one]
        assert gradebook.notices == ()


def test_without_reports_everything_else_is_there(path):
    with Gradebook(path) as gradebook:
        gradebook.record(graded("Ada", result("failed")))
        (one,) = gradebook.graded()
        assert one.results[0].differences == (LOST,)
        assert (one.results[0].html, one.results[0].text) == ("", "")
        assert gradebook.report("Ada", SKIPS, "residual_block")[1] == "residual_block: failed"
        assert gradebook.report("Ada", SKIPS, "unknown") == ("", "")


def test_a_new_version_takes_the_place_of_the_old_one(path):
    with Gradebook(path) as gradebook:
        gradebook.record(graded("Ada", result("failed"), result("failed", "toy_resnet")))
        gradebook.record(graded("Ada", result(), digest="d2"))
        (one,) = gradebook.graded(reports=True)
        assert one.digest == "d2"
        assert [r.status for r in one.results] == ["passed"]


def test_only_what_changed_is_graded_again(path):
    with Gradebook(path) as gradebook:
        gradebook.record(graded("Ada", result()))
        assert gradebook.is_current("Ada", SKIPS, "d1", "v1")
        assert not gradebook.is_current("Ada", SKIPS, "d2", "v1"), "another notebook"
        assert not gradebook.is_current("Ada", SKIPS, "d1", "v2"), "other exercises"
        assert not gradebook.is_current("Ada", SHARED, "d1", "v1"), "another chapter"
        assert not gradebook.is_current("Alan", SKIPS, "d1", "v1")


def test_what_the_checker_failed_on_is_graded_again(path):
    with Gradebook(path) as gradebook:
        gradebook.record(graded("Ada", result(), result("checker_error", "toy_resnet")))
        assert not gradebook.is_current("Ada", SKIPS, "d1", "v1")


def test_bytes_that_could_not_be_read_are_read_again(path):
    with Gradebook(path) as gradebook:
        gradebook.record(graded("Ada", result("refused"), digest=""))
        assert not gradebook.is_current("Ada", SKIPS, "", "v1")


def test_a_submission_that_vanished_is_forgotten_with_its_results(path):
    with Gradebook(path) as gradebook:
        gradebook.record(graded("Ada", result()))
        gradebook.record(graded("Alan", result()))
        gradebook.forget("Ada", SKIPS)
        assert gradebook.submissions() == [("Alan", SKIPS)]
    rows = sqlite3.connect(path).execute("SELECT DISTINCT student FROM reports").fetchall()
    assert rows == [("Alan",)]


def test_names_of_any_kind_are_kept(path):
    names = [
        "Émilie du Châtelet",
        "李 飛飛",
        "Robert'); DROP TABLE submissions;--",
        "\x1b[31m",
        "a\0b",
    ]
    with Gradebook(path) as gradebook:
        for name in names:
            gradebook.record(graded(name, result()))
        assert {one.student for one in gradebook.graded()} == set(names)
        assert [one.student for one in gradebook.graded(student=names[2])] == [names[2]]


def test_a_file_name_that_is_no_text_is_kept_as_text(path):
    with Gradebook(path) as gradebook:
        gradebook.record(graded("ad\udcff", result(message="\ud800")))
        assert gradebook.is_current("ad\udcff", SKIPS, "d1", "v1")


# Interruptions ------------------------------------------------------------------------------------

_WRITER = """
import sys
sys.path[:0] = [{tests!r}, {root!r}]
from pathlib import Path
from made_up_results import graded, result
from exercises_check.classroom.gradebook import Gradebook
with Gradebook(Path(sys.argv[1])) as gradebook:
    print("open", flush=True)
    for number in range(10**6):
        results = [result("failed", f"exercise_{{n}}", text="x" * 20_000) for n in range(8)]
        gradebook.record(graded(f"student {{number % 50}}", *results, digest=str(number)))
"""


def start_writing(path: Path) -> subprocess.Popen:
    code = _WRITER.format(tests=str(HERE), root=str(HERE.parent))
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "open\n"
    return process


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_killed_at_any_moment_it_holds_whole_submissions(path):
    chance = random.Random(1)
    seen = 0
    for _ in range(5):
        process = start_writing(path)
        time.sleep(chance.uniform(0.02, 0.4))
        process.send_signal(signal.SIGKILL)
        process.wait()
        with Gradebook(path) as gradebook:
            assert gradebook.notices == ()
            submissions = list(gradebook.graded(reports=True))
        assert all(len(one.results) == 8 for one in submissions)
        assert all(one.results[7].text for one in submissions)
        assert len(submissions) >= seen
        seen = len(submissions)
    assert seen


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_second_run_says_that_another_one_is_at_work(path):
    process = start_writing(path)
    try:
        with pytest.raises(CannotGrade, match="in use: another run grades into the same folder"):
            Gradebook(path)
        assert process.poll() is None, "the first run goes on"
    finally:
        process.kill()
        process.wait()
    with Gradebook(path) as gradebook:
        assert gradebook.submissions()


def test_an_exception_in_the_middle_leaves_the_older_results(path):
    class Trouble:
        exercise = property(lambda self: 1 / 0)

    with Gradebook(path) as gradebook:
        gradebook.record(graded("Ada", result()))
        broken = graded("Ada", result("failed"))
        object.__setattr__(broken, "results", (*broken.results, Trouble()))
        with pytest.raises((ZeroDivisionError, AttributeError)):
            gradebook.record(broken)
        (one,) = gradebook.graded()
        assert [r.status for r in one.results] == ["passed"]


# Files that are no gradebook ----------------------------------------------------------------------


def test_a_file_that_is_no_database_is_set_aside_and_kept(path):
    path.write_text("my notes")
    with Gradebook(path) as gradebook:
        gradebook.record(graded("Ada", result()))
        assert gradebook.notices == (
            "`gradebook.sqlite` is damaged. It is kept as `gradebook.aside-1.sqlite`; a new one is "
            "begun, and everything is graded again.",
        )
    assert (path.parent / "gradebook.aside-1.sqlite").read_text() == "my notes"


def test_a_damaged_gradebook_is_set_aside_and_kept(path):
    with Gradebook(path) as gradebook:
        for number in range(60):
            gradebook.record(graded(f"student {number}", result("failed", text="x" * 5000)))
    content = bytearray(path.read_bytes())
    content[5000:9000] = bytes(random.Random(1).randrange(256) for _ in range(4000))
    path.write_bytes(content)
    with Gradebook(path) as gradebook:
        assert "is damaged" in gradebook.notices[0]
        assert gradebook.submissions() == []
    assert (path.parent / "gradebook.aside-1.sqlite").read_bytes() == bytes(content)


def test_a_database_of_something_else_is_set_aside_untouched(path):
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE photos (name TEXT)")
        other.execute("INSERT INTO photos VALUES ('cat')")
    other.close()
    with Gradebook(path) as gradebook:
        assert "is no gradebook of this course" in gradebook.notices[0]
    kept = sqlite3.connect(path.parent / "gradebook.aside-1.sqlite")
    assert kept.execute("SELECT name FROM photos").fetchall() == [("cat",)]


def test_what_was_set_aside_before_is_not_overwritten(path):
    for text in ("first", "second"):
        path.write_text(text * 1000)
        Gradebook(path).close()
    kept = sorted(path.parent.glob("gradebook.aside-*.sqlite"))
    assert [file.read_text()[:5] for file in kept] == ["first", "secon"]


def test_a_newer_gradebook_is_left_alone(path):
    Gradebook(path).close()
    with sqlite3.connect(path) as newer:
        newer.execute(f"PRAGMA user_version = {module.SCHEMA + 1}")
    newer.close()
    before = path.read_bytes()
    with pytest.raises(CannotGrade, match="written by a newer version of the course"):
        Gradebook(path)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_an_older_gradebook_is_upgraded_where_it_can_be(path, monkeypatch):
    with Gradebook(path) as gradebook:
        gradebook.record(graded("Ada", result()))
    monkeypatch.setattr(module, "SCHEMA", module.SCHEMA + 1)
    monkeypatch.setitem(
        module._UPGRADES, module.SCHEMA - 1, "UPDATE submissions SET version = 'upgraded'"
    )
    with Gradebook(path) as gradebook:
        assert gradebook.notices == ()
        assert [one.version for one in gradebook.graded()] == ["upgraded"]


def test_an_older_gradebook_is_set_aside_where_it_can_not(path, monkeypatch):
    Gradebook(path).close()
    monkeypatch.setattr(module, "SCHEMA", module.SCHEMA + 1)
    with Gradebook(path) as gradebook:
        assert "has an old layout (1; expected 2)" in gradebook.notices[0]


def test_a_place_where_nothing_can_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotGrade, match="Name another one with --output"):
        Gradebook(tmp_path / "file" / "gradebook.sqlite")
    (tmp_path / "gradebook.sqlite").mkdir()
    with pytest.raises(CannotGrade, match="cannot be used"):
        Gradebook(tmp_path / "gradebook.sqlite")
