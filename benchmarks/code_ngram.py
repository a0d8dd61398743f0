"""Bits per byte of lines of held-out code by the nested n-gram cache, with the model and without.

Lines are drawn at random from held-out packages; the other files of a package are the project, and
for every second line the text below is hidden too. All figures are over the same lines. The
weights of `assistants/ngram/mixing.py` come from `--fit`, which reads six packages of the training
split (2,300 lines) and prints them.
"""

import argparse
import json
import math
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _record import record

from assistants.backends.bundled import data_folder
from assistants.backends.byte_level import ByteLevelTokenizer
from assistants.backends.fill_in import fit
from assistants.engine import Session
from assistants.model import FillInTheMiddle
from assistants.ngram import Encoder, Memory, Recollection, Texts

_FITTED_ON = frozenset(
    {"httpx", "jinja2", "typer", "starlette", "commons-io", "libcommons-net-java"}
)
_WINDOW = 512
_LONGEST_LINE = 48


def options(parser: argparse.ArgumentParser) -> None:
    """Add what only this benchmark takes."""
    parser.add_argument("--corpus", type=Path, required=True, help="work folder of the training")
    parser.add_argument("--lines", type=int, default=40, help="lines a package")
    parser.add_argument("--model", type=Path, default=None, help="weights; by default the shipped")
    parser.add_argument("--without-model", action="store_true", help="leave the model out")
    parser.add_argument("--fit", action="store_true", help="fit and print the weights instead")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a file: what stands before it, the line with its end, what stands after it."""

    package: str
    language: str
    path: str
    before: str
    text: str
    after: str


def measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Return bits per byte by source of proposals and language, or the fitted weights."""
    tokenizer = ByteLevelTokenizer(data_folder() / "tokenizer.json")
    encoder = tokenizer.encoder()
    count = 8 if arguments.quick else arguments.lines
    if arguments.fit:
        packages = _packages(arguments.corpus, "train", _FITTED_ON)
        return {"weights": _fitted(list(_lines(packages, 8 * count)), packages, encoder)}
    packages = _packages(arguments.corpus, "held-out", None)
    session = None
    if not arguments.without_model:
        session = Session(arguments.model or data_folder() / "plumb.onnx")
    lines = list(_lines(packages, count))
    return {
        language: _bits([x for x in lines if x.language == language], packages, tokenizer, session)
        for language in ("python", "java")
    }


def _bits(
    lines: Sequence[Line],
    packages: Mapping[str, Mapping[str, str]],
    tokenizer: ByteLevelTokenizer,
    session: Session | None,
) -> Mapping[str, Any]:
    encoder = tokenizer.encoder()
    memories = _memories(lines, packages, encoder)
    bits: dict[str, float] = {}
    size = right = tokens = 0
    nothing = Texts(())
    for line in lines:
        ids = encoder.encode(line.text).tolist()[:_LONGEST_LINE]
        size += sum(len(tokenizer.decode(token)) for token in ids)
        project, file = memories[line.package].around(line.path, line.before, line.after).nestings
        history = encoder.encode(line.before[-2000:]).tolist()
        states = {
            "file": Recollection((nothing, file), history, vocabulary=encoder.size),
            "project": Recollection((project, nothing), history, vocabulary=encoder.size),
            "nested": Recollection((project, file), history, vocabulary=encoder.size),
        }
        model = _model_probabilities(session, tokenizer, line, ids) if session else None
        for place, token in enumerate(ids):
            for name, state in states.items():
                found = state.probabilities()
                bits[name] = bits.get(name, 0.0) - math.log2(found[token])
                right += name == "nested" and int(np.argmax(found)) == token
                if name == "nested" and model is not None:
                    alone = float(model[place][token])
                    mixed = state.probabilities(model[place])
                    bits["model"] = bits.get("model", 0.0) - math.log2(max(alone, 1e-12))
                    bits["model + nested"] = bits.get("model + nested", 0.0) - math.log2(
                        mixed[token]
                    )
                state.push(token)
            tokens += 1
    return {
        "lines": len(lines),
        "bytes": size,
        "bits per byte": {name: round(total / size, 4) for name, total in bits.items()},
        "next token right, nested": f"{right / tokens:.1%}",
    }


def _model_probabilities(
    session: Session, tokenizer: ByteLevelTokenizer, line: Line, ids: Sequence[int]
) -> NDArray[np.float64]:
    """Return the model's distributions [tokens, vocabulary] of a line's tokens."""
    special = tokenizer.special
    prompt = FillInTheMiddle(prefix=line.before, suffix=line.after, language=line.language)
    prefix, suffix = fit(prompt, _WINDOW - _LONGEST_LINE - 4, tokenizer.encode)
    head = [special[line.language], special["fim_prefix"], *prefix, special["fim_suffix"], *suffix]
    tokens = [*head, special["fim_middle"], *ids[:-1]]
    logits = session.run(session.buffers(), tokens, 0, keep=len(ids)).astype(np.float64)
    exponents = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponents / exponents.sum(axis=1, keepdims=True)


def _fitted(
    lines: Sequence[Line], packages: Mapping[str, Mapping[str, str]], encoder: Encoder
) -> Mapping[str, Any]:
    """Fit the weights by expectation maximisation with a logistic regression as its second step."""
    memories = _memories(lines, packages, encoder)
    rows: list[list[tuple[NDArray[np.float64], float]]] = []
    for line in lines:
        around = memories[line.package].around(line.path, line.before, line.after)
        history = encoder.encode(line.before[-2000:]).tolist()
        state = Recollection(around.nestings, history, vocabulary=encoder.size)
        for token in encoder.encode(line.text).tolist():
            evidence = state.evidence()[::-1]
            rows.append(
                [
                    (
                        _features(one.file, one.length, *one.classes()),
                        float((one.followers == token).mean()),
                    )
                    for one in evidence
                ]
            )
            state.push(token)
    features = np.array([each for row in rows for each, _ in row])
    hits = np.array([hit for row in rows for _, hit in row])
    ends = np.cumsum([len(row) for row in rows])
    weights = np.zeros(features.shape[1])
    bits = 0.0
    for _ in range(8):
        shares = 1 / (1 + np.exp(-features @ weights))
        chosen, reached, bits = _expected(shares, hits, ends, encoder.size)
        for _ in range(6):
            shares = 1 / (1 + np.exp(-features @ weights))
            slope = features.T @ (chosen - reached * shares) - 0.1 * weights
            curve = (features * (reached * shares * (1 - shares))[:, None]).T @ features
            weights += np.linalg.solve(curve + 0.1 * np.eye(len(weights)), slope)
    return {"bits per token": round(bits, 4), "values": np.round(weights, 2).tolist()}


def _expected(
    shares: NDArray[np.float64], hits: NDArray[np.float64], ends: NDArray[np.int64], size: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Return how often each context was chosen and reached, and the bits per token."""
    chosen, reached = np.zeros(len(hits)), np.zeros(len(hits))
    total = 0.0
    start = 0
    for end in ends:
        left = np.concatenate(([1.0], np.cumprod(1 - shares[start:end])))
        mass = left[:-1] * shares[start:end] * hits[start:end]
        whole = mass.sum() + left[-1] / size
        total -= math.log2(whole)
        chosen[start:end] = mass / whole
        reached[start:end] = 1 - np.concatenate(([0.0], np.cumsum(mass / whole)[:-1]))
        start = end
    return chosen, reached, total / len(ends)


def _features(file: bool, length: int, seen: int, kinds: int) -> NDArray[np.float64]:  # noqa: FBT001
    """Return the features in the order of the fields of `Weights`."""
    certain = [float(kinds == kind) for kind in (1, 2, 3, 4)]
    lengths = [float(length == each) for each in range(2, 13)]
    nested = [float(file), file * length / 12, file * seen / 6]
    last = float(length == 12 and kinds == 0)
    return np.array([1.0, seen, *certain, seen * (kinds > 0), *nested, *lengths, last])


def _packages(
    corpus: Path, split: str, wanted: frozenset[str] | None
) -> Mapping[str, Mapping[str, str]]:
    found: dict[str, dict[str, str]] = {}
    with (corpus / "corpus" / f"{split}.jsonl").open(encoding="utf-8") as file:
        for row in file:
            each = json.loads(row)
            if wanted is None or each["package"] in wanted:
                found.setdefault(each["package"], {})[each["path"]] = each["text"]
    return found


def _memories(
    lines: Sequence[Line], packages: Mapping[str, Mapping[str, str]], encoder: Encoder
) -> Mapping[str, Memory]:
    memories = {line.package: Memory(encoder) for line in lines}
    for package, memory in memories.items():
        memory.put(packages[package])
    return memories


def _lines(packages: Mapping[str, Mapping[str, str]], count: int) -> Iterator[Line]:
    choose = random.Random(2026)
    for package, texts in sorted(packages.items()):
        paths = [path for path, text in sorted(texts.items()) if text.count("\n") > 40]
        for number in range(count):
            path = choose.choice(paths)
            lines = texts[path].splitlines(keepends=True)
            while True:
                at = choose.randrange(5, len(lines))
                code = lines[at].strip()
                if len(code) >= 8 and not code.startswith(("#", "*", "/", '"', "'")):
                    break
            yield Line(
                package=package,
                language="java" if path.endswith(".java") else "python",
                path=path,
                before="".join(lines[:at]),
                text=lines[at],
                after="" if number % 2 else "".join(lines[at + 1 :]),
            )


if __name__ == "__main__":
    record("code_ngram", measure, options=options)
