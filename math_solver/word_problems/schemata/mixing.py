"""Solutions to which water or the pure substance is added, that are replaced, or boiled down."""

import re
from collections.abc import Iterator

from math_solver.word_problems.draft import Draft

from .amounts import Facts, Given

_LIQUID = (
    r"\b(?:solutions?|mixture|antifreeze|acid|alcohol|salt|brine|alloy|bleach|coolant|sugar"
    r"|radiator)\b"
)
_WATER = r"\b(?:(?:pure |distilled )?water|(?:pure )?base)\b"
_PURE = r"\bpure (?!water)[a-z]+|\b(?:straight|undiluted) [a-z]+"
_REPLACED = r"\b(?:replaced?|replacing|drain(?:ed|s)?)\b"
_OF = r"(?: ?(?:of )?(?:an? |the )?(?:\w+ ){0,4}?(?:that is |is |are |containing )?)"


def mixing_with(facts: Facts) -> Iterator[Draft]:
    """Yield drafts for one solution that is changed."""
    if not facts.says(_LIQUID) or facts.says(r"\b(?:interest|invest\w*|discount|sale)\b"):
        return
    percents = _distinct(facts.of("percent"))
    volumes = _distinct(facts.of("volume"))
    if len(volumes) != 1 or len(facts.of("percent")) + len(facts.of("volume")) != len(facts.given):
        return
    if facts.says(_REPLACED):
        yield from _replaced(facts, percents, volumes[0])
    elif len(percents) == 2:
        yield from _changed(facts, percents, volumes[0])


def _distinct(given: list[Given]) -> list[Given]:
    kept: list[Given] = []
    for one in given:
        if all(one.value != other.value for other in kept):
            kept.append(one)
    return kept


def _changed(facts: Facts, percents: list[Given], volume: Given) -> Iterator[Draft]:
    """So much of a known strength is brought to another one: by how much of what?"""
    if re.match(rf"\s?[a-z]+ of {_WATER}", facts.text[volume.end :]):
        return
    before, after = _before_and_after(facts, percents, volume)
    asked = re.search(
        r"\bhow (?:many|much)\b[^.?]*|\bfind the (?:number|amount)\b[^.?]*", facts.text
    )
    if asked is None:
        return
    amount, wanted = volume.name, after.name
    rest = f"{before.name} * {amount}"
    if facts.says(r"\b(?:evaporated?|boiled|boil)\b"):
        if after.value > before.value:
            yield _one(facts, "the amount that goes", (rest, f"{wanted} * ({amount} - x)"))
    elif not facts.says(r"\badd(?:ed|ing)?\b|\bmix(?:ed|ing)?\b|\bdilute\b"):
        return
    elif after.value < before.value and re.search(_WATER, asked.group()):
        yield _one(facts, "the amount of water", (rest, f"{wanted} * ({amount} + x)"))
    elif after.value > before.value and _adds_pure(facts, asked.group()):
        equation = (f"{rest} + 100 * x", f"{wanted} * ({amount} + x)")
        yield _one(facts, "the amount of the pure substance", equation)


def _adds_pure(facts: Facts, asked: str) -> bool:
    """Whether what is added is the substance itself."""
    if re.search(_WATER, asked):
        return False
    return facts.says(_PURE) or bool(re.search(r"\bhow (?:many|much) [a-z ]*?of salt\b", asked))


def _before_and_after(facts: Facts, percents: list[Given], volume: Given) -> tuple[Given, Given]:
    """Tell the strength that a volume has from the one that is wanted."""
    first, second = percents
    tail = facts.text[volume.end :]
    near = re.match(rf"\s?[a-z]+{_OF}(N\d+)", tail)
    if near and near[1] == second.name:
        return second, first
    wanted = re.search(
        rf"\b(?:to|into|so that)\b[^.?]*?\b({first.name})\b",
        facts.text,
    )
    if wanted and first.start < volume.start:
        return second, first
    return first, second


def _replaced(facts: Facts, percents: list[Given], volume: Given) -> Iterator[Draft]:
    """Some is drained and replaced with what is pure, or stronger."""
    if not re.search(r"\bhow (?:many|much)\b", facts.asked):
        return
    rest = [one for one in percents if one.value != 100]
    pure = next((one.name for one in percents if one.value == 100), "")
    if len(rest) == 2 and (pure or re.search(_PURE, facts.text)):
        weak, strong = sorted(rest, key=lambda one: one.value)
        by = pure or "100"
    elif len(rest) == 3 and not pure:
        weak, strong, strongest = sorted(rest, key=lambda one: one.value)
        by = strongest.name
    else:
        return
    amount = volume.name
    equation = (f"{weak.name} * ({amount} - x) + {by} * x", f"{strong.name} * {amount}")
    yield _one(facts, "the amount that is replaced", equation)


def _one(facts: Facts, meaning: str, equation: tuple[str, str]) -> Draft:
    return facts.draft({"x": meaning}, [equation], ["x"], ["x > 0"])
