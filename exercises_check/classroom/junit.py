"""JUnit XML: what continuous integration reads, as GitHub's and GitLab's test reports.

One suite for each notebook, one case for each exercise. What differs from the reference is a
failure; what did not run, or could not be judged, is an error; what was not attempted is skipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree import ElementTree

from exercises_check.classroom.result import Graded, Result
from exercises_check.classroom.status import status_of

_ELEMENTS = {
    "passed": "",
    "failed": "failure",
    "not_attempted": "skipped",
    # Not "skipped": a repository without the notebook would be green.
    "missing": "error",
}
# What XML 1.0 cannot hold, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LONGEST_MESSAGE, LONGEST_REPORT = 1_000, 100_000


def junit_xml(graded: Iterable[Graded], when: str = "") -> str:
    """The results of one or of several submissions, with their reports as text.

    Args:
        graded: the submissions.
        when: the date and time of the run, as `"2026-05-03 10:12"`.
    """
    submissions = list(graded)
    several = len({one.student for one in submissions}) > 1
    root = ElementTree.Element("testsuites", name="exercises_check")
    for one in submissions:
        name = f"{one.student}/{one.notebook}" if several else one.notebook
        root.append(_suite(one, _plain(name or one.student), when))
    for key in ("tests", "failures", "errors"):
        root.set(key, str(sum(int(suite.get(key, "0")) for suite in root)))
    root.set("time", _time(sum(one.seconds for one in submissions)))
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, "unicode")}\n'


def _suite(one: Graded, name: str, when: str) -> ElementTree.Element:
    suite = ElementTree.Element("testsuite", name=name)
    elements = [_element(result) for result in one.results]
    suite.set("tests", str(len(elements)))
    for key, element in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(key, str(elements.count(element)))
    suite.set("time", _time(one.seconds))
    if re.fullmatch(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?", when):
        suite.set("timestamp", when.replace(" ", "T") + ":00" * (when.count(":") == 1))
    if one.source:
        suite.set("file", _plain(one.source))
    # A notebook is run as a whole: its time is shared out, so that the sum is right.
    each = _time(one.seconds / len(elements)) if elements else "0.000"
    for result, element in zip(one.results, elements, strict=True):
        case = ElementTree.SubElement(
            suite, "testcase", classname=name, name=_plain(result.exercise or "notebook"), time=each
        )
        if element:
            _explain(case, element, result)
    if one.notes:
        ElementTree.SubElement(suite, "system-out").text = _plain("\n".join(one.notes))
    return suite


def _element(result: Result) -> str:
    return _ELEMENTS.get(result.status, "error")


def _explain(case: ElementTree.Element, element: str, result: Result) -> None:
    said = result.message or status_of(result.status).noun
    message = _cut(said.replace("\n", " "), LONGEST_MESSAGE)
    what = ElementTree.SubElement(case, element, message=_plain(message))
    if element != "skipped":
        what.set("type", _plain(result.kind or result.status))
        what.text = _plain(_cut(result.text or said, LONGEST_REPORT))


def _plain(text: str) -> str:
    return _FORBIDDEN.sub("�", text)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _time(seconds: float) -> str:
    return f"{max(0.0, seconds):.3f}"
