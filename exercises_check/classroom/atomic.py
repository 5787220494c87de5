"""Writing a result whole or not at all, and saying so where it cannot be written."""

from __future__ import annotations

from pathlib import Path

from exercises_check import atomic
from exercises_check.classroom.submission import CannotGrade


def write(path: Path, content: str | bytes) -> None:
    """Puts `content` at `path`, text as UTF-8, in place of what is there.

    Raises:
        CannotGrade: the file can't be written. What was there is still there.
    """
    try:
        atomic.write(path, content)
    except OSError as error:
        raise CannotGrade(
            f"`{path}` cannot be written: {error.strerror or error}. If it is open in another "
            "program, close it there, and start again: what is graded is kept."
        ) from None
