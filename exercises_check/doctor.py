"""Says whether this machine is ready for the course, one line per check, and what to do if not.

TensorFlow and Keras are looked at but never imported: the answer comes within a second or two.
"""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from exercises_check.language import N_, _
from exercises_check.wrapping import columns

PROJECT = "keras-functional-course"
REQUIREMENTS = Path(__file__).parent.parent / "requirements.txt"
PROVISIONERS = "jupyter_client.kernel_provisioners"
GIGABYTE = 1e9


@dataclass(frozen=True)
class Finding:
    """What one check found. The mark is OK, FIX (to be mended) or NOTE (worth knowing)."""

    mark: str
    text: str

    def __str__(self) -> str:
        mark = _(self.mark)
        return f"{mark}{' ' * (4 - columns(mark))} {self.text}"


def ok(text: str) -> Finding:
    return Finding(N_("OK"), text)


def fix(text: str) -> Finding:
    return Finding(N_("FIX"), text)


def note(text: str) -> Finding:
    return Finding(N_("NOTE"), text)


def this_python() -> str:
    """The path of this Python as a person in this folder would type it."""
    path = Path(sys.executable)
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def installed_versions() -> dict[str, str]:
    """The version of every installed package, by its normalized name."""
    versions: dict[str, str] = {}
    for package in importlib.metadata.distributions():
        # The first one on the path is the one that is imported.
        versions.setdefault(normalized(package.name), package.version)
    return versions


def has(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def check_python(version: str, supported: str) -> Finding:
    """`supported` is a range such as `>=3.11,<3.14`."""
    from packaging.specifiers import SpecifierSet

    if SpecifierSet(supported).contains(version):
        return ok(_("Python {version} in {path}").format(version=version, path=this_python()))
    other = _("Python is {found}, expected {supported}: install one of these and run make lab")
    return fix(other.format(found=version, supported=supported))


def check_packages(requirements: Iterable[str], installed: Mapping[str, str]) -> Finding:
    """Compares what is installed with the lines of requirements.txt that hold on this machine."""
    from packaging.requirements import Requirement

    wrong = []
    count = 0
    for line in requirements:
        text = line.split("#")[0].strip()
        if not text or text.startswith("-"):
            continue
        pin = Requirement(text)
        if pin.marker is not None and not pin.marker.evaluate():
            continue
        count += 1
        found = installed.get(normalized(pin.name))
        if found is None:
            missing = _("{name} is missing, expected {version}")
            wrong.append(missing.format(name=pin.name, version=pin.specifier))
        elif not pin.specifier.contains(found, prereleases=True):
            other = _("{name} is {found}, expected {version}")
            wrong.append(other.format(name=pin.name, found=found, version=pin.specifier))
    if not wrong:
        pinned = _("packages: {count} installed, as requirements.txt pins them")
        return ok(pinned.format(count=count))
    faults = wrong[:3]
    if len(wrong) > 3:
        faults.append(_("and {count} more").format(count=len(wrong) - 3))
    mend = _("packages: {faults}: run {python} -m pip install -r requirements.txt")
    return fix(mend.format(faults=_("; ").join(faults), python=this_python()))


def check_kernel() -> Finding:
    """Looks up the kernel that the notebooks name."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        program = KernelSpecManager().get_kernel_spec("python3").argv[0]
    except NoSuchKernel:
        none = _(
            "kernel: there is no Jupyter kernel called python3: run {python} -m ipykernel install "
            "--sys-prefix"
        )
        return fix(none.format(python=this_python()))
    # Jupyter starts a plain "python" with the Python that Jupyter itself runs in. The folders are
    # compared, because the program in an environment is a link to the Python it was made with.
    here = Path(sys.executable)
    if os.path.dirname(program) and Path(program).parent.resolve() != here.parent.resolve():
        other = _(
            "kernel: python3 runs {found}, expected {python}: run {python} -m ipykernel install "
            "--sys-prefix"
        )
        return fix(other.format(found=program, python=this_python()))
    return ok(_("kernel: python3 runs this Python"))


def check_warm_kernel(provisioners: Iterable[str]) -> Finding:
    """Notebooks of `make lab` are given Keras already imported; elsewhere they import it.

    `provisioners` are the names under which Jupyter finds who starts kernels.
    """
    from exercises_check.warm import provisioner

    why = provisioner.unsupported() or provisioner.no_place(os.environ)
    if why:
        plain = _(
            "warm kernel: {why}, so each notebook imports Keras itself, which takes some seconds"
        )
        return note(plain.format(why=why))
    if provisioner.NAME not in provisioners:
        unknown = _(
            "warm kernel: Jupyter does not know of it, so each notebook imports Keras itself, "
            "which takes some seconds: run make lab"
        )
        return fix(unknown)
    return ok(_("warm kernel: notebooks of make lab begin with Keras imported"))


def check_import() -> Finding:
    """Notebooks run in chapters/, so the package has to be found from another folder than this."""
    code = "import importlib.util, sys; sys.exit(not importlib.util.find_spec('exercises_check'))"
    with tempfile.TemporaryDirectory() as elsewhere:
        found = subprocess.run([sys.executable, "-I", "-c", code], cwd=elsewhere, check=False)
    if found.returncode == 0:
        return ok(_("exercises_check: found from every folder"))
    lost = _(
        "exercises_check: not found from other folders than this: run {python} -m pip install "
        "--no-deps -e ."
    )
    return fix(lost.format(python=this_python()))


def check_graphviz() -> Finding:
    """Pictures are drawn by a `dot` program or by the Graphviz inside pygraphviz."""
    dot = shutil.which("dot")
    if dot:
        return ok(_("pictures: Graphviz at {path}").format(path=dot))
    if has("pygraphviz"):
        return ok(_("pictures: the Graphviz inside pygraphviz"))
    none = _(
        "pictures: Graphviz is not here, so models are shown as text. To get pictures, install "
        "Graphviz (apt install graphviz, brew install graphviz, conda install graphviz)"
    )
    return note(none)


def uncompiled(folder: Path) -> int:
    """How many modules in a folder have no bytecode."""
    compiled = importlib.util.cache_from_source
    return sum(not os.path.exists(compiled(str(path))) for path in folder.rglob("*.py"))


def check_bytecode(folders: Iterable[Path]) -> Finding:
    """Without bytecode TensorFlow's modules are compiled anew at every start, and it shows."""
    folders = list(folders)
    missing = sum(uncompiled(folder) for folder in folders)
    if not folders:
        return fix(_("bytecode: TensorFlow and Keras are not installed: run make lab"))
    if not missing:
        return ok(_("bytecode: TensorFlow and Keras are compiled"))
    slow = _(
        "bytecode: {count} modules of TensorFlow and Keras are not compiled, so each start takes "
        "more than twice as long: run {python} -m compileall -q -j 0 {folder}"
    )
    folder = folders[0].parent
    return fix(slow.format(count=f"{missing:,}", python=this_python(), folder=folder))


def check_sklearn(installed: Mapping[str, str]) -> Finding:
    """Keras imports scikit-learn where it finds it; the course does not use it."""
    if "scikit-learn" not in installed:
        return ok(_("start-up: no scikit-learn for Keras to import"))
    slower = _(
        "start-up: scikit-learn is installed; Keras imports it, which makes each start about "
        "0.8 s slower. The course does not use it: {python} -m pip uninstall scikit-learn"
    )
    return note(slower.format(python=this_python()))


def check_data() -> Finding:
    """Loads the digits that ship with the course."""
    from exercises_check.datasets import load_digits

    try:
        (_images, train), (_more_images, test) = load_digits()
    except (OSError, KeyError, ValueError) as error:
        broken = _("data: the digits do not load ({error}): get exercises_check/datasets again")
        return fix(broken.format(error=error))
    there = _("data: {count} handwritten digits")
    return ok(there.format(count=f"{len(train) + len(test):,}"))


def available_memory() -> float | None:
    """The memory that programs can still have, in bytes; None where it cannot be told."""
    try:
        import psutil  # the Jupyter kernel brings it on every platform of the course
    except ImportError:
        try:
            return float(os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
        except (AttributeError, OSError, ValueError):
            return None
    return float(psutil.virtual_memory().available)


def check_memory(available: float | None) -> Finding:
    """A notebook with TensorFlow takes about 0.6 GB before its first model."""
    if available is None:
        return note(_("memory: this system does not tell how much is free; 1 GB is needed"))
    amount = f"{available / GIGABYTE:.1f}"
    if available < GIGABYTE:
        little = _(
            "memory: {amount} GB available, expected 1 GB: close other programs or notebooks"
        )
        return fix(little.format(amount=amount))
    return ok(_("memory: {amount} GB available").format(amount=amount))


def check_disk(free: float) -> Finding:
    """Saved models and pip's downloads need some room."""
    amount = f"{free / GIGABYTE:.1f}"
    if free < GIGABYTE:
        little = _("disk: {amount} GB free, expected 1 GB: remove what is not needed")
        return fix(little.format(amount=amount))
    return ok(_("disk: {amount} GB free").format(amount=amount))


def checks() -> list[Callable[[], Finding]]:
    """Every check, ready to run on this machine."""
    if not has("packaging"):
        foreign = _(
            "{python} is a Python without the course's packages, expected that of the course: run "
            "make lab, then make doctor"
        )
        return [lambda: fix(foreign.format(python=this_python()))]
    installed = installed_versions()
    supported = (
        importlib.metadata.metadata(PROJECT)["Requires-Python"] if PROJECT in installed else ""
    )
    specs = [importlib.util.find_spec(name) for name in ("tensorflow", "keras")]
    folders = [Path(spec.origin).parent for spec in specs if spec and spec.origin]
    version = ".".join(str(part) for part in sys.version_info[:3])

    def packages() -> Finding:
        if not REQUIREMENTS.exists():
            return note(_("packages: not compared, because requirements.txt is not here"))
        return check_packages(REQUIREMENTS.read_text(encoding="utf-8").splitlines(), installed)

    return [
        lambda: check_python(version, supported or ">=3.11"),
        packages,
        check_kernel,
        lambda: check_warm_kernel(importlib.metadata.entry_points(group=PROVISIONERS).names),
        check_import,
        check_graphviz,
        lambda: check_bytecode(folders),
        lambda: check_sklearn(installed),
        check_data,
        lambda: check_memory(available_memory()),
        lambda: check_disk(shutil.disk_usage(Path.cwd()).free),
    ]


def examine(checks: Iterable[Callable[[], Finding]]) -> Iterable[Finding]:
    """Runs each check; one that fails itself is a finding too, and does not stop the others."""
    for check in checks:
        try:
            yield check()
        except Exception as error:  # a broken package can fail in any way
            broken = _("{error}: delete .venv and run make lab")
            yield fix(broken.format(error=f"{type(error).__name__}: {error}"))


def diagnose(checks: Iterable[Callable[[], Finding]]) -> int:
    """Prints a line per check; returns 1 where something is to be mended, else 0."""
    to_mend = 0
    for finding in examine(checks):
        print(finding, flush=True)
        to_mend += finding.mark == "FIX"
    return 1 if to_mend else 0


def add_command(commands) -> None:
    """Adds `doctor` to the command line."""
    text = _("say whether this machine is ready for the course, and what to do if not")
    parser = commands.add_parser("doctor", help=text, description=text)
    parser.set_defaults(run=lambda _arguments: diagnose(checks()))
