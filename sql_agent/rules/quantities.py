"""Numbers that a question compares something with: columns, sizes of groups, signs."""

from dataclasses import dataclass, field

from sql_agent.linking import Mention
from sql_agent.query_tree import (
    Between,
    Compare,
    Count,
    Having,
    Many,
    NumberValue,
    Operator,
    Predicate,
    Slot,
    TextValue,
)
from sql_agent.semantic_model import ColumnRef
from sql_agent.words import stem, stems

from .frame import FAR, MANY_SIDE, Frame
from .nouns import is_additive, is_verb, main_value
from .patterns import (
    AFTER_NUMBER,
    COMPARE,
    OPERATORS,
)
from .units import TIME_UNITS, fits, in_unit

_PRICED = frozenset("price cost amount fee balance salary premium charge total payment".split())
_MONEY = frozenset(("$", "€", "£", "dollar", "dollars", "usd", "eur", "euro", "euros"))


@dataclass(slots=True)
class Filters:
    """The conditions of a question, each with the token at which it stands."""

    where: list[tuple[int, Predicate]] = field(default_factory=list[tuple[int, Predicate]])
    having: list[Having] = field(default_factory=list[Having])
    counted: str = ""
    """The table that a condition on groups counts ("more than 3 accounts")."""
    split: list[ColumnRef] = field(default_factory=list[ColumnRef])
    """Columns of which several values are asked for side by side: "inpatients and outpatients"."""


def read_numbers(frame: Frame, found: Filters, *, groups: bool) -> None:
    """Read the numbers that something is compared with."""
    for mention in frame.mentions:
        if mention.slot is None or frame.is_used(mention):
            continue
        if isinstance(frame.slots[mention.slot], NumberValue):
            _number(frame, mention, mention.slot, found, groups=groups)


def _number(frame: Frame, mention: Mention, slot: int, found: Filters, *, groups: bool) -> None:
    high = _between(frame, mention)
    operator, first = ("=", mention.first) if high else _operator(frame, mention)
    if operator is None:
        return
    counted = _counted(frame, mention, (high or mention).last)
    if counted:
        size = Slot(slot)
        frame.use(mention)
        none_too = operator in {"<", "<="}  # "with fewer than 2 accounts" holds for none as well
        if (groups and not none_too) or not _counts_each(frame, counted):
            having = Having(measure=Count(counted), operator=operator, value=size)
            found.having.append(having)
            found.counted = counted
        else:
            many = Many(table=counted, operator=operator, value=size)
            found.where.append((first, many))
        return
    ref = _level(frame, first) or _compared(frame, first, (high or mention).last)
    if ref is None:
        return
    ends = [one for one in (mention, high) if one is not None]
    if not all(in_unit(frame, one, frame.word(ends[-1].last), ref) for one in ends):
        frame.broken = True  # "10 years" of a column in dollars
        return
    frame.use(mention)
    if high is not None and high.slot is not None:
        frame.use(high)
        currency = frame.linking.at.get(high.last)
        if currency is not None and currency.phrase.lower() in _MONEY:
            frame.use(currency)  # "between 5,000 and 10,000 dollars": in_unit knows what it is of
        between = Between(column=ref, low=Slot(slot), high=Slot(high.slot))
        found.where.append((first, between))
    else:
        found.where.append((first, Compare(column=ref, operator=operator, value=Slot(slot))))


def _counted(frame: Frame, number: Mention, last: int) -> str:
    """Return the table whose rows a number counts: "3 accounts", "200 purchases", "7 times"."""
    following = _behind(frame, last)
    if following is not None and following.tables and not frame.measures(following):
        frame.use(following)
        return following.tables[0]
    if following is not None and following.slot is not None and following.first == last:
        value = frame.slots[following.slot]
        plural = stem(following.phrase.lower()) != following.phrase.lower()
        options = value.options if isinstance(value, TextValue) else ()
        holders = {ref.table for ref, _ in options}
        if plural and len(holders) == 1 and _counts_each(frame, table := next(iter(holders))):
            return table
    if frame.word(last) == "times":
        for verb in (m for m in reversed(frame.mentions) if m.last <= number.first):
            times = frame.with_role(verb, "time")
            if is_verb(verb) and len({ref.table for ref in times}) == 1:
                frame.use(verb)
                frame.spend(last, last + 1)
                return times[0].table
    return ""


def _behind(frame: Frame, at: int) -> Mention | None:
    """Return what stands behind a number, past values of it: "2 dental visits"."""
    first = frame.mention_at(at)
    noun = first
    while noun is not None and noun.slot is not None and not noun.tables:
        noun = frame.mention_at(noun.last, skip=frozenset())
    return noun if noun is not None and noun.tables else first


def _between(frame: Frame, mention: Mention) -> Mention | None:
    """Return the upper number of "between A and B" and "from A to B"."""
    if frame.word(mention.first - 1) not in {"between", "from"}:
        return None
    for other in frame.mentions:
        gap = frame.words[mention.last : other.first]
        number = other.slot is not None and isinstance(frame.slots[other.slot], NumberValue)
        if number and other.first > mention.first and gap in (["and"], ["to"]):
            frame.spend(mention.last, other.first)
            return other
    return None


def _operator(frame: Frame, mention: Mention) -> tuple[Operator | None, int]:
    """Return the comparison before or behind a number, and where it begins."""
    for first, last, meaning in frame.spots(COMPARE):
        phrase = tuple(frame.words[first:last])
        behind = phrase in AFTER_NUMBER and first in {mention.last, mention.last + 1}
        money = set(frame.words[last : mention.first]) <= _MONEY | {"a"}
        before = phrase not in AFTER_NUMBER and last <= mention.first and money
        if behind or (before and mention.first - last <= 1):
            frame.spend(first, last)
            return operator_of(meaning), min(first, mention.first)
    prior = frame.linking.at.get(mention.first - 1)
    if prior is not None and prior.slot is None and frame.levels(prior):
        return "=", mention.first  # "grade 12"
    behind_it = frame.mention_at(mention.last)
    quantity = behind_it is not None and bool(frame.measures(behind_it))
    if frame.word(mention.first - 1) in {"of", "is", "was", "="} or quantity:
        return "=", mention.first
    return None, mention.first


def operator_of(meaning: str) -> Operator:
    """Return the operator of a comparison in words."""
    table: dict[str, Operator] = {"gt": ">", "ge": ">=", "lt": "<", "le": "<=", "eq": "="}
    return table[meaning if meaning in OPERATORS else "eq"]


def _level(frame: Frame, first: int) -> ColumnRef | None:
    """Return the column of "grade 12" and "above floor 3"; the number stands right behind it."""
    prior = frame.linking.at.get(first - 1)
    refs = frame.levels(prior) if prior is not None and prior.slot is None else ()
    if prior is None or not refs:
        return None
    frame.use(prior)
    return frame.nearest(refs, prior)


def _compared(frame: Frame, first: int, last: int) -> ColumnRef | None:
    """Return the column that a number is compared with: named before it, behind it, or by unit."""
    before = [m for m in frame.mentions if m.last <= first and frame.measures(m)]
    behind = frame.mention_at(last, skip=frozenset(("in", "of", "the", "$", "dollars", "a")))
    money = behind is not None and behind.phrase.lower() in _MONEY
    if behind is not None and frame.measures(behind) and behind.slot is None and not money:
        close = before and first - before[-1].last <= 3 and not frame.is_used(before[-1])
        if not close:
            frame.use(behind)
            return frame.nearest(frame.measures(behind), behind)
    if before and first - before[-1].last <= 4 and not _other_noun(frame, before[-1], first):
        frame.use(before[-1])
        return frame.nearest(frame.measures(before[-1]), before[-1])
    named = [m for m in frame.mentions if first - 3 <= m.last <= first]
    measured = main_value(frame, named[-1]) if named else None
    found = measured or _by_unit(frame, first, last)
    if money and behind is not None and found is not None:
        frame.use(behind)  # "100 dollars": the unit of what is compared
    return found


def _other_noun(frame: Frame, measured: Mention, first: int) -> bool:
    """Whether a number stands behind other rows: "balance of customers between 30 and 40"."""
    tables = {ref.table for ref in frame.measures(measured)}
    between = (m for m in frame.mentions if measured.last <= m.first and m.last <= first)
    return any(m.tables and tables.isdisjoint(m.tables) for m in between)


def _by_unit(frame: Frame, first: int, last: int) -> ColumnRef | None:
    """Return the column of the base that a bare number can only be of: by its unit, or money."""
    table, unit = frame.model.table(frame.base), frame.word(last)
    if table is None:
        return None
    measured = [c for c in table.columns if c.role == "measure" and fits(c.unit, unit)]
    if len(measured) == 1:
        return ColumnRef(table.name, measured[0].name)
    if stem(unit) in TIME_UNITS:
        return None
    amounts = [c for c in table.columns if c.role == "measure" and is_additive(c)]
    named = [c for c in amounts if c.name in {"amount", "value", "total", "principal"}]
    if unit in _MONEY and not named:  # "under 100 euros" is no number of minutes
        money = [c for c in amounts if _PRICED & set(stems(c.name)) or c.unit.isupper()]
        amounts = money or amounts
    chosen = named or amounts
    if not chosen:
        return None
    refs = [ColumnRef(table.name, column.name) for column in chosen]
    phrase = " ".join(frame.words[first:last])
    ref = frame.decided(phrase, refs) if len(refs) > 1 else refs[0]
    frame.notes.append(f"the number is compared with {ref}")
    return ref


def _counts_each(frame: Frame, table: str) -> bool:
    """Whether the rows of the base have several of a table: "customers with 2 accounts"."""
    return bool(frame.base) and MANY_SIDE <= frame.distance(table) < FAR // 2


def read_signs(frame: Frame, found: Filters) -> None:
    """Read "negative balance" and "positive balance"."""
    for at, word in enumerate(frame.words):
        mention = frame.mention_at(at + 1) if word in {"negative", "positive"} else None
        columns = frame.measures(mention) if mention is not None else ()
        if columns and mention is not None:
            frame.slots.append(NumberValue(phrase="0", number="0"))
            compare = Compare(
                column=frame.nearest(columns, mention),
                operator="<" if word == "negative" else ">",
                value=Slot(len(frame.slots) - 1),
            )
            found.where.append((at, compare))
            frame.use(mention)
            frame.spend(at, at + 1)
