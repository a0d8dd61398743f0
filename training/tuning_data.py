"""What `plumb tune` learns from: a project's sources, or a file of questions and answers.

A folder (or one file) gives its Python and Java files, as the language server would index them.
A `.jsonl` file gives one example a line: `{"prompt": …, "completion": …}`, or as the mathematics
solver has them `{"question": …, "plan": …}`, or as the SQL agent has them `{"question": …,
"schema": …, "query": …}`. A tenth, drawn by content, is held out; of files that are nearly copies
only one is read. Text never becomes a special token.
"""

import hashlib
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from tokenizers import Tokenizer

from assistants.errors import InputError
from assistants.model import Marker
from code_assist.project_files import walk
from math_solver.plan import parse_plan
from math_solver.reading import read_question
from sql_agent.query_text import parse
from training.near_duplicates import first_copies
from training.stream import CodePieces, Piece, PieceSource, token_of
from training.tokenizer import END

Kind: TypeAlias = Literal["code", "pairs"]
LANGUAGES = {".py": "python", ".java": "java"}
HELD_OUT = 10
"""One in so many is held out."""
MOST_BYTES = 50_000_000
SCORED_TOKENS = 16_000
"""Held-out tokens that are scored at each check."""


@dataclass(frozen=True, slots=True)
class Document:
    """A source file."""

    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Pair:
    """What is given, as parts of a `Marked` prompt, and what is to be written."""

    parts: tuple[str | Marker, ...]
    completion: str

    @property
    def prompt(self) -> str:
        """The text of what is given."""
        return "\n".join(part for part in self.parts if isinstance(part, str))


Item: TypeAlias = Document | Pair


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """What was read, all of one kind, in two parts."""

    kind: Kind
    train: tuple[Item, ...]
    held_out: tuple[Item, ...]


def read(source: Path) -> Texts:
    """Read a folder, a source file or a `.jsonl` file.

    Raises:
        InputError: it is none of these, a line is not as described, or there is too little.
    """
    if not source.exists():
        raise InputError(f"there is no file or folder {source}")
    if source.suffix == ".jsonl":
        return split("pairs", pairs(source))
    return split("code", documents(source))


def documents(source: Path) -> list[Document]:
    """Source files, without near copies of one another."""
    paths = [source] if source.is_file() else list(walk(source))
    found: list[Document] = []
    left = MOST_BYTES
    for path in paths:
        language = LANGUAGES.get(path.suffix)
        if language is None:
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        left -= len(text)
        if left < 0:
            break
        if text.strip():
            found.append(Document(language, text))
    return [found[index] for index in first_copies([document.text for document in found])]


def pairs(source: Path) -> list[Pair]:
    """The examples of a `.jsonl` file."""
    found: dict[Pair, None] = {}
    for number, line in enumerate(source.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip():
            try:
                found[pair(json.loads(line))] = None
            except (ValueError, KeyError, TypeError, InputError) as error:
                raise InputError(
                    f"{source}, line {number}: {error}",
                    hint='one object a line: {"prompt": "…", "completion": "…"}',
                ) from error
    return list(found)


def pair(row: object) -> Pair:
    """One example; a plan must be one of its question."""
    match row:
        case {"prompt": str(prompt), "completion": str(completion)} if completion.strip():
            return Pair((prompt,), completion)
        case {"question": str(text), "plan": str(plan)}:
            question = read_question(text)
            parse_plan(plan, question)
            return plan_pair(question.masked, plan)
        case {"question": str(text), "schema": str(schema), "query": str(query)}:
            parse(query)
            return query_pair(text, schema, query)
        case _:
            raise ValueError("it has none of the known forms")


def plan_pair(masked: str, plan: str) -> Pair:
    """A masked question and its plan."""
    return Pair((Marker("math"), Marker("question"), masked, Marker("plan")), plan)


def query_pair(question: str, schema: str, query: str) -> Pair:
    """A question with the items that were linked, and its query."""
    asked = (Marker("sql"), Marker("question"), question, Marker("schema"), schema, Marker("query"))
    return Pair(asked, query)


def split(kind: Kind, found: Sequence[Item]) -> Texts:
    """Hold out a tenth, at least one."""
    unit = "source files" if kind == "code" else "examples"
    if len({text_of(item) for item in found}) < 2:
        raise InputError(
            f"tuning needs two {unit} at least, one to learn from and one to be tested on",
            hint="name a folder of Python or Java files, or a .jsonl file",
        )
    order = sorted({text_of(item) for item in found}, key=digest)
    apart = set(order[: -(-len(order) // HELD_OUT)])
    return Texts(
        kind=kind,
        train=tuple(item for item in found if text_of(item) not in apart),
        held_out=tuple(item for item in found if text_of(item) in apart),
    )


def text_of(item: Item) -> str:
    """What decides whether an item is held out: all answers to a question fall together."""
    return item.text if isinstance(item, Document) else item.prompt


def digest(text: str) -> bytes:
    """A number without meaning, by which texts are drawn the same way each time."""
    return hashlib.sha256(text.encode()).digest()


def literal(words: Tokenizer) -> Tokenizer:
    """A copy of a tokenizer that reads the name of a special token as plain text."""
    copy = Tokenizer.from_str(words.to_str())
    copy.encode_special_tokens = True
    return copy


class PairPieces:
    """Blocks of 64 pairs, drawn anew each time through the examples."""

    BLOCK = 64

    def __init__(self, pieces: Sequence[Piece], seed: int) -> None:
        self._pieces = pieces
        self._seed = seed

    def block(self, number: int) -> list[Piece]:
        """The pairs of a block; an epoch's order depends on the seed and the epoch alone."""
        blocks = -(-len(self._pieces) // self.BLOCK)
        epoch, place = divmod(number, blocks)
        order = list(range(len(self._pieces)))
        random.Random(f"{self._seed}/{epoch}").shuffle(order)
        return [self._pieces[index] for index in order[place * self.BLOCK :][: self.BLOCK]]


def training_pieces(texts: Texts, words: Tokenizer, length: int, seed: int) -> PieceSource:
    """What the bundled model learns from; `words` must be `literal`."""
    if texts.kind == "code":
        rows = [
            {"language": d.language, "text": d.text} for d in texts.train if isinstance(d, Document)
        ]
        return CodePieces(words, rows, length, seed)
    asked = [item for item in texts.train if isinstance(item, Pair)]
    return PairPieces([pair_piece(item, words) for item in asked], seed)


def held_out_pieces(texts: Texts, words: Tokenizer, length: int) -> tuple[Piece, ...]:
    """What is scored: plain windows of code, or pairs of which the completion counts."""
    found: list[Piece] = []
    for item in texts.held_out:
        if isinstance(item, Document):
            found += code_windows(item, words, length)
        else:
            found.append(pair_piece(item, words))
    kept: list[Piece] = []
    left = SCORED_TOKENS
    for piece in found:
        left -= len(piece.tokens)
        if left < 0 and kept:
            break
        kept.append(Piece(piece.tokens[: length + 1], piece.targets[: length + 1]))
    return tuple(kept)


def code_windows(document: Document, words: Tokenizer, length: int) -> list[Piece]:
    """A file in windows of a row, each behind its language's token."""
    head = token_of(words, f"<|{document.language}|>")
    ids = words.encode(document.text, add_special_tokens=False).ids
    return [
        Piece([head, *window], [False] + [True] * len(window))
        for window in (ids[start : start + length] for start in range(0, len(ids), length))
    ]


def pair_piece(item: Pair, words: Tokenizer) -> Piece:
    """A pair as the model is asked at run time, then the answer and the end."""
    before: list[int] = []
    for part in item.parts:
        if isinstance(part, Marker):
            before.append(token_of(words, f"<|{part.name}|>"))
        else:
            before += words.encode(part, add_special_tokens=False).ids
    after = words.encode(item.completion, add_special_tokens=False).ids
    after.append(token_of(words, END))
    return Piece([*before, *after], [False] * len(before) + [True] * len(after))
