"""Pairs of question and query without their literals, and queries made of them again."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sql_agent.words import root

from .items import Item, find_items
from .likeness import Likeness

_COLUMN = r"([A-Za-z_][A-Za-z_0-9]*(?:\.[A-Za-z_0-9]+)?)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A question without its literals; its words are without their endings."""

    words: tuple[str, ...]
    items: tuple[Item, ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of its items, in order of the alphabet."""
        return tuple(sorted(broad(item) for item in self.items))


def broad(item: Item) -> str:
    """Return the kind of an item with all that is stored as one kind."""
    return "v" if item.kind.startswith("v:") else item.kind


def form_of(
    question: str,
    values: Mapping[str, tuple[str, ...]],
    keys: frozenset[str] = frozenset(),
    *,
    periods: bool = True,
    likeness: Likeness | None = None,
) -> Form:
    """Return the form of a question."""
    items = find_items(question, values, keys, periods=periods, likeness=likeness)
    parts: list[str] = []
    at = 0
    text = question.lower()
    for item in items:
        parts += [text[at : item.first], f" {item.token.replace(' ', '_')} "]
        at = item.last
    parts.append(text[at:])
    words = re.findall(r"<[^>]*>|[a-z]+|\d+|[^\sa-z\d]", "".join(parts))
    kept = (root(w) if w.isalpha() else w for w in words if w not in _POINTS)
    return Form(words=tuple(kept), items=tuple(items))


_POINTS = frozenset("?.,!;:'\"")


def normal(sql: str) -> str:
    """Return a query with blanks and the order of listed texts written one way.

    What stands in quotes is left as it is.
    """
    parts = re.split(r"('(?:[^']|'')*')", sql.strip().rstrip(";"))
    plain = [part if i % 2 else _spaced(part) for i, part in enumerate(parts)]
    plain = [
        f" {part}" if i and not i % 2 and part[:1].isalpha() else part
        for i, part in enumerate(plain)
    ]
    return _LIST.sub(_sorted, "".join(plain).strip())


_TEXT = r"'(?:[^']|'')*'"
_LIST = re.compile(rf"(?<= IN\(){_TEXT}(?:,{_TEXT})+(?=\))")


def _sorted(match: re.Match[str]) -> str:
    return ",".join(sorted(re.findall(_TEXT, match[0])))


_LISTED = re.compile(rf"{_COLUMN} IN\(({_TEXT}(?:,{_TEXT})+)\)")
_SPREAD = re.compile(rf"{_COLUMN} IN\((\1 = {_TEXT}(?:,\1 = {_TEXT})+)\)")


def _spread(text: str) -> str:
    """Return a query whose lists of texts are lists of conditions, so that each can be a slot."""

    def put(match: re.Match[str]) -> str:
        parts = (f"{match[1]} = {one}" for one in re.findall(_TEXT, match[2]))
        return f"{match[1]} IN({','.join(parts)})"

    return _LISTED.sub(put, text)


def _gathered(text: str) -> str:
    """Return a query with its lists of conditions as lists of texts again."""
    listed = _SPREAD.sub(lambda m: f"{m[1]} IN({','.join(re.findall(_TEXT, m[2]))})", text)
    return _LIST.sub(_sorted, listed)


_SLOTS = re.compile(r"(?<= IN\()\{v\d+:[^{}]*\}(?:,\{v\d+:[^{}]*\})+(?=\))")


def _in_order(match: re.Match[str]) -> str:
    return ",".join(sorted(match[0].split(",")))


def _spaced(text: str) -> str:
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"\s*([(),])\s*", r"\1", text)
    return re.sub(r"\s*(<=|>=|!=|(?<![<>!])=|<(?![=>])|(?<!<)>(?!=))\s*", r" \1 ", text)


def template_of(sql: str, items: Sequence[Item]) -> str | None:
    """Return a query with its literals replaced by the items that they come from.

    None where an item of the question has no place in the query: then the query says something
    else, or says it in a way that is not known here.
    """
    text = _spread(normal(sql))
    seen = Counter[str]()
    for item in items:
        kind = broad(item)
        changed = slotted(text, item, f"{kind}{seen[kind]}")
        seen[kind] += 1
        if changed is None:
            return None
        text = changed
    return _SLOTS.sub(_in_order, text)


def slotted(text: str, item: Item, place: str) -> str | None:
    """Return a text of SQL with a slot of that name for an item; None where it is not there."""
    for way, pattern in enumerate(_patterns(item)):
        changed, count = re.subn(pattern, lambda m, way=way: _slot(m, place, item, way), text)
        if count:
            return changed
    return None


def _patterns(item: Item) -> list[str]:
    """Return the patterns of an item, one for each way to write it."""
    return [_of_condition(way) for way in item.ways] if item.condition else [_pattern(item)]


def _of_condition(condition: str) -> str:
    if not condition:
        return "(?!)"  # this period cannot be written so
    escaped = re.escape(normal(condition)).replace(r"\{c\}", "\0")
    first, *rest = escaped.split("\0")
    return (
        first
        + _COLUMN
        + "".join(part + (r"\1" if i < len(rest) - 1 else "") for i, part in enumerate(rest))
    )


def _pattern(item: Item) -> str:
    literal = re.escape(item.literal)
    if item.columns:
        columns = "|".join(re.escape(column) for column in item.columns)
        quoted = re.escape(item.literal.replace("'", "''"))
        return rf"({columns}) = (?i:'{quoted}')"
    if item.kind == "moment":
        return rf"'{literal}'"
    if item.kind == "span":
        unit = rf"(?<='[+-]){literal}(?= (?:day|month|year|hour|week)')"
        return rf"{unit}|\b{literal}(?= \* 365)|(?<=[<>=] ){literal}\b"
    if item.kind == "id":
        return rf"(?<=[<>=] ){literal}\b"
    return rf"(?<=[<>]= ){literal}\b|(?<=[=<>] ){literal}\b"


def _slot(match: re.Match[str], place: str, item: Item, way: int) -> str:
    told = f"{match[1]}#{way}" if way else match[1] if item.condition or item.columns else ""
    return f"{{{place}:{told}}}" if told else f"{{{place}}}"


def filled(template: str, form: Form) -> str | None:
    """Return a template with the items of a question in their places; None where one is missing."""
    seen = Counter[str]()
    items: dict[str, Item] = {}
    for item in form.items:
        kind = broad(item)
        items[f"{kind}{seen[kind]}"] = item
        seen[kind] += 1
    used: set[str] = set()
    missing = False

    def put(match: re.Match[str]) -> str:
        nonlocal missing
        place, _, told = match[1].partition(":")
        item = items.get(place)
        text = written(item, told) if item is not None else None
        missing = missing or text is None
        used.add(place)
        return text or ""

    text = re.sub(SLOT, put, template)
    return None if missing or used != items.keys() else _gathered(text)


SLOT: Final = re.compile(r"\{([a-z]+\d+(?::[^{}]*)?)\}")


def written(item: Item, told: str) -> str | None:
    """Return an item as SQL, in a slot that tells its column; None where it cannot stand there."""
    if item.columns and told not in item.columns:
        return None  # a drug where the query has a diagnosis
    if item.condition:
        column, _, way = told.partition("#")
        text = dict(enumerate(item.ways)).get(int(way or 0), "")
        return normal(text).replace("{c}", column) if text else None
    quoted = "'" + item.literal.replace("'", "''") + "'"
    if item.columns:
        return f"{told} = {quoted}"
    return quoted if item.kind == "moment" else item.literal
