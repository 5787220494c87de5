"""The list of the class: a CSV file as Canvas, Moodle, nbgrader or a person writes it."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exercises_check.classroom.layout import Owner
from exercises_check.classroom.notebook import decoded
from exercises_check.classroom.plain_text import folded, printable, quoted
from exercises_check.classroom.source import CannotRead, Source
from exercises_check.classroom.submission import CannotGrade, Student

LARGEST = 20 * 2**20
_HEADER_WITHIN = 10  # rows; some exports begin with a title

_EXPECTED = (
    "expected a CSV file whose first row names the columns, at least one of id, name, email, "
    "login; the gradebook that Canvas exports and Moodle's grading worksheet are such files"
)
# Canvas' and Moodle's words, in the languages that classes wrote them in, and people's.
_COLUMNS = {
    "id": "id, identifier, student id, studentid, user id, userid, participant, participant id, "
    "participant number, canvas id, identificador, identifiant, teilnehmer, teilnehmer in, "
    "identificativo, kennung, identificatie",
    "number": "sis user id, sis id, id number, idnumber, student number, studentnumber, "
    "matriculation number, matriculation, matrikelnummer, matrikel nr, matrikelnr, matricola, "
    "registration number, university id, external id, numero d identification, numero de id, "
    "id nummer, integration id, uid",
    "login": "sis login id, login, login id, username, user name, user, netid, net id, account, "
    "benutzername, anmeldename, nombre de usuario, usuario, nom d utilisateur, github, "
    "github username, handle",
    "email": "email, e mail, email address, e mail address, mail, mail address, e mail adresse, "
    "emailadresse, direccion de correo, correo electronico, adresse de courriel, courriel, "
    "indirizzo email, e mailadres",
    "name": "student, student name, name, full name, fullname, display name, sortable name, "
    "vollstandiger name, nombre completo, nom complet, nombre, nome completo, volledige naam, "
    "who, learner",
    "first": "first name, firstname, given name, given names, forename, vorname, prenom, "
    "nombre de pila, first",
    "last": "last name, lastname, surname, family name, nachname, apellido, apellidos, apellido s, "
    "nom de famille, last",
}
_KIND = {
    column.strip(): kind for kind, columns in _COLUMNS.items() for column in columns.split(",")
}
_IDS = ("id", "number", "login", "email", "name")


@dataclass(frozen=True)
class Row:
    """One student of the roster, with what can be looked for."""

    student: Student
    ids: frozenset[str]
    logins: frozenset[str]
    emails: frozenset[str]
    names: frozenset[str]


@dataclass(frozen=True)
class Roster:
    """The class.

    Attributes:
        rows: the students in the file's order; their ids are unique.
        system: `"canvas"` or `"moodle"` if that wrote it, so that its numbers are the same.
        notes: sentences about the file.
    """

    rows: tuple[Row, ...]
    system: str = ""
    notes: tuple[str, ...] = ()


def read_roster(path: Path) -> Roster:
    """The students in a CSV file.

    Raises:
        CannotGrade: it cannot be read, or has no column that says who somebody is.
    """
    label = quoted(str(path))
    try:
        content = Source(str(path.resolve()), str(path)).read(LARGEST)
    except (CannotRead, OSError, RuntimeError, ValueError) as error:
        why = str(error) if isinstance(error, CannotRead) else f"{label} cannot be read."
        raise CannotGrade(f"The roster {why}") from None
    if content.startswith(b"PK\x03\x04"):
        raise CannotGrade(f"The roster {label} is a spreadsheet or a zip file: save it as CSV.")
    text, encoding = decoded(content)
    table = _table(text.lstrip("\ufeff"), label)
    at, kinds = _header(table, label)
    header, found = table[at], []
    for number, cells in enumerate(table[at + 1 :], at + 2):
        raw = dict(zip(header, cells + [""] * (len(header) - len(cells)), strict=False))
        values = _values(kinds, cells)
        if any(values.values()) and not _is_no_student(values, header):
            found.append((number, raw, values))
    if not found:
        raise CannotGrade(f"The roster {label} has no students below its header; {_EXPECTED}.")
    rows, notes = _rows(found, label)
    if encoding == "latin-1":
        notes.append(f"The roster {label} is not in UTF-8; it is read as Latin-1.")
    return Roster(tuple(rows), _system(header, found), tuple(notes))


def _system(header: Sequence[str], found: Sequence[tuple[int, dict[str, str], Any]]) -> str:
    columns = {folded(column) for column in header}
    if {"id", "sis login id", "section"} <= columns:
        return "canvas"
    # Moodle writes a word before the number, in the language of who downloads it.
    if re.fullmatch(r"\D+\d+", next(iter(found[0][1].values()), "")) and len(header) > 5:
        return "moodle"
    return ""


def _table(text: str, label: str) -> list[list[str]]:
    if text[:4].casefold() == "sep=":  # Excel's own first line
        text = text.partition("\n")[2]
    if "\0" in text:
        raise CannotGrade(f"The roster {label} is no text; {_EXPECTED}.")
    best: list[list[str]] = []
    for delimiter in (",", ";", "\t"):
        try:
            reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
            table = [[cell.strip() for cell in row] for row in reader]
        except csv.Error as error:
            raise CannotGrade(f"The roster {label} is no CSV file: {error}.") from None
        table = [row for row in table if any(row)]
        if _known_columns(table) > _known_columns(best) or not best:
            best = table
    return best


def _known_columns(table: Sequence[Sequence[str]]) -> int:
    return max((sum(bool(_kind(c)) for c in row) for row in table[:_HEADER_WITHIN]), default=0)


def _header(table: Sequence[list[str]], label: str) -> tuple[int, list[str]]:
    """The row with the columns' names, and what each column is."""
    most = _known_columns(table)
    if most:
        for at, row in enumerate(table[:_HEADER_WITHIN]):
            kinds = [_kind(cell) for cell in row]
            if sum(map(bool, kinds)) == most:
                return at, _student_column(row, kinds)
    if not table:
        raise CannotGrade(f"The roster {label} is empty; {_EXPECTED}.")
    columns = ", ".join(quoted(cell[:40]) for cell in table[0][:8])
    raise CannotGrade(f"The roster {label} has the columns {columns}; {_EXPECTED}.")


def _student_column(row: Sequence[str], kinds: list[str]) -> list[str]:
    """Beside a column of names, one called `student` holds what the folders are called."""
    student = [number for number, cell in enumerate(row) if folded(cell) == "student"]
    if student and kinds.count("name") > 1 and "login" not in kinds:
        kinds[student[0]] = "login"
    return kinds


def _kind(column: str) -> str:
    return _KIND.get(" ".join(re.findall(r"[a-z0-9]+", _plain(column))), "")


def _plain(text: str) -> str:
    """Without accents, in small letters."""
    text = unicodedata.normalize("NFKD", text[:200])
    return "".join(c for c in text if not unicodedata.combining(c)).casefold()


def _values(kinds: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """The first cell of each kind that is not empty."""
    values: dict[str, str] = {}
    for kind, cell in zip(kinds, cells, strict=False):
        if kind and cell and not values.get(kind):
            values[kind] = _unquoted(cell)
    # "Participant 12345", in Moodle's language of the day
    if match := re.fullmatch(r"\D+?\s?(\d+)", values.get("id", "")):
        values["id"] = match[1] if " " in values["id"] or "/" in values["id"] else values["id"]
    if not values.get("name"):
        values["name"] = " ".join(filter(None, (values.get("first"), values.get("last"))))
    return values


def _unquoted(cell: str) -> str:
    """`="00123"` is how a spreadsheet is told to keep the zeros."""
    match = re.fullmatch(r'="([^"]*)"', cell)
    return match[1] if match else cell


def _is_no_student(values: Mapping[str, str], header: Sequence[str]) -> bool:
    """The rows of Canvas' export that are about assignments, and its made-up student."""
    name = folded(values.get("name", ""))
    if name.startswith("points possible"):
        return True
    canvas = any(folded(column) == "sis login id" for column in header)
    return canvas and (name == "student, test" or not any(values.get(kind) for kind in _IDS))


def _rows(
    found: Sequence[tuple[int, dict[str, str], dict[str, str]]], label: str
) -> tuple[list[Row], list[str]]:
    identifying = _identifying([values for _, _, values in found])
    rows, notes, taken = [], [], {}
    for number, raw, values in found:
        kinds = [identifying, *(kind for kind in _IDS if kind != identifying)]
        written = next((values[kind] for kind in kinds if values.get(kind)), "")
        if not written:
            continue
        key = folded(printable(written))
        if key in taken:
            first, other = taken[key]
            if other != values and identifying == "name":
                raise CannotGrade(
                    f"The roster {label} has {quoted(written)} in rows {first} and {number}; "
                    "expected a column such as id or email that tells them apart."
                )
            notes.append(
                f"The roster has {quoted(written)} in rows {first} and {number}; "
                f"row {first} counts."
            )
            continue
        taken[key] = (number, values)
        student = Student(
            id=printable(written), name=values.get("name", ""), email=values.get("email", ""),
            lms=raw,
        )  # fmt: skip
        rows.append(_row(student, values))
    return rows, notes


def _identifying(found: Sequence[Mapping[str, str]]) -> str:
    """The first column in which no two different students have the same value."""
    for kind in _IDS:
        seen: dict[str, Mapping[str, str]] = {}
        for values in found:
            value = folded(values.get(kind, ""))
            if value and seen.setdefault(value, values) != values:
                break
        else:
            if seen:
                return kind
    return "name"


def _row(student: Student, values: Mapping[str, str]) -> Row:
    def given(*kinds: str) -> frozenset[str]:
        return frozenset(folded(values[kind]) for kind in kinds if values.get(kind))

    email, login = folded(values.get("email", "")), folded(values.get("login", ""))
    locals_ = {address.partition("@")[0] for address in (email, login) if "@" in address}
    return Row(
        student,
        ids=given("id", "number") | {folded(student.id)},
        logins=given("login"),
        emails=given("email") | frozenset(locals_),
        names=frozenset(_names(values.get("name", ""))),
    )


def _names(name: str) -> Iterable[str]:
    """How a name may be written: in any order; and in one word, the last name first."""
    words = _words(name)
    if words:
        yield " ".join(sorted(words))
    last, comma, first = folded(name).partition(",")
    if comma:
        yield "".join(_words(last) + _words(first))
    elif len(words) > 1:
        yield "".join(words[-1:] + words[:-1])


def _words(name: str) -> list[str]:
    return re.findall(r"[^\W_]+", folded(name).replace("'", "").replace("’", ""))


class Matching:
    """Finds the student of the roster that a name in the submissions stands for."""

    def __init__(self, roster: Roster):
        self._roster = roster
        self._found: list[dict[str, set[int]]] = []
        for values in ("ids", "logins", "emails", "names"):
            index: dict[str, set[int]] = defaultdict(set)
            for number, row in enumerate(roster.rows):
                for value in getattr(row, values):
                    index[value].add(number)
            self._found.append(index)

    def knows(self, name: str) -> bool:
        """Whether a name may be that of somebody on the roster."""
        return bool(self._candidates(Owner(name))[1])

    def _candidates(self, owner: Owner) -> tuple[int, set[int]]:
        """The rows that fit best, and by what: 0 the id, 1 the login, 2 the email, 3 the name."""
        ids, logins, emails, names = self._found
        if owner.system:
            rows = ids.get(folded(owner.id), set())
            if owner.system == self._roster.system:
                return 0, rows
            rows = {n for n in rows if _agree(owner.name, self._roster.rows[n])}
            if rows:
                return 0, rows
        else:
            for rank, index in enumerate((ids, logins, emails)):
                if rows := index.get(folded(owner.name)):
                    return rank, rows
        written = "".join(_words(owner.name))
        words = " ".join(sorted(_words(owner.name)))
        return 3, set(names.get(words, set()) | names.get(written, set())) if words else set()

    def match(self, owners: Sequence[Owner]) -> tuple[dict[tuple[str, str], int], list[str]]:
        """The row of each owner that has one, by the owner's key, and what is to be said.

        Nothing is guessed: who fits several students, or is one of several that fit the same, has
        none, and that is said.
        """
        notes: list[str] = []
        claims: dict[int, list[tuple[int, Owner]]] = defaultdict(list)
        for owner in owners:
            rank, rows = self._candidates(owner)
            if len(rows) == 1:
                claims[next(iter(rows))].append((rank, owner))
            elif rows:
                ids = _listed(self._roster.rows[n].student.id for n in sorted(rows))
                notes.append(
                    f"{_called(owner)} may be {ids} on the roster; it is none of them as long as "
                    "its name does not say which."
                )
        matched: dict[tuple[str, str], int] = {}
        for row, claimants in sorted(claims.items()):
            best = min(rank for rank, _ in claimants)
            winners = [owner for rank, owner in claimants if rank == best]
            same = {folded(owner.name) for owner in winners}
            student = quoted(self._roster.rows[row].student.id)
            if len(winners) > 1 and (len(same) > 1 or any(owner.system for owner in winners)):
                notes.append(
                    f"{_listed(_called(o) for o in winners)} all fit {student} on the roster; "
                    "expected one. None is taken for that student."
                )
                continue
            for owner in winners:
                matched[owner.key] = row
            for rank, owner in claimants:
                if rank != best:
                    notes.append(
                        f"{_called(owner)} fits {student} on the roster too, but "
                        f"{_called(winners[0])} fits better; they are kept apart."
                    )
        return matched, notes


def _agree(name: str, row: Row) -> bool:
    """Whether the names of an LMS and of a roster may be of one person.

    The number of a student in one system may be the number of another student in another.
    """
    written = "".join(_words(name))
    words = [word for word in _words(row.student.name) if len(word) > 1]
    if not written or not words or folded(name) in ("participant", "teilnehmer in"):
        return True
    return any(word in written for word in words)


def _called(owner: Owner) -> str:
    if owner.system and owner.name:
        return f"{quoted(owner.id)} ({printable(owner.name)})"
    return quoted(owner.id or owner.name)


def _listed(items: Iterable[str]) -> str:
    *first, last = [item if item.startswith("`") else quoted(item) for item in items]
    return f"{', '.join(first)} and {last}" if first else last
