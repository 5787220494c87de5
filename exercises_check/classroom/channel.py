"""JSON messages over a socket, with a bound on what the other side may send."""

from __future__ import annotations

import json
import socket
import struct
import time
from typing import Any

from exercises_check import plain
from exercises_check.language import _

_LENGTH = struct.Struct("!I")
LARGEST = 16 * 2**20  # bytes of one message


class Closed(Exception):
    """The other side is gone."""


class Breach(Exception):
    """The other side sent what is no message, or too much. The text says what."""


class Late(Exception):
    """Nothing came in time."""


def send(channel: socket.socket, message: Any) -> None:
    """Send a message.

    Raises:
        Closed: the other side is gone.
    """
    data = json.dumps(message, ensure_ascii=True).encode("ascii")
    try:
        channel.sendall(_LENGTH.pack(len(data)) + data)
    except OSError as error:
        raise Closed(str(error)) from None


class Reader:
    """Reads the messages that come over a socket.

    Args:
        channel: the socket.
        budget: how many bytes may come in all.
    """

    def __init__(self, channel: socket.socket, budget: int = 2**40):
        self._channel = channel
        self._budget = budget
        self._data = bytearray()

    def read(self, seconds: float | None = None) -> dict[str, Any]:
        """The next message; it waits for `seconds`, or as long as it takes.

        Raises:
            Late: it has not come whole by then; what has come is kept for the next call.
            Closed: the other side is gone.
            Breach: it is not a message.
        """
        until = None if seconds is None else time.monotonic() + seconds
        self._fill(_LENGTH.size, until)
        (length,) = _LENGTH.unpack_from(self._data)
        if length > LARGEST:
            raise Breach(
                _("a message of {count} bytes; at most {most} are read").format(
                    count=f"{length:,}", most=f"{LARGEST:,}"
                )
            )
        self._fill(_LENGTH.size + length, until)
        text = bytes(self._data[_LENGTH.size : _LENGTH.size + length])
        del self._data[: _LENGTH.size + length]
        try:
            message = plain.parse(text.decode("utf-8"))
        except ValueError as error:
            raise Breach(_("no message: {error}").format(error=error)) from None
        if not isinstance(message, dict):
            text = _("a {name} where a message was expected")
            raise Breach(text.format(name=type(message).__name__))
        return message

    def _fill(self, size: int, until: float | None) -> None:
        while len(self._data) < size:
            left = None if until is None else until - time.monotonic()
            if left is not None and left <= 0:
                raise Late
            self._channel.settimeout(left)
            try:
                data = self._channel.recv(min(1 << 20, size - len(self._data)))
            except TimeoutError:
                raise Late from None
            except OSError as error:
                raise Closed(str(error)) from None
            finally:
                self._channel.settimeout(None)
            if not data:
                raise Closed("the other side is gone")
            self._budget -= len(data)
            if self._budget < 0:
                raise Breach(_("more than it may send in all"))
            self._data += data
