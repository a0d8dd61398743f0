"""Whether a semantic model holds for its database: types, codes, joins, metrics, verified queries.

Each finding is a `Check`: refuted where the database contradicts the model, unknown where something
could not be tried. A join is tried for what it claims: that the one side has one row.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from assistants.answer import Check, Verdict
from assistants.errors import InputError, PlumbError

from .connect import Limits
from .database import resolve
from .draft import draft
from .execute import execute
from .guard import Admitted, admit, admit_tree
from .query_tree import Linked, MetricUse, Query
from .render import Context, render
from .semantic_file import dump
from .semantic_model import NUMERIC, TEMPORAL, ColumnRef, Join, SemanticModel
from .workspace import Workspace, open_workspace

_FAMILIES = (NUMERIC, TEMPORAL, frozenset(("text",)), frozenset(("boolean",)))


def draft_semantic_model(database: str) -> str:
    """Return the file of a first semantic model of a database.

    Raises:
        DatabaseError: it cannot be opened.
    """
    target = resolve(database)
    workspace = open_workspace(target)
    name = workspace.model.name or "database"
    return dump(draft(workspace.catalog, name=name))


def check_semantic_model(database: str, *, limits: Limits = Limits()) -> tuple[Check, ...]:
    """Return what trying a semantic model against its database finds, part by part.

    Raises:
        DatabaseError: the database cannot be opened.
        InputError: there is no semantic model, or its file is wrong.
    """
    target = resolve(database)
    if not target.semantic_model:
        raise InputError(
            f"there is no semantic model beside '{target.shown}'",
            hint=f"write one: plumb semantic init {database} -o NAME.yaml, beside the database",
        )
    tried = _Tried(open_workspace(target), limits)
    return (*tried.columns(), *tried.joins(), *tried.metrics(), *tried.verified())


@dataclass(frozen=True, slots=True)
class _Tried:
    workspace: Workspace
    limits: Limits

    @property
    def model(self) -> SemanticModel:
        """The model that is tried."""
        return self.workspace.model

    def columns(self) -> Iterator[Check]:
        """Compare types, and look for the codes that the model gives labels to."""
        for table in self.model.tables:
            wrong = 0
            for column in table.columns:
                ref = ColumnRef(table.name, column.name)
                stored = self.workspace.catalog.column(ref)
                if stored is None:
                    continue
                if not any({column.type, stored.type} <= family for family in _FAMILIES):
                    wrong += 1
                    yield _refuted(f"column {ref}", f"is {stored.type}, not {column.type}")
                codes = {label.code for label in column.values} - set(stored.values)
                if codes and stored.complete:
                    wrong += 1
                    missing = ", ".join(sorted(codes)[:5])
                    yield _refuted(f"column {ref}", f"never holds {missing}")
            if not wrong:
                yield _proved(f"table {table.name}", f"{len(table.columns)} columns agree")

    def joins(self) -> Iterator[Check]:
        """Count the keys of the one side that several rows have."""
        for join in self.model.joins:
            name = f"join {join.left} to {join.right}"
            sides: list[tuple[str, list[str]]] = []
            if join.cardinality in {"many_to_one", "one_to_one"}:
                sides.append((join.right, [right.column for _, right in join.on]))
            if join.cardinality in {"one_to_many", "one_to_one"}:
                sides.append((join.left, [left.column for left, _ in join.on]))
            yield from self._sides(name, join, sides)

    def _sides(self, name: str, join: Join, sides: list[tuple[str, list[str]]]) -> Iterator[Check]:
        for table, columns in sides:
            try:
                doubled = self._run(
                    admit_tree(self._doubled(table, columns), self.workspace.catalog)
                )
            except PlumbError as error:
                yield _unknown(name, str(error))
                return
            if doubled:
                yield _refuted(name, f"{join.cardinality}, but {table} has rows with the same key")
                return
        yield _proved(name, f"{join.cardinality} holds")

    def _doubled(self, table: str, columns: list[str]) -> exp.Select:
        context = Context(self.model, self.workspace.catalog, Linked())
        keys = [exp.column(exp.to_identifier(name, quoted=True)) for name in columns]
        several = exp.GT(this=exp.Count(this=exp.Star()), expression=exp.Literal.number(1))
        present = [exp.not_(exp.Is(this=key.copy(), expression=exp.null())) for key in keys]
        select = exp.select(*keys).from_(context.table(table)).where(*present)
        return select.group_by(*(key.copy() for key in keys)).having(several).limit(1)

    def metrics(self) -> Iterator[Check]:
        """Compute every metric over all rows."""
        for metric in self.model.metrics:
            name = f"metric {metric.name}"
            context = Context(self.model, self.workspace.catalog, Linked())
            try:
                tree = render(Query(measures=(MetricUse(metric.name),)), context).tree
                rows = self._run(admit_tree(tree, self.workspace.catalog))
            except PlumbError as error:
                yield _refuted(name, str(error))
                continue
            empty = not rows or rows[0][0] is None
            yield _unknown(name, "is null over all rows") if empty else _proved(name, "computes")

    def verified(self) -> Iterator[Check]:
        """Run every verified query."""
        for query in self.model.verified_queries:
            name = f"verified query '{query.question}'"
            try:
                rows = self._run(admit(query.sql, self.workspace.catalog))
            except PlumbError as error:
                yield _refuted(name, str(error))
                continue
            yield _proved(name, "runs") if rows else _unknown(name, "finds no rows")

    def _run(self, admitted: Admitted) -> tuple[tuple[object, ...], ...]:
        return execute(self.workspace.target, admitted, self.limits).rows


def _proved(by: str, detail: str) -> Check:
    return Check(by=by, verdict=Verdict.PROVED, detail=detail)


def _refuted(by: str, detail: str) -> Check:
    return Check(by=by, verdict=Verdict.REFUTED, detail=detail)


def _unknown(by: str, detail: str) -> Check:
    return Check(by=by, verdict=Verdict.UNKNOWN, detail=detail)
