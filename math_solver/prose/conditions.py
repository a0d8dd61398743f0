"""What holds of a value: `is a multiple of 3`, `leaves a remainder of 2 when divided by 7`."""

import re
from collections.abc import Callable
from fractions import Fraction

from math_solver.reading import Name, Relation, Tree

from .cursor import NUMBER
from .formulas import Unread
from .nodes import Condition, Either, Holds, call
from .values import Values, number_tree

ADJECTIVES = {
    "non-?negative": "nonnegative",
    "non-?positive": "nonpositive",
    "non-?zero": "nonzero",
    "positive": "positive",
    "negative": "negative",
    "even": "even",
    "odd": "odd",
    "prime": "prime",
    "composite": "composite",
    "whole": "whole",
    "natural": "natural",
    "integral|integer": "integer",
    "real": "real",
    "rational": "rational",
    "palindromic": "palindrome",
    "complex": "complex",
    "imaginary": "imaginary",
    "irrational": "irrational",
    "square-?free": "square free",
    "non-?prime": "not prime",
    "counting": "natural",
}
_COMPARED = (
    (
        (
            r"(?:strictly )?(?:less|smaller|lower) than or equal to|at most|no (?:more|greater"
            r"|larger) than"
            r"|not (?:more|greater) than|not exceeding|up to"
        ),
        "<=",
    ),
    (
        (
            r"(?:greater|larger|bigger|more) than or equal to|at least"
            r"|no (?:less|smaller|fewer) than|not less than"
        ),
        ">=",
    ),
    (r"(?:strictly )?(?:less|smaller|lower|fewer) than|below|under", "<"),
    (r"(?:strictly )?(?:greater|larger|bigger|more|higher) than|above|over|exceeding", ">"),
)
_COUNTED = r" (?:different|distinct|digits?|factors?|divisors?|prime|even|odd|zeros?|times)\b"


class Conditions(Values):
    """Reads what holds of a value, which stands before it or is what is described."""

    def conditions(self, about: Tree) -> tuple[Condition, ...]:
        """Read conditions of one value, joined by `and`, `but`, commas."""
        found = list(self.condition(about))
        while True:
            place = self.at
            comma = self.sign(",")
            joined = self.take(
                "(?:and|but)(?: also| is| are| that (?:is|are)| which (?:is|are)| it is"
                "| has| have)?|which (?:is|are)|that (?:is|are)|that|which"
            )
            if not (comma or joined):
                return tuple(found)
            more = self.attempt(lambda: self.condition(about))
            if more is None:
                self.at = place
                return tuple(found)
            found += more

    def condition(self, about: Tree) -> tuple[Condition, ...]:
        """Read one condition. Raises `Unread`."""
        self.take("both")
        one = self._simple(about)
        others: list[tuple[Condition, ...]] = [one]
        while True:
            place = self.at
            if not self.take("or"):
                break
            more = self.attempt(lambda: self._simple(about))
            if more is None:
                self.at = place
                break
            others.append(more)
        self.take("or both")
        return one if len(others) == 1 else (Either(options=tuple(others)),)

    def _simple(self, about: Tree) -> tuple[Condition, ...]:
        readers: tuple[Callable[[Tree], tuple[Condition, ...]], ...] = (
            self._compared,
            self._between,
            self._divisible,
            self._remainders,
            self._having,
            self._digits,
            self._kinds,
        )
        return self.first(*(lambda read=read: read(about) for read in readers))

    def _compared(self, about: Tree) -> tuple[Condition, ...]:
        for source, sign in _COMPARED:
            if self.take(source):
                if re.compile(rf"{NUMBER}{_COUNTED}", re.IGNORECASE).match(self.text, self.at):
                    raise Unread("a number that counts")
                return (Relation(operator=sign, left=about, right=self.value()),)
        self.need("(?:exactly )?equal to")
        return (Relation(operator="=", left=about, right=self.value()),)

    def _between(self, about: Tree) -> tuple[Condition, ...]:
        found = self.need("(?:strictly |inclusively )?between|from|in the (?:range|interval) from")
        low = self.value()
        self.need("and|to|through")
        high = self.value()
        inside = self.take(r",? ?\(?inclusive(?:ly)?\)?")
        self.sign(")")
        closed = inside is not None or "between" not in found.group() or "incl" in found.group()
        if self.take(r",? ?\(?exclusive\)?"):
            closed = False
        more, less = (">=", "<=") if closed else (">", "<")
        return (
            Relation(operator=more, left=about, right=low),
            Relation(operator=less, left=about, right=high),
        )

    def _divisible(self, about: Tree) -> tuple[Condition, ...]:
        if self.take("divisible by (?:each|all) of its(?: own)?(?: non-?zero)? digits"):
            nonzero = "zero" in self.text[: self.at].lower().rsplit("its", 1)[-1]
            kind = "divisible by its digits" if not nonzero else "divisible by its nonzero digits"
            return (Holds(kind=kind, arguments=(about,)),)
        negated = self.take("not|neither") is not None
        neither = negated and self.text[: self.at].rstrip().endswith("neither")
        if self.take("(?:evenly )?divisible by|(?:a |an )?(?:common |positive )?multiples? of"):
            every = self.take("both|all(?: of)?(?: the)?|each(?: of)?(?: the)?") is not None
            either = self.take("either") is not None
            first = self.value()
            if not negated and (either or self.sees("(?:or|nor) «?[0-9]")):
                options = [first]
                while self.sign(",") or self.take("or"):
                    self.take("or|by")
                    options.append(self.value())
                return (Either(options=tuple((_multiple(about, o),) for o in options)),)
            found = [_multiple(about, first, negated=negated)]
            while self._next_number(neither=neither, every=every):
                found.append(_multiple(about, self.value(), negated=negated))
            return tuple(found)
        if self.take("(?:an? )?(?:positive |integer )?(?:divisors?|factors?) of"):
            every = self.take("both") is not None
            found = [Holds(kind="divisor", arguments=(about, self.value()), negated=negated)]
            if every or self.sees("and «?[0-9]"):
                self.need("and")
                found.append(
                    Holds(kind="divisor", arguments=(about, self.value()), negated=negated)
                )
            return tuple(found)
        if self.take("relatively prime (?:to|with)|coprime (?:to|with)"):
            return (Holds(kind="coprime", arguments=(about, self.value()), negated=negated),)
        raise Unread("no divisibility")

    def _next_number(self, *, neither: bool, every: bool) -> bool:
        """Take what joins the next member of a list of divisors."""
        place = self.at
        comma = self.sign(",")
        joined = self.take("(?:nor|or)(?: by)?" if neither else "and(?: by)?")
        numbered = self.sees(rf"«\d+»|(?:{NUMBER})(?! digit)")
        if (comma or joined or every) and numbered and (comma or joined):
            return True
        self.at = place
        return False

    def _remainders(self, about: Tree) -> tuple[Condition, ...]:
        """`leaves a remainder of 2 when divided by 7`, `is congruent to 2 modulo 7`."""
        if self.take("congruent to"):
            right = self.value()
            self.need(r",? ?\(?(?:mod|modulo)")
            modulus = self.value()
            self.sign(")")
            return (Holds(kind="congruent", arguments=(about, right, modulus)),)
        if found := self.take(rf"({NUMBER}) (more|less) than an? (?:integer )?multiple of"):
            shift = int(found[1]) if found[1].isdigit() else None
            if shift is None:
                raise Unread("a number in words")
            right = number_tree(shift if found[2].lower() == "more" else -shift)
            return (Holds(kind="congruent", arguments=(about, right, self.value())),)
        if self.take("when (?:it is )?divided by"):
            moduli = [self.value()]
            self.sign(",")
            self.need("leaves?|has|have|gives?|yields?")
            rest = self._rest()
            return tuple(_rest_is(about, rest, modulus) for modulus in moduli)
        self.need("(?:that )?(?:leaves?|has|have|with|leaving|gives?|having)")
        found = self._rests(about)
        while True:
            place = self.at
            if not (self.sign(",") or self.sees("and")):
                return tuple(found)
            self.take("and(?: leaves)?")
            more = self.attempt(lambda: self._rests(about))
            if more is None:
                self.at = place
                return tuple(found)
            found += more

    def _rest(self) -> Tree:
        if self.take("no remainder"):
            return number_tree(0)
        self.take("an?")
        self.need("remainder(?: of)?")
        return self.value()

    def _rests(self, about: Tree) -> list[Condition]:
        rest = self._rest()
        self.need(
            "(?:when|if|upon)(?: it is| they are)?(?: divided| division)|modulo|mod|on division"
        )
        self.take("by")
        self.take("(?:each|any|all)(?: of)?(?: the)?|either")
        moduli = self.values()
        return [_rest_is(about, rest, modulus) for modulus in moduli]

    def _having(self, about: Tree) -> tuple[Condition, ...]:
        """`has exactly 6 divisors`, `have a units digit of 3`, `ends in 5`."""
        if self.take("ends? (?:in|with)(?: the digit| an?)?"):
            digit = self.value()
            return (Relation(operator="=", left=call("units digit", about), right=digit),)
        self.need("(?:that )?(?:have|has|having|with)")
        if (shared := self.attempt(lambda: self._as_factors(about))) is not None:
            return shared
        sign = "="
        for source, one in (("exactly|precisely|only", "="), ("at least", ">="), ("at most", "<=")):
            if self.take(source):
                sign = one
        if self.take("an (odd|even) number of (?:positive )?(?:integer )?(?:divisors|factors)"):
            parity = "odd" if "odd number" in self.text else "even"
            return (Holds(kind=parity, arguments=(call("divisor count", about),)),)
        if found := self.take(
            "(?:an? |the )?(units|ones|tens|hundreds|last) digit (?:of|is|equal to|that is)"
        ):
            name = {"tens": "tens digit", "hundreds": "hundreds digit"}.get(
                found[1].lower(), "units digit"
            )
            return (Relation(operator="=", left=call(name, about), right=self.value()),)
        if self.take(
            "(?:the )?digits? (?:that )?(?:with a )?(?:sum(?:s|ming)?|add(?:s|ing)?(?: up)?)"
            " (?:of|to)"
            "|a (?:digit sum|sum of digits) (?:of|equal to)"
        ):
            return (Relation(operator="=", left=call("digit sum", about), right=self.value()),)
        count = number_tree(self.number())
        if self.take("(?:distinct |different |positive |integer |integral )*(?:divisors|factors)"):
            return (Relation(operator=sign, left=call("divisor count", about), right=count),)
        if self.take("(?:distinct |different )prime (?:divisors|factors)"):
            return (Relation(operator=sign, left=call("prime factor count", about), right=count),)
        self.need("digits")
        return (Relation(operator=sign, left=call("digit count", about), right=count),)

    def _as_factors(self, about: Tree) -> tuple[Condition, ...]:
        """`(have) 15, 20 and 25 as factors`, `(has) 7 as a divisor`."""
        self.take("both|all(?: (?:two|three|four))?(?: of)?(?: the numbers)?")
        listed = self.values()
        self.need("as (?:an? )?(?:common )?(?:factor|divisor)s?")
        return tuple(_multiple(about, one) for one in listed)

    def _digits(self, about: Tree) -> tuple[Condition, ...]:
        """Properties of the digits."""
        if self.take(
            "(?:have|has|with|whose digits are) (?:all )?(?:distinct|different)(?: digits)?"
            "|have (?:all )?(?:its|their) digits (?:distinct|different)"
            "|(?:no|without) repeated digits|(?:with )?digits (?:are )?(?:all )?(?:distinct"
            "|different)"
        ):
            return (Holds(kind="distinct digits", arguments=(about,)),)
        if self.take("(?:have|has|with|contains?|use|uses|using) only (even|odd) digits"):
            kind = "even digits" if "even digits" in self.text[: self.at] else "odd digits"
            return (Holds(kind=kind, arguments=(about,)),)
        if self.take("(?:do|does) not (?:contain|have|include)(?: the| any)?(?: digits?)?"):
            return (Holds(kind="contains digit", arguments=(about, self._digit()), negated=True),)
        self.need("(?:contains?|have|has|include)(?: the| at least one| an?)(?: digits?)?")
        return (Holds(kind="contains digit", arguments=(about, self._digit())),)

    def _digit(self) -> Tree:
        digit = self.whole()
        self.take("as an? digit|as one of (?:its|their) digits|'s")
        if not 0 <= digit <= 9:
            raise Unread("a digit is needed")
        return number_tree(digit)

    def _kinds(self, about: Tree) -> tuple[Condition, ...]:
        """`prime`, `a perfect square`, `a positive integer`."""
        negated = self.take("not") is not None
        self.take("also")
        found: list[Condition] = []
        if self.take(
            "(?:an? )?(?:perfect )?(square|cube)s?(?: numbers?| integers?| of an integer)?"
        ):
            kind = "cube" if "cube" in self.text[: self.at].lower().rsplit(" ", 4)[-1] else "square"
            return (Holds(kind=kind, arguments=(about,), negated=negated),)
        if self.take("(?:an? )?palindromes?"):
            return (Holds(kind="palindrome", arguments=(about,), negated=negated),)
        self.take("an?")
        while True:
            kind = next((k for source, k in ADJECTIVES.items() if self.take(source)), None)
            if kind is None:
                break
            found.append(Holds(kind=kind, arguments=(about,), negated=negated))
            if not self.sees("|".join([*ADJECTIVES, "numbers?", "integers?", "primes?"])):
                self.take(",")
        if self.take("integers?|whole numbers?"):
            found.append(Holds(kind="integer", arguments=(about,), negated=negated))
        elif (not found or not self.take("numbers?|constants?")) and not found:
            raise Unread("no kind of number")
        if negated and len(found) > 1:
            raise Unread("what is denied is not clear")
        return tuple(found)


def _multiple(about: Tree, of: Tree, *, negated: bool = False) -> Holds:
    return Holds(kind="multiple", arguments=(about, of), negated=negated)


def _rest_is(about: Tree, rest: Tree, modulus: Tree) -> Condition:
    return Relation(operator="=", left=call("remainder", about, modulus), right=rest)


def digit_bounds(name: str, count: int) -> tuple[Condition, ...]:
    """Return what `a three-digit number` says of a letter."""
    low = 10 ** (count - 1) if count > 1 else 0
    return tuple(
        Relation(operator=sign, left=Name(name=name), right=number_tree(Fraction(bound)))
        for sign, bound in ((">=", low), ("<=", 10**count - 1))
    )
