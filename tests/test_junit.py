"""JUnit XML that every reader takes, whatever an answer's names hold."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st
from made_up_results import SHARED, graded, result

from exercises_check.classroom.junit import junit_xml
from exercises_check.classroom.status import STATUSES

# What the schema of Jenkins' xunit plugin allows, the strictest of those in use.
ATTRIBUTES = {
    "testsuites": {"name", "time", "tests", "failures", "errors"},
    "testsuite": {
        "name", "tests", "failures", "errors", "group", "time", "skipped", "timestamp", "hostname",
        "id", "package", "file", "log", "url",
    },
    "testcase": {"name", "time", "classname", "group"},
    "failure": {"type", "message"},
    "error": {"type", "message"},
    "skipped": {"type", "message"},
    "system-out": set(),
}  # fmt: skip
CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"testcase", "system-out"},
    "testcase": {"failure", "error", "skipped"},
}
REQUIRED = {"testsuite": {"name", "tests", "failures", "errors"}, "testcase": {"name"}}
TIME = re.compile(r"(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]*)?")


def parsed(*submissions, when: str = "2026-05-03 10:12") -> ElementTree.Element:
    root = ElementTree.fromstring(junit_xml(submissions, when).encode())
    for element in root.iter():
        assert set(element.keys()) <= ATTRIBUTES[element.tag], element.tag
        assert set(element.keys()) >= REQUIRED.get(element.tag, set())
        assert {child.tag for child in element} <= CHILDREN.get(element.tag, set())
        assert TIME.fullmatch(element.get("time", ""))
    return root


def test_a_notebook_is_a_suite_and_an_exercise_is_a_case():
    root = parsed(
        graded("Ada", result(), result("failed", "toy_resnet"), seconds=3.0, notes=("Late.",)),
        graded("Ada", result("not_attempted", "siamese_encoder"), notebook=SHARED),
    )
    skips, shared = root
    assert (skips.get("name"), skips.get("tests"), skips.get("failures")) == (
        "06_skip_connections", "2", "1",
    )  # fmt: skip
    assert (skips.get("time"), skips.get("timestamp")) == ("3.000", "2026-05-03T10:12:00")
    assert [case.get("time") for case in skips.iter("testcase")] == ["1.500", "1.500"]
    failure = skips.find("testcase[@name='toy_resnet']/failure")
    assert failure.get("type") == "wiring"
    assert failure.get("message") == "`add` receives `x` and `x`; expected `start` and `x`."
    assert failure.text == "toy_resnet: failed"
    assert shared.get("skipped") == "1"
    assert skips.findtext("system-out") == "Late."
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("3", "1", "0")


def test_every_status_but_passed_is_seen():
    expected = {"passed": None, "failed": "failure", "not_attempted": "skipped"}
    for status in STATUSES:
        (case,) = parsed(graded("Ada", result(status))).iter("testcase")
        found = case[0].tag if len(case) else None
        assert found == expected.get(status, "error"), status


def test_a_status_of_a_later_version_is_an_error():
    (case,) = parsed(graded("Ada", result("melted"))).iter("testcase")
    assert case[0].tag == "error"


def test_several_students_have_suites_of_their_own():
    root = parsed(graded("Ada", result()), graded("Alan", result()))
    assert [suite.get("name") for suite in root] == [
        "Ada/06_skip_connections",
        "Alan/06_skip_connections",
    ]


@given(st.text())
def test_any_characters_make_valid_xml(text):
    one = graded(
        f"a{text}", result("failed", text=text, message=text, kind=text), notes=(text,), source=text
    )
    parsed(one)


def test_characters_that_xml_cannot_hold_are_replaced():
    one = graded("Ada", result("error", message="\x1b[31mred\x00 \ud800 ￿ <b>&amp;"))
    (error,) = parsed(one).iter("error")
    assert error.get("message") == "�[31mred� � � <b>&amp;"


def test_nothing_handed_in_is_valid_too():
    assert parsed().get("tests") == "0"
