"""Where the bytes of a handed-in file are: on disk, or in a zip file, or in a zip file in one.

Nothing is ever extracted to disk, and nothing is read beyond a limit, whatever a header says.
"""

from __future__ import annotations

import io
import os
import stat
import struct
import zlib
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from exercises_check.classroom.plain_text import quoted

LARGEST_NOTEBOOK = 20 * 2**20
LARGEST_INNER_ARCHIVE = 200 * 2**20  # a zip file in a zip file is held in memory

# Text that people write shrinks to a tenth, an empty picture to a hundredth.
LARGEST_RATIO = 200
RATIO_COUNTS_FROM = 10 * 2**20

STORED, DEFLATED = 0, 8

_CHUNK = 64 * 2**10
_LOCAL_HEADER = struct.Struct("<4s5H3I2H")


class CannotRead(Exception):
    """A file cannot be used. The text is a sentence that says why."""


class Member(NamedTuple):
    """Where a member of a zip file begins, and how it is packed."""

    offset: int
    packed: int
    method: int
    checksum: int


@dataclass(frozen=True)
class Source:
    """A file that was handed in; small, and fit to be sent to another process.

    Attributes:
        path: the file on disk, which is the zip file if there are members.
        label: its name in messages.
        members: the way into the zip file: one member, or a zip file and a member of that.
    """

    path: str
    label: str
    members: tuple[Member, ...] = ()

    def read(self, limit: int = LARGEST_NOTEBOOK) -> bytes:
        """The bytes of the file.

        Args:
            limit: how many bytes are accepted.

        Raises:
            CannotRead: there are more, or the file or its zip file is gone, damaged or no file.
        """
        with open_file(self.path, self.label) as stream:
            if not self.members:
                return _read_bounded(stream, limit, self.label)
            *outer, last = self.members
            for member in outer:
                content = unpack(stream, member, LARGEST_INNER_ARCHIVE, self.label)
                stream = io.BytesIO(content)
            return unpack(stream, last, limit, self.label)


def open_file(path: str, label: str) -> BinaryIO:
    """Open a regular file for reading; never waits, and follows no link at the path's end.

    Raises:
        CannotRead: it cannot be opened, or is a pipe, a device or a folder.
    """
    flags = os.O_RDONLY
    for name in ("O_NONBLOCK", "O_NOFOLLOW", "O_BINARY", "O_CLOEXEC", "O_NOCTTY"):
        flags |= getattr(os, name, 0)
    try:
        descriptor = os.open(path, flags)
    except (OSError, ValueError) as error:
        raise CannotRead(f"{quoted(label)} cannot be read: {reason(error)}.") from None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise CannotRead(f"{quoted(label)} is no regular file; it is not read.")
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def unpack(stream: BinaryIO, member: Member, limit: int, label: str) -> bytes:
    """The content of a member of a zip file.

    Raises:
        CannotRead: it is larger than the limit, expands too much, or is damaged.
    """
    damaged = CannotRead(f"{quoted(label)} is damaged: its zip file does not hold what it lists.")
    try:
        stream.seek(member.offset)
        header = stream.read(_LOCAL_HEADER.size)
        if len(header) < _LOCAL_HEADER.size or not header.startswith(b"PK\x03\x04"):
            raise damaged
        *_, name_length, extra_length = _LOCAL_HEADER.unpack(header)
        stream.seek(name_length + extra_length, os.SEEK_CUR)
        if member.method == STORED:
            content = stream.read(min(member.packed, limit + 1))
            _refuse_large(len(content), limit, label)
            if len(content) < member.packed:
                raise damaged
        else:
            content = _inflate(stream, member.packed, limit, label)
    except (OSError, OverflowError, ValueError, zlib.error):
        raise damaged from None
    if zlib.crc32(content) != member.checksum:
        raise damaged
    return content


def _inflate(stream: BinaryIO, packed: int, limit: int, label: str) -> bytes:
    inflater, content, taken = zlib.decompressobj(-zlib.MAX_WBITS), bytearray(), 0
    while not inflater.eof:
        chunk = inflater.unconsumed_tail
        if not chunk:
            chunk = stream.read(min(_CHUNK, packed - taken))
            taken += len(chunk)
            if not chunk:
                raise zlib.error("the data ends early")
        content += inflater.decompress(chunk, min(2**20, limit + 1 - len(content)))
        _refuse_large(len(content), limit, label)
        refuse_expanding(len(content), taken, label)
    return bytes(content)


def refuse_expanding(size: int, packed: int, label: str) -> None:
    """Refuse what grows beyond all that a notebook does.

    Raises:
        CannotRead: it does.
    """
    if size > RATIO_COUNTS_FROM and size > LARGEST_RATIO * packed:
        raise CannotRead(
            f"{quoted(label)} expands to more than {LARGEST_RATIO} times its size in the zip file; "
            "it is not read."
        )


def _read_bounded(stream: BinaryIO, limit: int, label: str) -> bytes:
    try:
        content = stream.read(limit + 1)
    except OSError as error:
        raise CannotRead(f"{quoted(label)} cannot be read: {reason(error)}.") from None
    _refuse_large(len(content), limit, label)
    return content


def _refuse_large(size: int, limit: int, label: str) -> None:
    if size > limit:
        raise CannotRead(too_large(label, limit))


def too_large(label: str, limit: int) -> str:
    """The sentence about a file with more bytes than a limit."""
    return f"{quoted(label)} is larger than {megabytes(limit)}, the limit; it is not read."


def megabytes(size: int) -> str:
    """A size, as people say it."""
    return f"{size / 2**20:,.0f} MB" if size >= 2**20 else f"{size:,} bytes"


def reason(error: Exception) -> str:
    """What the system said of a file, without its path."""
    return getattr(error, "strerror", None) or "its name is not valid here"
