"""A student's page: the reports a check would have shown, and nothing that could do harm."""

from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser
from pathlib import PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_results import HTML, SHARED, SKIPS, graded, result, run, the_class

from exercises_check.classroom.feedback import feedback_page
from exercises_check.classroom.file_names import file_names
from exercises_check.classroom.fragment import is_harmless, shown
from exercises_check.classroom.submission import Student

EVIL = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


def page(*submissions, student: Student | None = None) -> str:
    (one,) = the_class(*submissions, students=(student,) if student else ())
    return feedback_page(one, submissions, run())


def test_the_score_is_at_the_top_and_what_to_mend_comes_first():
    html = page(graded("Ada", result(), result("failed", "toy_resnet")))
    assert "<b>1 of 4</b>" in html
    assert "1 passed, 1 failed, 1 missing" in html
    assert html.index("toy_resnet <span") < html.index("residual_block <span")
    assert html.index("05 Shared layers") < html.index("06 Skip connections")


def test_the_report_is_the_one_that_a_check_shows():
    assert HTML in page(graded("Ada", result("failed")))


def test_what_was_said_about_the_submission_is_told():
    note = "3 versions were handed in; the newest, of `ada late`, counts."
    html = page(graded("Ada", result(), notes=(note,)))
    assert (
        "<li>3 versions were handed in; the newest, of <code>ada late</code>, counts.</li>" in html
    )


def test_what_happened_to_a_whole_notebook_is_said_once():
    both = [
        result("timeout", name, message="It ran for more than 60 s.", html="")
        for name in ("residual_block", "toy_resnet")
    ]
    html = page(graded("Ada", *both))
    assert html.count("It ran for more than 60 s.") == 1
    assert "<code>residual_block</code>, <code>toy_resnet</code>" in html


def test_a_student_who_handed_in_nothing_has_a_page_too():
    html = page(student=Student("Alan", "Alan Turing"))
    assert "<h1>Alan Turing</h1>" in html
    assert "Nothing was handed in for this chapter." in html


def test_a_file_that_belongs_to_no_chapter_is_told():
    lost = graded("Ada", result("refused", "", message="`x.ipynb` is empty."), notebook="")
    assert "<li><code>x.ipynb</code> is empty.</li>" in page(graded("Ada", result()), lost)


class Reader(HTMLParser):
    """What a page loads or runs."""

    def __init__(self):
        super().__init__()
        self.tags, self.addresses, self.handlers = set(), set(), set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        for name, value in attrs:
            if name in ("src", "href", "action", "data", "srcset", "poster"):
                self.addresses.add(value)
            if name.startswith("on"):
                self.handlers.add(name)


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    return reader


def test_nothing_of_the_students_becomes_html():
    evil = graded(
        EVIL,
        result("failed", message=EVIL, html=EVIL, text=EVIL),
        result("error", "toy_resnet", message=EVIL, html="", text=""),
        notes=(EVIL,),
        source=EVIL,
    )
    lost = graded(EVIL, result("refused", "", message=EVIL), notebook="", source=EVIL)
    reader = read(page(evil, lost, student=Student(EVIL, EVIL)))
    assert not {"script", "img", "iframe", "link", "object", "form"} & reader.tags
    assert not reader.handlers
    assert not reader.addresses


def test_the_page_says_that_nothing_is_loaded_and_nothing_runs():
    html = page(graded("Ada", result()))
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:")
    assert "color-scheme:light dark" in html
    assert "@import" not in html
    assert "url(" not in html


# Fragments ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fragment",
    [
        EVIL,
        "<script>1</script>",
        "<p onclick=x>a</p>",
        "<p ONCLICK=x>a</p>",
        "<a href='https://example.org'>a</a>",
        "<img src='https://example.org/a.png'>",
        "<img src='data:text/html;base64,AAAA'>",
        "<img src='data:image/svg+xml,<svg onload=x>'>",
        "<div style='background:url(//x)'>a</div>",
        "<div style='background:\\75rl(//x)'>a</div>",
        "<div style='position:fixed'>a</div>",
        "<style>p{color:red}</style>",
        "<svg><script>1</script></svg>",
        "<iframe></iframe>",
        "<form></form>",
        "<meta http-equiv=refresh content=0>",
        "<base href=//x>",
        "</main></body>",
        "<div>",
        "<div><p></div></p>",
        "<div/>a",
        "<!-- a -->",
        "<!-- a",
        "<p",
        "<p title='a",
        "<![CDATA[a]]>",
        "<?php ?>",
        "<p style=a style=b>a</p>",
        "<p id=exercise-a>a</p>",
        "<p class=score>a</p>",
    ],
)
def test_what_a_report_never_holds_is_shown_as_text(fragment):
    assert not is_harmless(fragment)
    assert shown(fragment, "a < b") == '<pre class="plain">a &lt; b</pre>'


@given(st.text(alphabet="<>/ab&;=\"'!-pi mgsrco:()\\", max_size=60))
def test_what_is_taken_for_harmless_has_no_script_and_no_address(text):
    if is_harmless(text):
        reader = read(text)
        assert "script" not in reader.tags
        assert not reader.handlers
        assert not reader.addresses


def test_a_report_that_is_too_large_is_shown_as_text():
    assert not is_harmless("<p>" + "a" * 3_000_000 + "</p>")


# File names ---------------------------------------------------------------------------------------

HARD = [
    "Ada", "ada", "ADA", "..", ".", "", " ", "../../etc/passwd", "a/b", "a\\b", "CON", "con.txt",
    "nul", "COM1", "lpt9.x", "a:b", "a*b?", "ends.", "ends ", " ends", "-rf", "é", "e\u0301",
    "李 飛飛",
    "x" * 500, "x" * 499, "李" * 200, "a\x00b", "a\nb", "‮gpj", "ﬁ", "fi", "straße", "STRASSE",
    "\ud800", "$HOME", "%PATH%", "~", "a" * 80, "COM¹",
]  # fmt: skip


def test_a_good_name_stays_as_it_is():
    names = ["Ada Lovelace", "李 飛飛", "s.turing-2@example.org", "Émilie"]
    assert file_names(names) == {name: name for name in names}


def test_no_two_students_share_a_file_on_any_system():
    names = file_names(HARD)
    assert set(names) == set(HARD)
    seen = [unicodedata.normalize("NFKC", name).casefold() for name in names.values()]
    assert len(set(seen)) == len(HARD)


@given(st.lists(st.text(), unique=True, max_size=5))
def test_every_system_takes_every_name(students):
    names = file_names(students)
    assert len(set(names.values())) == len(students)
    for name in names.values():
        file = f"{name}.html"
        assert len(file.encode()) < 200
        assert not set(file) & set('/\\:*?"<>|')
        assert file.isprintable()
        assert name.strip(" .") == name
        assert not name.startswith("-")
        assert not PureWindowsPath(file).is_reserved()


def test_a_name_does_not_depend_on_who_else_is_there():
    assert file_names(["../x", "Ada"])["../x"] == file_names(["../x"])["../x"]


def test_a_name_made_up_to_look_like_another_ones_gets_its_own():
    theirs = file_names(["a/b"])["a/b"]
    names = file_names(["a/b", theirs])
    assert names[theirs] == theirs
    assert names["a/b"] != theirs


def test_chapters_that_count_are_all_on_the_page():
    html = page(graded("Ada", result(), notebook=SKIPS))
    assert "06 Skip connections" in html
    assert SHARED not in html
