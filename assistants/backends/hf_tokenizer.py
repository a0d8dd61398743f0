"""A Hugging Face tokenizer as the back end needs it: plain text stays plain."""

import itertools
import re
import secrets
from collections.abc import Sequence
from typing import Any, TypeAlias

from assistants.errors import Unsupported
from assistants.masking import Vocabulary
from assistants.model import Chat

from .fill_in import Family, family_of_name, family_of_tokens

Untyped: TypeAlias = Any
"""A value of transformers or tokenizers, which have no complete types."""

OURS = frozenset({"question", "plan", "schema", "query"})
"""A tokenizer with all of these as `<|name|>` belongs to a model that plumb trained."""


class HuggingFaceTokenizer:
    """Encodes prompts and decodes streams. Not thread-safe: the back end holds its lock."""

    def __init__(self, tokenizer: Untyped, path: str) -> None:
        """Take what `AutoTokenizer` loaded; raises `Unsupported` without a fast tokenizer."""
        self._tokenizer = tokenizer
        self._backend: Untyped = getattr(tokenizer, "backend_tokenizer", None)
        if self._backend is None:
            raise Unsupported(
                f"{path} has no fast tokenizer",
                hint="use a checkpoint with a tokenizer.json",
            )
        added: dict[int, Untyped] = tokenizer.added_tokens_decoder
        self._control = {
            token.content: int(number)
            for number, token in added.items()
            if token.special or re.fullmatch(r"[<\[].*[>\]]", token.content)
        }
        parts = sorted(map(re.escape, self._control), key=len, reverse=True)
        self._pattern = re.compile("|".join(parts) or r"(?!)")
        named = family_of_name(path)
        known = named is not None and set(named.control) <= set(self._control)
        self.family: Family | None = named if known else family_of_tokens(self._control)
        bare = {
            content[2:-2]: number
            for content, number in self._control.items()
            if content.startswith("<|") and content.endswith("|>")
        }
        self.markers = bare if set(bare) >= OURS else {}

    @property
    def chat(self) -> bool:
        """Whether there is a chat template."""
        return bool(getattr(self._tokenizer, "chat_template", None))

    @property
    def beginning(self) -> list[int]:
        """The tokens that begin every text (a beginning-of-text token, or none)."""
        first = self._tokenizer.bos_token_id
        ids = list(self._tokenizer("a").input_ids)
        return [first] if first is not None and ids[:1] == [first] else []

    def control(self, text: str) -> int | None:
        """Return the id of a control text, if it has one."""
        return self._control.get(text)

    def encode(self, text: str) -> list[int]:
        """Return the tokens of plain text, none of them a control token.

        A text that spells a control token is cut inside it, so that no piece spells it.
        """
        cuts = [0, *(found.start() + 1 for found in self._pattern.finditer(text)), len(text)]
        pieces = [text[start:end] for start, end in itertools.pairwise(cuts)]
        return [token for piece in pieces for token in self._ids(piece)]

    def chat_prompt(self, chat: Chat) -> list[int]:
        """Return a conversation in the model's template, ready for the next reply.

        Where a message spells a control token, the messages are encoded apart from the template.
        """
        messages = [(message.role, message.content) for message in chat.messages]
        if not any(self._pattern.search(content) for _, content in messages):
            return self._ids(self._rendered(messages))
        names = {f"@{secrets.token_hex(8)}@": content for _, content in messages}
        stand_ins = zip(messages, names, strict=True)
        rendered = self._rendered([(role, name) for (role, _), name in stand_ins])
        pieces = re.split("(" + "|".join(names) + ")", rendered)
        return [
            token
            for piece in pieces
            for token in (self.encode(names[piece]) if piece in names else self._ids(piece))
        ]

    def _rendered(self, messages: Sequence[tuple[str, str]]) -> str:
        listed = [{"role": role, "content": content} for role, content in messages]
        return str(
            self._tokenizer.apply_chat_template(listed, add_generation_prompt=True, tokenize=False)
        )

    def _ids(self, text: str) -> list[int]:
        return list(self._backend.encode(text, add_special_tokens=False).ids) if text else []

    def vocabulary(self, size: int, end: Sequence[int]) -> Vocabulary:
        """Return these tokens as masks see them, for logits of a given width."""
        return Vocabulary(self._backend.to_str(), size=size, end=end)

    def decoder(self) -> "Decoder":
        """Return a decoder for one stream."""
        return Decoder(self._backend)


class Decoder:
    """Turns one stream's tokens into text as it becomes certain; control tokens have none."""

    def __init__(self, backend: Untyped) -> None:
        from tokenizers.decoders import DecodeStream

        self._backend = backend
        self._stream: Untyped = DecodeStream(skip_special_tokens=True)

    def push(self, token: int) -> str:
        """Return the text that a token completes."""
        return self._stream.step(self._backend, token) or ""
