"""Makes .venv with every package of the course; run again, it finds the work done and stops.

With --keras 3.14.0 or --keras newest it makes an environment of its own with that Keras, for tests;
with --extra browser it adds the packages of that extra of pyproject.toml, once and for all.

Only the standard library, and nothing that Python 3.6 cannot parse: an old Python has to get as far
as being told that it is too old.
"""

import argparse
import hashlib
import importlib.util
import json
import os
import platform
import re
import shutil
import struct
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# The Pythons and the machines that TensorFlow 2.21 is built for.
OLDEST, NEWEST = (3, 11), (3, 13)
MACHINES = {
    ("Linux", "x86_64"),
    ("Linux", "aarch64"),
    ("Darwin", "arm64"),
    ("Windows", "AMD64"),
}

NETWORK = re.compile(
    r"Retrying \(|NewConnectionError|ConnectionError|ConnectTimeout|ReadTimeout|ProxyError"
    r"|SSLError|CERTIFICATE_VERIFY_FAILED|Temporary failure in name resolution|getaddrinfo failed"
)
DISK = re.compile(r"No space left on device|not enough space on the disk", re.IGNORECASE)

UNPACKING = "Installing collected packages"  # what pip says before it changes anything
UNFINISHED = {"state": "unfinished"}

# JupyterLab asks on its first start whether to fetch news, and looks for updates: a question that
# a learner should not meet first, and a request that an offline course should not send.
LAB_SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {"checkForUpdates": False, "fetchNews": "false"}
}

WARM = "keras-course-warm"  # the kernel, and the entry point in pyproject.toml that starts it


class Stopped(Exception):
    """The set-up cannot go on. The first line says why and what to do; the rest is detail."""


def python_problem(version):
    """Says what is wrong with this version of Python, or nothing."""
    this = ".".join(str(part) for part in version[:3])
    if os.name == "nt":
        install = r"Install 3.12, then run py -3.12 tools\install.py"
    else:
        install = "Install 3.12, or name one that is there: make lab PYTHON=/path/to/python3.12"
    if tuple(version[:2]) < OLDEST:
        return f"Python 3.11 or newer is needed; this is {this}. {install}"
    if tuple(version[:2]) > NEWEST:
        return (
            f"TensorFlow 2.21 has no build for Python {this}; Python 3.11, 3.12 or 3.13 is needed. "
            + install
        )
    return ""


def machine_problem(system, machine, bits=64, libc=("glibc", "2.36")):
    """Says what is wrong with this kind of machine, or nothing."""
    if (system, machine) == ("Darwin", "x86_64"):
        unfit = "macOS on Intel"
        remedy = (
            "on a Mac with an Apple chip install the arm64 (universal) Python 3.12, on an Intel "
            "Mac use Codespaces or Binder"
        )
    elif (system, machine) == ("Windows", "ARM64"):
        unfit, remedy = "Windows on ARM", "install the 64-bit Intel (x86-64) Python 3.12"
    elif (system, machine) not in MACHINES:
        unfit, remedy = f"{system} on {machine}", "use Codespaces or Binder"
    elif bits != 64:
        unfit, remedy = "a 32-bit Python", "install the 64-bit Python 3.12"
    elif system == "Linux" and not has_glibc(libc):
        unfit = "a Linux without glibc 2.28 or newer"
        remedy = "use Debian 10, Ubuntu 20.04, Fedora 29 or newer"
    else:
        return ""
    return f"TensorFlow 2.21 has no build for {unfit}: {remedy}"


def has_glibc(libc):
    """Whether `platform.libc_ver()` tells of a glibc that the wheels were built for."""
    name, version = libc
    return name == "glibc" and tuple(int(part) for part in version.split(".")[:2]) >= (2, 28)


def venv_problem(present, version):
    """Says that Debian left out a part of the standard library, or nothing."""
    if present:
        return ""
    this = f"{version[0]}.{version[1]}"
    return (
        f"Python {this} cannot make a virtual environment: its venv module is missing. "
        f"On Debian or Ubuntu: sudo apt install python3-venv (or python{this}-venv)"
    )


def problem():
    """Says what keeps this Python on this machine from running the course, or nothing."""
    return (
        python_problem(sys.version_info)
        or machine_problem(
            platform.system(), platform.machine(), struct.calcsize("P") * 8, platform.libc_ver()
        )
        # Debian ships venv without ensurepip, so both are looked for.
        or venv_problem(
            all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")), sys.version_info
        )
    )


def venv_python(venv):
    """Returns the path of the environment's Python."""
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def venv_version(venv):
    """Returns the version of Python that the environment runs, or "" where it does not run."""
    code = "import sys; print('%d.%d.%d' % sys.version_info[:3])"
    try:
        answer = subprocess.check_output(
            [str(venv_python(venv)), "-I", "-c", code], stderr=subprocess.DEVNULL
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return answer.decode().strip()


def stamp_path(venv):
    return venv / "course.json"


def read_stamp(venv):
    """Returns what the last run noted about the environment; nothing where there is no note."""
    try:
        stamp = json.loads(stamp_path(venv).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_stamp(venv, stamp):
    stamp_path(venv).write_text(json.dumps(stamp, indent=1) + "\n", encoding="utf-8")


def complete_stamp(root, version, keras, extras=()):
    """Returns the note of a finished set-up: what it was made from, where, and with what."""
    digest = hashlib.sha256()
    for name in ("requirements.txt", "pyproject.toml"):
        digest.update((root / name).read_bytes())
    return {
        "state": "complete",
        "folder": str(root),  # an environment that was moved has the old path in its programs
        "python": version,
        "packages": digest.hexdigest() + (" keras " + keras if keras else ""),
        "extras": sorted(extras),
    }


def extra_packages(root, extra):
    """Returns what pyproject.toml asks for under the name of an extra."""
    import tomllib  # as old as the oldest Python that gets as far as this

    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["project"]["optional-dependencies"][extra]


def clean_environment():
    """Returns the environment variables without those that would lead pip or Python elsewhere."""
    drop = ("PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONPATH", "PIP_USER", "PIP_TARGET")
    return {name: value for name, value in os.environ.items() if name not in drop}


def show_step(line):
    """Shows on a terminal what pip is at, over the step before."""
    download = re.match(r"\s*Downloading ([\w.]+)-\S+(.*)", line)
    if download:
        step = f"  downloading {download.group(1)}{download.group(2)}"
    elif line.startswith(UNPACKING):
        step = "  unpacking"
    elif line.startswith("Successfully installed"):
        step = ""
    else:
        return
    if sys.stdout.isatty():
        print(step[:78].ljust(78), end="\r", flush=True)


def pip_failure(lines):
    """Returns one line that says why pip failed and what to do, then pip's own last lines."""
    text = "\n".join(lines)
    if DISK.search(text):
        reason = "The disk is full: about 4 GB are needed. Free some and run the same command again"
    elif NETWORK.search(text):
        reason = (
            "The packages could not be downloaded. Check the internet connection and the proxy "
            "settings, then run the same command again"
        )
    else:
        reason = "pip could not install the packages. Its last lines say why"
    detail = [line for line in lines if not line.startswith("Ignoring ")]
    return "\n".join([reason, *("    " + line for line in detail[-6:])])


def run_pip(venv, *arguments):
    """Runs `pip install` in the environment, quietly unless it fails."""
    pip = [str(venv_python(venv)), "-m", "pip", "install", "--disable-pip-version-check"]
    # Bytecode is compiled afterwards, on all cores.
    quiet = ["--no-input", "--no-compile", "--progress-bar", "off"]
    process = subprocess.Popen(
        [*pip, *quiet, *arguments],
        env=clean_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    lines = []
    for line in process.stdout:
        lines.append(line.rstrip())
        # pip downloads everything before it changes anything. Until then an older environment is
        # as good as it was: somebody whose update finds no network must not lose it.
        if line.startswith(UNPACKING):
            write_stamp(venv, UNFINISHED)
        show_step(line)
    if process.wait() != 0:
        raise Stopped(pip_failure(lines))


def compile_packages(venv):
    """Compiles every installed module: TensorFlow starts in less than half the time."""
    # A few packages carry files that are no Python of this version, so the exit status says little.
    # A plain look at the folder is enough: on Windows it is Lib, elsewhere lib/python3.x.
    jobs = str(min(os.cpu_count() or 1, 32))  # Windows allows no more than 61
    for folder in [*venv.glob("lib/python3.*/site-packages"), *venv.glob("Lib/site-packages")]:
        subprocess.run(
            [str(venv_python(venv)), "-m", "compileall", "-qq", "-j", jobs, str(folder)],
            env=clean_environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def quiet_lab(venv):
    """Writes JupyterLab's settings for this environment."""
    folder = venv / "share" / "jupyter" / "lab" / "settings"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "overrides.json").write_text(json.dumps(LAB_SETTINGS, indent=1), encoding="utf-8")


def warm_kernel(venv):
    """Returns the specification of the kernel that begins with Keras imported.

    Who does not know of provisioners, or cannot have them, starts a plain kernel from it.
    """
    return {
        "argv": [str(venv_python(venv)), "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "Keras course (warm)",
        "language": "python",
        "metadata": {
            "debugger": True,
            "kernel_provisioner": {"provisioner_name": WARM},
            "supported_encryption": ["curve"],
        },
    }


def add_warm_kernel(venv):
    """Offers the warm kernel in this environment, on the system where there is one."""
    if platform.system() == "Linux":
        folder = venv / "share" / "jupyter" / "kernels" / WARM
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(warm_kernel(venv), indent=1)
        (folder / "kernel.json").write_text(text, encoding="utf-8")


def say(line):
    print(line, flush=True)


def create_venv(venv):
    """Makes an environment with pip in it."""
    # In an activated .venv this Python may be the one just deleted: the one it came from is meant.
    python = getattr(sys, "_base_executable", sys.executable)
    made = subprocess.run(
        [python, "-m", "venv", str(venv)],
        env=clean_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    if made.returncode != 0:
        lines = ["    " + line for line in made.stdout.splitlines()[-6:]]
        first = f"Python could not make {venv.name}. Its last lines say why"
        raise Stopped("\n".join([first, *lines]))


def make_venv(venv, old):
    """Makes the environment, unless ours is there and works."""
    if venv.exists() and not old and any(venv.iterdir()):
        raise Stopped(
            f"There is a {venv.name} here that this set-up did not make. Rename or delete it, "
            "then run the same command again"
        )
    if old.get("state") == "complete" and old.get("folder") == str(venv.parent):
        version = venv_version(venv)
        if version and version == old.get("python"):
            say(f"Bringing the packages in {venv.name} up to date")
            return
    if old:
        say(f"The environment in {venv.name} is unfinished, broken or was moved: making it anew.")
        shutil.rmtree(str(venv))
    say(f"Making {venv.name} with Python {platform.python_version()}")
    venv.mkdir(exist_ok=True)
    # Noted first: a run that is interrupted from here on must not be taken for a finished one.
    write_stamp(venv, UNFINISHED)
    create_venv(venv)
    say("Installing the packages: about 700 MB to download, so this takes some minutes")


def install(root, keras="", extra=""):
    """Brings .venv up to date with requirements.txt and pyproject.toml.

    With another Keras, a version or "newest", that is an environment beside it. An extra stays.
    """
    venv = root / (f".venv-keras-{keras}" if keras else ".venv")
    old = read_stamp(venv)
    extras = {*old.get("extras", ()), *filter(None, [extra])}
    stamp = complete_stamp(root, venv_version(venv), keras, extras)
    # What is newest can be another one today.
    if keras != "newest" and old and old == stamp:
        say(f"Everything is installed in {venv.name} (Python {old['python']}).")
        return
    why = problem()
    if why:
        raise Stopped(why)
    make_venv(venv, old)
    run_pip(venv, "--only-binary", ":all:", "-r", str(root / "requirements.txt"))
    if keras == "newest":
        run_pip(venv, "--only-binary", ":all:", "--upgrade", "keras", "tensorflow")
    elif keras:
        run_pip(venv, "--only-binary", ":all:", f"keras=={keras}")
    run_pip(venv, "--no-deps", "--no-build-isolation", "-e", str(root))
    for name in sorted(extras):
        pins = ["--constraint", str(root / "requirements.txt")]
        run_pip(venv, "--only-binary", ":all:", *pins, *extra_packages(root, name))
    say("Compiling the packages, so that notebooks start fast")
    compile_packages(venv)
    quiet_lab(venv)
    add_warm_kernel(venv)
    write_stamp(venv, complete_stamp(root, venv_version(venv), keras, extras))
    say(f"Done: everything is installed in {venv.name}.")


def main(arguments=()):
    parser = argparse.ArgumentParser(description="Makes .venv with every package of the course.")
    parser.add_argument("--keras", default="", help="another version, or newest: for tests")
    parser.add_argument("--extra", default="", help="an extra of pyproject.toml to add: browser")
    given = parser.parse_args(arguments)
    try:
        install(ROOT, given.keras, given.extra)
    except Stopped as stop:
        print(stop, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"A file could not be read or written: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted: run the same command again to finish.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
