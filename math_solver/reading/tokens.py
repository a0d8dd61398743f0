"""From text to tokens: ASCII, Unicode and the common LaTeX commands become one small alphabet.

What is not in the tables is an error that names its place; nothing is skipped in silence.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from assistants.errors import InputError

from .tree import Span

MAX_LENGTH = 2_000
MAX_DIGITS = 400

FUNCTIONS = {
    "sin": "sin", "cos": "cos", "tan": "tan", "cot": "cot", "sec": "sec", "csc": "csc",
    "arcsin": "asin", "arccos": "acos", "arctan": "atan", "asin": "asin", "acos": "acos",
    "atan": "atan", "sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "ln": "ln", "log": "log",
    "exp": "exp", "sqrt": "sqrt", "cbrt": "cbrt", "abs": "abs", "diff": "diff",
    "integrate": "integrate", "limit": "limit", "factorial": "factorial", "gcd": "gcd",
    "lcm": "lcm", "root": "root", "binomial": "binomial", "floor": "floor", "ceiling": "ceiling",
    "max": "max", "min": "min", "sign": "sign", "piecewise": "piecewise",
    "conjunction": "conjunction", "cis": "cis", "sum": "sum", "product": "product",
}  # fmt: skip
NAMES = {
    "pi": "pi", "infinity": "infinity", "oo": "infinity", "infty": "infinity", "alpha": "alpha",
    "beta": "beta", "gamma": "gamma", "delta": "delta", "theta": "theta", "lambda": "lambda",
    "mu": "mu", "sigma": "sigma", "phi": "phi", "omega": "omega", "epsilon": "epsilon",
    "rho": "rho", "tau": "tau", "zeta": "zeta", "eta": "eta", "kappa": "kappa", "nu": "nu",
    "xi": "xi", "chi": "chi", "psi": "psi", "varepsilon": "epsilon", "varphi": "phi",
}  # fmt: skip
SIGNS = {
    "−": "-", "–": "-", "×": "*", "·": "*", "∙": "*", "⋅": "*", "÷": "÷", "∕": "/", "≤": "<=",
    "≥": ">=", "≠": "!=", "→": "to", "π": "pi", "∞": "infinity", "√": "sqrt", "∛": "cbrt",
    "∫": "int", "∑": "sum", "Σ": "sum", "∏": "prod",
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "θ": "theta",
    "λ": "lambda", "μ": "mu", "σ": "sigma", "φ": "phi", "ω": "omega", "½": "1/2", "¼": "1/4",
    "¾": "3/4",
}  # fmt: skip
COMMANDS = {
    "cdot": "*", "times": "*", "div": "÷", "le": "<=", "leq": "<=", "leqslant": "<=",
    "ge": ">=", "geq": ">=", "geqslant": ">=", "ne": "!=", "neq": "!=", "to": "to",
    "rightarrow": "to", "int": "int", "lim": "lim", "frac": "frac", "dfrac": "frac",
    "tfrac": "frac", "circ": "°", "degree": "°", "bmod": "mod", "lbrace": "{",
    "lvert": "|", "rvert": "|", "vert": "|", "sum": "sum", "prod": "prod", "binom": "binom",
    "dbinom": "binom", "tbinom": "binom",
}  # fmt: skip
SPACING = frozenset(
    "left right quad qquad displaystyle textstyle limits big Big bigg Bigg bigl bigr Bigl Bigr"
    " biggl biggr Biggl Biggr middle mathstrut".split()
)
SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉₋", "0123456789-")
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻ⁿ", "0123456789-n")

_TOKEN = re.compile(
    r"(?P<space>\s+|\\[,;:! ]|~)"
    r"|(?P<repeating>\d*\.\d*\\overline\{\d+\})"
    r"|(?P<scientific>(?:\d+(?:\.\d+)?|\.\d+)[eE][-+]?\d{1,3}(?![\w.]))"
    r"|(?P<number>(?:\d{1,3}(?:,\d{3})+(?![\d,])|\d+)(?:\.\d+)?|\.\d+)"
    r"|(?P<angle>(?:\\angle\s*|∠\s*)(?:\{[A-Z]{1,3}\}|[A-Z]{1,3}(?![A-Za-z])))"
    r"|(?P<command>\\[A-Za-z]+)"
    r"|(?P<word>[A-Za-z]+\d*)"
    r"|(?P<subscript>[₀₁₂₃₄₅₆₇₈₉₋]+)"
    r"|(?P<superscript>[⁰¹²³⁴⁵⁶⁷⁸⁹⁻ⁿ]+)"
    r"|(?P<operator>\*\*|<=|>=|!=|==|->|\\%|[-+*/^=<>(){}\[\]|!%°,_'])"
    r"|(?P<sign>.)",
    re.DOTALL,
)


class ReadingError(InputError):
    """A text that is no mathematics to us; the message names the place."""

    def __init__(self, message: str, source: str, position: int) -> None:
        shown = (
            source if len(source) <= 60 else f"…{source[max(0, position - 25) : position + 25]}…"
        )
        super().__init__(
            f"cannot read {shown!r} at column {position + 1}: {message}",
            hint="write it as in x^2 - 5*x + 6 = 0, sqrt(x + 1) or \\frac{1}{2}",
        )
        self.position = position
        self._made_of = (message, source, position)

    def __reduce__(self) -> tuple[type["ReadingError"], tuple[str, str, int]]:
        """Pickle by what it was made of: errors cross from worker processes."""
        return (type(self), self._made_of)


@dataclass(frozen=True, slots=True)
class Token:
    """A token: `number`, `name`, `function`, `operator`, `superscript` or `end`."""

    kind: str
    text: str
    span: Span
    value: Fraction | None = None
    spaced: bool = False
    """Whether white space stands before it."""


def tokenize(source: str, names: frozenset[str] = frozenset()) -> list[Token]:
    """Split a formula into tokens, the last one of kind `end`.

    `names` are words to keep whole; other words are split into letters. Raises `ReadingError`.
    """
    if len(source) > MAX_LENGTH:
        raise ReadingError(f"longer than {MAX_LENGTH} characters", source, MAX_LENGTH)
    tokens: list[Token] = []
    spaced = False
    lists = list(_argument_lists(source))
    for match in _TOKEN.finditer(source):
        grouped = match.lastgroup == "number" and "," in match.group()
        if grouped and any(a < match.start() < b for a, b in lists):
            tokens.extend(_separated(match, spaced=spaced))
            spaced = False
            continue
        if match.lastgroup == "space" or match.group().removeprefix("\\") in SPACING:
            spaced = True
            continue
        for token in _tokens_of(match, source, names):
            tokens.append(
                Token(token.kind, token.text, token.span, token.value, spaced) if spaced else token
            )
            spaced = False
    tokens.append(Token("end", "", (len(source), len(source))))
    return tokens


_LIST_CALL = re.compile(r"\\?\b(?:gcd|lcm|max|min|mod|binomial|root)\s*(?:\\left)?\(")


def _argument_lists(source: str) -> Iterator[Span]:
    """Yield the brackets of functions of several arguments in which no comma is followed by space.

    There `168,693` is two arguments; in `gcd(1,168, 693)` the first comma separates thousands.
    """
    for call in _LIST_CALL.finditer(source):
        depth, end = 1, call.end()
        while end < len(source) and depth:
            depth += {"(": 1, ")": -1}.get(source[end], 0)
            end += 1
        if not re.search(r",\s", source[call.end() : end]):
            yield call.end() - 1, end


def _separated(match: re.Match[str], *, spaced: bool) -> Iterator[Token]:
    """Yield the numbers between the commas of a text, and the commas."""
    place = match.start()
    for index, part in enumerate(re.split("(,)", match.group())):
        span = (place, place + len(part))
        place = span[1]
        if part == ",":
            yield Token("operator", ",", span)
        else:
            yield Token("number", part, span, Fraction(part), spaced and not index)


def _tokens_of(match: re.Match[str], source: str, names: frozenset[str]) -> Iterator[Token]:
    found, span = match.group(), match.span()
    match match.lastgroup:
        case "number":
            if len(found) > MAX_DIGITS:
                raise ReadingError(f"a number of more than {MAX_DIGITS} digits", source, span[0])
            yield Token("number", found, span, Fraction(found.replace(",", "")))
        case "scientific":
            yield Token("number", found, span, Fraction(found))
        case "repeating":
            yield Token("number", found, span, _repeating(found))
        case "word":
            yield from split_word(found, span, names)
        case "angle":
            yield Token("name", f"∠{found.split('angle')[-1].strip(' ∠{}')}", span)
        case "command":
            yield _command(found[1:], span, source)
        case "subscript":
            yield Token("subscript", found.translate(SUBSCRIPTS), span)
        case "superscript":
            yield Token("superscript", found.translate(SUPERSCRIPTS), span)
        case "operator":
            plain = {"**": "^", "==": "=", "->": "to", "\\%": "%"}.get(found, found)
            yield Token("operator", plain, span)
        case _:
            yield _sign(found, span, source)


def _repeating(text: str) -> Fraction:
    """The value of a decimal of which the digits under the line repeat for ever."""
    head, period = text.removesuffix("}").split("\\overline{")
    whole, digits = head.split(".")
    scale = 10 ** len(digits)
    repeated = Fraction(int(period), (10 ** len(period) - 1) * scale)
    return Fraction(int(whole or 0) * scale + int(digits or 0), scale) + repeated


def _command(name: str, span: Span, source: str) -> Token:
    if name in COMMANDS:
        return Token("operator", COMMANDS[name], span)
    if name in FUNCTIONS:
        return Token("function", FUNCTIONS[name], span)
    if name in NAMES:
        return Token("name", NAMES[name], span)
    raise ReadingError(f"the LaTeX command \\{name} is not known here", source, span[0])


def _sign(found: str, span: Span, source: str) -> Token:
    plain = SIGNS.get(found)
    if plain is None:
        raise ReadingError(f"the sign {found!r} has no meaning here", source, span[0])
    if plain in NAMES:
        return Token("name", plain, span)
    if plain in FUNCTIONS:
        return Token("function", plain, span)
    if plain[0].isdigit():
        return Token("number", plain, span, Fraction(plain))
    return Token("operator", plain, span)


def split_word(word: str, span: Span, names: frozenset[str]) -> Iterator[Token]:
    """Yield a known word whole, and any other word as its letters, functions found on the way."""
    start = span[0]
    while word:
        for size in range(len(word), 0, -1):
            token = _known_word(word[:size], (start, start + size), names)
            if token is not None:
                break
        else:
            size, token = 1, Token("name", word[0], (start, start + 1))
        if word[0].isdigit():
            size = len(word)
            token = Token("number", word, (start, start + size), Fraction(word))
        yield token
        word, start = word[size:], start + size


def _known_word(word: str, span: Span, names: frozenset[str]) -> Token | None:
    if word in names:
        return Token("name", word, span)
    if word in FUNCTIONS:
        return Token("function", FUNCTIONS[word], span)
    if word in {"int", "lim", "mod", "to"}:
        return Token("operator", word, span)
    return Token("name", NAMES[word], span) if word in NAMES else None
