"""How much of a line is shown: the learned estimate against a constant bar, and how it is fitted.

    python benchmarks/code_filter.py --corpus WORK              # on held-out packages
    python benchmarks/code_filter.py --corpus WORK --fit        # new weights, from train packages

The bundled model with the workspace's n-grams is asked where a typist may pause: where a line
begins and at two other places of it where a lexeme begins or has two characters. A text is right if
the file goes on with it. The constant bar is what was used before: a whole line, if the mean
log-probability of its tokens is -0.4 or more. Keys saved: the characters of a right text, less the
key that accepts it. `--fit` prints the content of `code_assist/showing.json`, and how well it does
on packages that it was not fitted on.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from _record import record
from _typed_lines import lines_of, moved, packages_of, train_packages, workspaces_of
from numpy.typing import NDArray

from assistants.backends.bundled import Bundled
from assistants.backends.ngram import Ngram
from assistants.constraint import Program
from assistants.masking import has_place
from assistants.model import FillInTheMiddle, Line
from code_assist.complete import SHORTEST
from code_assist.context import around
from code_assist.generation import shape
from code_assist.name_constraint import name_rule
from code_assist.showing import Learned, Place, cuts, features, installed

TRAIN = (
    "aiohttp", "boltons", "cattrs", "celery", "flask", "httpx", "jinja2", "networkx", "parso",
    "requests", "rich", "starlette", "tornado", "typer", "werkzeug",
    "commons-io", "httpcomponents-core", "jackson-core", "libcommons-compress-java",
    "libcommons-lang3-java", "libcommons-net-java", "maven",
)  # fmt: skip
_FLOOR = -3.0
_FOLDS = 5
_WIDE = -8.0
_BAR = -0.4

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A place where completion is asked, what the model found, and how the file goes on."""

    package: str
    place: Place
    found: tuple[Line, ...]
    wide: tuple[Line, ...]
    gold: str


def options(parser: argparse.ArgumentParser) -> None:
    """Add what only this benchmark takes."""
    parser.add_argument("--corpus", type=Path, default=None, help="work folder of the training")
    parser.add_argument("--lines", type=int, default=100, help="lines a language")
    parser.add_argument("--fit", action="store_true", help="fit on train packages")
    parser.add_argument("--seed", type=int, default=2027)


def measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Return what is shown and right, or the fitted weights."""
    count = 10 if arguments.quick else arguments.lines
    packages = (
        train_packages(arguments.corpus, TRAIN) if arguments.fit else packages_of(arguments.corpus)
    )
    model, ngram = Bundled.installed(), Ngram.installed()
    cases: list[Case] = []
    results: dict[str, Any] = {}
    for language in ("python", "java"):
        with tempfile.TemporaryDirectory() as folder:
            asked = _Asked(packages, Path(folder), model, ngram, wide=not arguments.fit)
            found = list(asked.cases(language, count, arguments.seed))
        cases += found
        if not arguments.fit and found:
            results[language] = _compared(found)
    return _fitted(cases) if arguments.fit else results


class _Asked:
    """Asks the model at places of lines."""

    def __init__(
        self,
        packages: Mapping[str, Mapping[str, str]],
        folder: Path,
        model: Bundled,
        ngram: Ngram,
        *,
        wide: bool,
    ) -> None:
        self._packages, self._folder, self._wide = packages, folder, wide
        self._model, self._ngram = model, ngram

    def cases(self, language: str, count: int, seed: int) -> Iterator[Case]:
        """Yield cases, half of them with nothing below."""
        lines = [
            line
            for down in (False, True)
            for line in lines_of(
                self._packages, language, count // 2, downwards=down, seed=seed + down
            )
        ]
        spaces = workspaces_of(self._packages, self._folder, lines, self._ngram)
        choose = random.Random(seed)
        for line in lines:
            whole = self._packages[line.package][line.path]
            gold = line.code + whole[len(line.above) + len(line.indent) + len(line.code) :]
            here = moved(line, self._folder)
            for at in sorted({0, *choose.sample(line.asked, min(2, len(line.asked)))}):
                place = Place(source=here.source(at)[0], offset=here.source(at)[1])
                if shape(place.source, place.offset).block:
                    continue
                memory = spaces[line.package].memory(place.source, place.offset)
                found, wide = self._lines(place, memory)
                yield Case(
                    package=line.package, place=place, found=found, wide=wide, gold=gold[at:]
                )

    def _lines(self, place: Place, memory: Any) -> tuple[tuple[Line, ...], tuple[Line, ...]]:  # noqa: ANN401
        source, offset = place.source, place.offset
        names = name_rule(source, offset, patience=0.0)
        program = Program(source.language, source.text[:offset], source.text[offset:], names)
        context = around(source, offset, tokens=1000)
        prompt = FillInTheMiddle(
            prefix=context.prefix, suffix=context.suffix, language=source.language,
            path=source.path, memory=memory,
        )  # fmt: skip
        held = program if has_place(program) else None
        found = self._model.lines(prompt, constraint=held, floor=_FLOOR)
        wide = self._model.lines(prompt, constraint=held, floor=_WIDE) if self._wide else ()
        return found, wide


Choose = Callable[[Case], str]


def _compared(cases: Sequence[Case]) -> Mapping[str, Any]:
    estimate = installed()
    began = time.process_time()
    for case in cases:
        _by_estimate(estimate, case)
    spent = (time.process_time() - began) / len(cases)
    return {
        "places": len(cases),
        "constant bar": _row(cases, _by_bar),
        "learned": _row(cases, lambda case: _by_estimate(estimate, case)),
        "estimate, processor ms a place": round(spent * 1000, 2),
        "calibration, expected and right": _calibration(cases, estimate),
    }


def _row(cases: Sequence[Case], choose: Choose) -> Mapping[str, Any]:
    shown = right = saved = 0
    for case in cases:
        text = choose(case).rstrip()
        if len(text) < SHORTEST:
            continue
        shown += 1
        if case.gold.startswith(text):
            right += 1
            saved += len(text) - 1
    return {
        "shown": shown,
        "right": f"{right / max(shown, 1):.1%}",
        "keys saved a place": round(saved / len(cases), 2),
    }


def _by_bar(case: Case) -> str:
    whole = [line for line in case.wide if line.finished and line.mean >= _BAR]
    return max(whole, key=lambda line: line.mean).text if whole else ""


def _by_estimate(estimate: Learned, case: Case) -> str:
    parts = [estimate.part(case.place, line.pieces, finished=line.finished) for line in case.found]
    return max((one for one in parts if one), key=lambda one: one.worth).text if any(parts) else ""


def _calibration(cases: Sequence[Case], estimate: Learned) -> Mapping[str, str]:
    rows = [(estimate.probability(values), right) for _, values, right, _ in _examples(cases)]
    found: dict[str, str] = {}
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        here = [row for row in rows if low <= row[0] < low + 0.2 or row[0] == 1 == low + 0.2]
        if here:
            expected, right = (sum(each) / len(here) for each in zip(*here, strict=True))
            found[f"{low:.1f}"] = f"{expected:.2f} {right:.2f} ({len(here)})"
    return found


def _examples(cases: Sequence[Case]) -> Iterator[tuple[Case, Mapping[str, float], bool, int]]:
    """Yield each place where a found line could be cut: its features, whether it is right, keys."""
    for case in cases:
        for line in case.found:
            for count in cuts(line.pieces, finished=line.finished):
                pieces = line.pieces[:count]
                ended = line.finished and count == len(line.pieces)
                text = "".join(piece.text for piece in pieces).rstrip()
                values = features(case.place, pieces, ended=ended)
                yield case, values, case.gold.startswith(text), len(text)


def _fitted(cases: Sequence[Case]) -> Mapping[str, Any]:
    examples = list(_examples(cases))
    names = list(examples[0][1])
    inputs = np.array([[values[name] for name in names] for _, values, _, _ in examples])
    right = np.array([each for _, _, each, _ in examples], float)
    weights = np.sqrt([keys for *_, keys in examples])
    packages = sorted({case.package for case in cases})
    folds = np.array([packages.index(case.package) % _FOLDS for case, *_ in examples])
    unseen: list[float] = []
    for fold in set(folds.tolist()):
        own, rest = folds == fold, folds != fold
        known = fit(inputs[rest], right[rest], weights[rest])
        unseen.append(_loss(inputs[own], right[own], known))
    found = fit(inputs, right, weights)
    before = installed()
    return {
        "places": len(cases),
        "examples": len(examples),
        "right": f"{right.mean():.1%}",
        "nats an example, unseen packages": round(float(np.mean(unseen)), 4),
        "showing.json": json.dumps(
            {
                "weights": {
                    name: round(float(one), 3) for name, one in zip(names, found, strict=True)
                },
                "cost": before.cost,
                "bar": before.bar,
                "floor": before.floor,
            }
        ),
    }


def fit(inputs: Values, right: Values, weights: Values, *, prior: float = 3.0) -> Values:
    """Return the weights of a logistic regression by Newton's method, drawn towards zero.

    The prior is on features scaled to unit variance; the first column is the constant.
    """
    middle, scale = inputs.mean(0), inputs.std(0) + 1e-9
    middle[0], scale[0] = 0.0, 1.0
    scaled = (inputs - middle) / scale
    weights = weights / weights.mean()
    drawn = np.r_[0.0, np.full(inputs.shape[1] - 1, prior)]
    found = np.zeros(inputs.shape[1])
    for _ in range(30):
        expected = 1 / (1 + np.exp(-scaled @ found))
        slope = scaled.T @ (weights * (right - expected)) - drawn * found
        curve = (scaled * (weights * expected * (1 - expected))[:, None]).T @ scaled
        found += np.linalg.solve(curve + np.diag(drawn + 1e-9), slope)
    found = found / scale
    found[0] -= float((found[1:] * middle[1:]).sum())
    return found


def _loss(inputs: Values, right: Values, found: Values) -> float:
    expected = np.clip(1 / (1 + np.exp(-inputs @ found)), 1e-6, 1 - 1e-6)
    return float(-(right * np.log(expected) + (1 - right) * np.log(1 - expected)).mean())


if __name__ == "__main__":
    record("code_filter", measure, options=options)
