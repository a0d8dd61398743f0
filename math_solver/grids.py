"""Matrices and vectors in a line of someone's work, computed with entry by entry as formulas.

A matrix that is written out becomes a `grid` call: the number of its rows, then its entries by
rows. Sums, products, powers, inverses, lengths and determinants follow their definitions, so that
an equation between matrices is one equation an entry. Letters for whole matrices are not read.
"""

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from assistants.errors import InputError

from .reading import Binary, Call, Name, Negate, Number, Tree
from .reading.parser import read_formula

GRID = "grid"
"""The function of the calls that `spell` writes as matrices."""
MAX_SIZE, MAX_POWER = 4, 6
_LITERAL = re.compile(
    r"(?P<det>\\det\s*)?\\begin\{(?P<kind>[pbv]?)matrix\}(?P<body>.*?)\\end\{[pbv]?matrix\}",
    re.DOTALL,
)
_ZERO = Number(value=Fraction(0))
_ONE = Number(value=Fraction(1))


@dataclass(frozen=True, slots=True)
class Grid:
    """Entries by rows; a vector is one column."""

    rows: tuple[tuple[Tree, ...], ...]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.rows), len(self.rows[0])

    @property
    def is_vector(self) -> bool:
        """Whether it has one column, or one row."""
        return 1 in self.shape

    @property
    def entries(self) -> tuple[Tree, ...]:
        """All entries, row by row."""
        return tuple(itertools.chain.from_iterable(self.rows))

    def tree(self) -> Tree:
        """Return the call that stands for it."""
        return Call(function=GRID, arguments=(Number(value=Fraction(self.shape[0])), *self.entries))

    def each(self, change: Callable[[Tree], Tree]) -> "Grid":
        """Change every entry."""
        return Grid(tuple(tuple(change(entry) for entry in row) for row in self.rows))


class Grids:
    """The matrices of one line, with letters in their places while the line is parsed."""

    def __init__(self) -> None:
        self.values: dict[str, Grid | Tree] = {}

    def masked(self, text: str) -> str:
        """Put letters in the place of matrices. Raises `InputError` for one that is not read."""
        if "matrix}" not in text:
            return text
        text = re.sub(r"\\renewcommand\{\\arraystretch\}\{[\d.]+\}", " ", text)
        text = _LITERAL.sub(self._letter, text.replace(r"\|", "|"))
        cross = re.compile(r"(M_\{9\d\d\})\s*\\times\s*(M_\{9\d\d\})")
        while found := cross.search(text):
            one, two = (self.values[_plain(name)] for name in found.groups())
            text = text[: found.start()] + self._named(_cross(one, two)) + text[found.end() :]
        return text

    def _letter(self, found: re.Match[str]) -> str:
        rows = [row for row in re.split(r"\\\\(?:\[[^\]]*\])?", found["body"]) if row.strip()]
        read = tuple(tuple(_entry(cell) for cell in row.split("&")) for row in rows)
        if not read or len({len(row) for row in read}) != 1:
            raise InputError("the rows of a matrix are not of one length")
        if max(len(read), len(read[0])) > MAX_SIZE:
            raise InputError(f"matrices of up to {MAX_SIZE} rows and columns are checked")
        grid = Grid(read)
        determinant = found["kind"] == "v" or found["det"] is not None
        return self._named(_determinant(grid) if determinant else grid)

    def _named(self, value: "Grid | Tree") -> str:
        name = f"M_{{{900 + len(self.values)}}}"
        self.values[_plain(name)] = value
        return f" {name} "

    def filled(self, tree: Tree) -> Tree:
        """Carry out what is done with the matrices. Raises `InputError` for what is not defined."""
        if not self.values:
            return tree
        value = self._value(tree)
        return value.tree() if isinstance(value, Grid) else value

    def _value(self, tree: Tree) -> "Grid | Tree":
        match tree:
            case Name():
                return self.values.get(tree.name, tree)
            case Negate():
                inner = self._value(tree.operand)
                return inner.each(_negative) if isinstance(inner, Grid) else Negate(operand=inner)
            case Binary(operator="^"):
                return self._power(tree)
            case Binary():
                return _combined(tree.operator, self._value(tree.left), self._value(tree.right))
            case Call():
                inner = [self._value(argument) for argument in tree.arguments]
                plain = tuple(one for one in inner if not isinstance(one, Grid))
                if len(plain) == len(inner):
                    return Call(function=tree.function, arguments=plain)
                if tree.function == "abs" and isinstance(inner[0], Grid) and inner[0].is_vector:
                    squares = [_times(entry, entry) for entry in inner[0].entries]
                    return Call(function="sqrt", arguments=(_sum(squares),))
                raise InputError(f"{tree.function} of a matrix is not defined here")
            case _:
                return tree

    def _power(self, tree: Binary) -> "Grid | Tree":
        base = self._value(tree.left)
        if not isinstance(base, Grid):
            return Binary(operator="^", left=base, right=tree.right)
        if tree.right == Name(name="T"):
            return Grid(tuple(zip(*base.rows, strict=True)))
        exponent = _whole(tree.right)
        if exponent == -1:
            return _inverse(base)
        if exponent is None or not 1 <= exponent <= MAX_POWER or base.is_vector:
            raise InputError("this power of a matrix is not computed here")
        result: Grid | Tree = base
        for _ in range(exponent - 1):
            result = _combined("*", result, base)
        return result


def same_shape(left: Tree, right: Tree) -> Sequence[tuple[Tree, Tree]] | None:
    """Return the entries of two matrices in pairs; None where they are not alike."""
    if not (is_grid(left) and is_grid(right)):
        return None
    one, two = _arguments(left), _arguments(right)
    return (
        None if one[0] != two[0] or len(one) != len(two) else tuple(zip(one, two, strict=True))[1:]
    )


def is_grid(tree: Tree) -> bool:
    """Whether a formula is a matrix."""
    return isinstance(tree, Call) and tree.function == GRID


def _arguments(tree: Tree) -> tuple[Tree, ...]:
    return tree.arguments if isinstance(tree, Call) else ()


def _plain(name: str) -> str:
    return name.replace("{", "").replace("}", "")


def _entry(text: str) -> Tree:
    return read_formula(text.strip()).tree


def _whole(tree: Tree) -> int | None:
    negative = isinstance(tree, Negate)
    number = tree.operand if isinstance(tree, Negate) else tree
    if not isinstance(number, Number) or number.value.denominator != 1:
        return None
    return -int(number.value) if negative else int(number.value)


def _negative(tree: Tree) -> Tree:
    return Negate(operand=tree)


def _times(left: Tree, right: Tree) -> Tree:
    return Binary(operator="*", left=left, right=right)


def _sum(terms: Sequence[Tree]) -> Tree:
    whole = terms[0]
    for term in terms[1:]:
        whole = Binary(operator="+", left=whole, right=term)
    return whole


def _combined(operator: str, left: "Grid | Tree", right: "Grid | Tree") -> "Grid | Tree":
    match left, right:
        case Grid(), Grid():
            if operator in {"+", "-"} and left.shape == right.shape:
                pairs = zip(left.rows, right.rows, strict=True)
                return Grid(
                    tuple(
                        tuple(
                            Binary(operator=operator, left=a, right=b)
                            for a, b in zip(*two, strict=True)
                        )
                        for two in pairs
                    )
                )
            if operator == "*":
                return _product(left, right)
        case Grid(), _ if operator in {"*", "/"}:
            return left.each(lambda entry: Binary(operator=operator, left=entry, right=right))
        case _, Grid() if operator == "*":
            return right.each(lambda entry: _times(left, entry))
        case _ if not isinstance(left, Grid) and not isinstance(right, Grid):
            return Binary(operator=operator, left=left, right=right)
        case _:
            pass
    raise InputError("this is not defined for matrices of these sizes")


def _product(left: Grid, right: Grid) -> "Grid | Tree":
    """Rows times columns; of two columns of one size the scalar product."""
    if left.shape == right.shape and left.shape[1] == 1 and left.shape[0] > 1:
        return _sum([_times(a, b) for a, b in zip(left.entries, right.entries, strict=True)])
    if left.shape[1] != right.shape[0]:
        raise InputError("these matrices have no product")
    columns = tuple(zip(*right.rows, strict=True))
    rows = tuple(
        tuple(_sum([_times(a, b) for a, b in zip(row, column, strict=True)]) for column in columns)
        for row in left.rows
    )
    return rows[0][0] if len(rows) == len(rows[0]) == 1 else Grid(rows)


def _determinant(grid: Grid) -> Tree:
    """Expand along the first row."""
    if grid.shape[0] != grid.shape[1]:
        raise InputError("a determinant needs as many rows as columns")
    if grid.shape == (1, 1):
        return grid.rows[0][0]
    whole: Tree | None = None
    for index, entry in enumerate(grid.rows[0]):
        term = _times(entry, _determinant(_minor(grid, 0, index)))
        sign = "-" if index % 2 else "+"
        whole = term if whole is None else Binary(operator=sign, left=whole, right=term)
    return whole or _ZERO


def _minor(grid: Grid, row: int, column: int) -> Grid:
    kept = (line for index, line in enumerate(grid.rows) if index != row)
    return Grid(tuple(line[:column] + line[column + 1 :] for line in kept))


def _inverse(grid: Grid) -> Grid:
    """Cofactors over the determinant (Cramer)."""
    size = grid.shape[0]
    if size != grid.shape[1] or size > 3:
        raise InputError("inverses of up to three rows are checked")
    whole = _determinant(grid)
    rows: list[tuple[Tree, ...]] = []
    for i in range(size):
        cofactors = (_ONE if size == 1 else _determinant(_minor(grid, j, i)) for j in range(size))
        signed = (_negative(c) if (i + j) % 2 else c for j, c in enumerate(cofactors))
        rows.append(tuple(Binary(operator="/", left=c, right=whole) for c in signed))
    return Grid(tuple(rows))


def _cross(left: "Grid | Tree", right: "Grid | Tree") -> Grid:
    if not (isinstance(left, Grid) and isinstance(right, Grid)):
        raise InputError("a cross product is of two vectors")
    if len(left.entries) != 3 or left.shape != right.shape:
        raise InputError("a cross product is of two vectors with three entries")
    a, b = left.entries, right.entries
    return Grid(
        tuple(
            (
                Binary(
                    operator="-",
                    left=_times(a[(i + 1) % 3], b[(i + 2) % 3]),
                    right=_times(a[(i + 2) % 3], b[(i + 1) % 3]),
                ),
            )
            for i in range(3)
        )
    )
