"""How well does the bundled model know code it has never seen: `python -m benchmarks.model`.

On whole packages that were held out of training, in Python and Java: bits per byte, accuracy of
the next token and of the rest of a line, beside an n-gram model with a document cache that was
trained on the same corpus. Both score the same tokens. The model is a checkpoint folder in the
Hugging Face layout (`--checkpoint`), or the shipped ONNX weights (`--onnx`, the default).
"""

import argparse
import json
import math
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from training.corpus import read_split
from training.ngram import DocumentCache, KneserNey, Mixture
from training.tokenizer import END, FIM_MIDDLE, FIM_PREFIX, FIM_SUFFIX

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks/results/model.ndjson"
SHIPPED = ROOT / "assistants/data"
WINDOW, STRIDE = 512, 256
LINE_TOKENS = 48
FITTED_DOCUMENTS = 16
SEED = 2026
Logits = NDArray[np.float32]
Step = Callable[[Sequence[int]], NDArray[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is scored."""

    tokens: int
    lines: int
    fitted_documents: int


QUICK = Size(tokens=4_000, lines=12, fitted_documents=4)
FULL = Size(tokens=8_000, lines=25, fitted_documents=FITTED_DOCUMENTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A held-out file, cut to what is scored of it."""

    language: str
    text: str
    tokens: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """A place inside a line: what stands before it, the rest of the line, what follows."""

    language: str
    before: str
    rest: str
    after: str


class Runner(Protocol):
    """A model under test: adds tokens behind the first `length` positions of one sequence.

    With `suffix_first`, it is asked to fill in the middle with the suffix before the prefix.
    """

    name: str
    suffix_first: bool

    def run(self, tokens: Sequence[int], length: int, keep: int) -> Logits:
        """Return the logits of the last `keep` positions, shape (keep, vocabulary)."""
        ...


class CheckpointRunner:
    """A Hugging Face folder, run by transformers."""

    def __init__(self, folder: Path, *, suffix_first: bool, dtype: object = "float32") -> None:
        import torch
        from transformers import AutoModelForCausalLM, DynamicCache

        self.name = f"checkpoint {folder.name}"
        self.suffix_first = suffix_first
        self._torch: Any = torch
        self._model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype)
        self._new_cache: Any = DynamicCache
        self._cache: Any = DynamicCache()

    def run(self, tokens: Sequence[int], length: int, keep: int) -> Logits:
        """Run the model; a shorter `length` than last time starts the sequence over."""
        if length == 0:
            self._cache = self._new_cache()
        with self._torch.inference_mode():
            ids = self._torch.tensor([list(tokens)])
            made = self._model(ids, past_key_values=self._cache, logits_to_keep=keep)
        return made.logits[0].float().numpy()


class OnnxRunner:
    """Weights of the bundled kind, run by the assistants' own engine."""

    def __init__(self, session: Any) -> None:  # noqa: ANN401
        self._session = session
        self._buffers = self._session.buffers()
        self.name = f"onnx {self._session.metadata.precision}"
        self.suffix_first = self._session.metadata.suffix_first

    def run(self, tokens: Sequence[int], length: int, keep: int) -> Logits:
        """Run one step of the graph."""
        return self._session.run(self._buffers, tokens, length, keep)


@dataclass(slots=True)
class Tally:
    """Sums over scored tokens."""

    bits: float = 0.0
    right: int = 0
    tokens: int = 0
    bytes: int = 0

    def summary(self) -> dict[str, float]:
        """Bits per byte and accuracy."""
        return {
            "bits_per_byte": round(self.bits / self.bytes, 4),
            "next_token_accuracy": round(self.right / self.tokens, 4),
            "tokens": self.tokens,
            "bytes": self.bytes,
        }


def held_out(work: Path, tokenizer: Tokenizer, size: Size) -> list[Document]:
    """Random held-out files of each language up to `size.tokens`, in windows from their start."""
    rows = read_split(work / "corpus/held-out.jsonl")
    random.Random(SEED).shuffle(rows)
    documents: list[Document] = []
    for language in ("python", "java"):
        left = size.tokens
        for row in rows:
            if row["language"] != language or left <= 0:
                continue
            tokens = tokenizer.encode(row["text"], add_special_tokens=False).ids[: min(left, 4_000)]
            text = tokenizer.decode(tokens, skip_special_tokens=False)
            documents.append(Document(language=language, text=text, tokens=tokens))
            left -= len(tokens)
    return documents


def windows(count: int) -> Iterator[tuple[int, int, int]]:
    """Start, first scored place and end of each window; every token is scored once."""
    start, scored = 0, 0
    while scored < count:
        end = min(start + WINDOW - 1, count)
        yield start, scored, end
        scored = end
        start = end - (WINDOW - 1 - STRIDE)


def score_model(runner: Runner, document: Document, head: int, tally: Tally) -> None:
    """Add one document: each window begins with the language token, as in training."""
    for start, scored, end in windows(len(document.tokens)):
        inputs = [head, *document.tokens[start : end - 1]]
        logits = runner.run(inputs, 0, len(inputs))[scored - start :].astype(np.float64)
        goals = np.array(document.tokens[scored:end])
        logits -= logits.max(axis=-1, keepdims=True)
        chosen = logits[np.arange(len(goals)), goals]
        tally.bits -= float((chosen - np.log(np.exp(logits).sum(axis=-1))).sum()) / math.log(2)
        tally.right += int((logits.argmax(axis=-1) == goals).sum())
        tally.tokens += len(goals)
    tally.bytes += len(document.text.encode())


def score_ngram(mixture: Mixture, document: Document, tally: Tally) -> None:
    """Add one document: the cache sees all of it so far, not only a window."""
    cache = DocumentCache()
    for place, token in enumerate(document.tokens):
        distribution = mixture.distribution(document.tokens[:place], cache)
        tally.bits -= math.log2(distribution[token])
        tally.right += int(distribution.argmax() == token)
        tally.tokens += 1
        cache.add(token)
    tally.bytes += len(document.text.encode())


def cursors(documents: Sequence[Document], language: str, count: int) -> list[Cursor]:
    """Random places in lines that have at least five more characters to come."""
    choose = random.Random(SEED)
    found: list[Cursor] = []
    candidates = [d for d in documents if d.language == language and len(d.text) > 400]
    while len(found) < count and candidates:
        text = choose.choice(candidates).text
        line_start = text.find("\n", choose.randrange(len(text) // 2)) + 1
        line_end = text.find("\n", line_start)
        line = text[line_start:line_end] if line_end > 0 else ""
        indent = len(line) - len(line.lstrip())
        if len(line) - indent < 8 or line.lstrip().startswith(("#", "*", "//", "/*")):
            continue
        place = line_start + choose.randrange(indent, len(line) - 4)
        found.append(
            Cursor(
                language=language,
                before=text[:place],
                rest=text[place:line_end],
                after=text[line_end:],
            )
        )
    return found


def finished_line(step: Step, first: NDArray[Any], tokenizer: Tokenizer) -> str:
    """Greedy tokens until a line ends; the text before the line's end."""
    made: list[int] = []
    scores = first
    for _ in range(LINE_TOKENS):
        made.append(int(scores.argmax()))
        text = tokenizer.decode(made, skip_special_tokens=False)
        if "\n" in text or "<|" in text:
            return text.split("\n")[0].split("<|")[0]
        scores = step([made[-1]])
    return tokenizer.decode(made, skip_special_tokens=False)


class ModelLines:
    """Completes the rest of a line, with what follows it (fill-in-the-middle) or without."""

    def __init__(self, runner: Runner, tokenizer: Tokenizer) -> None:
        self._runner, self._tokenizer = runner, tokenizer
        self._length = 0

    def complete(self, cursor: Cursor, *, suffix: bool) -> str:
        """Greedy completion of the line."""
        ids = self._tokenizer.token_to_id
        before = self._tokenizer.encode(cursor.before[-3_000:], add_special_tokens=False).ids
        head = [ids(f"<|{cursor.language}|>")]
        if suffix:
            after = self._tokenizer.encode(cursor.after[:1_000], add_special_tokens=False).ids[:120]
            if self._runner.suffix_first:
                prompt = [*head, ids(FIM_PREFIX), ids(FIM_SUFFIX), *after, ids(FIM_MIDDLE)]
                prompt += before[-300:]
            else:
                prompt = [*head, ids(FIM_PREFIX), *before[-300:], ids(FIM_SUFFIX), *after]
                prompt.append(ids(FIM_MIDDLE))
        else:
            prompt = [*head, *before[-440:]]
        self._length = 0
        return finished_line(self._step, self._step(prompt), self._tokenizer)

    def _step(self, tokens: Sequence[int]) -> NDArray[Any]:
        logits = self._runner.run(tokens, self._length, 1)[-1]
        self._length += len(tokens)
        return logits


def ngram_line(mixture: Mixture, tokenizer: Tokenizer, cursor: Cursor) -> str:
    """Greedy completion by the baseline, its cache filled with all that stands before."""
    cache = DocumentCache()
    history = tokenizer.encode(cursor.before, add_special_tokens=False).ids
    for token in history:
        cache.add(token)

    def step(tokens: Sequence[int]) -> NDArray[Any]:
        for token in tokens:
            cache.add(token)
            history.append(token)
        return mixture.distribution(history, cache)

    return finished_line(step, step([]), tokenizer)


def baseline(work: Path, tokenizer: Tokenizer, size: Size, megabytes: float) -> Mixture:
    """The n-gram model of the training corpus, or of `megabytes` of it, counted once and kept."""
    path = work / ("ngram.npz" if math.isinf(megabytes) else f"ngram-{megabytes:g}mb.npz")
    rows = read_split(work / "corpus/train.jsonl")
    random.Random(SEED).shuffle(rows)
    apart = rows[:FITTED_DOCUMENTS]
    counted = within(rows[FITTED_DOCUMENTS:], megabytes)
    if not path.exists():
        end = tokenizer.token_to_id(END)
        pieces: list[NDArray[np.uint64]] = []
        for row in counted:
            ids = tokenizer.encode(row["text"], add_special_tokens=False).ids
            pieces.append(np.array([*ids, end], np.uint64))
        KneserNey.train(np.concatenate(pieces)).save(path)
    static = KneserNey.load(path)
    texts = [row["text"] for row in apart[: size.fitted_documents]]
    fitted = [tokenizer.encode(text, add_special_tokens=False).ids[:1_500] for text in texts]
    return Mixture.fit(static, fitted)


def within(rows: Sequence[dict[str, str]], megabytes: float) -> list[dict[str, str]]:
    """The first rows that fit into so many megabytes."""
    kept: list[dict[str, str]] = []
    left = megabytes * 1e6
    for row in rows:
        left -= len(row["text"])
        if left < 0:
            break
        kept.append(row)
    return kept


def line_results(
    cases: Sequence[Cursor], methods: dict[str, Callable[[Cursor], str]]
) -> dict[str, float]:
    """Share of lines completed exactly, by method."""
    return {
        name: round(sum(complete(case) == case.rest for case in cases) / max(len(cases), 1), 4)
        for name, complete in methods.items()
    }


def measure(
    runner: Runner, mixture: Mixture | None, tokenizer: Tokenizer, work: Path, size: Size
) -> dict[str, Any]:
    """All numbers, by language."""
    documents = held_out(work, tokenizer, size)
    lines = ModelLines(runner, tokenizer)
    result: dict[str, Any] = {}
    for language in ("python", "java"):
        model, ngram = Tally(), Tally()
        for document in documents:
            if document.language == language:
                score_model(runner, document, tokenizer.token_to_id(f"<|{language}|>"), model)
                if mixture is not None:
                    score_ngram(mixture, document, ngram)
        methods: dict[str, Callable[[Cursor], str]] = {
            "model_prefix_only": lambda case: lines.complete(case, suffix=False),
            "model_prefix_and_suffix": lambda case: lines.complete(case, suffix=True),
        }
        if mixture is not None:
            methods["ngram_prefix_only"] = lambda case: ngram_line(mixture, tokenizer, case)
        cases = cursors(documents, language, size.lines)
        result[language] = {
            "model": model.summary(),
            "ngram_with_cache": ngram.summary() if mixture is not None else None,
            "line_exact_match": {"cases": len(cases), **line_results(cases, methods)},
        }
    return result


def commit() -> str:
    """The checked-out commit."""
    command = ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def report(result: dict[str, Any]) -> str:
    """The result as a table for people."""
    lines = [f"{result['model']}, held-out packages", ""]
    for language in ("python", "java"):
        part = result["languages"][language]
        for name in ("model", "ngram_with_cache"):
            if part[name]:
                scores = part[name]
                lines.append(
                    f"{language:7} {name:17} {scores['bits_per_byte']:.3f} bits/byte   "
                    f"next token {scores['next_token_accuracy']:.1%} of {scores['tokens']}"
                )
        for name, share in part["line_exact_match"].items():
            if name != "cases":
                lines.append(f"{language:7} line, {name:24} {share:.1%}")
    if result["languages"]["python"]["ngram_with_cache"] is None:
        lines.append("without the baseline: it needs the training corpus")
    return "\n".join(lines)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--work", type=Path, default=Path(".training"), help="the corpus's folder")
    parser.add_argument("--checkpoint", type=Path, help="a folder in the Hugging Face layout")
    parser.add_argument("--onnx", type=Path, default=SHIPPED / "plumb.onnx")
    parser.add_argument("--suffix-first", action="store_true", help="how --checkpoint is asked")
    parser.add_argument("--no-baseline", action="store_true")
    parser.add_argument(
        "--baseline-megabytes",
        type=float,
        default=math.inf,
        help="train the baseline on a random part of the corpus",
    )
    parser.add_argument("--quick", action="store_true", help="a sample, in about a minute")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def main() -> int:
    """Measure and report; a full run adds a row to the results."""
    options = arguments()
    if not (options.work / "corpus/held-out.jsonl").exists():
        print(
            f"no corpus in {options.work}: make it with python -m training.corpus "
            f"--download --work {options.work}",
            file=sys.stderr,
        )
        return 2
    size = QUICK if options.quick else FULL
    tokenizer = Tokenizer.from_file(str(SHIPPED / "tokenizer.json"))
    runner: Runner
    if options.checkpoint:
        runner = CheckpointRunner(options.checkpoint, suffix_first=options.suffix_first)
    else:
        from assistants.engine import load

        runner = OnnxRunner(load(options.onnx))
    began = time.perf_counter()
    wanted = not options.no_baseline and (options.work / "corpus/train.jsonl").exists()
    part = options.baseline_megabytes
    mixture = baseline(options.work, tokenizer, size, part) if wanted else None
    result = {
        "benchmark": "model",
        "date": datetime.now(UTC).date().isoformat(),
        "commit": commit(),
        "model": runner.name,
        "baseline_trained_on": "the corpus" if math.isinf(part) else f"{part:g} MB of the corpus",
        "languages": measure(runner, mixture, tokenizer, options.work, size),
        "seconds": round(time.perf_counter() - began, 1),
    }
    print(json.dumps(result) if options.json else report(result))
    if not options.quick:
        RESULTS.parent.mkdir(parents=True, exist_ok=True)
        with RESULTS.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(result) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
