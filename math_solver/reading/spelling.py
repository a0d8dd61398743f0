"""Slips of the hand in words of mathematics: `derivitive`, `intergal`, `equasion`.

A word is corrected where it is one slip (Damerau 1964: a letter missing, added, wrong, or two
swapped) away from one word of the table, both long enough and alike at both ends; ordinary words
near a word of the table are listed and left alone.
"""

import re

WORDS = frozenset(
    """
    absolute addition angle antiderivative approaches arithmetic average calculate circle
    circumference coefficient combinations committee common complete complex composite compute
    convert critical cubic decimal decimals decompose decreasing definite degree degrees denominator
    derivative derivatives determinant determine deviation diameter difference differential
    differentiate digits discriminant distance distinct divided divisible divisor divisors domain
    eigenvalue eigenvalues eigenvectors equation equations evaluate exactly expand exponent
    expression factor factorial factorise factorize factors fraction fractions function geometric
    greatest hexadecimal hypotenuse imaginary implicit increasing inequality inequalities infinite
    infinity integer integers integral integrals integrate interest intercept inverse largest
    letters limit linear logarithm lowest magnitude matrix maximum mean median midpoint minimum
    modulo multiple multiplied multiply numerator numbers optimise parabola parallel partial percent
    percentage perimeter permutations perpendicular polynomial polynomials positive prime
    probability product progression quadratic quotient radians radius range rational rationalize
    rectangle remainder roots rounded sequence series simplest simplify sine slope smallest solution
    solutions solve solving square standard subtract surface system tangent terms theorem
    rationalise center centers meter meters liter liters centre centres metre metres litre litres
    approximately rounding price factored
    transpose triangle variance vector vertex volume
    """.split()
)
KNOWN_SLIPS = {
    "maximun": "maximum", "minimun": "minimum", "simplefy": "simplify", "simplifiy": "simplify",
    "derivate": "derivative", "integrat": "integrate", "factorice": "factorise",
    "calulate": "calculate", "calcualte": "calculate", "sovle": "solve", "slove": "solve",
    "probablity": "probability", "eqn": "equation", "eqns": "equations", "eq": "equation",
    "determinate": "determinant", "avg": "average", "std": "standard", "dev": "deviation",
    "antiderivate": "antiderivative", "sqaure": "square", "sqare": "square", "fo": "of",
    "teh": "the", "fidn": "find", "fnd": "find", "finding": "find", "solv": "solve",
    "simplfy": "simplify", "evaulate": "evaluate", "facter": "factor", "precent": "percent",
}  # fmt: skip
ORDINARY = frozenset(
    """
    integrated integrates produced products squares squared angels present presents several
    mediums medium median factory functional relations section decides deride derides expend
    standing stranded cubes sold rangers trianglular radios radii matrices vertices vertexes
    """.split()
)
_LEAST = 6


def corrected(text: str, told: list[str]) -> str:
    """Return the text with slips corrected; each correction is told."""

    def one(match: re.Match[str]) -> str:
        word = match.group()
        found = _nearest(word.lower())
        if found is None:
            return word
        told.append(f"{word} means {found}")
        return found.capitalize() if word[0].isupper() else found

    return re.sub(r"(?<![\\A-Za-z])[A-Za-z]{2,}(?![A-Za-z])", one, text)


def _nearest(word: str) -> str | None:
    if word in KNOWN_SLIPS:
        return KNOWN_SLIPS[word]
    if len(word) < _LEAST or word in WORDS or word in ORDINARY or _inflected(word):
        return None
    near = {
        other
        for other in WORDS
        if abs(len(other) - len(word)) <= 1
        and other[:1] == word[:1]
        and (other[-1] == word[-1] or other[-2:] == word[-2:][::-1])
        and len(other) >= _LEAST
        and one_slip(word, other)
    }
    return near.pop() if len(near) == 1 else None


def _inflected(word: str) -> bool:
    """Whether a word is one of the table with an ending."""
    for ending in ("s", "es", "d", "ed", "r", "ing", "ly", "al", "y"):
        stem = word.removesuffix(ending)
        if stem != word and (stem in WORDS or f"{stem}e" in WORDS):
            return True
    return any(f"{word}{ending}" in WORDS for ending in ("s", "d", "ed", "r", "e", "al"))


def one_slip(left: str, right: str) -> bool:
    """Whether two words are one insertion, deletion, substitution or swap apart."""
    if left == right or abs(len(left) - len(right)) > 1:
        return False
    start = 0
    while start < min(len(left), len(right)) and left[start] == right[start]:
        start += 1
    one, two = left[start:], right[start:]
    if len(one) == len(two):
        return one[1:] == two[1:] or (one[:2] == two[1::-1] and one[2:] == two[2:])
    longer, shorter = (one, two) if len(one) > len(two) else (two, one)
    return longer[1:] == shorter
