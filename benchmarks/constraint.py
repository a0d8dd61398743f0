"""What the constraint on whole programs lets through and what it costs.

Completeness: real files, token by token, from a random cut. Differential: one-edit mutants of real
files against CPython's parser and, where a JDK is, javac's. Soundness: random walks over allowed
tokens, judged by the same parsers. Fill-in-the-middle: the true middle between two random cuts.
Cost: microseconds to accept a token, and milliseconds to build a whole mask.

`--java DIR` names a folder of Java sources; without it Java is left out of what needs files.
"""

import argparse
import ast
import base64
import random
import shutil
import subprocess
import sysconfig
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from _record import record

from assistants.constraint import Mask, Program
from assistants.masking import Vocabulary, compile_mask
from assistants.masking.program import machine

Judge = Callable[[str], str]
"""Returns nothing for a text that parses, else the parser's complaint."""

_PIECES = {
    "python": [*"()[]{}:,.;=*'\"\\\n \t!@", "if ", "not ", "in ", "f'", "1", "async ", "lambda x:"],
    "java": [*"()[]{}:,.;=*'\"\\\n <>?&@", "if ", "->", "final ", "int ", "1", "new ", "class A "],
}
_CLOSERS = {
    "python": [")", "]", "}", '"', "'", "\n", " x", ":", "0", " pass\n", '"""', "'''", " in x"],
    "java": [")", "]", "}", '"', "'", "\n", " x", ";", "0", "{}", ">", ":x", "->x"],
}
_AROUND = {"python": ("", ""), "java": ("class A {\n", "\n}\n")}
"""What walks are written between: javac older than 25 takes no methods outside a class."""

_JAVAC = """
import com.sun.source.util.*; import javax.tools.*; import java.util.*; import java.net.URI;
public class Judge {
  public static void main(String[] a) throws Exception {
    var compiler = ToolProvider.getSystemJavaCompiler();
    var in = new java.util.Scanner(System.in);
    while (in.hasNextLine()) {
      String source = new String(Base64.getDecoder().decode(in.nextLine()), "UTF-8");
      var found = new DiagnosticCollector<JavaFileObject>();
      var uri = URI.create("string:///A.java");
      var file = new SimpleJavaFileObject(uri, JavaFileObject.Kind.SOURCE) {
        public CharSequence getCharContent(boolean b) { return source; } };
      var options = List.of("-proc:none", "-Xlint:none");
      ((JavacTask) compiler.getTask(null, null, found, options, null, List.of(file))).parse();
      String said = "";
      for (var one : found.getDiagnostics())
        if (one.getKind() == Diagnostic.Kind.ERROR) { said = one.getCode(); break; }
      System.out.println(said); System.out.flush();
    } } }
"""


def cpython(text: str) -> str:
    """Judge by CPython's parser; nothing is compiled or run."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(text, "text", "exec", flags=ast.PyCF_ONLY_AST, dont_inherit=True)
        except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
            return str(error).split("(<")[0] or "error"
    return ""


@contextmanager
def javac() -> Iterator[Judge | None]:
    """Yield a judge that asks javac's parser in one running process, or None without a JDK."""
    if not shutil.which("javac"):
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "Judge.java")
        source.write_text(_JAVAC)
        subprocess.run(["javac", "-d", folder, source], check=True)
        command = ["java", "-Xmx512m", "-cp", folder, "Judge"]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

        def judge(text: str) -> str:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(base64.b64encode(text.encode()) + b"\n")
            process.stdin.flush()
            return process.stdout.readline().decode().strip()

        try:
            yield judge
        finally:
            process.kill()


def sources(
    folder: Path, suffix: str, judge: Judge, count: int, chance: random.Random
) -> list[str]:
    """Return texts of valid files of at most 60 kB, chosen at random."""
    paths = sorted(folder.rglob(f"*{suffix}"))
    chance.shuffle(paths)
    found: list[str] = []
    for path in paths:
        if len(found) == count:
            break
        try:
            text = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError:
            continue
        if 0 < len(text) <= 60_000 and not text.startswith("\ufeff") and not judge(text):
            found.append(text)
    return found


def accepts(language: str, text: str) -> bool:
    """Whether the machine takes a text as a whole program."""
    reader = machine(language)
    state = reader.run(reader.start(), text.encode())
    return state is not None and reader.complete(state)


def completeness(
    language: str, texts: Sequence[str], vocabulary: Vocabulary, chance: random.Random
) -> dict[str, Any]:
    """Replay each text from a random cut, in the vocabulary's own tokens and in random ones."""
    wrong = tokens = 0
    spent = 0.0
    for text in texts:
        data = text.encode()
        cut = len(text[: chance.randrange(len(text) + 1)].encode())
        mask = compile_mask(Program(language, data[:cut].decode()), vocabulary)
        for token in random_tokens(data[cut : cut + 4000], vocabulary, chance):
            began = time.perf_counter()
            taken = mask.accept([token])
            spent += time.perf_counter() - began
            tokens += 1
            if not taken:
                wrong += 1
                break
    return {
        "files": len(texts), "tokens": tokens, "wrongly_masked": wrong,
        "accept_us_per_token": 1e6 * spent / max(tokens, 1),
    }  # fmt: skip


def random_tokens(data: bytes, vocabulary: Vocabulary, chance: random.Random) -> Iterator[int]:
    """Cut bytes into tokens, at each place any token that fits, the longest half of the time."""
    at = 0
    while at < len(data):
        node, fits, end = vocabulary.trie, [], at
        while end < len(data) and data[end] in node:
            node = node[data[end]]
            end += 1
            fits.extend((token, end) for token in node.get(-1, ()))
        token, at = fits[-1] if chance.random() < 0.5 else chance.choice(fits)
        yield token


def mutants(
    language: str, texts: Sequence[str], judge: Judge, count: int, chance: random.Random
) -> dict[str, Any]:
    """Edit real files in one place and compare the machine's verdict with the parser's."""
    causes: Counter[str] = Counter()
    invalid = rejects = 0
    small = [text for text in texts if len(text) < 8000] or list(texts)
    for _ in range(count):
        text = chance.choice(small)
        at, kind = chance.randrange(len(text)), chance.random()
        piece = chance.choice(_PIECES[language])
        if kind < 0.25:
            start = chance.randrange(len(text))
            piece = text[start : start + chance.randrange(1, 12)]
        mutant = text[:at] + ("" if kind > 0.65 else piece) + text[at + (kind > 0.65) :]
        complaint, taken = judge(mutant), accepts(language, mutant)
        invalid += bool(complaint)
        if taken and complaint:
            causes[complaint] += 1
        rejects += not taken and not complaint
    return {
        "mutants": count, "invalid": invalid, "false_accepts": causes.total(),
        "false_rejects": rejects, "false_accepts_by_cause": dict(causes.most_common(8)),
    }  # fmt: skip


def walks(
    language: str, vocabulary: Vocabulary, judge: Judge, count: int, chance: random.Random
) -> dict[str, Any]:
    """Walk at random over allowed tokens until the text may stop; half of the steps seek an end."""
    causes: Counter[str] = Counter()
    finished = 0
    for _ in range(count):
        before, after = _AROUND[language]
        mask, text = compile_mask(Program(language, before, after), vocabulary), b""
        wanted = chance.randrange(3, 25)
        for step in range(200):
            if step >= wanted and mask.can_stop():
                break
            token = drawn(mask, vocabulary, chance, closers=step > wanted, language=language)
            if token is None or not mask.accept([token]):
                break
            text += vocabulary.tokens[token]
        if not mask.can_stop():
            continue
        finished += 1
        complaint = judge(before + text.decode() + after)
        if complaint:
            causes[complaint] += 1
    return {
        "walks": count, "finished": finished, "refused_by_parser": causes.total(),
        "refused_by_cause": dict(causes.most_common(8)),
    }  # fmt: skip


def drawn(
    mask: Mask, vocabulary: Vocabulary, chance: random.Random, *, closers: bool, language: str
) -> int | None:
    """Draw one allowed token, uniformly; with `closers` every other time one that may close."""
    ends = set(vocabulary.end)
    if closers and chance.random() < 0.5:
        texts = chance.sample(_CLOSERS[language], len(_CLOSERS[language]))
        wanted = {text.encode() for text in texts}
        short = [token for token, text in enumerate(vocabulary.tokens) if text in wanted]
        chance.shuffle(short)
        for token in short:
            if mask.validate([token]):
                return token
    for _ in range(200):
        token = chance.randrange(vocabulary.size)
        if token not in ends and mask.validate([token]):
            return token
    bits = np.unpackbits(mask.allowed().view(np.uint8), bitorder="little")
    allowed = [int(token) for token in np.flatnonzero(bits) if int(token) not in ends]
    return chance.choice(allowed) if allowed else None


def middles(
    language: str, texts: Sequence[str], vocabulary: Vocabulary, count: int, chance: random.Random
) -> dict[str, Any]:
    """Cut valid files in two places; the text between must be allowed and able to stop."""
    wrong = 0
    for _ in range(count):
        text = chance.choice(texts)
        low = chance.randrange(len(text))
        high = min(len(text), low + chance.randrange(1, 200))
        mask = compile_mask(Program(language, text[:low], text[high:]), vocabulary)
        tokens = list(random_tokens(text[low:high].encode(), vocabulary, chance))
        wrong += not (mask.accept(tokens) and mask.can_stop())
    return {"cuts": count, "true_middle_refused": wrong}


def mask_cost(
    language: str, texts: Sequence[str], vocabulary: Vocabulary, count: int, chance: random.Random
) -> dict[str, float]:
    """Time whole masks at random places, each for the first time."""
    times: list[float] = []
    for _ in range(count):
        text = chance.choice(texts)
        mask = compile_mask(Program(language, text[: chance.randrange(len(text))]), vocabulary)
        began = time.perf_counter()
        mask.allowed()
        times.append(1e3 * (time.perf_counter() - began))
    return {"whole_mask_ms_p50": float(np.percentile(times, 50)),
            "whole_mask_ms_p99": float(np.percentile(times, 99))}  # fmt: skip


def measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Run everything for Python, and for Java where sources and a JDK are given."""
    scale = 1 if arguments.quick else arguments.scale
    tokenizer = resources.files("assistants").joinpath("data/tokenizer.json").read_text("utf-8")
    vocabulary = Vocabulary(tokenizer, size=8192, end=[0])
    results: dict[str, Any] = {}
    stdlib = Path(sysconfig.get_paths()["stdlib"])
    texts = sources(stdlib, ".py", cpython, 20 * scale, random.Random(1))
    results["python"] = _language("python", texts, cpython, vocabulary, scale=scale)
    with javac() as judge:
        if judge is not None and arguments.java is not None:
            texts = sources(arguments.java, ".java", judge, 20 * scale, random.Random(1))
            results["java"] = _language("java", texts, judge, vocabulary, scale=scale)
    return results


def _language(
    language: str, texts: Sequence[str], judge: Judge, vocabulary: Vocabulary, *, scale: int
) -> dict[str, Any]:
    chance = random.Random(2)
    return {
        "completeness": completeness(language, texts, vocabulary, chance),
        "mutants": mutants(language, texts, judge, 60 * scale, chance),
        "walks": walks(language, vocabulary, judge, 20 * scale, chance),
        "fill_in_the_middle": middles(language, texts, vocabulary, 20 * scale, chance),
        "cost": mask_cost(language, texts, vocabulary, 10 * scale, chance),
    }


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--java", type=Path, help="a folder of Java sources")
    parser.add_argument("--scale", type=int, default=20, help="how many times the quick run")


if __name__ == "__main__":
    record("constraint", measure, options=_options)
