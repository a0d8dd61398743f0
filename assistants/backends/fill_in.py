"""Fill-in-the-middle: each model family's prompt, and what of a long file goes into it."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from assistants.model import FillInTheMiddle
from assistants.ngram import settled

PREFIX, SUFFIX, MIDDLE = "fim_prefix", "fim_suffix", "fim_middle"
"""The bundled model's own marks, by bare name."""

S = TypeVar("S", str, list[int])


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Prompt pieces of a family of models.

    `pieces` alternate control text with the fields `{prefix}`, `{suffix}` and `{path}`; `names`
    are parts of model names by which a server's model is recognised; `stop` ends the middle.
    """

    name: str
    pieces: tuple[str, ...]
    names: tuple[str, ...]
    stop: tuple[str, ...] = ()

    @property
    def control(self) -> tuple[str, ...]:
        """The control texts, each a single token of the family's tokenizers."""
        return tuple(piece for piece in self.pieces if not piece.startswith("{"))

    def text(self, prompt: FillInTheMiddle) -> str:
        """Return the whole prompt as text, for a server that tokenizes it."""
        fields = {"{prefix}": prompt.prefix, "{suffix}": prompt.suffix, "{path}": prompt.path}
        spelled = {"▁<PRE>": "<PRE> ", "▁<SUF>": " <SUF>", "▁<MID>": " <MID>"}
        return "".join(fields.get(piece, spelled.get(piece, piece)) for piece in self.pieces)


_QWEN = ("<|fim_prefix|>", "{prefix}", "<|fim_suffix|>", "{suffix}", "<|fim_middle|>")
_STAR = ("<fim_prefix>", "{prefix}", "<fim_suffix>", "{suffix}", "<fim_middle>")

# Sources: the model cards of each family; Mellum's and Codestral's put the suffix first. Mellum
# stands last because StarCoder's tokenizers know all of its control texts.
FAMILIES = (
    Family(
        name="qwen", pieces=_QWEN, names=("qwen", "codegemma", "plumb"),
        stop=("<|endoftext|>", "<|repo_name|>", "<|file_sep|>", "<|file_separator|>"),
    ),
    Family(
        name="starcoder", pieces=_STAR, names=("starcoder", "granite", "stable-code"),
        stop=("<|endoftext|>", "<file_sep>"),
    ),
    Family(
        name="deepseek",
        pieces=(
            "<｜fim▁begin｜>", "{prefix}", "<｜fim▁hole｜>", "{suffix}", "<｜fim▁end｜>",
        ),
        names=("deepseek",), stop=("<｜end▁of▁sentence｜>",),
    ),
    Family(
        name="codellama",
        pieces=("▁<PRE>", "{prefix}", "▁<SUF>", "{suffix}", "▁<MID>"),
        names=("codellama", "code-llama"), stop=("<EOT>", " <EOT>"),
    ),
    Family(
        name="codestral", pieces=("[SUFFIX]", "{suffix}", "[PREFIX]", "{prefix}"),
        names=("codestral",),
    ),
    Family(
        name="mellum",
        pieces=(
            "<filename>", "{path}", "<fim_suffix>", "{suffix}", "<fim_prefix>", "{prefix}",
            "<fim_middle>",
        ),
        names=("mellum",), stop=("<filename>",),
    ),
)  # fmt: skip


def family_of_tokens(tokens: Collection[str]) -> Family | None:
    """Return the family whose control texts are all tokens of a vocabulary."""
    return next((each for each in FAMILIES if set(each.control) <= set(tokens)), None)


def family_of_name(model: str) -> Family | None:
    """Return the family that a model's name belongs to."""
    name = model.lower()
    return next((each for each in FAMILIES if any(part in name for part in each.names)), None)


def without_typed(prompt: FillInTheMiddle) -> tuple[FillInTheMiddle, str]:
    """Return the prompt without the word before the cursor, and that word (token healing)."""
    head = settled(prompt.prefix)
    return replace(prompt, prefix=prompt.prefix[:head]), prompt.prefix[head:]


def room_of(length: int, wanted: int) -> int:
    """Return the tokens of a prompt where so many are wanted behind it, or half the length."""
    return length - max(1, min(wanted, length // 2))


def own_tokens(
    prompt: FillInTheMiddle,
    room: int,
    encode: Callable[[str], list[int]],
    special: Mapping[str, int],
    *,
    language: Sequence[int],
    suffix_first: bool,
) -> list[int]:
    """Return the bundled model's prompt in at most `room` tokens, `language` in front.

    Training examples are made by this, too (`training.asked`).
    """
    prefix, suffix = fit(prompt, room - len(language) - 3, encode)
    begin, behind, middle = (special[name] for name in (PREFIX, SUFFIX, MIDDLE))
    if suffix_first:
        return [*language, begin, behind, *suffix, middle, *prefix]
    return [*language, begin, *prefix, behind, *suffix, middle]


def fit(
    prompt: FillInTheMiddle, room: int, encode: Callable[[str], list[int]]
) -> tuple[list[int], list[int]]:
    """Return the tokens of prefix and suffix that fit: what lies near the cursor.

    The suffix gets a quarter of the room, or more where the prefix is short. The suffix grows and a
    long prefix is shortened by an eighth of the room at a time (in characters first, sixteen a
    token): both then stay put over many keystrokes, and a prefix cache keeps its worth.
    """
    step = max(1, room // 8)
    suffix = encode(prompt.suffix[: 16 * room])
    prefix = encode(shortened(prompt.prefix, 16 * room, 16 * step))
    suffix = suffix[: max(room // 4, (room - len(prefix)) // step * step)]
    return shortened(prefix, room - len(suffix), step), suffix


def without_control(prompt: FillInTheMiddle, family: Family) -> FillInTheMiddle:
    """Cut the text around the cursor where it spells a control text of the family.

    A server tokenizes the whole prompt, and would take what the user wrote for its own marks.
    """
    marks = re.compile("|".join(map(re.escape, (*family.control, *family.stop))))
    before = [found.end() for found in marks.finditer(prompt.prefix)]
    after = marks.search(prompt.suffix)
    return replace(
        prompt,
        prefix=prompt.prefix[before[-1] if before else 0 :],
        suffix=prompt.suffix[: after.start()] if after else prompt.suffix,
        path=marks.sub("", prompt.path),
    )


def shortened(sequence: S, room: int, by: int) -> S:
    """Drop from the left, `by` at a time, until what is left fits the room."""
    excess = len(sequence) - room
    if excess <= 0:
        return sequence
    return sequence[min(len(sequence), -(-excess // by) * by) :]
