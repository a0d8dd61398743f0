"""What a formal question asks for: a table of wordings over the masked text, each with its plan.

In a pattern `{E}` is a formula, `{L}` a list of formulas, `{N}` a number or formula, `{M}` a list
of them, `{v}` a letter. In a plan `{0}`, `{1}`, … are what the pattern's slots matched. The first
pattern that matches the whole request wins; nothing is guessed from parts of a sentence.
"""

import re
from collections.abc import Iterator
from functools import cache

SLOTS = {
    "{E}": r"(E\d+)",
    "{L}": r"(E\d+(?:(?:,? and|,|;| &|, where) E\d+)*)",
    "{N}": r"([NE]\d+|[a-z]\b)",
    "{M}": r"((?:[NE]\d+|[a-z]\b)(?:(?:,? and|,|;| or|, or) (?:[NE]\d+|[a-z]\b))+)",
    "{v}": r"([A-Za-z]\b)",
    "{V}": r"([A-Za-z]\b(?:(?:,? and|,) [A-Za-z]\b)*)",
}

POLITE = re.compile(
    r"^(?:hi|hello|hey|please|pls|kindly|now|then|so|can you|could you|would you|will you|i need to"
    r"|i want to|i have to|i would like to|help me(?: to)?|how (?:do|can|would) (?:i|you|we)"
    r"|tell me|show me|give me|give|let's|let us|what's the answer to|question:|problem:|q:)"
    r"[,: ]+",
    re.IGNORECASE,
)

FIND = (
    r"(?:what is|what's|whats|what are|find|calculate|compute|determine|work out|give|get|evaluate)"
)
OF_LETTER = r"(?:with respect to|wrt|w\.r\.t\.|in|by)"

REQUESTS: tuple[tuple[str, str], ...] = (
    # equations and systems
    (r"(?:solve|solve the (?:equations?|system)(?: of equations)?):? {L} (?:for|in terms of) {V}",
     "solve {0} for {1}"),
    (r"(?:solve|solve the (?:equations?|system)(?: of equations)?):? {L}", "solve {0}"),
    (rf"(?:{FIND}|solve for) {{V}},? (?:if|when|given|given that|where|such that|in|from|so that)"
     r" {L}", "solve {1} for {0}"),
    (rf"(?:{FIND}) (?:the )?(?:values?|possible values?|solutions?) (?:of|for) {{V}},? (?:if|when|in"
     r"|for which|given|given that|such that|that satisfy|from|where) {L}", "solve {1} for {0}"),
    (rf"(?:if |suppose |let |given |given that )?{{L}},? (?:then )?(?:{FIND}|solve for|find the value"
     r" of|calculate the value of|what is the value of) {V}", "solve {0} for {1}"),
    (rf"(?:{FIND}) (?:all )?(?:the )?(?:real )?(?:roots?|solutions?|zeros?|zeroes) (?:of|to)"
     r"(?: the equation| the polynomial)? {L}", "solve {0}"),
    (r"for (?:what|which)(?: values? of)? {v} (?:is|does|do we have) {L}(?: hold| true)?",
     "solve {1} for {0}"),
    (r"when (?:is|does) {L}", "solve {0}"),
    # rewriting
    (r"(?:simplify|reduce|simplify the expression|write in simplest form|simplest form of):? {E}"
     r"(?: assuming .*)?", "simplify {0}"),
    (r"(?:collect the (?:like )?terms in|collect like terms in|collect) {E}", "expand {0}"),
    (r"(?:expand|multiply out|expand and simplify|expand the brackets in|open the brackets in):? {E}",
     "expand {0}"),
    (r"(?:factor|factorise|factorize|factor completely|factorise fully|write as a product):? {E}",
     "factor {0}"),
    (rf"(?:{FIND})(?: the value of)? {{E}},? (?:when|if|for|at|where|given|given that|with) {{L}}",
     "evaluate {0} where {1}"),
    (r"(?:if|when|given|given that|suppose|let) {L},? (?:then )?(?:what is|find|calculate|evaluate)"
     r"(?: the value of)? {E}", "evaluate {1} where {0}"),
    # calculus
    (r"(?:differentiate|derive|find d/d\w of) {E}", "differentiate {0}"),
    (rf"(?:differentiate|derive) {{E}} {OF_LETTER} {{v}}", "differentiate {0} wrt {1}"),
    (rf"(?:{FIND}|take)? ?(?:the )?(?:first )?(?:derivative|differential) of {{E}} {OF_LETTER} {{v}}",
     "differentiate {0} wrt {1}"),
    (rf"(?:{FIND}|take)? ?(?:the )?(?:first )?(?:derivative|differential) of {{E}}",
     "differentiate {0}"),
    (rf"(?:{FIND}|take)? ?(?:the )?(?:second|2nd) derivative of {{E}} {OF_LETTER} {{v}}",
     "differentiate {0} wrt {1} order 2"),
    (rf"(?:{FIND}|take)? ?(?:the )?(?:second|2nd) derivative of {{E}}", "differentiate {0} order 2"),
    (rf"(?:{FIND}|take)? ?(?:the )?(?:third|3rd) derivative of {{E}} {OF_LETTER} {{v}}",
     "differentiate {0} wrt {1} order 3"),
    (rf"(?:{FIND}|take)? ?(?:the )?(?:third|3rd) derivative of {{E}}", "differentiate {0} order 3"),
    (rf"(?:integrate|(?:{FIND})? ?(?:the )?(?:definite )?integral of|(?:{FIND})? ?(?:the )?area under)"
     rf"(?: the (?:curve|graph)(?: of)?)? {{E}}(?: {OF_LETTER} {{v}})?,? (?:from|between)"
     r"(?: \w =)? {bound} (?:to|and) {bound}", "integrate {0}{wrt 1} from {2} to {3}"),
    (rf"(?:integrate|(?:{FIND})? ?(?:the |an )?(?:indefinite )?(?:integral|antiderivative) of) {{E}}"
     rf" {OF_LETTER} {{v}}", "integrate {0} wrt {1}"),
    (rf"(?:integrate|(?:{FIND})? ?(?:the |an )?(?:indefinite )?(?:integral|antiderivative) of) {{E}}",
     "integrate {0}"),
    (rf"(?:{FIND})? ?(?:the )?limit of {{E}} as {{v}} (?:approaches|goes to|tends to|->|→) {{bound}}",
     "limit {0} wrt {1} to {2}"),
    (rf"(?:{FIND})? ?(?:the )?limit of {{E}} (?:as|when|for) {{E}}", "limit {0} as {1}"),
    # numbers
    (rf"(?:{FIND})? ?(?:the )?(?:greatest common divisor|greatest common factor|highest common factor"
     r"|highest common divisor|gcd|gcf|hcf) of {M}", "gcd {0}"),
    (rf"(?:{FIND})? ?(?:the )?(?:least common multiple|lowest common multiple|smallest common multiple"
     r"|least common denominator|common denominator|lcm) of {M}", "lcm {0}"),
    (r"is {N} (?:a )?prime(?: number)?", "prime {0}"),
    (r"is {N} (?:a )?composite(?: number)?", "composite {0}"),
    (rf"(?:{FIND}|list)(?: all)?(?: the)? prime factors of {{N}}", "factorize {0}"),
    (r"(?:prime )?(?:factor|factorise|factorize|decompose) (N\d+)(?: into primes| into prime factors)?",
     "factorize {0}"),
    (rf"(?:{FIND}) the prime (?:factorization|factorisation|decomposition) of {{N}}",
     "factorize {0}"),
    (rf"(?:{FIND}|list)(?: all)?(?: the)? (?:positive )?(?:divisors|factors) of {{N}}",
     "divisors {0}"),
    (rf"(?:{FIND}) the remainder (?:when|if|of) {{N}} is divided by {{N}}", "remainder {0}, {1}"),
    (rf"(?:{FIND})? ?{{N}} (?:mod|modulo) {{N}}", "remainder {0}, {1}"),
    (r"is {N} (?:divisible by|a multiple of) {N}", "divides {1}, {0}"),
    (r"does {N} divide {N}", "divides {0}, {1}"),
    (r"is {N} a (?:factor|divisor) of {N}", "divides {0}, {1}"),
    (rf"(?:{FIND})? ?(?:the )?(?:square root|sqrt) of {{N}}", "root {0} order 2"),
    (rf"(?:{FIND})? ?(?:the )?cube root of {{N}}", "root {0} order 3"),
    (rf"(?:round|(?:{FIND})) {{N}}(?: rounded)? to the nearest (?:integer|whole number|unit)",
     "round {0} places 0"),
    (rf"(?:round|(?:{FIND})) {{N}}(?: rounded)? to {{N}} (?:decimal places?|decimals|dps?)",
     "round {0} places {1}"),
    (r"(?:sort|put|arrange|order) {M}(?: in (?:ascending|increasing) order)?", "sort {0} order up"),
    (r"(?:sort|put|arrange|order) {M} in (?:descending|decreasing) order", "sort {0} order down"),
    (r"(?:which is|what is|find)(?: the)? (?:smaller|less|smallest|lesser|least|minimum)"
     r"(?: value| number)?:?(?: of| in| among| between)? {M}", "smallest {0}"),
    (r"(?:which is|what is|find)(?: the)? (?:bigger|greater|larger|largest|biggest|greatest|maximum)"
     r"(?: value| number)?:?(?: of| in| among| between)? {M}", "largest {0}"),
    # comparing
    (r"(?:is it true that|is|verify(?: that)?|prove(?: that)?|check (?:if|whether|that)|show that)"
     r" {E}(?: true| correct)?", "verify {0}"),
    (r"(?:is|are) {N} (?:equal to|the same as|equivalent to|and) {N}(?: equal| equivalent"
     r"| the same)?", "verify {0}, {1}"),
    # arithmetic in words
    (rf"(?:{FIND})? ?(?:the )?(?:sum|total) of {{N}} and {{N}}|(?:sum|add) {{N}} (?:and|to) {{N}}"
     rf"|(?:{FIND})? ?{{N}} plus {{N}}", "answer {0} + {1}"),
    (rf"(?:{FIND})? ?(?:the )?difference (?:between|of) {{N}} and {{N}}"
     rf"|(?:{FIND})? ?{{N}} (?:minus|take away|less) {{N}}", "answer {0} - {1}"),
    (r"(?:subtract|take) {N} (?:from|away from) {N}", "answer {1} - {0}"),
    (rf"(?:{FIND})? ?(?:the )?product of {{N}} and {{N}}|multiply {{N}} (?:and|by|with) {{N}}"
     rf"|(?:{FIND})? ?{{N}} (?:times|multiplied by) {{N}}", "answer {0} * {1}"),
    (rf"(?:{FIND})? ?(?:the )?(?:quotient|ratio) of {{N}} and {{N}}|divide {{N}} by {{N}}"
     rf"|(?:{FIND})? ?{{N}} (?:divided by|over) {{N}}", "answer {0} / {1}"),
    (rf"(?:{FIND}|how much is)? ?{{N}}(?:%| percent| per cent) of {{N}}", "answer {0} / 100 * {1}"),
    (rf"(?:{FIND}|how much is)? ?(N\d+) of (N\d+)", "answer {0} * {1}"),
    (r"what (?:percent|percentage) of {N} is {N}", "answer {1} / {0} * 100"),
    (r"{N} is what (?:percent|percentage) of {N}", "answer {0} / {1} * 100"),
    (r"{N} is {N}(?:%| percent) of (?:what|which)(?: number)?", "answer {0} / ({1} / 100)"),
    (r"(?:increase|raise) {N} by {N}(?:%| percent)", "answer {0} + {0} * {1} / 100"),
    (r"(?:decrease|reduce|lower) {N} by {N}(?:%| percent)", "answer {0} - {0} * {1} / 100"),
    (rf"(?:{FIND})? ?{{N}} (?:squared)", "answer {0}^2"),
    (rf"(?:{FIND})? ?{{N}} (?:cubed)", "answer {0}^3"),
    (rf"(?:{FIND})? ?{{N}} to the power(?: of)? {{N}}", "answer {0}^{1}"),
    (rf"(?:{FIND})? ?(?:the )?(?:average|mean) of {{M}}", "{mean}"),
    # a formula with little or nothing round it
    (rf"(?:{FIND}|how much is|solve)(?: the value of)? {{N}}", "{auto}"),
    (r"{L}", "{auto}"),
)  # fmt: skip
"""Requests, the more particular before the more general."""

PREMISES: tuple[tuple[str, str], ...] = (
    (r"(?:let|suppose|assume|given|given that|suppose that|define) {L}", "given {0}"),
    (r"let {v} be {N}", "let {0} = {1}"),
    (r"let {v} (?:be )?equal {N}", "let {0} = {1}"),
)
"""Sentences before the request that say what holds."""

BOUND = r"(-?(?:[NE]\d+|\bpi\b|\binfinity\b|\boo\b))"


def read_request(masked: str, formulas: tuple[str, ...]) -> str | None:
    """Return the plan of a formal question as text; None where no wording of the table fits."""
    sentences = [s for s in re.split(r"(?<=[.?!;])\s+|\n", masked.strip()) if s.strip()]
    lines: list[str] = []
    for sentence in sentences[:-1]:
        line = _match(PREMISES, sentence, formulas)
        if line is None:
            return _match(REQUESTS, masked, formulas)
        lines.append(line)
    last = _match(REQUESTS, sentences[-1], formulas) if sentences else None
    return "\n".join([*lines, last]) if last else None


def _match(
    table: tuple[tuple[str, str], ...], sentence: str, formulas: tuple[str, ...]
) -> str | None:
    text = _stripped(sentence)
    for index, (_, plan) in enumerate(table):
        found = _patterns(table)[index].fullmatch(text)
        if found:
            return _filled(plan, [g for g in found.groups() if g], found, formulas)
    return None


def _stripped(sentence: str) -> str:
    text = sentence.strip().rstrip(".?!;: ").strip()
    while (polite := POLITE.match(text)) and polite.end() < len(text):
        text = text[polite.end() :]
    return text


@cache
def _patterns(table: tuple[tuple[str, str], ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(_with_slots(pattern), re.IGNORECASE) for pattern, _ in table)


def _with_slots(pattern: str) -> str:
    for slot, regex in SLOTS.items():
        pattern = pattern.replace(slot, regex)
    return pattern.replace("{bound}", BOUND)


def _filled(plan: str, groups: list[str], found: re.Match[str], formulas: tuple[str, ...]) -> str:
    values = [", ".join(_listed(group)) for group in groups]
    if plan == "{auto}":
        return _automatic(values[0], formulas)
    if plan == "{mean}":
        names = values[0].split(", ")
        return f"answer ({' + '.join(names)}) / {len(names)}"
    if "{wrt 1}" in plan:
        every = [group or "" for group in found.groups()]
        letter = f" wrt {every[1]}" if every[1] else ""
        return plan.replace("{wrt 1}", letter).format(*every)
    return plan.format(*values)


def _listed(group: str) -> Iterator[str]:
    for name in re.findall(r"-?[NE]\d+|pi\b|infinity\b|oo\b|\b[A-Za-z]\b", group):
        if name not in {"and", "or"}:
            yield "infinity" if name == "oo" else name


def _automatic(values: str, formulas: tuple[str, ...]) -> str:
    """A bare formula: equations are solved, anything else is evaluated."""
    names = values.split(", ")
    shown = [formulas[int(n[1:])] if n.startswith("E") else "" for n in names]
    if len(names) > 1 or re.search(r"[=<>≤≥]|\\[lg]eq?\b", shown[0]):
        return f"solve {values}"
    return f"evaluate {values}"
