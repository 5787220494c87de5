"""The set-up: the lists of packages agree, and tools/install.py says what it should."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from tools import install

ROOT = Path(__file__).parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
REQUIREMENTS = (ROOT / "requirements.txt").read_text(encoding="utf-8")
PINS = [
    Requirement(line.split("#")[0])
    for line in REQUIREMENTS.splitlines()
    if line.strip() and not line.startswith("#")
]
RANGES = [
    Requirement(line)
    for line in [
        *PYPROJECT["project"]["dependencies"],
        *PYPROJECT["project"]["optional-dependencies"]["test"],
        *PYPROJECT["build-system"]["requires"],
    ]
]
PYTHONS = SpecifierSet(PYPROJECT["project"]["requires-python"])


def pinned_versions(name):
    """The versions that requirements.txt pins for a package; several where Pythons differ."""
    return [
        specifier.version
        for pin in PINS
        if canonicalize_name(pin.name) == canonicalize_name(name)
        for specifier in pin.specifier
    ]


# The lists of packages


def test_every_requirement_is_pinned_to_one_version():
    for pin in PINS:
        assert [specifier.operator for specifier in pin.specifier] == ["=="], str(pin)
        assert pin.url is None, str(pin)


@pytest.mark.parametrize("wanted", RANGES, ids=lambda wanted: wanted.name)
def test_every_range_in_pyproject_has_a_pin_inside_it(wanted):
    versions = pinned_versions(wanted.name)
    assert versions, f"{wanted.name} is in pyproject.toml but not in requirements.txt"
    for version in versions:
        assert wanted.specifier.contains(version), f"{version} is outside {wanted.specifier}"


def test_keras_and_tensorflow_are_the_releases_the_course_was_written_for():
    assert [version.split(".")[:2] for version in pinned_versions("keras")] == [["3", "15"]]
    assert [version.split(".")[:2] for version in pinned_versions("tensorflow")] == [["2", "21"]]


def test_scikit_learn_is_not_installed_because_keras_would_import_it():
    assert pinned_versions("scikit-learn") == []


def test_requirements_name_no_index_and_no_place_on_a_machine():
    assert not re.search(r"https?:|--index|--extra-index|--find-links|file:|@ ", REQUIREMENTS)
    assert not re.search(r"(^|\s)[/~]|[A-Z]:\\", REQUIREMENTS)


def test_requirements_say_how_they_were_made_for_all_platforms_and_the_oldest_python():
    command = REQUIREMENTS.splitlines()[1]
    oldest = ".".join(map(str, install.OLDEST))
    assert "uv pip compile --universal" in command
    assert f"--python-version {oldest} " in command
    assert "--extra test" in command


def test_environment_yml_has_no_second_list_of_versions():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    assert environment["channels"] == ["conda-forge"]
    *conda, pip = environment["dependencies"]
    assert pip == {"pip": ["-r requirements.txt", "-e ."]}
    python, *others = conda
    assert others == ["graphviz", "pip"]
    assert PYTHONS.contains(re.fullmatch(r"python =(3\.\d+)", python)[1])


def test_install_py_and_pyproject_agree_on_the_pythons():
    (_, oldest), (_, newest) = install.OLDEST, install.NEWEST
    stated = SpecifierSet(f">=3.{oldest},<3.{newest + 1}")
    assert stated == PYTHONS


def test_pygraphviz_is_installed_on_every_machine_that_tensorflow_runs_on_and_no_other():
    marker = next(wanted.marker for wanted in RANGES if wanted.name == "pygraphviz")
    platforms = {"Linux": "linux", "Darwin": "darwin", "Windows": "win32"}
    for system, platform in platforms.items():
        for machine in ("x86_64", "aarch64", "arm64", "AMD64", "ARM64", "i686"):
            here = {"sys_platform": platform, "platform_machine": machine}
            assert marker.evaluate(here) == ((system, machine) in install.MACHINES), here


def test_the_workflow_runs_on_three_systems_with_the_oldest_and_the_newest_python():
    text = (ROOT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8")
    matrix = yaml.safe_load(text)["jobs"]["test"]["strategy"]["matrix"]
    assert matrix["os"] == ["ubuntu-latest", "macos-latest", "windows-latest"]
    assert matrix["python"] == [".".join(map(str, v)) for v in (install.OLDEST, install.NEWEST)]


def test_the_dev_container_installs_what_make_lab_installs():
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text())
    assert container["postCreateCommand"] == "python3 tools/install.py"


# What install.py says


def test_an_old_python_can_read_install_py_and_is_told_what_is_needed():
    source = (ROOT / "tools" / "install.py").read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 6))
    line = install.python_problem((3, 9, 2))
    assert line.startswith("Python 3.11 or newer is needed; this is 3.9.2. Install 3.12, ")
    assert "\n" not in line


def test_a_python_that_tensorflow_has_no_build_for_is_named():
    line = install.python_problem((3, 14, 0))
    assert line.startswith(
        "TensorFlow 2.21 has no build for Python 3.14.0; Python 3.11, 3.12 or 3.13 is needed. "
    )
    assert "\n" not in line


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 1), (3, 13, 9)])
def test_a_python_that_fits_is_no_problem(version):
    assert install.python_problem(version) == ""


@pytest.mark.parametrize("machine", sorted(install.MACHINES), ids=" ".join)
def test_a_machine_that_tensorflow_has_a_build_for_is_no_problem(machine):
    assert install.machine_problem(*machine) == ""


@pytest.mark.parametrize(
    ("machine", "named"),
    [
        (("Darwin", "x86_64"), "macOS on Intel"),
        (("Windows", "ARM64"), "Windows on ARM"),
        (("Windows", "AMD64", 32), "a 32-bit Python"),
        (("Linux", "riscv64"), "Linux on riscv64"),
        (("Linux", "x86_64", 64, ("", "")), "a Linux without glibc"),
        (("Linux", "x86_64", 64, ("glibc", "2.17")), "a Linux without glibc 2.28"),
    ],
    ids=str,
)
def test_a_machine_that_tensorflow_has_no_build_for_is_told_so_in_one_line(machine, named):
    line = install.machine_problem(*machine)
    assert line.startswith(f"TensorFlow 2.21 has no build for {named}")
    assert ": " in line
    assert "\n" not in line


# What install.py does, in a small project of its own and without a network


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder with the two files that install.py reads; environments come without pip."""
    root = tmp_path.resolve() / "course"
    root.mkdir()
    (root / "requirements.txt").write_text("keras==1.0\nnumpy==1.0\n")
    (root / "pyproject.toml").write_text("[project]\n")
    monkeypatch.setattr(install, "ROOT", root)
    builder = venv.EnvBuilder(symlinks=os.name != "nt")
    monkeypatch.setattr(install, "create_venv", lambda folder: builder.create(str(folder)))
    return root


@pytest.fixture
def pip(monkeypatch):
    """Stands in for pip: keeps the arguments of each call, and fails with `error` where set."""

    class Pip:
        def __init__(self):
            self.calls = []
            self.error = None

        def __call__(self, folder, *arguments):
            self.calls.append(arguments)
            if self.error:
                raise self.error

    stand_in = Pip()
    monkeypatch.setattr(install, "run_pip", stand_in)
    return stand_in


EXTRA = '[project.optional-dependencies]\nbrowser = ["playwright>=1"]\n'


def test_an_extra_is_added_once_and_stays_through_updates(project, pip, capsys):
    (project / "pyproject.toml").write_text("[project]\n" + EXTRA)
    install.main()
    pip.calls.clear()
    install.main(["--extra", "browser"])
    assert pip.calls[-1][-1] == "playwright>=1"
    assert ("--constraint", str(project / "requirements.txt")) == pip.calls[-1][-3:-1]
    pip.calls.clear()
    install.main(["--extra", "browser"])
    install.main()
    assert pip.calls == []
    (project / "requirements.txt").write_text("keras==1.1\n")
    install.main()
    assert pip.calls[-1][-1] == "playwright>=1"


OFFLINE = install.Stopped("The packages could not be downloaded.")


def test_the_first_run_installs_the_pins_and_then_the_project(project, pip, capsys):
    assert install.main() == 0
    requirements, itself = pip.calls
    assert requirements[-2:] == ("-r", str(project / "requirements.txt"))
    assert itself == ("--no-deps", "--no-build-isolation", "-e", str(project))
    said = capsys.readouterr().out
    assert "Installing the packages: about 700 MB to download" in said
    assert said.endswith("Done: everything is installed in .venv.\n")


def test_a_second_run_does_nothing(project, pip, capsys):
    install.main()
    before = sorted(project.rglob("*"))
    pip.calls.clear()
    capsys.readouterr()
    assert install.main() == 0
    assert pip.calls == []
    assert sorted(project.rglob("*")) == before
    this = ".".join(map(str, sys.version_info[:3]))
    assert capsys.readouterr().out == f"Everything is installed in .venv (Python {this}).\n"


def test_a_second_run_asks_nothing_of_the_python_that_starts_it(project, pip, monkeypatch):
    install.main()
    monkeypatch.setattr(install, "problem", lambda: "Python 3.11 or newer is needed")
    assert install.main() == 0


def test_a_python_without_venv_is_told_which_package_has_it(project, pip, monkeypatch, capsys):
    monkeypatch.setattr(
        install.importlib.util, "find_spec", lambda name: None if name == "ensurepip" else name
    )
    assert install.main() == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith(
        "its venv module is missing. On Debian or Ubuntu: sudo apt install python3-venv "
        f"(or python3.{sys.version_info[1]}-venv)"
    )
    assert not (project / ".venv").exists()


def test_a_first_run_without_network_fails_and_the_next_one_starts_anew(project, pip, capsys):
    pip.error = OFFLINE
    assert install.main() == 1
    assert capsys.readouterr().err.splitlines() == [str(OFFLINE)]
    (project / ".venv" / "half").touch()
    pip.error = None
    assert install.main() == 0
    assert not (project / ".venv" / "half").exists()
    assert "making it anew" in capsys.readouterr().out


def test_an_interrupted_run_is_not_taken_for_a_finished_one(project, pip, capsys):
    pip.error = KeyboardInterrupt()
    assert install.main() == 130
    assert "run the same command again" in capsys.readouterr().err
    pip.error = None
    assert install.main() == 0
    assert len(pip.calls) == 3


def test_new_pins_are_installed_into_the_same_environment(project, pip, capsys):
    install.main()
    (project / ".venv" / "mine").touch()
    (project / "requirements.txt").write_text("keras==2.0\n")
    pip.calls.clear()
    capsys.readouterr()
    assert install.main() == 0
    assert len(pip.calls) == 2
    assert (project / ".venv" / "mine").exists()
    assert capsys.readouterr().out.startswith("Bringing the packages in .venv up to date\n")


def test_an_update_without_network_leaves_the_environment_that_works(project, pip):
    install.main()
    (project / ".venv" / "mine").touch()
    pins = (project / "requirements.txt").read_text()
    (project / "requirements.txt").write_text("keras==2.0\n")
    pip.error = OFFLINE
    assert install.main() == 1
    assert install.main() == 1
    assert (project / ".venv" / "mine").exists()
    (project / "requirements.txt").write_text(pins)
    assert install.main() == 0


def test_a_moved_environment_is_made_anew(project, pip, monkeypatch, capsys):
    install.main()
    moved = project.parent / "moved"
    project.rename(moved)
    monkeypatch.setattr(install, "ROOT", moved)
    (moved / ".venv" / "old").touch()
    assert install.main() == 0
    assert not (moved / ".venv" / "old").exists()
    assert "making it anew" in capsys.readouterr().out


def test_a_broken_environment_is_made_anew(project, pip):
    install.main()
    install.venv_python(project / ".venv").unlink()
    pip.calls.clear()
    assert install.main() == 0
    assert len(pip.calls) == 2
    assert install.venv_version(project / ".venv")


def test_an_environment_of_somebody_else_is_left_alone(project, pip, capsys):
    (project / ".venv").mkdir()
    (project / ".venv" / "mine").touch()
    assert install.main() == 1
    assert "did not make" in capsys.readouterr().err
    assert (project / ".venv" / "mine").exists()
    assert pip.calls == []


def test_jupyterlab_does_not_ask_about_news(project, pip):
    install.main()
    settings = project / ".venv" / "share" / "jupyter" / "lab" / "settings" / "overrides.json"
    (values,) = json.loads(settings.read_text()).values()
    assert values == {"checkForUpdates": False, "fetchNews": "false"}


def test_linux_gets_the_warm_kernel_and_other_systems_have_no_need_of_it(project, pip, monkeypatch):
    kernels = project / ".venv" / "share" / "jupyter" / "kernels"
    monkeypatch.setattr(install.platform, "system", lambda: "Linux")
    install.add_warm_kernel(project / ".venv")
    spec = json.loads((kernels / "keras-course-warm" / "kernel.json").read_text())
    assert spec["display_name"] == "Keras course (warm)"
    assert spec["argv"][0] == str(install.venv_python(project / ".venv"))
    shutil.rmtree(kernels)
    monkeypatch.setattr(install.platform, "system", lambda: "Darwin")
    install.add_warm_kernel(project / ".venv")
    assert not kernels.exists()


def test_the_warm_kernel_is_started_by_an_entry_point_of_the_course():
    points = PYPROJECT["project"]["entry-points"]["jupyter_client.kernel_provisioners"]
    assert list(points) == [install.WARM]
    metadata = install.warm_kernel(Path(".venv"))["metadata"]
    assert metadata["kernel_provisioner"] == {"provisioner_name": install.WARM}


def test_bytecode_is_compiled_also_where_python_is_told_not_to_write_it(project, pip, monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    install.main()
    (packages,) = (project / ".venv").glob(
        "Lib/site-packages" if os.name == "nt" else "lib/*/site-packages"
    )
    (packages / "installed.py").write_text("answer = 42\n")
    (packages / "not_this_python.py").write_text("print 42\n")
    install.compile_packages(project / ".venv")
    assert list(packages.glob("__pycache__/installed.*.pyc"))


def test_another_keras_gets_an_environment_of_its_own(project, pip, capsys):
    install.main()
    before = (project / ".venv" / "course.json").read_text()
    pip.calls.clear()
    assert install.main(["--keras", "3.14.0"]) == 0
    assert [call[-1] for call in pip.calls][1] == "keras==3.14.0"
    said = capsys.readouterr().out
    assert said.endswith("Done: everything is installed in .venv-keras-3.14.0.\n")
    assert (project / ".venv" / "course.json").read_text() == before
    pip.calls.clear()
    install.main(["--keras", "3.14.0"])
    assert pip.calls == []


def test_the_newest_keras_is_looked_for_again_each_time(project, pip):
    for _ in range(2):
        pip.calls.clear()
        assert install.main(["--keras", "newest"]) == 0
        assert pip.calls[1][-3:] == ("--upgrade", "keras", "tensorflow")


# The real pip


@pytest.fixture
def this_pip(tmp_path, monkeypatch):
    """Makes install.py use the pip of the Python that runs the tests; returns an empty folder."""
    monkeypatch.setattr(install, "venv_python", lambda folder: sys.executable)
    return tmp_path


def test_no_network_is_told_in_one_line_with_what_pip_said_below(this_pip):
    nobody = ("--index-url", "http://127.0.0.1:9/simple", "--retries", "1", "--timeout", "1")
    with pytest.raises(install.Stopped) as stopped:
        install.run_pip(this_pip, *nobody, "no-such-package-of-this-course==1.0")
    first, *rest = str(stopped.value).splitlines()
    assert first == (
        "The packages could not be downloaded. Check the internet connection and the proxy "
        "settings, then run the same command again"
    )
    assert any("ERROR" in line for line in rest)
    assert len(rest) <= 6


def test_another_failure_of_pip_shows_its_last_lines(this_pip):
    with pytest.raises(install.Stopped) as stopped:
        install.run_pip(this_pip, "--no-index", "no-such-package-of-this-course==1.0")
    first, *rest = str(stopped.value).splitlines()
    assert first == "pip could not install the packages. Its last lines say why"
    assert "no-such-package-of-this-course" in rest[-1]


def test_a_full_disk_is_named():
    text = install.pip_failure(["ERROR: ... [Errno 28] No space left on device"])
    assert text.startswith("The disk is full")


def test_an_environment_counts_as_unfinished_from_when_pip_begins_to_change_it(
    this_pip, monkeypatch
):
    # A stand-in for Python that says what pip says, and then fails.
    program = this_pip / "fake.py"
    program.write_text(f"print('Collecting keras'); print('{install.UNPACKING}: keras'); exit(1)")
    real = subprocess.Popen
    monkeypatch.setattr(
        install.subprocess,
        "Popen",
        lambda command, **options: real([sys.executable, str(program)], **options),
    )
    install.write_stamp(this_pip, {"state": "complete"})
    with pytest.raises(install.Stopped):
        install.run_pip(this_pip)
    assert install.read_stamp(this_pip) == install.UNFINISHED


# The Makefile


@pytest.mark.skipif(os.name == "nt" or not shutil.which("make"), reason="needs make and sh")
@pytest.mark.parametrize(
    ("fitting", "picked"),
    [
        (["python3", "python3.12"], "python3"),
        (["python3.12", "python3.11"], "python3.12"),
        ([], "python3"),
    ],
    ids=["python3 fits", "only python3.12 and python3.11 fit", "none fits"],
)
def test_make_picks_a_python_that_fits(tmp_path, fitting, picked):
    for name in ("python3", "python3.11", "python3.12", "python3.13"):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\nexit {0 if name in fitting else 1}\n")
        program.chmod(0o755)
    said = subprocess.run(
        [shutil.which("make"), "-n", "install"],
        cwd=ROOT,
        env={"PATH": f"{tmp_path}{os.pathsep}{os.defpath}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.split() == [picked, "tools/install.py"]


@pytest.mark.skipif(os.name == "nt" or not shutil.which("make"), reason="needs make and sh")
def test_make_test_takes_another_keras():
    install_it, test_it = would_run("test", "KERAS=3.14.0")
    assert install_it == "python3 tools/install.py --keras 3.14.0"
    assert test_it == ".venv-keras-3.14.0/bin/python tests/run.py"


@pytest.mark.skipif(os.name == "nt" or not shutil.which("make"), reason="needs make and sh")
def test_only_the_tests_in_a_browser_install_what_drives_one():
    assert would_run("test-browser")[0] == "python3 tools/install.py --extra browser"
    for target in ("lab", "test"):
        assert would_run(target)[0] == "python3 tools/install.py"


def would_run(*arguments):
    """The commands that make would run."""
    # Inside `make test` an inner make would say which folder it enters.
    outside = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    said = subprocess.run(
        [shutil.which("make"), "-n", *arguments, "PYTHON=python3"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env=outside,
    )
    return [" ".join(line.split()) for line in said.stdout.splitlines()]
