"""What an exercise counts: points of the registry, changed by a small TOML file.

```
[points]
residual_block = 3      # instead of the points in the registry

[weights]
"06" = 2                # every point of chapter 06 counts twice
"00_start_here" = 0     # chapter 00 is left out
```

A student's score is the sum, over the exercises of the graded chapters, of the share of the
exercise that is right (1 if passed, else 0) times its points times the weight of its chapter. What
it is out of is the same sum with every share 1. What was not handed in counts 0.
"""

from __future__ import annotations

import difflib
import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from exercises_check.classroom.result import Result
from exercises_check.classroom.submission import CannotGrade

_EXAMPLE = "expected two tables, [points] and [weights], with lines such as residual_block = 3."


@dataclass(frozen=True)
class Scheme:
    """What counts.

    Attributes:
        exercises: for each exercise, in the order of the course, its chapter and its points.
        weights: what a chapter's points are multiplied with, where that is not 1.
    """

    exercises: Mapping[str, tuple[str, float]]
    weights: Mapping[str, float] = field(default_factory=dict)

    @property
    def chapters(self) -> tuple[str, ...]:
        """The chapters that count, in the order of the course."""
        chapters = dict.fromkeys(chapter for chapter, _ in self.exercises.values())
        return tuple(chapter for chapter in chapters if self._weight(chapter))

    def of_chapters(self, chapters: Iterable[str]) -> Scheme:
        """The same for these chapters only."""
        kept = set(chapters)
        exercises = {name: entry for name, entry in self.exercises.items() if entry[0] in kept}
        return replace(self, exercises=exercises)

    def counted(self) -> dict[str, tuple[str, float]]:
        """For each exercise of a chapter that counts, its chapter and its weighted points."""
        return {
            name: (chapter, points * self._weight(chapter))
            for name, (chapter, points) in self.exercises.items()
            if self._weight(chapter)
        }

    def scored(self, result: Result) -> Result:
        """A result with the points that it counts here."""
        share = float(result.status == "passed")
        if result.out_of > 0 and math.isfinite(result.points):
            share = min(1.0, max(0.0, result.points / result.out_of))
        out_of = self.counted().get(result.exercise, ("", 0.0))[1]
        return replace(result, points=share * out_of, out_of=out_of)

    def _weight(self, chapter: str) -> float:
        return self.weights.get(chapter, 1)


def scheme(exercises: Mapping[str, tuple[str, float]], file: Path | None = None) -> Scheme:
    """What counts, with what a TOML file changes.

    Args:
        exercises: for each exercise, in the order of the course, its chapter and its points.
        file: the TOML file, if there is one.

    Raises:
        CannotGrade: the file can't be read, or has a line that can't be meant.
    """
    if file is None:
        return Scheme(dict(exercises))
    tables = _tables(Path(file))
    points = {
        _known(name, exercises, "exercise", file): _number(name, value, file)
        for name, value in tables.get("points", {}).items()
    }
    chapters = list(dict.fromkeys(chapter for chapter, _ in exercises.values()))
    weights: dict[str, float] = {}
    for name, value in tables.get("weights", {}).items():
        chapter = _chapter(name, chapters, file)
        if chapter in weights:
            raise CannotGrade(
                f"`{file}` weighs chapter `{chapter}` twice: expected one line in [weights]."
            )
        weights[chapter] = _number(name, value, file)
    return Scheme(
        {name: (of, points.get(name, worth)) for name, (of, worth) in exercises.items()}, weights
    )


def _tables(file: Path) -> dict[str, dict[str, Any]]:
    try:
        content = file.read_text("utf-8-sig")
    except OSError as error:
        raise CannotGrade(f"`{file}` cannot be read: {error.strerror or error}.") from None
    except UnicodeDecodeError:
        raise CannotGrade(f"`{file}` is not a text in UTF-8: {_EXAMPLE}") from None
    try:
        tables = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise CannotGrade(f"`{file}` is not TOML: {error}; {_EXAMPLE}") from None
    for name, table in tables.items():
        _known(name, ("points", "weights"), "table", file)
        if not isinstance(table, dict):
            raise CannotGrade(f"`{name}` in `{file}` is {table!r}: {_EXAMPLE}")
    return tables


def _known(name: str, names: Iterable[str], what: str, file: Path) -> str:
    names = list(names)
    if name in names:
        return name
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    ask = f"Did you mean `{near[0]}`?" if near else f"There are: {', '.join(names)}."
    raise CannotGrade(f"`{file}` has `{name}`, and there is no {what} of that name. {ask}")


def _chapter(name: str, chapters: list[str], file: Path) -> str:
    """A chapter by its name or by its number, as `"06"` or `"6"`."""
    numbered = [chapter for chapter in chapters if chapter.partition("_")[0] == name.zfill(2)]
    return numbered[0] if numbered else _known(name, chapters, "chapter", file)


def _number(name: str, value: Any, file: Path) -> float:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or value < 0:
        raise CannotGrade(
            f"`{name}` in `{file}` is {value!r}; expected a number that is 0 or more."
        )
    return value


def shown(points: float) -> str:
    """Points as one writes them: without a decimal point where there is nothing behind it."""
    rounded = round(points, 2)
    return str(int(rounded)) if rounded == int(rounded) else f"{rounded:g}"
