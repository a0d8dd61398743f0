"""A query of one SELECT, taken apart: what it shows, from where, under which conditions, the rest.

The parts are pieces of the query's own text, with table names in the place of aliases, so that a
condition of one query can stand in another.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import sqlglot
from sqlglot.errors import TokenError
from sqlglot.tokenizer_core import Token, TokenType

_ENDS: Final = {
    TokenType.FROM: "from",
    TokenType.WHERE: "where",
    TokenType.GROUP_BY: "rest",
    TokenType.HAVING: "rest",
    TokenType.ORDER_BY: "rest",
    TokenType.LIMIT: "rest",
}
_NEVER: Final = frozenset((
    TokenType.UNION, TokenType.EXCEPT, TokenType.INTERSECT, TokenType.WITH, TokenType.SEMICOLON,
))  # fmt: skip
_QUOTED: Final = re.compile(r"'(?:[^']|'')*'")
_NAMED: Final = re.compile(r"\b([A-Za-z_]\w*)\.(?=[A-Za-z_])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clauses:
    """The parts of one query."""

    shown: tuple[str, ...]
    """The expressions behind SELECT; the first begins with DISTINCT where the query does."""
    source: str
    conditions: tuple[str, ...]
    """What AND joins behind WHERE."""
    rest: str = ""
    """From GROUP BY, ORDER BY or LIMIT on."""

    @property
    def tables(self) -> frozenset[str]:
        """The tables that something outside FROM names."""
        return named_tables((*self.shown, *self.conditions, self.rest))

    def __str__(self) -> str:
        """Write the query."""
        parts = [f"SELECT {', '.join(self.shown)} FROM {self.source}"]  # noqa: S608 - guarded later
        if self.conditions:
            parts.append(f"WHERE {' AND '.join(self.conditions)}")
        return " ".join((*parts, self.rest)).strip()


def named_tables(texts: Iterable[str]) -> frozenset[str]:
    """Return the names that stand before a dot, outside quotes."""
    return frozenset(name for text in texts for name in _NAMED.findall(_QUOTED.sub("''", text)))


def same_query(one: str, other: str) -> bool:
    """Whether two plain queries differ in nothing but case and the order of their conditions."""
    parts = [take_apart(sql.lower()) for sql in (one, other)]
    keys = [
        part and (part.shown, part.source, frozenset(part.conditions), part.rest) for part in parts
    ]
    return keys[0] is not None and keys[0] == keys[1]


def take_apart(sql: str) -> Clauses | None:
    """Return the parts of a query; None where it is not one plain SELECT over different tables."""
    try:
        tokens = sqlglot.tokenize(sql, read="sqlite")
    except TokenError:
        return None
    kinds = Counter(token.token_type for token in tokens)
    if not tokens or tokens[0].token_type is not TokenType.SELECT or kinds[TokenType.SELECT] != 1:
        return None
    if kinds.keys() & _NEVER:
        return None
    places = _places(tokens)
    if places is None:
        return None
    shown, source, where, rest = (
        _text(sql, places.get(name, ())) for name in ("shown", "from", "where", "rest")
    )
    aliases = _aliases(places["from"])
    if aliases is None:
        return None
    conditions = _split(sql, places.get("where", ()), TokenType.AND)
    if where and _depths(places["where"], TokenType.OR):
        conditions = (where,)
    return (
        Clauses(
            shown=tuple(
                _renamed(part, aliases) for part in _split(sql, places["shown"], TokenType.COMMA)
            ),
            source=_without_aliases(source, aliases),
            conditions=tuple(_renamed(part, aliases) for part in conditions),
            rest=_renamed(rest, aliases),
        )
        if shown
        else None
    )


def _places(tokens: Sequence[Token]) -> dict[str, list[Token]] | None:
    """Return the tokens of each clause, without the words that begin it."""
    found: dict[str, list[Token]] = {"shown": []}
    at, depth = "shown", 0
    for token in tokens[1:]:
        depth += _step(token)
        name = _ENDS.get(token.token_type) if depth == 0 else None
        if name is None or (name == at == "rest"):
            found[at].append(token)
            continue
        if name in found:
            return None
        at = name
        found[at] = [token] if name == "rest" else []
    return found if found.get("from") and depth == 0 else None


def _step(token: Token) -> int:
    return (token.token_type is TokenType.L_PAREN) - (token.token_type is TokenType.R_PAREN)


def _text(sql: str, tokens: Sequence[Token]) -> str:
    return sql[tokens[0].start : tokens[-1].end + 1] if tokens else ""


def _depths(tokens: Sequence[Token], kind: TokenType) -> bool:
    """Whether a kind of token stands outside all parentheses."""
    depth = 0
    for token in tokens:
        depth += _step(token)
        if depth == 0 and token.token_type is kind:
            return True
    return False


def _split(sql: str, tokens: Sequence[Token], separator: TokenType) -> tuple[str, ...]:
    """Return what a separator parts outside parentheses; the AND of a BETWEEN parts nothing."""
    groups: list[list[Token]] = [[]]
    depth = between = 0
    for token in tokens:
        depth += _step(token)
        if depth == 0 and token.token_type is TokenType.BETWEEN:
            between += 1
        if depth == 0 and token.token_type is separator:
            if separator is TokenType.AND and between:
                between -= 1
            else:
                groups.append([])
                continue
        groups[-1].append(token)
    return tuple(_text(sql, group) for group in groups if group)


def _aliases(tokens: Sequence[Token]) -> dict[str, str] | None:
    """Return the aliases of a FROM clause; None where a table stands there twice."""
    found: dict[str, str] = {}
    tables: list[str] = []
    begins = True
    for at, token in enumerate(tokens):
        if begins and token.token_type is TokenType.VAR:
            tables.append(token.text)
            after = [t for t in tokens[at + 1 : at + 3] if t.token_type is not TokenType.ALIAS]
            if after and after[0].token_type is TokenType.VAR:
                found[after[0].text] = token.text
        begins = token.token_type in {TokenType.JOIN, TokenType.COMMA}
    return found if len(set(tables)) == len(tables) else None


def _renamed(text: str, aliases: dict[str, str]) -> str:
    if not aliases:
        return text
    parts = re.split(r"('(?:[^']|'')*')", text)
    for at in range(0, len(parts), 2):
        parts[at] = _NAMED.sub(lambda m: aliases.get(m[1], m[1]) + ".", parts[at])
    return "".join(parts)


def _without_aliases(source: str, aliases: dict[str, str]) -> str:
    for alias, table in aliases.items():
        source = re.sub(
            rf"(?i)\b({re.escape(table)})\s+(?:AS\s+)?{re.escape(alias)}\b", r"\1", source
        )
    return _renamed(source, aliases)
