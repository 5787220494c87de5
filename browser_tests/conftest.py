"""What the tests in a browser share: the browser, JupyterLab, a page, and pictures to look at."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import course_lab
import pytest
from driving import PICTURES, photograph
from playwright.sync_api import Browser, Page, sync_playwright

KNOWN = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
QUIET = ["--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]
NO_BROWSER = (
    "These tests need Chromium or Chrome, and none is there. On Debian: sudo apt install chromium. "
    "Elsewhere: make test-browser BROWSER=/path/to/chrome"
)


def find_browser() -> str:
    """The program that `BROWSER` names, or the first on the path; empty where there is none.

    In a development container `BROWSER` may name a script that is no browser.
    """
    wished = os.environ.get("BROWSER", "")
    named = [wished] if re.search("chrom|edge", Path(wished).name) else []
    return next(filter(None, map(shutil.which, named or KNOWN)), "")


def pytest_sessionstart() -> None:
    if not find_browser():
        pytest.exit(NO_BROWSER, returncode=1)
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(f"Pictures to look at: {PICTURES}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[course_lab.Lab]:
    scratch = tmp_path_factory.mktemp("lab")
    with course_lab.running(scratch, PICTURES / "jupyterlab.log") as lab:
        yield lab


@pytest.fixture
def page(browser: Browser, lab: course_lab.Lab) -> Iterator[Page]:
    """A page of a new learner: chapters as they were, nothing open, nothing solved, no kernel."""
    course_lab.begin_anew(lab.scratch)
    with browser.new_context(viewport={"width": 1200, "height": 900}) as context:
        page = context.new_page()
        yield page
        kernels = f"{lab.address}api/kernels"
        key = {"Authorization": f"token {lab.token}"}
        for kernel in page.request.get(kernels, headers=key).json():
            page.request.delete(f"{kernels}/{kernel['id']}", headers=key)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """A test that fails leaves a picture of what stood on the page."""
    report = yield
    page = getattr(item, "funcargs", {}).get("page")
    if report.when == "call" and report.failed and page:
        path = photograph(page, f"failed_{item.name}")
        report.sections.append(("Picture of the page", str(path)))
    return report
