"""The bundled model's engine: speed, start-up and agreement with transformers on the same weights.

    python benchmarks/engine.py                          the installed weights alone
    python benchmarks/engine.py --checkpoint FOLDER      beside transformers, which needs torch

With a checkpoint, graphs in every precision are exported from it first, so all engines run the same
weights. `bundled` is the engine that would be used (the kernel where it is compiled), `onnxruntime`
the other one; `A_on_onnxruntime` its agreement. The text is this project's own source, on which the
model was not trained. Prefill and decoding run on `--threads` threads (one by default) and are the
best of interleaved rounds, on the clock and in processor time, which other work on the machine
disturbs least; ratios say how many times faster the bundled engine is. Peak memory is read from
/proc, so this runs on Linux.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from _record import HERE, record

from assistants.backends.bundled import Bundled, data_folder
from assistants.backends.byte_level import ByteLevelTokenizer
from assistants.engine import Engine, Request, Session, load
from assistants.engine.session import Network
from assistants.model import FillInTheMiddle, Sampling, generate

WINDOW = 256
FIGURES = ("prefill_256_ms", "prefill_256_cpu_ms", "decode_ms", "decode_cpu_ms")
START = """
import time; t0 = time.perf_counter()
from pathlib import Path
from assistants.backends.bundled import Bundled
from assistants.model import FillInTheMiddle
t1 = time.perf_counter()
model = Bundled(Path({weights!r}), Path({tokenizer!r}))
t2 = time.perf_counter()
next(iter(model.stream(FillInTheMiddle(prefix="def add(a, b):", language="python"))))
t3 = time.perf_counter()
import json, re
peak = int(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
print(json.dumps({{"import_ms": 1e3 * (t1 - t0), "load_ms": 1e3 * (t2 - t1),
                  "first_token_ms": 1e3 * (t3 - t2), "peak_memory_mib": peak}}))
"""
TORCH_START = """
import time; t0 = time.perf_counter()
import torch, transformers
from pathlib import Path
t1 = time.perf_counter()
transformers.AutoModelForCausalLM.from_pretrained({checkpoint!r}, dtype=torch.float32)
t2 = time.perf_counter()
import json, re
peak = int(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
print(json.dumps({{"import_ms": 1e3 * (t1 - t0), "load_ms": 1e3 * (t2 - t1),
                  "peak_memory_mib": peak}}))
"""


def options(parser: argparse.ArgumentParser) -> None:
    """Add the files to measure."""
    folder = data_folder()
    parser.add_argument("--weights", type=Path, default=folder / "plumb.onnx")
    parser.add_argument("--tokenizer", type=Path, default=folder / "tokenizer.json")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--checkpoint", type=Path, help="the weights as transformers reads them")


def measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Return every figure."""
    rounds = 3 if arguments.quick else 7
    weights, tokenizer = arguments.weights, ByteLevelTokenizer(arguments.tokenizer)
    windows = texts(tokenizer, 4 if arguments.quick else 40)
    with tempfile.TemporaryDirectory() as folder:
        graphs = exported(arguments, Path(folder)) if arguments.checkpoint else {}
        weights = graphs.get("int8", weights)
        engine = Engine(load(weights, threads=arguments.threads))
        results: dict[str, Any] = {
            "file_mb": weights.stat().st_size / 1e6,
            "context": engine.metadata.context_length,
            "kernel": engine.uniform,
            "start": started(START, weights=weights, tokenizer=arguments.tokenizer),
            "complete_command": commanded(),
            "typing": typing(Bundled(weights, arguments.tokenizer), windows[0], tokenizer),
        }
        other = Engine(Session(weights, threads=arguments.threads))
        engines: dict[str, Any] = {"bundled": _Ours(engine), "onnxruntime": _Ours(other)}
        if arguments.checkpoint:
            engines["transformers"] = reference = _Transformers(arguments)
            results["transformers_start"] = started(TORCH_START, checkpoint=arguments.checkpoint)
            results["agreement"] = agreement(reference, graphs, windows)
        results |= timed(engines, windows, rounds)
    return results


def texts(tokenizer: ByteLevelTokenizer, count: int) -> list[list[int]]:
    """Return windows of this project's own source files."""
    files = sorted((HERE.parent / "assistants").rglob("*.py"))
    ids = [token for file in files for token in tokenizer.encode(file.read_text("utf-8"))]
    return [ids[start : start + WINDOW] for start in range(0, count * WINDOW, WINDOW)]


def exported(arguments: argparse.Namespace, folder: Path) -> dict[str, Path]:
    """Export the checkpoint in every precision."""
    from training.onnx_export import export

    paths = {precision: folder / f"{precision}.onnx" for precision in ("int8", "mixed", "fp32")}
    for precision, path in paths.items():
        export(
            arguments.checkpoint, path, precision=precision,
            tokenizer=arguments.tokenizer, context=1024,
        )  # fmt: skip
    return paths


def started(program: str, **values: Path) -> dict[str, float]:
    """Run a program in a fresh process and return what it prints, at best of three runs."""
    filled = program.format(**{name: str(value) for name, value in values.items()})
    command = [sys.executable, "-c", filled]
    runs: list[dict[str, float]] = []
    for _ in range(3):
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=HERE.parent)
        runs.append(json.loads(done.stdout.splitlines()[-1]))
    return {what: min(run[what] for run in runs) for what in runs[0]}


def commanded() -> dict[str, dict[str, float]]:
    """Return what `plumb complete` takes from a cold process, at best of three runs.

    Once in a folder with one file, once in a copy of one of our own packages. As in an
    installation, the modules' bytecode lies on disk: the first run writes it.
    """
    with tempfile.TemporaryDirectory() as name:
        project = Path(name) / "project"
        shutil.copytree(HERE.parent / "math_solver", project)
        (Path(name) / "alone").mkdir()
        return {
            "one file": _completed(Path(name) / "alone" / "sums.py"),
            "a project of 2 MB": _completed(project / "sums.py"),
        }


def _completed(file: Path) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as name:
        environment = os.environ | {"PYTHONPYCACHEPREFIX": str(Path(name) / "bytecode")}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        environment.pop("PYTHONPATH", None)  # the launcher drops what it names
        file.write_text("def total(values):\n    result = 0\n    for value in val\n", "utf-8")
        command = [sys.executable, "plumb_launcher.py", "complete", f"{file}:3:21"]
        runs: list[tuple[float, float]] = []
        for _ in range(4):
            spent, began = os.times(), time.perf_counter()
            subprocess.run(
                command, capture_output=True, check=True, cwd=HERE.parent, env=environment
            )
            took, now = time.perf_counter() - began, os.times()
            cpu = now.children_user + now.children_system
            runs.append((took, cpu - spent.children_user - spent.children_system))
    best = [min(figures) for figures in zip(*runs[1:], strict=True)]
    return {"clock_s": best[0], "processor_s": best[1]}


def typing(model: Bundled, window: list[int], tokenizer: ByteLevelTokenizer) -> dict[str, float]:
    """Return the time to 8 tokens as somebody types on, cold and with the prefix cached."""
    text = b"".join(map(tokenizer.decode, window[:200])).decode("utf-8", errors="ignore")
    times, cached = [], []
    for typed in range(8):
        prompt = FillInTheMiddle(prefix=text + "x = 1\n"[:typed], suffix="\n", language="python")
        began = time.perf_counter()
        made = generate(model, prompt, sampling=Sampling(max_tokens=8))
        times.append(1e3 * (time.perf_counter() - began))
        cached.append(made.usage.cached_tokens / made.usage.prompt_tokens)
    return {
        "cold_ms": times[0],
        "warm_ms": statistics.median(times[1:]),
        "cached_share": statistics.median(cached[1:]),
    }


class _Ours:
    """The bundled engine under the names that `timed` uses."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def prefill(self, ids: list[int]) -> None:
        """Run a prompt that shares nothing with an earlier one."""
        self.decode(ids, 1)

    def decode(self, ids: list[int], count: int) -> None:
        """Run a prompt and greedy tokens."""
        for _ in self._engine.stream(Request(prompt=ids, max_tokens=count, drafts=False)):
            pass


class _Transformers:
    """The same weights in transformers, single precision."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        import torch
        from transformers import AutoModelForCausalLM

        torch.set_num_threads(arguments.threads)
        self._torch: Any = torch
        self._model: Any = AutoModelForCausalLM.from_pretrained(
            arguments.checkpoint, dtype=torch.float32
        )
        self._model.eval()

    def logits(self, ids: list[int]) -> np.ndarray:
        """Return the logits [tokens, vocabulary] of every position."""
        with self._torch.inference_mode():
            return self._model(self._torch.tensor([ids])).logits[0].numpy()

    def prefill(self, ids: list[int]) -> None:
        """Run a prompt."""
        with self._torch.inference_mode():
            self._model(self._torch.tensor([ids]), use_cache=True, logits_to_keep=1)

    def decode(self, ids: list[int], count: int) -> None:
        """Run a prompt and greedy tokens, in a plain loop of forward steps."""
        with self._torch.inference_mode():
            pending, cache = self._torch.tensor([ids]), None
            for _ in range(count):
                output = self._model(
                    pending, past_key_values=cache, use_cache=True, logits_to_keep=1
                )
                cache = output.past_key_values
                pending = output.logits[:, -1].argmax(-1, keepdim=True)


def timed(engines: Mapping[str, Any], windows: list[list[int]], rounds: int) -> dict[str, Any]:
    """Return prefill and decode times of each engine, interleaved, and their ratios."""
    found: dict[str, list[dict[str, float]]] = {name: [] for name in engines}
    for turn in range(rounds):
        for name, engine in engines.items():
            fresh = [(token + turn + 1) % 8000 + 90 for token in windows[turn % len(windows)]]
            long = _took(lambda e=engine, ids=fresh: e.prefill(ids))
            short = _took(lambda e=engine, ids=fresh: e.decode(ids, 1))
            full = _took(lambda e=engine, ids=fresh: e.decode(ids, 33))
            values = (*long, *((full - short) / 32))
            found[name].append(dict(zip(FIGURES, map(float, values), strict=True)))
    best: dict[str, Any] = {
        name: {what: min(run[what] for run in runs) for what in runs[0]}
        for name, runs in found.items()
    }
    for name in set(best) - {"bundled"}:
        best[f"times_faster_than_{name}"] = {
            what: best[name][what] / best["bundled"][what] for what in best["bundled"]
        }
    return best


def _took(action: Callable[[], None]) -> np.ndarray:
    """Return milliseconds on the clock and of processor time."""
    began = np.array([time.perf_counter(), time.process_time()])
    action()
    return 1e3 * (np.array([time.perf_counter(), time.process_time()]) - began)


def agreement(
    reference: _Transformers, graphs: Mapping[str, Path], windows: list[list[int]]
) -> dict[str, Any]:
    """Return how the graphs' logits compare with transformers', over every position."""
    networks: dict[str, Network] = {name: load(path) for name, path in graphs.items()}
    networks |= {f"{name}_on_onnxruntime": Session(path) for name, path in graphs.items()}
    engines = {name: Engine(network) for name, network in networks.items()}
    same: dict[str, list[float]] = {name: [] for name in engines}
    apart: dict[str, float] = dict.fromkeys(engines, 0.0)
    losses: dict[str, list[float]] = {name: [] for name in ("transformers", *engines)}
    for window in windows:
        expected = reference.logits(window)
        losses["transformers"].append(loss(expected, window))
        for name, engine in engines.items():
            logits = engine.logits(window)
            same[name].append(float((logits.argmax(-1) == expected.argmax(-1)).mean()))
            apart[name] = max(apart[name], float(np.abs(logits - expected).max()))
            losses[name].append(loss(logits, window))
    base = statistics.mean(losses["transformers"])
    return {
        "positions": len(windows) * WINDOW,
        "nats_per_token": base,
        **{
            name: {
                "same_top_token": statistics.mean(same[name]),
                "largest_difference": apart[name],
                "loss_change": statistics.mean(losses[name]) / base - 1,
            }
            for name in engines
        },
    }


def loss(logits: np.ndarray, ids: list[int]) -> float:
    """Return the mean negative log-probability of each next token, in nats."""
    rows = logits[:-1].astype(np.float64)
    rows -= rows.max(axis=-1, keepdims=True)
    chosen = rows[np.arange(len(rows)), ids[1:]]
    return float((np.log(np.exp(rows).sum(axis=-1)) - chosen).mean())


if __name__ == "__main__":
    record("engine", measure, options=options)
