"""Graphviz without a `dot` program: the Graphviz inside the pygraphviz package draws.

Two users: `keras.utils.plot_model`, after `install()`, and our own drawing module, through
`render()`. Neither Keras nor pygraphviz is imported before it is needed.
"""

import contextlib
import functools
import importlib.util
import os
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path

from exercises_check.language import N_, _, pgettext

LAYOUTS = ("dot", "neato", "twopi", "circo", "fdp", "sfdp")

HOW_TO_GET_PICTURES = N_(
    "Pictures need Graphviz, and neither the Python package pygraphviz nor a program called "
    "`dot` is here. `pip install pygraphviz` brings Graphviz along on Linux, Windows and Macs "
    "with Apple silicon; elsewhere `conda install graphviz` or the system's package manager "
    "brings `dot`. Restart the kernel afterwards."
)


class NoGraphviz(OSError):
    """Neither pygraphviz nor a `dot` program can draw here; the text says how to get pictures.

    An OSError, because that is what pydot raises without `dot` and what Keras looks for.
    """


# The matplotlib of this environment carries the DejaVu fonts. With them a picture has its words
# on a machine without any font, and the same widths on every machine that draws this way.
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
  <alias><family>Courier</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
  <alias><family>Times</family><prefer><family>DejaVu Serif</family></prefer></alias>
  <alias><family>serif</family><prefer><family>DejaVu Serif</family></prefer></alias>
  <match>
    <edit name="family" mode="append_last"><string>DejaVu Sans</string></edit>
  </match>
</fontconfig>
"""

# Graphviz and the process's stderr are both shared by all threads: one picture at a time.
_drawing = threading.RLock()
if hasattr(os, "register_at_fork"):  # not on Windows, which cannot fork
    # A child forked in the middle of a picture would inherit a lock that nobody releases.
    os.register_at_fork(
        before=_drawing.acquire,
        after_in_parent=_drawing.release,
        after_in_child=_drawing.release,
    )


def install() -> bool:
    """Let `keras.utils.plot_model` and every other user of pydot draw without a `dot` program.

    Does nothing where a `dot` program is on the PATH, or where pydot or pygraphviz is missing:
    then Keras and pydot behave, and complain, as they do by themselves. Calling it again changes
    nothing. Costs the import of pydot, which Keras imports anyway.

    Returns:
        True when pydot draws through pygraphviz from now on, else False.
    """
    if shutil.which("dot") or not _has("pygraphviz") or not _has("pydot"):
        return False
    import pydot

    if not hasattr(pydot.Dot.create, "without_dot"):
        pydot.Dot.create = _create_through_pygraphviz(pydot.Dot.create)
    return True


def render(dot_source: str, format: str = "svg") -> bytes:
    """The picture of a graph in the DOT language, as the bytes of an image file.

    Drawn inside this process by pygraphviz where it is installed (about 1 ms for a small SVG,
    the same on every machine), else by a `dot` program on the PATH (about 40 ms).

    Args:
        dot_source: a whole graph, `digraph { ... }`.
        format: what Graphviz calls it: "svg", "png", "pdf", ...

    Raises:
        NoGraphviz: there is no Graphviz; the message says how to get it.
        ValueError: Graphviz cannot read the source or does not know the format.
    """
    if _has("pygraphviz"):
        return _draw_here(dot_source, format, "dot")
    program = shutil.which("dot")
    if program is None:
        raise NoGraphviz(_(HOW_TO_GET_PICTURES))
    run = subprocess.run(
        [program, f"-T{format}"], input=dot_source.encode(), capture_output=True, check=False
    )
    if run.returncode:
        raise _cannot_draw(format, run.stderr.decode(errors="replace"))
    return run.stdout


def _has(package):
    return importlib.util.find_spec(package) is not None


def _create_through_pygraphviz(create_with_a_program):
    """A stand-in for `pydot.Dot.create`, with its arguments, its defaults and its result."""

    @functools.wraps(create_with_a_program)
    def create(self, prog=None, format="ps", encoding=None):
        layout = self.prog if prog is None else prog
        if layout not in LAYOUTS:  # a path, or a program with options: not ours to imitate
            return create_with_a_program(self, prog, format, encoding)
        return _draw_here(self.to_string(), format, layout)

    create.without_dot = True
    return create


def _draw_here(dot_source, format, layout):
    try:
        import pygraphviz
    except ImportError as problem:  # it is installed, and a library it was built for is not
        message = _("{advice} (pygraphviz is installed but cannot start: {error})")
        advice = _(HOW_TO_GET_PICTURES)
        raise NoGraphviz(message.format(advice=advice, error=problem)) from problem

    with _drawing, _fonts_from_matplotlib(), _graphviz_remarks() as remarks:
        try:
            graph = pygraphviz.AGraph(string=dot_source)
            graph.number_of_nodes = lambda: 0  # above 1,000 nodes draw() would print a warning
            picture = graph.draw(format=format, prog=layout)
            graph.close()
        except (ValueError, TypeError, pygraphviz.DotError):  # TypeError: an unknown format
            picture = None
    if picture is None:
        raise _cannot_draw(format, remarks())
    if remarks():
        os.write(2, remarks().encode())
    return picture


def _cannot_draw(format, remarks):
    message = _(
        "Graphviz cannot draw this source as {format}; expected a graph in the DOT language "
        "and a format it knows. It says: {remarks}"
    )
    says = remarks.strip() or pgettext("says", "nothing")
    return ValueError(message.format(format=repr(format), remarks=says))


@contextlib.contextmanager
def _graphviz_remarks():
    """Keep what Graphviz writes straight to file descriptor 2, where Python cannot see it.

    Its fontconfig complains on every system with newer settings than its own; those lines are
    dropped. All else, be it from another thread that wrote meanwhile, is given back.

    Yields:
        a function that returns the kept text once the block is left.
    """
    kept = []
    try:
        stderr = os.dup(2)
    except OSError:  # a process without stderr, as a windowed program has on Windows
        yield lambda: ""
        return
    with tempfile.TemporaryFile() as file:
        os.dup2(file.fileno(), 2)
        try:
            yield lambda: "".join(kept)
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
            file.seek(0)
            lines = file.read().decode(errors="replace").splitlines(keepends=True)
            kept += [line for line in lines if not line.startswith("Fontconfig ")]


@contextlib.contextmanager
def _fonts_from_matplotlib():
    """Have fontconfig find matplotlib's fonts, whatever the system has.

    Fontconfig reads its settings once per process, at the first picture: only then is the
    environment changed, and changed back. Somebody's own FONTCONFIG_FILE is respected.
    """
    fonts = None if _fonts_from_matplotlib.done else _matplotlib_fonts()
    _fonts_from_matplotlib.done = True
    if fonts is None or "FONTCONFIG_FILE" in os.environ:
        yield
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        settings = Path(folder, "fonts.conf")
        settings.write_text(FONTS.format(fonts=fonts, cache=folder), encoding="utf-8")
        os.environ["FONTCONFIG_FILE"] = str(settings)
        try:
            yield
        finally:
            del os.environ["FONTCONFIG_FILE"]


_fonts_from_matplotlib.done = False


def _matplotlib_fonts():
    """The folder with matplotlib's fonts, found without importing it, or None."""
    package = importlib.util.find_spec("matplotlib")
    if package is None or package.origin is None:
        return None
    fonts = Path(package.origin).parent / "mpl-data" / "fonts" / "ttf"
    return fonts if fonts.is_dir() else None
