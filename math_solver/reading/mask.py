"""What a question looks like to a proposer: numbers become N0, N1, …, formulas E0, E1, ….

`Solve x^2 = 9 for x` is `Solve E0 for x`; `Tom has 3 apples and buys two more` is `Tom has N0
apples and buys N1 more`. The rules, the bundled model and its training examples all see this one
form, so that a plan can only refer to what stands in the question.
"""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from assistants.errors import InputError

from .tree import Span
from .words import NUMBER, value_of

MAX_QUESTION = 4_000
FUNCTION_WORDS = frozenset(
    [
        "sin",
        "cos",
        "tan",
        "cot",
        "sec",
        "csc",
        "arcsin",
        "arccos",
        "arctan",
        "asin",
        "acos",
        "atan",
        "sinh",
        "cosh",
        "tanh",
        "ln",
        "log",
        "exp",
        "sqrt",
        "cbrt",
        "abs",
    ]
)
GREEK = frozenset(
    ["alpha", "beta", "gamma", "delta", "theta", "lambda", "mu", "sigma", "phi", "omega"]
)
CONSTANT_WORDS = frozenset({"pi", "infinity", "oo"})
UNIT_LETTERS = frozenset("mglshLVWKNJ")
OPERATORS = frozenset("+-−*×÷·/^=<>≤≥≠()[]{}|!√²³⁴⁵⁶⁷⁸⁹⁰¹⁻ⁿπ∞°_∫%&'→αβγδθλμσφω½¼¾")

_PIECE = re.compile(
    r"(?P<command>\\(?:[A-Za-z]+|[,;:!%{}\\ ]))|(?P<figure>(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)"
    r"(?:\.\d+)?|\.\d+)|(?P<word>[A-Za-z]+)|(?P<space>\s+)|(?P<sign>.)",
    re.DOTALL,
)
_DELIMITED = re.compile(
    r"\$\$?([^$]*?[\\^_=+{}*][^$]*?)\$\$?|\\\((.+?)\\\)|\\\[(.+?)\\\]", re.DOTALL
)
_BARE = re.compile(r"\$([A-Za-z]|-?\d[\d,.]*\d|-?\d)\$(?!\d)")
"""A single letter or number between dollar signs; `$5 and $7` is money."""
_CASES = re.compile(
    r"\\begin\{(?:cases|aligned|align\*?|gather\*?|eqnarray\*?)\}(.*?)"
    r"\\end\{(?:cases|aligned|align\*?|gather\*?|eqnarray\*?)\}",
    re.DOTALL,
)
_TOKEN = re.compile(r"\b[NE]\d+\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question with its numbers and formulas set apart.

    `masked` is the text with N0, N1, … and E0, E1, … in their places; `numbers` and `formulas`
    are what stood there, `number_texts` the numbers as they were written.
    """

    original: str
    masked: str
    numbers: tuple[Fraction, ...]
    number_texts: tuple[str, ...]
    formulas: tuple[str, ...]

    def unmasked(self, masked: str) -> str:
        """Put the numbers and formulas of the question back into a masked text."""
        table = {f"N{i}": n for i, n in enumerate(self.number_texts)}
        table.update({f"E{i}": f for i, f in enumerate(self.formulas)})
        return _TOKEN.sub(lambda m: table.get(m.group(), m.group()), masked)


def read_question(original: str) -> Question:
    """Set numbers and formulas apart.

    Raises `InputError` for an empty or an overlong question.
    """
    if not original.strip():
        raise InputError("the question is empty", hint="type a question, such as: solve x^2 = 9")
    if len(original) > MAX_QUESTION:
        raise InputError(
            f"the question has {len(original)} characters; {MAX_QUESTION} is the limit",
            hint="ask for one thing at a time",
        )
    plain = without_delimiters(original)
    masked: list[str] = []
    numbers: list[tuple[Fraction, str]] = []
    formulas: list[str] = []
    position = 0
    for start, end in formula_spans(plain):
        masked.append(_mask_numbers(plain[position:start], numbers))
        masked.append(f"E{len(formulas)}")
        formulas.append(plain[start:end])
        position = end
    masked.append(_mask_numbers(plain[position:], numbers))
    return Question(
        original=original,
        masked=re.sub(r"\s+", " ", "".join(masked)).strip(),
        numbers=tuple(value for value, _ in numbers),
        number_texts=tuple(found for _, found in numbers),
        formulas=tuple(formulas),
    )


def without_delimiters(original: str) -> str:
    """Drop the signs that only set formulas apart from words, keeping what is inside."""
    plain = _BARE.sub(r" \1 ", original)
    plain = _DELIMITED.sub(lambda m: f" {m.group(1) or m.group(2) or m.group(3)} ", plain)
    plain = re.sub(r"\bw\.\s?r\.\s?t\.?", "wrt", plain)
    plain = re.sub(r"(?<=\d) +(?=(?:st|nd|rd|th)\b)", "", plain)
    plain = re.sub(r"[ \t]+(?=[,:;?](?:\s|$)|\.\s*$|\.\s+[A-Z])", "", plain)
    return _CASES.sub(_rows, plain)


def _rows(match: re.Match[str]) -> str:
    """Write the rows of a display side by side, with a comma after each."""
    rows = [row.replace("&", "").strip().rstrip(",;") for row in match.group(1).split("\\\\")]
    return " " + ", ".join(row for row in rows if row) + " "


def _mask_numbers(part: str, numbers: list[tuple[Fraction, str]]) -> str:
    def replace(match: re.Match[str]) -> str:
        try:
            value = value_of(match)
        except (ZeroDivisionError, KeyError):
            return match.group()
        start, found = match.start(), match.group()
        before = part[:start]
        if before.endswith(("-", "−")) and (len(before) == 1 or before[-2] in " (,"):
            value, found = -value, f"-{found}"
        numbers.append((value, found))
        return f"N{len(numbers) - 1}"

    masked = NUMBER.sub(replace, _TOKEN.sub(lambda m: m.group().lower(), part))
    return re.sub(r"(^|[\s(,])[-−](N\d+)", r"\1\2", masked)


def formula_spans(plain: str) -> Iterator[Span]:
    """Yield the places of the formulas: runs of signs, letters and figures that are no words."""
    run: list[re.Match[str]] = []
    depth = 0
    for piece in _PIECE.finditer(plain):
        if _is_math(piece, plain, run, depth):
            depth += {"(": 1, "{": 1, "[": 1, ")": -1, "}": -1, "]": -1}.get(piece.group(), 0)
            run.append(piece)
        else:
            yield from _formula(run, plain)
            run, depth = [], 0
    yield from _formula(run, plain)


def _is_math(piece: re.Match[str], plain: str, run: list[re.Match[str]], depth: int) -> bool:
    found = piece.group()
    match piece.lastgroup:
        case "command" | "figure":
            return True
        case "space":
            return bool(run) and "\n" not in found
        case "sign":
            if found == ",":
                return depth > 0 and bool(run)
            if found == "'":
                return bool(run) and run[-1].lastgroup == "word" and len(run[-1].group()) == 1
            return found in OPERATORS
        case _:
            return _is_math_word(piece, plain, run)


def _is_math_word(piece: re.Match[str], plain: str, run: list[re.Match[str]]) -> bool:
    found = piece.group()
    if len(found) == 1 or found in FUNCTION_WORDS | GREEK | CONSTANT_WORDS or found == "lim":
        return True
    glued_left = piece.start() > 0 and plain[piece.start() - 1] in "0123456789)^*/+-=(_}"
    glued_right = piece.end() < len(plain) and plain[piece.end()] in "^*/+=(_²³"
    if re.fullmatch(r"[a-z]?d[a-z]", found) and run:
        return True
    if re.fullmatch("[xyzt]{2,3}", found) and any(p.group() in {r"\int", "∫"} for p in run):
        return True
    return (glued_left or glued_right) and bool(
        re.fullmatch(r"[xyzt]+|[abc]+|[xyz][a-z]?d[xyzt]", found)
    )


def _formula(run: list[re.Match[str]], plain: str) -> Iterator[Span]:
    pieces = _trimmed(run, plain)
    if not pieces:
        return
    start, end = pieces[0].start(), pieces[-1].end()
    if _qualifies(pieces, plain[start:end]):
        yield start, end


def _trimmed(run: list[re.Match[str]], plain: str) -> list[re.Match[str]]:
    """Drop what cannot begin or end a formula, and brackets that have no partner."""
    pieces = deque(run)
    excess = sum(_bracket(piece) for piece in run)
    while pieces and (_trim_front(pieces, plain) or (excess > 0 and _bracket(pieces[0]) > 0)):
        excess -= _bracket(pieces.popleft())
    while pieces and (_trim_back(pieces) or (excess < 0 and _bracket(pieces[-1]) < 0)):
        excess -= _bracket(pieces.pop())
    return list(pieces)


def _bracket(piece: re.Match[str]) -> int:
    found = piece.group()
    return (found in {"(", "[", "{"}) - (found in {")", "]", "}"})


def _trim_front(pieces: deque[re.Match[str]], plain: str) -> bool:
    first = pieces[0]
    found = first.group()
    if first.lastgroup == "space" or found in "*×÷·/^=<>≤≥≠)]}!%&'_°²³":
        return True
    following = plain[first.end() : first.end() + 2]
    if found in "-−+" and first.start() > 0 and plain[first.start() - 1].isalnum():
        return True
    if first.lastgroup == "word" and found in {"a", "A", "I"}:
        return not re.match(r"\s?[-+*/^=<>(²³]|\)", following) or following.startswith(" (")
    return False


def _trim_back(pieces: deque[re.Match[str]]) -> bool:
    last = pieces[-1]
    found = last.group()
    if last.lastgroup == "space" or found in "+-−*×÷·/^=<>≤≥≠([{&'_√→":
        return True
    if found == "!" and len(pieces) > 1 and pieces[-2].lastgroup == "space":
        return True
    if found == "a" and len(pieces) > 2 and pieces[-2].lastgroup == "space":
        return pieces[-3].group() not in set("+-−*×÷·/^=<>(")
    return False


def _qualifies(pieces: list[re.Match[str]], found: str) -> bool:
    """Whether a run is a formula, and no mere number, letter or measured value."""
    if re.fullmatch(r"[-−]?\s?[\d.,]+%?|[A-Za-z]'?|[-−]?\d+\s?/\s?\d+|\d+ \d+\s?/\s?\d+", found):
        return False
    if len(found) > 1 and re.fullmatch(r"[\d.,]+\s?[A-Za-z]", found):
        return found[-1] not in UNIT_LETTERS
    if re.fullmatch(r"[(]?[a-e][)]?|[\d.,\s]+|[\d\s]+-\s?[A-Za-z]?|[-−(){}\[\]!|'%\s]+", found):
        return False
    atoms = [p for p in pieces if p.lastgroup in {"figure", "word", "command"}]
    signs = [p for p in pieces if p.lastgroup == "sign" and p.group() not in "'%"]
    if not signs and not any(p.lastgroup == "command" for p in pieces):
        functions = any(p.group() in FUNCTION_WORDS for p in pieces)
        return (functions and len(atoms) > 1) or bool(re.search(r"\d[a-zA-Zπ]|[xyz] ?[xyz]", found))
    return bool(atoms) and len(pieces) > 1
