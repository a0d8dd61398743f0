"""Formulas set apart from words: `Find $x$ if $x^2 = 4.$` is `Find «0» if «1».` and two formulas.

Plain whole numbers and percentages stay in the text, so that grammars of words can use them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from math_solver.reading.mask import formula_spans

_DELIMITED = re.compile(
    r"\$\$(.+?)\$\$|\\\[(.+?)\\\]|\\\((.+?)\\\)|\$((?:[^$\\]|\\.)+?)\$"
    r"|\\begin\{(?:align|gather|eqnarray|equation)\*?\}(.+?)"
    r"\\end\{(?:align|gather|eqnarray|equation)\*?\}",
    re.DOTALL,
)
_ORDINAL = re.compile(r"\$(\d+)\^?\{?\\?(?:text|mathrm|rm)?\{?(st|nd|rd|th)\}{0,2}\$")
_PLAIN = re.compile(r"-?\d[\d,]*(?:\.\d+)?|-?\.\d+")
_LETTER = re.compile(r"(?<![\w'«\\.-])(?:[b-zB-HJ-Z])(?![\w'»]|-(?!th)|\.\w)")
_REMARK = re.compile(
    r"\((?:Recall|Remember|Note|Assume that (?:each|all)|Here|Your answer|Enter|Write|Give|Express"
    r"|Use|A \w+ is|An \w+ is|The \w+ of|The first \w+ (?:number|integer|multiple) is 1\.)"
    r"[^()]*(?:\([^()]*\)[^()]*)*\)"
)
_ORDER = re.compile(
    r"(?:enter|answer|write|type|state) \"?(?:odd|even|neither|yes|no|true|false)\"?(?: |,).*"
    r"|(?:please |and )?(?:express|write|give|enter|leave|put|state|simplify|submit|round|provide"
    r"|note that you|use|list|include|separate)"
    r" (?:(?:your|the|all|each|any) )*(?:final |numerical |simplified |possible )*"
    r"(?:answers?|results?|roots|solutions|units|values?|product|sum|coordinates|«\d+»)\b.*",
    re.IGNORECASE,
)
_FORM_MATTERS = re.compile(
    r"nearest|decimal place|base|hundredth|tenth|terms? of (?!«)|form «|mixed|scientific|percent",
    re.IGNORECASE,
)
_PLACES = {"tenth": 1, "hundredth": 2, "thousandth": 3, "integer": 0, "whole": 0}


@dataclass(frozen=True, slots=True)
class Masked:
    """Sentences with «0», «1», … in the place of formulas, and the formulas' sources."""

    sentences: tuple[str, ...]
    formulas: tuple[str, ...]
    orders: tuple[str, ...]
    """What is said about the form of the answer."""


def masked(original: str) -> Masked:
    """Set formulas apart and split what is left into sentences."""
    formulas: list[str] = []

    def put(source: str) -> str:
        formulas.append(source)
        return f"«{len(formulas) - 1}»"

    text = (
        _REMARK.sub(" ", original.replace("\\$", "USD "))
        if "\\$" in original
        else (_REMARK.sub(" ", original))
    )
    text = _ORDINAL.sub(r"\1\2", text)
    if not _DELIMITED.search(text):
        text = _undelimited(text, put)
    else:
        text = _DELIMITED.sub(lambda m: _formula(next(g for g in m.groups() if g), put), text)
    text = re.sub(r"(?<=[A-Za-z])(?:’|')s\b", "'s", text)
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r"« ?(\d+) ?» ?- ?(?=[a-z])", r"«\1»-", text)
    text = _LETTER.sub(lambda m: put(m.group()), text)
    text = re.sub(r"\s+(?=[,.;?!])", "", text)
    text = re.sub(r"[?:.] ?(«\d+»)[.?]*$", r" \1", text) if text.count("?") <= 1 else text
    parts = re.split(r"(?<=[.?!])\s+(?=[A-Z«(\d])|(?<=[.?!:])\s*\n", text)
    parts = [part.strip() for part in parts if part.strip(" .")]
    orders = tuple(part for part in parts if _ORDER.fullmatch(part.strip(" .")))
    kept = tuple(part for part in parts if part not in orders)
    return Masked(kept or tuple(parts), tuple(formulas), orders)


def form_of(orders: tuple[str, ...]) -> str | None:
    """Return what is said of the answer's form: `places 2`, `base 4`, or nothing that matters.

    None where it matters and is not understood.
    """
    form = ""
    for order in orders:
        if found := re.search(
            r"nearest (tenth|hundredth|thousandth|integer|whole)", order, re.IGNORECASE
        ):
            form = f"places {_PLACES[found[1].lower()]}"
        elif found := re.search(r"\bbase[- ]?(\d+|ten)\b", order, re.IGNORECASE):
            form = f"base {10 if found[1].lower() == 'ten' else found[1]}"
        elif _FORM_MATTERS.search(order):
            return None
    return form


def _formula(source: str, put: Callable[[str], str]) -> str:
    """Return the mask of a formula, its last full stop behind it."""
    inner = re.sub(r"\\(?:displaystyle|,|!|;|:|quad|qquad)(?![A-Za-z])", " ", source).strip()
    inner = re.sub(r"\s+", " ", inner)
    end = re.search(r"[.,;:?]?$", inner)
    sign = end.group() if end else ""
    inner = inner[: len(inner) - len(sign)].strip() if sign else inner
    tight = (
        re.sub(r"(?<=\d) ?, ?(?=\d{3}(?!\d))", "", inner)
        if re.fullmatch(r"-?\d{1,3}(?: ?, ?\d{3})+", inner)
        else inner
    )
    if re.fullmatch(r"-?\d+(?:\.\d+)?|-?\.\d+", tight):
        return f" {tight}{sign} "
    if re.fullmatch(r"\d+(?:\.\d+)? ?\\%", tight):
        return f" {tight.replace(' ', '')[:-2]} percent{sign} "
    if not inner:
        return f" {sign} "
    return f" {put(inner)}{sign} "


def _undelimited(text: str, put: Callable[[str], str]) -> str:
    out: list[str] = []
    position = 0
    for start, end in formula_spans(text):
        out.append(text[position:start])
        out.append(_formula(text[start:end], put))
        position = end
    return "".join((*out, text[position:]))
