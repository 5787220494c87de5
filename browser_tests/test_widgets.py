"""What moves in a chapter moves by the keyboard alone."""

from __future__ import annotations

import pytest
from driving import SOON, open_chapter, tab_to
from playwright.sync_api import expect


@pytest.mark.parametrize(
    ("chapter", "heading", "code", "control", "key"),
    [
        ("01", "Where the parameters are", "interactive(stack", "first", "ArrowRight"),
        ("05", "What goes from one input to the other", "interactive(sharing", "shared", "Space"),
    ],
)
def test_a_key_moves_a_widget_and_its_picture_follows(
    page, lab, chapter, heading, code, control, key
):
    notebook = open_chapter(page, lab.start, chapter)
    notebook.run_first()
    notebook.go_to(heading)
    cell = notebook.code_cell(code)
    notebook.run(cell)
    widget = cell.locator(".jupyter-widgets.widget-interact")
    picture = widget.locator("img")
    expect(picture, "the widget shows a picture").to_be_visible(timeout=SOON)
    before = picture.get_attribute("alt"), picture.get_attribute("src")
    row = widget.locator(".jupyter-widgets", has_text=control).last
    tab_to(row.locator("[role=slider], input").first)
    page.keyboard.press(key)
    expect(picture, "the picture follows").not_to_have_attribute("src", before[1], timeout=SOON)
    assert picture.get_attribute("alt") not in ("", before[0])
    assert picture.evaluate("img => img.naturalWidth") > 0
