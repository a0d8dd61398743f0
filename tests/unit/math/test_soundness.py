"""Properties that must hold of every pair: no truth is refuted, no falsehood is proved."""

import random
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from assistants.answer import Verdict
from math_solver.reading import Binary, Call, Name, Number, Tree, spell
from math_solver.reading.tree import walk
from math_solver.symbolic.build import build
from math_solver.symbolic.enclosure import Evaluator, Undecided
from math_solver.symbolic.equivalence import compare_expressions
from math_solver.symbolic.plain import tree_of

LEAVES = st.one_of(
    st.integers(1, 9).map(lambda n: Number(value=Fraction(n))),
    st.sampled_from("xy").map(lambda n: Name(name=n)),
)
EXPRESSIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from("+-*/"), inner, inner).map(
            lambda t: Binary(operator=t[0], left=t[1], right=t[2])
        ),
        st.tuples(inner, st.integers(2, 3)).map(
            lambda t: Binary(operator="^", left=t[0], right=Number(value=Fraction(t[1])))
        ),
        st.tuples(st.sampled_from(["sin", "exp", "sqrt", "ln", "abs"]), inner).map(
            lambda t: Call(function=t[0], arguments=(t[1],))
        ),
    ),
    max_leaves=6,
)


def built(tree: Tree):
    from assistants.errors import InputError

    try:
        expression = build(tree)
    except (InputError, ZeroDivisionError):
        return None
    import sympy as sp

    return None if expression.has(sp.zoo, sp.nan, sp.oo, -sp.oo, sp.I) else expression


@settings(max_examples=60, deadline=None, derandomize=True)
@given(EXPRESSIONS)
def test_what_sympy_rewrites_is_never_refuted(tree: Tree) -> None:
    import sympy as sp

    expression = built(tree)
    if expression is None:
        return
    rewritten = tree_of(sp.expand(expression))
    assert compare_expressions(tree, rewritten).verdict is not Verdict.REFUTED


@settings(max_examples=60, deadline=None, derandomize=True)
@given(EXPRESSIONS, st.integers(0, 10_000))
def test_an_injected_error_is_never_proved(tree: Tree, seed: int) -> None:
    """Add 1 to one leaf: where some point shows a difference, no proof may exist."""
    changed = _one_leaf_changed(tree, random.Random(seed))
    if built(tree) is None or built(changed) is None:
        return
    if _differ_somewhere(tree, changed):
        assert compare_expressions(tree, changed).verdict is not Verdict.PROVED


def _one_leaf_changed(tree: Tree, choose: random.Random) -> Tree:
    leaves = [node for node in walk(tree) if isinstance(node, Number | Name)]
    place = choose.randrange(len(leaves))
    seen = -1

    def copy(node: Tree) -> Tree:
        nonlocal seen
        match node:
            case Number() | Name():
                seen += 1
                one = Number(value=Fraction(1))
                return Binary(operator="+", left=node, right=one) if seen == place else node
            case Binary():
                return Binary(operator=node.operator, left=copy(node.left), right=copy(node.right))
            case Call():
                return Call(function=node.function, arguments=tuple(map(copy, node.arguments)))
            case _:
                return node

    return copy(tree)


def _differ_somewhere(left: Tree, right: Tree) -> bool:
    """An independent look, at other points than the ladder takes and with real values only."""
    for x, y in ((Fraction(13, 7), Fraction(17, 5)), (Fraction(29, 9), Fraction(8, 11))):
        evaluator = Evaluator({"x": x, "y": y}, 50)
        try:
            boxes = evaluator.box(left), evaluator.box(right)
        except Undecided:
            continue
        if not evaluator.left_reals and boxes[0].disjoint(boxes[1]):
            return True
    return False


def test_spelling_survives_the_way_through_sympy() -> None:
    for source in ("e^(2*x)/(x + 1)", "ln(abs(x)) - 2*sqrt(x)", "1/cos(x)^2", "x^(2/3) + 2^x"):
        from math_solver.reading.parser import parse

        expression = build(parse(source))
        assert build(tree_of(expression)) == expression
        assert spell(parse(source))
