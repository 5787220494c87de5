"""Which of several versions counts: the newest, and what is said about the others."""

from __future__ import annotations

import datetime
import re
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass

from exercises_check.classroom.naming import stem
from exercises_check.classroom.plain_text import natural, quoted
from exercises_check.classroom.source import CannotRead, Source

_NUMBERED = re.compile(r"-(\d{1,3})$")
_STAMP = re.compile(
    r"\s*(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?\s*([A-Za-z_+\-/0-9:]{0,40})"
)
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")


@dataclass(frozen=True)
class Version:
    """What says how new a file is, the most reliable first.

    Attributes:
        name: the file's own name.
        label: its name in messages.
        usable: whether it can be read at all.
        stamp: when nbgrader received it, in seconds since 1970, or `None`.
        stamped: the same as nbgrader writes it.
        number: the number that Canvas gave to the file, which grows with time.
        time: when the file was last changed.
    """

    name: str
    label: str
    usable: bool
    stamp: float | None = None
    stamped: str = ""
    number: int = 0
    time: float = 0.0

    @property
    def key(self) -> tuple:
        """Sorts the newest last."""
        own = stem(self.name)
        again = _NUMBERED.search(own) if self.number else None
        return (
            self.usable,
            float("-inf") if self.stamp is None else self.stamp,
            self.number,
            int(again[1]) if again else 0,
            self.time,
            natural(own),
            natural(self.label),
            self.label,
        )


def newest(versions: Sequence[Version]) -> tuple[int, tuple[str, ...]]:
    """Which version counts, and what is to be said about it."""
    order = sorted(range(len(versions)), key=lambda index: versions[index].key)
    chosen = versions[order[-1]]
    usable = [versions[index] for index in order if versions[index].usable]
    if len(usable) < 2:
        return order[-1], ()
    before = usable[-2]
    count = f"{len(usable)} versions were handed in"
    if chosen.stamp is not None and chosen.stamp != before.stamp:
        said = f"{count}; the newest, of {chosen.stamped}, counts."
    elif chosen.key[1:4] != before.key[1:4]:
        said = f"{count}; the newest, {quoted(chosen.label)}, counts."
    elif chosen.time != before.time:
        said = f"{count}; the newest, of {_minute(chosen.time, before.time)}, counts."
    else:
        said = f"{count}, the newest at one time; the last by name, {quoted(chosen.label)}, counts."
    return order[-1], (said,)


def _minute(time: float, before: float) -> str:
    try:
        moment = datetime.datetime.fromtimestamp(time)
    except (OverflowError, OSError, ValueError):
        return "an unknown time"
    same = int(time // 60) == int(before // 60)
    return moment.strftime("%Y-%m-%d %H:%M:%S" if same else "%Y-%m-%d %H:%M")


def stamp(source: Source) -> tuple[float | None, str]:
    """The time in nbgrader's `timestamp.txt`, in seconds since 1970, and as it is written."""
    try:
        text = source.read(1000).decode("ascii", "replace")
    except CannotRead:
        return None, ""
    match = _STAMP.match(text)
    if not match:
        return None, ""
    *fields, zone = match.groups()
    try:
        moment = datetime.datetime(*(int(field or 0) for field in fields), tzinfo=_zone(zone))
        return moment.timestamp(), f"{moment:%Y-%m-%d %H:%M}"
    except (OverflowError, ValueError):
        return None, ""


def _zone(name: str) -> datetime.tzinfo:
    if match := _OFFSET.fullmatch(name):
        minutes = int(match[2]) * 60 + int(match[3])
        return datetime.timezone(datetime.timedelta(minutes=int(match[1] + "1") * minutes))
    if re.fullmatch(r"[A-Za-z_]+(/[A-Za-z_+\-0-9]+){0,2}", name):
        try:
            return zoneinfo.ZoneInfo(name)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            pass
    return datetime.UTC
