"""What denotes a value: formulas, numbers, `the sum of …`, `three more than …`, picks."""

import re
from abc import abstractmethod
from fractions import Fraction

from math_solver.reading import Number, Tree
from math_solver.reading.asks import ORDINALS

from .cursor import NUMBER, Cursor
from .formulas import Unread, binary
from .nodes import Described, Pick, call

_OF_ONE = {
    r"(?:positive )?square root of": "sqrt",
    r"cube root of": "cbrt",
    r"absolute value of|magnitude of|modulus of": "abs",
    r"(?:units|ones|last|rightmost|unit's|units'|one's) digit (?:of|in|when)": "units digit",
    r"tens digit (?:of|in)": "tens digit",
    r"hundreds digit (?:of|in)": "hundreds digit",
    r"last two digits of": "last two digits",
    r"sum of (?:all )?(?:of )?(?:the )?(?:base[- ]ten )?digits (?:of|in)": "digit sum",
    r"product of (?:all )?(?:of )?(?:the )?digits (?:of|in)": "digit product",
    r"number of digits (?:of|in)": "digit count",
    r"number of (?:distinct |different )?(?:positive )?(?:integer |integral )?"
    r"(?:divisors|factors) (?:of|in)": "divisor count",
    r"number of (?:distinct |different )prime (?:divisors|factors) (?:of|in)": "prime factor count",
    r"sum of (?:all )?(?:of )?(?:the )?(?:different |distinct )?(?:positive )?(?:integer )?"
    r"(?:divisors|factors) of": "divisor sum",
    r"sum of (?:all )?(?:of )?(?:the )?(?:different |distinct )?prime "
    r"(?:divisors|factors) of": "prime factor sum",
    r"(?:largest|greatest|biggest) prime (?:factor|divisor) of": "largest prime factor",
    r"(?:smallest|least) prime (?:factor|divisor) of": "smallest prime factor",
    r"greatest integer (?:that is )?(?:less than or equal to|not exceeding|not greater than"
    r"|at most)": "floor",
    r"(?:least|smallest) integer (?:that is )?(?:greater than or equal to|not less than"
    r"|at least)": "ceiling",
    r"(?:greatest|largest) integer (?:that is )?(?:less than|smaller than|below)": "integer below",
    r"(?:least|smallest) integer (?:that is )?"
    r"(?:greater than|larger than|more than|above)": "integer above",
    r"integer (?:that is )?(?:closest|nearest) to|closest integer to|nearest integer to": "nearest",
    r"number of trailing zeros (?:of|in)": "trailing zeros",
}
_OF_MANY = {
    r"sum of": "+",
    r"total of": "+",
    r"product of": "*",
    r"average(?: \(arithmetic mean\))? of|(?:arithmetic )?mean of": "mean",
    r"(?:greatest|largest|highest) common (?:divisor|factor)(?: \((?:gcd|gcf)\))? of"
    r"|gcd of|gcf of": "gcd",
    r"(?:least|lowest|smallest) common multiple(?: \(lcm\))? of|lcm of": "lcm",
    r"median of": "median",
    r"(?:positive )?geometric mean of": "geometric mean",
    r"harmonic mean of": "harmonic mean",
}
PARTS = {
    "half": 2,
    "halves": 2,
    "third": 3,
    "thirds": 3,
    "fourth": 4,
    "fourths": 4,
    "quarter": 4,
    "quarters": 4,
    "fifth": 5,
    "fifths": 5,
    "sixth": 6,
    "sixths": 6,
    "seventh": 7,
    "sevenths": 7,
    "eighth": 8,
    "eighths": 8,
    "ninth": 9,
    "ninths": 9,
    "tenth": 10,
    "tenths": 10,
}
_PART = "|".join(PARTS)
_TIMES = {
    "twice": 2,
    "double": 2,
    "triple": 3,
    "thrice": 3,
    "half": Fraction(1, 2),
    "one-half": Fraction(1, 2),
}
_WRITTEN = (
    r"(?:(?:as|to) a (?:simplified )?(?:common )?fraction(?: in (?:simplest|lowest|reduced) "
    r"(?:form|terms))?|(?:in|to)(?: its)? (?:simplest|simplified|lowest|reduced) (?:form|terms))"
    r"(?=:? «)"
)
"""The form of an exact value that is written in any form all the same."""
_COUNTS = re.compile(
    rf"{NUMBER}(?:[- ](?:{_PART}|digit)| (?:of )?(?:the )?(?:distinct |different |positive "
    rf"|negative )*"
    r"(?:numbers?|integers?|digits?|primes?|times|consecutive))\b",
    re.IGNORECASE,
)
"""A number that counts what follows, and stands for no value."""


def number_tree(value: Fraction | int) -> Tree:
    """Return a number."""
    return Number(value=Fraction(value))


class Values(Cursor):
    """Reads what denotes a value."""

    @abstractmethod
    def description(self) -> Described:
        """Read what denotes numbers of a kind, such as `positive divisors of 12`."""

    def value(self) -> Tree:
        """Read a value with what is added to it and multiplied by it."""
        left = self.factor()
        while True:
            if self.take("plus"):
                left = binary("+", left, self.factor())
            elif self.take("minus"):
                left = binary("-", left, self.factor())
            elif self.take("times|multiplied by"):
                left = binary("*", left, self.factor())
            elif self.take("divided by"):
                left = binary("/", left, self.factor())
            elif self.take("more than|greater than|larger than"):
                left = binary("+", self.value(), left)
            elif self.take("(?:less|fewer|smaller) than"):
                left = binary("-", self.value(), left)
            elif self.take("squared"):
                left = binary("^", left, number_tree(2))
            elif self.take("cubed"):
                left = binary("^", left, number_tree(3))
            else:
                return left

    def factor(self) -> Tree:
        """Read one value without operations behind it."""
        self.take("the")
        self.take(
            "(?:exact |numerical |simplified )?value of(?: the)?(?: (?:expression"
            "|quantity|"
            "sum|product|difference|quotient|fraction)(?=:? «| -?\\d+[?.]))?"
        )
        self.take(
            "(?:this|the(?: following)?) (?:expression|sum|product|quantity|number|fraction)"
            "(?= (?:as|to|in) (?:an? )?(?:common|mixed|simplif|simple|low|expand))"
        )
        self.take(_WRITTEN)
        self.sign(":")
        self.take("the (?:sum|product|difference|quotient|integral)(?= «)|the")
        self.take("(?:integer|decimal|simplified|expanded) form of")
        return self.first(
            self._two_of_many,
            self._two_digits,
            self._inverse,
            self._of_one,
            self._of_many,
            self._powers,
            self._remainder,
            self._difference,
            self._quotient,
            self._counted,
            self._percent,
            self._part,
            self._picked,
            self._first_sum,
            self._plain,
            self._reference,
            self._sum_of_described,
        )

    def _plain(self) -> Tree:
        """A formula or a number."""
        self.take("(?:expression|quantity|number|integer|fraction)(?= «)")
        if self.sees(NUMBER):
            if _COUNTS.match(self.text, self.at):
                raise Unread("a number that counts")
            return number_tree(self.number())
        found = self.formula()
        if found.value is None:
            raise Unread("a value is needed")
        return found.value

    def _reference(self) -> Tree:
        raise Unread("nothing is referred to")

    def _of_one(self) -> Tree:
        for source, name in _OF_ONE.items():
            if self.take(source):
                return call(name, self.value())
        raise Unread("no operation of one value")

    def values(self) -> tuple[Tree, ...]:
        """Read a list: `12 and 18`, `3, 4, and 5`, a formula with commas, a set."""
        found: list[Tree] = []
        self.take("the (?:numbers|integers|following)(?: numbers)?|these numbers|numbers")
        while True:
            listed = self.attempt(self._several)
            found += listed or [self.value()]
            place = self.at
            comma = self.sign(",")
            joined = self.take("and|&")
            if not (comma or joined) or self.done or self.sees("what|find|how|compute|if|where"):
                self.at = place
                return tuple(found)

    def _several(self) -> tuple[Tree, ...]:
        one = self.formula()
        if not (one.values or one.members):
            raise Unread("no list")
        return one.values or one.members

    def _of_many(self) -> Tree:
        for source, name in _OF_MANY.items():
            if not self.take(source):
                continue
            listed = self.values()
            if len(listed) < 2:
                raise Unread("several values are needed")
            return _applied(name, listed)
        raise Unread("no operation of several values")

    def _powers(self) -> Tree:
        """`the square of x`, `the sum of the squares of x and y`, `the reciprocal of x`."""
        for source, power in (
            ("square of", 2),
            ("cube of", 3),
            ("reciprocal of", -1),
            ("(?:multiplicative )?inverse of", -1),
            ("opposite of|negative of|negation of", 0),
        ):
            if self.take(source):
                inner = self.factor()
                if power == 0:
                    return binary("-", number_tree(0), inner)
                return (
                    binary("^", inner, number_tree(power))
                    if power > 0
                    else binary("/", number_tree(1), inner)
                )
        found = self.need(
            r"(sum|product|difference|average|mean) of (?:the )?"
            r"(squares|cubes|reciprocals|absolute values) of"
        )
        listed = self.values()
        if len(listed) < 2:
            raise Unread("several values are needed")
        powers = {"squares": 2, "cubes": 3}
        each = [
            binary("^", one, number_tree(powers[found[2].lower()]))
            if found[2].lower() in powers
            else call("abs", one)
            if found[2].lower().startswith("abs")
            else binary("/", number_tree(1), one)
            for one in listed
        ]
        sign = {"sum": "+", "product": "*", "difference": "-"}.get(found[1].lower(), "mean")
        return _applied(sign, tuple(each))

    def _inverse(self) -> Tree:
        """`the modular inverse of 3 modulo 11`."""
        self.need("(?:modular|multiplicative)? ?inverse (?:of|to)")
        inner = self.factor()
        self.sign(",")
        self.need(r"\(?(?:modulo|mod)")
        modulus = self.value()
        self.sign(")")
        return call("modular inverse", inner, modulus)

    def _two_of_many(self) -> Tree:
        """`the product of the least common multiple and the greatest common factor of …`."""
        sign = {"sum": "+", "product": "*", "difference": "-", "positive difference": "-"}[
            self.need("(sum|product|(?:positive )?difference) (?:of|between) (?:the )?")[1].lower()
        ]
        names: list[str] = []
        for joint in ("and", "of"):
            name = next(
                (
                    n
                    for source, n in _OF_MANY.items()
                    if n in {"gcd", "lcm", "mean", "median"}
                    and self.take(source.replace(" of", ""))
                ),
                None,
            )
            if name is None:
                raise Unread("no two operations")
            names.append(name)
            self.need(joint)
            self.take("the")
        listed = self.values()
        first, second = (_applied(name, listed) for name in names)
        gap = binary(sign, first, second)
        return call("abs", gap) if sign == "-" else gap

    def _two_digits(self) -> Tree:
        """`the sum of the tens digit and the units digit of n`."""
        found = self.need(
            r"(sum|product) of the (tens|hundreds) digit and the (?:units|ones) digit (?:of|in)"
            r"|(sum|product) of the last (two) digits (?:of|in)"
        )
        inner = self.value()
        sign = "+" if "sum" in (found[1] or found[3]).lower() else "*"
        high = "hundreds digit" if (found[2] or "").lower() == "hundreds" else "tens digit"
        return binary(sign, call(high, inner), call("units digit", inner))

    def _remainder(self) -> Tree:
        """`the remainder when a is divided by b`; `the residue of a modulo b`."""
        if self.take(
            r"(?:integer |least (?:non-?negative |positive )?)?"
            r"(?:remainder|residue) (?:of|when|if)"
        ):
            left = self.value() if self.sees(r"the|«\d+»") else self.factor()
            if not self.take("(?:is |when )?(?:it is )?divided by|upon division by"):
                self.need(r",? ?\(?(?:modulo|mod)")
            right = self.value()
            self.sign(")")
            return call("remainder", left, right)
        self.need("(?:modulo|mod)")
        modulus = self.value()
        self.need("(?:remainder|residue) of")
        return call("remainder", self.value(), modulus)

    def _difference(self) -> Tree:
        found = self.need(r"((?:positive|absolute) )?difference (?:between|of|in)")
        listed = self.values()
        if len(listed) != 2:
            raise Unread("a difference of two values")
        gap = binary("-", *listed)
        plain = found[1] is None and found.group().lower().endswith(" of")
        return gap if plain else call("abs", gap)

    def _quotient(self) -> Tree:
        if self.take("ratio of"):
            left = self.value()
            self.need("to")
            return binary("/", left, self.value())
        self.need("quotient (?:of|when)")
        left = self.value()
        self.need("and|(?:is |are )?divided by|over")
        return binary("/", left, self.value())

    def _counted(self) -> Tree:
        """`the number of …`, of what is described."""
        self.need("(?:total )?number of(?: all)?(?: the)?")
        self.take("(?:distinct|different|possible)")
        return self.named(Pick(kind="count", of=self.description()))

    def _percent(self) -> Tree:
        first = self.number() if not self.sees(r"«\d+»") else None
        rate = number_tree(first) if first is not None else self._plain()
        self.need("percent|%")
        self.need("of")
        return binary("*", binary("/", rate, number_tree(100)), self.factor())

    def _part(self) -> Tree:
        """`half of x`, `two-thirds of x`, `twice x`, `three times x`, `1/3 of x`."""
        if found := self.take(rf"(?:({NUMBER})[- ])?(?:an? )?({_PART})(?: of)?(?: the)?"):
            top = Cursor([])
            top.begin(found[1] or "one")
            rate = number_tree(top.number() / PARTS[found[2].lower()])
            return binary("*", rate, self.factor())
        if found := self.take(r"(twice|double|triple|thrice)(?: as (?:much|many|large) as)?"):
            return binary("*", number_tree(_TIMES[found[1].lower()]), self.factor())
        rate = self._plain()
        self.need("times|of")
        if self.sees("as "):
            raise Unread("a comparison")
        return binary("*", rate, self.factor())

    def _picked(self) -> Tree:
        """`the largest prime divisor of …`, `the sum of all integers n such that …`."""
        return self.named(self.pick())

    def pick(self) -> Pick:
        """Read a pick of what is described."""
        self.take("the")
        kinds = (
            (r"(?:second|2nd)[- ](?:smallest|least|lowest)(?: possible)?", "least", 2),
            (
                r"(?:second|2nd)[- ](?:largest|greatest|highest|biggest)(?: possible)?",
                "greatest",
                2,
            ),
            (r"(?:smallest|least|lowest|first|fewest|minimum)(?: possible)?", "least", 1),
            (r"(?:largest|greatest|highest|biggest|last|maximum)(?: possible)?", "greatest", 1),
            (r"sum of (?:all )?(?:of )?(?:the )?(?:possible )?", "sum", 1),
            (r"product of (?:all )?(?:of )?(?:the )?(?:possible )?", "product", 1),
            (r"(?:average|mean) of (?:all )?(?:of )?(?:the )?(?:possible )?", "mean", 1),
            (r"(?:only|unique)", "only", 1),
        )
        for source, kind, rank in kinds:
            if self.take(source.strip().removesuffix(" ")):
                self.take("of the|of all")
                self.take("(?:distinct|different|possible)")
                return Pick(kind=kind, of=self.description(), rank=rank)
        if found := self.take(r"(\d+)(?:st|nd|rd|th)(?: smallest)?"):
            return Pick(kind="least", of=self.description(), rank=int(found[1]))
        if found := self.take("(second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)"):
            rank = ORDINALS[found[1].lower()]
            return Pick(kind="least", of=self.description(), rank=rank)
        raise Unread("nothing is picked")

    def _first_sum(self) -> Tree:
        """`the sum of the first five primes`, `the product of the first 4 multiples of 3`."""
        found = self.need(
            r"(sum|product|average|mean) of the (first|smallest|least|largest|greatest)"
        )
        count = self.whole()
        self.take("smallest|largest|least|greatest")
        kind = {"sum": "sum", "product": "product"}.get(found[1].lower(), "mean")
        low = found[2].lower() in {"first", "smallest", "least"}
        return self.named(
            Pick(
                kind=f"{kind} of {'least' if low else 'greatest'}",
                of=self.description(),
                rank=count,
            )
        )

    def _sum_of_described(self) -> Tree:
        """`the sum of the squares of the solutions`, of what is described."""
        found = self.need(
            r"(sum|product) of (?:the )?(squares|cubes|reciprocals|absolute values) of"
            r"(?: all)?(?: of)?(?: the)?"
        )
        return self.named(
            Pick(kind=f"{found[1].lower()} {found[2].lower()}", of=self.description())
        )


def _applied(name: str, listed: tuple[Tree, ...]) -> Tree:
    if name in {"+", "-", "*"}:
        whole = listed[0]
        for one in listed[1:]:
            whole = binary(name, whole, one)
        return whole
    if name == "mean":
        return binary("/", _applied("+", listed), number_tree(len(listed)))
    if name == "geometric mean":
        return call("root", _applied("*", listed), number_tree(len(listed)))
    if name == "harmonic mean":
        reciprocals = tuple(binary("/", number_tree(1), one) for one in listed)
        return binary("/", number_tree(len(listed)), _applied("+", reciprocals))
    if name == "median":
        return _median(listed)
    return call(name, *listed)


def _median(listed: tuple[Tree, ...]) -> Tree:
    values = sorted(one.value for one in listed if isinstance(one, Number))
    if len(values) != len(listed):
        raise Unread("the median of letters")
    middle = len(values) // 2
    if len(values) % 2:
        return number_tree(values[middle])
    return number_tree((values[middle - 1] + values[middle]) / 2)
