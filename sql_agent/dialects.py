"""Expressions that the dialects write differently: parts of dates, literals, texts inside texts.

DuckDB, SQLite, PostgreSQL and Spark are compared row by row (`benchmarks/sql_dialects.py`). For
Snowflake, BigQuery and Trino there is no server here: what is written for them follows their
manuals, is parsed again and read back, and was never run; answers say so (`never_run`).
"""

import re
from datetime import datetime
from typing import Final, cast

from sqlglot import exp

from .joins import CannotRender
from .query_tree import Grain

_TRUNCATED = {Grain.QUARTER: "QUARTER", Grain.MONTH: "MONTH", Grain.WEEK: "WEEK", Grain.DAY: "DAY"}
_RUN: Final = frozenset(("duckdb", "sqlite", "postgres", "spark"))
_ROUNDED: Final = frozenset(("spark", "databricks", "snowflake", "bigquery", "trino", "presto"))
"""Where a mean or a quotient of decimals is a decimal with a few digits."""
_MIDDLE_UNKNOWN: Final = frozenset(("sqlite", "mysql", "bigquery", "trino", "presto"))
_ICU: Final = "und-x-icu"
_EXTRACTED = {Grain.YEAR: "YEAR", Grain.WEEKDAY: "ISODOW", Grain.HOUR: "HOUR"}


def never_run(dialect: str) -> bool:
    """Return whether no test of plumb ever ran a query of this dialect on a server."""
    return dialect not in _RUN


def has_median(dialect: str) -> bool:
    """Return whether a dialect has the exact middle of a group as an aggregate."""
    return dialect not in _MIDDLE_UNKNOWN


def faithful(tree: exp.Select, dialect: str) -> exp.Select:
    """Return a query with which a dialect computes what the others do.

    Means and quotients are of binary floating point, as in DuckDB, where decimals would be rounded
    to a few digits, or whole numbers be divided whole. BigQuery has no ESCAPE. Snowflake keeps in
    capitals what was named without quotes, and SQLAlchemy tells us such names in small letters.
    Small letters beyond ASCII are a matter of PostgreSQL's locale, and unknown to SQLite.

    Raises:
        CannotRender: the dialect has nothing that computes the same.
    """
    kind = _ROUNDED | {"sqlite", "postgres"}
    return cast("exp.Select", tree.transform(_faithful, dialect)) if dialect in kind else tree


def _faithful(node: exp.Expr, dialect: str) -> exp.Expr:
    match node:
        case exp.Avg() | exp.Div() if dialect in _ROUNDED and not node.this.is_type("double"):
            node.set("this", exp.cast(node.this, "double"))
        case exp.Like(this=exp.Lower()) if not node.expression.name.isascii():
            _any_script(node, dialect)
        case exp.Identifier() if dialect == "snowflake" and node.this == node.this.lower():
            node.set("this", node.this.upper())
        case exp.Escape() if dialect == "bigquery":
            text = re.sub(r"\\(.)", r"\1", node.this.expression.name[1:-1])
            place = exp.StrPosition(this=node.this.this, substr=exp.Literal.string(text))
            return exp.GT(this=place, expression=exp.Literal.number(0))
        case _:
            pass
    return node


def _any_script(like: exp.Like, dialect: str) -> None:
    if dialect == "sqlite":
        raise CannotRender("SQLite tells capitals from small letters beyond ASCII")
    if dialect == "postgres":
        names = exp.Collate(this=like.this.this, expression=exp.to_identifier(_ICU, quoted=True))
        like.this.set("this", names)


def grain_of(column: exp.Expr, grain: Grain, dialect: str) -> exp.Expr:
    """Return a date at a grain.

    Quarter, month, week (from Monday) and day are the date on which they start; year, hour (0 to
    23) and weekday (1 for Monday to 7) are numbers.
    """
    if dialect == "sqlite":
        return _sqlite_grain(column, grain)
    if dialect in _ROUNDED:
        return _warehouse_grain(column, grain, dialect)
    if grain in _EXTRACTED:
        part = exp.Extract(this=exp.var(_EXTRACTED[grain]), expression=column)
        return exp.cast(part, "int")
    unit = exp.var(_TRUNCATED[grain])
    return exp.cast(exp.TimestampTrunc(this=column, unit=unit), "date")


def _warehouse_grain(column: exp.Expr, grain: Grain, dialect: str) -> exp.Expr:
    """Return a date at a grain without settings of a session, such as the first day of a week."""
    spark = dialect in {"spark", "databricks"}
    if grain is Grain.WEEKDAY and dialect == "bigquery":
        monday = exp.DateTrunc(this=exp.cast(column, "date"), unit=exp.Literal.string("ISOWEEK"))
        return days_between(monday, column.copy(), dialect) + 1
    if grain is Grain.WEEKDAY and not spark:  # sqlglot's own for Spark counts from Saturday
        return exp.cast(exp.DayOfWeekIso(this=column), "int")
    if grain in _EXTRACTED:
        unit = "DAYOFWEEK_ISO" if grain is Grain.WEEKDAY else _EXTRACTED[grain]
        return exp.cast(exp.Extract(this=exp.var(unit), expression=column), "int")
    day = exp.cast(column, "date")
    if grain is Grain.DAY:
        return day
    if grain is Grain.WEEK and dialect == "snowflake":
        back = exp.Literal.number(1) - exp.DayOfWeekIso(this=day.copy())
        return exp.DateAdd(this=day, expression=back, unit=exp.var("DAY"))
    unit = "ISOWEEK" if grain is Grain.WEEK and dialect == "bigquery" else _TRUNCATED[grain]
    cut = exp.TimestampTrunc if spark else exp.DateTrunc
    made = cut(this=day, unit=exp.var(unit) if spark else exp.Literal.string(unit))
    return exp.cast(made, "date") if spark else made


def _sqlite_grain(column: exp.Expr, grain: Grain) -> exp.Expr:
    def date(*modifiers: str) -> exp.Expr:
        return exp.Anonymous(
            this="DATE", expressions=[column.copy(), *map(exp.Literal.string, modifiers)]
        )

    def part(code: str) -> exp.Expr:
        text = exp.Anonymous(this="STRFTIME", expressions=[exp.Literal.string(code), column.copy()])
        return exp.cast(text, "int")

    match grain:
        case Grain.YEAR:
            return part("%Y")
        case Grain.QUARTER:
            # the month of the quarter's start is (month - 1) % 3 months back
            back = exp.Mod(this=exp.paren(part("%m") - 1), expression=exp.Literal.number(3))
            months = exp.DPipe(
                this=exp.DPipe(this=exp.Literal.string("-"), expression=exp.paren(back)),
                expression=exp.Literal.string(" months"),
            )
            start = [column.copy(), exp.Literal.string("start of month"), months]
            return exp.Anonymous(this="DATE", expressions=start)
        case Grain.MONTH:
            return date("start of month")
        case Grain.WEEK:
            return date("weekday 0", "-6 days")
        case Grain.DAY:
            return date()
        case Grain.WEEKDAY:
            return exp.Mod(this=exp.paren(part("%w") + 6), expression=exp.Literal.number(7)) + 1
        case Grain.HOUR:
            return part("%H")


def days_between(start: exp.Expr, end: exp.Expr, dialect: str) -> exp.Expr:
    """Return the whole days from one date to another."""
    if dialect == "sqlite":
        return _julian(end) - _julian(start)
    if dialect not in {"duckdb", "postgres"}:
        days = [exp.cast(each, "date") for each in (end, start)]
        return exp.DateDiff(this=days[0], expression=days[1], unit=exp.var("DAY"))
    return exp.paren(exp.cast(end, "date") - exp.cast(start, "date"))


def seconds_between(start: exp.Expr, end: exp.Expr, dialect: str) -> exp.Expr:
    """Return the seconds from one timestamp to another.

    Raises:
        CannotRender: the dialect's way of it is not known to us.
    """
    if dialect == "sqlite":
        return _epoch(end) - _epoch(start)
    if dialect not in {"duckdb", "postgres"}:
        raise CannotRender(f"the hours between two timestamps are not told on {dialect}")
    ends = [exp.cast(each, "timestamp") for each in (end, start)]
    return exp.Extract(this=exp.var("EPOCH"), expression=exp.paren(ends[0] - ends[1]))


def _epoch(value: exp.Expr) -> exp.Expr:
    text = exp.Anonymous(this="STRFTIME", expressions=[exp.Literal.string("%s"), value])
    return exp.cast(text, "int")


def _julian(value: exp.Expr) -> exp.Expr:
    day = exp.Anonymous(this="DATE", expressions=[value])
    return exp.Anonymous(this="JULIANDAY", expressions=[day])


def at_highest(value: exp.Expr, by: exp.Expr, dialect: str) -> exp.Expr:
    """Return the aggregate that takes a value from the row in which another one is highest.

    Raises:
        CannotRender: the dialect has none that is known to us.
    """
    if dialect not in _ARG_MAX:
        raise CannotRender(f"the reasons of groups are not told on {dialect}")
    return exp.ArgMax(this=value, expression=by)


_ARG_MAX = frozenset(("duckdb", "spark", "databricks", "snowflake", "trino"))


def age_in_years(start: exp.Expr, day: datetime, dialect: str) -> exp.Expr:
    """Return the completed years from a date to a day: less one before the birthday."""

    def part(name: str, code: str) -> exp.Expr:
        if dialect == "sqlite":
            text = [exp.Literal.string(code), start.copy()]
            return exp.cast(exp.Anonymous(this="STRFTIME", expressions=text), "int")
        return exp.cast(exp.Extract(this=exp.var(name), expression=start.copy()), "int")

    birthday = part("MONTH", "%m") * 100 + part("DAY", "%d")
    before = exp.Case().when(birthday > day.month * 100 + day.day, exp.Literal.number(1))
    years = exp.Literal.number(day.year) - part("YEAR", "%Y")
    return exp.paren(years - before.else_(exp.Literal.number(0)))


def moment(value: datetime, dialect: str, *, as_date: bool) -> exp.Expr:
    """Return a date or a timestamp as a literal."""
    whole_day = value.time() == datetime.min.time()
    text = value.date().isoformat() if whole_day or as_date else value.isoformat(" ")
    literal = exp.Literal.string(text)
    if dialect == "sqlite":
        return literal  # ISO texts compare as the dates that they are
    return exp.cast(literal, "date" if whole_day or as_date else "timestamp")


def contains(column: exp.Expr, text: str) -> exp.Expr:
    """Return whether a column has a text in it, whatever the case."""
    for special in ("\\", "%", "_"):
        text = text.replace(special, "\\" + special)
    pattern = exp.Literal.string(f"%{text.lower()}%")
    like = exp.Like(this=exp.Lower(this=column), expression=pattern)
    if "\\" not in text:
        return like
    return exp.Escape(this=like, expression=exp.Literal.string("\\"))
