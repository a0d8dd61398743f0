"""The query tree as text: a few dozen tokens that a small model can write.

Clauses stand in this order, between them `; `; one space separates words:

    measure MEASURE, …        or    show COLUMN, …
    by DIMENSION, …                 (only after measure)
    where PREDICATE and …
    having MEASURE OPERATOR Vn      (only after measure)
    order asc | order desc          by the first measure
    order COLUMN asc|desc           by a column that is shown or grouped by
    limit N | limit Vn
    limit N each DIMENSION          so many of each value of that group

    MEASURE     count TABLE | count distinct COLUMN | sum|avg|min|max|median COLUMN | metric NAME
                share BASIC                 each group's part of the total
                share BASIC if PREDICATE and …   the part of the total for which this holds
                ratio BASIC over BASIC
                avg|min|max BASIC per TABLE     first aggregated for each row of TABLE
                avg|min|max days COLUMN COLUMN  the days from one date to another
                avg|min|max years COLUMN        the whole years from a date to the data's last day
    DIMENSION   COLUMN | year|quarter|month|week|day|weekday|hour COLUMN
    PREDICATE   COLUMN =|!=|<|<=|>|>= Vn|true|false|average
                COLUMN in Vn Vm … | COLUMN not in Vn Vm … | COLUMN between Vn Vm
                COLUMN during|before|after|since Vn     (a period)
                COLUMN contains Vn | COLUMN is null | COLUMN is not null
                has TABLE | lacks TABLE | count TABLE OPERATOR Vn
                COLUMN in|not in|OPERATOR (QUERY)       printed only: the rules write it
                COLUMN on weekends | COLUMN on weekdays printed only, too

BASIC is one of the first three measures. A COLUMN is written `table.column`; names that are no
plain words, or are words of the language, stand in double quotes. Vn is the n-th value that the
question names, so the text holds no value. Examples:

    measure sum transactions.amount; by branches.region; where transactions.is_fraud = true
    measure count customers; where accounts.type = V0 and lacks loans
    measure count encounters; by month encounters.started_at; where encounters.started_at during V0
    measure sum payments.amount; by merchants.name; order desc; limit V0
    measure share count claims if claims.status = V0
    show patients.name, patients.birth_date; where diagnoses.code = V0; limit 10

`sql_agent.query_grammar.schema_text` is what the model is shown: one linked item a line, `~`
before the words of the question that led to it:

    transactions
    transactions.amount decimal measure ~ spending
    metric fraud_rate
    V0 text accounts.type ~ savings
    V1 number ~ 5
    V2 period ~ last quarter

`sql_agent.query_grammar.grammar` is the language over exactly those items, with the types kept:
`sum` takes a number, `during` a date and a period, and a text slot stands only behind a column
that holds it.
"""

import re
from collections.abc import Callable
from typing import Final, TypeVar, cast, get_args

from assistants.errors import InputError

from .query_tree import (
    Against,
    Aggregate,
    AggregateName,
    Among,
    Average,
    Basic,
    Between,
    Change,
    Compare,
    Contains,
    Count,
    Difference,
    Dimension,
    During,
    DuringAny,
    Elapsed,
    Explained,
    Grain,
    Has,
    Having,
    IsNull,
    Many,
    Measure,
    MetricUse,
    OnWeekend,
    Operand,
    Operator,
    Order,
    Paired,
    PerGroup,
    PerGroupName,
    PeriodOperator,
    Predicate,
    Query,
    Ratio,
    Share,
    Slot,
    Unit,
    Within,
)
from .semantic_model import ColumnRef

T = TypeVar("T")
OPERATORS: Final = get_args(Operator)
PERIOD_OPERATORS: Final = get_args(PeriodOperator)
KEYWORDS: Final = frozenset(
    (
        *("measure", "show", "by", "where", "having", "order", "limit", "count", "distinct"),
        *("sum", "avg", "min", "max", "metric", "share", "if", "ratio", "over", "per", "and"),
        *("in", "not", "between", "during", "before", "after", "since", "contains", "is", "null"),
        *("has", "lacks", "true", "false", "average", "asc", "desc"),
        *("year", "quarter", "month", "week", "day", "weekday", "hour"),
    )
)
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_NAME = r'(?:[A-Za-z_][A-Za-z0-9_]*|"(?:[^"]|"")*")'
_TOKEN = re.compile(rf"\s*({_NAME}(?:\.{_NAME})?|<=|>=|!=|[=<>;,]|\d+)")
_MAX_CHARACTERS = 4000


def quote(name: str) -> str:
    """Return a name as the language writes it: plain, or in double quotes."""
    plain = _PLAIN.match(name) and name.lower() not in KEYWORDS and not _is_slot(name)
    return name if plain else '"' + name.replace('"', '""') + '"'


def _is_slot(word: str) -> bool:
    return re.fullmatch(r"V\d+", word) is not None


def column_text(ref: ColumnRef) -> str:
    """Return a column as `table.column`."""
    return f"{quote(ref.table)}.{quote(ref.column)}"


# --- printing ---------------------------------------------------------------------------------


def to_text(query: Query) -> str:
    """Return the canonical text of a tree."""
    if query.measures:
        clauses = ["measure " + ", ".join(measure_text(measure) for measure in query.measures)]
    else:
        clauses = ["show " + ", ".join(column_text(column) for column in query.shown)]
    if query.by:
        clauses.append("by " + ", ".join(dimension_text(dimension) for dimension in query.by))
    if query.where:
        clauses.append("where " + " and ".join(predicate_text(p) for p in query.where))
    if query.having:
        clauses.append("having " + " and ".join(_having_text(having) for having in query.having))
    if query.order is not None:
        column = column_text(query.order.column) + " " if query.order.column else ""
        clauses.append(f"order {column}{'desc' if query.order.descending else 'asc'}")
    if query.limit is not None:
        limit = _slot_text(query.limit) if isinstance(query.limit, Slot) else str(query.limit)
        each = f" each {dimension_text(query.each)}" if query.each is not None else ""
        skip = f" skip {query.skip}" if query.skip else ""
        clauses.append(f"limit {limit}{each}{skip}")
    return "; ".join(clauses)


def measure_text(measure: Measure) -> str:
    """Return the text of a measure."""
    match measure:
        case Count(table=table):
            return f"count {quote(table)}"
        case Aggregate(function=function, column=column):
            return f"{function} {column_text(column)}"
        case MetricUse(name=name):
            return f"metric {quote(name)}"
        case Share(of=of, condition=()):
            return f"share {measure_text(of)}"
        case Share(of=of, condition=condition):
            held = " and ".join(predicate_text(predicate) for predicate in condition)
            return f"share {measure_text(of)} if {held}"
        case Ratio(numerator=numerator, denominator=denominator):
            return f"ratio {measure_text(numerator)} over {measure_text(denominator)}"
        case PerGroup(function=function, of=of, table=table):
            return f"{function} {measure_text(of)} per {quote(table)}"
        case Change(of=of, relative=relative):
            return f"{'growth' if relative else 'change'} {measure_text(of)}"
        case Difference(first, second, first_where, second_where, relative):
            parts: list[str] = []
            for of, where in ((first, first_where), (second, second_where)):
                held = " and ".join(predicate_text(predicate) for predicate in where)
                parts.append(f"{measure_text(of)}{f' if {held}' if held else ''}")
            return f"{'relative ' if relative else ''}difference {' less '.join(parts)}"
        case Explained(reasons=reasons, score=score):
            return f"reasons {column_text(reasons)} at highest {column_text(score)}"
        case Elapsed(function=function, unit=unit, start=start, end=end):
            ends = [column_text(ref) for ref in (start, end) if ref is not None]
            return f"{function} {unit} {' '.join(ends)}"


def dimension_text(dimension: Dimension) -> str:
    """Return the text of a dimension."""
    grain = f"{dimension.grain} " if dimension.grain else ""
    return grain + column_text(dimension.column)


def predicate_text(predicate: Predicate) -> str:
    """Return the text of a predicate."""
    match predicate:
        case Has(table=table, negated=negated):
            return f"{'lacks' if negated else 'has'} {quote(table)}"
        case Many(table=table, operator=operator, value=value):
            return f"count {quote(table)} {operator} {_slot_text(value)}"
        case Compare(column=column, operator=operator, value=value):
            return f"{column_text(column)} {operator} {_operand_text(value)}"
        case Among(column=column, values=values, negated=negated):
            slots = " ".join(_slot_text(slot) for slot in values)
            return f"{column_text(column)} {'not in' if negated else 'in'} {slots}"
        case Between(column=column, low=low, high=high):
            return f"{column_text(column)} between {_slot_text(low)} {_slot_text(high)}"
        case During(column=column, operator=operator, period=period):
            return f"{column_text(column)} {operator} {_slot_text(period)}"
        case Contains(column=column, text=text):
            return f"{column_text(column)} contains {_slot_text(text)}"
        case IsNull(column=column, negated=negated):
            return f"{column_text(column)} {'is not null' if negated else 'is null'}"
        case DuringAny(column=column, periods=periods):
            return f"{column_text(column)} during any {' '.join(map(_slot_text, periods))}"
        case Paired(column=column, operator=operator, other=other, days=days, unit=unit):
            apart = f" by {unit} {_slot_text(days)}" if days is not None else ""
            return f"{column_text(column)} {operator} {column_text(other)}{apart}"
        case OnWeekend(column=column, negated=negated):
            return f"{column_text(column)} on {'weekdays' if negated else 'weekends'}"
        case Within(column=column, query=query, negated=negated):
            return f"{column_text(column)} {'not in' if negated else 'in'} ({to_text(query)})"
        case Against(column=column, operator=operator, query=query):
            return f"{column_text(column)} {operator} ({to_text(query)})"


def _operand_text(value: Operand) -> str:
    if isinstance(value, Slot):
        return _slot_text(value)
    return "average" if isinstance(value, Average) else str(value).lower()


def _slot_text(slot: Slot) -> str:
    return f"V{slot.index}"


def _having_text(having: Having) -> str:
    return f"{measure_text(having.measure)} {having.operator} {_slot_text(having.value)}"


# --- parsing ----------------------------------------------------------------------------------


def parse(text: str) -> Query:
    """Return the tree of a text.

    Raises:
        InputError: the text is not of the language; the message says where.
    """
    return _Parser(text).query()


class _Parser:
    """Recursive descent with one token of look-ahead."""

    def __init__(self, text: str) -> None:
        if len(text) > _MAX_CHARACTERS:
            raise InputError(f"a query of more than {_MAX_CHARACTERS} characters")
        self._tokens: list[str] = []
        self._at = 0
        position = 0
        text = text.rstrip()
        while position < len(text):
            match = _TOKEN.match(text, position)
            if match is None:
                raise InputError(f"query: unexpected '{text[position : position + 12]}'")
            self._tokens.append(match[1])
            position = match.end()

    def query(self) -> Query:
        measures: tuple[Measure, ...] = ()
        shown: tuple[ColumnRef, ...] = ()
        by: tuple[Dimension, ...] = ()
        having: tuple[Having, ...] = ()
        if self._take("measure"):
            measures = self._list(self._measure, ",")
        else:
            self._expect("show")
            shown = self._list(self._column, ",")
        if measures and self._clause("by"):
            by = self._list(self._dimension, ",")
        where = self._list(self._predicate, "and") if self._clause("where") else ()
        if measures and self._clause("having"):
            having = self._list(self._having, "and")
        order = self._order() if self._clause("order") else None
        limit = self._limit() if self._clause("limit") else None
        each = self._dimension() if limit is not None and self._take("each") else None
        if self._at < len(self._tokens):
            raise self._error("the end")
        return Query(
            measures=measures,
            shown=shown,
            by=by,
            where=where,
            having=having,
            order=order,
            limit=limit,
            each=each,
        )

    def _peek(self, ahead: int = 0) -> str:
        index = self._at + ahead
        return self._tokens[index] if index < len(self._tokens) else ""

    def _next(self) -> str:
        token = self._peek()
        self._at += 1
        return token

    def _take(self, token: str) -> bool:
        if self._peek() != token:
            return False
        self._at += 1
        return True

    def _expect(self, token: str) -> None:
        if not self._take(token):
            raise self._error(f"'{token}'")

    def _error(self, wanted: str) -> InputError:
        return InputError(f"query: expected {wanted}, found '{self._peek() or 'the end'}'")

    def _clause(self, keyword: str) -> bool:
        if self._peek() == ";" and self._peek(1) == keyword:
            self._at += 2
            return True
        return False

    def _list(self, member: Callable[[], T], separator: str) -> tuple[T, ...]:
        members = [member()]
        while self._take(separator):
            members.append(member())
        return tuple(members)

    def _word(self, wanted: str) -> str:
        token = self._peek()
        parts = _split_name(token)
        if len(parts) != 1 or token in KEYWORDS or _is_slot(token):
            raise self._error(wanted)
        self._at += 1
        return parts[0]

    def _column(self) -> ColumnRef:
        parts = _split_name(self._peek())
        if len(parts) != 2:
            raise self._error("a column (table.column)")
        self._at += 1
        return ColumnRef(parts[0], parts[1])

    def _slot(self) -> Slot:
        if not _is_slot(self._peek()):
            raise self._error("a value (V0, V1, …)")
        return Slot(int(self._next()[1:]))

    def _basic(self) -> Basic:
        if self._take("count"):
            if self._take("distinct"):
                return Aggregate("count distinct", self._column())
            return Count(self._word("a table"))
        if self._peek() not in get_args(AggregateName):
            raise self._error("count, sum, avg, min or max")
        function = cast("AggregateName", self._next())
        return Aggregate(function, self._column())

    def _measure(self) -> Measure:
        if self._take("metric"):
            return MetricUse(self._word("a metric"))
        if self._take("share"):
            of = self._basic()
            condition = self._list(self._predicate, "and") if self._take("if") else ()
            return Share(of, condition)
        if self._take("ratio"):
            numerator = self._basic()
            self._expect("over")
            return Ratio(numerator, self._basic())
        if self._peek() in get_args(PerGroupName) and self._peek(1) in get_args(Unit):
            return self._elapsed(cast("PerGroupName", self._next()))
        if self._peek() in get_args(PerGroupName) and self._peek(1) in KEYWORDS:
            function = cast("PerGroupName", self._next())
            of = self._basic()
            self._expect("per")
            return PerGroup(function, of, self._word("a table"))
        return self._basic()

    def _elapsed(self, function: PerGroupName) -> Elapsed:
        unit = cast("Unit", self._next())
        start = self._column()
        return Elapsed(function, unit, start, self._column() if unit == "days" else None)

    def _dimension(self) -> Dimension:
        grain = Grain(self._next()) if self._peek() in set(Grain) else None
        return Dimension(self._column(), grain)

    def _predicate(self) -> Predicate:
        if self._peek() in {"has", "lacks"}:
            negated = self._next() == "lacks"
            return Has(table=self._word("a table"), negated=negated)
        if self._take("count"):
            return self._many()
        column = self._column()
        word = self._next()
        if word in OPERATORS:
            operator = cast("Operator", word)
            return Compare(column=column, operator=operator, value=self._operand())
        if word in PERIOD_OPERATORS:
            verb = cast("PeriodOperator", word)
            return During(column=column, operator=verb, period=self._slot())
        if word == "between":
            return Between(column=column, low=self._slot(), high=self._slot())
        if word == "contains":
            return Contains(column=column, text=self._slot())
        if word == "is":
            negated = self._take("not")
            self._expect("null")
            return IsNull(column=column, negated=negated)
        negated = word == "not"
        if (negated and self._take("in")) or word == "in":
            return Among(column=column, values=self._slots(), negated=negated)
        self._at -= 1
        raise self._error("an operator")

    def _many(self) -> Many:
        table = self._word("a table")
        if self._peek() not in OPERATORS:
            raise self._error("an operator")
        return Many(table=table, operator=cast("Operator", self._next()), value=self._slot())

    def _slots(self) -> tuple[Slot, ...]:
        slots = [self._slot()]
        while _is_slot(self._peek()):
            slots.append(self._slot())
        return tuple(slots)

    def _operand(self) -> Operand:
        if self._take("average"):
            return Average()
        if self._peek() in {"true", "false"}:
            return self._next() == "true"
        return self._slot()

    def _having(self) -> Having:
        measure = self._measure()
        if not isinstance(measure, Count | Aggregate | MetricUse):
            raise self._error("a plain measure in having")
        if self._peek() not in OPERATORS:
            raise self._error("an operator")
        operator = cast("Operator", self._next())
        return Having(measure=measure, operator=operator, value=self._slot())

    def _order(self) -> Order:
        column = None if self._peek() in {"asc", "desc"} else self._column()
        if self._peek() not in {"asc", "desc"}:
            raise self._error("asc or desc")
        return Order(descending=self._next() == "desc", column=column)

    def _limit(self) -> int | Slot:
        if self._peek().isdigit() and 0 < len(self._peek()) <= 6:
            return int(self._next())
        return self._slot()


def _split_name(token: str) -> list[str]:
    parts = re.findall(_NAME, token)
    if token != ".".join(parts):
        return []
    return [p[1:-1].replace('""', '"') if p.startswith('"') else p for p in parts]
