"""The gradebook: a SQLite file that holds every graded submission, and outlives interruptions.

One submission is one transaction: a process that dies at any moment leaves the file as it was
before the submission or as it is after. While it is open nobody else can open it.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from exercises_check.classroom.result import Found, Graded, Result
from exercises_check.classroom.submission import CannotGrade

APPLICATION = 0x4B455243  # "KERC": tells our files from other SQLite files
SCHEMA = 1
_TABLES = """
CREATE TABLE submissions (
    student TEXT NOT NULL, notebook TEXT NOT NULL, digest TEXT NOT NULL, version TEXT NOT NULL,
    source TEXT NOT NULL, notes TEXT NOT NULL, seconds REAL NOT NULL,
    PRIMARY KEY (student, notebook)
);
CREATE TABLE results (
    student TEXT NOT NULL, notebook TEXT NOT NULL, place INTEGER NOT NULL, exercise TEXT NOT NULL,
    status TEXT NOT NULL, points REAL NOT NULL, out_of REAL NOT NULL, kind TEXT NOT NULL,
    message TEXT NOT NULL, differences TEXT NOT NULL,
    PRIMARY KEY (student, notebook, place),
    FOREIGN KEY (student, notebook) REFERENCES submissions ON DELETE CASCADE
);
CREATE TABLE reports (
    student TEXT NOT NULL, notebook TEXT NOT NULL, place INTEGER NOT NULL,
    html BLOB NOT NULL, text BLOB NOT NULL,
    PRIMARY KEY (student, notebook, place),
    FOREIGN KEY (student, notebook, place) REFERENCES results ON DELETE CASCADE
)
"""
# From an older schema to the next one: statements by the number of the older one.
_UPGRADES: dict[int, str] = {}
_SUBMISSION = "student, notebook, digest, version, source, notes, seconds"
_RESULT = "exercise, status, points, out_of, kind, message, differences"
_COMPANIONS = ("", "-journal", "-wal", "-shm")  # what SQLite keeps beside a file


class Gradebook:
    """The gradebook at `path`, which is made if there is none. Use it in a `with`.

    Attributes:
        path: where it is.
        notices: sentences about what was found there, such as a damaged file that was set aside.

    Raises:
        CannotGrade: another process has it open, it was written by a newer version of the course,
            or it cannot be read or written. What is in it is left as it was.
    """

    def __init__(self, path: Path):
        self.path = Path(path)
        self.notices: tuple[str, ...] = ()
        self._connection = self._opened()

    def __enter__(self) -> Gradebook:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    def record(self, graded: Graded) -> None:
        """Keeps a graded submission, in place of an earlier one of this student and notebook."""
        with self._writing() as run:
            self._remove(run, graded.student, graded.notebook)
            notes = json.dumps(graded.notes)
            row = (graded.digest, graded.version, graded.source, notes, graded.seconds)
            key = (graded.student, graded.notebook)
            _insert(run, "submissions", (*key, *row))
            for place, result in enumerate(graded.results):
                differences = json.dumps([asdict(found) for found in result.differences])
                row = (result.exercise, result.status, result.points, result.out_of, result.kind)
                _insert(run, "results", (*key, place, *row, result.message, differences))
                if result.html or result.text:
                    packed = map(_packed, (result.html, result.text))
                    _insert(run, "reports", (*key, place, *packed))

    def forget(self, student: str, notebook: str) -> None:
        """Drops a submission that is no longer there."""
        with self._writing() as run:
            self._remove(run, student, notebook)

    def is_current(self, student: str, notebook: str, digest: str, version: str) -> bool:
        """Whether these bytes were already graded by this version of the exercises.

        A submission that the checker itself failed on is graded again.
        """
        key = (_storable(student), _storable(notebook))
        found = self._rows(
            "SELECT digest, version FROM submissions WHERE student = ? AND notebook = ?", key
        )
        failed = self._rows(
            "SELECT 1 FROM results WHERE student = ? AND notebook = ? AND status = 'checker_error'",
            key,
        )
        return found == [(digest, version)] and bool(digest) and not failed

    def submissions(self) -> list[tuple[str, str]]:
        """The student and the notebook of each submission, sorted."""
        return self._rows("SELECT student, notebook FROM submissions ORDER BY student, notebook")

    def graded(self, reports: bool = False, student: str | None = None) -> Iterator[Graded]:
        """Every graded submission, sorted by student and notebook.

        Args:
            reports: with the reports of the results. Those of a large class fill the memory if
                they are all kept.
            student: only those of this student.
        """
        where, values = ("", ()) if student is None else (" WHERE student = ?", (student,))
        submissions = self._rows(
            f"SELECT {_SUBMISSION} FROM submissions{where} ORDER BY student, notebook",
            tuple(map(_storable, values)),
        )
        for *row, notes, seconds in submissions:
            results = self._results(row[0], row[1], reports)
            yield Graded(*row, tuple(json.loads(notes)), seconds, results)

    def report(self, student: str, notebook: str, exercise: str) -> tuple[str, str]:
        """The report of one result, as HTML and as text; both `""` if there is none."""
        rows = self._rows(
            "SELECT html, text FROM reports JOIN results USING (student, notebook, place) "
            "WHERE student = ? AND notebook = ? AND exercise = ?",
            tuple(map(_storable, (student, notebook, exercise))),
        )
        return (_unpacked(rows[0][0]), _unpacked(rows[0][1])) if rows else ("", "")

    # Reading and writing --------------------------------------------------------------------------

    def _results(self, student: str, notebook: str, reports: bool) -> tuple[Result, ...]:
        columns = f"{_RESULT}, html, text" if reports else _RESULT
        joined = " LEFT JOIN reports USING (student, notebook, place)" if reports else ""
        rows = self._rows(
            f"SELECT {columns} FROM results{joined} WHERE student = ? AND notebook = ? "
            "ORDER BY place",
            (student, notebook),
        )
        return tuple(
            Result(
                student,
                notebook,
                *row[:6],
                tuple(Found(**found) for found in json.loads(row[6])),
                *map(_unpacked, row[7:]),
            )
            for row in rows
        )

    def _rows(self, statement: str, values: tuple = ()) -> list[tuple]:
        try:
            return self._connection.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise CannotGrade(self._unreadable(error)) from error

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Callable[[str, tuple], Any]]:
        try:
            with _transaction(self._connection) as run:
                yield run
        except sqlite3.Error as error:
            raise CannotGrade(
                f"`{self.path}` cannot be written: {error}. What was graded before is kept: make "
                "room, or name another folder with --output, and start again."
            ) from error

    @staticmethod
    def _remove(run: Callable[[str, tuple], Any], student: str, notebook: str) -> None:
        key = (_storable(student), _storable(notebook))
        run("DELETE FROM submissions WHERE student = ? AND notebook = ?", key)

    # Opening --------------------------------------------------------------------------------------

    def _opened(self) -> sqlite3.Connection:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CannotGrade(
                f"The folder `{self.path.parent}` cannot be made: {error.strerror or error}. "
                "Name another one with --output."
            ) from None
        connection = self._connected()
        why = ""
        try:
            why = self._made_ready(connection)
        except sqlite3.OperationalError as error:
            connection.close()
            if "locked" in str(error):
                raise CannotGrade(
                    f"`{self.path}` is in use: another run grades into the same folder. Wait for "
                    "it, or name another folder with --output."
                ) from None
            raise CannotGrade(self._unreadable(error)) from None
        except sqlite3.DatabaseError:
            why = "is damaged"
        except CannotGrade:
            connection.close()
            raise
        if not why:
            return connection
        connection.close()
        self._set_aside(why)
        return self._opened()

    def _connected(self) -> sqlite3.Connection:
        try:
            # Transactions begin and end where this module says so.
            return sqlite3.connect(self.path, timeout=1.0, isolation_level=None)
        except sqlite3.Error as error:
            raise CannotGrade(self._unreadable(error)) from None

    def _made_ready(self, connection: sqlite3.Connection) -> str:
        """Why the file cannot be the gradebook, `""` if it is."""
        execute = connection.execute
        # Held until it is closed, also where the process is killed: the system lets go of it.
        execute("PRAGMA locking_mode = EXCLUSIVE")
        execute("PRAGMA foreign_keys = ON")
        # What one transaction of a plain journal wrote is there after a power cut, too.
        execute("PRAGMA synchronous = FULL")
        with _transaction(connection, "EXCLUSIVE") as run:
            application = execute("PRAGMA application_id").fetchone()[0]
            schema = execute("PRAGMA user_version").fetchone()[0]
            if not execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                for statement in _TABLES.split(";"):
                    run(statement, ())
                run(f"PRAGMA application_id = {APPLICATION}", ())
                run(f"PRAGMA user_version = {SCHEMA}", ())
                return ""
            if application != APPLICATION:
                return "is no gradebook of this course"
            if schema > SCHEMA:
                raise CannotGrade(
                    f"`{self.path}` was written by a newer version of the course (layout {schema}; "
                    f"expected {SCHEMA} at most). Update the course, or name another folder with "
                    "--output."
                )
            if execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                return "is damaged"
            for number in range(schema, SCHEMA):
                if number not in _UPGRADES:
                    return f"has an old layout ({schema}; expected {SCHEMA})"
                for statement in _UPGRADES[number].split(";"):
                    run(statement, ())
            run(f"PRAGMA user_version = {SCHEMA}", ())
        execute("PRAGMA journal_mode = DELETE")
        return ""

    def _set_aside(self, why: str) -> None:
        number = 1
        while (aside := self.path.with_name(f"{self.path.stem}.aside-{number}.sqlite")).exists():
            number += 1
        try:
            for companion in _COMPANIONS:
                # A journal belongs to the file of its name: together they can still be mended.
                source = Path(f"{self.path}{companion}")
                if source.exists():
                    os.replace(source, f"{aside}{companion}")
        except OSError as error:
            raise CannotGrade(
                f"`{self.path}` {why}, and cannot be renamed: {error.strerror or error}. Move it "
                "away, and start again."
            ) from None
        notice = (
            f"`{self.path.name}` {why}. It is kept as `{aside.name}`; a new one is begun, and "
            "everything is graded again."
        )
        self.notices = (*self.notices, notice)

    def _unreadable(self, error: Exception) -> str:
        return (
            f"`{self.path}` cannot be used: {error}. Look at the rights of the file and its "
            "folder, or name another folder with --output."
        )


@contextlib.contextmanager
def _transaction(
    connection: sqlite3.Connection, sort: str = "IMMEDIATE"
) -> Iterator[Callable[[str, tuple], Any]]:
    connection.execute(f"BEGIN {sort}")
    try:
        yield connection.execute
        connection.execute("COMMIT")
    except BaseException:  # Ctrl-C, too, must leave nothing half done
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def _insert(run: Callable[[str, tuple], Any], table: str, row: tuple) -> None:
    values = tuple(_storable(value) if isinstance(value, str) else value for value in row)
    run(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", values)


def _storable(text: str) -> str:
    """A text as UTF-8 can hold it: a file's name may hold bytes that are no text."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _packed(text: str) -> bytes:
    return zlib.compress(text.encode("utf-8", "backslashreplace"))


def _unpacked(packed: bytes | None) -> str:
    return "" if packed is None else zlib.decompress(packed).decode("utf-8")
