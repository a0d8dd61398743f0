"""Trips at constant speeds: in parts, there and back, one after the other, on moving water."""

import re
from collections.abc import Iterator

from math_solver.word_problems.draft import Draft

from .amounts import Facts, Given

_WITH = (
    r"\b(?:with (?:the|a|an) (?:\w+ )?(?:current|wind)|downstream"
    r"|down (?:the )?(?:river|stream)|tail ?wind|downwind)\b"
)
_AGAINST = r"\b(?:against|upstream|head ?wind|up (?:the )?(?:river|stream)|upwind|into the wind)\b"
_FLOWING = r"\b(?:current|wind|stream|river|upstream|downstream|upwind|downwind)\b"
_STILL = (
    r"\b(?:still|calm|speed of the (?:boat|plane)|(?:boat|plane|team|canoe|kayak)[^.;]*\bspeed"
    r"|relative to the water)\b"
)
HOW_FAR = (
    r"\b(?:how far|how many (?:miles|km|kilometers)|(?:what|find|determine)[^.?]*\bdistance)\b"
)
HOW_LONG = (
    r"\b(?:how long|how (?:many|much) (?:hours?|minutes?|time)|(?:what|find)[^.?]*\btime|when)\b"
)
_HOW_FAST = r"\b(?:how fast|(?:what|find|determine|calculate)[^.?]*\b(?:speed|rate|velocity))\b"


def trips(facts: Facts) -> Iterator[Draft]:
    """Yield drafts of all kinds of trips."""
    hourly = all(
        re.search(r"h$|/ ?h|hour|hr", _whole_unit(facts, one)) for one in facts.of("speed")
    )
    hours = {one.unit for one in facts.of("time")} <= {"hour", "hr"}
    if facts.of("speed") and hourly != hours and facts.of("time") and not facts.says(_FLOWING):
        return
    if facts.says(_FLOWING):
        yield from _on_water(facts)
        return
    for situation in (_in_two_parts, _there_and_back, _catching_up, _drawing_apart):
        yield from situation(facts)


def _whole_unit(facts: Facts, speed: Given) -> str:
    """The words of a speed's unit."""
    found = re.match(r" ?\S+(?: ?(?:/|per|an?|each|every) ?\S+)?", facts.text[speed.end :])
    return found.group().rstrip(" .,;?") if found else ""


# --- a current or a wind


def _on_water(facts: Facts) -> Iterator[Draft]:
    """One of the two speeds is known; the same time, or the same way, with and against."""
    forward, back = re.search(_WITH, facts.text), re.search(_AGAINST, facts.text)
    speeds = facts.of("speed")
    asked = re.search(_HOW_FAST, facts.asked)
    if len(speeds) != 1 or not (forward or back) or not asked:
        return
    flow = _is_flow(facts, speeds[0])
    wants_flow = re.search(
        r"\b(?:current|wind|river|stream|water)\b(?![^?.]*\bstill\b)", facts.asked
    )
    if flow == bool(wants_flow) or re.search(r"\band\b", facts.asked):
        return
    first_is_with = forward is not None and (back is None or forward.start() < back.start())
    if facts.fits(speed=1, length=2) and facts.says(
        r"\bsame (?:amount of |length of )?time\b|\bas (?:long|much time)\b"
    ):
        pair = facts.of("length")
    elif facts.fits(speed=1, time=2) and facts.says(
        r"\b(?:return|back|trip|same|upstream|against)\b"
    ):
        pair = facts.of("time")
        first_is_with = not first_is_with
        if pair[0].unit != pair[1].unit:
            return
    else:
        return
    along, opposed = pair if first_is_with else (pair[1], pair[0])
    known = speeds[0].name
    still, moving = ("x", known) if flow else (known, "x")
    equation = (f"({still} - {moving}) * {along.name}", f"({still} + {moving}) * {opposed.name}")
    meaning = "the speed in still water or air" if flow else "the speed of the current or wind"
    yield facts.draft({"x": meaning}, [equation], ["x"], ["x > 0"])


def _is_flow(facts: Facts, speed: Given) -> bool:
    """Whether a speed is that of the water or the air."""
    sentence = re.split(r"[.?!;]", facts.text[: speed.start])[-1]
    sentence += re.split(r"[.?!;]", facts.text[speed.end :])[0]
    own = re.search(_STILL + r"|\b(?:boat|plane|jet|canoe|kayak|team|swimmer|rower)\b", sentence)
    return bool(re.search(r"\b(?:current|wind|stream|river|water)\b", sentence)) and not own


# --- two parts of one trip


def _in_two_parts(facts: Facts) -> Iterator[Draft]:
    """A way and a time altogether, and a speed for each of two parts."""
    if not facts.fits(speed=2, time=1, length=1) or facts.says(
        r"\b(?:apart|meet|toward|opposite|same direction|catch|overtake|later|head start)\b"
    ):
        return
    first, second = facts.of("speed")
    whole, time = facts.of("length")[0], facts.of("time")[0]
    low, high = sorted((first.value, second.value))
    if not low * time.value < whole.value < high * time.value:
        return
    asked = _parts_asked(facts, first, second)
    if asked is None:
        return
    unknowns = {"x": f"the time at {first.name}", "y": f"the time at {second.name}"}
    equations = [
        ("x + y", time.name),
        (f"{first.name} * x + {second.name} * y", whole.name),
    ]
    yield facts.draft(unknowns, equations, asked, ["x > 0", "y > 0"])


def _parts_asked(facts: Facts, first: Given, second: Given) -> tuple[str, ...] | None:
    """Return which times or ways are asked for, by the words round each speed."""
    far, long = re.search(HOW_FAR, facts.asked), re.search(HOW_LONG, facts.asked)
    if bool(far) == bool(long):
        return None
    amounts = ("x", "y") if long else (f"{first.name} * x", f"{second.name} * y")
    if re.search(r"\b(?:each|both)\b", facts.asked):
        return amounts
    near = [_words_round(facts, one) for one in (first, second)]
    wanted = _stems(facts.asked)
    only = (wanted & (near[0] - near[1]), wanted & (near[1] - near[0]))
    if bool(only[0]) == bool(only[1]):
        return None
    return (amounts[0],) if only[0] else (amounts[1],)


def _words_round(facts: Facts, one: Given) -> set[str]:
    """The stems of the words of the clause in which an amount stands."""
    before = re.split(r"[.?!;,]|\b(?:and|but|while|then|whereas)\b", facts.text[: one.start])[-1]
    after = re.split(r"[.?!;,]|\b(?:and|but|while|then|whereas)\b", facts.text[one.end :])[0]
    return _stems(f"{before} {one.name} {after}")


_EMPTY = frozenset(
    "the and for rate mile hour speed per how long far many time did does she her his was were"
    " spend spent part trip average averaged travel traveled what find you way from with rest that"
    " this they then total whole went going drive drove driven all each minute second".split()
)


def _stems(text: str) -> set[str]:
    words = {w[:4] for w in re.findall(r"[a-z]{3,}", text) if w.removesuffix("s") not in _EMPTY}
    return words | set(re.findall(r"N\d+", text))


def _there_and_back(facts: Facts) -> Iterator[Draft]:
    """The same way at two speeds, and the time of both together."""
    if not facts.fits(speed=2, time=1) or not facts.says(
        r"\b(?:return\w*|back|round trip|way home|there and|turned around)\b"
    ):
        return
    if facts.says(r"\b(?:less|longer|more|shorter|faster|slower|later|apart|late|early)\b"):
        return
    going, returning = facts.of("speed")
    time = facts.of("time")[0]
    if re.search(HOW_FAR, facts.asked):
        both = re.search(r"\b(?:total|round trip|altogether) distance\b", facts.asked)
        asked = ("2 * x" if both else "x",)
    elif re.search(HOW_LONG, facts.asked):
        part = _parts_asked(facts, going, returning)
        if part is None:
            return
        ways = {"x": f"x / {going.name}", "y": f"x / {returning.name}"}
        asked = tuple(ways[one] for one in part)
    else:
        return
    equation = (f"x / {going.name} + x / {returning.name}", time.name)
    yield facts.draft({"x": "the distance one way"}, [equation], asked, ["x > 0"])


# --- one after the other


def _catching_up(facts: Facts) -> Iterator[Draft]:
    """The second starts later and is faster: when does it catch up?"""
    if not facts.fits(speed=2, time=1) or not facts.says(
        r"\b(?:catch(?:es)?|caught|overtakes?|overtaken?|reach(?:es)?)\b"
    ):
        return
    if not facts.says(r"\b(?:later|after|head start|before)\b") or facts.says(r"\bopposite\b"):
        return
    first, second = facts.of("speed")
    time = facts.of("time")[0]
    slow, fast = (first, second) if first.value < second.value else (second, first)
    far, long = re.search(HOW_FAR, facts.asked), re.search(HOW_LONG, facts.asked)
    if slow.value == fast.value or bool(far) == bool(long):
        return
    slow_asked = re.search(r"\bafter the (?:first|slower)\b", facts.asked)
    if slow_asked:
        return
    equation = (f"{fast.name} * x", f"{slow.name} * (x + {time.name})")
    asked = "x" if long else f"{fast.name} * x"
    yield facts.draft({"x": "the time of the faster one"}, [equation], [asked], ["x > 0"])


def _drawing_apart(facts: Facts) -> Iterator[Draft]:
    """Two start together, in one direction or in opposite ones; when are they so far apart?"""
    if not facts.fits(speed=2, length=1) or not facts.says(r"\bapart\b"):
        return
    if not re.search(HOW_LONG, facts.asked) or facts.says(r"\b(?:later|head start|p\.?m)\b"):
        return
    same, opposite = facts.says(r"\bsame direction\b"), facts.says(r"\bopposite\b")
    first, second = facts.of("speed")
    if same == opposite or first.value == second.value:
        return
    fast, slow = (first, second) if first.value > second.value else (second, first)
    sign = "-" if same else "+"
    equation = (f"{fast.name} * x {sign} {slow.name} * x", facts.of("length")[0].name)
    yield facts.draft({"x": "the time until then"}, [equation], ["x"], ["x > 0"])
