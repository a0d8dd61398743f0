"""What the constraint gives: lines of held-out files, written with none, with syntax, with names.

The rest of a line of code is taken out, at its first character or in its middle, and the model
writes it again from the same prompt: free, held to the syntax, held to syntax and names. A model
that can search for the end of a line does so; another writes greedily up to the first line end
with which the file parses. Counted are lines that are exactly right, files that parse with the
line, and lines with a name that nothing defines (see `_resolution`); `right names` are lines whose
names are those of the true line, in its order. Then the same lines as they would be shown: through
all checks of completion, and by static analysis without a model.

    python benchmarks/constraint_gain.py --corpus WORK [--model hf:FOLDER | --weights FILE.onnx]
"""

import argparse
import random
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _held_out import Cut, cuts, held_out
from _record import record
from _resolution import Resolution, resolution

from assistants import registry
from assistants.answer import Status
from assistants.backends.bundled import Bundled, data_folder
from assistants.constraint import Program
from assistants.model import FillInTheMiddle, LineWriter, Model, Sampling
from code_assist import Source, complete
from code_assist.generation import Strictness
from code_assist.name_constraint import name_rule
from code_assist.verify import standing

ARMS: tuple[Strictness, ...] = ("none", "syntax", "names")
_TOKENS, _LINES = 48, 4
_NAME = re.compile(r"[^\W\d]\w*")


def options(parser: argparse.ArgumentParser) -> None:
    """Add what only this benchmark takes."""
    parser.add_argument("--model", default="bundled", help="a model name")
    parser.add_argument("--weights", type=Path, help="an exported graph to put in its place")
    parser.add_argument("--corpus", type=Path, help="work folder of the training recipe")
    parser.add_argument("--cases", type=int, help="lines a language (default 150, quick 12)")
    parser.add_argument("--language", choices=("python", "java"), help="only this one")


def measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Return the figures of each language."""
    weights: Path | None = arguments.weights
    tokenizer = data_folder() / "tokenizer.json"
    model = Bundled(weights, tokenizer) if weights else registry.load(arguments.model)
    if model is None:
        raise SystemExit("this benchmark needs a model")
    count = arguments.cases or (12 if arguments.quick else 150)
    results: dict[str, Any] = {"model": model.name}
    with tempfile.TemporaryDirectory() as folder, resolution() as judge:
        for language, sources in held_out(arguments.corpus, Path(folder)).items():
            if sources and arguments.language in {None, language}:
                cases = cuts(sources, count, random.Random(7))
                results[language] = _language(cases, model, judge)
    return results


def _language(cases: Sequence[Cut], model: Model, judge: Resolution) -> Mapping[str, Any]:
    written = {arm: _Tally.of(_written(cases, model, arm), judge) for arm in ARMS}
    shown = {
        "without names": _Tally.of(_shown(cases, model, "syntax"), judge),
        "with names": _Tally.of(_shown(cases, model, "names"), judge),
        "analysis alone": _Tally.of(_shown(cases, None, "names"), judge),
    }
    return {
        "cases": len(cases),
        "written": {arm: tally.figures() for arm, tally in written.items()},
        "exact with names, against none": written["names"].against(written["none"]),
        "exact with names, against syntax": written["names"].against(written["syntax"]),
        "shown": {arm: tally.figures() for arm, tally in shown.items()},
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """What was written in one case, and the processor time that it took."""

    case: Cut
    text: str
    start: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tally:
    """Which cases came out how; `unresolved` is None where nothing can tell."""

    given: tuple[bool, ...]
    exact: tuple[bool, ...]
    names: tuple[bool, ...]
    parses: tuple[bool, ...]
    unresolved: tuple[bool | None, ...]
    repeats: tuple[bool, ...]
    seconds: float

    @classmethod
    def of(cls, lines: Iterator[_Line], judge: Resolution) -> "_Tally":
        found = list(lines)
        after = [_after(line) for line in found]
        return cls(
            given=tuple(bool(line.text.strip()) for line in found),
            exact=tuple(_first(line) == line.case.gold for line in found),
            names=tuple(_same_names(_first(line), line.case.gold) for line in found),
            parses=tuple(standing(source).parses for source in after),
            unresolved=tuple(
                _unresolved(line, source, judge) for line, source in zip(found, after, strict=True)
            ),
            repeats=tuple(map(_repeats, found)),
            seconds=sum(line.seconds for line in found),
        )

    def figures(self) -> Mapping[str, str | float]:
        """Return shares: of all cases where a line is right, of those with a text else."""
        given = sum(self.given)
        known = [one for one, there in zip(self.unresolved, self.given, strict=True) if there]
        return {
            "texts": given,
            "exact": _share(sum(self.exact), len(self.exact)),
            "right names": _share(sum(self.names), len(self.names)),
            "parses": _share(_both(self.parses, self.given), given),
            "unresolved names": (
                "not measured" if None in known else _share(sum(map(bool, known)), given)
            ),
            "repeats what follows": _share(_both(self.repeats, self.given), given),
            "processor ms a line": round(1000 * self.seconds / len(self.exact), 1),
        }

    def against(self, other: "_Tally") -> str:
        """Return how many cases only this one, and only the other one, got right."""
        pairs = list(zip(self.exact, other.exact, strict=True))
        return f"+{sum(a and not b for a, b in pairs)} -{sum(b and not a for a, b in pairs)}"


def _written(cases: Sequence[Cut], model: Model, arm: Strictness) -> Iterator[_Line]:
    for case in cases:
        began = time.process_time()
        text = _decode(case, model, arm)
        seconds = time.process_time() - began
        yield _Line(case=case, text=text, start=case.offset, seconds=seconds)


def _decode(case: Cut, model: Model, arm: Strictness) -> str:
    source, offset = case.source, case.offset
    before, after = source.text[:offset], source.text[offset:]
    language = source.language
    rule = name_rule(source, offset) if arm == "names" else None
    constraint = None if arm == "none" else Program(language, before, after, rule)
    prompt = FillInTheMiddle(prefix=before, suffix=after, language=language, path=source.path)
    if isinstance(model, LineWriter):
        lines = model.lines(prompt, constraint=constraint)
        return lines[0].text if lines else ""
    text = ""
    sampling = Sampling(max_tokens=_TOKENS)
    for token in model.stream(prompt, constraint=constraint, sampling=sampling):
        text += token.text
        done = _complete_lines(case, text)
        if done is not None:
            return done
        if text.count("\n") >= _LINES:
            break
    whole = source.insert(offset, offset, text)
    return text if standing(whole).parses else text.split("\n", 1)[0]


def _complete_lines(case: Cut, text: str) -> str | None:
    """Return the text up to a line end with which the file parses, if its last lines has one."""
    lines = text.split("\n")
    kept = "\n".join(lines[:-1])
    if len(lines) < 2 or not kept.strip():
        return None
    whole = case.source.insert(case.offset, case.offset, kept)
    return kept if standing(whole).parses else None


def _shown(cases: Sequence[Cut], model: Model | None, arm: Strictness) -> Iterator[_Line]:
    for case in cases:
        began = time.process_time()
        position = case.source.position(case.offset)
        answer = complete(case.source, position, model=model, strictness=arm)
        seconds = time.process_time() - began
        text, start = "", case.offset
        if answer.status is Status.ANSWERED and answer.best is not None:
            candidate = answer.best.candidate
            text, start = candidate.new_text, case.source.offset(candidate.span.start)
        yield _Line(case=case, text=text, start=start, seconds=seconds)


def _after(line: _Line) -> Source:
    return line.case.source.insert(line.start, line.case.offset, line.text)


def _first(line: _Line) -> str:
    """Return the first line behind the cursor, without what was typed before it."""
    return line.text[line.case.offset - line.start :].split("\n", 1)[0].rstrip()


def _same_names(text: str, gold: str) -> bool:
    return bool(text) and _NAME.findall(text) == _NAME.findall(gold)


def _repeats(line: _Line) -> bool:
    """Whether the text ends with the rest of its line, or is the line that follows."""
    rest, _, below = line.case.source.text[line.case.offset :].partition("\n")
    text, rest = line.text.strip(), rest.strip()
    following = next((one.strip() for one in below.split("\n") if one.strip()), "")
    if rest:
        return len(rest) > 1 and text.endswith(rest)
    return bool(text) and text.split("\n", 1)[0].strip() == following


def _unresolved(line: _Line, after: Source, judge: Resolution) -> bool | None:
    """Whether the text uses a name that nothing defines; what does not parse is not asked."""
    end = line.start + len(line.text)
    found = judge.undefined(after, line.start, end)
    if not found:
        return found
    case = line.case
    true = case.source.insert(case.offset, case.offset, case.gold)
    return not judge.undefined(true, case.offset, case.offset + len(case.gold))


def _both(one: Sequence[bool], other: Sequence[bool]) -> int:
    return sum(a and b for a, b in zip(one, other, strict=True))


def _share(count: int, of: int) -> str:
    return f"{count} of {of} ({count / max(of, 1):.1%})"


if __name__ == "__main__":
    record("constraint_gain", measure, options=options)
