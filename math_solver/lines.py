"""Reading one line of someone's work: an expression, or a statement about letters.

A statement is a list of cases of which one holds, each a list of relations that hold together:
`x = 2 or x = 3` has two cases of one relation, `x + y = 3, x - y = 1` one case of two. No case is
`no solution`; one case without relations holds always.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from assistants.errors import InputError

from .grids import Grids, is_grid, same_shape
from .reading import Name, Relation, Tree
from .reading.ellipsis import without_ellipsis
from .reading.parser import RELATIONS, read_formula
from .reading.tokens import Token, tokenize
from .reading.tree import letters

MAX_CASES = 40

Case = tuple[Relation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line as it was read: an `expression`, or `cases`; `continues` where it began with `=`."""

    source: str
    expression: Tree | None = None
    cases: tuple[Case, ...] = ()
    continues: bool = False
    assumptions: tuple[str, ...] = ()

    @property
    def is_statement(self) -> bool:
        """Whether the line says something that can be true or false."""
        return self.expression is None

    @property
    def letters(self) -> tuple[str, ...]:
        """The free letters in order of appearance."""
        trees = [r for case in self.cases for r in case]
        if self.expression is not None:
            trees = [self.expression]
        return tuple(dict.fromkeys(name for tree in trees for name in letters(tree)))

    @property
    def last_side(self) -> Tree | None:
        """What a following line that begins with `=` goes on from."""
        if self.expression is not None:
            return self.expression
        single = len(self.cases) == 1 and self.cases[0]
        return self.cases[0][-1].right if single else None


_CONNECTORS = re.compile(
    r"^\s*(?:(?:=>|⇒|⟹|⟺|⇔|<=>|→|∴|\\implies|\\Rightarrow|\\Longrightarrow|\\iff|\\therefore"
    r"|\\Leftrightarrow|\\quad)(?![A-Za-z])|(?:therefore|thus|hence|so|then|we get)\b,?|&)\s*",
    re.IGNORECASE,
)
_DROPPED = re.compile(r"\$+|\\\(|\\\)|\\\[|\\\]|\\\\|&|\\displaystyle\b|\\boxed(?=\{)|\\,|\\;|\\!")
_OR = re.compile(r"\\text\{\s*or\s*\}|\\lor(?![A-Za-z])|\\vee(?![A-Za-z])|∨|\bor\b")
_AND = re.compile(r"\\text\{\s*and\s*\}|\\land(?![A-Za-z])|\\wedge(?![A-Za-z])|∧|\band\b|;")
_NOTHING = re.compile(r"no (?:real )?(?:solutions?|roots?)|∅|\\emptyset|false|impossible|\{\s*\}")
_ALWAYS = re.compile(r"(?:all|every) real numbers?(?: [a-z])?|true|always(?: true)?")
_IN_SET = re.compile(r"^\s*([A-Za-z](?:_\w+)?)\s*(?:∈|\\in(?![A-Za-z]))\s*\\?\{(.*?)\\?\}\s*$")
_SIGNS = (("±", "∓"), (r"\pm", r"\mp"))


def read_line(source: str) -> Line:
    """Read a line. Raises `InputError`, which names the place, for what is no mathematics."""
    assumed: list[str] = []
    reader = _Reader()
    text = _bare(_plainer(reader.grids.masked(source), assumed))
    if not text:
        raise InputError("a line is empty", hint="write one step a line")
    if _NOTHING.fullmatch(text.lower()):
        return Line(source=source)
    if _ALWAYS.fullmatch(text.lower()):
        return Line(source=source, cases=((),))
    continues = text.startswith("=")
    found = reader.cases(text.removeprefix("=").strip() if continues else text)
    assumptions = tuple(dict.fromkeys((*assumed, *reader.assumptions)))
    if isinstance(found, list):
        return Line(source=source, cases=tuple(found), assumptions=assumptions)
    return Line(source=source, expression=found, continues=continues, assumptions=assumptions)


_UNIT = (
    r"(?:square |cubic )?(?:millimeters?|centimeters?|meters?|kilometers?|inch(?:es)?|feet|foot"
    r"|yards?|miles?|units?|degrees?|grams?|kilograms?|pounds?|ounces?|liters?|gallons?|cups?|seconds?"
    r"|minutes?|hours?|days?|weeks?|months?|years?|dollars?|cents?|ways|people|students|balls"
    r"|mm|cm|km|m|in|ft|mi|kg|lbs?|mph|sq(?:uare)? ?units?)"
)
_TEXT_UNIT = re.compile(
    rf"\\(?:text|mbox|textrm|mathrm)\{{\s*(?P<unit>{_UNIT}(?: per {_UNIT})?)\.?\s*\}}"
    r"(?:\^\{?[23]\}?)?"
)
_BRACED = r"(?:[^{}]|\{[^{}]*\})+"
LEFT_OUT = "the unit is left out: "


def _plainer(source: str, assumed: list[str]) -> str:
    """Bring TeX of worked solutions to the notation that is read; units are told and dropped."""
    units = (found["unit"] for found in _TEXT_UNIT.finditer(source))
    assumed.extend(LEFT_OUT + re.sub(r"(?:e?s)$", "", unit) for unit in units)
    text = _TEXT_UNIT.sub(" ", source)
    text = re.sub(r"\{\s*([^{}]+?)\s*\\choose\s*([^{}]+?)\s*\}", r"\\binom{\1}{\2}", text)
    text = re.sub(r"\\(?:overline\{([A-Z]{2,3})\}|cancel\{(\w{1,3})\})", r"\1\2", text)
    text = re.sub(r"(?<=\d)\{,\}(?=\d{3})", ",", text)
    text = re.sub(r"\\(?:operatorname|text|mathrm)\{\s*cis\s*\}", " cis ", text)
    text = re.sub(rf"\{{({_BRACED})\\over(?![a-z])({_BRACED})\}}", r"\\frac{\1}{\2}", text)
    text = re.sub(r"\\cr(?![A-Za-z])", " ", text)
    text = re.sub(r"\\phantom\{[^{}]*\}", " ", text).replace("\\cfrac", "\\frac")
    text = re.sub(
        r"\\(?:mathbf|mathrm|operatorname|text)\{\s*(gcd|lcm|sin|cos|tan|log|ln)\s*"
        r"(\^\{?\d\}?)?\s*\}",
        r" \1\2 ",
        text,
    )
    text = re.sub(r"\\(?:left|right)\s*\\?([lr])?(?=\\[lr](?:floor|ceil))", "", text)
    for name, call in (("floor", "floor"), ("ceil", "ceiling")):
        for _ in range(3):
            text = re.sub(rf"\\l{name}((?:(?!\\[lr]{name}).)*?)\\r{name}", rf" {call}(\1) ", text)
    return without_ellipsis(text, assumed)


def _bare(source: str) -> str:
    """Drop the signs around the mathematics: delimiters, arrows, a full stop."""
    text = _DROPPED.sub(" ", source).strip()
    while match := _CONNECTORS.match(text):
        text = text[match.end() :]
    return re.sub(r"[\s.,;]+$", "", text).strip()


class _Reader:
    """Reads the parts of one line and keeps what was assumed."""

    def __init__(self) -> None:
        self.assumptions: list[str] = []
        self.grids = Grids()

    def cases(self, text: str) -> list[Case] | Tree:
        """Return the cases of a statement, or the tree of an expression."""
        member = _IN_SET.match(text)
        if member:
            values = _split(member.group(2), {","})
            return [c for v in values for c in self._case(f"{member.group(1)} = {v}")]
        alternatives = [part.strip() for part in _OR.split(text)]
        if len(alternatives) == 1:
            return self._alternative(alternatives[0])
        found: list[Case] = []
        for part in alternatives:
            whole = self._alternative(self._with_letter(part, found))
            if not isinstance(whole, list):
                raise InputError("only equations are joined by `or`", hint="write x = 1 or x = 2")
            found += whole
        if len(found) > MAX_CASES:
            raise InputError(f"more than {MAX_CASES} cases", hint="give fewer at a time")
        return found

    def _with_letter(self, part: str, found: list[Case]) -> str:
        """`x = 2 or 3` means `x = 2 or x = 3`."""
        last = found[-1][-1] if found and found[-1] else None
        if last is None or not isinstance(last.left, Name) or last.operator != "=":
            return part
        says = any(token.text in RELATIONS for token in tokenize(_without_signs(part)))
        return part if says else f"{last.left.name} = {part}"

    def _alternative(self, text: str) -> list[Case] | Tree:
        for plus, minus in _SIGNS:
            if plus in text:
                upper = self._alternative(text.replace(plus, "+").replace(minus, "-"))
                lower = self._alternative(text.replace(plus, "-").replace(minus, "+"))
                if isinstance(upper, list) and isinstance(lower, list):
                    return upper + lower
                raise InputError("± has two values", hint="use it in an equation: x = ±2")
        parts = [p for piece in _AND.split(text) for p in _split(piece, {","})]
        if len(parts) == 1:
            return self._single(parts[0])
        return self._together(parts)

    def _single(self, text: str) -> list[Case] | Tree:
        sides = self._sides(text)
        if len(sides) == 1:
            return sides[0][1]
        return [_relations(sides)]

    def _case(self, text: str) -> list[Case]:
        found = self._single(text)
        if not isinstance(found, list):
            raise InputError(f"{text!r} says nothing by itself", hint="write equations")
        return found

    def _together(self, parts: list[str]) -> list[Case]:
        """Relations joined by commas or `and`; values of one letter are alternatives."""
        read = [self._sides(part) for part in parts]
        first = read[0]
        letter = first[0][1] if len(first) == 2 and first[1][0] == "=" else None
        values: list[Tree] = []
        for sides in read:
            if len(sides) == 1:
                values.append(sides[0][1])
            elif len(sides) == 2 and sides[1][0] == "=" and sides[0][1] == letter:
                values.append(sides[1][1])
        if isinstance(letter, Name) and len(values) == len(read):
            self.assumptions.append(f"the values of {letter.name} are alternatives")
            return [(Relation(operator="=", left=letter, right=v),) for v in values]
        if any(len(sides) == 1 for sides in read):
            raise InputError("an expression stands between equations", hint="one line, one step")
        return [tuple(r for sides in read for r in _relations(sides))]

    def _sides(self, text: str) -> list[tuple[str, Tree]]:
        """Split at the relation signs: pairs of the sign before, and the side."""
        tokens = tokenize(text)
        sides: list[tuple[str, Tree]] = []
        start, operator = 0, ""
        for token in (*_top_level(tokens, RELATIONS), None):
            end = len(text) if token is None else token.span[0]
            reading = read_formula(text[start:end].strip())
            self.assumptions.extend(reading.assumptions)
            sides.append((operator, self.grids.filled(reading.tree)))
            if token is not None:
                start, operator = token.span[1], token.text
        return sides


def _relations(sides: list[tuple[str, Tree]]) -> Case:
    """`a = b = c` is `a = b` and `b = c`; of matrices, each entry is equal."""
    told: list[Relation] = []
    for (_, left), (operator, right) in pairwise(sides):
        if not (is_grid(left) or is_grid(right)):
            told.append(Relation(operator=operator, left=left, right=right))
            continue
        pairs = same_shape(left, right)
        if pairs is None or operator != "=":
            raise InputError("a matrix is compared with what is none of its size")
        told += [Relation(operator=operator, left=one, right=other) for one, other in pairs]
    return tuple(told)


def _without_signs(text: str) -> str:
    for plus, minus in _SIGNS:
        text = text.replace(plus, "+").replace(minus, "-")
    return text


def _split(text: str, signs: set[str]) -> list[str]:
    """Split at signs that stand outside of brackets."""
    parts: list[str] = []
    start = 0
    for token in _top_level(tokenize(text), signs):
        parts.append(text[start : token.span[0]].strip())
        start = token.span[1]
    parts.append(text[start:].strip())
    return [part for part in parts if part]


def _top_level(tokens: list[Token], texts: "set[str] | frozenset[str]") -> list[Token]:
    """Return the operator tokens of some texts that stand outside of brackets."""
    found: list[Token] = []
    depth = 0
    for token in tokens:
        if token.kind == "operator":
            depth += (token.text in {"(", "[", "{"}) - (token.text in {")", "]", "}"})
            if depth == 0 and token.text in texts:
                found.append(token)
    return found
