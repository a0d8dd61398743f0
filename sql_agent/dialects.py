"""Expressions that the dialects write differently: parts of dates, literals, texts inside texts."""

from datetime import datetime

from sqlglot import exp

from .query_tree import Grain

_TRUNCATED = {Grain.QUARTER: "QUARTER", Grain.MONTH: "MONTH", Grain.WEEK: "WEEK", Grain.DAY: "DAY"}
_EXTRACTED = {Grain.YEAR: "YEAR", Grain.WEEKDAY: "ISODOW", Grain.HOUR: "HOUR"}


def grain_of(column: exp.Expr, grain: Grain, dialect: str) -> exp.Expr:
    """Return a date at a grain.

    Quarter, month, week (from Monday) and day are the date on which they start; year, hour (0 to
    23) and weekday (1 for Monday to 7) are numbers.
    """
    if dialect == "sqlite":
        return _sqlite_grain(column, grain)
    if grain in _EXTRACTED:
        part = exp.Extract(this=exp.var(_EXTRACTED[grain]), expression=column)
        return exp.cast(part, "int")
    unit = exp.var(_TRUNCATED[grain])
    return exp.cast(exp.TimestampTrunc(this=column, unit=unit), "date")


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
        return exp.DateDiff(this=end, expression=start, unit=exp.var("DAY"))
    return exp.paren(exp.cast(end, "date") - exp.cast(start, "date"))


def _julian(value: exp.Expr) -> exp.Expr:
    day = exp.Anonymous(this="DATE", expressions=[value])
    return exp.Anonymous(this="JULIANDAY", expressions=[day])


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
