"""A report as it is read in a chapter: after a wrong answer, after the right one, by everyone."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from driving import SOON, Exercise, Notebook, open_chapter, photograph, tab_to
from playwright.sync_api import Locator, expect


@dataclass(frozen=True)
class Mistake:
    """An answer that learners give, the line that it is about, and what the report says of it."""

    name: str
    chapter: str
    exercise: str
    wrong: str
    right: str
    arrow: str
    said: str


WRONG_ACTIVATION = Mistake(
    "wrong_activation",
    "01",
    "mnist_mlp",
    """\
inputs = keras.Input(shape=(784,))
x = layers.Dense(64, activation="relu")(inputs)
x = layers.Dense(64, activation="relu")(x)
model = keras.Model(inputs, layers.Dense(10, activation="softmax")(x))""",
    """\
inputs = keras.Input(shape=(784,))
x = layers.Dense(64, activation="relu")(inputs)
x = layers.Dense(64, activation="relu")(x)
model = keras.Model(inputs, layers.Dense(10)(x))""",
    arrow="Dense(units=10, activation='softmax')",
    said="has activation 'softmax'; expected no activation.",
)
HEADS = """\
photo = keras.Input(shape=(128, 128, 3), name="photo")
x = layers.Conv2D(64, 3, activation="relu")(photo)
x = layers.Flatten()(layers.MaxPooling2D(2)(x))
kind = layers.Dense(10, activation="softmax", name="class")(x)
price = layers.Dense(1, name="{name}")(x)
model = keras.Model(photo, [kind, price])
losses = {{"class": "categorical_crossentropy", "{name}": "mse"}}
weights = {{"class": 1.0, "{name}": 0.2}}
model.compile("adam", loss=losses, loss_weights=weights, metrics={{"class": ["accuracy"]}})"""
WRONG_NAME = Mistake(
    "wrong_name",
    "04",
    "class_and_value",
    HEADS.format(name="price"),
    HEADS.format(name="value"),
    arrow="price",
    said="The outputs are named class and price; expected class and value.",
)
WRONG_LOSS = Mistake(
    "wrong_loss",
    "04",
    "class_and_value",
    HEADS.format(name="value").replace("categorical", "binary"),
    HEADS.format(name="value"),
    arrow="Dense(units=10, activation='softmax')",
    said="Output class has loss BinaryCrossentropy; expected CategoricalCrossentropy.",
)
NOT_SHARED = Mistake(
    "not_shared",
    "05",
    "shared_embedding",
    """\
first = keras.Input(shape=(None,), dtype="int32")
second = keras.Input(shape=(None,), dtype="int32")
x = layers.LSTM(64)(layers.Embedding(10_000, 128)(first))
y = layers.LSTM(64)(layers.Embedding(10_000, 128)(second))
both = layers.Concatenate()([x, y])
model = keras.Model([first, second], layers.Dense(1, "sigmoid", name="similarity")(both))""",
    """\
first = keras.Input(shape=(None,), dtype="int32")
second = keras.Input(shape=(None,), dtype="int32")
embed = layers.Embedding(10_000, 128)
x = layers.LSTM(64)(embed(first))
y = layers.LSTM(64)(embed(second))
both = layers.Concatenate()([x, y])
model = keras.Model([first, second], layers.Dense(1, "sigmoid", name="similarity")(both))""",
    arrow="Embedding",
    said="have separate weights; expected one layer for",
)
NO_SKIP = Mistake(
    "no_skip",
    "06",
    "residual_block",
    """\
inputs = keras.Input(shape=(16,), name="features")
x = layers.Dense(16, activation="relu")(inputs)
y = layers.Dense(16)(x)
x = layers.Add()([x, y])
model = keras.Model(inputs, layers.Activation("relu")(x))""",
    """\
inputs = keras.Input(shape=(16,), name="features")
x = layers.Dense(16, activation="relu")(inputs)
x = layers.Dense(16)(x)
x = layers.Add()([inputs, x])
model = keras.Model(inputs, layers.Activation("relu")(x))""",
    arrow="Add()",
    said="expected features",
)
MISTAKES = [WRONG_ACTIVATION, WRONG_NAME, WRONG_LOSS, NOT_SHARED, NO_SKIP]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_wrong_answer_is_shown_where_it_is_wrong_and_the_right_one_passes(page, lab, mistake):
    notebook, exercise = begin(page, lab, mistake)
    report = exercise.hand_in(mistake.wrong)
    expect(report, "the report").to_contain_text(f"✗ {mistake.exercise} Not yet.", timeout=SOON)
    marked = report.locator("pre", has_text="▶")
    expect(marked, "the line with the arrow").to_contain_text(mistake.arrow)
    below = marked.locator("xpath=following-sibling::*[1]")
    expect(below, "what stands below the arrow").to_contain_text("╰─")
    expect(below, "what stands below the arrow").to_contain_text(mistake.said)
    picture_is_shown(report)
    folded_lines_open(report)
    for theme in ("light", "dark"):
        notebook.choose_theme(theme.title())
        photograph(report, f"report_{mistake.name}_{theme}")
    expect(exercise.hand_in(mistake.right), "the report of the right answer").to_contain_text(
        f"✓ {mistake.exercise} Passed.", timeout=SOON
    )
    photograph(exercise.check, f"passed_{mistake.name}_dark")


def test_a_report_stays_inside_a_narrow_and_a_wide_window_and_shows_in_forced_colours(page, lab):
    notebook, exercise = begin(page, lab, NOT_SHARED)
    report = exercise.hand_in(NOT_SHARED.wrong)
    notebook.hide_sidebar()
    for width in (320, 1600):
        page.set_viewport_size({"width": width, "height": 900})
        report.scroll_into_view_if_needed()
        left, right = report.evaluate(
            "e => [e.getBoundingClientRect().left, e.getBoundingClientRect().right]"
        )
        assert left >= 0, f"at {width} the report begins at {left}"
        assert right <= width, f"at {width} the report ends at {right}"
        cut = report.evaluate("e => e.scrollWidth - e.clientWidth")
        assert cut <= 0, f"at {width}, {cut} pixels of the report are cut off"
        photograph(page, f"report_{width}_pixels")
    page.set_viewport_size({"width": 1200, "height": 900})
    page.emulate_media(forced_colors="active")
    expect(report.locator("pre", has_text="▶"), "the arrow in forced colours").to_be_visible()
    photograph(report, "report_forced_colours_light")
    page.emulate_media(forced_colors="active", color_scheme="dark")
    photograph(report, "report_forced_colours_dark")


def test_a_report_has_roles_names_and_texts_for_those_who_do_not_see_it(page, lab):
    notebook, exercise = begin(page, lab, NO_SKIP)
    report = exercise.hand_in(NO_SKIP.wrong)
    expect(report, "the roles and names in a report").to_match_aria_snapshot(
        """
        - group:
          - paragraph:
            - strong: residual_block
            - text: Not yet.
          - group:
            - img /Model .* Marked. add/
          - group: /Hint 1 of \\d/
        """
    )
    for theme in ("Light", "Dark"):
        notebook.choose_theme(theme)
        found = Axe().run(page, context=".jp-OutputArea [role=group]")
        assert found.violations_count == 0, f"{theme} theme\n{found.generate_report()}"


def begin(page, lab, mistake: Mistake) -> tuple[Notebook, Exercise]:
    notebook = open_chapter(page, lab.start, mistake.chapter)
    notebook.run_first()
    return notebook, Exercise.find(notebook, mistake.exercise)


def picture_is_shown(report: Locator) -> None:
    picture = report.locator("img")
    expect(picture, "a report has one picture").to_have_count(1)
    expect(picture, "the picture is open").to_be_visible()
    alt, width = picture.evaluate("img => [img.alt, img.naturalWidth]")
    assert "Marked" in alt, f"the text of the picture says what is marked: {alt}"
    assert width > 0, "the picture was loaded"


def folded_lines_open(report: Locator) -> None:
    """The first hint by a click, the second with Tab and Enter; both close again."""
    first, second = (report.locator("details", has_text=f"Hint {n} of") for n in (1, 2))
    first.locator("summary").click()
    expect(first, "a click opens a hint").to_have_attribute("open", "")
    first.locator("summary").click()
    expect(first, "a click closes a hint").not_to_have_attribute("open", "")
    tab_to(second.locator("summary"))
    for key in ("Enter", "Space"):
        report.page.keyboard.press(key)
        expect(second, f"{key} opens a hint").to_have_attribute("open", "")
        report.page.keyboard.press(key)
        expect(second, f"{key} closes a hint").not_to_have_attribute("open", "")
