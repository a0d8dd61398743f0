"""The promise: what is shown leaves the file parsing as well as before."""

import pytest

from assistants.answer import Verdict
from code_assist import Source
from code_assist.verify import KeepsParsing, standing


def judge(marked, text, language="python"):
    offset = marked.index("|")
    source = Source(text=marked.replace("|", "", 1), language=language)
    check = KeepsParsing(source, offset, offset).judge(text)
    assert check.sufficient is False
    return check.verdict is Verdict.PROVED


@pytest.mark.parametrize(
    ("marked", "good", "bad"),
    [
        ("x = |\n", "1 + 2", "1 +"),
        ("def f():\n    |\n", "return 1", "return )"),
        ("def f():\n|\nx = 1\n", "    pass", "pass"),
        ("print(|\nx = 1\n", "1, 2)", "1 +"),
        ("print(|)\n", "1, 2", "1, 2)"),
        ("if a:\n    b()\nel|\n", "se:\n    c()", "se)"),
        ("x = 'abc|\ny = 1\n", "d'", "d'e"),
        ("try:\n    a()\n|\nb()\n", "except E:\n    pass", "x = 1"),
        (
            "class A:\n    def f(self):\n        |\n\n    def g(self): pass\n",
            "return 1",
            "return (",
        ),
        ("@dec|\n", "orator\ndef f(): pass", "orator)"),
    ],
)
def test_python_that_can_be_filled_in_must_parse(marked, good, bad):
    assert judge(marked, good)
    assert not judge(marked, bad)


@pytest.mark.parametrize(
    ("marked", "good", "bad"),
    [
        ("class A { int f() { return | } }", "1;", "1"),
        ("class A { int f() { | } }", "return 1;", "x;"),
        ("class A { int f() { g(|); } }", "1, 2", "1, 2)"),
        ("class A { | }", "int x = 1;", "f() { }"),
        ("class A { void f() { if (x) | } }", "{ g(); }", "{ g();"),
        ("import java.util.|\nclass A {}", "List;", "class;"),
    ],
)
def test_java_that_can_be_filled_in_must_parse(marked, good, bad):
    assert judge(marked, good, "java")
    assert not judge(marked, bad, "java")


@pytest.mark.parametrize(
    ("marked", "good", "bad", "language"),
    [
        ("f(a, te|\nx = 1\n", "xt_width", "xt_width +", "python"),
        ("f(a, te|)\nx = 1\n", "xt_width", "xt]", "python"),
        ("if a:\n    for it|\n", "em in items", "em in (", "python"),
        ("x = [\n    na|\n]\n", "me", "me name", "python"),
        ("class A {\n  void f() {\n    final Str|\n  }\n}\n", "ing line", "ing.", "java"),
        ("class A {\n  pu|\n}\n", "blic void print", "blic void print(", "java"),
        ("class A {\n  void f() {\n    b.app|\n  }\n}\n", "end(x)", "end(x))", "java"),
        ("class A {\n  void f() {\n    if|\n  }\n}\n", " (x)", " (x) { g();", "java"),
    ],
)
def test_an_unfinished_line_may_stay_so_as_long_as_it_can_be_finished(marked, good, bad, language):
    assert judge(marked, good, language)
    assert not judge(marked, bad, language)


def test_a_line_that_is_not_begun_must_be_finished():
    assert not judge("class A {\n  |\n}\n", "public void print", "java")
    assert not judge("f(\n|\nx = 1\n", "a, b")


BROKEN_ABOVE = "def broken(:\n    pass\n\ndef f(a):\n    x = |\n    return x\n"
BROKEN_BELOW = "def f(a):\n    x = |\n    return x\n\ndef broken(:\n    pass\n"


@pytest.mark.parametrize("marked", [BROKEN_ABOVE, BROKEN_BELOW])
def test_a_file_that_is_broken_elsewhere_gets_no_new_error(marked):
    assert judge(marked, "a * 2")
    assert not judge(marked, "a *")
    assert not judge(marked, "(a")


def test_java_that_is_broken_elsewhere_gets_no_new_error():
    marked = "class A {\n  int f( { }\n  int g() {\n    return |\n  }\n}\n"
    assert judge(marked, "1;", "java")
    assert not judge(marked, "1 +;", "java")


@pytest.mark.parametrize(
    ("marked", "language"),
    [
        ("|\n    def f(self): pass\n\n    def g(self): pass\n", "python"),
        ('def f():\n    |\n    Say what it does.\n    """\n    return 1\n', "python"),
        ("|\n  void f() { }\n  void g() { }\n}\n", "java"),
        ("class A {\n  |\n    f();\n  }\n  void g() { }\n}\n", "java"),
    ],
)
def test_what_is_broken_only_for_want_of_the_cursor_s_line_must_parse(marked, language):
    assert not judge(marked, "x = 1;", language)


def test_an_unclosed_brace_above_leaves_no_new_error_as_the_promise():
    marked = "class A {\n  void f() {\n    int = 3;\n  int g() {\n    return |\n  }\n}\n"
    assert judge(marked, "1;", "java")
    assert not judge(marked, "1 + ) ;", "java")


def test_the_words_of_a_check_say_what_was_established_and_no_more():
    keeps = KeepsParsing(Source(text="x = \n", language="python"), 4, 4)
    proved, refuted = keeps.judge("1"), keeps.judge("1 +")
    assert proved.detail == "the file parses"
    assert proved.by.startswith("CPython 3.")
    assert "would not parse" in refuted.detail
    assert "line 1" in refuted.detail


@pytest.mark.parametrize(
    "text",
    ["-" * 200_000 + "1", "(" * 5000, "[" * 90 + "]" * 90, "x" * 1_000_000, "a.b" * 50_000, "\0"],
)
def test_hostile_texts_are_judged_without_a_crash(text):
    assert standing(Source(text=text, language="python")).parses in {True, False}


def test_nesting_too_deep_for_cpython_is_left_to_tree_sitter():
    found = standing(Source(text="x = " + "-" * 200_000 + "1", language="python"))
    assert found.by == "tree-sitter Python parser"


def test_syntax_of_a_later_python_is_no_error_by_our_word():
    source = Source(text="type Pair[T] = tuple[T, T]\n", language="python")
    assert standing(source).parses


def test_a_stray_escape_warns_nobody():
    assert standing(Source(text="x = '\\d'\n", language="python")).parses
