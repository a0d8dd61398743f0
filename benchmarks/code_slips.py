"""Likely slips: one local variable put in another's place, or two arguments exchanged.

    python benchmarks/code_slips.py --corpus WORK            # held-out packages
    python benchmarks/code_slips.py --corpus WORK --train    # where the thresholds are from

Lines with at least one use of a local that could be another are drawn. Each is looked at as it is
(every finding is taken for a false alarm: released code seldom has such slips), and with one slip
injected (found: the first finding is the original text). The model is the bundled one, the memory
that of the package.
"""

import argparse
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _record import record
from _typed_lines import packages_of, train_packages
from code_filter import TRAIN

from assistants.backends.bundled import Bundled
from assistants.backends.ngram import Ngram
from code_assist import Source, Workspace
from code_assist.languages import by_name
from code_assist.likely_slips import Preferred, others_in, preferred

_SUMS = (9.0, 12.0, 16.0, 20.0, 25.0)
_EACH = (2.0, 4.0, 6.0, 8.0)


def options(parser: argparse.ArgumentParser) -> None:
    """Add what only this benchmark takes."""
    parser.add_argument("--corpus", type=Path, default=None, help="work folder of the training")
    parser.add_argument("--lines", type=int, default=300, help="lines a language")
    parser.add_argument("--train", action="store_true", help="packages that were trained on")
    parser.add_argument("--seed", type=int, default=31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was preferred in a line as it is, and with a slip in it; with the original text."""

    places: int
    clean: tuple[Preferred, ...]
    slipped: tuple[Preferred, ...]
    start: int
    original: str
    kind: str


def measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Return found slips and false alarms by threshold."""
    train = arguments.train
    packages = train_packages(arguments.corpus, TRAIN) if train else packages_of(arguments.corpus)
    model, ngram = Bundled.installed(), Ngram.installed()
    results: dict[str, Any] = {}
    for language in ("python", "java"):
        with tempfile.TemporaryDirectory() as folder:
            looked = _Looked(packages, Path(folder), model, ngram)
            count = 12 if arguments.quick else arguments.lines
            seen = looked.lines(language, count, random.Random(arguments.seed))
        results[language] = _row(seen) if seen else "no files"
    return results


class _Looked:
    """Draws lines and looks for slips in them."""

    def __init__(
        self,
        packages: Mapping[str, Mapping[str, str]],
        folder: Path,
        model: Bundled,
        ngram: Ngram,
    ) -> None:
        self._packages, self._folder, self._model, self._ngram = packages, folder, model, ngram
        self._spaces: dict[str, Workspace] = {}

    def lines(self, language: str, count: int, choose: random.Random) -> list[Seen]:
        """Return what is seen in some lines of a language."""
        suffix = by_name(language).suffixes[0]
        names = [
            package
            for package, texts in sorted(self._packages.items())
            if any(path.endswith(suffix) for path in texts)
        ]
        found: list[Seen] = []
        while names and len(found) < count:
            package = names[len(found) % len(names)]
            paths = [path for path in sorted(self._packages[package]) if path.endswith(suffix)]
            seen = self._line(package, choose.choice(paths), language, choose)
            found += [seen] if seen is not None else []
        return found

    def _line(self, package: str, path: str, language: str, choose: random.Random) -> Seen | None:
        file = self._folder / package / path.replace("/", "~")
        source = Source(text=self._packages[package][path], language=language, path=str(file))
        row = choose.randrange(source.line_count)
        places = others_in(source, range(row, row + 1))
        if not places:
            return None
        slip = choose.choice(choose.choice(places))
        slipped = source.insert(slip.start, slip.end, slip.text)
        return Seen(
            places=len(places),
            clean=self._look(package, source, row),
            slipped=self._look(package, slipped, row),
            start=slip.start,
            original=source.text[slip.start : slip.end],
            kind=slip.code,
        )

    def _look(self, package: str, source: Source, row: int) -> tuple[Preferred, ...]:
        recall = self._space(package).memory
        return tuple(preferred(source, range(row, row + 1), model=self._model, recall=recall))

    def _space(self, package: str) -> Workspace:
        if package not in self._spaces:
            folder = self._folder / package
            folder.mkdir()
            for path, text in self._packages[package].items():
                (folder / path.replace("/", "~")).write_text(text, encoding="utf-8")
            self._spaces[package] = Workspace([folder], encoder=self._ngram.encoder)
            self._spaces[package].fill()
        return self._spaces[package]


def _row(seen: Sequence[Seen]) -> Mapping[str, Any]:
    places = sum(one.places for one in seen)
    row: dict[str, Any] = {
        "lines": len(seen),
        "places": places,
        "slips": dict(Counter(one.kind for one in seen)),
        "as installed": _counts(seen, lambda one: one.tells),
    }
    for each in _EACH:
        for total in _SUMS:
            row[f"each {each:.0f}, together {total:.0f}"] = _counts(
                seen,
                lambda one, each=each, total=total: (
                    min(one.memory, one.model) >= each and one.memory + one.model >= total
                ),
            )
    return row


def _counts(seen: Sequence[Seen], tells: Any) -> str:  # noqa: ANN401
    alarms = sum(tells(one) for line in seen for one in line.clean)
    found = sum(_is_found(line, tells) for line in seen)
    return f"found {found} of {len(seen)}, false alarms {alarms} in {len(seen)} lines"


def _is_found(line: Seen, tells: Any) -> bool:  # noqa: ANN401
    told = [one for one in line.slipped if tells(one)]
    first = max(told, key=lambda one: one.memory + one.model, default=None)
    return first is not None and (first.other.start, first.other.text) == (
        line.start,
        line.original,
    )


if __name__ == "__main__":
    record("code_slips", measure, options=options)
