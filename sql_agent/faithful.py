"""Whether a query tree that a model wrote says what the question says.

A model may write a well-formed query about something else. So the words that change what is asked
("average", "most", "per", "before") must each have a part of the tree that says them, and what the
question names must stand in the tree. Necessary, not sufficient.
"""

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from typing import cast

from .linking import Linking, Mention
from .query_tree import (
    Against,
    Aggregate,
    Among,
    Average,
    Basic,
    Change,
    Compare,
    Count,
    Difference,
    During,
    DuringAny,
    Elapsed,
    Explained,
    Has,
    IsNull,
    Many,
    Measure,
    MetricUse,
    OnWeekend,
    PerGroup,
    Query,
    Ratio,
    Share,
    Within,
    measure_conditions,
    query_columns,
)
from .semantic_model import SemanticModel

Test = Callable[[Query], bool]


def unsaid(query: Query, linking: Linking, model: SemanticModel) -> tuple[str, ...]:
    """Return the words of the question that the tree does not say."""
    missing = list(unsaid_words(query, linking))
    missing += [m.phrase for m in linking.mentions if not _named(query, m, model)]
    return tuple(dict.fromkeys(missing))


def unsaid_numbers(query: Query, linking: Linking, model: SemanticModel) -> tuple[str, ...]:
    """Return the aggregates and the columns that a question names and the tree does not say.

    For trees whose other words somebody has read one by one.
    """
    missing = [word for word in unsaid_words(query, linking) if word in _NUMBERS]
    inner = {ref.table for one in list(_queries(query))[1:] for ref in query_columns(one)}
    outer = {ref.table for ref in query_columns(query)}
    counted = {table for one in _queries(query) for table in _tables(one)}
    spoken = {table for m in linking.mentions for table in m.tables}
    for m in linking.mentions:
        if not m.columns or m.tables or m.metrics or _named(query, m, model):
            continue
        tables = {ref.table for ref in m.columns}
        times = all((c := model.column(ref)) and c.role == "time" for ref in m.columns)
        if times and tables & counted - spoken:
            continue  # "borrowed": the loans are counted, which nothing else names
        sized = m.phrase.lower().split()[0] in _SIZED and tables & outer  # the highest point's size
        if not sized and not tables & inner:  # "bordering" is what relates two rows
            missing.append(m.phrase)
    return tuple(dict.fromkeys(missing))


_SIZED = frozenset("highest lowest largest smallest longest shortest biggest".split())
_NUMBERS = frozenset("average mean avg median total sum share percentage percent".split())


def split_or(query: Query, linking: Linking) -> tuple[str, ...]:
    """Return the "or" of two conditions that a tree asks for both: "from Ohio or over 60".

    Values of one column, and periods, are alternatives; a comparison may be "10 or more".
    """
    words = [token.lower for token in linking.words]
    said = [
        f"{words[i - 1]} or {words[i + 1]}"
        for i, word in enumerate(words[:-1])
        if i and word == "or" and i not in linking.at and words[i + 1] not in _OR_MORE
    ]
    tests = sum(len(one.where) for one in _queries(query))
    several = tests + sum(len(measure_conditions(m)) for m in query.measures)
    return () if several < _TWO or _offers(query) else tuple(said)


_TWO = 2
_OR_MORE = frozenset(
    """more less fewer longer older younger higher lower above below over later earlier after before
    not so greater larger smaller better worse bigger shorter under nor""".split()
)


def _offers(part: object) -> bool:
    """Whether a tree has a test that several values or periods pass."""
    if isinstance(part, Among | DuringAny):
        return True
    if isinstance(part, tuple):
        return any(map(_offers, cast("tuple[object, ...]", part)))
    if is_dataclass(part):
        return any(_offers(getattr(part, field.name)) for field in fields(part))
    return False


def unsaid_words(query: Query, linking: Linking) -> tuple[str, ...]:
    """Return the words that change what is asked and that no part of the tree says."""
    every = tuple(_queries(query))
    return tuple(
        token.lower
        for i, token in enumerate(linking.words)
        if i not in linking.at
        and token.lower in _TESTS
        and not any(_TESTS[token.lower](one) for one in every)
    )


def _queries(query: Query) -> Iterator[Query]:
    yield query
    for predicate in query.where:
        if isinstance(predicate, Within | Against):
            yield from _queries(predicate.query)


def _named(query: Query, mention: Mention, model: SemanticModel) -> bool:
    """Whether what a mention names stands in the tree; values are checked elsewhere."""
    if mention.slot is not None:
        return True
    columns = set(query_columns(query))
    metrics = {m.name for m in _measures(query) if isinstance(m, MetricUse)}
    behind = {ref for name in metrics if (m := model.metric(name)) for ref in m.columns}
    tables = {ref.table for ref in columns | behind} | _tables(query)
    return bool(
        columns & set(mention.columns)
        or behind & set(mention.columns)
        or metrics & set(mention.metrics)
        or tables & set(mention.tables)
    )


def _measures(query: Query) -> tuple[Measure, ...]:
    return (*query.measures, *(having.measure for having in query.having))


def _basics(query: Query) -> list[Basic]:
    found: list[Basic] = []
    for measure in _measures(query):
        match measure:
            case Share(of=of) | PerGroup(of=of):
                found.append(of)
            case Ratio(numerator=numerator, denominator=denominator):
                found += [numerator, denominator]
            case MetricUse() | Elapsed() | Explained():
                pass
            case Change(of=of):
                found += [] if isinstance(of, MetricUse) else [of]
            case Difference(first, second):
                found += [first, second]
            case Count() | Aggregate():
                found.append(measure)
    return found


def _tables(query: Query) -> set[str]:
    found = {basic.table for basic in _basics(query) if isinstance(basic, Count)}
    found |= {m.table for m in query.measures if isinstance(m, PerGroup)}
    return found | {p.table for p in query.where if isinstance(p, Has | Many)}


def _function(name: str) -> Test:
    def test(query: Query) -> bool:
        plain = any(isinstance(b, Aggregate) and b.function == name for b in _basics(query))
        nested = any(
            isinstance(m, PerGroup | Elapsed) and m.function == name for m in query.measures
        )
        compared = any(isinstance(p, Compare) and p.value == Average() for p in query.where)
        metric = any(isinstance(m, MetricUse) for m in query.measures)
        return plain or nested or metric or (name == "avg" and compared)

    return test


def _counts(query: Query) -> bool:
    counted = any(isinstance(b, Count) or b.function == "count distinct" for b in _basics(query))
    return counted or any(isinstance(m, MetricUse) for m in query.measures)


def _ordered(name: str, *, descending: bool) -> Test:
    def test(query: Query) -> bool:
        ranked = query.order is not None and query.order.descending == descending
        return ranked or _function(name)(query)

    return test


def _grouped(query: Query) -> bool:
    return bool(query.by) or any(isinstance(m, PerGroup) for m in query.measures)


def _shared(query: Query) -> bool:
    return any(isinstance(m, Share | Ratio | MetricUse) for m in query.measures)


def _dated(*operators: str) -> Test:
    def test(query: Query) -> bool:
        return any(isinstance(p, During) and p.operator in operators for p in query.where)

    return test


def _compares(*operators: str) -> Test:
    def test(query: Query) -> bool:
        tested = any(isinstance(p, Compare) and p.operator in operators for p in query.where)
        counted = any(isinstance(p, Many) and p.operator in operators for p in query.where)
        return tested or counted or any(having.operator in operators for having in query.having)

    return test


def _negates(query: Query) -> bool:
    return any(
        (isinstance(p, Compare) and (p.operator == "!=" or p.value is False))
        or (isinstance(p, IsNull) and not p.negated)
        or (isinstance(p, Among | Has) and p.negated)
        for p in query.where
    )


def _on_days(query: Query) -> bool:
    return any(isinstance(p, OnWeekend) for p in query.where)


def _never(_query: Query) -> bool:
    return False


_WORDS: tuple[tuple[str, Test], ...] = (
    ("average mean avg typical", _function("avg")),
    ("sum total overall combined", lambda q: _function("sum")(q) or _counts(q)),
    ("many count", _counts),
    ("highest largest biggest maximum max longest most top", _ordered("max", descending=True)),
    ("lowest smallest minimum min shortest fewest least", _ordered("min", descending=False)),
    ("per each every monthly quarterly yearly weekly daily annually", _grouped),
    ("share percentage percent proportion fraction ratio", _shared),
    ("before", _dated("before")),
    ("after", _dated("after", "since")),
    ("since", _dated("since", "after")),
    ("above more over exceeding", _compares(">", ">=")),
    ("below under less fewer", _compares("<", "<=")),
    ("not without never except excluding", _negates),
    ("weekend weekends weekdays", _on_days),
    ("median", _function("median")),
    ("trend versus vs compared difference older younger", _never),
)
_TESTS: dict[str, Test] = {word: test for words, test in _WORDS for word in words.split()}
