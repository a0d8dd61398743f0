"""What javac adds to the findings of a Java file, where a JDK is installed."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from assistants.errors import Cancelled
from assistants.model import Cancel
from code_assist import Source, javac

needs_jdk = pytest.mark.skipif(javac.program() is None, reason="no JDK on this machine")


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """A busy machine may take its time."""
    monkeypatch.setattr(javac, "SECONDS", 300.0)


def found(source):
    return [(one.span.start.line + 1, one.message) for one in javac.check(source)]


def project(tmp_path, **texts):
    """Write the files of a package `shop` and return the one named `Main`."""
    folder = tmp_path / "src" / "main" / "java" / "shop"
    folder.mkdir(parents=True)
    for name, text in texts.items():
        (folder / f"{name}.java").write_text(text)
    return Source.read(folder / "Main.java")


@needs_jdk
def test_types_arity_and_flow(tmp_path):
    source = project(
        tmp_path,
        Cart="package shop;\npublic class Cart { public int total(int tax) { return tax; } }\n",
        Main=(
            "package shop;\n"
            "class Main {\n"
            "  int a = new Cart().total();\n"
            '  int b = new Cart().total("x");\n'
            "  int none() { }\n"
            "  void f() { new Cart().totl(1); }\n"
            "  int q() { int q; return q; }\n"
            "}\n"
        ),
    )
    lines = found(source)
    assert [line for line, _ in lines] == [3, 4, 5, 6, 7]
    said = [message for _, message in lines]
    assert "total" in said[0]
    assert "required: int, found: no arguments" in said[0]
    assert said[1] == "incompatible types: String cannot be converted to int"
    assert said[2] == "missing return statement"
    assert said[3] == "cannot find symbol: method totl(int) in class Cart"
    assert said[4] == "variable q might not have been initialized"


@needs_jdk
def test_a_correct_file_has_no_findings(tmp_path):
    text = (
        "package shop;\nimport java.util.*;\npublic class Main<T> {\n"
        "  record Point(int x, int y) {}\n"
        "  List<T> all = new ArrayList<>();\n"
        "  static int f(Object o) { return o instanceof Point p ? p.x() : 0; }\n}\n"
    )
    assert found(project(tmp_path, Main=text)) == []


@needs_jdk
def test_a_jdk_older_than_the_file_says_nothing(tmp_path, monkeypatch):
    """What an older compiler says of newer syntax is no finding about the file."""
    text = "class Main { int f(Object o) { return 1; } }\n"
    for line in ("';' expected", "record patterns are not supported in -source 17", "x"):
        said = f"@6 6@{{file}}@error: {line}\n@30 30@{{file}}@error: missing return statement\n"
        monkeypatch.setattr(
            javac, "_output", lambda command, *_, said=said: said.format(file=command[-1])
        )
        lines = found(project(tmp_path / line[:1], Main=text))
        assert lines == ([(1, "x"), (1, "missing return statement")] if line == "x" else [])


@needs_jdk
def test_what_may_come_from_a_library_is_not_told(tmp_path):
    source = project(
        tmp_path,
        Main=(
            "package shop;\n"
            "import org.library.Base;\n"
            "class Main extends Base {\n"
            "  @Override void run() { helper(); Other o = null; o.go(); }\n"
            "  int none() { }\n"
            "  int wrong = true;\n"
            "}\n"
        ),
    )
    assert found(source) == [
        (5, "missing return statement"),
        (6, "incompatible types: boolean cannot be converted to int"),
    ]


@needs_jdk
def test_a_file_outside_of_its_package_is_judged_by_itself(tmp_path):
    (tmp_path / "Main.java").write_text(
        "package some.where;\nclass Main { Other o; int f() { } }\n"
    )
    assert found(Source.read(tmp_path / "Main.java")) == [(2, "missing return statement")]


@needs_jdk
def test_an_unknown_name_is_told_once_and_at_its_place():
    text = 'class Main { String s = "😀 é"; int f() { return count + count; } }\r\n'
    source = Source(text=text, language="java", path="/nowhere/Main.java")
    (one,) = javac.check(source)
    assert one.message == "cannot find symbol: variable count in class Main"
    start, end = source.offset(one.span.start), source.offset(one.span.end)
    assert (start, text[start:end]) == (text.index("count"), "count")


@needs_jdk
def test_no_processor_of_the_project_runs(tmp_path):
    """The service file of an annotation processor lies on the source path."""
    source = project(
        tmp_path,
        Main="package shop;\n@Deprecated class Main { }\n",
        Bad="package shop;\nclass Bad { static { System.exit(1); } }\n",
    )
    services = tmp_path / "src/main/java/META-INF/services"
    services.mkdir(parents=True)
    (services / "javax.annotation.processing.Processor").write_text("shop.Bad\n")
    assert found(source) == []
    assert not list(tmp_path.rglob("*.class"))


@needs_jdk
def test_a_cancelled_run_stops():
    flag = Cancel()
    flag.cancel()
    with pytest.raises(Cancelled):
        javac.check(Source(text="class A {}\n", language="java"), cancel=flag)


def test_who_leaves_takes_running_compilers_along(tmp_path, monkeypatch):
    started = tmp_path / "started"
    endless = tmp_path / "javac"
    endless.write_text(f"#!/bin/sh\n: > {started}\nexec sleep 600\n")
    endless.chmod(0o755)
    monkeypatch.setattr(javac, "program", lambda: endless)
    source = Source(text="class A {}\n", language="java")
    with ThreadPoolExecutor(1) as threads:
        compiling = threads.submit(javac.check, source)
        while not started.exists():
            assert not compiling.done()
        while not compiling.done():
            javac.stop()
        assert compiling.result() == ()


def test_other_languages_are_left_alone():
    assert javac.check(Source(text="x: int = ''\n", language="python")) == ()


def test_findings_stay_where_the_text_was_not_edited():
    text = "class A {\n  int a = x;\n  int b = y;\n  int c = z;\n}\n"
    before = Source(text=text, language="java")

    def finding(name):
        at = text.index(f"= {name}") + 2
        span = before.span(at, at + 1)
        return javac.Diagnostic(
            span=span, severity=javac.Severity.ERROR, code="javac", message=name
        )

    compiled = javac.Compiled(before, tuple(map(finding, "xyz")))
    assert [one.message for one in compiled.carried(before)] == ["x", "y", "z"]
    now = Source(text=text.replace("= y", "= 1 +\n    2"), language="java")
    kept = compiled.carried(now)
    assert [one.message for one in kept] == ["x", "z"]
    assert [now.text[now.offset(one.span.start)] for one in kept] == ["x", "z"]
    assert [one.span.start.line for one in kept] == [1, 4]
