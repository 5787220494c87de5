"""A lesson in another language: the same code and facts, links that hold, and no stale text."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import checks
import kernels
import lesson
import nbformat
import notebooks
import pytest
import translation

from exercises_check.chapters import CHAPTERS
from exercises_check.language import _, using

ROOT = Path(__file__).resolve().parent.parent
EDITIONS = {f"{e.language}/{e.lesson.stem}": e for e in notebooks.editions(ROOT) if e.language}
TERMS = ROOT.joinpath("docs", "terms_zh.md").read_text(encoding="utf-8")
CHAPTER_EDITIONS = [name for name, edition in EDITIONS.items() if edition.has_code]

each_edition = pytest.mark.parametrize("name", list(EDITIONS))
each_chapter = pytest.mark.parametrize("name", CHAPTER_EDITIONS)

LESSON = """\
# %% [markdown]
# # First
#
# See [the second](01_second.ipynb) and [the third](02_third.ipynb).

# %% [markdown] lang="zh"
# # 第一章
#
# 见[第二章](01_second.ipynb)和[第三章](02_third.ipynb)。

# %%
import os
where = os.getcwd()

# %% tags=["nbval-check-output"]
os.environ["EXERCISES_CHECK_LANG"], os.path.basename(where)

# %% [markdown]
# The end.

# %% [markdown] lang="zh"
# 完。
"""
WITHOUT = '# %% [markdown]\n# # A lesson\n\n# %% tags=["nbval-check-output"]\n1 + 1\n'


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A course whose first lesson is in two languages, written and run."""
    folder = tmp_path_factory.mktemp("translated")
    folder.joinpath("lessons").mkdir()
    folder.joinpath("lessons", "00_first.py").write_text(LESSON, encoding="utf-8")
    for name in ("01_second", "02_third"):
        folder.joinpath("lessons", f"{name}.py").write_text(WITHOUT, encoding="utf-8")
    assert write(folder, "--translated", "00") == 0
    return folder


@pytest.fixture
def course(finished, tmp_path):
    """A finished course that a test may change."""
    return Path(shutil.copytree(finished, tmp_path / "course"))


def write(course, *arguments):
    return notebooks.main([*arguments, "--course", str(course)])


def read(course, file):
    return nbformat.read(course / f"{file}.ipynb", as_version=4)


def edit(course, old, new):
    file = course / "lessons" / "00_first.py"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


# Pairs ------------------------------------------------------------------------------------------


def test_the_english_notebooks_hold_no_text_in_another_language(finished):
    for folder in ("chapters", "solutions"):
        texts = "".join(cell.source for cell in read(finished, f"{folder}/00_first").cells)
        assert "The end." in texts
        assert "完" not in texts


def test_a_translated_notebook_has_the_other_texts_and_the_same_code(finished):
    english = read(finished, "chapters/00_first").cells
    chinese = read(finished, "chapters/zh/00_first").cells
    assert [c.cell_type for c in chinese] == [c.cell_type for c in english]
    assert chinese[0].source.startswith("# 第一章")
    assert chinese[3].source == "完。"
    assert chinese[2] == english[2]
    assert chinese[1].source.splitlines()[1:] == english[1].source.splitlines()


def test_its_first_line_of_code_chooses_the_language_also_where_another_is_set(finished):
    outputs = [
        read(finished, f"solutions/{name}").cells[2].outputs[0].data["text/plain"]
        for name in ("00_first", "zh/00_first")
    ]
    assert outputs == ["('en', 'chapters')", "('zh', 'zh')"]


def test_notebooks_are_run_in_english_whatever_the_author_reads(monkeypatch):
    monkeypatch.setenv("EXERCISES_CHECK_LANG", "zh_CN")
    with kernels.environment() as variables:
        assert variables["EXERCISES_CHECK_LANG"] == "en"


EN, CODE = "# %% [markdown]\n# a\n\n", "# %%\n1\n\n"
ZH, FR = (f'# %% [markdown] lang="{code}"\n# b\n\n' for code in ("zh", "fr"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (EN + EN + ZH, 'line 1: this cell has no text in "zh"'),
        (EN + ZH + EN, 'line 7: this cell has no text in "zh"'),
        (EN + ZH + FR + EN + ZH, 'line 10: this cell has no text in "fr"'),
        (ZH + EN, 'line 1: the text in "zh" has no original'),
        (EN + CODE + ZH, 'line 7: the text in "zh" has no original'),
        (EN + ZH + ZH, 'line 7: the second text in "zh" for the cell on line 1'),
        (EN + '# %% lang="zh"\n1', 'line 4: a code cell has lang="zh"'),
        (EN + '# %% [markdown] lang="../x"\n# b', 'line 4: lang="../x", expected a code such as'),
    ],
)
def test_a_text_without_its_twin_is_named_with_its_line(text, message):
    with pytest.raises(lesson.LessonError, match=rf"^lessons/01_x.py, {message}"):
        lesson.parse(text, "lessons/01_x.py")


def test_a_lesson_may_be_in_several_languages():
    text = LESSON.replace("# 完。\n", '# 完。\n\n# %% [markdown] lang="fr"\n# Fin.\n')
    text = text.replace("\n# %%\nimport", '\n# %% [markdown] lang="fr"\n# # Un\n\n# %%\nimport')
    cells = lesson.parse(text, "lessons/00_first.py")
    assert lesson.languages(cells) == ["fr", "zh"]
    french = translation.translated(Path("lessons/00_first.py"), cells, "fr")
    assert [cell.chapter for cell in french if cell.kind == "markdown"] == ["# Un", "Fin."]
    assert 'os.environ["EXERCISES_CHECK_LANG"] = "fr"' in french[1].chapter


# Stale texts --------------------------------------------------------------------------------------


def test_a_text_whose_original_changed_is_named_with_what_to_do(course, capsys):
    edit(course, "# The end.", "# This is the end.")
    assert write(course, "--check", "00") == 1
    complaint, *files = capsys.readouterr().err.splitlines()
    assert re.fullmatch(
        r'lessons/00_first.py, line 21: lang="zh" of="\w{6}", expected of="\w{6}": the text on '
        r"line 18 is another one than was translated. Translate what changed, then run: python "
        r"tools/notebooks.py --translated 00",
        complaint,
    )
    assert files == [
        "chapters/00_first.ipynb: not what its lesson says",
        "solutions/00_first.ipynb: not what its lesson says",
        "Not up to date with lessons/. Run: make notebooks",
    ]


def test_a_stale_text_hinders_no_notebook_and_is_told_until_it_is_noted(course, capsys):
    edit(course, "# The end.", "# This is the end.")
    for _again in range(2):
        assert write(course, "00") == 1
        assert "the text on line 18 is another one" in capsys.readouterr().err
    (complaint,) = notebooks.stale(course, ["00"])
    assert complaint.startswith("lessons/00_first.py, line 21")
    edit(course, "# 完。", "# 到此为止。")
    assert write(course, "--translated", "00") == 0
    assert "lessons/00_first.py, line 21: noted as up to date" in capsys.readouterr().out
    assert notebooks.stale(course, ["00"]) == []
    assert read(course, "chapters/zh/00_first").cells[3].source == "到此为止。"


def test_where_the_lines_of_a_text_end_does_not_matter():
    assert translation.digest("a b\n\nc") == translation.digest("a\nb c")
    assert translation.digest("a b") != translation.digest("a c")


def test_nothing_is_noted_for_all_chapters_at_once(course, capsys):
    assert write(course, "--translated") == 1
    assert "expected the chapters that it holds for" in capsys.readouterr().err


def test_a_translated_notebook_without_a_translation_is_in_the_way(course):
    text = re.sub(r"# %% \[markdown\] lang.*?(?=# %%|\Z)", "", LESSON, flags=re.DOTALL)
    course.joinpath("lessons", "00_first.py").write_text(text, encoding="utf-8")
    course.joinpath("chapters", "zh", ".ipynb_checkpoints").mkdir()
    assert "chapters/zh: no lesson has this name" in notebooks.stale(course)


# Links --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "from_chapter", "from_solution", "remark"),
    [
        ("00_first.ipynb", "00_first.ipynb", "00_first.ipynb", ""),
        ("01_second.ipynb", "../01_second.ipynb", "../01_second.ipynb", "（英文）"),
        ("01_second.ipynb#b", "../01_second.ipynb#b", "../01_second.ipynb#b", "（英文）"),
        ("glossary.ipynb", "../glossary.ipynb", "../../chapters/glossary.ipynb", "（英文）"),
        ("../solutions/00_first.ipynb", "../../solutions/zh/00_first.ipynb", "00_first.ipynb", ""),
        ("../docs/a.png", "../../docs/a.png", "../../docs/a.png", ""),
        ("a.png", "../a.png", "../../chapters/a.png", ""),
        ("#b", "#b", "#b", ""),
        ("https://keras.io", "https://keras.io", "https://keras.io", ""),
    ],
)
@pytest.mark.parametrize(("before", "after"), [("[a](", ")"), ("[`Add` 层](", ' "Title")')])
def test_a_link_leads_to_the_same_place_from_the_deeper_folder(
    course, before, after, target, from_chapter, from_solution, remark
):
    cell = translated_end(course, f"{before}{target}{after}。")
    assert cell.chapter == f"{before}{from_chapter}{after}{remark}。"
    assert cell.solution == f"{before}{from_solution}{after}{remark}。"


def test_a_picture_in_html_is_found_from_the_deeper_folder(course):
    cell = translated_end(course, '<img src="a.png" alt="甲">')
    assert cell.chapter == '<img src="../a.png" alt="甲">'


@pytest.mark.parametrize("text", ["`[a](b.png)`", "```\n[a](b.png)\n```", "`a[0]` (b)"])
def test_code_holds_no_link(course, text):
    assert translated_end(course, text).chapter == text


def translated_end(course, text):
    """The last cell of the first lesson, in Chinese, with this text."""
    course.joinpath("lessons", "glossary.py").write_text("# %% [markdown]\n# # Words\n")
    edit(course, "# 完。", "\n".join(f"# {line}" for line in text.splitlines()))
    (edition,) = [e for e in notebooks.editions(course, ["00"]) if e.language]
    return edition.cells[-1]


def test_a_link_says_in_the_readers_words_where_it_is_english():
    assert translation.IN_ENGLISH.get("zh") == "（英文）"
    assert set(translation.IN_ENGLISH) >= {e.language for e in EDITIONS.values()}


# The lessons that are translated --------------------------------------------------------------


@each_chapter
@pytest.mark.parametrize("folder", ["chapters", "solutions"])
def test_a_translated_notebook_has_the_code_and_the_tags_of_the_english_one(name, folder):
    edition = EDITIONS[name]
    english, other = (
        [(c.source, c.metadata) for c in read(ROOT / folder, file).cells if c.cell_type == "code"]
        for file in (edition.lesson.stem, name)
    )
    chosen = f'import os; os.environ["EXERCISES_CHECK_LANG"] = "{edition.language}"'
    lines = other[0][0].splitlines()
    added = [line for line in lines if line not in english[0][0].splitlines()]
    assert len(added) == 1
    assert added[0].startswith(chosen)
    lines.remove(added[0])
    assert [("\n".join(lines), other[0][1]), *other[1:]] == english


@each_edition
def test_the_links_of_a_translated_notebook_lead_somewhere(name):
    for written in EDITIONS[name].files:
        notebook = nbformat.read(written, as_version=4)
        texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
        headings = re.findall(r"^#+ (.+)$", "\n".join(texts), re.MULTILINE)
        links = [match for text in texts for match in translation.LINK.finditer(text)]
        found = [link["target"] for link in links if link["target"]]
        assert found
        for target in found:
            file, _sign, anchor = target.partition("#")
            if not file:
                assert anchor in [heading.replace(" ", "-") for heading in headings]
            elif not re.match(r"[a-z]+:", file):
                assert written.parent.joinpath(file).exists(), f"{written}: {target}"


@each_chapter
def test_a_report_of_a_translated_solution_is_in_its_language(name):
    shown = [
        checks.report_text(cell.outputs)
        for cell in read(ROOT / "solutions", name).cells
        if cell.cell_type == "code" and checks.shown_check(cell.source)
    ]
    with using(EDITIONS[name].language):
        passed = _("Passed.")
    assert passed != "Passed."
    assert any(text.endswith(passed) for text in shown)
    assert not any("Passed." in text for text in shown)


@each_chapter
def test_a_chapter_is_called_as_the_checker_calls_it_also_where_it_is_linked(name):
    edition = EDITIONS[name]
    with using(edition.language):
        labels = {f"{chapter.stem}.ipynb": chapter.label for chapter in CHAPTERS}
    texts = [cell.chapter for cell in edition.cells if cell.kind == "markdown"]
    assert texts[0].splitlines()[0].lstrip("# 0") in labels[f"{edition.lesson.stem}.ipynb"]
    links = re.findall(r"\[(\d\d [^\]]+)\]\((?:\.\./)?([^)]+)\)", "".join(texts))
    assert links
    assert [labels[target] for _text, target in links] == [text for text, _target in links]


def test_the_table_of_chinese_terms_names_the_chapters_as_the_checker_does():
    with using("zh"):
        rows = [f"| {c.number:02} {c.title} | {c.label} |" for c in CHAPTERS]
    assert TERMS.rstrip().splitlines()[-len(rows) :] == rows


def facts(text):
    """What a translation leaves as it is: code, links, numbers, headings, how many terms."""
    blocks = re.findall(r"^```.*?^```", text, re.MULTILINE | re.DOTALL)
    for block in blocks:
        text = text.replace(block, "")
    spans = re.findall(r"`[^`\n]+`", text)
    plain = re.sub(r"`[^`\n]+`", "", text)
    return {
        "blocks of code": blocks,
        "code": sorted(set(spans)),
        "links": sorted(re.findall(r"\]\(([^)]+)\)", text)),
        "numbers": sorted(set(re.findall(r"\d+(?:[.,]\d+)*", plain))),
        "headings": re.findall(r"^#+(?= )", text, re.MULTILINE),
        "rows of tables": len(re.findall(r"^\|", text, re.MULTILINE)),
        "items of lists": len(re.findall(r"^(?:-|\d+\.) ", text, re.MULTILINE)),
        "terms": len(re.findall(r"\*\*[^*]+\*\*", plain)),
    }


@each_edition
def test_a_translation_keeps_code_links_numbers_and_headings(name):
    edition = EDITIONS[name]
    for cell in lesson.read(edition.lesson):
        for twin in cell.twins:
            said, meant = facts(twin.text), facts(cell.chapter)
            # A number that English says in a word may be a digit.
            said["numbers"] = [n for n in said["numbers"] if n in meant["numbers"]]
            assert said == meant, f"{edition.lesson.name}, line {twin.line}"


# Terms --------------------------------------------------------------------------------------------

BOLD = re.compile(r"\*\*([^*]+)\*\*")
PREDICT = "先预测"


def chinese_glossary():
    """Of each Chinese term, its English one and the chapters that its entry links to."""
    english, chinese = (
        [re.findall(r"^- \*\*([^*]+)\*\*(.*?)(?=^- |\Z)", text, re.MULTILINE | re.DOTALL)
         for cell in lesson.read(ROOT / "lessons" / "glossary.py")
         for text in [cell.chapter if language == "en" else cell.twins[0].text]][-1]
        for language in ("en", "zh")
    )  # fmt: skip
    return {
        term: (original, re.findall(r"\((\w+)\.ipynb\)", entry))
        for (original, _said), (term, entry) in zip(english, chinese, strict=True)
    }


@pytest.mark.parametrize("name", [name for name in CHAPTER_EDITIONS if name.startswith("zh/")])
def test_the_chinese_glossary_has_each_term_with_the_chapter_that_defines_it(name):
    entries, stem = chinese_glossary(), EDITIONS[name].lesson.stem
    texts = [re.sub(r"`[^`\n]*`", "", c.chapter) for c in EDITIONS[name].cells if c.kind != "code"]
    defined = {term for text in texts for term in BOLD.findall(text)} - {PREDICT}
    assert defined == {term for term, (_term, stems) in entries.items() if stem in stems}


def test_the_table_of_chinese_terms_has_those_of_the_glossary():
    rows = re.findall(r"^\| (.+?) \| (.+) \|$", TERMS, re.MULTILINE)
    for term, (original, _stems) in chinese_glossary().items():
        said = [row for row in rows if original.rstrip("s") in row[0] and term in row[1]]
        assert said, f"{original}: {term}"


CHINESE = "[\u4e00-\u9fff]"
# What is wrong beside a Chinese letter, outside of code.
UNUSUAL = {
    "no space between Chinese and a Latin word, a number or code": (
        f"{CHINESE}[A-Za-z0-9`]|[A-Za-z0-9`%]{CHINESE}"
    ),
    "punctuation of half width": f"{CHINESE}[,;:?!]|[,;:?!]{CHINESE}",
    "a space beside punctuation of full width": (
        r"[，。；：？！、（）“”] +(?=[^\s|])| [，。；：？！、（）“”]"
    ),
    "a space between Chinese letters": f"{CHINESE} +{CHINESE}",
    "a line that ends within a paragraph, which shows as a space": (
        "^(?![|#]|- |\\d+\\. ).*[\u3000-\u9fff\uff00-\uffef]\n(?![|#\n]|- |\\d+\\. )"
    ),
    "您, expected 你": "您",
}


@pytest.mark.parametrize("name", [name for name in EDITIONS if name.startswith("zh/")])
@pytest.mark.parametrize("fault", list(UNUSUAL))
def test_chinese_is_set_as_chinese_is(name, fault):
    for cell in EDITIONS[name].cells:
        if cell.kind == "markdown":
            text = re.sub(r"^```.*?^```", "", cell.chapter, flags=re.MULTILINE | re.DOTALL)
            found = re.search(UNUSUAL[fault], text, re.MULTILINE)
            assert not found, f"line {cell.line}: {fault}: {found[0]}"


# nbval --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "folder"),
    [
        ("chapters/00_first.ipynb", "chapters"),
        ("chapters/zh/00_first.ipynb", "chapters"),
        ("solutions/zh/00_first.ipynb", "solutions"),
        ("solutions/zh/more/00_first.ipynb", None),
        ("elsewhere/00_first.ipynb", None),
    ],
)
def test_the_checks_of_translated_notebooks_are_held_to_the_same(file, folder):
    assert checks.folder_of(ROOT / file) == folder
