"""The query language: text to tree and back, and the grammar that a model is held to."""
# ruff: noqa: DTZ001  (dates in the data have no time zone)

from datetime import datetime

import llguidance
import pytest

from assistants.errors import InputError
from sql_agent.query_grammar import grammar, schema_text
from sql_agent.query_text import parse, to_text
from sql_agent.query_tree import (
    Aggregate,
    Compare,
    Count,
    Dimension,
    Grain,
    Has,
    Linked,
    LinkedColumn,
    LinkedMetric,
    LinkedTable,
    NumberValue,
    Order,
    PeriodValue,
    Query,
    Slot,
    TextValue,
    query_columns,
    query_slots,
)
from sql_agent.semantic_model import ColumnRef

KIND, BALANCE = ColumnRef("accounts", "kind"), ColumnRef("accounts", "balance")
AT, FRAUD = ColumnRef("t", "at"), ColumnRef("t", "is_fraud")
LINKED = Linked(
    tables=(LinkedTable(name="customers"), LinkedTable(name='Order "Details"')),
    columns=(
        LinkedColumn(ref=KIND, type="text", role="dimension"),
        LinkedColumn(ref=BALANCE, type="decimal", role="measure", matched="funds"),
        LinkedColumn(ref=AT, type="timestamp", role="time"),
        LinkedColumn(ref=FRAUD, type="boolean", role="dimension"),
    ),
    metrics=(LinkedMetric(name="fraud_rate"),),
    slots=(
        TextValue(phrase="savings", options=((KIND, ("SAV",)),)),
        NumberValue(phrase="5", number="5"),
        PeriodValue(phrase="2024", start=datetime(2024, 1, 1), end=datetime(2025, 1, 1)),
    ),
)
TEXTS = [
    "measure count customers",
    "measure sum accounts.balance; by month t.at; where t.is_fraud = true and accounts.kind = V0",
    'measure count customers; where lacks "Order ""Details"""; limit V1',
    "measure share count customers if accounts.kind != V0; by accounts.kind; order desc; limit 1",
    "measure share sum accounts.balance; by accounts.kind",
    "measure avg count customers per customers",
    "measure ratio sum accounts.balance over count customers",
    "measure metric fraud_rate; by weekday t.at; having count customers >= V1",
    "measure count distinct accounts.kind, max t.at; where t.at since V2",
    "show accounts.kind, accounts.balance; where accounts.balance between V1 V1; order accounts.balance desc; limit V1",
    "show accounts.kind; where accounts.balance > average and accounts.kind is not null",
]


@pytest.mark.parametrize("text", TEXTS)
def test_text_and_tree_agree(text: str) -> None:
    assert to_text(parse(text)) == text


@pytest.mark.parametrize("text", TEXTS)
def test_the_grammar_admits_the_language(text: str) -> None:
    assert _accepted(text) == len(text)


@pytest.mark.parametrize(
    "text",
    [
        "measure sum accounts.kind",  # a text is not summed
        "measure count nothing",  # not linked
        "measure count customers; where accounts.kind = V1",  # a number is no kind
        "measure count customers; where accounts.balance during V2",
        "measure count customers; where accounts.kind = 'SAV'",  # no values in the text
        "measure count customers; limit V2",
        "show accounts.kind; having count customers > V1",
        "DROP TABLE customers",
    ],
)
def test_the_grammar_refuses_the_rest(text: str) -> None:
    assert _accepted(text) < len(text)


def _accepted(text: str) -> int:
    """Return how many bytes of a text the grammar takes; all of them only if it may end there."""
    tokenizer = llguidance.LLTokenizer("byte")
    matcher = llguidance.LLMatcher(
        tokenizer, llguidance.grammar_from("lark", grammar(LINKED).source)
    )
    tokens = tokenizer.tokenize_str(text)
    taken = matcher.try_consume_tokens(tokens)
    return taken if taken < len(tokens) or matcher.is_accepting() else taken - 1


def test_the_tree_of_a_text() -> None:
    query = parse("measure sum t.amount; by year t.at; where has loans and t.kind = V2; order asc")
    assert query == Query(
        measures=(Aggregate("sum", ColumnRef("t", "amount")),),
        by=(Dimension(AT, Grain.YEAR),),
        where=(
            Has(table="loans"),
            Compare(column=ColumnRef("t", "kind"), operator="=", value=Slot(2)),
        ),
        order=Order(descending=False),
    )
    assert query_slots(query) == {2}
    assert query_columns(query) == (ColumnRef("t", "amount"), AT, ColumnRef("t", "kind"))


def test_names_that_are_words_of_the_language_are_quoted() -> None:
    query = Query(measures=(Count("order"),))
    assert to_text(query) == 'measure count "order"'
    assert parse(to_text(query)) == query


@pytest.mark.parametrize(
    "text",
    [
        "",
        "measure",
        "count x",
        "measure sum balance",
        "show a.b; by a.b",
        "measure count x; limit",
        "measure count x; where a.b ~ V0",
        "measure count x extra",
        "measure count x; order",
    ],
)
def test_what_is_no_query_says_where(text: str) -> None:
    with pytest.raises(InputError, match=r"^query"):
        parse(text)


def test_the_model_sees_items_and_the_words_that_led_to_them() -> None:
    assert schema_text(LINKED).splitlines() == [
        "customers",
        '"Order ""Details"""',
        "accounts.kind text dimension",
        "accounts.balance decimal measure ~ funds",
        "t.at timestamp time",
        "t.is_fraud boolean dimension",
        "metric fraud_rate",
        "V0 text accounts.kind ~ savings",
        "V1 number ~ 5",
        "V2 period ~ 2024",
    ]


@pytest.mark.parametrize(
    "linked",
    [
        Linked(tables=(LinkedTable(name="x"),)),
        Linked(metrics=(LinkedMetric(name="m"),)),
        Linked(columns=(LinkedColumn(ref=KIND, type="text", role="dimension"),)),
    ],
)
def test_a_grammar_over_little_compiles(linked: Linked) -> None:
    source = grammar(linked).source
    assert not llguidance.LLMatcher.validate_grammar(llguidance.grammar_from("lark", source))
