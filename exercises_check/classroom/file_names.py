"""A file name for each student that every system takes, and that no two share."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable

LONGEST = 80  # bytes, so that a path on Windows stays below its 260 characters
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])", re.I)


def file_names(students: Iterable[str]) -> dict[str, str]:
    """For each id a name without an ending. An id that is a good name stays as it is.

    Systems differ in what they forbid, in how long a name may be, and in whether `Ada` and `ada`,
    or two ways to write `é`, are one file. A name that has to be changed ends with letters made
    from the id, so that the same student always has the same file.
    """
    students = sorted(set(students))
    plain = {student: _plain(student) for student in students}
    taken: dict[str, int] = {}
    for student in students:
        taken[_seen(plain[student])] = taken.get(_seen(plain[student]), 0) + 1
    names = {s: n for s, n in plain.items() if n == s and taken[_seen(n)] == 1}
    used = {_seen(name) for name in names.values()}
    for student in students:
        if student in names:
            continue
        digest = hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()
        # An id may have been chosen to look like the name that another one is given.
        for length in (8, 16, 32, 64):
            name = f"{plain[student]}-{digest[:length]}"
            if _seen(name) not in used:
                break
        names[student] = name
        used.add(_seen(name))
    return names


def _plain(student: str) -> str:
    text = unicodedata.normalize("NFC", student)
    text = "".join(c if c.isalnum() or c in "-_. @" else "_" for c in text)
    text = re.sub(r" +", " ", text).strip(" .") or "student"
    if _RESERVED.fullmatch(text.partition(".")[0].strip()) or text.startswith("-"):
        text = f"_{text}"
    while len(text.encode()) > LONGEST:
        text = text[:-1]
    return text.strip(" .") or "student"


def _seen(name: str) -> str:
    """What a file system that is careless about case and writing takes a name for."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
