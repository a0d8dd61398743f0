"""Questions back: how many defects are noticed, what is asked, and how often nothing was wrong.

Defective problems are made from sound ones that the rules answer: a number taken away (an amount
becomes `some`), a sentence said twice with another number, and notation in two ways. `named` counts
the questions that name what is missing, wrong or unclear; `continued` those whose right reply leads
to the answer of the sound problem. Sound problems come from the development parts of mawps-single,
DRAW-1K and ALG514 and from plain formulas; asking about one of them is needless.
"""

import argparse
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _record import record
from word_problems import SETS

from assistants.answer import Answer, Status
from assistants.errors import InputError
from math_solver import Solution, solve
from math_solver.clarification import continued
from math_solver.reading import read_question

SEED = 11
MISSING, CONTRADICTORY, NOTATION = 240, 160, 120
_COUNTED = re.compile(r"(?<![\d.,$])(\d+)(?= [a-z])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """A defective problem, the sound one, what a good question names, and the right reply."""

    kind: str
    text: str
    sound: str
    named: str
    reply: str


def measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Measure the defects and the sound problems."""
    choose = random.Random(arguments.seed)
    share = (
        20 if arguments.quick else max(1, (MISSING + CONTRADICTORY + NOTATION) // arguments.size)
    )
    originals = _sound(choose, (MISSING + CONTRADICTORY) // share)
    made = [
        *_missing(originals, choose, MISSING // share),
        *_twice(originals, choose, CONTRADICTORY // share),
        *_notation(choose, NOTATION // share),
    ]
    counts = {kind: Counter[str]() for kind in ("missing", "contradictory", "notation")}
    for defect in made:
        _count(defect, counts[defect.kind])
    total = sum(counts.values(), Counter[str]())
    results: dict[str, Any] = {kind: _shares(found) for kind, found in counts.items()}
    results["all defects"] = _shares(total)
    plain = _plain(choose, NOTATION // share)
    results["sound problems"] = _needless([*originals, *plain])
    return results


def _count(defect: Defect, counts: Counter[str]) -> None:
    counts["made"] += 1
    answer = _solved(defect.text)
    if answer is None or answer.status is not Status.NEEDS_CLARIFICATION:
        counts["answered all the same"] += answer is not None and answer.best is not None
        return
    assert answer.clarification is not None
    counts["noticed"] += 1
    asked = f"{answer.clarification.question} {' '.join(answer.clarification.choices)}"
    counts["named"] += defect.named.lower() in asked.lower()
    whole = continued(defect.text, answer.clarification, defect.reply)
    after = _solved(whole) if whole else None
    before = _solved(defect.sound)
    if after is not None and before is not None and after.best and before.best:
        counts["continued"] += after.best.candidate.text() == before.best.candidate.text()


def _shares(counts: Counter[str]) -> Mapping[str, Any]:
    made = counts["made"]
    rows: dict[str, Any] = {"made": made}
    for name in ("noticed", "named", "continued", "answered all the same"):
        rows[name] = round(counts[name] / made, 4) if made else None
    return rows


def _needless(texts: Sequence[str]) -> Mapping[str, Any]:
    asked = [t for t in texts if (a := _solved(t)) and a.status is Status.NEEDS_CLARIFICATION]
    return {"problems": len(texts), "asked": len(asked), "share": round(len(asked) / len(texts), 4)}


def _solved(text: str) -> Answer[Solution] | None:
    try:
        return solve(text, seconds=10)
    except InputError:
        return None


# --- making problems


def _sound(choose: random.Random, size: int) -> list[str]:
    """Return different word problems that the rules answer."""
    rows = [row[0] for name in ("mawps-single", "draw", "alg514") for row in SETS[name](held=False)]
    choose.shuffle(rows)
    kept: list[str] = []
    for text in rows:
        answer = _solved(text.strip())
        if answer is not None and answer.status is Status.ANSWERED:
            kept.append(text.strip())
        if len(kept) == size:
            break
    return kept


def _missing(texts: Sequence[str], choose: random.Random, size: int) -> Iterator[Defect]:
    """Take away a number that counts something and that the sound answer depends on."""
    made = 0
    for text in texts:
        places = [m for m in _COUNTED.finditer(text) if m[1] not in {"1", "2"}]
        if not places or made == size:
            continue
        place = choose.choice(places)
        if not _matters(text, place):
            continue
        changed = f"{text[: place.start()]}some{text[place.end() :]}"
        noun = text[place.end() :].split()[0].strip(".,?!")
        made += 1
        yield Defect(kind="missing", text=changed, sound=text, named=noun, reply=place[1])


def _matters(text: str, place: re.Match[str]) -> bool:
    """Whether a problem has another answer, or none, with another number in this place."""
    other = f"{text[: place.start()]}{int(place[1]) + 3}{text[place.end() :]}"
    before, after = _solved(text), _solved(other)
    if before is None or before.best is None or after is None or after.best is None:
        return True
    return before.best.candidate.text() != after.best.candidate.text()


def _options(parser: argparse.ArgumentParser) -> None:
    whole = MISSING + CONTRADICTORY + NOTATION
    parser.add_argument("--size", type=int, default=whole, help="about how many defects are made")
    parser.add_argument("--seed", type=int, default=SEED, help="of the choice of problems")


def _twice(texts: Sequence[str], choose: random.Random, size: int) -> Iterator[Defect]:
    """Say a sentence with one number again, with another number."""
    made = 0
    for text in choose.sample(list(texts), len(texts)):
        sentences = re.split(r"(?<=[.!?])\s+", text)
        single = [s for s in sentences if len(re.findall(r"\d+", s)) == 1 and s.endswith(".")]
        found = [s for s in single if len(read_question(s).numbers) == 1 and len(s.split()) > 3]
        if not found or made == size:
            continue
        said = choose.choice(found)
        number = re.findall(r"\d+", said)[0]
        other = str(int(number) + choose.randint(2, 9))
        again = said.replace(number, other)
        made += 1
        yield Defect(
            kind="contradictory",
            text=text.replace(said, f"{said} {again}"),
            sound=text,
            named=other,
            reply=number,
        )


def _notation(choose: random.Random, size: int) -> Iterator[Defect]:
    for index in range(size):
        a, b, c = (choose.randint(2, 9) for _ in range(3))
        angle = choose.choice((10, 20, 30, 45, 60, 75, 120, 135, 150))
        function = choose.choice(("sin", "cos", "tan"))
        yield (
            Defect(kind="notation", text=f"solve {a}/{b}x = {c}", sound=f"solve ({a}/{b})*x = {c}",
                   named=f"{a}/{b}x", reply="1"),
            Defect(kind="notation", text=f"differentiate {function} x^{b}",
                   sound=f"differentiate {function}(x^{b})", named=f"{function} x^{b}", reply="1"),
            Defect(kind="notation", text=f"evaluate {function} {angle}",
                   sound=f"evaluate {function}({angle}°)", named=f"{function} {angle}", reply="1"),
        )[index % 3]  # fmt: skip


def _plain(choose: random.Random, size: int) -> list[str]:
    """Return formal questions with nothing wrong."""
    forms = (
        "solve {a}x + {b} = {c}",
        "differentiate sin({a}x)",
        "evaluate {a}/{b} + {c}",
        "simplify ({a}/{b})*x + {c}x",
        "solve {a}/({b}*x) = {c}",
        "evaluate cos(pi/{a})",
    )
    return [
        choose.choice(forms).format(**{n: choose.randint(2, 9) for n in "abc"}) for _ in range(size)
    ]


if __name__ == "__main__":
    record("clarification", measure, options=_options)
