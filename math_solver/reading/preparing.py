"""Before sentences are read: TeX that only shapes text is dropped, conditions become statements."""

import re
from collections.abc import Iterator

from .mask import without_delimiters

_SHAPING = re.compile(
    r"\\(?:left|right|displaystyle|textstyle|limits|big|Big|bigl|bigr|,|!|;|:|quad|qquad)(?![A-Za-z])"
)
_TEXT = re.compile(r"\\(?:text|mbox|textrm|mathrm|operatorname|mathop)\{\s*([^{}]*?)\s*\}")
_FLOOR = re.compile(
    r"\\l(floor|ceil)\s*(?P<inner>(?:(?!\\[lr](?:floor|ceil)).)*?)\s*\\r\1", re.DOTALL
)
_MODULUS = re.compile(r"\\pmod\s*\{?\s*(\w+)\s*\}?")
_INSTRUCTION = re.compile(
    r"(?:please )?(?:express|write|give|enter|leave|put|state) (?:your |the |all )*(?:final )?"
    r"(?:answers?|results?|roots|solutions)(?: in| as|,|$).*"
    r"(?:fraction|integer|simplest|simplified|lowest terms|commas?|radical|pi|decimal|form|"
    r"ordered|list|radians|interval|inequalit|terms of|commas?|descending|ascending)[^.]*",
    re.IGNORECASE,
)
_PLACED = re.compile(r"nearest|decimal places?|base|hundredth|tenth|mixed", re.IGNORECASE)
"""Instructions about the form of an answer that may not be ignored."""

_ASK = (
    r"(?:what is|what's|what are|find|compute|calculate|evaluate|determine|solve for|what must|"
    r"give|how many)"
)
_IF_FIRST = re.compile(
    rf"(?:if|given that|given|when|suppose(?: that)?|let|for|assuming(?: that)?) (?P<what>.+?),? "
    rf"(?:and |then,? )?(?P<ask>{_ASK}\b.+)",
    re.IGNORECASE | re.DOTALL,
)
_DEFINED_FIRST = re.compile(
    rf"(?P<what>[a-z]\([a-z]\) ?= ?.+?)(?:,? (?:and |then,? )?(?P<ask>{_ASK}\b.+)"
    rf"|[,;] ?(?P<ask1>[a-z]'*\(.+))",
    re.IGNORECASE | re.DOTALL,
)
_IF_LAST = re.compile(
    rf"(?P<ask>(?:{_ASK}\b)?.+?),? (?:if|when|where|given that|given|for|at|assuming) "
    r"(?P<what>[^?]*=[^?]*)",
    re.IGNORECASE | re.DOTALL,
)


def prepared(original: str) -> str:
    """Return the text without what only shapes it, and without remarks on the answer's form."""
    text = without_delimiters(_undollared(original))
    text = _TEXT.sub(r" \1 ", _SHAPING.sub(" ", text))
    text = text.replace("\\cfrac", "\\frac").replace("~", " ").replace("\\dots", "...")
    text = re.sub(r"\\[lc]dots", "...", text)
    for _ in range(3):
        text = _FLOOR.sub(_function, text)
    text = _MODULUS.sub(r"mod \1", text)
    text = re.sub(r"\\bmod\b", " mod ", text)
    text = re.sub(r"(?<=\d) ?degrees?(?=\s*\))", "°", text)
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r" (?=[,:;?](?: |$)|\.(?:$| [A-Z]))", "", text)
    text = re.sub(r"(?<!\.)\.(?: \.)+(?!\.)|(?<!\.)\.\.(?!\.)", ".", text)
    sentences = re.split(r"(?<=[.?!])\s+", text)
    kept = [s for s in sentences if not _INSTRUCTION.fullmatch(s.strip(" .")) or _PLACED.search(s)]
    return " ".join(kept) if kept else text.strip()


def plain_formula(source: str) -> str:
    """Return one formula without what only shapes it, floors and ceilings as functions."""
    text = source.replace(",\\!", ",").replace("{,}", ",")
    text = _SHAPING.sub(" ", text).replace("\\cfrac", "\\frac").replace("~", " ")
    text = re.sub(r"\\[lc]?dots[bmcio]?(?![A-Za-z])", "...", text)
    for _ in range(3):
        text = _FLOOR.sub(_function, text)
    return re.sub(r"\\mathbf\{(\w)\}", r"\1", text)


def _undollared(original: str) -> str:
    """Drop dollar signs where every pair of them encloses mathematics, and none means money."""
    parts = original.replace("$$", "$").split("$")
    inside = parts[1::2]
    if len(parts) % 2 == 0 or not inside:
        return original
    for part in inside:
        plain = re.sub(r"\\[A-Za-z]+(?:\{[^{}]*\})?", "", part)
        if not part.strip() or re.search(r"[A-Za-z]{4,}", plain) or " and " in plain:
            return original
        if part != part.strip() and not re.search(r"[\\^_=+{}*]", part):
            return original
    return " ".join(parts)


def _function(match: re.Match[str]) -> str:
    name = {"floor": "floor", "ceil": "ceiling"}[match.group(1)]
    return f" {name}({match.group('inner')}) "


def unfolded(sentence: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield ways to read a sentence with conditions as statements and a request."""
    text = sentence.strip()
    for pattern in (_IF_FIRST, _DEFINED_FIRST, _IF_LAST):
        found = pattern.fullmatch(text.rstrip("?. "))
        if found:
            asked = found["ask"] or found.groupdict().get("ask1") or ""
            yield tuple(_conditions(found["what"])), asked


def _conditions(what: str) -> Iterator[str]:
    """Split `x = 3 and y = 4`, `f(x) = x + 1, g(x) = 2` into statements."""
    text, start, depth = what.strip(" ,"), 0, 0
    parts: list[str] = []
    for sign in re.finditer(r"[(\[{]|[)\]}]|,? and (?:that )?|, |; ", text):
        found = sign.group()
        depth += (found in "([{") - (found in ")]}")
        if depth == 0 and len(found) > 1:
            parts.append(text[start : sign.start()])
            start = sign.end()
    for part in (*parts, text[start:]):
        if part.strip():
            yield f"let {part.strip(' .,')}"
