"""Properties: what holds between a function's results for every input that is tried.

`round trip`: the second function undoes the first. `idempotent`: twice is as once. `ordered`: the
result is the input in order. `equivalent`: two functions agree. One counter-example refutes; what
held is shown with the inputs that notice most wrong versions of the first function.
"""

from collections.abc import Callable
from types import ModuleType

from .checkpoints import CHECKPOINTS
from .codes import exchanged
from .inputs import Source
from .recipes import Recipe
from .running import Looked, Runner
from .target import Target

_ENOUGH, _LEAST, _SHOWN, _MOST = 25, 3, 6, 400
_JUDGING = 4.0  # seconds of the processor
_TELLING = 4  # inputs for which the property says more than that nothing happened
_FAILED = object()
_Names = dict[str, object]


def relate(
    module: ModuleType, first: Target, order: dict[str, object], runner: Runner, source: Source
) -> dict[str, object]:
    """Return inputs for which a property holds, or that it does not: `{"refuted": input}`."""
    names = [str(one) for one in order["names"]]  # type: ignore[attr-defined]
    holds = _PROPERTIES[str(order["kind"])](*(getattr(module, one) for one in names))
    needed = [one for one in first.parameters if not one.optional]
    end = CHECKPOINTS.spent() + float(str(order["seconds"]))
    held: dict[str, list[Recipe]] = {}
    telling = 0
    for _ in range(_MOST):
        if (len(held) >= _ENOUGH and telling >= _TELLING) or CHECKPOINTS.spent() > end:
            break
        made = [source.draw(source.choose.choice(one.kinds)) for one in needed]
        told = _try(runner, holds, made)
        if told == "False":
            return {"refuted": ", ".join(one.source() for one in made)}
        if told:
            held[", ".join(one.source() for one in made)] = made
            telling += told == "telling"
    if len(held) < _ENOUGH or telling < _TELLING:
        return {"refuted": "too few inputs fit"}
    return _shown(first, runner, holds, list(held.values()))


def _try(
    runner: Runner, holds: "Callable[..., object]", made: list[Recipe], version: int = -1
) -> str:
    """Return `telling`, `plain` or `False`; nothing where the input does not fit."""
    CHECKPOINTS.pass_by()

    def act(names: _Names) -> Looked:
        return Looked(holds(*(one.build(names) for one in made)))

    seen = runner.run(act, (version, hash(tuple(one.source() for one in made))))
    if seen.how == "raises":
        return ""
    if seen.how != "value" or seen.touched:
        return "False"
    return {"None": "", "True": "telling", "1": "plain"}.get(seen.value, "False")


def _shown(
    first: Target, runner: Runner, holds: "Callable[..., object]", held: list[list[Recipe]]
) -> dict[str, object]:
    """Choose inputs, the smallest first, that notice wrong versions which no other does."""
    held.sort(key=lambda made: sum(one.size() for one in made))
    alive = set(range(len(first.wrong)))
    chosen: list[list[Recipe]] = []
    patience, runner.seconds = runner.seconds, 0.1  # a version without end is noticed so
    end = CHECKPOINTS.spent() + _JUDGING
    try:
        for made in held:
            killed = _kills(first, lambda n, made=made: _try(runner, holds, made, n), alive, end)
            alive -= killed
            if killed and len(chosen) < _SHOWN:
                chosen.append(made)
    finally:
        runner.seconds = patience
    killed_all = len(first.wrong) - len(alive)
    others = [made for made in reversed(held) if made not in chosen]
    chosen += others[: max(0, _LEAST - len(chosen))]
    inputs = [[one.source() for one in made] for made in chosen]
    return {"inputs": inputs, "killed": killed_all, "tried": len(held)}


def _kills(first: Target, look: "Callable[[int], str]", alive: set[int], end: float) -> set[int]:
    killed: set[int] = set()
    for number in sorted(alive):
        if CHECKPOINTS.spent() > end:
            break
        with exchanged(first.function, first.wrong[number][1]):
            if look(number) in {"False", ""}:
                killed.add(number)
    return killed


def _round_trip(
    first: "Callable[[object], object]", second: "Callable[[object], object]"
) -> "Callable[[object], object]":
    def holds(value: object) -> object:
        made = first(value)
        if hasattr(made, "__next__"):
            return False
        back = _or_failed(second, made)
        return _told(bool(back == value and type(back) is type(value)), made != value)

    return holds


def _idempotent(first: "Callable[[object], object]") -> "Callable[[object], object]":
    def holds(value: object) -> object:
        once = first(value)
        if hasattr(once, "__next__"):
            return False
        return _told(bool(_or_failed(first, once) == once), once != value)

    return holds


def _ordered(first: "Callable[[list[object]], object]") -> "Callable[[list[object]], object]":
    def holds(value: list[object]) -> object:
        before = list(value)
        made = first(value)
        right = isinstance(made, list) and made == sorted(before)  # type: ignore[type-var]
        return _told(right, made != before)

    return holds


def _equivalent(
    first: "Callable[..., object]", second: "Callable[..., object]"
) -> "Callable[..., object]":
    def holds(*values: object) -> object:
        made = first(*values)
        if hasattr(made, "__next__"):
            return False
        return _told(bool(_or_failed(second, *values) == made), bool(made))

    return holds


def _or_failed(function: "Callable[..., object]", *values: object) -> object:
    """Return a result; what equals nothing where there is an error, which refutes."""
    try:
        return function(*values)
    except Exception:  # the code under test's own
        return _FAILED


def _told(right: bool, telling: bool) -> object:  # noqa: FBT001
    return (True if telling else 1) if right else False


_PROPERTIES: "dict[str, Callable[..., Callable[..., object]]]" = {
    "round trip": _round_trip,
    "idempotent": _idempotent,
    "ordered": _ordered,
    "equivalent": _equivalent,
}
