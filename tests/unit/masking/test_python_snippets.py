"""Short texts, right and wrong, that are judged as CPython's compiler judges them."""

import warnings

import pytest

from assistants.masking.program import machine

# fmt: off
SNIPPETS = [
    "0", "00", "0_0", "0_", "01", "0x", "0xg", "0x_1", "0b12", "0o8", "0o17", "1_000", "1__0",
    "1.", "1..real", "1.real", "1 .real", "1.e5", "1e", "1e+", "1e5", "1E-5j", "1J", "0777",
    "00j", "09.5", "09", "0e0", "1_.5", "1._5", "1.5_5", "0xfor x in y", "[0xfor x in (1,)]",
    "1if 1else 2", "1or 2", "1and 2", "1in x", "1is x", "1not in x", "0b1or 2", "0o7and 1",
    "1_0if 1 else 0", "1.if 1 else 2", "1jif 1 else 2", "1else", "1lambda", "0x1for x",
    "1e5if 1 else 2", "1x", "1_a", "0b1_", "1.x", "'a'if 1 else 2", "'a'in x", "x if'a'else'b'",
    "r'\\'", "r'\\\\'", "rb'\\'", "'\\\n'", "'\\\\'", "'\\'", "'''a''b'''", "''''a'''",
    "'''a''''", "'''\\''''", '"""a\\""""', "'\\400'", "b'\\400'", "b'\\xg'", "'\\xg'",
    "'\\N{DIGIT ONE}'", "'\\N{digit one}'", "'\\N{LATIN SMALL LETTER A WITH MACRON AND GRAVE}'",
    "'\\N{nope}'", "'\\N'", "r'\\N'", "b'\\N'", "'\\u12'", "'\\U00110000'", "'\\U0010ffff'",
    "b'\\u12'", "u'a'", "ur'a'", "bu'a'", "Rb'a'", "bR'a'", "f'a'", "Fr'a'", "x='''\n'''",
    "x = \\\n1", "x \\\n= 1", "\\\nx = 1", "  \\\nx = 1", "if x:\n  \\\n  y\n",
    "if x:\n\\\n  y\n", "if x:\n  y\\\n", "x = 1 \\", "x = 1 # \\\ny", "#", "#\\", "\\\n",
    "\n\\\n\n", "x\\\n", "x;\\\ny", "x = (1,\n#c\n2)", "x = (\n\\\n1)", "if x: # c\n\n\n  y",
    "if x:\n  y\n # c\nz", "if x:\n  y\n # c\n  z", "if x:\n\ty\n        z",
    "if x:\n        y\n\tz", "if x:\n  if y:\n\tz", "if x:\n y\n\x0c\n z", "\x0cx = 1",
    "if x:\n\x0c  y\n  z", "x\x0cy", "x = 1\x0c", "\x0b", "x\x0b= 1", "\xa0x", "x\u2003= 1",
    "x = 1\x00", "# \x00", "'\x00'", "é=1", "x²=1", "x٣=1", "٣=1", "ﬁ=1", "ªb=1", "℘=1", "·x=1",
    "x·=1", "𝐱=1", "á=1", "́a=1", "x = '𝐱'", "#é", "\ufeffx", "$", "?", "x ?", "`x`", "x<>y",
    "!x", "x!", "x!=y", "x! =y", "x=! y", "a->b", "a:=1", "(a:=1)", "a:b:=1", "a@b",
    "@a\ndef f():pass", "a@=b", "a//=b", "a**=b", "a=>b", "a=<b", "a<=>b", "a...b", "a. . .b",
    "...", "... .a", "....a", ".5", "..5", "x[...]", "x[.5]", "from . import a",
    "from .. import a", "from ... import a", "from .... import a", "from ...a import b",
    "from . . import a", "from .a.b import c", "import a.b as c", "import a . b", "x.\\\ny",
    "x. y", "x .y", "x.if", "x.None", "x.match", "match.x", "match x", "match(x)", "match[x]",
    "match = 1", "match: int", "match x:\n case 1: pass", "match x,:\n case 1: pass",
    "match *x, y:\n case 1: pass", "match (x):\n case 1: pass", "match [x]:\n case 1: pass",
    "match -x:\n case 1: pass", "match - x", "match not x:\n case 1: pass",
    "match lambda: 1:\n case 1: pass", "match match:\n case case: pass",
    "match {1:2}:\n case {}: pass", "match x:\n pass", "match x:\n case 1: pass\n x", "case = 1",
    "case(x)", "type = 1", "type(x)", "type x", "type X = int", "type.x = 1", "print x",
    "exec 'x'", "async = 1", "await = 1", "async", "None = 1", "True = 1", "x = None = 1",
    "__peg_parser__", "for None in x: pass", "def None(): pass", "class True: pass",
    "import None", "f(None=1)", "lambda None: 1", "x.True", "del None", "del (), x", "del x,",
    "del", "return", "global", "global x,", "pass pass", "pass;", "pass;;", ";pass",
    "pass; pass;", "if x: pass; pass", "if x: if y: pass", "if x: pass\nelse: pass",
    "if x:\n pass\nelse:\n pass", "else: pass", "while x: pass; break", "class A: x: int = 1; y",
    "def f(): pass; return", "x = yield", "def f(): x = yield = 1", "def f(): yield = 1",
    "x = y = *z, w", "x, = y", "x += y += z", "x = y += z", "(x) += 1", "(x, y) += 1", "[x] += 1",
    "x.y += 1", "x[0] += 1", "f() += 1", "x: int", "(x): int", "(x, y): int", "[x]: int",
    "x.y: int", "x[0]: int", "f(): int", "x: int = y = z", "x: int += 1", "x, y: int",
    "not x = 1", "-x = 1", "x if y else z = 1", "lambda: x = 1", "(lambda: x) = 1", "'a' = 1",
    "f'' = 1", "... = 1", "x() .y = 1", "x().y[0] = 1", "(yield) = 1", "[x for x in y] = 1",
    "{} = 1", "{x} = 1", "(x for x in y) = 1", "x == 1 = 2", "a, b += 1", "a, = b, = c",
    "*a, b = *c, d", "(*a, b) = c", "((a)) = b", "((a, b), c) = d", "[a, [b, c]] = d", "() = a",
    "[] = a", "(a,) = b", "(a, b,) = c", "with a: pass", "with a, b: pass", "with (a, b): pass",
    "with (a, b) as c: pass", "with (a as b): pass", "with (a as b,): pass",
    "with (a as b), c: pass", "with (a), (b): pass", "with (a, b as c): pass", "with (a): pass",
    "with (yield): pass", "with (a := b): pass", "with (a := b, c): pass",
    "with a as (b, c): pass", "with a as b.c, d as e[0]: pass", "with a as f(): pass",
    "with a as 1: pass", "with (a as b).c: pass", "with (a).b as c: pass", "with (a, b)[0]: pass",
    "with a as b if c else d: pass", "with (a if b else c) as d: pass", "with (*a, b): pass",
    "with *a, b: pass", "for x, in y: pass", "for x, y in z: pass", "for (x, y) in z: pass",
    "for [x, y] in z: pass", "for x in y, z: pass", "for x in *y, z: pass", "for x() in y: pass",
    "for x().z in y: pass", "for x in y if z: pass", "for x in y if z else w: pass",
    "for (x in y): pass", "for x in (yield): pass", "for not x in y: pass",
    "for x if y in z: pass", "[x for x in y, z]", "[x for x in *y]", "[x for x in y if z if w]",
    "[x for x in y if z else w]", "[x for x in (y if z else w)]", "[x, y for x in z]",
    "[*x for x in y]", "{**x for x in y}", "{x: y for x in z}", "{x: *y for x in z}", "{*x, y}",
    "{**x, 'a': 1}", "{x: 1, **y,}", "{,}", "[,]", "(,)", "{x, y: z}", "{x: y, z}", "{x:=1}",
    "{x:=1, y}", "{(x:=1): 2}", "{x: y:=1}", "{x: (y:=1)}", "[x:=1, y]", "(x:=1, y)",
    "x = (y := 1)", "x = y := 1", "f(x:=1)", "f(x:=1, y=2)", "f(y=x:=1)", "f(x=y for y in z)",
    "f(x for x in y, 1)", "f(1, x for x in y)", "f(x for x in y)", "f((x for x in y), 1)",
    "f(x for x in y,)", "f(*a, b, *c, d=1, *e, **f, g=2)", "f(**a, *b)", "f(**a, b)", "f(a=1, b)",
    "f(a=1, *b, c)", "f(a.b=1)", "f((a)=1)", "f(a=1, a.b=2)", "f('a'=1)", "f(True=1)", "f(*)",
    "f(**)", "f(*a for a in b)", "f(a := b for b in c)", "x[a:=1]", "x[a:=1, b]", "x[a:=1:2]",
    "x[1:2:3]", "x[::]", "x[:, :]", "x[*a:1]", "x[*a, *b]", "x[a=1]", "x[]", "x[,]", "x[1,]",
    "x[a for a in b]", "x[(a for a in b)]", "x[lambda: 1]", "x[lambda: 1:2]", "x[yield]",
    "x[a if b else c:d]", "lambda: yield", "lambda: (yield)", "lambda *: 1", "lambda *, a: 1",
    "lambda *a, *b: 1", "lambda **a, b: 1", "lambda a=1, b: 1", "lambda a, /, b, *, c: 1",
    "lambda /, a: 1", "lambda a, /, /: 1", "lambda (a, b): 1", "lambda a: int: 1",
    "lambda a, b,: 1", "lambda *a,: 1", "lambda **a,: 1", "lambda *,a,: 1", "lambda: (a, b)",
    "lambda: a, b", "lambda x: lambda y: x", "lambda x=lambda y: y: x", "def f(a, /): pass",
    "def f(/): pass", "def f(*): pass", "def f(*,): pass", "def f(*, **k): pass",
    "def f(*, a): pass", "def f(a, *, b=1, c): pass", "def f(a=1, b): pass",
    "def f(a=1, /, b): pass", "def f(a=1, /, b=2): pass", "def f(a, b=1, /): pass",
    "def f(a, *b, c, **d): pass", "def f(**a,): pass", "def f(**a, b): pass",
    "def f(*a: int, **b: str) -> c: pass", "def f(*a=1): pass", "def f(**a=1): pass",
    "def f(a: *b): pass", "def f(*a: *b): pass", "def f(a, (b, c)): pass", "def f() -> *a: pass",
    "def f() -> a, b: pass", "def f() -> (a, b): pass", "def f() -> yield: pass",
    "def f(a: b := 1): pass", "def f(a=b:=1): pass", "def f(a=(b:=1)): pass", "class A(): pass",
    "class A(B, metaclass=C): pass", "class A(*B, **C): pass", "class A(x for x in y): pass",
    "class A B: pass", "@x\n@y.z\n@f(1)\n@a[b]\n@(yield)\nclass A: pass",
    "@x := y\ndef f(): pass", "@lambda f: f\ndef g(): pass", "@x, y\ndef f(): pass", "@x\nx = 1",
    "@x\n\n# c\nasync def f(): pass", "@x def f(): pass", "raise", "raise x from y", "raise x, y",
    "raise from x", "raise *x", "assert x, y", "assert x, y, z", "assert (x, y)", "assert",
    "assert x := 1", "assert (x := 1)", "try: pass\nfinally: pass",
    "try: pass\nexcept (A, B): pass", "try: pass\nexcept A, B: pass",
    "try: pass\nexcept A as b.c: pass", "try: pass\nexcept A as (b): pass",
    "try: pass\nexcept* (A, B) as e: pass", "try: pass\nexcept *A: pass",
    "try: pass\nexcept*A:pass", "try: pass", "try:\n pass\nelse: pass\nfinally: pass",
    "import a,", "import a, b", "from a import b,", "from a import (b,)",
    "from a import (b, c as d)", "from a import ()", "from a import *", "from a import (*)",
    "from a import b.c", "from a.b import c as d, e", "import a as b.c", "import .a",
    "from import a", "x = 1 if y", "x = 1 if y else", "x if y else z if w else v",
    "x if (yield) else z", "not not x", "x not in y", "x is not y", "x not y", "x is in y",
    "not in x", "a < b < c", "a == b != c", "a <> b", "- - x", "-+~x", "x ** -y", "-x ** y",
    "await x ** y", "x if not y else z", "a or b and not c", "a|b^c&d<<e+f*g",
    "a if b else lambda: c", "[] if () else {}", "x = y if z else *w", "x = *y if z else w,",
    "print(*x, sep='')", "print(x, file=y, end='')", "print >>x, y", "x = print",
    '"a" "b"\n\'c\'', "('a'\n'b')", "'a' 'b' = c", "x = 'a' f'{b}' r'c'", "x: 'a' 'b'",
    "__debug__", "x.__debug__", "pass\n  ", "if x:\n  pass\n  ", "if x:\n  pass\n \n",
    "if x:\n  pass\n\t\n", "x\r\ny\r\n", "x\ry", "x\r\r\ny", "'''\r\n'''", "'a\r'",
    "if x:\r\n  y\r\n", "x = (\r\n1)", "#c\r\nx", "\\\r\nx", "x \\\r\n= 1", "x\\ \ny", "f'\\{x}'",
    "f'\\{{x}}'", "fr'\\{x}'", "fr'\\{{x}}'", "fr'\\{{\\}}'", "f'\\{{\\}}'", "f'\\}}'",
    "fr'\\}}'", "f'\\}'", "f'\\\\{x}'", "f'\\\\{{x}}'", "f'\\{{'", "fr'\\{{'", "f'\\{'",
    "f'{x:\\{y}}'", "f'{x:\\}'", "f'{x:\\}}'", "f'{x:\\{{y}}}'", "fr'{x:\\{y}}'", "fr'{x:\\}'",
    "f'{x:\\x41}'", "f'{x:\\'}'", "f'{x:\\n}'", "f'\\N{BULLET}{x}'", "f'\\N{{x}}'", "fr'\\N{x}'",
    "f'{x:\\N{BULLET}}'", "f'\\N'", "f'{x}\\N{bullet}'", "f'\\u{x}'", "f'\\x4{x}'",
    "f'\\{x!r:{y}}'", 'f"""{x:\n}"""', 'f"""{x\n}"""', "f'{x:\n}'", "f'''{\nx\n}'''",
    "f'''{x:{y\n}}'''", "f'''{x:a\nb}'''", "f'{x #c\n}'", "f'''{x #c\n}'''", "f'{x=}'",
    "f'{x = !r:^20}'", "f'{x=:}'", "f'{x! r}'", "f'{x !r}'", "f'{x!s:}'", "f'{x!z}'", "f'{!r}'",
    "f'{x!}'", "f'{x!:}'", "f'{lambda x:1}'", "f'{(lambda x:1)}'", "f'{x:=5}'", "f'{(x:=5)}'",
    "f'{x!=y}'", "f'{x==y}'", "f'{x>=y}'", "f'{x<y}'", "f'{*a}'", "f'{*a,}'", "f'{yield}'",
    "f'{a,b}'", "f'{ }'", "f'{a b}'", "f'{{}}'", "f'{ {} }'", "f'{ {1:2}[1] }'", 'f\'{a["b"]}\'',
    "f'{a['b']}'", 'f\'{"\\n"}\'', 'f\'{f"{f\\\'\\\'}"}\'', "f'' ''", "'' f''", "b'' f''",
    "f'{x}' b''", "u'' f''", "fu''", "F'{x}' rF'{y}' Fr''", "f'{x:{y}{z}}'", "f'{x:{y!r:>3}}'",
    "f'a{x:b}c{y!s}d'", 'f\'{"a" "b"}\'', "f'{x}}}'", "f'}}{x}'", "f'{{{x}}}'", "f'{{{{{x}'",
    "f'{x:%H:%M}'", "f'{x::}'", "f'{x:!r}'", "f'{a:{b}c{d}e}'", "f'{0x1f:x}'", "f'{1.}'",
    "f'{1:.2f}'", "f'{x:{{}}}'", "f'{x:{{1}}}'", "f'{x:}}'", "f'{x:{{}'", "f'{x:{ {1:2}[1] }}'",
]
# fmt: on
"""Lexemes first, then statements and expressions, then f-strings."""


def compiles(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(text, "x", "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            return False
    return True


@pytest.mark.parametrize("part", range(10))
def test_snippets_are_judged_as_the_compiler_judges_them(part: int) -> None:
    reader = machine("python")
    for text in SNIPPETS[part::10]:
        state = reader.run(reader.start(), text.encode())
        accepted = state is not None and reader.complete(state)
        state = reader.start()
        for byte in text.encode():
            state = reader.feed(state, byte) if state is not None else None
        assert accepted == (state is not None and reader.complete(state)), text
        assert accepted == compiles(text), text
