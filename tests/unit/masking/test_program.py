"""The constraint on whole programs, judged by CPython's own parser and by javac where it is."""

import ast
import random
import shutil
import subprocess
import warnings
from pathlib import Path

import numpy as np
import pytest

from assistants.constraint import Program
from assistants.errors import ConstraintError, Unsupported
from assistants.masking import Vocabulary, compile_mask
from assistants.masking.program import machine

ROOT = Path(__file__).resolve().parents[3]
VOCABULARY = Vocabulary.of_bytes()
END = 256


def accepts(text: str, language: str = "python") -> bool:
    reader = machine(language)
    state = reader.run(reader.start(), text.encode())
    slow = reader.start()
    for byte in text.encode():
        slow = reader.feed(slow, byte) if slow is not None else None
    assert (state is None) == (slow is None), "reading by stretches differs from byte by byte"
    return state is not None and reader.complete(state)


def parses(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(text, "x", "exec", flags=ast.PyCF_ONLY_AST)
        except (SyntaxError, ValueError):
            return False
    return True


SOURCES = sorted((ROOT / "assistants").glob("*.py"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_our_own_sources_are_programs(path: Path) -> None:
    assert accepts(path.read_text("utf-8"))


@pytest.mark.parametrize(
    "text",
    [
        "x = f'{a!r:>{width}} {{literal}} {b=}'\n",
        'f"""{x["key"]:%Y-%m}"""',
        "match command.split():\n    case [Point(x=0), *_] | {'k': -1+2j, **rest} if x:\n        pass\n",
        "match = case = type = 1\nmatch[case](type)\n",
        "if x:\n\tpass\n\n# comment\n  # odd comment\nelse:\n\tpass",
        "x = 1if y else 0x1for z\n",
        "a = b'\\xff' rb'\\d' \\\n  b''\n",
        "lambda *a, k=1, **kw: (yield)\n",
        "def f(a, /, b: int = 1, *, c, **d) -> None: ...\n",
        "async def f():\n    async with a as b, c: await d\n    return [x async for x in y]\n",
        "try:\n    pass\nexcept* (A, B) as e:\n    raise X from e\n",
        "été = '\\N{BULLET}'; print(été)\r\nx = 3\r\n",
        "@a.b[c]\nclass D(E, metaclass=F, *g, **h): x: int\n",
        "x[1:2, ::3, *a] = *b, c\n",
        "",
    ],
)
def test_valid_python(text: str) -> None:
    assert parses(text), "the example itself is wrong"
    assert accepts(text)


@pytest.mark.parametrize(
    "text",
    [
        "if x:\n",
        "try:\n    pass\nx = 1\n",
        "def f(a=1, b): pass\n",
        "f(a=1, b)\n",
        "f(**k, *a)\n",
        "f(,)\n",
        "print x\n",
        "x = = 1\n",
        "  x = 1\n",
        "if x:\n        pass\n    pass\n",
        "a + b = c\n",
        "del f()\n",
        "'abc\n'",
        "b'é'",
        "'\\x4'",
        "'\\N{no such name}'",
        "01",
        "1__0",
        "f'{}'",
        "f'{x!z}'",
        "f'}'",
        "'a' b'b'",
        "import a.b as c.d\n",
        "from . import *, a\n",
        "class A: pass pass\n",
        "x := 1\n",
        "(a b)",
        "return = 1\n",
        "x = 1 \\ \n",
    ],
)
def test_invalid_python(text: str) -> None:
    assert not parses(text), "the example itself is right"
    assert not accepts(text)


def test_mutants_are_judged_as_cpython_judges_them() -> None:
    chance = random.Random(7)
    pieces = [
        *"()[]{}:,.;=*'\"\\\n \t!@",
        "if ",
        "not ",
        "in ",
        "f'",
        "1",
        "async ",
        "lambda:",
    ]
    for _ in range(150):
        text = chance.choice(SOURCES).read_text("utf-8")[:3000]
        at = chance.randrange(len(text))
        cut = chance.random() < 0.4
        mutant = text[:at] + ("" if cut else chance.choice(pieces)) + text[at + cut :]
        assert accepts(mutant) == parses(mutant), mutant[max(0, at - 60) : at + 60]


def test_every_token_of_a_true_middle_is_allowed_and_it_may_stop() -> None:
    text = SOURCES[3].read_text("utf-8")
    chance = random.Random(3)
    for _ in range(10):
        low, high = sorted(chance.sample(range(len(text)), 2))
        high = min(high, low + 60)
        program = Program("python", text[:low], text[high:])
        mask = compile_mask(program, VOCABULARY)
        middle = list(text[low:high].encode())
        for token in middle:
            word, bit = divmod(token, 32)
            assert mask.allowed().view(np.uint32)[word] >> bit & 1
            assert mask.accept([token])
        assert mask.can_stop()
        assert mask.accept([END])


def test_the_bitmask_is_what_accept_says() -> None:
    mask = compile_mask(Program("python", "def f(x):\n    return x", ")\n"), VOCABULARY)
    bits = np.unpackbits(mask.allowed().view(np.uint8), bitorder="little")
    for token in range(257):
        assert bool(bits[token]) == (mask.validate([token]) == 1), token
    assert not mask.can_stop()


def test_rollback_takes_tokens_back() -> None:
    mask = compile_mask(Program("python", "x = ", "\n"), VOCABULARY)
    before = mask.allowed().copy()
    assert mask.accept(list(b"(1"))
    assert not mask.can_stop()
    assert not mask.accept(list(b"]"))
    assert mask.accept(list(b")"))
    assert mask.can_stop()
    mask.rollback(3)
    assert np.array_equal(mask.allowed(), before)
    with pytest.raises(ValueError, match="taken back"):
        mask.rollback(1)


def test_a_broken_prefix_and_an_unknown_language_are_named() -> None:
    with pytest.raises(ConstraintError, match="before the cursor"):
        compile_mask(Program("python", "def f(:"), VOCABULARY)
    with pytest.raises(Unsupported, match="cobol"):
        compile_mask(Program("cobol", ""), VOCABULARY)


JAVA_VALID = [
    "package a.b; import java.util.*; import static a.B.c; class A<T extends B & C> { }",
    "class A { A() { this(1); } int[] a[] = {{1}, {}}; <T> T f(T... t) throws E { return null; } }",
    "class A { void f() { for (Map.Entry<String, List<String>> e : m.entrySet()) x >>>= 1 >> 2; } }",
    "class A { Object f = (A<B<C>>) x; int g = (int) +1; Runnable r = () -> {}; F h = A::new; }",
    "record P(int x, @N String... y) implements Q { P { if (x < 0) throw new E(); } }",
    "sealed interface S permits A, B {} non-sealed class C implements S {}",
    "class A { int f(Object o) { return switch (o) { case B b when b.c() -> 1; default -> 2; }; } }",
    "class A { int f(R r) { return switch (r) { case R(var a, _) -> 2; default -> { yield 3; } }; } }",
    'class A { String s = """\n  a "quoted" \\t ""\\"\n  """; char c = \'\\u0041\'; }',
    "enum E { A(1) { void f() {} }, B; E(int... x) {} }",
    "@interface X { int value() default 1; String[] names() default {}; }",
    "module a.b { requires transitive c; exports d to e, f; provides g with h; }",
    "class A { void f() { try (var r = g(); s) { } catch (B | C e) { } label: while (true) break label; } }",
]
JAVA_INVALID = [
    "class A { B() { } }",
    "class A { void f() { int x = ; } }",
    "class A { void f() { x + 1; } }",
    "class A { public public int x; }",
    "class A { void f() { if (x) int y = 1; } }",
    "class A { int x = 09; }",
    "class A { char c = 'ab'; }",
    'class A { String s = "a\n"; }',
    "class A { void f() { try { } } }",
    "class A { List<String> x = new ArrayList<>>(); }",
    "class A { int x = 3000000000; }",
    "class A { void f() { else { } } }",
    "class A {",
]


@pytest.mark.parametrize("text", JAVA_VALID)
def test_valid_java(text: str) -> None:
    assert accepts(text, "java")


@pytest.mark.parametrize("text", JAVA_INVALID)
def test_invalid_java(text: str) -> None:
    assert not accepts(text, "java")


@pytest.mark.skipif(shutil.which("javac") is None, reason="no javac on this machine")
def test_javac_refuses_the_invalid_examples_too(tmp_path: Path) -> None:
    for number, text in enumerate(JAVA_INVALID):
        path = tmp_path / f"n{number}" / "A.java"
        path.parent.mkdir()
        path.write_text(text)
        done = subprocess.run(["javac", "-d", tmp_path, path], capture_output=True, check=False)
        assert done.returncode != 0, text
