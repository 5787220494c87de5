"""Graphviz draws without a `dot` program, quietly; a real `dot` is left alone."""

import os
import stat
import subprocess
import sys
import textwrap
import threading
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pydot
import pytest

from exercises_check import graphviz_bridge

PNG = b"\x89PNG"
SMALL = 'digraph { a [label=<<b>Dense</b> (None, 16)>]; b [label="Add \u2211"]; a -> b }'

needs_pygraphviz = pytest.mark.skipif(
    not graphviz_bridge._has("pygraphviz"), reason="pygraphviz has no wheel for this machine"
)


@pytest.fixture
def no_dot(monkeypatch, tmp_path):
    """A PATH without any program, and pydot as it was before."""
    monkeypatch.setenv("PATH", str(tmp_path))
    create = pydot.Dot.create
    monkeypatch.setattr(pydot.Dot, "create", getattr(create, "__wrapped__", create))


@pytest.fixture
def no_pygraphviz(monkeypatch):
    monkeypatch.setitem(sys.modules, "pygraphviz", None)


def fake_dot(folder, answer):
    """A program called `dot` that says what it was asked and draws nothing."""
    program = folder / "dot"
    program.write_text(f"#!{sys.executable}\nimport sys\n{answer}\n")
    program.chmod(program.stat().st_mode | stat.S_IEXEC)


def run_python(code, **environment):
    """Run code in a new process; return it finished, with stdout and stderr as text."""
    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[1],
        env={**os.environ, **environment},
    )
    assert run.returncode == 0, run.stderr
    return run


@needs_pygraphviz
def test_render_draws_an_svg_with_every_label_in_it():
    svg = graphviz_bridge.render(SMALL)
    words = " ".join(ElementTree.fromstring(svg).itertext())
    assert "Dense" in words
    assert "(None, 16)" in words
    assert "Add \u2211" in words


@needs_pygraphviz
def test_render_draws_a_png_when_asked():
    assert graphviz_bridge.render(SMALL, "png").startswith(PNG)


@needs_pygraphviz
def test_render_writes_nothing_to_stderr_at_the_first_picture_of_a_process():
    code = f"from exercises_check.graphviz_bridge import render; render({SMALL!r})"
    assert run_python(code).stderr == ""


@needs_pygraphviz
def test_a_thousand_nodes_draw_without_a_warning(capfd):
    chain = ";".join(f"n{i} -> n{i + 1}" for i in range(1000))
    assert graphviz_bridge.render(f"digraph {{ {chain} }}").count(b'class="node"') == 1001
    assert capfd.readouterr() == ("", "")


@needs_pygraphviz
def test_what_others_write_to_stderr_during_a_picture_is_given_back():
    run = run_python("""
        import os
        from exercises_check.graphviz_bridge import _graphviz_remarks, render
        os.write(2, b"before\\n")
        with _graphviz_remarks() as remarks:
            os.write(2, b"Fontconfig warning: nothing to worry about\\n")
            os.write(2, b"during\\n")
        os.write(2, remarks().encode())
        render("digraph { a }")
        os.write(2, b"after\\n")
    """)
    assert run.stderr.split() == ["before", "during", "after"]


@needs_pygraphviz
def test_render_gives_the_same_picture_whatever_fonts_the_system_has(tmp_path):
    if graphviz_bridge._matplotlib_fonts() is None:
        pytest.skip("this matplotlib comes without its fonts")
    code = f"from exercises_check.graphviz_bridge import render; print(render({SMALL!r}))"
    usual = run_python(code).stdout
    bare = run_python(code, FONTCONFIG_PATH=str(tmp_path), XDG_DATA_HOME=str(tmp_path)).stdout
    assert bare == usual


@needs_pygraphviz
def test_render_leaves_the_environment_as_it_was():
    before = dict(os.environ)
    graphviz_bridge.render(SMALL)
    assert dict(os.environ) == before


@needs_pygraphviz
def test_threads_may_draw_at_the_same_time():
    expected = graphviz_bridge.render(SMALL)
    pictures = []

    def draw():
        pictures.extend(graphviz_bridge.render(SMALL) for _ in range(20))

    threads = [threading.Thread(target=draw) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert pictures == [expected] * 80


@needs_pygraphviz
@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="needs Linux's /proc")
def test_five_hundred_pictures_leak_neither_memory_nor_files():
    def memory_in_pages():
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1])

    for _ in range(20):
        graphviz_bridge.render(SMALL)
    memory, files = memory_in_pages(), len(os.listdir("/proc/self/fd"))
    for _ in range(500):
        graphviz_bridge.render(SMALL)
    assert len(os.listdir("/proc/self/fd")) == files
    assert memory_in_pages() - memory < 1000  # 4 MB


@needs_pygraphviz
@pytest.mark.parametrize(("source", "format"), [("digraph { a ->", "svg"), (SMALL, "jpeg2000")])
def test_render_says_what_graphviz_does_not_understand(source, format):
    with pytest.raises(ValueError, match=f"cannot draw this source as '{format}'; expected a"):
        graphviz_bridge.render(source, format)


@needs_pygraphviz
def test_render_quotes_graphviz_on_a_syntax_error(capfd):
    with pytest.raises(ValueError, match="syntax error in line 1 near 'nonsense'"):
        graphviz_bridge.render("nonsense")
    assert capfd.readouterr().err == ""


def test_without_any_graphviz_render_says_how_to_get_pictures(no_dot, no_pygraphviz):
    with pytest.raises(graphviz_bridge.NoGraphviz) as problem:
        graphviz_bridge.render(SMALL)
    assert str(problem.value) == (
        "Pictures need Graphviz, and neither the Python package pygraphviz nor a program called "
        "`dot` is here. `pip install pygraphviz` brings Graphviz along on Linux, Windows and "
        "Macs with Apple silicon; elsewhere `conda install graphviz` or the system's package "
        "manager brings `dot`. Restart the kernel afterwards."
    )


def test_a_pygraphviz_that_cannot_start_is_named(monkeypatch, tmp_path, no_dot):
    (tmp_path / "pygraphviz.py").write_text("raise ImportError('libcgraph is missing')")
    monkeypatch.delitem(sys.modules, "pygraphviz", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(graphviz_bridge.NoGraphviz, match="cannot start: libcgraph is missing"):
        graphviz_bridge.render(SMALL)


@pytest.mark.skipif(os.name == "nt", reason="the fake program needs a shebang line")
def test_without_pygraphviz_render_asks_a_dot_program(no_dot, no_pygraphviz, tmp_path):
    fake_dot(tmp_path, "print('drawn', *sys.argv[1:], sys.stdin.read())")
    assert graphviz_bridge.render("digraph {}", "svg") == b"drawn -Tsvg digraph {}\n"


@pytest.mark.skipif(os.name == "nt", reason="the fake program needs a shebang line")
def test_what_a_failing_dot_program_says_is_quoted(no_dot, no_pygraphviz, tmp_path):
    fake_dot(tmp_path, "sys.exit('out of paper')")
    with pytest.raises(ValueError, match="It says: out of paper"):
        graphviz_bridge.render("digraph {}")


@needs_pygraphviz
def test_install_lets_pydot_draw_without_a_dot_program(no_dot):
    assert graphviz_bridge.install() is True
    dot = pydot.Dot()
    dot.add_edge(pydot.Edge("a", "b"))
    assert dot.create(format="png").startswith(PNG)
    assert dot.create_svg().startswith(b"<?xml")
    assert pydot.Dot().create()  # the blank picture with which Keras looks for Graphviz


@needs_pygraphviz
def test_install_twice_changes_nothing_the_second_time(no_dot):
    graphviz_bridge.install()
    create = pydot.Dot.create
    assert graphviz_bridge.install() is True
    assert pydot.Dot.create is create


@needs_pygraphviz
def test_a_program_asked_for_with_options_stays_pydots_business(no_dot):
    graphviz_bridge.install()
    with pytest.raises(OSError, match="not found in path"):
        pydot.Dot().create(prog=["dot", "-Gdpi=300"])


@pytest.mark.skipif(os.name == "nt", reason="the fake program needs a shebang line")
def test_a_real_dot_program_is_left_alone(no_dot, tmp_path):
    fake_dot(tmp_path, "print('drawn by the program')")
    create = pydot.Dot.create
    assert graphviz_bridge.install() is False
    assert pydot.Dot.create is create
    assert pydot.Dot().create(format="png") == b"drawn by the program\n"


def test_without_pygraphviz_pydot_stays_as_it_is(no_dot, no_pygraphviz):
    create = pydot.Dot.create
    assert graphviz_bridge.install() is False
    assert pydot.Dot.create is create


def test_neither_keras_nor_pygraphviz_is_imported_by_installing(tmp_path):
    run = run_python(
        """
        import sys
        from exercises_check import graphviz_bridge
        before = set(sys.modules)
        graphviz_bridge.install()
        new = set(sys.modules) - before
        print([name for name in ("keras", "tensorflow", "pygraphviz", "matplotlib") if name in new])
        """,
        PATH=str(tmp_path),
    )
    assert run.stdout.strip() == "[]"


@needs_pygraphviz
def test_plot_model_writes_its_png_without_dot_and_without_a_word_on_stderr(tmp_path):
    run = run_python(
        """
        import os
        import keras
        from exercises_check import graphviz_bridge

        graphviz_bridge.install()
        inputs = keras.Input((16,))
        model = keras.Model(inputs, keras.layers.Add()([inputs, keras.layers.Dense(16)(inputs)]))
        with open("stderr.txt", "wb") as file:
            os.dup2(file.fileno(), 2)  # from here on; importing Keras has its own things to say
            keras.utils.plot_model(model, os.environ["PICTURE"], show_shapes=True)
        print(open("stderr.txt").read())
        """.replace("stderr.txt", (tmp_path / "stderr.txt").as_posix()),
        PATH=str(tmp_path),
        PICTURE=str(tmp_path / "model.png"),
    )
    assert run.stdout.strip() == ""
    assert (tmp_path / "model.png").read_bytes().startswith(PNG)
