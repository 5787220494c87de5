"""`diff` and `graph` on the command line: what stands between two saved models, without a notebook.

A `.keras` file is loaded without running any code that it brings; a `.json` file, as `graph` writes
it, is plain data, and two of them are compared without importing Keras.
"""

from __future__ import annotations

import contextlib
import html
import json
import os
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exercises_check.graph import Graph, from_json, to_json

if TYPE_CHECKING:
    from exercises_check.comparison import Comparison

SAME, DIFFERENT, NOT_COMPARED = 0, 1, 2  # the exit status

# As text, the graph of a model with 3,000 layers takes 2 MB. More than this is no model.
LARGEST_JSON = 64 * 2**20


class CannotCompare(Exception):
    """A file is not a model that can be compared. The text says what it is and what to do."""


def read_file(path: Path) -> Graph:
    """The graph of the model in a `.keras` file, or the one that a `.json` file holds.

    Raises:
        CannotCompare: there is no such graph.
    """
    if path.is_dir():
        raise CannotCompare(f"`{path}` is a folder; expected a .keras or a .json file.")
    if not path.exists():
        raise CannotCompare(f"There is no file `{path}`: check its name and its folder.")
    readers = {".keras": _read_keras, ".json": _read_json}
    if path.suffix not in readers:
        raise CannotCompare(
            f"`{path}` is no .keras or .json file: save the model with "
            "model.save('model.keras') and name that file."
        )
    try:
        return readers[path.suffix](path)
    except OSError as error:
        raise CannotCompare(f"`{path}` cannot be read: {error.strerror or error}.") from None


def _read_json(path: Path) -> Graph:
    _refuse_large(path, path.stat().st_size)
    data = path.read_bytes()
    try:
        # A Windows shell writes what a command prints in an encoding of its own.
        return from_json(data.decode(json.detect_encoding(data)))
    except ValueError as error:
        raise CannotCompare(
            f"`{path}` does not hold a graph: write it with python -m exercises_check graph. "
            f"{_first_line(error)}"
        ) from None


def _refuse_large(path: Path, size: int) -> None:
    if size > LARGEST_JSON:
        raise CannotCompare(
            f"`{path}` describes a model in {size / 2**20:,.0f} MB; expected at most "
            f"{LARGEST_JSON / 2**20:,.0f} MB. It is not a model that Keras could build."
        )


# .keras files -------------------------------------------------------------------------------------


def _read_keras(path: Path) -> Graph:
    foreign = _foreign(_config(path))
    if foreign:
        raise CannotCompare(f"`{path}` contains {foreign}")
    with _quiet():
        try:
            import keras

            from exercises_check.read import NotReadable, read
        except ImportError as error:
            raise CannotCompare(f"Keras is not here ({error}): run make lab.") from None
        try:
            model = keras.saving.load_model(path, compile=False, safe_mode=True)
            return read(model)
        except NotReadable as error:
            raise CannotCompare(f"`{path}`: {error}") from None
        except Exception as error:  # whatever is wrong with a file, Keras may raise anything
            raise CannotCompare(_not_loaded(path, error, keras.__version__)) from None


def _not_loaded(path: Path, error: Exception, version: str) -> str:
    if "could not be loaded" in str(error):
        return (
            f"Keras {version} does not restore all weights of `{path}`: a layer that nested models "
            "share does not survive model.save. Compare such models in a notebook, with "
            "exercises_check.compare."
        )
    return (
        f"Keras {version} does not load `{path}`: {type(error).__name__}: {_first_line(error)} "
        "Save it again with model.save('model.keras')."
    )


def _config(path: Path) -> Any:
    """What a `.keras` file says of its model. Its weights are not looked at."""
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_large(path, archive.getinfo("config.json").file_size)
            config = json.loads(archive.read("config.json"))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, KeyError, ValueError, RecursionError):
        config = None
    except (NotImplementedError, RuntimeError):  # packed in a way that Keras never uses
        config = None
    if not isinstance(config, dict):
        raise CannotCompare(
            f"`{path}` is damaged or was not written by Keras 3: save the model again with "
            "model.save('model.keras')."
        )
    config.pop("compile_config", None)  # a loss of one's own is not part of the graph
    return config


def _foreign(value: Any) -> str:
    """What in a model's description is not Keras' own, in words; `""` where all of it is."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(value.values())
            name = str(value.get("class_name", ""))
            if name in ("Lambda", "__lambda__"):
                return (
                    "a Lambda, whose Python code is not run: put a layer or an operation of "
                    "keras.ops in its place and save the model again."
                )
            if name == "function":
                name = str(value.get("config"))
            # Keras names its own modules; a class or function of somebody else has none, or its.
            if "module" in value and str(value["module"]).split(".")[0] != "keras":
                return (
                    f"`{name}`, which is not Keras' own, and no code is run for it: compare such "
                    "models in a notebook, with exercises_check.compare."
                )
        elif isinstance(value, list):
            waiting.extend(value)
    return ""


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep TensorFlow's remarks off stderr: it writes them before it can be told not to."""
    sys.stderr.flush()
    stderr = os.dup(2)
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(stderr, 2)
            os.close(stderr)


def _first_line(error: Exception) -> str:
    line = next((line.strip() for line in str(error).splitlines() if line.strip()), "")
    return line if not line or line.endswith((".", "!", "?")) else f"{line}."


# What is written ----------------------------------------------------------------------------------


def differences_json(comparison: Comparison) -> str:
    """The differences as a JSON list, the cause to mend first at the top."""
    fields = ("kind", "message", "name", "expected", "found")
    rows = [{field: getattr(d, field) for field in fields} for d in comparison.differences]
    return json.dumps(rows, indent=1, ensure_ascii=False) + "\n"


def page(comparison: Comparison, title: str) -> str:
    """A comparison as an HTML page of its own: the listing and the picture, and no script."""
    style = (
        ":root{color-scheme:light dark}"
        "body{font-family:system-ui,sans-serif;max-width:76em;margin:2em auto;padding:0 1em}"
        "h1{font-size:1.2em}"
    )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{html.escape(title)}</title><style>{style}</style></head>\n"
        f"<body><h1>{html.escape(title)}</h1>\n{comparison._repr_html_()}\n</body></html>\n"
    )


def diff(found: Path, expected: Path, html_to: Path | None, json_to: Path | None) -> int:
    """Prints what stands between two files; returns the exit status."""
    from exercises_check.comparison import compare_graphs

    comparison = compare_graphs(read_file(found), read_file(expected))
    title = f"{found.name} compared with {expected.name}"
    if html_to is not None:
        _write(html_to, page(comparison, title))
    if json_to is not None:
        _write(json_to, differences_json(comparison))
    _print(f"{title}\n\n{comparison!r}")
    return SAME if comparison.same else DIFFERENT


def graph(path: Path) -> int:
    """Prints a model as a graph in JSON; returns the exit status."""
    _print(to_json(read_file(path)))
    return 0


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        reason = error.strerror or error
        raise CannotCompare(f"`{path}` cannot be written: {reason}.") from None


def _print(text: str) -> None:
    # Where output goes to a file, Windows would not know the signs ✓ and ▶.
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")
    print(text)


def _or_say_why(run, *arguments) -> int:
    try:
        return run(*arguments)
    except CannotCompare as why:
        print(why, file=sys.stderr)
    except Exception as error:  # status 1 would say that the models differ
        text = f"The checker failed with {type(error).__name__}: {_first_line(error)}"
        print(f"{text} If the files are as Keras wrote them, please report it.", file=sys.stderr)
    return NOT_COMPARED


def add_command(commands) -> None:
    """Adds `diff` and `graph` to the command line."""
    text = "say what stands between two saved models"
    parser = commands.add_parser(
        "diff",
        help=text,
        description=f"{text}. Exit status: 0 the same, 1 different, 2 not compared.",
    )
    parser.add_argument("found", type=Path, metavar="A", help="a .keras or .json file")
    parser.add_argument("expected", type=Path, metavar="B", help="what A should be the same as")
    parser.add_argument("--html", type=Path, metavar="OUT", help="write a page with the picture")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the differences as data")
    parser.set_defaults(run=lambda p: _or_say_why(diff, p.found, p.expected, p.html, p.json))

    text = "print a saved model as a graph in JSON, which diff reads without Keras"
    parser = commands.add_parser("graph", help=text, description=text)
    parser.add_argument("model", type=Path, metavar="A", help="a .keras file")
    parser.set_defaults(run=lambda p: _or_say_why(graph, p.model))
