"""What CPython's compiler refuses after its parser, and what each version of Python added."""

import shutil
import subprocess
import sys
import warnings
from importlib import resources

import pytest

from assistants.constraint import Program
from assistants.masking import begins_program
from assistants.masking.glr import Recogniser
from assistants.masking.lalr import compile_grammar
from assistants.masking.program import machine
from assistants.masking.python_lexer import PythonLexer

GRAMMAR = resources.files("assistants.masking").joinpath("python.grammar").read_text("utf-8")


def accepts(text: str, reader=None) -> bool:
    reader = reader or machine("python")
    state = reader.run(reader.start(), text.encode())
    return state is not None and reader.complete(state)


def compiles(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(text, "x", "exec", dont_inherit=True)
        except SyntaxError:
            return False
    return True


VALID = [
    "def f():\n    return 1\n",
    "async def f():\n    class A:\n        def g(self): return 1\n    return await A.g()\n",
    "def f():\n    for x in y:\n        if x: continue\n        else: break\n",
    "while 1:\n    for x in y: pass\n    else: break\n",
    "for x in lambda: y: break\n",
    "while lambda x=lambda: 1, y=2: x: continue\n",
    "lambda: (yield)\n",
    "def f(): [(lambda: (yield)) for x in y]\n",
    "def f(): [x for x in (yield)]\n",
    "def f(): x = yield; y = yield x; await_ = [(yield), (yield)]\n",
    "(await x for x in y)\n",
    "([await x] for x in y)\n",
    "f(await x for x in y)\n",
    "def f(): return ([await z for z in x] for x in y)\n",
    "(x async for x in y)\n",
    "async def f():\n    lambda: (await x for x in y)\n    [z async for z in [await w]]\n",
    "async def f():\n    @(await x)\n    def g(a=await y): pass\n",
    "async def f():\n    async with a as b, c: pass\n    async for d in e: break\n",
    "def f():\n    def g():\n        nonlocal x\n    x = 1\n",
    "def f(x):\n    class A:\n        nonlocal x\n",
    "class A:\n    def f(self):\n        nonlocal __class__\n",
    "x = f'{a:{b:1}}' f'{a:{{b}}}' f'{a:{f\"{b:{c}}\"}}'\n",
    "x = fr'\\{{\\}}' f'\\{a}' f'{a:\\}'\n",
    "if x:\n    from a import *\n",
    "for x in y:\n    try: pass\n    except* A:\n        for z in w: break\n",
    '"doc"\nfrom __future__ import annotations\nfrom __future__ import (division, generators as g)\n',
    '"doc" "more"; from __future__ import division; import x\n',
    "x = 1\nfrom __future__.x import y\n",
    "try: pass\nexcept A: pass\nexcept: pass\nelse: pass\nfinally: pass\n",
    "*a, b = [*c] = (d, *e), f = g\nfor *a, in b: pass\n[1 for a, *b in c]\n",
    "with x as (*a,), y as [*b]: pass\n",
    "match x:\n    case [1, *_, {'k': v, **rest}]: pass\n    case _ if y: pass\n    case _: pass\n",
    "match x:\n    case {_.key: A(b=_) as c}: pass\n    case (1 | 2) as d: pass\n    case e: pass\n",
    "x[*a] = x[(b := 1), 2:3]\n[i for i in y if (last := i)]\n",
]
INVALID = [
    "return\n",
    "class A:\n    return 1\n",
    "def f():\n    class A: return\n",
    "if x:\n    break\n",
    "for x in y: pass\nelse: break\n",
    "for x in y:\n    def f(): continue\n",
    "yield\n",
    "class A:\n    (yield)\n",
    "def f(a=(yield)): pass\n",
    "lambda x=(yield): 1\n",
    "def f(): [(yield) for x in y]\n",
    "def f(): [x for x in y if (yield)]\n",
    "def f(): ((yield) for x in y)\n",
    "async def f():\n    yield from x\n",
    "await x\n",
    "def f(): await x\n",
    "async def f(): lambda: await x\n",
    "(await x, 1)\n",
    "(x for x in await y)\n",
    "[await x for x in y]\n",
    "[x async for x in y]\n",
    "def f():\n    async for a in b: pass\n",
    "async with a: pass\n",
    "nonlocal x\n",
    "class A:\n    nonlocal x\n",
    "def f():\n    nonlocal x\n",
    "x = f'{a:{b:{c:{d}}}}'\n",
    "x = " + "9" * 4301 + "\n",
    "def f():\n    from a import *\n",
    "class A:\n    from a import *\n",
    "def f():\n    try: pass\n    except* A: return\n",
    "for x in y:\n    try: pass\n    except* A: break\n",
    "from __future__ import annotation\n",
    "from __future__ import *\n",
    "x = 1\nfrom __future__ import annotations\n",
    "def f(): from __future__ import annotations\n",
    "from __future__ import division\n'a'\nfrom __future__ import generators\n",
    "try: pass\nexcept: pass\nexcept A: pass\n",
    "*a = b\n",
    "*a, *b = c\n",
    "for *a in b: pass\n",
    "with x as *a: pass\n",
    "[1 for *a in b]\n",
    "match x:\n    case a: pass\n    case 1: pass\n",
    "match x:\n    case a | 1: pass\n",
    "match x:\n    case [*a, *b]: pass\n",
    "match x:\n    case 1 as _: pass\n",
    "match x:\n    case _(): pass\n",
    "[x for x in (a := y)]\n",
]


@pytest.mark.parametrize("text", VALID)
def test_what_compiles_is_accepted(text: str) -> None:
    assert compiles(text), "the example itself is wrong"
    assert accepts(text)


@pytest.mark.parametrize("text", INVALID)
def test_what_the_compiler_refuses_is_refused(text: str) -> None:
    assert not compiles(text), "the example itself is right"
    assert not accepts(text)


@pytest.mark.parametrize(
    "text",
    ["returned = 1", "awaitable()", "yields", "breaks = 1", "from __future__ import annotations"],
)
def test_a_refused_word_may_be_the_beginning_of_another(text: str) -> None:
    reader = machine("python")
    state = reader.start()
    for byte in text.encode():
        state = reader.feed(state, byte)
        assert state is not None
    assert reader.complete(state)


SINCE = {
    (3, 11): "try: pass\nexcept* A: pass\nmatch x:\n    case 1: y[*z]\n",
    (
        3,
        12,
    ): "type A[T: int, *Ts, **P] = T\ndef f[T](x: T): pass\nx = f'{a:{b:{0}}.{c:1}}{f'{d}'}'\n",
    (3, 13): "class A[T = int, *Ts = *B, **P = ()]: pass\n",
    (3, 14): "try: pass\nexcept A, B: pass\nx = t'{y!r:>{z}}'\n",
}


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13), (3, 14)])
def test_each_version_takes_its_own_forms_and_the_older_ones(version: tuple[int, int]) -> None:
    reader = PythonLexer(Recogniser(compile_grammar(GRAMMAR, version)), version)
    for since, text in SINCE.items():
        assert accepts(text, reader) == (since <= version), text


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13), (3, 14)])
def test_interpreters_on_this_machine_agree_with_the_versions(version: tuple[int, int]) -> None:
    name = f"python{version[0]}.{version[1]}"
    interpreter = sys.executable if sys.version_info[:2] == version else shutil.which(name)
    if interpreter is None or subprocess.run([interpreter, "-V"], check=False).returncode:
        pytest.skip(f"no {name}")
    for since, text in SINCE.items():
        done = subprocess.run(
            [interpreter, "-W", "ignore", "-c", "import sys; compile(sys.argv[1], 'x', 'exec')", text],
            capture_output=True, check=False,
        )  # fmt: skip
        assert (done.returncode == 0) == (since <= version), text


@pytest.mark.parametrize(
    ("text", "begun"),
    [
        ("import # x", False),
        ("from a. # x", False),
        ("x = # x", False),
        ("x = ( # x", True),
        ("x = 1 # x", True),
        ("if x: # x", True),
        ("    # x", True),
    ],
)
def test_a_comment_stands_only_where_the_line_may_end(text: str, begun: bool) -> None:
    assert begins_program(Program("python", text)) is begun
