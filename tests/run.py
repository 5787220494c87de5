"""Runs every test of the course and says in the end what passed, what failed and how to rerun it.

python tests/run.py                  everything, as `make test` does
python tests/run.py lint             only this part; the parts are lint, unit, notebooks
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import kernels  # noqa: E402

WORKERS = str(max(1, min(4, os.cpu_count() or 1)))
# The text of lessons is laid out to be read, so only code that runs elsewhere is formatted.
FORMATTED = ["benchmarks", "browser_tests", "conftest.py", "exercises_check", "tests", "tools"]
NAMED = 8  # failed tests of one file that the summary names
PARALLEL = ["-n", WORKERS, "--dist"]
# A notebook is one scope: its cells run in order, in one kernel.
NBVAL = ["--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=300"]


@dataclass(frozen=True)
class Result:
    """What came of one part: counts, seconds, what took longest, and the failures.

    `failures` holds pairs: what failed, and the arguments of `python -m` that rerun only that.
    """

    part: str
    passed: int
    skipped: int
    seconds: float
    slowest: str
    failures: tuple[tuple[str, str], ...]


def lint() -> Result:
    started = time.perf_counter()
    commands = [["check", *FORMATTED, "lessons"], ["format", "--check", *FORMATTED]]
    failed = [command for command in commands if _call(["ruff", *command])]
    failures = tuple((f"ruff {command[0]}", f"ruff {' '.join(command)}") for command in failed)
    return Result(
        "lint", len(commands) - len(failed), 0, time.perf_counter() - started, "", failures
    )


def unit() -> Result:
    return _pytest("unit", ["tests", *PARALLEL, "worksteal"], [])


def notebooks() -> Result:
    folders = ["chapters", "solutions", *PARALLEL, "loadscope"]
    # test_translations.py holds that chapters/zh has the code of chapters: running solutions/zh
    # finds what else may differ in another language, and a chapter takes as long.
    return _pytest("notebooks", [*folders, "--ignore-glob=chapters/*/*"], NBVAL)


PARTS = {part.__name__: part for part in (lint, unit, notebooks)}


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        print(f"No part is called `{unknown[0]}`, expected one of {', '.join(PARTS)}.")
        return 2
    results = []
    for name in names or PARTS:
        print(f"\n== {name}", flush=True)
        results.append(PARTS[name]())
    print(summary(results))
    return 1 if any(result.failures for result in results) else 0


def summary(results: list[Result]) -> str:
    """The table, the failures with their commands, and the line that ends a run."""
    lines = ["", f"{'part':<10} {'passed':>7} {'failed':>7} {'skipped':>8} {'seconds':>8}  slowest"]
    for r in results:
        lines.append(
            f"{r.part:<10} {r.passed:>7} {len(r.failures):>7} {r.skipped:>8} {r.seconds:>8.1f}"
            f"  {r.slowest}".rstrip()
        )
    lines.append(f"{'all':<10} {'':>24} {sum(r.seconds for r in results):>8.1f}")
    failures = [failure for result in results for failure in result.failures]
    for rerun in dict.fromkeys(rerun for _, rerun in failures):
        failed = [what for what, command in failures if command == rerun]
        lines += ["", *(f"failed: {what}" for what in failed[:NAMED])]
        lines += [f"  and {len(failed) - NAMED} more"] if len(failed) > NAMED else []
        lines.append(f"  again: {_python()} -m {rerun}")
        if failed[0].startswith("solutions/"):
            number = Path(failed[0]).name[:2]
            lines.append(
                f"  if the new outputs are right: {_python()} tools/notebooks.py --all {number}"
            )
    passed = sum(result.passed for result in results)
    return "\n".join([*lines, "", f"{passed} passed, {len(failures)} failed"])


def _pytest(part: str, arguments: list[str], options: list[str]) -> Result:
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        # xunit1 is the format that names the file of each test.
        written = [f"--junitxml={report}", "-o", "junit_family=xunit1"]
        color = "yes" if sys.stdout.isatty() else "no"
        quiet = ["-q", "--no-header", "--disable-warnings", "-r", "N", f"--color={color}"]
        shown = ["--tb=short", "-o", "verbosity_assertions=2"]
        command = ["pytest", *arguments, *options, *quiet, *shown, *written]
        status = _call(command, warm=options is NBVAL)
        cases = list(ElementTree.parse(report).iter("testcase")) if report.exists() else []
    outcomes = [(case, {child.tag for child in case}) for case in cases]
    names = [_test_id(case) for case, outcome in outcomes if outcome & {"failure", "error"}]
    failures = [(name, _rerun(name, names, options)) for name in dict.fromkeys(names)]
    if status and not failures:
        rerun = " ".join(["pytest", *arguments, *options])
        failures = [(f"pytest ended with status {status}, without a failed test", rerun)]
    return Result(
        part,
        passed=sum(not outcome & {"failure", "error", "skipped"} for _, outcome in outcomes),
        skipped=sum("skipped" in outcome for _, outcome in outcomes),
        seconds=time.perf_counter() - started,
        slowest=_slowest(cases),
        failures=tuple(failures),
    )


def _test_id(case: ElementTree.Element) -> str:
    """What pytest calls a test: its file, perhaps its class, its name."""
    file, name = case.get("file", "").replace("\\", "/"), case.get("name", "")
    if file.endswith(".ipynb"):
        return f"{file}::{name}"
    module = file.removesuffix(".py").replace("/", ".")
    if module == name or not file:  # a module that could not be collected
        return file or name
    inside = case.get("classname", "").removeprefix(module).strip(".")
    return "::".join([file, *filter(None, inside.split(".")), name])


def _rerun(name: str, failed: list[str], options: list[str]) -> str:
    """The command for one failed test, or for all that failed in the same file."""
    file = name.partition("::")[0]
    alone = sum(other.partition("::")[0] == file for other in failed) == 1
    if file.endswith(".ipynb"):  # a cell needs those before it
        chosen = [file]
    else:
        chosen = [f'"{name}"'] if alone else ["--last-failed", file]
    return " ".join(["pytest", *options, *chosen])


def _slowest(cases: list[ElementTree.Element]) -> str:
    seconds: Counter[str] = Counter()
    for case in cases:
        seconds[case.get("file") or case.get("name", "")] += float(case.get("time", 0))
    return "".join(f"{file} {time:.1f} s" for file, time in seconds.most_common(1))


def _call(arguments: list[str], warm: bool = False) -> int:
    with kernels.environment(warm) as variables:
        return subprocess.call([sys.executable, "-m", *arguments], cwd=ROOT, env=variables)


def _python() -> str:
    executable = Path(sys.executable)
    return str(executable.relative_to(ROOT)) if executable.is_relative_to(ROOT) else "python"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
