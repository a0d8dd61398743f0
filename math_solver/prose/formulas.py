"""One formula of a question: an expression, relations, a list, a point, a set, a congruence.

A chain such as `1 <= x < 4` is two relations; `x, y > 0` speaks of both letters. Inverse functions
become letters: f^{-1}(9) is the letter u with f(u) = 9.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistants.errors import InputError
from math_solver.reading import Binary, Call, Name, Number, Relation, Tree
from math_solver.reading.parser import read_formula
from math_solver.reading.preparing import plain_formula
from math_solver.reading.tree import walk

from .nodes import Condition, Holds

_RELATION = re.compile(
    r"(<=|>=|!=|[<>=≤≥≠]|\\[lg]e(?:q(?:slant)?)?(?![a-z])|\\neq?(?![a-z])"
    r"|\\[lg]t(?![a-z]))"
)
_SIGNS = {"\\lt": "<", "\\gt": ">"}
_CONGRUENT = re.compile(
    r"(.+?)\s*(?:\\equiv|≡)\s*(.+?)\s*\\?\(?\s*(?:\\?p?mod(?:ulo)?"
    r"|\\pmod)\s*\{?\s*([^(){}]+?)\s*\}?\)?"
)
_FUNCTION = re.compile(
    r"([A-Za-z](?:_\{?\d\}?)?'?)\(([A-Za-z](?: ?, ?[A-Za-z])*)\) ?= ?([^=<>]+|piecewise\(.+\))"
)
_INVERSE = re.compile(r"([a-zA-Z])\^\{ ?-1 ?\}\(([^()]*(?:\([^()]*\)[^()]*)*)\)")
_BASED = re.compile(r"(?<![A-Za-z\d_.}])(\d+)_\{?(\d{1,2})\}?(?!\d)")
_WORDS = re.compile(r"\\(?:text|mbox|textrm|textup)\{\s*([^{}]*)\}")
SETS = {
    "R": (),
    "C": ("complex",),
    "Z": ("integer",),
    "Q": ("rational",),
    "N": ("integer", "positive"),
}


class Unread(InputError):
    """A part of a question that the grammar of phrases does not have."""


@dataclass(frozen=True, slots=True)
class Formula:
    """One formula, in every form that it has; what it is not, is empty."""

    source: str
    value: Tree | None = None
    relations: tuple[Relation, ...] = ()
    values: tuple[Tree, ...] = ()
    point: tuple[Tree, ...] = ()
    points: tuple[tuple[Tree, ...], ...] = ()
    members: tuple[Tree, ...] = ()
    conditions: tuple[Condition, ...] = ()
    """All that the formula says: its relations, congruences and memberships."""
    function: tuple[str, tuple[str, ...], Tree] | None = None


def function_letters(sources: Sequence[str]) -> frozenset[str]:
    """Return the letters that are used as functions somewhere: defined, or in front of a digit."""
    sources = [re.sub(r"(?<![A-Za-z\\])([fghpqFGH]) \(", r"\1(", source) for source in sources]
    found = {
        m[1]
        for s in sources
        for m in re.finditer(
            r"(?<![A-Za-z\\}])([fghFGHpqPQrsST])(?:\^\{-1\})?\((?![^()]*[-+]{2})", s
        )
    }
    defined = {
        m[1][0]
        for s in sources
        for m in re.finditer(r"(?<![A-Za-z\\])([A-Za-z])\([A-Za-z](?:,\s*[A-Za-z])*\)\s*=", s)
    }
    return frozenset((found & {"f", "g", "h", "F", "G", "H", "P", "Q", "p", "q"}) | defined)


class Formulas:
    """Reads formulas; keeps the letters that stand for values of inverse functions."""

    def __init__(self, functions: frozenset[str]) -> None:
        self.functions = functions
        self.inverse: list[Condition] = []
        self.assumptions: list[str] = []
        self.bases: list[int] = []

    def tree(self, source: str) -> Tree:
        """Read an expression or one relation. Raises `InputError`."""
        text = re.sub(r"(?<![A-Za-z\\])([A-Za-z]) \(", self._tight, source)
        text = _BASED.sub(self._in_base, text)
        text = self._without_inverse(text)
        reading = read_formula(text, functions=self.functions)
        self.assumptions.extend(reading.assumptions)
        if any(isinstance(n, Call) and n.function in {"diff", "limit"} for n in walk(reading.tree)):
            raise Unread("an operator of calculus is read elsewhere")
        return reading.tree

    def expression(self, source: str) -> Tree:
        """Read an expression. Raises `InputError`."""
        tree = self.tree(source)
        if isinstance(tree, Relation):
            raise Unread("a relation stands where a value is needed")
        return tree

    def _in_base(self, found: re.Match[str]) -> str:
        """Write a number of another base in figures of base 10."""
        base = int(found[2])
        if not 2 <= base <= 36:
            raise Unread("no base")
        try:
            value = int(found[1].replace(" ", ""), base)
        except ValueError as error:
            raise Unread("no number of that base") from error
        self.bases.append(base)
        return f" {value} "

    def _tight(self, found: re.Match[str]) -> str:
        """Drop the space between a function and its argument."""
        return f"{found[1]}(" if found[1] in self.functions else found.group()

    def _without_inverse(self, source: str) -> str:
        for _ in range(4):
            found = _INVERSE.search(source)
            if found is None or found[1] not in self.functions:
                return source
            argument = self.expression(found[2])
            name = f"u_{len(self.inverse) + 1}"
            left = Call(function=found[1], arguments=(Name(name=name),))
            self.inverse.append(Relation(operator="=", left=left, right=argument))
            source = f"{source[: found.start()]} {name} {source[found.end() :]}"
        return source

    def read(self, source: str) -> Formula:
        """Read one formula in every form that it has. Raises `Unread` where it has none."""
        text = re.sub(r"\s+", " ", plain_formula(_rows(source))).strip(" ,")
        text = re.sub(r"(?<![.])[.]$", "", text)
        for form in (
            self._letter,
            self._residue,
            self._function,
            self._congruence,
            self._membership,
            self._set,
            self._point,
            self._points,
            self._relations,
            self._list,
            self._value,
        ):
            try:
                found = form(text)
            except InputError:
                continue
            if found is not None:
                return found
        raise Unread(f"the formula {source[:40]!r} is not read")

    def _letter(self, text: str) -> Formula | None:
        """A letter alone, which may be that of a function."""
        return Formula(text, value=Name(name=text)) if re.fullmatch("[A-Za-z]", text) else None

    def _residue(self, text: str) -> Formula | None:
        """`182 - 15 (mod 14)`: the remainder."""
        found = re.fullmatch(
            r"([^=<>≡]+?) ?\\?\(? ?(?:\\pmod|\\mod|\\bmod) ?\{? ?(\d+) ?\}?\)?", text
        )
        if found is None or "equiv" in text:
            return None
        body, modulus = self.expression(found[1]), self.expression(found[2])
        return Formula(text, value=Call(function="remainder", arguments=(body, modulus)))

    def _points(self, text: str) -> Formula | None:
        parts = split_top(text, thousands=False)
        if len(parts) < 2 or not all(part.startswith("(") for part in parts):
            return None
        found = tuple(self._point(part) for part in parts)
        if any(one is None for one in found):
            return None
        return Formula(text, points=tuple(one.point for one in found if one is not None))

    def _value(self, text: str) -> Formula | None:
        return Formula(text, value=self.expression(text))

    def _function(self, text: str) -> Formula | None:
        found = _FUNCTION.fullmatch(text)
        if found is None or found[1][0] not in self.functions:
            return None
        body = self.expression(found[3])
        names = tuple(re.findall("[A-Za-z]", found[2]))
        relation = self.tree(text)
        relations = (relation,) if isinstance(relation, Relation) else ()
        return Formula(
            text, relations=relations, function=(found[1], names, body), conditions=relations
        )

    def _congruence(self, text: str) -> Formula | None:
        found = _CONGRUENT.fullmatch(text)
        if found is None:
            return None
        sides = re.split(r"\\equiv|≡", f"{found[1]}\\equiv{found[2]}")
        trees = [self.expression(side) for side in sides]
        modulus = self.expression(found[3])
        told = tuple(
            Holds(kind="congruent", arguments=(a, b, modulus)) for a, b in itertools.pairwise(trees)
        )
        return Formula(text, conditions=told)

    def _membership(self, text: str) -> Formula | None:
        found = re.fullmatch(r"(.+?) ?(?:\\in|∈) ?(.+)", text)
        if found is None:
            return None
        names = [self.expression(part) for part in found[1].split(",")]
        domain = re.fullmatch(r"\\mathbb\{?([RCZQN])\}?(\^\+)?", found[2])
        if domain:
            kinds = (*SETS[domain[1]], *(("positive",) if domain[2] else ()))
            told = [Holds(kind=kind, arguments=(name,)) for kind in kinds for name in names]
            return Formula(
                text,
                conditions=tuple(told)
                or tuple(Holds(kind="real", arguments=(name,)) for name in names),
            )
        between = re.fullmatch(r"([\[(]) ?([^,]+) ?, ?([^,]+) ?([\])])", found[2])
        if between:
            return Formula(
                text, conditions=tuple(one for name in names for one in self._bounds(name, between))
            )
        members = self._set(found[2])
        if members is None:
            raise Unread("a membership that is not read")
        return Formula(
            text,
            conditions=tuple(
                Holds(kind="one of", arguments=(name, *members.members)) for name in names
            ),
        )

    def _bounds(self, name: Tree, found: re.Match[str]) -> Iterator[Relation]:
        """Yield the relations that an interval says."""
        if "infty" not in found[2]:
            sign = ">=" if found[1] == "[" else ">"
            yield Relation(operator=sign, left=name, right=self.expression(found[2]))
        if "infty" not in found[3]:
            sign = "<=" if found[4] == "]" else "<"
            yield Relation(operator=sign, left=name, right=self.expression(found[3]))

    def _set(self, text: str) -> Formula | None:
        found = re.fullmatch(r"\\\{(.+)\\\}", text)
        if found is None:
            return None
        return Formula(text, members=self._listed(found[1]))

    def _listed(self, text: str) -> tuple[Tree, ...]:
        """Read members; whole numbers with `…` between them go on evenly."""
        parts = [part.strip() for part in re.split(r",", text)]
        gap = [i for i, part in enumerate(parts) if re.fullmatch(r"\\[lc]?dots|\.\.\.|…", part)]
        trees = [self.expression(p) for i, p in enumerate(parts) if i not in gap]
        if not gap:
            return tuple(trees)
        numbers = [t.value for t in trees if isinstance(t, Number) and t.value.denominator == 1]
        if len(gap) > 1 or len(numbers) != len(trees) or gap[0] < 2 or gap[0] + 1 != len(parts) - 1:
            raise Unread("how the members go on is not clear")
        head, last = numbers[:-1], numbers[-1]
        step = head[1] - head[0]
        even = all(b - a == step for a, b in itertools.pairwise(head))
        if step <= 0 or not even or (last - head[-1]) % step or (last - head[0]) / step > 10**5:
            raise Unread("how the members go on is not clear")
        count = int((last - head[0]) / step) + 1
        return tuple(Number(value=head[0] + i * step) for i in range(count))

    def _point(self, text: str) -> Formula | None:
        if not (text.startswith("(") and text.endswith(")") and "," in text):
            return None
        parts = split_top(text[1:-1], thousands=False)
        if len(parts) < 2:
            return None
        return Formula(text, point=tuple(self.expression(part) for part in parts))

    def _relations(self, text: str) -> Formula | None:
        if not _RELATION.search(text):
            return None
        told: list[Relation] = []
        for part in _listed_relations(text):
            told += self._chain(part)
        return Formula(text, relations=tuple(told), conditions=tuple(told))

    def _chain(self, text: str) -> Iterator[Relation]:
        """Yield the relations of `a < b < c`, or of `x, y > 0`."""
        sides = _RELATION.split(text)
        if len(sides) < 3:
            raise Unread("no relation")
        for left, sign, right in zip(sides[::2], sides[1::2], sides[2::2], strict=False):
            for one in split_top(left):
                for other in split_top(right):
                    tree = self.tree(f"{one} {_SIGNS.get(sign, sign)} {other}")
                    if not isinstance(tree, Relation):
                        raise Unread("no relation")
                    yield tree

    def _list(self, text: str) -> Formula | None:
        parts = [p for part in split_top(text) for p in re.split(r"\band\b", part) if p.strip()]
        if len(parts) < 2:
            return None
        return Formula(text, values=tuple(self.expression(part) for part in parts))


def split_top(text: str, *, thousands: bool = True) -> list[str]:
    """Split at the commas that stand in no bracket; `1,000` is one number unless told otherwise."""
    parts: list[str] = []
    depth, start = 0, 0
    for index, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        grouped = thousands and re.match(r",\d{3}(?!\d)", text[index:])
        if sign == "," and depth == 0 and not grouped:
            parts.append(text[start:index])
            start = index + 1
    return [part.strip() for part in (*parts, text[start:]) if part.strip()]


def _listed_relations(text: str) -> list[str]:
    """Split `x + y = 3, x - y = 1`, and `a = 1 and b = 2`; letters before a sign stay with it."""
    pieces = [p for part in split_top(text) for p in re.split(r"\b(?:and|or)\b|;", part)]
    if re.search(r"\bor\b", text):
        raise Unread("alternatives in a formula")
    joined: list[str] = []
    waiting = ""
    for piece in pieces:
        if not piece.strip():
            continue
        if _RELATION.search(piece):
            joined.append(f"{waiting}{piece}")
            waiting = ""
        elif (
            joined
            and re.fullmatch(r".*[=].*", joined[-1])
            and not re.fullmatch(r" ?[a-zA-Z] ?", piece)
        ):
            raise Unread("a list of values behind a sign")
        else:
            waiting += f"{piece},"
    if waiting:
        raise Unread("a letter without a relation")
    return joined


def _rows(source: str) -> str:
    """Write the rows of a display side by side, words in it bare."""
    text = re.sub(
        r"\\(?:begin|end)\{(?:cases|aligned|align\*?|array|gather\*?|split)\}"
        r"(?:\{[a-z| ]*\})?",
        " ",
        source,
    )
    if "\\begin" not in source:
        text = re.sub(r"\\\\(?:\[[^\]]*\])?", " , ", text).replace("&", " ")
        return _WORDS.sub(lambda m: f" {m[1].strip()} ", text)
    if "matrix" in source:
        return source
    rows = [row.strip().rstrip(",;.") for row in text.replace("&", "").split("\\\\")]
    return _WORDS.sub(lambda m: f" {m[1].strip()} ", ", ".join(row for row in rows if row))


def binary(operator: str, left: Tree, right: Tree) -> Tree:
    """Return a value of two others."""
    return Binary(operator=operator, left=left, right=right)
