"""What a submission may use of the machine."""

from __future__ import annotations

from dataclasses import dataclass

MB = 2**20


@dataclass(frozen=True)
class Limits:
    """What one submission may use; what it goes beyond ends it.

    Attributes:
        wall: seconds by the clock.
        cpu: seconds of processor time.
        memory: megabytes, beside what Python and TensorFlow take themselves.
        processes: how many may run at once, threads not counted.
        file_size: megabytes of one file, and of all files together in a sandbox.
        printed: megabytes of text that it may print.
        answers: megabytes of what it may send to the grader.
    """

    wall: float = 600
    cpu: float = 300
    memory: int = 4096
    processes: int = 32
    file_size: int = 256
    printed: int = 10
    answers: int = 64
