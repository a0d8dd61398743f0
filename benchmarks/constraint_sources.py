"""Real files, vocabularies, and the ways in which text is cut into tokens."""

import itertools
import json
import random
import re
import sysconfig
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from pathlib import Path

from assistants.masking import Vocabulary

SUFFIX = {"python": ".py", "java": ".java"}
LARGE = 128_000


def python_folders() -> list[Path]:
    """Return the standard library with its tests, and the packages beside this interpreter."""
    paths = sysconfig.get_paths()
    return [Path(paths["stdlib"]), Path(paths["purelib"])]


def files(folders: Sequence[Path], suffix: str, chance: random.Random) -> list[Path]:
    """Return the files below some folders, in random order.

    Packages that are installed inside the standard library's folder belong to another interpreter.
    """
    found = {
        path
        for folder in folders
        for path in folder.rglob(f"*{suffix}")
        if "site-packages" not in path.relative_to(folder).parts
    }
    ordered = sorted(found)
    chance.shuffle(ordered)
    return ordered


def read(path: Path) -> str | None:
    """Return a file's text as an editor shows it, or None if it is not UTF-8."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def small(paths: Sequence[Path], count: int, limit: int) -> list[str]:
    """Return the texts of the first `count` files of at most `limit` bytes."""
    found: list[str] = []
    for path in paths:
        if len(found) == count:
            break
        text = read(path) if 0 < path.stat().st_size <= limit else None
        if text and not text.isspace():
            found.append(text)
    return found


@cache
def bundled() -> Vocabulary:
    """Return the bundled tokenizer's vocabulary of 8,192 tokens."""
    return Vocabulary(bundled_description(), size=8192, end=[0])


def bundled_description() -> str:
    """Return the text of the bundled `tokenizer.json`."""
    return resources.files("assistants").joinpath("data/tokenizer.json").read_text("utf-8")


def large(texts: Sequence[str]) -> Vocabulary:
    """Build a vocabulary of 128,000 tokens: all bytes, and the commonest pieces of some texts.

    Pieces are words, runs of signs and white space, pairs of them, and their beginnings.
    """
    return Vocabulary(large_description(texts), size=LARGE, end=[0])


def large_description(texts: Sequence[str]) -> str:
    """Return the text of a `tokenizer.json` for `large`; it has no merges."""
    counts: Counter[bytes] = Counter()
    for text in texts:
        pieces = re.findall(r" ?\w+|[^\w\s]+|\s+", text)
        counts.update(piece.encode() for piece in pieces)
        counts.update((one + two).encode() for one, two in itertools.pairwise(pieces))
        counts.update(piece[:n].encode() for piece in pieces for n in (2, 3, 5) if n < len(piece))
    chosen = [piece for piece, _ in counts.most_common() if 1 < len(piece) <= 48]
    letters = _byte_letters()
    words = ["<|end|>", *letters]
    words += ["".join(letters[byte] for byte in piece) for piece in chosen[: LARGE - 257]]
    words += [f"<|unused_{number}|>" for number in range(LARGE - len(words))]
    unused = [number for number, word in enumerate(words) if word.startswith("<|")]
    added = [
        {"id": number, "content": words[number], "special": True, "single_word": False,
         "lstrip": False, "rstrip": False, "normalized": False}
        for number in unused
    ]  # fmt: skip
    return json.dumps({
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": added,
        "normalizer": None, "post_processor": None,
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True,
                          "use_regex": True},
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True,
                    "use_regex": True},
        "model": {"type": "BPE", "dropout": None, "unk_token": None,
                  "continuing_subword_prefix": None, "end_of_word_suffix": None,
                  "fuse_unk": False, "byte_fallback": False, "ignore_merges": True,
                  "vocab": {word: number for number, word in enumerate(words)}, "merges": []},
    })  # fmt: skip


def _byte_letters() -> list[str]:
    """Return the letter that stands for each byte in byte-level tokenizers (GPT-2's table)."""
    plain = {*range(33, 127), *range(161, 173), *range(174, 256)}
    others = iter(range(256, 512))
    return [chr(byte) if byte in plain else chr(next(others)) for byte in range(256)]


def longest(data: bytes, vocabulary: Vocabulary) -> Iterator[int]:
    """Cut bytes into tokens, at each place the longest that fits."""
    yield from retokenised(data, vocabulary, None)


def retokenised(data: bytes, vocabulary: Vocabulary, chance: random.Random | None) -> Iterator[int]:
    """Cut bytes into tokens, at each place any that fits; without `chance` the longest."""
    at = 0
    while at < len(data):
        node, fits, end = vocabulary.trie, [], at
        while end < len(data) and data[end] in node:
            node = node[data[end]]
            end += 1
            fits.extend((token, end) for token in node.get(-1, ()))
        token, at = chance.choice(fits) if chance else fits[-1]
        yield token
