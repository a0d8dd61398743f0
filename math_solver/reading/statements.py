"""A question as a chain of statements and one request.

`Let f(x) = …. Suppose …. What is f(2)?`

Every sentence must match a wording of the tables in `asks` whole, and every formula in it must be
one to the strict parser; otherwise there is no reading here. Nothing is computed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from assistants.errors import InputError

from . import asks
from .asks import Wording, ordinal
from .parser import read_formula
from .preparing import prepared, unfolded
from .requests import POLITE
from .spoken import number_of
from .tokens import FUNCTIONS, NAMES
from .tree import Binary, Call, Name, Number, Relation, Tree, letters, spell, walk

_SENTENCE = re.compile(r"(?<=[.?!])\s+(?=[A-Z(\d-])|\n+")
_CHOICES = re.compile(r"\s+\(([a-z])\)\s+")
_TABLES = ("m", "m1", "p", "p1", "p2", "p3")
_COMMAND = re.compile(r"\\[A-Za-z]+")
_WORD = re.compile(r"[A-Za-z]{2,}")
_LETTERS = re.compile(r"(?!by|my)(?:[a-z]?[xyz]|[xyzt]{2,3}|[abc]{2,3}|[xyz]?d[xyt])")
"""Letters side by side that are read as a product; any other run of letters is a word."""
_SIGN = re.compile(r"(<=|>=|!=|[<>=≤≥≠]|\\[lg]eq?\b|\\neq?\b)")
_ELLIPSIS = re.compile(r",?\s*(?:\.{3}|…|\\[lc]?dots)$")
_DECIMAL = re.compile(r"\d\.\d|(?<!\d)\.\d")


Table: TypeAlias = tuple[tuple[Tree, ...], ...]
"""A matrix by rows; a vector or a point is one row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """`name` stands for `body`; with letters it is a function of them.

    With an `order` it is that derivative of the body by the first letter.
    """

    source: str
    name: str
    body: Tree
    letters: tuple[str, ...] = ()
    order: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Equations that hold."""

    source: str
    relations: tuple[Relation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is asked for: a kind of request, its formulas, and the other words that matter.

    `labels` are the formulas as they were written; `choices` the letters of multiple choice, in
    the order of the last formulas.
    """

    source: str
    kind: str
    formulas: tuple[Tree, ...] = ()
    labels: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    letter: str = ""
    order: int = 0
    choices: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    numbers: tuple[Fraction, ...] = ()

    def line(self) -> str:
        """Tell how the request was read."""
        if not self.formulas:
            return self.source
        shown = ", ".join(map(spell, self.formulas))
        extra = [*self.words, *([self.letter] if self.letter else [])]
        order = f" order {self.order}" if self.order else ""
        return f"{self.kind}{order}: {shown}" + (f" ({', '.join(extra)})" if extra else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A whole question of this kind.

    `power` is how the question writes powers; `named` says whether answers to equations are told
    with their letter (`x = 2`), which is how people write, and not how programs do.
    """

    source: str
    statements: tuple[Definition | Fact, ...]
    ask: Ask
    assumptions: tuple[str, ...] = ()
    power: str = "^"
    named: bool = True
    decimal: bool = False

    @property
    def plain_request(self) -> bool:
        """Whether this is one request in people's notation, of a kind with steps elsewhere."""
        if any(isinstance(n, Call) and n.function in {"sum", "product"}
               for tree in self.ask.formulas for n in walk(tree)):  # fmt: skip
            return False
        if self.ask.letter != "i" and any("i" in letters(tree) for tree in self.ask.formulas):
            return False
        kinds = {"solve", "factor", "expand", "derivative", "value"}
        return self.named and not self.statements and self.ask.kind in kinds

    def lines(self) -> Iterator[str]:
        """Tell how each sentence was read, formulas in plain notation."""
        for statement in self.statements:
            if isinstance(statement, Fact):
                yield f"suppose {', '.join(map(spell, statement.relations))}"
                continue
            head = f"{statement.name}({', '.join(statement.letters)})"
            name = head if statement.letters else statement.name
            nth = f"the derivative of order {statement.order} of " if statement.order else ""
            yield f"let {name} = {nth}{spell(statement.body)}"
        yield self.ask.line()


CONDITIONED = frozenset({
    "value", "solve", "simplify", "roots pick", "units digit", "modulo", "remainder", "gcd", "lcm",
    "divisor count", "divisor sum", "prime", "sum", "minus", "times", "over", "distance",
})  # fmt: skip
"""Requests that may have conditions in their own sentence; of others it is not clear what a value
of a letter means there (`the derivative of x^2 at x = 3` is no derivative of 9)."""


class _NoMatch(InputError):
    """A text that does not fit; the next wording is tried."""


def read_script(original: str) -> Script | None:
    """Return the question as a chain of statements and a request; None where it is none."""
    text = prepared(original)
    head, *rest = _CHOICES.split(text)
    sentences = [part for part in _SENTENCE.split(head.strip()) if part.strip()]
    if not sentences or (rest and rest[0] != "a"):
        return None
    found = _chain(sentences, tuple(rest[::2]), tuple(rest[1::2]))
    if found is None:
        return None
    reader, statements, ask = found
    signed = any(sign in text for sign in ("*", "+ -", "- -"))
    program = signed and "^" not in text and "\\" not in text
    starred = "**" in text or program or (ask.kind == "nth" and "^" not in text)
    return Script(
        source=text,
        statements=tuple(statements),
        ask=ask,
        assumptions=tuple(dict.fromkeys(reader.assumptions)),
        power="**" if starred else "^",
        named=not program,
        decimal=bool(_DECIMAL.search(text)) and "fraction" not in text.lower(),
    )


def _chain(
    sentences: list[str], choices: tuple[str, ...], options: tuple[str, ...]
) -> "tuple[_Reader, list[Definition | Fact], Ask] | None":
    """Read statements and a request; the last sentence may hold conditions of its own."""
    ways: list[tuple[tuple[str, ...], str]] = [((), sentences[-1]), *unfolded(sentences[-1])]
    for conditions, request in ways:
        reader = _Reader()
        told = [one for part in (*sentences[:-1], *conditions) for one in _definitions(part)]
        statements = [s for sentence in told if (s := reader.statement(sentence)) is not None]
        if len(statements) != len(told):
            continue
        ask = reader.ask(request, choices, options)
        if ask is not None and (not conditions or ask.kind in CONDITIONED):
            return reader, statements, ask
    whole = " ".join(sentences)
    reader = _Reader()
    ask = reader.ask(whole, choices, options) if len(sentences) > 1 else None
    return None if ask is None else (reader, [], ask)


_NEXT = re.compile(r",? and (?:let )?(?=[A-Za-z](?:\([a-z](?:, ?[a-z])*\))? ?=)"
                   r"|, (?:let )?(?=[A-Za-z](?:\([a-z](?:, ?[a-z])*\))? ?=)")  # fmt: skip
_LET = re.compile(r"(?:let|define|suppose|given|if|for|consider|assume|and)\b", re.IGNORECASE)


def _definitions(sentence: str) -> list[str]:
    """Split `let f(x) = x + 1 and g(x) = 2` into sentences of one definition each."""
    if not _LET.match(sentence) or "=" not in sentence:
        return [sentence]
    first, *rest = (part.strip(" .,") for part in _NEXT.split(sentence.strip()))
    return [first, *(f"let {part}" for part in rest)] if rest else [sentence]


def _plain(sentence: str) -> str:
    """Drop what surrounds a sentence: politeness and its last sign."""
    text = sentence.strip()
    if text[-1:] in ".?!" and not re.search(r"\w!$|\.\.\.$", text):
        text = text[:-1].rstrip()
    while (polite := POLITE.match(text)) and polite.end() < len(text):
        if polite.group().lower().startswith(("let", "give")):
            break
        text = text[polite.end() :]
    return text


class _Reader:
    """Reads sentence by sentence; remembers which letters are functions by now."""

    def __init__(self) -> None:
        self.functions: set[str] = set()
        self.assumptions: list[str] = []

    def statement(self, sentence: str) -> Definition | Fact | None:
        text = _plain(sentence)
        for wording in asks.statements():
            found = wording.pattern.fullmatch(text)
            if found is None:
                continue
            try:
                return self.made(wording.kind, found, text)
            except InputError:
                continue
        return None

    def made(self, kind: str, found: re.Match[str], text: str) -> Definition | Fact:
        groups = found.groupdict()
        if kind == "facts":
            return Fact(source=text, relations=tuple(self.relations(groups["q"])))
        if kind == "roots":
            return Fact(source=text, relations=tuple(self.roots(groups)))
        name = groups["f"]
        if name in self.functions:
            raise _NoMatch("the function is defined already")
        names = tuple(re.findall(r"[A-Za-z]", groups.get("p") or ""))
        order = ordinal(groups.get("n") or "first") if kind == "derivative" else 0
        body = self.formula(groups["x"])
        if names:
            self.functions.add(name)
        return Definition(source=text, name=name, letters=names, order=order, body=body)

    def roots(self, groups: dict[str, str | None]) -> Iterator[Relation]:
        """Yield a relation with the call `roots(polynomial, letter, names …)` set to zero."""
        names = re.findall(
            r"(?<![A-Za-z])[A-Za-z](?![A-Za-z])", (groups["p"] or "").replace("and", "")
        )
        tree = next(self.relations(groups["q"] or "")) if groups.get("q") else None
        zero = Number(value=Fraction(0))
        body = self.expression(groups["x"] or "") if tree is None else Binary(
            operator="-", left=tree.left, right=tree.right)  # fmt: skip
        inner = [name for name in letters(body) if name not in names]
        if len(inner) != 1:
            raise _NoMatch("the polynomial has one letter of its own")
        listed = tuple(Name(name=name) for name in (*inner, *names))
        yield Relation(
            operator="=", left=Call(function="roots", arguments=(body, *listed)), right=zero
        )

    def formula(self, source: str) -> Tree:
        """Read one expression. Raises `InputError`."""
        for word in _WORD.findall(_COMMAND.sub(" ", source)):
            if not (word in FUNCTIONS or word in NAMES or _LETTERS.fullmatch(word)):
                raise _NoMatch(f"{word} is a word")
        reading = read_formula(source, functions=frozenset(self.functions))
        self.assumptions.extend(reading.assumptions)
        if any(isinstance(n, Call) and n.function == "diff" for n in walk(reading.tree)):
            raise _NoMatch("a derivative as an operator is read elsewhere")
        return reading.tree

    def expression(self, source: str) -> Tree:
        tree = self.formula(source)
        if isinstance(tree, Relation):
            raise _NoMatch("an equation stands where an expression is needed")
        return tree

    def relations(self, source: str) -> Iterator[Relation]:
        for part in split_list(source):
            tree = self.formula(part)
            if not isinstance(tree, Relation) or tree.operator != "=":
                raise _NoMatch("no equation")
            yield tree

    def inequalities(self, source: str) -> Iterator[Relation]:
        """Read relations; a chain `a < b < c` is two of them."""
        for part in split_list(source):
            sides = _SIGN.split(part)
            for left, sign, right in zip(sides[::2], sides[1::2], sides[2::2], strict=False):
                tree = self.formula(f"{left}{sign}{right}")
                if not isinstance(tree, Relation):
                    raise _NoMatch("no relation")
                yield tree
            if len(sides) < 3:
                raise _NoMatch("no relation")

    def ask(self, sentence: str, choices: tuple[str, ...], options: tuple[str, ...]) -> Ask | None:
        text = _plain(sentence)
        shown = tuple(_plain(option) for option in options)
        for wording in asks.requests():
            if wording.choices != bool(choices):
                continue
            found = wording.pattern.fullmatch(text)
            if found is None:
                continue
            try:
                return self.asked(wording, found, text, choices, shown)
            except InputError:
                continue
        return None

    def asked(
        self,
        wording: Wording,
        found: re.Match[str],
        text: str,
        choices: tuple[str, ...],
        options: tuple[str, ...],
    ) -> Ask:
        groups = found.groupdict()
        labels = [groups[name].strip() for name in ("x", "x1", "x2") if groups.get(name)]
        if groups.get("l"):
            labels += split_list(_ELLIPSIS.sub("", groups["l"].strip()))
        labels += options
        formulas: list[Tree] = [self.expression(label) for label in labels]
        if groups.get("q"):
            formulas += self.relations(groups["q"])
            labels += split_list(groups["q"])
        if groups.get("r"):
            formulas += self.inequalities(groups["r"])
        if groups.get("v") and groups["v"] in self.functions:
            raise _NoMatch("a function's letter")
        named = sorted((name, group) for name, group in groups.items() if name[0] == "w" and group)
        words = tuple(group.strip() for _, group in named)
        return Ask(
            source=text,
            kind=wording.kind,
            formulas=tuple(formulas),
            labels=tuple(labels),
            words=words,
            letter=groups.get("v") or "",
            order=ordinal(groups["n"]) if groups.get("n") else 0,
            choices=choices,
            tables=tuple(self.table(groups[name]) for name in _TABLES if groups.get(name)),
            numbers=tuple(
                number_of(groups[name]) for name in ("k", "k1", "k2") if groups.get(name)
            ),
        )

    def table(self, source: str) -> Table:
        """Read a matrix, a vector or a point. Raises `InputError`."""
        text = re.sub(r"\\(?:begin|end)\{[a-z]*\}", "", source.strip())
        if "\\\\" in text or "&" in text:
            rows = [row.split("&") for row in text.split("\\\\") if row.strip()]
        elif ";" in text:
            rows = [re.split(r"[,\s]+", row.strip()) for row in text.strip("[]").split(";")]
        else:
            inner = re.findall(r"[\[(<⟨]([^\[\]()<>]+)[\])>⟩]", text)
            rows = [row.split(",") for row in inner]
        if not rows or len({len(row) for row in rows}) != 1:
            raise _NoMatch("the rows of the matrix are not of one length")
        return tuple(tuple(self.expression(entry) for entry in row) for row in rows)


def split_list(source: str) -> list[str]:
    """Split at the commas, semicolons and `and`s that stand outside brackets.

    Brackets round the whole list are dropped. `1,234` is one number where other signs separate the
    members of the list (`1,234 and 5`), and two in a list that has no other (`3,500`).
    """
    text = _unbracketed(source.strip())
    grouped = [m.span() for m in _GROUPED.finditer(text) if m.span() != (0, len(text))]
    parts: list[str] = []
    start = depth = 0
    for sign in _SEPARATOR.finditer(text):
        found = sign.group()
        if found in "([{":
            depth += 1
        elif found in ")]}":
            depth -= 1
        elif depth == 0 and not any(a < sign.start() < b for a, b in grouped):
            parts.append(text[start : sign.start()].strip())
            start = sign.end()
    parts.append(text[start:].strip())
    if len(parts) == 1 and _SPACED_NUMBERS.fullmatch(parts[0]):
        return parts[0].split()
    return [part for part in parts if part]


_SEPARATOR = re.compile(r"[;,](?:\s*and\s+)?\s*|\s+and\s+|[()\[\]{}]")
_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,]|\.\d)")
_SPACED_NUMBERS = re.compile(r"-?[\d.]+(?: +-?[\d.]+){2,}")


def _unbracketed(text: str) -> str:
    """Drop brackets that enclose a whole list of several members."""
    found = re.fullmatch(r"\\?([\[({])(.*?)\\?([\])}])", text, re.DOTALL)
    if found is None or "," not in found[2] or re.search(r"[()\[\]{}]", found[2]):
        return text
    return found[2].strip() if "([{".index(found[1]) == ")]}".index(found[3]) else text
