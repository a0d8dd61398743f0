"""Variables of functions that are assigned and never read."""

import pytest

from code_assist import Severity, Source, diagnose


def found(text):
    return [
        (one.message.split("'")[1], one.span.start.line + 1)
        for one in diagnose(Source(text=text, language="python"))
        if one.code == "unused-variable"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def f():\n    x = 1\n", [("x", 2)]),
        ("def f():\n    x: int = 1\n    x = 2\n", [("x", 2)]),
        ("class A:\n    def f(self):\n        x = self.g = 1\n", [("x", 3)]),
        ("def f():\n    def g():\n        y = 1\n    return g\n", [("y", 3)]),
        ("async def f():\n    if 1:\n        x = await g()\n\nasync def g(): pass\n", [("x", 3)]),
    ],
)
def test_what_nothing_reads_is_found(text, expected):
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "x = 1\n",
        "def f():\n    x = 1\n    return x\n",
        "def f():\n    x = 1\n    return lambda: x\n",
        "def f():\n    x = 1\n    def g():\n        nonlocal x\n        x = 2\n    return g\n",
        "def f():\n    global x\n    x = 1\n",
        "def f():\n    x = 1\n    x += 1\n",
        "def f():\n    x = 1\n    del x\n",
        "def f():\n    _x = 1\n",
        "def f():\n    x, y = 1, 2\n    return y\n",
        "def f():\n    x = 1\n    return locals()\n",
        "def f():\n    class A:\n        x = 1\n    return A\n",
        "def f():\n    x: int\n",
        "def f():\n    x = 1  # noqa\n",
    ],
)
def test_what_may_be_read_is_left_alone(text):
    assert found(text) == []


def test_it_is_a_hint():
    (one,) = diagnose(Source(text="def f():\n    x = 1\n", language="python"))
    assert one.severity is Severity.HINT
