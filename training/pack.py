"""Everything a run reads, in a folder that is small enough to carry: `python -m training.pack`.

The corpus compressed, the tokenizer, and task examples drawn beforehand, so that where the run
takes place neither the solver nor the agent is needed:

    python -m training.pack --out PACK
    python -m training.pretrain --work PACK --domain PACK/examples.jsonl.xz --loaders 14
"""

import argparse
import json
import lzma
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

from training.corpus import read_split

PRESET = 6
QUERIES_A_CALL = 1_000


class Stored:
    """Examples of a packed file, in the form of a generator's (`training.stream.Examples`)."""

    def __init__(self, path: Path) -> None:
        """Read all of them."""
        with lzma.open(path, "rt", encoding="utf-8") as stream:
            self._pairs = [tuple(json.loads(line)) for line in stream]

    def examples(self, seed: int, count: int) -> Iterator[tuple[str, str]]:
        """Draw pairs of prompt and completion."""
        yield from random.Random(seed).choices(self._pairs, k=count)


def examples(plans: int, queries: int) -> Iterator[tuple[str, str]]:
    """Pairs of the generators, of seeds that a run of them would reach first."""
    from training import math_examples, sql_examples

    yield from math_examples.examples(0, plans)
    for start in range(0, queries, QUERIES_A_CALL):
        yield from sql_examples.examples(start, min(QUERIES_A_CALL, queries - start))


def write(path: Path, lines: Iterator[str]) -> None:
    """Write compressed lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with lzma.open(path, "wt", encoding="utf-8", preset=PRESET) as stream:
        stream.writelines(line + "\n" for line in lines)


def pack(work: Path, out: Path, *, plans: int, queries: int) -> int:
    """Write the folder and return its size in bytes."""
    for split in ("train", "held-out"):
        rows = read_split(work / f"corpus/{split}.jsonl")
        kept = ({name: row[name] for name in ("package", "language", "text")} for row in rows)
        write(out / f"corpus/{split}.jsonl.xz", (json.dumps(row) for row in kept))
    shutil.copytree(work / "tokenizer", out / "tokenizer", dirs_exist_ok=True)
    write(out / "examples.jsonl.xz", (json.dumps(pair) for pair in examples(plans, queries)))
    return sum(path.stat().st_size for path in out.rglob("*") if path.is_file())


def main() -> None:
    """Pack."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--work", type=Path, default=Path(".training"))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--plans", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=50_000)
    options = parser.parse_args()
    size = pack(options.work, options.out, plans=options.plans, queries=options.queries)
    print(f"{options.out}: {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
