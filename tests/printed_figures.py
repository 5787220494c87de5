"""What a run of the tests measured: mutants and rewrites, and what trained answers reached."""

from __future__ import annotations

COLUMNS = ("mutants", "killed", "diagnosed", "one difference", "alternatives", "accepted")


def pytest_terminal_summary(terminalreporter):
    rows = {row["model"]: row for row in recorded(terminalreporter, "four directions")}
    if rows:
        print_four_directions(terminalreporter, rows)
    if trainings := recorded(terminalreporter, "learned"):
        print_learned(terminalreporter, trainings)


def recorded(terminalreporter, name):
    """What tests recorded under this name, whether they passed or failed."""
    return [
        value
        for outcome in ("passed", "failed")
        for report in terminalreporter.getreports(outcome)
        for key, value in report.user_properties
        if key == name and report.when == "call"
    ]


def print_learned(terminalreporter, trainings):
    terminalreporter.section("what trained answers reach")
    width = max(len(row["exercise"]) for row in trainings)
    titles = ("asked for", "right, worst", "wrong, best", "seeds")
    terminalreporter.line(" ".join([" " * width, *(title.rjust(12) for title in titles)]))
    for name in sorted({row["exercise"] for row in trainings}):
        runs = [row for row in trainings if row["exercise"] == name]
        worst, best = (min, max) if runs[0]["asked"].startswith("≥") else (max, min)
        right, wrong = worst(row["right"] for row in runs), best(row["wrong"] for row in runs)
        cells = (runs[0]["asked"], f"{right:.3f}", f"{wrong:.3f}", str(len(runs)))
        terminalreporter.line(" ".join([name.ljust(width), *(cell.rjust(12) for cell in cells)]))


def print_four_directions(terminalreporter, rows):
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
