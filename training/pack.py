r"""Everything a run reads, in a folder that is small enough to carry: `python -m training.pack`.

The corpus compressed, the tokenizer, and task examples and repairs drawn beforehand, so that where
the run takes place neither the solver nor the agent is needed, only torch, tokenizers and
tree-sitter. Gaps to fill are cut out of the corpus there:

    python -m training.pack --out PACK
    python -m training.pretrain --curriculum --work PACK --domain PACK/examples.jsonl.xz \
        --repair PACK/repairs.jsonl.xz --loaders 14
"""

import argparse
import json
import lzma
import random
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

from training.corpus import read_split

PRESET = 9 | lzma.PRESET_EXTREME
QUERIES_A_CALL = 1_000
LIMIT = 60_000_000
"""Bytes of the whole folder, at most."""
SAMPLED = 4_000


class Stored:
    """Examples of a packed file, in the form of a generator's (`training.stream.Examples`)."""

    def __init__(self, path: Path) -> None:
        """Read all of them."""
        with lzma.open(path, "rt", encoding="utf-8") as stream:
            rows = (json.loads(line) for line in stream)
            self.pairs = [(str(prompt), str(completion)) for prompt, completion in rows]

    def examples(self, seed: int, count: int) -> Iterator[tuple[str, str]]:
        """Draw pairs of prompt and completion."""
        yield from random.Random(seed).choices(self.pairs, k=count)


def examples(plans: int, queries: int) -> Iterator[tuple[str, str]]:
    """Pairs of the generators, of seeds that a run of them would reach first."""
    from training import math_examples, sql_examples

    yield from math_examples.examples(0, plans)
    for start in range(0, queries, QUERIES_A_CALL):
        yield from sql_examples.examples(start, min(QUERIES_A_CALL, queries - start))


def repairs(
    documents: Sequence[dict[str, str]], tasks: int, lines: int
) -> Iterator[tuple[str, str]]:
    """Wrong answers with the verifier's complaint and the right ones: plans, queries, lines."""
    from training import repair_examples
    from training.repair_code import code_repairs

    yield from repair_examples.examples(0, tasks)
    yield from code_repairs(documents, 0, lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """How many examples are drawn."""

    plans: int = 100_000
    queries: int = 50_000
    task_repairs: int = 20_000
    line_repairs: int = 10_000


def write(path: Path, lines: Iterator[str]) -> None:
    """Write compressed lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with lzma.open(path, "wt", encoding="utf-8", preset=PRESET) as stream:
        stream.writelines(line + "\n" for line in lines)


def pack(work: Path, out: Path, amounts: Amounts) -> int:
    """Write the folder and return its size in bytes.

    Raises:
        ValueError: it is larger than can be carried.
    """
    for split in ("train", "held-out"):
        rows = read_split(work / f"corpus/{split}.jsonl")
        kept = ({name: row[name] for name in ("package", "language", "text")} for row in rows)
        write(out / f"corpus/{split}.jsonl.xz", (json.dumps(row) for row in kept))
    shutil.copytree(work / "tokenizer", out / "tokenizer", dirs_exist_ok=True)
    asked = examples(amounts.plans, amounts.queries)
    write(out / "examples.jsonl.xz", (json.dumps(pair) for pair in asked))
    rows = read_split(work / "corpus/train.jsonl")
    mended = repairs(rows, amounts.task_repairs, amounts.line_repairs)
    write(out / "repairs.jsonl.xz", (json.dumps(pair) for pair in mended))
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    if size > LIMIT:
        raise ValueError(f"{out} has {size / 1e6:.1f} MB, and {LIMIT / 1e6:.0f} can be carried")
    return size


def contents(folder: Path) -> str:
    """What a packed folder holds, in tokens of its tokenizer."""
    words = Tokenizer.from_file(str(folder / "tokenizer/tokenizer.json"))
    rows = read_split(folder / "corpus/train.jsonl")
    lines = [f"corpus: {len(rows)} files, {counted(words, [r['text'] for r in rows]):,} tokens"]
    for name in ("examples", "repairs"):
        pairs = Stored(folder / f"{name}.jsonl.xz").pairs
        texts = [prompt + completion for prompt, completion in pairs]
        lines.append(f"{name}: {len(pairs)} pairs, {counted(words, texts):,} tokens")
    return "\n".join(lines)


def counted(words: Tokenizer, texts: Sequence[str]) -> int:
    """Tokens of texts; of many every sixteenth is counted."""
    step = 16 if len(texts) > SAMPLED else 1
    chosen = texts[::step]
    size = sum(len(one.ids) for one in words.encode_batch(chosen, add_special_tokens=False))
    return size * len(texts) // max(1, len(chosen))


def main() -> None:
    """Pack, and tell what was packed."""
    amounts = Amounts()
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--work", type=Path, default=Path(".training"))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--plans", type=int, default=amounts.plans)
    parser.add_argument("--queries", type=int, default=amounts.queries)
    parser.add_argument("--task-repairs", type=int, default=amounts.task_repairs)
    parser.add_argument("--line-repairs", type=int, default=amounts.line_repairs)
    options = parser.parse_args()
    amounts = Amounts(
        plans=options.plans,
        queries=options.queries,
        task_repairs=options.task_repairs,
        line_repairs=options.line_repairs,
    )
    size = pack(options.work, options.out, amounts)
    print(f"{options.out}: {size / 1e6:.1f} MB\n{contents(options.out)}")


if __name__ == "__main__":
    main()
