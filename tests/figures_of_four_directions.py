"""The table of what became of mutants and rewrites, at the end of a run of the tests."""

from __future__ import annotations

COLUMNS = ("mutants", "killed", "diagnosed", "one difference", "alternatives", "accepted")


def pytest_terminal_summary(terminalreporter):
    rows = {}
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for name, value in report.user_properties:
                if name == "four directions" and report.when == "call":
                    rows[value["model"]] = value
    if not rows:
        return
    width = max(map(len, rows))
    terminalreporter.section("mutants and alternatives")
    terminalreporter.line(" ".join([" " * width, *COLUMNS]))
    total = {column: sum(row[column] for row in rows.values()) for column in COLUMNS}
    for name, row in [*sorted(rows.items()), ("all", total)]:
        cells = [str(row[column]).rjust(len(column)) for column in COLUMNS]
        terminalreporter.line(" ".join([name.ljust(width), *cells]))
    told = total["diagnosed"] / max(1, total["killed"])
    single = total["one difference"] / max(1, total["killed"])
    terminalreporter.line(
        f"killed {total['killed'] / max(1, total['mutants']):.1%}, "
        f"diagnosed rightly {told:.1%}, as one difference {single:.1%}, "
        f"accepted {total['accepted'] / max(1, total['alternatives']):.1%}"
    )
