"""Java's newer forms, and what javac refuses while it parses."""

import pytest

from assistants.masking.program import machine


def accepts(text: str) -> bool:
    reader = machine("java")
    state = reader.run(reader.start(), text.encode())
    slow = reader.start()
    for byte in text.encode():
        slow = reader.feed(slow, byte) if slow is not None else None
    assert (state is None) == (slow is None), "reading by stretches differs from byte by byte"
    return state is not None and reader.complete(state)


UNITS = [
    "class A { int \u20bf, \ufe4fa, \u20acc, $, a\u0301, a\u00ad, \U0001d431, a\u200b; }",
    "class A { void f(A this, int... y) {} A(B B.this) {} Object o = (int x, int... y) -> 1; }",
    # Java 17: sealed classes, records, text blocks, patterns of instanceof, switch expressions
    "public static sealed interface A permits B, C.D {}",
    "class A { static sealed abstract class B permits C {} non-sealed final class E {} }",
    "record A<T>(@B int... y) implements C { static int z = 1; A { } static {} void f() {} }",
    "class A { record B() {} void f() { record C(int x) {} enum D {} interface E {} } }",
    "class A { boolean b = x instanceof @X final B c && !(y instanceof D<?> d); }",
    "class A { int f() { return switch (x) { case 1, 2 -> y; case 3 -> { yield 4; } }; } }",
    "class A { int record, sealed, permits, yield, var; void f() { record(1); sealed.x = 2; } }",
    "class A { record<X> x; X.record y; Object o = record::new; void yield() { this.yield(); } }",
    # Java 21: patterns in switch, record patterns
    "class A { void f() { switch (x) { case B b when b.c() -> d(); case null, default -> e(); } } }",
    "class A { boolean b = x instanceof R(final var y, S(int z, var w)); }",
    "class A { void f() { switch (x) { case R(var a): case S s: ; default: } } }",
    # Java 22: unnamed variables
    "class A { void f() { for (int _ : x) try (var _ = y) {} catch (E _) {} var _ = 1; } }",
    "class A { Object o = (_, x) -> 1; Object p = _ -> 1; boolean b = x instanceof R(_, int _); }",
    # Java 25: module imports, compact source files, flexible constructor bodies
    "import module java.base; void main() { IO.println(1); } int x = 1, y[] = {};",
    "class A { A(int x) { if (x < 0) throw new E(); this.y = x; super(x); } }",
    # what only a later phase of javac complains about
    "@A(b = 1, c, {d}) @E(f -> g = h, i = 2) class J { void f() { this: f(); } }",
    # kinds of `var`
    "class A { void f() { final var x = {1}; for (var i = 0;;) ; for (final var v : w) ; } }",
    "class A { Object o = (var x, @B var y) -> 1; void f() { var var = 1; var = 2; var.x(); } }",
    "interface A { int x = 1, y[] = {}; default void f() {} private static <T> void g() {} }",
    "class A { void f() { ((x)) = 1; (a.b) += 1; x[1] >>>= this.y = A.super.z; } }",
    "class A { void f() throws record, @X A.@Y B {} A() throws C {} }",
    "class A { void f() { switch (x) { case 1 -> {} case 2: a(); b(); case 3: } } }",
    # `this`, `class` and `super` behind names; qualified creation
    "class A { Object o = a.b.this.c, p = A.class, q = A.super.x, r = A.super::f, s = b.c[].class; }",
    "class A { void f() { A.super.x = 1; A.B.super.<T>m(); this.a.b = 1; o.new B<>(1) {}.c(); } }",
]
NO_UNITS = [
    "class A { Object o = f().this; }",
    "class A { Object o = f().class; }",
    "class A { Object o = f().super.m(); }",
    "class A { Object o = x.new B.C(1); }",
    "class A { int \u2118; }",
    "class A { int x\u212e; }",
    "class A { int \u0661; }",
    "class A { void f(int... x, int y) {} }",
    "class A { Object o = (int... x, int y) -> 1; }",
    "record A(int... x, int y) {}",
    "class A permits B {}",
    "class A { sealed int x; }",
    "sealed record A() permits B {}",
    "class A { void f() { sealed class B {} } }",
    "class A { void f() { static class B {} } }",
    "class record {}",
    "class A<var> {}",
    "class A extends yield {}",
    "class A { record r; }",
    "class A { void f(var x) {} }",
    "class A { var x; }",
    "class A { void f() { var x = 1, y = 2; } }",
    "class A { void f() { var x[] = 1; } }",
    "class A { Object o = (var x, int y) -> 1; }",
    "class A { boolean b = x instanceof var y; }",
    "class A { boolean b = x instanceof final B; }",
    "class A { int _; }",
    "class A { void f() { int _; } }",
    "class A { void f() { int _[] = x; } }",
    "class A { void f() throws int {} }",
    "class A { void f() throws B<C> {} }",
    "interface A { int x; }",
    "interface A { A() {} }",
    "interface A { static { } }",
    "record A(int x) { int y; }",
    "record A(int x) { { } }",
    "record A(final int x) {}",
    "record A(int x[]) {}",
    "class A { void f() { switch (x) { case 1 -> y; } } }",
    "class A { void f() { switch (x) { a(); } } }",
    "class A { int f() { switch (x) { case 1 when b -> {} } } }",
    "class A { void f() { a + b = c; } }",
    "class A { void f() { f() = 1; } }",
    "package p; int x;",
    "int x, y;",
    "int x[];",
    "var x = 1;",
]


@pytest.mark.parametrize("text", UNITS)
def test_what_some_version_up_to_25_takes(text: str) -> None:
    assert accepts(text)


@pytest.mark.parametrize("text", NO_UNITS)
def test_what_none_takes(text: str) -> None:
    assert not accepts(text)
