"""Templates of confirmed pairs: what is taken out of them comes back in, and nothing is guessed."""

import pytest

from sql_agent.learned import NOTHING, learn, right
from sql_agent.learned.calibration import best_threshold, calibrated, held_out
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


LIST = "SELECT COUNT(*) FROM drugs WHERE drugs.name IN ( {} ) AND drugs.given IS NOT NULL"


def test_each_value_of_a_list_has_its_place() -> None:
    values = {**VALUES, "o'neil (raw)": ("drugs.name",), "codeine": ("drugs.name",)}
    known = form_of("how many got aspirin, codeine or warfarin", values)
    template = template_of(LIST.format("'warfarin', 'aspirin', 'codeine'"), known.items)
    assert template is not None
    other = form_of("how many got warfarin, o'neil (raw) or codeine", values)
    found = filled(template, other)
    assert found is not None
    assert right(found, LIST.format("'codeine', 'o''neil (raw)', 'warfarin'"))
    assert filled(template, form_of("how many got warfarin, east or codeine", values)) is None


def test_the_order_of_a_list_is_no_difference_and_that_of_a_text_is() -> None:
    assert right(LIST.format("'b','a'"), LIST.format("'a', 'b'"))
    assert not right(LIST.format("'b','a'"), LIST.format("'a', 'c'"))


def test_endings_of_words_make_no_other_form() -> None:
    words = [form_of(f"how {word} was it", {}).words for word in ("prescribed", "prescribes")]
    assert words[0] == words[1]
    assert form_of("admitted", {}).words != form_of("administered", {}).words


def test_whole_wordings_and_whole_templates_are_held_out() -> None:
    pairs = [
        (f"{opener} wolf{i} {drug}", f"SELECT {i} FROM drugs WHERE drugs.name = '{drug}'")
        for i in range(100, 200)
        for opener in ("how many zork", "count of zork")
        for drug in ("aspirin", "warfarin")
    ]
    pairs = [(q.translate(LETTERS), sql) for q, sql in pairs]
    parts = held_out(pairs, VALUES, frozenset(), periods=True, fold=0)
    assert set(parts) == {"asked", "learned", "left out"}
    by_wording: dict[str, set[str]] = {}
    by_template: dict[str, set[str]] = {}
    for (question, sql), part in zip(pairs, parts, strict=True):
        by_wording.setdefault(question.rsplit(" ", 1)[0], set()).add(part)
        by_template.setdefault(sql.split("FROM")[0], set()).add(part)
    assert all(len(found) == 1 for found in by_wording.values())
    assert all("learned" not in found or "left out" not in found for found in by_template.values())
    assert any("learned" not in found for found in by_template.values())


LETTERS = str.maketrans("0123456789", "abcdefghij")


def test_a_wrong_guess_is_less_probable_where_evidence_told_right_from_wrong() -> None:
    seen = [((float(i % 2), 7.0), i % 2 == 1) for i in range(60)]
    weights = calibrated(seen, 3)
    scores = [weights[0] + weights[1] * x + weights[2] * 7.0 for x in (0.0, 1.0)]
    assert scores[0] < -1
    assert scores[1] > 1


def test_the_threshold_gains_most_where_a_wrong_answer_costs_ten() -> None:
    chances = [0.9] * 12 + [0.8] + [0.7] * 5
    good = [True] * 12 + [False] + [True] * 5
    assert best_threshold(chances, good, 10.0) == 0.9
    assert best_threshold(chances, good, 2.0) == 0.7
    assert best_threshold([0.9], [False], 10.0) > 1


def test_a_word_that_no_pair_of_a_template_had_makes_it_less_probable() -> None:
    low = "SELECT MIN(drugs.dose) FROM drugs WHERE drugs.name = '{}'"
    high = "SELECT MAX(drugs.dose) FROM drugs WHERE drugs.name = '{}'"
    openers = ("what is the", "tell me the", "give the", "find the", "show me the")
    pairs = [
        (f"{opener} {word} dose of {drug}", sql.format(drug))
        for opener in openers
        for word, sql in (("minimum", low), ("lowest", low), ("maximum", high))
        for drug in ("aspirin", "warfarin")
    ]
    memory = learn(pairs, VALUES)
    index = next(i for i, t in enumerate(memory.templates) if "MAX" in t)
    spoken = form_of("tell me the minimum dose of aspirin", VALUES)
    assert memory.unaccounted(spoken, index)[0] > 0
    assert memory.unaccounted(spoken, 1 - index)[0] == 0
