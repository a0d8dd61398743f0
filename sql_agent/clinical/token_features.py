"""Features of words for the tagger of names.

Those of the classic taggers of biomedical names (the word, its shape, its parts, its neighbours,
whether it stands in the dictionary of the training names), whether the words of ICD-10-CM's
descriptions know it, and context aggregation (Ratinov and Roth, 2009): what stands beside the same
word in the sentences around, so that an abbreviation is read as where it was introduced.
"""

import functools
import re
from collections.abc import Sequence

from .terms import icd_file

Sentence = Sequence[str]
AROUND = 7
"""Sentences on each side that may say more about a word."""
_DIGITS = re.compile(r"\d+")
_SHAPE = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "A" * 26 + "a" * 26 + "0" * 10
)
_RUNS = re.compile(r"(.)\1+")
_LONGEST_NAME = 6
_OCCURRENCES = 4
_ICD = "data/icd10c-tabular-April-1-2026.xml"
_DESCRIBED = re.compile(r"<name>([A-Z])\d[^<]*</name>\s*<desc>([^<]*)</desc>")


def plain(word: str) -> str:
    """Return a word in small letters, its numbers as 0."""
    return _DIGITS.sub("0", word.lower())


def featurise(
    words: Sentence, names: dict[str, str], around: Sequence[Sentence] = ()
) -> list[list[str]]:
    """Return the features of each word of a sentence."""
    lower = [plain(word) for word in words]
    shapes = [_RUNS.sub(r"\1", word.translate(_SHAPE)) for word in words]
    listed = _listed(lower, names)
    elsewhere = _elsewhere(words, names, around)
    known = disease_words()
    size = len(words)

    def word(place: int) -> str:
        return lower[place] if 0 <= place < size else "<>"

    def shape(place: int) -> str:
        return shapes[place] if 0 <= place < size else "<>"

    found: list[list[str]] = []
    for i, text in enumerate(lower):
        features = ["b", f"w={text}", f"s={shapes[i]}", f"d={listed[i]}", f"sl={len(text)}"]
        features += _parts(text)
        if text in known:
            features.append("icd")
        for step in (-3, -2, -1, 1, 2, 3):
            features.append(f"w{step}={word(i + step)}")
        for step in (-2, -1, 1, 2):
            features.append(f"e{step}={word(i + step)[-3:]}")
            if 0 <= i + step < size:
                features.append(f"d{step}={listed[i + step]}")
                if lower[i + step] in known:
                    features.append(f"icd{step}")
        for step in (-1, 1):
            features.append(f"s{step}={shape(i + step)}")
        features.append(f"w-1w={word(i - 1)}|{text}")
        features.append(f"ww1={text}|{word(i + 1)}")
        features.append(f"w-1w1={word(i - 1)}|{word(i + 1)}")
        features.append(f"w-2w-1={word(i - 2)}|{word(i - 1)}")
        features.append(f"w1w2={word(i + 1)}|{word(i + 2)}")
        features.append(f"s-1ss1={shape(i - 1)}|{shapes[i]}|{shape(i + 1)}")
        if word(i - 1) == "(":
            features.append(f"(={word(i - 2)[-4:]}")
        features += elsewhere.get(words[i], ())
        found.append(features)
    return found


def _parts(text: str) -> list[str]:
    """Return beginnings, ends and the runs of four letters of a word."""
    found = [f"p{n}={text[:n]}" for n in (2, 3, 4, 5) if len(text) > n]
    found += [f"e{n}={text[-n:]}" for n in (2, 3, 4, 5) if len(text) > n]
    return found + [f"c={text[i : i + 4]}" for i in range(1, len(text) - 4)]


def _elsewhere(
    words: Sentence, names: dict[str, str], around: Sequence[Sentence]
) -> dict[str, list[str]]:
    """Return for words of a sentence what stands beside them in the sentences around."""
    wanted = {word for word in words if len(word) > 1 and any(map(str.isalpha, word))}
    found: dict[str, list[str]] = {}
    counts: dict[str, int] = {}
    for sentence in around:
        if wanted.isdisjoint(sentence):
            continue
        small = [plain(word) for word in sentence]
        listed = _listed(small, names)
        for i, word in enumerate(sentence):
            if word not in wanted or counts.get(word, 0) >= _OCCURRENCES:
                continue
            counts[word] = counts.get(word, 0) + 1
            before = small[i - 1] if i else "<>"
            after = small[i + 1] if i + 1 < len(small) else "<>"
            features = [f"a-={before}", f"a+={after}", f"ad={listed[i]}"]
            if before == "(" and i > 1:
                features += [f"a(={small[i - 2][-4:]}", f"a(d={listed[i - 2]}"]
            found.setdefault(word, []).extend(features)
    return {word: list(dict.fromkeys(features)) for word, features in found.items()}


def _listed(lower: Sequence[str], names: dict[str, str]) -> list[str]:
    """Return for each word whether it begins, continues or is outside of a listed name."""
    found = ["O"] * len(lower)
    at = 0
    while at < len(lower):
        for length in range(min(_LONGEST_NAME, len(lower) - at), 0, -1):
            kind = names.get(" ".join(lower[at : at + length]))
            if kind is not None:
                found[at] = f"B{kind}{min(length, 3)}"
                found[at + 1 : at + length] = [f"I{kind}"] * (length - 1)
                at += length - 1
                break
        at += 1
    return found


@functools.cache
def disease_words() -> frozenset[str]:
    """Return words that ICD-10-CM describes diseases with (A to R), and nothing else (S to Z).

    Raises:
        InputError: the list is not installed.
    """
    text = icd_file(_ICD).read_text(encoding="utf-8")
    diseases, others = set[str](), set[str]()
    for match in _DESCRIBED.finditer(text):
        words = re.findall(r"[a-z]{4,}", match[2].lower())
        (diseases if match[1] < "S" else others).update(words)
    return frozenset(diseases - others)
