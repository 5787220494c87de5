"""A class of attackers among honest students: nobody gets a point, nobody else loses one.

All are graded in one run, as a class is. What the outcome was is asked one attack at a time.
"""

from __future__ import annotations

import csv
import glob
import re
import socket
import sqlite3
import sys
import threading
from pathlib import Path

import attacks
import pytest
from submitting import CHAPTER, CHECK, IMPORTS, RIGHT, claiming_success, submit

from exercises_check.classroom.grade import Settings, grade
from exercises_check.classroom.limits import Limits
from exercises_check.classroom.sandbox import sandbox

ROOT = Path(__file__).resolve().parent.parent
HONEST = tuple(f"honest_{number}" for number in range(6))
LIMITS = Limits(wall=40, cpu=6, memory=700, processes=16, file_size=64, printed=2, answers=24)
walled = pytest.mark.skipif(
    sandbox().program is None, reason="bubblewrap is not here: SECURITY.md promises less"
)
each_cheat = pytest.mark.parametrize(
    "attack",
    [
        pytest.param(name, marks=[walled] if name in attacks.READING_REFERENCES else [])
        for name in attacks.CHEATING
    ],
)
each_reach = pytest.mark.parametrize("attack", list(attacks.REACHING))


class Graded:
    """What came of the class."""

    def __init__(self, submissions: Path, results: Path, visits: list):
        self.submissions, self.results, self.visits = submissions, results, visits
        with (results / "results.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        self.rows = {(row["student"], row["exercise"]): row for row in rows}

    def row(self, student: str) -> dict[str, str]:
        return self.rows[student, "residual_block"]


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    if sys.platform != "linux":
        pytest.skip("Submissions run on Linux only.")
    folder = tmp_path_factory.mktemp("class")
    submissions, results = folder / "submissions", folder / "results"
    visits: list = []
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SECRET_OF_THE_TEACHER", "secret-4711")
        port = server.getsockname()[1]
        threading.Thread(target=_listen, args=(server, visits), daemon=True).start()
        _hand_in(submissions, results, port)
        before = _contents(submissions)
        grade(submissions, results, Settings(limits=LIMITS, jobs=2))
    assert _contents(submissions) == before
    return Graded(submissions, results, visits)


def _listen(server: socket.socket, visits: list) -> None:
    try:
        while True:
            visits.append(server.accept())
    except OSError:
        pass


def _hand_in(submissions: Path, results: Path, port: int) -> None:
    places = {
        "submissions": str(submissions),
        "results": str(results),
        "course": str(ROOT),
        "port": port,
    }
    for student in HONEST:
        submit(submissions, student, RIGHT)
    breaking, cheating, reaching = attacks.BREAKING, attacks.CHEATING, attacks.REACHING
    if sandbox().program is None:
        # Here these would delete, end and read what is the machine's.
        breaking = {name: breaking[name] for name in breaking if name not in attacks.HARMFUL}
        cheating = {n: cheating[n] for n in cheating if n not in attacks.READING_REFERENCES}
        reaching = {}
    for name, (cells, _) in breaking.items():
        after = () if CHECK in cells else RIGHT[1:]
        submit(submissions, name, (IMPORTS, *cells, *after))
    for name, cells in cheating.items():
        submit(submissions, name, (IMPORTS, *cells))
    for name, cells in reaching.items():
        filled = [cell.format(**places) for cell in cells]
        submit(submissions, name, (IMPORTS, *filled, *RIGHT[1:]))
    for name, expression in attacks.NAMES.items():
        submit(submissions, f"named_{name}", (IMPORTS, *attacks.naming(expression)))
    submit(submissions, "raises_system_exit", (IMPORTS, "raise SystemExit", *RIGHT[1:]))
    submit(submissions, "raises_interrupt", (IMPORTS, "raise KeyboardInterrupt", *RIGHT[1:]))
    submit(submissions, "answers_then_exits", (*RIGHT, "import os\nos._exit(0)", CHECK))
    claiming_success(submissions, "claims_success")


def _contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("student", HONEST)
def test_an_honest_student_among_attackers_has_every_point(graded, student):
    row = graded.row(student)
    assert (row["status"], row["points"]) == ("passed", row["out_of"])


@pytest.mark.parametrize(
    "attack",
    [
        pytest.param(name, marks=[walled] if name in attacks.HARMFUL else [])
        for name in attacks.BREAKING
    ],
)
def test_what_breaks_a_limit_has_the_status_that_says_so(graded, attack):
    row = graded.row(attack)
    assert row["status"] == attacks.BREAKING[attack][1], row
    assert row["points"] == "0"
    assert row["message"]


@each_cheat
def test_a_wrong_answer_stays_wrong_whatever_is_patched_or_forged(graded, attack):
    row = graded.row(attack)
    assert row["status"] not in ("passed", "checker_error"), row
    assert row["points"] == "0"


@pytest.mark.parametrize(
    "attack",
    [
        "lies_in_get_config",
        "calls_its_own_class_dense",
        "changes_the_class_of_a_layer",
        "patches_the_reading",
    ],
)
def test_a_graph_that_is_not_what_the_model_computes_is_told(graded, attack):
    assert "computes what its graph says" in graded.row(attack)["message"]


@walled
@each_reach
def test_reaching_for_what_is_not_its_own_gets_nothing(graded, attack):
    everything = _contents(graded.results)
    text = b"".join(
        content for name, content in everything.items() if name.startswith("feedback/" + attack)
    )
    assert b"secret-4711" not in text
    assert b"looked in" not in text
    assert b"found [" not in text
    assert b'"cells"' not in text
    assert not graded.visits, "a submission reached a port of this machine"


@walled
@each_reach
def test_an_attack_that_fails_does_not_cost_the_right_answer_after_it(graded, attack):
    assert graded.row(attack)["status"] == "passed", graded.row(attack)


@walled
def test_the_course_and_the_gradebook_are_what_they_were(graded):
    assert not (ROOT / "exercises_check" / "__init__.py").read_text().endswith("# mine")
    assert not (ROOT / "README.md").read_text(encoding="utf-8").endswith("# mine")
    with sqlite3.connect(graded.results / "gradebook.sqlite") as book:
        assert book.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_nothing_that_a_submission_started_is_left(graded):
    left = []
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            if b"86471" in Path(path).read_bytes():
                left.append(path)
        except OSError:
            continue
    assert left == []


@pytest.mark.parametrize("attack", ["raises_system_exit", "raises_interrupt"])
def test_raising_to_end_python_ends_a_cell_only(graded, attack):
    assert graded.row(attack)["status"] == "passed"


def test_an_answer_counts_though_the_notebook_ends_python_later(graded):
    assert graded.row("answers_then_exits")["status"] == "passed"


def test_an_output_that_claims_success_is_not_looked_at(graded):
    assert graded.row("claims_success")["status"] == "not_attempted"


@pytest.mark.parametrize("name", list(attacks.NAMES))
def test_a_hostile_name_reaches_no_page_and_no_table_as_it_is(graded, name):
    row = graded.row(f"named_{name}")
    assert row["status"] in ("failed", "refused")
    assert len(row["message"]) < 10_000
    (page,) = (graded.results / "feedback").glob(f"named_{name}*.html")
    text = page.read_text(encoding="utf-8")
    assert len(text) < 2_000_000
    assert "<img src=x" not in text
    assert "<script" not in text
    assert "\x1b" not in text
    table = (graded.results / "results.csv").read_text(encoding="utf-8-sig")
    assert "\x1b" not in table
    cells = [cell for line in csv.reader(table.splitlines()) for cell in line]
    assert not [cell for cell in cells if re.match(r"[=+@\t\r-]", cell) and not _number(cell)]


def _number(text: str) -> bool:
    return re.fullmatch(r"-?[0-9.]+", text) is not None


def test_every_student_is_in_the_gradebook_once(graded):
    with (graded.results / "gradebook.csv").open(encoding="utf-8-sig", newline="") as file:
        students = [row["student"] for row in csv.DictReader(file)]
    assert sorted(students) == sorted(path.name for path in graded.submissions.iterdir())
    assert set((graded.submissions / HONEST[0]).iterdir()) == {
        graded.submissions / HONEST[0] / f"{CHAPTER}.ipynb"
    }
