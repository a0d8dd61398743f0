"""The constraint on whole programs: what it masks wrongly, what it lets through, what it costs.

Python is judged by CPython's `compile` and Java by javac's parser (`constraint_judges`):

- completeness: real files, whole and token by token from random cuts, in three tokenisations;
- walks: random walks over allowed tokens, which must be programs where they may stop;
- mutants: one-edit mutants of real files;
- middles: the text between two random cuts, and random text in its place;
- budgets: random draws within a budget of tokens, which must end where the text may stop;
- costs: processor time per token, cold and warm, for 8k and 128k tokens; beside others on JSON;
- syncode: SynCode on Python, in an environment of its own.

`--java` names folders of Java sources: an unpacked `src.zip` of a JDK, or Debian source packages
(`apt-get source libguava-java libcommons-io-java`); without it only walks are made in Java.
`--jdk` names the JDK whose javac judges, 25 for everything that counts. `--parts`, `--seed` and
`--minutes` (for each part and language) let a long run be made in pieces; each leaves its own row.
"""

import argparse
import os
import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import constraint_costs as costs
import constraint_proofs as proofs
from _record import record
from constraint_judges import Judge, cpython, javac, javac_version
from constraint_sources import SUFFIX, bundled, files, large, python_folders, small

PARTS = ("completeness", "walks", "mutants", "middles", "budgets", "costs", "syncode")
_FULL = {"completeness": 20_000, "walks": 50_000, "mutants": 10_000, "middles": 2_500,
         "budgets": 1_000}  # fmt: skip
_QUICK = {"completeness": 25, "walks": 120, "mutants": 120, "middles": 25, "budgets": 10}
_QUICK_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """One language in one run: who judges it, its files, and how much is to be done."""

    language: str
    judge: Judge
    paths: Sequence[Path]
    seed: int
    rounds: Mapping[str, int]
    seconds: float
    skip: int
    quick: bool

    def trial(self, part: str) -> proofs.Trial:
        """Return a part's beginning, with its own budget and chance."""
        budget = proofs.Budget(self.rounds[part], self.seconds)
        chance = random.Random(f"{self.seed} {part} {self.language} {self.skip}")
        return proofs.Trial(self.language, self.judge, budget, chance)

    def valid(self, limit: int = 8000) -> list[str]:
        """Return texts of small files that the judge takes."""
        count = 40 if self.quick else 1500
        return [text for text in small(self.paths, count, limit) if not self.judge(text)]


def measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Run the parts asked for, in each language."""
    with ExitStack() as stack:
        judge = stack.enter_context(javac(arguments.jdk))
        runs = list(_runs(arguments, judge))
        results: dict[str, Any] = {"javac": javac_version(arguments.jdk)}
        for part in arguments.parts:
            if part in _PROOFS:
                results[part] = {run.language: _PROOFS[part](run) for run in runs}
            else:
                results[part] = _COSTS[part](runs, arguments)
    return results


def _runs(arguments: argparse.Namespace, javac: Judge | None) -> Sequence[_Run]:
    judges = {"python": cpython, "java": javac}
    libraries = python_folders()[: 1 if arguments.quick else None]
    folders = {"python": [*libraries, *arguments.python], "java": arguments.java}
    rounds = _QUICK if arguments.quick else dict.fromkeys(_FULL, arguments.rounds)
    if not arguments.quick and not arguments.rounds:
        rounds = _FULL
    seconds = _QUICK_SECONDS if arguments.quick else 60 * arguments.minutes
    return [
        _Run(
            language=language, judge=judge, seed=arguments.seed, rounds=rounds, seconds=seconds,
            skip=arguments.skip,
            quick=arguments.quick,
            paths=files(folders[language], SUFFIX[language], random.Random(arguments.seed)),
        )
        for language, judge in judges.items()
        if judge is not None and language in arguments.languages
    ]  # fmt: skip


def _completeness(run: _Run) -> Mapping[str, Any]:
    if not run.paths:
        return _NO_SOURCES
    wide = bundled() if run.quick else large(small(run.paths, 300, 20_000))
    return proofs.completeness(
        run.trial("completeness"), run.paths[run.skip :], (bundled(), wide),
        masks=0.0 if run.quick else 0.002,
    )  # fmt: skip


def _walks(run: _Run) -> Mapping[str, Any]:
    return proofs.walks(run.trial("walks"), bundled())


def _mutants(run: _Run) -> Mapping[str, Any]:
    texts = run.valid()
    return proofs.mutants(run.trial("mutants"), texts) if texts else _NO_SOURCES


def _middles(run: _Run) -> Mapping[str, Any]:
    texts = run.valid()
    return proofs.middles(run.trial("middles"), texts, bundled()) if texts else _NO_SOURCES


def _budgets(run: _Run) -> Mapping[str, Any]:
    texts = run.valid()
    return proofs.budgets(run.trial("budgets"), texts, bundled()) if texts else _NO_SOURCES


_NO_SOURCES = {"skipped": "no folder of sources is named"}


def _cost(runs: Sequence[_Run], arguments: argparse.Namespace) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    places, window = (1, 60) if arguments.quick else (arguments.places, 400)
    for run in runs:
        texts = run.valid()[:200]
        for size in arguments.sizes if texts else ():
            vocabulary = bundled() if size == "8k" else large(texts)
            found[f"{run.language}_{size}"] = costs.cost(
                run.language, texts, vocabulary, random.Random(run.seed),
                places=places, window=window,
            )  # fmt: skip
        if texts and "8k" in arguments.sizes:
            found[f"{run.language}_in_decoding"] = costs.in_decoding(
                run.language, texts, run.seed, lines=2 if arguments.quick else 60
            )
        if run.language == "python" and not arguments.quick:
            found["json"] = costs.beside_others(
                texts, sizes=arguments.sizes, scratch=arguments.scratch, count=2
            )
    return found


def _syncode(runs: Sequence[_Run], arguments: argparse.Namespace) -> Mapping[str, Any]:
    if arguments.quick:
        return {"skipped": "only in a full run"}
    texts = [text for run in runs if run.language == "python" for text in run.valid(3000)[:6]]
    return costs.syncode(texts, scratch=arguments.scratch, minutes=arguments.minutes)


_PROOFS: Mapping[str, Callable[[_Run], Mapping[str, Any]]] = {
    "completeness": _completeness, "walks": _walks, "mutants": _mutants, "middles": _middles,
    "budgets": _budgets,
}  # fmt: skip
_COSTS = {"costs": _cost, "syncode": _syncode}


def _options(parser: argparse.ArgumentParser) -> None:
    jdk = os.environ.get("JAVA_HOME")
    parser.add_argument("--java", type=Path, nargs="*", default=[], help="folders of Java sources")
    parser.add_argument("--python", type=Path, nargs="*", default=[], help="more Python sources")
    parser.add_argument("--jdk", type=Path, default=Path(jdk) if jdk else None, help="whose javac")
    parser.add_argument("--parts", nargs="*", choices=PARTS, default=list(PARTS))
    parser.add_argument("--languages", nargs="*", choices=list(SUFFIX), default=list(SUFFIX))
    parser.add_argument("--rounds", type=int, default=0, help="how many, for each part")
    parser.add_argument("--skip", type=int, default=0, help="files that another run has replayed")
    parser.add_argument("--minutes", type=float, default=30.0, help="at most, for each part")
    parser.add_argument("--places", type=int, default=20, help="where costs are taken")
    parser.add_argument("--sizes", nargs="*", choices=("8k", "128k"), default=["8k"])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scratch", type=Path, help="where others' environments are made")


if __name__ == "__main__":
    record("constraint", measure, options=_options)
