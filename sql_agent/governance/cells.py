"""The rows behind every figure of an aggregate: a second query that tells them.

A role without rows may ask for counts, sums and averages in groups. Beside each such query runs
its *witness*: the same FROM and WHERE, without grouping, with the key of each counted row, its
person, its group, and for each aggregate whether the row takes part in it. So the sets of rows
that figures are about are known exactly. What has no such sets (medians, extremes, windows,
HAVING, a second level of aggregation) is refused, and so is what would weigh rows differently
(`SUM(CASE WHEN x THEN 2 ELSE 1 END)`) or ask about other people's rows in a condition (an
uncorrelated subquery answers yes or no to anything).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from sqlglot import exp

from assistants.answer import Json
from assistants.errors import QueryRefused
from sql_agent.joins import JoinGraph
from sql_agent.semantic_model import NUMERIC, ColumnRef, SemanticModel, Table

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

    Its columns: the row's key, its person, `groups` group values, then flags: which rows take part
    in an aggregate. `flags` says of each whether its total is told, or it must only not be of few.
    `positions` are the places of the groups in the answer's columns; `persons_counted` says that
    figures count persons, once each.
    """

    select: exp.Select
    unit: str
    person_unit: str
    groups: int
    flags: tuple[bool, ...]
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
    _check_joins(tree, units)
    _check_subqueries(tree, units.model)
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


def _check_joins(tree: exp.Select, units: Units) -> None:
    """Let tables meet only as the model says, and only so that no row is counted twice."""
    origin = tree.args["from_"].this
    if isinstance(origin, exp.Subquery):
        for join in tree.args.get("joins") or ():
            raise QueryRefused(f"a join with {join.this.alias_or_name} multiplies rows", hint=_HINT)
        _check_met(origin.this, units, to_one=False)
    else:
        _check_met(tree, units, to_one=True)


def _check_met(select: exp.Select, units: Units, *, to_one: bool) -> None:
    named = {select.args["from_"].this.alias_or_name: select.args["from_"].this.name}
    for join in select.args.get("joins") or ():
        joined, on = join.this, join.args.get("on")
        if not isinstance(joined, exp.Table) or on is None or join.args.get("kind") == "CROSS":
            raise QueryRefused("tables may only meet by their keys", hint=_HINT)
        named[joined.alias_or_name] = joined.name
        sources: set[str] = set()
        for part in on.flatten() if isinstance(on, exp.And) else [on]:
            sources.add(_met(part, joined.alias_or_name, named, units.model))
        paths = [units.graph.path(source, joined.name) for source in sources]
        if to_one and not all(path is not None and path.to_one for path in paths):
            raise QueryRefused(f"a row may meet several of {joined.name}", hint=_HINT)


def _met(part: exp.Expr, joined: str, named: Mapping[str, str], model: SemanticModel) -> str:
    """Return the table that a joined one meets by a pair of keys of the model."""
    columns = [s for s in part.args.values() if isinstance(s, exp.Column)]
    if isinstance(part, exp.EQ) and len(columns) == 2:
        sides = [ColumnRef(named.get(s.table, ""), s.name) for s in columns]
        places = [column.table for column in columns]
        pairs = {frozenset(pair) for join in model.joins for pair in join.on}
        if frozenset(sides) in pairs and joined in places:
            return sides[1 - places.index(joined)].table
    raise QueryRefused("tables may only meet by their keys", hint=_HINT)


def _check_subqueries(tree: exp.Select, model: SemanticModel) -> None:
    """Let a condition ask only about the rows of the row's own person or unit."""
    origin = tree.args["from_"].this
    own = {id(tree), id(origin.this)} if isinstance(origin, exp.Subquery) else {id(tree)}
    for inner in tree.find_all(exp.Query):
        if id(inner) in own or isinstance(inner, exp.Subquery):
            continue
        if not isinstance(inner, exp.Select) or not _is_own(inner, model):
            raise QueryRefused("a condition may ask about no other rows than one's own", hint=_HINT)


def _is_own(inner: exp.Select, model: SemanticModel) -> bool:
    """Whether a subquery is tied by keys to the row outside, and only asks whether or how many."""
    if any(inner.args.get(key) for key in ("group", "having", "limit", "qualify", "with_")):
        return False
    shown = inner.expressions
    plain = len(shown) == 1 and isinstance(_unaliased(shown[0]), exp.Literal | exp.Count)
    where = inner.args.get("where")
    source = inner.args["from_"].this if inner.args.get("from_") is not None else None
    if not plain or where is None or not isinstance(source, exp.Table):
        return False
    if not isinstance(inner.parent, exp.Exists | exp.Subquery):
        return False
    inside = {t.alias_or_name: t.name for t in inner.find_all(exp.Table)}
    keys = {
        (table.name, column.name)
        for table in model.tables
        for column in table.columns
        if column.role == "key"
    }
    parts = where.this.flatten() if isinstance(where.this, exp.And) else [where.this]
    return any(_ties(part, inside, source, keys) for part in parts)


def _ties(
    part: exp.Expr,
    inside: Mapping[str, str],
    source: exp.Table,
    keys: set[tuple[str, str]],
) -> bool:
    if not isinstance(part, exp.EQ):
        return False
    sides = (part.left, part.right)
    own = [s for s in sides if isinstance(s, exp.Column) and s.table == source.alias_or_name]
    other = [s for s in sides if isinstance(s, exp.Column) and s.table not in inside]
    return bool(own and other) and (inside[own[0].table], own[0].name) in keys


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
    flags: dict[str, tuple[exp.Expr, bool]] = {}
    persons_counted = False
    for node in _arguments(measures):
        if isinstance(node.this, exp.Distinct):
            _check_distinct(node.this, tree, units)
            persons_counted = True
            continue
        for flag, released in _flags(node, tree, units.model):
            flags[flag.sql()] = (flag, flags.get(flag.sql(), (flag, False))[1] or released)
    unit, key = units.unit(table)
    select = tree.copy()
    for name in ("group", "order", "limit", "offset"):
        select.set(name, None)
    row, person = _with_person(select, table, key, units)
    shown = [row, person, *(group.copy() for group in groups)]
    shown += [flag for flag, _ in flags.values()]
    select.set("expressions", [exp.alias_(e, f"w{i}", quoted=True) for i, e in enumerate(shown)])
    return Witness(
        select=select,
        unit=unit,
        person_unit=units.person.table,
        groups=len(groups),
        flags=tuple(released for _, released in flags.values()),
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


def _flags(
    node: exp.Expr, tree: exp.Select, model: SemanticModel
) -> Iterator[tuple[exp.Expr, bool]]:
    """Yield what tells whether a row takes part in an aggregate, and whether that total is told."""
    value = node.this
    if value is None or isinstance(value, exp.Star | exp.Literal):
        return
    known = exp.not_(exp.Is(this=value.copy(), expression=exp.null()))
    yield known, True
    if isinstance(node, exp.Count):
        return
    chooses = _chooses(value)
    if not chooses and not _is_measure(value, tree, model):
        raise QueryRefused(f"{node.sql()} weighs rows by something that is no amount", hint=_HINT)
    something = exp.NEQ(this=exp.paren(value.copy()), expression=exp.Literal.number(0))
    yield exp.and_(known.copy(), something), chooses


def _chooses(value: exp.Expr) -> bool:
    """Whether an argument is a CASE that takes part with weight 1, or with one column, or not."""
    if not isinstance(value, exp.Case) or value.this is not None:
        return False
    branches = [part.args["true"] for part in value.args["ifs"]]
    if value.args.get("default") is not None:
        branches.append(value.args["default"])
    weights = {branch.sql() for branch in branches if not _is_nothing(branch)}
    if len(weights) > 1:
        return False
    return all(
        _is_nothing(branch)
        or isinstance(branch, exp.Column)
        or (isinstance(branch, exp.Literal) and not branch.is_string and float(branch.name) == 1)
        for branch in branches
    )


def _is_nothing(branch: exp.Expr) -> bool:
    if isinstance(branch, exp.Null):
        return True
    return isinstance(branch, exp.Literal) and not branch.is_string and float(branch.name) == 0


def _is_measure(value: exp.Expr, tree: exp.Select, model: SemanticModel) -> bool:
    if not isinstance(value, exp.Column):
        return False
    named = {t.alias_or_name: t.name for t in tree.find_all(exp.Table)}
    if value.table not in named:  # handed on by a subquery, as the renderer writes it
        inner = [
            part.this
            for part in tree.find_all(exp.Alias)
            if part.alias == value.name and isinstance(part.this, exp.Column)
        ]
        return len(inner) == 1 and _is_measure(inner[0], tree, model)
    column = model.column(ColumnRef(named[value.table], value.name))
    return column is not None and column.type in NUMERIC and column.role == "measure"


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
        few: list[tuple[str, Bits]] = []
        for flag, released in enumerate(made.flags):
            column = 2 + made.groups + flag
            taken = np.array([bool(self._found[int(place)][column]) for place in at], np.bool_)
            places = (made.unit, np.isin(self.universe.keys, keys[taken]))
            (sets if released else few).append(places)
        if made.persons_counted:
            sets.append((made.person_unit, np.isin(self.persons.keys, people)))
        return Cell(sets=tuple(sets), checked=tuple(few))


def _universe(keys: Numbers, people: Numbers) -> Universe:
    unique, first = np.unique(keys, return_index=True)
    return Universe(keys=unique, persons=people[first])
