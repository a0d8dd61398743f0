"""An error is told where its cause is: where the layout contradicts the brackets, and before a
line that only shows that the one above it is unfinished."""

import pytest

from code_assist import Source, diagnose


def told(text, language):
    found = diagnose(Source(text=text, language=language, path=f"a.{language}"))
    return [one.span.start.line + 1 for one in found if one.code == "syntax-error"]


def only(text, language):
    (found,) = [
        one for one in diagnose(Source(text=text, language=language)) if one.code == "syntax-error"
    ]
    return found


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("x = f(\n    1,\n    2,\n\ny = 2\n", 4),
        ("def f():\n    x = g(\n        1,\n    \n    return x\n", 4),
        ("x = f(1, 2\ny = 2\n", 1),
        ("x = f(\n    g(\n        1,\n        2,\n)\ny = 1\n", 4),
        ("x = f\n    1,\n    2,\n)\ny = 1\n", 1),
        ("def f(\n    a,\n    b=[,\n):\n    pass\n", 3),
        ("class A\n    b: int,\n):\n    pass\n", 1),
        ("x = f(\n    (1, 2)),\n    3,\n)\n", 2),
    ],
)
def test_a_bracket_is_told_where_it_is_missing_or_too_many(text, line):
    assert told(text, "python") == [line]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("from a import (\n    b,\n    c\n    d,\n)\n", 3),
        ("x = (\n    (a.b\n     + c d),\n)\n", 3),
        ("def f():\n    if x:\n\n    return 1\n", 2),
        ("def f():\n    if x:\n        \n    return 1\n", 3),
        ("def f(x):\n    y = (\n        a=1,\n    )\n", 2),
        ("try:\n    x = 1\nexcept Foo:\n    y = 1\nelseif\n    z = 1\n", 5),
        ("f(\n    a=1,\n    b\n)\n", 3),
        ("x = 1\n    y = 2\n", 2),
    ],
)
def test_what_follows_is_not_blamed_in_python(text, line):
    assert told(text, "python") == [line]


BODY = "class A {{\n  void f() {{\n{}\n  }}\n\n  int g() {{ return 1; }}\n}}\n"


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        ("    g()", 3),
        ("    int x = g() +\n", 3),
        ("    foo(a,\n        b\n        c);", 4),
        ("    int x = 1\n    // a word\n    int y = 2;", 3),
        ("    if (x) {{\n      g();\n    }\n    h();", 3),
        ("    +g();", 3),
    ],
)
def test_what_follows_is_not_blamed_in_java(lines, line):
    text = BODY.format("@").replace("@", lines.replace("{{", "{ {"))
    assert told(text, "java") == [line]


@pytest.mark.parametrize("note", ["Override", "@", "@Override Override"])
def test_a_broken_annotation_is_told_on_its_own_line(note):
    text = f"class A {{\n  {note}\n  public void f() {{ }}\n}}\n"
    assert told(text, "java") == [2]


def test_a_word_too_many_below_an_annotation_is_told_there():
    assert told("class A {\n  @Override\n  1 void f() { }\n}\n", "java") == [3]


def test_a_missing_opening_brace_is_told_at_its_header():
    text = "class A {\n  void f()\n    g();\n  }\n  void h() {\n    g();\n  }\n}\n"
    found = only(text, "java")
    assert (found.span.start.line, found.message.split(":")[0]) == (1, "'{' expected")


def test_one_slip_that_confuses_the_parser_for_long_is_told_once():
    text = "class A {\n  private ]() {\n    super(1);\n  }\n  void f() {\n    g();\n  }\n}\n"
    assert told(text, "java") == [2]


def test_oddly_laid_out_braces_are_not_blamed_for_another():
    text = (
        "class A {\n  int[] a = new int[] {\n    1 };\n  void f() {\n    g();\n    }\n"
        "  void h() {\n    g(;\n  }\n}\n"
    )
    assert told(text, "java") == [8]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("for part in text.split(:\n    print(part)\n", "invalid syntax at ':'"),
        ("total = = 3\n", "invalid syntax at '='"),
        ("total = 1 +\nother = 2\n", "invalid syntax at the end of the line"),
        ("pair = (\n    first\n    second\n)\n", "invalid syntax. Perhaps you forgot a comma?"),
    ],
)
def test_pythons_barest_message_says_at_what(text, message):
    found = diagnose(Source(text=text, language="python", path=""))
    assert [one.message for one in found if one.code == "syntax-error"] == [message]
