"""What is taken from the bytes of a notebook that somebody handed in."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exercises_check.classroom import notebook
from exercises_check.classroom.notebook import Cell, Cells, Refusal, cells

SOLUTIONS = Path(__file__).parent.parent / "solutions"


def packed(*found, encoding="utf-8", **rest):
    """The bytes of a notebook with these cells: code, or whole cells."""
    made = [
        {"cell_type": "code", "source": cell, "outputs": []} if not isinstance(cell, dict) else cell
        for cell in found
    ]
    return json.dumps({"nbformat": 4, "cells": made, **rest}, ensure_ascii=False).encode(encoding)


def markdown(text):
    return {"cell_type": "markdown", "source": text}


def refusal(content):
    """The sentence why a notebook is refused."""
    found = cells(content)
    assert isinstance(found, Refusal), found
    return found.message


def test_code_cells_come_in_order_with_their_place_among_all_cells():
    found = cells(packed(markdown("# 05 Shared layers\n\nText"), "a = 1", markdown("b"), "c"))
    assert found == Cells((Cell(1, "a = 1"), Cell(3, "c")), "05 Shared layers")


def test_a_source_may_be_a_text_or_a_list_of_lines():
    assert cells(packed(["a\n", "b"], "a\nb")).code == (Cell(0, "a\nb"), Cell(1, "a\nb"))


@pytest.mark.parametrize("path", sorted(SOLUTIONS.glob("*_*.ipynb")), ids=lambda path: path.stem)
def test_every_solution_of_the_course_is_read(path):
    found = cells(path.read_bytes())
    number, _, _ = path.stem.partition("_")
    assert len(found.code) > 5
    assert found.title.startswith(number) or number == "00"
    assert found.notes == ()


def test_stored_outputs_are_not_kept():
    cell = {"cell_type": "code", "source": "check('fan_out', 1)",
            "outputs": [{"output_type": "stream", "text": "✓ fan_out: passed"}]}  # fmt: skip
    assert "passed" not in repr(cells(packed(cell)))


def test_formats_2_and_3_are_read():
    heading = {"cell_type": "heading", "level": 1, "source": "05 Shared"}
    code = {"cell_type": "code", "input": ["a\n", "b"], "language": "python"}
    sheet = {"cells": [heading, code]}
    for version in (2, 3):
        content = json.dumps({"nbformat": version, "worksheets": [sheet, sheet]}).encode()
        assert cells(content) == Cells((Cell(1, "a\nb"), Cell(3, "a\nb")), "05 Shared")


@pytest.mark.parametrize("content", [b"", b" \n\t", b"\0\0\0", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_an_empty_file(content):
    assert refusal(content) == "The file is empty."


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"hello", "The file is not a notebook: it is not JSON (expecting value, line 1)."),
        (b'{\n"cells": [,]}',
         "The file is not a notebook: it is not JSON (expecting value, line 2)."),
        (b"[1]", "The file is not a notebook: it is a list; expected an object."),
        (b"null", "The file is not a notebook: it is nothing; expected an object."),
        (b'{"a": 1}', "The file is JSON, but not a notebook: it has no `cells`."),
        (b"PK\x03\x04", "The file is a zip file, not a notebook; expected the .ipynb file itself."),
        (b"%PDF-1.7", "The file is a PDF, not a notebook; expected the .ipynb file itself."),
        (b"\n<!DOCTYPE html>",
         "The file is a web page, not a notebook; expected the .ipynb file itself."),
        (packed(), "The notebook has no code cell; expected the chapter with its answers."),
        (packed(markdown("a")),
         "The notebook has no code cell; expected the chapter with its answers."),
        (b'{"nbformat": 5, "cells": []}',
         "The notebook has format 5; expected 4: open it in JupyterLab and save it again."),
        (b'{"nbformat": NaN, "cells": []}',
         "The notebook has format nan; expected 4: open it in JupyterLab and save it again."),
        (b'{"nbformat": "4", "cells": []}',
         "The file is not a notebook: its `nbformat` is a text; open it in JupyterLab and save it "
         "again."),
        (b'{"cells": {}}',
         "The notebook's `cells` is an object; expected a list: open it in JupyterLab and save it "
         "again."),
        (b'{"nbformat": 3}',
         "The notebook's `worksheets` is nothing; expected a list: open it in JupyterLab and save "
         "it again."),
        (b'{"cells": [1]}',
         "Cell 1 of the notebook is a number; expected an object: open it in JupyterLab and save "
         "it again."),
        (b'{"cells": [{"cell_type": "code", "source": [1]}]}',
         "Cell 1 of the notebook has a list as its text; open it in JupyterLab and save it again."),
        (b'{"cells": ' + b"9" * 5000 + b"}",
         "The file is not a notebook: its JSON cannot be read."),
    ],
)  # fmt: skip
def test_what_is_no_notebook_is_refused_with_what_it_is(content, said):
    assert refusal(content) == said


@pytest.mark.parametrize(
    ("metadata", "language"),
    [
        ({"kernelspec": {"language": "R"}}, "R"),
        ({"language_info": {"name": "julia"}}, "Julia"),
        ({"kernelspec": {"language": "x\x1b[1m"}}, "x\\x1b[1m"),
    ],
)
def test_another_language_is_refused(metadata, language):
    said = f"The notebook is written for {language}; expected Python."
    assert refusal(packed("a", metadata=metadata)) == said


@pytest.mark.parametrize(
    "metadata",
    [{}, [], None, {"kernelspec": 3}, {"kernelspec": {"language": 3}}, {"language_info": None},
     {"kernelspec": {"language": "python"}, "language_info": {"name": "R"}},
     {"language_info": {"name": "ipython"}}, {"kernelspec": {"language": "Python 3"[:6]}}],
)  # fmt: skip
def test_a_language_that_is_python_or_not_said_is_fine(metadata):
    assert isinstance(cells(packed("a", metadata=metadata)), Cells)


@pytest.mark.parametrize(
    ("encoding", "note"),
    [
        ("utf-8", ()),
        ("utf-8-sig", ()),
        ("utf-16", ("The file is in UTF-16; notebooks are in UTF-8.",)),
        ("utf-16-be", ("The file is in UTF-16; notebooks are in UTF-8.",)),
        ("utf-16-le", ("The file is in UTF-16; notebooks are in UTF-8.",)),
        ("utf-32", ("The file is in UTF-32; notebooks are in UTF-8.",)),
        ("utf-32-be", ("The file is in UTF-32; notebooks are in UTF-8.",)),
        ("latin-1", ("The file is not in UTF-8; it is read as Latin-1.",)),
    ],
)
def test_another_encoding_is_read_and_said(encoding, note):
    found = cells(packed("name = 'Zoë'", encoding=encoding))
    assert (found.code[0].source, found.notes) == ("name = 'Zoë'", note)


def test_half_a_character_does_not_stay_in_a_source():
    found = cells(b'{"cells": [{"cell_type": "code", "source": "a\\ud800b"}]}')
    found.code[0].source.encode()


def test_of_a_key_that_stands_twice_the_last_counts():
    content = b'{"cells": [], "cells": [{"cell_type": "code", "source": "last"}]}'
    assert cells(content).code == (Cell(0, "last"),)


def test_deep_json_is_refused_before_it_is_parsed(monkeypatch):
    monkeypatch.setattr(notebook.json, "loads", None)
    said = "The file is not a notebook: its JSON is nested more than 100 deep."
    assert refusal(b"[" * 10_000_000) == said
    assert refusal(b'{"cells":' * 200) == said


def test_brackets_in_texts_are_not_depth():
    assert cells(packed("[" * 5000 + '"\\"' + "{" * 5000)).code[0].source.startswith("[[")


def test_too_many_cells_and_too_much_code_are_refused():
    assert refusal(packed(*["a"] * 2001)) == (
        "The notebook has more than 2,000 code cells; it is not run."
    )
    assert refusal(packed("a" * (5 * 2**20 + 1))) == "The notebook has more than 5 MB of code."
    assert refusal(b" " * (20 * 2**20 + 1)) == ("The file is larger than 20 MB; it is not read.")


@pytest.mark.parametrize(
    "content",
    [b"[" + b"[]," * 6_000_000, b'"\\' * 10_000_000, b'["' + b'\\"' * 9_000_000,
     b'{"' + b"a" * 20_000_000, b"[" + b"1," * 9_000_000, b"9" * 20_000_000],
    ids=["lists", "escapes", "quotes", "text", "numbers", "digits"],
)  # fmt: skip
def test_hostile_20_megabytes_take_seconds(content):
    begin = time.process_time()
    assert isinstance(cells(content), Refusal)
    assert time.process_time() - begin < 15


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4)
    | st.sampled_from(["code", "markdown", "heading", "R", "# 05", "python"]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(["cells", "cell_type", "source", "input", "nbformat", "metadata",
                         "worksheets", "kernelspec", "language", "language_info", "name"]),
        inner, max_size=5),
    max_leaves=25,
)  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["cells", "nbformat", "metadata", "worksheets"]), VALUES, max_size=4
    ),
    st.sampled_from(["utf-8", "utf-16", "utf-8-sig", "utf-32-le", "cp037"]),
)
def test_any_json_gives_cells_or_a_sentence(value, encoding):
    found = cells(json.dumps(value).encode(encoding))
    if isinstance(found, Refusal):
        assert found.message.endswith(".")
        assert found.message.isprintable()
    else:
        assert all(isinstance(cell.source, str) for cell in found.code)


STARTS = st.sampled_from([b"", packed("a"), b"\xff\xfe", b"\xef\xbb\xbf{", b'{"cells":['])


@settings(max_examples=500, deadline=None)
@given(STARTS, st.binary(max_size=200))
def test_any_bytes_give_cells_or_a_sentence(start, rest):
    content = start + rest
    assert isinstance(cells(content), Cells | Refusal)
