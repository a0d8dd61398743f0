"""Does the bundled model repeat its training text, and was it tested on any of it?

`python benchmarks/regurgitation.py --work DIR` needs the corpus (`training.corpus`).

- Regurgitation: continuations of places in training files, greedy and unconstrained; how many copy
  50 tokens in a row from anywhere in the training text. A run of 50 with fewer than 20 different
  tokens is a round that goes on for ever, or a table: training text holds such runs too, and they
  give nothing away. Both are counted, copies apart from rounds.
- Overlap: how much of the held-out packages stands in the training text, by runs of 13 tokens
  (Brown et al. 2020, appendix C).
"""

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from _record import record
from numpy.typing import NDArray
from tokenizers import Tokenizer

from assistants.engine import load
from training.corpus import read_split

ROOT = Path(__file__).resolve().parent.parent
WEIGHTS = ROOT / "assistants/data/plumb.onnx"
COPIED, OVERLAP = 50, 13
DISTINCT = 20
"""A copied run has so many different tokens at least; one with fewer is a round."""
PROMPT, CONTINUED = 64, 100
BATCH = 256
"""Files that are looked through at a time."""

Tokens = NDArray[np.uint16]
Hashes = NDArray[np.uint64]


def hashes(tokens: Tokens, length: int) -> Hashes:
    """A polynomial hash of every run of `length` tokens; shape (tokens - length + 1,)."""
    if len(tokens) < length:
        return np.zeros(0, np.uint64)
    found = np.zeros(len(tokens) - length + 1, np.uint64)
    for place in range(length):
        window = tokens[place : len(tokens) - length + 1 + place].astype(np.uint64)
        found = (found + window + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        found ^= found >> np.uint64(29)
    return found


def different(tokens: Tokens, length: int) -> NDArray[np.int64]:
    """How many different tokens every run of `length` has; shape (tokens - length + 1,)."""
    runs = range(max(0, len(tokens) - length + 1))
    return np.array([len(set(tokens[at : at + length].tolist())) for at in runs], np.int64)


def told_apart(
    made: Sequence[Tokens], copies: Sequence[NDArray[np.bool_]]
) -> dict[str, float | int]:
    """Shares of continuations with a copied run: of many different tokens, and of few alone."""
    rich = [different(tokens, COPIED) >= DISTINCT for tokens in made]
    copied = [bool((known & many).any()) for known, many in zip(copies, rich, strict=True)]
    any_run = [bool(known.any()) for known in copies]
    rounds = [one and not copy for one, copy in zip(any_run, copied, strict=True)]
    looping = [not bool(many.any()) for many in rich]
    share = {"copied": copied, "rounds_that_training_has_too": rounds, "rounds": looping}
    found = {name: round(float(np.mean(values)), 4) for name, values in share.items()}
    return {"continuations": len(made), **found}


def training_tokens(words: Tokenizer, rows: Sequence[dict[str, str]]) -> Iterator[list[Tokens]]:
    """The training files' tokens, some files at a time."""
    for start in range(0, len(rows), BATCH):
        texts = [row["text"] for row in rows[start : start + BATCH]]
        encoded = words.encode_batch(texts, add_special_tokens=False)
        yield [np.array(one.ids, np.uint16) for one in encoded]


def seen(
    words: Tokenizer, rows: Sequence[dict[str, str]], wanted: dict[int, Hashes]
) -> dict[int, NDArray[np.bool_]]:
    """Which of the wanted hashes, by length of run, occur in the training text."""
    unique = {length: np.unique(values) for length, values in wanted.items()}
    found = {length: np.zeros(len(values), np.bool_) for length, values in unique.items()}
    for files in training_tokens(words, rows):
        for length, values in unique.items():
            for tokens in files:
                here = hashes(tokens, length)
                places = np.searchsorted(values, here).clip(max=max(len(values) - 1, 0))
                found[length][places[values[places] == here]] = True
    return {
        length: found[length][np.searchsorted(unique[length], values)]
        for length, values in wanted.items()
    }


def continuations(
    words: Tokenizer, rows: Sequence[dict[str, str]], count: int, weights: Path
) -> Iterator[Tokens]:
    """Greedy continuations of random places in training files."""
    session = load(weights)
    buffers = session.buffers()
    choose = random.Random(1)
    for _ in range(count):
        row = choose.choice(rows)
        tokens = words.encode(row["text"], add_special_tokens=False).ids
        start = choose.randrange(max(1, len(tokens) - PROMPT))
        head = words.token_to_id(f"<|{row['language']}|>")
        prompt = [head, *tokens[start : start + PROMPT]]
        made: list[int] = []
        step, length = prompt, 0
        while len(made) < CONTINUED:
            logits = session.run(buffers, step, length, 1)[-1]
            length += len(step)
            made.append(int(logits.argmax()))
            step = made[-1:]
        yield np.array(made, np.uint16)


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    """Both measures in one pass over the training text."""
    words = Tokenizer.from_file(str(WEIGHTS.with_name("tokenizer.json")))
    rows = read_split(arguments.work / "corpus/train.jsonl")
    searched = rows[:400] if arguments.quick else rows
    made = list(
        continuations(words, rows, 5 if arguments.quick else arguments.count, arguments.weights)
    )
    held_out = read_split(arguments.work / "corpus/held-out.jsonl")
    files = [
        np.array(words.encode(row["text"], add_special_tokens=False).ids, np.uint16)
        for row in held_out
    ]
    runs = [hashes(tokens, COPIED) for tokens in made]
    grams = [hashes(tokens, OVERLAP) for tokens in files]
    known = seen(words, searched, {COPIED: np.concatenate(runs), OVERLAP: np.concatenate(grams)})
    copies = np.split(known[COPIED], np.cumsum([len(one) for one in runs])[:-1])
    overlaps = np.split(known[OVERLAP], np.cumsum([len(one) for one in grams])[:-1])
    return {
        "training_files": len(searched),
        "regurgitation": told_apart(made, copies),
        "overlap_of_13_tokens": overlap(held_out, overlaps),
    }


def overlap(
    rows: Sequence[dict[str, str]], overlaps: Sequence[NDArray[np.bool_]]
) -> dict[str, dict[str, float]]:
    """By package: share of runs that training has seen, and of files with more than half seen."""
    found: dict[str, dict[str, float]] = {}
    for package in sorted({row["package"] for row in rows}):
        mine = [o for row, o in zip(rows, overlaps, strict=True) if row["package"] == package]
        every = np.concatenate(mine)
        found[package] = {
            "files": len(mine),
            "runs_seen": round(float(every.mean()) if len(every) else 0.0, 4),
            "files_half_seen": round(
                float(np.mean([bool(len(o)) and float(o.mean()) > 0.5 for o in mine])), 4
            ),
        }
    return found


def options(parser: argparse.ArgumentParser) -> None:
    """What this benchmark takes besides."""
    parser.add_argument("--work", type=Path, default=Path(".training"), help="the corpus's folder")
    parser.add_argument("--count", type=int, default=1_000, help="continuations")
    parser.add_argument("--weights", type=Path, default=WEIGHTS)


if __name__ == "__main__":
    record("regurgitation", measure, options=options)
