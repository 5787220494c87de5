"""Explanations of errors, traps and the doctor's lines in Chinese: no English sentence is left."""

from __future__ import annotations

import re

import pytest
from test_explain import DISCONNECTED, MISTAKES, _scratch, cells, in_keras, raised
from test_traps import HAVE_IT, KEPT, everything_at_once

from exercises_check import doctor, graphviz_bridge
from exercises_check.explain import explain
from exercises_check.language import spaced, using
from exercises_check.silent import Trap, Traps, find_traps
from exercises_check.warm import provisioner
from exercises_check.wrapping import columns

__all__ = ["_scratch"]  # a fixture: the folder of the mistakes with files

THREE_WORDS = re.compile(r"[A-Za-z]+(?:[ ,;:]+[A-Za-z]+){2,}")
CODE = re.compile("`[^`]*`")
STOP, LETTER = "[，。；：、？！（）]", "[\u4e00-\u9fff]"
SPACE_TOO_MUCH = re.compile(f"{STOP} | {STOP}|{LETTER} {LETTER}")


def is_chinese(text: str) -> bool:
    """Whole sentences with their own stops, no English but names and code, no space too much."""
    words = CODE.sub("`", text)
    return (
        not THREE_WORDS.search(words)
        and not SPACE_TOO_MUCH.search(words)
        and bool(re.search("[\u4e00-\u9fff]", words))
        and text.count("`") % 2 == 0
        and text.endswith(("。", "？"))
        and not re.search(r"[{}!]", words)
    )


def is_said_in_chinese(explanation) -> bool:
    return all(map(is_chinese, (explanation.what, explanation.where, explanation.try_this)))


# Errors -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("function", "entry", "words"), MISTAKES)
def test_a_mistake_is_explained_in_chinese(function, entry, words):
    error = raised(function)
    with using("zh"):
        explanation = explain(error)
    assert is_said_in_chinese(explanation), explanation


@pytest.mark.parametrize("case", DISCONNECTED.values(), ids=DISCONNECTED)
def test_why_an_output_is_not_connected_is_said_in_chinese(case):
    error, names = cells(*case[0])
    with using("zh"):
        explanation = explain(error, names)
    assert is_said_in_chinese(explanation), explanation


def test_the_general_advice_is_said_in_chinese():
    error = in_keras(ValueError("Output with path `` is not connected to `inputs`"))
    with using("zh"):
        explanation = explain(error)
    assert is_chinese(explanation.what)
    assert is_chinese(explanation.try_this)


def test_the_parts_have_chinese_titles_in_columns():
    error = raised(MISTAKES[0].values[0])
    with using("zh"):
        explanation = explain(error)
        text, html = repr(explanation), explanation._repr_html_()
    first, *lines = text.split("\n")
    assert first == "这个错误的通俗解释"
    starts = [line.split()[0] for line in lines if not line.startswith("   ")]
    assert starts == ["发生了什么", "在哪里", "怎么解决"]
    assert {columns(line[: line.index("`")]) for line in lines if line.startswith("  发生")} == {17}
    assert all(columns(line) <= 96 for line in lines)
    assert "<strong>怎么解决：</strong>" in html


def test_spaces_stand_at_foreign_words_and_code_stays_as_it_is():
    assert spaced("第 3 行：`a`。 张量 `x` 的 形状 为 `[1, 2]` 。") == (
        "第 3 行：`a`。张量 `x` 的形状为 `[1, 2]`。"
    )
    assert spaced("名称是 `输入 层，1 。`。") == "名称是 `输入 层，1 。`。"
    assert spaced("One, two (three); four.") == "One, two (three); four."


# Traps --------------------------------------------------------------------------------------------

BUILDS = list(dict.fromkeys(build for build, *_ in HAVE_IT))


@pytest.mark.parametrize("build", BUILDS, ids=[build.__name__ for build in BUILDS])
def test_a_trap_is_told_in_chinese_and_is_the_same_trap(build):
    model = build()
    found = find_traps(model)
    with using("zh"):
        told = find_traps(model)
    KEPT.clear()
    assert [(t.kind, t.name, t.path) for t in told] == [(t.kind, t.name, t.path) for t in found]
    for text in (text for trap in told for text in (trap.message, trap.why)):
        assert is_chinese(text), text
        assert CODE.sub("", text).count("。") == 1, text  # one sentence, as in English


def test_a_list_of_traps_is_chinese():
    with using("zh"):
        several = Traps(find_traps(everything_at_once()))
        alike = Traps(tuple(Trap("merge", f"`a_{n}`。", "因为。") for n in range(9)))
        assert repr(Traps()) == "✓ 没有发现陷阱。"
        assert "没有发现陷阱。" in Traps()._repr_html_()
        assert repr(several).startswith("⚠ 4 个陷阱：")
        assert "4 个陷阱：" in several._repr_html_()
        assert "……另有 4 个类似的陷阱。" in repr(alike)
        assert "……另有 4 个类似的陷阱。" in alike._repr_html_()
        assert all(columns(line) <= 96 for line in repr(several).split("\n"))


# The doctor, and pictures -------------------------------------------------------------------------

FINDINGS = {
    "python": lambda: doctor.check_python("3.12.1", ">=3.11"),
    "another python": lambda: doctor.check_python("3.9.0", ">=3.11"),
    "packages": lambda: doctor.check_packages(["keras==3.15.1"], {"keras": "3.15.1"}),
    "other packages": lambda: doctor.check_packages(
        ["keras==3.15.1", *(f"p{n}==1" for n in range(4))], {"keras": "3.14.0"}
    ),
    "kernel": doctor.check_kernel,
    "warm kernel": lambda: doctor.check_warm_kernel({provisioner.NAME}),
    "no warm kernel": lambda: doctor.check_warm_kernel(set()),
    "import": doctor.check_import,
    "graphviz": doctor.check_graphviz,
    "bytecode": lambda: doctor.check_bytecode([]),
    "scikit-learn": lambda: doctor.check_sklearn({"scikit-learn": "1.0"}),
    "no scikit-learn": lambda: doctor.check_sklearn({}),
    "data": doctor.check_data,
    "memory": lambda: doctor.check_memory(8e9),
    "little memory": lambda: doctor.check_memory(0.4e9),
    "unknown memory": lambda: doctor.check_memory(None),
    "disk": lambda: doctor.check_disk(50e9),
    "little disk": lambda: doctor.check_disk(0.4e9),
}


@pytest.mark.parametrize("check", FINDINGS.values(), ids=FINDINGS)
def test_the_doctor_speaks_chinese_and_finds_the_same(check):
    mark = check().mark
    with using("zh"):
        finding = check()
        line = str(finding)
    assert finding.mark == mark
    assert line[:3] in ("正常 ", "修复 ", "提示 ")
    assert not THREE_WORDS.search(CODE.sub("`", line)), line
    assert not SPACE_TOO_MUCH.search(CODE.sub("`", line[3:])), line


def test_a_machine_without_graphviz_is_told_in_chinese(monkeypatch):
    monkeypatch.setattr(graphviz_bridge.shutil, "which", lambda program: None)
    monkeypatch.setattr(graphviz_bridge, "_has", lambda package: False)
    with using("zh"), pytest.raises(graphviz_bridge.NoGraphviz) as refused:
        graphviz_bridge.render("digraph {}")
    assert is_chinese(str(refused.value))
