"""Streams of the bundled model side by side: throughput, fairness, and the same tokens as alone.

    python benchmarks/engine_streams.py [--quick]

Every stream is a thread with a prompt of its own, cut from this project's sources; they meet after
`WARM` tokens, and what comes behind counts. Reported in processor time, which other work on the
machine disturbs least: tokens a second of 1, 2, 4 and 8 streams as multiples of one stream's, the
gaps between a stream's tokens with 64 streams, the same while long prompts arrive, and what a
constraint adds to a token's time. `with_drafts` decodes in turn, each stream with its drafts;
without, the streams are one batch. A clock of processor time stands still while the process waits,
so times on the clock stand beside where waiting matters. One stream decodes on one core and several
share them, in as many companies as the engine has, so `clock_times_at_8` shows on a quiet machine
what they gain (`--threads 1` is one company); `busy_core` decodes one token at a time while another
process keeps a core busy.
"""

import argparse
import itertools
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
from _record import HERE, record

from assistants.backends.bundled import data_folder
from assistants.backends.byte_level import ByteLevelTokenizer
from assistants.constraint import Constraint, Grammar, Mask, Program, Regex
from assistants.engine import Engine, Request, Session, load
from assistants.engine.session import Network
from assistants.masking import Vocabulary, compile_mask

STREAMS = (1, 2, 4, 8)
PROMPT = 256
WARM = 3
"""Tokens of each stream that do not count: its thread starts, its memory is touched."""
CONSTRAINTS: Mapping[str, Constraint] = {
    "regex": Regex(r"[\x20-\x7e\n]*"),
    "grammar": Grammar('start: (word | " " | "\\n")*\nword: /[!-~]+/'),
    "program": Program("python", "x = [\n    "),
}
"""Whatever the prompt is; `own_program` goes on with the program that is the prompt."""


def options(parser: argparse.ArgumentParser) -> None:
    """Add the files and the threads."""
    folder = data_folder()
    parser.add_argument("--weights", type=Path, default=folder / "plumb.onnx")
    parser.add_argument("--tokenizer", type=Path, default=folder / "tokenizer.json")
    parser.add_argument("--threads", type=int, help="default: as many as the engine takes")
    parser.add_argument("--onnxruntime", action="store_true", help="not the kernel")
    parser.add_argument("--tokens", type=int, default=32, help="tokens of a stream")
    parser.add_argument("--rounds", type=int, default=3, help="rounds, of which the best counts")


def measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Return every figure."""
    quick: bool = arguments.quick
    tokenizer = ByteLevelTokenizer(arguments.tokenizer)
    prompts = texts(tokenizer, 64)
    session: Network = (
        Session(arguments.weights, threads=arguments.threads)
        if arguments.onnxruntime
        else load(arguments.weights, threads=arguments.threads)
    )
    count, rounds = (12, 2) if quick else (arguments.tokens, arguments.rounds)
    special = tokenizer.special["endoftext"]
    vocabulary = tokenizer.vocabulary(session.metadata.vocabulary, [special])
    return {
        "kernel": session.uniform,
        "companies": session.companies,
        "throughput": throughput(session, prompts, count, rounds),
        "fairness": fairness(session, prompts, 8 if quick else count),
        "long_prompts": long_prompts(session, prompts, count),
        "constraint_cost": constraint_cost(
            session, prompts, vocabulary, 2 * count, beginnings(tokenizer, 4)
        ),
        "busy_core": busy_core(arguments.weights, prompts[0], 4 * count),
    }


def beginnings(tokenizer: ByteLevelTokenizer, count: int) -> list[list[int]]:
    """Return the beginnings of some of this project's sources."""
    files = sorted((HERE.parent / "assistants").rglob("*.py"), key=lambda file: -len(file.name))
    return [tokenizer.encode(file.read_text("utf-8"))[:PROMPT] for file in files[:count]]


def texts(tokenizer: ByteLevelTokenizer, count: int) -> list[list[int]]:
    """Return prompts of different lengths around `PROMPT` from this project's own sources."""
    files = sorted((HERE.parent / "assistants").rglob("*.py"))
    ids = [token for file in files for token in tokenizer.encode(file.read_text("utf-8"))]
    cuts = [(at * PROMPT, PROMPT // 2 + 37 * at % PROMPT) for at in range(count)]
    return [ids[start % (len(ids) - 2 * PROMPT) :][:length] for start, length in cuts]


@dataclass(slots=True)
class Stream:
    """One stream in a thread of its own: its tokens, and when each came, on two clocks."""

    meeting: threading.Barrier = field(default_factory=lambda: threading.Barrier(1))
    tokens: list[int] = field(default_factory=list[int])
    processor: list[float] = field(default_factory=list[float])
    clock: list[float] = field(default_factory=list[float])

    def run(self, engine: Engine, request: Request) -> None:
        """Decode to the end; wait for the others after `WARM` tokens."""
        for drawn in engine.stream(request):
            if drawn.id is None:
                break
            self.tokens.append(drawn.id)
            if len(self.tokens) == WARM:
                self.meeting.wait(600)
            self.processor.append(time.process_time())
            self.clock.append(time.monotonic())


def together(engine: Engine, requests: Sequence[Request]) -> list[Stream]:
    """Run streams, each in its own thread; none may end before `WARM` tokens."""
    meeting = threading.Barrier(len(requests))
    streams = [Stream(meeting) for _ in requests]
    threads = [
        threading.Thread(target=stream.run, args=(engine, request))
        for stream, request in zip(streams, requests, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return streams


def throughput(
    session: Network, prompts: Sequence[list[int]], count: int, rounds: int
) -> dict[str, Any]:
    """Return tokens a processor second by the number of streams, as multiples of one stream's."""
    alone = {
        drafts: [tokens_of(Engine(session), prompt, count, drafts) for prompt in prompts[:8]]
        for drafts in (False, True)
    }
    found: dict[str, Any] = {}
    for drafts, name in ((False, "batched"), (True, "with_drafts")):
        best, clock = dict.fromkeys(STREAMS, 0.0), dict.fromkeys(STREAMS, 0.0)
        same = True
        for _, width in itertools.product(range(rounds), STREAMS):
            requests = [request(prompt, count, drafts) for prompt in prompts[:width]]
            streams = together(Engine(session), requests)
            made = (count - WARM) * width
            best[width] = max(best[width], made / spanned([each.processor for each in streams]))
            clock[width] = max(clock[width], made / spanned([each.clock for each in streams]))
            same = same and [stream.tokens for stream in streams] == alone[drafts][:width]
        found[name] = {
            "tokens_a_processor_second": best[1],
            **{f"times_at_{width}": best[width] / best[1] for width in STREAMS[1:]},
            **{f"clock_times_at_{width}": clock[width] / clock[1] for width in STREAMS[1:]},
            "same_tokens_as_alone": same,
        }
    ratio = "tokens_a_processor_second"
    found["eight_with_drafts_times_one_without"] = (
        found["with_drafts"][ratio] * found["with_drafts"]["times_at_8"] / found["batched"][ratio]
    )
    found["drafts_alone_times"] = found["with_drafts"][ratio] / found["batched"][ratio]
    found["same_streams_both_ways"] = sum(
        one == other for one, other in zip(alone[False], alone[True], strict=True)
    )
    return found


def spanned(times: Sequence[Sequence[float]]) -> float:
    """Return the time from the first token that counts to the last one."""
    return max(each[-1] for each in times) - min(each[WARM - 1] for each in times)


def request(prompt: list[int], count: int, drafts: bool) -> Request:  # noqa: FBT001
    """Return a greedy request."""
    return Request(prompt=prompt, max_tokens=count, drafts=drafts)


def tokens_of(engine: Engine, prompt: list[int], count: int, drafts: bool) -> list[int]:  # noqa: FBT001
    """Return the tokens of one stream."""
    stream = engine.stream(request(prompt, count, drafts))
    return [drawn.id for drawn in stream if drawn.id is not None]


def fairness(session: Network, prompts: Sequence[list[int]], count: int) -> dict[str, Any]:
    """Run 64 streams at once; return how evenly their tokens came."""
    streams = together(
        Engine(session), [request(prompt, count, drafts=False) for prompt in prompts]
    )
    return {
        "streams": len(streams),
        "all_finished": all(len(stream.tokens) == count for stream in streams),
        **gaps(streams),
    }


def gaps(streams: Sequence[Stream]) -> dict[str, float]:
    """Return the gaps between a stream's tokens, in processor time and on the clock."""
    found: dict[str, float] = {}
    for name in ("processor", "clock"):
        between = np.concatenate(
            [1e3 * np.diff(getattr(stream, name)[WARM - 1 :]) for stream in streams]
        )
        median, high = float(np.median(between)), float(np.quantile(between, 0.95))
        found |= {
            f"{name}_gap_median_ms": median,
            f"{name}_gap_p95_over_median": high / median,
            f"{name}_gap_max_over_median": float(between.max()) / median,
        }
    return found


def long_prompts(session: Network, prompts: Sequence[list[int]], count: int) -> dict[str, Any]:
    """Run 4 streams while prompts of 1,500 tokens arrive; return the gaps between tokens."""
    engine = Engine(session)
    long = [token for prompt in prompts[8:] for token in prompt]
    over = threading.Event()
    arrived = 0

    def arriving() -> None:
        nonlocal arrived
        while not over.is_set():
            start = arrived % 7 * 100
            tokens_of(engine, [100 + arrived, *long[start : start + 1500]], 1, drafts=False)
            arrived += 1

    alone = gaps(together(engine, [request(p, count, drafts=False) for p in prompts[:4]]))
    guest = threading.Thread(target=arriving)
    guest.start()
    beside = gaps(together(engine, [request(p, count, drafts=False) for p in prompts[:4]]))
    over.set()
    guest.join()
    name = "processor_gap_median_ms"
    return {
        "prompts": arrived,
        "median_gap_times": beside[name] / alone[name],
        **{key: value for key, value in beside.items() if key.startswith("processor")},
    }


@dataclass(slots=True)
class Timed:
    """A mask with the processor time that each token spent in it."""

    mask: Mask
    seconds: float = 0.0

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        method = getattr(self.mask, name)

        def timed(*arguments: object) -> object:
            began = time.thread_time()
            try:
                return method(*arguments)
            finally:
                self.seconds += time.thread_time() - began

        return timed


def constraint_cost(
    session: Network, prompts: Sequence[list[int]], vocabulary: Vocabulary, count: int,
    programs: Sequence[list[int]],
) -> dict[str, Any]:  # fmt: skip
    """Return what a mask adds to a free token's processor time, without its first token.

    With the first token a constraint is compiled.
    """
    free = Stream()
    free.run(Engine(session), Request(prompt=prompts[0], max_tokens=count, drafts=False))
    token = statistics.median(np.diff(free.processor[WARM:]).tolist())
    found: dict[str, Any] = {"free_token_ms": 1e3 * token}
    asked = [(name, prompt, each) for name, each in CONSTRAINTS.items() for prompt in prompts[:4]]
    for prompt in programs:
        text = b"".join(vocabulary.tokens[token] for token in prompt).decode("utf-8")
        asked.append(("own_program", prompt, Program("python", text)))
    spent: dict[str, list[float]] = {}
    for name, prompt, constraint in asked:
        mask = Timed(compile_mask(constraint, vocabulary))
        request = Request(prompt=prompt, max_tokens=count, drafts=False, mask=cast("Mask", mask))
        for number, _ in enumerate(Engine(session).stream(request)):
            spent.setdefault(name, []).extend([mask.seconds] if number else [])
            mask.seconds = 0.0
    for name, seconds in spent.items():
        found[f"{name}_adds_median"] = statistics.median(seconds) / token
        found[f"{name}_adds_p90"] = float(np.quantile(seconds, 0.9)) / token
        found[f"{name}_adds_mean"] = statistics.mean(seconds) / token
    return found


def busy_core(weights: Path, prompt: list[int], count: int) -> dict[str, Any]:
    """Return times a token on the clock, alone and while a process keeps one core busy."""
    found: dict[str, Any] = {}
    settings: dict[str, Callable[[], Network]] = {
        "kernel": lambda: load(weights),
        "one_thread": lambda: Session(weights, threads=1),
        "two_threads": lambda: Session(weights, threads=2),
        "two_spinning": lambda: Session(weights, threads=2, spinning=True),
    }
    for beside in (False, True):
        other = subprocess.Popen([sys.executable, "-c", "while True: pass"]) if beside else None
        try:
            for name, network in settings.items():
                stream = Stream()
                engine = Engine(network())
                stream.run(engine, Request(prompt=prompt, max_tokens=count, drafts=False))
                between = 1e3 * np.diff(stream.clock[WARM:])
                key = f"{name}{'_beside_a_busy_process' if beside else ''}"
                found[key] = {
                    "median_ms": float(np.median(between)),
                    "p95_ms": float(np.quantile(between, 0.95)),
                }
        finally:
            if other is not None:
                other.kill()
                other.wait()
    return found


if __name__ == "__main__":
    record("engine_streams", measure, options=options)
