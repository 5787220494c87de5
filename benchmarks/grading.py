"""Grading against running each notebook in a fresh kernel: submissions per processor-second.

python benchmarks/grading.py

Both run the same submissions, which only build models, in one run on one machine; what is compared
is the processor time of all processes that take part: the judge, the warm process and its children
on one side, nbclient and its kernels on the other. Prints also the memory that one more child
takes (PSS: shared pages are counted in parts). The exit status is 1 where the bar is not met.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import threading
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import nbformat  # noqa: E402
from nbclient import NotebookClient  # noqa: E402
from submitting import CHAPTER, RIGHT, submit  # noqa: E402

from exercises_check.classroom import assess, processes  # noqa: E402
from exercises_check.classroom.grade import judged, prepared, ran_at  # noqa: E402
from exercises_check.classroom.intake import collect  # noqa: E402
from exercises_check.classroom.limits import Limits  # noqa: E402
from exercises_check.classroom.sandbox import sandbox  # noqa: E402
from exercises_check.classroom.slot import Slot  # noqa: E402
from exercises_check.classroom.version import version  # noqa: E402

BAR = 4.0  # times as many submissions per processor-second
SUBMISSIONS, FRESH = 40, 6


def graded_seconds(submissions: Path) -> tuple[float, float]:
    """Processor seconds for all of them: in all, and of that what the warm process took to start.

    What the judge takes to import Keras is in it too.
    """
    chapters = assess.chapters()
    collection = collect(submissions, None, chapters)
    seconds = 0.0
    with Slot(sandbox(), Limits()) as slot:
        for submission in collection.submissions:
            ran = ran_at(slot, prepared(submission), assess.asked(chapters[CHAPTER]))
            results = judged(ran, chapters, version()).results
            assert results[0].status == "passed", results[0]
            seconds += ran.outcome.cpu
        warm_up = slot.warm_up
    return time.process_time() + warm_up + seconds, warm_up


def fresh_seconds(submissions: Path, count: int) -> float:
    """Processor seconds of one notebook in a fresh kernel, on average."""
    began, before = time.process_time(), _of_children()
    for path in sorted(submissions.rglob("*.ipynb"))[:count]:
        notebook = nbformat.read(path, as_version=4)
        NotebookClient(
            notebook, kernel_name="python3", resources={"metadata": {"path": str(ROOT)}}
        ).execute()
    return (time.process_time() - began + _of_children() - before) / count


def _of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def memory_of_a_child() -> tuple[float, float]:
    """Megabytes: the warm process, and one child more that has built a model. PSS."""
    sizes: list[tuple[float, float]] = []
    with Slot(sandbox(), Limits()) as slot:
        cells = [*enumerate([*RIGHT, "import time\ntime.sleep(4)"])]
        run = threading.Thread(target=slot.run, args=(cells, assess.asked(["residual_block"])))
        run.start()
        while run.is_alive():
            running = processes.below(os.getpid())
            parts = sorted(_shared(number) for number in running)
            if len(parts) >= 2:
                sizes.append((parts[-1], parts[-2]))
            time.sleep(0.2)
        run.join()
    return max(sizes, key=sum)


def _shared(number: int) -> float:
    try:
        lines = Path(f"/proc/{number}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def main() -> int:
    if sys.platform != "linux":
        print("Submissions run on Linux only.")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        submissions = Path(folder)
        for number in range(SUBMISSIONS):
            submit(submissions, f"student_{number:03}", RIGHT)
        all_of_them, warm_up = graded_seconds(submissions)
        fresh = fresh_seconds(submissions, FRESH)
    ours = SUBMISSIONS / all_of_them
    ratio = ours * fresh
    print(f"{SUBMISSIONS} submissions graded: {all_of_them:6.1f} processor seconds in all, of that")
    print(f"  {warm_up:.1f} s for the warm process to import TensorFlow; {ours:.2f} per second")
    print(f"one in a fresh kernel:   {fresh:6.1f} processor seconds; {1 / fresh:.2f} per second")
    warm, child = memory_of_a_child()
    print(f"memory (PSS) while one runs: {warm:.0f} MB and {child:.0f} MB, warm process and child")
    met = ratio >= BAR
    print(f"{'met    ' if met else 'NOT MET'}  {ratio:.1f} times as many; the bar: {BAR:g}")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
