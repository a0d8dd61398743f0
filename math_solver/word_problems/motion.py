"""Motion at constant speeds: towards each other, with and against a current, there and back."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from math_solver.reading import Question

from .draft import MAX_WORDS, Draft, plain_words, plan_text
from .mentions import Mention, mentions

_LENGTH = r"(?:miles?|mi|km|kilometers?|kilometres?|meters?|m|feet|ft|yards?|blocks?)"
_SPEED = re.compile(
    rf"^N\d+ ?(?:{_LENGTH} ?(?:/|per|an|a|every) ?(?:hours?|hrs?|h|seconds?|s"
    rf"|minutes?)\b|mph|km ?/ ?h|kph|kmh|km/hr)"
)
_HOURS = re.compile(r"^N\d+ (?:more )?(?:hours?|hrs?|h|minutes?|seconds?)\b")
_DISTANCE = re.compile(rf"^N\d+ ?{_LENGTH}\b(?! ?(?:/|per|an hour|a minute|faster|slower))")
_STEP = re.compile(
    r"^N\d+ ?(?:\S+ ){0,4}?(?:faster|slower|more|less)\b(?: than| \w+ than)?|^N\d+ "
    r"?(?:mph|km/h|kph) (?:faster|slower)"
)
_SLOWER = re.compile(r"\b(?:slower|less)\b")
_APART = re.compile(
    r"\b(?:opposite|towards?|apart|meet|each other|one another|east\b.*\bwest"
    r"|west\b.*\beast|north\b.*\bsouth|south\b.*\bnorth)\b"
)
_WITH = re.compile(
    r"\b(?:with (?:the|a) (?:current|wind|tail ?wind)|downstream|tail ?wind|with a tail "
    r"wind|down (?:the )?(?:river|stream)|flying with|with the flow)\b"
)
_AGAINST = re.compile(
    r"\b(?:against|upstream|head ?wind|return|back|up (?:the )?(?:river|stream)|into)\b"
)


_SHORT = 32


def by_motion(question: Question) -> Iterator[Draft]:
    """Yield drafts of problems of motion at constant speeds."""
    text = plain_words(question)
    if len(text.split()) > MAX_WORDS or question.formulas:
        return
    if not re.search(
        r"\b(?:speed|fast|far|miles|mph|km|kilometers?|hours?|rate|travel\w*|apart|still)\b", text
    ):
        return
    found = [m for m in mentions(text, question) if not _counting(text, m)]
    if any(m.kind != "plain" for m in found) or re.search(
        r"\b(?:work|gallons?|fuel|cost|charges?)\b", text
    ):
        return
    counted = frozenset(f"N{i}" for i in range(len(question.numbers))) - {m.name for m in found}
    for maker in (_currents, _apart, _there_and_back, _steady):
        yield from (replace(draft, counted=counted) for draft in maker(text, found))


def _counting(text: str, mention: Mention) -> bool:
    tail = text[mention.start :]
    return mention.value in {1, 2, 3} and not re.match(
        rf"N\d+ (?:hours?|hrs?|minutes?|{_LENGTH}|h|mph|more|times)\b", tail
    )


def _sorted(text: str, found: Sequence[Mention]) -> dict[str, list[Mention]] | None:
    """Return the speeds, differences of speed, times and distances; None where one is neither."""
    kinds: dict[str, list[Mention]] = {"speed": [], "step": [], "time": [], "distance": []}
    for mention in found:
        tail = text[mention.start : mention.start + 60]
        for kind, pattern in (
            ("step", _STEP),
            ("speed", _SPEED),
            ("time", _HOURS),
            ("distance", _DISTANCE),
        ):
            if pattern.match(tail):
                kinds[kind].append(mention)
                break
        else:
            if re.match(r"N\d+ and N\d+", tail) or re.match(r"N\d+\s*[.,]", tail):
                kinds["speed"].append(mention)
            else:
                return None
    minutes = re.search(r"\bN\d+ minutes?\b", text) and re.search(r"\bhour\b|mph|km/h", text)
    return None if minutes else kinds


# --- one body at one speed

_STEADY = {
    "speed": re.compile(
        r"\bhow fast (?:is|was|did|does|do)\b|\b(?:what (?:is|was)|find|at what) (?:\w+ ){0,3}?"
        r"(?:speed|rate)\b"
    ),
    "distance": re.compile(r"\bhow far\b|\bwhat distance\b|\bhow many (?:miles|km|kilometers)\b"),
    "time": re.compile(r"\bhow long\b|\bhow much time\b|\bhow many hours\b"),
}
_UNSTEADY = re.compile(
    r"\b(?:each|every|more|less|than|faster|slower|still|left|then|after|before|again|stops?"
    r"|stopped|rest|first|half|twice|times|back|return\w*|both|another|other|total|per day|daily"
    r"|uses?|used|gas|fuel|gallons?|costs?|pays?|needs?|wants?|has to|until|late|early|average)\b"
)


def _steady(text: str, found: Sequence[Mention]) -> Iterator[Draft]:
    """Two of distance, speed and time are given, of one body, and the third is asked for."""
    if len(found) != 2 or _UNSTEADY.search(text) or len(text.split()) > _SHORT:
        return
    kinds = _sorted(text, found)
    asked = [kind for kind, pattern in _STEADY.items() if pattern.search(text)]
    if kinds is None or len(asked) != 1 or kinds["step"] or kinds[asked[0]]:
        return
    wanted = re.search(r"\bin ([a-z]+) (?:per|an?) ([a-z]+)", text)
    if wanted and not all(re.search(rf"N\d+ {w[:4]}", text) for w in wanted.groups()):
        return
    given = {kind: some[0].name for kind, some in kinds.items() if len(some) == 1}
    if len(given) != 2:  # two of the three
        return
    whole = {
        "speed": "{distance} / {time}",
        "distance": "{speed} * {time}",
        "time": "{distance} / {speed}",
    }[asked[0]]
    yield Draft(source=f"answer {whole.format(**given)}")


# --- towards each other, or in opposite directions


def _apart(text: str, found: Sequence[Mention]) -> Iterator[Draft]:
    if not _APART.search(text) or re.search(
        (
            r"\b(?:same direction|catch|overtake|later|head start|before|N\d+ hours? after"
            r"|p\.?m\b|a\.?m\b|o'?clock|upstream|current|wind)\b"
        ),
        re.sub(r"N\d+ (?:hours?|hr|hrs) later", "", text),
    ):
        return
    kinds = _sorted(text, found)
    if kinds is None or len(kinds["distance"]) != 1:
        return
    speeds, steps, times = kinds["speed"], kinds["step"], kinds["time"]
    distance = kinds["distance"][0].name
    if len(speeds) == 2 and not steps and not times:
        if re.search(
            r"\b(?:how long|how many (?:hours|minutes|seconds)|when|what time|how much time)\b",
            text,
        ):
            equation = (f"{speeds[0].name} * x + {speeds[1].name} * x", distance)
            yield Draft(
                source=plan_text({"x": "the time until then"}, [equation], ["x"], ["x > 0"])
            )
    elif len(times) == 1 and not speeds and len(steps) <= 1:
        yield from _unknown_speeds(text, steps, times[0].name, distance)
    elif len(times) == 1 and len(speeds) == 1 and not steps and _asks_speed(text):
        equation = (f"{times[0].name} * {speeds[0].name} + {times[0].name} * x", distance)
        unknowns = {"x": "the speed of the other"}
        yield Draft(source=plan_text(unknowns, [equation], ["x"], ["x > 0"]))


def _asks_speed(text: str) -> bool:
    """Whether the one speed that is not given is asked for."""
    ask = text.split("?", maxsplit=1)[0][-120:]
    related = re.search(r"\b(?:twice|times|differ|slower|faster)\b", text)
    return bool(re.search(r"\b(?:speed|rate|how fast)\b", ask)) and not related


def _unknown_speeds(
    text: str, steps: Sequence[Mention], time: str, distance: str
) -> Iterator[Draft]:
    """One is so much faster than the other, or so many times as fast: x is the faster."""
    factor = re.search(r"\b(twice|N\d+ times) (?:as fast|the (?:speed|rate)|faster)", text)
    if len(steps) == 1:
        relation = ("x", f"y + {steps[0].name}")
    elif factor:
        relation = ("x", f"{factor[1].split()[0].replace('twice', '2')} * y")
    else:
        return
    asked = _which(text)
    if asked is not None:
        equations = [relation, (f"{time} * x + {time} * y", distance)]
        unknowns = {"x": "the speed of the faster one", "y": "the speed of the slower one"}
        yield Draft(source=plan_text(unknowns, equations, asked, ["y > 0"]))


def _which(text: str) -> tuple[str, ...] | None:
    """Return whether the faster, the slower or both speeds are asked for."""
    relation = re.search(
        (
            r"([^.;?]*?)\bN\d+ ?(?:\S+ ){0,4}?(faster|slower|more|less)\b(?: \w+)? than (?:the "
            r"|a )?([\w]+(?: \w+)?)|([^.;?]*?)(?:twice|N\d+ times)(?: as)? fast as ([\w]+)"
        ),
        text,
    )
    wanted: list[str] = []
    for ask in re.finditer(
        r"\b(?:how fast|what (?:is|are|was|were)|find|determine|at what)\b([^.?]*)", text
    ):
        tail = ask[1]
        if re.search(r"\beach|\bboth|\bspeeds\b|\brates\b|\bthey\b|\btheir\b", tail):
            wanted += ["x", "y"]
        elif re.search(r"\bslower\b", tail):
            wanted.append("y")
        elif re.search(r"\bfaster\b", tail):
            wanted.append("x")
        elif relation is not None:
            one = _by_name(tail, relation)
            if one is None:
                return None
            wanted.append(one)
    return tuple(dict.fromkeys(wanted)) or None


def _by_name(tail: str, relation: re.Match[str]) -> str | None:
    slower = relation[2] in {"slower", "less"}
    other = (relation[3] or relation[5] or "").split()
    subject = re.findall(r"[a-z]{3,}", (relation[1] or relation[4] or ""))[-4:]
    words = set(re.findall(r"[a-z]{3,}", tail)) - {
        "the",
        "train",
        "car",
        "speed",
        "rate",
        "does",
        "was",
        "and",
        "plane",
        "going",
        "travels",
        "traveling",
        "travel",
    }
    in_other = bool(words & set(other))
    in_subject = bool(words & set(subject)) and not in_other
    if in_other == in_subject:
        return None
    first = "y" if slower else "x"
    return first if in_subject else ("x" if first == "y" else "y")


# --- with and against a current


def _currents(text: str, found: Sequence[Mention]) -> Iterator[Draft]:
    if not re.search(
        r"\b(?:current|wind|stream|upstream|downstream|tailwind|headwind|still water|calm)\b", text
    ):
        return
    kinds = _sorted(text, found)
    forward, back = _WITH.search(text), _AGAINST.search(text)
    if kinds is None or forward is None or back is None or kinds["step"]:
        return
    down = forward.start() < back.start()
    equations = _legs(text, kinds, down=down)
    asked = _moving(text)
    if equations is None or asked is None:
        return
    unknowns = {"x": "the speed in still water or air", "y": "the speed of the current or wind"}
    yield Draft(source=plan_text(unknowns, equations, asked, ["x > 0", "y >= 0"]))


def _legs(
    text: str, kinds: dict[str, list[Mention]], *, down: bool
) -> list[tuple[str, str]] | None:
    speeds, times, distances = kinds["speed"], kinds["time"], kinds["distance"]
    first, second = ("(x + y)", "(x - y)") if down else ("(x - y)", "(x + y)")
    if (
        len(speeds) == 2
        and not times
        and not distances
        and not re.search(r"\bstill (?:water|air)\b[^?.]*\bN\d", text)
    ):
        return [(first, speeds[0].name), (second, speeds[1].name)]
    if speeds or len(times) != 2:
        return None
    if len(distances) == 1 or (len(distances) == 2 and distances[0].value == distances[1].value):
        return [
            (f"{first} * {times[0].name}", distances[0].name),
            (f"{second} * {times[1].name}", distances[-1].name),
        ]
    if len(distances) == 2:
        return [
            (f"{first} * {times[0].name}", distances[0].name),
            (f"{second} * {times[1].name}", distances[1].name),
        ]
    return None


def _moving(text: str) -> tuple[str, ...] | None:
    wanted: list[str] = []
    for ask in re.finditer(
        r"\b(?:how fast|what (?:is|are|was|were)|find|determine|calculate)\b([^.?]*)", text
    ):
        tail = ask[1]
        still = re.search(
            (
                r"\b(?:still|calm|boat|plane|airplane|jet|swimmer|canoe|kayak|paddl\w+|motorboat"
                r"|bird|row|ship)\b"
            ),
            tail,
        )
        flow = re.search(r"\b(?:current|wind|stream|river)\b", tail)
        if still:
            wanted.append("x")
        if flow and not re.search(r"\b(?:no|without) (?:current|wind)\b", tail):
            wanted.append("y")
    return tuple(dict.fromkeys(wanted)) or None


# --- there and back


def _there_and_back(text: str, found: Sequence[Mention]) -> Iterator[Draft]:
    if not re.search(r"\b(?:return(?:ed|s|ing)?|back|round trip)\b", text) or re.search(
        r"\b(?:wind|current|upstream)\b", text
    ):
        return
    kinds = _sorted(text, found)
    if (
        kinds is None
        or kinds["step"]
        or kinds["distance"]
        or len(kinds["speed"]) != 2
        or len(kinds["time"]) != 1
    ):
        return
    total = re.search(r"\b(?:total|entire|whole|round trip|altogether|combined|took N\d+)\b", text)
    far = re.search(r"\bhow far\b|\b(?:what|find|determine|calculate)\b[^.?]*\bdistance\b", text)
    if not total or not far or re.search(r"\b(?:less|longer|more|shorter)\b", text):
        return
    a, b = (m.name for m in kinds["speed"])
    equation = (f"x / {a} + x / {b}", kinds["time"][0].name)
    asked = "2 * x" if re.search(r"\b(?:total distance|round trip distance)\b", text) else "x"
    yield Draft(source=plan_text({"x": "the distance one way"}, [equation], [asked], ["x > 0"]))
