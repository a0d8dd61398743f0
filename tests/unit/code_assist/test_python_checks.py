"""Likely mistakes: calls that cannot work, misspelt attributes, dead statements; no false alarms."""

import pytest

from code_assist import Source, diagnose

AREA = "def area(width, height, *, scale=1):\n    return width * height * scale\n\n\n"
SHOP = (
    "class Shop:\n    def __init__(self, name):\n        self.prices = {}\n        self.stock_level = name\n\n"
    "    def price(self, item, count=1):\n        return self.prices[item] * count\n\n"
)


def slips(text):
    found = diagnose(Source(text=text, language="python"))
    return [(one.code, one.span.start.line + 1, one.message) for one in found]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("area(1)", "area() needs 'height'"),
        ("area(1, 2, 3)", "area() takes at most 2 positional arguments, here are 3"),
        ("area(1, 2, sclae=3)", "area() has no parameter 'sclae'"),
        ("area(1, width=2)", "area() gets 'width' twice"),
    ],
)
def test_a_call_that_cannot_work(call, message):
    assert slips(f"{AREA}x = {call}\n") == [("wrong-arguments", 5, message)]


@pytest.mark.parametrize(
    "text",
    [
        AREA + "x = area(1, 2)\ny = area(1, height=2, scale=3)\nz = area(*x)\nw = area(1, **y)\n",
        AREA + "area = len\nx = area(1)\n",
        AREA + "def f(area):\n    return area(1)\n",
        "import functools\n@functools.cache\n" + AREA + "area(1)\n",
        "def area(a): ...\ndef area(a, b): ...\narea(1, 2)\n",
        "def f(a, /, b): ...\nf(1, 2)\nf(1, b=2)\n",
        "class A(Base):\n    def __init__(self, one): ...\nA(1, 2)\nfrom x import Base\n",
        "class A:\n    @staticmethod\n    def f(a): ...\n    def g(self): self.f(1)\n",
        SHOP + "    def all(self):\n        return self.price(1), self.price(1, count=2)\n",
    ],
)
def test_a_call_that_works_or_of_which_too_little_is_known(text):
    assert [one for one in slips(text) if one[0] == "wrong-arguments"] == []


def test_a_call_of_an_own_method_and_of_a_class():
    text = SHOP + "    def all(self):\n        return self.price()\n\n\nShop()\n"
    assert slips(text) == [
        ("wrong-arguments", 10, "price() needs 'item'"),
        ("wrong-arguments", 13, "__init__() needs 'name'".replace("__init__", "Shop")),
    ]


def test_arguments_in_each_others_place():
    text = AREA + "def f(width, height):\n    return area(height, width)\n"
    assert slips(text) == [
        ("swapped-arguments", 6, "'height' and 'width' stand in each other's place")
    ]
    assert slips(text.replace("area(height, width)", "area(width, height)")) == []


def test_a_misspelt_attribute_and_attributes_that_others_may_give():
    text = SHOP + "    def all(self):\n        return self.stokc_level\n"
    assert slips(text) == [
        ("unknown-attribute", 10, "nothing defines 'stokc_level'; 'stock_level' may be meant")
    ]
    assert slips(text.replace("class Shop:", "from a import Base\nclass Shop(Base):")) == []
    assert slips(text.replace("stokc_level", "elsewhere")) == []


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("def f():\n    return 1\n    print(2)\n", [3]),
        ("for x in y_:\n    continue\n    print(x)\n".replace("y_", "[]"), [3]),
        ("def f(x):\n    if x:\n        raise ValueError\n    return x\n", []),
        ("def f():\n    return\n    yield\n", []),
    ],
)
def test_statements_that_are_never_reached(text, lines):
    assert [one[1] for one in slips(text) if one[0] == "unreachable-code"] == lines


def test_nothing_is_said_where_the_line_says_noqa_or_the_file_is_broken():
    assert slips(f"{AREA}x = area(1)  # noqa\n") == []
    assert [one[0] for one in slips(f"{AREA}x = area(1)\ndef g(:\n    pass\n")] == ["syntax-error"]
