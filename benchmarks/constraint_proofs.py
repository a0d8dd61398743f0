"""Four counts that must be nothing: masked wrongly, let through wrongly, refused, left broken."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from constraint_judges import Judge, cause
from constraint_sources import bundled_description, longest, read, retokenised

from assistants.constraint import Mask, Program
from assistants.errors import ConstraintError
from assistants.masking import Vocabulary, begins_program, compile_mask
from assistants.masking.program import machine

_PIECES = {
    "python": [*"()[]{}:,.;=*'\"\\\n \t!@-0_", "if ", "not ", "in ", "f'", "async ", "lambda x:",
               "yield ", "await ", "return ", "def ", "else ", "for ", "    ", "=="],
    "java": [*"()[]{}:,.;=*'\"\\\n <>?&@-0_", "if ", "->", "final ", "int ", "new ", "class A ",
             "return ", "static ", "case ", "default ", "yield ", "var ", "else ", "=="],
}  # fmt: skip
_CLOSERS = {
    "python": [")", "]", "}", '"', "'", "\n", " x", ":", "0", " pass\n", '"""', "'''", " in x"],
    "java": [")", "]", "}", '"', "'", "\n", " x", ";", "0", "{}", ">", ":x", "->x", "*/"],
}
_AROUND = {
    "python": [("", ""), ("def f(a, b):\n    ", ""), ("class A:\n    ", ""), ("x = (", ")\n")],
    "java": [("", ""), ("class A {\n", "\n}\n"), ("class A { int f() {\n", "\n} }\n")],
}
"""What walks are written between: at the top, in a body, in an expression."""


@dataclass(slots=True)
class Budget:
    """How much of a part is done: so many rounds, or as many as fit into some seconds."""

    rounds: int
    seconds: float
    began: float = field(default_factory=time.monotonic)
    done: int = 0

    def next(self) -> bool:
        """Whether there is another round."""
        if self.done >= self.rounds or time.monotonic() - self.began > self.seconds:
            return False
        self.done += 1
        return True


@dataclass(frozen=True, slots=True)
class Trial:
    """One language on trial: who judges it, how much is to be done, and where chance comes from."""

    language: str
    judge: Judge
    budget: Budget
    chance: random.Random


def accepts(language: str, data: bytes) -> bool:
    """Whether the machine takes some bytes as a whole program."""
    reader = machine(language)
    state = reader.run(reader.start(), data)
    return state is not None and reader.complete(state)


def _encoder() -> Callable[..., Any]:
    """Return how the bundled tokenizer cuts a text; the names of special tokens are text in it."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_str(bundled_description())
    tokenizer.encode_special_tokens = True
    return tokenizer.encode


def completeness(
    trial: Trial, paths: Sequence[Path], vocabularies: Sequence[Vocabulary], *,
    whole: int = 8_000, window: int = 150, masks: float = 0.002,
) -> dict[str, Any]:  # fmt: skip
    """Replay real files: whole up to some characters, and windows from random cuts by tokens.

    Each token is taken by `accept`; for a share of them, `masks`, the whole mask is looked at too.
    A file that the machine refuses is given to the judge; only what the judge takes was masked
    wrongly. Windows are cut by the bundled tokenizer, into the longest tokens of the large
    vocabulary, and at random.
    """
    encode = _encoder()
    causes: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    for path in paths:
        if not trial.budget.next():
            break
        text = read(path)
        complaint = "not UTF-8" if text is None else _refused(trial, text, whole, vocabularies[0])
        if text is None or complaint:
            causes[complaint] += 1
            if complaint == _WRONG:
                wrong.append(f"{path.parent.name}/{path.name}")
            continue
        counts["files"] += 1
        counts["files_read_to_the_end"] += len(text) <= whole
        counts["characters"] += min(len(text), whole)
        for kind, vocabulary in enumerate((vocabularies[0], vocabularies[1], vocabularies[0])):
            cut = trial.chance.randrange(min(len(text), whole) + 1)
            piece = text[cut : cut + window]
            tokens = (
                encode(piece, add_special_tokens=False).ids if kind == 0
                else longest(piece.encode(), vocabulary) if kind == 1
                else retokenised(piece.encode(), vocabulary, trial.chance)
            )  # fmt: skip
            mask = compile_mask(Program(trial.language, text[:cut]), vocabulary)
            taken, refused = _replay(mask, tokens, trial.chance, masks)
            counts["tokens"] += taken
            if refused:
                wrong.append(f"{path.parent.name}/{path.name} {cut} characters, {taken} tokens on")
    return {
        **counts, "wrongly_masked": len(wrong), "where": wrong[:8],
        "left_out": dict(causes.most_common(30)),
    }  # fmt: skip


_WRONG = "taken by the judge"


def _refused(trial: Trial, text: str, whole: int, vocabulary: Vocabulary) -> str:
    """Return why the machine refuses a file, nothing where it takes it.

    The mask keeps states along the text, so that the windows need not read it again.
    """
    program = Program(trial.language, text[:whole])  # not mended, where it is broken
    if begins_program(program) and (
        len(text) > whole or compile_mask(program, vocabulary).can_stop()
    ):
        return ""
    complaint = trial.judge(text)
    return f"refused by the judge too: {cause(complaint)}" if complaint else _WRONG


def _replay(
    mask: Mask, tokens: Iterable[int], chance: random.Random, masks: float
) -> tuple[int, bool]:
    """Return how many tokens were taken, and whether one was refused."""
    taken = 0
    for token in tokens:
        if chance.random() < masks and not allows(mask, token):
            return taken, True
        if not mask.accept([token]):
            return taken, True
        taken += 1
    return taken, False


def allows(mask: Mask, token: int) -> bool:
    """Whether a token's bit is set in the whole mask."""
    return bool(mask.allowed().view(np.uint32)[token // 32] >> np.uint32(token % 32) & 1)


def mutants(trial: Trial, texts: Sequence[str]) -> dict[str, Any]:
    """Edit real files in one place and compare the machine's verdict with the judge's."""
    accepted: Counter[str] = Counter()
    rejected: list[str] = []
    invalid = 0
    while trial.budget.next():
        mutant, place = _mutant(trial.language, trial.chance.choice(texts), trial.chance)
        complaint, taken = trial.judge(mutant), accepts(trial.language, mutant.encode())
        invalid += bool(complaint)
        if taken and complaint:
            accepted[cause(complaint)] += 1
        if not taken and not complaint:
            rejected.append(mutant[max(0, place - 40) : place + 20])
    return {
        "mutants": trial.budget.done, "invalid": invalid, "false_accepts": accepted.total(),
        "false_accepts_of_invalid": accepted.total() / max(1, invalid),
        "false_rejects": len(rejected), "false_rejects_at": rejected[:5],
        "false_accepts_by_cause": dict(accepted.most_common(12)),
    }  # fmt: skip


def _mutant(language: str, text: str, chance: random.Random) -> tuple[str, int]:
    """Insert, delete or replace one piece: a sign, a keyword, or a bit of the file itself."""
    at, kind = chance.randrange(len(text)), chance.random()
    piece, gone = chance.choice(_PIECES[language]), 0
    if kind < 0.3:
        start = chance.randrange(len(text))
        piece = text[start : start + chance.randrange(1, 12)]
    elif kind > 0.85:
        gone = 1
    elif kind > 0.6:
        piece, gone = "", chance.choice((1, 1, 1, 2, 5))
    return text[:at] + piece + text[at + gone :], at


class Walker:
    """Draws at random among the allowed tokens of one vocabulary."""

    def __init__(self, language: str, vocabulary: Vocabulary, chance: random.Random) -> None:
        self._vocabulary = vocabulary
        self._chance = chance
        closers = {text.encode() for text in _CLOSERS[language]}
        tokens = vocabulary.tokens
        self._closers = [token for token, text in enumerate(tokens) if text in closers]
        self._ends = set(vocabulary.end)

    def walk(self, mask: Mask, wanted: int, longest: int = 120) -> bytes | None:
        """Write `wanted` tokens, uniform over the allowed ones, and stop where that is possible.

        Past that length every other step tries what closes something, so that walks end. Returns
        None for a walk that has not ended after `longest` tokens.
        """
        text = b""
        for step in range(longest):
            if step >= wanted and mask.can_stop():
                return text
            token = self._closer(mask) if step > wanted and self._chance.random() < 0.5 else None
            token = self.draw(mask) if token is None else token
            if token is None or not mask.accept([token]):
                return None
            text += self._vocabulary.tokens[token]
        return text if mask.can_stop() else None

    def _closer(self, mask: Mask) -> int | None:
        tried = self._chance.sample(self._closers, len(self._closers))
        return next((token for token in tried if mask.validate([token])), None)

    def draw(self, mask: Mask) -> int | None:
        """Draw uniformly: by trying tokens, and where few are allowed from the whole mask."""
        for _ in range(8):
            token = self._chance.randrange(self._vocabulary.size)
            if token not in self._ends and mask.validate([token]):
                return token
        bits = np.unpackbits(mask.allowed().view(np.uint8), bitorder="little")
        allowed = [int(token) for token in np.flatnonzero(bits) if int(token) not in self._ends]
        return self._chance.choice(allowed) if allowed else None


def walks(trial: Trial, vocabulary: Vocabulary) -> dict[str, Any]:
    """Walk at random, from nothing or inside some code, and ask the judge."""
    causes: Counter[str] = Counter()
    refused: list[str] = []
    finished = 0
    walker = Walker(trial.language, vocabulary, trial.chance)
    while trial.budget.next():
        before, after = trial.chance.choice(_AROUND[trial.language])
        mask = compile_mask(Program(trial.language, before, after), vocabulary)
        text = walker.walk(mask, trial.chance.randrange(3, 25))
        if text is None:
            continue
        finished += 1
        complaint = trial.judge(before + text.decode() + after)
        if complaint:
            causes[cause(complaint)] += 1
            refused.append(before + text.decode() + after)
    return {
        "walks": trial.budget.done, "finished": finished, "refused_by_judge": causes.total(),
        "refused": refused[:8],
        "accepted_share": 1 - causes.total() / max(1, finished),
        "refused_by_cause": dict(causes.most_common(12)),
    }  # fmt: skip


def middles(trial: Trial, texts: Sequence[str], vocabulary: Vocabulary) -> dict[str, Any]:
    """Cut valid files at random bytes: the true middle must do, and random ones must parse."""
    wrong = walked = 0
    causes: Counter[str] = Counter()
    broken: list[str] = []
    walker = Walker(trial.language, vocabulary, trial.chance)
    while trial.budget.next():
        text = trial.chance.choice(texts)
        low = trial.chance.randrange(len(text))
        high = min(len(text), low + trial.chance.randrange(1, 120))
        program = Program(trial.language, text[:low], text[high:])
        mask = compile_mask(program, vocabulary)
        tokens = list(retokenised(text[low:high].encode(), vocabulary, trial.chance))
        wrong += not (mask.accept(tokens) and mask.can_stop())
        mask = compile_mask(program, vocabulary)
        made = walker.walk(mask, trial.chance.randrange(0, 8), 30)
        if made is None:
            continue
        walked += 1
        complaint = trial.judge(program.prefix + made.decode() + program.suffix)
        if complaint:
            causes[cause(complaint)] += 1
            broken.append(f"{program.prefix[-40:]}|{made.decode()}|{program.suffix[:40]}")
    return {
        "cuts": trial.budget.done, "true_middle_refused": wrong, "random_completions": walked,
        "random_completions_that_do_not_parse": causes.total(), "broken": broken[:5],
        "by_cause": dict(causes.most_common(8)),
    }  # fmt: skip


def budgets(trial: Trial, texts: Sequence[str], vocabulary: Vocabulary) -> dict[str, Any]:
    """Cut valid files and draw at random until a budget is spent: the text must be able to stop.

    Streams are counted apart where no way to an end was known at the start. The rest of a line is
    written as it stands, too, with 40 tokens to spare: what is refused then is masked wrongly.
    """
    encode = _encoder()
    counts: Counter[str] = Counter()
    walker = Walker(trial.language, vocabulary, trial.chance)
    while trial.budget.next():
        text = trial.chance.choice(texts)
        low = trial.chance.randrange(len(text))
        line = text.find("\n", low) + 1 or len(text)
        high = trial.chance.choice((line - 1, min(len(text), low + trial.chance.randrange(80))))
        program = Program(trial.language, text[:low], text[max(low, high) :])
        tokens = encode(text[low:high], add_special_tokens=False).ids
        try:
            true = compile_mask(program, vocabulary, budget=len(tokens) + 40)
            mask = compile_mask(program, vocabulary, budget=(size := trial.chance.randrange(8, 60)))
        except ConstraintError:
            counts["too_small"] += 1
            continue
        counts["lines"] += 1
        counts["lines_refused"] += not true.accept(tokens)
        led = next(iter(compile_mask(program, vocabulary).endings()), None) is not None
        drawn = 0
        for _ in range(8 * size):
            token = walker.draw(mask) if drawn < size else None
            if token is None:
                break
            drawn += mask.accept([token])
        counts["led" if led else "unled"] += 1
        counts[("led" if led else "unled") + "_open"] += not mask.can_stop()
    return dict(counts)
