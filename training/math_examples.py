"""Training examples for the plan language: `python -m training.math_examples`.

A prompt is a masked question, exactly as the solver presents it at run time; a completion is its
plan. Sources: generated word problems, formal questions in varied wording, and GSM8K's training
part where its annotations convert to a plan that gives the right answer. A twentieth of GSM8K,
chosen by hash, is held out for measuring.
"""

import argparse
import hashlib
import json
import os
import random
import re
import tomllib
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from assistants.errors import InputError
from math_solver.plan import LET_NAMES, MAX_LINES, parse_plan
from math_solver.quantities import carry_out
from math_solver.reading import Question, read_question
from math_solver.reading.mask import FUNCTION_WORDS
from math_solver.reading.words import PARTS, SCALES, TENS, UNITS

_TABLES = Path(__file__).with_name("math_stories.toml")
QUESTION, PLAN, END = "<|math|><|question|>", "<|plan|>", "<|endoftext|>"
HELD_OUT_SHARE = 20
STORY_WEIGHTS = {
    "add_subtract": 20,
    "multiply_divide": 18,
    "several_steps": 26,
    "percent": 14,
    "equations": 22,
}
SHARES = (("story", 0.36), ("running", 0.16), ("formal", 0.18), ("gsm8k", 0.30))
CONSTANTS = frozenset({1, 2, 3, 4, 7, 10, 12, 24, 25, 30, 52, 60, 100, 365, 1000})

MULTIPLES = {
    Fraction(2): r"\b(?:twice|doubled?|doubles)\b",
    Fraction(3): r"\b(?:tripled?|triples|thrice)\b",
}
READ_AS_MATHS = FUNCTION_WORDS | {*UNITS, *TENS, *SCALES, *PARTS}

_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"\{([A-Za-z0-9]+)\}")
_NUMBER_WORD = re.compile(rf"\b(?:{'|'.join(UNITS)})\b", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"«([a-z0-9]+)»")
_ANNOTATION = re.compile(r"<<([^=<>]+)=([^<>]+)>>")


def examples(
    seed: int, count: int, data: str | os.PathLike[str] | None = None
) -> Iterator[tuple[str, str]]:
    """Yield `count` pairs of prompt and completion, with special tokens written out.

    `data` is the data folder (default: `PLUMB_DATA`, else `../shared/data`); without GSM8K in it
    the other sources make up the whole.
    """
    choose = random.Random(seed)
    folder = Path(data or os.environ.get("PLUMB_DATA", "../shared/data"))
    converted = gsm8k_pairs(folder)
    kinds = [kind for kind, _ in SHARES if kind != "gsm8k" or converted]
    weights = [share for kind, share in SHARES if kind in kinds]
    for kind in choose.choices(kinds, weights, k=count):
        match kind:
            case "story":
                masked, plan = story(choose)
            case "running":
                masked, plan = running_story(choose)
            case "formal":
                masked, plan = formal(choose)
            case _:
                masked, plan = choose.choice(converted)
        yield as_example(noisy(masked, choose), plan)


def as_example(masked: str, plan: str) -> tuple[str, str]:
    """Return the prompt and the completion of a masked question and its plan."""
    return f"{QUESTION}{masked}{PLAN}", f"{plan}{END}"


def is_held_out(question: str) -> bool:
    """Whether a GSM8K question is kept for measuring and never trained on."""
    digest = hashlib.sha256(question.strip().encode()).digest()
    return int.from_bytes(digest[:4]) % HELD_OUT_SHARE == 0


# --- wording


@cache
def stories() -> dict[str, Any]:
    """The tables of wordings and plans."""
    return tomllib.loads(_TABLES.read_text(encoding="utf-8"))


class Scene:
    """The people and things of one problem, drawn once and used throughout its wording."""

    def __init__(self, choose: random.Random) -> None:
        self.choose = choose
        pronoun = choose.choice(("he", "she"))
        told = stories()
        people = choose.sample(told["names_he"] + told["names_she"], 3)
        people[0] = choose.choice([n for n in told[f"names_{pronoun}"] if n not in people])
        things = choose.sample(told["things"], 2)
        box = choose.choice(told["containers"])
        his, him = ("his", "him") if pronoun == "he" else ("her", "her")
        self.words = {
            "A": people[0], "B": people[1], "C": people[2], "he": pronoun, "his": his, "him": him,
            "He": pronoun.capitalize(), "His": his.capitalize(), "x": things[0], "y": things[1],
            "x1": singular(things[0]), "box": box, "box1": singular(box),
            "place": choose.choice(told["places"]), "unit": choose.choice(told["measures"]),
        }  # fmt: skip

    def render(self, wording: str, suffix: str = "") -> str:
        """Draw the choices of a wording; numbers become placeholders `«n»`."""
        text = draw(wording, self.choose)
        text = _NUMBER_WORD.sub(lambda m: f"«z{m.start()}»", text)
        return _SLOT.sub(lambda m: self.words.get(m.group(1)) or f"«{m.group(1)}{suffix}»", text)


def singular(thing: str) -> str:
    """One of the things."""
    irregular = stories()["irregular"]
    if thing in irregular:
        return irregular[thing]
    if thing.endswith(("shes", "xes", "ches")):
        return thing[:-2]
    return "shelf" if thing == "shelves" else thing[:-1]


def draw(wording: str, choose: random.Random) -> str:
    """Make every `[a|b]` choice of a wording, the innermost first."""
    while "[" in wording:
        wording = _CHOICE.sub(lambda m: choose.choice(m.group(1).split("|")), wording)
    return wording


def numbered(text: str, steps: str) -> tuple[str, str]:
    """Name the placeholders N0, N1, … in order of appearance.

    A second appearance is a number of its own, as it is when a question is masked; plans use the
    first.
    """
    order: dict[str, str] = {}
    found = 0

    def replace(match: re.Match[str]) -> str:
        nonlocal found
        name = f"N{found}"
        order.setdefault(match.group(1), name)
        found += 1
        return name

    masked = _PLACEHOLDER.sub(replace, text)
    return masked, _PLACEHOLDER.sub(lambda m: order[m.group(1)], steps)


def story(choose: random.Random) -> tuple[str, str]:
    """A word problem from the tables, some with a number that has no part in it."""
    table = choose.choices(tuple(STORY_WEIGHTS), tuple(STORY_WEIGHTS.values()))[0]
    wording, plan = choose.choice(stories()[table])
    scene = Scene(choose)
    text = scene.render(wording)
    if choose.random() < 0.12 and ". " in text:
        extra = scene.render(choose.choice(stories()["distractors"]))
        first, rest = text.split(". ", 1)
        text = f"{first}. {extra} {rest}"
    return numbered(re.sub(r"\s+", " ", text).strip(), compile_plan(slots(plan)))


def slots(plan: str) -> str:
    """Turn the small letters of a table's plan into placeholders, its unknowns left alone."""
    return re.sub(r"(?<![\w«])([a-w])(?!\w)", r"«\1»", plan)


def compile_plan(plan: str) -> str:
    """Write a table's plan as plan lines."""
    if "=>" in plan:
        head, asked = plan.split("=>")
        unknowns, equations = head.split(":")
        lines = [f"unknown {name.strip()}" for name in unknowns.split(",")]
        lines += [f"eq {equation.strip()}" for equation in equations.split(";")]
        return "\n".join([*lines, f"answer {asked.strip()}"])
    return chain([step.strip() for step in plan.split(";")])


def chain(steps: Sequence[str]) -> str:
    """Write steps as let-lines and an answer; `_` is the last result, `_1` the first."""
    lines: list[str] = []
    for index, step in enumerate(steps):
        named = re.sub(r"_(\d+)", lambda m: LET_NAMES[int(m.group(1)) - 1], step)
        named = re.sub(r"\b_\b", LET_NAMES[index - 1] if index else "", named)
        last = index == len(steps) - 1
        lines.append(f"answer {named}" if last else f"let {LET_NAMES[index]} = {named}")
    return "\n".join(lines)


def running_story(choose: random.Random) -> tuple[str, str]:
    """A story of one to four events that each change how many things somebody has."""
    scene = Scene(choose)
    start = choose.choice(("{A} has «s» {x}.", "{A} had «s» {x}.", "{A} starts with «s» {x}.",
                           "At first {A} has «s» {x}."))  # fmt: skip
    sentences, steps, current = [scene.render(start)], [], "«s»"
    for index, (wording, effect) in enumerate(
        choose.choices(stories()["events"], k=choose.randint(1, 4))
    ):
        suffix = str(index)
        sentences.append(scene.render(wording, suffix))
        match effect:
            case "+" | "-" | "/":
                steps.append(f"{current} {effect} «n{suffix}»")
            case "2":
                steps.append(f"{current} * 2")
            case "part":
                steps += [f"{current} * «h{suffix}»", f"{current} - _"]
                if current == "_":
                    steps[-2:] = [f"_ * «h{suffix}»", f"_{len(steps) - 2} - _"]
            case _:
                steps += [f"«n{suffix}» * «m{suffix}»", f"{current} + _"]
                if current == "_":
                    steps[-1] = f"_{len(steps) - 2} + _"
        current = "_"
    if choose.random() < 0.15:
        sentences.insert(
            choose.randint(1, len(sentences)), scene.render(choose.choice(stories()["distractors"]))
        )
    sentences.append(scene.render(choose.choice((
        "How many {x} does {A} have now?", "How many {x} does {he} have [left|now|in the end]?",
        "How many [are there|{x} are left] in the end?",
    ))))  # fmt: skip
    return numbered(re.sub(r"\s+", " ", " ".join(sentences)), chain(steps))


def formal(choose: random.Random) -> tuple[str, str]:
    """A formal question; formulas are masked, so only the words around them vary."""
    wording, plan = choose.choice(stories()["formal"])
    text = draw(wording, choose)
    letter, other = choose.sample("xyztnabckmpqruvw", 2)
    if "for {v}" in text:
        plan = plan.replace("{for}", " for {v}")
    text = text.replace("{v}", letter).replace("{w}", other)
    plan = plan.replace("{for}", "").replace("{v}", letter)
    for index, name in enumerate("EFG"):
        text = text.replace(f"{{{name}}}", f"E{index}")
    text, _ = numbered(_SLOT.sub(lambda m: f"«{m.group(1)}»", text), "")
    return re.sub(r"\s+", " ", text).strip(), plan


def noisy(masked: str, choose: random.Random) -> str:
    """Spoil one question in eight the way that hurried typing does; names stay as they are."""
    if choose.random() > 0.12:
        return masked
    words = masked.split(" ")
    for _ in range(choose.randint(1, 3)):
        index = choose.randrange(len(words))
        word = words[index]
        if not word.isalpha() or len(word) < 4:
            continue
        place = choose.randrange(len(word) - 1)
        swapped = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
        spoilt = choose.choice((swapped, word[:place] + word[place + 1 :], word.lower()))
        words[index] = word if spoilt.lower() in READ_AS_MATHS else spoilt
    text = " ".join(words)
    return text.rstrip("?.") if choose.random() < 0.5 else text


# --- GSM8K


@cache
def gsm8k_pairs(data: Path) -> tuple[tuple[str, str], ...]:
    """Masked questions and plans of the GSM8K training items that convert; none if absent."""
    path = data / "math/gsm8k-train.jsonl"
    if not path.exists():
        return ()
    pairs: list[tuple[str, str]] = []
    with path.open(encoding="utf-8") as stream:
        for line in stream:
            row = json.loads(line)
            plan = None if is_held_out(row["question"]) else convert(row["question"], row["answer"])
            if plan is not None:
                pairs.append((read_question(row["question"]).masked, plan))
    return tuple(pairs)


def convert(question_text: str, solution: str) -> str | None:
    """Turn `<<48/2=24>>` annotations into a plan; None where they do not come to the answer."""
    body, _, gold = solution.rpartition("####")
    try:
        question = read_question(question_text)
        wanted = Fraction(gold.strip().replace(",", "").lstrip("$"))
        steps = [_Step.read(found, result) for found, result in _ANNOTATION.findall(body)]
        while steps and steps[-1].result != wanted:
            steps.pop()
        plan = _grounded(steps, question)
        if plan is None or carry_out(parse_plan(plan, question), question).answers != (wanted,):
            return None
    except (InputError, ValueError, ZeroDivisionError):
        return None
    return plan


class _Step:
    """One annotation: the pieces of its left side and its result."""

    def __init__(self, pieces: list[str], result: Fraction) -> None:
        self.pieces = pieces
        self.result = result

    @classmethod
    def read(cls, found: str, result: str) -> "_Step":
        compact = re.sub(r"[\s,$]", "", found).replace("%", "*(1/100)").replace("x", "*")
        compact = re.sub(r"(?<![\d.)])\+", "", compact)  # plans know no sign +
        pieces = re.findall(r"\d+\.?\d*|\.\d+|[-+*/()]", compact)
        if "".join(pieces) != compact:
            raise ValueError(found)
        return cls(pieces, Fraction(re.sub(r"[\s,$%]", "", result)))


def _grounded(steps: list[_Step], question: Question) -> str | None:
    """Replace every number by the let-name, the N-name or the known constant that it is."""
    if not steps or len(steps) > min(len(LET_NAMES), MAX_LINES - 1):
        return None
    results: dict[str, Fraction] = {}
    used: set[str] = set()
    lines: list[str] = []
    for index, step in enumerate(steps):
        pieces: list[str] = []
        for piece in step.pieces:
            grounded = _ground(piece, pieces[-1:], results, used, question)
            if grounded is None:
                return None
            if grounded.startswith("*N"):
                pieces[-1], grounded = "*", grounded[1:]
            pieces.append(grounded)
        written = _spaced(pieces)
        last = index == len(steps) - 1
        lines.append(f"answer {written}" if last else f"let {LET_NAMES[index]} = {written}")
        results[LET_NAMES[index]] = step.result
    return "\n".join(lines)


def _ground(
    piece: str,
    before: list[str],
    results: dict[str, Fraction],
    used: set[str],
    question: Question,
) -> str | None:
    """What a number in an annotation stands for; `*N` where a division is a part of the whole."""
    if not re.fullmatch(r"[\d.]+", piece):
        return piece
    value = Fraction(piece)
    numbers = {f"N{i}": number for i, number in enumerate(question.numbers)}
    if value in MULTIPLES and before == ["*"] and re.search(MULTIPLES[value], question.masked):
        return piece
    candidates = [n for n, v in reversed(results.items()) if v == value]
    candidates += [n for n, v in numbers.items() if v == value]
    candidates = [name for name in candidates if name not in used] or candidates
    if candidates:
        used.add(candidates[0])
        return candidates[0]
    part = next((n for n, v in numbers.items() if value and v == 1 / value), None)
    if part and before == ["/"]:
        return f"*{part}"
    return _percentage(value, numbers, question) or _constant(value)


def _percentage(value: Fraction, numbers: dict[str, Fraction], question: Question) -> str | None:
    for name, number in numbers.items():
        if number == value * 100 and f"{name}%" in question.masked:
            return f"({name} / 100)"
    return None


def _constant(value: Fraction) -> str | None:
    if value.denominator == 1 and int(value) in CONSTANTS:
        return str(int(value))
    return "(1 / 2)" if value == Fraction(1, 2) else None


def _spaced(pieces: Sequence[str]) -> str:
    """Join pieces with the spacing of plans: single spaces round binary operators."""
    text, before = "", "("
    for piece in pieces:
        binary = piece in "+-*/" and before not in "(+-*/"
        text += f" {piece} " if binary else piece
        before = piece
    return text


def main() -> None:
    """Show some examples, or how many GSM8K items convert."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--count", type=int, default=20)
    options.add_argument("--data", default=None)
    chosen = options.parse_args()
    for prompt, completion in examples(chosen.seed, chosen.count, chosen.data):
        print(f"{prompt}\n{completion}\n")


if __name__ == "__main__":
    main()
