"""Chapters from the first click on: run, restarted, saved, opened again, and how they look."""

from __future__ import annotations

import re

from course_lab import ROOT
from driving import SOON, Exercise, open_chapter, open_listed, photograph
from playwright.sync_api import expect

FIRST_MODEL = """\
inputs = keras.Input(shape=(4,))
outputs = layers.Dense(2)(inputs)
model = keras.Model(inputs, outputs)"""
FIRST_REPORT = """\
inputs = keras.Input(shape=(8,), name="features")
x = layers.Dense(16, activation="relu")(inputs)
outputs = layers.Dense(3)(x)
model = keras.Model(inputs, outputs)"""


def test_chapter_00_runs_from_top_to_bottom_and_shows_its_reports(page, lab):
    notebook = open_chapter(page, lab.start, "00")
    notebook.run_all()
    assert notebook.errors() == []
    draft = notebook.code_cell('check("first_report", draft)')
    expect(draft, "the report of the draft").to_contain_text("✗ first_report Not yet.")
    for name in ("first_model", "first_report"):
        cell = notebook.code_cell(f'check("{name}", model)')
        expect(cell, f"the report of {name}").to_contain_text(f"○ {name} Not attempted yet.")
    pictures = notebook.panel.locator(".jp-OutputArea img").evaluate_all(
        "all => all.map(img => [img.alt, img.naturalWidth])"
    )
    assert any("Marked" in alt for alt, _ in pictures), "the report of the draft has a picture"
    assert all(alt and width for alt, width in pictures), pictures


def test_answers_and_outputs_are_the_same_after_a_restart_and_after_saving_and_opening(page, lab):
    notebook = open_chapter(page, lab.start, "00")
    answers = {"first_model": FIRST_MODEL, "first_report": FIRST_REPORT}
    for name, code in answers.items():
        Exercise.find(notebook, name).write(code)
    notebook.run_all()
    notebook.restart_and_run_all()  # from here on it is kept what is solved, and shown
    before = notebook.outputs()
    assert sum("Passed." in output for output in before) == len(answers)

    notebook.restart_and_run_all()
    assert notebook.outputs() == before

    notebook.save()
    notebook.close()
    notebook = open_listed(page, "00")
    notebook.go_to("Summary")
    expect(notebook.panel.locator("img").last, "the last picture is there").to_be_attached()
    assert notebook.outputs() == before
    for name, code in answers.items():
        written = Exercise.find(notebook, name).answer.locator(".cm-content")
        expect(written, f"the answer of {name} is kept").to_have_text(re.sub("\n", "", code))


def test_the_top_of_each_chapter_is_shown_in_the_light_and_in_the_dark_theme(page, lab):
    files = sorted(path.stem for path in ROOT.joinpath("chapters").glob("*.ipynb"))
    for file in files:
        if file == files[0]:
            notebook = open_chapter(page, lab.start, file)
        else:
            notebook = open_listed(page, file)
        title = notebook.panel.locator("h1").first
        expect(title, f"{file} begins with its title").to_be_in_viewport(timeout=SOON)
        section = notebook.panel.locator("h2").first
        expect(section, f"{file} goes on with a section").to_be_visible(timeout=SOON)
        photograph(page, f"top_{file}_light")
    notebook.choose_theme("Dark")
    for file in files:
        page.locator(".lm-TabBar-tab", has_text=f"{file}.ipynb").click()
        expect(notebook.panel.locator("h1").first, f"{file} is in front").to_be_in_viewport()
        photograph(page, f"top_{file}_dark")
