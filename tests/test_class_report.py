"""The page of the class, and everything that is written at the end of a run."""

from __future__ import annotations

import csv
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import made_up_class
import pytest
from made_up_results import HTML, LOST, SCHEME, SKIPS, graded, result, run, the_class

from exercises_check.classroom import fragment
from exercises_check.classroom.class_report import class_report
from exercises_check.classroom.gradebook import Gradebook
from exercises_check.classroom.outputs import graded_chapters, write_all
from exercises_check.classroom.submission import CannotGrade, Student

EVIL = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


def page(*submissions, students=(), **more) -> str:
    everyone = the_class(*submissions, students=tuple(students))
    reports = {(r.student, r.exercise): r for one in submissions for r in one.results}

    def report_of(one):
        found = reports[one.student, one.exercise]
        return found.html, found.text

    return class_report(everyone, run(**more), report_of)


def text_of(html: str) -> str:
    """What is read, on one line."""
    body = html[html.index("<body>") :]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body))


def failed(student: str, *more):
    return graded(student, result("failed"), *more)


def test_a_mistake_is_said_with_how_many_made_it_and_an_example():
    html = page(failed("Ada"), failed("Alan"), graded("Grace", result()))
    text = text_of(html)
    assert "2 of 3 The skip connection into add is lost or starts elsewhere." in text
    assert "One of these answers" in text
    assert HTML in html


def test_the_example_of_the_most_frequent_mistake_is_open():
    html = page(failed("Ada"), failed("Alan"))
    opened = re.findall(r"<details open><summary>([^<]*)", html)
    assert opened == ["One of these answers"]


def test_names_stand_only_in_what_is_folded():
    html = page(failed("Ada"), failed("Alan"), missing=("Grace",), students=(Student("Grace"),))
    unfolded, previous = html, ""
    while unfolded != previous:  # from the inside out
        previous = unfolded
        unfolded = re.sub(
            r"<details(?: [^>]*)?>(?:(?!<details).)*?</details>", "", unfolded, flags=re.S
        )
    assert "Alan" in html
    assert "Grace" in html
    assert not re.search("Ada|Alan|Grace", unfolded)
    example = html[html.index("One of these answers") : html.index("Every student")]
    assert not re.search("Ada|Alan|Grace", example)


def test_what_went_wrong_in_other_ways_is_counted_too():
    html = page(failed("Ada"), graded("Alan", result("timeout", html="")))
    assert "1 of 2 ran out of time." in text_of(html)


def test_the_histogram_says_in_words_what_it_shows():
    html = page(failed("Ada"), graded("Alan", result(), result(exercise="toy_resnet")))
    (label,) = re.findall(r'<svg [^>]*aria-label="([^"]*)"', html)
    assert label == (
        "How many students have which score: 1 student from 0 to 10 %; 1 student from 50 to 60 %."
    )


def test_the_bar_of_an_exercise_says_in_words_what_it_shows():
    assert 'aria-label="1 passed, 1 failed"' in page(failed("Ada"), graded("Alan", result()))


def test_every_student_has_a_cell_with_a_sign_and_a_word_for_every_exercise():
    html = page(failed("Ada"), students=(Student("Alan"),))
    assert html.count('<td class="t-') == 6
    assert '<td class="t-failed"><b aria-hidden="true">✗</b><small>failed</small></td>' in html


def test_how_it_was_graded_is_said():
    text = text_of(
        page(
            graded("Ada", result()),
            versions={"Keras": "3.15.0"},
            sandbox="No network: bubblewrap.",
            ignored=("`notes.txt` is not a notebook.",),
            seconds=75.0,
        )
    )
    assert "2026-05-03 10:12 · 05 Shared layers · 06 Skip connections" in text
    assert "Keras 3.15.0 No network: bubblewrap. The run took 75 s." in text
    assert "1 ignored notes.txt is not a notebook." in text


@pytest.mark.parametrize("submissions", [[], [graded("Ada", result())]])
def test_a_class_without_a_mistake_or_without_anyone_has_a_page(submissions):
    assert "Nothing: every answer passed." in text_of(page(*submissions))


def test_nothing_of_the_students_becomes_html():
    evil = result("failed", found=LOST, message=EVIL, html=EVIL, text=EVIL)
    html = page(
        graded(EVIL, evil, result("error", "toy_resnet", message=EVIL, html=""), source=EVIL),
        graded("x", result("refused", "", message=EVIL), notebook="", source=EVIL),
        ignored=(EVIL,),
        missing=(EVIL,),
        sandbox=EVIL,
    )
    tags = set(re.findall(r"<(\w+)", html))
    assert not tags & {"script", "img", "iframe", "object", "form", "link"}
    assert not re.search(r"<[^>]*\son\w+=", html)


def test_a_long_list_of_mistakes_is_cut_to_lines():
    from exercises_check.classroom.result import Found

    def answered(n):
        return result("failed", found=Found("value", f"Found {n}; small.", found=str(n)))

    html = page(*(graded(f"student {n}", answered(n)) for n in range(12)))
    assert "4 more mistakes" in html
    assert html.count("The answer</summary>") == 8


# Everything that is written -----------------------------------------------------------------------


@pytest.fixture
def gradebook(tmp_path):
    with Gradebook(tmp_path / "gradebook.sqlite") as opened:
        yield opened


def files_in(folder: Path) -> list[str]:
    """All of them but the journal, which SQLite keeps as long as the gradebook is open."""
    names = (str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())
    return sorted(name for name in names if not name.endswith("-journal"))


def test_every_file_is_written_from_the_gradebook(gradebook, tmp_path):
    gradebook.record(failed("Ada"))
    notices = write_all(
        gradebook, tmp_path, run("Ada", "Alan"), SCHEME, "canvas", tmp_path / "junit.xml"
    )
    assert files_in(tmp_path) == [
        "canvas.csv", "feedback/Ada.html", "feedback/Alan.html", "gradebook.csv",
        "gradebook.sqlite", "junit.xml", "report.html", "results.csv",
    ]  # fmt: skip
    assert "2 students are without `ID` for Canvas." in notices[0]
    assert HTML in (tmp_path / "feedback" / "Ada.html").read_text("utf-8")
    assert HTML in (tmp_path / "report.html").read_text("utf-8")
    assert 'href="feedback/Ada.html"' in (tmp_path / "report.html").read_text("utf-8")


def test_pages_of_students_who_are_gone_are_removed_and_nothing_else(gradebook, tmp_path):
    for student in ("Ada", "Alan"):
        gradebook.record(graded(student, result()))
    write_all(gradebook, tmp_path, run(), SCHEME)
    mine = tmp_path / "feedback" / "my_notes.html"
    mine.write_text("<p>mine</p>")
    gradebook.forget("Alan", SKIPS)
    write_all(gradebook, tmp_path, run(), SCHEME)
    assert sorted(file.name for file in (tmp_path / "feedback").iterdir()) == [
        "Ada.html",
        "my_notes.html",
    ]


def test_writing_twice_gives_the_same_files(gradebook, tmp_path):
    gradebook.record(failed("Ada"))
    written = []
    for _ in range(2):
        write_all(gradebook, tmp_path, run(), SCHEME)
        written.append({name: (tmp_path / name).read_bytes() for name in files_in(tmp_path)})
    assert written[0] == written[1]


def test_a_file_that_is_not_writable_is_said_and_nothing_is_left_beside_it(gradebook, tmp_path):
    (tmp_path / "report.html").mkdir()
    gradebook.record(failed("Ada"))
    with pytest.raises(CannotGrade, match=r"report\.html` cannot be written.*what is graded is"):
        write_all(gradebook, tmp_path, run(), SCHEME)
    assert not [name for name in files_in(tmp_path) if name.startswith(".")]


def test_only_chapters_of_which_something_was_handed_in_count(gradebook):
    gradebook.record(graded("Ada", result()))
    assert graded_chapters(gradebook, SCHEME).chapters == (SKIPS,)


# A class whose answers are really checked ---------------------------------------------------------


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("class")
    made_up_class.write(folder)
    return folder


class Outline(HTMLParser):
    def __init__(self):
        super().__init__()
        self.headings, self.ids, self.addresses, self.tags = [], [], [], set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        values = dict(attrs)
        if re.fullmatch(r"h\d", tag):
            self.headings.append(int(tag[1]))
        self.ids += [values["id"]] if "id" in values else []
        self.addresses += [values[name] for name in ("src", "href") if name in values]


def test_real_reports_are_harmless_and_shown_as_they_are(written):
    with Gradebook(written / "gradebook.sqlite") as gradebook:
        reports = [r for one in gradebook.graded(reports=True) for r in one.results if r.html]
    assert len(reports) > 400
    assert all(fragment.is_harmless(report.html) for report in reports)


def test_the_pages_of_a_real_class_load_nothing_and_lead_nowhere_else(written):
    for file in [written / "report.html", *(written / "feedback").iterdir()]:
        outline = Outline()
        outline.feed(file.read_text("utf-8"))
        assert "script" not in outline.tags
        assert len(set(outline.ids)) == len(outline.ids), file.name
        assert all(b - a <= 1 for a, b in zip(outline.headings, outline.headings[1:], strict=False))
        for address in outline.addresses:
            inside = address[1:] in outline.ids if address.startswith("#") else False
            assert inside or address.startswith(("data:image/", "feedback/")), address


def test_a_real_class_is_told_what_it_misunderstood(written):
    text = text_of((written / "report.html").read_text("utf-8"))
    for told in (
        r"\d+ of \d+ The skip connection into add_1 is lost or starts elsewhere\.",
        r"\d+ of \d+ (One layer|embedding) should be shared; here each call has weights",
        r"\d+ of \d+ Answered 2,658,945 : here nothing is shared\.",
        r"\d+ of \d+ Dense\(units=64, activation=&#x27;relu&#x27;\) is missing",
    ):
        assert re.search(told, text), told
    assert "something differs" not in text.lower()
    assert "the value is another one" not in text.lower()


def test_the_tables_of_a_real_class_agree(written):
    def read(name):
        with open(written / name, encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    results, gradebook = read("results.csv"), read("gradebook.csv")
    assert len(gradebook) == 30
    assert len(results) == 30 * len(dict(made_up_class.exercises()))
    for row in gradebook:
        own = [r for r in results if r["student"] == row["student"]]
        assert float(row["score"]) == sum(float(r["points"]) for r in own)
    passed = sum(r["status"] == "passed" for r in results)
    cases = ElementTree.parse(written / "junit.xml").getroot().iter("testcase")
    assert sum(len(case) == 0 for case in cases) == passed
