"""The doctor's lines, and its exit status."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from jupyter_client import kernelspec

from exercises_check import doctor
from exercises_check.__main__ import main
from exercises_check.warm import provisioner

PINS = ["# how these were made", "keras==3.15.1   # via tensorflow", "", "ml-dtypes==0.6.0"]
HEALTHY = {"keras": "3.15.1", "ml-dtypes": "0.6.0"}


def kernel(monkeypatch, program):
    """Lets Jupyter find one kernel called python3 that runs a program, or none."""

    def get_kernel_spec(self, name):
        if program is None:
            raise kernelspec.NoSuchKernel(name)
        return SimpleNamespace(argv=[program, "-m", "ipykernel_launcher"])

    monkeypatch.setattr(kernelspec.KernelSpecManager, "get_kernel_spec", get_kernel_spec)


def modules(folder, *names, compiled):
    """Makes a folder of empty modules, with or without bytecode."""
    folder.mkdir()
    for name in names:
        module = folder / name
        module.touch()
        if compiled:
            bytecode = Path(doctor.importlib.util.cache_from_source(str(module)))
            bytecode.parent.mkdir(exist_ok=True)
            bytecode.touch()
    return folder


# Each check


def test_a_python_of_the_course_is_ok():
    assert doctor.check_python("3.12.1", ">=3.11,<3.14").mark == "OK"


def test_another_python_is_told_the_range():
    finding = doctor.check_python("3.14.0", ">=3.11,<3.14")
    assert finding.mark == "FIX"
    assert "Python is 3.14.0, expected >=3.11,<3.14" in finding.text


def test_packages_as_pinned_are_ok():
    finding = doctor.check_packages(PINS, HEALTHY)
    assert str(finding) == "OK   packages: 2 installed, as requirements.txt pins them"


def test_a_package_of_another_version_is_named_with_the_command_that_mends_it():
    finding = doctor.check_packages(PINS, {**HEALTHY, "keras": "3.14.0"})
    assert finding.mark == "FIX"
    assert finding.text.startswith("packages: keras is 3.14.0, expected ==3.15.1: run ")
    assert finding.text.endswith("-m pip install -r requirements.txt")


def test_a_missing_package_is_named():
    finding = doctor.check_packages(PINS, {"keras": "3.15.1"})
    assert finding.mark == "FIX"
    assert "ml-dtypes is missing, expected ==0.6.0" in finding.text


def test_of_many_missing_packages_three_are_named_and_the_rest_counted():
    finding = doctor.check_packages([f"package{n}==1.0" for n in range(10)], {})
    assert finding.text.count("is missing") == 3
    assert "; and 7 more: run" in finding.text


def test_a_pin_for_another_platform_is_not_asked_for():
    finding = doctor.check_packages([*PINS, "appnope==1.0 ; sys_platform == 'beos'"], HEALTHY)
    assert finding.mark == "OK"


def test_a_package_is_found_under_any_spelling_of_its_name(monkeypatch):
    found = [SimpleNamespace(name="Ml_Dtypes", version="0.6.0")]
    monkeypatch.setattr(doctor.importlib.metadata, "distributions", lambda: found)
    assert doctor.installed_versions() == {"ml-dtypes": "0.6.0"}


def test_a_kernel_that_runs_this_python_is_ok(monkeypatch):
    for program in ("python", "python3", sys.executable):
        kernel(monkeypatch, program)
        assert doctor.check_kernel() == doctor.ok("kernel: python3 runs this Python")


def test_a_kernel_that_runs_another_python_is_to_be_mended(monkeypatch):
    kernel(monkeypatch, "/opt/other/bin/python")
    finding = doctor.check_kernel()
    assert finding.mark == "FIX"
    assert "runs /opt/other/bin/python, expected " in finding.text
    assert finding.text.endswith("-m ipykernel install --sys-prefix")


def test_a_missing_kernel_is_to_be_mended(monkeypatch):
    kernel(monkeypatch, None)
    assert doctor.check_kernel().mark == "FIX"


WARM = "keras-course-warm"


@pytest.fixture
def supported(monkeypatch):
    monkeypatch.setattr(provisioner, "unsupported", lambda: "")
    monkeypatch.setattr(provisioner, "no_place", lambda environment: "")


def test_a_warm_kernel_that_jupyter_knows_of_is_ok(supported):
    finding = doctor.check_warm_kernel({WARM, "local-provisioner"})
    assert finding == doctor.ok("warm kernel: notebooks of make lab begin with Keras imported")


def test_a_warm_kernel_that_jupyter_does_not_know_of_is_to_be_mended(supported):
    assert str(doctor.check_warm_kernel({"local-provisioner"})) == (
        "FIX  warm kernel: Jupyter does not know of it, so each notebook imports Keras itself, "
        "which takes some seconds: run make lab"
    )


def test_on_another_system_the_plain_kernel_is_a_note(supported, monkeypatch):
    monkeypatch.setattr(provisioner, "unsupported", lambda: "it needs Linux")
    assert str(doctor.check_warm_kernel({WARM})) == (
        "NOTE warm kernel: it needs Linux, so each notebook imports Keras itself, which takes "
        "some seconds"
    )


def test_the_package_is_looked_for_from_another_folder(monkeypatch):
    seen = {}

    def run(command, cwd, check):
        seen["cwd"] = Path(cwd).resolve()
        return SimpleNamespace(returncode=1)

    monkeypatch.setattr(doctor.subprocess, "run", run)
    finding = doctor.check_import()
    assert finding.mark == "FIX"
    assert finding.text.endswith("-m pip install --no-deps -e .")
    assert seen["cwd"] != Path.cwd()


@pytest.mark.parametrize(
    ("dot", "pygraphviz", "expected"),
    [
        ("/usr/bin/dot", False, "OK   pictures: Graphviz at /usr/bin/dot"),
        (None, True, "OK   pictures: the Graphviz inside pygraphviz"),
        (None, False, "NOTE pictures: Graphviz is not here, so models are shown as text."),
    ],
)
def test_pictures_come_from_dot_or_pygraphviz_and_without_both_it_is_a_note(
    monkeypatch, dot, pygraphviz, expected
):
    monkeypatch.setattr(doctor.shutil, "which", lambda name: dot)
    monkeypatch.setattr(doctor, "has", lambda module: pygraphviz)
    assert str(doctor.check_graphviz()).startswith(expected)


def test_compiled_packages_are_ok(tmp_path):
    folder = modules(tmp_path / "keras", "a.py", "b.py", compiled=True)
    assert doctor.check_bytecode([folder]).mark == "OK"


def test_packages_without_bytecode_are_to_be_mended(tmp_path):
    compiled = modules(tmp_path / "keras", "a.py", compiled=True)
    bare = modules(tmp_path / "tensorflow", "a.py", "b.py", compiled=False)
    finding = doctor.check_bytecode([bare, compiled])
    assert finding.mark == "FIX"
    assert "2 modules of TensorFlow and Keras are not compiled" in finding.text
    assert finding.text.endswith(f"-m compileall -q -j 0 {tmp_path}")


def test_packages_that_are_not_there_are_not_called_compiled():
    assert doctor.check_bytecode([]).mark == "FIX"


def test_scikit_learn_is_a_note_because_keras_imports_it():
    assert doctor.check_sklearn(HEALTHY).mark == "OK"
    finding = doctor.check_sklearn({**HEALTHY, "scikit-learn": "1.9.1"})
    assert finding.mark == "NOTE"
    assert "0.8 s slower" in finding.text


def test_the_digits_load():
    assert str(doctor.check_data()) == "OK   data: 1,797 handwritten digits"


def test_digits_that_do_not_load_are_to_be_mended(monkeypatch):
    def load_digits():
        raise FileNotFoundError("digits.npz")

    monkeypatch.setattr("exercises_check.datasets.load_digits", load_digits)
    assert str(doctor.check_data()).startswith("FIX  data: the digits do not load (digits.npz)")


def test_memory_is_told_and_too_little_is_to_be_mended():
    assert str(doctor.check_memory(8e9)) == "OK   memory: 8.0 GB available"
    assert doctor.check_memory(0.4e9).mark == "FIX"
    assert doctor.check_memory(None).mark == "NOTE"


def test_memory_can_be_told_here():
    assert doctor.available_memory() > 0


def test_disk_is_told_and_too_little_is_to_be_mended():
    assert str(doctor.check_disk(50e9)) == "OK   disk: 50.0 GB free"
    assert doctor.check_disk(0.4e9).mark == "FIX"


# All together


def test_the_status_is_0_when_nothing_needs_mending(capsys):
    status = doctor.diagnose([lambda: doctor.ok("Python"), lambda: doctor.note("no pictures")])
    assert capsys.readouterr().out == "OK   Python\nNOTE no pictures\n"
    assert status == 0


def test_the_status_is_1_when_something_needs_mending(capsys):
    status = doctor.diagnose([lambda: doctor.fix("Python"), lambda: doctor.ok("disk")])
    assert capsys.readouterr().out == "FIX  Python\nOK   disk\n"
    assert status == 1


def test_a_check_that_fails_itself_does_not_stop_the_others(capsys):
    def broken():
        raise ImportError("no module named zmq")

    assert doctor.diagnose([broken, lambda: doctor.ok("disk")]) == 1
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("FIX  ImportError: no module named zmq")
    assert second == "OK   disk"


def test_a_python_without_the_packages_gets_one_line(monkeypatch, capsys):
    monkeypatch.setattr(doctor, "has", lambda module: False)
    assert main(["doctor"]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("FIX ")
    assert "run make lab" in line


def test_on_this_machine_every_check_answers_without_importing_keras():
    code = """
import sys
from exercises_check.__main__ import main
status = main(["doctor"])
assert not {"keras", "tensorflow"} & set(sys.modules)
sys.exit(status)
"""
    said = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.stderr == ""
    lines = said.stdout.splitlines()
    assert len(lines) == 11
    marks = {line.split()[0] for line in lines}
    assert marks <= {"OK", "FIX", "NOTE"}
    assert said.returncode == ("FIX" in marks)


def test_a_command_has_to_be_named(capsys):
    with pytest.raises(SystemExit) as stopped:
        main([])
    assert stopped.value.code == 2
    assert "COMMAND" in capsys.readouterr().err
