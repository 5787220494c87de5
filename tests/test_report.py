"""What a learner reads: the text and the HTML of reports and comparisons."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

import keras
import pytest
from keras import layers

from exercises_check import check, compare
from exercises_check import report as words
from exercises_check.exercise import Exercise
from exercises_check.language import using
from exercises_check.page import comparison_html, report_html
from exercises_check.report import Report, comparison_text

SVG = "data:image/svg+xml;charset=utf-8,"


def residual(skip="features", first=16, name="features"):
    inputs = keras.Input((16,), name=name)
    hidden = layers.Dense(first, activation="relu", name="hidden")(inputs)
    x = layers.Dense(16, name="second")(hidden)
    total = layers.Add(name="add")([inputs if skip == "features" else hidden, x])
    return keras.Model(inputs, total, name="model")


def chain(units, length=3):
    inputs = keras.Input((8,), name="start")
    x = inputs
    for number in range(length):
        x = layers.Dense(units, name=f"layer_{number}")(x)
    return keras.Model(inputs, x, name="chain")


@pytest.fixture
def wrong_skip():
    return compare(residual("hidden"), residual())


@pytest.fixture
def three_differences():
    return compare(chain(4), chain(5))


class Page(HTMLParser):
    """Tags with their attributes, and texts, of a piece of HTML that must be well formed."""

    ALONE = ("img", "br")

    def __init__(self, text):
        super().__init__()
        self.tags, self.open, self.texts = [], [], []
        self.feed(text)
        self.close()
        assert not self.open, f"not closed: {self.open}"

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.ALONE:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    def all(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]

    @property
    def text(self):
        return "".join(self.texts)


# Text ---------------------------------------------------------------------------------------------


def test_the_listing_is_aligned_and_the_arrow_stands_at_the_first_difference(wrong_skip):
    assert comparison_text(wrong_skip).split("\n") == [
        "✗ 1 difference.",
        "",
        "  features = Input((16,))                                  (None, 16)",
        "  hidden   = Dense(units=16, activation='relu')(features)  (None, 16)",
        "  second   = Dense(units=16)(hidden)                       (None, 16)",
        "▶ add      = Add()([hidden, second])                       (None, 16)",
        "             ╰─ `add` receives `hidden` and `second`; expected `features` and `second`.",
        "  model    = Model(features, add)",
    ]


def test_a_long_note_wraps_below_its_beginning(wrong_skip):
    graph, (first,) = wrong_skip.mine, wrong_skip.differences
    long = first.__class__(first.kind, "word " * 40 + "end.", path=first.path)
    lines = words._listing_text(graph, long)
    start = next(number for number, line in enumerate(lines) if "╰─" in line)
    note = lines[start : lines.index("  model    = Model(features, add)")]
    assert len(note) > 2
    assert all(line.index("word") == note[0].index("word") for line in note)
    assert all(len(line) <= words.WIDEST_LINE for line in note)


def test_long_names_do_not_push_the_note_out_of_sight():
    name = "a_layer_name_that_is_much_longer_than_anybody_would_like_to_read"
    model = residual("hidden", name=name)
    note = next(line for line in repr(compare(model, residual())).split("\n") if "╰─" in line)
    assert note.index("╰─") <= words.WIDEST_MARGIN


def test_further_differences_follow_in_one_line_each(three_differences):
    lines = comparison_text(three_differences).split("\n")
    count = len(three_differences.differences)
    assert lines[0] == f"✗ {count} differences."
    assert lines[-count:][0] == f"  {count - 1} more, which may vanish once the first is mended:"
    assert all(line.startswith("  - ") for line in lines[1 - count :])


def stack(name, pooling=False):
    """A small model to be nested, perhaps with a pooling that nobody asked for."""
    start = keras.Input((6, 2), name=f"{name}_start")
    x = layers.Conv1D(3, 3, name=f"{name}_conv")(start)
    x = layers.MaxPooling1D(2, name=f"{name}_pooling")(x) if pooling else x
    x = layers.GlobalMaxPooling1D(name=f"{name}_global")(x)
    return keras.Model(start, layers.Dense(2, name=f"{name}_dense")(x), name=name)


def on_two_inputs(first, second):
    a, b = keras.Input((6, 2), name="a"), keras.Input((6, 2), name="b")
    return keras.Model([a, b], layers.Concatenate(name="both")([first(a), second(b)]))


def averaged(*members):
    inputs = keras.Input((6, 2), name="a")
    return keras.Model(inputs, layers.Average(name="mean")([member(inputs) for member in members]))


def test_what_differs_in_a_nested_model_is_told_once_however_often_it_is_called():
    with_pooling, without = stack("one", pooling=True), stack("other")
    comparison = compare(on_two_inputs(with_pooling, with_pooling), on_two_inputs(without, without))
    assert [difference.message for difference in comparison.differences] == [
        "`one/one_pooling` (MaxPooling1D()) is not expected here."
    ]
    comparison = compare(on_two_inputs(without, without), on_two_inputs(with_pooling, with_pooling))
    assert [difference.message for difference in comparison.differences] == [
        "`MaxPooling1D()` is missing between `other/other_conv` and `other/other_global`."
    ]


def test_one_model_called_on_one_input_where_several_are_expected_is_counted_not_listed():
    member = stack("member")
    three = averaged(*map(stack, ("one", "two", "three")))
    (difference,) = compare(averaged(member, member, member), three).differences
    assert difference.message == (
        "`member` is one model called 3 times on `a`; expected 3 separate models, each with its "
        "weights."
    )
    assert (difference.kind, difference.name, difference.path) == ("sharing", "member", (3,))
    (difference,) = compare(averaged(member, member, stack("other")), three).differences
    assert difference.message.startswith("`member` is one model called 2 times on `a`; expected 2 ")


def test_one_model_where_two_are_expected_is_one_difference_and_names_the_model():
    member, other = stack("member"), stack("other")
    shared, separate = on_two_inputs(member, member), on_two_inputs(member, other)
    (difference,) = compare(shared, separate).differences
    assert difference.message == (
        "`member` is one model for `a` and `b`; expected separate models, each with its weights."
    )


def test_a_layer_in_a_shared_model_is_named_where_only_that_one_should_be_separate():
    member = stack("member")
    a, b = keras.Input((6, 2), name="a"), keras.Input((6, 2), name="b")
    convolution = layers.Conv1D(3, 3)
    ends = [layers.Dense(2)(layers.GlobalMaxPooling1D()(convolution(tensor))) for tensor in (a, b)]
    wanted = keras.Model([a, b], layers.Concatenate()(ends))
    (difference,) = compare(on_two_inputs(member, member), wanted).differences
    assert difference.message == (
        "`member/member_dense` is one layer called 2 times on `member/member_global`; expected 2 "
        "separate layers, each with its weights."
    )


def test_layers_on_one_tensor_where_one_is_expected_are_told_how_often_to_call_it():
    inputs, one = keras.Input((4,), name="a"), layers.Dense(3)
    wanted = keras.Model(inputs, one(inputs) + one(inputs))
    mine = keras.Model(
        inputs, layers.Dense(3, name="x")(inputs) + layers.Dense(3, name="y")(inputs)
    )
    (difference,) = compare(mine, wanted).differences
    assert difference.message == (
        "`x` and `y` have separate weights; expected one layer called 2 times on `a`."
    )


def test_a_long_listing_is_cut_around_the_difference():
    mine, other = chain(4, 60), chain(4, 60)
    other.get_layer("layer_40").use_bias = False
    lines = comparison_text(compare(mine, other)).split("\n")
    assert len(lines) < words.LINES_AROUND + 8
    assert any(re.fullmatch(r"  … \d+ lines before", line) for line in lines)
    assert any(re.fullmatch(r"  … \d+ lines after", line) for line in lines)
    assert any(line.startswith("▶ layer_40 ") for line in lines)


def test_equal_models_take_one_line():
    assert comparison_text(compare(residual(), residual())) == "✓ The two models are the same."


def test_every_status_has_its_sign_and_its_sentence():
    first = {status: repr(Report("it", status, "Why.")).split("\n")[0] for status in words.STATUSES}
    assert first == {
        "passed": "✓ it: Passed.",
        "failed": "✗ it: Not yet.",
        "not_attempted": "○ it: Not attempted yet.",
        "error": "! it: No such exercise.",
        "checker_error": "? it: The checker failed. This is not your mistake.",
    }


# HTML ---------------------------------------------------------------------------------------------


def test_html_says_the_first_difference_once_beside_the_arrow(wrong_skip):
    page = comparison_html(wrong_skip)
    before, _, after = page.partition("▶ add")
    assert "Dense(units=16)(hidden)" in before
    message = re.search(r"<div style=\"flex[^>]*>(.*?)</div>", after)[1]
    assert message == (
        "<code>add</code> receives <code>hidden</code> and <code>second</code>; "
        "expected <code>features</code> and <code>second</code>."
    )
    assert before.count("receives") == 0
    assert after.index("Model(features, add)") > after.index(message)


def test_code_keeps_its_columns_and_the_note_wraps(wrong_skip):
    page = Page(comparison_html(wrong_skip))
    assert all("white-space:pre" in pre["style"] for pre in page.all("pre"))
    shapes = [line.index("(None, 16)") for line in page.text.split("\n") if "Dense(" in line]
    assert len(shapes) == 2
    assert len(set(shapes)) == 1


def test_the_rest_and_the_hints_are_folded_and_the_picture_is_not(three_differences):
    hints = {"": ("Look up.", "Use `Add`."), "setting": ("How many units?",)}
    exercise = Exercise("it", "model", None, 0, hints)
    report = Report("it", "failed", "", three_differences.differences, three_differences, exercise)
    page = Page(report_html(report))
    state = [("open" in attrs) for attrs in page.all("details")]
    assert state == [False, True, False, False, False]
    titles = re.findall(r"<summary[^>]*>(.*?)</summary>", report_html(report))
    assert titles == [
        f"{len(three_differences.differences) - 1} more, which may vanish once the first is mended",
        "Picture of your model",
        "Hint 1 of 3",
        "Hint 2 of 3",
        "Hint 3 of 3",
    ]
    assert "<code>Add</code>" in report_html(report)


def test_names_cannot_break_out_of_the_page():
    name = "<b onclick='x()'>&amp;\"<script>"
    page = comparison_html(compare(residual("hidden", name=name), residual()))
    shown = Page(page)
    assert not shown.all("b")
    assert not shown.all("script")
    assert html.escape(name) in page
    error = report_html(Report(name, "error", f"There is no `{name}`.", details=name))
    assert not Page(error).all("b")
    assert not Page(error).all("script")


@pytest.mark.parametrize("status", words.STATUSES)
def test_a_report_of_a_sentence_is_well_formed(status):
    page = Page(report_html(Report("it", status, "One `a`.\nTwo.", details="Traceback\n  line")))
    assert "Two." in page.text
    assert "Traceback\n  line" in page.text
    assert page.all("div")[0]["role"] == "group"
    assert page.all("span")[0]["aria-hidden"] == "true"  # the sign; the words say it, too


def test_nothing_is_fetched_and_nothing_runs(three_differences):
    page = Page(comparison_html(three_differences))
    allowed = {"div", "p", "strong", "span", "pre", "code", "details", "summary", "ul", "li", "img"}
    assert {tag for tag, _ in page.tags} <= allowed
    for _, attrs in page.tags:
        assert not any(name.startswith("on") for name in attrs)
        assert "url(" not in attrs.get("style", "")
        assert attrs.get("src", SVG).startswith(SVG)
        assert "href" not in attrs


def test_the_look_survives_where_a_notebook_is_not_trusted(three_differences):
    """JupyterLab then drops `<style>`, `<svg>` and every value with `var(...)` or `inherit`."""
    page = Page(comparison_html(three_differences))
    styles = ";".join(attrs.get("style", "") for _, attrs in page.tags)
    assert "var(" not in styles
    assert "inherit" not in styles
    assert "calc(" not in styles
    assert not page.all("style")
    assert not page.all("svg")
    assert "class" not in {name for _, attrs in page.tags for name in attrs}


def test_the_picture_has_its_text(wrong_skip):
    (image,) = Page(comparison_html(wrong_skip)).all("img")
    assert image["alt"].startswith("Model model. The input is features.")
    assert "Marked: add, add receives hidden and second" in image["alt"]


def test_a_report_of_thirty_nodes_stays_small():
    page = comparison_html(compare(chain(4, 30), chain(5, 30)))
    assert len(page.encode()) < 60_000


def test_no_colour_alone_says_anything():
    """Without its style, a page still tells the states apart."""
    bare = {
        status: re.sub(r' style="[^"]*"', "", report_html(Report("it", status)))
        for status in words.STATUSES
    }
    assert len(set(bare.values())) == len(words.STATUSES)


def test_a_typo_in_the_name_shows_no_hints():
    page = Page(report_html(check("first_modle", ...)))
    assert page.text.startswith("! first_modle No such exercise.")
    assert not page.all("details")


def test_an_array_in_a_message_does_not_hide_what_is_wrong_with_it():
    error = ValueError("Invalid input [[-0.37 -0.42]\n [0.1 0.2]]. Expected shape (None, 3)")
    assert words.answer_raised(type(error).__name__, str(error)) == (
        "Your code raised `ValueError`: Invalid input [...]. Expected shape (None, 3)"
    )


def said_of(text):
    return words.answer_raised("ValueError", text).removeprefix("Your code raised `ValueError`: ")


def test_what_keras_calls_its_own_objects_is_left_out_of_what_the_code_raised():
    received = (
        "\n\nArguments received by Functional.call():\n  • inputs=tf.Tensor(shape=(1, 2), "
        "dtype=float32)\n  • mask=None\n  • kwargs=<class 'inspect._empty'>"
    )
    array = "Invalid input shape for input [[0.1 0.2]\n [0.3 0.4]]"
    wrong = "Expected shape (None, 3), but input has incompatible shape (1, 2)"
    inner = "with name 'keras_tensor_4' and path ''"
    assert said_of(f"{array} {inner}. {wrong}{received}") == (
        f"Invalid input shape for input [...]. {wrong}"
    )
    named = "with name 'states' and path 'states'"
    assert "input [...] with name 'states'. Exp" in said_of(f"{array} {named}. {wrong}{received}")
    text = "Input 0 with name 'None' of layer 'lstm' is incompatible with the layer"
    assert said_of(text + received) == "Input 0 of layer 'lstm' is incompatible with the layer"
    tensor = "<KerasTensor shape=(None, 6), dtype=float32, sparse=False, name=keras_tensor_2>"
    assert said_of(f"no values in {tensor}") == "no values in a tensor of shape (None, 6)"


def test_a_layer_that_hands_its_inner_model_a_wrong_shape_is_told_without_inner_names():
    class LastState(layers.Layer):
        def __init__(self, units, **settings):
            super().__init__(**settings)
            self.rnn = layers.SimpleRNN(units)
            states = keras.Input((None, units))
            mean = keras.ops.mean(states, axis=1)
            self.classifier = keras.Model(states, layers.Dense(1, activation="sigmoid")(mean))

        def call(self, inputs):
            return self.classifier(self.rnn(inputs))

    report = check("CustomRNN", LastState)
    assert report.status == "error"
    assert "Expected shape (None, None, 3)" in report.message
    assert "incompatible shape (3, 3)\nIt was raised while calling the layer" in report.message
    for inner in ("keras_tensor", "path", "inspect", "Arguments received"):
        assert inner not in report.message


def test_chinese_words_in_the_gaps_of_a_sentence_stand_without_spaces():
    inputs = keras.Input((8,))
    with using("zh"):
        assert (
            words.other_type("Sequential", "函数式") == "这是函数式模型。应为 `keras.Sequential`。"
        )
        assert repr(check("first_model", layers.Dense)).splitlines()[2].strip() == (
            "这是类 `Dense`，不是模型。应为 `keras.Model`。"
        )
        assert "轴 0（批次）是 1；" in check("dense_shape", (1, 50, 64)).message
        extra = compare(
            keras.Model(inputs, layers.ReLU(name="act")(layers.Dense(2, name="a")(inputs))),
            keras.Model(inputs, layers.Dense(2)(inputs)),
        )
        assert "`a` 之后有 `act`（'relu'）；那里应当没有激活函数。" in repr(extra)
