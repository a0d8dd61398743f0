"""Quick-fixes: what is offered mends, and what would not is not offered."""

import pytest

from code_assist import Source, diagnose, fixes


def mended(text, language="python"):
    source = Source(text=text, language=language)
    found = diagnose(source)
    return [source.replace(fix.span, fix.new_text).text for fix in fixes(source, found[0])]


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("def f()\n    return 1\n", "def f():\n    return 1\n"),
        ("x = (1, 2\ny = 1\n", "x = (1, 2)\ny = 1\n"),
        ("if x = 1:\n    pass\n", "if x == 1:\n    pass\n"),
        ("def f():\nreturn 1\n", "def f():\n    return 1\n"),
        ("x = [1, 2)\n", "x = [1, 2]\n"),
        ("def f():\n    x = 1\n  y = 2\n", "def f():\n    x = 1\n    y = 2\n"),
        ("x = 1 +* 2\n", "x = 1 * 2\n"),
    ],
)
def test_a_syntax_error_is_mended_as_one_would(broken, whole):
    assert whole in mended(broken)


def test_java_signs_are_put_in_where_they_belong():
    text = "class A {\n  int f() {\n    return 1\n  }\n}\n"
    assert text.replace("1\n", "1;\n") in mended(text, "java")


def test_what_is_offered_for_a_syntax_error_parses():
    for text in ("x = = 1\n", "class A:\n    def f(self:\n        pass\n", "for x on y: pass\n"):
        offered = mended(text)
        assert offered
        assert all(
            not [
                one
                for one in diagnose(Source(text=each, language="python"))
                if "syntax" in one.code
            ]
            for each in offered
        )


def test_a_misspelt_name_is_changed_and_a_module_imported():
    text = "def area(radius):\n    return raduis * 2\n"
    assert mended(text)[0] == text.replace("raduis", "radius")
    assert "import json\nx = json.dumps(1)\n" in mended("x = json.dumps(1)\n")


def test_an_import_goes_behind_the_docstring():
    assert mended("'''Say.'''\nx = json.dumps(1)\n")[0].startswith("'''Say.'''")
    text = '"""Say."""\nx = json.dumps(1)\n'
    assert '"""Say."""\nimport json\nx = json.dumps(1)\n' in mended(text)


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("import os\nx = 1\n", "x = 1\n"),
        ("from a import b, c\nprint(b)\n", "from a import b\nprint(b)\n"),
        ("from a import b, c\nprint(c)\n", "from a import c\nprint(c)\n"),
        (
            "from a import (\n    b,\n    c,\n)\nprint(c)\n",
            "from a import (\n    c,\n)\nprint(c)\n",
        ),
    ],
)
def test_an_unused_import_is_taken_out_alone(text, whole):
    assert whole in mended(text)


def test_exchanged_arguments_are_put_in_order():
    text = "def f(low, high): ...\ndef g(low, high):\n    return f(high, low)\n"
    assert mended(text) == [text.replace("f(high, low)", "f(low, high)")]
