"""What warm kernels save: `make bench`.

The notebooks of the course that build models and do not train run twice: with plain kernels, and
with kernels forked from a process that has imported Keras. Counted is the processor time of all
processes, that of the warm process and its imports included. A notebook that trains is spared the
same seconds, and spends in training what no kernel can save. Then `import keras` is timed as the
first cell of fresh kernels. The exit status is 1 where a bar is not met.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import kernels  # noqa: E402

# The bars.
RATIO = 0.5  # of the processor time with plain kernels
IMPORT_SECONDS = 1.0

NOTEBOOKS = ("chapters/00", "chapters/01", "chapters/09", "solutions/00", "solutions/01")
KERNELS = 5
SUBREAPER = 36
CELL = """
import time
processor, clock = time.process_time(), time.perf_counter()
import keras
print(time.process_time() - processor, time.perf_counter() - clock)
"""


@dataclass(frozen=True)
class Spent:
    """Seconds by the processor and by the clock."""

    processor: float
    clock: float


def suite(warm: bool) -> Spent:
    """Run the notebooks."""
    before, started = _processor(), time.perf_counter()
    with kernels.environment(warm) as variables, _variables(variables):
        for beginning in NOTEBOOKS:
            (path,) = ROOT.glob(f"{beginning}_*.ipynb")
            place = {"metadata": {"path": str(path.parent)}}
            notebook = nbformat.read(path, as_version=4)
            client = NotebookClient(notebook, timeout=300, kernel_name="python3", resources=place)
            client.execute(stderr=subprocess.DEVNULL)
    clock = time.perf_counter() - started
    # The warm process is nobody's child: it is handed to this process, and waited for.
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
    return Spent(_processor() - before, clock)


def _processor() -> float:
    import resource  # which Windows has not

    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def imports(warm: bool, count: int) -> tuple[Spent, float]:
    """What `import keras` takes in fresh kernels, and how long these take to be there: medians."""
    spent, starts = [], []
    with kernels.environment(warm) as variables, _variables(variables):
        for number in range(count + warm):
            started = time.perf_counter()
            manager, client = start_new_kernel(kernel_name="python3", stderr=subprocess.DEVNULL)
            ready = time.perf_counter() - started
            printed: list[str] = []
            client.execute_interactive(
                CELL, timeout=120, output_hook=lambda m, to=printed: to.append(_stdout(m))
            )
            client.stop_channels()
            manager.shutdown_kernel(now=True)
            if number or not warm:  # the first one waits for the warm process to come up
                spent.append(Spent(*map(float, "".join(printed).split())))
                starts.append(ready)
    middle = Spent(
        statistics.median(one.processor for one in spent),
        statistics.median(one.clock for one in spent),
    )
    return middle, statistics.median(starts)


def _stdout(message: dict) -> str:
    content = message["content"]
    return content["text"] if content.get("name") == "stdout" else ""


@contextlib.contextmanager
def _variables(variables: dict[str, str]) -> Iterator[None]:
    """Jupyter reads in this process who provides kernels."""
    from jupyter_client.provisioning import KernelProvisionerFactory

    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(variables)
    KernelProvisionerFactory.clear_instance()
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        KernelProvisionerFactory.clear_instance()


def main() -> int:
    from exercises_check.warm import provisioner

    if why := provisioner.unsupported():
        print(f"There are no warm kernels here: {why}.")
        return 0
    ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
    several = f"{len(NOTEBOOKS)} notebooks"
    print(f"{'kernels':<8} {several:>19} {'import keras':>19} {'kernel is there':>17}")
    print(f"{'':<8} {'processor s':>11} {'s':>7} {'processor s':>11} {'s':>7} {'s':>17}")
    rows = {}
    for name, warm in (("plain", False), ("warm", True)):
        whole = suite(warm)
        one, start = imports(warm, KERNELS if warm else 1)
        print(
            f"{name:<8} {whole.processor:>11.1f} {whole.clock:>7.1f} {one.processor:>11.2f} "
            f"{one.clock:>7.2f} {start:>17.2f}",
            flush=True,
        )
        rows[name] = whole, one
    print()
    bars = list(verdicts(*rows["plain"], *rows["warm"]))
    for text, met in bars:
        print(f"{'met    ' if met else 'NOT MET'}  {text}")
    return 0 if all(met for _, met in bars) else 1


def verdicts(plain: Spent, plain_import: Spent, warm: Spent, warm_import: Spent):
    """Each bar in a line, and whether it is met."""
    ratio = warm.processor / plain.processor
    yield (
        f"{ratio:.2f} of the processor time with plain kernels, "
        f"{(plain.processor - warm.processor) / len(NOTEBOOKS):.1f} s less for each notebook; "
        f"the bar: {RATIO:g}",
        ratio <= RATIO,
    )
    slower = max(warm_import.clock, warm_import.processor)
    yield (
        f"{slower:.2f} s for `import keras` in a fresh kernel, {plain_import.clock:.1f} s in a "
        f"plain one; the bar: {IMPORT_SECONDS:g}",
        slower <= IMPORT_SECONDS,
    )


if __name__ == "__main__":
    sys.exit(main())
