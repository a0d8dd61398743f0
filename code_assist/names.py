"""Names that static analysis offers at a place: exact candidates, the likely ones first."""

import logging
import re
from collections.abc import Callable

from assistants import deadline
from assistants.errors import DeadlineExceeded, WorkerCrashed

from . import languages, symbols
from .completion import Completion
from .jedi_names import names_at
from .parsing import enclosing
from .source import Position, Source
from .symbols import Symbol

_LOG = logging.getLogger(__name__)
_WORD = re.compile(r"[^\W\d]\w*")
_TYPED = re.compile(r"[^\W\d]\w*\Z")
_RECEIVER = re.compile(r"([^\W\d]\w*)\s*\.\s*\Z")
_LITERAL = frozenset(
    {"comment", "line_comment", "block_comment", "string_content", "string_fragment"}
    | {"character_literal", "string_literal", "multiline_string_fragment", "string_end"}
)
_ANY_NAME = "plumb_any_name"
_RECENT = 4000  # code points before the cursor in which a name's last use counts


def names(
    source: Source, position: Position, *, seconds: float = 2.0, limit: int = 200
) -> tuple[Completion, ...]:
    """Return the names that may stand at a position, best first; none in comments and strings."""
    offset = source.offset(position)
    before = source.text[:offset]
    typed = _TYPED.search(before)
    word = typed.group() if typed else ""
    if _inside_literal(source, offset) or re.search(r"\d\w*\Z", before[: offset - len(word)]):
        return ()
    found = _find(source, position, offset - len(word), seconds=seconds)
    fitting = [one for one in found if _fits(one.name, word)]
    fitting.sort(key=_rank(before[: offset - len(word)], word))
    span = source.span(offset - len(word), offset)
    return tuple(
        Completion(new_text=one.name, span=span, origin="analysis", kind=one.kind, detail=one.type)
        for one in fitting[:limit]
    )


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


def _find(source: Source, position: Position, start: int, *, seconds: float) -> list[Symbol]:
    if source.language == "python":
        try:
            rows = deadline.call(
                names_at,
                source.text,
                source.path,
                position.line + 1,
                position.column,
                1000,
                seconds=seconds,
            )
            found = [Symbol(name=name, kind=kind, type=detail) for name, kind, detail in rows]
            return found + _missed(source, start, {one.name for one in found})
        except (DeadlineExceeded, WorkerCrashed, ValueError) as error:
            _LOG.info("names of this file only: %s", error)
    return _from_file(source, start)


def _missed(source: Source, start: int, found: set[str]) -> list[Symbol]:
    """Return names in scope that jedi does not see, as in a function that has no body so far."""
    if source.text[:start].rstrip().endswith(".") or "import " in source.line(
        source.position(start).line
    ):
        return []
    return [one for one in symbols.in_scope(source, start) if one.name not in found]


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


def _rank(before: str, word: str) -> Callable[[Symbol], tuple[bool, bool, bool, int, int, str]]:
    """Order by: same case as typed, public, used recently, length, alphabet; keywords last."""
    recent = {m.group(): m.start() for m in _WORD.finditer(before[-_RECENT:])}

    def key(one: Symbol) -> tuple[bool, bool, bool, int, int, str]:
        return (
            not one.name.startswith(word),
            one.name.startswith("_") and not word.startswith("_"),
            one.kind == "keyword",
            -recent.get(one.name.rstrip("=("), -1),
            len(one.name),
            one.name,
        )

    return key
