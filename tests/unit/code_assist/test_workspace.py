"""The workspace: what files define and repeat, kept up with edits."""

from pathlib import Path

import pytest

from assistants.backends.ngram import Ngram
from assistants.errors import Cancelled
from assistants.model import Cancel, FillInTheMiddle, Sampling, generate
from code_assist import Position, Source, Workspace, complete, outline

PYTHON = """X = 1
X = 2

class Account:
    limit: int = 3

    @property
    def balance(self):
        def inner(): ...
        local = 1

    class Entry:
        def amount(self): ...

def transfer(a): ...
"""
JAVA = """package p;
class A<T> {
  int x, y;
  A() {}
  void f(int q) { int local; }
  enum E { P, Q }
  record R(int a) {}
}
interface I { int C = 1; void m(); }
"""


def shape(text, language):
    found = outline(Source(text=text, language=language))
    return [(one.kind, ".".join((*one.within, one.name))) for one in found]


def test_the_outline_of_a_python_file():
    assert shape(PYTHON, "python") == [
        ("variable", "X"),
        ("class", "Account"),
        ("field", "Account.limit"),
        ("method", "Account.balance"),
        ("function", "Account.balance.inner"),
        ("class", "Account.Entry"),
        ("method", "Account.Entry.amount"),
        ("function", "transfer"),
    ]


def test_the_outline_of_a_java_file():
    assert shape(JAVA, "java") == [
        ("class", "A"),
        ("field", "A.x"),
        ("field", "A.y"),
        ("constructor", "A.A"),
        ("method", "A.f"),
        ("enum", "A.E"),
        ("constant", "A.E.P"),
        ("constant", "A.E.Q"),
        ("class", "A.R"),
        ("interface", "I"),
        ("constant", "I.C"),
        ("method", "I.m"),
    ]


def test_an_outline_survives_a_broken_line_and_counts_code_points():
    source = Source(text="s = '😀'; def\nclass Ünder: pass\ndef fine(): ...\n", language="python")
    found = {one.name: one.name_span.start for one in outline(source)}
    assert found["Ünder"] == Position(1, 6)
    assert found["fine"] == Position(2, 4)


@pytest.fixture(scope="module")
def ngram():
    return Ngram.installed()


@pytest.fixture
def project(tmp_path):
    for number in range(3):
        body = f"def load_{number}(path):\n    check(path)\n    with open(path, 'r') as file:\n"
        (tmp_path / f"m{number}.py").write_text(f"{body}        return json.load(file)\n" * 70)
    return tmp_path


TYPED = "def load_all(path):\n    check(path)\n    with open(pa\n        return 1\n"
CURSOR = TYPED.index("(pa\n") + 3


def written(workspace, ngram, text=TYPED, offset=CURSOR, path="/elsewhere/new.py"):
    source = Source(text=text, language="python", path=path)
    memory = workspace.memory(source, offset)
    prompt = FillInTheMiddle(prefix=text[:offset], suffix=text[offset:], memory=memory)
    return generate(ngram, prompt, sampling=Sampling(max_tokens=12)).text


def test_other_files_are_recalled(project, ngram):
    workspace = Workspace([project], encoder=ngram.encoder)
    assert not written(workspace, ngram).startswith("th, 'r') as file:")
    filled = workspace.fill()
    assert (filled.files, filled.definitions) == (3, 210)
    assert written(workspace, ngram).startswith("th, 'r') as file:")


def test_completing_with_no_model_but_the_workspace(project, ngram):
    workspace = Workspace([project], encoder=ngram.encoder)
    workspace.fill()
    source = Source(text="import json\n" + TYPED, language="python", path=str(project / "new.py"))
    offset = len("import json\n") + CURSOR
    memory = workspace.memory(source, offset)
    answer = complete(source, source.position(offset), model=ngram, memory=memory)
    assert answer.best is not None
    assert answer.best.candidate.origin == "ngram"
    assert answer.best.candidate.new_text.startswith("th, 'r') as file:")


def test_of_two_names_the_workspace_says_which_is_meant(project, ngram):
    """Without it the shorter name comes first; one bare dot is no reason to guess."""
    for number in range(3):
        uses = (
            f"def save_{number}(path):\n    report = prepare(path)\n    return report_all(path)\n"
        )
        (project / f"n{number}.py").write_text(uses * 20)
    workspace = Workspace([project], encoder=ngram.encoder)
    workspace.fill()
    text = "def report_any(x): ...\ndef report_all_(x): ...\ndef report_all(x): ...\n"
    text += "def save(path):\n    report = prepare(path)\n    return rep\n\nreport_any(1)\n"
    source = Source(text=text, language="python", path=str(project / "new.py"))
    offset = text.index("return rep\n") + len("return rep")
    memory = workspace.memory(source, offset)
    answer = complete(source, source.position(offset), model=None, memory=memory)
    assert answer.best is not None
    assert answer.best.candidate.new_text == "report_all"


def test_behind_a_bare_dot_no_name_is_guessed():
    text = "class A:\n    def second(self): ...\n    def first(self):\n        self.\n"
    source = Source(text=text, language="python", path="")
    at = len(text) - 1
    assert complete(source, source.position(at), model=None).best is None
    begun = source.insert(at, at, "se")
    answer = complete(begun, begun.position(at + 2), model=None)
    assert answer.best is not None
    assert answer.best.candidate.new_text == "second"


def test_a_changed_file_replaces_its_part(project, ngram):
    workspace = Workspace([project], encoder=ngram.encoder)
    workspace.fill()
    for path in project.iterdir():
        text = path.read_text().replace("'r'", "'rb'")
        workspace.update(Source(text=text, language="python", path=str(path)))
    assert written(workspace, ngram).startswith("th, 'rb') as file:")


def test_a_file_that_is_gone_is_forgotten(project):
    workspace = Workspace([project])
    workspace.fill()
    gone = project / "m1.py"
    gone.unlink()
    workspace.reread(gone)
    assert {one.name for one in workspace.symbols("load")} == {"load_0", "load_2"}


def test_a_file_elsewhere_or_ignored_is_not_taken_in(project):
    (project / ".gitignore").write_text("secret.py\n")
    workspace = Workspace([project])
    workspace.fill()
    for path in ("/elsewhere/a.py", str(project / "secret.py")):
        workspace.update(Source(text="def load_other(): ...\n", language="python", path=path))
    assert len(workspace.definitions()) == 3


def test_symbols_are_found_by_letters_the_same_name_first(project):
    text = "def ld(): ...\ndef build(): ...\nclass LoadDirectly: ...\n"
    (project / "other.py").write_text(text)
    workspace = Workspace([project])
    workspace.fill()
    names = [one.name for one in workspace.symbols("ld", limit=300)]
    assert names[:2] == ["ld", "build"]
    assert set(names[2:]) == {"load_0", "load_1", "load_2", "LoadDirectly"}
    assert workspace.symbols("zz") == ()


def test_filling_can_be_stopped_and_tells_how_far_it_is(tmp_path):
    for number in range(60):
        (tmp_path / f"m{number}.py").write_text("x = 1\n")
    told = []
    Workspace([tmp_path]).fill(progress=told.append)
    assert told == [50]
    cancel = Cancel()
    cancel.cancel()
    with pytest.raises(Cancelled):
        Workspace([tmp_path]).fill(cancel)


def test_unreadable_files_are_left_out(tmp_path):
    (tmp_path / "latin.py").write_bytes(b"# \xe4\n")
    (tmp_path / "fine.py").write_text("x = 1\n")
    workspace = Workspace([tmp_path])
    assert workspace.fill().files == 1
    assert [Path(path).name for path in workspace.definitions()] == ["fine.py"]
