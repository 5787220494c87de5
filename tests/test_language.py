"""The reader's language: how it is chosen, and that every catalogue is whole."""

from __future__ import annotations

import warnings

import messages
import pytest

from exercises_check import language
from exercises_check.language import _, in_a_row, listed, sentence, titled, together, using


@pytest.fixture
def system(monkeypatch):
    """Sets what the system says of the language."""
    for name in (language.VARIABLE, "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)

    def say(**variables):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return say


@pytest.mark.parametrize("code", ["zh", "zh_CN", "zh-CN", "zh-Hans", "zh_CN.UTF-8", "ZH"])
def test_each_way_to_write_chinese_means_the_same(code):
    with using(code):
        assert language.language() == "zh_CN"


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh_CN"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "fr:zh_CN:en"}, "zh_CN"),
        ({"LANG": "en_US.UTF-8", "EXERCISES_CHECK_LANG": "zh"}, "zh_CN"),
        ({"LANG": "zh_CN.UTF-8", "EXERCISES_CHECK_LANG": "en"}, "en"),
    ],
)
def test_the_variable_goes_before_the_system_and_english_is_the_rest(system, variables, expected):
    system(**variables)
    assert language.language() == expected


def test_a_language_that_is_not_there_is_said_once_and_english_is_used(system):
    language._warn.cache_clear()
    system(EXERCISES_CHECK_LANG="tlh")
    words = r"EXERCISES_CHECK_LANG is 'tlh'; expected one of en, .*zh_CN.*English is used"
    with pytest.warns(UserWarning, match=words):
        assert language.language() == "en"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert language.language() == "en"


def test_a_list_reads_as_the_language_has_it():
    with using("en"):
        assert [listed(names) for names in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
            "", "a", "a and b", "a, b and c",
        ]  # fmt: skip
    with using("zh"):
        assert listed(["a", "b", "c"]) == "a、b 和 c"


def test_sentences_and_titles_have_the_marks_of_the_language():
    with using("en"):
        assert together(f"<b>{sentence('Right')}</b>", "Next.") == "<b>Right.</b> Next."
        assert (titled("a", "b"), in_a_row(["a", "b"])) == ("a: b", "a, b")
    with using("zh"):
        assert together(f"<b>{sentence('对')}</b>", "下一道。") == "<b>对。</b>下一道。"
        assert (titled("a", "b"), in_a_row(["a", "b"])) == ("a：b", "a，b")


def test_a_message_without_a_translation_stays_as_it_is():
    with using("zh"):
        assert _("Nobody translated this.") == "Nobody translated this."
        assert _("") == ""


@pytest.mark.parametrize("code", messages.languages())
def test_a_catalogue_says_all_that_is_said_today_and_nothing_else(code):
    found = messages.faults(code)
    advice = "Translate in the .po file and run tools/messages.py."
    assert not found, "\n".join([*found[:20], f"{len(found)} in all. {advice}"])


def test_the_list_of_messages_is_that_of_the_code():
    before = messages.TEMPLATE.read_bytes()
    messages.write(messages.TEMPLATE, messages.template())
    assert messages.TEMPLATE.read_bytes() == before, "Run tools/messages.py."


# How messages are collected -----------------------------------------------------------------------

SOURCE = """
SENTENCES = {"kind": "{name} is " "missing."}
text = f"{_('Look at {layer}.').format(layer=layer)}"
word = pgettext("a mode", "training")
more = ngettext("one layer", "{count} layers", count)
exercise(hints={"missing": ["Which one?"], "": ("Compare.",)}, names=True,
         learned=Learned("accuracy", at_least=0.9, label="a mean of"))
value("shape", (1, 2), rule="The batch first.", hints=["Count."], terms={"the bias": 3},
      slips={(2, 1): "Turned round."})
Entry("a mistake", "ValueError", "pattern", "What happened", "Try this", where="Here", facts=None)
other = "not a message"
"""


def test_each_way_to_write_a_message_is_collected():
    found = list(messages.messages_of(SOURCE.encode(), "a.py"))
    assert {message.text for message in found} == {
        "{name} is missing.", "Look at {layer}.", "training", "one layer", "Which one?", "Compare.",
        "The batch first.", "Count.", "the bias", "Turned round.", "What happened", "Try this",
        "Here", "a mean of",
    }  # fmt: skip
    (several,) = [message.several for message in found if message.several]
    assert several == "{count} layers"
    assert [message.context for message in found if message.context] == ["a mode"]
    assert {message.file for message in found} == {"a.py"}


def test_what_a_translator_forgets_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(messages, "LOCALE", tmp_path)
    monkeypatch.setattr(messages, "messages", lambda: [messages.Message("{a} is new.", "a.py")])
    catalog = messages.Catalog(locale="fr", fuzzy=False)
    catalog.add("{a} is old.", "{a} est vieux.")
    messages.write(messages.path_of("fr"), catalog)
    path = messages.path_of("fr").with_suffix(".mo")
    path.write_bytes(messages.compiled(messages.catalogue("fr")))
    assert messages.faults("fr") == [
        "missing: '{a} is new.'",
        "stale, no longer said: '{a} is old.'",
    ]
    catalog = messages.Catalog(locale="fr", fuzzy=False)
    catalog.add("{a} is new.", "{b} est nouveau.")
    messages.write(messages.path_of("fr"), catalog)
    assert messages.faults("fr") == [
        "other gaps than ['a']: '{b} est nouveau.'",
        "the .mo file is not that of the .po file",
    ]
