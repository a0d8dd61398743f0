"""The deduction engine Yuclid (Apache-2.0, of the extra `geometry`), run as a program of its own.

It is given a figure and what holds in it, and returns a list of deductions, in which nothing is
believed: `replay` checks each of them.
"""

import contextlib
import json
import logging
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from assistants.errors import InputError, Unsupported

from .facts import Fact
from .forms import Chase, Equation, Segment, Statement, equation
from .proof import GIVEN, LAW, SAME, SEEN, Proof, ProofStep

logger = logging.getLogger(__name__)

ANGLES_AND_RATIOS = (
    "--disable-ar-dist", "--disable-ar-squared", "--disable-eqn-statements", "--disable-ar-sin",
)  # fmt: skip
"""Theorems, angles and ratios alone: the proofs that read best."""
WITH_SQUARES = ("--disable-ar-sin",)
"""Lengths and their squares as well."""
MAX_OUTPUT = 20_000_000
_CHASES = {
    "angle chasing": Chase.ANGLES,
    "ratio chasing": Chase.RATIOS,
    "length chasing": Chase.LENGTHS,
    "squared lengths chasing": Chase.SQUARES,
}
_POWERS = {"AngleE": 0, "DistE": 1, "SquaredDistE": 2}
_SEEN = frozenset({"diff", "ncoll", "npara", "nperp", "sameclock", "sameside", "nsameside"})
_TERM = re.compile(r"[|∠(]+(\w+)-(\w+)[|)]+(?:\^2)?")


class Unreadable(ValueError):
    """A deduction of a kind that is not replayed."""


@cache
def program() -> Path | None:
    """Return the engine's program, beside our interpreter or on the path; None without it."""
    beside = Path(sys.executable).parent / "yuclid"
    if beside.is_file():
        return beside
    found = shutil.which("yuclid")
    return Path(found) if found else None


def require() -> Path:
    """Return the engine's program. Raises `Unsupported`."""
    found = program()
    if found is None:
        raise Unsupported(
            "proofs of geometry need the engine Yuclid, which is not installed",
            hint="pip install 'plumb[geometry]'",
        )
    return found


def deduce(
    figure: Mapping[str, complex],
    given: Sequence[Fact],
    goals: Sequence[Fact],
    *,
    modes: Sequence[str] = ANGLES_AND_RATIOS,
    seconds: float = 10.0,
) -> Proof | None:
    """Return a proof of the goals, None where none was found in time.

    Raises:
        Unsupported: The engine is not installed.
    """
    path = require()
    names = {point: f"p{index}" for index, point in enumerate(figure)}
    text = "".join(_lines(figure, given, goals, names))
    command = [str(path), "--mode", "ddar", *modes, "--use-json", "--log-level", "fatal"]
    try:
        done = subprocess.run(
            command, input=text.encode(), capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return None
    if done.returncode or len(done.stdout) > MAX_OUTPUT:
        logger.debug("yuclid failed: %s", done.stderr[-300:])
        return None
    try:
        answer = json.loads(done.stdout)
        if answer["status"] != "solved":
            return None
        back = {short: point for point, short in names.items()}
        return Proof(steps=_steps(answer["deductions_for_goal"], back), goals=tuple(goals))
    except (Unreadable, KeyError, TypeError, ValueError) as error:
        logger.debug("a proof of yuclid could not be read: %s", error)
        return None


def _lines(
    figure: Mapping[str, complex],
    given: Sequence[Fact],
    goals: Sequence[Fact],
    names: Mapping[str, str],
) -> Iterator[str]:
    for point, place in figure.items():
        yield f"point {names[point]} {place.real!r} {place.imag!r}\n"
    for word, facts in (("assume", given), ("prove", goals)):
        for fact in facts:
            end = "" if fact.constant is None else f" {_ratio(fact.constant)}"
            yield f"{word} {fact.name} {' '.join(names[p] for p in fact.points)}{end}\n"


def _ratio(constant: Fraction) -> str:
    return f"{constant.numerator}/{constant.denominator}"


# --- reading its answer


@dataclass(frozen=True, slots=True)
class _Reader:
    back: Mapping[str, str]
    equations: dict[tuple[str, ...], Equation] = field(default_factory=dict)

    def gather(self, deductions: Sequence[Mapping[str, Any]]) -> None:
        """Take the terms of equations from where they are added up; elsewhere only points stand."""
        for deduction in deductions:
            for one in (*deduction["assumptions"], *deduction["assertions"]):
                power = _power(one["name"])
                if power is not None and "lhs_terms" in one:
                    self.equations[(one["name"], *one["points"])] = _equation(
                        power, one["lhs_terms"], self.back
                    )

    def statement(self, one: Mapping[str, Any]) -> Statement:
        name, points = one["name"], list(one["points"])
        if _power(name) is not None:
            return self.equations[(name, *points)]
        constant = None
        if name in {"aconst", "rconst"}:
            constant = Fraction(points.pop())
        places = tuple(self.back[point] for point in points)
        if name == "obtuse_angle":
            return Fact("between", (places[1], places[0], places[2]))
        with contextlib.suppress(InputError):
            return Fact(name, places, constant)
        raise Unreadable(name)


def _power(name: str) -> int | None:
    found = re.fullmatch(r"equation_N6Yuclid\d+(\w+E)", name)
    if name.startswith("equation") and (found is None or found.group(1) not in _POWERS):
        raise Unreadable(name)
    return _POWERS[found.group(1)] if found else None


def _equation(power: int, terms: Mapping[str, str], back: Mapping[str, str]) -> Equation:
    pairs: list[tuple[Segment, Fraction]] = []
    for term, count in terms.items():
        found = _TERM.fullmatch(term)
        if found is None:
            raise Unreadable(term)
        pairs.append(((back[found.group(1)], back[found.group(2)]), Fraction(count)))
    if power == 0:
        return Equation(0, tuple(sorted((_between(*segment), c) for segment, c in pairs)))
    return equation(power, pairs)


def _between(first: str, second: str) -> Segment:
    return (first, second) if first <= second else (second, first)


def _steps(
    deductions: Sequence[Mapping[str, Any]], back: Mapping[str, str]
) -> tuple[ProofStep, ...]:
    reader = _Reader(back)
    reader.gather(deductions)
    steps: list[ProofStep] = []
    for deduction in deductions:
        premises = tuple(reader.statement(one) for one in deduction["assumptions"])
        rule, counts = _rule(deduction), ()
        if rule in set(Chase):
            counts = tuple(Fraction(one["coeff"]) for one in deduction["assumptions"])
        steps += [
            ProofStep(rule=rule, premises=premises, conclusion=reader.statement(one), counts=counts)
            for one in deduction["assertions"]
        ]
    return tuple(steps)


def _rule(deduction: Mapping[str, Any]) -> str:
    match deduction["deduction_type"]:
        case "ar":
            return _CHASES[deduction["ar_reason"]].value
        case "num":
            return SEEN
        case "refl":
            return SAME
        case _:
            name = str(deduction["newclid_rule"])
            return {"By construction": GIVEN, "ignore": LAW}.get(name, name)
