"""Requests about matrices and vectors, in exact arithmetic; each result checked by its property."""

from collections.abc import Mapping
from dataclasses import replace

import sympy as sp

from assistants.errors import InputError
from math_solver.reading.statements import Ask, Table
from math_solver.solution import Work
from math_solver.topics.scope import Facts, NotCovered

from . import Expression, tutor
from .equivalence import prove_zero
from .goals import Goal, done, expression_of, value_work
from .plain import plain

MAX_SIZE = 12


def matrix_of(table: Table, facts: Facts) -> Expression:
    """Return a matrix of expressions. Raises `InputError` for one that is too large."""
    if len(table) > MAX_SIZE or len(table[0]) > MAX_SIZE:
        raise InputError(f"matrices of up to {MAX_SIZE} rows and columns are computed with")
    return sp.Matrix([[expression_of(entry, facts) for entry in row] for row in table])


def _square(ask: Ask, facts: Facts) -> Expression:
    matrix = matrix_of(ask.tables[0], facts)
    if not matrix.is_square:
        raise InputError("the matrix is not square", hint="as many rows as columns are needed")
    return matrix


def matrix_text(matrix: Expression) -> str:
    """Write a matrix by rows: [[1, 2], [3, 4]]."""
    rows = (", ".join(plain(entry) for entry in matrix.row(i)) for i in range(matrix.rows))
    return f"[{', '.join(f'[{row}]' for row in rows)}]"


def vector_text(vector: Expression) -> str:
    """Write a vector: (1, 2)."""
    return f"({', '.join(plain(entry) for entry in vector)})"


def _zero(matrix: Expression) -> bool:
    return all(entry == 0 or prove_zero(entry) for entry in matrix)


def determinant(ask: Ask, facts: Facts) -> Work:
    """Return the determinant, found by elimination and again by expansion (Berkowitz)."""
    matrix = _square(ask, facts)
    value = sp.expand(matrix.det(method="berkowitz"))
    again = sp.simplify(matrix.det(method="bareiss") - value) == 0
    detail = "elimination (Bareiss) and Berkowitz's algorithm agree"
    work = value_work("determinant", ask.source, value, detail, proved=bool(again))
    small = tutor.determinant(matrix)
    return replace(work, steps=small) if small else work


def inverse(ask: Ask, facts: Facts) -> Work:
    """Return the inverse; the product with the matrix is the identity."""
    matrix = _square(ask, facts)
    value = sp.simplify(matrix.det())
    if value == 0:
        return done("determinant", ask.source, "not invertible", "the determinant is 0")
    result = matrix.inv().applyfunc(sp.simplify)
    proved = _zero((matrix * result - sp.eye(matrix.rows)).applyfunc(sp.expand))
    detail = "matrix times inverse is the identity"
    return done("Gauss-Jordan elimination", ask.source, matrix_text(result), detail, proved=proved)


def product(ask: Ask, facts: Facts) -> Work:
    """Multiply two matrices."""
    one, two = (matrix_of(table, facts) for table in ask.tables)
    if one.cols != two.rows:
        raise InputError("the matrices do not fit: columns of the first, rows of the second")
    result = (one * two).applyfunc(sp.expand)
    return done("rows times columns", ask.source, matrix_text(result), "exact entries")


def total(ask: Ask, facts: Facts) -> Work:
    """Add or subtract two matrices."""
    one, two = (matrix_of(table, facts) for table in ask.tables)
    if one.shape != two.shape:
        raise InputError("the matrices are not of one size")
    result = one + two if ask.words[0] == "+" else one - two
    return done("entry by entry", ask.source, matrix_text(result.applyfunc(sp.expand)), "exact")


def power(ask: Ask, facts: Facts) -> Work:
    """Raise a matrix to a power."""
    exponent = {"squared": 2, "cubed": 3}.get(ask.words[0].lower()) or int(ask.words[0])
    if exponent > 200:
        raise InputError("exponents up to 200 are computed")
    result = (_square(ask, facts) ** exponent).applyfunc(sp.expand)
    return done("repeated products", ask.source, matrix_text(result), "exact entries")


def eigenvalues(ask: Ask, facts: Facts) -> Work:
    """Return the roots of the characteristic polynomial, with multiplicity."""
    matrix = _square(ask, facts)
    unknown = sp.Symbol("lambda")
    characteristic = matrix.charpoly(unknown)
    found = sp.roots(characteristic.as_expr(), unknown)
    if sum(found.values()) != matrix.rows:
        raise NotCovered("the characteristic polynomial has no short roots")
    holds = all(prove_zero(sp.expand(characteristic.as_expr().subs(unknown, r))) for r in found)
    ordered = sorted(found, key=lambda r: (sp.re(r).evalf(), sp.im(r).evalf()))
    answer = ", ".join(plain(r) + (" (twice)" if found[r] == 2 else f" ({found[r]} times)"
                       if found[r] > 2 else "") for r in ordered)  # fmt: skip
    detail = f"roots of {plain(characteristic.as_expr())}, with multiplicity as many as rows"
    return done("characteristic polynomial", ask.source, answer, detail, proved=holds)


def eigenvectors(ask: Ask, facts: Facts) -> Work:
    """Return a basis of each eigenspace; A*v = λ*v is checked."""
    matrix = _square(ask, facts)
    shown, proved = [], True
    for value, _, vectors in matrix.eigenvects():
        for vector in vectors:
            proved = proved and _zero((matrix * vector - value * vector).applyfunc(sp.expand))
            shown.append(f"{plain(value)}: {vector_text(vector)}")
    detail = "A*v = λ*v for each; as many independent ones as elimination finds"
    return done("null spaces of A - λ*I", ask.source, "; ".join(shown), detail, proved=proved)


def rank(ask: Ask, facts: Facts) -> Work:
    """Return the rank."""
    matrix = matrix_of(ask.tables[0], facts)
    reduced, pivots = matrix.rref()
    detail = f"reduced form {matrix_text(reduced)}"
    return done("elimination", ask.source, str(len(pivots)), detail)


def rref(ask: Ask, facts: Facts) -> Work:
    """Return the reduced row echelon form."""
    reduced, _ = matrix_of(ask.tables[0], facts).rref()
    detail = "row operations, exact entries"
    return done("elimination", ask.source, matrix_text(reduced), detail)


def transpose(ask: Ask, facts: Facts) -> Work:
    """Return the transpose."""
    matrix = matrix_of(ask.tables[0], facts)
    return done("transpose", ask.source, matrix_text(matrix.T), "rows become columns")


def trace(ask: Ask, facts: Facts) -> Work:
    """Return the sum of the diagonal."""
    return value_work(
        "trace", ask.source, sp.expand(_square(ask, facts).trace()), "the diagonal's sum"
    )


def system(ask: Ask, facts: Facts) -> Work:
    """Solve A*x = b where there is one solution."""
    matrix = _square(ask, facts)
    right = sp.Matrix([entry for row in matrix_of(ask.tables[1], facts).tolist() for entry in row])
    if matrix.rows != right.rows or sp.simplify(matrix.det()) == 0:
        raise InputError("there is no one solution", hint="the determinant is 0, or sizes differ")
    result = matrix.LUsolve(right).applyfunc(sp.simplify)
    proved = _zero((matrix * result - right).applyfunc(sp.expand))
    return done("elimination", ask.source, vector_text(result), "put in, A*x = b; det ≠ 0",
                proved=proved)  # fmt: skip


# --- vectors and points


def vectors_of(ask: Ask, facts: Facts) -> list[Expression]:
    """Return the vectors or points of a request. Raises `InputError` for different lengths."""
    found = [sp.Matrix(matrix_of(table, facts)[:]) for table in ask.tables]
    if len({vector.rows for vector in found}) != 1:
        raise InputError("the vectors are not of one length")
    return found


def dot(ask: Ask, facts: Facts) -> Work:
    """Return the dot product."""
    one, two = vectors_of(ask, facts)
    return value_work(
        "dot product", ask.source, sp.expand(one.dot(two)), "sum of products of entries"
    )


def cross(ask: Ask, facts: Facts) -> Work:
    """Return the cross product, which is perpendicular to both."""
    one, two = vectors_of(ask, facts)
    if one.rows != 3:
        raise InputError("the cross product is of vectors with three entries")
    result = one.cross(two).applyfunc(sp.expand)
    proved = all(sp.expand(result.dot(side)) == 0 for side in (one, two))
    detail = "perpendicular to both"
    return done("cross product", ask.source, vector_text(result), detail, proved=proved)


def norm(ask: Ask, facts: Facts) -> Work:
    """Return the length of a vector."""
    (vector,) = vectors_of(ask, facts)
    return value_work("length", ask.source, sp.sqrt(sp.expand(vector.dot(vector))), "root of v·v")


def unit_vector(ask: Ask, facts: Facts) -> Work:
    """Return the vector of length one in the same direction."""
    (vector,) = vectors_of(ask, facts)
    size = sp.sqrt(sp.expand(vector.dot(vector)))
    if size == 0:
        raise InputError("the zero vector has no direction")
    result = (vector / size).applyfunc(sp.radsimp)
    return done("divide by the length", ask.source, vector_text(result), f"length {plain(size)}")


def angle(ask: Ask, facts: Facts) -> Work:
    """Return the angle between two vectors."""
    one, two = vectors_of(ask, facts)
    size = sp.sqrt(one.dot(one) * two.dot(two))
    if size == 0:
        raise InputError("the zero vector has no direction")
    value = sp.acos(sp.radsimp(one.dot(two) / size))
    if "degree" in ask.source.lower():
        value = sp.simplify(value * 180 / sp.pi)
    return value_work("angle", ask.source, value, "cosine = a·b/(|a|*|b|)")


def distance(ask: Ask, facts: Facts) -> Work:
    """Return the distance between two points."""
    one, two = vectors_of(ask, facts)
    gap = one - two
    value = sp.sqrt(sp.expand(gap.dot(gap)))
    work = value_work("Pythagoras", ask.source, value, "root of the squares")
    first = " + ".join(f"({plain(b)} - ({plain(a)}))^2" for a, b in zip(one, two, strict=True))
    squares = " + ".join(plain(sp.expand(entry**2)) for entry in gap)
    lines = [("square the differences", f"sqrt({squares})", "coordinate by coordinate"),
             ("add and draw the root", plain(value), "the theorem of Pythagoras")]  # fmt: skip
    return replace(work, steps=tutor.chain(f"sqrt({first})", lines))


def midpoint(ask: Ask, facts: Facts) -> Work:
    """Return the midpoint."""
    one, two = vectors_of(ask, facts)
    return done("mean", ask.source, vector_text((one + two) / 2), "the mean of the coordinates")


def slope(ask: Ask, facts: Facts) -> Work:
    """Return the slope of a line through two points."""
    one, two = vectors_of(ask, facts)
    if one.rows != 2:
        raise InputError("a slope is of a line in the plane")
    if sp.expand(one[0] - two[0]) == 0:
        return done("slope", ask.source, "undefined", "the line is vertical")
    value = sp.cancel((two[1] - one[1]) / (two[0] - one[0]))
    return value_work("slope", ask.source, value, "rise over run")


def line(ask: Ask, facts: Facts) -> Work:
    """Return the equation of a line through two points, or a point and a slope."""
    x = sp.Symbol("x", real=True)
    points = vectors_of(ask, facts)
    if any(point.rows != 2 for point in points):
        raise InputError("a line in the plane goes through points with two coordinates")
    one = points[0]
    if len(points) == 2:
        if sp.expand(points[1][0] - one[0]) == 0:
            return done("line", ask.source, f"x = {plain(one[0])}", "both points lie on it")
        rise = sp.cancel((points[1][1] - one[1]) / (points[1][0] - one[0]))
    else:
        rise = expression_of(ask.formulas[0], facts)
    right = sp.expand(rise * (x - one[0]) + one[1])
    holds = all(sp.expand(right.subs(x, point[0]) - point[1]) == 0 for point in points)
    return done("line", ask.source, f"y = {plain(right)}", "the points lie on it", proved=holds)


def invertible(ask: Ask, facts: Facts) -> Work:
    """Tell whether a matrix is invertible or singular, by its determinant."""
    value = sp.simplify(_square(ask, facts).det())
    if value.free_symbols:
        raise NotCovered("a matrix of numbers")
    answer = (value == 0) == (ask.words[0].lower() == "singular")
    return done("determinant", ask.source, str(answer), f"the determinant is {plain(value)}")


def independent(ask: Ask, facts: Facts) -> Work:
    """Tell whether vectors are linearly independent, by the rank."""
    vectors = vectors_of(ask, facts)
    matrix = sp.Matrix.hstack(*vectors)
    if matrix.free_symbols:
        raise NotCovered("vectors of numbers")
    size = matrix.rank(simplify=True)
    answer = (size == len(vectors)) == (ask.words[0].lower() == "independent")
    return done("rank", ask.source, str(answer), f"the rank is {size}, of {len(vectors)} vectors")


def null_space(ask: Ask, facts: Facts) -> Work:
    """Return a basis of the vectors that a matrix takes to zero; each is put in."""
    matrix = matrix_of(ask.tables[0], facts)
    if matrix.free_symbols:
        raise NotCovered("a matrix of numbers")
    basis = matrix.nullspace()
    proved = all(_zero((matrix * v).applyfunc(sp.expand)) for v in basis)
    size = matrix.cols - matrix.rank()
    shown = ", ".join(vector_text(v) for v in basis) or "only the zero vector"
    detail = f"each is taken to zero; their number is {matrix.cols} less the rank"
    return done("elimination", ask.source, shown, detail, proved=proved and size == len(basis))


GOALS: Mapping[str, Goal] = {
    "determinant": determinant,
    "matrix inverse": inverse,
    "matrix product": product,
    "matrix sum": total,
    "matrix power": power,
    "eigenvalues": eigenvalues,
    "eigenvectors": eigenvectors,
    "rank": rank,
    "rref": rref,
    "transpose": transpose,
    "trace": trace,
    "matrix system": system,
    "dot product": dot,
    "cross product": cross,
    "norm": norm,
    "unit vector": unit_vector,
    "angle": angle,
    "point distance": distance,
    "midpoint": midpoint,
    "slope": slope,
    "line": line,
    "invertible": invertible,
    "independent": independent,
    "null space": null_space,
}
