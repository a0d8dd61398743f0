"""Constraints to masks: `Program` through our own machines, the others through llguidance."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from assistants.constraint import Choice, Constraint, Grammar, JsonSchema, Mask, Program, Regex
from assistants.errors import ConstraintError

from .budget import BudgetMask
from .program import ProgramMask
from .restricted import RestrictedMask
from .vocabulary import Untyped, Vocabulary

if TYPE_CHECKING:
    from llguidance._lib import JsonCompileOptions

MASKABLE = frozenset({"Choice", "Regex", "JsonSchema", "Grammar", "Program"})
"""Names of the constraint classes that `compile_mask` takes."""

_SPACING: "JsonCompileOptions" = {
    "item_separator": ", ",
    "key_separator": ": ",
    "whitespace_flexible": False,
}
"""As `json.dumps` writes; free white space would let a small model pad until its budget ends."""

_META = frozenset(r"\.+*?()|[]{}^$#&-~/")


def compile_mask(
    constraint: Constraint,
    vocabulary: Vocabulary,
    *,
    budget: int | None = None,
    free_spacing: bool = False,
) -> Mask:
    """Return a fresh mask. `free_spacing` lets JSON be spaced as it likes, for checking alone.

    With a `budget` of tokens, a program is led to a place where it may stop before they are spent.

    Raises:
        ConstraintError: the constraint does not compile; the message says where.
        Unsupported: it is a `Program` in a language that no machine of ours reads.
    """
    if isinstance(constraint, Program):
        syntax = ProgramMask(constraint, vocabulary)
        rule = constraint.names
        mask = syntax if rule is None else RestrictedMask(syntax, rule, vocabulary)
        return mask if budget is None else BudgetMask(mask, syntax, vocabulary, budget)
    from llguidance import LLMatcher

    source = _source(constraint, free_spacing=free_spacing)
    tokenizer = vocabulary.tokenizer
    failed, messages = LLMatcher.validate_grammar_with_warnings(source, tokenizer)
    if failed:
        raise _refused(constraint, messages[0])
    matcher = LLMatcher(tokenizer, source, log_level=0)
    if matcher.is_error():
        raise _refused(constraint, matcher.get_error())
    return _LlguidanceMask(matcher, vocabulary)


def _source(constraint: Choice | Regex | JsonSchema | Grammar, *, free_spacing: bool) -> str:
    from llguidance import LLMatcher

    match constraint:
        case Choice(options):
            if not options:
                raise _refused(constraint, "there is nothing to choose from")
            return LLMatcher.grammar_from_regex(choice_pattern(options))
        case Regex(pattern):
            return LLMatcher.grammar_from_regex(pattern)
        case JsonSchema(schema):
            text = json.dumps(dict(schema))
            return LLMatcher.grammar_from_json_schema(
                text, defaults=None if free_spacing else _SPACING
            )
        case Grammar(source):
            return LLMatcher.grammar_from_lark(source)


def choice_pattern(options: Sequence[str]) -> str:
    """Return a regular expression for exactly one of some texts."""
    return f"(?:{'|'.join(map(_literal, options))})"


def _literal(text: str) -> str:
    return "".join("\\" + char if char in _META else char for char in text)


def _refused(constraint: Constraint, message: str) -> ConstraintError:
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    return ConstraintError(
        f"the {type(constraint).__name__} constraint does not compile: {' '.join(lines)}",
        hint="correct the constraint at the place named",
    )


class _LlguidanceMask:
    """One stream under one grammar (llguidance's matcher as our `Mask`)."""

    __slots__ = ("_end", "_matcher", "_row")

    def __init__(self, matcher: Untyped, vocabulary: Vocabulary) -> None:
        self._matcher = matcher
        self._end = np.zeros((vocabulary.size + 31) // 32, dtype=np.int32)
        self._row = np.zeros_like(self._end)
        for token in vocabulary.end:
            self._end.view(np.uint32)[token // 32] |= np.uint32(1 << token % 32)

    def accept(self, tokens: Sequence[int]) -> bool:
        """Advance over tokens; False, and no change, where one of them is not allowed."""
        listed = list(tokens)
        if self.validate(listed) < len(listed):
            return False
        self._matcher.consume_tokens(listed)
        self._raise_if_broken()
        return True

    def validate(self, tokens: Sequence[int]) -> int:
        """Return how many leading tokens would be accepted, without advancing."""
        return int(self._matcher.validate_tokens(list(tokens)))

    def rollback(self, count: int) -> None:
        """Take back the last `count` accepted tokens."""
        if count and not self._matcher.rollback(count):
            message = f"{count} tokens cannot be taken back"
            raise ValueError(message)

    def allowed(self) -> NDArray[np.int32]:
        """Return the bitmask of allowed next tokens; the same array at every call."""
        if self._matcher.is_stopped():
            self._raise_if_broken()
            return self._end
        size = self._row.size * self._row.itemsize
        self._matcher.unsafe_compute_mask_ptr(self._row.ctypes.data, size)
        self._raise_if_broken()
        return self._row

    def can_stop(self) -> bool:
        """Whether the text so far satisfies the constraint as it stands."""
        return bool(self._matcher.is_accepting())

    def _raise_if_broken(self) -> None:
        if self._matcher.is_error():
            raise ConstraintError(
                f"the constraint became too complex: {self._matcher.get_error().splitlines()[0]}",
                hint="simplify the grammar",
            )
