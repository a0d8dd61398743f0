"""Templates of confirmed pairs: what is taken out of them comes back in, and nothing is guessed."""

import pytest

from sql_agent.learned import NOTHING, learn, right
from sql_agent.learned.items import find_items
from sql_agent.learned.templates import filled, form_of, template_of

VALUES = {"aspirin": ("drugs.name",), "warfarin": ("drugs.name",), "east": ("wards.name",)}


@pytest.mark.parametrize(
    ("question", "condition"),
    [
        ("visits in 2020", "strftime('%Y',{c}) = '2020'"),
        ("visits since 03/2020", "strftime('%Y-%m',{c}) >= '2020-03'"),
        ("visits on 03/05/2020", "strftime('%Y-%m-%d',{c}) = '2020-03-05'"),
        ("visits since 2 months ago", "datetime({c}) >= datetime(current_time,'-2 month')"),
        (
            "visits last year",
            "datetime({c},'start of year') = datetime(current_time,'start of year','-1 year')",
        ),
    ],
)
def test_periods_are_conditions(question: str, condition: str) -> None:
    assert [item.condition for item in find_items(question, {})] == [condition]


def test_a_pair_gives_the_query_of_another_question() -> None:
    known = form_of("How many patients got aspirin in 2020?", VALUES)
    sql = (
        "SELECT COUNT(*) FROM drugs WHERE drugs.name = 'aspirin' "
        "AND strftime('%Y',drugs.given) = '2020'"
    )
    template = template_of(sql, known.items)
    assert template is not None
    other = form_of("How many patients got warfarin since 05/2021?", VALUES)
    assert other.words[:3] == known.words[:3]
    found = filled(template, other)
    wanted = (
        "SELECT COUNT(*) FROM drugs WHERE drugs.name = 'warfarin' "
        "AND strftime('%Y-%m',drugs.given) >= '2021-05'"
    )
    assert found is not None
    assert right(found, wanted)


def test_a_value_of_another_column_does_not_fit() -> None:
    known = form_of("how many got aspirin", VALUES)
    template = template_of("SELECT COUNT(*) FROM drugs WHERE drugs.name = 'aspirin'", known.items)
    assert template is not None
    assert filled(template, form_of("how many got east", VALUES)) is None
    assert filled(template, form_of("how many got aspirin in 2020", VALUES)) is None


def test_an_item_that_the_query_lacks_makes_no_template() -> None:
    form = form_of("how many got aspirin in 2020", VALUES)
    assert (
        template_of("SELECT COUNT(*) FROM drugs WHERE drugs.name = 'aspirin'", form.items) is None
    )


def test_a_quote_in_a_value_stays_inside_its_literal() -> None:
    values = {"o'neil ; drop": ("drugs.name",)}
    form = form_of("how many got o'neil ; drop", values)
    known = form_of("how many got aspirin", VALUES)
    template = template_of("SELECT 1 FROM drugs WHERE drugs.name = 'aspirin'", known.items)
    assert template is not None
    assert filled(template, form) == "SELECT 1 FROM drugs WHERE drugs.name = 'o''neil ; drop'"


def test_what_was_learned_answers_and_abstains() -> None:
    count = "SELECT COUNT(*) FROM drugs WHERE drugs.name = '{}'"
    last = "SELECT MAX(drugs.given) FROM drugs WHERE drugs.name = '{}'"
    pairs: list[tuple[str, str]] = []
    for drug in ("aspirin", "warfarin"):
        for opener in (
            "how many got",
            "count of those who got",
            "number that took",
            "how often was",
        ):
            pairs += [(f"{opener} {drug}", count.format(drug))]
        for opener in ("when was the last", "latest date of", "most recent time of", "last day of"):
            pairs += [(f"{opener} {drug}", last.format(drug))]
        pairs += [(f"who invented {drug}", ""), (f"is {drug} tasty", ""), (f"price of {drug}", "")]
    memory = learn(pairs, VALUES)
    assert right(memory.guess("number that took warfarin").sql, count.format("warfarin"))
    assert memory.guess("who invented aspirin").sql == NOTHING
    assert memory.guess("number of hedgehogs that got aspirin").probability == 0
    assert memory.answer("number of hedgehogs that got aspirin") == NOTHING
