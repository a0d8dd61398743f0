"""The rows behind every figure of an aggregate: a second query that tells them.

A role without rows may ask for counts, sums and averages in groups. Beside each such query runs its
*witness*: the same FROM and WHERE, without grouping, with the key of each counted row, its person,
its group, and for each aggregate whether the row takes part in it. So the sets of rows that figures
are about are known exactly. What has no such sets (medians, extremes, windows, HAVING, a second
level of aggregation) is refused.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from sqlglot import exp

from assistants.answer import Json
from assistants.errors import QueryRefused
from sql_agent.joins import JoinGraph
from sql_agent.semantic_model import ColumnRef, SemanticModel, Table

from .ledger import Cell, Universe
from .linear import Bits, Numbers

_AGGREGATES = (exp.Count, exp.Sum, exp.Avg)
_AROUND = (
    *(exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Neg, exp.Paren, exp.Cast, exp.Nullif, exp.Coalesce),
    *(exp.Round, exp.Literal, exp.Null, exp.Alias, exp.Identifier, exp.DataType),
)
_HINT = "this role may ask for counts, sums, averages and shares in groups"
MOST_ROWS = 2_000_000


@dataclass(frozen=True, slots=True)
class Units:
    """Which rows are counted as one thing, and how they lead to a person."""

    model: SemanticModel
    graph: JoinGraph
    person: ColumnRef

    def about_persons(self, table: str) -> bool:
        """Whether each row of a table belongs to one person."""
        path = self.graph.path(table, self.person.table)
        return path is not None and path.to_one

    def unit(self, table: Table) -> tuple[str, str]:
        """Return the counted unit of a table and the column that tells its rows apart.

        Tables that meet row by row (a claim and its stay) are one unit: a count of the one says
        the count of the other.
        """
        names = [known.name for known in self.model.tables]
        for join in self.model.joins:
            if join.cardinality != "one_to_one" or len(join.on) != 1:
                continue
            for own, other in (join.on[0], join.on[0][::-1]):
                if own.table == table.name and names.index(other.table) < names.index(own.table):
                    return other.table, own.column
        if len(table.primary_key) != 1:
            raise QueryRefused(f"{table.name} has no key of one column to count its rows by")
        return table.name, table.primary_key[0]

    def names_person(self, ref: ColumnRef) -> bool:
        """Whether a column holds the person's key."""
        if ref == self.person:
            return True
        pairs = (pair for join in self.model.joins for pair in join.on)
        return any(self.person in pair and ref in pair for pair in pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """The query that tells the rows behind an aggregate query.

    Its columns: the row's key, its person, `groups` group values, then one flag for each of `flags`
    aggregates' arguments. `positions` are the places of the groups in the answer's columns.
    `persons_counted` says that figures count persons, once each.
    """

    select: exp.Select
    unit: str
    person_unit: str
    groups: int
    flags: int
    positions: tuple[int, ...]
    persons_counted: bool


def witness(tree: exp.Expr, units: Units) -> Witness | None:
    """Return the witness of a qualified query; None where it is not about persons at all.

    Raises:
        QueryRefused: the figures of this query have no plain sets of rows behind them.
    """
    if not isinstance(tree, exp.Select):
        raise QueryRefused("a union of queries has no one set of groups", hint=_HINT)
    named = {table.name for table in tree.find_all(exp.Table)}
    base = _base(tree)
    table = units.model.table(base)
    if table is None:
        raise QueryRefused(f"the role does not see {base}")
    if not any(units.about_persons(name) for name in named if units.model.table(name)):
        return None
    if not units.about_persons(base):
        raise QueryRefused(f"{base} are not people's, and the question mixes both", hint=_HINT)
    _check_plain(tree)
    groups = [_unaliased(part) for part in (tree.args.get("group") or exp.Group()).expressions]
    positions = _positions(tree, groups)
    measures = [e for i, e in enumerate(tree.expressions) if i not in positions]
    if not measures:
        raise QueryRefused("this role sees no rows, only figures about many", hint=_HINT)
    return _made(tree, table, units, groups=groups, positions=positions, measures=measures)


def _base(tree: exp.Select) -> str:
    origin = tree.args.get("from_")
    source = origin.this if origin is not None else None
    if isinstance(source, exp.Table):
        return source.name
    if isinstance(source, exp.Subquery) and isinstance(source.this, exp.Select):
        inner = source.this
        if isinstance(inner.args.get("distinct"), exp.Distinct) and not inner.args.get("group"):
            return _base(inner)
    raise QueryRefused("an aggregate of aggregates has no rows of its own", hint=_HINT)


def _check_plain(tree: exp.Select) -> None:
    for key, what in (("having", "HAVING"), ("qualify", "QUALIFY"), ("distinct", "DISTINCT")):
        if tree.args.get(key):
            raise QueryRefused(f"{what} would tell which groups are small", hint=_HINT)
    if tree.args.get("with_"):
        raise QueryRefused("a common table expression hides the rows behind a figure", hint=_HINT)
    if tree.find(exp.Window) is not None:
        raise QueryRefused("a window shows figures about other groups", hint=_HINT)


def _unaliased(part: exp.Expr) -> exp.Expr:
    return part.this if isinstance(part, exp.Alias) else part


def _positions(tree: exp.Select, groups: list[exp.Expr]) -> tuple[int, ...]:
    """Return where the groups stand among the columns; each must be shown."""
    shown = [_unaliased(part) for part in tree.expressions]
    found: list[int] = []
    for group in groups:
        if group not in shown:
            raise QueryRefused("a group that is not shown cannot be judged", hint=_HINT)
        found.append(shown.index(group))
    return tuple(found)


def _arguments(measures: list[exp.Expr]) -> Iterator[exp.Expr]:
    """Yield the aggregates of the measures; what stands around them must be arithmetic."""
    for measure in measures:
        found = 0
        pending = [measure]
        while pending:
            node = pending.pop()
            if isinstance(node, _AGGREGATES):
                found += 1
                yield node
                continue
            if not isinstance(node, _AROUND):
                raise QueryRefused(f"{node.key} tells about single rows", hint=_HINT)
            pending.extend(node.iter_expressions())
        if not found:
            raise QueryRefused("this role sees no rows, only figures about many", hint=_HINT)


def _made(
    tree: exp.Select,
    table: Table,
    units: Units,
    *,
    groups: list[exp.Expr],
    positions: tuple[int, ...],
    measures: list[exp.Expr],
) -> Witness:
    flags: dict[str, exp.Expr] = {}
    persons_counted = False
    for node in _arguments(measures):
        if isinstance(node.this, exp.Distinct):
            _check_distinct(node.this, tree, units)
            persons_counted = True
            continue
        for flag in _flags(node):
            flags[flag.sql()] = flag
    unit, key = units.unit(table)
    select = tree.copy()
    for name in ("group", "order", "limit", "offset"):
        select.set(name, None)
    row, person = _with_person(select, table, key, units)
    shown = [row, person, *(group.copy() for group in groups), *flags.values()]
    select.set("expressions", [exp.alias_(e, f"w{i}", quoted=True) for i, e in enumerate(shown)])
    return Witness(
        select=select,
        unit=unit,
        person_unit=units.person.table,
        groups=len(groups),
        flags=len(flags),
        positions=positions,
        persons_counted=persons_counted,
    )


def _check_distinct(node: exp.Distinct, tree: exp.Select, units: Units) -> None:
    counted = node.expressions
    named = {t.alias_or_name: t.name for t in tree.find_all(exp.Table) if t.parent_select is tree}
    if len(counted) == 1:
        columns = list(counted[0].find_all(exp.Column))
        if len(columns) == 1 and counted[0] is columns[0]:
            ref = ColumnRef(named.get(columns[0].table, ""), columns[0].name)
            if units.names_person(ref):
                return
    raise QueryRefused("only persons may be counted once each", hint=_HINT)


def _flags(node: exp.Expr) -> Iterator[exp.Expr]:
    """Yield what tells whether a row takes part in an aggregate, and whether it adds anything."""
    value = node.this
    if value is None or isinstance(value, exp.Star | exp.Literal):
        return
    known = exp.not_(exp.Is(this=value.copy(), expression=exp.null()))
    yield known
    chooses = value.find(exp.Case, exp.If) is not None
    if chooses and not isinstance(node, exp.Count):
        something = exp.NEQ(this=exp.paren(value.copy()), expression=exp.Literal.number(0))
        yield exp.and_(known.copy(), something)


def _with_person(
    select: exp.Select, table: Table, key: str, units: Units
) -> tuple[exp.Expr, exp.Expr]:
    """Make a query lead to the person of each row; return the row's key and the person's."""
    origin = select.args["from_"]
    source = origin.this
    if isinstance(source, exp.Subquery):
        inner = source.this
        row, person = _with_person(inner, table, key, units)
        inner.select(exp.alias_(row, "w_row"), exp.alias_(person, "w_person"), copy=False)
        alias = source.alias
        return exp.column("w_row", alias), exp.column("w_person", alias)
    start = source.alias_or_name
    path = units.graph.path(table.name, units.person.table)
    if path is None:
        raise QueryRefused(f"{table.name} leads to no person")
    person: exp.Expr = _of(units.person.column, start)
    before = start
    for number, edge in enumerate(path.edges):
        last = number == len(path.edges) - 1
        direct = [left for left, right in edge.on if right == units.person]
        if last and direct:
            person = _of(direct[0].column, before)
            break
        name = f"w_{number}"
        meets = [
            exp.EQ(this=_of(left.column, before), expression=_of(right.column, name))
            for left, right in edge.on
        ]
        joined = exp.Table(
            this=exp.to_identifier(edge.target, quoted=True),
            alias=exp.TableAlias(this=exp.to_identifier(name)),
        )
        select.join(joined, on=exp.and_(*meets), join_type="left", copy=False)
        before, person = name, _of(units.person.column, name)
    return _of(key, start), person


def _of(column: str, table: str) -> exp.Column:
    return exp.column(exp.to_identifier(column, quoted=True), exp.to_identifier(table, quoted=True))


def cells(
    made: Witness, found: list[tuple[Json, ...]], answer: list[tuple[Json, ...]]
) -> tuple[dict[str, Universe], list[Cell]]:
    """Return the sets behind each row of an answer.

    Args:
        made: The witness.
        found: Its rows.
        answer: The rows of the aggregate query.
    """
    if len(found) > MOST_ROWS:
        raise QueryRefused("more rows than can be audited", hint="ask about fewer")
    if any(row[0] is None or row[1] is None for row in found):
        raise QueryRefused("some of these rows belong to no person that the role may see")
    behind = _Behind(made, found)
    units = {made.unit: behind.universe}
    if made.persons_counted and made.unit != made.person_unit:
        units[made.person_unit] = behind.persons
    return units, [behind.cell(tuple(row[i] for i in made.positions)) for row in answer]


class _Behind:
    """The rows of a witness by group."""

    def __init__(self, made: Witness, found: list[tuple[Json, ...]]) -> None:
        self._made = made
        self._found = found
        self._keys = np.array([row[0] for row in found], np.int64)
        self._people = np.array([row[1] for row in found], np.int64)
        self.universe = _universe(self._keys, self._people)
        self.persons = _universe(self._people, self._people)
        self._places: dict[tuple[Json, ...], list[int]] = {}
        for place, row in enumerate(found):
            self._places.setdefault(row[2 : 2 + made.groups], []).append(place)

    def cell(self, group: tuple[Json, ...]) -> Cell:
        """Return the sets behind the row of one group."""
        made = self._made
        at = np.array(self._places.get(group, []), np.int64)
        keys, people = self._keys[at], self._people[at]
        if len(np.unique(keys)) < len(keys):
            raise QueryRefused("a row would count several times in one group", hint=_HINT)
        sets: list[tuple[str, Bits]] = [(made.unit, np.isin(self.universe.keys, keys))]
        for flag in range(made.flags):
            column = 2 + made.groups + flag
            taken = np.array([bool(self._found[int(place)][column]) for place in at], np.bool_)
            sets.append((made.unit, np.isin(self.universe.keys, keys[taken])))
        if made.persons_counted:
            sets.append((made.person_unit, np.isin(self.persons.keys, people)))
        return Cell(sets=tuple(sets))


def _universe(keys: Numbers, people: Numbers) -> Universe:
    unique, first = np.unique(keys, return_index=True)
    return Universe(keys=unique, persons=people[first])
