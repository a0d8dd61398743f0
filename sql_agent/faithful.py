"""Whether a query tree that a model wrote says what the question says.

A model may write a well-formed query about something else. So the words that change what is asked
("average", "most", "per", "before") must each have a part of the tree that says them, and what the
question names must stand in the tree. Necessary, not sufficient.
"""

from collections.abc import Callable

from .linking import Linking, Mention
from .query_tree import (
    Aggregate,
    Among,
    Average,
    Basic,
    Compare,
    Count,
    During,
    Elapsed,
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
    query_columns,
)
from .semantic_model import SemanticModel

Test = Callable[[Query], bool]


def unsaid(query: Query, linking: Linking, model: SemanticModel) -> tuple[str, ...]:
    """Return the words of the question that the tree does not say."""
    missing = [
        token.lower
        for i, token in enumerate(linking.words)
        if i not in linking.at and token.lower in _TESTS and not _TESTS[token.lower](query)
    ]
    missing += [m.phrase for m in linking.mentions if not _named(query, m, model)]
    return tuple(dict.fromkeys(missing))


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
            case MetricUse() | Elapsed():
                pass
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
