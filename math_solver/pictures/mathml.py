"""Our trees as MathML Core, which all current browsers show without scripts or fonts.

Only elements of MathML Core are written (W3C, 2025): `mfrac`, `msup`, `msqrt`, `mroot`,
`munderover` and the tokens. Every name and number is escaped.
"""

from fractions import Fraction

from math_solver.reading import Binary, Call, Name, Negate, Number, Relation, Tree
from math_solver.reading.tree import rank_of
from math_solver.render import GREEK, SIGNS, pieces

from .sheet import clean

NAMES = {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "ceiling": "ceil"}
FENCES = {"abs": ("|", "|"), "floor": ("⌊", "⌋"), "ceiling": ("⌈", "⌉")}
APPLY = "<mo>&#x2061;</mo>"
"""The invisible sign between a function and its argument."""


def mathml_of_line(line: str) -> str:
    """Write a line such as `x = 2 or x = 3` as HTML: formulas as MathML, words as words."""
    return "".join(clean(one) if isinstance(one, str) else math(one) for one in pieces(line))


def math(tree: Tree) -> str:
    """Return a whole formula."""
    return f"<math>{mathml(tree)}</math>"


def mathml(tree: Tree) -> str:
    """Return a tree as the inside of a `math` element."""
    match tree:
        case Number():
            return _number(tree.value)
        case Name():
            return _name(tree.name)
        case Negate():
            return _row("<mo>−</mo>", _wrapped(tree.operand, 2))
        case Relation():
            sign = clean(SIGNS.get(tree.operator, tree.operator))
            return _row(mathml(tree.left), f"<mo>{sign}</mo>", mathml(tree.right))
        case Binary():
            return _binary(tree)
        case Call():
            return _call(tree)


def _row(*parts: str) -> str:
    return f"<mrow>{''.join(parts)}</mrow>"


def _number(value: Fraction) -> str:
    top, below = abs(value.numerator), value.denominator
    whole = f"<mn>{top}</mn>"
    shown = whole if below == 1 else f"<mfrac>{whole}<mn>{below}</mn></mfrac>"
    return _row("<mo>−</mo>", shown) if value < 0 else shown


def _name(name: str) -> str:
    if name == "infinity":
        return "<mn>∞</mn>"
    base, _, index = name.partition("_")
    shown = f"<mi>{clean(GREEK.get(base, base))}</mi>"
    return f"<msub>{shown}<mi>{clean(index)}</mi></msub>" if index else shown


def _wrapped(tree: Tree, least: int) -> str:
    inner = mathml(tree)
    return inner if rank_of(tree) >= least else _fenced(inner)


def _fenced(inner: str, opening: str = "(", closing: str = ")") -> str:
    return _row(f"<mo>{opening}</mo>", inner, f"<mo>{closing}</mo>")


def _binary(tree: Binary) -> str:
    match tree.operator:
        case "/":
            return f"<mfrac>{mathml(tree.left)}{mathml(tree.right)}</mfrac>"
        case "^":
            return f"<msup>{_wrapped(tree.left, 5)}{mathml(tree.right)}</msup>"
        case "*":
            left, right = _wrapped(tree.left, 2), _wrapped(tree.right, 3)
            return _row(left, _times(tree), right)
        case _:
            sign = "−" if tree.operator == "-" else "+"
            return _row(mathml(tree.left), f"<mo>{sign}</mo>", _wrapped(tree.right, 2))


def _times(tree: Binary) -> str:
    """A sign where two figures would stand side by side, else none that is seen."""
    begins = tree.right
    while isinstance(begins, Binary) and begins.operator != "/":
        begins = begins.left
    figures = isinstance(begins, Number | Binary)
    return "<mo>⋅</mo>" if figures else "<mo>&#x2062;</mo>"


def _call(tree: Call) -> str:
    parts = [mathml(argument) for argument in tree.arguments]
    match tree.function:
        case "abs" | "floor" | "ceiling":
            return _fenced(parts[0], *FENCES[tree.function])
        case "sqrt":
            return f"<msqrt>{parts[0]}</msqrt>"
        case "cbrt":
            return f"<mroot>{parts[0]}<mn>3</mn></mroot>"
        case "root" if len(parts) == 2:
            return f"<mroot>{parts[0]}{parts[1]}</mroot>"
        case "factorial":
            return _row(_wrapped(tree.arguments[0], 9), "<mo>!</mo>")
        case "log" if len(parts) == 2:
            head = f"<msub><mi>log</mi>{parts[1]}</msub>"
            return _row(head, APPLY, _fenced(parts[0]))
        case "sum" | "product" if len(parts) == 4:
            return _series(tree, parts)
        case "integrate" if len(parts) in {2, 4}:
            return _integral(tree, parts)
        case "diff" if len(parts) >= 2:
            return _derivative(tree, parts)
        case "limit" if len(parts) == 3:
            under = _row(parts[1], "<mo>→</mo>", parts[2])
            return _row(f"<munder><mo>lim</mo>{under}</munder>", _wrapped(tree.arguments[0], 2))
        case name:
            shown = clean(NAMES.get(name, name))
            return _row(f"<mi>{shown}</mi>", APPLY, _fenced("<mo>,</mo>".join(parts)))


def _series(tree: Call, parts: list[str]) -> str:
    sign = "∑" if tree.function == "sum" else "∏"
    below = _row(parts[1], "<mo>=</mo>", parts[2])
    head = f"<munderover><mo>{sign}</mo>{below}{parts[3]}</munderover>"
    return _row(head, _wrapped(tree.arguments[0], 2))


def _integral(tree: Call, parts: list[str]) -> str:
    bounds = f"<msubsup><mo>∫</mo>{parts[2]}{parts[3]}</msubsup>" if len(parts) == 4 else ""
    body = _wrapped(tree.arguments[0], 2)
    return _row(bounds or "<mo>∫</mo>", body, "<mspace width='0.2em'/>", "<mi>d</mi>", parts[1])


def _derivative(tree: Call, parts: list[str]) -> str:
    order = parts[2] if len(parts) > 2 and parts[2] != "<mn>1</mn>" else ""
    above = f"<msup><mi>d</mi>{order}</msup>" if order else "<mi>d</mi>"
    below = f"<msup>{parts[1]}{order}</msup>" if order else parts[1]
    head = f"<mfrac>{above}{_row('<mi>d</mi>', below)}</mfrac>"
    return _row(head, _fenced(mathml(tree.arguments[0])))
