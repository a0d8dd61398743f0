"""Which rows a question is about: values, numbers, periods, flags, missing values, other tables."""

from collections.abc import Sequence

from sql_agent.clarify import Undecided, chosen
from sql_agent.linking import Mention, dates_of, is_beside
from sql_agent.query_tree import (
    Among,
    Average,
    Compare,
    Contains,
    During,
    FreeText,
    Has,
    IsNull,
    Many,
    Operator,
    PeriodOperator,
    PeriodValue,
    Predicate,
    Slot,
    TextValue,
    table_of,
)
from sql_agent.semantic_model import ColumnRef
from sql_agent.words import stems

from .ages import read_ages
from .days import read_days
from .frame import FAR, MANY_SIDE, Frame
from .nouns import is_verb, own_value
from .paired import read_pairs
from .patterns import (
    ABOVE_AVERAGE,
    COMPARE,
    NEGATIONS,
    WHEN,
    WITH,
    WITHOUT,
)
from .quantities import Filters, operator_of, read_numbers, read_signs

_NEGATION_REACH = 2
_COPULAS = frozenset(("are", "is", "was", "were", "be", "been", "that", "which", "who"))


def read_comparisons(frame: Frame) -> Filters:
    """Return the comparisons with an average; read first, as an average is a measure elsewhere."""
    found = Filters()
    _averages(frame, found)
    return found


def read_filters(frame: Frame, found: Filters, *, groups: bool = False) -> Filters:
    """Add the conditions that the unused mentions express; they are used.

    With `groups`, "more than 3 accounts" is a condition on groups, else on the rows of the base.
    """
    read_pairs(frame, found)
    ages: list[tuple[int, During]] = []
    read_ages(frame, ages)
    found.where += ages
    read_numbers(frame, found, groups=groups)
    read_signs(frame, found)
    _values(frame, found)
    _flags(frame, found)
    _missing(frame, found)
    _periods(frame, found)
    read_days(frame, found)
    _texts(frame, found)
    _others(frame, found)
    found.where.sort(key=lambda pair: pair[0])
    return found


def _negated(frame: Frame, mention: Mention) -> bool:
    """Whether a negation stands close before a mention."""
    start = mention.first - 1
    while frame.word(start) in _HAVING and start not in frame.linking.at:
        start -= 1  # "have never had their A1c measured"
    for at in range(start, max(-1, start - _NEGATION_REACH), -1):
        if at in frame.linking.at:
            return False
        if frame.word(at) in NEGATIONS:
            frame.spend(at, at + 1)
            return True
    return False


_HAVING = frozenset("had has have their his her its received taken given undergone got".split())


# --- numbers ------------------------------------------------------------------------------------


def _averages(frame: Frame, found: Filters) -> None:
    """Read "above average balance" and "balance above average"."""
    _above_metric(frame, found)
    for first, last, meaning in frame.spots(ABOVE_AVERAGE):
        near = [frame.mention_at(last), *(m for m in reversed(frame.mentions) if m.last <= first)]
        for mention in near:
            columns = frame.measures(mention) if mention is not None else ()
            if columns and mention is not None:
                operator: Operator = ">" if meaning == "gt" else "<"
                ref = frame.nearest(columns, mention)
                compare = Compare(column=ref, operator=operator, value=Average())
                found.where.append((first, compare))
                frame.use(mention)
                frame.spend(first, last)
                break


def _above_metric(frame: Frame, found: Filters) -> None:
    """Read "above average balance" where "average balance" is a metric."""
    for first, last, meaning in frame.spots(COMPARE):
        mention = frame.mention_at(last)
        metric = frame.model.metric(mention.metrics[0]) if mention and mention.metrics else None
        if metric is None or mention is None or len(metric.columns) != 1:
            continue
        if mention.phrase.lower().startswith(("average ", "mean ")):
            operator = operator_of(meaning)
            compare = Compare(column=metric.columns[0], operator=operator, value=Average())
            found.where.append((first, compare))
            frame.use(mention)
            frame.spend(first, last)


# --- values and flags ---------------------------------------------------------------------------


def _values(frame: Frame, found: Filters) -> None:
    pending: list[tuple[Mention, ColumnRef, Slot, bool]] = []
    for mention in frame.mentions:
        if mention.slot is None or frame.is_used(mention):
            continue
        value = frame.slots[mention.slot]
        if not isinstance(value, TextValue):
            continue
        if any(ref.table == frame.base for ref in frame.booleans(mention)):
            continue  # "merchants that are online": the merchants' own flag
        other = bool(mention.tables or mention.metrics)
        if other and not (own_value(frame, mention) or _is_named_value(frame, mention, value)):
            continue
        ref = _holder(frame, mention, value)
        frame.use(mention)
        negated = _negated(frame, mention)
        if negated and _of_some_rows(frame, ref, mention):
            frame.broken = True
        pending.append((mention, ref, Slot(mention.slot), negated))
    while pending:
        mention, ref, slot, negated = pending.pop(0)
        slots = [slot]
        last = mention.last
        for other in list(pending):
            if other[1] != ref or other[3] != negated:
                continue
            if frame.distance(ref.table) < MANY_SIDE or _listed(frame, last, other[0].first):
                last = max(last, other[0].last)
                slots.append(other[2])
                pending.remove(other)
        if len(slots) > 1:
            said = frame.words[mention.first : last]
            for at in range(mention.first, last):
                if frame.word(at) in _VERSUS:
                    frame.spend(at, at + 1)
            compared = frame.word(0) in {"compare", "contrast"}
            if (compared or {"and", *_VERSUS} & set(said)) and "or" not in said and not negated:
                found.split.append(ref)
            predicate: Predicate = Among(column=ref, values=tuple(slots), negated=negated)
        else:
            predicate = Compare(column=ref, operator="!=" if negated else "=", value=slot)
        found.where.append((mention.first, predicate))


_VERSUS = frozenset(("versus", "vs", "compared"))


def _of_some_rows(frame: Frame, ref: ColumnRef, mention: Mention) -> bool:
    """Tell "accounts that are not closed" of customers from "customers but not closed ones"."""
    said = set(frame.words[max(0, mention.first - 4) : mention.first])
    return frame.distance(ref.table) >= MANY_SIDE and bool(said & {"are", "is", "was", "were"})


def _listed(frame: Frame, first: int, last: int) -> bool:
    """Whether two values of the many side are either-or; "warfarin and aspirin" asks for both.

    A row of the one side has one value of a column, so there two values can only be either-or.
    """
    between = set(frame.words[first:last])
    return bool(between) and between <= {"or", ",", "the", "a", "/", "nor"}


def _is_named_value(frame: Frame, mention: Mention, value: TextValue) -> bool:
    """Whether a word that is a table and a value is meant as the value: "channel branch"."""
    holders = {ref for ref, _ in value.options}
    beside = [m for m in frame.mentions if abs(m.last - mention.first) <= 1 and m is not mention]
    return any(holders & set(other.columns) for other in beside)


def _holder(frame: Frame, mention: Mention, value: TextValue) -> ColumnRef:
    """Return the column that a value is of; raises `Undecided` where several are as near."""
    refs = tuple(ref for ref, _ in value.options)
    if own_value(frame, mention):
        refs = tuple(ref for ref in refs if ref.table in mention.tables)
    done_to = _object(frame, mention)
    if done_to is not None:  # "closed an account" is no state of the customer
        refs = tuple(ref for ref in refs if ref.table in done_to.tables) or refs
    if frame.word(mention.first - 1) == "in" and frame.base:
        refs = tuple(ref for ref in refs if ref != frame.label(frame.base)) or refs
    stray = all(_is_state(ref) and not _spoken_of(frame, ref.table, mention) for ref in refs)
    if stray:
        frame.broken = True  # "open encounters": it is claims that can be open
    for other in frame.mentions:
        near = 0 <= other.first - mention.last <= 2 or 0 <= mention.first - other.last <= 3
        named = [ref for ref in refs if ref in other.columns]
        if near and other is not mention and len(named) == 1:
            frame.use(other)
            return named[0]
    return frame.nearest(_one_a_table(frame, refs), mention)


def _object(frame: Frame, verb: Mention) -> Mention | None:
    """Return what was done to what: the account of "closed an account"."""
    after = frame.mention_at(verb.last, skip=_ARTICLES)
    acts = is_verb(verb) and after is not None and after.first > verb.last
    return after if acts and after is not None and after.tables else None


_ARTICLES = frozenset(("a", "an", "the", "their", "his", "her", "any", "some", "one"))


def _is_state(ref: ColumnRef) -> bool:
    return ref.column.lower() in {"status", "flag"}


def _spoken_of(frame: Frame, table: str, mention: Mention) -> bool:
    """Whether a table is the base, or is named by a word other than one of its values."""
    if table == frame.base or not frame.base:
        return True
    for other in frame.mentions:
        value = frame.slots[other.slot] if other.slot is not None else None
        held = (
            {ref.table for ref, _ in value.options} if isinstance(value, TextValue) else set[str]()
        )
        columns = {ref.table for ref in other.columns}
        if other is not mention and table in {*other.tables, *columns, *held}:
            return True
    return False


def _one_a_table(frame: Frame, refs: tuple[ColumnRef, ...]) -> tuple[ColumnRef, ...]:
    """Keep one column a table, first one whose values are described: a code and its name agree."""
    described = sorted(refs, key=lambda ref: not frame.column(ref).values)
    kept: dict[str, ColumnRef] = {}
    for ref in described:
        kept.setdefault(ref.table, ref)
    return tuple(kept.values())


def _flags(frame: Frame, found: Filters) -> None:
    """Read columns that are true or false: "fraudulent", "online merchants"."""
    for mention in frame.mentions:
        flags = frame.booleans(mention)
        if flags and not frame.is_used(mention) and not mention.metrics:
            ref = frame.nearest(flags, mention)
            frame.use(mention)
            value = not _negated(frame, mention)
            found.where.append((mention.first, Compare(column=ref, operator="=", value=value)))


def _missing(frame: Frame, found: Filters) -> None:
    """Read "without a value", "no late fee", "missing language" of columns."""
    for mention in frame.mentions:
        columns = tuple(ref for ref in mention.columns if ref not in frame.booleans(mention))
        if frame.is_used(mention) or not columns or mention.tables:
            continue
        for at in range(mention.first - 1, max(-1, mention.first - 4), -1):
            if at in frame.linking.at or frame.word(at) not in WITHOUT | _BESIDE:
                break
            if frame.word(at) in WITHOUT:
                _refuse_unclear(frame, columns)
                frame.use(mention)
                frame.spend(at, at + 1)
                ref = frame.nearest(columns, mention)
                found.where.append((mention.first, _without(frame, ref, mention)))
                break


def _refuse_unclear(frame: Frame, columns: tuple[ColumnRef, ...]) -> None:
    """End the reading of "members with no fine": a number may be 0, and one of many is not all."""
    many = all(frame.distance(ref.table) >= MANY_SIDE for ref in columns)
    numbers = frame.model.drafted and all(frame.column(r).role == "measure" for r in columns)
    if many or numbers:
        frame.broken = True


_BESIDE = frozenset(("a", "an", "any", "the", "have", "has", "having", "known", "recorded"))


def _without(frame: Frame, ref: ColumnRef, mention: Mention) -> Predicate:
    """Return that a value is missing, or is the one that is called so: "no insurance"."""
    for entry in frame.workspace.lexicon.phrases.get(("no", *stems(mention.phrase)), ()):
        if entry.kind == "value" and entry.column == ref:
            options = ((ref, (entry.name,)),)
            frame.slots.append(TextValue(phrase=f"no {mention.phrase}", options=options))
            return Compare(column=ref, operator="=", value=Slot(len(frame.slots) - 1))
    return IsNull(column=ref)


# --- time ---------------------------------------------------------------------------------------


def _periods(frame: Frame, found: Filters) -> None:
    for mention in frame.mentions:
        if mention.slot is None or frame.is_used(mention):
            continue
        if isinstance(frame.slots[mention.slot], PeriodValue):
            ref = _date(frame, mention, found)
            if ref is None:
                continue
            frame.use(mention)
            verb = _when(frame, mention)
            during = During(column=ref, operator=verb, period=Slot(mention.slot))
            found.where.append((mention.first, during))


def _when(frame: Frame, period: Mention) -> PeriodOperator:
    at = period.first
    for first, last, meaning in frame.spots(WHEN):
        if last == at or (last == at - 1 and frame.word(at - 1) in {"the", "of"}):
            frame.spend(first, last)
            if meaning == "since" and _RANGES & set(frame.words[at : period.last]):
                return "during"  # "from 2023 to 2024"
            table: dict[str, PeriodOperator] = {
                "before": "before",
                "after": "after",
                "since": "since",
            }
            return table[meaning]
    return "during"


def _date(frame: Frame, mention: Mention, found: Filters) -> ColumnRef | None:
    """Return the date that a period is about: the one that is named, else that of the base."""
    named = [
        (abs(other.first - mention.first), other)
        for other in frame.mentions
        if frame.with_role(other, "time") and not other.metrics
    ]
    for _, other in sorted(named, key=lambda pair: pair[0]):
        refs = frame.with_role(other, "time")
        own = (table_of(p) for _, p in found.where if not isinstance(p, Has | Many))
        close = {*other.tables, *own, *frame.tables_beside(other)}
        if _is_its_verb(frame, other, mention):  # "patients discharged in March": its own date
            close |= {ref.table for ref in refs}
        near = [r for r in refs if frame.distance(r.table) < MANY_SIDE or r.table in close]
        if near:
            ref = frame.nearest(tuple(near), other)
            if not (other.slot is not None and frame.is_used(other)):
                frame.use(other)
            return ref
    if frame.measured_dates:
        return frame.measured_dates[0]
    there = _date_of_many(frame, mention, found)
    if there is not None:
        return there
    event = _event_before(frame, mention)
    if event:
        return _date_of_event(frame, event, mention)
    own = frame.date_of(frame.base)
    if own is not None:
        return own
    for _, predicate in found.where:
        table = table_of(predicate)
        there = frame.date_of(table)
        if there is not None:
            return there
    named_tables = (table for other in frame.mentions for table in other.tables)
    dated = (frame.date_of(table) for table in named_tables)
    return frame.model.default_date or next((ref for ref in dated if ref is not None), None)


_RANGES = frozenset(("to", "until", "till", "through", "-", "–"))


def _is_its_verb(frame: Frame, verb: Mention, period: Mention) -> bool:
    """Whether a period says when that happened: "members who borrowed a crime book in 2023"."""
    if verb.last > period.first:
        return False
    return is_verb(verb) or set(frame.words[verb.last : period.first]) <= _IN


def _date_of_many(frame: Frame, mention: Mention, found: Filters) -> ColumnRef | None:
    """Return the date of what the base has several of, where the period stands right behind it.

    "customers who made a purchase in 2025" bought then, whenever they became customers.
    """
    places = [(at, table_of(predicate)) for at, predicate in found.where if at < mention.first]
    places += [
        (m.first, m.tables[0]) for m in frame.mentions if m.tables and m.last <= mention.first
    ]
    if not places or not frame.base:
        return None
    table = max(places)[1]
    distance = frame.distance(table)
    return frame.date_of(table) if MANY_SIDE <= distance < FAR // 2 else None


def _event_before(frame: Frame, mention: Mention) -> str:
    """Return the table whose rows came into a state right before a period: "repaid in 2024"."""
    for other in frame.mentions:
        gap = frame.words[other.last : mention.first]
        value = frame.slots[other.slot] if other.slot is not None else None
        if not isinstance(value, TextValue) or not set(gap) <= _IN or other.tables:
            continue
        beside = not gap and other.last == mention.first  # "cancelled last month"
        if not gap and not (beside and other.phrase.lower().endswith(("ed", "en"))):
            continue
        tables = {ref.table for ref, _ in value.options if _is_state(ref)}
        default = frame.model.default_date
        named = frame.base in tables and frame.date_of_state(frame.base, value) is not None
        if named or (frame.base in tables and (default is None or default.table != frame.base)):
            return frame.base
    return ""


_IN = frozenset(("in", "during", "since", "before", "after", "on", "between", "from", "the"))


def _date_of_event(frame: Frame, table: str, mention: Mention) -> ColumnRef | None:
    """Return the date that is called so, or that the user chose.

    With a single one, called otherwise, that of an event is not known.
    """
    before = [m for m in frame.mentions if m.slot is not None and m.last <= mention.first]
    state = frame.slots[before[-1].slot or 0] if before else None
    named = frame.date_of_state(table, state) if isinstance(state, TextValue) else None
    if named is not None:
        return named
    dates = dates_of(table, frame.workspace)
    own = [ref for ref in dates if not is_beside(ref)]
    if len(own) == 1 < len(dates) and not _BEGINNINGS & set(stems(own[0].column)):
        return own[0]  # "appointments missed in 2024": when they were to be, not when booked
    return frame.decided(mention.phrase, dates) if len(dates) > 1 else None


_BEGINNINGS = frozenset(
    """issued opened joined started created granted originated registered enrolled signed hired
    ordered submitted""".split()
)
"""Of dates at which something begins, which is not yet in the state that it comes to."""


def date_of_question(frame: Frame, filters: Filters) -> ColumnRef | None:
    """Return the date that "by month" is about: that of the period, else that of the base."""
    for _, predicate in filters.where:
        if isinstance(predicate, During):
            return predicate.column
    for mention in frame.mentions:
        times = frame.with_role(mention, "time")
        if times and (mention.slot is not None or not frame.is_used(mention)):
            frame.use(mention)
            near = tuple(ref for ref in times if frame.distance(ref.table) < MANY_SIDE)
            if near:  # also of "closed per year", where "closed" is read as a value as well
                return frame.nearest(near, mention)
    if frame.measured_dates:
        return frame.measured_dates[0]
    return frame.date_of(frame.base) or frame.model.default_date


# --- texts and other tables ---------------------------------------------------------------------


def _texts(frame: Frame, found: Filters) -> None:
    """Read quoted words: "with 'Depot' in the name"."""
    for mention in frame.mentions:
        if mention.slot is None or not isinstance(frame.slots[mention.slot], FreeText):
            continue
        columns: tuple[ColumnRef, ...] = ()
        for other in sorted(
            frame.mentions, key=lambda m: (bool(m.tables), abs(m.first - mention.first))
        ):
            columns = tuple(
                r
                for r in frame.with_role(other, "text", "dimension")
                if frame.column(r).type == "text" and other is not mention
            )
            if columns:
                frame.use(other)
                break
        ref = _text_column(frame, columns, mention)
        if ref is not None:
            frame.use(mention)
            test = Contains(column=ref, text=Slot(mention.slot))
            found.where.append((mention.first, test))


def _text_column(
    frame: Frame, columns: tuple[ColumnRef, ...], mention: Mention
) -> ColumnRef | None:
    if columns:
        return frame.nearest(columns, mention)
    if frame.model.table(frame.base) is None:
        return None
    label = frame.label(frame.base)
    return label if frame.column(label).type == "text" else None


def _others(frame: Frame, found: Filters) -> None:
    """Read "with a loan", "without any card"; a table that only names the subject says nothing."""
    filtered = {table_of(p) for _, p in found.where}
    for mention in frame.mentions:
        if frame.is_used(mention) or not mention.tables:
            continue
        table = min(mention.tables, key=frame.distance)
        words = [
            frame.word(at)
            for at in range(max(0, mention.first - 3), mention.first)
            if at not in frame.linking.at and at not in frame.spent  # a "not" rules out one thing
        ]
        without = bool(WITHOUT & set(words)) or words[-2:] == ["n", "t"]
        if table == frame.base or not frame.base:
            frame.use(mention)
            continue
        has = bool(WITH & set(words))
        if without or has or frame.distance(table) < MANY_SIDE or table in filtered:
            frame.use(mention)  # else it stays over: a table that the query says nothing about
        if without:
            frame.spend(max(0, mention.first - 3), mention.first)
            found.where.append((mention.first, Has(table=table, negated=True)))
        elif has and table not in filtered:
            found.where.append((mention.first, Has(table=table)))


def split_condition(frame: Frame, filters: Filters) -> tuple[list[Predicate], list[Predicate]]:
    """Part the conditions of a share into those of the part and those of the whole.

    Periods always bound the whole. Of the others, those behind the last "are", "is" or "that" are
    of the part, else those behind the noun that is counted; all of them, where none stands behind.
    """
    others = [(at, p) for at, p in filters.where if not isinstance(p, During)]
    happened = [
        p for _, p in filters.where if isinstance(p, During) and _says_when(frame, p, others)
    ]
    if happened:  # "what percentage of accounts were closed in 2024": of all accounts
        return [p for _, p in others] + happened, []
    whole: list[Predicate] = [p for _, p in filters.where if isinstance(p, During)]
    among = [i for i, w in enumerate(frame.words) if w == "among" and i not in frame.linking.at]
    named: list[Predicate] = [p for at, p in others if among and at < among[0]]
    if named:  # "share of medicare patients among those with heart failure"
        return named, whole + [p for _, p in others if p not in named]
    places = [i for i, word in enumerate(frame.words) if word in _COPULAS]
    after = [(at, p) for at, p in others if places and at > places[-1]]
    after = after or [(at, p) for at, p in others if at >= frame.noun_end]
    part: list[Predicate] = [p for _, p in (after or others)]
    if not after and len({at for at, _ in others}) > 1 and "all" not in frame.words:
        part = _of_which_whole(frame, others)
    whole += [p for _, p in others if p not in part]
    return part, whole


def _says_when(frame: Frame, during: During, others: Sequence[tuple[int, Predicate]]) -> bool:
    """Whether a period is the time of the one state whose share is asked for: of `closed_on`."""
    if not others:
        return True
    first = others[0][1]
    value = first.value if isinstance(first, Compare) else None
    state = frame.slots[value.index] if isinstance(value, Slot) else None
    if len(others) > 1 or not isinstance(state, TextValue) or not isinstance(first, Compare):
        return False
    said = {word for code in state.codes(first.column) for word in stems(code)}
    return first.column.table == during.column.table and bool(
        said & set(stems(during.column.column))
    )


def _of_which_whole(frame: Frame, conditions: Sequence[tuple[int, Predicate]]) -> list[Predicate]:
    """Return the conditions of the part in "share of low hemoglobin results", as the user chose.

    Low ones among those of hemoglobin, or both among all results: the words say neither.
    """
    ordered = sorted(conditions, key=lambda pair: pair[0])
    last = ordered[-1][0]
    kind = next((m.phrase for m in frame.mentions if m.first == last), "the last named")
    options = (f"of all rows of {frame.base}", f"of {kind} only")
    index = chosen(options, frame.choices)
    if index is None:
        raise Undecided("share", options)
    return [p for at, p in ordered if index == 0 or at != last]
