"""Predicates as SQL conditions; those on the many side as EXISTS."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlglot import exp

from .dialects import contains, days_between, grain_of, moment, seconds_between
from .joins import CannotRender, Path
from .query_tree import (
    Against,
    Among,
    Average,
    Between,
    Compare,
    Contains,
    During,
    DuringAny,
    FreeText,
    Grain,
    Has,
    IsNull,
    Linked,
    Many,
    NumberValue,
    OnWeekend,
    Operand,
    Paired,
    PeriodValue,
    Predicate,
    Query,
    Slot,
    SlotValue,
    TextValue,
    Within,
    table_of,
)
from .semantic_model import NUMERIC, ColumnRef, SemanticModel

_COMPARISONS: dict[str, type[exp.Binary]] = {
    "=": exp.EQ,
    "!=": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
}

_FRIDAY = 5
_SECONDS = {"hours": 3600, "minutes": 60}


@dataclass(frozen=True, slots=True)
class Predicates:
    """Renders the predicates of one question."""

    model: SemanticModel
    linked: Linked
    table: Callable[[str], exp.Table]
    column: Callable[[ColumnRef], exp.Expr]
    dialect: str
    nested: Callable[[Query], exp.Select]
    """Renders the query inside a predicate; it has the values of its first column alone."""

    def one(self, predicate: Predicate) -> exp.Expr:
        """Return one predicate over columns that are joined already."""
        match predicate:
            case Compare(column=ref, operator=operator, value=value):
                return self._compare(ref, operator, value)
            case Among(column=ref, values=slots, negated=negated):
                codes = [code for slot in slots for code in self._codes(ref, slot)]
                return self._one_of(ref, codes, negated=negated)
            case Between(column=ref, low=low, high=high):
                ends = [self._number(slot) for slot in (low, high)]
                return exp.Between(this=self.column(ref), low=ends[0], high=ends[1])
            case During():
                return self._during(predicate)
            case DuringAny(column=ref, periods=slots):
                every = [During(column=ref, operator="during", period=slot) for slot in slots]
                return exp.paren(exp.or_(*map(self._during, every)))
            case Paired():
                return self._paired(predicate)
            case OnWeekend(column=ref, negated=negated):
                day = grain_of(self.column(ref), Grain.WEEKDAY, self.dialect)
                friday = exp.Literal.number(_FRIDAY)
                test = exp.LTE if negated else exp.GT
                return test(this=day, expression=friday)
            case Contains(column=ref, text=slot):
                value = self._slot(slot)
                if not isinstance(value, FreeText | TextValue):
                    raise CannotRender(f"{ref} cannot contain a number or a date")
                return contains(self.column(ref), value.phrase)
            case IsNull(column=ref, negated=negated):
                test = exp.Is(this=self.column(ref), expression=exp.null())
                return exp.not_(test) if negated else test
            case Within(column=ref, query=query, negated=negated):
                among = exp.In(this=self.column(ref), query=self.nested(query).subquery(copy=False))
                return self._outside(ref, among) if negated else among
            case Against(column=ref, operator=operator, query=query):
                inner = self.nested(query).subquery(copy=False)
                return _COMPARISONS[operator](this=self.column(ref), expression=inner)
            case Has() | Many():
                raise CannotRender("a share cannot depend on another table's rows")

    def existing(self, predicates: list[tuple[Path, Predicate]]) -> list[exp.Expr]:
        """Return EXISTS for predicates on the many side; those along one path share theirs."""
        whole = [(path, p) for path, p in predicates if _is_about_all(p)]
        described = {table_of(p) for _, p in whole}
        groups: list[tuple[Path, list[Predicate], bool]] = []
        for path, predicate in sorted(predicates, key=lambda pair: -len(pair[0].edges)):
            negated = False
            if table_of(predicate) in described:
                continue
            positive = _positive(predicate)
            if positive is not None:  # "not diabetes" is that no diagnosis says so
                groups.append((path, [positive], True))
                continue
            for known, members, other in groups:
                along = known.edges[: len(path.edges)] == path.edges
                twice = any(_same_test(predicate, member) for member in members)
                if along and not negated and not other and not twice:
                    members.append(predicate)
                    break
            else:
                groups.append((path, [predicate], negated))
        tests = [self._exists(path, members, negated=no) for path, members, no in groups]
        for path, predicate in whole:
            own = [p for _, p in predicates if table_of(p) == table_of(predicate)]
            kept = [p for p in own if not _is_about_all(p)]
            if isinstance(predicate, Many):
                tests.append(self._counted(path, predicate, kept))
            else:
                tests.append(self._exists(path, kept, negated=True))
        return tests

    def _counted(self, path: Path, predicate: Many, kept: list[Predicate]) -> exp.Expr:
        conditions = [self.one(p) for p in kept if not isinstance(p, Has)]
        inner = self._rows(path, exp.Count(this=exp.Star())).where(*conditions, copy=False)
        compare = _COMPARISONS[predicate.operator]
        return compare(this=inner.subquery(copy=False), expression=self._number(predicate.value))

    def _exists(self, path: Path, predicates: list[Predicate], *, negated: bool) -> exp.Expr:
        conditions = [self.one(p) for p in predicates if not isinstance(p, Has)]
        inner = self._rows(path, exp.Literal.number(1)).where(*conditions, copy=False)
        test = exp.Exists(this=inner)
        return exp.not_(test) if negated else test

    def _rows(self, path: Path, shown: exp.Expr) -> exp.Select:
        """Return the rows at the end of a path that belong to a row at its beginning."""
        first, *rest = path.edges
        inner = exp.select(shown).from_(self.table(first.target))
        for edge in rest:
            inner = inner.join(self.table(edge.target), on=_meet(edge.on), copy=False)
        return inner.where(_meet(first.on), copy=False)

    def _compare(self, ref: ColumnRef, operator: str, value: Operand) -> exp.Expr:
        if isinstance(value, bool):
            test = exp.EQ(this=self.column(ref), expression=exp.Boolean(this=value))
            return exp.not_(test) if operator == "!=" else test
        if isinstance(value, Average):
            inner = exp.select(exp.Avg(this=self.column(ref))).from_(self.table(ref.table))
            test = _COMPARISONS[operator]
            return test(this=self.column(ref), expression=inner.subquery(copy=False))
        slot = self._slot(value)
        if isinstance(slot, TextValue) and operator in {"=", "!="}:
            return self._one_of(ref, self._codes(ref, value), negated=operator == "!=")
        if isinstance(slot, FreeText) and operator in {"=", "!="}:
            return self._one_of(ref, [slot.phrase], negated=operator == "!=")
        known = self.model.column(ref)
        if known is None or known.type not in NUMERIC:
            raise CannotRender(f"{ref} has no value '{slot.phrase}'")
        return self.comparison(self.column(ref), operator, value)

    def comparison(self, left: exp.Expr, operator: str, slot: Slot) -> exp.Expr:
        """Return an expression compared with a number."""
        return _COMPARISONS[operator](this=left, expression=self._number(slot))

    def count(self, slot: Slot) -> int:
        """Return the number of a slot as a whole number of rows."""
        value = self._slot(slot)
        if not isinstance(value, NumberValue) or not value.number.isdigit():
            raise CannotRender(f"'{value.phrase}' is no number of rows")
        return int(value.number)

    def _during(self, predicate: During) -> exp.Expr:
        value, ref = self._slot(predicate.period), predicate.column
        if not isinstance(value, PeriodValue):
            raise CannotRender(f"'{value.phrase}' is no period")
        known = self.model.column(ref)
        as_date = known is not None and known.type == "date"
        start = moment(value.start, self.dialect, as_date=as_date)
        end = moment(value.end, self.dialect, as_date=as_date)
        column = self.column(ref)
        after_start = exp.GTE(this=column.copy(), expression=start)
        before_end = exp.LT(this=column.copy(), expression=end)
        match predicate.operator:
            case "during":
                return exp.and_(after_start, before_end)
            case "since":
                return after_start
            case "after":
                return exp.GTE(this=column, expression=end)
            case "before":
                return exp.LT(this=column, expression=start)

    def _paired(self, predicate: Paired) -> exp.Expr:
        test = _COMPARISONS[predicate.operator]
        column, other = self.column(predicate.column), self.column(predicate.other)
        if predicate.days is None:
            return test(this=column, expression=other)
        if predicate.unit == "days":
            days = days_between(other, column, self.dialect)
            return test(this=days, expression=self._number(predicate.days))
        length = exp.Literal.number(_SECONDS[predicate.unit]) * self._number(predicate.days)
        return test(this=seconds_between(other, column, self.dialect), expression=length)

    def _outside(self, ref: ColumnRef, among: exp.Expr) -> exp.Expr:
        """Return that a value is not among others; a missing one is not ("with no vehicle")."""
        outside = exp.not_(among)
        table = self.model.table(ref.table)
        if table is None or table.primary_key == (ref.column,):
            return outside
        missing = exp.Is(this=self.column(ref), expression=exp.null())
        return exp.paren(exp.or_(missing, outside))

    def _one_of(self, ref: ColumnRef, codes: list[str], *, negated: bool) -> exp.Expr:
        known = self.model.column(ref)
        numeric = known is not None and known.type in NUMERIC
        make = exp.Literal.number if numeric else exp.Literal.string
        values = [make(code) for code in dict.fromkeys(codes)]
        if len(values) == 1:
            test = exp.NEQ if negated else exp.EQ
            return test(this=self.column(ref), expression=values[0])
        among = exp.In(this=self.column(ref), expressions=values)
        return exp.not_(among) if negated else among

    def _codes(self, ref: ColumnRef, slot: Slot) -> list[str]:
        value = self._slot(slot)
        codes = value.codes(ref) if isinstance(value, TextValue) else ()
        if not codes:
            raise CannotRender(f"{ref} has no value '{value.phrase}'")
        return list(codes)

    def _number(self, slot: Slot) -> exp.Expr:
        value = self._slot(slot)
        if not isinstance(value, NumberValue):
            raise CannotRender(f"'{value.phrase}' is no number")
        if value.number.startswith("-"):
            return exp.Neg(this=exp.Literal.number(value.number[1:]))
        return exp.Literal.number(value.number)

    def _slot(self, slot: Slot) -> SlotValue:
        if slot.index >= len(self.linked.slots):
            raise CannotRender(f"the question has no value V{slot.index}")
        return self.linked.slots[slot.index]


def _positive(predicate: Predicate) -> Predicate | None:
    """Return what must hold for no row where a value is ruled out; None for anything else."""
    match predicate:
        case Compare(operator="!=", value=Slot()):
            return replace(predicate, operator="=")
        case Among(negated=True):
            return replace(predicate, negated=False)
        case _:
            return None


def _is_about_all(predicate: Predicate) -> bool:
    """Whether a predicate counts the rows of its table, or says that there are none."""
    return isinstance(predicate, Many) or (isinstance(predicate, Has) and predicate.negated)


def _same_test(first: Predicate, second: Predicate) -> bool:
    """Whether two predicates ask for two values of one column, which one row cannot have."""
    if not isinstance(first, Compare | Among) or not isinstance(second, Compare | Among):
        return False
    return first.column == second.column and not _is_range(first, second)


def _is_range(*predicates: Predicate) -> bool:
    return all(isinstance(p, Compare) and p.operator not in {"=", "!="} for p in predicates)


def _meet(on: tuple[tuple[ColumnRef, ColumnRef], ...]) -> exp.Expr:
    return exp.and_(*(exp.EQ(this=_raw(left), expression=_raw(right)) for left, right in on))


def _raw(ref: ColumnRef) -> exp.Expr:
    return exp.column(
        exp.to_identifier(ref.column, quoted=True), exp.to_identifier(ref.table, quoted=True)
    )
