"""What the constraint costs per token, in processor time, alone and beside other systems.

On JSON: the same documents, in the same tokens, under llguidance's and xgrammar's JSON grammars and
under the whole of Python (every JSON document is a Python expression), so that ours does the most.
On Python: SynCode, which alone of the others has a grammar for it.
"""

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from constraint_sources import bundled, bundled_description, large, longest

from assistants.constraint import Constraint, Grammar, Mask, Program
from assistants.masking import Vocabulary, compile_mask
from assistants.model import FillInTheMiddle, Model, Sampling

_JSON = r"""
start: value
value: object | array | STRING | NUMBER | "true" | "false" | "null"
object: "{" WS? (pair ("," WS? pair)*)? "}"
pair: STRING ":" WS? value
array: "[" WS? (value ("," WS? value)*)? "]"
STRING: /"([^"\\\x00-\x1f]|\\["\\\/bfnrt]|\\u[0-9a-fA-F]{4})*"/
NUMBER: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/
WS: /[ \t\n\r]+/
"""


def spread(times: Sequence[int]) -> dict[str, float]:
    """Return the middle and the slow end of some times in nanoseconds, in microseconds."""
    return {
        "p50_us": float(np.percentile(times, 50)) / 1e3,
        "p99_us": float(np.percentile(times, 99)) / 1e3,
        "mean_us": float(np.mean(times)) / 1e3,
    }


def timed(action: Callable[[], object], times: list[int]) -> None:
    """Run an action and keep the processor time of this thread."""
    began = time.thread_time_ns()
    action()
    times.append(time.thread_time_ns() - began)


def cost(
    language: str, texts: Sequence[str], vocabulary: Vocabulary, chance: random.Random,
    *, places: int, window: int,
) -> dict[str, Any]:  # fmt: skip
    """Time each token of real text: accepting it, and building the whole mask before it.

    Cold: the first pass, in a process that has read nothing like it; warm: the same places again.
    Decoding pays `accept` for every token and a mask only where what was drawn is refused.
    """
    chosen: list[tuple[Program, list[int]]] = []
    for _ in range(places):
        text = chance.choice(texts)
        cut = chance.randrange(len(text))
        tokens = list(longest(text[cut : cut + window].encode(), vocabulary))
        chosen.append((Program(language, text[:cut]), tokens))
    found: dict[str, Any] = {"tokens": sum(len(tokens) for _, tokens in chosen)}
    for kind in ("cold", "warm"):
        accepts: list[int] = []
        masks: list[int] = []
        for program, tokens in chosen:
            mask = compile_mask(program, vocabulary)
            _pass(mask, tokens, accepts, masks)
        found[kind] = {"accept": spread(accepts), "whole_mask": spread(masks)}
    return found


def _pass(mask: Mask, tokens: Sequence[int], accepts: list[int], masks: list[int]) -> None:
    for token in tokens:
        timed(mask.allowed, masks)
        timed(lambda taken=token: mask.accept([taken]), accepts)


class _Timed:
    """A mask that keeps what it costs between two tokens that it accepts."""

    def __init__(self, mask: Mask, per_token: list[int]) -> None:
        self._mask, self._per_token, self._spent = mask, per_token, 0

    def __getattr__(self, name: str) -> Callable[..., object]:
        method = getattr(self._mask, name)

        def called(*arguments: object) -> object:
            began = time.thread_time_ns()
            found = method(*arguments)
            self._spent += time.thread_time_ns() - began
            if name == "accept" and found:
                self._per_token.append(self._spent)
                self._spent = 0
            return found

        return called


def in_decoding(language: str, texts: Sequence[str], seed: int, *, lines: int) -> dict[str, Any]:
    """Return what the constraint costs where the bundled model writes rests of lines.

    As the language server asks for them: at most 96 tokens, up to the line's end, the text behind
    the cursor given. Reading what stands around the cursor is counted apart (`opening`): an editor
    sends the same file again and again, and only what changed is read anew. Cold: the first pass.
    """
    from assistants.registry import load

    model = load("bundled")
    if model is None:
        return {"skipped": "no bundled model"}
    return {kind: _lines(model, language, texts, seed, lines) for kind in ("cold", "warm")}


def _lines(
    model: Model, language: str, texts: Sequence[str], seed: int, lines: int
) -> dict[str, Any]:
    from assistants.backends import bundled as backend

    chance, opening, per_token = random.Random(seed), list[int](), list[int]()

    def compiled(constraint: Constraint, vocabulary: Vocabulary, *, budget: int) -> Mask:
        masks: list[Mask] = []
        timed(lambda: masks.append(compile_mask(constraint, vocabulary, budget=budget)), opening)
        return _Timed(masks[0], per_token)

    began = time.process_time_ns()
    with mock.patch.object(backend, "compile_mask", compiled):
        for _ in range(lines):
            text = chance.choice(texts)
            cut = chance.randrange(len(text))
            prompt = FillInTheMiddle(prefix=text[:cut], suffix=text[cut:], language=language)
            sampling = Sampling(max_tokens=96, temperature=0.0, stop=("\n",))
            program = Program(language, text[:cut], text[cut:])
            for _ in model.stream(prompt, sampling=sampling, constraint=program):
                pass
    decoding = time.process_time_ns() - began - sum(opening)
    return {
        "tokens": len(per_token), "mask": spread(per_token), "opening": spread(opening),
        "share_of_decoding": sum(per_token) / decoding,
    }  # fmt: skip


def documents(chance: random.Random, count: int) -> list[str]:
    """Return JSON documents of some 600 bytes."""

    def value(depth: int) -> object:
        kind = chance.random()
        if depth and kind < 0.3:
            return {f"key_{chance.randrange(99)}": value(depth - 1) for _ in range(4)}
        if depth and kind < 0.5:
            return [value(depth - 1) for _ in range(4)]
        words = chance.choices(["alpha", "beta", "a long sentence, with signs", "42"], k=2)
        return chance.choice([chance.randrange(10**6), chance.random(), None, True, *words])

    return [json.dumps({f"field_{n}": value(3) for n in range(8)}) for _ in range(count)]


def beside_others(
    texts: Sequence[str], *, sizes: Sequence[str], scratch: Path | None, count: int
) -> dict[str, Any]:
    """Return the cost per token on JSON, ours and theirs, for each vocabulary."""
    written = documents(random.Random(11), count)
    found: dict[str, Any] = {}
    for size in sizes:
        vocabulary = bundled() if size == "8k" else large(texts)
        streams = [list(longest(text.encode(), vocabulary)) for text in written]
        rows = {
            "plumb_under_all_of_python": _replay(Program("python", "x = "), vocabulary, streams),
            "llguidance_under_json": _replay(Grammar(_JSON), vocabulary, streams),
        }
        words = [list(text) for text in vocabulary.tokens]
        job = {"words": words, "streams": streams}
        rows["xgrammar_under_json"] = rival("xgrammar", _XGRAMMAR, job, scratch)
        found[size] = rows | _ratios(rows)
    return found


def _replay(
    constraint: Program | Grammar, vocabulary: Vocabulary, streams: Sequence[Sequence[int]]
) -> dict[str, Any]:
    times: list[int] = []
    for _ in range(2):
        times.clear()
        for tokens in streams:
            mask = compile_mask(constraint, vocabulary)
            for token in tokens:
                timed(lambda taken=token, mask=mask: (mask.allowed(), mask.accept([taken])), times)
    return spread(times)


def _ratios(rows: dict[str, dict[str, Any]]) -> dict[str, float]:
    ours = rows["plumb_under_all_of_python"]
    return {
        f"{name}_{key}_ratio": theirs[key] / ours[key]
        for name, theirs in rows.items()
        for key in ("p50_us", "mean_us")
        if key in theirs and theirs is not ours
    }


def syncode(texts: Sequence[str], *, scratch: Path | None, minutes: float) -> dict[str, Any]:
    """Return SynCode's cost per token on Python, and ours on the same texts and vocabulary."""
    vocabulary = bundled()
    streams = [list(longest(text.encode(), vocabulary))[:120] for text in texts]
    job = {"description": bundled_description(), "streams": streams}
    theirs = rival("syncode", _SYNCODE, job, scratch, minutes=minutes)
    ours = _replay(Program("python", ""), vocabulary, streams)
    rows: dict[str, Any] = {"plumb": ours, "syncode": theirs}
    if "p50_us" in theirs:
        rows |= {f"{key}_ratio": theirs[key] / ours[key] for key in ("p50_us", "mean_us")}
    return rows


_NEEDED = {
    "xgrammar": ["xgrammar", "apache-tvm-ffi"],
    "syncode": ["syncode", "transformers==4.53.2", "tokenizers<0.22", "huggingface_hub<1",
                "interegular", "regex"],
}  # fmt: skip


def rival(
    name: str, script: str, job: dict[str, Any], scratch: Path | None, *, minutes: float = 5
) -> dict[str, Any]:
    """Run a script about another system in an environment of its own; why not, where it cannot.

    Torch is borrowed from this interpreter's packages; everything else is installed there.
    """
    if scratch is None:
        return {"skipped": "no --scratch folder for its environment"}
    home = scratch / name
    interpreter = home / "bin" / "python"
    try:
        if not (home / "ready").exists():
            _install(name, home, interpreter)
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(job, file)
            file.flush()
            done = subprocess.run(
                [interpreter, "-c", script, file.name],
                capture_output=True, text=True, timeout=60 * minutes, check=True, cwd=home,
            )  # fmt: skip
        return json.loads(done.stdout.splitlines()[-1])
    except subprocess.TimeoutExpired:
        return {"skipped": f"not done after {minutes} minutes"}
    except subprocess.CalledProcessError as error:
        said = (error.stderr or error.stdout or "").strip().splitlines()
        return {"skipped": said[-1][:200] if said else "failed"}


def _install(name: str, home: Path, interpreter: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", home], check=True, capture_output=True)
    packages = next((home / "lib").glob("python*")) / "site-packages"
    ours = next(path for path in sys.path if path.endswith("site-packages"))
    (packages / "borrowed.pth").write_text(ours + "\n")
    subprocess.run(
        [interpreter, "-m", "pip", "install", "-q", "--no-deps", "--ignore-installed",
         *_NEEDED[name]],
        check=True, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    (home / "ready").touch()


_COMMON = """
import json, sys, time
import numpy as np
job = json.load(open(sys.argv[1]))
def told(times):
    print(json.dumps({"p50_us": float(np.percentile(times, 50)) / 1e3,
                      "p99_us": float(np.percentile(times, 99)) / 1e3,
                      "mean_us": float(np.mean(times)) / 1e3}))
"""

_XGRAMMAR = (
    _COMMON
    + """
import xgrammar as xgr
words = [bytes(word) for word in job["words"]]
info = xgr.TokenizerInfo(words, vocab_type=xgr.VocabType.RAW, stop_token_ids=[0])
compiled = xgr.GrammarCompiler(info).compile_builtin_json_grammar()
bitmask = xgr.allocate_token_bitmask(1, info.vocab_size)
for _ in range(2):
    times = []
    for stream in job["streams"]:
        matcher = xgr.GrammarMatcher(compiled)
        for token in stream:
            began = time.thread_time_ns()
            matcher.fill_next_token_bitmask(bitmask)
            taken = matcher.accept_token(token)
            times.append(time.thread_time_ns() - began)
            assert taken
told(times)
"""
)

_SYNCODE = (
    _COMMON
    + """
import importlib.machinery, types
package = types.ModuleType("syncode")  # its own __init__ asks for data sets and their judges
found = importlib.machinery.PathFinder.find_spec("syncode")
package.__path__ = list(found.submodule_search_locations)
sys.modules["syncode"] = package
import torch
torch.set_num_threads(1)
from tokenizers import Tokenizer
from transformers import PreTrainedTokenizerFast
from syncode.grammar_mask.logits_processor import SyncodeLogitsProcessor
from syncode.parsers.grammars import Grammar
made = Tokenizer.from_str(job["description"])
tokenizer = PreTrainedTokenizerFast(tokenizer_object=made, eos_token="<|endoftext|>")
processor = SyncodeLogitsProcessor(grammar=Grammar("python"), tokenizer=tokenizer,
                                   parse_output_only=False)
for _ in range(2):
    times = []
    for stream in job["streams"]:
        processor.reset()
        for length in range(1, len(stream)):
            scores = torch.zeros((1, len(tokenizer)))
            ids = torch.tensor([stream[:length]])
            began = time.thread_time_ns()
            processor(ids, scores)
            times.append(time.thread_time_ns() - began)
told(times)
"""
)
