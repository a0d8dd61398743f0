"""Undefined names and unused imports: what is found, and everything that is no finding."""

import ast

import pytest

from code_assist import Source, diagnose


def names(text, path="a.py"):
    found = diagnose(Source(text=text, language="python", path=path))
    return [
        (one.code, one.span.start.line + 1, one.message.split("'")[1])
        for one in found
        if one.code != "unused-variable"
    ]


@pytest.mark.parametrize(
    ("text", "line", "name"),
    [
        ("x = missing\n", 1, "missing"),
        ("def f():\n    return missing\n", 2, "missing"),
        ("class A:\n    x = 1\n    def f(self):\n        return x\n", 4, "x"),
        ("[a for b in range(3)]\n", 1, "a"),
        ("def f():\n    y = 1\nprint(y)\n", 3, "y"),
        ("lambda a: b\n", 1, "b"),
        ("def f(a=b): pass\n", 1, "b"),
        ("@decorator\ndef f(): pass\n", 1, "decorator"),
        ("x: Missing = 1\n", 1, "Missing"),
        ("try:\n    a()\nexcept ValueError:\n    pass\n", 2, "a"),
        ("match x_:\n    case y: pass\n", 1, "x_"),
        ("s = 'é😀'; missing\n", 1, "missing"),
        ("f'{missing}'\n", 1, "missing"),
        ("class A:\n    N = int\n    def f(self):\n        return N\n", 4, "N"),
        ("def __getattr__(name): ...\nmissing\n", 2, "missing"),
        ("print(globals()['x'], 'y' in globals(), vars().get('z'))\nmissing\n", 2, "missing"),
    ],
)
def test_an_undefined_name_is_found(text, line, name):
    assert names(text) == [("undefined-name", line, name)]


@pytest.mark.parametrize(
    "text",
    [
        "from os import *\nprint(path)\n",
        "exec('x = 1')\nprint(x)\n",
        "globals()['x'] = 1\nprint(x)\n",
        "globals().update(x=1)\nprint(x)\n",
        "names = globals()\nnames['x'] = 1\nprint(x)\n",
        "if 1:\n    x = 1\nprint(x)\n",
        "for i in y_ if (y_ := [1]) else []: pass\nprint(i)\n",
        "def f():\n    global x\n    x = 1\nprint(x)\n",
        "def f():\n    x = 1\n    def g():\n        nonlocal x\n        x = 2\n    return g\n",
        "x = 1\ndel x\n",
        "try:\n    unicode\nexcept NameError:\n    unicode = str\n",
        "try:\n    reload_all\nexcept NameError:\n    pass\n",
        "import sys\nif sys.version_info[0] < 3:\n    text = unicode\n",
        "class A:\n    x = 1\n    y = [x for _ in range(3)]\n    z = x\n",
        "class A:\n    def f(self):\n        return __class__\n",
        "print(__name__, __file__, __doc__, __spec__)\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from a import B\ndef f(x: 'B'): ...\n",
        "def f() -> Later: ...\nclass Later: ...\n",
        "try:\n    pass\nexcept OSError as error:\n    print(error)\n",
        "with open('a') as (b, c): print(b, c)\n",
        "match 1:\n    case {'a': b, **rest}: print(b, rest)\n    case [c, *d] | C(c, d): print(c, d)\nclass C: ...\n",
        "if any((hit := x) for x in [1]): print(hit)\n",
        "def f(a, /, b, *c, d, **e): return a, b, c, d, e\n",
        "async def f():\n    async with g() as x: return [y async for y in x]\nasync def g(): ...\n",
        "[x for x in range(3) for y in range(x) if y]\n",
        "{k: v for k, v in {}.items()}\n",
        "import a.b\nprint(a.b)\n",
        "def f(): return g()\ndef g(): return _('translated')\n",
        "lambda: (yield)\n",
        "class A:\n    N = int\n    def f(self, x: N = N()) -> N: return x\n",
        "class A:\n    class B: ...\n    def f(self, *, x: B): ...\n",
        "try:\n    import a\nexcept ImportError:\n    a = unicode\nprint(a)\n",
        "def f(x: ellipsis): ...  # noqa: F821\n",
        "import enum\nenum.IntEnum._convert_('E', __name__, len)\nprint(E)\n",
        "import enum\n@enum.global_enum\nclass E(enum.Flag):\n    A = 1\nprint(A)\n",
        "import sys\nsetattr(sys.modules[__name__], 'x', 1)\nprint(x)\n",
        "x = y = 1\nx += y\n",
    ],
)
def test_no_false_alarm(text):
    ast.parse(text)
    assert names(text) == []


def test_type_parameters_raise_no_alarm():
    text = "def f[T](x: T) -> T: return x\nclass A[K](B[K]):\n    y: K\nclass B: ...\ntype P[Q] = list[Q]\n"
    assert names(text) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("import os\n", "os"),
        ("import os.path\n", "os.path"),
        ("from os import path as p\n", "os.path"),
        ("from . import a\n", "..a"),
        ("def f():\n    import json\n", "json"),
        ('"""Uses os."""\nimport os\n', "os"),
    ],
)
def test_an_unused_import_is_found(text, name):
    assert [(code, found) for code, _, found in names(text)] == [("unused-import", name)]


@pytest.mark.parametrize(
    "text",
    [
        "import os\n__all__ = ['os']\n",
        "import os as os\n",
        "from __future__ import annotations\n",
        "try:\n    import json\nexcept ImportError:\n    pass\n",
        "import os  # noqa: F401\n",
        "from typing import List\nx = []  # type: List[int]\n",
        "from typing import cast\nfrom a import B\ncast('B', 1)\n",
        "import os\nprint(locals())\n",
        "import os\nx: 'os.PathLike'\n",
    ],
)
def test_a_used_or_wanted_import_is_no_finding(text):
    assert names(text) == []


def test_a_package_may_import_for_others():
    assert names("from .a import b\n", path="pkg/__init__.py") == []
    assert names("from a import b\n", path="a.pyi") == []


def test_a_tree_too_deep_to_walk_is_left_alone():
    assert names("x = " + " + ".join(["1"] * 900) + "\n") == []
