"""Grades 500 generated submissions, killed at random moments and resumed, and looks what is left.

python benchmarks/soak.py [COUNT] [KILLS]

Prints one line for each thing that has to hold, and ends with status 1 if one does not: every
result is as expected, the gradebook is the same as that of a run that nobody killed, the memory of
the grader stays flat, and no process, file or temporary folder is left behind.
"""

from __future__ import annotations

import csv
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import generated_class  # noqa: E402

from exercises_check.classroom import processes  # noqa: E402
from exercises_check.classroom.sandbox import sandbox  # noqa: E402

LIMITS = ("--wall", "60", "--cpu", "10", "--memory", "700", "--printed", "2")
GROWTH = 1.5  # of the grader's memory from the first tenth of a run to its end


def grading(submissions: Path, results: Path, environment: dict[str, str]) -> subprocess.Popen:
    command = [sys.executable, "-m", "exercises_check", "grade", str(submissions)]
    command += ["--output", str(results), *LIMITS]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def resident(number: int) -> int:
    """Megabytes."""
    try:
        return int(Path(f"/proc/{number}/statm").read_text().split()[1]) * 4096 // 2**20
    except OSError:
        return 0


def rows_of(results: Path) -> dict[tuple[str, str], dict[str, str]]:
    with (results / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        return {(row["student"], row["exercise"]): row for row in csv.DictReader(file)}


def all_processes() -> set[int]:
    return {int(entry) for entry in os.listdir("/proc") if entry.isdigit()}


def left_over(before: set[int]) -> list[str]:
    """The command lines of new processes that have to do with grading."""
    left = []
    for number in all_processes() - before - {os.getpid()}:
        try:
            line = Path(f"/proc/{number}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if "exercises_check" in line or "bwrap" in line or "sleep 86471" in line:
            left.append(line[:100])
    return left


def main(count: int, kills: int) -> int:
    if sandbox().program is None:
        print(f"The class has attackers in it, and needs a sandbox. {sandbox().sentence}")
        return 1
    verdicts = []

    def told(holds: bool, text: str) -> None:
        verdicts.append(holds)
        print(f"{'holds ' if holds else 'FAILS '} {text}", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        submissions, scratch = Path(folder, "submissions"), Path(folder, "scratch")
        scratch.mkdir()
        handed = generated_class.hand_in(submissions, count)
        before = all_processes()
        environment = os.environ | {"TMPDIR": str(scratch), "CUDA_VISIBLE_DEVICES": "-1"}

        began, sizes = time.monotonic(), []
        process = grading(submissions, Path(folder, "whole"), environment)
        while process.poll() is None:
            sizes.append(resident(process.pid))
            time.sleep(0.5)
        seconds = time.monotonic() - began
        told(process.returncode == 0, f"{count} submissions in {seconds:.0f} s, status 0")
        whole = rows_of(Path(folder, "whole"))
        wrong = generated_class.wrong_results(handed, whole)
        told(not wrong, f"{count - len(wrong)} of {count} results as expected {wrong[:3]}")
        early, end = sizes[len(sizes) // 10 + 5], sizes[-2]
        told(end < early * GROWTH, f"memory of the grader: {early} MB early, {end} MB at the end")

        numbers = random.Random(0)
        killed = Path(folder, "killed")
        for _ in range(kills):
            process = grading(submissions, killed, environment)
            try:
                process.wait(12 + numbers.random() * seconds / (kills + 2))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
        process = grading(submissions, killed, environment)
        told(process.wait() == 0, f"killed {kills} times, resumed, status 0")
        same = {key: row["status"] for key, row in rows_of(killed).items()}
        told(
            same == {key: row["status"] for key, row in whole.items()},
            "the gradebook is that of a run that nobody killed",
        )
        time.sleep(2)
        left = left_over(before)
        told(not left, f"no process is left {left[:3]}")
        files = [path.name for path in scratch.iterdir()]
        told(not files, f"no file and no temporary folder is left {files[:3]}")
        told(not processes.below(os.getpid()), "nothing runs below this process")
    return 0 if all(verdicts) else 1


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    sys.exit(main(*given, *(500, 5)[len(given) :]))
