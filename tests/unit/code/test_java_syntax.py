import pytest

from code_assist import Source
from code_assist.java_syntax import over_accepted
from code_assist.verify import standing

METHOD = "class A {{ void f() {{ {} }} }}"


def parses(text):
    return standing(Source(text=text, language="java")).parses


@pytest.mark.parametrize(
    "text",
    [
        METHOD.format("int class = 1;"),
        METHOD.format("a + b;"),
        METHOD.format("x;"),
        "class A { f() { } }",
        "class A { static final static int X = 1; }",
        "class A { void f(static int x) { } }",
        "class A { java.util.List<> x; }",
        "import java.util.List;\npackage a;\nclass A { }",
        "java.util.List;\nclass A { }",
    ],
)
def test_what_tree_sitter_lets_through_and_javac_does_not(text):
    assert not parses(text)


@pytest.mark.parametrize(
    "text",
    [
        METHOD.format("switch (x) { case 1 -> 2; default -> g(); }".replace("2;", "g();")),
        METHOD.format("int y = switch (x) { case 1 -> 2; default -> 3; };"),
        METHOD.format("/* why */ new B();"),
        METHOD.format("List<String> x = new ArrayList<>();"),
        METHOD.format("i++; --i; i = 1; i += 2; f(); new A(); this.f();"),
        METHOD.format("for (final var x : y) { } try { } catch (final E | F e) { }"),
        "class A { A() { } class B { B() { } } }",
        "enum E { X; E() { } }",
        "record R(int x) { R { } R(String s) { this(1); } }",
        "/* licence */ package a;\nimport b.C;\nclass A { }",
        "class A { var record = 1; int yield() { return 1; } }",
        "interface I { default void f() { } static void g() { } private void h() { } }",
        "sealed interface S permits T { } non-sealed class T implements S { }",
    ],
)
def test_real_java_is_not_refused(text):
    assert over_accepted(Source(text=text, language="java")) == ()
    assert parses(text)
