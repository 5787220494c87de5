"""What a learner has solved: one small file on this machine, and nowhere else.

Several notebooks may write at once: each change is made to what the file holds at that moment.
Nothing in here stops a check. What goes wrong is kept as a notice, for the next page of progress.
"""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from exercises_check import atomic
from exercises_check.language import _
from exercises_check.turns import turn

VARIABLE = "KERAS_COURSE_DATA"
FORMAT = 1
COUNTED = ("passed", "failed", "error")  # outcomes of a check that are an attempt


@dataclass(frozen=True)
class Entry:
    """What is known of one exercise.

    Attributes:
        status: the outcome of the last attempt; once it is `"passed"`, it stays.
        attempts: how many checks it took, up to the first that passed.
        passed: the day of that one, as `"2026-12-31"`, else `""`.
    """

    status: str
    attempts: int
    passed: str = ""


class _Unusable(Exception):
    """The file is there and must be left alone; the text says why."""


_unwritten: dict[str, Entry] = {}  # what could not be written; this kernel knows it all the same
_notices: list[str] = []
_said: set[str] = set()


def folder() -> Path:
    """Where the file lies: `KERAS_COURSE_DATA`, or else the system's folder for such data."""
    if chosen := os.environ.get(VARIABLE, "").strip():
        return Path(chosen).expanduser()
    import platformdirs

    return platformdirs.user_data_path("keras-functional-course", appauthor=False)


def file() -> Path:
    return folder() / "progress.json"


def read() -> dict[str, Entry]:
    """Every exercise that was attempted, by name; also those of other versions of the course."""
    found: dict[str, Entry] = {}
    try:
        if file().exists():  # a course that was not begun leaves no trace
            with turn(_lock()):
                found = _entries(_load())
    except _Unusable as why:
        _notice(str(why))
    except OSError as error:
        _notice(_unreadable(error))
    for name, entry in _unwritten.items():
        found[name] = _best(found.get(name), entry)
    return found


def add(name: str, status: str) -> None:
    """Record the outcome of a check. A solved exercise stays as it is."""
    if status not in COUNTED:
        return

    def change(data: dict[str, Any]) -> bool:
        before = _entries(data)
        late = {other: _best(before.get(other), entry) for other, entry in _unwritten.items()}
        after = before | late
        after[name] = _next(after.get(name), status)
        if after == before:
            return False
        for other, entry in after.items():
            if entry != before.get(other):
                kept = data["exercises"].get(other)
                fields = kept if isinstance(kept, dict) else {}
                data["exercises"][other] = fields | asdict(entry)
        return True

    if _change(change):
        _unwritten.clear()
    else:
        _unwritten[name] = _next(read().get(name), status)


def forget(name: str) -> bool:
    """Forget one exercise; whether anything was known of it."""
    known = name in read()

    def change(data: dict[str, Any]) -> bool:
        return data["exercises"].pop(name, None) is not None

    _unwritten.pop(name, None)
    return _change(change) and known


def forget_all() -> Path | None:
    """Forget every exercise; where the record until now is kept, `None` if nothing was known."""
    backup = None

    def change(data: dict[str, Any]) -> bool:
        nonlocal backup
        if not data["exercises"]:
            return False
        backup = _beside("before-reset")
        atomic.write(backup, _text(data))
        data["exercises"] = {}
        return True

    _unwritten.clear()
    return backup if _change(change) else None


def notices() -> tuple[str, ...]:
    """What went wrong and has not been said yet."""
    new = tuple(_notices)
    _notices.clear()
    return new


# Entries ------------------------------------------------------------------------------------------


def _next(before: Entry | None, status: str) -> Entry:
    if before is not None and before.status == "passed":
        return before
    attempts = (before.attempts if before else 0) + 1
    today = datetime.date.today().isoformat()
    return Entry(status, attempts, today if status == "passed" else "")


def _best(one: Entry | None, other: Entry) -> Entry:
    """What two kernels know of one exercise, in one entry."""
    if one is None or (one.status != "passed" and other.attempts >= one.attempts):
        return other
    return one


def _entries(data: dict[str, Any]) -> dict[str, Entry]:
    found = {name: _entry(fields) for name, fields in data["exercises"].items()}
    return {name: entry for name, entry in found.items() if entry is not None}


def _entry(fields: Any) -> Entry | None:
    match fields:
        case {"status": str(status), "attempts": int(attempts), "passed": str(passed)}:
            return Entry(status, attempts, passed) if status in COUNTED else None
    return None


# The file -----------------------------------------------------------------------------------------


def _change(change: Callable[[dict[str, Any]], bool]) -> bool:
    """Apply `change` to what the file holds; whether the file holds the result now.

    `change` says whether there is anything to write.
    """
    try:
        with turn(_lock()):
            data = _load()
            if change(data):
                atomic.write(file(), _text(data))
        return True
    except _Unusable as why:
        _notice(str(why))
    except OSError as error:
        text = _(
            "What you solve cannot be kept: `{file}` cannot be written ({error}). This notebook "
            "remembers it until its kernel ends. Set {variable} to a folder that can be written."
        )
        _notice(text.format(file=file(), error=error.strerror or error, variable=VARIABLE))
    return False


def _load() -> dict[str, Any]:
    """What the file holds. A damaged one is set aside, and a new one begins."""
    try:
        data = json.loads(file().read_bytes())
    except FileNotFoundError:
        return _empty()
    except (ValueError, RecursionError):
        data = None
    if isinstance(data, dict) and isinstance(data.get("format"), int) and data["format"] > FORMAT:
        text = _(
            "`{file}` was written by a newer version of the course, so it is left as it is. "
            "What you solve now is not kept: update the course."
        )
        raise _Unusable(text.format(file=file()))
    if isinstance(data, dict) and isinstance(data.get("exercises"), dict):
        return data
    aside = _beside("damaged")
    file().replace(aside)
    text = _("The record of your progress was damaged. It is now `{file}`, and a new one begins.")
    _notice(text.format(file=aside))
    return _empty()


def _empty() -> dict[str, Any]:
    return {"format": FORMAT, "exercises": {}}


def _text(data: dict[str, Any]) -> str:
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def _lock() -> Path:
    return folder() / "progress.lock"


def _beside(word: str) -> Path:
    """A new name beside the file, with the time."""
    stem = f"progress.{word}-{datetime.datetime.now():%Y%m%d-%H%M%S}"
    path, number = folder() / f"{stem}.json", 1
    while path.exists():
        number += 1
        path = folder() / f"{stem}-{number}.json"
    return path


def _unreadable(error: OSError) -> str:
    text = _("The record of your progress, `{file}`, cannot be read ({error}).")
    return text.format(file=file(), error=error.strerror or error)


def _notice(text: str) -> None:
    """To be said once."""
    if text not in _said:
        _said.add(text)
        _notices.append(text)
