"""Angles in words: pairs of angles, angles of triangles and of polygons."""

import re
from collections.abc import Iterator

from .figure import ASK, Figure, Masked, masked
from .shapes import POLYGONS

_SMALL, _LARGE = (
    r"\b(?:smaller|smallest|least)\b",
    r"\b(?:larger|largest|greater|greatest|bigger|biggest)\b",
)
_ELSE = re.compile(
    r"\b(?:circle|circular|sector|arc|radius|line|parallel|inscribed|chord|tangent|clock|sin|cos|tan"
    r"|side length|area|perimeter)\b"
)


def read_angles(original: str) -> Figure | None:
    """Read a problem in which only angles are measured."""
    source = masked(original)
    if source is None or _ELSE.search(source.text) or not ASK.search(source.text):
        return None
    for reader in (_pair, _triangle, _isosceles, _polygon):
        for figure in reader(source):
            return figure
    return None


def _value(source: Masked, name: str) -> str:
    return source.values[int(name.strip("# "))]


# --- two angles that come to 90 or 180 degrees


def _pair(source: Masked) -> Iterator[Figure]:
    text = source.text
    kind = re.search(r"\b(supplement|complement)", text)
    if kind is None or len(re.findall(r"\b(?:supplement|complement)", text)) != 1:
        return
    total = {"supplement": "180", "complement": "90"}[kind[1]]
    related = _pair_relation(source)
    if related is None:
        return
    relation, used = related
    if used != len(source.values):
        return
    ask = text[[m.start() for m in ASK.finditer(text)][-1] :]
    if re.search(_SMALL, ask) or re.search(_LARGE, ask):
        asked = ("s",) if re.search(_SMALL, ask) else ("g",)
        yield _pair_figure(total, relation, asked, sized=True)
    elif re.search(r"\b(?:them|both|each|angles|measures)\b", ask):
        yield _pair_figure(total, relation, ("x", "y"))
    elif re.match(rf"{ASK.pattern} (?:the |its )?(?:supplement|complement)\b", ask):
        yield _pair_figure(total, relation, ("y",))
    else:
        yield _pair_figure(total, relation, ("x",))


def _pair_figure(
    total: str, relation: str, asked: tuple[str, ...], *, sized: bool = False
) -> Figure:
    letters = {"x": "first angle", "y": "second angle"}
    formulas = [f"x + y = {total}"]
    if sized:
        letters |= {"s": "smaller angle", "g": "larger angle"}
        formulas += ["s = (x + y - abs(x - y))/2", "g = (x + y + abs(x - y))/2"]
    return Figure(
        name="pair of angles",
        letters=letters,
        formulas=tuple(formulas),
        facts=(relation,),
        asked=asked,
    )


def _pair_relation(source: Masked) -> tuple[str, int] | None:
    """Return the equation between two angles, and how many numbers it holds."""
    text = source.text
    ratio = re.search(r"\bratio (?:of )?(#\d+) ?(?::|to) ?(#\d+)", text)
    if ratio:
        return f"x*{_value(source, ratio[2])} = y*{_value(source, ratio[1])}", 2
    turned = re.search(
        r"\b(?:supplement|complement) of an angle is (#\d+) (more|less|greater) than"
        r" (?:the angle|it)\b",
        text,
    )
    if turned:
        return f"y = x {'-' if turned[2] == 'less' else '+'} {_value(source, turned[1])}", 1
    other = r"(?:the other(?: angle)?|its (?:supplement|complement)|the second)"
    told = re.search(
        rf"\bis (?:(#\d+) (more|less|greater|smaller|larger) than )?(?:(twice|half|#\d+ times) )?"
        rf"(?:as (?:large|big|much) as )?(?:that of )?{other}",
        text,
    )
    if told is None or not (told[1] or told[3]):
        return None
    right, used = "y", 0
    if told[3]:
        used += told[3].startswith("#")
        factor = {"twice": "2", "half": "1/2"}.get(told[3])
        right = f"{factor or _value(source, told[3].split()[0])}*y"
    if told[1]:
        used += 1
        sign = "-" if told[2] in {"less", "smaller"} else "+"
        right += f" {sign} {_value(source, told[1])}"
    return f"x = {right}", used


# --- triangles


def _triangle(source: Masked) -> Iterator[Figure]:
    text = source.text
    if not re.search(r"\btriangle\b", text) or "angle" not in text.replace("triangle", ""):
        return
    if re.search(r"\bisosceles|equilateral|exterior|bisect|right triangle", text):
        return
    letters = {"x": "first angle", "y": "second angle", "z": "third angle"}
    ask = text[[m.start() for m in ASK.finditer(text)][-1] :]
    ratio = re.search(r"\bratio (?:of )?(#\d+) ?(?::|to) ?(#\d+) ?(?::|to) ?(#\d+)", text)
    given = [_value(source, f"#{i}") for i in range(len(source.values))]
    if ratio and len(given) == 3 and not re.search(r"\bx\b", text):
        facts = (f"x*{given[1]} = y*{given[0]}", f"y*{given[2]} = z*{given[1]}")
        order = sorted(range(3), key=lambda i: float(_plain(given[i])))
        if re.search(_LARGE, ask):
            asked: tuple[str, ...] = ("xyz"[order[-1]],)
        elif re.search(_SMALL, ask):
            asked = ("xyz"[order[0]],)
        else:
            asked = ("x", "y", "z")
        yield Figure(
            name="triangle", letters=letters, formulas=("x + y + z = 180",), facts=facts,
            asked=asked,
        )  # fmt: skip
    elif (
        len(given) == 2
        and re.search(r"\bthird\b|\bother angle\b|\bremaining\b", text)
        and re.search(r"\bangles?\b[^.]* (?:are|is|measure|measures|of) #0(?: and| ,|,)", text)
    ):
        facts = (f"x = {given[0]}", f"y = {given[1]}")
        yield Figure(
            name="triangle", letters=letters, formulas=("x + y + z = 180",), facts=facts,
            asked=("z",),
        )  # fmt: skip
    else:
        yield from _by_letter(text, source)


def _by_letter(text: str, source: Masked) -> Iterator[Figure]:
    """Three angles told by a letter: `The angles of a triangle are x, 2x and 3x + 6`."""
    restored = re.sub(r"#(\d+) ", lambda m: source.values[int(m[1])], text)
    part = r"(\d*x(?: ?[+-] ?\d+)?|\d+)"
    told = re.search(
        rf"angles? [a-z ]*?(?:are|is|measure|of) {part}, {part},? and {part}\b", restored
    )
    if told is None or "x" not in "".join(told.groups()):
        return
    ask = re.search(r"\b(?:find|what is|determine)\b (?:the value of )?x\b", restored)
    if ask is None:
        return
    terms = [re.sub(r"(\d)x", r"\1*x", one) for one in told.groups()]
    total = " + ".join(f"({one})" for one in terms)
    yield Figure(
        name="triangle",
        letters={"x": "unknown in the angles"},
        formulas=(),
        facts=(f"{total} = 180",),
        asked=("x",),
    )


def _plain(value: str) -> str:
    return value if re.fullmatch(r"\d+(?:\.\d+)?", value) else "0"


def _isosceles(source: Masked) -> Iterator[Figure]:
    text = source.text
    if not re.search(r"\bisosceles triangle\b", text) or len(source.values) != 1:
        return
    apex = r"(?:vertex|apex|top) angle"
    base = r"base angles?"
    given = re.search(rf"\b(?:({apex})|({base}))[^.?#]*?(?:is|are|of|measures?|=) #0", text)
    ask = text[[m.start() for m in ASK.finditer(text)][-1] :]
    wants_apex, wants_base = re.search(apex, ask), re.search(base, ask)
    if given is None or bool(wants_apex) == bool(wants_base):
        return
    if bool(given[1]) == bool(wants_apex):
        return
    letters = {"v": "vertex angle", "b": "base angle"}
    yield Figure(
        name="isosceles triangle",
        letters=letters,
        formulas=("v + 2*b = 180",),
        facts=(f"{'v' if given[1] else 'b'} = {source.values[0]}",),
        asked=("v" if wants_apex else "b",),
    )


# --- polygons

_MEASURES = (
    (r"sum of (?:the |its )?(?:measures of (?:the |its )?)?(?:interior )?angles", "S"),
    (r"(?:each |one |an |the )?(?:measure of (?:each |an |one )?)?interior angle", "a"),
    (r"(?:each |one |an |the )?(?:measure of (?:each |an |one )?)?exterior angle", "b"),
    (r"how many sides|number of sides", "n"),
    (r"how many diagonals|number of diagonals", "d"),
)


def _polygon(source: Masked) -> Iterator[Figure]:
    text = source.text
    named = re.search(
        rf"\b(?:{'|'.join(POLYGONS)})\b|\bpolygon\b|\b#\d+ ?-?(?:sided polygon|gon)\b", text
    )
    if named is None:
        return
    found = [(m.start(), letter) for pattern, letter in _MEASURES
             if (m := re.search(rf"\b(?:{pattern})\b", text))]  # fmt: skip
    if named.group() == "polygon" and not any(letter in "nab" for _, letter in found):
        return
    start = [m.start() for m in ASK.finditer(text)][-1]
    told = re.search(r"\b(?:if|whose|with)\b", text[start:])
    end = start + told.start() if told else len(text)
    asked = [letter for place, letter in found if start <= place < end]
    given = [letter for place, letter in found if not start <= place < end]
    if named.group() in POLYGONS:
        facts = [f"n = {POLYGONS[named.group()]}"]
        values = list[str]()
    else:
        facts, values = [], list(source.values)
    sides = re.search(r"#(\d+) ?-?(?:sides|sided)", text)
    if sides:
        facts.append(f"n = {values.pop(int(sides[1]))}")
    if (
        len(asked) != 1
        or len(given) != len(values)
        or len(values) > 1
        or len(facts) + len(values) != 1
    ):
        return
    if values:
        facts.append(f"{given[0]} = {values[0]}")
    regular = re.search(r"\bregular\b|\beach\b", text)
    if not regular and {*asked, *given} & {"a", "b"}:
        return
    yield Figure(
        name="polygon",
        letters={
            "n": "number of sides", "S": "sum of the interior angles", "a": "interior angle",
            "b": "exterior angle", "d": "number of diagonals",
        },
        formulas=("S = 180*(n - 2)", "a = S/n", "b = 360/n", "d = n*(n - 3)/2"),
        facts=tuple(facts),
        asked=(asked[0],),
    )  # fmt: skip
