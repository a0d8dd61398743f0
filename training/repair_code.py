"""Repairs of code: a line of a file is broken, and the diagnostics say what is wrong with it.

The prompt is the one with which quick-fixes ask a model (`code_assist.model_fixes`).
"""

import random
import re
from collections.abc import Iterator, Sequence

from code_assist.diagnose import diagnose
from code_assist.model_fixes import asked
from code_assist.source import Source
from training.repair_marks import spelled
from training.tokenizer import END

LONGEST = 20_000
"""Longer files are left out: all of a file is parsed for each example."""
ATTEMPTS = 4
_TOKEN = re.compile(r"\w+|[^\w\s]")
_CLOSERS = frozenset(")]}:;,\"'")


def code_repairs(
    documents: Sequence[dict[str, str]], seed: int, count: int
) -> Iterator[tuple[str, str]]:
    """Yield `count` pairs of prompt and completion."""
    choose = random.Random(f"code/{seed}")
    while count > 0:
        document = choose.choice(documents)
        if len(document["text"]) > LONGEST:
            continue
        for _ in range(ATTEMPTS):
            pair = repair(document["text"], document["language"], choose)
            if pair is not None:
                yield pair
                count -= 1
                break


def repair(text: str, language: str, choose: random.Random) -> tuple[str, str] | None:
    """One repair, or None where the line that was broken is not the one that is said to be."""
    source = Source(text=text, language=language)
    number = choose.randrange(source.line_count)
    right = source.line(number).rstrip()
    wrong = broken(right, choose)
    if wrong == right:
        return None
    start = source.line_start(number)
    edited = Source(text=f"{text[:start]}{wrong}{text[start + len(right) :]}", language=language)
    errors = [one for one in diagnose(edited) if one.code == "syntax-error"]
    if not errors or errors[0].span.start.line != number:
        return None
    return spelled(asked(edited, number, errors[0].message)), right + END


def broken(line: str, choose: random.Random) -> str:
    """A line without a token, with one twice or two exchanged; mostly it is a sign of the end."""
    tokens = list(_TOKEN.finditer(line))
    if len(tokens) < 2:
        return line
    signs = [one for one in tokens if one.group() in _CLOSERS]
    one = choose.choice(signs if signs and choose.random() < 0.6 else tokens)
    start, end = one.span()
    match choose.randrange(4):
        case 0:
            return line[:end] + one.group() + line[end:]
        case 1:
            place = tokens.index(one)
            other = tokens[place - 1] if place else tokens[1]
            first, last = sorted((one, other), key=lambda match: match.start())
            between = line[first.end() : last.start()]
            return (
                line[: first.start()] + last.group() + between + first.group() + line[last.end() :]
            )
        case _:
            return line[:start] + line[end:]
