"""Imports that a Java file does not need."""

import pytest

from code_assist import Source, diagnose, fixes

TEXT = "package p;\n\nimport {};\nimport java.util.Map;\n\nclass A {{\n  Map m;\n  {}\n}}\n"


def found(imported, member=""):
    source = Source(text=TEXT.format(imported, member), language="java")
    return source, diagnose(source)


def test_an_import_that_nothing_mentions_is_found_and_taken_out():
    source, (one,) = found("java.util.List")
    assert (one.code, one.span.start.line) == ("unused-import", 2)
    (fix,) = fixes(source, one)
    assert source.replace(fix.span, fix.new_text).text == source.text.replace(
        "import java.util.List;\n", ""
    )


@pytest.mark.parametrize(
    ("imported", "member"),
    [
        ("java.util.List", "List<String> all;"),
        ("java.util.List", "/** See {@link List}. */ int x;"),
        ("java.util.*", ""),
        ("static java.lang.Math.max", "int x = max(1, 2);"),
        ("java.util.List", "int x = ;"),
    ],
)
def test_what_is_mentioned_or_cannot_be_told_is_left_alone(imported, member):
    assert not [one for one in found(imported, member)[1] if one.code == "unused-import"]


def test_a_part_of_a_longer_name_is_no_mention():
    _, (one,) = found("java.util.List", "ArrayList a; List2 b; My_List c;")
    assert one.name == "java.util.List"


def test_annotations_of_a_package_stand_above_the_imports():
    text = "@Checked\npackage p;\n\nimport a.b.Checked;\n"
    assert diagnose(Source(text=text, language="java")) == ()
