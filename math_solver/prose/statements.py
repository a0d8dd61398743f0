"""Sentences that say more than a relation: roots of equations, graphs, identities, sequences."""

from collections.abc import Sequence

from math_solver.reading import Binary, Name, Negate, Number, Relation, Tree, letters
from math_solver.reading.tree import substituted, walk

from .descriptions import Descriptions
from .formulas import Unread, binary
from .nodes import Condition, Holds
from .values import number_tree

_COUNTS = (
    (
        (
            "(?:exactly |only )?one(?: distinct)?(?: real)?|only one|a (?:double|repeated"
            "|single)(?:"
            " real)?|exactly 1"
        ),
        "one solution",
    ),
    (
        (
            "(?:exactly )?two (?:distinct |different )?(?:non-?real|complex|imaginary)(?: and"
            " non-?real)?"
        ),
        "no solution",
    ),
    (
        (
            "(?:exactly )?(?:two|2) (?:distinct|different|unequal)(?: real)?|(?:exactly )?(?:two|2)"
            " real"
        ),
        "two solutions",
    ),
    ("no real|no", "no solution"),
    ("real", "real solutions"),
    ("(?:only )?rational", "rational solutions"),
)


class Statements(Descriptions):
    """Reads what holds of equations, graphs and lists."""

    def statement(self, about: Tree | None) -> tuple[Condition, ...]:
        """Read what holds. Raises `Unread`."""
        reads = (
            self.vertex,
            self.every_value,
            self.one_root,
            self.solves_system,
            self.solution_count,
            self.roots,
            self.graphs,
            self.written,
            self.shared_sum,
            self.progression,
            lambda: Descriptions.statement(self, about),
        )
        return self.first(*reads)

    def solution_count(self) -> tuple[Condition, ...]:
        """`the equation «x^2 + bx + 9 = 0» has two real roots`; `… is the square of a binomial`."""
        head = self.take(
            "the (?:quadratic |given )?(?:equation|polynomial|function|expression"
            "|quadratic)s?(?:"
            " expression)?"
        )
        body, inner = self._zero()
        if self.take(
            "(?:is|be)(?: equal to)? (?:the square of a binomial|a perfect square trinomial)"
        ):
            kind = "one solution"
        else:
            self.need("has|have")
            kind = next((kind for source, kind in _COUNTS if self.take(source)), "")
            if not kind:
                raise Unread("how many solutions is not said")
            self.need("(?:solutions?|roots?|zeros?)(?: «\\d+»)?(?: for «\\d+»)?")
            if self.take("in|for"):
                self.letter()
        told: list[Condition] = [Holds(kind=kind, arguments=(body, Name(name=inner)))]
        if head is not None and "quadratic" in head.group().lower():
            told.append(Holds(kind="quadratic", arguments=(body, Name(name=inner))))
        return tuple(told)

    def vertex(self) -> tuple[Condition, ...]:
        """`the vertex of the parabola «y = 3x^2 - 30x + 1» is «(m, n)»`.

        Of a quadratic f, the vertex lies at m exactly where f(m - 1) = f(m + 1).
        """
        self.take("the")
        self.need(
            "vertex of the (?:parabola|graph|graph of)(?: (?:described by|given by|defined by|of"
            "|with))?(?: the)?(?: equation| function)?"
        )
        curve = self._curve()
        self.need("is(?: at)?(?: the point)?")
        point = self.formula().point
        if len(curve) != 1 or curve[0].left != Name(name="y") or len(point) != 2:
            raise Unread("no parabola over x")
        body, (across, up) = curve[0].right, point
        before, behind = (
            substituted(body, {"x": binary(sign, across, number_tree(1))}) for sign in "-+"
        )
        return (
            Holds(kind="quadratic", arguments=(body, Name(name="x"))),
            Relation(operator="=", left=before, right=behind),
            Relation(operator="=", left=up, right=substituted(body, {"x": across})),
        )

    def every_value(self) -> tuple[Condition, ...]:
        """`infinitely many values of «y» satisfy «eq»`: of polynomials, every value does."""
        if self.take("infinitely many"):
            self.need("values of")
            name = self.letter()
            self.need("satisfy|are solutions (?:to|of)")
            self.take("the equation")
            equation = self.formula()
        else:
            self.take("the")
            self.take("equation")
            equation = self.formula()
            self.need("has infinitely many solutions|is true for (?:all|every|infinitely many)")
            self.take("(?:real )?(?:numbers|values)(?: of)?")
            name = "x"
            if self.sees(r"(?:for )?«\d+»"):
                self.take("for")
                name = self.letter()
        told = equation.relations
        if len(told) != 1 or told[0].operator != "=" or not all(map(_is_polynomial, told)):
            raise Unread("no equation of polynomials")
        if name not in letters(told[0]):
            raise Unread("a letter that is not there")
        sides = (told[0].left, told[0].right)
        return (Holds(kind="identity", arguments=(*sides, Name(name=name))),)

    def one_root(self) -> tuple[Condition, ...]:
        """`one of the roots of «z^2 = 5» is «3»`: here a statement about the letters in it."""
        self.take("the")
        self.need("(?:one|one of the) (?:root|solution|zero)s? (?:of|to)(?: the)?")
        self.take("(?:quadratic |cubic )?(?:equation|polynomial|function)")
        body, inner = self._zero()
        self.need("is")
        root = self.value()
        if inner in letters(root) or set(letters(body)) == {inner}:
            raise Unread("nothing is said about a letter")
        zero = substituted(body, {inner: root})
        return (Relation(operator="=", left=zero, right=number_tree(0)),)

    def solves_system(self) -> tuple[Condition, ...]:
        """`«(x, y)» is a solution to the system «…»`; `the system «…» has a solution «(x, y)»`."""
        if self.take("the"):
            self.need("system(?: of (?:linear )?equations)?")
            told = self.formula().relations
            self.sign(",")
            self.need("has (?:a|the) solution")
            self.take("(?:of )?(?:the form)?")
            point = self.formula().point
        else:
            point = self.formula().point
            self.need("(?:is|be) (?:a|the|one) solution (?:of|to)(?: the)?(?: following)?")
            self.need("(?:system(?: of)?(?: equations)?|equations?)")
            told = self.formula().relations
        names = {one.name for one in point if isinstance(one, Name)}
        if (
            not told
            or len(names) != len(point)
            or not names <= {n for t in told for n in letters(t)}
        ):
            raise Unread("no solution of a system")
        return told

    def roots(self) -> tuple[Condition, ...]:
        """`«a» and «b» are the roots of «x^2 - 5x + 7 = 0»`; `«eq» has solutions «p» and «q»`."""
        ahead = self.attempt(self._roots_ahead)
        if ahead is None:
            self.take(
                "the (?:quadratic |cubic |polynomial )?(?:equation|polynomial|function|expression)"
            )
            body, inner = self._zero()
            self.need("has|have")
            self.take("exactly")
            self.take("the")
            self.take("two|three|four")
            words = (
                self.need(
                    "(?:distinct |different |real |complex |positive |integer )*"
                    "(?:solutions?|roots?|zeros?)"
                )
                .group()
                .lower()
            )
            self.sign(",:")
            self.take("which are|namely|given by|of")
            roots = self._root_values()
        else:
            roots, words, body, inner = ahead
        told: list[Condition] = [Holds(kind="roots", arguments=(body, Name(name=inner), *roots))]
        if "distinct" in words or "different" in words:
            told += all_different([one.name for one in roots if isinstance(one, Name)])
        for kind in ("real", "positive", "integer"):
            if kind in words:
                told += [Holds(kind=kind, arguments=(one,)) for one in roots]
        return tuple(told)

    def _roots_ahead(self) -> tuple[tuple[Tree, ...], str, Tree, str]:
        roots = self._root_values()
        self.sign(",")
        self.need("be|are|is|denote|represent")
        words = (
            self.need(
                "(?:the |an? |all |both |two |three |four |distinct |different |real |complex "
                "|positive "
                "|integer )*(?:solutions?|roots?|zeros?)"
            )
            .group()
            .lower()
        )
        self.need("of|to|for")
        self.take(
            "the (?:quadratic |cubic |polynomial )*(?:equation|polynomial|function|expression)?"
        )
        body, inner = self._zero()
        names = {n for root in roots for n in letters(root)}
        if inner in names:
            raise Unread("the letter of the equation is a root")
        return roots, words, body, inner

    def _root_values(self) -> tuple[Tree, ...]:
        found: list[Tree] = []
        while True:
            here = self.formula()
            one = here.relations
            if len(one) == 1 and one[0].operator == "=" and isinstance(one[0].left, Name):
                found.append(one[0].right)
            elif here.value is not None or here.values:
                found += here.values or [t for t in (here.value,) if t is not None]
            else:
                raise Unread("no root")
            place = self.at
            comma = self.sign(",")
            if not (self.take("and") or comma) or not self.sees(r"«\d+»"):
                self.at = place
                break
        return tuple(found)

    def _zero(self) -> tuple[Tree, str]:
        """An equation or a polynomial, as what is zero, and its own letter."""
        found = self.formula()
        if found.function is not None:
            return found.function[2], found.function[1][0]
        if len(found.relations) == 1 and found.relations[0].operator == "=":
            one = found.relations[0]
            body = one.left if one.right == number_tree(0) else binary("-", one.left, one.right)
        elif found.value is not None:
            body = found.value
        else:
            raise Unread("no equation")
        names = letters(body)
        inner = next((n for n in ("x", "z", "t", "y", "w", "r", "n") if n in names), "")
        if not inner or (len(names) > 1 and inner not in {"x", "z"}):
            raise Unread("which letter is the unknown is not clear")
        return body, inner

    # --- graphs

    def graphs(self) -> tuple[Condition, ...]:
        """`the lines «…» and «…» intersect at «(6, 10)»`; `the graph of «…» passes through «p»`."""
        self.take("the|two|three")
        if self.take("points?"):
            points = self._points()
            self.need(
                "(?:is|are|lies?)(?: both| all| also)? (?:on|in|a point on|a solution (?:of|to))"
            )
            return _through(self.curves(), points)
        curves = self.curves()
        self.need(
            "(?:all |both )?(?:intersects?|meets?|passes? through|contains?|goes through|go through"
            "|cross(?:es)?)(?: each other)?"
        )
        if self.take("at (?:the same|one|a single|a common|a) point"):
            if len(curves) < 2:
                raise Unread("one curve meets nothing")
            return tuple(curves)
        self.take("at")
        self.take("the")
        self.take("points?")
        return _through(curves, self._points())

    def curves(self) -> list[Relation]:
        """Read equations of curves, joined by `and`. Raises `Unread`."""
        self.take("the")
        self.take(
            "(?:graphs?|equations?|lines?|curves?|parabolas?|circles?)(?: of| with equations?|"
            " defined by(?: the equations?)?|"
            " given by| described by| whose equations? (?:is|are))?"
        )
        self.take("the (?:equations?|functions?|lines?|parabolas?)")
        found: list[Relation] = []
        while True:
            found += self._curve()
            place = self.at
            comma = self.sign(",")
            if not (self.take("and") or comma) or not self.sees(
                r"(?:the )?(?:line |graph of )?«\d+»"
            ):
                self.at = place
                break
            self.take("the (?:line|graph of)|line")
        if not {"x", "y"} & {n for one in found for n in letters(one)}:
            raise Unread("no curve in x and y")
        return found

    def _curve(self) -> list[Relation]:
        if self.take(
            "(?:that |which )?(?:passes |passing |going )?(?:through|containing|contains"
            "|joining)(?: the)?(?: points)?"
        ):
            points = self._points()
            if len(points) != 2:
                raise Unread("two points fix a line")
            (a, b), (c, d) = points
            x, y = Name(name="x"), Name(name="y")
            left = binary("*", binary("-", y, b), binary("-", c, a))
            right = binary("*", binary("-", x, a), binary("-", d, b))
            return [Relation(operator="=", left=left, right=right)]
        here = self.formula()
        told = list(here.relations)
        if here.function is not None:
            if here.function[1] != ("x",):
                raise Unread("a curve in other letters")
            told = [Relation(operator="=", left=Name(name="y"), right=here.function[2])]
        if not told or any(one.operator != "=" for one in told):
            raise Unread("no curve")
        return told

    def _points(self) -> list[tuple[Tree, ...]]:
        found: list[tuple[Tree, ...]] = []
        while True:
            self.take("the points?|points?")
            here = self.formula()
            several = here.points or ((here.point,) if here.point else ())
            if not several or any(len(point) != 2 for point in several):
                raise Unread("no point")
            found += several
            place = self.at
            comma = self.sign(",")
            if not (self.take("and") or comma) or not self.sees(r"(?:the )?(?:points? )?«\d+»"):
                self.at = place
                return found

    # --- identities and lists

    def written(self) -> tuple[Condition, ...]:
        """`«x^2 + 13x + 30» can be written as «(x + a)(x + b)»`: the same for every x."""
        self.take(
            "the (?:expression|quadratic(?: expression)?|polynomial|equation|number"
            "|quantity"
            "|sum"
            "|product|value of)"
        )
        left = self.formula().value
        self.need(
            "(?:can be|is|be|may be)? ?(?:re)?(?:written|expressed|factored|factors"
            "|rewritten)(?:"
            " uniquely)? "
            "(?:as|in the form|in the form of|to)"
        )
        right = self.formula().value
        if left is None or right is None:
            raise Unread("no expressions")
        own = set(letters(left))
        if not own:
            return (Relation(operator="=", left=left, right=right),)
        if not own <= set(letters(right)):
            raise Unread("no identity")
        return (
            Holds(kind="identity", arguments=(left, right, *(Name(name=n) for n in sorted(own)))),
        )

    def shared_sum(self) -> tuple[Condition, ...]:
        """`four positive integers «A», «B», «C» and «D» have a sum of 64`."""
        told: tuple[Condition, ...] = ()
        self.take("the|two|three|four|five")
        kinds: list[str] = []
        while word := self.take("positive|distinct|different|integers?|(?:real )?numbers|primes"):
            kinds.append(word.group().lower())
        names = self._many_subjects()
        self.need("have|has")
        found = self.need("an? (sum|product|average|mean) of")
        total = names[0]
        for one in names[1:]:
            total = binary("*" if found[1].lower() == "product" else "+", total, one)
        if found[1].lower() in {"average", "mean"}:
            total = binary("/", total, number_tree(len(names)))
        for kind in kinds:
            if kind == "positive" or kind.startswith(("integer", "prime")):
                plain = "integer" if kind.startswith("integer") else kind.removesuffix("s")
                told += tuple(Holds(kind=plain, arguments=(one,)) for one in names)
        if {"distinct", "different"} & set(kinds):
            told += tuple(all_different([n.name for n in names if isinstance(n, Name)]))
        return (*told, Relation(operator="=", left=total, right=self.value()))

    def progression(self) -> tuple[Condition, ...]:
        """`«a», «b», «c» form an arithmetic sequence`; `«…» are terms of a geometric sequence`."""
        self.take("the (?:numbers|terms)|if")
        terms = self._terms()
        self.need(
            "(?:form|are|is)(?: in)?(?: the first,? second,? and third terms,?(?:"
            " respectively,?)? of| consecutive terms of"
            "| the first three terms of| the first three terms,?(?: respectively,?)? of)?"
        )
        found = self.need(
            "(?:an? )?(?:increasing )?(arithmetic|geometric) (?:sequence"
            "|progression)(?:,"
            " in"
            " that"
            " order|, respectively)?"
        )
        return progression(found[1].lower(), terms)

    def _terms(self) -> tuple[Tree, ...]:
        terms = self._many_subjects()
        if len(terms) < 3:
            raise Unread("three terms are needed")
        return terms


def _is_polynomial(relation: Relation) -> bool:
    """Whether both sides are made of numbers and letters by sums, products and whole powers."""
    for node in walk(relation):
        match node:
            case Relation() | Name() | Number() | Negate():
                continue
            case Binary(operator="+" | "-" | "*"):
                continue
            case Binary(operator="/", right=Number()):
                continue
            case Binary(operator="^", right=Number(value=power)) if (
                power >= 0 and power.denominator == 1
            ):
                continue
            case _:
                return False
    return True


def progression(kind: str, terms: Sequence[Tree]) -> tuple[Condition, ...]:
    """Return the equations that terms in a progression satisfy."""
    told: list[Condition] = []
    for a, b, c in zip(terms, terms[1:], terms[2:], strict=False):
        if kind == "arithmetic":
            left, right = binary("+", a, c), binary("*", number_tree(2), b)
        else:
            left, right = binary("*", a, c), binary("^", b, number_tree(2))
        told.append(Relation(operator="=", left=left, right=right))
    return tuple(told)


def all_different(names: Sequence[str]) -> list[Condition]:
    """Return that letters stand for different values."""
    return [
        Relation(operator="!=", left=Name(name=one), right=Name(name=other))
        for i, one in enumerate(names)
        for other in names[i + 1 :]
    ]


def _through(
    curves: Sequence[Relation], points: Sequence[tuple[Tree, ...]]
) -> tuple[Condition, ...]:
    """Return that points lie on curves."""
    told: list[Condition] = []
    for point in points:
        put = {"x": point[0], "y": point[1]}
        told += [
            Relation(
                operator="=", left=substituted(one.left, put), right=substituted(one.right, put)
            )
            for one in curves
        ]
    return tuple(told)
