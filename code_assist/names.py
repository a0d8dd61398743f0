"""Names that static analysis offers at a place: exact candidates, the likely ones first."""

import re
from dataclasses import dataclass

from assistants.model import Memory

from . import languages, symbols
from .completion import Completion
from .jedi_names import asked
from .parsing import enclosing
from .python_resolver import resolver_at
from .ranking import ranked
from .source import Position, Source
from .symbols import Symbol

_TYPED = re.compile(r"[^\W\d]\w*\Z")
_RECEIVER = re.compile(r"([^\W\d]\w*)\s*\.\s*\Z")
_LITERAL = frozenset(
    {"comment", "line_comment", "block_comment", "string_content", "string_fragment"}
    | {"character_literal", "string_literal", "multiline_string_fragment", "string_end"}
)
_IMPORT = re.compile(r"[ \t]*(?:from|import)\b")
_ANY_NAME = "plumb_any_name"
_RECENT = 4000  # code points before the cursor in which a name's last use counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """Names for one place, best first; `whole` is False where jedi had no time to answer."""

    names: tuple[Completion, ...] = ()
    whole: bool = True


def names(
    source: Source, position: Position, *, seconds: float = 2.0, limit: int = 200
) -> tuple[Completion, ...]:
    """Return the names that may stand at a position, best first; none in comments and strings."""
    return offered(source, position, seconds=seconds, limit=limit).names


def offered(
    source: Source,
    position: Position,
    *,
    seconds: float = 2.0,
    brief: float | None = None,
    limit: int = 200,
    memory: Memory | None = None,
) -> Offered:
    """Return the names that may stand at a position.

    jedi gets so many seconds to answer, and only `brief` ones where the file itself knows some of
    the names. `memory` is what the workspace repeats there: it ranks them.
    """
    offset = source.offset(position)
    before = source.text[max(0, offset - _RECENT) : offset]
    typed = _TYPED.search(before)
    word = typed.group() if typed else ""
    before = before[: len(before) - len(word)]
    if _inside_literal(source, offset) or re.search(r"\d\w*\Z", before[-40:]):
        return Offered()
    found, whole = _find(
        source, offset - len(word), offset, seconds, seconds if brief is None else brief
    )
    fitting = [one for one in found if _fits(one.name, word)]
    fitting = ranked(fitting, source.text[: offset - len(word)], word, memory)
    span = source.span(offset - len(word), offset)
    made = tuple(
        Completion(new_text=one.name, span=span, origin="analysis", kind=one.kind, detail=one.type)
        for one in fitting[:limit]
    )
    return Offered(names=made, whole=whole)


def typed_word(source: Source, offset: int) -> str:
    """Return the part of a name that stands right before an offset."""
    match = _TYPED.search(source.text, max(0, offset - 200), offset)
    return match.group() if match else ""


def _fits(name: str, word: str) -> bool:
    return name != word and name.lower().startswith(word.lower())


def _inside_literal(source: Source, offset: int) -> bool:
    chain = enclosing(source, max(offset - 1, 0))
    if not chain or chain[-1].type not in _LITERAL:
        return False
    node = chain[-1]
    at_end = source.byte_to_offset(node.end_byte) == offset
    return not (at_end and node.type in {"string_end", "string_literal", "block_comment"})


def _find(
    source: Source, start: int, offset: int, seconds: float, brief: float
) -> tuple[list[Symbol], bool]:
    """Return the names that may stand at `start`, and whether they are all that can be known."""
    if source.language != "python":
        return _from_file(source, start), True
    line = source.text[source.text.rfind("\n", 0, start) + 1 : start]
    if _IMPORT.match(line):
        return _from_jedi(source, start, offset, seconds=seconds)
    if line.rstrip().endswith("."):
        own = _of_receiver(source.insert(start, offset, ""), start)
        patience = min(seconds, brief) if own else seconds
        found, whole = _from_jedi(source, start, offset, seconds=patience)
        known = {one.name for one in found}
        return [*found, *(one for one in own if one.name not in known)], whole
    resolver = resolver_at(source, start)
    visible = resolver.visible()
    if visible is not None and resolver.certain:
        words = languages.by_name("python").keywords
        symbols_ = (Symbol(name=one, kind=resolver.kind(one)) for one in visible - words)
        return [*symbols_, *(Symbol(name=one, kind="keyword") for one in words)], True
    found, whole = _from_jedi(source, start, offset, seconds=seconds)
    known = {one.name for one in found}
    return [*found, *(one for one in _from_file(source, start) if one.name not in known)], whole


def _from_jedi(
    source: Source, start: int, offset: int, *, seconds: float
) -> tuple[list[Symbol], bool]:
    """Ask jedi, about the text without the word, so that typing on finds the answer ready."""
    text = source.text[:start] + source.text[offset:]
    ready, rows = asked().ask(text, source.path, start, patience=seconds)
    return [Symbol(name=name, kind=kind, type=detail) for name, kind, detail in rows or ()], ready


def _of_receiver(source: Source, start: int) -> list[Symbol]:
    """Return what the file itself shows of a receiver's attributes."""
    receiver = _RECEIVER.search(source.text, max(0, start - 200), start)
    if receiver is None:
        return []
    found = {one.name: one for one in symbols.members_seen(source, receiver.group(1))}
    if receiver.group(1) in {"self", "cls"}:
        for name in resolver_at(source, start).own_members():
            found.setdefault(name, Symbol(name=name, kind="variable"))
    return list(found.values())


def _from_file(source: Source, start: int) -> list[Symbol]:
    receiver = _RECEIVER.search(source.text, max(0, start - 200), start)
    if not source.text[start : start + 1].isidentifier():
        source = source.insert(start, start, _ANY_NAME)  # keeps the tree in one piece
    visible = symbols.in_scope(source, start)
    if receiver is None:
        if source.text[:start].rstrip().endswith("."):
            return []
        words = languages.by_name(source.language).keywords
        return [*visible, *(Symbol(name=word, kind="keyword") for word in sorted(words))]
    name = receiver.group(1)
    declared = next((one.type for one in visible if one.name == name), "") or name
    if name == "this":
        declared = symbols.enclosing_type(source, start)
    known = {one.name: one for one in symbols.members_seen(source, name)}
    known.update({one.name: one for one in symbols.members(source, declared)})
    known.pop(_ANY_NAME, None)
    return list(known.values())
