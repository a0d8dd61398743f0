"""Whether an answer and an option say the same: proved equal in value, not equal as text."""

import re
from collections.abc import Sequence

from assistants.answer import Verdict
from assistants.errors import InputError

from .choices_evidence import UNDECIDED, Judgement, Ladder
from .choices_reading import point_of
from .lines import read_line
from .reading import Binary, Name, Tree, letters, spell
from .reading.parser import parse

_LETTER_IS = re.compile(r"([A-Za-z]) ?= ?")
_CONSTANT = re.compile(r"(.+) \+ C")
_INTERVAL = re.compile(r"([(\[]) ?([^,()\[\]]+) ?, ?([^,()\[\]]+) ?([)\]])")
_UNIT = re.compile(r"(\$?)(-?[\d.,/ ]*\d) ?((?:%|°|[A-Za-z][A-Za-z /²³^0-9]*)?)")
_CONSTANTS = frozenset({"pi", "e", "i", "oo", "infinity"})
_FORM = re.compile(
    r"(?:completely )?(factor|factori[sz]e|expand|multiply out|simplify|reduce|write|express)\b",
    re.IGNORECASE,
)


def without_units(texts: Sequence[str]) -> tuple[tuple[str, ...], str]:
    """Drop a unit that every option has, and return it; other options stay as they are."""
    found = [_UNIT.fullmatch(text) for text in texts]
    if any(one is None for one in found):
        return tuple(texts), ""
    kept = [one for one in found if one is not None]
    units = {f"{one[1]}{one[3].strip().lower().removesuffix('s')}" for one in kept}
    unit = kept[0][3].strip() or kept[0][1]
    if len(units) != 1 or not unit or unit.lower() in _CONSTANTS:
        return tuple(texts), ""
    return tuple(one[2].strip() for one in kept), unit


def matches(ladder: Ladder, answer: str, option: str) -> Judgement:
    """Whether an option says what an answer says."""
    if _plain(answer) == _plain(option):
        return Judgement(verdict=Verdict.PROVED, why="this is the answer")
    if _is_truth(answer) or _is_truth(option):
        return _same_truth(answer, option)
    if (constant := _CONSTANT.fullmatch(answer)) is not None:
        return _same_antiderivative(ladder, constant[1], option)
    if "infinity" in answer or re.search(r"infinity|\boo\b|∞", option):
        return _infinite(answer, option)
    left, right = _alike(answer, option)
    found = ladder.equal(right, left)
    if found.verdict is Verdict.REFUTED:
        return Judgement(verdict=found.verdict, why=f"the answer is {answer}")
    if found.verdict is Verdict.PROVED:
        return Judgement(verdict=found.verdict, why=f"equal to the answer {answer}")
    return found


def _plain(text: str) -> str:
    return re.sub(r"[\s*]+", "", text.lower())


def _is_truth(text: str) -> bool:
    return text.strip().lower() in {"true", "false", "yes", "no"}


def _same_truth(answer: str, option: str) -> Judgement:
    words = {"yes": "true", "no": "false"}
    first, second = (words.get(t.strip().lower(), t.strip().lower()) for t in (answer, option))
    if not (_is_truth(answer) and _is_truth(option)):
        return UNDECIDED
    verdict = Verdict.PROVED if first == second else Verdict.REFUTED
    return Judgement(verdict=verdict, why=f"the answer is {answer}")


def _infinite(answer: str, option: str) -> Judgement:
    """Infinity is no number; nothing is compared with it but its name."""
    plain = re.sub(r"\boo\b|∞|\\infty", "infinity", option).replace(" ", "").removeprefix("+")
    if plain == answer.replace(" ", ""):
        return Judgement(verdict=Verdict.PROVED, why="this is the answer")
    try:
        finite = [not letters(parse(t)) and "infinity" not in t for t in (answer, plain)]
    except InputError:
        return UNDECIDED
    bare = {"infinity", "-infinity"}
    if {answer, plain} <= bare or (any(finite) and bare & {answer, plain}):
        return Judgement(verdict=Verdict.REFUTED, why=f"the answer is {answer}")
    return UNDECIDED


def _same_antiderivative(ladder: Ladder, answer: str, option: str) -> Judgement:
    """Two antiderivatives with a free constant are the same where their derivatives are."""
    found = _CONSTANT.fullmatch(option.strip().replace("+ c", "+ C").replace("+C", "+ C"))
    body = found[1] if found else option
    try:
        names = letters(parse(answer)) or letters(parse(body))
    except InputError:
        return UNDECIDED
    if len(names) != 1:
        return UNDECIDED
    same = ladder.equal(f"diff({body}, {names[0]})", f"diff({answer}, {names[0]})")
    if same.verdict is Verdict.PROVED and not found:
        why = "an antiderivative without the constant"
        return Judgement(verdict=Verdict.UNKNOWN, why=why)
    if same.verdict is Verdict.PROVED:
        return Judgement(verdict=same.verdict, why="its derivative is the integrand")
    if same.verdict is Verdict.REFUTED:
        why = "its derivative is not the integrand"
        return Judgement(verdict=same.verdict, why=why)
    return same


def _alike(answer: str, option: str) -> tuple[str, str]:
    """Write both as statements or both as values: `x = 2 or x = 3` and `2, 3`."""
    letter = _LETTER_IS.match(answer)
    relation = bool(re.search(r"[<>=≤≥]", option))
    if re.search(r"[<>≤≥]", answer) and not relation:
        names = letters(parse(re.split(r"[<>=]|\bor\b|\band\b", answer)[0])) or _names(answer)
        return answer, _intervals(option, names[0]) if names else option
    if letter and not relation and not _is_statement(option):
        coordinates = point_of(option)
        if coordinates is not None:
            names = _names(answer)
            return answer, " and ".join(
                f"{name} = {value}" for name, value in zip(names, coordinates, strict=False)
            )
        bare = re.sub(r"^\\?\{|\\?\}$", "", option.strip())
        parts = [p for p in re.split(r", ?(?:and |or )?|; ?| and | or ", bare) if p]
        return answer, " or ".join(f"{letter[1]} = {part}" for part in parts)
    if relation and not re.search(r"[<>=]", answer) and (own := _LETTER_IS.match(option)):
        return answer, option[own.end() :]
    return answer, option


def _is_statement(option: str) -> bool:
    """Whether an option is a statement by itself, such as `no solution`."""
    try:
        return read_line(option).is_statement
    except InputError:
        return bool(re.search(r"[A-Za-z]{4,}", option))


def _names(answer: str) -> tuple[str, ...]:
    try:
        return tuple(sorted(read_line(answer).letters))
    except InputError:
        return ()


def _intervals(option: str, name: str) -> str:
    """Write intervals as inequalities: `(-1, 3)`, `(-oo, -2) U (2, oo)`."""
    parts = re.split(r"\s*(?:∪|\\cup|\bU\b|\bor\b)\s*", option.strip())
    found = [_INTERVAL.fullmatch(part) for part in parts]
    if any(one is None for one in found):
        return option
    return " or ".join(_interval(one, name) for one in found if one is not None)


def _interval(found: re.Match[str], name: str) -> str:
    low, high = found[2].strip(), found[3].strip()
    below = f"{low} {'<' if found[1] == '(' else '<='} {name}"
    above = f"{name} {'<' if found[4] == ')' else '<='} {high}"
    infinite = re.compile(r"-?\+?(?:oo|∞|infinity|\\infty)")
    kept = [side for end, side in ((low, below), (high, above)) if not infinite.fullmatch(end)]
    return " and ".join(kept) or "true"


# --- the form that is asked for


def asks_for_form(stem: str) -> bool:
    """Whether the form of the answer matters: factor, expand, simplify."""
    return bool(_FORM.match(stem.strip()))


def same_form(answer: str, option: str) -> bool:
    """Whether two formulas are the same but for the order of terms and factors."""
    try:
        return _shape(parse(answer)) == _shape(parse(option))
    except InputError:
        return False


def _shape(tree: Tree) -> str:
    if isinstance(tree, Binary) and tree.operator in "+*":
        parts = sorted(_shape(part) for part in _flat(tree, tree.operator))
        return f"({tree.operator.join(parts)})"
    if isinstance(tree, Binary) and tree.operator == "-":
        parts = [_shape(tree.left), f"-{_shape(tree.right)}"]
        return f"({'+'.join(sorted(parts))})"
    if isinstance(tree, Binary):
        return f"({_shape(tree.left)}{tree.operator}{_shape(tree.right)})"
    return tree.name if isinstance(tree, Name) else spell(tree)


def _flat(tree: Tree, operator: str) -> list[Tree]:
    if isinstance(tree, Binary) and tree.operator == operator:
        return [*_flat(tree.left, operator), *_flat(tree.right, operator)]
    return [tree]
