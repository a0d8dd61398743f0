"""The byte-level BPE tokenizer: `python -m training.tokenizer`.

8,192 entries. The pre-tokenizer is llama.cpp's `qwen2` (digits one by one), so that a GGUF export
finds it ready; there is no normaliser, because llama.cpp applies none. The fill-in-the-middle
tokens carry the Qwen names, which llama.cpp recognises by text.
"""

import argparse
import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from training.corpus import read_split

VOCABULARY = 8_192
QWEN2_SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
END = "<|endoftext|>"
FIM_PREFIX, FIM_SUFFIX, FIM_MIDDLE = "<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"
FIM_PAD = "<|fim_pad|>"
TASKS = ("python", "java", "math", "sql", "question", "plan", "schema", "query")
STEPS = ("step", "check", "repair")
SPECIAL = (
    END,
    FIM_PREFIX,
    FIM_SUFFIX,
    FIM_MIDDLE,
    FIM_PAD,
    "<|repo_name|>",
    "<|file_sep|>",
    *(f"<|{name}|>" for name in (*TASKS, *STEPS)),
    *(f"<|reserved_{index}|>" for index in range(64)),
)
SHARES = {"python": 0.60, "java": 0.25, "text": 0.15}


def untrained() -> Tokenizer:
    """A byte-level BPE tokenizer with the qwen2 pre-tokenizer and no merges yet."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(QWEN2_SPLIT), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def train(texts: Iterator[str], vocabulary: int = VOCABULARY) -> Tokenizer:
    """Train on texts; special tokens take the first ids."""
    tokenizer = untrained()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=list(SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def code_texts(split: Path, budget: int, seed: int) -> Iterator[str]:
    """Random training files of each language up to its share of `budget` bytes."""
    rows = read_split(split)
    random.Random(seed).shuffle(rows)
    for language in ("python", "java"):
        left = int(budget * SHARES[language])
        for row in rows:
            if row["language"] == language and left > 0:
                left -= len(row["text"])
                yield row["text"]


def question_texts(data: Path) -> Iterator[str]:
    """Questions, solutions and queries of the sets that may be trained on."""
    with (data / "math/gsm8k-train.jsonl").open(encoding="utf-8") as stream:
        for line in stream:
            row = json.loads(line)
            yield f"{row['question']}\n{row['answer']}\n"
    with gzip.open(data / "math/MATH-train.jsonl.gz", "rt", encoding="utf-8") as stream:
        for line in stream:
            row = json.loads(line)
            yield f"{row['problem']}\n{row['solution']}\n"
    for path in sorted((data / "sql/ehrsql-2024/train").glob("*.json")):
        yield from _strings(json.loads(path.read_text(encoding="utf-8")))
    for path in sorted((data / "sql/text2sql").glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as stream:
            for line in stream:
                yield from text2sql_texts(json.loads(line))


def text2sql_texts(row: dict[str, Any]) -> Iterator[str]:
    """Queries and questions of one text2sql row, without those of its test split."""
    yield from _strings(row.get("sql"))
    for sentence in row["sentences"]:
        if sentence["question-split"] != "test":
            yield from _strings(sentence["text"])


def _strings(value: object) -> Iterator[str]:
    match value:
        case str() if " " in value:
            yield value + "\n"
        case dict():
            for item in value.values():  # pyright: ignore[reportUnknownVariableType]
                yield from _strings(item)
        case list():
            for item in value:  # pyright: ignore[reportUnknownVariableType]
                yield from _strings(item)
        case _:
            pass


def expression_texts(seed: int, count: int) -> Iterator[str]:
    """Expression-like and query-like lines: the forms that plans and queries are made of."""
    choose = random.Random(seed)
    names, functions = "xyzabntk", ("sin", "cos", "sqrt", "log", "exp", "diff", "integrate")
    tables = ("accounts", "transactions", "customers", "patients", "encounters", "claims")
    for _ in range(count):
        a, b = choose.choice(names), choose.choice(names)
        m, n = choose.randint(2, 999), choose.randint(2, 99)
        function, table = choose.choice(functions), choose.choice(tables)
        yield (
            f"{function}({m}*{a}^{n % 9} + {n}/{b}) = {m * n}\n"
            f"SELECT COUNT(*), AVG({table}.amount) FROM {table} JOIN branches ON "
            f"{table}.branch_id = branches.id WHERE {table}.status = '{function}' "
            f"GROUP BY {table}.date ORDER BY 1 DESC LIMIT {n}\n"
        )


def save(tokenizer: Tokenizer, folder: Path) -> None:
    """Write `tokenizer.json` and the configuration that transformers' AutoTokenizer reads."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    write_configuration(folder)


def write_configuration(folder: Path) -> None:
    """The `tokenizer_config.json` beside a `tokenizer.json`."""
    configuration = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": 4096,
        "eos_token": END,
        "pad_token": FIM_PAD,
        "clean_up_tokenization_spaces": False,
    }
    text = json.dumps(configuration, indent=2) + "\n"
    (folder / "tokenizer_config.json").write_text(text, encoding="utf-8")


def main() -> None:
    """Train and write the tokenizer."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--work", type=Path, default=Path(".training"))
    parser.add_argument("--data", type=Path, required=True, help="questions and queries")
    parser.add_argument("--megabytes", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    budget = arguments.megabytes * 1_000_000

    def texts() -> Iterator[str]:
        yield from code_texts(arguments.work / "corpus/train.jsonl", budget, arguments.seed)
        left = int(budget * SHARES["text"])
        for text in question_texts(arguments.data):
            left -= len(text)
            if left < 0:
                break
            yield text
        yield from expression_texts(arguments.seed, 2_000)

    tokenizer = train(texts())
    save(tokenizer, arguments.work / "tokenizer")
    print(f"{tokenizer.get_vocab_size()} entries in {arguments.work / 'tokenizer'}")


if __name__ == "__main__":
    main()
