"""From the query tree to SQL: joins from the graph, one sqlglot tree, any dialect.

The rules that keep sums right:

- The *base* is the table whose rows are counted, summed or shown. It is met by each joined row at
  most once, or what is joined is the group (see below).
- A condition on a table of the many side becomes EXISTS: it never multiplies rows.
- Groups from the many side first make one row of each base row and group (SELECT DISTINCT), which
  are then aggregated; that needs a primary key, else it is refused.
- Two measures of different bases are refused, as is a sum over a table of the one side.

Refusals are `CannotRender` errors; a path that needs clarification is `AmbiguousPath`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlglot import exp

from .catalog import Catalog
from .dialects import faithful, grain_of
from .joins import CannotRender, JoinGraph, Path
from .measures import Measures, base_of, divided
from .naming import dimension_name, measure_name, unique
from .predicates import Predicates
from .query_tree import (
    Change,
    Difference,
    Dimension,
    Has,
    Linked,
    Many,
    MetricUse,
    Order,
    PerGroup,
    Predicate,
    Query,
    Share,
    Slot,
    measure_columns,
    measure_conditions,
    predicate_columns,
    table_of,
)
from .semantic_model import TEMPORAL, ColumnRef, SemanticModel

_DEDUPLICATED = "base_rows"
_PLACE = "place_in_group"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A query tree as SQL's tree, with what had to be decided on the way."""

    tree: exp.Select
    base: str
    assumptions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """What rendering needs to know."""

    model: SemanticModel
    catalog: Catalog
    linked: Linked
    through: frozenset[str] = frozenset()
    """Tables that the question names; joins go through them where there is a choice."""
    choices: frozenset[str] = frozenset()
    """What the user chose where the agent asked back."""
    latest: datetime | None = None
    """The last day of the data, from which ages are reckoned."""

    @property
    def dialect(self) -> str:
        """The dialect of the database."""
        return self.catalog.dialect

    def column(self, ref: ColumnRef) -> exp.Expr:
        """Return a column as an expression; dates that are stored as text are cast."""
        column = exp.column(exp.to_identifier(ref.column, quoted=True), self.identifier(ref.table))
        known, stored = self.model.column(ref), self.catalog.column(ref)
        if known is None or stored is None or self.dialect == "sqlite":
            return column
        as_text = stored.native.startswith(("char", "varchar", "text", "character", "string"))
        return exp.cast(column, known.type) if known.type in TEMPORAL and as_text else column

    def identifier(self, table: str) -> exp.Identifier:
        """Return a table's name in this query."""
        return exp.to_identifier(table, quoted=True)

    def table(self, name: str) -> exp.Table:
        """Return a table as a source."""
        known = self.catalog.by_name.get(name)
        if known is None:
            raise CannotRender(f"the database has no table '{name}'")
        source = exp.Table(this=exp.to_identifier(known.relation or name, quoted=True))
        if known.schema:
            source.set("db", exp.to_identifier(known.schema, quoted=True))
            source.set("alias", exp.TableAlias(this=self.identifier(name)))
        return source


def render(query: Query, context: Context) -> Rendered:
    """Return the SQL of a query tree.

    Raises:
        CannotRender: what it asks for cannot be computed without guessing.
    """
    made = _Renderer(query, context).rendered()
    return replace(made, tree=faithful(made.tree, context.dialect))


@dataclass(slots=True)
class _Renderer:
    query: Query
    context: Context
    graph: JoinGraph = field(init=False)
    measures: Measures = field(init=False)
    assumptions: list[str] = field(default_factory=list[str])
    joined: dict[str, Path] = field(default_factory=dict[str, Path])
    base: str = ""

    def __post_init__(self) -> None:
        self.graph = JoinGraph(self.context.model)
        context = self.context
        self.measures = Measures(context.model, self.graph, context.dialect, context.latest)

    def rendered(self) -> Rendered:
        """Return the whole query."""
        if self.query.each is not None:
            return self._ranked_in_groups(self.query.each)
        per_group = [m for m in self.query.measures if isinstance(m, PerGroup)]
        if per_group:
            return self._nested(per_group[0])
        if self.query.measures:
            base = base_of(self.query, self.measures)
            tree = self._aggregated(base)
        else:
            base = self._shown_base()
            tree = self._shown(base)
        return Rendered(tree=tree, base=base, assumptions=tuple(dict.fromkeys(self.assumptions)))

    # --- aggregates -----------------------------------------------------------------------------

    def _aggregated(self, base: str) -> exp.Select:
        query, column = self.query, self.context.column
        self.base = base
        for table in self._measure_tables():
            self._join_to_one(base, table)
        fan_out = [d for d in query.by if self._join(base, d.column.table)]
        if fan_out:
            return self._deduplicated(base)
        conditions = self._conditions(base)
        select = self._from(base).where(*conditions, copy=False)
        dimensions = [self._dimension(d, column) for d in query.by]
        return self._grouped(select, dimensions, column)

    def _grouped(
        self,
        select: exp.Select,
        dimensions: list[exp.Expr],
        column: Callable[[ColumnRef], exp.Expr],
    ) -> exp.Select:
        names = unique(
            [dimension_name(d) for d in self.query.by]
            + [measure_name(m) for m in self.query.measures]
        )
        keys = names[: len(dimensions)]
        measured = [self._measure(measure, column) for measure in self.query.measures]
        pairs = zip([*dimensions, *measured], names, strict=True)
        select = select.select(*(_alias(value, name) for value, name in pairs), copy=False)
        if dimensions:
            select = select.group_by(*(d.copy() for d in dimensions), copy=False)
        for having in self.query.having:
            condition = self._predicates(column).comparison(
                self.measures.expression(having.measure, column), having.operator, having.value
            )
            select = select.having(condition, copy=False)
        return self._finished(select, keys, names[len(dimensions) :])

    def _measure(self, measure: object, column: Callable[[ColumnRef], exp.Expr]) -> exp.Expr:
        match measure:
            case Share(condition=condition):
                return self.measures.share(measure, self._holds(condition, column), column)
            case Difference(first, second, first_where, second_where, relative):
                parts = [
                    self.measures.where(of, self._holds(where, column), column)
                    for of, where in ((first, first_where), (second, second_where))
                ]
                less = exp.Sub(this=parts[0], expression=parts[1])
                return divided(exp.paren(less), parts[1].copy()) if relative else less
            case Change():
                return self._change(measure, column)
            case _:
                return self.measures.expression(measure, column)

    def _holds(
        self, condition: tuple[Predicate, ...], column: Callable[[ColumnRef], exp.Expr]
    ) -> exp.Expr | None:
        """Return a condition inside a measure; one on the many side is EXISTS there too."""
        predicates = self._predicates(column)
        here: list[exp.Expr] = []
        apart: list[tuple[Path, Predicate]] = []
        for predicate in condition:
            path = self._apart(predicate)
            if path is None:
                here.append(predicates.one(predicate))
            else:
                apart.append((path, predicate))
        every = [*here, *predicates.existing(apart)]
        return exp.and_(*every) if every else None

    def _apart(self, predicate: Predicate) -> Path | None:
        """Return the path to the several rows that a predicate is about; None for one row."""
        base, table = self.base, table_of(predicate)
        path = None if table == base or table in self.joined else self._path(base, table)
        whole = isinstance(predicate, Has | Many)
        return path if path is not None and (whole or not path.to_one) else None

    def _change(self, measure: Change, column: Callable[[ColumnRef], exp.Expr]) -> exp.Expr:
        """Return a measure less that of the period before, of the same other groups."""
        dated = [d for d in self.query.by if d.grain is not None]
        if len(dated) != 1:
            raise CannotRender("a change is one from period to period")
        value = self.measures.expression(measure.of, column)
        before = exp.Window(
            this=exp.Lag(this=value.copy()),
            partition_by=[self._dimension(d, column) for d in self.query.by if d != dated[0]],
            order=exp.Order(
                expressions=[exp.Ordered(this=self._dimension(dated[0], column), desc=False)]
            ),
        )
        self.assumptions.append("before the first period shown there is none to compare it with")
        change = exp.Sub(this=value.copy(), expression=before)
        return divided(exp.paren(change), before.copy()) if measure.relative else change

    def _deduplicated(self, base: str) -> exp.Select:
        """Group by the many side: first one row of each base row and group, then aggregate."""
        dated = {ref for ref in self._inner_columns() if self.measures.is_date(ref)}
        if dated:  # a death belongs to one stay of many: which one, the join does not say
            raise CannotRender(f"{next(iter(dated))} belongs to no one of several groups")
        inside = [p for m in self.query.measures for p in measure_conditions(m)]
        if any(self._apart(predicate) is not None for predicate in inside):
            raise CannotRender("a share by other rows cannot be grouped by several of a row")
        table = self.context.model.table(base)
        key = table.primary_key if table is not None else ()
        if not key:
            raise CannotRender(
                f"grouping {base} by a table with several rows for each of them needs a primary key"
            )
        groups = [self._dimension(d, self.context.column) for d in self.query.by]
        conditions = self._conditions(base)
        inner = self._from(base).where(*conditions, copy=False)
        inner = inner.select(*(self.context.column(ColumnRef(base, k)) for k in key), copy=False)
        inner = inner.select(
            *(_alias(group, f"group_{i}") for i, group in enumerate(groups)), copy=False
        )
        needed = self._inner_columns()
        for i, ref in enumerate(needed):
            inner = inner.select(_alias(self.context.column(ref), f"value_{i}"), copy=False)
        inner = inner.distinct(copy=False)
        self.assumptions.append(f"each of the {base} counts once in every group that it belongs to")

        def outer(ref: ColumnRef) -> exp.Expr:
            return _inner_column(f"value_{needed.index(ref)}")

        select = exp.select().from_(inner.subquery(_DEDUPLICATED))
        return self._grouped(
            select, [_inner_column(f"group_{i}") for i in range(len(groups))], outer
        )

    def _inner_columns(self) -> list[ColumnRef]:
        found: list[ColumnRef] = []
        for measure in (*self.query.measures, *(h.measure for h in self.query.having)):
            if isinstance(measure, MetricUse):
                found += self.measures.metric(measure.name).columns
            found += measure_columns(measure)
        return list(dict.fromkeys(found))

    def _nested(self, measure: PerGroup) -> Rendered:
        """Aggregate for each row of a table first, then over those."""
        if len(self.query.measures) > 1 or self.query.having:
            raise CannotRender("an average per group stands alone")
        table = self.context.model.table(measure.table)
        if table is None or not table.primary_key:
            raise CannotRender(f"{measure.table} has no primary key to aggregate by")
        keys = tuple(Dimension(ColumnRef(table.name, name)) for name in table.primary_key)
        inner_query = Query(
            measures=(measure.of,), by=(*keys, *self.query.by), where=self.query.where
        )
        inner = _Renderer(inner_query, self.context).rendered()
        inner.tree.set("order", None)
        names = [projection.alias_or_name for projection in inner.tree.expressions]
        groups = [_inner_column(name) for name in names[len(keys) : -1]]
        value = self.measures.apply(measure.function, _inner_column(names[-1]))
        labels = unique([*(dimension_name(d) for d in self.query.by), measure_name(measure)])
        select = exp.select().from_(inner.tree.subquery(_DEDUPLICATED))
        pairs = zip([*groups, value], labels, strict=True)
        select = select.select(*(_alias(part, name) for part, name in pairs), copy=False)
        if groups:
            select = select.group_by(*(group.copy() for group in groups), copy=False)
        select = self._finished(select, labels[:-1], labels[-1:])
        note = f"{measure.table} that have none are left out of the {measure.function}"
        return Rendered(tree=select, base=inner.base, assumptions=(*inner.assumptions, note))

    def _ranked_in_groups(self, each: Dimension) -> Rendered:
        """Number the rows of each group by their measure, and keep the first ones."""
        query = self.query
        if each not in query.by or not query.measures or query.limit is None or not query.order:
            raise CannotRender("the first of each group need a group, a measure and an order")
        plain = replace(query, each=None, limit=None)
        inner = _Renderer(plain, self.context).rendered()
        ordered = inner.tree.args["order"]
        inner.tree.set("order", None)
        names = [projection.alias_or_name for projection in inner.tree.expressions]
        group = _inner_column(names[query.by.index(each)])
        counted = exp.select(*(_inner_column(name) for name in names))
        number = exp.Window(this=exp.RowNumber(), partition_by=[group], order=ordered.copy())
        counted = counted.from_(inner.tree.subquery(_DEDUPLICATED))
        counted = counted.select(_alias(number, _PLACE), copy=False)
        limit = query.limit
        count = (
            self._predicates(self.context.column).count(limit) if isinstance(limit, Slot) else limit
        )
        place = _inner_column(_PLACE)
        select = exp.select(*(_inner_column(name) for name in names))
        select = select.from_(counted.subquery(_DEDUPLICATED))
        select = select.where(exp.LTE(this=place, expression=exp.Literal.number(count)), copy=False)
        terms = [
            exp.Ordered(this=part, desc=False, nulls_first=False)
            for part in (group.copy(), place.copy())
        ]
        select = select.order_by(*terms, copy=False)
        return Rendered(tree=select, base=inner.base, assumptions=inner.assumptions)

    def _measure_tables(self) -> list[str]:
        tables: list[str] = []
        for measure in (*self.query.measures, *(h.measure for h in self.query.having)):
            tables += self.measures.tables(measure)
            conditions = measure_conditions(measure)
            near = tuple(p for p in conditions if self._apart(p) is None)
            tables += [ref.table for ref in predicate_columns(near)]
        return list(dict.fromkeys(tables))

    # --- rows -----------------------------------------------------------------------------------

    def _shown_base(self) -> str:
        columns = [*self.query.shown]
        if self.query.order is not None and self.query.order.column is not None:
            columns.append(self.query.order.column)
        tables = list(dict.fromkeys(column.table for column in columns))
        others = [table.name for table in self.context.model.tables if table.name not in tables]
        for table in (*tables, *others):
            if self.graph.reaches(table, tables):
                return table
        raise CannotRender(f"{' and '.join(tables)} do not meet row by row")

    def _shown(self, base: str) -> exp.Select:
        query, column = self.query, self.context.column
        refs = list(query.shown)
        order = query.order.column if query.order is not None else None
        for ref in (*refs, *((order,) if order else ())):
            self._join_to_one(base, ref.table)
        conditions = self._conditions(base)
        select = self._from(base, side="left").where(*conditions, copy=False)
        names = unique([ref.column for ref in refs])
        pairs = zip(refs, names, strict=True)
        select = select.select(*(_alias(column(ref), name) for ref, name in pairs), copy=False)
        if all(self._repeats(ref) for ref in refs) and (order is None or order in refs):
            select = select.distinct(copy=False)
        if order is not None and query.order is not None:
            key = (
                exp.column(exp.to_identifier(names[refs.index(order)], quoted=True))
                if (order in refs)
                else column(order)
            )
            select = select.order_by(_ordered(key, query.order), copy=False)
        return self._limited(select)

    def _repeats(self, ref: ColumnRef) -> bool:
        """Whether a column is a category, of which a list shows each once."""
        known, table = self.context.model.column(ref), self.context.model.table(ref.table)
        keyless = table is not None and not table.primary_key and self.context.model.drafted
        return known is not None and (known.role == "dimension" or keyless)

    # --- parts ----------------------------------------------------------------------------------

    def _join_to_one(self, base: str, table: str) -> None:
        if self._join(base, table):
            raise CannotRender(f"{base} meets several rows of {table}: this would count some twice")

    def _join(self, base: str, table: str) -> bool:
        """Join a table, and return whether rows are multiplied."""
        if table == base:
            return False
        path = self.joined.get(table) or self._path(base, table)
        if path is None:
            raise CannotRender(f"{base} and {table} are not connected")
        if path.chosen:
            self.assumptions.append(f"{base} meets {table} through {path.through()}")
        self._add(path)
        return not path.to_one

    def _path(self, base: str, table: str) -> Path | None:
        context = self.context
        return self.graph.path(base, table, context.through, choices=context.choices)

    def _add(self, path: Path) -> None:
        for length in range(1, len(path.edges) + 1):
            part = Path(edges=path.edges[:length])
            self.joined.setdefault(part.edges[-1].target, part)

    def _conditions(self, base: str) -> list[exp.Expr]:
        """Return the WHERE parts; tables of the one side are joined for them."""
        direct: list[Predicate] = []
        indirect: list[tuple[Path, Predicate]] = []
        for predicate in self.query.where:
            table = table_of(predicate)
            path = Path() if table == base else self._path(base, table)
            if path is None:
                raise CannotRender(f"{base} and {table} are not connected")
            whole = isinstance(predicate, Has | Many)
            if isinstance(predicate, Many) and (not path.edges or path.to_one):
                raise CannotRender(f"{base} has no several {table} to be counted")
            extended = None if whole else self._extended(path, table)
            if extended is not None:
                self._add(extended)
                direct.append(predicate)
            else:
                indirect.append((path, predicate))
        predicates = self._predicates(self.context.column)
        return [predicates.one(p) for p in direct] + predicates.existing(indirect)

    def _extended(self, path: Path, table: str) -> Path | None:
        """Return the path on which a table can simply be joined, if there is one."""
        if path.to_one:
            return path
        if table in self.joined:
            return self.joined[table]
        for known, way in self.joined.items():
            if not way.to_one:
                more = self._path(known, table)
                if more is not None and more.to_one:
                    return Path(edges=(*way.edges, *more.edges))
        return None

    def _predicates(self, column: Callable[[ColumnRef], exp.Expr]) -> Predicates:
        return Predicates(
            self.context.model,
            self.context.linked,
            self.context.table,
            column,
            self.context.dialect,
            self._inner,
        )

    def _inner(self, query: Query) -> exp.Select:
        """Return a query inside a predicate: the values of its first column."""
        tree = _Renderer(query, self.context).rendered().tree
        if len(tree.expressions) == 1:
            return tree
        first = _inner_column(tree.expressions[0].alias_or_name)
        return exp.select(first).from_(tree.subquery(_DEDUPLICATED))

    def _from(self, base: str, side: str = "") -> exp.Select:
        select = exp.select().from_(self.context.table(base))
        for path in self.joined.values():
            edge = path.edges[-1]
            condition = exp.and_(
                *(
                    exp.EQ(this=self.raw(left), expression=self.raw(right))
                    for left, right in edge.on
                )
            )
            select = select.join(
                self.context.table(edge.target), on=condition, join_type=side, copy=False
            )
        return select

    def raw(self, ref: ColumnRef) -> exp.Expr:
        """Return a column as it is stored."""
        return exp.column(
            exp.to_identifier(ref.column, quoted=True), self.context.identifier(ref.table)
        )

    def _dimension(self, dimension: Dimension, column: Callable[[ColumnRef], exp.Expr]) -> exp.Expr:
        value = column(dimension.column)
        if dimension.grain is None:
            return value
        return grain_of(value, dimension.grain, self.context.dialect)

    def _finished(self, select: exp.Select, keys: list[str], measures: list[str]) -> exp.Select:
        terms = self._order(keys, measures)
        if terms:
            select = select.order_by(*terms, copy=False)
        return self._limited(select)

    def _order(self, keys: list[str], measures: list[str]) -> list[exp.Expr]:
        order = self.query.order
        terms: list[exp.Expr] = []
        if order is not None:
            name = measures[0]
            if order.column is not None:
                matching = [d.column for d in self.query.by]
                if order.column not in matching:
                    raise CannotRender(f"the result has no {order.column} to be ordered by")
                name = keys[matching.index(order.column)]
            terms.append(_ordered(exp.column(exp.to_identifier(name, quoted=True)), order))
        for name in keys:
            column = exp.column(exp.to_identifier(name, quoted=True))
            if all(term.this != column for term in terms):
                terms.append(exp.Ordered(this=column, desc=False, nulls_first=False))
        return terms

    def _limited(self, select: exp.Select) -> exp.Select:
        limit = self.query.limit
        if limit is None:
            return select
        count = (
            self._predicates(self.context.column).count(limit) if isinstance(limit, Slot) else limit
        )
        select = select.limit(count, copy=False)
        return select.offset(self.query.skip, copy=False) if self.query.skip else select


def _alias(value: exp.Expr, name: str) -> exp.Expr:
    return exp.alias_(value, name, quoted=True, copy=False)


def _inner_column(name: str) -> exp.Expr:
    return exp.column(exp.to_identifier(name, quoted=True), exp.to_identifier(_DEDUPLICATED))


def _ordered(value: exp.Expr, order: Order) -> exp.Expr:
    return exp.Ordered(this=value, desc=order.descending, nulls_first=False)
