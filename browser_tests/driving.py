"""A notebook in JupyterLab, driven with the mouse and the keyboard as a learner does.

Nothing waits for a fixed time: each step waits for what a learner would see, and says so where it
does not come.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

PICTURES = Path(__file__).parent / "pictures"
SECONDS = 1000  # Playwright counts in milliseconds
SOON, A_CELL = 20 * SECONDS, 60 * SECONDS
TALL = 1800  # pixels, enough for a report with its picture and the frame around a notebook
RAN = re.compile(r"\[\d+\]")
SHOWN = ".jp-NotebookPanel:not(.lm-mod-hidden)"


@dataclass(frozen=True)
class Notebook:
    """The notebook that is in front."""

    page: Page

    @property
    def panel(self) -> Locator:
        return self.page.locator(SHOWN)

    def code_cell(self, text: str) -> Locator:
        """The code cell in which this stands, the last if there are several; comes into view."""
        editor = self.page.locator(".jp-Editor", has_text=text)
        cell = self.panel.locator(".jp-CodeCell").filter(has=editor).last
        expect(cell, f"a cell holds {text}").to_be_attached(timeout=SOON)
        cell.scroll_into_view_if_needed()
        return cell

    def go_to(self, heading: str) -> None:
        """Goes to a heading by the table of contents."""
        show_at_the_side(self.page, "Table of Contents")
        self.page.locator(".jp-tocItem-content", has_text=heading).click()
        cell = self.panel.locator(".jp-Cell.jp-mod-active", has_text=heading)
        expect(cell, f"the cell with the heading {heading} is in front").to_be_in_viewport(
            timeout=SOON
        )

    def run(self, cell: Locator) -> None:
        """Runs a cell with Ctrl+Enter and waits for its number."""
        prompt = cell.locator(".jp-InputArea-prompt")
        before = prompt.inner_text()
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+Enter")
        if RAN.search(before):
            expect(prompt, "the cell runs again").not_to_have_text(before, timeout=SOON)
        expect(prompt, "the cell ends and gets a number").to_have_text(RAN, timeout=A_CELL)

    def wait_for_kernel(self) -> None:
        """Who is faster than the kernel is asked to choose one."""
        kernel = self.page.locator("#jp-main-statusbar", has_text="| Idle")
        expect(kernel, "the kernel is ready").to_be_visible(timeout=A_CELL)

    def run_first(self) -> None:
        """Runs the cell that loads Keras."""
        self.wait_for_kernel()
        self.run(self.panel.locator(".jp-CodeCell").first)

    def menu(self, *items: str) -> None:
        """Chooses an item of a menu, or of a menu inside a menu."""
        bar, *rest = items
        self.page.locator(".lm-MenuBar-item", has_text=re.compile(f"^{bar}$")).click()
        for name in rest:
            label = self.page.locator(".lm-Menu-itemLabel", has_text=re.compile(f"^{name}"))
            label.first.click(timeout=SOON)

    def say_yes(self) -> None:
        """Answers the question that JupyterLab asks."""
        button = self.page.locator(".jp-Dialog .jp-mod-accept")
        expect(button, "JupyterLab asks whether it may").to_be_visible(timeout=SOON)
        button.click()

    def run_all(self) -> None:
        self.wait_for_kernel()
        self.menu("Run", "Run All Cells")
        self.wait_until_all_ran()

    def restart_and_run_all(self) -> None:
        self.menu("Kernel", "Restart Kernel and Run All Cells")
        self.say_yes()
        # The numbers of the run before stay until a cell waits again.
        waiting = self.panel.locator(".jp-InputArea-prompt", has_text="[*]").first
        expect(waiting, "the restarted kernel begins").to_be_visible(timeout=A_CELL)
        self.wait_until_all_ran()

    def wait_until_all_ran(self) -> None:
        last = self.panel.locator(".jp-CodeCell .jp-InputArea-prompt").last
        expect(last, "the last cell runs").to_have_text(RAN, timeout=A_CELL)
        waiting = self.panel.locator(".jp-InputArea-prompt", has_text="[*]")
        expect(waiting, "no cell waits any more").to_have_count(0, timeout=SOON)

    def outputs(self) -> list[str]:
        """What a learner reads below the cells, in order; pictures as their texts.

        As `textContent`: the browser lays out no cell that is out of sight.
        """
        return self.panel.locator(".jp-Cell-outputArea").evaluate_all(
            """areas => areas.map(area => area.textContent.trim() + Array.from(
                area.querySelectorAll("img"), img => ` [${img.alt}] ${img.naturalWidth > 0}`))"""
        )

    def errors(self) -> list[str]:
        """The errors that cells show."""
        kind = "[data-mime-type$='error'], [data-mime-type$='stderr']"
        return self.panel.locator(f".jp-OutputArea :is({kind})").all_text_contents()

    def choose_theme(self, name: str) -> None:
        self.menu("Settings", "Theme", f"JupyterLab {name}$")
        chosen = self.page.locator(f"body[data-jp-theme-name='JupyterLab {name}']")
        expect(chosen, f"the theme {name} is there").to_be_attached(timeout=SOON)

    def hide_sidebar(self) -> None:
        self.page.keyboard.press("Control+b")
        expect(self.page.locator("#jp-left-stack"), "the sidebar goes").to_be_hidden()

    def close(self) -> None:
        self.menu("File", "Close and Shut Down Notebook")
        self.say_yes()
        expect(self.panel, "the notebook closes").to_have_count(0, timeout=SOON)

    def save(self) -> None:
        self.page.keyboard.press("Control+s")
        unsaved = self.page.locator(".lm-TabBar-tab.jp-mod-current.jp-mod-dirty")
        expect(unsaved, "the notebook is saved").to_have_count(0, timeout=SOON)


@dataclass(frozen=True)
class Exercise:
    """The cell for an answer, and the cell with its check."""

    notebook: Notebook
    answer: Locator
    check: Locator

    @staticmethod
    def find(notebook: Notebook, name: str) -> Exercise:
        """Goes to the heading of the exercise; its check and the cell above it follow."""
        heading = f"Exercise: {name} ·"
        notebook.go_to(heading)
        task = notebook.panel.locator(".jp-MarkdownCell", has_text=heading)
        check = task.locator(f"""xpath=following-sibling::*[contains(., 'check("{name}"')]""").first
        above = "xpath=preceding-sibling::*[contains(@class, 'jp-CodeCell')][1]"
        return Exercise(notebook, check.locator(above), check)

    def write(self, code: str) -> None:
        """Types an answer over what stands in the cell."""
        self.answer.locator(".cm-content").click()
        self.notebook.page.keyboard.press("Control+a")
        self.notebook.page.keyboard.insert_text(code)
        written = self.answer.locator(".cm-content")
        expect(written, "the answer stands in its cell").to_have_text(code.replace("\n", ""))

    def hand_in(self, code: str) -> Locator:
        """Types an answer, runs both cells, and gives the report."""
        self.write(code)
        self.notebook.run(self.answer)
        self.notebook.run(self.check)
        return self.report

    @property
    def report(self) -> Locator:
        return self.check.locator(".jp-Cell-outputArea .jp-RenderedHTMLCommon > [role=group]")


def open_chapter(page: Page, address: str, number: str) -> Notebook:
    """Opens a chapter from the list of files, as after `make lab`."""
    page.goto(address)
    listed = page.locator(".jp-DirListing-item")
    expect(listed.first, "the list of files is shown").to_be_visible(timeout=A_CELL)
    return open_listed(page, number)


def open_listed(page: Page, number: str) -> Notebook:
    show_at_the_side(page, "File Browser")
    listed = page.locator(".jp-DirListing-item")
    folder = listed.filter(has_text="chapters")
    if folder.count():
        folder.dblclick()
    listed.filter(has_text=re.compile(f"^{number}")).dblclick()
    notebook = Notebook(page)
    cell = notebook.panel.locator(".jp-Cell").first
    expect(cell, f"chapter {number} opens").to_be_visible(timeout=SOON)
    return notebook


def show_at_the_side(page: Page, name: str) -> None:
    tab = page.get_by_role("tab", name=name)
    if tab.get_attribute("aria-selected") != "true":
        tab.click()


def tab_to(control: Locator) -> None:
    """Presses Tab until a control has the focus."""
    control.scroll_into_view_if_needed()
    # From the start of what stands around it, as after a click there.
    control.evaluate(
        """control => {
            const area = control.closest(".jp-Cell-outputArea");
            getSelection().setBaseAndExtent(area, 0, area, 0);
            document.activeElement.blur();
        }"""
    )
    for _ in range(20):
        control.page.keyboard.press("Tab")
        if control.evaluate("control => control === document.activeElement"):
            return
    raise AssertionError("Tab does not come to the control within 20 steps")


def photograph(what: Page | Locator, name: str) -> Path:
    """Keeps a picture to be looked at; of a part of the page the whole, however high it is."""
    path = PICTURES / f"{name}.png"
    if isinstance(what, Page):
        what.screenshot(path=path)
        return path
    size = what.page.viewport_size
    what.page.set_viewport_size({**size, "height": TALL})
    what.screenshot(path=path)
    what.page.set_viewport_size(size)
    return path
