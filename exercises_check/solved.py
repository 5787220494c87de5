"""How far a learner is: what is solved, begun and left, by chapter and in all."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

from exercises_check import record
from exercises_check.chapters import CHAPTERS, Chapter
from exercises_check.exercise import Exercise, registry, similar_names
from exercises_check.language import _
from exercises_check.record import Entry

ALL = "all"


@dataclass(frozen=True)
class Done:
    """An exercise and what is known of it; `entry` is `None` before the first attempt."""

    exercise: Exercise
    entry: Entry | None

    @property
    def name(self) -> str:
        return self.exercise.name

    @property
    def solved(self) -> bool:
        return self.entry is not None and self.entry.status == "passed"

    @property
    def attempts(self) -> int:
        return self.entry.attempts if self.entry else 0


class Counted(ABC):
    """What can be said of some exercises in their order; a subclass says which."""

    @property
    @abstractmethod
    def exercises(self) -> tuple[Done, ...]:
        """The exercises."""

    @property
    def solved(self) -> tuple[str, ...]:
        """The names of the exercises that passed once, whatever came later."""
        return tuple(done.name for done in self.exercises if done.solved)

    @property
    def attempted(self) -> tuple[str, ...]:
        """The names of those that were tried and have not passed."""
        return tuple(done.name for done in self.exercises if done.entry and not done.solved)

    @property
    def left(self) -> tuple[str, ...]:
        """The names of all that have not passed."""
        return tuple(done.name for done in self.exercises if not done.solved)

    @property
    def next(self) -> str:
        """The first that has not passed, `""` if there is none."""
        return next(iter(self.left), "")

    @property
    def minutes_left(self) -> int:
        return sum(done.exercise.minutes for done in self.exercises if not done.solved)

    @property
    def attempts(self) -> int:
        return sum(done.attempts for done in self.exercises)

    @property
    def begun(self) -> bool:
        return any(done.entry for done in self.exercises)

    @property
    def finished(self) -> bool:
        return bool(self.exercises) and not self.left

    @property
    def days(self) -> tuple[str, ...]:
        """The days on which exercises passed, sorted, each once."""
        return tuple(sorted({done.entry.passed for done in self.exercises if done.solved} - {""}))


@dataclass(frozen=True)
class ChapterProgress(Counted):
    """One chapter of `Progress`."""

    chapter: Chapter
    done: tuple[Done, ...]

    @property
    def exercises(self) -> tuple[Done, ...]:
        return self.done


@dataclass(frozen=True)
class Progress(Counted):
    """How far a learner is. It shows itself, as a page in a notebook and as text elsewhere.

    Attributes:
        chapters: every chapter.
        here: the chapter to show alone, `None` for the whole course.
        said: sentences to show first.
    """

    chapters: tuple[ChapterProgress, ...]
    here: ChapterProgress | None = None
    said: tuple[str, ...] = ()

    @property
    def exercises(self) -> tuple[Done, ...]:
        parts = [self.here] if self.here else self.chapters
        return tuple(done for part in parts for done in part.exercises)

    def __repr__(self) -> str:
        from exercises_check.progress_page import progress_text

        return progress_text(self)

    def _repr_html_(self) -> str:
        from exercises_check.progress_page import progress_html

        return progress_html(self)


def progress_of(chapter: int | None = None, reset: str = "") -> Progress:
    """How far the learner is, after what `reset` says was forgotten."""
    said = [*_reset(reset)]
    entries = record.read()
    parts = tuple(_parts(entries))
    here = next((part for part in parts if part.chapter.number == chapter), None)
    if chapter is not None and here is None:
        text = _("There is no chapter {chapter}; expected a number from {first} to {last}.")
        first, last = CHAPTERS[0].number, CHAPTERS[-1].number
        said.append(text.format(chapter=repr(chapter), first=first, last=last))
    return Progress(parts, here, (*said, *record.notices()))


def _parts(entries: dict[str, Entry]) -> Iterator[ChapterProgress]:
    exercises = registry().values()
    for chapter in CHAPTERS:
        own = [exercise for exercise in exercises if exercise.chapter == chapter.number]
        yield ChapterProgress(chapter, tuple(Done(e, entries.get(e.name)) for e in own))


def _reset(name: str) -> Iterator[str]:
    if not name:
        return
    if name == ALL:
        backup = record.forget_all()
        if backup is None:
            yield _("There was nothing to reset.")
        else:
            text = _("Your progress begins anew. The record until now is kept in `{file}`.")
            yield text.format(file=backup)
    elif record.forget(name):
        yield _("`{name}` counts as not attempted again.").format(name=name)
    elif name in registry():
        yield _("`{name}` was not attempted, so there was nothing to reset.").format(name=name)
    else:
        yield _unknown(name)


def _unknown(name: str) -> str:
    text = _('There is no exercise named `{name}`; expected an exercise, or "all".')
    near = _(" or ").join(f"`{other}`" for other in similar_names(name))
    question = _("Did you mean {names}?").format(names=near) if near else ""
    return (text.format(name=name) + _(" ") + question).strip()
