"""How much of clinical text is read rightly, and how much that identifies is taken out?

    python benchmarks/clinical.py --shared FOLDER

*Public sets*: the tagger trained on the train part of BC5CDR and of NCBI-disease, F1 of whole names
on their devel parts (test parts are not here). *Generated notes*, whose truth is known: a finding
is right if kind, code, value and how it is meant are; codes are looked up in ICD-10-CM.
*Identifiers*: the share of those of which nothing is left but what may stay (a year, three digits,
90+), and the share of words taken out that identify nobody. The notes' wording is plumb's own: a
figure about plain notes, none about a hospital's.
"""

import argparse
import re
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from _notes import generate
from _record import record

from sql_agent.clinical import deidentify, extract
from sql_agent.clinical.tagger import f1, read_iob, train
from sql_agent.clinical.terms import icd_codes

SETS = ("NCBI-disease", "BC5CDR")


def options(parser: argparse.ArgumentParser) -> None:
    """Add the benchmark's own arguments."""
    parser.add_argument("--shared", type=Path, help="the folder of the shared data sets")
    parser.add_argument("--notes", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=20_000)
    parser.add_argument("--epochs", type=int, default=8)


def measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Tag the public sets, read the generated notes."""
    count = 60 if arguments.quick else arguments.notes
    results: dict[str, Any] = _notes(count, arguments.seed)
    results["f1_with_one_name_in_ten_misspelt"] = _notes(count // 4, arguments.seed + 1, 0.1)[
        "extraction_f1"
    ]
    if arguments.shared is not None:
        for name in SETS:
            folder = arguments.shared / "ner" / f"{name}-IOB"
            began = time.process_time()
            data = read_iob(folder / "train.tsv")
            part = data[: 400 if arguments.quick else None]
            tagger = train(part, epochs=3 if arguments.quick else arguments.epochs)
            seconds = time.process_time() - began
            scores = f1(tagger, read_iob(folder / "devel.tsv"))
            results[f"{name}_devel"] = {k: round(v, 2) for k, v in scores.items()}
            results[f"{name}_devel"]["train_seconds_processor"] = round(seconds)
    return results


def _notes(count: int, seed: int, typos: float = 0.0) -> dict[str, Any]:
    counts, missed, left, kept = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    codes = icd_codes()
    began = time.process_time()
    for number in range(count):
        note = generate(seed + number, typos=typos)
        found = extract(note.text)
        guess = Counter(
            (one.kind, one.code, f"{one.value} {one.unit}".strip(), one.status.value)
            for one in found
        )
        truth = Counter(note.findings)
        hit = guess & truth
        counts.update(right=truth.total(), guess=guess.total(), hit=hit.total())
        counts.update(codes=sum(one.kind == "diagnosis" for one in found))
        counts.update(
            invalid=sum(one.kind == "diagnosis" and one.code not in codes for one in found)
        )
        missed.update(f"{kind} {status}" for kind, _, _, status in (truth - hit).elements())
        _identifiers(note.text, note.identifiers, kept, left)
    f_one = 200 * counts["hit"] / max(1, counts["right"] + counts["guess"])
    whole = kept["identifiers"]
    return {
        "notes": count,
        "findings": counts["right"],
        "extraction_f1": round(f_one, 2),
        "missed": dict(missed.most_common(6)) or 0,
        "codes": counts["codes"],
        "codes_invalid": counts["invalid"],
        "identifiers": whole,
        "identifier_recall": round(100 * (whole - left.total()) / max(1, whole), 3),
        "identifiers_left": dict(left.most_common()) or 0,
        "other_words_taken_out_percent": round(100 * kept["lost"] / max(1, kept["words"]), 3),
        "seconds_each_processor": round((time.process_time() - began) / count, 4),
    }


def _identifiers(
    text: str, truth: list[tuple[str, int, int]], kept: Counter[str], left: Counter[str]
) -> None:
    _, found = deidentify(text)
    covered = {place for one in found for place in range(one.start, one.end)}
    inside = {place for _, start, end in truth for place in range(start, end)}
    for kind, start, end in truth:
        kept["identifiers"] += 1
        signs = [i for i in range(start, end) if text[i].isalnum() and i not in covered]
        left[kind] += bool(signs)
    left += Counter()
    for word in re.finditer(r"\w+", text):
        places = set(range(word.start(), word.end()))
        if not places & inside:
            kept["words"] += 1
            kept["lost"] += bool(places & covered)


if __name__ == "__main__":
    record("clinical", measure, options=options)
