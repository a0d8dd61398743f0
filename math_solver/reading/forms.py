"""Forms of textbook questions brought to the ones that are read.

Operations with signs of their own, functions by cases, remarks about the imaginary unit, and
instructions about the answer's form.
"""

import re
from collections.abc import Iterator

_OPERATION = (
    r"\\(?:star|ast|clubsuit|spadesuit|heartsuit|diamondsuit|diamond|oplus|otimes|odot|ominus|oslash"
    r"|bigstar|nabla|triangle|Delta|Diamond|bullet|boxplus|boxtimes|dagger|circ|sim|square|Box|#|@|&)"
    r"(?![A-Za-z])|[★☆◇◆⊕⊗⊙⊖@#&♣♠♥♦~△∇○]|(?<!\*)\*(?!\*)"
)
_DEFINED = re.compile(
    rf"^\s*(?P<a>[A-Za-z])\s*(?P<sign>{_OPERATION})\s*(?P<b>[A-Za-z])\s*=\s*(?P<body>.+?)\s*$",
    re.DOTALL,
)
_PREFIX = re.compile(
    r"^\s*(?P<sign>\\#|\\@|\\&|[#@&♣♠♥♦★☆◇◆△∇]"
    r"|\\(?:clubsuit|star|nabla|Delta|diamondsuit)(?![A-Za-z]))"
    r"\s*(?P<a>[A-Za-z])\s*=\s*(?P<body>.+?)\s*$",
    re.DOTALL,
)
_CASES = re.compile(
    r"(?:\\left)?\\\{\s*\\begin\{(?:array|aligned)\}(?:\{[a-z ]*\})?(?P<a>.*?)"
    r"\\end\{(?:array|aligned)\}\s*(?:\\right\.?)?|\\begin\{cases\}(?P<b>.*?)\\end\{cases\}",
    re.DOTALL,
)
_ROW = re.compile(
    r"^(?P<value>.+?)(?:&|,|\\quad|\s)*(?:\\(?:text|mbox|textrm)\{\s*(?:if|for|when)?\s*\}|if\b|&)\s*(?P<when>.+)$",
    re.DOTALL,
)
_UNIT = re.compile(
    r"[.,;]?\s*\(?(?:note that |recall that |where |here |and |with )?,?\s*\$\s*i(?:\^\{?2\}?)?"
    r"\s*=\s*(?:-1|\\sqrt\{-1\})\.?\s*\$\.?\)?(?: is the imaginary unit)?(?=\s*(?:[.?]|$))",
    re.IGNORECASE,
)
_INSTRUCTION = re.compile(
    r"(?<![.?!\s])\s*\(?"
    r"(?=(?:Enter|Express your|Give your|Write your|Leave your|Simplify your|State your)\b)"
)
_THE = r"(?:the |a )?function \$?([a-zA-Z])\$?"
_GIVEN = r"(?:defined|given)(?: by| as| such that)?:?"
_FUNCTION_WORDS = (
    (r"\b(?:in|without) (?:using |the use of )?(?:a calculator|your head)(?=[,:. ?]|$)", ""),
    (
        rf"\b(?:let|suppose|define|consider|if|given|for)(?: that)? {_THE} (?:is |be )?{_GIVEN}",
        "let",
    ),
    (rf"\b{_THE} is {_GIVEN}", "let"),
    (rf"\blet \$?([a-zA-Z])\$? be (?:the |a )?(?:function )?{_GIVEN}", "let"),
    (r"\b(?:consider|for)(?: the)? functions?(?= \$?[a-zA-Z]\()", "let"),
    (r"\b(?:consider|define)(?= \$?[a-zA-Z](?:\([a-z]\))? ?=)", "let"),
    (r"(?:^|(?<=[.!?] ))(?:suppose|given|assume) that(?= \$?[a-zA-Z](?:\([a-z]\))? ?=)", "let"),
    (r"\b(?:fully|completely) (simplify|factor|expand)\b", r"\1"),
    (r"\b(simplify|factor|expand|evaluate|compute) (?:fully|completely)\b", r"\1"),
)  # fmt: skip


def reformed(original: str) -> str:
    """Return a question with its special forms rewritten; most questions stay as they are."""
    text = _UNIT.sub("", original)
    text = _INSTRUCTION.sub(". ", text) if "nter" in text or "our" in text else text
    for pattern, instead in _FUNCTION_WORDS:
        text = re.sub(pattern, instead, text, flags=re.IGNORECASE)
    text = re.sub(r"(\$[^$]*\$)", _single_digits, text)
    if (
        "\\omega" in text
        and re.search(r"\d ?i\b|[^a-z]i\b", text)
        and not re.search(r"\bw\b", text)
    ):
        text = re.sub(r"\\omega(?![A-Za-z])", " w", text)
    text = re.sub(r"\\mathbf\{(\w)\}", r"\1", text)
    text = re.sub(r"\\overline\{?(\d)(?!\d)\}?", r"\\overline{\1}", text)
    text = re.sub(r"\\dots[bmcio]?(?![A-Za-z])", r"\\dots", text)
    text = _CASES.sub(_by_cases, text)
    return _with_operation(text).strip() or original


def _single_digits(match: re.Match[str]) -> str:
    """In TeX a power or a base without braces is one digit: `5^65^w` is 5^6·5^w."""
    text = re.sub(r"\^(\d)(?=\d+\^)", r"^{\1} ", match[1])
    return re.sub(r"(log_)(\d)(?=\d)", r"\1{\2} ", text)


def _by_cases(match: re.Match[str]) -> str:
    """Write `{ x if x > 0, ... }` as piecewise(x, x > 0, …); what is not understood is left."""
    rows = [row.strip() for row in re.split(r"\\\\", match["a"] or match["b"]) if row.strip()]
    parts: list[str] = []
    for row in rows:
        plain = re.sub(r"\\(?:quad|qquad|displaystyle|,|;|!)", " ", row).strip().rstrip(".,")
        if re.search(r"otherwise|else", plain):
            value = re.split(r"&|\\(?:text|mbox)|otherwise|else", plain)[0]
            parts += [value.strip(" ,"), "0 = 0"]
            continue
        found = _ROW.match(plain)
        if found is None:
            return match.group()
        when = _condition(found["when"])
        if not when:
            return match.group()
        parts += [found["value"].strip(" ,&"), when]
    return f"piecewise({', '.join(parts)})" if len(rows) > 1 else match.group()


def _condition(text: str) -> str:
    """Write a condition as relations; empty for words."""
    plain = re.sub(
        r"\\(?:text|mbox|textrm)\{\s*(?:if|for|when)?\s*\}|^(?:if|for|when)\b", " ", text
    )
    plain = plain.replace("&", " ").replace("$", " ").strip(" ,.")
    sides = re.split(r"(<=|>=|[<>=≤≥]|\\[lg]eq?(?![a-z])|\\neq?(?![a-z]))", plain)
    if re.search(r"\\text|[A-Za-z]{3,}", re.sub(r"\\[lgn]eq?|\\frac|\\sqrt", "", plain)):
        return ""
    pairs = [f"{a.strip()} {s} {b.strip()}" for a, s, b in zip(sides[::2], sides[1::2], sides[2::2],
                                                              strict=False)]  # fmt: skip
    if not pairs:
        return ""
    return pairs[0] if len(pairs) == 1 else f"conjunction({', '.join(pairs)})"


# --- operations with a sign of their own


def _with_operation(text: str) -> str:
    """Write `a ★ b = …` and its uses with a function's letter."""
    pieces = re.split(r"(\$\$?[^$]+\$\$?|\\\[.*?\\\]|\\\(.*?\\\))", text, flags=re.DOTALL)
    for piece in pieces[1::2]:
        inner = piece.strip("$").removeprefix("\\[").removesuffix("\\]").strip(" .,;")
        for pattern in (_DEFINED, _PREFIX):
            found = pattern.match(inner)
            if found is not None and _is_definition(found):
                return _renamed(text, pieces, found)
    return text


def _is_definition(found: re.Match[str]) -> bool:
    names = [found["a"], *([found["b"]] if "b" in found.groupdict() else [])]
    bare = re.sub(r"\\[A-Za-z]+", " ", found["body"])
    return all(
        re.search(rf"(?<![A-Za-z\\]){n}|(?<=\d){n}|[a-z]{n}|{n}[a-z]", bare) for n in names
    ) and ("=" not in bare and len(set(names)) == len(names))


def _renamed(text: str, pieces: list[str], found: re.Match[str]) -> str:
    used = set(re.findall(r"(?<![A-Za-z\\])[a-z](?![A-Za-z])", " ".join(pieces[1::2])))
    name = next((letter for letter in "hgkqp" if letter not in used), "")
    if not name:
        return text
    sign = found["sign"]
    binary = "b" in found.groupdict()
    body = found["body"].rstrip(" .,;")
    letters = f"{found['a']},{found['b']}" if binary else found["a"]
    out: list[str] = []
    for index, piece in enumerate(pieces):
        if index % 2 == 0:
            out.append(piece)
        elif found.group() in piece or found.group().strip() in piece:
            out.append(f"$ {name}({letters}) = {body} $")
        elif piece.strip("$ ").strip() == sign:
            out.append("")
        else:
            out.append(next(_applied(piece, sign, name, binary=binary)))
    joined = "".join(out)
    joined = re.sub(
        r"\b(?:the )?(?:binary )?operation\s+(?:is |be )?(?:defined|given)(?: by| as| such that)?"
        r"(?: for [^$]*?)?:?", "let", joined, flags=re.IGNORECASE,
    )  # fmt: skip
    mention = rf"(?:define|let) \$ ?{name}\([^)]*\) ?\$ (?:by|as|to be|to equal)(?: the formula)?"
    mention += r":?\s*(?=\$)"
    joined = re.sub(mention, "let ", joined, flags=re.IGNORECASE)
    joined = re.sub(r"\b(?:let|define|suppose|if)\s+let\b", "let", joined, flags=re.IGNORECASE)
    joined = re.sub(r"\b[Dd]efine\s+(?=\$ " + name + r"\()", "let ", joined)
    start = rf"(?:^|(?<=\. ))\s*(?:the operation |define )?\s*(?=\$ {name}\()"
    return re.sub(start, "let ", joined)


_NESTED = r"[^()]*(?:\([^()]*\)[^()]*)*"
_ATOM = (
    rf"(?:-?\d+(?:\.\d+)?|\\frac\{{[^{{}}]*\}}\{{[^{{}}]*\}}|[a-z](?:\({_NESTED}\))?"
    rf"|\((?:[^()]|\({_NESTED}\))*\))"
)


def _applied(piece: str, sign: str, name: str, *, binary: bool) -> Iterator[str]:
    """Replace the uses of the sign, the innermost first."""
    text = piece.replace("\\left(", "(").replace("\\right)", ")")
    escaped = re.escape(sign) + (r"(?![A-Za-z])" if sign[-1].isalpha() else "")
    one = rf"({_ATOM})\s*{escaped}\s*({_ATOM})" if binary else rf"{escaped}\s*({_ATOM})"
    pattern = re.compile(one)
    for _ in range(12):
        found = pattern.search(text)
        inner = re.search(rf"\([^()]*{escaped}[^()]*\)", text)
        if inner is not None and (nested := pattern.search(text, inner.start(), inner.end())):
            found = nested
        if found is None:
            break
        arguments = ", ".join(_bare(group) for group in found.groups())
        text = f"{text[: found.start()]}{name}({arguments}){text[found.end() :]}"
    yield text


def _bare(group: str) -> str:
    """Drop the brackets round a whole argument."""
    if not (group.startswith("(") and group.endswith(")")):
        return group
    depth = 0
    for index, sign in enumerate(group):
        depth += (sign == "(") - (sign == ")")
        if depth == 0 and index < len(group) - 1:
            return group
    return group[1:-1]
