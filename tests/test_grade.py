"""Grading a folder: what is run again, what is kept, and what the commands answer."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from generated_class import ANSWERS
from submitting import CHAPTER, CHECK, IMPORTS, RESIDUAL_BLOCK, RIGHT, submit

from exercises_check.__main__ import main
from exercises_check.classroom import commands, grade
from exercises_check.classroom.grade import Progress, Settings
from exercises_check.classroom.sandbox import Sandbox, sandbox
from exercises_check.classroom.submission import CannotGrade

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Submissions run on Linux only.")


class Heard(Progress):
    """Remembers what was graded."""

    def __init__(self):
        self.total, self.students = None, []

    def begin(self, total):
        self.total = total

    def advance(self, graded):
        self.students.append(graded.student)


def graded(submissions, results, **settings):
    heard = Heard()
    summary = grade.grade(submissions, results, Settings(**settings), heard)
    assert heard.total == len(heard.students)
    return summary, sorted(heard.students)


def rows(results, exercise="residual_block"):
    with (results / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        return {r["student"]: r for r in csv.DictReader(file) if r["exercise"] == exercise}


@pytest.fixture(scope="module")
def term(tmp_path_factory):
    """A class graded once: `(submissions, results, summary)`."""
    folder = tmp_path_factory.mktemp("term")
    for name, (cells, _, _) in ANSWERS.items():
        submit(folder / "in", name, cells)
    submit(
        folder / "in",
        "dora",
        (IMPORTS, 'check("conv_parameters", 1)\ncheck("first_model", ...)', 'check("nothing", 1)'),
    )
    (folder / "roster.csv").write_text("student,name\nright,Ada\nabsent,Ben\n", encoding="utf-8")
    summary, _ = graded(folder / "in", folder / "out", roster=folder / "roster.csv")
    return folder / "in", folder / "out", summary


@pytest.mark.parametrize("name", list(ANSWERS))
def test_each_submission_has_the_status_and_the_kind_that_it_has_to_have(term, name):
    _, results, _ = term
    row = rows(results)[name]
    _, status, kind = ANSWERS[name]
    assert (row["status"], row["kind"]) == (status, kind), row
    assert row["points"] == ("1" if status == "passed" else "0")


def test_who_handed_in_nothing_is_missing_and_has_a_row(term):
    _, results, summary = term
    assert summary.collection.missing == ("absent",)
    assert rows(results)["absent"]["status"] == "missing"


def test_an_error_says_in_which_cell_and_what(term):
    _, results, _ = term
    message = rows(results)["raises"]["message"]
    assert message.startswith("Your code raised `NameError`: name 'y' is not defined")
    assert "while cell 3 ran" in message


def test_the_files_are_all_there(term):
    _, results, _ = term
    names = {path.name for path in results.iterdir()}
    assert {"results.csv", "gradebook.csv", "gradebook.sqlite", "report.html"} <= names
    feedback = (results / "feedback" / "no_skip.html").read_text(encoding="utf-8")
    assert "╰─" in feedback, "the report is not the one that a learner sees"


def test_the_report_of_a_class_is_that_of_the_learner(term):
    import keras
    from keras import layers

    from exercises_check import check

    _, results, _ = term
    cells, _, _ = ANSWERS["skip_from_itself"]
    names = {"keras": keras, "layers": layers}
    keras.backend.clear_session()
    exec(cells[1], names)
    own = check("residual_block", names["model"])
    assert rows(results)["skip_from_itself"]["message"] == own.differences[0].message


def test_what_did_not_change_is_not_run_again_and_what_did_is(tmp_path):
    submissions, results = tmp_path / "in", tmp_path / "out"
    for student in ("ada", "ben", "eve"):
        submit(submissions, student, RIGHT)
    _, first = graded(submissions, results)
    assert first == ["ada", "ben", "eve"]
    summary, again = graded(submissions, results)
    assert (again, summary.current) == ([], 3)
    submit(submissions, "ben", (IMPORTS, "model = ...", CHECK))
    submit(submissions, "fay", RIGHT)
    (submissions / "eve" / f"{CHAPTER}.ipynb").unlink()
    (submissions / "eve").rmdir()
    _, changed = graded(submissions, results)
    assert changed == ["ben", "fay"]
    found = {student: row["status"] for student, row in rows(results).items()}
    assert found == {"ada": "passed", "ben": "not_attempted", "fay": "passed"}
    _, forced = graded(submissions, results, force=True)
    assert forced == ["ada", "ben", "fay"]


def test_another_version_of_the_exercises_grades_all_again(tmp_path, monkeypatch):
    submit(tmp_path / "in", "ada", RIGHT)
    graded(tmp_path / "in", tmp_path / "out")
    monkeypatch.setattr(grade, "version", lambda: "another")
    assert graded(tmp_path / "in", tmp_path / "out")[1] == ["ada"]


def test_stopping_keeps_what_is_done_and_the_next_run_goes_on(tmp_path):
    submissions, results = tmp_path / "in", tmp_path / "out"
    for number in range(4):
        submit(submissions, f"student_{number}", RIGHT)
    stop = threading.Event()

    class Stopping(Progress):
        def advance(self, graded):
            stop.set()

    summary = grade.grade(submissions, results, Settings(), Stopping(), stop)
    assert 1 <= summary.graded < 4
    assert summary.left == 4 - summary.graded
    assert (results / "report.html").exists()
    _, rest = graded(submissions, results)
    assert len(rest) == summary.left
    assert {row["status"] for row in rows(results).values()} == {"passed"}


def test_an_interrupted_command_says_how_to_go_on(tmp_path):
    for number in range(30):
        submit(tmp_path / "in", f"student_{number:02}", RIGHT)
    command = [sys.executable, "-m", "exercises_check", "grade", str(tmp_path / "in")]
    command += ["--output", str(tmp_path / "out"), "--jobs", "1"]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        if "of 30 submissions graded" in line:
            process.send_signal(signal.SIGINT)
            break
    text = process.stderr.read()
    assert process.wait(60) == commands.INTERRUPTED
    assert "What is done is kept." in text
    assert "run the same command to go on" in text
    assert rows(tmp_path / "out")["student_00"]["status"] == "passed"


def test_without_a_sandbox_it_is_said_and_with_require_sandbox_refused(
    tmp_path, monkeypatch, capsys
):
    submit(tmp_path / "in", "ada", RIGHT)
    monkeypatch.setattr(
        "exercises_check.classroom.sandbox.shutil.which", lambda name: None, raising=True
    )
    sandbox.cache_clear()
    arguments = ["grade", str(tmp_path / "in"), "--output", str(tmp_path / "out")]
    try:
        assert main(arguments) == 0
        said = capsys.readouterr().err
        assert said.startswith("No sandbox: bubblewrap is not installed.")
        assert rows(tmp_path / "out")["ada"]["status"] == "passed"
        assert main([*arguments, "--require-sandbox"]) == commands.CANNOT
        assert "No sandbox" in capsys.readouterr().err
    finally:
        sandbox.cache_clear()


def test_results_among_the_submissions_are_refused(tmp_path):
    submit(tmp_path, "ada", RIGHT)
    with pytest.raises(CannotGrade, match="name a folder outside"):
        grade.grade(tmp_path, tmp_path / "out", Settings())


def test_a_file_whose_chapter_cannot_be_told_keeps_its_sentence(tmp_path):
    (tmp_path / "in" / "ada").mkdir(parents=True)
    (tmp_path / "in" / "ada" / "homework.ipynb").write_bytes(b"")
    submit(tmp_path / "in", "ben", RIGHT)
    graded(tmp_path / "in", tmp_path / "out")
    feedback = (tmp_path / "out" / "feedback" / "ada.html").read_text(encoding="utf-8")
    assert "The file is empty." in feedback


# One notebook -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "status"),
    [(RIGHT, commands.NOT_ALL), ((IMPORTS, "model = ...", CHECK), commands.NOT_ALL)],
    ids=["one of six", "none"],
)
def test_check_prints_the_reports_and_ends_with_1_where_not_all_pass(
    tmp_path, capsys, cells, status
):
    path = submit(tmp_path, "me", cells)
    assert main(["check", str(path), "--junit", str(tmp_path / "junit.xml")]) == status
    said = capsys.readouterr().out
    assert "residual_block: " in said
    assert "5 missing" in said
    cases = list(ElementTree.parse(tmp_path / "junit.xml").iter("testcase"))
    assert "residual_block" in {case.get("name") for case in cases}


def test_check_ends_with_0_where_all_pass(tmp_path, capsys):
    from exercises_check.exercise import registry

    names = [name for name, exercise in registry().items() if exercise.chapter == 0]
    assert names, "chapter 00 has no exercises"
    assert main(["check", str(ROOT / "solutions" / "00_start_here.ipynb")]) == 0, (
        capsys.readouterr().out
    )


def test_check_of_what_is_no_notebook_ends_with_2_and_says_why(tmp_path, capsys):
    path = tmp_path / f"{CHAPTER}.ipynb"
    path.write_text("# no notebook")
    assert main(["check", str(path)]) in (commands.NOT_ALL, commands.CANNOT)
    captured = capsys.readouterr()
    assert "JSON" in captured.out + captured.err
    assert main(["check", str(tmp_path)]) == commands.CANNOT
    assert "is a folder; expected one notebook" in capsys.readouterr().err


def test_on_another_system_it_is_said_what_to_do(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "platform", "win32")
    assert main(["check", str(tmp_path / "x.ipynb")]) == commands.CANNOT
    assert "Submissions are run on Linux only; this is win32. Use WSL 2" in capsys.readouterr().err


def test_a_process_that_does_not_start_is_the_graders_fault_and_not_the_students(
    tmp_path, monkeypatch
):
    submit(tmp_path / "in", "ada", RIGHT)
    monkeypatch.setattr("exercises_check.classroom.slot.PACKAGE", tmp_path / "nowhere" / "x")
    monkeypatch.setattr("exercises_check.classroom.slot.START", 5.0)
    broken = Sandbox(None, "none")
    monkeypatch.setattr(grade, "sandbox", lambda: broken)
    monkeypatch.setattr(
        "exercises_check.classroom.slot.command", lambda *arguments: [sys.executable, "-c", "1/0"]
    )
    (tmp_path / "nowhere").mkdir()
    summary, _ = graded(tmp_path / "in", tmp_path / "out")
    assert rows(tmp_path / "out")["ada"]["status"] == "checker_error"
    assert "ZeroDivisionError" in summary.failures[0]


def test_a_place_that_fails_costs_one_submission_and_not_the_class(tmp_path, monkeypatch):
    from exercises_check.classroom.slot import Slot

    true = Slot.run

    def run(self, cells, *more):
        if any("fails" in source for _, source in cells):
            raise RuntimeError("unforeseen")
        return true(self, cells, *more)

    monkeypatch.setattr(Slot, "run", run)
    submit(tmp_path / "in", "ada", (IMPORTS, "'fails'", *RIGHT[1:]))
    submit(tmp_path / "in", "ben", RIGHT)
    summary, _ = graded(tmp_path / "in", tmp_path / "out", jobs=1)
    found = rows(tmp_path / "out")
    assert (summary.graded, summary.left) == (2, 0)
    assert found["ada"]["status"] == "checker_error"
    assert "`RuntimeError`: unforeseen" in found["ada"]["message"]
    assert found["ben"]["status"] == "passed"


def test_a_report_that_cannot_be_drawn_costs_one_exercise_and_not_the_class(tmp_path, monkeypatch):
    from exercises_check import page

    def picture(comparison):
        raise RecursionError("too deep to draw")

    monkeypatch.setattr(page, "picture", picture)
    submit(tmp_path / "in", "ada", ANSWERS["no_skip"][0])
    submit(tmp_path / "in", "ben", RIGHT)
    summary, _ = graded(tmp_path / "in", tmp_path / "out")
    found = rows(tmp_path / "out")
    assert found["ada"]["status"] == "checker_error"
    assert found["ben"]["status"] == "passed"
    assert "too deep to draw" in summary.failures[0]


def test_a_warm_process_that_died_in_between_is_replaced(tmp_path):
    from exercises_check.classroom import assess
    from exercises_check.classroom.limits import Limits
    from exercises_check.classroom.slot import Slot

    cells, asked = [*enumerate(RIGHT)], assess.asked(["residual_block"])
    with Slot(sandbox(), Limits()) as slot:
        assert slot.run(cells, asked).ended == "done"
        slot._control.close()  # as if it had gone without a word
        assert slot.run(cells, asked).ended == "done"


# A cluster ----------------------------------------------------------------------------------------


def test_a_dask_cluster_grades_the_same_though_a_worker_is_killed_halfway(tmp_path):
    distributed = pytest.importorskip("distributed")
    submissions, results = tmp_path / "in", tmp_path / "out"
    slow = "import time\ntime.sleep(1)"
    for number in range(12):
        wrong = RESIDUAL_BLOCK.replace("[inputs, x]", "[x, x]")
        block = wrong if number % 3 == 0 else RESIDUAL_BLOCK
        submit(submissions, f"student_{number:02}", (IMPORTS, slow, block, CHECK))
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        victims = [worker.process.pid for worker in cluster.workers.values()]

        class Killing(Heard):
            def advance(self, graded):
                super().advance(graded)
                if len(self.students) == 3:
                    os.kill(victims[0], signal.SIGKILL)

        heard = Killing()
        summary = grade.grade(submissions, results, Settings(dask=cluster.scheduler_address), heard)
        assert summary.failures == ()
        assert summary.graded == len(heard.students) == 12
    found = {student: row["status"] for student, row in rows(results).items()}
    assert found == {f"student_{n:02}": "failed" if n % 3 == 0 else "passed" for n in range(12)}
    deadline = time.monotonic() + 20
    while _servers() and time.monotonic() < deadline:
        time.sleep(0.5)


def _servers() -> list[str]:
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                line = Path("/proc", entry, "cmdline").read_bytes()
            except OSError:
                continue
            if b"classroom.server" in line:
                found.append(entry)
    return found


def test_a_cluster_that_does_not_answer_is_said(tmp_path, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr("exercises_check.classroom.cluster.WAIT", 2)
    submit(tmp_path / "in", "ada", RIGHT)
    with pytest.raises(CannotGrade, match="No Dask cluster answers at"):
        grade.grade(tmp_path / "in", tmp_path / "out", Settings(dask="tcp://127.0.0.1:1"))
