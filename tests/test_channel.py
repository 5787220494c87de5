"""Messages over a socket: whole, bounded, and never waited for without end."""

from __future__ import annotations

import json
import socket
import struct
import time

import pytest

from exercises_check.classroom.channel import LARGEST, Breach, Closed, Late, Reader, send


@pytest.fixture
def ends():
    one, other = socket.socketpair()
    with one, other:
        yield one, other


def framed(data: bytes) -> bytes:
    return struct.pack("!I", len(data)) + data


def test_what_is_sent_comes_as_it_was(ends):
    one, other = ends
    message = {"text": "ä\n\0", "numbers": [1, 2.5, None, True], "nan": float("inf")}
    send(one, message)
    send(one, {})
    reader = Reader(other)
    assert reader.read(1) == message
    assert reader.read(1) == {}


def test_a_message_that_comes_in_pieces_is_put_together(ends):
    one, other = ends
    data, reader = framed(json.dumps({"a": 1}).encode()), Reader(other)
    for byte in data[:-1]:
        one.sendall(bytes([byte]))
        with pytest.raises(Late):
            reader.read(0.001)
    one.sendall(data[-1:])
    assert reader.read(1) == {"a": 1}


def test_waiting_ends_when_the_time_is_over(ends):
    began = time.monotonic()
    with pytest.raises(Late):
        Reader(ends[1]).read(0.05)
    assert time.monotonic() - began >= 0.05


def test_an_end_that_is_gone_is_told(ends):
    one, other = ends
    one.close()
    with pytest.raises(Closed):
        Reader(other).read(1)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (struct.pack("!I", LARGEST + 1), "bytes; at most"),
        (framed(b"[1]"), "a list where a message was expected"),
        (framed(b"{"), "no message: This is not JSON"),
        (framed(b"\xff\xfe{}"), "no message"),
        (framed(b"[" * 100_000), "no message: This is not JSON"),
    ],
)
def test_what_is_no_message_is_a_breach_that_says_why(ends, data, words):
    one, other = ends
    one.setblocking(False)
    one.send(data)
    with pytest.raises(Breach, match=words):
        Reader(other).read(1)


def test_more_than_the_budget_is_a_breach(ends):
    one, other = ends
    reader = Reader(other, budget=100)
    send(one, {"a": "x" * 40})
    assert reader.read(1)
    send(one, {"a": "x" * 40})
    with pytest.raises(Breach, match="more than it may send in all"):
        reader.read(1)
