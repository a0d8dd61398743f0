"""One finding per root cause, at the right place, also in broken files."""

import pytest

from code_assist import Severity, Source, diagnose


def findings(text, language="python"):
    return [
        (one.code, one.span.start.line + 1)
        for one in diagnose(Source(text=text, language=language, path=f"a.{language}"))
    ]


def test_a_clean_file_has_no_findings():
    assert findings("import os\nprint(os.sep)\n") == []
    assert findings("class A { int f() { return 1; } }", "java") == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("def f(:\n    pass\n", 1),
        ("x = 1\nprint((1, 2)\ny = 2\n", 2),
        ("def f():\n    x = 1\n  y = 2\n", 3),
        ("x = 'abc\ny = 1\n", 1),
        ("x = '''abc\ny = 1\n", 1),
        ("class A:\n    def f(self):\n        return = 1\n    def g(self): pass\n", 3),
        ("return 1\n", 1),
        ("def f(a, a): pass\n", 1),
        ("x = 1\x00\n", 1),
    ],
)
def test_one_python_error_gives_one_finding(text, line):
    assert findings(text) == [("syntax-error", line)]


def test_three_broken_functions_give_three_findings():
    text = "def a(:\n    pass\n\ndef b():\n    x = = 1\n\ndef c():\n    return 1\n\ndef d(x y):\n    pass\n"
    assert findings(text) == [("syntax-error", 1), ("syntax-error", 5), ("syntax-error", 10)]


def test_names_before_and_after_an_unclosed_bracket_are_still_found():
    text = "print(before)\n\ndef f():\n    return (1,\n\ndef g():\n    return after\n"
    assert findings(text) == [("undefined-name", 1), ("syntax-error", 4), ("undefined-name", 7)]


def test_what_a_broken_function_uses_or_defines_is_neither_unused_nor_undefined():
    text = "import os\n\ndef f(:\n    os.sep\n    helper = 1\n\nf()\nprint(helper)\n"
    assert findings(text) == [("syntax-error", 3)]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("class A {\n  void f() {\n    int x = ;\n  }\n}\n", 3, "unexpected ';'"),
        ("class A {\n  int f() {\n    return 1\n  }\n}\n", 3, "';' expected"),
        ("class A {\n  int f(int x {\n    return x;\n  }\n}\n", 2, "')' expected"),
        (
            "class A {\n  void f() {\n    if (x) {\n      g();\n  }\n\n  int h() { return 1; }\n}\n",
            4,
            "'}' expected: the '{' of line 3 is never closed",
        ),
        ("class A {\n  f() { }\n}\n", 2, "a method needs a result type"),
    ],
)
def test_one_java_error_gives_one_readable_finding(text, line, message):
    found = diagnose(Source(text=text, language="java"))
    assert [(one.span.start.line + 1, one.message) for one in found] == [(line, message)]


def test_two_broken_methods_give_two_findings():
    text = "class A {\n  void f() {\n    int x = ;\n  }\n  int g() { return 1 }\n}\n"
    assert findings(text, "java") == [("syntax-error", 3), ("syntax-error", 5)]


def test_braces_in_java_strings_and_comments_do_not_count():
    text = 'class A {\n  // }\n  String s = "}" + \'{\' + """\n    } """;\n  int x = ;\n}\n'
    assert findings(text, "java") == [("syntax-error", 5)]


def test_columns_are_code_points():
    (one,) = diagnose(Source(text="s = '😀'; missing\n", language="python"))
    assert (one.span.start.column, one.span.end.column) == (9, 16)
    assert one.severity is Severity.ERROR
    assert one.to_dict()["code"] == "undefined-name"


def test_lines_that_end_in_cr_and_lf_are_counted_once():
    assert findings("x = 1\r\ny = missing\r\n") == [("undefined-name", 2)]
