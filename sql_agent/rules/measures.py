"""Which number a question asks for: a count, an aggregate, a metric, a share."""

import itertools
from collections.abc import Callable
from typing import cast

from sql_agent.clarify import Undecided, chosen, shown
from sql_agent.linking import Mention
from sql_agent.query_tree import (
    Aggregate,
    AggregateName,
    Basic,
    Count,
    Measure,
    MetricUse,
    NumberValue,
    PerGroup,
    PerGroupName,
    Share,
    TextValue,
)
from sql_agent.semantic_model import TEMPORAL, ColumnRef
from sql_agent.words import forms, stem, stems

from .ages import ages_measured
from .frame import Frame
from .nouns import (
    basic_of,
    counts,
    first_table,
    is_additive,
    is_intensive,
    nearest_table,
    noun_of,
    what_counts,
)
from .patterns import AGGREGATES, COUNTS, DISTINCT, SHARES
from .spans import spans_measured, whens_measured

_WHO = frozenset(("who", "which", "what"))


def read_measures(frame: Frame, start: int = 0) -> list[Measure]:
    """Return the measures that the question names from a token on; their mentions are used."""
    found: dict[int, Measure] = {}
    readers: tuple[Callable[[Frame, int], dict[int, Measure]], ...] = (
        spans_measured,
        whens_measured,
        ages_measured,
        _shares,
        _counts,
        _aggregates,
        _metrics,
    )
    for read in readers:
        for place, measure in read(frame, start).items():
            if place not in found and measure not in found.values():
                found[place] = measure
    places = sorted(found)
    for first, second in itertools.pairwise(places):
        if not _AND & set(frame.words[first:second]) and second > first + 1:
            frame.broken = True  # "how many X does the average Y have" does not ask for both
        for at in range(first, second):
            if frame.words[at] in {"versus", "vs"}:
                frame.spend(at, at + 1)
    return [found[place] for place in places]


_AND = frozenset(("and", ",", "&", "plus", "versus", "vs"))


def _shares(frame: Frame, start: int) -> dict[int, Measure]:
    """Read "what percentage of transactions …"; its condition is read with the filters."""
    for first, last, _ in frame.spots(SHARES):
        if first < start:
            continue
        if frame.word(last) in {"each", "every"} and frame.word(last - 1) == "of":
            spread = _share_of_each(frame, last)
            if spread is not None:
                frame.spend(first, last - 1)  # "of each" is read with the groups
                return {first: Share(spread)}
        mention = noun_of(frame, last)
        if mention is None:
            continue
        basic = basic_of(frame, mention.metrics[0]) if mention.metrics else None
        basic = basic or what_counts(frame, mention)
        if mention.metrics and basic is not None:
            frame.use(mention)
        measured = frame.measures(mention)
        if measured and not mention.tables:
            basic = _summed(frame, frame.nearest(measured, mention))
            frame.use(mention)
        if basic is not None:
            frame.spend(first, last)
            frame.noun_end = mention.last
            return {first: Share(basic)}
    return {}


def _share_of_each(frame: Frame, at: int) -> Basic | None:
    """Read "share of each loan type in the total balance"; the group is read with the others."""
    group = frame.mention_at(at + 1)
    if group is None:
        return None
    for i in range(group.last, len(frame.words)):
        if frame.word(i) in {"in", "of", "among", "to"}:
            counted = next((s for s in frame.spots(COUNTS) if i < s[0] <= i + 2), None)
            summed = next((s for s in frame.spots(AGGREGATES) if i < s[0] <= i + 2), None)
            noun = noun_of(frame, counted[1] if counted else summed[1] if summed else i + 1)
            if noun is None:
                return None
            for spot in (counted, summed):
                frame.spend(*spot[:2]) if spot is not None else None
            return _share_basic(frame, noun)
    return Count(next(iter({ref.table for ref in group.columns}), "")) if group.columns else None


def _summed(frame: Frame, ref: ColumnRef) -> Basic:
    """Return the sum of amounts; of other numbers, such as results, there is only a count."""
    return Aggregate("sum", ref) if is_additive(frame.column(ref)) else Count(ref.table)


def _share_basic(frame: Frame, noun: Mention) -> Basic | None:
    if noun.metrics and (basic := basic_of(frame, noun.metrics[0])) is not None:
        frame.use(noun)
        return basic
    measured = frame.measures(noun)
    if measured and not noun.tables:
        frame.use(noun)
        return _summed(frame, frame.nearest(measured, noun))
    return what_counts(frame, noun)


def _counts(frame: Frame, start: int) -> dict[int, Measure]:
    found: dict[int, Measure] = {}
    for first, last, _ in frame.spots(COUNTS):
        if first < start or first in frame.spent:
            continue
        if _is_nested(frame, first):
            continue
        mention = noun_of(frame, last) or first_table(frame, last)
        if mention is None:
            continue
        if mention.metrics and counts(frame, mention.metrics[0]):
            frame.use(mention)
            frame.spend(first, last)
            found[first] = MetricUse(mention.metrics[0])
            continue
        distinct = bool(DISTINCT & set(frame.words[last : mention.first + 1]))
        if distinct:
            frame.spend(last, mention.first)
        measure = what_counts(frame, mention, distinct=distinct)
        if measure is not None:
            frame.spend(first, last)
            found[first] = measure
    return found


def _is_nested(frame: Frame, first: int) -> bool:
    """Whether a count stands in "average number of X per Y"."""
    inner = any(
        last in {first, first - 1} for _, last, f in frame.free_spots(AGGREGATES) if f != "sum"
    )
    return inner and "per" in frame.words[first:]


def _aggregates(frame: Frame, start: int) -> dict[int, Measure]:
    found: dict[int, Measure] = {}
    for first, last, function in frame.free_spots(AGGREGATES):
        if first < start or first in frame.spent:
            continue
        listed = _listed_functions(frame, first)
        last_one = _metric_behind(frame, listed)
        if last_one is not None:  # "minimum, maximum and average amount" with a metric at the end
            frame.spend(first, listed[-1][1])
            for place, (_, _, name) in enumerate(listed):
                found[first + place] = Aggregate(cast("AggregateName", name), last_one.column)
            found[first + len(listed)] = last_one
            continue
        if len(listed) > 1:
            end = listed[-1][1]
            pair = read_aggregate(frame, end, cast("AggregateName", listed[-1][2]))
            if isinstance(pair, Aggregate):  # "minimum, maximum and average amount"
                frame.spend(first, end)
                for place, (_, _, name) in enumerate(listed):
                    found[first + place] = Aggregate(cast("AggregateName", name), pair.column)
                continue
        if frame.words[first : first + 3] == ["how", "much", "of"]:
            continue  # a part of a whole
        if frame.word(first) == "how" and _other_aggregate(frame, last):
            frame.spend(first, last)  # "how much is the average balance"
            continue
        if frame.words[first:last] in (["how", "much"], ["how", "much", "money"]):
            measure = _how_much(frame, last)
        elif frame.word(first) in {"on", "in"}:
            measure = _aggregate_before(frame, first, cast("AggregateName", function))
        else:
            measure = read_aggregate(frame, last, cast("AggregateName", function))
        if measure is not None:
            frame.spend(first, last)
            found[first] = measure
    return found


def _other_aggregate(frame: Frame, at: int) -> bool:
    named = (s for s in frame.free_spots(AGGREGATES) if s[0] >= at and s[0] not in frame.spent)
    metrics = (frame.model.metric(m.metrics[0]) for m in frame.mentions_from(at) if m.metrics)
    averaged = any(m.expression.lower().startswith("avg") for m in metrics if m is not None)
    return averaged or any(s[2] in {"avg", "median", "min", "max"} for s in named)


def _how_much(frame: Frame, at: int) -> Measure | None:
    """Read "how much did Medicare pay us", where a verb names the amount, and "how much money"."""
    named = [m for m in frame.mentions_from(at) if frame.measures(m) and not compares(frame, m)]
    if named:
        frame.use(named[0])
        return Aggregate("sum", frame.nearest(frame.measures(named[0]), named[0]))
    lexicon = frame.workspace.lexicon
    for i in range(at, len(frame.words)):
        said = forms(frame.words[i]) if i not in frame.linking.at else ()
        entries = [entry for form in said for entry in lexicon.phrases.get((form,), ())]
        refs = {entry.column for entry in entries if entry.kind == "column" and entry.column}
        amounts = [ref for ref in refs if frame.column(ref).role == "measure"]
        if len(amounts) == 1:
            frame.notes.append(f"'{frame.words[i]}' is read as {amounts[0]}")
            return Aggregate("sum", amounts[0])
    told = _amount_of_verb(frame, at)
    if told is not None:
        return told
    usual = read_aggregate(frame, at, "sum")
    for i in range(at, len(frame.words)):
        if frame.word(i) in {"lose", "lost"} and i not in frame.linking.at:
            frame.spend(i, i + 1)  # "how much did we lose to fraud"
    if usual is not None or frame.word(at - 1) != "money":
        return usual
    return money_of_flag(frame) or _money_of_rows(frame)


def _amount_of_verb(frame: Frame, at: int) -> Aggregate | None:
    """Read "how much did customers withdraw" and "how much do we spend on repairs".

    A verb that is a value tells the rows, whose one amount is meant; so does the table that
    something was spent on.
    """
    for mention in frame.mentions_from(at):
        value = frame.slots[mention.slot] if mention.slot is not None else None
        options = value.options if isinstance(value, TextValue) and not mention.tables else ()
        said = mention.phrase.lower()
        noun = any(stems(code)[-1:] == (said,) for _, codes in options for code in codes)
        verb = " " not in said and stem(said) == said and not noun
        if verb and len(options) == 1 and frame.word(mention.first - 1) not in _BEFORE_NOUNS:
            return _amount_of(frame, options[0][0].table)
    for i in range(at, len(frame.words)):
        if frame.words[i] in _SPENT and i not in frame.linking.at and frame.word(i + 1) == "on":
            noun_spent = noun_of(frame, i + 2)
            if noun_spent is not None and noun_spent.tables:
                frame.spend(i, i + 1)
                return _amount_of(frame, noun_spent.tables[0])
    return None


_SPENT = frozenset(("spend", "spent", "spends"))
_BEFORE_NOUNS = frozenset("the a an of in by with on at from for as".split())


def _amount_of(frame: Frame, name: str) -> Aggregate | None:
    table = frame.model.table(name)
    amounts = [c for c in table.columns if c.role == "measure" and is_additive(c)] if table else []
    return Aggregate("sum", ColumnRef(name, amounts[0].name)) if len(amounts) == 1 else None


def money_of_flag(frame: Frame) -> Aggregate | None:
    """Read "how much money did we lose to fraud": the amounts of the rows with that flag."""
    flagged = {ref.table for mention in frame.mentions for ref in frame.booleans(mention)}
    table = frame.model.table(next(iter(flagged))) if len(flagged) == 1 else None
    amounts = [c.name for c in table.columns if c.role == "measure" and c.unit] if table else []
    return (
        Aggregate("sum", ColumnRef(table.name, amounts[0])) if table and len(amounts) == 1 else None
    )


def _money_of_rows(frame: Frame) -> Aggregate | None:
    """Read "how much money do customers hold in savings accounts": the one amount of these."""
    for mention in reversed(frame.mentions):
        if mention.tables:
            return _amount_of(frame, mention.tables[0])
    return None


def _listed_functions(frame: Frame, first: int) -> list[tuple[int, int, str]]:
    """Return the aggregate words of a list that starts at a token."""
    found: list[tuple[int, int, str]] = []
    for spot in frame.free_spots(AGGREGATES):
        gap = set(frame.words[found[-1][1] : spot[0]]) if found else set[str]()
        if spot[0] == first or (found and 0 < spot[0] - found[-1][1] <= 2 and gap <= _LISTING):
            found.append(spot)
    return found if len({name for _, _, name in found}) == len(found) else []


def _metric_behind(frame: Frame, listed: list[tuple[int, int, str]]) -> Aggregate | None:
    """Return the plain aggregate that a metric at the end of a list stands for."""
    if not listed or frame.word(listed[-1][1]) not in {"and", ","}:
        return None
    mention = frame.mention_at(listed[-1][1], skip=_LISTING)
    if mention is None or not mention.metrics:
        return None
    basic = basic_of(frame, mention.metrics[0])
    if not isinstance(basic, Aggregate) or basic.function in {name for _, _, name in listed}:
        return None
    frame.use(mention)
    return basic


_LISTING = frozenset((",", "and", "the", "&"))


def _aggregate_before(frame: Frame, at: int, function: AggregateName) -> Measure | None:
    """Read "overdraft limit on average": the number stands before the word."""
    before = [m for m in frame.mentions if m.last == at and frame.measures(m)]
    if not before:
        return None
    frame.use(before[0])
    return Aggregate(function, frame.nearest(frame.measures(before[0]), before[0]))


def read_aggregate(frame: Frame, at: int, function: AggregateName) -> Measure | None:
    """Return what an aggregate word makes of the words behind it."""
    nested = next((s for s in frame.spots(COUNTS) if at <= s[0] <= at + 1), None)
    if nested is not None and function != "sum":
        return _per_table(frame, nested[1], function)
    mention = _measured_mention(frame, at, function)
    if mention is None or not (frame.measures(mention) or mention.metrics or mention.columns):
        of_value = _of_value(frame, at, function)
        if of_value is not None or mention is None:
            return of_value
    if function == "median" and not frame.measures(mention):
        return None
    if mention.metrics and not frame.measures(mention):
        if counts(frame, mention.metrics[0]) and function != "sum":
            nested_metric = _per_table_of_metric(frame, mention, function)
            if nested_metric is not None:
                return nested_metric
        return _of_metric(frame, mention, function)
    columns = frame.measures(mention)
    if function == "avg" and columns and not mention.metrics:
        summed = _sum_per_entity(frame, mention, frame.nearest(columns, mention))
        if summed is not None:
            return summed
    if frame.word(at - 1) in LATEST and columns:
        return None
    if function in {"min", "max"} and not columns:
        columns = tuple(r for r in mention.columns if frame.column(r).type in TEMPORAL)
    if columns:
        frame.use(mention)
        return Aggregate(function, frame.nearest(columns, mention))
    if function == "sum" and mention.tables:
        if mention.phrase.lower().endswith("ed"):
            return _main_amount(frame, mention, function)  # "total invoiced" is money
        frame.use(mention)
        return Count(nearest_table(frame, mention))
    if mention.tables and frame.word(mention.last) in {*_SIZES, "sum"}:
        return _main_amount(frame, mention, function)
    return None


def _of_metric(frame: Frame, mention: Mention, function: AggregateName) -> Measure | None:
    """Return what an aggregate word makes of a metric; nothing where the two do not agree."""
    metric = frame.model.metric(mention.metrics[0])
    basic = basic_of(frame, mention.metrics[0])
    opening = metric.expression.strip().lower() if metric is not None else ""
    agrees = {"sum": ("sum", "count"), "avg": ("avg",)}.get(function, ())
    rate = function == "avg" and metric is not None and metric.format == "percent"
    if rate or opening.startswith(agrees or "\0"):
        frame.use(mention)
        return MetricUse(mention.metrics[0])
    nested = function in {"min", "max"} and {"total", "average"} & set(
        mention.phrase.lower().split()
    )
    if not isinstance(basic, Aggregate) or nested:
        return None
    frame.use(mention)
    per = _sum_per_entity(frame, mention, basic.column) if function == "avg" else None
    return per or Aggregate(function, basic.column)


def _sum_per_entity(frame: Frame, mention: Mention, ref: ColumnRef) -> Measure | None:
    """Read "average spending per customer": the average of what each of very many adds up to."""
    if not is_additive(frame.column(ref)):
        return None
    for i in range(mention.last, len(frame.words)):
        other = frame.mention_at(i + 1) if frame.word(i) in {"per", "each"} else None
        stored = (
            frame.workspace.catalog.by_name.get(other.tables[0]) if other and other.tables else None
        )
        if other is None or stored is None or stored.name == ref.table or stored.rows < _VERY_MANY:
            continue
        frame.use(mention)
        frame.use(other)
        frame.spend(i, i + 1)
        return PerGroup("avg", Aggregate("sum", ref), stored.name)
    return None


_VERY_MANY = 500
"""Rows from which on a list with one line each is no answer to a question for an average."""


def _main_amount(frame: Frame, mention: Mention, function: AggregateName) -> Measure | None:
    """Read "average loan size": the first amount of the table."""
    table = frame.model.table(nearest_table(frame, mention))
    amounts = [c for c in table.columns if c.role == "measure" and is_additive(c)] if table else []
    if table is None or not amounts:
        return None
    frame.use(mention)
    size = frame.linking.at.get(mention.last)
    if size is not None:
        frame.use(size)
    ref = ColumnRef(table.name, amounts[0].name)
    frame.notes.append(f"the amount of {table.name} is {ref}")
    return Aggregate(function, ref)


def _of_value(frame: Frame, at: int, function: AggregateName) -> Measure | None:
    """Read "highest creatinine": the measured value of the rows that a word names."""
    if frame.word(at - 1) in LATEST:
        return None  # "latest result" asks for a row, not for the highest value
    mention = frame.mention_at(at, skip=_BETWEEN)
    value = frame.slots[mention.slot] if mention and mention.slot is not None else None
    if not isinstance(value, TextValue) or mention is None or mention.last in frame.linking.at:
        return None
    for ref, _ in value.options:
        table = frame.model.table(ref.table)
        names = [c.name for c in table.columns if c.role == "measure"] if table else []
        main = [name for name in names if name in _MAIN] or (names if len(names) == 1 else [])
        if not main and table is not None and frame.word(at - 1) in _SIZED:
            amounts = [c.name for c in table.columns if c.role == "measure" and is_additive(c)]
            main = amounts[:1]
            frame.notes += [f"'{frame.word(at - 1)}' is by {ref.table}.{name}" for name in main]
        if main:
            return Aggregate(function, ColumnRef(ref.table, main[0]))
    return None


_SIZED = frozenset("largest biggest smallest greatest highest lowest".split())
LATEST = frozenset(("latest", "newest", "recent", "earliest", "oldest", "ever"))
_MAIN = ("value", "amount", "result", "price", "cost", "quantity")


def _measured_mention(frame: Frame, at: int, function: str) -> Mention | None:
    """Return the number that an aggregate word is about, past values and flags before it."""
    candidate = frame.mention_at(at, skip=_BETWEEN)
    if candidate is not None and _is_size_of_rows(frame, candidate):
        return candidate
    while candidate is not None:
        if frame.measures(candidate) or candidate.metrics:
            return candidate
        if function in {"min", "max"} and frame.with_role(candidate, "time"):
            return candidate
        following = frame.mention_at(candidate.last, skip=_BETWEEN)
        if following is None:
            return candidate if candidate.tables else None
        table_first = bool(candidate.tables) and not frame.measures(following)
        if table_first:
            return candidate
        candidate = following
    return None


def _is_size_of_rows(frame: Frame, noun: Mention) -> bool:
    """Whether "loan size" is said, and the size is not of that table: then it is its amount."""
    size = frame.linking.at.get(noun.last)
    if size is None or not noun.tables or size.phrase.lower() not in _SIZES or size.tables:
        return False
    return not {ref.table for ref in size.columns} & set(noun.tables)


_SIZES = frozenset(("size", "amount", "value"))
_BETWEEN = frozenset(
    ("the", "a", "an", "of", "all", "our", "their", "in", "on", "for", "was", "is", "were", "did")
)


def _per_table(frame: Frame, at: int, function: str) -> Measure | None:
    """Read "average number of transactions per customer"."""
    counted = noun_of(frame, at)
    if counted is None or not counted.tables or function not in {"avg", "min", "max"}:
        return None
    return _per(frame, counted, Count(nearest_table(frame, counted)), function)


def _per_table_of_metric(frame: Frame, mention: Mention, function: str) -> Measure | None:
    """Read "average number of encounters per patient" where the count is a metric."""
    metric = frame.model.metric(mention.metrics[0])
    plain = metric is not None and "case" not in metric.expression.lower()
    tables = {ref.table for ref in metric.columns} if metric is not None else set[str]()
    if not plain or len(tables) != 1:
        return None
    return _per(frame, mention, Count(next(iter(tables))), function)


def _per(frame: Frame, counted: Mention, measured: Count, function: str) -> Measure | None:
    """Return an aggregate of counts for each row of the table behind "per"."""
    for i in range(counted.last, len(frame.words)):
        if frame.word(i) in {"per", "each", "a", "by", "for"}:
            other = frame.mention_at(i + 1)
            if other is not None and other.tables and other is not counted:
                frame.use(counted)
                frame.use(other)
                frame.spend(i, i + 1)
                table = nearest_table(frame, other)
                return PerGroup(cast("PerGroupName", function), measured, table)
    return None


def _metrics(frame: Frame, start: int) -> dict[int, Measure]:
    found: dict[int, Measure] = {}
    for mention in frame.mentions_from(start):
        if mention.metrics and not frame.is_used(mention):
            if frame.measures(mention) and not is_metric_better(frame, mention):
                continue
            frame.use(mention)
            found[mention.first] = MetricUse(mention.metrics[0])
    return found


def is_metric_better(frame: Frame, mention: Mention) -> bool:
    """Whether a phrase that is a metric and a column is meant as the metric."""
    return len(mention.phrase.split()) > 1 or not frame.measures(mention)


def bare_measure(frame: Frame, start: int = 0) -> Measure | None:
    """Return an aggregate of a number that the question names without saying how."""
    for mention in frame.mentions_from(start):
        columns = frame.measures(mention)
        if not columns or frame.is_used(mention) or compares(frame, mention):
            continue
        if mention.slot is not None or frame.word(mention.first - 1) in _COPULAS:
            continue  # "claims that were paid" are no amounts
        ref = frame.nearest(columns, mention)
        frame.use(mention)
        of_one = frame.model.drafted and "price" in stems(ref.column)  # of a piece, or of the row?
        if is_additive(frame.column(ref)) and not of_one:
            frame.notes.append(f"{ref} is added up")
            return Aggregate("sum", ref)
        said = mention.phrase.lower()
        if stem(said) != said:
            return Count(ref.table)  # "critical potassium results per month"
        if frame.model.drafted and not is_intensive(frame.column(ref)):
            return _either(frame, ref, mention)
        frame.notes.append(f"{ref} is averaged")
        return Aggregate("avg", ref)
    return None


def _either(frame: Frame, ref: ColumnRef, mention: Mention) -> Aggregate:
    """Return the total or the average, as the user chose; raises `Undecided` while that is open."""
    options = (f"the total of {shown(str(ref))}", f"the average of {shown(str(ref))}")
    index = chosen(options, frame.choices)
    if index is None:
        raise Undecided(mention.phrase, options)
    return Aggregate("avg" if index else "sum", ref)


_COPULAS = frozenset(("is", "are", "was", "were", "been", "be", "not", "got", "never"))


def bare_column(frame: Frame, start: int = 0) -> ColumnRef | None:
    """Return the first number that the question names from a token on."""
    for mention in frame.mentions_from(start):
        columns = frame.measures(mention)
        if columns and not frame.is_used(mention) and not compares(frame, mention):
            frame.use(mention)
            return frame.nearest(columns, mention)
    return None


def compares(frame: Frame, mention: Mention) -> bool:
    """Whether a number column is compared with a number: "balance over 1000"."""
    if frame.word(mention.first - 1) in {"negative", "positive"}:
        return True
    before = [m for m in frame.mentions if m.last == mention.first][-1:]
    slot = before[0].slot if before else None
    if slot is not None and isinstance(frame.slots[slot], NumberValue):
        return True  # "1000 dollars"
    following = [m for m in frame.mentions if m.first >= mention.last][:1]
    if not following or following[0].slot is None:
        return False
    near = following[0].first - mention.last <= 4
    return near and isinstance(frame.slots[following[0].slot], NumberValue)
