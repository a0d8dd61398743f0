"""Solutions as text: Unicode for a terminal, LaTeX, and Markdown. Strings in, strings out."""

import re
from fractions import Fraction

from assistants.answer import Verdict
from assistants.errors import InputError

from .reading import Binary, Call, Name, Negate, Number, Relation, Tree
from .reading.parser import parse
from .reading.tree import PRECEDENCE, rank_of
from .solution import Solution, SolutionStep

SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
SUBSCRIPTS = str.maketrans("0123456789-", "₀₁₂₃₄₅₆₇₈₉₋")
GREEK = {
    "pi": "π", "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "theta": "θ",
    "lambda": "λ", "mu": "μ", "sigma": "σ", "phi": "φ", "omega": "ω", "infinity": "∞",
}  # fmt: skip
SIGNS = {"<=": "≤", ">=": "≥", "!=": "≠"}
LATEX_SIGNS = {"<=": r"\le", ">=": r"\ge", "!=": r"\ne"}
LATEX_FUNCTIONS = frozenset("sin cos tan cot sec csc sinh cosh tanh ln log exp max min gcd".split())
LATEX_INVERSE = {"asin": r"\arcsin", "acos": r"\arccos", "atan": r"\arctan"}
MARKS = {Verdict.PROVED: "✓", Verdict.REFUTED: "✗", Verdict.UNKNOWN: "?"}


def unicode_text(line: str) -> str:
    """Write a line of plain notation with Unicode signs: `x² − 5·x + 6 = 0`.

    What is no mathematics of ours is returned as it is.
    """
    return "".join(one if isinstance(one, str) else to_unicode(one) for one in pieces(line))


def pieces(line: str) -> list[str | Tree]:
    """Split a line into formulas and the words between them: `x = 2 or x = 3`."""
    whole = _read(line)
    if whole is not None:
        return [whole]
    found: list[str | Tree] = []
    for part in _SPLIT.split(line):
        tree = None if part in {"or", "and"} else _read(part)
        if tree is None:
            found.append(part)
        else:
            lead, tail = _margins(part)
            found += [lead, tree, tail]
    return [one for one in found if one != ""]


def latex_of_line(line: str) -> str:
    """Write a line such as `x = 2 or x = 3` as LaTeX."""
    return "".join(map(_latex_part, _SPLIT.split(line))).strip()


_SPLIT = re.compile(r"(\bor\b|\band\b|;|, |\([a-z] any integer\))")


def _latex_part(part: str) -> str:
    if part in {"or", "and"}:
        return rf"\text{{ {part} }}"
    tree = _read(part)
    if tree is not None:
        return to_latex(tree)
    return rf"\text{{{part.strip()}}}" if re.search(r"[A-Za-z]{2}", part) else part


def _margins(part: str) -> tuple[str, str]:
    return part[: len(part) - len(part.lstrip())], part[len(part.rstrip()) :]


def _read(part: str) -> Tree | None:
    """Read a part as a formula; None where it is words or a list."""
    bare = part.strip()
    if not bare or re.search(r"[^\W\d_]{3,}", re.sub(_KNOWN_WORDS, "", bare)):
        return None
    try:
        return parse(bare)
    except InputError:
        return None


_KNOWN_WORDS = re.compile(
    r"\b(?:sqrt|sin|cos|tan|cot|sec|csc|asin|acos|atan|sinh|cosh|tanh|ln|log|exp|abs|root|cbrt"
    r"|diff|integrate|limit|factorial|infinity|alpha|beta|gamma|delta|theta|lambda|sigma|omega|phi"
    r"|floor|ceiling|sign)\b"
)


# --- Unicode


def to_unicode(tree: Tree) -> str:
    """Write a tree on one line with Unicode signs."""
    match tree:
        case Number():
            return _rational(tree.value)
        case Name():
            return GREEK.get(tree.name, tree.name)
        case Negate():
            return f"−{_unicode_wrapped(tree.operand, 3)}"
        case Relation():
            sign = SIGNS.get(tree.operator, tree.operator)
            return f"{to_unicode(tree.left)} {sign} {to_unicode(tree.right)}"
        case Binary():
            return _unicode_binary(tree)
        case Call():
            return _unicode_call(tree)


def _rational(value: Fraction) -> str:
    return str(value).replace("-", "−")


def _unicode_wrapped(tree: Tree, least: int) -> str:
    inner = to_unicode(tree)
    return inner if rank_of(tree) >= least else f"({inner})"


def _unicode_binary(tree: Binary) -> str:
    rank = PRECEDENCE[tree.operator]
    left = _unicode_wrapped(tree.left, rank + (tree.operator == "^"))
    if tree.operator == "^":
        if isinstance(tree.right, Number) and tree.right.value.denominator == 1:
            return left + str(tree.right.value).translate(SUPERSCRIPTS)
        return f"{left}^{_unicode_wrapped(tree.right, 5)}"
    if tree.operator in "+-":
        sign = "−" if tree.operator == "-" else "+"
        return f"{left} {sign} {_unicode_wrapped(tree.right, 2)}"
    right = _unicode_wrapped(tree.right, 3)
    if tree.operator == "/":
        return f"{left}/{right}"
    close = isinstance(tree.left, Number) and not right[0].isdigit()
    return f"{left}{'' if close else '·'}{right}"


def _unicode_call(tree: Call) -> str:
    inner = ", ".join(map(to_unicode, tree.arguments))
    match tree.function:
        case "abs":
            return f"|{inner}|"
        case "sqrt":
            argument = tree.arguments[0]
            short = isinstance(argument, Name) or (
                isinstance(argument, Number) and argument.value.denominator == 1
            )
            return f"√{inner}" if short else f"√({inner})"
        case "factorial":
            return f"{_unicode_wrapped(tree.arguments[0], 9)}!"
        case "integrate" | "diff" | "limit" if len(tree.arguments) > 1:
            return _unicode_operator(tree)
        case _:
            return f"{tree.function}({inner})"


def _unicode_operator(tree: Call) -> str:
    """Write ∫ x² dx, ∫₀¹ x² dx, d/dx (x²), lim x→0 (x²)."""
    body, letter, *rest = map(to_unicode, tree.arguments)
    product = _unicode_wrapped(tree.arguments[0], 2)
    match tree.function:
        case "integrate" if len(rest) == 2:
            return f"∫{_bounds(*rest)} {product} d{letter}"
        case "integrate":
            return f"∫ {product} d{letter}"
        case "limit":
            return f"lim {letter}→{rest[0]} {product}"
        case _:
            order = rest[0].translate(SUPERSCRIPTS) if rest and rest[0] != "1" else ""
            return f"d{order}/d{letter}{order} ({body})"


def _bounds(low: str, high: str) -> str:
    """Bounds as small signs where they are whole numbers, else in brackets."""
    if all(bound.lstrip("−").isdigit() for bound in (low, high)):
        low, high = (bound.replace("−", "-") for bound in (low, high))
        return low.translate(SUBSCRIPTS) + high.translate(SUPERSCRIPTS)
    return f"[{low}, {high}]"


# --- LaTeX


def to_latex(tree: Tree) -> str:
    """Write a tree as LaTeX."""
    match tree:
        case Number():
            return _latex_rational(tree.value)
        case Name():
            return _latex_name(tree.name)
        case Negate():
            return f"-{_latex_wrapped(tree.operand, 3)}"
        case Relation():
            sign = LATEX_SIGNS.get(tree.operator, tree.operator)
            return f"{to_latex(tree.left)} {sign} {to_latex(tree.right)}"
        case Binary():
            return _latex_binary(tree)
        case Call():
            return _latex_call(tree)


def _latex_rational(value: Fraction) -> str:
    if value.denominator == 1:
        return str(value)
    sign = "-" if value < 0 else ""
    return rf"{sign}\frac{{{abs(value.numerator)}}}{{{value.denominator}}}"


def _latex_name(name: str) -> str:
    if name == "infinity":
        return r"\infty"
    base, _, index = name.partition("_")
    shown = rf"\{base}" if base in GREEK else base
    return f"{shown}_{{{index}}}" if index else shown


def _latex_wrapped(tree: Tree, least: int) -> str:
    inner = to_latex(tree)
    return inner if rank_of(tree) >= least else rf"\left({inner}\right)"


def _latex_binary(tree: Binary) -> str:
    match tree.operator:
        case "/":
            return rf"\frac{{{to_latex(tree.left)}}}{{{to_latex(tree.right)}}}"
        case "^":
            return f"{_latex_wrapped(tree.left, 5)}^{{{to_latex(tree.right)}}}"
        case "*":
            left, right = _latex_wrapped(tree.left, 2), _latex_wrapped(tree.right, 3)
            sign = r" \cdot " if right[0].isdigit() or right.startswith(r"\frac") else " "
            return f"{left}{sign}{right}"
        case _:
            return f"{to_latex(tree.left)} {tree.operator} {_latex_wrapped(tree.right, 2)}"


def _latex_call(tree: Call) -> str:
    parts = [to_latex(argument) for argument in tree.arguments]
    match tree.function:
        case "abs":
            return rf"\left|{parts[0]}\right|"
        case "sqrt":
            return rf"\sqrt{{{parts[0]}}}"
        case "root":
            return rf"\sqrt[{parts[1]}]{{{parts[0]}}}"
        case "cbrt":
            return rf"\sqrt[3]{{{parts[0]}}}"
        case "factorial":
            return f"{_latex_wrapped(tree.arguments[0], 9)}!"
        case "log" if len(parts) == 2:
            return rf"\log_{{{parts[1]}}}\left({parts[0]}\right)"
        case "diff":
            order = parts[2] if len(parts) > 2 and parts[2] != "1" else ""
            power = f"^{{{order}}}" if order else ""
            return rf"\frac{{d{power}}}{{d{parts[1]}{power}}} \left({parts[0]}\right)"
        case "sum" | "product":
            sign = r"\sum" if tree.function == "sum" else r"\prod"
            body = _latex_wrapped(tree.arguments[0], 2)
            return rf"{sign}_{{{parts[1]}={parts[2]}}}^{{{parts[3]}}} {body}"
        case "integrate":
            bounds = f"_{{{parts[2]}}}^{{{parts[3]}}}" if len(parts) == 4 else ""
            return rf"\int{bounds} {parts[0]} \, d{parts[1]}"
        case "limit":
            body = _latex_wrapped(tree.arguments[0], 2)
            return rf"\lim_{{{parts[1]} \to {parts[2]}}} {body}"
        case name:
            other = LATEX_INVERSE.get(name, rf"\operatorname{{{name}}}")
            head = rf"\{name}" if name in LATEX_FUNCTIONS else other
            return rf"{head}\left({', '.join(parts)}\right)"


# --- whole solutions


def step_text(step: SolutionStep) -> str:
    """Write a step on one or two lines for a terminal."""
    head = f"{MARKS[step.verdict]} {step.rule}: {unicode_text(step.before)} ⟹ "
    return f"{head}{unicode_text(step.after)}" + (f"\n    {step.reason}" if step.reason else "")


def solution_text(solution: Solution) -> str:
    """Write a solution for a terminal: reading, steps, answer, conditions."""
    lines = [*solution.reading, *(step_text(step) for step in solution.steps)]
    lines.append(unicode_text(solution.answer))
    if solution.conditions:
        lines.append(f"where {', '.join(map(unicode_text, solution.conditions))}")
    return "\n".join(lines)


def solution_markdown(solution: Solution, *, checks: bool = False) -> str:
    """Write a solution as Markdown with LaTeX formulas, with `checks` what each step rests on."""
    lines = [f"*{line}*" for line in solution.reading]
    for number, step in enumerate(solution.steps, start=1):
        before, after = latex_of_line(step.before), latex_of_line(step.after)
        lines.append(f"{number}. {MARKS[step.verdict]} **{step.rule}**: ${before}$ → ${after}$")
        if step.reason:
            lines.append(f"   {step.reason}")
        if checks and step.check:
            lines.append(f"   *checked: {step.check}*")
    lines.append(f"\n**Answer:** ${latex_of_line(solution.answer)}$")
    if solution.conditions:
        lines.append(f"where {', '.join(f'${latex_of_line(c)}$' for c in solution.conditions)}")
    return "\n".join(lines)


def solution_latex(solution: Solution) -> str:
    """Write the steps and the answer as an `align*` block."""
    rows = [
        rf"{latex_of_line(s.before)} &\implies {latex_of_line(s.after)}" for s in solution.steps
    ]
    rows.append(rf"&\boxed{{{latex_of_line(solution.answer)}}}")
    return "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}"
