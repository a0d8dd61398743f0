"""What the model looks at: hashed features of one quantity, and of two that may be joined."""

import zlib
from collections.abc import Iterator, Sequence

from .quantities import Quantity, Scene

SIZE = 1 << 13
"""Rows of the weights; features share them by a checksum of their text."""
_CUES = frozenset(
    "each every per total altogether all left remain remaining rest more less few fewer than time"
    " half of both share split divide equal equally average another together combined also then"
    " now ago later old cost spend pay earn save sell buy give lose eat use need want same as"
    " already still after before first next last off discount increase decrease profit change back"
    " far long take speed hour minute day week month year many much difference percent remaining"
    " ratio large long weigh find get make collect throw break die born away out".split()
)
_BETWEEN = 9


def hashed(texts: Sequence[str]) -> list[int]:
    """Return the rows of features."""
    return [zlib.crc32(text.encode()) % SIZE for text in texts]


def own_features(quantity: Quantity, role: str) -> list[str]:
    """Return what is said of one quantity, in the part that it plays."""
    q = quantity
    found = [
        f"{role} kind {q.kind}",
        f"{role} kind {q.kind} per {bool(q.per)}",
        f"{role} made {q.made_by}",
        f"{role} asked {q.asked}",
        f"{role} unit {q.unit}",
    ]
    if q.made_by:
        return found
    found += [f"{role} {offset} {word}" for offset, word in zip("abcdef", q.own, strict=False)]
    if len(q.own) == 6:
        found += [f"{role} cd {q.own[2]} {q.own[3]}", f"{role} de {q.own[3]} {q.own[4]}"]
    if q.per:
        found.append(f"{role} per {q.per == 'each'}")
    return [*found, *(f"{role} in {word}" for word in q.words & _CUES)]


def need_features(scene: Scene, index: int) -> list[str]:
    """Return what speaks for or against needing a quantity at all."""
    q = scene.quantities[index]
    others = [o for i, o in enumerate(scene.quantities) if i != index]
    same = sum(o.unit == q.unit for o in others)
    known = {o.unit for o in others} | {o.per for o in others}
    return [
        *own_features(q, "need"),
        "need",
        f"need value {q.value if q.value < 13 and q.kind != 'money' else '-'}",
        f"need among {min(len(others), 5)} {q.kind}",
        f"need same unit {min(same, 2)} {q.kind}",
        f"need unit asked {q.unit == scene.unit} {q.kind}",
        f"need per known {q.per in known if q.per else '-'}",
        f"need asked word {q.unit in scene.question if q.unit else '-'}",
        f"need twice {any(o.value == q.value for o in others)}",
        f"need owner asked {q.owner == scene.owner if q.owner and scene.owner else '-'}",
        *(f"need {q.kind} {q.unit} asks {w}" for w in scene.question & _CUES
          if q.kind == "constant"),
    ]  # fmt: skip


def pair_features(scene: Scene, left: Quantity, right: Quantity, count: int) -> list[str]:
    """Return what is said of two quantities together; `count` is how many there are still."""
    same_unit = _same(left.unit, right.unit)
    last = count == 2
    cues = scene.question & _CUES
    asked = (_same(left.unit, scene.unit), _same(right.unit, scene.unit))
    rates = _rates(left, right)
    kinds = f"{left.kind} {right.kind}"
    found = [
        "pair",
        f"kinds {kinds}",
        f"kinds {kinds} {rates}",
        f"kinds {kinds} unit {same_unit}",
        f"rates {rates} last {last}",
        f"unit {same_unit} last {last}",
        f"unit {same_unit} rates {rates} made {left.made_by} {right.made_by}",
        f"made {left.made_by} {right.made_by} last {last}",
        f"asked {asked} {same_unit}",
        f"asked {asked} {rates}",
        f"last {last} count {min(count, 5)}",
        f"owner {_same(left.owner, right.owner)} unit {same_unit}",
        f"owners {_same(left.owner, scene.owner)} {_same(right.owner, scene.owner)}",
        f"order {left.value > right.value} {left.value == right.value} unit {same_unit}",
        f"whole {_divides(left, right)} {_divides(right, left)} {rates}",
        f"apart {min(right.sentence - left.sentence, 3)}",
        f"asks {scene.opening}",
        f"asks {scene.opening} unit {same_unit} last {last}",
    ]
    found += [f"asks {word} unit {same_unit} last {last}" for word in cues]
    found += [f"asks {word} rates {rates}" for word in cues]
    found += own_features(left, "left")
    found += own_features(right, "right")
    return [*found, *_between(scene, left, right), *_verbs(left, right)]


def _same(left: str, right: str) -> str:
    """Say whether two words are the same, or one of them is not known."""
    return "-" if not left or not right else str(left == right)


def _rates(left: Quantity, right: Quantity) -> str:
    """Say how two quantities fit as a rate and an amount."""
    if not left.per and not right.per:
        return "none"
    if left.per and right.per:
        return f"both {left.per == right.per} {left.unit == right.unit}"
    rate, amount = (left, right) if left.per else (right, left)
    side = "left" if left.per else "right"
    fits = rate.per == amount.unit or rate.per in amount.words
    return f"{side} {fits} {rate.unit == amount.unit} {rate.per == 'each'}"


def _divides(left: Quantity, right: Quantity) -> bool:
    return right.value > 1 and (left.value / right.value).denominator == 1


def _between(scene: Scene, left: Quantity, right: Quantity) -> Iterator[str]:
    """Yield the words between two numbers that stand close to each other."""
    if left.made_by or right.made_by:
        return
    inside = scene.tokens[left.place + 1 : right.place]
    yield f"near {min(len(inside), _BETWEEN)}"
    if len(inside) < _BETWEEN:
        shown = ["#" if w[0] == "N" and w[1:].isdigit() else w for w in inside]
        yield from (f"between {word}" for word in shown)
        if len(shown) < 4:
            yield f"between all {' '.join(shown)}"


def _verbs(left: Quantity, right: Quantity) -> Iterator[str]:
    """Yield the cues of both sentences side by side where there are few."""
    first, second = left.words & _CUES, right.words & _CUES
    if left.sentence != right.sentence:
        yield from (f"only left {word}" for word in first - second)
        yield from (f"only right {word}" for word in second - first)
    if len(left.own) == 6 and len(right.own) == 6:
        yield f"before {left.own[2]} {right.own[2]}"
        yield f"after {left.own[3]} {right.own[3]}"
