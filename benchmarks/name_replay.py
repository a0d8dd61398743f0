"""What the constraint on names masks wrongly: true lines of held-out files, fed through it.

The rest of a line of code is taken out, at its first character or in its middle, and given to the
rule that judges names, character by character. What it refuses is masked wrongly; each refusal is
counted by what the rule took the name for. With `--patience 0`, the default, jedi is not asked;
with more, each question waits so many seconds.

    python benchmarks/name_replay.py --corpus WORK [--patience 30]
"""

import argparse
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _held_out import Cut, cuts, held_out
from _record import record

from code_assist.name_constraint import name_rule
from code_assist.name_rule import NameRule

_NAME = re.compile(r"[^\W\d]\w*")
_SHOWN = 12


def options(parser: argparse.ArgumentParser) -> None:
    """Add what only this benchmark takes."""
    parser.add_argument("--corpus", type=Path, help="work folder of the training recipe")
    parser.add_argument("--lines", type=int, help="lines a language (default 1500, quick 200)")
    parser.add_argument("--patience", type=float, default=0.0, help="seconds to wait for jedi")
    parser.add_argument("--seed", type=int, default=13, help="which lines")


def measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Return the counts of each language."""
    count = arguments.lines or (200 if arguments.quick else 1500)
    results: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for language, sources in held_out(arguments.corpus, Path(folder)).items():
            if sources:
                cases = cuts(sources, count, random.Random(arguments.seed))
                results[language] = _language(cases, arguments.patience)
    return results


def _language(cases: Sequence[Cut], patience: float) -> Mapping[str, Any]:
    refused: list[str] = []
    kinds: Counter[str] = Counter()
    names = unruled = 0
    began = time.process_time()
    for case in cases:
        rule = name_rule(case.source, case.offset, patience=patience)
        if rule is None:
            unruled += 1
            continue
        names += len(_NAME.findall(case.gold))
        wrong = _refusal(rule, case)
        if wrong is not None:
            kinds[wrong[0]] += 1
            refused.append(wrong[1])
    return {
        "lines": len(cases),
        "names in them": names,
        "word before the cursor unknown, no rule": unruled,
        "lines masked wrongly": f"{len(refused)} ({len(refused) / len(cases):.2%})",
        "by kind of name": dict(kinds),
        "some of them": refused[:_SHOWN],
        "processor ms a line": round(1000 * (time.process_time() - began) / len(cases), 1),
    }


def _refusal(rule: NameRule, case: Cut) -> tuple[str, str] | None:
    """Return what the rule took a refused name for, and the line; None if nothing is refused."""
    state = rule.start()
    for number, char in enumerate(case.gold):
        after = rule.feed(state, char.encode())
        if after is None:
            return rule.kind(state), _line(case, number)
        state = after
    return None if rule.may_stop(state) else ("end of the line", _line(case, len(case.gold)))


def _line(case: Cut, number: int) -> str:
    """Return the line with a mark at the cursor and one at what was refused."""
    text = case.source.text[: case.offset]
    before = text[text.rfind("\n") + 1 :].lstrip()
    where = f"{Path(case.source.path).name}:{case.source.position(case.offset).line + 1}"
    return f"{where}: {before}‸{case.gold[:number]}⟨{case.gold[number:]}⟩"


if __name__ == "__main__":
    record("name_replay", measure, options=options)
