"""Metric expressions: a small, closed part of SQL over `table.column`.

Allowed are the aggregates sum, avg, min, max, count and count(distinct …), arithmetic, numbers and
texts, `case when … then … else … end`, comparisons, and/or/not, `in (…)`, `is null`, nullif and
coalesce. Every column must stand inside an aggregate and be written `table.column`.
"""

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from assistants.errors import InputError

AGGREGATES = (exp.Sum, exp.Avg, exp.Min, exp.Max, exp.Count)
_ALLOWED = (
    *AGGREGATES,
    *(exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Neg, exp.Paren, exp.Literal, exp.Boolean, exp.Null),
    *(exp.Case, exp.If, exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.And, exp.Or),
    *(exp.Not, exp.In, exp.Is, exp.Between, exp.Nullif, exp.Coalesce, exp.Distinct),
    *(exp.Column, exp.Identifier),
)
_HINT = "allowed: sum, avg, min, max, count of table.column, arithmetic, case, comparisons"


def parse_metric(expression: str) -> exp.Condition:
    """Return the tree of a metric expression; raises `InputError` for anything not allowed."""
    try:
        tree = sqlglot.parse_one(expression, into=exp.Condition)
    except SqlglotError as error:
        first = str(error).splitlines()[0]
        raise InputError(f"not an expression: {first}", hint=_HINT) from error
    for node in tree.walk():
        if not isinstance(node, _ALLOWED):
            raise InputError(f"{node.key} is not allowed in a metric", hint=_HINT)
    for column in tree.find_all(exp.Column):
        if not column.table or column.args.get("db") is not None:
            raise InputError(f"'{column.sql()}' is not written table.column", hint=_HINT)
        if column.find_ancestor(*AGGREGATES) is None:
            raise InputError(f"{column.sql()} stands outside an aggregate", hint=_HINT)
    if tree.find(exp.Column) is None:
        raise InputError("the expression uses no column", hint=_HINT)
    return tree


def metric_columns(expression: str) -> tuple[tuple[str, str], ...]:
    """Return the (table, column) pairs of a metric, in order of appearance, each once."""
    columns = parse_metric(expression).find_all(exp.Column)
    return tuple(dict.fromkeys((column.table, column.name) for column in columns))
