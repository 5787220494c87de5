"""What pytest has to know about the course, and nbval, its plugin that runs notebooks.

With it, `pytest --nbval-lax chapters solutions` also fails where a check in a chapter answers
anything but "Not attempted yet", or a check in a solution anything but that it passed. Tests leave
alone what the person who runs them has solved.
"""

import os
import tempfile

import checks
import pytest
from nbval.plugin import IPyNbCell

# Compared are texts. Pictures and layout depend on the fonts and the browser; stored solutions
# leave out the log lines on stderr.
NOT_COMPARED = ("text/html", "text/markdown", "image/svg+xml", "application/javascript", "stderr")

_record = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)  # goes with this process
os.environ["KERAS_COURSE_DATA"] = _record.name

# Sentences are held against the English ones, wherever this runs. A notebook in another language
# says so itself.
os.environ["EXERCISES_CHECK_LANG"] = "en"


def pytest_itemcollected(item):
    if isinstance(item, IPyNbCell):
        notebook = item.parent
        notebook.skip_compare = (*notebook.skip_compare, *NOT_COMPARED)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    result = yield
    if isinstance(item, IPyNbCell) and (folder := checks.folder_of(item.path)):
        tags = item.cell.metadata.get("tags", ())
        if checks.shown_check(item.cell.source) and (
            problem := checks.problem(folder, tags, item.test_outputs)
        ):
            item.raise_cell_error(problem)
    return result
