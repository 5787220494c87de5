"""The list of what a zip file holds, read with bounds and without trusting any of it."""

from __future__ import annotations

import functools
import os
import re
import stat
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from exercises_check.classroom.naming import LONGEST_NAME
from exercises_check.classroom.plain_text import quoted
from exercises_check.classroom.source import (
    DEFLATED,
    LARGEST_RATIO,
    RATIO_COUNTS_FROM,
    STORED,
    CannotRead,
    Member,
)

LARGEST_DIRECTORY = 64 * 2**20

_END = struct.Struct("<4s4H2IH")
_END_64 = struct.Struct("<4sQ2H2I4Q")
_LOCATOR_64 = struct.Struct("<4sIQI")
_ENTRY = struct.Struct("<4s2B5H3I5H2I")
_LONGEST_COMMENT = 2**16

_ENCRYPTED, _PATCHED, _STRONGLY_ENCRYPTED, _UTF8 = 0x1, 0x20, 0x40, 0x800
_UNICODE_PATH = 0x7075
_METHODS = {9: "Deflate64", 12: "bzip2", 14: "LZMA", 93: "Zstandard", 95: "xz", 98: "PPMd"}


@dataclass(frozen=True)
class Listed:
    """One member of a zip file.

    Attributes:
        parts: the folders it lies in and its name; never `..`, a drive or a root.
        member: where it is.
        time: when it was last changed, in seconds since 1970; 0 if that is not said.
        problem: a sentence why it is not read, or nothing.
    """

    parts: tuple[str, ...]
    member: Member
    time: float
    problem: str = ""


def members(stream: BinaryIO, label: str, most: int) -> Iterator[Listed]:
    """What a zip file lists, folders left out.

    Args:
        stream: the zip file.
        label: its name in messages.
        most: how many members are accepted.

    Raises:
        CannotRead: it is no zip file, is damaged, or lists too much.
    """
    damaged = CannotRead(f"{quoted(label)} is no zip file, or a damaged one: download it again.")
    try:
        size = stream.seek(0, os.SEEK_END)
        end, length, begins = _directory(stream, size)
        if length > LARGEST_DIRECTORY:
            raise CannotRead(_too_many(label, most))
        if length > end or begins > end - length:
            raise damaged
        shift = end - length - begins  # bytes before the zip file, as of a self-extracting one
        stream.seek(end - length)
        directory = stream.read(length)
        found = list(_entries(directory, shift, label, most))
    except (OSError, OverflowError, ValueError, struct.error):
        raise damaged from None
    return iter(found)


def _directory(stream: BinaryIO, size: int) -> tuple[int, int, int]:
    """Where the list of members ends, its length, and where it says that it begins.

    Raises:
        ValueError: there is none.
    """
    start = max(0, size - _END.size - _LONGEST_COMMENT)
    stream.seek(start)
    tail = stream.read(_END.size + _LONGEST_COMMENT)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0:
        raise ValueError("no end record")
    _, _, _, _, count, length, begins, _ = _END.unpack_from(tail, at)
    end = start + at
    if 0xFFFFFFFF in (length, begins) or count == 0xFFFF:
        locator = end - _LOCATOR_64.size
        if locator >= 0:
            stream.seek(locator)
            signature, _, end_64, _ = _LOCATOR_64.unpack(stream.read(_LOCATOR_64.size))
            if signature == b"PK\x06\x07":
                # Its own place, not the one it states: bytes may stand before the zip file.
                end = locator - _END_64.size if locator - end_64 >= _END_64.size else end_64
                stream.seek(end)
                record = _END_64.unpack(stream.read(_END_64.size))
                if record[0] != b"PK\x06\x06":
                    raise ValueError("no end record of 64 bits")
                length, begins = record[-2:]
    return end, length, begins


def _entries(directory: bytes, shift: int, label: str, most: int) -> Iterator[Listed]:
    at, count = 0, 0
    while at + _ENTRY.size <= len(directory):
        (signature, _, system, _, flags, method, clock, day, checksum, packed, size,
         name_length, extra_length, comment_length, _, _, attributes, offset,
         ) = _ENTRY.unpack_from(directory, at)  # fmt: skip
        if signature != b"PK\x01\x02":
            raise ValueError("no entry")
        count += 1
        if count > most:
            raise CannotRead(_too_many(label, most))
        at += _ENTRY.size
        raw = directory[at : at + name_length]
        extra = directory[at + name_length : at + name_length + extra_length]
        at += name_length + extra_length + comment_length
        name = _name(raw, flags, extra)
        size, packed, offset = _wide(extra, size, packed, offset)
        if name.endswith("/"):
            continue
        mode = attributes >> 16 if system == 3 else 0  # 3: made on Unix
        problem = _problem(name, flags, method, mode, size, packed)
        yield Listed(
            parts=_parts(name),
            member=Member(offset + shift, packed, method, checksum),
            time=_seconds(day, clock),
            problem=f"{quoted(f'{label}/{name}')} {problem}" if problem else "",
        )


def _name(raw: bytes, flags: int, extra: bytes) -> str:
    for key, value in _extras(extra):
        if key == _UNICODE_PATH and len(value) > 5:
            raw, flags = value[5:], _UTF8
    # macOS and many libraries write UTF-8 without saying so.
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("utf-8", "surrogateescape") if flags & _UTF8 else raw.decode("cp437")


def _wide(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """Numbers of more than 32 bits stand elsewhere."""
    if 0xFFFFFFFF not in (size, packed, offset):
        return size, packed, offset
    for key, value in _extras(extra):
        if key == 1:
            wide = iter(struct.unpack(f"<{len(value) // 8}Q", value[: len(value) // 8 * 8]))
            size, packed, offset = (
                next(wide, n) if n == 0xFFFFFFFF else n for n in (size, packed, offset)
            )
    return size, packed, offset


def _extras(extra: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(extra):
        key, length = struct.unpack_from("<2H", extra, at)
        yield key, extra[at + 4 : at + 4 + length]
        at += 4 + length


def _parts(name: str) -> tuple[str, ...]:
    parts = name.replace("\\", "/").replace("\0", "/").split("/")
    kept = [part for part in parts if part.strip() not in ("", ".", "..")]
    if kept and len(kept) > 1 and _is_drive(kept[0]):
        kept = kept[1:]
    return tuple(kept) or ("file",)


def _is_drive(part: str) -> bool:
    return len(part) == 2 and part[1] == ":" and part[0].isalpha()


def _problem(name: str, flags: int, method: int, mode: int, size: int, packed: int) -> str:
    """Why a member is not read; without its name, which begins the sentence."""
    if "\0" in name:
        return "has a name with a NUL in it; it is not read."
    if ".." in name and ".." in name.replace("\\", "/").split("/"):
        return "has a name that leaves its folder; it is not read."
    if len(name) > LONGEST_NAME and max(map(len, re.split(r"[/\\]", name))) > LONGEST_NAME:
        return f"has a name of more than {LONGEST_NAME} characters; it is not read."
    if name.startswith(("/", "\\")) or _is_drive(name[:2]):
        return "has an absolute name; expected one inside the zip file."
    if "\\" in name:
        return "has a name with a backslash; expected `/` between folders."
    if stat.S_IFMT(mode) and not stat.S_ISREG(mode):
        what = "a link" if stat.S_ISLNK(mode) else "no regular file"
        return f"is {what} in a zip file; expected the notebook itself."
    if flags & (_ENCRYPTED | _STRONGLY_ENCRYPTED):
        return "is encrypted; expected a zip file without a password."
    if method not in (STORED, DEFLATED) or flags & _PATCHED:
        kind = _METHODS.get(method, f"method {method}")
        return f"is compressed with {kind}; expected an ordinary zip file (Deflate)."
    if size > RATIO_COUNTS_FROM and size > LARGEST_RATIO * max(packed, 1):
        return (
            f"expands to more than {LARGEST_RATIO} times its size in the zip file; it is not read."
        )
    return ""


@functools.lru_cache(maxsize=4096)
def _seconds(day: int, clock: int) -> float:
    fields = (
        (day >> 9) + 1980, day >> 5 & 15, day & 31, clock >> 11, clock >> 5 & 63, (clock & 31) * 2,
    )  # fmt: skip
    if not (1 <= fields[1] <= 12 and 1 <= fields[2] <= 31 and fields[3] < 24 and fields[4] < 60):
        return 0.0
    try:
        return time.mktime((*fields, 0, 0, -1))
    except (OverflowError, ValueError):
        return 0.0


def _too_many(label: str, most: int) -> str:
    return f"{quoted(label)} lists more than {most:,} files; it is not read."
