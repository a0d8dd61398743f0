"""Editing replayed: what the prefix cache and the drafts are worth, and the first token's price.

    python benchmarks/engine_replay.py [--quick] [--sequences 500]

A sequence opens a file of this project in the middle, takes a line out and types it again: a
completion of up to 24 tokens is asked for before the line (`opened`), behind each of its words and
on a new line after it (`typing`), and where the cursor has moved down to the next line instead
(`moved`: the text behind it begins otherwise, so the prompt does too). Everything is in processor
time, which other work on the machine disturbs least. Reported are the share of requests while
typing that found the beginning of their prompt in the cache and the share of prompt tokens found
there, the first token's time, tokens drawn a step of the network, and the same requests decoded
without drafts. `prompt` is the engine alone on prompts of 512 and 2,048 tokens, cold and with 1,920
of them in the cache.
"""

import argparse
import random
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from _record import HERE, record

from assistants.backends.bundled import Bundled, data_folder
from assistants.backends.byte_level import ByteLevelTokenizer
from assistants.engine import Engine, Request, load
from assistants.model import FillInTheMiddle, Sampling

SEED = 7
WORD = re.compile(r"\w+\W*")


def options(parser: argparse.ArgumentParser) -> None:
    """Add the files and the size."""
    folder = data_folder()
    parser.add_argument("--weights", type=Path, default=folder / "plumb.onnx")
    parser.add_argument("--tokenizer", type=Path, default=folder / "tokenizer.json")
    parser.add_argument("--sequences", type=int, default=500)
    parser.add_argument("--seed", type=int, default=SEED)


def measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Return every figure."""
    count = 6 if arguments.quick else arguments.sequences
    sequences = list(edits(count, arguments.seed))
    ways = {
        "drafts": Bundled(arguments.weights, arguments.tokenizer),
        "one_a_step": Bundled(arguments.weights, arguments.tokenizer).batched(),
    }
    vars(ways["one_a_step"])["_drafts"] = False  # the kernel has drafts in batches, too
    found = {name: replayed(model, sequences) for name, model in ways.items()}
    drafts, alone = found["drafts"], found["one_a_step"]
    rounds = 2 if arguments.quick else 5
    return {
        "sequences": count,
        "kernel": load(arguments.weights).uniform,
        "same_texts": sum(
            one == other for one, other in zip(drafts.texts, alone.texts, strict=True)
        )
        / len(drafts.texts),
        "drafts_times_faster": alone.token_ms / drafts.token_ms,
        "prompt": prompts(arguments.weights, ByteLevelTokenizer(arguments.tokenizer), rounds),
        **{name: one.figures() for name, one in found.items()},
    }


def edits(count: int, seed: int) -> Iterator[list[FillInTheMiddle]]:
    """Yield sequences of requests, each over one file."""
    generator = random.Random(seed)
    folders = ("assistants", "code_assist", "math_solver", "sql_agent", "cli", "lsp")
    files = sorted(file for folder in folders for file in (HERE.parent / folder).rglob("*.py"))
    while count:
        file = generator.choice(files)
        lines = file.read_text("utf-8").splitlines(keepends=True)
        places = [at for at in range(len(lines)) if len(lines[at].strip()) >= 12]
        if not places:
            continue
        at = generator.choice(places)
        indent = len(lines[at]) - len(lines[at].lstrip())
        cuts = [0, indent, *(found.end() for found in WORD.finditer(lines[at]))]
        above, below = "".join(lines[:at]), "".join(lines[at + 1 :])
        typed = [above + lines[at][:cut] for cut in dict.fromkeys((*cuts, len(lines[at])))]
        ways = [*((prefix, "\n" + below) for prefix in typed), (typed[-1], below)]
        yield [
            FillInTheMiddle(prefix=prefix, suffix=suffix, language="python")
            for prefix, suffix in ways
        ]
        count -= 1


@dataclass(slots=True)
class Replay:
    """What one way to decode came to."""

    hits: int = 0
    requests: int = 0
    prompt_tokens: int = 0
    reused: int = 0
    tokens: int = 0
    steps: int = 0
    drafted: int = 0
    accepted: int = 0
    decoding_ms: float = 0.0
    opened: list[float] = field(default_factory=list[float])
    typed: list[float] = field(default_factory=list[float])
    moved: list[float] = field(default_factory=list[float])
    texts: list[str] = field(default_factory=list[str])

    @property
    def token_ms(self) -> float:
        """Processor time of a token behind the first."""
        return self.decoding_ms / max(1, self.tokens - self.requests)

    def figures(self) -> Mapping[str, float]:
        """Return what is reported."""
        places = {"opened": self.opened, "typing": self.typed, "moved": self.moved}
        return {
            "requests": self.requests,
            "hit_rate_of_typing": self.hits / len(self.typed),
            "prompt_tokens_reused": self.reused / self.prompt_tokens,
            **{
                f"first_token_{name}_{what}_ms": float(np.quantile(times, share))
                for name, times in places.items()
                for what, share in (("p50", 0.5), ("p95", 0.95))
            },
            "tokens": self.tokens,
            "tokens_a_step": (self.tokens - self.requests) / max(1, self.steps),
            "drafts_accepted": self.accepted / max(1, self.drafted),
            "token_ms": self.token_ms,
        }


def replayed(model: Bundled, sequences: Sequence[Sequence[FillInTheMiddle]]) -> Replay:
    """Ask for every completion, in order."""
    replay = Replay()
    for sequence in sequences:
        for number, prompt in enumerate(sequence):
            before = asdict(model.counters)
            began = time.process_time()
            first = began
            pieces: list[str] = []
            for token in model.stream(prompt, sampling=Sampling(max_tokens=24)):
                first = first if pieces else time.process_time()
                pieces.append(token.text)
            ended = time.process_time()
            now = asdict(model.counters)
            more = {name: now[name] - before[name] for name in now}
            last = number == len(sequence) - 1
            times = replay.moved if last else replay.typed if number else replay.opened
            times.append(1e3 * (first - began))
            replay.hits += more["hits"] if times is replay.typed and more["reused"] > 8 else 0
            replay.requests += 1
            replay.prompt_tokens += more["prompt_tokens"]
            replay.reused += more["reused"]
            replay.tokens += more["tokens"]
            replay.steps += more["steps"]
            replay.drafted += more["drafted"]
            replay.accepted += more["accepted"]
            replay.decoding_ms += 1e3 * (ended - first)
            replay.texts.append("".join(pieces))
    return replay


def prompts(weights: Path, tokenizer: ByteLevelTokenizer, rounds: int) -> dict[str, float]:
    """Return the time to the first token of prompts that the engine runs alone.

    In processor time on one thread, and on the clock on all cores, which says little on a machine
    that is not quiet.
    """
    files = sorted((HERE.parent / "math_solver").rglob("*.py"))
    ids = [token for file in files[:20] for token in tokenizer.encode(file.read_text("utf-8"))]
    found: dict[str, float] = {}
    for network, clock, unit in (
        (load(weights, threads=1), time.process_time, "ms"),
        (load(weights), time.perf_counter, "clock_ms"),
    ):
        times: dict[str, list[float]] = {"cold_512": [], "cold_2048": [], "128_new_behind_1920": []}
        for turn in range(rounds):
            text = ids[turn * 100 :][:4096]
            engine = Engine(network)
            for name, prompt in (
                ("cold_512", text[2048:2560]),
                ("cold_2048", text[:2047]),
                ("128_new_behind_1920", [*text[:1919], *text[3000:3128]]),
            ):
                began = clock()
                for _ in engine.stream(Request(prompt=prompt, max_tokens=1)):
                    pass
                times[name].append(1e3 * (clock() - began))
        found |= {f"{name}_{unit}": min(values) for name, values in times.items()}
    return found


if __name__ == "__main__":
    record("engine_replay", measure, options=options)
