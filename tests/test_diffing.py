"""`diff` and `graph` on the command line: saved models compared, and nothing in a file is run."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import keras
import pytest
from keras import layers

from exercises_check import diffing
from exercises_check.__main__ import main
from exercises_check.graph import from_json, to_json
from exercises_check.read import read

ROOT = Path(__file__).parent.parent


def model(units=3, name="features"):
    inputs = keras.Input((8,), name=name)
    x = layers.Dense(units, activation="relu", name="hidden")(inputs)
    return keras.Model(inputs, layers.Dense(1, name="score")(x))


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A folder with a.keras and a.json, which are the same, and b.keras and b.json, which are not
    the same as these."""
    folder = tmp_path_factory.mktemp("models")
    for stem, units in (("a", 3), ("b", 4)):
        built = model(units)
        built.save(folder / f"{stem}.keras")
        folder.joinpath(f"{stem}.json").write_text(to_json(read(built)), encoding="utf-8")
    return folder


def saved(folder, build):
    """The path of a `.keras` file with the model whose last layer `build` gives."""
    inputs = keras.Input((8,))
    path = folder / "model.keras"
    keras.Model(inputs, build(inputs)).save(path)
    return path


def command(*arguments, code="import sys; from exercises_check.__main__ import main; "):
    code += "sys.exit(main(sys.argv[1:]))"
    program = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(program, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)


def refusal(capsys, *arguments):
    """The one line that says why two files are not compared."""
    assert main(["diff", *map(str, arguments)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    (line,) = said.err.splitlines()
    return line


# Comparing


@pytest.mark.parametrize("kinds", ["keras keras", "keras json", "json keras", "json json"])
def test_equal_models_end_with_0_and_others_with_1_whatever_the_files(files, kinds, capsys):
    one, other = kinds.split()
    assert main(["diff", str(files / f"a.{one}"), str(files / f"a.{other}")]) == 0
    assert "✓ The two models are the same." in capsys.readouterr().out
    assert main(["diff", str(files / f"a.{one}"), str(files / f"b.{other}")]) == 1
    said = capsys.readouterr()
    assert said.err == ""
    assert said.out.startswith(f"a.{one} compared with b.{other}\n\n✗ 1 difference.\n")
    assert "▶ hidden" in said.out
    assert "╰─ `hidden` has units=3; expected units=4." in said.out


def test_every_difference_is_printed(tmp_path, capsys):
    files = [tmp_path / "a.json", tmp_path / "b.json"]
    inputs = keras.Input((8,))
    other = keras.Model(inputs, layers.Dense(2)(layers.Dense(5, activation="tanh")(inputs)))
    for path, built in zip(files, (model(), other), strict=True):
        path.write_text(to_json(read(built)), encoding="utf-8")
    assert main(["diff", *map(str, files)]) == 1
    out = capsys.readouterr().out
    for words in ("expected units=5", "activation 'relu'; expected activation 'tanh'", "units=2"):
        assert words in out


def test_graphs_are_compared_without_importing_keras(files):
    code = (
        "import sys, atexit; from exercises_check.__main__ import main; "
        "atexit.register(lambda: print([m for m in ('keras', 'tensorflow') if m in sys.modules])); "
    )
    done = command("diff", files / "a.json", files / "b.json", code=code)
    assert (done.returncode, done.stdout.splitlines()[-1], done.stderr) == (1, "[]", "")


def test_a_saved_model_is_compared_without_a_line_from_tensorflow(files):
    done = command("diff", files / "a.keras", files / "b.keras")
    assert (done.returncode, done.stderr) == (1, "")
    assert "expected units=4" in done.stdout


def test_the_html_page_has_listing_and_picture_and_needs_nothing_else(files, tmp_path):
    out = tmp_path / "page.html"
    main(["diff", str(files / "a.json"), str(files / "b.json"), "--html", str(out)])
    text = out.read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert "<title>a.json compared with b.json</title>" in text
    assert "has units=3" in text
    assert 'src="data:image/svg+xml;charset=utf-8,' in text
    for word in ("<script", 'src="http', "href=", "@import", "url("):
        assert word not in text


def test_a_name_in_a_file_cannot_write_into_the_page(tmp_path):
    path = tmp_path / "<b>.json"
    name = "x<img src=x onerror=alert(1)>"
    path.write_text(to_json(read(model())).replace("hidden", name), encoding="utf-8")
    (tmp_path / "b.json").write_text(to_json(read(model(4))), encoding="utf-8")
    out = tmp_path / "page.html"
    main(["diff", str(path), str(tmp_path / "b.json"), "--html", str(out)])
    text = out.read_text(encoding="utf-8")
    assert "<img src=x" not in text
    assert "<b>.json" not in text


def test_the_differences_are_written_as_data(files, tmp_path):
    out = tmp_path / "differences.json"
    main(["diff", str(files / "a.json"), str(files / "b.json"), "--json", str(out)])
    (difference,) = json.loads(out.read_text(encoding="utf-8"))
    assert difference == {
        "kind": "setting",
        "message": "`hidden` has units=3; expected units=4.",
        "name": "hidden",
        "expected": "4",
        "found": "3",
    }
    main(["diff", str(files / "a.json"), str(files / "a.json"), "--json", str(out)])
    assert json.loads(out.read_text(encoding="utf-8")) == []


def test_graph_prints_what_diff_reads(files, capsys):
    assert main(["graph", str(files / "a.keras")]) == 0
    text = capsys.readouterr().out
    assert from_json(text) == from_json((files / "a.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_graph_that_a_windows_shell_wrote_is_read(files, tmp_path, encoding):
    path = tmp_path / "a.json"
    path.write_text((files / "a.json").read_text(encoding="utf-8"), encoding=encoding)
    assert main(["diff", str(path), str(files / "a.json")]) == 0


# Not comparing


def test_a_file_that_is_not_there_is_said(files, capsys):
    line = refusal(capsys, files / "a.json", files / "c.json")
    assert line == f"There is no file `{files / 'c.json'}`: check its name and its folder."


def test_a_folder_is_said(files, capsys):
    assert "is a folder; expected a .keras or a .json file." in refusal(capsys, files, files)


def test_another_extension_is_told_what_to_save(tmp_path, capsys):
    path = tmp_path / "a.h5"
    path.touch()
    assert "model.save('model.keras')" in refusal(capsys, path, path)


@pytest.mark.parametrize("kept", [0, 10, 0.5], ids=["empty", "its beginning", "its first half"])
def test_a_damaged_file_is_told_to_be_saved_again(files, tmp_path, kept, capsys):
    data = (files / "a.keras").read_bytes()
    path = tmp_path / "a.keras"
    path.write_bytes(data[: kept if isinstance(kept, int) else int(kept * len(data))])
    line = refusal(capsys, path, files / "a.json")
    assert "is damaged or was not written by Keras 3: save the model again" in line


def rewritten(source, target, change):
    """A `.keras` file with another description of the model."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, change(data) if name == "config.json" else data)
    return target


@pytest.mark.parametrize("config", [b"", b"[]", b"{" * 100_000, b"\xff\xfe\x00"])
def test_a_description_that_is_none_is_said(files, tmp_path, config, capsys):
    path = rewritten(files / "a.keras", tmp_path / "a.keras", lambda _: config)
    assert "is damaged or was not written by Keras 3" in refusal(capsys, path, path)


def test_what_keras_does_not_load_is_said_in_one_line_with_its_version(files, tmp_path, capsys):
    change = rewritten(
        files / "a.keras", tmp_path / "a.keras", lambda text: text.replace(b'"Dense"', b'"Dens"')
    )
    line = refusal(capsys, change, change)
    assert line.startswith(f"Keras {keras.__version__} does not load `{change}`: ")


def test_weights_that_keras_cannot_restore_are_said(tmp_path, capsys):
    shared = layers.Dense(8)
    inner = keras.Sequential([keras.Input((8,)), shared])
    path = saved(tmp_path, lambda inputs: shared(inner(inputs)))
    assert "a layer that nested models share does not survive" in refusal(capsys, path, path)


def test_a_model_without_a_graph_is_told_what_is_expected(tmp_path, capsys):
    path = tmp_path / "unbuilt.keras"
    keras.Sequential([layers.Dense(2)]).save(path)
    assert "Expected `keras.Input(shape=...)`" in refusal(capsys, path, path)


@pytest.mark.parametrize("text", ["", "{}", "[1, 2]", "null", "[" * 100_000, "1" * 10_000])
def test_json_that_is_no_graph_is_told_how_to_write_one(files, tmp_path, text, capsys):
    path = tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")
    line = refusal(capsys, path, files / "a.json")
    assert "does not hold a graph: write it with python -m exercises_check graph." in line


def test_a_file_larger_than_any_model_is_not_read(files, monkeypatch, capsys):
    monkeypatch.setattr(diffing, "LARGEST_JSON", 500)
    assert "expected at most" in refusal(capsys, files / "a.json", files / "a.json")
    assert "expected at most" in refusal(capsys, files / "a.keras", files / "a.keras")


def test_a_page_that_cannot_be_written_is_said(files, tmp_path, capsys):
    out = tmp_path / "no" / "page.html"
    line = refusal(capsys, files / "a.json", files / "b.json", "--html", out)
    assert line.startswith(f"`{out}` cannot be written: ")


def test_a_fault_of_the_checker_is_not_taken_for_a_difference(files, monkeypatch, capsys):
    monkeypatch.setattr(diffing, "page", lambda *_: 1 / 0)
    line = refusal(capsys, files / "a.json", files / "a.json", "--html", "page.html")
    assert line.startswith("The checker failed with ZeroDivisionError: division by zero.")


# Running nothing


def custom_function(x):
    return x


class CustomLayer(layers.Layer):
    def call(self, x):
        return x


@keras.saving.register_keras_serializable("mine")
class RegisteredLayer(layers.Layer):
    def call(self, x):
        return x


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda x: layers.Lambda(lambda y: y)(x), "contains a Lambda, whose Python code"),
        (lambda x: layers.Lambda(custom_function)(x), "contains a Lambda, whose Python code"),
        (lambda x: layers.Dense(2, activation=custom_function)(x), "contains `custom_function`,"),
        (lambda x: CustomLayer()(x), "contains `CustomLayer`, which is not Keras' own"),
        (lambda x: RegisteredLayer()(x), "contains `RegisteredLayer`, which is not Keras' own"),
    ],
    ids=["lambda", "Lambda of a function", "activation", "layer", "registered layer"],
)
def test_code_of_the_author_is_named_and_not_run(files, tmp_path, build, words, capsys):
    assert words in refusal(capsys, saved(tmp_path, build), files / "a.json")


@pytest.mark.parametrize(
    "call",
    [
        {"module": "os", "class_name": "function", "config": "system", "registered_name": "system"},
        {"module": "os", "class_name": "system", "config": {}, "registered_name": None},
        {"module": "keras.utils", "class_name": "get_file", "config": {}, "registered_name": None},
        {"class_name": "__lambda__", "config": {"value": ["4wA=", None, None]}},
    ],
    ids=["function", "class", "function of Keras", "lambda"],
)
def test_a_file_that_names_a_function_to_call_is_refused(files, tmp_path, call, capsys):
    def change(text):
        return text.replace(b'"activation": "relu"', b'"activation": ' + json.dumps(call).encode())

    path = rewritten(files / "a.keras", tmp_path / "a.keras", change)
    assert str(path) in refusal(capsys, path, files / "a.json")


def test_a_loss_of_ones_own_does_not_matter(files, tmp_path):
    built = model()
    built.compile(loss=custom_function)
    path = tmp_path / "a.keras"
    built.save(path)
    assert main(["diff", str(path), str(files / "a.json")]) == 0
