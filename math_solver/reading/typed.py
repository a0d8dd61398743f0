"""What strangers type, brought to the notation that is read: signs, glued names, slips of the hand.

Every change keeps the meaning or is told as an assumption; what has two meanings is left alone.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from .ellipsis import without_ellipsis
from .forms import reformed
from .spelling import corrected

_FUNCTION = (
    "arcsin|arccos|arctan|asin|acos|atan|sinh|cosh|tanh|sin|cos|tan|sec|csc|cot|ln|log|exp|sqrt"
)
_SIGNS = str.maketrans({
    "’": "'", "‘": "'", "′": "'", "“": '"', "”": '"', "⁄": "/", "∕": "/", "＝": "=", "\u00a0": " ",
    "\u2009": " ", "\u202f": " ", "\u200b": "", "\u2061": "", "\u2062": "", "―": "-", "‐": "-",
    "‑": "-", "⩽": "≤", "⩾": "≥", "∗": "*", "•": "*", "⟶": "→",
})  # fmt: skip
_VULGAR = {
    "⅓": "1/3", "⅔": "2/3", "⅕": "1/5", "⅖": "2/5", "⅗": "3/5", "⅘": "4/5", "⅙": "1/6", "⅚": "5/6",
    "⅛": "1/8", "⅜": "3/8", "⅝": "5/8", "⅞": "7/8", "½": "1/2", "¼": "1/4", "¾": "3/4",
}  # fmt: skip
MAX_WORDS = 25
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_NATURAL = re.compile(
    r"\\?(?:exp|[sc]inh|tanh|int|lim)\b|(?<![A-Za-z])e(?![A-Za-z])|∫|\bd\^?\d?/d[a-z]|\bd[a-z]/d[a-z]"
    r"|deriv|differenti|integra|limit|series|taylor|maclaurin|tangent|slope|\by'|diff\b|frac\{d",
    re.IGNORECASE,
)
"""Signs of calculus, where `log` is the natural logarithm."""
_BARE_LOG = re.compile(r"\\?\blog(?![A-Za-z_]|\s*_|\s*\([^()]*,[^()]*\))")
_OPENING = re.compile(
    r"^(?:(?:hi|hello|hey)[,!.]*\s+|(?:please|pls|plz|kindly)[, ]+"
    r"|(?:question|problem|exercise|task|q)(?:\s*\d+[a-z]?)?\s*[:.)]\s*|\d{1,2}[.)]\s+(?=[A-Za-z]{3})"
    r"|i (?:need|want|have|would like|am trying|don'?t know how)(?: some)?(?: help)? (?:to|with) "
    r"|(?:can|could|would|will) (?:you|u|someone|anyone) (?:please |pls |plz )?"
    r"(?:help me )?(?:to )?"
    r"|(?:please )?help me(?: to| with)? |how (?:do|can|would|should) (?:i|you|we) |how to "
    r"|(?:tell|show|give) me (?:how to )?|my (?:homework|teacher) (?:is|asks|says):? )",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"[,.;!? ]*\b(?:(?:please|pls|plz|thanks|thank you|thx|asap)"
    r"|(?:and )?(?:show|explain)(?: me)?(?: all)?(?: the| your| every| each)? "
    r"(?:steps?|work(?:ing)?)"
    r"|step[- ]by[- ]step|with (?:all )?(?:the )?steps|and explain(?: it| why)?|for me|quickly"
    r"|without (?:using )?a calculator)[ .!?]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Typed:
    """A text in the notation that is read, and what was assumed to bring it there."""

    text: str
    assumptions: tuple[str, ...] = ()


def typed(original: str) -> Typed:
    """Return a question in the notation that is read."""
    assumptions: list[str] = []
    text = reformed(signs(original))
    for rule in _RULES:
        text = rule(text, assumptions)
    return Typed(text, tuple(assumptions))


def signs(original: str) -> str:
    """Return a text with the signs of other alphabets and fonts as the plain ones."""
    text = "".join(map(_plain_sign, original.translate(_SIGNS)))
    text = re.sub(r"(\d)\s?([⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞½¼¾])", lambda m: f"{m[1]} {_VULGAR[m[2]]}", text)
    text = re.sub("|".join(_VULGAR), lambda m: _VULGAR[m.group()], text)
    return re.sub(
        r"(?<=[A-Za-z\d)])[₀-₉]+", lambda m: f"_{{{m.group().translate(_SUBSCRIPTS)}}}", text
    )


def _plain_sign(sign: str) -> str:
    import unicodedata

    code = ord(sign)
    if 0x1D400 <= code <= 0x1D7FF or 0xFF01 <= code <= 0xFF5E:
        return unicodedata.normalize("NFKC", sign)
    return sign


def common_logarithm(text: str) -> bool:
    """Whether a bare `log` is to base 10: it stands there, and nothing speaks of calculus."""
    if not _BARE_LOG.search(text) or re.search(r"log.*\bbase\b", text, re.IGNORECASE):
        return False
    return not _NATURAL.search(_BARE_LOG.sub(" ", text))


def with_common_logarithm(text: str) -> str:
    """Write the base of each bare `log`."""
    return _BARE_LOG.sub(r"\\log_{10} ", text)


def _polite(text: str, _told: list[str]) -> str:
    """Drop greetings, numbers of exercises and thanks."""
    for pattern in (_OPENING, _CLOSING):
        while (shorter := pattern.sub("", text.strip())) != text.strip() and len(shorter) > 1:
            text = shorter
    return text.strip()


def _spelt(text: str, told: list[str]) -> str:
    """Correct slips of the hand; stories have more words, and other ones, and are left alone."""
    return corrected(text, told) if len(text.split()) <= MAX_WORDS else text


def _glued(text: str, _told: list[str]) -> str:
    """`sinx`, `cos2x`, `log2(8)`, `lnx`, `sin30`: names of functions glued to what follows."""
    text = re.sub(
        rf"(?<![A-Za-z\\])({_FUNCTION})(\d*[xyzuθ]|\d+(?![\d^(]))(?![A-Za-z_])",
        lambda m: m.group() if m[1] == "log" and m[2].isdigit() else f"{m[1]} {m[2]}",
        text,
    )
    return re.sub(r"\blog(\d+)\s*(?=[(\d\sa-z])", r"log_{\1} ", text)


def _named(text: str, _told: list[str]) -> str:
    """`x squared`, `to the power of 3` behind letters and numbers; `whats`; `wrt`."""
    text = re.sub(r"\b(?:what|wat|wht)'?s\b(?! next)", "what is", text, flags=re.IGNORECASE)
    text = re.sub(r"\b[nN]atural log(?:arithm)?(?: of)?(?=\s*\(?[\da-z])", "ln", text)
    for word, name in (("sine", "sin"), ("cosine", "cos"), ("tangent", "tan")):
        text = re.sub(rf"\b{word} of (?=\d|pi\b|π|\\pi|\()", f"{name} ", text, flags=re.IGNORECASE)
    for word, power in (("squared", "^2"), ("cubed", "^3")):
        text = re.sub(rf"(?<![A-Za-z])([a-z]|\)|sin|cos|tan) {word}\b(?: of)?", rf"\1{power}", text)
        text = re.sub(rf"(?<![\w.])(\d+) {word}(?=\s*[-+*/=^])", rf"\1{power}", text)
    text = _spoken_signs(text)
    text = re.sub(r"\b(\d) (digit (?:even |odd |positive |whole |prime )?(?:numbers?|integers?))\b",
                  r"\1-\2", text)  # fmt: skip
    if re.search(r"\b(?:to|in|into) (?:mph|kph|kmh|km/h|kmph|m/s)\b", text):
        for name, rate in (
            ("mph", "miles/hour"),
            ("km/h|kph|kmph|kmh", "km/hour"),
            ("m/s", "m/second"),
        ):
            text = re.sub(rf"\s*(?:{name})\b", f" {rate}", text)
    return re.sub(
        r"(?<![A-Za-z])([a-z]|\)|\d+) (?:raised )?to the "
        r"(?:power (?:of )?(-?(?:\d+|[a-z]))\b(?![/.\d])|(\d+)(?:th|rd|nd) power)",
        lambda m: f"{m[1]}^({m[2] or m[3]})",
        text,
    )


_SPOKEN = {" plus ": " + ", " minus ": " - ", " times ": "*", " divided by ": "/", " over ": "/"}


def _spoken_signs(text: str) -> str:
    """`x^2 plus 3x`: the name of a sign between operands, where a letter is a number."""
    if not re.search(r"(?<![A-Za-z'])[xyznt](?![A-Za-z'])", text):
        return text
    return re.sub(
        r"(?<=[\dxyzntabc)])(?! over \S+ ?(?:<|≤|\\le))"
        rf"({'|'.join(_SPOKEN)})(?=[-\d(]|[a-z](?![a-z])|sin|cos|tan|sqrt|ln|e\^)",
        lambda m: _SPOKEN[m[1]],
        text,
    )


def _times(text: str, told: list[str]) -> str:
    """`3 x 4` where x stands nowhere else: the sign of multiplication."""
    between = re.compile(r"(?<=\d)(?<!\b0)\s*[xX]\s*(?=\d)|(?<=\))\s+[xX]\s+(?=\()")
    rest = between.sub("", text)
    if between.search(text) and not re.search(
        r"\bx\b|\dx|x\^|matri|dimension|\([^()]*,[^()]*\)", rest
    ):
        told.append("x between numbers is the sign of multiplication")
        return between.sub(" * ", text)
    return text


def _degrees(text: str, told: list[str]) -> str:
    """`sin 30 degrees` is `sin 30°`."""
    text = re.sub(rf"((?:{_FUNCTION})[ (]*[-\w*/\\π]+) rad(?:ians?)?\b", r"\1", text)
    text = re.sub(
        rf"((?:{_FUNCTION})(?:\s*\^\s*\{{?\d\}}?)?\s*\(?\s*-?\d+(?:\.\d+)?)\s*(?:degrees?|deg)\b",
        r"\1°",
        text,
        flags=re.IGNORECASE,
    )
    bare = re.search(
        r"(?<![a-z])(?:sin|cos|tan|sec|csc|cot)\s*\(?\s*(\d{2,})\s*\)?(?![\d°.^*/a-zπ\\])", text
    )
    if bare is not None:
        told.append(f"{bare[1]} is in radians; {bare[1]}° would be degrees")
    return text


def _logarithms(text: str, told: list[str]) -> str:
    if not common_logarithm(text):
        return text
    told.append("log is the logarithm to base 10")
    return with_common_logarithm(text)


def _ending(text: str, _told: list[str]) -> str:
    """`2 + 2 =`, `2 + 2 = ?`: what is asked for stands before the sign."""
    return re.sub(r"\s*=\s*\??\s*$", "", text) if text.count("=") == 1 else text


_RULES: tuple[Callable[[str, list[str]], str], ...] = (
    without_ellipsis,
    _polite, _spelt, _glued, _named, _times, _degrees, _logarithms, _ending,
)  # fmt: skip
