"""One checkpoint in every format: size, memory, speed and how much the rounding costs.

    python benchmarks/engine_formats.py --checkpoint FOLDER --work FOLDER [--llama PYTHON] [--quick]

The checkpoint is exported to each format of the bundled engine and to GGUF. Each format runs in a
process of its own, on one thread: transformers in single precision and bfloat16, our kernel, the
same files on onnxruntime, and with `--llama` (an interpreter that has llama-cpp-python) llama.cpp.
Times are processor time, the best of some rounds. Bits a byte and the rest of a line are those of
`model.py`, on held-out packages; `same_top_token` compares with transformers in single precision on
this project's sources, and is all that is asked of the other engines. Linux only (/proc).
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import model as quality
import numpy as np
from _record import HERE, record
from tokenizers import Tokenizer

from assistants.backends.bundled import data_folder
from assistants.engine import Session
from assistants.engine.native import NativeSession, available
from assistants.engine.weights import read

PROMPT, DECODED, WINDOW, ROUNDS = 512, 24, 256, 2
FORMATS = ("fp32", "mixed", "int8", "int4")
GGUF = ("bf16", "q8_0", "q4_0")
LLAMA = """
import json, sys, time, numpy
from llama_cpp import Llama
path, given, out, rounds = sys.argv[1], json.load(open(sys.argv[2])), sys.argv[3], int(sys.argv[4])
began = time.process_time()
model = Llama(path, n_ctx=1024, n_batch=512, n_threads=1, n_threads_batch=1, verbose=False,
              logits_all=len(given["windows"]) > 0)
load = time.process_time() - began
def cpu(action):
    began = time.process_time(); action(); return 1e3 * (time.process_time() - began)
def prompt():
    model.reset(); model.eval(given["prompt"])
def decode():
    for token in given["decoded"]: model.eval([token])
first, each = [], []
for _ in range(rounds):
    first.append(cpu(prompt)); each.append(cpu(decode) / len(given["decoded"]))
top = []
for window in given["windows"]:
    model.reset(); model.eval(window); top.append(model.scores[:len(window)].argmax(-1))
numpy.save(out, numpy.array(top))
print(json.dumps({"load_ms": 1e3 * load, "first_token_ms": min(first), "token_ms": min(each)}))
"""


def options(parser: argparse.ArgumentParser) -> None:
    """Add the files."""
    parser.add_argument("--checkpoint", type=Path, required=True, help="as transformers reads it")
    parser.add_argument("--work", type=Path, required=True, help="the corpus's folder")
    parser.add_argument("--tokenizer", type=Path, default=data_folder() / "tokenizer.json")
    parser.add_argument("--llama", type=Path, help="an interpreter with llama-cpp-python")
    parser.add_argument("--windows", type=int, default=20, help="of 256 positions, to compare")
    parser.add_argument("--tokens", type=int, default=2_000, help="held-out ones of a language")
    parser.add_argument("--worker", nargs=2, metavar=("ENGINE", "FILE"), help=argparse.SUPPRESS)
    parser.add_argument("--top", type=Path, help=argparse.SUPPRESS)


def measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Return the figures of every format, or of one in a worker."""
    if arguments.worker:
        return worked(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = dict(jobs(arguments, folder))
        tops = {key: np.load(folder / f"{number}.npy") for number, key in enumerate(rows)}
    for key, row in rows.items():
        row["same_top_token"] = float((tops[key] == tops["transformers fp32"]).mean())
    return {"positions": int(tops["transformers fp32"].size), **rows}


def jobs(arguments: argparse.Namespace, folder: Path) -> Sequence[tuple[str, dict[str, Any]]]:
    """Export and run every format."""
    from training import gguf_export, onnx_export

    checkpoint: Path = arguments.checkpoint
    engines = ("kernel", "onnxruntime") if available() else ("onnxruntime",)
    rows: list[tuple[str, dict[str, Any]]] = []

    def add(key: str, row: Mapping[str, Any], size: int) -> None:
        rows.append((key, {"file_mb": round(size / 1e6, 1), **row}))

    size = (checkpoint / "model.safetensors").stat().st_size
    for kind in ("fp32", "bf16"):
        made = run(arguments, "transformers", kind, folder / f"{len(rows)}.npy")
        add(f"transformers {kind}", made, size if kind == "fp32" else size // 2)
    for precision in FORMATS:
        path = folder / f"{precision}.onnx"
        size = onnx_export.export(
            checkpoint, path, precision=precision, tokenizer=arguments.tokenizer, context=1024,
            trained_length=512, suffix_first=True,
        )  # fmt: skip
        for engine in engines:
            made = run(arguments, engine, str(path), folder / f"{len(rows)}.npy")
            add(f"{engine} {precision}", made, size)
    for precision in GGUF if arguments.llama else ():
        path = folder / f"{precision}.gguf"
        gguf_export.export(checkpoint, path, tokenizer=arguments.tokenizer, precision=precision)
        made = llama(arguments, path, folder / f"{len(rows)}.npy")
        add(f"llama.cpp {precision}", made, path.stat().st_size)
    return rows


def run(arguments: argparse.Namespace, engine: str, file: str, top: Path) -> dict[str, Any]:
    """Run one format in a fresh process."""
    command = [
        sys.executable, __file__, "--checkpoint", str(arguments.checkpoint), "--work",
        str(arguments.work), "--tokenizer", str(arguments.tokenizer), "--json", "--quick",
        "--worker", engine, file, "--top", str(top),
        "--windows", str(2 if arguments.quick else arguments.windows),
        "--tokens", str(500 if arguments.quick else arguments.tokens),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout[done.stdout.index("{") :])["results"]


def llama(arguments: argparse.Namespace, path: Path, top: Path) -> dict[str, Any]:
    """Run one GGUF file in llama.cpp."""
    given = path.with_suffix(".json")
    windows, ids = texts(arguments.tokenizer, 2 if arguments.quick else arguments.windows)
    parts = {"prompt": ids[:PROMPT], "decoded": ids[PROMPT : PROMPT + DECODED]}
    made: dict[str, Any] = {}
    for some in ([], windows):  # keeping all logits slows llama.cpp down
        given.write_text(json.dumps({**parts, "windows": some}), encoding="utf-8")
        command = [str(arguments.llama), "-c", LLAMA, str(path), str(given), str(top), str(ROUNDS)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        made = made or json.loads(done.stdout.splitlines()[-1])
    return made


def texts(tokenizer: Path, count: int) -> tuple[list[list[int]], list[int]]:
    """Return windows of this project's own sources, and all their tokens."""
    reader = Tokenizer.from_file(str(tokenizer))
    files = sorted((HERE.parent / "assistants").rglob("*.py"))
    ids = [
        token
        for file in files
        for token in reader.encode(file.read_text("utf-8"), add_special_tokens=False).ids
    ]
    return [ids[start : start + WINDOW] for start in range(0, count * WINDOW, WINDOW)], ids


def worked(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Measure one format in this process."""
    engine, file = arguments.worker
    windows, ids = texts(arguments.tokenizer, arguments.windows)
    began = time.process_time()
    runner = runner_of(engine, file, arguments.checkpoint)
    load = 1e3 * (time.process_time() - began)
    first, each = [], []
    for turn in range(ROUNDS):
        prompt = ids[turn * PROMPT :][:PROMPT]
        first.append(cpu(lambda p=prompt: runner.run(p, 0, 1)))
        each.append(cpu(lambda: [runner.run([ids[at]], PROMPT + at, 1) for at in range(DECODED)]))
    status = Path("/proc/self/status").read_text("ascii")
    peak = int(re.findall(r"VmHWM:\s*(\d+)", status)[0]) / 1024
    np.save(arguments.top, np.array([runner.run(w, 0, len(w)).argmax(-1) for w in windows]))
    figures = {
        "load_ms": load,
        "peak_memory_mib": peak,
        "first_token_ms": min(first),
        "token_ms": min(each) / DECODED,
    }
    return figures | (written(arguments, runner) if engine == "kernel" else {})


def written(arguments: argparse.Namespace, runner: Any) -> dict[str, float]:  # noqa: ANN401
    """Return how well held-out packages are foreseen."""
    lines = max(1, arguments.tokens // 400)
    size = quality.Size(tokens=arguments.tokens, lines=lines, fitted_documents=0)
    reader = Tokenizer.from_file(str(arguments.tokenizer))
    found = quality.measure(runner, None, reader, arguments.work, size)
    figures: dict[str, float] = {}
    for language, part in found.items():
        for name in ("bits_per_byte", "next_token_accuracy"):
            figures[f"{language}_{name}"] = part["model"][name]
        figures[f"{language}_lines_right"] = part["line_exact_match"]["model_prefix_and_suffix"]
    return figures


def cpu(action: Callable[[], object]) -> float:
    """Return milliseconds of processor time."""
    began = time.process_time()
    action()
    return 1e3 * (time.process_time() - began)


def runner_of(engine: str, file: str, checkpoint: Path) -> Any:  # noqa: ANN401
    """Return what runs a format."""
    if engine == "transformers":
        import torch

        torch.set_num_threads(1)
        dtype = torch.bfloat16 if file == "bf16" else torch.float32
        return quality.CheckpointRunner(checkpoint, suffix_first=True, dtype=dtype)
    path = Path(file)
    if engine == "kernel":
        return quality.OnnxRunner(NativeSession(path, read(path), threads=1))
    return quality.OnnxRunner(Session(path, threads=1))


if __name__ == "__main__":
    record("engine_formats", measure, options=options)
