"""Our own recursive-descent parser: text of a formula to an expression tree.

It reads ASCII, Unicode and common LaTeX, also mixed; multiplication may be left out. Where a text
can be read in two ways it takes one and says so (`Reading.assumptions`). Nothing is evaluated.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from .cursor import Cursor
from .tokens import ReadingError, Token
from .tree import (
    Binary,
    Call,
    Name,
    Negate,
    Number,
    Relation,
    Span,
    Tree,
    is_plain_fraction,
    is_whole,
    spell,
)

RELATIONS = frozenset({"=", "<", "<=", ">", ">=", "!="})
CLOSERS = {"(": ")", "[": "]", "{": "}"}
ONE = Number(value=Fraction(1))
OPENERS = {
    "|": "absolute", "frac": "fraction", "int": "integral", "lim": "limit", "sum": "series",
    "prod": "series", "binom": "binomial",
}  # fmt: skip
"""The method that reads what a sign begins."""
WITH_RELATIONS = frozenset({"piecewise", "conjunction"})
INVERSE = {"sin": "asin", "cos": "acos", "tan": "atan"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A tree, and what was assumed where the text can be read in more than one way."""

    tree: Tree
    assumptions: tuple[str, ...] = ()


def parse(source: str, *, names: frozenset[str] = frozenset()) -> Tree:
    """Read a formula. Raises `ReadingError`, an `InputError` that names the place."""
    return read_formula(source, names=names).tree


def read_formula(
    source: str,
    *,
    names: frozenset[str] = frozenset(),
    functions: frozenset[str] = frozenset(),
) -> Reading:
    """Read a formula with the assumptions made on the way.

    `names` are words to keep whole, `functions` letters that stand for defined functions.
    """
    parser = _Parser(source, names, functions)
    tree = parser.relation()
    parser.expect_end()
    return Reading(tree=tree, assumptions=tuple(dict.fromkeys(parser.assumptions)))


class _Parser(Cursor):
    """Each method reads one level of the grammar."""

    def relation(self) -> Tree:
        start = self.token.span[0]
        left = self.sum()
        if not self.at(*RELATIONS):
            return left
        operator = self.take().text
        right = self.sum()
        if self.at(*RELATIONS):
            raise self.error("a chain of relations does not belong here; write them one by one")
        return Relation(operator=operator, left=left, right=right, span=self.span_from(start))

    def sum(self) -> Tree:
        start = self.token.span[0]
        left = self.product()
        while self.at("+", "-"):
            operator = self.take().text
            right = self.product()
            left = Binary(operator=operator, left=left, right=right, span=self.span_from(start))
        return left

    def product(self) -> Tree:
        start = self.token.span[0]
        left = self.signed()
        divided = False
        while True:
            if self.at("*", "/", "÷"):
                operator = self.take().text
                right = self.signed()
                divided = operator == "/"
                if operator == "÷":
                    operator, right = "/", self.whole_fraction(right)
            elif self.at("mod"):
                self.take()
                right = self.signed()
                left = Call(function="mod", arguments=(left, right), span=self.span_from(start))
                continue
            elif self.starts_factor():
                place = self.token.span[0]
                self.not_two_numbers()
                right = self.power()
                left, divided = self.adjacent(left, right, (start, place), divided), False
                continue
            else:
                return left
            left = Binary(operator=operator, left=left, right=right, span=self.span_from(start))

    def whole_fraction(self, top: Tree) -> Tree:
        """`2/3 ÷ 4/5` divides by the fraction 4/5, where the slash stands close to its numbers."""
        slash = self.token
        bottom = self.tokens[min(self.position + 1, len(self.tokens) - 1)]
        close = slash.text == "/" and not slash.spaced and not bottom.spaced
        if not (close and is_whole(top) and bottom.kind == "number"):
            return top
        self.take()
        tree = Binary(operator="/", left=top, right=self.postfix_base(), span=self.span_from(0))
        self.assumptions.append(f"{spell(tree)} behind the sign of division is one fraction")
        return tree

    def mixed_number_follows(self, left: Tree) -> bool:
        following = self.tokens[self.position : self.position + 3]
        kinds = [token.kind for token in following]
        slash = kinds == ["number", "operator", "number"] and following[1].text == "/"
        return slash and is_whole(left) and following[0].spaced

    def mixed_number(self, left: Tree, start: int) -> Tree:
        top, _, bottom = self.postfix_base(), self.take(), self.postfix_base()
        span = self.span_from(start)
        self.assumptions.append(f"{self.snippet(start)} is a mixed number")
        part = Binary(operator="/", left=top, right=bottom, span=span)
        return Binary(operator="+", left=left, right=part, span=span)

    def not_two_numbers(self) -> None:
        """Raise `ReadingError` for `2 3`: neither a product nor one number."""
        if self.token.kind == "number" and self.tokens[self.position - 1].kind == "number":
            raise ReadingError("two numbers side by side", self.source, self.token.span[0])

    def adjacent(self, left: Tree, right: Tree, places: Span, divided: bool) -> Tree:  # noqa: FBT001
        """Two factors side by side: a product, or the tail of an ambiguous quotient."""
        start, place = places
        span = self.span_from(start)
        if divided and isinstance(left, Binary):
            head, tail = self.source[start:place].strip(), self.source[place : span[1]].strip()
            self.assumptions.append(
                f"{self.snippet(start)} is read as ({head})·{tail}, not as a quotient by {tail} too"
            )
        return Binary(operator="*", left=left, right=right, span=span)

    def starts_factor(self) -> bool:
        token = self.token
        if token.kind in {"number", "name", "function"}:
            return not (self.differential and self.at_differential())
        if token.kind != "operator":
            return False
        if token.text == "|":
            return self.bars == 0
        return token.text in {"(", "[", "{", "frac", "int", "lim", "sum", "prod", "binom"}

    def signed(self) -> Tree:
        start = self.token.span[0]
        if self.at("-"):
            self.take()
            operand = self.nested(self.signed)
            return Negate(operand=operand, span=self.span_from(start))
        if self.at("+"):
            self.take()
            return self.nested(self.signed)
        return self.power()

    def power(self) -> Tree:
        start = self.token.span[0]
        base = self.postfix()
        if is_whole(base) and self.at("frac"):
            base = self.mixed_with_fraction(base, start)
        elif self.mixed_number_follows(base):
            base = self.mixed_number(base, start)
        exponent = self.exponent()
        if exponent is None:
            return base
        tree = Binary(operator="^", left=base, right=exponent, span=self.span_from(start))
        follows = self.token.kind == "name" and not self.token.spaced
        if follows and isinstance(exponent, Number) and self.source[self.token.span[0] - 1] != "}":
            shown = self.snippet(start)
            self.assumptions.append(
                f"{shown}{self.token.text} is read as ({shown})·{self.token.text}"
            )
        return tree

    def mixed_with_fraction(self, whole: Tree, start: int) -> Tree:
        """`8 1/3` in TeX is eight and a third; with letters in the fraction it is a product."""
        mark = self.position
        part = self.fraction()
        if not is_plain_fraction(part):
            self.position = mark
            return whole
        self.assumptions.append(f"{self.snippet(start)} is a mixed number")
        return Binary(operator="+", left=whole, right=part, span=self.span_from(start))

    def exponent(self) -> Tree | None:
        if self.token.kind == "superscript":
            token = self.take()
            digits = token.text
            if digits.lstrip("-").isdigit():
                return Number(value=Fraction(digits), span=token.span)
            return Name(name="n", span=token.span)
        if not self.at("^"):
            return None
        self.take()
        if self.at("{"):
            return self.nested(self.group)
        return self.nested(self.signed)

    def postfix(self) -> Tree:
        start = self.token.span[0]
        tree = self.atom()
        while True:
            span = self.span_from(start)
            if self.at("!"):
                self.take()
                tree = Call(function="factorial", arguments=(tree,), span=span)
            elif self.at("%"):
                self.take()
                hundred = Number(value=Fraction(100))
                tree = Binary(operator="/", left=tree, right=hundred, span=span)
            elif self.at("°") or (self.at("^") and self.degree_follows()):
                tree = self.degrees(tree)
            else:
                return tree

    def degree_follows(self) -> bool:
        following = [token.text for token in self.tokens[self.position + 1 : self.position + 4]]
        return following[:1] == ["°"] or following == ["{", "°", "}"]

    def degrees(self, tree: Tree) -> Tree:
        for sign in ("^", "{"):
            if self.at(sign):
                self.take()
        self.expect("°")
        if self.at("}") and self.tokens[self.position - 2].text == "{":
            self.take()
        turn = Binary(operator="/", left=Name(name="pi"), right=Number(value=Fraction(180)))
        return Binary(operator="*", left=tree, right=turn, span=tree.span)

    def atom(self) -> Tree:
        token = self.token
        match token.kind:
            case "number":
                self.take()
                if self.at("_"):
                    raise self.error("a number in another base does not belong here")
                return Number(value=token.value or Fraction(0), span=token.span)
            case "name":
                return self.derivative() or self.name()
            case "function":
                return self.nested(self.function)
            case "operator" if token.text in CLOSERS:
                return self.nested(self.group)
            case "operator" if token.text in OPENERS:
                read: Callable[[], Tree] = getattr(self, OPENERS[token.text])
                return self.nested(read)
            case _:
                raise self.error("expected a number, a letter or a bracket")

    def name(self) -> Tree:
        token = self.take()
        if token.text in self.functions and self.at("(", "'"):
            primes = ""
            while self.at("'"):
                primes += self.take().text
            if not self.at("("):
                raise self.error(f"the derivative of {token.text} needs its argument")
            span = self.span_from(token.span[0])
            return Call(function=token.text + primes, arguments=self.arguments(), span=span)
        if token.text in self.functions:
            raise self.error(f"the function {token.text} needs its argument, as in {token.text}(2)")
        if token.text in "fgh" and self.at("(") and not self.token.spaced:
            raise self.error(
                f"the function {token.text} is not defined, so its value does not belong here"
            )
        if self.at("_"):
            return self.subscripted(token)
        if self.at("'"):
            raise self.error("the derivative sign ' does not belong here; write d/dx")
        return Name(name=token.text, span=token.span)

    def subscripted(self, token: Token) -> Tree:
        self.take()
        braced = self.at("{")
        if braced:
            self.take()
        parts = [self.take()]
        while braced and (self.at("+", "-") or self.token.kind in {"number", "name"}):
            parts.append(self.take())
        if any(part.kind not in {"number", "name"} and part.text not in "+-" for part in parts):
            raise self.error("expected a short subscript")
        if braced:
            self.expect("}")
        index = "".join(part.text for part in parts)
        shown = f"{{{index}}}" if len(parts) > 1 else index
        return Name(name=f"{token.text}_{shown}", span=self.span_from(token.span[0]))

    def group(self) -> Tree:
        opener = self.take().text
        bars, self.bars = self.bars, 0
        tree = self.sum()
        self.bars = bars
        self.expect(CLOSERS[opener])
        return tree

    def arguments(self, *, relations: bool = False) -> tuple[Tree, ...]:
        opener = self.take().text
        bars, self.bars = self.bars, 0
        read = self.relation if relations else self.sum
        found = [read()]
        while self.at(","):
            self.take()
            found.append(read())
        self.bars = bars
        self.expect(CLOSERS[opener])
        return tuple(found)

    def absolute(self) -> Tree:
        start = self.take().span[0]
        self.bars += 1
        inner = self.sum()
        self.bars -= 1
        self.expect("|")
        return Call(function="abs", arguments=(inner,), span=self.span_from(start))

    def fraction(self) -> Tree:
        derivative = self.latex_derivative()
        if derivative is not None:
            return derivative
        ahead = [token.text for token in self.tokens[self.position + 1 : self.position + 7]]
        if [*ahead[:2], *ahead[3:6]] == ["{", "d", "}", "{", "d"]:
            raise self.error("the derivative of a letter does not belong here; write d/dx (…)")
        start = self.take().span[0]
        top, bottom = self.braced_pair()
        return Binary(operator="/", left=top, right=bottom, span=self.span_from(start))

    def braced_pair(self) -> tuple[Tree, Tree]:
        """Two arguments in TeX's way: groups in braces, or single digits and letters."""
        token = self.token
        if token.kind == "number" and len(token.text) == 2 and token.text.isdigit():
            self.take()
            one, two = (Number(value=Fraction(digit), span=token.span) for digit in token.text)
            return one, two
        return self.braced(), self.braced()

    def braced(self) -> Tree:
        token = self.token
        if self.at("{"):
            return self.group()
        if token.kind == "name" or (token.kind == "number" and len(token.text) == 1):
            return self.postfix_base()
        raise self.error("write \\frac{…}{…} with both pairs of braces; expected '{'")

    def binomial(self) -> Tree:
        start = self.take().span[0]
        pair = self.braced_pair()
        return Call(function="binomial", arguments=pair, span=self.span_from(start))

    def series(self) -> Tree:
        """A sum or product sign with bounds: what follows, up to the next + or -, is joined."""
        token = self.take()
        start, name = token.span[0], "sum" if token.text == "sum" else "product"
        self.expect("_")
        self.expect("{")
        letter = self.take()
        if letter.kind != "name":
            raise self.error("expected the letter that counts")
        self.expect("=")
        low = self.sum()
        self.expect("}")
        self.expect("^")
        high = self.bound()
        body = self.product()
        variable = Name(name=letter.text, span=letter.span)
        return Call(
            function=name, arguments=(body, variable, low, high), span=self.span_from(start)
        )

    def function(self) -> Tree:
        token = self.take()
        start, name = token.span[0], token.text
        power: Tree | None = None
        base: Tree | None = None
        root = self.group() if name == "sqrt" and self.at("[") else None
        if name in {"sum", "product"} and not self.at("("):
            raise self.error("expected brackets")
        if name == "log" and self.token.kind == "subscript":
            base = self.small_number("subscript")
        elif self.at("_") and name == "log":
            self.take()
            base = self.group() if self.at("{") else self.postfix_base()
        if name != "sqrt" and (self.at("^") or self.token.kind == "superscript"):
            power = self.exponent()
        arguments = self.function_arguments(name, start)
        if self.at("!") and name in {"log", "ln"} and len(arguments) == 1:
            self.take()
            arguments = (Call(function="factorial", arguments=arguments),)
        return self.applied(name, arguments, base=base or root, power=power, start=start)

    def postfix_base(self) -> Tree:
        token = self.take()
        if token.kind == "number" and token.value is not None:
            return Number(value=token.value, span=token.span)
        if token.kind == "name":
            return Name(name=token.text, span=token.span)
        raise self.error("expected the base of the logarithm")

    def function_arguments(self, name: str, start: int) -> tuple[Tree, ...]:
        if self.at("(", "[", "{"):
            return self.arguments(relations=name in WITH_RELATIONS)
        if name == "sqrt":
            digits = len(self.token.text) if self.token.kind == "number" else 0
            if digits > 1 and self.source[start] == "\\":
                raise self.error("\\sqrt without braces takes one digit; write \\sqrt{…}")
            return (self.postfix(),)
        if self.token.kind == "function":
            return (self.power(),)
        first = self.power() if not self.at("-") else self.signed()
        argument = first
        while self.starts_factor() and self.token.kind != "function" and not self.at("("):
            following = self.power()
            argument = Binary(operator="*", left=argument, right=following, span=first.span)
        if isinstance(first, Binary) and not isinstance(first.left, Number):
            self.assumptions.append(f"{self.snippet(start)} is the {name} of all that follows it")
        elif argument is not first and not isinstance(first, Number):
            self.assumptions.append(f"{self.snippet(start)} is the {name} of the whole product")
        return (argument,)

    def applied(
        self,
        name: str,
        arguments: tuple[Tree, ...],
        *,
        base: Tree | None,
        power: Tree | None,
        start: int,
    ) -> Tree:
        span = self.span_from(start)
        if name == "cis" and power is None:
            sine, cosine = (
                Call(function=f, arguments=arguments, span=span) for f in ("sin", "cos")
            )
            turned = Binary(operator="*", left=Name(name="i"), right=sine, span=span)
            return Binary(operator="+", left=cosine, right=turned, span=span)
        if name == "sqrt" and base is not None:
            name, arguments = "root", (*arguments, base)
        elif name == "log":
            if base is not None:
                arguments = (*arguments, base)
            elif len(arguments) == 1:
                self.assumptions.append("log is the natural logarithm")
                name = "ln"
        if power == Negate(operand=ONE) or power == Number(value=Fraction(-1)):
            if name not in INVERSE:
                raise ReadingError(f"{name}^-1 has no one meaning", self.source, start)
            inverse = INVERSE[name]
            self.assumptions.append(f"{name}^-1 is the inverse function, arc{name}")
            return Call(function=inverse, arguments=arguments, span=span)
        call = Call(function=name, arguments=arguments, span=span)
        if power is None:
            return call
        return Binary(operator="^", left=call, right=power, span=span)

    def at_differential(self) -> bool:
        """Whether `dx` stands here: the letter d with a letter right behind it."""
        token, following = self.token, self.tokens[min(self.position + 1, len(self.tokens) - 1)]
        return token.text == "d" and following.kind == "name" and not following.spaced

    def derivative(self) -> Tree | None:
        """`d/dx …` and `d^2/dx^2 …`; None where the letters mean something else."""
        if self.token.text != "d":
            return None
        mark = self.position
        ahead = [token.text for token in self.tokens[mark + 1 : mark + 6] if token.text not in "{}"]
        if ahead[1:3] == ["/", "d"] and not self.tokens[mark + 1].spaced:
            raise self.error(f"d{ahead[0]}/d{ahead[3] if ahead[3:] else ''} does not belong here")
        order = self.derivative_head()
        if order is None:
            self.position = mark
            return None
        return self.derivative_of(*order, self.tokens[mark].span[0])

    def latex_derivative(self) -> Tree | None:
        mark = self.position
        start = self.take().span[0]
        head = self.derivative_head(braced=True)
        if head is None:
            self.position = mark
            return None
        return self.derivative_of(*head, start)

    def derivative_head(self, *, braced: bool = False) -> tuple[Name, int] | None:
        def skip(*texts: str) -> bool:
            for text in texts:
                if self.token.text != text:
                    return False
                self.take()
            return True

        if not skip(*(["{", "d"] if braced else ["d"])):
            return None
        order = self.small_order()
        if not skip(*(["}", "{", "d"] if braced else ["/", "d"])):
            return None
        if self.token.kind != "name" or self.token.spaced:
            return None
        variable = self.take()
        if self.small_order() != order or (braced and not skip("}")):
            return None
        return Name(name=variable.text, span=variable.span), order

    def small_order(self) -> int:
        power = self.exponent()
        if power is None:
            return 1
        whole = isinstance(power, Number) and power.value.denominator == 1
        return int(power.value) if whole and isinstance(power, Number) else 0

    def derivative_of(self, variable: Name, order: int, start: int) -> Tree:
        bracketed = self.at("(", "[", "{")
        operand = self.product() if bracketed or start > 0 else self.sum()
        if not bracketed and isinstance(operand, Binary) and operand.operator in "+-":
            self.assumptions.append("the derivative is of all that follows d/dx")
        return Call(
            function="diff",
            arguments=(operand, variable, Number(value=Fraction(order))),
            span=self.span_from(start),
        )

    def integral(self) -> Tree:
        start = self.take().span[0]
        lower = upper = None
        if self.token.kind == "subscript":
            lower, upper = self.small_number("subscript"), self.small_number("superscript")
        elif self.at("_"):
            self.take()
            lower = self.bound()
            self.expect("^")
            upper = self.bound()
        self.differential += 1
        body: Tree = ONE if self.at_differential() else self.sum()
        self.differential -= 1
        if not self.at_differential():
            raise self.error("expected dx, the letter to integrate over")
        self.take()
        token = self.take()
        variable = Name(name=token.text, span=token.span)
        bounds = () if lower is None or upper is None else (lower, upper)
        return Call(
            function="integrate", arguments=(body, variable, *bounds), span=self.span_from(start)
        )

    def small_number(self, kind: str) -> Tree:
        """A number in small figures below or above the line, as in ∫₀⁹."""
        token = self.take()
        if token.kind != kind or not token.text.lstrip("-").isdigit():
            raise self.error("expected a number in small figures")
        number = Number(value=Fraction(token.text.lstrip("-")), span=token.span)
        return Negate(operand=number) if token.text.startswith("-") else number

    def bound(self) -> Tree:
        if self.at("{"):
            return self.group()
        if self.at("-"):
            start = self.take().span[0]
            return Negate(operand=self.postfix_base(), span=self.span_from(start))
        return self.postfix_base()

    def limit(self) -> Tree:
        start = self.take().span[0]
        if self.at("_"):
            self.take()
        closing = self.take().text if self.at("{", "(") else ""
        token = self.take()
        if token.kind != "name":
            raise self.error("expected the letter of the limit")
        self.expect("to")
        target = self.sum() if closing else self.bound()
        if closing:
            self.expect(CLOSERS[closing])
        body = self.sum()
        variable = Name(name=token.text, span=token.span)
        return Call(
            function="limit", arguments=(body, variable, target), span=self.span_from(start)
        )
