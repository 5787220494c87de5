"""The summary of a test run names what failed and how to run only that again."""

import xml.etree.ElementTree as ElementTree

import pytest
import run


def result(part="unit", passed=3, failures=()):
    return run.Result(part, passed, 1, 2.0, "tests/test_a.py 1.5 s", tuple(failures))


def test_the_last_line_counts_what_passed_and_failed():
    failures = [("tests/test_a.py::test_x", "pytest tests/test_a.py::test_x")]
    results = [result(), result("lint", 2, failures)]
    assert run.summary(results).splitlines()[-1] == "5 passed, 1 failed"


def test_each_part_has_a_line_with_its_counts_and_seconds():
    (line,) = [line for line in run.summary([result()]).splitlines() if line.startswith("unit")]
    assert line.split() == ["unit", "3", "0", "1", "2.0", "tests/test_a.py", "1.5", "s"]


def test_the_failed_cells_of_a_solution_share_a_command_and_say_how_to_accept_their_outputs():
    file = "solutions/02_standard_networks.ipynb"
    names = [f"{file}::Cell 2", f"{file}::Cell 5"]
    failures = [(name, f"pytest {file}") for name in names]
    lines = run.summary([result("notebooks", 9, failures)]).splitlines()
    where = lines.index(f"failed: {names[0]}")
    assert lines[where + 1] == f"failed: {names[1]}"
    assert lines[where + 2].endswith(f"-m pytest {file}")
    assert lines[where + 3].endswith("tools/notebooks.py --all 02")


@pytest.mark.parametrize(
    ("attributes", "name", "rerun"),
    [
        (
            {"file": "tests/test_a.py", "classname": "tests.test_a", "name": "test_b[x y]"},
            "tests/test_a.py::test_b[x y]",
            'pytest "tests/test_a.py::test_b[x y]"',
        ),
        (
            {"file": "tests/test_a.py", "classname": "tests.test_a.TestB", "name": "test_c"},
            "tests/test_a.py::TestB::test_c",
            'pytest "tests/test_a.py::TestB::test_c"',
        ),
        (
            {"file": "tests/test_a.py", "classname": "", "name": "tests.test_a"},
            "tests/test_a.py",
            'pytest "tests/test_a.py"',
        ),
        (
            {"file": "chapters\\00_a.ipynb", "classname": "chapters.00_a.ipynb", "name": "Cell 3"},
            "chapters/00_a.ipynb::Cell 3",
            "pytest chapters/00_a.ipynb",
        ),
    ],
)
def test_a_failed_test_is_called_what_pytest_calls_it(attributes, name, rerun):
    case = ElementTree.Element("testcase", attributes)
    assert run._test_id(case) == name
    assert run._rerun(name, [name], []) == rerun


def test_several_failed_tests_of_a_file_share_a_command():
    names = [f"tests/test_a.py::test_{number}" for number in range(10)]
    rerun = run._rerun(names[0], names, [])
    assert rerun == "pytest --last-failed tests/test_a.py"
    summary = run.summary([result(failures=[(name, rerun) for name in names])])
    assert summary.count("failed: tests/") == run.NAMED
    assert f"  and {10 - run.NAMED} more\n" in summary
    assert summary.count("again: ") == 1
    assert summary.endswith("10 failed")


def test_an_unknown_part_is_refused_with_the_known_ones(capsys):
    assert run.main(["units"]) == 2
    expected = "No part is called `units`, expected one of lint, unit, notebooks.\n"
    assert capsys.readouterr().out == expected
